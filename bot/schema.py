"""The tables of the state, and how those of an older version become them.

What is written there is the business of state.py, statistics.py, audit.py,
access.py and removals.py.
"""

from typing import Any

import sqlalchemy as sa

from bot.database import Schema
from bot.grouping import group_key

__all__ = [
    "SCHEMA",
    "STATE",
    "access",
    "audit",
    "counts",
    "removals",
    "shown",
    "sizes",
    "times",
    "unanswered",
]

SCHEMA = 4
"""Version of the tables, stored in the database; an older one is migrated when it is opened."""

_tables = sa.MetaData()
_versions = sa.Table("schema_version", _tables, sa.Column("version", sa.Integer, nullable=False))

shown = sa.Table(
    "shown",
    _tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("chat", sa.BigInteger, nullable=False),
    sa.Column("topic", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("asker", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("asked", sa.BigInteger, nullable=False),
    sa.Column("messages", sa.Text, nullable=False, server_default="[]"),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("quotes", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Index("shown_asked", "chat", "asked"),
    sa.Index("shown_at", "at"),
    sqlite_autoincrement=True,  # an old button must never meet a newer answer under its row
)
"""Answers shown."""

unanswered = sa.Table(
    "unanswered",
    _tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(32), nullable=False, unique=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("chat_kind", sa.String(16), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("first", sa.DateTime, nullable=False),
    sa.Column("last", sa.DateTime, nullable=False),
    sa.Column("done", sa.Boolean, nullable=False),
    sa.Index("unanswered_last", "last"),
    sqlite_autoincrement=True,  # an old button must never set another question aside
)
"""Questions that the sources did not answer, one row for all that are the same, see grouping.py."""

counts = sa.Table(
    "counts",
    _tables,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("outcome", sa.String(16), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)
"""Answers a day (UTC), by their outcome."""

times = sa.Table(
    "times",
    _tables,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("upto", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)
"""Answers a day (UTC), by how many milliseconds they took at most; see ``statistics.BUCKETS``."""

sizes = sa.Table(
    "sizes",
    _tables,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("documents", sa.Integer, nullable=False),
    sa.Column("sentences", sa.Integer, nullable=False),
)
"""How large the corpus was at the end of a day (UTC), on days when it was looked at."""

audit = sa.Table(
    "audit",
    _tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("who", sa.BigInteger, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
)
"""What admins did; rows are added only."""


removals = sa.Table(
    "removals",
    _tables,
    sa.Column("admin", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("word", sa.String(32), nullable=False),
    sa.Column("until", sa.Double, nullable=False),
)
"""Removals that wait for their word; ``until`` is Unix time."""


access = sa.Table(
    "access",
    _tables,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("standing", sa.String(16), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("decided_by", sa.BigInteger),
)
"""Chats and people that asked to be let in, and what was decided."""


def _to_second(connection: sa.Connection) -> None:
    """Version 1 knew answers shown alone."""
    _tables.create_all(connection, tables=[unanswered, counts, times, sizes, audit])


def _to_third(connection: sa.Connection) -> None:
    """Version 2 knew no removals, and took questions for the same that differ in case and spaces alone."""
    columns = [column for column in unanswered.c if column.name not in {"id", "key"}]
    rows = connection.execute(sa.select(*columns).order_by(unanswered.c.last)).mappings().all()
    groups: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = group_key(row["question"], row["language"])
        before = groups.pop(key, row)
        number = row["number"] + (before["number"] if before is not row else 0)
        merged = {"number": number, "first": min(before["first"], row["first"])}
        groups[key] = {**row, **merged, "done": before["done"] and row["done"], "key": key}
    unanswered.drop(connection)
    _tables.create_all(connection, tables=[unanswered, removals])
    if kept := [group for key, group in groups.items() if key]:
        connection.execute(sa.insert(unanswered), kept)


def _to_fourth(connection: sa.Connection) -> None:
    """Version 3 knew private chats alone, and nobody who may not ask."""
    for name in ("topic", "asker"):
        connection.execute(sa.text(f"ALTER TABLE shown ADD COLUMN {name} BIGINT NOT NULL DEFAULT 0"))
    _tables.create_all(connection, tables=[access])


STATE = Schema(SCHEMA, _tables, _versions, {1: _to_second, 2: _to_third, 3: _to_fourth})
