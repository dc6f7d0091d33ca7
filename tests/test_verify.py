"""A text held against the sources: the verdict, what differs, who says it; nothing altered is ever exact."""

import random
import re
import time
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import verify as benchmark
from conftest import Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import open_corpus
from index.comparing import Change
from index.model import Span
from index.search import Index
from index.verdicts import Verdict, Verification
from index.verify import LONGEST, MOST_PASSAGES, verify
from index.wording import Variant, negates, worded

CORPUS = Path(__file__).parent / "corpus"
EXACT, ALTERED, STITCHED = Verdict.EXACT, Verdict.ALTERED, Verdict.STITCHED
MISATTRIBUTED, NOT_FOUND = Verdict.MISATTRIBUTED, Verdict.NOT_FOUND

TOLL = "Nobody enjoys a toll, but a tunnel that leaks every autumn has to be paid for by somebody"
FREE = "She promised that ambulances, buses and electric taxis would go free."
TRAM = "Трамвай — это не прошлое, а самый короткий путь домой"
TREE = "ни одно дерево на набережной не срубят без замены"


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with Folder() as folder, open_corpus(CORPUS, folder.data) as opened:
        yield opened


def changed(found: Verification) -> list[tuple[Change, str, str]]:
    """What is not kept: kind, words of the text, words of the source."""
    return [
        (each.change, found.text[each.text.start : each.text.end], part.source.slice(each.source))
        for passage in found.passages
        for part in passage.parts
        for each in part.differences
        if each.change is not Change.KEPT
    ]


VERDICTS = [
    # as a message may quote it, the verdict, what is not kept
    (FREE, EXACT, []),
    (f"«{FREE}»", EXACT, []),
    ("buses and electric taxis would go free", EXACT, []),
    (f"“{TOLL},” said Mayor Solheim.", EXACT, []),
    (f"Solheim: “{TOLL}”", EXACT, []),
    (f"„{TRAM}“, — сказал Вяземцев", EXACT, []),
    (f"{FREE} The mayor also said that the income, about 215 million kroner a year, would", EXACT, []),
    ("She promised that ambulances … would go free.", EXACT, [("omitted", "…", "buses and electric taxis")]),
    ("that ambulances [. . .] would go", EXACT, [("omitted", "[. . .]", "buses and electric taxis")]),
    (
        "“She promised that [the buses] and electric taxis would go free”",
        EXACT,
        [("bracketed", "[the buses]", "ambulances, buses")],
    ),
    ("[he] sale … on February 2.", EXACT, [("bracketed", "[he]", "")]),
    ("[A]mbulances, buses and electric taxis would go free", EXACT, []),
    ("bought the only [un]known copy", ALTERED, [("replaced", "[un]known", "known")]),
    (FREE.replace("buses", "trucks"), ALTERED, [("replaced", "trucks", "buses")]),
    (FREE.replace("electric ", ""), ALTERED, [("removed", "", "electric")]),
    (FREE.replace("taxis", "city taxis"), ALTERED, [("inserted", "city", "")]),
    (FREE.replace("would", "would not"), ALTERED, [("inserted", "not", "")]),
    ("It was like watching zebras", ALTERED, [("replaced", "zebras", "someone")]),  # no "it" farther off
    (f"«{TREE.replace('не срубят', 'срубят')}»", ALTERED, [("removed", "", "не")]),
    (TREE.removeprefix("ни "), ALTERED, [("removed", "", "ни")]),  # right beside the quote
    (TREE.removesuffix(" без замены"), EXACT, []),
    ("all colleagues are convinced", ALTERED, [("removed", "", "Not")]),
    ("ни одно дерево … срубят без замены", ALTERED, [("omitted", "…", "на набережной не")]),
    ("ни одно дерево на набережной [не раз] срубят", ALTERED, [("bracketed", "[не раз]", "не")]),
    ("about 216 million kroner a year", ALTERED, [("replaced", "216", "215")]),
    ("The vote was 36 to 31. A similar toll in Trondheim was scrapped after two years.", STITCHED, []),
    (f"{FREE} The vote was 36 to 31.", STITCHED, []),  # in another order
    (f"“{TOLL},” said Knut Brekke.", MISATTRIBUTED, []),
    (f"«{TRAM}», — заявил Нестеренко.", MISATTRIBUTED, []),
    (f"{TOLL} — Knut Brekke", MISATTRIBUTED, []),
    ("The king of Sweden opened the zoo with a golden trumpet.", NOT_FOUND, []),
    ("!?", NOT_FOUND, []),
]


@pytest.mark.parametrize(("text", "verdict", "differences"), VERDICTS, ids=[row[0][:50] for row in VERDICTS])
def test_a_text_gets_its_verdict(
    text: str, verdict: Verdict, differences: list[tuple[str, str, str]], index: Index
) -> None:
    found = verify(index, text)

    assert verdict == found.verdict
    assert differences == changed(found)


