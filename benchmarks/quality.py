"""How well sentences are ranked, beside stock rank_bm25 and bm25s.

    pip install bm25s
    python benchmarks/quality.py FOLDER [SET ...] [--questions N] [--no-history] [--json FILE]

FOLDER holds a folder for each set, with sentences.jsonl and questions.jsonl as `quoth eval` reads them. Every
question is asked over all sentences of its set. The contestants:

- rank_bm25: ``BM25Okapi`` as it comes, on lower-cased ``\\w+`` words, the last question alone;
- bm25s: ``method="lucene"``, k1 .9, b .4, with its own words and stop words of the set's language and nltk's
  Snowball stems, the last question alone; left out where it is not installed;
- Quoth: with the earlier questions where a set has them, and once more without; ``--no-history`` leaves
  the first out.

Printed for each, as a table in Markdown: S@1, S@3, S@5 and MRR@10 (see index/evaluate.py); the error ratio
(1 - MRR) / (1 - MRR of rank_bm25); by how much the MRR is above that of rank_bm25, with the 95 % interval of
a paired bootstrap over the questions (2,000 resamples, the same on every run); where some questions have no
answer, the AUC of the decision to answer: Quoth's own confidence, the best score of the others. Last, the
mean error ratio over the sets and over those of each language.

``--questions`` takes a fixed sample of each set, ``--json`` writes all figures to a file. What is being done
is said on standard error.
"""

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from bot.answer import confidence  # noqa: E402 - the path above is where it lies
from index.evaluate import (  # noqa: E402
    DEPTH,
    Question,
    Ranking,
    SentenceRow,
    figures,
    load_questions,
    load_sentences,
    rank_all,
)
from index.language import detect  # noqa: E402

STOCK, LUCENE, OURS, ALONE = "rank_bm25", "bm25s", "Quoth", "Quoth, last question alone"
RESAMPLES = 2_000
SAMPLE_OF_TEXT = 500
"""Sentences that say what language a set is in."""
LANGUAGES = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ru": "russian",
    "sv": "swedish",
}
"""What nltk's stemmers and the stop words of bm25s call each language; others go without both."""

