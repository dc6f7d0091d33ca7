"""Learn the weights of the decision in bot/answer.py, and say what it declines.

    pip install scipy
    python tools/own_set.py FOLDER/own --questions tests/questions.jsonl tests/unanswerable.jsonl
    python tools/learn_decision.py FOLDER [--also SET ...] [--ablate]

FOLDER holds a folder for each set, as for tools/learn.py. A set without unanswerable questions is made to
have some: the sentences that answer three tenths of its questions are taken out of it. It counts a quarter of
a set that has its own. In each set the answerable and the unanswerable questions count alike. The model is
logistic; the sign of each weight is fixed by what its signal says, so that more coverage never makes less
sure, and what few questions of few sets have is weighed by hand (``BY_HAND``). A set's figures are printed
for the weights that ship and, as "left out", for weights fitted on the sets that share no articles with it.

It changes no file: the table in bot/answer.py is edited by hand, rounded.
"""

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bot.answer import ANSWER_CONFIDENCE, DECISION, DECISION_BIAS, NAME_UNHEARD
from index.evaluate import Question, SentenceRow, auc, load_questions, load_sentences, rank_all
from index.evidence import SIGNALS
from index.model import Results

RIDGE = 0.1
MOST_QUESTIONS = 1200
"""Of each kind, a fixed sample."""

MADE_UNANSWERABLE = 0.3
"""Share of the questions of a set that has none without an answer."""

MADE_COUNTS = 0.25
"""What such a set counts beside one with unanswerable questions of its own."""

BY_HAND = {
    "count_missing": -1.75,
    "who_missing": -1.0,
    "measure_missing": -1.5,
    "place_missing": -1.0,
    "future_missing": -1.5,
    "negated": -4.0,
    "opposite": -2.0,
    "other_ordinal": -2.0,
    "other_year": -2.5,
}
"""Weights of what is rare, or frequent in one set alone."""

SAME_ARTICLES = ({"squad2", "xquad_en", "xquad_ru", "xquad_de"},)

Floats = NDArray[np.float64]


class Asked(NamedTuple):
    """A set's questions: ``signals[q, s]`` of the first hit, whether it has a name that no source holds, and
    whether the question has an answer. ``counts`` is the set's weight.
    """

    signals: Floats
    unheard: NDArray[np.bool_]
    answerable: NDArray[np.bool_]
    counts: float

    def confidence(self, weights: Floats, bias: float) -> Floats:
        """``[q]``, as bot/answer.py computes it."""
        sure = 1 / (1 + np.exp(-(self.signals @ weights + bias)))
        return np.where(self.unheard, np.minimum(sure, NAME_UNHEARD), sure)

    def auc(self, sure: Floats) -> float:
        """The AUC of the decision."""
        return auc(sure[self.answerable].tolist(), sure[~self.answerable].tolist())


def load(folder: Path) -> Asked:
    """The first hits of a set's questions; one that finds nothing has signals of 0."""
    rows, questions = load_sentences(folder / "sentences.jsonl"), load_questions(folder / "questions.jsonl")
    own = any(not question.answerable for question in questions)
    if not own:
        rows, questions = made_unanswerable(rows, questions)
    found: list[Results] = []

    def keep(results: Results) -> float:
        found.append(results)
        return 0.0

    rankings = list(rank_all(rows, sampled(questions), keep))
    evidence = [results.hits[0].evidence if results.hits else None for results in found]
    return Asked(
        np.array([[each.signals[name] if each else 0.0 for name in SIGNALS] for each in evidence]),
        np.array([each is not None and each.name_unheard for each in evidence]),
        np.array([ranking.question.answerable for ranking in rankings]),
        1.0 if own else MADE_COUNTS,
    )


def made_unanswerable(
    rows: Sequence[SentenceRow], questions: Sequence[Question]
) -> tuple[list[SentenceRow], list[Question]]:
    """The set without the sentences that answer some of its questions, which then have no answer."""
    order = [question for question in questions if question.relevant]
    random.Random(5).shuffle(order)
    count = int(len(order) * MADE_UNANSWERABLE)
    gone = {place for question in order[:count] for place in question.relevant}
    left = [question for question in order[count:] if not question.relevant & gone]
    made = [replace(question, answerable=False, relevant=frozenset()) for question in order[:count]]
    return [row for row in rows if (row.document, row.number) not in gone], left + made


