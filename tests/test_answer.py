"""What is shown and what is declined; the engine plays no part."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import (
    ANSWER_CONFIDENCE,
    AS_GOOD,
    CLOSEST_CONFIDENCE,
    DECISION,
    DECISION_BIAS,
    Outcome,
    answer,
    antecedents,
    confidence,
    searchable,
    unmentioned,
)
from index.evidence import SIGNALS
from index.filters import Filters, Within
from index.model import Citation, Evidence, Hit, Kind, Reference, Results, Sentence


def sentence(text: str, number: int = 0) -> Sentence:
    citation = Citation("tides", "tides.txt", "Tides", None, None, None, 1, number + 1, 0, len(text))
    return Sentence(number, f"id{number}", Kind.SENTENCE, text, citation)


GOOD = {"ahead": 0.8, "joint": 1.0, "predicate": 1.0}
BAD = {"joint": 0.05, "name_nowhere": 0.5, "who_missing": 1.0}


def results(
    signals: Mapping[str, float], *, unheard: bool = False, scores: Sequence[float] = (9.0, 5.0)
) -> Results:
    evidence = Evidence(0.5, ("moon",) if unheard else (), unheard, signals)
    found = tuple(Hit(sentence(f"Sentence {n}.", n), score, evidence) for n, score in enumerate(scores))
    return Results("why?", found)


def mixed(target: float) -> dict[str, float]:
    """Signals that are worth exactly ``target``."""
    logit = math.log(target / (1 - target)) - DECISION_BIAS
    return {"predicate": logit / DECISION["predicate"]}


DECISIONS = [
    # confidence, a name is unheard of, outcome, quotes shown
    (0.9, False, Outcome.ANSWER, 1),
    (ANSWER_CONFIDENCE + 1e-9, False, Outcome.ANSWER, 1),
    (ANSWER_CONFIDENCE - 1e-9, False, Outcome.CLOSEST, 1),
    (CLOSEST_CONFIDENCE + 1e-9, False, Outcome.CLOSEST, 1),
    (CLOSEST_CONFIDENCE - 1e-9, False, Outcome.NONE, 0),
    (0.9, True, Outcome.CLOSEST, 1),
    (CLOSEST_CONFIDENCE - 1e-9, True, Outcome.NONE, 0),
]


@pytest.mark.parametrize(("sure", "unheard", "outcome", "shown"), DECISIONS)
def test_the_outcome_follows_from_how_sure_the_best_hit_is(
    sure: float, unheard: bool, outcome: Outcome, shown: int
) -> None:
    decided = answer(results(mixed(sure), unheard=unheard))
    assert (decided.outcome, len(decided.shown)) == (outcome, shown)


def test_confidence_is_the_logistic_function_of_the_weighed_signals() -> None:
    expected = 1 / (1 + math.exp(-(DECISION_BIAS + DECISION["ahead"] * 0.5 + DECISION["negated"])))
    assert expected == pytest.approx(confidence(results({"ahead": 0.5, "negated": 1.0})))


def test_a_question_covered_in_every_word_is_answered_and_one_in_none_is_not() -> None:
    assert answer(results(GOOD)).outcome is Outcome.ANSWER
    assert answer(results(BAD)).outcome is Outcome.NONE


def test_every_signal_is_weighed_and_speaks_the_way_its_name_says() -> None:
    against = {name for name, weight in DECISION.items() if weight < 0}
    assert set(SIGNALS) == set(DECISION)
    denied = {"negated", "opposite", "other_ordinal", "other_year", "lacking", "length"}
    assert against == denied | {name for name in SIGNALS if name.endswith(("nowhere", "missing"))}


def test_a_declined_question_keeps_its_candidates() -> None:
    assert 2 == len(answer(results(BAD)).hits)


def test_no_hit_is_no_answer() -> None:
    decided = answer(Results("why?", ()))
    assert (decided.outcome, decided.confidence, decided.shown) == (Outcome.NONE, 0.0, ())


SHOWN = [
    # scores of the hits, how many are shown
    ((9.0, 9.0 - AS_GOOD - 0.01, 5.0), 1),
    ((9.0, 9.0 - AS_GOOD, 5.0), 2),
    ((9.0, 9.0, 9.0, 9.0), 3),
]


@pytest.mark.parametrize(("scores", "shown"), SHOWN)
def test_up_to_three_hits_as_good_as_the_first_are_shown(scores: tuple[float, ...], shown: int) -> None:
    assert shown == len(answer(results(GOOD, scores=scores)).shown)


def test_a_hit_that_would_not_answer_alone_is_not_shown_beside_one_that_does() -> None:
    first, second = results(GOOD, scores=(9.0, 9.0)).hits
    weak = replace(second, evidence=replace(second.evidence, signals=BAD))
    assert (first,) == answer(Results("why?", (first, weak))).shown


def test_one_passage_at_most_is_shown_where_it_may_not_answer() -> None:
    assert 1 == len(answer(results(mixed(0.25), scores=(9.0, 9.0))).shown)


@given(st.dictionaries(st.sampled_from(SIGNALS), st.floats(allow_nan=False)), st.booleans())
def test_confidence_is_between_0_and_1_and_never_enough_where_a_name_is_unheard_of(
    signals: dict[str, float], unheard: bool
) -> None:
    assert 0 <= confidence(results(signals, unheard=unheard)) <= 1
    assert answer(results(signals, unheard=True)).outcome is not Outcome.ANSWER


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
    declined = replace(answer(results(mixed(0.25))), question="And the Moon?")
    evidence = replace(declined.shown[0].evidence, missing=("moon", "borrowed"))
    closest = replace(declined, shown=(replace(declined.shown[0], evidence=evidence),))
    assert unmentioned(closest) == ("moon",)
    assert unmentioned(replace(closest, outcome=Outcome.ANSWER)) == ()
    assert unmentioned(replace(closest, shown=())) == ()


def dated(hit: Hit, date: str | None) -> Hit:
    cited = replace(hit.sentence.citation, date=date)
    return replace(hit, sentence=replace(hit.sentence, citation=cited))


NEWEST = Within(Filters(newest=True))


def test_of_those_that_answer_the_newest_comes_first_where_that_is_asked() -> None:
    best, weak, newer, undated = results(GOOD, scores=(9.0, 8.9, 8.8, 8.7)).hits
    weak = dated(replace(weak, evidence=replace(weak.evidence, signals=BAD)), "2026-09-09")
    hits = (dated(best, "2025"), weak, dated(newer, "2026-01"), undated)
    decided = answer(Results("why?", hits, within=NEWEST))
    assert (hits[2], hits[0], undated, weak) == decided.hits
    assert (Outcome.ANSWER, (hits[2], hits[0], undated)) == (decided.outcome, decided.shown)
    assert hits == answer(Results("why?", hits)).hits
    assert 2 == len(answer(Results("why?", hits, within=NEWEST), 2).hits)


@pytest.mark.parametrize("sure", [0.25, 0.1])
def test_the_order_of_dates_changes_no_decision(sure: float) -> None:
    found = results(mixed(sure), scores=(9.0, 8.9))
    hits = (found.hits[0], dated(found.hits[1], "2026"))
    declined = answer(Results("why?", hits, within=NEWEST))
    assert (answer(found).outcome, hits) == (declined.outcome, declined.hits)


def test_where_filters_alone_are_asked_for_what_passes_is_the_answer() -> None:
    listed = replace(results(BAD, scores=(0.0,) * 5), within=Within(Filters(by=("Voss",)), alone=True))
    decided = answer(listed)
    assert (Outcome.ANSWER, 1.0, 3) == (decided.outcome, decided.confidence, len(decided.shown))
    assert Outcome.NONE is answer(replace(listed, hits=())).outcome


def test_a_sentence_without_the_phrase_that_was_quoted_is_never_an_answer() -> None:
    decided = answer(replace(results(GOOD), within=Within(unheld=("tide rose",))))
    assert Outcome.CLOSEST is decided.outcome
    assert decided.confidence < ANSWER_CONFIDENCE
