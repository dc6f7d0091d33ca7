"""Learn the weights of index/rank/ on question sets, and say what each feature is worth.

    pip install scipy
    python tools/learn.py FOLDER [--group squad2,xquad_en ...] [--also SET ...] [--ablate]

FOLDER holds a folder for each set, with sentences.jsonl and questions.jsonl (see `quoth eval --help`).
The weights are fitted by listwise softmax (Cao et al. 2007) on the best candidates of each question, each
set counting by the square root of its questions, with a small ridge; the figures are of sets that were left
out: for each group, the weights are fitted on all others. ``--also`` names sets that are measured with the
final weights and never fitted.

It changes no file: the table in index/rank/__init__.py is edited by hand, rounded.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from index.evaluate import DEPTH, candidates_of, load_questions, load_sentences
from index.rank import WEIGHTS

RIDGE = 1e-4
BY_HAND = {
    "named": 3.25,
    "topical": 3.5,
    "topical_names": 1.0,
    "paragraph": 2.0,
    "length": -1.5,
    "repeated": -4.0,
    "continued": 1.5,
}
"""Weights of what the sets hardly have: people, documents without titles, paragraphs of one sentence, earlier
answers that are sentences.
"""
MOST_QUESTIONS = 1500
BEST = 20
"""Candidates of a list, by the weights that ship, that are fitted and measured: none of the others comes
first, and to keep them far behind is no use.
"""

FAMILIES = {
    "surroundings": (
        "document",
        "opens",
        "titled",
        "title_asked",
        "topical",
        "topical_names",
        "before",
        "pronoun_led",
        "paragraph",
    ),
    "letters": ("grams", "rare_grams"),
    "kind of answer": ("kind", "counted", "counted_alike", "awaited", "future"),
    "word table": ("alike", "paragraph_alike"),
}
"""Features that speak of the same thing, so that the rest makes up for one of them but not for all."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lists:
    """A set's questions as lists of candidates end to end: list ``i`` begins at row ``starts[i]``.

    A list's candidates are the best, in the order of stage one; lists of no relevant candidate count in the
    figures but teach nothing.
    """

    features: Floats
    relevant: NDArray[np.bool_]
    starts: NDArray[np.int64]

    def mrr(self, weights: Floats) -> float:
        """MRR@10 under the weights."""
        parts = zip(
            np.split(self.features @ weights, self.starts[1:]),
            np.split(self.relevant, self.starts[1:]),
            strict=True,
        )
        return float(np.mean([_reciprocal_rank(scores, relevant) for scores, relevant in parts]))

    def loss(self, weights: Floats) -> tuple[float, Floats]:
        """Mean softmax loss of the relevant candidates, and its gradient."""
        scores = self.features @ weights
        lengths = np.diff(np.append(self.starts, len(scores)))
        starts, lengths = self.starts[lengths > 0], lengths[lengths > 0]  # reduceat knows no empty list
        powers = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), lengths))
        right = powers * self.relevant
        total, good = np.add.reduceat(powers, starts), np.add.reduceat(right, starts)
        taught = good > 0
        value = float((np.log(total[taught]) - np.log(good[taught])).sum())
        pull = powers / np.repeat(total, lengths) - right / np.repeat(np.maximum(good, 1e-300), lengths)
        slope = self.features.T @ np.where(np.repeat(taught, lengths), pull, 0.0)
        count = max(int(taught.sum()), 1)
        return value / count, slope / count


def _reciprocal_rank(scores: Floats, relevant: NDArray[np.bool_]) -> float:
    found = np.flatnonzero(relevant[np.argsort(-scores, kind="stable")])
    return 1 / (1 + int(found[0])) if len(found) and found[0] < DEPTH else 0.0


def load(folder: Path) -> Lists:
    """The lists of a set's answerable questions; of more than ``MOST_QUESTIONS``, a fixed sample."""
    questions = [q for q in load_questions(folder / "questions.jsonl") if q.answerable and q.relevant]
    chosen = random.Random(1).sample(questions, min(len(questions), MOST_QUESTIONS))
    features, relevant, starts = [], [], [0]
    shipped = np.array(list(WEIGHTS.values()))
    for values, good in candidates_of(load_sentences(folder / "sentences.jsonl"), chosen):
        best = np.sort(np.argsort(-(values @ shipped), kind="stable")[:BEST])
        features.append(values[best])
        relevant.append(good[best])
        starts.append(starts[-1] + len(best))
    return Lists(np.concatenate(features), np.concatenate(relevant), np.array(starts[:-1]))


