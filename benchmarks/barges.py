"""What kills.py and faults.py share: documents whose every question has one answer, the real ``quoth run`` on
them, and people who ask it one question after another.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from standin import Call, Chat, StandIn  # noqa: E402 - the path above is where it lies

QUOTH = "from bot.cli import main; main()"
NUMBERS = range(1000, 1600)
BARGES = ", ".join(f"the barge Number{n} of the owner Family{n}" for n in range(200))
REGISTER = f"The register of Lindau lists {BARGES}."
"""A sentence longer than a message: its answer comes in three."""

EVERY = 7
"""Each person's so manieth question is the one for the register."""

OF_UPDATE = re.compile(r"update (\d+)\b")


def question(number: int) -> str:
    """The question that a sentence answers; 0 stands for the register."""
    if not number:
        return "which barges and owners does the register of Lindau list?"
    return f"which barge left the quay with {number} barrels?"


def sentence(number: int) -> str:
    """The only answer."""
    return f"Barge {number - 999} left the quay with {number} barrels."


class Bot:
    """``quoth run`` on a folder of its own, started again and again; all it prints is in ``output``."""

    def __init__(self, telegram: StandIn, program: str = QUOTH) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="quoth-", ignore_cleanup_errors=True)
        self.top = Path(self._folder.name)
        self.data, seeds, self.output = self.top / "data", self.top / "seeds", self.top / "output"
        seeds.mkdir()
        (seeds / "quay.txt").write_text("\n".join(sentence(number) for number in NUMBERS), "utf-8")
        (seeds / "register.txt").write_text(f"{REGISTER} It was burnt in 1890.\n", "utf-8")
        self._command = [sys.executable, "-c", program, "run"]
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("QUOTH_")},
            **{"QUOTH_SEEDS": str(seeds), "QUOTH_DATA": str(self.data), "PYTHONPATH": str(ROOT)},
            **telegram.environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._folder.cleanup()

    def start(self) -> None:
        """Start a process."""
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                self._command, env=self._environment, cwd=self.top, stdout=output, stderr=output
            )

    @property
    def ended(self) -> bool:
        """Whether the process has ended by itself."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    @property
    def printed(self) -> str:
        """Everything that any of the processes printed."""
        return self.output.read_text("utf-8", "replace") if self.output.exists() else ""


@dataclass(slots=True, eq=False)
class Person:
    """``asked`` are the numbers asked, ``updates`` the ids of the updates that brought them; ``seen`` is what
    the bot's messages are, see ``kind``, each with its time; ``open_`` the places not yet answered.
    """

    chat: Chat
    asked: list[int] = field(default_factory=list)
    updates: list[int] = field(default_factory=list)
    seen: list[tuple[int | str, float]] = field(default_factory=list)
    open_: set[int] = field(default_factory=set)


class People:
    """Some who ask, each the next question as soon as fewer than ``ahead`` are open. ``parts`` are the texts
    of the messages that show the register; where they are given, it is asked for, too.
    """

    def __init__(self, telegram: StandIn, number: int, ahead: int = 1, parts: Sequence[str] = ()) -> None:
        self.all = [Person(telegram.private(f"P{place}")) for place in range(number)]
        self._of = {person.chat.id: person for person in self.all}
        self._telegram, self._ahead, self.parts = telegram, ahead, list(parts)
        self.asking, self.answers = True, 0
        telegram.listeners.append(self._called)

    def top_up(self, settled: Set[int] = frozenset()) -> None:
        """Everyone who may, asks; ``settled`` updates are waited for no longer."""
        with self._telegram.lock:
            for person in self.all:
                person.open_ -= {place for place in person.open_ if person.updates[place] in settled}
                while self.asking and len(person.open_) < self._ahead:
                    self._ask(person)

    def unanswered(self) -> list[int]:
        """The updates whose questions are open."""
        with self._telegram.lock:
            return [person.updates[place] for person in self.all for place in sorted(person.open_)]

    def _ask(self, person: Person) -> None:
        place = len(person.asked)
        number = 0 if self.parts and place % EVERY == EVERY - 1 else NUMBERS[place % len(NUMBERS)]
        person.asked.append(number)
        person.updates.append(self._telegram.next_update_id)
        person.open_.add(place)
        person.chat.say(question(number))

    def _called(self, call: Call) -> None:
        person = (
            self._of.get(int(call.chat_id)) if call.method == "sendMessage" and call.status == 200 else None
        )
        if person is None:
            return
        with self._telegram.lock:
            what = kind(str(call.parameters["text"]), self.parts)
            person.seen.append((what, time.monotonic()))
            number = 0 if self.parts and what == f"part {len(self.parts) - 1}" else what
            place = next((place for place in sorted(person.open_) if person.asked[place] == number), None)
            if place is not None:
                person.open_.discard(place)
                self.answers += 1


def kind(text: str, parts: Sequence[str]) -> int | str:
    """What a message of the bot is: the number that it answers, a part of the register, or its own words."""
    if text in parts:
        return f"part {parts.index(text)}"
    found = re.match(r"Barge \d+ left the quay with (\d+) barrels\.", text)
    return int(found[1]) if found else text


def expected(person: Person, parts: Sequence[str]) -> list[int | str]:
    """What a person should see, each message once."""
    shown: list[int | str] = []
    for number in person.asked:
        shown += [number] if number else [f"part {place}" for place in range(len(parts))]
    return shown


def wait(condition: Callable[[], object], seconds: float) -> bool:
    """Whether a condition comes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
