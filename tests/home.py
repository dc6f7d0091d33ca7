"""A folder with documents and data, and the real ``quoth run`` that works on it against the stand-in."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from conftest import ROOT, Folder
from standin import Chat, Message, StandIn

from bot.inbox import counted
from bot.texts import telegram as texts

NUMBERS = [n for n in range(1, 14) if n != 7]
LOG = [f"Barge {n} left the quay with {n + 20} barrels." for n in NUMBERS]
LOG.insert(6, "Barge 7 carried wool to Bregenz.")
BARGES = ", ".join(f"the barge Number{n} of the owner Family{n}" for n in range(200))
LIST = f"The register of Lindau lists {BARGES}."
DOCUMENTS = {
    "harbour.txt": "The harbour of Lindau was rebuilt in 1856. The pier is made of oak.\n"
    "Engineer Klara Voss surveyed the pier in May. She found nine rotten piles.\n" + " ".join(LOG) + "\n",
    "harbour.toml": """\
title = "Harbour of Lindau"
source = "Lake Gazette"
date = "1871-05-02"
examples = [
    "Who surveyed the pier?",
    "Which of the many barges that left the quay in May carried the wool?",
]
""",
    "bread.txt": "Bakers use yeast to raise dough. Rye needs a sour dough.\n",
    "bread.toml": """\
title = "Bread"
url = "https://example.org/bread"
examples = ["What raises dough?"]
""",
    "register.txt": f"{LIST} The register was burnt in 1890.\n",
}
EXAMPLES = [
    "Who surveyed the pier?",
    "Which of the many barges that left the quay in May carried the wool?",
    "What raises dough?",
]
SURVEYED = "Engineer Klara Voss surveyed the pier in May."
PILES = "She found nine rotten piles."
"""Comes second: she is who surveyed the pier."""
WOOL = LOG[6]
BURNT = "The register was burnt in 1890."
YEAST = "Bakers use yeast to raise dough."
PLACE = "Harbour of Lindau · Lake Gazette · 1871-05-02"
PERMALINK = re.compile(r"https://t\.me/quoth_test_bot\?start=(q_[a-z2-7]{12})")

QUOTH = "from bot.cli import main; main()"

PROGRESS = {said(percent) for percent in range(101) for said in (texts.reading, texts.checking)}
UP = 40.0
"""Seconds that a process gets to start and to answer, on a busy machine."""


class Home(Folder):
    """A folder with documents and data, and the ``quoth run`` processes that work on it.

    Everything that any of them prints is searched for the token in the end.
    """

    def __init__(self, telegram: StandIn, documents: dict[str, str | bytes] | None = None) -> None:
        super().__init__({**DOCUMENTS} if documents is None else documents)
        self.telegram = telegram
        self.output = self.top / "output"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("QUOTH_")},
            "QUOTH_SEEDS": str(self.seeds),
            "QUOTH_DATA": str(self.data),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **telegram.environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def __exit__(self, *error: object) -> None:
        self.kill()
        printed = self.printed
        super().__exit__(*error)
        assert self.telegram.token.partition(":")[2] not in printed

    def run(self, *options: str, program: str = QUOTH, **environment: str | None) -> Self:
        """Start a process; None unsets a variable."""
        self.kill()
        changed = {
            name: value for name, value in {**self.environment, **environment}.items() if value is not None
        }
        with self.output.open("ab") as output:
            command = [sys.executable, "-c", program, *options, "run"]
            self.process = subprocess.Popen(command, env=changed, cwd=self.top, stdout=output, stderr=output)
        return self

    def kill(self) -> None:
        """End the process as a power failure would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal: the exit code, and the seconds that stopping took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        return self.ended(11), time.monotonic() - began

    def ended(self, seconds: float = UP) -> int:
        """The exit code, once the process has ended."""
        assert self.process is not None
        return self.process.wait(seconds)

    @property
    def printed(self) -> str:
        """What the processes have printed so far."""
        return self.output.read_text(encoding="utf-8") if self.output.exists() else ""

    def ask(self, chat: Chat, question: str) -> Message:
        """Ask and wait for the answer, past words of progress; a process that has ended gives none."""
        chat.say(question)
        assert self.process is not None
        while True:
            until(lambda: chat.unread() or self.process is None or self.process.poll() is not None)
            said = chat.wait_message(timeout=0)
            if said.text not in PROGRESS:
                return said

    def until_idle(self) -> None:
        """All that was received has been worked on, and is known to have been."""

        def idle() -> bool:
            found = counted(self.data)
            return found is not None and not found.waiting

        until(lambda: not self.telegram.pending and idle())

    def still_answers(self) -> None:
        """A newcomer's question is answered."""
        assert YEAST in self.ask(self.telegram.private("Newcomer"), "what raises dough?").text


def until(condition: Callable[[], Any], seconds: float = UP) -> Any:
    """What the condition gives, once that is true."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
    return found


@contextmanager
def serving(environment: dict[str, str] | None = None, **flags: bool) -> Iterator[Home]:
    """A bot that runs on DOCUMENTS, for all tests of a module: with settings, and ``flags`` of the bot's."""
    with StandIn(**flags) as server, Home(server, {**DOCUMENTS}) as made:
        made.open().close()
        made.environment |= environment or {}
        made.run()
        until(lambda: " ready after " in made.printed)
        yield made
        assert server.violations == []
