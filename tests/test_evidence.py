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
    # question, signal, its value: None for between 0 and 1
    ("when did divers find the wreck?", "lacking", 0.0),
    ("when did sailors find the wreck?", "lacking", None),
    ("when did divers find the wreck?", "covered_ahead", None),
    ("when did divers find the wreck?", "predicate", 1.0),
    ("when did divers lift the wreck?", "predicate", None),
    ("when did divers find the Titanic?", "name_nowhere", None),
    ("when did divers find the wreck?", "name_nowhere", 0.0),
    ("what did Kralj say about the pumps?", "speaker", 1.0),
    ("what did the Morena say about the pumps?", "speaker", 0.0),
    ("when did divers find the wreck?", "date_missing", 0.0),
    ("when had the pumps of the captain failed?", "date_missing", 1.0),
    ("how many cars were on the lower deck?", "count_missing", 0.0),
    ("how many vehicles were on the lower deck?", "count_missing", 0.0),
    ("how many divers found the wreck?", "count_missing", 1.0),
    ("how much did the search cost?", "measure_missing", 0.0),
    ("how old was Captain Ivo Kralj?", "measure_missing", 1.0),
    ("how much rain fell on the wreck?", "count_missing", 1.0),
    ("how much did the search cost?", "place_missing", 0.0),
    ("which company did the search cost 4 million euros?", "place_missing", 1.0),
    ("off which city did the ferry Morena sink?", "place_missing", 0.0),
    ("when will divers find the wreck?", "future_missing", 1.0),
    ("when did divers find the wreck?", "future_missing", 0.0),
    ("who asked for an inquiry?", "who_missing", 0.0),
    ("who paid for the search?", "who_missing", 1.0),
    ("what did divers not find?", "negated", 1.0),
    ("what did divers find?", "negated", 0.0),
    ("how many cars were on the upper deck?", "opposite", 1.0),
    ("how many cars were on the lower deck?", "opposite", 0.0),
    ("how many cars were on the second lower deck?", "other_ordinal", 0.0),
]


@pytest.mark.parametrize(("question", "name", "value"), CASES)
def test_a_signal_says_what_the_best_hit_has_or_lacks(
    question: str, name: str, value: float | None, ferry: Index
) -> None:
    found = signals(ferry, question)[name]
    if value is None:
        assert 0 < found < 1
    else:
        assert value == pytest.approx(found)


def test_a_sentence_that_covers_more_than_the_others_is_ahead(ferry: Index) -> None:
    certain, vague = (signals(ferry, q)["ahead"] for q in ("when did divers find the wreck?", "who sank?"))
    assert -1 <= vague < certain <= 1


def test_another_year_contradicts() -> None:
    with Folder({"a.txt": "The pier was rebuilt in 1904 after a fire."}) as folder, folder.open() as index:
        assert signals(index, "what happened to the pier in 1856?")["other_year"] == 1.0
        assert signals(index, "what happened to the pier in 1904?")["other_year"] == 0.0


UNHEARD = [
    ("what did Macron say?", True),
    ("what did macron say?", True),
    ("what did Kralj say in Split?", False),
    ("what did Kraly say of the pumps?", False),
    ("why did the captain ask for an inquest?", False),
    ("why did the captain of the ferry lie to the harbourmaster about his pumps?", False),
]


@pytest.mark.parametrize(("question", "unheard"), UNHEARD)
def test_only_a_name_that_no_source_has_in_any_spelling_is_unheard_of(
    question: str, unheard: bool, ferry: Index
) -> None:
    assert unheard is ferry.search(question).hits[0].evidence.name_unheard


def test_a_german_noun_is_no_name_for_its_capital() -> None:
    text = "Der Hafen wurde am Montag wieder geöffnet, sagte die Polizei der Stadt."
    with Folder({"hafen.txt": text}) as folder, folder.open() as index:
        evidence = index.search("Wer hat den Hafen nach dem Sturm der Woche geöffnet?").hits[0].evidence
        assert not evidence.name_unheard
        assert 0 == evidence.signals["name_nowhere"]


@pytest.mark.parametrize("question", ["what did Britain say?", "what did britain say?"])
def test_a_name_that_only_the_thesaurus_has_is_unheard_of(ferry: Index, question: str) -> None:
    assert ferry.search(question).hits[0].evidence.name_unheard
