"""Sentences of our own making, one rule class after another, and what holds for any text."""

import gc
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.model import Kind, Paragraph
from index.segment import segment

Case = tuple[str, list[tuple[str, str]], str]
"""A text, its (kind, sentence) pairs, its language."""

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


def cases(file: str, language: str) -> Iterator[Case]:
    """The cases of a file: its first lines say how they are written."""
    text, expected = "", list[tuple[str, str]]()
    for line in (Path(__file__).parent / file).read_text(encoding="utf-8").split("\n"):
        if line.startswith("["):
            language = line.strip("[]")
        elif not line.strip():
            if expected:
                yield text, expected, language
            text, expected = "", []
        elif not line.startswith("#"):
            body = line.removeprefix("+")
            kind, sentence = body[1:].split("} ", 1) if body.startswith("{") else ("sentence", body)
            text += ("" if line.startswith("+") or not text else " ") + sentence
            expected.append((kind, sentence))
    if expected:
        yield text, expected, language


ALL = [*cases("segment_en.txt", "en"), *cases("segment_ru.txt", "ru"), *cases("segment_other.txt", "und")]


def spans(
    text: str, language: str = "en", *, start: int = 0, markdown: bool = False
) -> list[tuple[str, str]]:
    found = segment(text, language, start=start, markdown=markdown)
    return [(s.kind.value, text[s.start : s.end]) for p in found for s in p.sentences]


def visible(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and c not in INVISIBLE)


@pytest.mark.parametrize(("text", "expected", "language"), ALL, ids=[c[0][:40] for c in ALL])
def test_a_case_splits_as_it_is_written(text: str, expected: list[tuple[str, str]], language: str) -> None:
    assert expected == spans(text, language)


KNOWN = [(text, expected) for text, expected, language in ALL if language in ("en", "ru")]


@pytest.mark.parametrize(("text", "expected"), KNOWN, ids=[c[0][:40] for c in KNOWN])
def test_english_and_russian_split_alike_when_the_language_is_unknown(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert expected == spans(text, "und")


# --- blocks

LINE_ENDS = ["\n", "\r\n", "\r", "\u2028", "\u2029", "\f", "\n\n", "\r\n\r\n", "\n \t\n"]


@pytest.mark.parametrize("end", LINE_ENDS, ids=repr)
def test_every_line_end_makes_a_paragraph(end: str) -> None:
    text = f"The pier is open{end}It rained. It stopped.{end}"
    found = segment(text)
    assert [text[p.start : p.end] for p in found] == ["The pier is open", "It rained. It stopped."]


WRAPPED = (
    "The harbour master closed the outer pier on Monday after two\n"
    "cranes were found to lean towards the water. Nobody was hurt\n"
    "in the incident, but eleven ships had to wait in the bay for\n"
    "most of the day.\n"
    "\n"
    "The cranes were bought in 1987 and had passed an inspection\n"
    "in the spring. A second inspection will be made next week by\n"
    "engineers from the capital.\n"
)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
def test_a_wrapped_line_is_no_boundary(end: str) -> None:
    text = WRAPPED.replace("\n", end)
    assert [len(p.sentences) for p in segment(text)] == [2, 2]


def test_an_item_under_wrapped_text_stands_alone() -> None:
    text = WRAPPED + "\n- a lamp that the crew left on the pier when the\n  storm came up\n- a rope\n"
    expected = ["The harbour", "The cranes ", "- a lamp th", "- a rope"]
    assert expected == [text[p.start : p.end][:11] for p in segment(text)]


POEM = "The sea was loud that night\nThe boats came in too late\nA lantern gave its light\nTo those on wait\n"
NAMES = "Ada Voss\nBruno Klee\nCarla Munt\nDario Pell\n"
PROSE = "The ferry left at noon with sixty people on board and reached the island before the storm did."


@pytest.mark.parametrize(
    "text", [POEM, NAMES, POEM + "\n" + PROSE, NAMES + PROSE], ids=lambda t: t[:20] + str(len(t))
)
def test_verse_and_lists_of_names_hold_no_headings(text: str) -> None:
    assert "heading" not in {kind for kind, _ in spans(text)}
    assert len(text.strip().replace("\n\n", "\n").split("\n")) == len(segment(text))


def test_a_short_line_before_longer_prose_is_a_heading() -> None:
    assert spans(f"A night at sea\n\n{PROSE}") == [("heading", "A night at sea"), ("sentence", PROSE)]


ARTICLE = f"A night at sea\nBy Petra Lindqvist\nOSLO, Jan 5 – {PROSE}"


def test_a_byline_may_stand_between_heading_and_prose() -> None:
    assert [kind for kind, _ in spans(ARTICLE)] == ["heading", "byline", "dateline", "sentence"]


@pytest.mark.parametrize("line", ["It rained.", "who knows", "Read on:", "Dear friend,"])
def test_other_short_lines_are_no_headings(line: str) -> None:
    assert "heading" not in {kind for kind, _ in spans(f"{line}\n{PROSE}")}


def test_what_stands_before_start_is_not_seen() -> None:
    text = "---\ntitle: Tides\n---\nThe tide turned. It fell."
    assert [s for _, s in spans(text, start=text.index("The"))] == ["The tide turned.", "It fell."]


@pytest.mark.parametrize("text", ["", " ", "\n\r\n\f", "\ufeff", "\u200b\n\u200b"], ids=repr)
def test_a_text_without_visible_characters_has_no_paragraphs(text: str) -> None:
    assert segment(text) == ()


def test_zero_width_characters_are_white_space_at_the_edges() -> None:
    assert [s for _, s in spans("\ufeffOne.\u200b Two.\u200b")] == ["One.", "Two."]


# --- Markdown

MARKDOWN = [
    (
        "# Tides #\n\nIt rose. It fell.",
        [("heading", "Tides"), ("sentence", "It rose."), ("sentence", "It fell.")],
    ),
    ("Tides\n=====\nIt rose.", [("heading", "Tides"), ("sentence", "It rose.")]),
    (
        "It rose and\nfell.\n\n---\n\nNight came.",
        [("sentence", "It rose and\nfell."), ("sentence", "Night came.")],
    ),
    ("- a rope\n- two lamps,\n  both lit\n", [("list", "a rope"), ("list", "two lamps,\n  both lit")]),
    ("1. Boil. Wait.\n2. Serve", [("list", "Boil."), ("list", "Wait."), ("list", "Serve")]),
    ("> It rose. It fell.\n", [("sentence", "It rose."), ("sentence", "It fell.")]),
    ("```py\nx = 1. Y\n# no\n```\nDone.", [("list", "x = 1. Y"), ("list", "# no"), ("sentence", "Done.")]),
    ("| a | b |\n|---|---|\n| 1 | 2 |\n", [("list", "| a | b |"), ("list", "| 1 | 2 |")]),
    ("* * *\n\n#hashtag is no heading.", [("sentence", "#hashtag is no heading.")]),
]


@pytest.mark.parametrize(("text", "expected"), MARKDOWN, ids=[m[0][:20] for m in MARKDOWN])
def test_markdown_marks_say_what_a_block_is(text: str, expected: list[tuple[str, str]]) -> None:
    assert expected == spans(text, markdown=True)


# --- properties

WORDS = [
    "The dog",
    " barks",
    "Dr. ",
    "U.S. ",
    "г. ",
    "OSLO, Jan 5 ",
    "By Ann Lee",
    "https://a.b/c",
    "é",
    "i",
    "5",
]
MARKS = [
    ". ",
    ".",
    "! ",
    "?",
    "…",
    "... ",
    "«",
    "»",
    '"',
    "'",
    "(",
    ")",
    "1. ",
    "— ",
    "• ",
    "。",
    "[3]",
    "😀",
]
EDGES = ["\n", "\r\n", " ", "\u200b", "\ufeff", "\f", "\u2028", "`", "# ", "> ", "```", "|"]
PIECES = st.sampled_from([*WORDS, *MARKS, *EDGES])
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join))


