"""What benchmarks/quality.py and tools/own_set.py say: worked by hand on a set of five sentences, and our own
questions as a set.
"""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import own_set
import pytest
import quality

from bot.answer import confidence
from index.errors import QuothError
from index.evaluate import Question, figures, load_questions, load_sentences, rank_all

SENTENCES = [
    ("tides", 0, "The moon pulls the ocean."),
    ("tides", 1, "Twice a day the water rises."),
    ("tides", 2, "Sailors read an almanac."),
    ("bread", 0, "Yeast makes dough rise."),
    ("bread", 1, "Bakers knead it at night."),
]
QUESTIONS = [
    {"id": "words", "question": "What pulls an ocean?", "relevant": [["tides", 0]]},
    {"id": "stems", "question": "Which almanacs would any sailor use?", "relevant": [["tides", 2]]},
    {"id": "none", "question": "Which zeppelin?", "relevant": [], "answerable": False},
]
"""rank_bm25 finds "pulls" and "ocean" in the right sentence alone, and no word of the second question: with
all scores 0, its get_top_n begins at the end, and the right sentence, the third of five, has rank 3. Quoth
has both first.
"""
SPOKEN = {
    "id": "spoken",
    "question": "And when?",
    "history": ["Who kneads?", "Bakers."],
    "relevant": [["bread", 1]],
}


def write(folder: Path, questions: list[dict]) -> Path:
    """The set "hand" in a folder of sets."""
    rows = [
        {"doc": doc, "title": "", "par": sent, "sent": sent, "text": text} for doc, sent, text in SENTENCES
    ]
    (folder / "hand").mkdir()
    own_set.write(rows, folder / "hand" / "sentences.jsonl")
    own_set.write(questions, folder / "hand" / "questions.jsonl")
    return folder


