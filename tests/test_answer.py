"""What is shown and what is declined; the engine plays no part."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import (
    ANSWER_CONFIDENCE,
    CLOSEST_CONFIDENCE,
    Outcome,
    answer,
    antecedents,
    confidence,
    searchable,
    unmentioned,
)
from index.model import Citation, Evidence, Hit, Kind, Reference, Results, Sentence


def sentence(text: str, number: int = 0) -> Sentence:
    citation = Citation("tides", "tides.txt", "Tides", None, None, None, 1, number + 1, 0, len(text))
    return Sentence(number, f"id{number}", Kind.SENTENCE, text, citation)


def results(coverage: float, names_missing: bool = False, hits: int = 2) -> Results:
    evidence = Evidence(coverage, ("moon",) if names_missing else (), names_missing, 0.1)
    found = tuple(Hit(sentence(f"Sentence {n}.", n), 1.0, evidence) for n in range(hits))
    return Results("why?", found)


DECISIONS = [
    # coverage, a name is missing, outcome, quotes shown
    (1.0, False, Outcome.ANSWER, 1),
    (ANSWER_CONFIDENCE, False, Outcome.ANSWER, 1),
    (ANSWER_CONFIDENCE - 0.01, False, Outcome.CLOSEST, 1),
    (CLOSEST_CONFIDENCE, False, Outcome.CLOSEST, 1),
    (CLOSEST_CONFIDENCE - 0.01, False, Outcome.NONE, 0),
    (1.0, True, Outcome.CLOSEST, 1),
    (CLOSEST_CONFIDENCE, True, Outcome.NONE, 0),
]


@pytest.mark.parametrize(("coverage", "names_missing", "outcome", "shown"), DECISIONS)
def test_the_outcome_follows_from_what_the_best_hit_covers(
    coverage: float, names_missing: bool, outcome: Outcome, shown: int
) -> None:
    decided = answer(results(coverage, names_missing))
    assert (decided.outcome, len(decided.shown)) == (outcome, shown)


def test_a_declined_question_keeps_its_candidates() -> None:
    assert len(answer(results(0.0)).hits) == 2


def test_no_hit_is_no_answer() -> None:
    decided = answer(Results("why?", ()))
    assert (decided.outcome, decided.confidence, decided.shown) == (Outcome.NONE, 0.0, ())


@given(st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_covering_more_never_makes_less_sure(one: float, other: float, names_missing: bool) -> None:
    low, high = sorted((one, other))
    assert confidence(results(low, names_missing)) <= confidence(results(high, names_missing))


@given(st.floats(allow_nan=False), st.booleans())
def test_confidence_is_between_0_and_1_and_never_enough_where_a_name_is_missing(
    coverage: float, names_missing: bool
) -> None:
    assert 0 <= confidence(results(coverage, names_missing)) <= 1
    assert answer(results(coverage, names_missing=True)).outcome is not Outcome.ANSWER


SEARCHABLE = [
    ("who?", True),
    ("2022", True),
    ("кто?", True),
    ("何", True),
    ("", False),
    ("?!…", False),
    ("😀" * 4096, False),
    ("\x00\x1b\u202e", False),
]


@pytest.mark.parametrize(("question", "expected"), SEARCHABLE)
def test_a_question_needs_a_letter_or_a_digit(question: str, expected: bool) -> None:
    assert searchable(question) is expected


NAMED = sentence("Lavrov came.", 0)
LATER = sentence("He said that he left.", 1)
HE_TWICE = (Reference(0, 2, "Lavrov", "id0"), Reference(13, 15, "Lavrov", "id0"))

REFERENCES = [
    (HE_TWICE, [("He", "Lavrov")]),
    ((replace(HE_TWICE[0], id="gone"),), []),
    ((replace(HE_TWICE[0], id="id1"),), []),
    ((HE_TWICE[0], replace(HE_TWICE[1], name="Aliyev")), [("He", "Lavrov"), ("he", "Aliyev")]),
]


@pytest.mark.parametrize(("references", "expected"), REFERENCES)
def test_each_mention_is_explained_once_by_the_sentence_that_names(
    references: tuple[Reference, ...], expected: list[tuple[str, str]]
) -> None:
    notes = antecedents(LATER, references, {"id0": NAMED, "id1": LATER}.get)
    assert expected == [(note.mention, note.name) for note in notes]


def test_only_what_the_question_itself_says_is_called_unmentioned() -> None:
    declined = replace(answer(results(CLOSEST_CONFIDENCE)), question="And the Moon?")
    evidence = replace(declined.shown[0].evidence, missing=("moon", "borrowed"))
    closest = replace(declined, shown=(replace(declined.shown[0], evidence=evidence),))
    assert unmentioned(closest) == ("moon",)
    assert unmentioned(replace(closest, outcome=Outcome.ANSWER)) == ()
    assert unmentioned(replace(closest, shown=())) == ()
