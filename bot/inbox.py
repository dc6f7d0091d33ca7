"""Updates, durable before they are confirmed, and kept until their answer has left.

What was put in and is not finished is given out again at the next start, in order: work is done at least
once. An update that comes again is known by its id and left out. What is finished keeps no content, but for
what was set aside: an update that ends the process, or that no work gets through, again and again.

How updates arrive and what is done with them is not known here. The event loop never waits for the disk.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.batches import Batches
from bot.database import Database, Schema, file_in
from bot.entry import Entry, Fate
from bot.raw import Raw, decoded
from index.errors import StoreError

__all__ = ["INBOX", "MOST_ATTEMPTS", "MOST_DEATHS", "Counted", "Inbox", "counted"]

INBOX = "inbox.sqlite"
"""Name of the file in the data folder."""

MOST_ATTEMPTS = 3
"""How often an update is tried that raises."""

MOST_DEATHS = 5
"""How often an update is tried alone, where the process ended with it in hand. Kills from elsewhere may hit
one a few times in a row; one that ends the process does so each time.
"""

SAME = 3 * 86_400.0
"""Seconds within which an id is the same update, whatever it holds. Telegram keeps updates for a day, and may
begin anew with its ids after a week without any.
"""

KEPT = 30 * 86_400.0
"""Seconds that an update set aside is kept."""

GATHER = 0.005
"""Seconds that what is finished waits for more of it: one commit for all."""

TOGETHER = 1000
"""Changes of one commit at most."""

RETRY = 1.0
"""Seconds between tries to write down what is finished, where the disk does not take it."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


_tables = sa.MetaData()
_inbox = sa.Table(
    "inbox",
    _tables,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.LargeBinary(16), nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("sent", sa.Text, nullable=False),
    sa.Column("fate", sa.String(8), nullable=False),
    sa.Index("inbox_number", "number"),
    sqlite_autoincrement=True,
)
_versions = sa.Table("inbox_version", _tables, sa.Column("version", sa.Integer, nullable=False))
_SCHEMA = Schema(1, _tables, _versions, {})

_PUT = sa.insert(_inbox).returning(_inbox.c.row, sort_by_parameter_order=True)
_OF = _inbox.c.row == sa.bindparam("of")
_MARKED = sa.update(_inbox).where(_inbox.c.row.in_(sa.bindparam("rows", expanding=True)))
_FINISH = {fate: _MARKED.values(fate=str(fate), raw=b"", sent="") for fate in Fate}
_FINISH[Fate.ASIDE] = _MARKED.values(fate=str(Fate.ASIDE))
_ATTEMPT = sa.update(_inbox).where(_OF).values(attempts=sa.bindparam("by"))
_SENT = sa.update(_inbox).where(_OF).values(sent=sa.bindparam("by"))


_Mark = tuple[sa.Executable, int, Any]
"""A statement, its row, and the value that it stores there, None where that is in the statement."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many updates wait, and the ids of those set aside, oldest first."""

    waiting: int
    aside: tuple[int, ...]


