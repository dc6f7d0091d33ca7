"""A segment gives back what was written into it."""

from pathlib import Path

import pytest
from conftest import ON_DISK, Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from index.columns import KINDS, Analysed, Record, Row, Segment
from index.errors import DamagedError
from index.model import Kind, Mention, Metadata
from index.quoteid import quote_number
from index.segmentwriter import SegmentWriter

TERMS = st.sampled_from(["ash", "elm", "дуб", "漢", "a\u0301"])


@st.composite
def analysed(draw: st.DrawFn) -> Analysed:
    """A document cut into rows at random places, with random terms."""
    text = draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    rows = tuple(
        Row(
            start,
            end,
            draw(st.sampled_from(KINDS)),
            number + 1,
            draw(st.integers(0, 300)),
            tuple(draw(st.lists(TERMS, max_size=4))),
            draw(st.frozensets(TERMS, max_size=2)),
        )
        for number, (start, end) in enumerate(zip(cuts[::2], cuts[1::2], strict=False))
    )
    mentions = tuple(Mention(row, 0, 1, 0, 0, 2) for row in range(1, len(rows)))
    record = Record(
        "id", "a.txt", "Title\n«»", "en", "d", "s", Metadata("T", date="2023", examples=("Why?",)), 3, True
    )
    return Analysed(record, text, rows, mentions)


@settings(ON_DISK, max_examples=40)
@given(st.lists(analysed(), max_size=3))
def test_a_segment_gives_back_texts_rows_terms_and_mentions(documents: list[Analysed]) -> None:
    surfaces = {"en": {"ashes": "ash", "the": ""}, "ru": {"дубы": "дуб"}}
    with Folder() as folder:
        writer = SegmentWriter()
        for document in documents:
            writer.add(document)
        writer.write(folder.top, surfaces)
        segment = Segment(folder.top)
        rows = [(document, row) for document in documents for row in document.rows]
        assert (len(documents), len(rows)) == (segment.documents, segment.rows)
        assert [document.record for document in documents] == list(segment.all_records())
        assert [document.text for document in documents] == [
            segment.document(n).text for n in range(len(documents))
        ]
        for number, (document, row) in enumerate(rows):
            assert document.text[row.start : row.end] == segment.row_text(number)
            assert list(row.terms) == [segment.terms[int(term)] for term in segment.forward(number)]
            assert row.kind.quotable == segment.quotable[number]
            assert len(row.terms) == segment.lengths[number]
        for term in ("ash", "elm", "дуб"):
            known = segment.terms.find(term)
            for postings, field in ((segment.own, "terms"), (segment.names, "names")):
                expected = [number for number, (_, row) in enumerate(rows) if term in getattr(row, field)]
                assert expected == ([] if known is None else postings.of(known)[0].tolist())
        assert ("ash", "дуб", None, None) == tuple(
            segment.surface_term(*form)
            for form in (("en", "ashes"), ("ru", "дубы"), ("ru", "ashes"), ("en", "the"))
        )
        base = 0
        for document in documents:
            for mention in document.mentions:
                found = list(segment.mentions(base + mention.row))
                assert [(0, 1, base, 0, 2)] == [
                    (m.start, m.end, m.target, m.target_start, m.target_end) for m in found
                ]
            base += len(document.rows)


def rows_of(text: str, *sentences: str) -> tuple[Row, ...]:
    return tuple(
        Row(start, start + len(sentence), Kind.SENTENCE, 1, number)
        for number, sentence in enumerate(sentences, 1)
        if (start := text.index(sentence)) >= 0
    )


def test_a_quote_number_leads_to_its_row_and_equal_texts_have_several(tmp_path: Path) -> None:
    text = "Yes. No. Yes."
    rows = (*rows_of(text, "Yes.", "No."), Row(9, 13, Kind.SENTENCE, 1, 3))
    writer = SegmentWriter()
    writer.add(Analysed(Record("a", "a.txt", "A", "en", "", "", Metadata()), text, rows))
    writer.write(tmp_path, {})
    segment = Segment(tmp_path)
    wanted = [("Yes.", 0), ("No.", 0), ("Yes.", 1), ("Yes.", 2), ("Maybe.", 0)]
    assert [0, 1, 2, None, None] == [segment.row_of_quote(quote_number("a", *quote)) for quote in wanted]


@pytest.mark.parametrize("name", ["own_rows.npy", "sentence_start.npy", "term_offsets.npy"])
@pytest.mark.parametrize("damage", ["missing", "empty", "header"])
def test_a_column_that_does_not_read_is_damaged(name: str, damage: str, tmp_path: Path) -> None:
    writer = SegmentWriter()
    record = Record("a", "a.txt", "A", "en", "", "", Metadata())
    writer.add(Analysed(record, "Yes.", (Row(0, 4, Kind.SENTENCE, 1, 1, ("yes",)),)))
    writer.write(tmp_path, {})
    path = tmp_path / name
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(b"" if damage == "empty" else content.replace(b"}", b"(", 1))
    with pytest.raises(DamagedError) as raised:
        Segment(tmp_path).column(name.removesuffix(".npy"))
    assert str(path) == raised.value.place
