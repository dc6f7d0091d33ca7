"""Learn the weights of the decision in bot/answer.py, and say what it declines.

    pip install scipy
    python tools/learn_decision.py FOLDER [SET ...]

FOLDER holds a folder for each set, as for tools/learn.py; the sets need unanswerable questions, too. The
model is logistic; each set counts alike, and in it the answerable and the unanswerable questions. The sign of
each weight is fixed by what its signal says, so that more coverage never makes less sure. A set's figures are
printed for the weights that ship and, as "left out", for weights fitted on the other sets.

It changes no file: the table in bot/answer.py is edited by hand, rounded, ``money_missing`` set there.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bot.answer import ANSWER_CONFIDENCE, DECISION, DECISION_BIAS, NAME_UNHEARD
from index.evaluate import Question, auc, load_questions, load_sentences, rank_all
from index.evidence import SIGNALS
from index.model import Results

RIDGE = 1e-2
MOST_QUESTIONS = 1200
"""Of each kind, a fixed sample."""

Floats = NDArray[np.float64]


class Asked(NamedTuple):
    """A set's questions: ``signals[q, s]`` of the first hit, whether it has a name that no source holds, and
    whether the question has an answer.
    """

    signals: Floats
    unheard: NDArray[np.bool_]
    answerable: NDArray[np.bool_]

    def confidence(self, weights: Floats, bias: float) -> Floats:
        """``[q]``, as bot/answer.py computes it."""
        sure = 1 / (1 + np.exp(-(self.signals @ weights + bias)))
        return np.where(self.unheard, np.minimum(sure, NAME_UNHEARD), sure)

    def auc(self, sure: Floats) -> float:
        """The AUC of the decision."""
        return auc(sure[self.answerable].tolist(), sure[~self.answerable].tolist())


def load(folder: Path) -> Asked:
    """The first hits of a set's questions; one that finds nothing has signals of 0."""
    kinds: dict[bool, list[Question]] = {True: [], False: []}
    for question in load_questions(folder / "questions.jsonl"):
        kinds[question.answerable].append(question)
    draw = random.Random(2)
    chosen = [q for kind in kinds.values() for q in draw.sample(kind, min(len(kind), MOST_QUESTIONS))]
    found: list[Results] = []

    def keep(results: Results) -> float:
        found.append(results)
        return 0.0

    rankings = list(rank_all(load_sentences(folder / "sentences.jsonl"), chosen, keep))
    evidence = [results.hits[0].evidence if results.hits else None for results in found]
    return Asked(
        np.array([[each.signals[name] if each else 0.0 for name in SIGNALS] for each in evidence]),
        np.array([each is not None and each.name_unheard for each in evidence]),
        np.array([ranking.question.answerable for ranking in rankings]),
    )


def fit(sets: Sequence[Asked]) -> tuple[Floats, float]:
    """Weights in the order of ``SIGNALS``, and the bias."""
    every = np.concatenate([each.signals for each in sets])
    mean, spread = every.mean(axis=0), every.std(axis=0) + 1e-6

    def objective(values: Floats) -> tuple[float, Floats]:
        loss, slope = 0.0, np.zeros(len(values))
        for signals, _, answerable in sets:
            scaled = (signals - mean) / spread
            share = np.where(answerable, 0.5 / answerable.sum(), 0.5 / (~answerable).sum())
            side = np.where(answerable, 1.0, -1.0)
            against = -side * (scaled @ values[:-1] + values[-1])
            loss += float((share * np.logaddexp(0, against)).sum())
            pull = -side * share / (1 + np.exp(-against))
            slope += np.append(scaled.T @ pull, pull.sum())
        ridge = np.append(values[:-1], 0.0) * RIDGE
        return loss / len(sets) + float(ridge @ values) / 2, slope / len(sets) + ridge

    bounds = [(0, None) if DECISION[name] > 0 else (None, 0) for name in SIGNALS]
    start = np.zeros(len(SIGNALS) + 1)
    found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x
    weights = found[:-1] / spread
    return weights, float(found[-1] - weights @ mean)


def main() -> None:
    """Print the figures of each set and the weights learned from all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", nargs="*", help="names of sets; default: squad2 clapnq mtragun own")
    options = parser.parse_args()
    names = options.sets or ["squad2", "clapnq", "mtragun", "own"]
    sets = {name: load(options.folder / name) for name in names}
    shipped = np.array([DECISION[name] for name in SIGNALS]), DECISION_BIAS
    print("set: share declined of the answerable, of the unanswerable, AUC, AUC left out")
    for name, asked in sets.items():
        sure = asked.confidence(*shipped)
        declined = sure < ANSWER_CONFIDENCE
        others = fit([other for each, other in sets.items() if each != name])
        print(
            f"{name:12} {declined[asked.answerable].mean():.2f} {declined[~asked.answerable].mean():.2f} "
            f"{asked.auc(sure):.3f} {asked.auc(asked.confidence(*others)):.3f}"
        )
    weights, bias = fit(list(sets.values()))
    print(*(f'    "{name}": {value:.2f},' for name, value in zip(SIGNALS, weights, strict=True)), sep="\n")
    print(f"bias {bias:.2f}")


if __name__ == "__main__":
    main()