Floats = NDArray[np.float64]
Scorer = Callable[[str], Floats]
"""A question's text -> the score of each sentence."""
Order = Callable[[Floats], NDArray[np.intp]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A contestant on a set. ``reciprocal[i]`` is 1 / rank of question ``i`` of those that are counted.

    ``ratio`` is None where rank_bm25 makes no error; ``interval`` is that of the mean of what
    ``reciprocal`` is above rank_bm25's.
    """

    figures: dict[str, float | int]
    reciprocal: Floats
    ratio: float | None
    difference: float
    interval: tuple[float, float]

    def as_json(self) -> dict[str, Any]:
        """All but the single questions."""
        ratio = None if self.ratio is None else round(self.ratio, 4)
        interval = [round(end, 4) for end in self.interval]
        return self.figures | {
            "error_ratio": ratio,
            "difference": round(self.difference, 4),
            "interval": interval,
        }


@dataclass(frozen=True, slots=True)
class MeasuredSet:
    """A set and each contestant on it."""

    language: str
    sentences: int
    contestants: dict[str, Measured]

    def ratio(self, name: str) -> float | None:
        """A contestant's error ratio; without earlier questions, Quoth is Quoth on the last one alone."""
        one = self.contestants.get(name) or self.contestants.get(OURS if name == ALONE else ALONE)
        return one.ratio if one else None


# -- contestants ---------------------------------------------------------------------------------------


def stock(rows: Sequence[SentenceRow]) -> tuple[Scorer, Order]:
    """rank_bm25 as it comes; the order is that of its ``get_top_n``."""
    from rank_bm25 import BM25Okapi

    model = BM25Okapi([_words(row.text) for row in rows])
    return lambda question: model.get_scores(_words(question)), lambda scores: np.argsort(scores)[::-1]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def lucene(rows: Sequence[SentenceRow]) -> tuple[Scorer, Order]:
    """bm25s as Lucene scores, on stems; ties in the order of the sentences."""
    import bm25s
    from nltk.stem.snowball import SnowballStemmer

    name = LANGUAGES.get(language_of(rows))
    stem = SnowballStemmer(name).stem if name else str
    known: dict[str, str] = {}

    def stems(words: list[str]) -> list[str]:
        return [known.get(word) or known.setdefault(word, stem(word)) for word in words]

    def terms(texts: list[str]) -> list[list[str]]:
        found: list[list[str]] = bm25s.tokenize(
            texts, stopwords=name, stemmer=stems, return_ids=False, show_progress=False
        )
        return found

    model = bm25s.BM25(method="lucene", k1=0.9, b=0.4)
    model.index(terms([row.text for row in rows]), show_progress=False)

    def scores(question: str) -> Floats:
        asked = terms([question])[0]
        return np.asarray(model.get_scores(asked) if asked else np.zeros(len(rows)), dtype=float)

    return scores, lambda scores: np.argsort(-scores, kind="stable")


def language_of(rows: Sequence[SentenceRow]) -> str:
    """The language of a set's beginning."""
    return detect(" ".join(row.text for row in rows[:SAMPLE_OF_TEXT]))


def ranked(
    contestant: tuple[Scorer, Order], rows: Sequence[SentenceRow], questions: Sequence[Question]
) -> Iterator[Ranking]:
    """What a peer makes of the questions, as surely answered as its best score is high."""
    scorer, order = contestant
    places = [(row.document, row.number) for row in rows]
    for question in questions:
        scores = scorer(question.text)
        best = order(scores)[:DEPTH]
        found = tuple((places[i], float(scores[i])) for i in best.tolist())
        yield Ranking(question, found, float(scores.max()))


def ours(
    rows: Sequence[SentenceRow], questions: Sequence[Question], *, history: bool
) -> dict[str, list[Ranking]]:
    """Quoth with the history, where there is one and it is wanted, and without; one index serves both."""
    alone = [replace(question, history=()) for question in questions]
    spoken = any(question.history for question in questions)
    asked = (
        {OURS: questions} if not spoken else {OURS: questions, ALONE: alone} if history else {ALONE: alone}
    )
    rankings = rank_all(rows, (question for each in asked.values() for question in each), confidence)
    return {name: [next(rankings) for _ in each] for name, each in asked.items()}


# -- figures -------------------------------------------------------------------------------------------


def measure(rankings: Sequence[Ranking], base: Measured | None) -> Measured:
    """A contestant's figures beside those of rank_bm25; ``base`` is None for rank_bm25 itself."""
    ranks = [each.first for each in rankings if each.question.answerable and each.question.relevant]
    reciprocal = np.array([1 / rank if rank else 0.0 for rank in ranks])
    found = figures(rankings)
    if abs(_mean(reciprocal) - found["MRR@10"]) > 1e-4:
        raise SystemExit(f"MRR@10 is {_mean(reciprocal)} here and {found['MRR@10']} in index/evaluate.py")
    stock_reciprocal = reciprocal if base is None else base.reciprocal
    wrong = 1 - _mean(stock_reciprocal)
    return Measured(
        found,
        reciprocal,
        (1 - _mean(reciprocal)) / wrong if wrong > 0 else None,
        _mean(reciprocal - stock_reciprocal),
        bootstrap(reciprocal - stock_reciprocal),
    )


def bootstrap(differences: Floats) -> tuple[float, float]:
    """The 95 % interval of the mean, by resampling the questions (Efron 1979), percentiles."""
    draw, count = np.random.default_rng(1), len(differences)
    if not count:
        return 0.0, 0.0
    means = [differences[draw.integers(count, size=count)].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0


def measured_set(folder: Path, most: int | None, *, history: bool) -> MeasuredSet:
    """All contestants on a set."""
    rows = [row for row in load_sentences(folder / "sentences.jsonl") if row.text]
    questions = sample(load_questions(folder / "questions.jsonl"), most)
    peers = {STOCK: stock} | ({LUCENE: lucene} if find_spec("bm25s") else {})
    found: dict[str, Measured] = {}
    for name, peer in peers.items():
        say(f"{folder.name}: {name}, {len(questions)} questions")
        found[name] = measure(list(ranked(peer(rows), rows, questions)), found.get(STOCK))
    say(f"{folder.name}: Quoth")
    for name, rankings in ours(rows, questions, history=history).items():
        found[name] = measure(rankings, found[STOCK])
    return MeasuredSet(language_of(rows), len(rows), found)


def sample(questions: Sequence[Question], most: int | None) -> list[Question]:
    """All questions, or a fixed sample in the same order."""
    if most is None or most >= len(questions):
        return list(questions)
    chosen = random.Random(1).sample(range(len(questions)), most)
    return [questions[i] for i in sorted(chosen)]


def mean_ratios(sets: dict[str, MeasuredSet]) -> dict[str, dict[str, float]]:
    """The mean error ratio of each contestant over all sets ("all") and over those of each language."""
    names = dict.fromkeys(name for each in sets.values() for name in each.contestants)
    by_language = sorted(sets.values(), key=lambda each: each.language)
    groups = {"all": list(sets.values())}
    groups |= {name: list(each) for name, each in groupby(by_language, key=lambda each: each.language)}
    found: dict[str, dict[str, float]] = {}
    for name in names:
        ratios = {group: [each.ratio(name) for each in members] for group, members in groups.items()}
        found[name] = {
            group: round(sum(known) / len(known), 4)
            for group, values in ratios.items()
            if (known := [value for value in values if value is not None])
        }
    return found


# -- output --------------------------------------------------------------------------------------------


def say(line: str) -> None:
    """A line of progress."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def table(sets: dict[str, MeasuredSet]) -> Iterator[str]:
    """The lines of the table."""
    columns = ("S@1", "S@3", "S@5", "MRR@10")
    yield f"| set | | {' | '.join(columns)} | error ratio | MRR above rank_bm25 | AUC |"
    yield "|---|---|" + "---:|" * (len(columns) + 3)
    for name, each in sets.items():
        for contestant, one in each.contestants.items():
            values = " | ".join(_short(one.figures[column]) for column in columns)
            low, high = one.interval
            above = f"{one.difference:+.3f} [{low:+.3f}, {high:+.3f}]" if contestant != STOCK else ""
            auc = _short(one.figures.get("AUC"))
            yield f"| {name} | {contestant} | {values} | {_short(one.ratio)} | {above} | {auc} |"


def mean_lines(ratios: dict[str, dict[str, float]]) -> Iterator[str]:
    """The mean error ratios, a row for each contestant."""
    groups = list(dict.fromkeys(group for means in ratios.values() for group in means))
    yield f"| mean error ratio | {' | '.join(groups)} |"
    yield "|---|" + "---:|" * len(groups)
    for name, means in ratios.items():
        yield f"| {name} | {' | '.join(_short(means.get(group)) for group in groups)} |"


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def as_json(sets: dict[str, MeasuredSet]) -> dict[str, Any]:
    """All figures, and of which versions of the peers they are."""
    peers = [name for name in ("rank-bm25", "bm25s", "nltk", "numpy") if find_spec(name.replace("-", "_"))]
    return {
        "versions": {name: version(name) for name in peers},
        "sets": {
            name: {
                "language": each.language,
                "sentences": each.sentences,
                "contestants": {label: one.as_json() for label, one in each.contestants.items()},
            }
            for name, each in sets.items()
        },
        "mean_error_ratio": mean_ratios(sets),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", nargs="*", metavar="SET", help="default: every set of the folder")
    parser.add_argument("--questions", type=int, metavar="N", help="a fixed sample of each set's questions")
    parser.add_argument("--no-history", action="store_true", help="ask the last question alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here")
    given = parser.parse_args()
    names = given.sets or sorted(path.parent.name for path in given.folder.glob("*/sentences.jsonl"))
    if not names:
        raise SystemExit(f"{given.folder}: holds no folder with sentences.jsonl; name one that does")
    if not find_spec("bm25s"):
        say("bm25s is not installed (pip install bm25s): left out")
    sets = {
        name: measured_set(given.folder / name, given.questions, history=not given.no_history)
        for name in names
    }
    print(*table(sets), "", *mean_lines(mean_ratios(sets)), sep="\n")
    if given.json:
        given.json.write_text(
            json.dumps(as_json(sets), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
