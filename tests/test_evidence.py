"""Signals for the decision, each seen on a corpus of a few sentences."""

from collections.abc import Iterator

import pytest
from conftest import Folder

from index.evidence import SIGNALS
from index.search import WEIGHED, Index

TEXT = """The ferry Morena sank off Zadar on Friday with 31 people on board. Captain Ivo Kralj said the \
pumps had failed. He asked for an inquiry.

Divers found the wreck on Monday. The search cost 4 million euros. There were 12 cars on the lower deck.
"""


@pytest.fixture(scope="module")
def ferry() -> Iterator[Index]:
    files = {"ferry.txt": TEXT, "weather.txt": "It rained in Split all week, and the harbour flooded."}
    with Folder(files) as folder, folder.open() as index:
        yield index


def signals(index: Index, question: str) -> dict[str, float]:
    return dict(index.search(question).hits[0].evidence.signals)


def test_every_hit_that_may_be_an_answer_has_every_signal(ferry: Index) -> None:
    hits = ferry.search("who asked for an inquiry about the ferry?").hits
    assert len(hits) > WEIGHED
    for place, hit in enumerate(hits):
        assert (set(SIGNALS) if place < WEIGHED else set()) == set(hit.evidence.signals)


CASES = [
    # question, signal, its value
    ("when did divers find the wreck?", "nowhere", 0.0),
    ("when did divers find the wreck?", "coverage", 1.0),
    ("when did divers find the wreck?", "kind_missing", 0.0),
    ("how many cars were on the lower deck?", "count_missing", 0.0),
    ("how many divers found the wreck?", "count_missing", 1.0),
    ("how much did the search cost?", "money_missing", 0.0),
    ("how much did the ferry Morena cost?", "money_missing", 1.0),
    ("when did divers find the Titanic?", "name_nowhere", 0.5),
]


@pytest.mark.parametrize(("question", "name", "value"), CASES)
def test_a_signal_says_what_the_best_hit_has_or_lacks(
    question: str, name: str, value: float, ferry: Index
) -> None:
    found = signals(ferry, question)[name]
    if value in (0.0, 1.0):
        assert value == pytest.approx(found)
    else:
        assert 0 < found < 1


def test_shares_add_up_to_the_question(ferry: Index) -> None:
    for question in (
        "who asked for an inquiry about the ferry?",
        "what did Kralj say of the Titanic in Split?",
    ):
        found = signals(ferry, question)
        parts = found["predicate_nowhere"] + found["name_nowhere"]
        assert found["nowhere"] == pytest.approx(parts)
        assert found["unlike"] <= found["nowhere"] + 1e-9
        assert 0 <= found["around"] + found["nowhere"] <= 1 + 1e-9


def test_only_a_name_that_no_source_has_is_unheard_of(ferry: Index) -> None:
    elsewhere = ferry.search("what did Kralj say in Split?").hits[0].evidence
    nowhere = ferry.search("what did Macron say?").hits[0].evidence
    assert (False, True) == (elsewhere.name_unheard, nowhere.name_unheard)


@pytest.mark.parametrize("question", ["what did Britain say?", "what did britain say?"])
def test_a_name_that_only_the_thesaurus_has_is_unheard_of(ferry: Index, question: str) -> None:
    assert ferry.search(question).hits[0].evidence.name_unheard
