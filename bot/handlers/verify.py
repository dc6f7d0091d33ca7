"""``/verify``: a message, a selected part of one, or a text is held against the sources.

Whoever has a place, a message to reply to and a text can have it verified: ``Verifying.verify``. How a text
is compared is index/verify.py's business.
"""

import re
from functools import partial

from telegram import Message as Incoming
from telegram import MessageEntity, Update
from telegram.ext import ContextTypes

from bot import render
from bot.addressed import replied_to
from bot.engine import Engine
from bot.handlers.asking import Asking
from bot.outbox import Outbox
from bot.place import Place, place_of
from bot.render import Message, Renderer
from bot.texts import telegram as texts
from bot.texts import verifying
from bot.verified import verified
from index.search import Index
from index.verify import verify

__all__ = ["Verifying", "claimed_in"]

OPENING, CLOSING = "『", "』"
"""Marks put around each of several blockquotes: they seldom stand inside one."""

_COMMAND = re.compile(r"\s*/verify(?:@\w+)?\s*", re.IGNORECASE)


class Verifying:
    """Verifies what messages claim to quote."""

    def __init__(self, engine: Engine, outbox: Outbox, renderer: Renderer, asking: Asking) -> None:
        self._engine, self._outbox, self._renderer, self._asking = engine, outbox, renderer, asking

    async def command(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/verify`` in the private chat; an edited one is verified anew."""
        message = update.effective_message
        if message is not None:
            given = _COMMAND.sub("", message.text or "", count=1)
            await self.verify(place_of(message), claimed_in(message, given))

    async def verify(self, place: Place, text: str, *, reply_to: int = 0) -> None:
        """Hold a text against the sources and answer in a place, as a reply where a message is given; without
        a text, say how it is done.
        """
        if not text.strip():
            messages: tuple[Message, ...] = (render.plain(verifying.HOW),)
        else:
            await self._asking.until_ready(place)
            if self._engine.empty:
                messages = (render.plain(texts.NO_DOCUMENT),)
            else:
                messages = await self._engine.call(partial(_made, renderer=self._renderer), text)
        await self._outbox.send(place.chat, messages, place.topic, reply_to)


def claimed_in(message: Incoming, given: str) -> str:
    """What is to be verified: the text given with the command, or the part selected of another message, or
    all of the message replied to, or its blockquotes where it has some; "" where there is nothing.
    """
    if given.strip():
        return given
    if message.quote is not None:
        return message.quote.text
    target = replied_to(message)
    if target is None:
        return ""
    kinds: list[str | None] = [MessageEntity.BLOCKQUOTE, MessageEntity.EXPANDABLE_BLOCKQUOTE]
    found = target.parse_entities(kinds) if target.text else target.parse_caption_entities(kinds)
    quotes = [text for _, text in sorted(found.items(), key=lambda pair: pair[0].offset)]
    if len(quotes) > 1:
        return "\n".join(f"{OPENING}{quote}{CLOSING}" for quote in quotes)
    return quotes[0] if quotes else target.text or target.caption or ""


def _made(index: Index, text: str, renderer: Renderer) -> tuple[Message, ...]:
    return verified(verify(index, text), renderer)