def sampled(questions: Sequence[Question]) -> list[Question]:
    """At most ``MOST_QUESTIONS`` with an answer and as many without."""
    kinds: dict[bool, list[Question]] = {True: [], False: []}
    for question in questions:
        kinds[question.answerable].append(question)
    draw = random.Random(2)
    return [q for kind in kinds.values() for q in draw.sample(kind, min(len(kind), MOST_QUESTIONS))]


def fit(sets: Sequence[Asked], hand: Mapping[str, float] = BY_HAND) -> tuple[Floats, float]:
    """Weights in the order of ``SIGNALS``, those of ``hand`` as they are, and the bias."""
    every = np.concatenate([each.signals for each in sets])
    mean, spread = every.mean(axis=0), every.std(axis=0) + 1e-6
    given = np.array([hand.get(name, 0.0) for name in SIGNALS]) * spread
    free = np.array([name not in hand for name in SIGNALS] + [True])
    total = sum(each.counts for each in sets)

    def objective(values: Floats) -> tuple[float, Floats]:
        loss, slope = 0.0, np.zeros(len(values))
        for signals, _, answerable, counts in sets:
            scaled = (signals - mean) / spread
            share = counts / total * np.where(answerable, 0.5 / answerable.sum(), 0.5 / (~answerable).sum())
            side = np.where(answerable, 1.0, -1.0)
            against = -side * (scaled @ (values[:-1] * free[:-1] + given) + values[-1])
            loss += float((share * np.logaddexp(0, against)).sum())
            pull = -side * share / (1 + np.exp(-against))
            slope += np.append(scaled.T @ pull, pull.sum()) * free
        ridge = np.append(values[:-1], 0.0) * RIDGE
        return loss + float(ridge @ values) / 2, slope + ridge

    bounds = [(0, None) if DECISION[name] > 0 else (None, 0) for name in SIGNALS]
    start = np.zeros(len(SIGNALS) + 1)
    found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x
    weights = (found[:-1] * free[:-1] + given) / spread
    return weights, float(found[-1] - weights @ mean)


def strangers(name: str, sets: Mapping[str, Asked]) -> list[Asked]:
    """The sets that share no articles with one."""
    family = next((family for family in SAME_ARTICLES if name in family), {name})
    return [asked for other, asked in sets.items() if other not in family]


def ablation(sets: Mapping[str, Asked]) -> Iterator[str]:
    """Lines: how the AUC of each set left out changes without a signal."""
    base = {name: asked.auc(asked.confidence(*fit(strangers(name, sets)))) for name, asked in sets.items()}
    yield f"{'':16} " + " ".join(f"{name[:9]:>9}" for name in sets)
    yield f"{'left out':16} " + " ".join(f"{value:9.3f}" for value in base.values())
    for place, signal in enumerate(SIGNALS):
        kept = np.arange(len(SIGNALS)) != place
        without = {name: asked._replace(signals=asked.signals * kept) for name, asked in sets.items()}
        values = (each.auc(each.confidence(*fit(strangers(name, without)))) for name, each in without.items())
        changes = (f"{new - base[name]:+9.3f}" for name, new in zip(sets, values, strict=True))
        yield f"- {signal:14} " + " ".join(changes)


def main() -> None:
    """Print the figures of each set and the weights learned from all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--also", nargs="*", default=["xquad_de"], help="sets never fitted")
    parser.add_argument("--ablate", action="store_true", help="leave each signal out in turn")
    options = parser.parse_args()
    every = {path.parent.name: load(path.parent) for path in sorted(options.folder.glob("*/sentences.jsonl"))}
    sets = {name: asked for name, asked in every.items() if name not in options.also}
    shipped = np.array([DECISION[name] for name in SIGNALS]), DECISION_BIAS
    print("share declined of the answerable, of the unanswerable, AUC; the same left out")
    for name, asked in every.items():
        columns = []
        for weights, bias in (shipped, fit(strangers(name, sets))):
            sure = asked.confidence(weights, bias)
            declined = sure < ANSWER_CONFIDENCE
            shares = declined[asked.answerable].mean(), declined[~asked.answerable].mean()
            columns.append(f"{shares[0]:.2f} {shares[1]:.2f} {asked.auc(sure):.3f}")
        print(f"{name:14} {'   '.join(columns)}")
    if options.ablate:
        print(*ablation(sets), sep="\n")
    weights, bias = fit(list(sets.values()))
    print(*(f'    "{name}": {value:.2f},' for name, value in zip(SIGNALS, weights, strict=True)), sep="\n")
    print(f"bias {bias:.2f}")


if __name__ == "__main__":
    main()