def check_order(text: str, found: tuple[Paragraph, ...], start: int) -> None:
    edges = [start, *(e for p in found for s in p.sentences for e in (s.start, s.end)), len(text)]
    assert all(a <= b for a, b in pairwise(edges))
    for paragraph in found:
        assert (paragraph.start, paragraph.end) == (paragraph.sentences[0].start, paragraph.sentences[-1].end)
        for sentence in paragraph.sentences:
            body = text[sentence.start : sentence.end]
            assert visible(body[0])
            assert visible(body[-1])


@given(TEXTS, st.sampled_from(["und", "en", "ru", "de", "xx"]))
def test_every_visible_character_of_plain_text_lies_in_exactly_one_sentence(text: str, language: str) -> None:
    found = segment(text, language)
    check_order(text, found, 0)
    assert visible(text) == visible("".join(text[s.start : s.end] for p in found for s in p.sentences))


@given(TEXTS)
def test_markdown_spans_are_trimmed_ordered_and_apart(text: str) -> None:
    check_order(text, segment(text, markdown=True), 0)


@given(TEXTS, st.text(max_size=10))
def test_offsets_count_in_the_whole_text(text: str, header: str) -> None:
    shift = len(header)
    expected = [(s.start + shift, s.end + shift, s.kind) for p in segment(text) for s in p.sentences]
    assert expected == [
        (s.start, s.end, s.kind) for p in segment(header + text, start=shift) for s in p.sentences
    ]


# --- linear time

HOSTILE = [
    '". ',
    "a. ",
    "«",
    "...",
    ")",
    "A.B.",
    "U.S. ",
    "1. ",
    ". [1]",
    "a\n",
    '"? Ab ',
    " ",
    "x.Y",
    "• ",
    "OSLO, ",
]


def seconds(text: str, markdown: bool) -> float:
    """Of the processor; the best of three, without pauses of the collector."""
    times = []
    gc.disable()
    try:
        for _ in range(3):
            begun = time.process_time()
            segment(text, markdown=markdown)
            times.append(time.process_time() - begun)
    finally:
        gc.enable()
    return min(times)


@pytest.mark.parametrize("markdown", [False, True])
@pytest.mark.parametrize("unit", HOSTILE, ids=repr)
def test_four_times_the_text_takes_nothing_like_sixteen_times_as_long(unit: str, markdown: bool) -> None:
    once, fourfold = unit * (10_000 // len(unit)), unit * (40_000 // len(unit))
    assert any(seconds(fourfold, markdown) < 8 * seconds(once, markdown) + 0.005 for _ in range(3))


def test_only_sentences_and_items_can_be_quoted() -> None:
    assert [s.kind for p in segment(ARTICLE) for s in p.sentences if s.kind.quotable] == [Kind.SENTENCE]