class Inbox:
    """The table. Raises StoreError when it cannot be opened or written."""

    def __init__(self, url: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="inbox")
        self._durable = Database(url, _SCHEMA, durable=True)
        self._quick = Database(url, _SCHEMA)
        with self._quick.transaction() as connection:
            self._highest: int = connection.scalar(sa.select(sa.func.max(_inbox.c.number))) or 0
        self._arrivals = Batches(self._store, most=TOGETHER)
        self._marks: Batches[_Mark, None] = Batches(self._write_down, most=TOGETHER, gather=GATHER)
        self._urgent: Batches[_Mark, None] = Batches(self._write_down, most=TOGETHER)

    @classmethod
    def in_folder(cls, data: Path) -> "Inbox":
        """The inbox of a data folder, made where there is none."""
        return cls(file_in(data, INBOX))

    async def close(self) -> None:
        """Close it, once what is under way is written, if the disk takes it in two seconds."""
        await asyncio.gather(self._marks.finish(2), self._urgent.finish(2))
        self._pool.shutdown()
        self._durable.close()
        self._quick.close()

    # -- what comes in -------------------------------------------------------------------------------------

    async def put(self, raws: Sequence[Raw]) -> list[Entry]:
        """Those of the updates that are new, in order. On the disk when this returns, all in one commit, but
        for the expiring ones, which are not stored, and those without an id.
        """
        return await self._arrivals.do(raws) if raws else []

    async def unfinished(self) -> list[Entry]:
        """What an earlier run left, in order, with the attempts made so far."""
        query = sa.select(_inbox).where(_inbox.c.fate == str(Fate.WAITING)).order_by(_inbox.c.row)

        def read() -> list[Entry]:
            with self._quick.transaction() as connection:
                return [_as_entry(row) for row in connection.execute(query)]

        return await self._run(read)

    async def _store(self, groups: Sequence[Sequence[Raw]]) -> list[list[Entry] | Exception]:
        return await self._run(lambda: self._put(groups))

    def _put(self, groups: Sequence[Sequence[Raw]]) -> list[list[Entry] | Exception]:
        """In one transaction, which is on the disk when this returns."""
        lasting = [raw for group in groups for raw in group if raw.lasting]
        with self._durable.transaction() as connection:
            new = self._unseen(connection, lasting)
            values = [_as_row(raw, digest) for raw, digest in new]
            found = connection.scalars(_PUT, values).all() if values else ()
        rows = {id(raw): row for (raw, _), row in zip(new, found, strict=True)}
        self._highest = max([self._highest, *(raw.number or 0 for raw in lasting)])
        return [
            [Entry(raw, rows.get(id(raw))) for raw in group if id(raw) in rows or not raw.lasting]
            for group in groups
        ]

    def _unseen(self, connection: sa.Connection, raws: Sequence[Raw]) -> list[tuple[Raw, bytes]]:
        """Those whose id was not put in before, lately or with the same content; with their digests."""
        known = self._known(connection, raws)
        new = []
        for raw, digest in ((raw, _digest(raw)) for raw in raws):
            if not {(raw.number, None), (raw.number, digest)} & known:
                known.add((raw.number, None))
                new.append((raw, digest))
        return new

    def _known(self, connection: sa.Connection, raws: Sequence[Raw]) -> set[tuple[int | None, bytes | None]]:
        """Ids that were put in before: with any content where that was lately, else with a digest's alone."""
        numbers = [raw.number for raw in raws if raw.number is not None and raw.number <= self._highest]
        if not numbers:
            return set()
        query = sa.select(_inbox.c.number, _inbox.c.digest, _inbox.c.at).where(_inbox.c.number.in_(numbers))
        now = time.time()
        return {
            (number, None if abs(now - at) < SAME else digest)
            for number, digest, at in connection.execute(query)
        }

    # -- what becomes of it --------------------------------------------------------------------------------

    async def finish(self, entry: Entry, fate: Fate) -> None:
        """Write down what became of an update; it is not given out again."""
        await self._mark(self._marks, entry, _FINISH[fate], None)

    async def attempt(self, entry: Entry) -> None:
        """Count another attempt, before it is made."""
        entry.attempts += 1
        await self._mark(self._urgent, entry, _ATTEMPT, entry.attempts)

    def harmless(self, entry: Entry) -> None:
        """Work on an update has come so far that it does not end the process; written down soon."""
        entry.attempts = 1
        if entry.row is not None:
            self._urgent.submit((_ATTEMPT, entry.row, 1))

    async def note_sent(self, entry: Entry, content: str, message: int) -> None:
        """Write down that a part of an update's answer has left, so that it does not leave again."""
        entry.sent[content] = message
        await self._mark(self._urgent, entry, _SENT, json.dumps(entry.sent))

    async def forgive(self) -> None:
        """A run that ends well blames none of the updates that it leaves unfinished."""
        query = sa.update(_inbox).where(_inbox.c.fate == str(Fate.WAITING)).values(attempts=0)
        await self._run(lambda: self._execute(query))

    async def forget_old(self) -> None:
        """Forget what is finished and cannot come again, and what was set aside long ago."""
        aside, now = _inbox.c.fate == str(Fate.ASIDE), time.time()
        finished = sa.and_(_inbox.c.fate != str(Fate.WAITING), ~aside, _inbox.c.at < now - SAME)
        query = sa.delete(_inbox).where(sa.or_(finished, sa.and_(aside, _inbox.c.at < now - KEPT)))
        await self._run(lambda: self._execute(query))

    @staticmethod
    async def _mark(marks: Batches[_Mark, None], entry: Entry, statement: sa.Executable, by: Any) -> None:
        """Cancelled while it waits, it is written all the same."""
        if entry.row is not None:
            mark = statement, entry.row, by
            try:
                await marks.submit(mark)
            except asyncio.CancelledError:
                marks.submit(mark)
                raise

    async def _write_down(self, marks: Sequence[_Mark]) -> list[Exception | None]:
        """Until the disk takes it: what is not written would be sent again after the next start."""
        while True:
            try:
                await self._run(lambda: self._written_down(marks))
            except StoreError as error:
                _log.error("%d marks cannot be written, trying again: %s", len(marks), error)
                await asyncio.sleep(RETRY)
            else:
                return [None] * len(marks)

    def _written_down(self, marks: Sequence[_Mark]) -> None:
        with self._quick.transaction() as connection:
            for statement in dict.fromkeys(statement for statement, _, _ in marks):
                rows = [(row, by) for which, row, by in marks if which is statement]
                if rows[0][1] is None:
                    connection.execute(statement, {"rows": [row for row, _ in rows]})
                else:
                    connection.execute(statement, [{"of": row, "by": by} for row, by in rows])

    def _execute(self, statement: sa.Executable) -> None:
        with self._quick.transaction() as connection:
            connection.execute(statement)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def _digest(raw: Raw) -> bytes:
    return blake2b(raw.text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _as_row(raw: Raw, digest: bytes) -> dict[str, Any]:
    fields = {"number": raw.number, "digest": digest, "raw": raw.text.encode("utf-8", "surrogatepass")}
    return {**fields, "at": time.time(), "attempts": 1, "sent": "", "fate": str(Fate.WAITING)}


def _as_entry(row: Any) -> Entry:
    raw = replace(decoded(row.raw.decode("utf-8", "surrogatepass")), number=row.number)
    return Entry(raw, row.row, row.attempts, resumed=True, sent=json.loads(row.sent or "{}"))


def counted(data: Path) -> Counted | None:
    """What the inbox of a data folder holds, only read; None where there is none. Raises StoreError."""
    path = data / INBOX
    if not path.exists():
        return None
    engine = sa.create_engine(f"sqlite:///file:{quote(str(path))}?mode=ro&uri=true")
    query = sa.select(_inbox.c.number, _inbox.c.fate).order_by(_inbox.c.row)
    try:
        with engine.connect() as connection:
            rows = connection.execute(
                query.where(_inbox.c.fate.in_((str(Fate.WAITING), str(Fate.ASIDE))))
            ).all()
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise StoreError(path, said, "look at the disk and the file's rights") from error
    finally:
        engine.dispose()
    aside = tuple(number for number, fate in rows if fate == str(Fate.ASIDE))
    return Counted(len(rows) - len(aside), aside)
