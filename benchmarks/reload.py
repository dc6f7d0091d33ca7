"""A document changes among many while people ask: what they notice of it.

    python benchmarks/reload.py [--documents 10000] [--users 50] [--seconds 20]

Users ask through the engine, each a question at a time with a pause between. First nothing else happens;
then, again and again, one document changes, and is built by the child process and swapped in. Printed are
the lag of the event loop, the answers' times in both phases, and answers that mixed two generations: the
document's two sentences carry the version, and an answer may hold one version only.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from powercuts import QUICK

from bot.engine import Engine
from bot.finding import answered
from index.build import update
from index.search import Index

WORDS = [
    *("harbour", "pier", "minister", "council", "bridge", "river", "tower", "market", "engine", "winter"),
    *("signal", "border", "school", "museum", "garden", "island", "railway", "hospital", "treaty"),
    *("budget", "storm", "village", "election", "factory", "airport", "library"),
]
CHANGING = "The beacon of version{0} was lit at dawn. Nobody saw the beacon of version{0} at night."


def sentence(draw: random.Random) -> str:
    """A sentence in English, so that all stages have their work."""
    first, second, third = (draw.choice(WORDS) for _ in range(3))
    place, year = f"{second}{draw.randrange(400)}", draw.randrange(1900, 2026)
    return f"The {first} of {place} was closed by the {third} in {year}."


def change(seeds: Path, version: int) -> None:
    """Write the changing document; its time is long past, as that of a file that was copied."""
    path = seeds / "changing.txt"
    path.write_text(CHANGING.format(version))
    os.utime(path, (1_700_000_000 + version,) * 2)


def mixed(index: Index) -> bool:
    """Whether what is found of the changing document is of two versions, or of none."""
    texts = [
        hit.sentence.text
        for hit in index.search("beacon dawn night", limit=10).hits
        if "beacon" in hit.sentence.text
    ]
    versions = {word for text in texts for word in text.split() if word.startswith("version")}
    return len(texts) != 2 or len(versions) != 1


class Measured:
    """What is noted in one phase."""

    def __init__(self) -> None:
        self.lags: list[float] = []
        self.answers: list[float] = []
        self.mixed = 0
        self.over = False

    async def lag(self) -> None:
        """How much later than wanted the loop comes back."""
        while not self.over:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            self.lags.append(time.perf_counter() - before - 0.005)

    async def user(self, engine: Engine, draw: random.Random) -> None:
        """Ask and pause until the phase is over."""
        while not self.over:
            await asyncio.sleep(draw.uniform(1.0, 3.0))
            before = time.perf_counter()
            if draw.random() < 0.2:
                self.mixed += await engine.call(mixed)
            else:
                first, second = draw.choice(WORDS), draw.choice(WORDS)
                await engine.call(answered, f"who closed the {first} of {second}{draw.randrange(400)}?")
            self.answers.append(time.perf_counter() - before)

    def figures(self) -> dict[str, object]:
        """In milliseconds."""
        return {
            "answers": len(self.answers),
            "answer p50": percentile(self.answers, 50),
            "answer p95": percentile(self.answers, 95),
            "loop lag p99": percentile(self.lags, 99),
            "loop lag worst": percentile(self.lags, 100),
            "mixed": self.mixed,
        }


def percentile(values: list[float], percent: int) -> float:
    """In milliseconds."""
    ordered = sorted(values)
    return round(1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 1)


async def phase(
    engine: Engine, users: int, seconds: float, seeds: Path | None
) -> tuple[Measured, list[float]]:
    """Ask for so long, and change the document meanwhile where a folder is given."""
    measured, reloads = Measured(), []
    tasks = [asyncio.create_task(measured.lag())]
    tasks += [asyncio.create_task(measured.user(engine, random.Random(number))) for number in range(users)]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if seeds is None:
            await asyncio.sleep(0.1)
            continue
        change(seeds, len(reloads) + 1)
        began = time.monotonic()
        report = await engine.reload()
        reloads.append(time.monotonic() - began)
        assert report.changed == ("changing.txt",)
    measured.over = True
    await asyncio.gather(*tasks)
    return measured, reloads


async def measure(documents: int, users: int, seconds: float) -> dict[str, object]:
    """Both phases."""
    top = Path(tempfile.mkdtemp(prefix="quoth-reload-", dir=QUICK))
    engine, draw = Engine(), random.Random(1)
    try:
        seeds, data = top / "seeds", top / "data"
        seeds.mkdir()
        for number in range(documents):
            path = seeds / f"{number:05d}.txt"
            path.write_text(" ".join(sentence(draw) for _ in range(4)))
            os.utime(path, (1_700_000_000,) * 2)
        change(seeds, 0)
        began = time.monotonic()
        update(seeds, data)
        first = time.monotonic() - began
        await engine.open(seeds, data, lambda line: print(line, file=sys.stderr))
        await phase(engine, users, 3, None)
        quiet, _ = await phase(engine, users, seconds, None)
        busy, reloads = await phase(engine, users, seconds, seeds)
        ratio = percentile(busy.answers, 95) / percentile(quiet.answers, 95)
        return {
            "documents": documents + 1,
            "users": users,
            "first build, s": round(first, 1),
            "reloads": len(reloads),
            "reload, median s": round(statistics.median(reloads), 2),
            "quiet": quiet.figures(),
            "while reloading": busy.figures(),
            "p95 while reloading / quiet": round(ratio, 2),
        }
    finally:
        engine.close()
        shutil.rmtree(top)


def main() -> None:
    """Print the figures; the exit code is that of the promise."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    figures = asyncio.run(measure(given.documents, given.users, given.seconds))
    print(json.dumps(figures, indent=1))
    busy = figures["while reloading"]
    sys.exit(bool(busy["mixed"]) or busy["loop lag p99"] >= 50 or figures["p95 while reloading / quiet"] >= 2)


if __name__ == "__main__":
    main()
