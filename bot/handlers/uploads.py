"""What admins send in: files, zips, albums, forwarded posts, and messages replied to with ``/add``.

What comes in quick succession is one change with one preview and one Undo. Each update is kept on the disk
before its handler returns, and forgotten once its change is durable or refused; what a kill left over is
taken up at the next start. One message tells how far it is: received, read, and at last what it came to.

How a change is made is index/changes.py's business, what is shown of it listing.py's.
"""

import asyncio
import logging
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from telegram import Bot, Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot import listing, render
from bot.background import Background
from bot.downloads import Downloads
from bot.engine import Engine
from bot.gate import Gate
from bot.outbox import Outbox
from bot.pending import Pending
from bot.posts import Piece, filed, posted
from bot.texts import admin as texts
from bot.texts import telegram
from index.catalogue import Change
from index.changes import Add, Incoming
from index.errors import DocumentError, QuothError
from index.readers import ARCHIVE

__all__ = ["QUIET", "Uploads"]

QUIET = 1.0
"""Seconds after the last file until those that came together are taken: an album comes within one."""

MOST = 100
"""Files of one change; more make another."""

_COMMAND = re.compile(r"\s*/add(?:@\w+)?\s*", re.IGNORECASE)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Batch:
    """What came together from one admin, by update number; ``last`` is when the latest came (loop time)."""

    admin: int
    pieces: dict[int, Piece] = field(default_factory=dict)
    last: float = 0.0
    shown: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Taken:
    """A batch on its way into the corpus: files at hand, and why others are not."""

    files: list[Incoming] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Uploads:
    """Takes in what admins send. ``folder`` is where what is not yet done is kept."""

    def __init__(  # noqa: PLR0913 - the parts, put together once
        self,
        gate: Gate,
        engine: Engine,
        outbox: Outbox,
        *,
        downloads: Downloads,
        background: Background,
        folder: Path,
    ) -> None:
        self._gate, self._engine, self._outbox = gate, engine, outbox
        self._downloads, self._background, self._folder = downloads, background, folder
        self._pending = Pending(folder)
        self._open: dict[int, _Batch] = {}
        self._in_hand: set[int] = set()
        self._turn = asyncio.Lock()

    async def resume(self, bot: Bot) -> None:
        """Take up what an earlier process received and did not finish."""
        try:
            left = await asyncio.to_thread(self._pending.left)
        except QuothError as error:
            _log.error("what was received before the start cannot be read: %s", error)
            return
        for value in left:
            update = Update.de_json(value, bot)
            admin, message = self._gate.writer(update), update.message
            piece = _piece(message) if admin is not None and message is not None else ""
            if admin is not None and isinstance(piece, Piece) and update.update_id not in self._in_hand:
                self._in_hand.add(update.update_id)
                self._gather(admin, update.update_id, piece)

    async def forgive(self) -> None:
        """A run that ends well blames none of the uploads that it leaves unfinished. Raises StoreError."""
        await asyncio.to_thread(self._pending.forgive)

    async def received(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A file, or a forwarded post."""
        await self._take(update)

    async def add(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/add``, as a reply to what is to become a document."""
        await self._take(update)

    async def other(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A picture, a voice message, anything that is no document."""
        if update.message:
            await self._outbox.send(update.message.chat_id, [render.plain(texts.NOT_A_DOCUMENT)])

    async def _take(self, update: Update) -> None:
        admin, message = self._gate.writer(update), update.message
        if admin is None or message is None or update.update_id in self._in_hand:
            return
        piece = _piece(message)
        if isinstance(piece, str):
            await self._outbox.send(admin, [render.plain(piece)])
            return
        self._in_hand.add(update.update_id)
        try:
            await asyncio.to_thread(self._pending.keep, update)
        except QuothError as error:
            self._in_hand.discard(update.update_id)
            await self._outbox.send(admin, [render.plain(listing.fault(error))])
            return
        except BaseException:
            self._in_hand.discard(update.update_id)  # it is tried again
            raise
        self._gather(admin, update.update_id, piece)

    def _gather(self, admin: int, number: int, piece: Piece) -> None:
        """Into the batch that is open, or a new one."""
        batch = self._open.get(admin)
        if batch is None or len(batch.pieces) >= MOST:
            batch = self._open[admin] = _Batch(admin)
            self._background.start(self._work(batch))
        batch.pieces[number] = piece
        batch.last = asyncio.get_running_loop().time()

    async def _work(self, batch: _Batch) -> None:
        """From what came together to its preview. Cancelled, it has forgotten nothing that is not done."""
        await self._show(batch, render.plain(texts.received(_names(batch))))
        while (left := batch.last + QUIET - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(left)
        if self._open.get(batch.admin) is batch:
            del self._open[batch.admin]
        if len(batch.pieces) > 1:
            await self._show(batch, render.plain(texts.received(_names(batch))))
        async with self._turn:
            taken = _Taken()
            try:
                change = await self._change(batch, taken)
            except QuothError as error:
                taken.refused.insert(0, listing.fault(error))
                change = None
            except Exception:
                await self._show(batch, render.plain(telegram.FAILED))
                await self._forget(batch)
                raise
            await self._forget(batch)
            message = await self._outcome(batch, change, taken)
        await self._show(batch, message)

    async def _change(self, batch: _Batch, taken: _Taken) -> Change | None:
        """The change, durable; None where no file came."""
        async with AsyncExitStack() as files:
            for number in sorted(batch.pieces):
                await self._fetch(batch.pieces[number], taken, files)
            if not taken.files:
                return None
            return await self._engine.change(Add(tuple(taken.files)), by=batch.admin)

    async def _outcome(self, batch: _Batch, change: Change | None, taken: _Taken) -> render.Message:
        """What is to be shown, once what was taken is found."""
        if change is None:
            return render.plain("\n".join(taken.refused[: listing.PAGE]))
        if not change.number:
            return await self._preview(change, taken, "")
        await self._show(batch, render.plain(texts.read(_names(batch))))
        return await self._preview(change, taken, await self._renewed())

    async def _fetch(self, piece: Piece, taken: _Taken, files: AsyncExitStack) -> None:
        """Have a piece's file at hand until ``files`` closes, or say why not."""
        try:
            if piece.file_id:
                self._downloads.check(piece.name, piece.size)
                path = await files.enter_async_context(self._downloads.fetched(piece.name, piece.file_id))
            else:
                path = await files.enter_async_context(self._downloads.written(piece.name, piece.text))
        except DocumentError as error:
            taken.refused.append(listing.fault(error))
            return
        taken.files.append(Incoming(path, piece.name, piece.metadata))
        if piece.metadata.title and Path(piece.name).suffix.lower() == ARCHIVE:
            taken.refused.append(texts.left_out(texts.own_titles(listing.shown_name(piece.name))))
        taken.refused += [
            texts.left_out(f"{listing.shown_name(piece.name)}: {each}") for each in piece.faults
        ]

    async def _renewed(self) -> str:
        """Have the index follow; what went wrong, or ""."""
        try:
            await self._engine.reload()
        except QuothError as error:
            return texts.not_renewed(listing.fault(error))
        return ""

    async def _preview(self, change: Change, taken: _Taken, said: str) -> render.Message:
        ids = [step.id for step in change.steps[: listing.SHOWN]]
        known: dict[str, listing.Facts | None] = {}
        try:
            known = await self._engine.call(lambda index: {each: listing.facts(index, each) for each in ids})
        except QuothError as error:  # what was done is told all the same
            said = said or texts.not_renewed(listing.fault(error))
        return listing.preview(change, known, taken.refused, said)

    async def _forget(self, batch: _Batch) -> None:
        """The change is durable, or will never be made."""
        await asyncio.to_thread(self._pending.drop, list(batch.pieces))
        self._in_hand -= batch.pieces.keys()

    async def _show(self, batch: _Batch, message: render.Message) -> None:
        """Have the batch's one message read like this; that it cannot be said holds nothing up."""
        try:
            batch.shown = await self._outbox.edit(batch.admin, batch.shown, [message])
        except TelegramError as error:
            _log.warning("how far an upload is could not be said: %s", error)


def _piece(message: Message) -> Piece | str:
    """What a message brings, or what is to be said where it brings nothing."""
    if message.text is None or message.forward_origin is not None:
        return filed(message) or posted(message) or texts.NO_TEXT
    return _replied_to(message)


def _replied_to(message: Message) -> Piece | str:
    """What a message points at with ``/add``."""
    target = message.reply_to_message
    if target is None:
        return texts.ADD_WHAT
    if target.from_user is not None and target.from_user.is_bot and target.forward_origin is None:
        return texts.OWN_MESSAGE
    said = _COMMAND.sub("", message.text or "", count=1)
    return filed(target, said) or posted(target, said) or texts.NO_TEXT


def _names(batch: _Batch) -> str:
    """What the batch is called while it is worked on."""
    pieces = list(batch.pieces.values())
    return listing.shown_name(pieces[0].name) if len(pieces) == 1 else texts.files(len(pieces))
