"""What the bot must remember between messages: the answers it has shown, for paging and for edited questions.

The same database holds the statistics, the log of what admins did, and removals that wait for their word.
Every method is synchronous and short; the bot calls them in its executor. Rows older than ``KEPT`` are
forgotten.

Quotes are kept as quote ids: their text is looked up in the index when it is shown.
"""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bot.access import Requests
from bot.audit import Audit
from bot.database import Database, Transaction, file_in
from bot.place import Place
from bot.removals import Removals
from bot.schema import SCHEMA, STATE
from bot.schema import shown as _shown
from bot.statistics import Asked, Statistics

__all__ = ["FOLLOWED", "KEPT", "SCHEMA", "Found", "Shown", "State"]

KEPT = datetime.timedelta(days=30)
"""How long the pages of an answer can be turned."""

FOLLOWED = datetime.timedelta(hours=1)
"""How long a question can be followed up on."""

_LARGEST = 2**63 - 1
"""The largest row number that a database holds; a button may carry any."""

_INSERT = sa.insert(_shown).returning(_shown.c.id, sort_by_parameter_order=True)
_SENT = sa.update(_shown).where(_shown.c.id == sa.bindparam("of")).values(messages=sa.bindparam("by"))


@dataclass(frozen=True, slots=True)
class Found:
    """An answer about to be shown. ``asked`` is 0 where no message asked."""

    place: Place
    asked: int
    question: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer shown: ``asked`` is the message with the question, ``messages`` are the answer's, in one
    chat.

    ``quotes`` are the ids of all that was found, best first; ``at`` is when, UTC.
    """

    row: int
    place: Place
    asked: int
    messages: tuple[int, ...]
    question: str
    quotes: tuple[str, ...]
    at: datetime.datetime = field(compare=False)


class State:
    """The database. Raises StoreError, with place and remedy, when it cannot be opened or written."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, STATE)
        self.statistics = Statistics(self._database)
        self.audit = Audit(self._database)
        self.removals = Removals(self._database)
        self.requests = Requests(self._database)

    @classmethod
    def in_folder(cls, data: Path) -> "State":
        """The SQLite database of a data folder, made where there is none."""
        return cls(file_in(data, "state.sqlite"))

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def remember(self, answers: Sequence[Found]) -> list[int]:
        """Store answers about to be shown and return their rows, in one transaction."""
        now = _now()
        values = [
            {
                "chat": each.place.chat,
                "topic": each.place.topic,
                "asker": each.place.asker,
                "asked": each.asked,
                "question": each.question,
                "quotes": json.dumps(each.quotes),
                "at": now,
            }
            for each in answers
        ]
        with self._transaction() as connection:
            return [int(row) for row in connection.scalars(_INSERT, values)]

    def replace(self, row: int, question: str, quotes: Sequence[str]) -> None:
        """Store another answer in place of one, as when its question was edited."""
        values = {"question": question, "quotes": json.dumps(list(quotes)), "at": _now()}
        with self._transaction() as connection:
            connection.execute(sa.update(_shown).where(_shown.c.id == row).values(values))

    def sent(self, sent: Sequence[tuple[int, Sequence[int]]], asked: Sequence[Asked] = ()) -> None:
        """Store for each row which messages show its answer, and count what was ``asked``; all at once."""
        values = [{"of": row, "by": json.dumps(list(messages))} for row, messages in sent]
        with self._transaction() as connection:
            connection.execute(_SENT, values)
            self.statistics.count(connection, asked)

    def recall(self, row: int, chat: int) -> Shown | None:
        """The answer stored as ``row``, if it was shown in this chat and is not forgotten."""
        if not 0 < row <= _LARGEST:
            return None
        return self._one(_shown.c.id == row, _shown.c.chat == chat)

    def latest(
        self,
        place: Place,
        most: int,
        until: Shown | None = None,
        *,
        within: datetime.timedelta = FOLLOWED,
    ) -> list[Shown]:
        """Up to ``most`` answers at a place ``within`` some time before now, or before another; the newest
        first.
        """
        at_place = (
            _shown.c.chat == place.chat,
            _shown.c.topic == place.topic,
            _shown.c.asker == place.asker,
        )
        end = _now() if until is None else until.at
        query = sa.select(_shown).where(*at_place, _shown.c.at >= end - within)
        if until is not None:
            query = query.where(_shown.c.id < until.row)
        with self._transaction() as connection:
            found = connection.execute(query.order_by(_shown.c.id.desc()).limit(most)).mappings().all()
        return [_as_shown(row) for row in found]

    def moved(self, old: int, new: int) -> None:
        """A chat has another number now."""
        with self._transaction() as connection:
            connection.execute(sa.update(_shown).where(_shown.c.chat == old).values(chat=new))

    def answer_to(self, chat: int, asked: int) -> Shown | None:
        """The last answer to a message."""
        return self._one(_shown.c.chat == chat, _shown.c.asked == asked) if asked else None

    def unsent(self, chat: int, question: str) -> Shown | None:
        """The last answer to a question in a chat of which no message is known to show it."""
        return self._one(_shown.c.chat == chat, _shown.c.question == question, _shown.c.messages == "[]")

    def showing(self, chat: int, message: int) -> Shown | None:
        """The answer that a message of the bot's shows, or is a part of."""
        query = sa.select(_shown).where(_shown.c.chat == chat, _shown.c.at >= _now() - KEPT)
        with self._transaction() as connection:
            found = connection.execute(query.where(_shown.c.messages.contains(str(message)))).mappings().all()
        return next((shown for shown in map(_as_shown, found) if message in shown.messages), None)

    def forget_old(self) -> int:
        """Forget what is older than ``KEPT``; return how many answers that were."""
        with self._transaction() as connection:
            return connection.execute(sa.delete(_shown).where(_shown.c.at < _now() - KEPT)).rowcount

    def _one(self, *where: sa.ColumnElement[bool]) -> Shown | None:
        query = sa.select(_shown).where(*where, _shown.c.at >= _now() - KEPT)
        with self._transaction() as connection:
            found = connection.execute(query.order_by(_shown.c.id.desc()).limit(1)).mappings().first()
        return None if found is None else _as_shown(found)

    def _transaction(self) -> Transaction:
        return self._database.transaction()


def _as_shown(row: sa.RowMapping) -> Shown:
    messages, quotes = tuple(json.loads(row["messages"])), tuple(json.loads(row["quotes"]))
    place = Place(row["chat"], row["topic"], row["asker"])
    return Shown(row["id"], place, row["asked"], messages, row["question"], quotes, row["at"])


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
