"""The buttons under an answer: Context, Next, questions to press. What a client sends is checked first.

A button works for anyone who sees it, and after a restart: Context needs the quote id alone, Next a stored
row of the same chat. A press always ends its progress circle, also where there is nothing to show.
"""

from collections.abc import Sequence
from dataclasses import replace

from telegram import CallbackQuery, InlineKeyboardMarkup, Update
from telegram import Message as Incoming
from telegram.ext import ContextTypes

from bot.buttons import Ask, Example, Next, Paging, Step, Widen, pressed
from bot.engine import Engine
from bot.finding import answered, unsought
from bot.handlers.asking import Asking
from bot.handlers.private import Private
from bot.outbox import Outbox
from bot.place import Place, place_of
from bot.render import Message, Passage, Renderer
from bot.state import Shown, State
from bot.texts import telegram as texts
from index.model import Hit, Sentence
from index.search import Index

__all__ = ["Buttons"]

_REACH = {Step.QUOTE: 0, Step.ONE: 1, Step.THREE: 3, Step.PARAGRAPH: 3}
"""Sentences on each side; a paragraph shows no less than the step before it."""

_WIDER = (Step.QUOTE, Step.ONE, Step.THREE, Step.PARAGRAPH)


class Buttons:
    """Answers presses."""

    def __init__(  # noqa: PLR0913 - the parts, put together once
        self,
        engine: Engine,
        state: State,
        outbox: Outbox,
        renderer: Renderer,
        *,
        private: Private,
        asking: Asking,
    ) -> None:
        self._engine, self._state, self._outbox, self._renderer = engine, state, outbox, renderer
        self._private, self._asking = private, asking

    async def pressed(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A press of any button."""
        query = update.callback_query
        if query is None:
            return
        press, message = pressed(query.data or ""), query.message
        if query.inline_message_id and isinstance(press, Widen):
            await self._widen_inline(query, query.inline_message_id, press)
        elif press is None or not isinstance(message, Incoming):
            await self._outbox.acknowledge(query.id, texts.EXPIRED)
        elif isinstance(press, Widen):
            await self._widen(query, message, press)
        elif isinstance(press, Next):
            await self._turn(query, message, press)
        elif isinstance(press, Ask):
            await self._outbox.acknowledge(query.id)
            await self._asking.ask(_place(query, message), 0, press.question)
        else:
            await self._example(query, message, press)

    async def _widen(self, query: CallbackQuery, message: Incoming, press: Widen) -> None:
        shown = await self._shown(message)
        paging = _paging(shown, press.quote)
        passage = await self._engine.call(_passage, press.quote, press.step)
        if passage is None:
            await self._outbox.acknowledge(query.id, texts.NO_LONGER)
            return
        await self._outbox.acknowledge(query.id)
        rendered = await self._engine.run(lambda: self._renderer.context(passage, press.step, paging))
        await self._show(message, shown, rendered)

    async def _widen_inline(self, query: CallbackQuery, message_id: str, press: Widen) -> None:
        """The same below what was posted inline: it stands in one message, wherever that is."""
        passage = await self._engine.call(_passage, press.quote, press.step)
        if passage is None:
            await self._outbox.acknowledge(query.id, texts.NO_LONGER)
            return
        await self._outbox.acknowledge(query.id)
        rendered = await self._engine.run(lambda: self._renderer.context(passage, press.step))
        await self._outbox.edit_inline(message_id, rendered[0])

    async def _turn(self, query: CallbackQuery, message: Incoming, press: Next) -> None:
        shown = await self._engine.run(lambda: self._state.recall(press.row, message.chat_id))
        if shown is None or press.position >= len(shown.quotes):
            await self._outbox.acknowledge(query.id, texts.EXPIRED)
            return
        hit = await self._engine.call(_found, shown, press.position)
        if hit is None:
            await self._outbox.acknowledge(query.id, texts.NO_LONGER)
            return
        await self._outbox.acknowledge(query.id)
        paging = Paging(shown.row, press.position, len(shown.quotes))
        rendered = await self._engine.run(lambda: self._renderer.quoted(hit, paging))
        await self._show(message, shown, rendered)

    async def _example(self, query: CallbackQuery, message: Incoming, press: Example) -> None:
        question = await self._private.example(press)
        if question is None:
            await self._outbox.acknowledge(query.id, texts.OLD_EXAMPLE)
            return
        await self._outbox.acknowledge(query.id)
        await self._asking.ask(_place(query, message), 0, question)

    async def _show(self, message: Incoming, shown: Shown | None, messages: Sequence[Message]) -> None:
        """Put the messages where the pressed one and its other parts are; the buttons are under the last."""
        parts = shown.messages if shown and message.message_id in shown.messages else (message.message_id,)
        topic = place_of(message).topic
        now = await self._outbox.edit(message.chat_id, parts, messages, keep_last=True, topic=topic)
        if shown is not None:
            await self._engine.run(lambda: self._state.sent([(shown.row, now)]))

    async def _shown(self, message: Incoming) -> Shown | None:
        """The stored answer that the message's own Next button belongs to, and nobody else's.

        Of a message too old for that, Telegram says no more than its id.
        """
        if message.reply_markup is None:
            return await self._engine.run(lambda: self._state.showing(message.chat_id, message.message_id))
        following = _next_of(message.reply_markup)
        if following is None:
            return None
        return await self._engine.run(lambda: self._state.recall(following.row, message.chat_id))


def _place(query: CallbackQuery, message: Incoming) -> Place:
    """Where what is asked by a press goes on: it is theirs who press."""
    place = place_of(message)
    return replace(place, asker=query.from_user.id) if place.asker else place


def _paging(shown: Shown | None, quote: str) -> Paging | None:
    """Where a quote stands among those found."""
    if shown is None or quote not in shown.quotes:
        return None
    return Paging(shown.row, shown.quotes.index(quote), len(shown.quotes))


def _next_of(markup: InlineKeyboardMarkup | None) -> Next | None:
    rows = markup.inline_keyboard if markup else ()
    presses = (pressed(str(button.callback_data or "")) for row in rows for button in row)
    return next((press for press in presses if isinstance(press, Next)), None)


def _passage(index: Index, quote_id: str, step: Step) -> Passage | None:
    """The sentence of a quote id and those around it, None where it is no longer there."""
    sentence = index.sentence(quote_id)
    document = index.document(sentence.citation.document) if sentence else None
    if sentence is None or document is None:
        return None
    before, after = shown = _around(index, sentence, step)
    wider = (each for each in _WIDER[_WIDER.index(step) + 1 :] if _around(index, sentence, each) != shown)
    return Passage(
        document.text,
        before,
        sentence,
        after,
        index.references(sentence),
        index.speaker(sentence),
        next(wider, None),
    )


def _around(
    index: Index, sentence: Sentence, step: Step
) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    """What a step shows before and after a sentence."""
    before, after = index.neighbours(sentence, _REACH[step])
    if step is Step.PARAGRAPH:
        around = index.paragraph(sentence)
        before = _longer(before, tuple(each for each in around if each.number < sentence.number))
        after = _longer(after, tuple(each for each in around if each.number > sentence.number))
    return before, after


def _longer(one: tuple[Sentence, ...], other: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    return max(one, other, key=len)


def _found(index: Index, shown: Shown, position: int) -> Hit | None:
    """The hit at a position, matches and all; without them where the question no longer finds it."""
    quote = shown.quotes[position]
    for hit in answered(index, shown.question).hits:
        if hit.sentence.id == quote:
            return hit
    sentence = index.sentence(quote)
    return unsought(index, sentence) if sentence is not None else None