def run(folder: Path) -> dict:
    """What the command writes as JSON."""
    out = folder / "figures.json"
    command = [sys.executable, str(quality.__file__), str(folder), "--json", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result: dict = json.loads(out.read_text(encoding="utf-8"))
    assert all(f"| hand | {name} |" in done.stdout for name in result["sets"]["hand"]["contestants"])
    return result


def test_the_figures_of_five_sentences_by_hand(tmp_path: Path) -> None:
    measured = run(write(tmp_path, QUESTIONS))
    contestants = measured["sets"]["hand"]["contestants"]

    stock = {"questions": 2, "S@1": 0.5, "S@3": 1.0, "S@5": 1.0, "MRR@10": round((1 + 1 / 3) / 2, 4)}
    stock |= {"unanswerable": 1, "AUC": 0.75}  # "ocean" beats "zeppelin", "sailor" ties with it at 0
    stock |= {"error_ratio": 1.0, "difference": 0.0, "interval": [0.0, 0.0]}
    ours = {"questions": 2, "S@1": 1.0, "S@3": 1.0, "S@5": 1.0, "MRR@10": 1.0, "unanswerable": 1, "AUC": 1.0}
    # of two questions, one 0 and one 2/3 better, a quarter of the resamples is twice the one, twice the other
    ours |= {"error_ratio": 0.0, "difference": round(1 / 3, 4), "interval": [0.0, round(2 / 3, 4)]}
    assert contestants["rank_bm25"] == stock
    assert contestants["Quoth"] == ours
    assert measured["mean_error_ratio"]["Quoth"] == {"all": 0.0, "en": 0.0}


@pytest.mark.skipif(find_spec("bm25s") is None, reason="bm25s is for this benchmark alone")
def test_bm25s_sees_stems(tmp_path: Path) -> None:
    found = quality.measured_set(write(tmp_path, QUESTIONS) / "hand", None, history=True)

    assert found.contestants["bm25s"].figures["MRR@10"] == 1.0


def test_what_is_printed_is_what_evaluate_says(tmp_path: Path) -> None:
    folder = write(tmp_path, QUESTIONS) / "hand"
    rows, questions = load_sentences(folder / "sentences.jsonl"), load_questions(folder / "questions.jsonl")
    expected = figures(list(rank_all(rows, questions, confidence)))

    assert expected == quality.measured_set(folder, None, history=True).contestants["Quoth"].figures


HISTORIES = [
    (True, ["Quoth", "Quoth, last question alone"]),
    (False, ["Quoth, last question alone"]),
]


@pytest.mark.parametrize(("history", "expected"), HISTORIES)
def test_a_set_with_earlier_questions_is_measured_with_and_without(
    history: bool, expected: list[str], tmp_path: Path
) -> None:
    folder = write(tmp_path, [*QUESTIONS, SPOKEN]) / "hand"

    found = quality.measured_set(folder, None, history=history)

    assert [name for name in found.contestants if name.startswith("Quoth")] == expected


def test_a_sample_is_the_same_each_time_and_in_order() -> None:
    questions = [Question(f"{number:02}", "why?", frozenset(), True) for number in range(50)]

    first, again = (quality.sample(questions, 10) for _ in range(2))

    assert first == again == [question for question in questions if question in first]
    assert (len(first), quality.sample(questions, 99)) == (10, questions)


def test_the_interval_of_many_questions_is_that_of_the_normal_distribution() -> None:
    differences = np.tile([0.0, 1.0], 200)  # mean .5, standard error .5 / sqrt(400) = .025

    assert quality.bootstrap(differences) == pytest.approx(
        (0.5 - 1.96 * 0.025, 0.5 + 1.96 * 0.025), abs=0.005
    )
    assert quality.bootstrap(np.full(50, 0.25)) == (0.25, 0.25)


def test_our_own_questions_become_a_set_with_every_quote_found(tmp_path: Path) -> None:
    rows = list(own_set.sentences(own_set.TESTS / "corpus"))
    asked = list(own_set.questions(own_set.TESTS / "questions.jsonl", rows))
    own_set.write(rows, tmp_path / "sentences.jsonl")
    own_set.write(asked, tmp_path / "questions.jsonl")
    texts = {(row.document, row.number): row.text for row in load_sentences(tmp_path / "sentences.jsonl")}

    for question, given in zip(load_questions(tmp_path / "questions.jsonl"), asked, strict=True):
        quotes = {quote["quote"] for quote in _given()[question.id]["relevant"]}
        assert quotes == {texts[place] for place in question.relevant}, question.id
        assert question.answerable == bool(given["relevant"])
        assert [turn.question for turn in question.history] == [turn["question"] for turn in given["history"]]


def _given() -> dict[str, dict]:
    lines = (own_set.TESTS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def test_a_sentence_of_a_set_has_its_paragraph_and_title_and_no_heading_is_one(tmp_path: Path) -> None:
    text = "---\ntitle: Low water\n---\n# Harbours\n\nThe gauge fell. It rose again.\n\nNobody saw it.\n"
    (tmp_path / "gauge.md").write_text(text, encoding="utf-8")

    rows = [(row["title"], row["sent"], row["text"]) for row in own_set.sentences(tmp_path)]
    paragraphs = [row["par"] for row in own_set.sentences(tmp_path)]

    expected = ["The gauge fell.", "It rose again.", "Nobody saw it."]
    assert rows == [("Low water", number, sentence) for number, sentence in enumerate(expected)]
    assert paragraphs[0] == paragraphs[1] < paragraphs[2]


PLACES = [
    ("The gauge fell.", [["gauge", 0]]),  # equal, though another sentence holds it
    ("the gauge fell", [["gauge", 1]]),
]


@pytest.mark.parametrize(("quote", "expected"), PLACES)
def test_a_quote_is_the_sentence_that_equals_or_else_holds_it(
    quote: str, expected: list, tmp_path: Path
) -> None:
    rows = [
        {"doc": "gauge", "sent": number, "text": text}
        for number, text in enumerate(("The gauge fell.", "“the gauge fell.” The gauge fell."))
    ]
    path = tmp_path / "q.jsonl"
    own_set.write([{"id": "1", "relevant": [{"doc": "gauge", "quote": quote}]}], path)

    assert [question["relevant"] for question in own_set.questions(path, rows)] == [expected]


def test_a_quote_that_no_sentence_holds_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    own_set.write([{"id": "7", "relevant": [{"doc": "gauge", "quote": "It rose."}]}], path)

    with pytest.raises(QuothError, match="question 7: no sentence of gauge"):
        list(own_set.questions(path, []))
