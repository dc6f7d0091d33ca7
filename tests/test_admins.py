"""What an admin asked for and cannot be done is said in words, to them alone."""

import asyncio
from typing import Any

import pytest
from telegram import CallbackQuery, Chat, Message, Update, User
from test_removals import ADMIN, sent

from bot import render
from bot.admins import _told
from bot.gate import Gate
from bot.handlers.admin import Admin
from index.errors import CorpusError, QuothError


class Notes:
    """An outbox, an engine and a state that know nothing: every look at the documents fails."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.acknowledged: list[str] = []
        self.audit = self.removals = self

    def waiting(self) -> dict[int, Any]:
        return {}

    async def look(self, _: object) -> Any:
        raise CorpusError("seeds", "there is no such folder", "give the folder that holds the documents")

    async def send(self, _chat: int, messages: list[render.Message]) -> list[int]:
        self.said += [message.text for message in messages]
        return [1]

    async def acknowledge(self, query: str, _said: str | None = None) -> None:
        self.acknowledged.append(query)


def does(notes: Any, what: str, update: Update) -> None:
    gate = Gate(frozenset({ADMIN}))
    act = getattr(Admin(gate, notes, notes, notes, notes), what)
    context: Any = None
    asyncio.run(_told(gate, notes, act)(update, context))


def test_a_command_that_fails_for_a_missing_folder_says_so_and_is_not_tried_again() -> None:
    notes = Notes()
    does(notes, "docs", sent("/docs"))
    (said,) = notes.said
    assert "there is no such folder; give the folder that holds the documents" in said


def test_so_does_a_press() -> None:
    notes, message = Notes(), sent("Documents").message
    press = CallbackQuery("7", User(ADMIN, "Ann", is_bot=False), "-", message=message, data="d:1")
    does(notes, "pressed", Update(2, callback_query=press))
    assert notes.acknowledged[-1] == "7"
    assert "no such folder" in notes.said[0]


def test_nobody_else_is_told() -> None:
    async def fails(_update: Update, _context: object) -> None:
        raise QuothError("var/state.sqlite", "is full", "free some space")

    notes: Any = Notes()
    stranger, context = User(ADMIN + 1, "Bo", is_bot=False), None
    message = Message(
        1, sent("").message.date, Chat(ADMIN + 1, Chat.PRIVATE), from_user=stranger, text="/docs"
    )  # type: ignore[union-attr]
    with pytest.raises(QuothError):
        asyncio.run(_told(Gate(frozenset({ADMIN})), notes, fails)(Update(1, message=message), context))  # type: ignore[arg-type]
    assert notes.said == []
