"""index.people: who says a sentence, and above all when nobody can tell."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import answer, said_by
from bot.contract import answer_object
from bot.terminal import quoted, receipt
from index.columns import Segment
from index.model import Document, Kind, SentenceSpan
from index.people import resolve
from index.segmentwriter import SegmentWriter
from index.stages import Stages

TABLE = Path(__file__).parent / "speakers.txt"

PRECISION, RECALL = 0.97, 0.9
"""Of the table's sentences: how many of the speakers named are right, how many of those there are named."""


def articles() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Language, title and sentences with their speakers; a paragraph begins with an empty sentence."""
    found: list[tuple[str, str, list[tuple[str, str]]]] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            _, language, title = line.split(" ", 2)
            found.append((language, title, []))
        elif found:
            speaker, _, sentence = line.partition("\t")
            found[-1][2].append((speaker if speaker != "-" else "", sentence))
    return found


def laid_out(sentences: list[str]) -> tuple[str, list[SentenceSpan]]:
    """Sentences as one text; an empty one begins a paragraph."""
    text, spans = "", []
    for sentence in sentences:
        if sentence:
            text += "" if not text or text.endswith("\n") else " "
            spans.append(SentenceSpan(len(text), len(text) + len(sentence)))
        text += sentence or "\n\n"
    return text, spans


def said(sentences: list[str], language: str = "en") -> list[str]:
    """The speaker of each sentence, "" for none."""
    text, spans = laid_out(sentences)
    names = [""] * len(spans)
    for speaker in resolve(text, spans, language).speakers:
        start = spans[speaker.target].start
        names[speaker.row] = text[start + speaker.start : start + speaker.end]
    return names


def test_the_table_is_read_with_a_precision_that_may_be_shown() -> None:
    right = named = there = 0
    wrong = []
    for language, title, rows in articles():
        found = said([sentence for _, sentence in rows], language)
        for name, (speaker, sentence) in zip(found, [row for row in rows if row[1]], strict=True):
            right += bool(name) and name == speaker
            named += bool(name)
            there += bool(speaker)
            if name != speaker:
                wrong.append((title, sentence, name, speaker))
    assert right >= PRECISION * named, wrong
    assert right >= RECALL * there, wrong


ABSTAINING = [
    ("two speakers in one sentence", "Ada Moll said yes, but Ivo Stern said no."),
    ("a speaker in a clause", "When Ada Moll said yes, the court rose."),
    ("a negation", "Ada Moll did not say yes."),
    ("a passive", "Ada Moll was told that the court would rise."),
    ("a refusal", "Ada Moll refused to say that the court would rise."),
    ("somebody of hers", "Ada Moll's clerk said that the court would rise."),
    ("somebody for her", "A spokesman for Ada Moll said that the court would rise."),
    ("a people", "Norwegians say that the court is slow."),
    ("a common noun that opens the sentence", "Lawyers said that the court was slow."),
    ("a role without a name", "The judge said that the court would rise."),
    ("a pronoun without a name", "She said that the court would rise."),
    ("a law", "According to the Penal Code Act, theft is a crime."),
    ("a word in quotation marks", "Ada Moll sails the “Widow” on Sundays."),
    ("a noun that looks like a verb", "Ada Moll has read the claims and reports that were filed."),
]


@pytest.mark.parametrize(("why", "sentence"), ABSTAINING, ids=[case[0] for case in ABSTAINING])
def test_a_doubtful_speaker_is_left_out(why: str, sentence: str) -> None:
    assert [""] == said([sentence]), why


def test_a_speaker_has_the_name_that_the_document_gives_first() -> None:
    text, spans = laid_out(["Moll said no.", "Prosecutor Ada Moll rose.", "Moll said yes.", "Ada Moll sat."])
    assert [(2, 1, 11, 19)] == [
        (s.row, s.target, s.start, s.end) for s in resolve(text, spans, "en").speakers if s.row == 2
    ]


def test_a_russian_name_is_given_in_the_nominative() -> None:
    rows = ["По словам Андрея Лапина, мост закроют.", "Мэр Андрей Лапин уехал."]
    assert ["Андрей Лапин", ""] == said(rows, "ru")


def test_a_quotation_of_several_paragraphs_has_one_speaker() -> None:
    rows = ["Ada Moll said: “There were eleven keys.", "", "“Ten are in this room.”", "", "“And what now?”"]
    assert ["Ada Moll", "Ada Moll", ""] == said(rows)


def test_a_label_in_capitals_speaks_for_its_paragraph_where_it_comes_again() -> None:
    rows = [
        "LAVIN: No.",
        "Ada Moll said yes.",
        "",
        "REPORTER: Why?",
        "",
        "LAVIN: Because.",
        "",
        "REPORTER: Oh.",
    ]
    assert ["LAVIN", "LAVIN", "REPORTER", "LAVIN", "REPORTER"] == said(rows)


def test_other_languages_have_no_speakers() -> None:
    text, spans = laid_out(["„Nein“, sagte Ada Moll."])
    assert () == resolve(text, spans, "de").speakers


PIECES = [
    *("Ada Moll", "Moll", "he", "The minister", "Minister Ivo Stern", "NATO", "The Pentagon", "Андрей Лапин"),
    *("said", "told", "asked", "that", "and", "according to", "заявил", "по словам"),
    *("“", "”", '"', "«", "»", ",", ":", "—"),
]
ROWS = st.lists(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=8), min_size=1, max_size=12)
    .map(lambda parts: " ".join(" ".join(parts).split()))
    .filter(bool)
    | st.just(""),
    max_size=12,
)


@settings(deadline=None, max_examples=150)
@given(ROWS, st.sampled_from(["en", "ru"]))
def test_every_speaker_is_a_slice_of_a_row(rows: list[str], language: str) -> None:
    text, spans = laid_out(rows)
    found = resolve(text, spans, language).speakers
    assert [speaker.row for speaker in found] == sorted({speaker.row for speaker in found})
    for speaker in found:
        row = spans[speaker.target]
        assert 0 <= speaker.start < speaker.end <= row.end - row.start


def test_a_row_that_cannot_be_quoted_has_no_speaker() -> None:
    text, spans = laid_out(["Ada Moll said no.", "Ada Moll said yes."])
    spans[0] = SentenceSpan(spans[0].start, spans[0].end, Kind.HEADING)
    assert [1] == [speaker.row for speaker in resolve(text, spans, "en").speakers]


HOSTILE = [
    "“",
    '"',
    "«",
    "» ",
    "“a” ",
    "said ",
    "Ada Moll said “",
    "Ada, ",
    "he said ",
    "according to ",
    "A said “B said ”",
]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("unit", [*HOSTILE, "заявил ", "«Да» — сказал он "])
def test_a_hostile_line_takes_linear_time(unit: str, language: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        started = time.process_time()
        resolve(text, [SentenceSpan(0, len(text))], language)
        return time.process_time() - started

    seconds(1_000)
    assert seconds(160_000) < 8 * max(seconds(40_000), 0.02)


def test_many_rows_of_one_quotation_take_linear_time() -> None:
    def seconds(count: int) -> float:
        text, spans = laid_out(["“Go."] + ["Go on."] * count)
        started = time.process_time()
        resolve(text, spans, "en")
        return time.process_time() - started

    seconds(100)
    assert seconds(16_000) < 8 * max(seconds(4_000), 0.02)


# --- stored and shown


@settings(deadline=None, max_examples=40)
@given(st.lists(ROWS.map("\n".join), min_size=1, max_size=3))
def test_speakers_are_stored_and_given_back_unchanged(texts: list[str]) -> None:
    stages, writer = Stages(), SegmentWriter()
    documents = [stages.analyse(Document(str(n), f"{n}.txt", text)) for n, text in enumerate(texts)]
    expected, base = {}, 0
    for document in documents:
        writer.add(document)
        expected |= {
            s.row + base: (s.target + base, document.text[document.rows[s.target].start :][s.start : s.end])
            for s in document.speakers
        }
        base += len(document.rows)
    with TemporaryDirectory() as folder:
        writer.write(Path(folder), stages.surfaces())
        segment = Segment(Path(folder))
        found = {
            row: (speaker.target, segment.row_text(speaker.target)[speaker.start : speaker.end])
            for row in range(segment.rows)
            if (speaker := segment.speaker(row))
        }
    assert expected == found


STORY = """\
Prosecutor Ada Moll opened the trial in Bern.

