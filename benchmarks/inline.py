"""How long inline queries wait for their list, at a steady rate.

    python benchmarks/inline.py [--rate 50] [--seconds 20] [--people 200]

The real ``quoth run`` on some six hundred sentences; people type one query after another at a stand-in Bot
API, ``rate`` of them a second in all, nobody a second one before the first is answered. Printed: the time
from a query's arrival to its answer. Exit code 1 where one took longer than a second, or had no answer.
"""

import argparse
import sys
import time

import numpy as np
from barges import NUMBERS, Bot, question, wait
from standin import StandIn
from standin.inline import Typed, typed

LONGEST = 1.0


def run(rate: float, seconds: float, people: int) -> list[Typed]:
    """The queries that were typed, with their answers."""
    with StandIn(supports_inline_queries=True) as telegram, Bot(telegram) as bot:
        bot.start()
        crowd = [telegram.private(f"P{number}") for number in range(people)]
        crowd[0].start()
        crowd[0].wait_message(timeout=60)
        typed(crowd[0], question(NUMBERS[0]), timeout=30)
        queries: list[Typed] = []
        began = time.monotonic()
        while (now := time.monotonic()) < began + seconds:
            due = int((now - began) * rate) - len(queries)
            for _ in range(due):
                number = len(queries)
                asked = question(NUMBERS[number % len(NUMBERS)])
                queries.append(typed(crowd[number % people], asked, timeout=None))
            time.sleep(0.002)
        wait(lambda: all(query.answer for query in queries), 10)
        return queries


def main() -> None:
    """Type, wait, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--people", type=int, default=200)
    given = parser.parse_args()
    queries = run(given.rate, given.seconds, given.people)
    times = np.array([query.answer.time - query.time for query in queries if query.answer])
    lost = len(queries) - len(times)
    p50, p95, p99 = 1000 * np.percentile(times, [50, 95, 99])
    print(
        f"{len(queries)} queries at {given.rate:g} a second: {lost} without a list; "
        f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, longest {1000 * times.max():.0f} ms"
    )
    sys.exit(bool(lost) or times.max() > LONGEST)


if __name__ == "__main__":
    main()
