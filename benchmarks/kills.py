"""kill -9 of the real ``quoth run`` under questions: what is lost, and what is said twice.

    python benchmarks/kills.py [--kills 1000] [--minutes 60] [--people 12] [--seed 1]

A dozen people ask a stand-in Bot API, two questions ahead each, one in seven with an answer of several
messages. The process is killed at random: within two seconds of its start, or some milliseconds after some
answers. In the end each person must have seen every answer, whole and in order; a message may stand twice
only where a kill came between the two, the last one before it, and once a chat. A send is in flight from its
request until its outcome is written down: only chats whose update the inbox still holds as unfinished after
the kill may see one again.

Exit code 1 where that does not hold.
"""

import argparse
import random
import sqlite3
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field

from barges import Bot, People, Person, expected, question, wait
from standin import StandIn

LATENCY = 0.05


@dataclass(slots=True)
class Report:
    """``lost`` and ``faults`` name what must not be; ``in_flight`` adds up the chats with an update at work
    when they were killed, ``requests`` the sends of which the server knew and had not answered.
    """

    kills: int = 0
    questions: int = 0
    duplicates: int = 0
    in_flight: int = 0
    requests: int = 0
    aside: int = 0
    lost: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.questions} questions: {len(self.lost)} lost, {self.aside} set aside, "
            f"{self.duplicates} messages twice ({self.in_flight} chats with an update in hand at the kills, "
            f"{self.requests} requests under way), {len(self.faults)} other faults"
        )

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.faults or self.aside)


def run(kills: int, people: int = 12, seed: int = 1, minutes: float = 60.0) -> Report:
    """Kill so often, or for so long, then let all be answered, and compare."""
    dice, report = random.Random(seed), Report()
    with StandIn() as telegram, Bot(telegram) as bot:
        crowd = People(telegram, people, ahead=2, parts=_parts(telegram, bot))
        telegram.latency = LATENCY
        times: list[float] = []
        in_hand: list[set[int]] = []
        end = time.monotonic() + 60 * minutes
        while report.kills < kills and time.monotonic() < end:
            crowd.top_up()
            bot.start()
            _wait_for_the_moment(dice, crowd, bot)
            report.requests += _under_way(telegram)
            bot.kill()
            report.kills += 1
            _settle(telegram)
            times.append(time.monotonic())
            in_hand.append(_in_hand(bot))
            report.in_flight += len(in_hand[-1])
        crowd.asking = False
        bot.start()
        wait(lambda: not crowd.unanswered(), 90)
        time.sleep(0.3)
        for person in crowd.all:
            _compare(person, crowd.parts, times, in_hand, report)
        with closing(sqlite3.connect(bot.data / "inbox.sqlite")) as inbox:
            report.aside = inbox.execute("select count(*) from inbox where fate = 'aside'").fetchone()[0]
        report.faults += telegram.violations
    return report


def _parts(telegram: StandIn, bot: Bot) -> list[str]:
    """The messages of the answer in several, once."""
    bot.start()
    first = telegram.private("First")
    first.say(question(0))
    messages = [first.wait_message(timeout=60)]
    while not messages[-1].buttons:
        messages.append(first.wait_message(timeout=60))
    messages = [message for message in messages if message.covered("blockquote")]  # no word of progress
    bot.kill()
    return [message.text for message in messages]


def _wait_for_the_moment(dice: random.Random, crowd: People, bot: Bot) -> None:
    """Some milliseconds after some answers; at times no answer is waited for."""
    if dice.random() < 0.3:
        time.sleep(dice.uniform(0, 2))
        return
    begun, wanted = crowd.answers, dice.randint(1, 6)

    def reached() -> bool:
        crowd.top_up()
        return crowd.answers >= begun + wanted or bot.ended

    wait(reached, 30)
    time.sleep(dice.uniform(0, 2 * LATENCY))


def _under_way(telegram: StandIn) -> int:
    """The sends that the server knows of and has not answered."""
    return sum(call.status == 0 for call in telegram.calls("sendMessage")[-500:])


def _settle(telegram: StandIn) -> None:
    """Wait until all that the killed process had sent has arrived: what comes then is the next one's."""
    quiet = time.monotonic()
    while time.monotonic() < quiet + 2 * LATENCY:
        if _under_way(telegram):
            quiet = time.monotonic()
        time.sleep(0.005)


def _in_hand(bot: Bot) -> set[int]:
    """The chats with an update that waits, as the inbox has it after a kill."""
    with closing(sqlite3.connect(bot.data / "inbox.sqlite")) as inbox:
        rows = inbox.execute(
            "select json_extract(cast(raw as text), '$.message.chat.id') from inbox where fate = 'waiting'"
        )
        return {chat for (chat,) in rows}


def _compare(
    person: Person, parts: list[str], times: list[float], in_hand: list[set[int]], report: Report
) -> None:
    """What a person saw with what they should have seen."""
    should, at = expected(person, parts), 0
    report.questions += len(person.asked)
    repeated: Counter[int] = Counter()
    before = 0.0
    for what, when in person.seen:
        if at < len(should) and what == should[at]:
            at, before = at + 1, when
            continue
        killed = [place for place, moment in enumerate(times) if before <= moment <= when]
        if at and what == should[at - 1] and killed and person.chat.id in in_hand[killed[0]]:
            report.duplicates += 1
            repeated[killed[0]] += 1
            before = when
        else:
            report.faults.append(f"{person.chat.name}: {what!r:.60} in place of {should[at : at + 1]}")
    more = [kill for kill, number in repeated.items() if number > 1]
    report.faults += [f"{person.chat.name}: several messages twice after kill {kill}" for kill in more]
    if at < len(should):
        report.lost.append(f"{person.chat.name}: from {should[at]!r} of {len(should)} on")


def main() -> None:
    """Kill, compare, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    report = run(given.kills, given.people, given.seed, given.minutes)
    print(report)
    for fault in [*report.lost, *report.faults][:20]:
        print(" ", fault)
    sys.exit(not report.good)


if __name__ == "__main__":
    main()
