"""The private chat: a question and its answer, edited questions, permalinks, greetings, help.

How a reply is made is replies.py's business. Groups, inline mode and admins are not here.
"""

import asyncio
import logging
import re

from telegram import Message as Incoming
from telegram import Update
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot import render
from bot.buttons import Example
from bot.engine import Engine
from bot.entry import at_work
from bot.examples import Examples
from bot.outbox import Outbox
from bot.render import Message, Renderer
from bot.replies import Question, Replies, Reply
from bot.state import Shown, State
from bot.texts import en
from bot.texts import telegram as texts
from index.search import Index

__all__ = ["Private"]

TYPING_AFTER = 0.5
"""Seconds after which the chat shows that an answer is being looked for."""

MOST_TYPING = 4
"""Chats told so at a time: where hundreds wait, answers come sooner if Telegram is not asked for this too."""

PROGRESS_EVERY = 2.0
"""Seconds between two states of "reading the documents"."""

_log = logging.getLogger(__name__)

_TRIM = " \t\n.,!?…"

_ASK = re.compile(r"\s*/ask(?:@\w+)?\s+", re.IGNORECASE)


class Private:
    """Answers in private chats."""

    def __init__(self, engine: Engine, state: State, outbox: Outbox, renderer: Renderer) -> None:
        self._engine, self._state, self._outbox, self._renderer = engine, state, outbox, renderer
        self._replies = Replies(engine, state, renderer)
        self._typing = asyncio.Semaphore(MOST_TYPING)
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
        said = _small_talk(_question(message.text))
        if said:
            await self._outbox.send(message.chat_id, [render.plain(said)])
        else:
            await self.ask(message.chat_id, message.message_id, _question(message.text))

    async def unknown(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """What only an admin's private chat takes."""
        if update.effective_message:
            await self._outbox.send(update.effective_message.chat_id, [render.plain(texts.NO_COMMAND)])

    async def edited(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A question that was edited: its answer is edited; without one it is a new question."""
        message = update.edited_message
        if message is None or not message.text:
            return
        shown = await self._engine.run(lambda: self._state.answer_to(message.chat_id, message.message_id))
        said = _small_talk(_question(message.text))
        if shown is None or not shown.messages:
            await self.question(update, context)
        elif said or self._engine.empty:
            await self._say_instead(shown, message.text, said or texts.NO_DOCUMENT)
        elif shown.question != _question(message.text) or _again():
            await self._answer_again(shown, _question(message.text))

    async def ask(self, chat: int, asked: int, question: str) -> None:
        """Answer a question in a chat; ``asked`` is the message that holds it, 0 for none.

        Where it was worked on before, the row that was stored then serves; an answer known to have left does
        not leave again.
        """
        await self._until_ready(chat)
        if self._engine.empty:
            await self._outbox.send(chat, [render.plain(texts.NO_DOCUMENT)])
            return
        before = await self._before(chat, asked, question) if _again() else None
        if before is None or not before.messages:
            instead = before.row if before is not None else None
            reply = await self._while_typing(Question(chat, asked, question, instead))
            await self._replies.sent(reply, await self._outbox.send(chat, reply.messages))

    async def _before(self, chat: int, asked: int, question: str) -> Shown | None:
        if asked:
            return await self._engine.run(lambda: self._state.answer_to(chat, asked))
        return await self._engine.run(lambda: self._state.unsent(chat, question))

    async def _answer_again(self, shown: Shown, question: str) -> None:
        reply = await self._while_typing(Question(shown.chat, shown.asked, question, instead=shown.row))
        await self._replies.sent(reply, await self._outbox.edit(shown.chat, shown.messages, reply.messages))

    async def _say_instead(self, shown: Shown, text: str, said: str) -> None:
        """A question became a greeting: so does its answer."""
        await self._engine.run(lambda: self._state.replace(shown.row, text, ()))
        now = await self._outbox.edit(shown.chat, shown.messages, [render.plain(said)])
        await self._replies.shown(shown.row, now)

    async def _linked(self, message: Incoming, quote_id: str) -> tuple[Message, ...]:
        """What a permalink opens."""
        await self._until_ready(message.chat_id)

        def receipt(index: Index) -> tuple[Message, ...]:
            sentence = index.sentence(quote_id)
            if sentence is None:
                return (render.plain(texts.NO_LONGER),)
            return self._renderer.receipt(sentence, index.references(sentence), index.speaker(sentence))

        return await self._engine.call(receipt)

    async def _while_typing(self, question: Question) -> Reply:
        """The reply; "typing …" is shown when it takes longer than TYPING_AFTER."""
        answering = asyncio.ensure_future(self._replies.to(question))
        try:
            done, _ = await asyncio.wait({answering}, timeout=TYPING_AFTER)
            if not done and not self._typing.locked():
                async with self._typing:
                    await self._outbox.act(question.chat, ChatAction.TYPING)
            return await answering
        finally:
            answering.cancel()

    async def _until_ready(self, chat: int) -> None:
        """While a first index is built, say how far it is, in one message that goes when it is done.

        That it cannot be said costs nothing: the question waits all the same.
        """
        if self._engine.ready or await self._engine.wait(TYPING_AFTER):
            return
        shown: list[int] = []
        said = ""
        while not self._engine.ready:
            now = (texts.checking if self._engine.checking else texts.reading)(self._engine.percent)
            if now != said:
                said = now
                shown = await self._say(chat, shown, [render.plain(said)])
            await self._engine.wait(PROGRESS_EVERY)
        await self._say(chat, shown, [])

    async def _say(self, chat: int, shown: list[int], messages: list[Message]) -> list[int]:
        try:
            return await self._outbox.hasty.edit(chat, shown, messages)
        except TelegramError as error:
            _log.warning("how far the index is could not be said: %s", error)
            return shown


_SMALL_TALK = {
    **dict.fromkeys(en.GREETINGS, en.GREETING),
    **dict.fromkeys(en.THANKS_WORDS, en.THANKS),
    **dict.fromkeys(en.NOD_WORDS, en.NOD),
    **dict.fromkeys(en.LEAVE_WORDS, en.GOODBYE),
    **dict.fromkeys(en.HELP_WORDS, texts.HELP),
}


def _again() -> bool:
    """Whether the update at work may have been worked on before."""
    entry = at_work.get()
    return entry is not None and entry.again


def _small_talk(text: str) -> str | None:
    """The reply to what asks nothing of the sources: a greeting, thanks, a call for help, a wrong command."""
    words = " ".join(text.lower().replace(",", " ").split()).strip(_TRIM)
    said = _SMALL_TALK.get(words.removeprefix("/"))
    return texts.NO_COMMAND if said is None and words.startswith("/") else said


def _question(text: str) -> str:
    """What is asked: in a group ``/ask`` would stand before it."""
    return _ASK.sub("", text, count=1)
