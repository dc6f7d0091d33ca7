"""How questions fare: by outcome and by time, a day at a time, and which the sources did not answer.

Days are UTC. Of an answered question nothing is kept but that it was one.
"""

import datetime
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.answer import Outcome
from bot.database import Database
from bot.schema import counts, sizes, times, unanswered

__all__ = ["BUCKETS", "Asked", "Statistics", "Unanswered"]

BUCKETS = (50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000, 2**31 - 1)
"""Milliseconds from a question's arrival to its answer's leaving, at most; the last holds all the rest."""

KEPT = datetime.timedelta(days=90)
"""How long an unanswered question is kept after it was last asked."""

MOST = 10_000
"""Unanswered questions kept: the last asked of them."""

_INSERTS: dict[str, Callable[[sa.Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_TRIM = " \t\n.,!?…"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question whose answer has left after ``seconds``. ``language`` is looked at for unanswered ones."""

    question: str
    outcome: Outcome
    seconds: float
    language: str = ""
    chat_kind: str = "private"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Asked ``number`` times, between ``first`` and ``last`` (UTC); ``outcome`` is the last one."""

    row: int
    question: str
    language: str
    outcome: Outcome
    chat_kind: str
    number: int
    first: datetime.datetime
    last: datetime.datetime
    done: bool


class Statistics:
    """The tables of a database. Raises StoreError when they cannot be read or written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = _INSERTS[database.dialect]
        self._count = self._adding(counts, "outcome")
        self._time = self._adding(times, "upto")
        self._keep = self._keeping()

    def count(self, connection: sa.Connection, asked: Sequence[Asked]) -> None:
        """Count answers that have left, in a transaction of the caller's."""
        if not asked:
            return
        now = _now()
        for statement, key, numbers in (
            (self._count, "outcome", Counter(str(each.outcome) for each in asked)),
            (self._time, "upto", Counter(_bucket(each.seconds) for each in asked)),
        ):
            values = [{"day": now.date(), key: each, "number": number} for each, number in numbers.items()]
            connection.execute(statement, values)
        kept = [_row(each, now) for each in asked if each.outcome is not Outcome.ANSWER]
        if kept := [row for row in kept if row["folded"]]:
            connection.execute(self._keep, kept)

    def sized(self, documents: int, sentences: int) -> None:
        """Store how large the corpus is today."""
        values = {"day": _now().date(), "documents": documents, "sentences": sentences}
        statement = self._insert(sizes).values(values)
        with self._database.transaction() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["day"], set_=values))

    def counts(self, since: datetime.date) -> dict[datetime.date, dict[str, int]]:
        """Answers by outcome, for each day since one that had any."""
        return self._by_day(counts, counts.c.outcome, since)

    def times(self, since: datetime.date) -> dict[datetime.date, dict[int, int]]:
        """Answers by the bucket of their time, for each day since one that had any."""
        return self._by_day(times, times.c.upto, since)

    def sizes(self, since: datetime.date) -> dict[datetime.date, tuple[int, int]]:
        """Documents and sentences, for each day since one that they are known of."""
        query = sa.select(sizes).where(sizes.c.day >= since).order_by(sizes.c.day)
        with self._database.transaction() as connection:
            return {row.day: (row.documents, row.sentences) for row in connection.execute(query)}

    def unanswered(self, most: int, *, skip: int = 0, done: bool = False) -> list[Unanswered]:
        """Questions not answered, those asked most often and last first; with ``done`` those set aside."""
        query = sa.select(unanswered).where(unanswered.c.done.is_(done)).limit(most).offset(skip)
        query = query.order_by(unanswered.c.number.desc(), unanswered.c.last.desc(), unanswered.c.id)
        with self._database.transaction() as connection:
            return [_as_unanswered(row) for row in connection.execute(query).mappings()]

    def mark_done(self, row: int) -> bool:
        """Set a question aside until it is asked again without an answer: whether it was there."""
        query = sa.update(unanswered).where(unanswered.c.id == row).values(done=True)
        with self._database.transaction() as connection:
            return connection.execute(query).rowcount == 1

    def forget_old(self) -> int:
        """Forget unanswered questions past KEPT or MOST: how many."""
        newest = sa.select(unanswered.c.id).order_by(unanswered.c.last.desc(), unanswered.c.id).limit(MOST)
        old = sa.or_(unanswered.c.last < _now() - KEPT, unanswered.c.id.not_in(newest))
        with self._database.transaction() as connection:
            return connection.execute(sa.delete(unanswered).where(old)).rowcount

    def _adding(self, table: sa.Table, key: str) -> sa.Executable:
        """What adds to a day's number."""
        statement = self._insert(table)
        set_ = {"number": table.c.number + statement.excluded.number}
        adding: sa.Executable = statement.on_conflict_do_update(index_elements=["day", key], set_=set_)
        return adding

    def _keeping(self) -> sa.Executable:
        """What adds a question to those not answered, or counts it among them once more."""
        statement = self._insert(unanswered)
        fresh = ("question", "language", "outcome", "chat_kind", "last", "done")
        set_ = {name: statement.excluded[name] for name in fresh}
        set_["number"] = unanswered.c.number + 1
        keeping: sa.Executable = statement.on_conflict_do_update(index_elements=["folded"], set_=set_)
        return keeping

    def _by_day(
        self, table: sa.Table, key: sa.Column[Any], since: datetime.date
    ) -> dict[Any, dict[Any, int]]:
        query = sa.select(table.c.day, key, table.c.number).where(table.c.day >= since).order_by(table.c.day)
        found: dict[Any, dict[Any, int]] = {}
        with self._database.transaction() as connection:
            for day, each, number in connection.execute(query.order_by(key)):
                found.setdefault(day, {})[each] = number
        return found


def _bucket(seconds: float) -> int:
    return BUCKETS[min(bisect_left(BUCKETS, seconds * 1000), len(BUCKETS) - 1)]


def _folded(question: str) -> str:
    """What questions have in common that are the same but for case, spaces and the mark at the end."""
    return " ".join(question.casefold().split()).strip(_TRIM)


def _row(asked: Asked, now: datetime.datetime) -> dict[str, Any]:
    fields = {"question": asked.question, "language": asked.language, "chat_kind": asked.chat_kind}
    fields |= {"folded": _folded(asked.question), "outcome": str(asked.outcome)}
    return {**fields, "number": 1, "first": now, "last": now, "done": False}


def _as_unanswered(row: sa.RowMapping) -> Unanswered:
    fields = {name: value for name, value in row.items() if name not in {"id", "folded", "outcome"}}
    return Unanswered(row["id"], outcome=Outcome(row["outcome"]), **fields)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
