"""Who may ask: one rule for every surface, private chat, group, topic, channel, inline, button, permalink.

``open`` lets everybody, ``chats`` the chats that are listed or approved (a private chat is a chat), ``users``
the people. An admin may always. What is approved is kept in a database and in memory; what was asked for and
not decided waits there for an admin.

Nothing is sent here, and nobody is asked.
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from telegram import Update

from bot.database import Database
from bot.raw import is_id
from bot.schema import access

__all__ = ["Access", "Applicant", "Asker", "Mode", "Requests", "Standing", "asker_of"]

LONGEST_NAME = 100
"""Characters of a name that are kept."""


class Mode(StrEnum):
    """What QUOTH_ACCESS may be."""

    OPEN = "open"
    CHATS = "chats"
    USERS = "users"


class Standing(StrEnum):
    """What was decided of an applicant. ``ASKED``: nothing yet."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is behind an update: ``user`` is None where no person is named (a channel, an anonymous admin),
    ``chat`` is None where none is known (inline). ``name`` is what an admin is shown.
    """

    user: int | None
    chat: int | None
    name: str
    chat_name: str


@dataclass(frozen=True, slots=True)
class Applicant:
    """A chat or user that asked to be let in: its number, name, what was decided, when and by whom."""

    number: int
    name: str
    standing: Standing
    at: datetime.datetime
    by: int | None


def asker_of(update: Update) -> Asker:
    """Who is behind an update, whatever kind it is of."""
    user, chat = update.effective_user, update.effective_chat
    message = update.effective_message
    hidden = message is not None and message.sender_chat is not None and update.callback_query is None
    if hidden or user is None:
        number, name = None, ""
    else:
        number, name = user.id, user.full_name
    chat_name = (chat.title or chat.effective_name or "") if chat is not None else ""
    return Asker(number, chat.id if chat is not None else None, name, chat_name)


class Requests:
    """Who asked to be let in, and what was decided. Raises StoreError when it cannot be read or written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def approved(self) -> frozenset[int]:
        """The numbers let in."""
        query = sa.select(access.c.number).where(access.c.standing == Standing.APPROVED.value)
        with self._database.transaction() as connection:
            return frozenset(connection.scalars(query))

    def all(self) -> list[Applicant]:
        """All, those that wait first, then the newest first."""
        waits = access.c.standing != Standing.ASKED.value
        query = sa.select(access).order_by(waits, access.c.at.desc(), access.c.number)
        with self._database.transaction() as connection:
            return [_as_applicant(row) for row in connection.execute(query)]

    def find(self, number: int) -> Applicant | None:
        """What is known of one."""
        with self._database.transaction() as connection:
            row = connection.execute(sa.select(access).where(access.c.number == number)).first()
        return None if row is None else _as_applicant(row)

    def ask(self, number: int, name: str) -> bool:
        """Store that one asks: whether it is for the first time."""
        values = {"number": number, "name": name[:LONGEST_NAME], "standing": Standing.ASKED.value}
        with self._database.transaction() as connection:
            if connection.scalar(sa.select(access.c.number).where(access.c.number == number)) is not None:
                return False
            connection.execute(sa.insert(access), {**values, "at": _now(), "decided_by": None})
            return True

    def decide(self, number: int, standing: Standing, by: int) -> Applicant | None:
        """Store what was decided of one who asked: who that is, None where nobody did, or it was so."""
        values = {"standing": standing.value, "at": _now(), "decided_by": by}
        other = sa.and_(access.c.number == number, access.c.standing != standing.value)
        if not is_id(number):
            return None
        with self._database.transaction() as connection:
            row = connection.execute(
                sa.update(access).where(other).values(values).returning(*access.c)
            ).first()
        return None if row is None else _as_applicant(row)

    def copy(self, old: int, new: int) -> None:
        """Let a chat's new number in, as the old one was."""
        before = self.find(old)
        name, by = (before.name, before.by) if before else ("", None)
        values = {"number": new, "name": name, "standing": Standing.APPROVED.value, "at": _now()}
        with self._database.transaction() as connection:
            connection.execute(sa.delete(access).where(access.c.number == new))
            connection.execute(sa.insert(access), {**values, "decided_by": by})


class Access:
    """The rule. ``listed`` are the chats and people of the settings."""

    def __init__(
        self, mode: Mode, listed: frozenset[int], admins: frozenset[int], requests: Requests
    ) -> None:
        self.mode, self._listed, self._admins = mode, listed, admins
        self.requests = requests
        self._approved = requests.approved()

    @property
    def restricted(self) -> bool:
        """Whether what one may see another may not."""
        return self.mode is not Mode.OPEN

    @property
    def groups(self) -> tuple[int, ...]:
        """The groups whose members may ask inline, where chats are let in."""
        return tuple(sorted(number for number in self._listed | self._approved if number < 0))

    def subject(self, asker: Asker) -> int | None:
        """Whom an approval would let in: the chat, or the person; a chat that hides who speaks stands for
        them. None where nobody is known.
        """
        if self.mode is Mode.USERS:
            return asker.user if asker.user is not None else asker.chat
        return asker.chat if asker.chat is not None else asker.user

    def allows(self, asker: Asker) -> bool:
        """Whether they may ask there. Whether who asks inline is a member of a group is not known here."""
        if self.mode is Mode.OPEN or asker.user in self._admins:
            return True
        subject = self.subject(asker)
        return subject is not None and (subject in self._listed or subject in self._approved)

    def moved(self, old: int, new: int) -> None:
        """A group that may ask has another number now."""
        if old in self._approved or old in self._listed:
            self.requests.copy(old, new)
            self._approved = self.requests.approved()

    def decide(self, number: int, standing: Standing, by: int) -> Applicant | None:
        """Let one in, or not (any more)."""
        decided = self.requests.decide(number, standing, by)
        self._approved = self.requests.approved()
        return decided


def _as_applicant(row: sa.Row) -> Applicant:  # type: ignore[type-arg]
    return Applicant(row.number, row.name, Standing(row.standing), row.at, row.decided_by)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
