"""An admin's commands and buttons: the list, removing and restoring, undo, reload, the log.

Whoever is let through is gate.py's business; a press is checked again here, since a client may send any
button's data. Removing asks for a word to be typed. A change is durable before it is told; that the index
follows is told in the same message.

Files and posts are uploads.py's business, questions and figures insight.py's.
"""

import logging
import secrets
import time
from collections.abc import Sequence

from telegram import CallbackQuery, Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes, filters

from bot import listing, render
from bot.background import Background
from bot.buttons import Leaf, TakeBack, admin_pressed
from bot.engine import Engine
from bot.gate import Gate
from bot.outbox import Outbox
from bot.removals import Removal
from bot.state import State
from bot.texts import admin as texts
from bot.texts import en, telegram
from index.catalogue import KEPT_DAYS, Change
from index.changes import Listed, Remove, Restore, Undo
from index.errors import CorpusError, QuothError

__all__ = ["CONFIRM_WITHIN", "Admin"]

CONFIRM_WITHIN = 120.0
"""Seconds in which a removal can be confirmed, also by a word that was sent while the bot was down."""

_TRIM = " \t\n.!“”\"'"

_log = logging.getLogger(__name__)


class Admin:
    """Answers an admin in their private chat. What waits for its word is read here, before any message."""

    def __init__(
        self, gate: Gate, engine: Engine, outbox: Outbox, background: Background, state: State
    ) -> None:
        self._gate, self._engine, self._outbox, self._background = gate, engine, outbox, background
        self._audit, self._removals = state.audit, state.removals
        self._waiting = self._removals.waiting()
        self.confirmation = _Confirming(self)

    async def docs(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/docs``: the first page."""
        admin = self._gate.writer(update)
        if admin is not None:
            listed = await self._engine.look(lambda corpus: corpus.documents())
            await self._outbox.send(admin, [listing.documents(listed, 0, admin)])

    async def remove(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/remove NAME``: ask for the word; asked again for the same document, for the same word."""
        admin, name = self._gate.writer(update), _argument(context)
        if admin is None:
            return
        listed = await self._engine.look(lambda corpus: corpus.documents())
        found = _sought(listed, name) if name else texts.REMOVE_WHAT
        if isinstance(found, str):
            await self._forget(admin)
            await self._outbox.send(admin, [render.plain(found)])
            return
        known = await self._engine.call(listing.facts, found.id)
        sentences = en.counted(known.sentences if known else 0, "sentence")
        word = await self._ask_for_word(admin, found.id)
        said = texts.confirm(listing.shown_name(found.name), sentences, word, int(CONFIRM_WITHIN // 60))
        await self._outbox.send(admin, [render.plain(said)])

    async def _ask_for_word(self, admin: int, document: str) -> str:
        """The word that removes the document from now on; a ``/remove`` that is worked on twice has one."""
        before = self._waiting.get(admin)
        same = before is not None and before.document == document
        word = before.word if before and same else secrets.choice(texts.CONFIRM_WORDS)
        removal = Removal(document, word, time.time() + CONFIRM_WITHIN)
        await self._engine.run(lambda: self._removals.keep(admin, removal))
        self._waiting[admin] = removal
        return word

    def awaits(self, admin: int, text: str) -> bool:
        """Whether the text is the word that a removal waits for."""
        removal = self._waiting.get(admin)
        return removal is not None and text.strip(_TRIM).lower() == removal.word

    async def confirmed(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """The word was typed. A kill between the change and its forgetting costs nothing: see ``_remove``."""
        admin, message = self._gate.writer(update), update.message
        removal = self._waiting.get(admin) if admin is not None else None
        if admin is None or message is None or removal is None:
            return
        if min(time.time(), message.date.timestamp()) > removal.until:
            await self._outbox.send(admin, [render.plain(texts.TOO_LATE)])
        else:
            await self._remove(admin, removal.document)
        await self._forget(admin)

    async def _remove(self, admin: int, document: str) -> None:
        """Take a document out, unless that was done already."""
        listed = await self._engine.look(lambda corpus: corpus.documents())
        found = next((each for each in listed if each.id == document), None)
        if found is None:
            await self._outbox.send(admin, [render.plain(texts.REMOVED_ALREADY)])
            return
        said = texts.kept(KEPT_DAYS) if found.origin == "uploaded" else texts.given_kept()
        await self._change(admin, Remove((found.id,)), said)

    async def _forget(self, admin: int) -> None:
        """The admin is asked nothing any more."""
        if admin in self._waiting:
            await self._engine.run(lambda: self._removals.drop(admin))
            del self._waiting[admin]

    async def restore(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/restore`` lists what can be had back, ``/restore NAME`` has it back."""
        admin, name = self._gate.writer(update), _argument(context)
        if admin is None:
            return
        listed = await self._engine.look(lambda corpus: corpus.trash())
        found = _sought(listed, name) if name else None
        if found is None:
            await self._outbox.send(admin, [listing.trash(listed, admin)])
        elif isinstance(found, str):
            await self._outbox.send(admin, [render.plain(found)])
        else:
            await self._change(admin, Restore((found.id,)))

    async def undo(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/undo``: take back the last change."""
        admin = self._gate.writer(update)
        if admin is not None:
            await self._change(admin, Undo(), request=_request(update))

    async def reload(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/reload``: look for new and changed documents."""
        admin = self._gate.writer(update)
        if admin is not None:
            shown = await self._outbox.send(admin, [render.plain(texts.BUILDING)])
            self._background.start(self._reloaded(admin, shown))

    async def audit(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/audit``: the last changes."""
        admin = self._gate.writer(update)
        if admin is not None:
            changes = await self._engine.look(lambda corpus: corpus.log())
            deeds = await self._engine.run(lambda: self._audit.latest(listing.PAGE))
            await self._outbox.send(admin, [listing.audit(changes, deeds, admin)])

    async def pressed(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A press of Undo or of a page; anyone else's is told what an unknown button is."""
        query = update.callback_query
        if query is None:
            return
        admin, press = self._gate.presser(query), admin_pressed(query.data or "")
        message = query.message
        if admin is None or not isinstance(press, TakeBack | Leaf) or not isinstance(message, Message):
            await self._outbox.acknowledge(query.id, telegram.EXPIRED)
        elif isinstance(press, TakeBack):
            await self._take_back(admin, query, message, press)
        else:
            await self._outbox.acknowledge(query.id)
            listed = await self._engine.look(lambda corpus: corpus.documents())
            page = listing.documents(listed, press.page, admin)
            await self._outbox.edit(admin, [message.message_id], [page])

    async def _take_back(self, admin: int, query: CallbackQuery, message: Message, press: TakeBack) -> None:
        """Undo the change of a preview, where it is the last, and say so in its place."""
        try:
            change = await self._engine.change(Undo(press.number), by=admin)
        except QuothError as error:
            await self._outbox.acknowledge(query.id, f"{error.fault}; {error.remedy}"[:200])
            return
        await self._outbox.acknowledge(query.id)
        shown = await self._said(admin, [message.message_id], listing.described(change, texts.BUILDING))
        self._background.start(self._followed(admin, shown, change, ""))

    async def _change(
        self, admin: int, wish: Remove | Restore | Undo, said: str = "", request: str = ""
    ) -> None:
        """Make a change, say so, and have the index follow."""
        try:
            change = await self._engine.change(wish, by=admin, request=request)
        except QuothError as error:
            words = (
                f"{error.fault}; {error.remedy}" if isinstance(error, CorpusError) else listing.fault(error)
            )
            await self._outbox.send(admin, [render.plain(words[:1].upper() + words[1:])])
            return
        shown = await self._said(admin, [], listing.described(change, texts.BUILDING))
        self._background.start(self._followed(admin, shown, change, said))

    async def _followed(self, admin: int, shown: list[int], change: Change, said: str) -> None:
        """The index follows, and the message says so."""
        try:
            await self._engine.reload()
        except QuothError as error:
            said = texts.not_renewed(listing.fault(error))
        else:
            said = "\n".join(filter(None, [said, texts.NONE_LEFT if self._engine.empty else ""]))
        await self._said(admin, shown, listing.described(change, said))

    async def _reloaded(self, admin: int, shown: list[int]) -> None:
        try:
            message = listing.reloaded(await self._engine.reload())
        except QuothError as error:
            message = render.plain(listing.fault(error))
        await self._said(admin, shown, message)

    async def _said(self, admin: int, shown: Sequence[int], message: render.Message) -> list[int]:
        """Have a message read like this; a change that cannot be told is made all the same."""
        try:
            return await self._outbox.edit(admin, shown, [message])
        except TelegramError as error:
            _log.warning("an admin could not be told of a change: %s", error)
            return list(shown)


class _Confirming(filters.UpdateFilter):
    """Whether a message is the word that confirms a removal."""

    def __init__(self, admin: Admin) -> None:
        super().__init__(name="confirms a removal")
        self._admin = admin

    def filter(self, update: Update) -> bool:
        message = update.message
        return bool(message and message.text and self._admin.awaits(message.chat_id, message.text))


def _request(update: Update) -> str:
    """What tells the message from all others of this bot, also when it is worked on again after a kill."""
    message = update.message
    return "" if message is None else f"{message.chat_id}:{message.message_id}"


def _argument(context: ContextTypes.DEFAULT_TYPE) -> str:
    return " ".join(context.args or ())


def _sought(listed: Sequence[Listed], name: str) -> Listed | str:
    """The document that is meant: by its number in the list, its name, or a part of it that only one has.

    Otherwise what is to be said.
    """
    if name.isdecimal() and 0 < int(name) <= len(listed):
        return listed[int(name) - 1]
    wanted = name.casefold()
    exact = [each for each in listed if each.name.casefold() == wanted or each.id == name]
    found = exact or [each for each in listed if wanted in each.name.casefold()]
    if len(found) == 1:
        return found[0]
    if not found:
        return texts.unknown(listing.shown_name(name))
    names = ", ".join(listing.shown_name(each.name) for each in found[:5])
    return texts.several(listing.shown_name(name), names + (", …" if len(found) > 5 else ""))
