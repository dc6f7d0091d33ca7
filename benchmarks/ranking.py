"""How long a question takes, and stage two of it, on a made corpus.

    python benchmarks/ranking.py [--sentences 10000 100000] [--rounds 5] [--profile]

The corpus is made of the words of the table, drawn by Zipf's law with a fixed seed: documents of 20 sentences
in paragraphs of 4, half with a title. Questions are the words of a sentence drawn, and a question word.

Printed for each size: milliseconds of a whole search and of stage two for 200 candidates (median and 95th
percentile), and bytes of the index a sentence. ``--profile`` adds where the time of the searches goes.
"""

import argparse
import cProfile
import pstats
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from index import rank  # noqa: E402 - the path above is where it lies
from index.build import build_sentences  # noqa: E402
from index.candidates import StageOne  # noqa: E402
from index.generation import Generation  # noqa: E402
from index.model import Document, Kind, Metadata, Paragraph, SentenceSpan  # noqa: E402
from index.query import Query, understand  # noqa: E402
from index.search import Index  # noqa: E402
from index.store import Store  # noqa: E402
from index.views import Views  # noqa: E402
from index.words import word_table  # noqa: E402

CANDIDATES = 200
QUESTIONS = 50
DOCUMENT, PARAGRAPH = 20, 4
WORDS = range(6, 31)
ASKING = ("who", "when", "where", "how many", "what")


class Prose:
    """Sentences of words drawn by Zipf's law."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self._words = word_table().words
        self._weights = list(accumulate(1 / place for place in range(1, len(self._words) + 1)))

    def sentence(self) -> str:
        """A capital, a full stop, now and then a number or a name."""
        words = self.draw.choices(self._words, cum_weights=self._weights, k=self.draw.choice(WORDS))
        if self.draw.random() < 0.3:
            words[self.draw.randrange(len(words))] = str(self.draw.randrange(2100))
        if self.draw.random() < 0.5:
            place = self.draw.randrange(len(words))
            words[place] = words[place].title()
        return " ".join(words).capitalize() + "."

    def documents(self, sentences: int) -> Iterator[tuple[Document, tuple[Paragraph, ...]]]:
        """Documents that come already split."""
        for number in range(sentences // DOCUMENT):
            text, paragraphs = "", []
            for _ in range(DOCUMENT // PARAGRAPH):
                spans, start = [], len(text)
                for _ in range(PARAGRAPH):
                    sentence = self.sentence()
                    spans.append(SentenceSpan(len(text), len(text) + len(sentence), Kind.SENTENCE))
                    text += f"{sentence} "
                paragraphs.append(Paragraph(start, len(text), tuple(spans)))
                text += "\n"
            title = " ".join(self.sentence().split()[:4]) if number % 2 else ""
            yield Document(f"d{number}", f"d{number}", text, Metadata(title)), tuple(paragraphs)

    def question(self) -> str:
        """Four to eight words of a sentence after a question word."""
        return (
            f"{self.draw.choice(ASKING)} {' '.join(self.sentence()[:-1].split()[: self.draw.randint(4, 8)])}?"
        )


def timed(actions: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Milliseconds of each action in each round, in order; the first round does not count."""
    spent = []
    for each in range(rounds + 1):
        for action in actions:
            started = time.perf_counter()
            action()
            if each:
                spent.append(1000 * (time.perf_counter() - started))
    return sorted(spent)


def told(name: str, spent: list[float]) -> None:
    """Print a line."""
    print(
        f"  {name:24} median {statistics.median(spent):6.2f} ms, p95 {spent[int(0.95 * len(spent))]:6.2f} ms"
    )


def opened(folder: Path) -> Generation:
    """The generation that a folder serves."""
    generation = Store(folder).open()
    if generation is None:
        raise SystemExit(f"{folder}: no index")
    return generation


def measure(sentences: int, rounds: int, *, profile: bool) -> None:
    """Build a corpus, time it, print."""
    prose = Prose(seed=1)
    with tempfile.TemporaryDirectory(prefix="quoth-bench-") as folder:
        build_sentences(prose.documents(sentences), Path(folder))
        questions = [prose.question() for _ in range(QUESTIONS)]
        with Index.open(Path(folder)) as index:
            size = index.stats().size / sentences
            print(f"{sentences:,} sentences, {size:.0f} bytes each")
            searches = [lambda question=question: index.search(question) for question in questions]
            told("search", timed(searches, rounds))
            queries = [understand(question, index._readers) for question in questions]
        generation = opened(Path(folder))
        stage_one = StageOne(generation, Views(generation), CANDIDATES)
        told(f"candidates, {CANDIDATES}", timed([lambda q=q: stage_one.find(q) for q in queries], rounds))
        found: list[tuple[Query, rank.Candidates]] = []
        for query in queries:
            _, candidates = stage_one.find(query)
            if candidates is not None and len(candidates.texts) == CANDIDATES:
                found.append((query, candidates))
        scorings = [
            lambda query=query, each=each: rank.score(rank.features(query, each)) for query, each in found
        ]
        told(f"stage two, {CANDIDATES}", timed(scorings, rounds))
        if profile:
            with Index.open(Path(folder)) as index, cProfile.Profile() as profiler:
                for question in questions * rounds:
                    index.search(question)
            pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
        generation.close()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sentences", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    for sentences in given.sentences:
        measure(sentences, given.rounds, profile=given.profile)


if __name__ == "__main__":
    main()
