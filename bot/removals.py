"""Removals that wait for a word to be typed: one for each admin, kept over a restart.

Whether a word confirms one is decided by who asks, and so is whether it came in time.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.database import Database
from bot.schema import removals

__all__ = ["Removal", "Removals"]


@dataclass(frozen=True, slots=True)
class Removal:
    """The id of the document that is to go, the word that is to be typed, and until when (Unix time)."""

    document: str
    word: str
    until: float


class Removals:
    """The table of a database. Raises StoreError when it cannot be read or written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> dict[int, Removal]:
        """Those that wait, also in vain, by admin."""
        with self._database.transaction() as connection:
            rows = connection.execute(sa.select(removals)).all()
        return {row.admin: Removal(row.document, row.word, row.until) for row in rows}

    def keep(self, admin: int, removal: Removal) -> None:
        """Store what an admin is asked to confirm, in place of what they were asked before."""
        values = {"document": removal.document, "word": removal.word, "until": removal.until}
        with self._database.transaction() as connection:
            connection.execute(sa.delete(removals).where(removals.c.admin == admin))
            connection.execute(sa.insert(removals).values(admin=admin, **values))

    def drop(self, admin: int) -> None:
        """Forget what an admin was asked to confirm."""
        with self._database.transaction() as connection:
            connection.execute(sa.delete(removals).where(removals.c.admin == admin))
