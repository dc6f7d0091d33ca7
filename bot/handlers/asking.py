"""From a question, wherever it was asked, to the messages that answer it; from a changed one to their edit.

How a reply is made is replies.py's business, who is spoken to addressed.py's.
"""

import asyncio
import logging
from collections.abc import Sequence

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot import render
from bot.engine import Engine
from bot.entry import at_work
from bot.outbox import Outbox
from bot.place import Place
from bot.render import Message, Renderer
from bot.replies import Question, Replies, Reply
from bot.state import Shown, State
from bot.texts import en
from bot.texts import telegram as texts

__all__ = ["TYPING_AFTER", "Asking", "small_talk"]

TYPING_AFTER = 0.5
"""Seconds after which the chat shows that an answer is being looked for."""

MOST_TYPING = 4
"""Chats told so at a time: where hundreds wait, answers come sooner if Telegram is not asked for this too."""

PROGRESS_EVERY = 2.0
"""Seconds between two states of "reading the documents"."""

_TRIM = " \t\n.,!?…"

_log = logging.getLogger(__name__)


class Asking:
    """Answers questions."""

    def __init__(self, engine: Engine, state: State, outbox: Outbox, renderer: Renderer) -> None:
        self._engine, self._state, self._outbox = engine, state, outbox
        self._replies = Replies(engine, state, renderer)
        self._typing = asyncio.Semaphore(MOST_TYPING)

    async def ask(self, place: Place, asked: int, question: str, *, after: int = 0) -> None:
        """Answer a question; ``asked`` is the message that holds it, 0 for none; in a group it is replied to.
        ``after`` is the message of the bot's that it replies to: then it follows up on what that shows.

        Where it was worked on before, the row that was stored then serves; an answer known to have left does
        not leave again.
        """
        await self.until_ready(place)
        target = asked if place.asker else 0
        if self._engine.empty:
            await self._outbox.send(place.chat, [render.plain(texts.NO_DOCUMENT)], place.topic, target)
            return
        before = await self._before(place, asked, question) if _again() else None
        if before is None or not before.messages:
            instead = before.row if before is not None else None
            reply = await self._while_typing(Question(place, asked, question, instead, after))
            sent = await self._outbox.send(place.chat, reply.messages, place.topic, target)
            await self._replies.sent(reply, sent)

    async def changed(self, place: Place, asked: int, question: str) -> bool:
        """Change the answer to a question that was changed: whether there was one."""
        shown = await self._engine.run(lambda: self._state.answer_to(place.chat, asked))
        if shown is None or not shown.messages:
            return False
        said = small_talk(question)
        if said or self._engine.empty:
            await self._say_instead(shown, question, said or texts.NO_DOCUMENT)
        elif shown.question != question or _again():
            await self._answer_again(shown, question)
        return True

    async def until_ready(self, place: Place) -> None:
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
                shown = await self._say(place, shown, [render.plain(said)])
            await self._engine.wait(PROGRESS_EVERY)
        await self._say(place, shown, [])

    async def _before(self, place: Place, asked: int, question: str) -> Shown | None:
        if asked:
            return await self._engine.run(lambda: self._state.answer_to(place.chat, asked))
        return await self._engine.run(lambda: self._state.unsent(place.chat, question))

    async def _answer_again(self, shown: Shown, question: str) -> None:
        reply = await self._while_typing(Question(shown.place, shown.asked, question, shown.row))
        await self._replies.sent(reply, await self._edited(shown, reply.messages))

    async def _say_instead(self, shown: Shown, question: str, said: str) -> None:
        """A question became a greeting: so does its answer."""
        await self._engine.run(lambda: self._state.replace(shown.row, question, ()))
        await self._replies.shown(shown.row, await self._edited(shown, [render.plain(said)]))

    async def _edited(self, shown: Shown, messages: Sequence[Message]) -> list[int]:
        place = shown.place
        target = shown.asked if place.asker else 0
        return await self._outbox.edit(
            place.chat, shown.messages, messages, topic=place.topic, reply_to=target
        )

    async def _while_typing(self, question: Question) -> Reply:
        """The reply; "typing …" is shown when it takes longer than TYPING_AFTER."""
        answering = asyncio.ensure_future(self._replies.to(question))
        try:
            done, _ = await asyncio.wait({answering}, timeout=TYPING_AFTER)
            if not done and not self._typing.locked():
                async with self._typing:
                    await self._outbox.act(question.place.chat, ChatAction.TYPING, question.place.topic)
            return await answering
        finally:
            answering.cancel()

    async def _say(self, place: Place, shown: list[int], messages: list[Message]) -> list[int]:
        try:
            return await self._outbox.hasty.edit(place.chat, shown, messages, topic=place.topic)
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


def small_talk(text: str) -> str | None:
    """The reply to what asks nothing of the sources: a greeting, thanks, a call for help, a wrong command."""
    words = " ".join(text.lower().replace(",", " ").split()).strip(_TRIM)
    said = _SMALL_TALK.get(words.removeprefix("/"))
    return texts.NO_COMMAND if said is None and words.startswith("/") else said
