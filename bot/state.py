"""What the bot must remember between messages: the answers it has shown, for paging and for edited questions.

SQLAlchemy Core over one database, SQLite under the data folder by default. Every method is synchronous and
short; the bot calls them in its executor. Rows older than ``KEPT`` are forgotten.

Quotes are kept as quote ids: their text is looked up in the index when it is shown.
"""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from index.errors import StoreError

__all__ = ["KEPT", "SCHEMA", "Found", "Shown", "State"]

KEPT = datetime.timedelta(days=30)
"""How long the pages of an answer can be turned."""

SCHEMA = 1
"""Version of the tables, stored in the database; an older one is migrated when it is opened."""

_LARGEST = 2**63 - 1
"""The largest row number that a database holds; a button may carry any."""

_metadata = sa.MetaData()
_shown = sa.Table(
    "shown",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("chat", sa.BigInteger, nullable=False),
    sa.Column("asked", sa.BigInteger, nullable=False),
    sa.Column("messages", sa.Text, nullable=False, server_default="[]"),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("quotes", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Index("shown_asked", "chat", "asked"),
    sa.Index("shown_at", "at"),
    sqlite_autoincrement=True,  # an old button must never meet a newer answer under its row
)
_INSERT = sa.insert(_shown).returning(_shown.c.id, sort_by_parameter_order=True)
_SENT = sa.update(_shown).where(_shown.c.id == sa.bindparam("of")).values(messages=sa.bindparam("by"))
_version = sa.Table("schema_version", _metadata, sa.Column("version", sa.Integer, nullable=False))


@dataclass(frozen=True, slots=True)
class Found:
    """An answer about to be shown. ``asked`` is 0 where no message asked."""

    chat: int
    asked: int
    question: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer shown: ``asked`` is the message with the question, ``messages`` are the answer's, in one
    chat.

    ``quotes`` are the ids of all that was found, best first.
    """

    row: int
    chat: int
    asked: int
    messages: tuple[int, ...]
    question: str
    quotes: tuple[str, ...]


class State:
    """The database. Raises StoreError, with place and remedy, when it cannot be opened or written."""

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url)
        self._place = self._engine.url.database or self._engine.url.render_as_string(hide_password=True)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _tune_sqlite)
        try:
            self._migrate()
        except SQLAlchemyError as error:
            self._engine.dispose()
            raise self._fault(error) from error

    @classmethod
    def in_folder(cls, data: Path) -> "State":
        """The SQLite database of a data folder, made where there is none."""
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            fault = (error.strerror or str(error)).lower()
            raise StoreError(data, fault, "set QUOTH_DATA to a folder that can be written") from error
        return cls(f"sqlite:///{data / 'state.sqlite'}")

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def remember(self, answers: Sequence[Found]) -> list[int]:
        """Store answers about to be shown and return their rows, in one transaction."""
        now = _now()
        values = [
            {
                "chat": each.chat,
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

    def sent(self, sent: Sequence[tuple[int, Sequence[int]]]) -> None:
        """Store for each row which messages show its answer, in one transaction."""
        values = [{"of": row, "by": json.dumps(list(messages))} for row, messages in sent]
        with self._transaction() as connection:
            connection.execute(_SENT, values)

    def recall(self, row: int, chat: int) -> Shown | None:
        """The answer stored as ``row``, if it was shown in this chat and is not forgotten."""
        if not 0 < row <= _LARGEST:
            return None
        return self._one(_shown.c.id == row, _shown.c.chat == chat)

    def latest(self, chat: int, most: int, before: int | None = None) -> list[Shown]:
        """The last answers in a chat, or the last before a row; the newest first."""
        query = sa.select(_shown).where(_shown.c.chat == chat, _shown.c.at >= _now() - KEPT)
        if before is not None:
            query = query.where(_shown.c.id < before)
        with self._transaction() as connection:
            found = connection.execute(query.order_by(_shown.c.id.desc()).limit(most)).mappings().all()
        return [_as_shown(row) for row in found]

    def answer_to(self, chat: int, asked: int) -> Shown | None:
        """The answer to a message."""
        return self._one(_shown.c.chat == chat, _shown.c.asked == asked) if asked else None

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
            found = connection.execute(query).mappings().first()
        return None if found is None else _as_shown(found)

    def _transaction(self) -> "_Transaction":
        return _Transaction(self)

    def _migrate(self) -> None:
        with self._engine.begin() as connection:
            _metadata.create_all(connection)
            version = connection.execute(sa.select(_version.c.version)).scalar()
            if version is None:
                connection.execute(sa.insert(_version).values(version=SCHEMA))
            elif version > SCHEMA:
                raise StoreError(self._place, "was written by a newer Quoth", "use that version, or newer")

    def _fault(self, error: SQLAlchemyError) -> StoreError:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        return StoreError(self._place, said, "look at the disk and the file's rights")


class _Transaction:
    """A transaction whose errors are a StoreError."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._begun = state._engine.begin()

    def __enter__(self) -> sa.Connection:
        try:
            return self._begun.__enter__()
        except SQLAlchemyError as error:
            raise self._state._fault(error) from error

    def __exit__(self, *cause: object) -> None:
        try:
            self._begun.__exit__(*cause)  # type: ignore[arg-type]
        except SQLAlchemyError as error:
            raise self._state._fault(error) from error
        if isinstance(cause[1], SQLAlchemyError):
            raise self._state._fault(cause[1]) from cause[1]


def _as_shown(row: sa.RowMapping) -> Shown:
    messages, quotes = tuple(json.loads(row["messages"])), tuple(json.loads(row["quotes"]))
    return Shown(row["id"], row["chat"], row["asked"], messages, row["question"], quotes)


def _tune_sqlite(connection: object, _record: object) -> None:
    """Readers beside the writer, a wait for the other process instead of an error, one sync a checkpoint."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