DENIALS = ["would not go free", "would never go free", "wouldn't go free"]


@pytest.mark.parametrize("denied", DENIALS)
def test_a_negation_put_in_or_left_out_is_said_loudly(denied: str, index: Index) -> None:
    found = verify(index, FREE.replace("would go free", denied))

    assert found.passages[0].negation
    assert not verify(index, FREE.replace("buses", "trucks")).passages[0].negation


VARIANTS = [
    (unicodedata.normalize("NFD", TRAM), [Variant.COMPOSITION]),
    (TOLL.replace("Nobody", "nobody"), [Variant.CAPITALS]),
    (TOLL.replace(" ", "\u00a0"), [Variant.SPACES]),
    ("He now r\u00adepairs accordi\u00adons in B\u00adruges", [Variant.INVISIBLE]),
    (TOLL.replace("tunnel", "tun\u00adnel"), [Variant.INVISIBLE]),
    (TRAM.replace("—", "-"), [Variant.DASHES]),
    (TOLL.replace(",", ""), [Variant.PUNCTUATION]),
    ("She described the scene as «a bathtub with headlights.»", [Variant.QUOTES]),
    ("Первые рельсы уложат 20 мая", []),
]


@pytest.mark.parametrize(("text", "expected"), VARIANTS)
def test_what_print_does_to_a_text_is_named_and_alters_nothing(
    text: str, expected: list[Variant], index: Index
) -> None:
    found = verify(index, text)

    assert EXACT == found.verdict
    assert expected == list(found.passages[0].variants)


def test_a_word_divided_at_the_end_of_a_line_is_that_word(index: Index) -> None:
    found = verify(index, FREE.replace("electric", "elec-\ntric"))

    assert (EXACT, (Variant.HYPHENATION,)) == (found.verdict, found.passages[0].variants)


def test_adjacent_sentences_are_one_quote_with_a_receipt_each(index: Index) -> None:
    found = verify(index, f"“{FREE} The mayor also said that the income”")
    (part,) = found.passages[0].parts
    document = index.document(part.source.sentences[0].citation.document)

    assert document is not None
    assert 2 == len(part.source.sentences)
    assert part.source.text == document.text[part.source.span.start : part.source.span.end]
    assert all(index.sentence(each.id) == each for each in part.source.sentences)


def test_of_the_places_of_a_quote_the_shortest_sentence_is_shown(index: Index) -> None:
    (passage,) = verify(index, "She said that").passages

    assert "She said that the seller had used the cans as doorstops." == passage.parts[0].source.text


def test_a_dateline_copied_with_its_sentence_is_the_sources_own(index: Index) -> None:
    found = verify(
        index, "BERGEN, May 6 (Nordic Wire) - Drivers will pay 64 kroner to cross the Skarvane tunnel"
    )
    source = found.passages[0].parts[0].source

    assert EXACT == found.verdict
    assert source.text.startswith("BERGEN, May 6 (Nordic Wire) - Drivers")
    assert ["Drivers"] == [each.text.split()[0] for each in source.cited]


def test_each_part_of_a_stitched_quote_names_its_own_sentence(index: Index) -> None:
    one, other = "ambulances, buses and electric taxis would", "collect signatures for a local referendum"
    found = verify(index, f"«{one} {other}»")

    assert STITCHED == found.verdict
    assert [one, other] == [found.text[part.text.start : part.text.end] for part in found.passages[0].parts]
    for part, words in zip(found.passages[0].parts, (one, other), strict=True):
        assert words in part.source.text


def test_words_between_the_parts_of_a_stitched_quote_are_marked(index: Index) -> None:
    text = "ambulances, buses and electric taxis would happily collect signatures for a local referendum"
    (passage,) = verify(index, text).passages

    assert (STITCHED, ["happily"]) == (passage.verdict, [text[s.start : s.end] for s in passage.alone])


def test_a_speaker_is_only_called_wrong_where_the_source_is_sure(index: Index) -> None:
    unsure = "Brekke and Haugland had coffee together after the vote"
    assert EXACT == verify(index, f"“{unsure},” said Ingrid Solheim.").verdict
    assert EXACT == verify(index, f"“{TOLL},” said the mayor.").verdict
    assert EXACT == verify(index, f"“{TOLL},” сказала Сольхейм.").verdict  # another script
    assert EXACT == verify(index, f"Knut Brekke never said: “{TOLL}”").verdict
    assert EXACT == verify(index, f"“{TOLL},” said the Kremlin.").verdict
    assert EXACT == verify(index, f"Breaking: {TOLL}").verdict


