"""What is typed into a question: filters are read, whatever else looks like them stays text."""

import re
import time
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.filters import Fault, Filters, days, parse, taken_literally, unquoted

NONE = Filters()

READ = [
    # typed, what is left of it, its filters
    ("corridor by:Lavrov", "corridor", Filters(by=("Lavrov",))),
    ('by:"Sergei Lavrov" corridor', "corridor", Filters(by=("Sergei Lavrov",))),
    ("who said it, by:Lavrov?", "who said it,", Filters(by=("Lavrov",))),
    ("BY:Lavrov Source:wire", "", Filters(by=("Lavrov",), sources=("wire",))),
    ("by:Lavrov by:Putin by:Lavrov", "", Filters(by=("Lavrov", "Putin"))),
    ("source:«Example Wire» in:talks-2.pdf", "", Filters(sources=("Example Wire",), within=("talks-2.pdf",))),
    ("tide in:“More talks”", "tide", Filters(within=("More talks",))),
    ("tide after:2026", "tide", Filters(after="2026")),
    ("tide after:2026-3", "tide", Filters(after="2026-03")),
    ("tide before:2026-03-02.", "tide", Filters(before="2026-03-02")),
    ("tide before:02.03.2026", "tide", Filters(before="2026-03-02")),
    ("tide before:03.2026", "tide", Filters(before="2026-03")),
    ("after:2026 after:2026-05 before:2027 before:2026-08", "", Filters(after="2026-05", before="2026-08")),
    ("tide sort:new", "tide", Filters(newest=True)),
    ("tide -moon", "tide", Filters(without=("moon",))),
    ("-moon tide (-half-moon)", "tide ()", Filters(without=("moon", "half-moon"))),
]


@pytest.mark.parametrize(("typed", "question", "filters"), READ)
def test_a_filter_is_taken_out_of_the_question(typed: str, question: str, filters: Filters) -> None:
    parsed = parse(typed)
    assert (question, filters, ()) == (parsed.question, parsed.filters, parsed.hints)


PHRASES = [
    ('who keeps the "Lachin corridor"?', ("Lachin corridor",)),
    ("“one” „two“ „three” «four»", ("one", "two", "three", "four")),
    ('("tide" and "moon")', ("tide", "moon")),
]


@pytest.mark.parametrize(("typed", "phrases"), PHRASES)
def test_a_phrase_is_a_filter_and_stays_in_the_question(typed: str, phrases: tuple[str, ...]) -> None:
    parsed = parse(typed)
    assert (typed, Filters(phrases=phrases)) == (parsed.question, parsed.filters)


TEXT = [
    "what happened at 12:30?",
    "see http://example.org/by:Lavrov?after:2026",
    "note: this, and that:thing",
    "the pre-war harbour - or what is left",
    "--moon and -- and -",
    "it was -40 degrees",
    'he said "go',
    'a 5" pipe and a 6" pipe',
    "«never closed",
    'a " lone " mark',
    "'single' and ’other’ marks",
    "thereby:Lavrov",
    '"…" and ""',
    "-source:wire",
]


@pytest.mark.parametrize("typed", TEXT)
def test_what_only_looks_like_a_filter_is_text(typed: str) -> None:
    assert taken_literally(typed) == parse(typed)


WRONG = [
    # typed, what is left, fault, what the hint names
    ("tide after:soon", "tide", Fault.NO_DATE, "after:soon"),
    ("tide after:2026-02-30", "tide", Fault.NO_DATE, "after:2026-02-30"),
    ("tide before:2026-13", "tide", Fault.NO_DATE, "before:2026-13"),
    ("tide before:0000", "tide", Fault.NO_DATE, "before:0000"),
    ('tide after:"next week"', "tide", Fault.NO_DATE, 'after:"next week"'),
    ("tide sort:old", "tide", Fault.UNKNOWN_ORDER, "sort:old"),
    ("tide by:", "tide by:", Fault.NO_VALUE, "by:"),
    ("tide by: Lavrov", "tide by: Lavrov", Fault.NO_VALUE, "by:"),
    ('tide by:"Lavrov', 'tide by:"Lavrov', Fault.NO_VALUE, "by:"),
    ("tide source:?", "tide source:?", Fault.NO_VALUE, "source:"),
]


