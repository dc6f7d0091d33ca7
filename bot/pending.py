"""Uploads that were received and are not yet part of the corpus: kept, so that a kill does not lose them.

    QUOTH_DATA/incoming/300000012.json    the update that brought it, as Telegram sent it

What is done with them is handlers/uploads.py's business.
"""

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

from telegram import Update

from index.durable import read_sealed, remove, write_sealed
from index.errors import DamagedError

__all__ = ["Pending"]

MOST_TRIES = 3
"""Starts of the bot at which one upload is tried, but for those after a run that ended well; then it is given
up: it may be what ends the process.
"""

_log = logging.getLogger(__name__)


class Pending:
    """The folder. Its methods block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, update: Update) -> None:
        """Keep an update durably. Raises StoreError."""
        self._write(update.update_id, update.to_dict(), 0)

    def drop(self, numbers: list[int]) -> None:
        """Forget updates whose uploads are done with."""
        for number in numbers:
            remove(self._path(number))

    def left(self) -> list[dict[str, Any]]:
        """The updates of an earlier process, in order, each of which counts as tried once more."""
        found = []
        for path in sorted(self._folder.glob("*.json"), key=lambda path: path.name.zfill(30)):
            try:
                kept = read_sealed(path)
            except (DamagedError, ValueError) as error:
                _log.warning("an upload that was not finished is lost: %s", error)
                remove(path)
                continue
            if kept["tries"] >= MOST_TRIES:
                _log.error("update %s is given up after %d tries", path.stem, MOST_TRIES)
                remove(path)
                continue
            self._write(int(path.stem), kept["update"], kept["tries"] + 1)
            found.append(kept["update"])
        return found

    def forgive(self) -> None:
        """Count no try of what is left: the process ends well. Raises StoreError."""
        for path in sorted(self._folder.glob("*.json")):
            with suppress(DamagedError, FileNotFoundError):
                kept = read_sealed(path)
                if kept["tries"]:
                    self._write(int(path.stem), kept["update"], 0)

    def _write(self, number: int, update: dict[str, Any], tries: int) -> None:
        write_sealed(self._path(number), {"tries": tries, "update": update})

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.json"