def test_a_copied_sentence_is_compared_whole_also_around_its_quotation(index: Index) -> None:
    sentence = f"“{TOLL},” Mayor Ingrid Solheim told journalists on the steps of the town hall."

    assert [("replaced", "journalists", "reporters")] == changed(verify(index, sentence))
    # whoever marks a part of a sentence that has no marks in the source, quotes that part
    assert (
        EXACT
        == verify(index, "The mayor promised that “ambulances, buses and electric taxis would go”").verdict
    )
    # and of a text without marks, all is held against the source
    doubtful = "The tunnel is expected to reopen on November 3, the Bergen council said."
    assert ALTERED == verify(index, doubtful).verdict


def test_each_quote_of_a_text_is_verified_and_short_ones_are_not(index: Index) -> None:
    text = f"I call “{FREE}” a “nice” promise, and “the vote was 37 to 31” a lie."
    found = verify(index, text)

    assert [EXACT, ALTERED] == [each.verdict for each in found.passages]
    assert ALTERED == found.verdict


def test_of_too_many_quotes_it_is_said_how_many_were_left_out(index: Index) -> None:
    found = verify(index, " and ".join(f"“the zoo number {n} burnt”" for n in range(MOST_PASSAGES + 3)))

    assert (MOST_PASSAGES, 3) == (len(found.passages), found.unchecked)


def test_picking_single_words_between_ellipses_is_no_quote(index: Index) -> None:
    found = verify(index, "She … ambulances … electric … free")

    assert found.verdict is not EXACT


def test_an_ellipsis_passes_over_no_end_of_a_sentence(index: Index) -> None:
    found = verify(index, "She promised that ambulances … would be spent on new pumps and on nothing else.")

    assert found.verdict is not EXACT


def test_among_many_brackets_none_hides_a_word(index: Index) -> None:
    words = FREE.split()
    for denied in range(1, len(words)):
        bracketed = [f"{word} [sic] [sic]" for word in words]
        found = verify(index, " ".join([*bracketed[:denied], "[not]", *bracketed[denied:]]))
        assert found.verdict is not EXACT


def test_what_is_not_found_shows_the_nearest_sentence_if_any_is_near(index: Index) -> None:
    near = verify(index, "She promised swans and ponies that they would go free of charge to pasture.")

    assert NOT_FOUND == near.verdict
    assert FREE == near.passages[0].parts[0].source.text
    assert () == verify(index, "Zebras gallop nightly.").passages[0].parts


# -- nothing altered is exact --------------------------------------------------------------------------------


def plain_words(text: str) -> list[str]:
    """Words as anybody would count them: letters and digits, composed, in lower case."""
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())


TEXTS = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.iterdir()) if path.suffix != ".toml"]
HELD = [f" {' '.join(plain_words(text))} " for text in TEXTS]
SENTENCES = [
    each.strip() for text in TEXTS for each in re.split(r"(?<=[.!?])\s+|\n", text) if len(each.split()) > 4
]
WORDS = sorted({word for text in TEXTS for word in re.findall(r"[^\W\d_]+", text)})
EDITS = st.tuples(
    st.sampled_from(["exchange", "drop", "put", "swap", "digit", "deny", "none"]),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(WORDS),
)


def edited(sentence: str, edits: list[tuple[str, float, str]]) -> str:
    words = sentence.split()
    for kind, where, word in edits:
        place = int(where * len(words))
        if kind == "exchange":
            words[place] = word
        elif kind == "put":
            words.insert(place, word)
        elif kind == "deny":
            words.insert(place, "not" if sentence.isascii() else "не")
        elif kind == "digit":
            words[place] = re.sub(r"\d", "7", words[place])
        elif kind == "drop" and len(words) > 2:
            del words[place]
        elif kind == "swap":
            words[place], words[-1] = words[-1], words[place]
    return " ".join(words)


@settings(max_examples=150)
@given(st.sampled_from(SENTENCES), st.lists(EDITS, min_size=1, max_size=3))
def test_what_no_document_holds_word_for_word_is_never_exact(
    index: Index, sentence: str, edits: list[tuple[str, float, str]]
) -> None:
    text = edited(re.sub('[“”«»„"\\[\\]…]', "", sentence), edits)
    found = verify(index, text)

    if found.verdict is EXACT:
        assert any(f" {' '.join(plain_words(text))} " in held for held in HELD)


