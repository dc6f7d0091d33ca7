"""An update in hand, and the one that the running task works on.

What is stored of it is inbox.py's business, what is done with it intake.py's.
"""

import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum

from bot.raw import Raw

__all__ = ["Entry", "Fate", "arrived", "at_work", "before_the_next"]


class Fate(StrEnum):
    """What became of an update. ``FAILED``: it is known that its answer did not leave; ``UNKNOWN``: it may
    have, the request got no response.
    """

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    ASIDE = "aside"


@dataclass(slots=True, eq=False)
class Entry:
    """An update in hand. ``row`` is None for one that is not stored; ``attempts`` count this one too,
    ``resumed`` is one that an earlier run left.

    ``sent`` holds the ids of the messages that left before others of the same answer, by what is in them.
    ``began`` is called once, when its answer begins to leave; ``failure`` is what its handler raised;
    ``later`` is what must be done before the next update of the chat, but not before this one is finished.
    """

    raw: Raw
    row: int | None = None
    attempts: int = 1
    resumed: bool = False
    sent: dict[str, int] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)
    sending: bool = False
    began: Callable[[], None] | None = None
    failure: Exception | None = None
    later: list[Awaitable[object]] = field(default_factory=list)

    @property
    def number(self) -> int | None:
        """The update's id."""
        return self.raw.number

    @property
    def again(self) -> bool:
        """Whether work on it may have been done before."""
        return self.attempts > 1 or self.resumed

    def begin_sending(self) -> None:
        """Its answer begins to leave: from now on it is not tried again while the process lives."""
        if not self.sending:
            self.sending = True
            if self.began is not None:
                self.began()


at_work: ContextVar[Entry | None] = ContextVar("at_work", default=None)
"""The update that the running task works on, for whoever sends or stores on its behalf."""


def arrived() -> float:
    """When the update at work arrived, by time.monotonic(); now, where there is none."""
    entry = at_work.get()
    return time.monotonic() if entry is None else entry.since


async def before_the_next(doing: Awaitable[object]) -> None:
    """Have something awaited that is under way: by whoever finishes the update at work, else here."""
    entry = at_work.get()
    if entry is None:
        await doing
    else:
        entry.later.append(doing)
