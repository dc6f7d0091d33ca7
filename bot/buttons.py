"""The buttons under a message: what each sends back when it is pressed, and which stand under an answer.

A button's data is read back by ``pressed``, which takes nothing for granted: a client may send anything.

What a press does is the handlers' business.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from bot.answer import searchable
from bot.entities import one_line, visible
from bot.texts import telegram as texts

__all__ = [
    "DATA_LIMIT",
    "LABEL_LIMIT",
    "AdminPress",
    "Ask",
    "Button",
    "Decide",
    "Done",
    "Example",
    "Gaps",
    "Guests",
    "Leaf",
    "Next",
    "Paging",
    "Press",
    "Step",
    "TakeBack",
    "Widen",
    "admin_pressed",
    "asking",
    "pressed",
    "turning",
    "widening",
]

DATA_LIMIT = 64
"""Bytes of a button's callback data, Telegram's most."""

LABEL_LIMIT = 60
"""UTF-16 units of a label of ours."""


@dataclass(frozen=True, slots=True)
class Button:
    """Has one of ``data`` (sent back when pressed), ``copy`` (goes to the clipboard), ``url``."""

    text: str
    data: str | None = None
    copy: str | None = None
    url: str | None = None


class Step(StrEnum):
    """How far a quote is widened: sentences on each side, or its paragraph."""

    QUOTE = "0"
    ONE = "1"
    THREE = "3"
    PARAGRAPH = "p"


@dataclass(frozen=True, slots=True)
class Widen:
    """A press of Context, More or Less."""

    quote: str
    step: Step

    def __str__(self) -> str:
        return f"c:{self.quote}:{self.step}"


@dataclass(frozen=True, slots=True)
class Next:
    """A press of ``2/7 ▸``: show the hit at ``position`` (from 0) of the answer stored as ``row``."""

    row: int
    position: int

    def __str__(self) -> str:
        return f"n:{self.row}:{self.position}"


@dataclass(frozen=True, slots=True)
class Ask:
    """A press of a question that fits into its button."""

    question: str

    def __str__(self) -> str:
        return f"a:{self.question}"


@dataclass(frozen=True, slots=True)
class Example:
    """A press of an example too long for its button, by a checksum: the examples may be others by now."""

    key: str

    @classmethod
    def of(cls, question: str) -> "Example":
        """The press that asks a question."""
        return cls(hashlib.blake2b(question.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest())

    def __str__(self) -> str:
        return f"e:{self.key}"


@dataclass(frozen=True, slots=True)
class TakeBack:
    """An admin's press of Undo: take back the change of this number, if it is the last."""

    number: int

    def __str__(self) -> str:
        return f"u:{self.number}"


@dataclass(frozen=True, slots=True)
class Leaf:
    """An admin's press of a page (from 0) of the list of documents."""

    page: int

    def __str__(self) -> str:
        return f"d:{self.page}"


@dataclass(frozen=True, slots=True)
class Gaps:
    """An admin's press of a page (from 0) of the questions that the sources did not answer."""

    page: int

    def __str__(self) -> str:
        return f"g:{self.page}"


@dataclass(frozen=True, slots=True)
class Done:
    """An admin's press that sets the group stored as ``row`` aside, asked ``seen`` times by then; ``page`` is
    where the list goes on.
    """

    row: int
    seen: int
    page: int

    def __str__(self) -> str:
        return f"m:{self.row}:{self.seen}:{self.page}"


@dataclass(frozen=True, slots=True)
class Guests:
    """An admin's press of a page (from 0) of those who asked to be let in."""

    page: int

    def __str__(self) -> str:
        return f"h:{self.page}"


@dataclass(frozen=True, slots=True)
class Decide:
    """An admin's press that lets the chat or user of this number in, or not; on a ``page`` of the list, or
    below the request itself.
    """

    number: int
    let_in: bool
    page: int | None = None

    def __str__(self) -> str:
        page = "" if self.page is None else f":{self.page}"
        return f"{'y' if self.let_in else 'r'}:{self.number}{page}"


Press = Widen | Next | Ask | Example
AdminPress = TakeBack | Leaf | Gaps | Done | Guests | Decide

_WIDEN = re.compile(r"c:([a-z2-7]{12}):([013p])")
_NEXT = re.compile(r"n:([0-9]{1,19}):([0-9]{1,9})")
_EXAMPLE = re.compile(r"e:([0-9a-f]{16})")
_TAKE_BACK = re.compile(r"u:([0-9]{1,9})")
_LEAF = re.compile(r"d:([0-9]{1,9})")
_GAPS = re.compile(r"g:([0-9]{1,9})")
_GUESTS = re.compile(r"h:([0-9]{1,9})")
_DECIDE = re.compile(r"([yr]):(-?[0-9]{1,16})(?::([0-9]{1,9}))?")
_DONE = re.compile(r"m:([0-9]{1,19}):([0-9]{1,9}):([0-9]{1,9})")


def pressed(data: str) -> Press | None:
    """What a button's data asks for, None where it is none of ours: a client may send anything."""
    if found := _WIDEN.fullmatch(data):
        return Widen(found[1], Step(found[2]))
    if found := _NEXT.fullmatch(data):
        return Next(int(found[1]), int(found[2]))
    if found := _EXAMPLE.fullmatch(data):
        return Example(found[1])
    return Ask(data[2:]) if data.startswith("a:") and searchable(data[2:]) else None


def admin_pressed(data: str) -> AdminPress | None:
    """The same for the buttons under what only admins see. Who presses is gate.py's business."""
    if found := _TAKE_BACK.fullmatch(data):
        return TakeBack(int(found[1]))
    if found := _LEAF.fullmatch(data):
        return Leaf(int(found[1]))
    if found := _DONE.fullmatch(data):
        return Done(int(found[1]), int(found[2]), int(found[3]))
    if found := _GUESTS.fullmatch(data):
        return Guests(int(found[1]))
    if found := _DECIDE.fullmatch(data):
        return Decide(int(found[2]), found[1] == "y", int(found[3]) if found[3] else None)
    return Gaps(int(found[1])) if (found := _GAPS.fullmatch(data)) else None


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a quote stands among those found: at ``position`` (from 0) of ``total``, stored as ``row``."""

    row: int
    position: int
    total: int


def asking(question: str, otherwise: Press | None = None) -> tuple[Button, ...]:
    """A row with a button that asks; where the question does not fit into one, it sends ``otherwise``."""
    asked = Ask(one_line(question))
    press = asked if len(str(asked).encode()) <= DATA_LIMIT else otherwise
    return (Button(visible(question, LABEL_LIMIT), data=str(press)),) if press else ()


def widening(quote: str, step: Step, further: Step | None) -> tuple[Button, ...]:
    """Context, More and Less at a step; ``further`` is the next that shows more, if any does."""
    label = texts.CONTEXT if step is Step.QUOTE else texts.MORE
    more = (Button(label, data=str(Widen(quote, further))),) if further else ()
    less = () if step is Step.QUOTE else (Button(texts.LESS, data=str(Widen(quote, Step.QUOTE))),)
    return (*more, *less)


def turning(paging: Paging | None) -> tuple[Button, ...]:
    """The button to the next page, where there are several."""
    if paging is None or paging.total < 2:
        return ()
    position = (paging.position + 1) % paging.total
    label = texts.following(position + 1, paging.total) if position else texts.again(paging.total)
    return (Button(label, data=str(Next(paging.row, position))),)