def fit(sets: Sequence[Lists], chosen: NDArray[np.bool_]) -> Floats:
    """The weights that suit the sets, beside those set by hand; what is not ``chosen`` weighs 0."""
    counts = np.sqrt([len(each.starts) for each in sets])
    counts /= counts.sum()
    fixed = np.array([BY_HAND.get(name, 0.0) for name in WEIGHTS]) * chosen
    free = chosen & np.array([name not in BY_HAND for name in WEIGHTS])

    def objective(weights: Floats) -> tuple[float, Floats]:
        parts = [each.loss(weights * free + fixed) for each in sets]
        value = sum(count * loss for count, (loss, _) in zip(counts, parts, strict=True))
        slope = np.sum([count * slope for count, (_, slope) in zip(counts, parts, strict=True)], axis=0)
        ridge = RIDGE * weights
        return value + float(ridge @ weights) / 2, np.asarray(slope * free + ridge)

    found = minimize(objective, np.zeros(len(chosen)), jac=True, method="L-BFGS-B")
    return np.asarray(found.x * free + fixed)


def left_out(
    sets: dict[str, Lists], groups: Sequence[Sequence[str]], chosen: NDArray[np.bool_]
) -> list[float]:
    """MRR@10 of each set under weights fitted on the sets outside its group."""
    found = {}
    for group in groups:
        weights = fit([lists for name, lists in sets.items() if name not in group], chosen)
        found.update({name: sets[name].mrr(weights) for name in group})
    return [found[name] for name in sets]


def report(sets: dict[str, Lists], groups: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of a table: all features, then each one and each family left out."""
    names = list(WEIGHTS)
    everything = np.ones(len(names), dtype=bool)
    base = left_out(sets, groups, everything)
    yield f"{'':17}  mean  " + " ".join(f"{name[:9]:>9}" for name in sets)
    yield f"{'all':17} {np.mean(base):.4f} " + " ".join(f"{value:9.4f}" for value in base)
    for label, members in ({name: (name,) for name in names} | FAMILIES).items():
        chosen = everything.copy()
        chosen[[names.index(member) for member in members]] = False
        values = left_out(sets, groups, chosen)
        changes = " ".join(f"{new - old:+9.4f}" for new, old in zip(values, base, strict=True))
        yield f"- {label:15} {np.mean(values) - np.mean(base):+.4f} {changes}"


def main() -> None:
    """Print the figures of sets left out, the weights, and the figures with them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--group", nargs="+", default=["squad2,xquad_en,xquad_ru,xquad_de"], help="sets with texts in common"
    )
    parser.add_argument("--also", nargs="*", default=[], help="sets never fitted")
    parser.add_argument(
        "--ablate", action="store_true", help="leave each feature, and each family of them, out in turn"
    )
    options = parser.parse_args()
    names = sorted(path.parent.name for path in options.folder.glob("*/sentences.jsonl"))
    sets = {name: load(options.folder / name) for name in names}
    fitted = {name: lists for name, lists in sets.items() if name not in options.also}
    together = [[name for name in group.split(",") if name in fitted] for group in options.group]
    groups = [
        *filter(None, together),
        *([name] for name in fitted if not any(name in group for group in together)),
    ]
    lines = report(fitted, groups)
    print(next(lines), next(lines), sep="\n")
    if options.ablate:
        print(*lines, sep="\n")
    weights = fit(list(fitted.values()), np.ones(len(WEIGHTS), dtype=bool))
    print(*(f'    "{name}": {weight:.2f},' for name, weight in zip(WEIGHTS, weights, strict=True)), sep="\n")
    shipped = np.array(list(WEIGHTS.values()))
    for name, lists in sets.items():
        print(f"{name:14} learned {lists.mrr(weights):.4f}  as shipped {lists.mrr(shipped):.4f}")


if __name__ == "__main__":
    main()
