"""Random faults of the Bot API under the real ``quoth run``: is every question answered, or a failure logged?

    python benchmarks/faults.py [--faults 10000] [--people 100] [--seed 1]

Some people ask a stand-in Bot API, one question after another. Every other request meets a fault: 429, 403,
404, 5xx, 409, 401, HTML in place of JSON, JSON that breaks off, bad UTF-8, a reset, a half-closed connection
or a silence; one in four of the last ones only after the request has taken effect. What ends the process, as
a revoked token or another poller does, is rare at getUpdates, and the process is then started again. In the
end each question must have been answered, once, or be named in the log as one that was not, and the token
must stand nowhere in what was printed.

Pauses between polls are shortened. Exit code 1 where a promise was broken.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from barges import OF_UPDATE, QUOTH, Bot, People, Person, wait
from standin import Fault, StandIn
from standin.faults import BREAKS, KINDS

HASTY = f"import bot.updates; bot.updates.FIRST_PAUSE, bot.updates.LONGEST_PAUSE = 0.02, 1.0; {QUOTH}"

ENDING = {"401", "404", "409"}
"""Kinds that end the process where getUpdates or getMe meets them."""

RARE = 0.1
"""How many of those are let through to getUpdates."""


class Dice(list[Fault]):
    """Faults drawn anew for each request, every other one of them; ``met`` counts them by kind."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._dice = random.Random(seed)
        self.met: Counter[str] = Counter()
        self.open = True

    def __iter__(self) -> Iterator[Fault]:
        if self.open and self._dice.random() < 0.5:
            kind = self._dice.choice(KINDS)
            rare = kind in ENDING and self._dice.random() > RARE
            after = kind in {*BREAKS, "bad json"} and self._dice.random() < 0.25
            yield Drawn(kind, self, method="sendMessage" if rare else None, after=after)


@dataclass(slots=True)
class Drawn(Fault):
    """A fault of one request, which is counted where it fits. Silences last a fifth of a second."""

    dice: Any = None

    def __init__(self, kind: str, dice: Dice, **more: Any) -> None:
        Fault.__init__(self, kind, times=None, seconds=0.2, **more)
        self.dice = dice

    def fits(self, method: str, parameters: dict[str, Any]) -> bool:
        """Does a request meet it?"""
        fits = Fault.fits(self, method, parameters)
        self.dice.met[self.kind] += fits
        return fits


@dataclass(slots=True)
class Report:
    """What came of the questions; ``lost`` names those of which nothing did."""

    met: Counter[str] = field(default_factory=Counter)
    questions: int = 0
    answered: int = 0
    logged: int = 0
    twice: int = 0
    starts: int = 0
    lost: list[str] = field(default_factory=list)
    token: bool = False

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(self.met.items()))
        return (
            f"{self.met.total()} faults ({kinds}), {self.starts} starts, {self.questions} questions: "
            f"{self.answered} answered, {self.logged} failures logged, {len(self.lost)} lost, "
            f"{self.twice} answered twice, token {'FOUND' if self.token else 'not'} in the output"
        )

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.twice or self.token)


def run(faults: int, people: int = 100, seed: int = 1, tell: bool = False) -> Report:
    """Let so many faults happen, then none, and compare."""
    report, dice = Report(), Dice(seed)
    with StandIn() as telegram, Bot(telegram, HASTY) as bot:
        crowd = People(telegram, people)
        bot.start()
        first = telegram.private("First")
        first.say("which barge left the quay with 1000 barrels?")
        first.wait_message(timeout=60)
        telegram.faults = dice
        told = time.monotonic()
        while dice.met.total() < faults:
            report.starts += _started_again(bot)
            crowd.top_up(_logged(bot))
            time.sleep(0.1)
            if tell and time.monotonic() - told > 20:
                told = time.monotonic()
                print(dice.met.total(), crowd.answers, flush=True)
        crowd.asking = dice.open = False

        def settled() -> bool:
            report.starts += _started_again(bot)
            crowd.top_up(_logged(bot))
            return not crowd.unanswered()

        wait(settled, 120)
        report.met = dice.met
        logged = _logged(bot)
        for person in crowd.all:
            _compare(person, logged, report)
        report.token = telegram.token.partition(":")[2] in bot.printed
    return report


def _started_again(bot: Bot) -> bool:
    """Start the bot again where it has ended, as whoever supervises it does."""
    ended = bot.ended
    if ended:
        bot.start()
    return ended


def _logged(bot: Bot) -> set[int]:
    """The updates that the log names with what became of them."""
    lines = (line for line in bot.printed.splitlines() if "trying again" not in line)
    return {int(number) for line in lines for number in OF_UPDATE.findall(line)}


def _compare(person: Person, logged: set[int], report: Report) -> None:
    shown = Counter(what for what, _ in person.seen)
    for number, update in zip(person.asked, person.updates, strict=True):
        report.questions += 1
        report.twice += shown[number] > 1
        if shown[number]:
            report.answered += 1
        elif update in logged:
            report.logged += 1
        else:
            report.lost.append(f"{person.chat.name}: {number}, update {update}")


def main() -> None:
    """Let faults happen, compare, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--faults", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    report = run(given.faults, given.people, given.seed, tell=True)
    print(report)
    for lost in report.lost[:20]:
        print(" ", lost)
    sys.exit(not report.good)


if __name__ == "__main__":
    main()