“There were eleven keys to the vault. Ten of them are in this room,” Moll said.

She added that the safe had been empty. The trial goes on in May.
"""

NOTES = [
    ("how many keys to the vault were there?", "Ada Moll", ["Said by Ada Moll"]),
    ("who said that ten of them are in this room?", "Ada Moll", []),
    ("was the safe empty?", "Ada Moll", []),
    ("when does the trial go on?", None, []),
]
"""A note where the name is in the quote, or in the note on "she", would say it twice."""


@pytest.mark.parametrize(("question", "speaker", "notes"), NOTES)
def test_the_speaker_is_noted_below_a_quote_that_does_not_name_them(
    question: str, speaker: str | None, notes: list[str], folder: Folder
) -> None:
    folder.write("trial.txt", STORY)
    with folder.open() as index:
        hit = index.search(question).hits[0]
        lines = [line.plain for line in quoted(hit, index.sentence)]
        again = receipt(hit.sentence, hit.refers_to, index.sentence, index.speaker(hit.sentence))
        shown = answer_object(answer(index.search(question)), 1)["hits"][0]
    assert speaker == hit.speaker == shown["speaker"]
    assert notes == [line for line in lines if line.startswith("Said by")]
    assert notes == [line.plain for line in again if line.plain.startswith("Said by")]


SEEN = [
    ("Nobody moves.", "Ada Moll"),
    ("Moll moves.", None),
    ("MOLL moves.", None),
]


@pytest.mark.parametrize(("text", "expected"), SEEN)
def test_a_speaker_who_is_seen_is_not_said_again(text: str, expected: str | None) -> None:
    assert expected == said_by("Ada Moll", text, ())
    assert said_by(None, text, ()) is None