@pytest.mark.parametrize(("typed", "question", "fault", "names"), WRONG)
def test_a_wrong_filter_is_told_and_filters_nothing(
    typed: str, question: str, fault: Fault, names: str
) -> None:
    parsed = parse(typed)
    assert [(fault, names)] == [(hint.fault, hint.written) for hint in parsed.hints]
    assert (question, NONE, False) == (parsed.question, parsed.filters, parsed.alone)


@pytest.mark.parametrize(
    ("typed", "alone"),
    [
        ("by:Lavrov sort:new", True),
        ('"Lachin corridor" -tide?', True),
        ("and by:Lavrov", False),
        ("tide", False),
        ("", False),
        ("?!", False),
    ],
)
def test_whether_anything_is_asked_besides(typed: str, alone: bool) -> None:
    assert alone is parse(typed).alone


def test_without_its_phrases_a_question_is_the_same_with_its_other_filters() -> None:
    typed = 'who keeps the "-Lachin by:corridor"? by:Lavrov'
    assert replace(parse(typed), filters=Filters(by=("Lavrov",))) == unquoted(typed)
    assert not unquoted('"tide"').alone


SIGNS = '" “ ” „ « » - by: in: after: sort:new 2026 Lavrov 02.03.2026 ( ) . ? x é ’ : 0 ſort: İn: ²'
PIECES = st.sampled_from([*SIGNS.split(), " ", "\n", "\u202e", "\ud800"])
TYPED = st.text() | st.lists(PIECES, max_size=30).map("".join)


@given(TYPED)
@example('source:"Tide & Co."')
@example("by:„» Lavrov“")
def test_no_text_raises_and_filters_written_anew_are_the_same(typed: str) -> None:
    parsed = parse(typed)
    again = parse(str(parsed.filters))
    assert ("", parsed.filters.unquoted(), ()) == (again.question, again.filters, again.hints)
    assert unquoted(typed).question == parsed.question


SYNTAX = re.compile(r"[\"“”„«»]|(?:^|[\s(\[])-\w|(?:source|in|after|before|by|sort):", re.IGNORECASE)


@given(TYPED)
def test_a_text_without_the_signs_of_a_filter_is_itself(typed: str) -> None:
    if not SYNTAX.search(typed):
        assert taken_literally(typed) == parse(typed)


@given(st.lists(st.sampled_from(["tide", "rose", "who?", "harbour"]), min_size=1), st.data())
def test_filters_may_stand_anywhere(words: list[str], data: st.DataObject) -> None:
    given_filters = ["by:Lavrov", "after:2026", "-moon", "sort:new"]
    typed = list(words)
    for each in given_filters:
        typed.insert(data.draw(st.integers(0, len(typed))), each)
    parsed = parse(" ".join(typed))
    assert Filters(without=("moon",), by=("Lavrov",), after="2026", newest=True) == parsed.filters
    assert " ".join(words) == parsed.question


UNITS = ['"', "“", "„", "«", ' "a', "by:", ' by:"', "-a", " -a", "-", 'in:"a', ' -a"', "after:2026 ", '"a" ']


@pytest.mark.parametrize("unit", UNITS)
def test_reading_takes_time_in_proportion_to_the_text(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit)) + "x"
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            parse(text)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(160_000) < 40 * max(seconds(10_000), 0.001)


DATES = [
    (None, None),
    ("", None),
    ("soon", None),
    ("2026", (20260101, 20261231)),
    ("2026-03", (20260301, 20260331)),
    ("2026-03-02", (20260302, 20260302)),
    ("2026-03-02T10:00:00Z", (20260302, 20260302)),
    ("2026-13-01", None),
]


@pytest.mark.parametrize(("date", "expected"), DATES)
def test_a_date_cut_short_means_each_of_its_days(date: str | None, expected: tuple[int, int] | None) -> None:
    assert expected == days(date)
