"""The private chat: a question and its answer, edited questions, permalinks, greetings, help.

How a question is answered is asking.py's business. Groups, inline mode and admins are not here.
"""

import re

from telegram import Message as Incoming
from telegram import Update
from telegram.ext import ContextTypes

from bot import render
from bot.addressed import replied_to
from bot.buttons import Example
from bot.engine import Engine
from bot.examples import Examples
from bot.handlers.asking import TYPING_AFTER, Asking, small_talk
from bot.outbox import Outbox
from bot.place import place_of
from bot.render import Message, Renderer
from bot.texts import telegram as texts
from index.search import Index

__all__ = ["Private"]

_ASK = re.compile(r"\s*/ask(?:@\w+)?\s+", re.IGNORECASE)


class Private:
    """Answers in private chats."""

    def __init__(self, engine: Engine, outbox: Outbox, renderer: Renderer, asking: Asking) -> None:
        self._engine, self._outbox, self._renderer, self._asking = engine, outbox, renderer, asking
        self._examples = Examples()

    async def examples(self) -> tuple[str, ...]:
        """Questions to press, about documents that are there; none while a first index is built."""
        if not await self._engine.wait(TYPING_AFTER):
            return ()
        return await self._engine.call(self._examples.of)

    async def example(self, press: Example) -> str | None:
        """The question of a pressed button, None where the documents have changed too much."""
        return await self._engine.call(self._examples.pressed, press)

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/start``, alone or with the payload of a permalink."""
        message = update.effective_message
        if message is None:
            return
        payload = context.args[0] if context.args else ""
        if payload.startswith("q_"):
            await self._outbox.send(message.chat_id, await self._linked(message, payload[2:]))
        else:
            await self._outbox.send(message.chat_id, [render.greeting(await self.examples())])

    async def help(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/help``."""
        if update.effective_message:
            await self._outbox.send(update.effective_message.chat_id, [render.plain(texts.HELP)])

    async def question(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A message that is no command."""
        message = update.effective_message
        if message is None or not message.text:
            return
        question = _question(message.text)
        said = small_talk(question)
        if said:
            await self._outbox.send(message.chat_id, [render.plain(said)])
        else:
            target = replied_to(message)
            after = target.message_id if target else 0
            await self._asking.ask(place_of(message), message.message_id, question, after=after)

    async def unknown(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """What only an admin's private chat takes."""
        if update.effective_message:
            await self._outbox.send(update.effective_message.chat_id, [render.plain(texts.NO_COMMAND)])

    async def edited(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A question that was edited: its answer is edited; without one it is a new question."""
        message = update.edited_message
        if message is None or not message.text:
            return
        if not await self._asking.changed(place_of(message), message.message_id, _question(message.text)):
            await self.question(update, context)

    async def _linked(self, message: Incoming, quote_id: str) -> tuple[Message, ...]:
        """What a permalink opens."""
        await self._asking.until_ready(place_of(message))

        def receipt(index: Index) -> tuple[Message, ...]:
            sentence = index.sentence(quote_id)
            if sentence is None:
                return (render.plain(texts.NO_LONGER),)
            return self._renderer.receipt(sentence, index.references(sentence), index.speaker(sentence))

        return await self._engine.call(receipt)


def _question(text: str) -> str:
    """What is asked: in a group ``/ask`` would stand before it."""
    return _ASK.sub("", text, count=1)
