"""The figures of ``quoth eval``: worked by hand, equal to a textbook, and end to end over a real index."""

import json
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QuothError
from index.evaluate import (
    Question,
    Ranking,
    auc,
    candidates_of,
    figures,
    load_questions,
    load_sentences,
    rank_all,
)
from index.model import Results, Turn
from index.rank import WEIGHTS

SURE = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), min_size=1, max_size=30)


def ranking(
    relevant: Sequence[int], found: Sequence[int], *, answerable: bool = True, sure: float = 0.5
) -> Ranking:
    """A question whose relevant and found sentences are those of one document, by number."""
    places = tuple((("tides", number), 1.0 / (at + 1)) for at, number in enumerate(found))
    question = Question("q", "why?", frozenset(("tides", number) for number in relevant), answerable)
    return Ranking(question, places, sure)


@given(SURE, SURE)
def test_auc_is_the_share_of_pairs_won_by_the_answerable(yes: list[float], no: list[float]) -> None:
    won = sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in product(yes, no))
    assert auc(yes, no) == pytest.approx(won / (len(yes) * len(no)))


AUCS = [
    ([0.9, 0.8], [0.1, 0.2], 1.0),
    ([0.1], [0.9], 0.0),
    ([0.5], [0.5], 0.5),
    ([0.8, 0.4], [0.6, 0.4], 0.625),  # .8 beats both, .4 loses to .6 and ties with .4: 2.5 of 4
]


@pytest.mark.parametrize(("yes", "no", "expected"), AUCS)
def test_auc_by_hand(yes: list[float], no: list[float], expected: float) -> None:
    assert auc(yes, no) == expected


def test_figures_by_hand() -> None:
    rankings = [
        ranking([7], [7, 1, 2]),  # rank 1
        ranking([7, 2], [1, 2, 7]),  # rank 2, the first of two
        ranking([7], [1, 2, 3, 4, 7]),  # rank 5
        ranking([7], [1, 2]),  # not found
        ranking([7], [*range(20, 30), 7]),  # rank 11: too late
        ranking([], [7]),  # answerable, but nobody said by what: not counted
    ]
    expected = {"questions": 5, "S@1": 0.2, "S@3": 0.4, "S@5": 0.6, "MRR@10": round((1 + 0.5 + 0.2) / 5, 4)}
    assert figures(rankings) == expected


def test_the_decision_is_measured_where_a_question_has_no_answer() -> None:
    rankings = [ranking([1], [1], sure=0.8), ranking([], [1], answerable=False, sure=0.3)]
    measured = figures(rankings)
    assert (measured["questions"], measured["unanswerable"], measured["AUC"]) == (1, 1, 1.0)


def test_no_question_is_no_division_by_zero() -> None:
    assert figures([]) == {"questions": 0, "S@1": 0.0, "S@3": 0.0, "S@5": 0.0, "MRR@10": 0.0}


def test_a_run_line_is_question_document_sentence_rank_score() -> None:
    assert ranking([], [3, 8]).run_lines == "q\ttides\t3\t1\t1.0\nq\ttides\t8\t2\t0.5\n"


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


HISTORIES = [
    (None, ()),
    ([], ()),
    (["who?", "Ann.", "where?", "Rome."], (Turn("who?", "Ann."), Turn("where?", "Rome."))),
    (["who?"], (Turn("who?"),)),
    ([{"question": "who?", "answer": "Ann."}], (Turn("who?", "Ann."),)),
    ([{"question": "who?", "answer": None}], (Turn("who?"),)),
]


@pytest.mark.parametrize(("history", "turns"), HISTORIES)
def test_history_is_a_flat_list_or_objects(history: object, turns: tuple[Turn, ...], tmp_path: Path) -> None:
    path = lines(tmp_path / "q.jsonl", {"id": "1", "question": "and when?", "history": history})
    assert load_questions(path)[0].history == turns
    assert load_questions(path, history=False)[0].history == ()


FAULTS = [
    ('{"id": "1"}', '"question" is missing'),
    ("[]", "a value is not of the kind expected"),
    ('{"id": "1", "question": "?", "relevant": [7]}', "a value is not of the kind expected"),
    ("{", "not JSON in UTF-8"),
    ("[" * 100_000, "a value is not of the kind expected"),
]


@pytest.mark.parametrize(("bad", "fault"), FAULTS)
def test_a_bad_line_is_named_by_file_and_number(bad: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "0", "question": "why?"}\n\n' + bad + "\n", encoding="utf-8")
    with pytest.raises(QuothError) as raised:
        load_questions(path)
    assert (raised.value.place, raised.value.fault) == (f"{path}, line 3", fault)


def test_a_file_that_is_not_there_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(QuothError, match="cannot be read"):
        load_sentences(tmp_path / "nowhere.jsonl")


TEXTS = [
    ("tides", 0, 0, "The moon pulls the sea."),
    ("tides", 0, 1, "Twice a day the water rises."),
    ("tides", 1, 2, "   "),
    ("tides", 1, 3, " Sailors read the almanac. "),
    ("bread", 0, 0, "Yeast makes the dough rise."),
    ("tides", 2, 4, "Harbours keep gauges."),
]


def test_every_sentence_found_is_the_one_of_its_number(tmp_path: Path) -> None:
    rows = [
        {"doc": doc, "title": doc.title(), "par": par, "sent": sent, "text": text}
        for doc, par, sent, text in TEXTS
    ]
    sentences = load_sentences(lines(tmp_path / "s.jsonl", *rows))
    asked = [
        {"id": f"{doc}{sent}", "question": text, "relevant": [[doc, sent]], "answerable": True}
        for doc, _, sent, text in TEXTS
        if text.strip()
    ]
    asked.append({"id": "none", "question": "zeppelin", "relevant": [], "answerable": False})
    questions = load_questions(lines(tmp_path / "q.jsonl", *asked))

    def sure(results: Results) -> float:
        return float(bool(results.hits))

    rankings = list(rank_all(sentences, questions, sure))
    assert [each.first for each in rankings] == [1, 1, 1, 1, 1, None]
    assert figures(rankings)["MRR@10"] == 1.0
    assert [each.confidence for each in rankings] == [1, 1, 1, 1, 1, 0]


def test_weights_are_learned_from_the_features_of_each_questions_candidates(tmp_path: Path) -> None:
    rows = [
        {"doc": doc, "title": doc.title(), "par": par, "sent": sent, "text": text}
        for doc, par, sent, text in TEXTS
    ]
    sentences = load_sentences(lines(tmp_path / "s.jsonl", *rows))
    asked = [
        {"id": "1", "question": "what makes dough rise?", "relevant": [["bread", 0]], "answerable": True},
        {"id": "2", "question": "zeppelin", "relevant": [["tides", 0]], "answerable": True},
    ]
    (features, relevant), (none, nothing) = candidates_of(
        sentences, load_questions(lines(tmp_path / "q.jsonl", *asked))
    )
    assert (len(relevant), len(WEIGHTS)) == features.shape
    assert 1 == relevant.sum()
    assert ((0, len(WEIGHTS)), 0) == (none.shape, len(nothing))