@settings(max_examples=100)
@given(st.sampled_from(SENTENCES), st.lists(EDITS, max_size=2), st.booleans())
def test_the_differences_are_the_passage_and_the_source_in_order(
    index: Index, sentence: str, edits: list[tuple[str, float, str]], marked: bool
) -> None:
    text = edited(sentence, edits)
    found = verify(index, f"«{text}»" if marked else text)
    for passage in found.passages:
        for part in passage.parts:
            beside = [each for each in part.differences if each.negation and each.change is Change.REMOVED]
            inner = [each for each in part.differences if each not in beside]
            for one, other in pairwise(inner):
                assert one.text.end <= other.text.start
                assert one.source.end <= other.source.start
            for each in part.differences:
                assert part.source.span.start <= each.source.start <= each.source.end <= part.source.span.end
                if each.change is Change.KEPT:
                    ours = worded(found.text[each.text.start : each.text.end])
                    assert [w.form for w in ours] == [w.form for w in worded(part.source.slice(each.source))]


@settings(max_examples=100)
@given(
    st.sampled_from(SENTENCES),
    st.lists(
        st.tuples(st.sampled_from(["…", "[...]", "[he]", "[sic]"]), st.floats(0, 1), st.integers(0, 4)),
        max_size=3,
    ),
    st.lists(EDITS, max_size=1),
)
def test_an_exact_quote_keeps_every_word_but_at_its_breaks(
    index: Index, sentence: str, breaks: list[tuple[str, float, int]], edits: list[tuple[str, float, str]]
) -> None:
    words = re.sub('[“”«»„"]', "", sentence).split()
    for mark, where, skipped in breaks:
        place = int(where * len(words))
        words[place : place + skipped] = [mark]
    text = edited(" ".join(words), edits)
    for passage in (each for each in verify(index, text).passages if each.verdict is EXACT):
        (part,) = passage.parts
        breaks_of = [each for each in part.differences if each.change in (Change.OMITTED, Change.BRACKETED)]
        assert not any(each.alters for each in part.differences)
        for whole, spans, start in (
            (
                text[passage.span.start : passage.span.end],
                [each.text for each in part.differences],
                passage.span.start,
            ),
            (
                part.source.slice(Span(part.differences[0].source.start, part.differences[-1].source.end)),
                [each.source for each in part.differences],
                part.differences[0].source.start,
            ),
        ):
            for word in worded(whole):
                at = Span(word.start + start, word.end + start)
                assert any(span.start <= at.start and at.end <= span.end for span in spans), word
        for each in breaks_of:
            assert not any(map(negates, (word.form for word in worded(part.source.slice(each.source)))))


def test_the_benchmark_finds_nothing_altered_exact_and_all_that_is_exact() -> None:
    figures = benchmark.measured(CORPUS, 220, seed=7)

    assert (0, 1.0) == (figures.false_called_exact, figures.recognised)
    assert [] == [(case.text, str(found)) for case, found in figures.failures]


def test_the_benchmark_fails_where_an_altered_quote_is_called_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    class Yes:
        verdict = EXACT

    monkeypatch.setattr(benchmark, "verify", lambda *_: Yes)
    monkeypatch.setattr("sys.argv", ["verify.py", str(CORPUS), "--cases", "11"])

    assert 1 == benchmark.main()


# -- strangers ----------------------------------------------------------------------------------------------

DRAW = random.Random(5)  # noqa: S311 - hostile, not secret
HOSTILE = [
    "the mayor " * 500,
    "“" * LONGEST,
    "“a" * (LONGEST // 2),
    "«»" * (LONGEST // 2),
    "… the … mayor " * 300,
    "[the] mayor " * 350,
    "[" * LONGEST,
    "e" + "\u0301" * LONGEST,
    ("he said: “the toll was a tax” " * 150)[:LONGEST],
    "a.b" * (LONGEST // 3),
    "-\n" * (LONGEST // 2),
    " ".join(DRAW.choice(WORDS) for _ in range(700))[:LONGEST],
    " ".join(SENTENCES)[:LONGEST],
    "\ud800\x00\u202e tide \U0001f600" * 200,
    "1,2.3:4/" * 512,
    "漢字" * (LONGEST // 2),
]


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text[:12]) for text in HOSTILE])
def test_any_text_is_verified_in_bounded_time(text: str, index: Index) -> None:
    verify(index, "The vote was 36 to 31.")  # what is read once
    began = time.process_time()
    verify(index, text)

    assert time.process_time() - began < 2.0


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_no_text_is_too_strange(index: Index, text: str) -> None:
    found = verify(index, text)

    assert all(Span(0, 0) <= each.span and each.span.end <= len(text) for each in found.passages), (
        "a passage is a part of the text"
    )


def test_a_label_in_place_of_the_sources_own_is_no_speaker(index: Index) -> None:
    listed = next(sentence for sentence in SENTENCES if sentence.startswith("- Friday: "))
    assert verify(index, listed).verdict is EXACT
    assert verify(index, listed.replace("Friday", "Monday")).verdict is not EXACT
