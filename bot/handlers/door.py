"""Before every other handler: whoever may not ask is told so once, and the admins are asked to decide.

The rule is access.py's. What is not let through meets no other handler. A group is told where it speaks to
the bot, and only then; a press and an inline query are answered, since somebody waits.
"""

import logging
import time
from collections.abc import Callable

from telegram import Bot, CallbackQuery, ChatMember, Message, Update
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop, ContextTypes

from bot import listing, render
from bot.access import Access, Applicant, Asker, Mode, Standing, asker_of
from bot.addressed import addressed
from bot.audit import Audit
from bot.buttons import Decide, Guests, admin_pressed
from bot.cards import Offer
from bot.engine import Engine
from bot.entry import at_work
from bot.gate import Gate
from bot.outbox import Outbox
from bot.place import place_of
from bot.recent import Recent
from bot.texts import admin as admin_texts
from bot.texts import telegram as texts

__all__ = ["Door"]

KNOWN_FOR = 300.0
"""Seconds for which it is remembered who is a member of the groups."""

MOST_KNOWN = 4096
"""People of whom that is remembered."""

MOST_TOLD = 20
"""Requests that reach the admins as messages in an hour; the others wait in /access."""

_PRESENT = {ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER}

_log = logging.getLogger(__name__)


class Door:
    """Asks the rule about every update. ``look`` is the bot that is asked who is a member of a group."""

    def __init__(  # noqa: PLR0913 - the parts, put together once
        self,
        access: Access,
        gate: Gate,
        engine: Engine,
        outbox: Outbox,
        *,
        audit: Audit,
        look: Bot,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._access, self._gate, self._engine, self._outbox = access, gate, engine, outbox
        self._audit, self._look, self._clock = audit, look, clock
        self._members: Recent[int, tuple[bool, float]] = Recent(MOST_KNOWN)
        self._told: list[float] = []

    async def enter(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Let an update through, or end it here."""
        asker = asker_of(update)
        if self._access.allows(asker) or await self._is_member(update, asker):
            return
        await self._turn_away(update, asker)
        raise ApplicationHandlerStop

    async def _is_member(self, update: Update, asker: Asker) -> bool:
        """Whether who asks inline is in one of the groups that may ask."""
        user = asker.user
        if update.inline_query is None or user is None or self._access.mode is not Mode.CHATS:
            return False
        member, until = self._members.get(user) or (False, 0.0)
        if self._clock() >= until:
            member = await self._is_in_any(user)
            self._members.keep(user, (member, self._clock() + KNOWN_FOR))
        return member

    async def _is_in_any(self, user: int) -> bool:
        for group in self._access.groups:
            if await self._is_in(group, user):
                return True
        return False

    async def _is_in(self, group: int, user: int) -> bool:
        try:
            member = await self._look.get_chat_member(group, user)
        except TelegramError as error:
            _log.info("whether somebody is in the group %d is not known: %s", group, error)
            return False
        return member.status in _PRESENT or bool(getattr(member, "is_member", False))

    # -- who is not let in -----------------------------------------------------------------------------

    async def _turn_away(self, update: Update, asker: Asker) -> None:
        if update.inline_query is not None:
            await self._outbox.hasty.offer(
                update.inline_query.id, Offer(button=texts.ASK_FIRST, personal=True)
            )
        elif update.callback_query is not None:
            await self._outbox.acknowledge(update.callback_query.id, texts.NOT_ALLOWED)
        elif (message := update.message or update.channel_post) is not None and self._speaks(message):
            await self._knock(message, asker)

    def _speaks(self, message: Message) -> bool:
        """Whether a message is meant for the bot."""
        if message.chat.type == message.chat.PRIVATE:
            return True
        return addressed(message, self._look.bot) is not None

    async def _knock(self, message: Message, asker: Asker) -> None:
        """The first time, tell them and the admins; then be silent. After a kill meanwhile, tell again."""
        subject = self._access.subject(asker)
        if subject is None:
            return
        name = asker.chat_name if subject == asker.chat and asker.chat_name else asker.name
        requests = self._access.requests
        entry = at_work.get()
        first = await self._engine.run(lambda: requests.ask(subject, name))
        if not first and not (entry is not None and entry.again):
            return
        said = texts.WAIT_FOR_ADMIN if self._gate.admins else texts.NOT_ALLOWED
        place = place_of(message)
        target = message.message_id if place.asker else 0
        await self._outbox.send(place.chat, [render.plain(said)], place.topic, target)
        applicant = await self._engine.run(lambda: requests.find(subject))
        now = self._clock()
        self._told = [at for at in self._told if now - at < 3600]
        if applicant is None or len(self._told) >= MOST_TOLD:
            return
        self._told.append(now)
        for admin in sorted(self._gate.admins):
            await self._tell(admin, listing.request(applicant))

    async def _tell(self, chat: int, message: render.Message) -> None:
        try:
            await self._outbox.send(chat, [message])
        except TelegramError as error:
            _log.warning("%d could not be told who may ask: %s", chat, error)

    # -- admins decide ---------------------------------------------------------------------------------

    async def guests(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/access``: who asked, who was let in, with buttons."""
        admin = self._gate.writer(update)
        if admin is not None:
            await self._outbox.send(admin, [await self._engine.run(lambda: self._page(0))])

    async def pressed(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A press of approve, refuse, revoke, or of a page; anyone else's is an unknown button."""
        query = update.callback_query
        if query is None:
            return
        admin, press, message = self._gate.presser(query), admin_pressed(query.data or ""), query.message
        if admin is None or message is None or not isinstance(press, Decide | Guests):
            await self._outbox.acknowledge(query.id, texts.EXPIRED)
        elif isinstance(press, Guests):
            await self._outbox.acknowledge(query.id)
            page = await self._engine.run(lambda: self._page(press.page))
            await self._outbox.edit(admin, [message.message_id], [page])
        else:
            await self._decide(admin, query, message.message_id, press)

    async def _decide(self, admin: int, query: CallbackQuery, message: int, press: Decide) -> None:
        standing = Standing.APPROVED if press.let_in else Standing.REFUSED
        decided = await self._engine.run(lambda: self._decided(press.number, standing, admin))
        known = await self._engine.run(lambda: self._access.requests.find(press.number))
        await self._outbox.acknowledge(query.id, "" if known else admin_texts.NOBODY_ASKED)
        if press.page is not None:
            page = await self._engine.run(lambda: self._page(press.page or 0))
            await self._outbox.edit(admin, [message], [page])
        elif known is not None:
            await self._outbox.edit(admin, [message], [listing.request(known)])
        if decided is not None and press.let_in:
            await self._tell(press.number, render.plain(texts.LET_IN))

    def _decided(self, number: int, standing: Standing, admin: int) -> Applicant | None:
        decided = self._access.decide(number, standing, admin)
        if decided is not None:
            self._audit.write(admin, standing.value, {"name": decided.name, "number": number})
        return decided

    def _page(self, page: int) -> render.Message:
        return listing.guests(self._access.requests.all(), page, self._access.mode)
