"""What admins did beside changing documents (index/catalogue.py has that), when, and to what: added to, never
changed.

Who may do what is not decided here.
"""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.database import Database
from bot.schema import audit

__all__ = ["HOST", "MARKED_DONE", "Audit", "Deed"]

HOST = 0
"""``who`` for what was done on the command line, where Telegram's ids are not known."""


MARKED_DONE = "marked done"
"""``what`` was done to a question that the sources did not answer; ``details`` hold it as ``question``."""


@dataclass(frozen=True, slots=True)
class Deed:
    """``who`` is a user's numeric id or HOST, ``at`` is UTC; ``details`` is what JSON can hold."""

    row: int
    at: datetime.datetime
    who: int
    what: str
    details: Mapping[str, Any]


class Audit:
    """The log of a database. Raises StoreError when it cannot be read or written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, who: int, what: str, details: Mapping[str, Any] | None = None) -> int:
        """Add a deed; its row."""
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        text = json.dumps(details or {}, ensure_ascii=False)
        values = {"at": now, "who": who, "what": what, "details": text}
        with self._database.transaction() as connection:
            return int(connection.execute(sa.insert(audit).returning(audit.c.id), values).scalar_one())

    def latest(self, most: int, before: int | None = None) -> list[Deed]:
        """The last deeds, or the last before a row; the newest first."""
        query = sa.select(audit).order_by(audit.c.id.desc()).limit(most)
        if before is not None:
            query = query.where(audit.c.id < before)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return [Deed(row.id, row.at, row.who, row.what, json.loads(row.details)) for row in rows]
