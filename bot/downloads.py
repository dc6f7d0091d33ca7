"""Files of messages, fetched from the Bot API server into a folder of ours.

The folder is emptied at the start: what is in it belongs to nobody once the process has ended. A file's name
there is a number; what its sender called it is never a path.

What is in a file is index/readers' business.
"""

import asyncio
import itertools
import logging
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.requests import AiohttpRequest
from bot.texts import admin as texts
from index.errors import DocumentError

__all__ = ["OTHER_LARGEST", "TELEGRAM_LARGEST", "Downloads"]

TELEGRAM_LARGEST = 20 * 2**20
"""Bytes of a file that Telegram's own server hands to a bot, https://core.telegram.org/bots/api#getfile."""

OTHER_LARGEST = 64_000_000
"""Bytes of a file from another server: larger than any that can be read."""

TRIES = 3
PAUSE = 1.0
"""Seconds before the second try; before the third twice as long."""

_log = logging.getLogger(__name__)


class Downloads:
    """Fetches files into ``folder``. ``api`` and ``files`` are the addresses that end with the token."""

    def __init__(
        self, request: AiohttpRequest, api: str, files: str, folder: Path, *, own_server: bool
    ) -> None:
        self._request, self._api, self._files, self._folder = request, api, files, folder
        self._own_server = own_server
        self._numbers = itertools.count(1)

    @property
    def largest(self) -> int:
        """Bytes of the largest file that can be fetched."""
        return OTHER_LARGEST if self._own_server else TELEGRAM_LARGEST

    def clear(self) -> None:
        """Remove what an earlier process left."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def check(self, name: str, size: int | None) -> None:
        """DocumentError for a file that is known to be too large, or to be empty, before it is fetched."""
        if size is not None and size > self.largest:
            raise DocumentError(name, *texts.too_large(self.largest, own_server=self._own_server))
        if size == 0:
            raise DocumentError(name, *texts.EMPTY)

    @asynccontextmanager
    async def fetched(self, name: str, file_id: str) -> AsyncIterator[Path]:
        """The file of an id, for as long as this is open. DocumentError, in words, where it does not come."""
        path = self._folder / f"{next(self._numbers):06d}"
        try:
            await self._fetch(name, file_id, path)
            yield path
        finally:
            _remove(path)

    @asynccontextmanager
    async def written(self, name: str, text: str) -> AsyncIterator[Path]:
        """A text as a file, for as long as this is open. DocumentError where it cannot be written."""
        path = self._folder / f"{next(self._numbers):06d}"
        try:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                await asyncio.to_thread(path.write_text, text, "utf-8")
            except OSError as error:
                raise DocumentError(name, *texts.not_kept((error.strerror or str(error)).lower())) from error
            yield path
        finally:
            _remove(path)

    async def _fetch(self, name: str, file_id: str, path: Path) -> None:
        for tries in range(TRIES):
            try:
                await self._once(file_id, path)
            except OSError as error:
                fault = (error.strerror or str(error)).lower()
                raise DocumentError(name, *texts.not_kept(fault)) from error
            except TelegramError as error:
                final = isinstance(error, BadRequest) or not isinstance(error, NetworkError | RetryAfter)
                if final or tries == TRIES - 1:
                    if "too big" in str(error).lower():  # as Telegram's own server says
                        raise DocumentError(
                            name, *texts.too_large(TELEGRAM_LARGEST, own_server=False)
                        ) from error
                    raise DocumentError(name, *texts.not_fetched(str(error))) from error
                _log.info("a file did not come (%s); trying again", error)
                await asyncio.sleep(PAUSE * 2**tries)
            else:
                return

    async def _once(self, file_id: str, path: Path) -> None:
        found = await self._request.call(f"{self._api}/getFile", {"file_id": file_id})
        place = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(place, str):
            raise NetworkError("the server does not say where the file is")
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._own_server and place.startswith("/"):  # a server in its --local mode hands out its own files
            await asyncio.to_thread(_copy, Path(place), path, self.largest)
            return
        with path.open("wb") as file:

            async def take(part: bytes) -> None:
                await asyncio.to_thread(file.write, part)

            await self._request.download(f"{self._files}/{quote(place)}", take, self.largest)


def _remove(path: Path) -> None:
    """Remove a file that was used; one that cannot be goes at the next start."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _copy(source: Path, path: Path, largest: int) -> None:
    """Copy a file of the server's. NetworkError where it is larger than it may be."""
    with source.open("rb") as given, path.open("wb") as taken:
        _copy_up_to(given, taken, largest)


def _copy_up_to(given: IO[bytes], taken: IO[bytes], largest: int) -> None:
    size = 0
    while part := given.read(2**20):
        size += len(part)
        if size > largest:
            raise NetworkError(f"the file has more than {largest:,} bytes")
        taken.write(part)
