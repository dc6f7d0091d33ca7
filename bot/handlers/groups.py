"""Groups and channels: what speaks to the bot is answered where it was said; all else is others' talk.

Who is spoken to is addressed.py's business, how a question is answered asking.py's.
"""

from telegram import Message as Incoming
from telegram import Update, User
from telegram.ext import ContextTypes

from bot import render
from bot.access import Access
from bot.addressed import VERIFY, addressed, replied_to
from bot.engine import Engine
from bot.handlers.asking import Asking, small_talk
from bot.handlers.verify import Verifying, claimed_in
from bot.outbox import Outbox
from bot.place import place_of
from bot.state import State
from bot.texts import telegram as texts

__all__ = ["Groups"]


class Groups:
    """Answers in groups, supergroups and channels. ``bot`` is who it is there."""

    def __init__(  # noqa: PLR0913 - the parts, put together once
        self,
        engine: Engine,
        state: State,
        outbox: Outbox,
        asking: Asking,
        *,
        verifying: Verifying,
        access: Access,
        bot: User,
    ) -> None:
        self._engine, self._state, self._outbox, self._asking = engine, state, outbox, asking
        self._verifying, self._access, self._bot = verifying, access, bot

    async def said(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A message or a channel's post."""
        message = update.message or update.channel_post
        asked = addressed(message, self._bot) if message else None
        if message is not None and asked is not None:
            await self._answer(message, asked)

    async def edited(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """One that was edited: so is its answer. Without one, it is answered if it speaks to the bot now."""
        message = update.edited_message or update.edited_channel_post
        asked = addressed(message, self._bot) if message else None
        if message is None or not asked:
            return
        if not await self._asking.changed(place_of(message), message.message_id, asked):
            await self._answer(message, asked)

    async def migrated(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A group became a supergroup: under its new number it goes on, and may ask as before."""
        message = update.message
        if message is not None and message.migrate_to_chat_id is not None:
            old, new = message.chat_id, message.migrate_to_chat_id
            await self._engine.run(lambda: self._state.moved(old, new))
            await self._engine.run(lambda: self._access.moved(old, new))

    async def _answer(self, message: Incoming, asked: str) -> None:
        """Answer, verify, greet, or say how to ask. A name alone, as a reply, asks whether that is so."""
        place, target = place_of(message), replied_to(message)
        if asked.startswith(VERIFY) or (not asked and target is not None):
            claim = claimed_in(message, asked.removeprefix(VERIFY))
            await self._verifying.verify(place, claim, reply_to=message.message_id)
            return
        said = small_talk(asked) if asked else texts.ASK_HOW
        if said:
            messages = [render.plain(said)]
            await self._outbox.send(place.chat, messages, place.topic, message.message_id)
            return
        own = target is not None and target.from_user is not None and target.from_user.id == self._bot.id
        after = target.message_id if target is not None and own else 0
        await self._asking.ask(place, message.message_id, asked, after=after)
