"""How questions fare: by outcome and by time, a day at a time, and which the sources did not answer.

Days are UTC. Of an answered question nothing is kept but that it was one; of who asked, nothing ever.
"""

import datetime
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.answer import Outcome
from bot.database import Database
from bot.grouping import group_key
from bot.schema import counts, sizes, times, unanswered

__all__ = ["BUCKETS", "Asked", "Fare", "Statistics", "Unanswered", "within"]

BUCKETS = (50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000, 2**31 - 1)
"""Milliseconds from a question's arrival to its answer's leaving, at most; the last holds all the rest."""

KEPT = datetime.timedelta(days=90)
"""How long an unanswered question is kept after it was last asked."""

MOST = 10_000
"""Unanswered questions kept: the last asked of them."""

_INSERTS: dict[str, Callable[[sa.Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_LARGEST = 2**63 - 1
"""The largest row number that a database holds; a button may carry any."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question whose answer has left after ``seconds``. ``language`` is looked at for unanswered ones;
    ``chat_kind`` is ``private`` or ``group``.
    """

    question: str
    outcome: Outcome
    seconds: float
    language: str = ""
    chat_kind: str = "private"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A group of questions that are the same, see grouping.py; ``question`` is the last of them as typed.

    Asked ``number`` times, between ``first`` and ``last`` (UTC); ``outcome`` is the last one.
    """

    row: int
    question: str
    language: str
    outcome: Outcome
    chat_kind: str
    number: int
    first: datetime.datetime
    last: datetime.datetime
    done: bool


@dataclass(frozen=True, slots=True)
class Fare:
    """How the questions of the last ``days`` fared: how many by outcome, and the buckets, in milliseconds,
    that half and 95 % of the answers are in; None where there was no question.
    """

    days: int
    outcomes: Mapping[Outcome, int]
    median: int | None
    p95: int | None


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
        if kept := [row for row in kept if row["key"]]:
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

    def fares(self, spans: Sequence[int]) -> list[Fare]:
        """How questions fared in each span of days that ends with today."""
        today = _now().date()
        first = today - datetime.timedelta(days=max(spans) - 1)
        outcomes, times = self.counts(first), self.times(first)

        def fare(days: int) -> Fare:
            since = today - datetime.timedelta(days=days - 1)
            summed = _summed(numbers for day, numbers in outcomes.items() if day >= since)
            took = _summed(numbers for day, numbers in times.items() if day >= since)
            by_outcome = {each: summed[str(each)] for each in Outcome}
            return Fare(days, by_outcome, within(took, 50), within(took, 95))

        return [fare(days) for days in spans]

    def open_groups(self) -> dict[Outcome, int]:
        """How many groups of unanswered questions are not set aside, by their last outcome."""
        column = unanswered.c.outcome
        query = sa.select(column, sa.func.count()).where(unanswered.c.done.is_(False)).group_by(column)
        with self._database.transaction() as connection:
            found = {row[0]: row[1] for row in connection.execute(query)}
        return {each: found.get(str(each), 0) for each in (Outcome.CLOSEST, Outcome.NONE)}

    def unanswered(self, most: int, *, skip: int = 0, done: bool = False) -> list[Unanswered]:
        """Questions not answered, those asked most often and last first; with ``done`` those set aside."""
        query = sa.select(unanswered).where(unanswered.c.done.is_(done)).limit(most).offset(skip)
        query = query.order_by(unanswered.c.number.desc(), unanswered.c.last.desc(), unanswered.c.id)
        with self._database.transaction() as connection:
            return [_as_unanswered(row) for row in connection.execute(query).mappings()]

    def mark_done(self, row: int, seen: int) -> str | None:
        """Set a group aside until it is asked again without an answer: its question, None where that is not
        done.

        It is not where the group was asked more often than ``seen``, the number that was shown, or is gone.
        """
        if not 0 < row <= _LARGEST:
            return None
        query = sa.update(unanswered).where(unanswered.c.id == row, unanswered.c.number <= seen)
        with self._database.transaction() as connection:
            question = connection.scalar(query.values(done=True).returning(unanswered.c.question))
        return None if question is None else str(question)

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
        keeping: sa.Executable = statement.on_conflict_do_update(index_elements=["key"], set_=set_)
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


def within(times: Mapping[int, int], percent: int) -> int | None:
    """The bucket that ``percent`` of the times are in or below, by nearest rank; None where there is none."""
    left = -(-sum(times.values()) * percent // 100)
    for bucket in sorted(times):
        left -= times[bucket]
        if times[bucket] and left <= 0:
            return bucket
    return None


def _summed(days: Iterable[Mapping[Any, int]]) -> Counter[Any]:
    total: Counter[Any] = Counter()
    for numbers in days:
        total.update(numbers)
    return total


def _row(asked: Asked, now: datetime.datetime) -> dict[str, Any]:
    fields = {"question": asked.question, "language": asked.language, "chat_kind": asked.chat_kind}
    fields |= {"key": group_key(asked.question, asked.language), "outcome": str(asked.outcome)}
    return {**fields, "number": 1, "first": now, "last": now, "done": False}


def _as_unanswered(row: sa.RowMapping) -> Unanswered:
    fields = {name: value for name, value in row.items() if name not in {"id", "key", "outcome"}}
    return Unanswered(row["id"], outcome=Outcome(row["outcome"]), **fields)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
