"""From question to reply: found, stored and rendered in one visit to the executor, which several share.

A reply's row is stored before it is sent, so that its buttons work whatever happens next. A question may
follow up on those before it in its place: the latest are kept at hand, and read back from the state where
they are not.

Nothing is sent here.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.answer import Answer, Outcome, searchable
from bot.batches import Batches
from bot.engine import Engine
from bot.entry import arrived, before_the_next
from bot.finding import answered
from bot.place import Place
from bot.recent import Recent
from bot.render import Message, Renderer
from bot.state import FOLLOWED, Found, Shown, State
from bot.statistics import Asked
from index.language import detect
from index.model import Turn
from index.search import Index

__all__ = ["Question", "Replies", "Reply"]

TOGETHER = 4
"""Questions of one visit: so many are in front of a pressed button."""

REMEMBERED = 8
"""Earlier questions of a chat: nobody follows up on one further back."""

SHOWN = 1
"""Hits that an answer shows: the others are looked up when their page is turned to."""

PLACES = 4096
"""Places whose earlier questions are kept at hand."""


@dataclass(frozen=True, slots=True)
class Question:
    """``asked`` is the message that holds it, 0 for none; ``instead`` the row of the answer it replaces;
    ``after`` the message of an answer that it replies to, 0 for none.

    ``since`` is when it arrived, by time.monotonic().
    """

    place: Place
    asked: int
    text: str
    instead: int | None = None
    after: int = 0
    since: float = field(default_factory=arrived)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be sent, and the row it is stored as; ``language`` is told where there is no answer."""

    row: int
    messages: tuple[Message, ...]
    question: Question
    outcome: Outcome
    language: str

    def asked(self) -> Asked:
        """What is counted when it has left, which is now."""
        seconds = time.monotonic() - self.question.since
        kind = "group" if self.question.place.asker else "private"
        return Asked(self.question.text, self.outcome, seconds, self.language, kind)


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What was asked at a place, and when the last of it was, by time.monotonic()."""

    turns: tuple[Turn, ...]
    since: float


_Sent = tuple[int, Sequence[int], Asked | None]
"""A row, the messages that show it, and what is to be counted."""


class Replies:
    """Makes replies."""

    def __init__(self, engine: Engine, state: State, renderer: Renderer) -> None:
        self._engine, self._state, self._renderer = engine, state, renderer
        self._turns: Recent[Place, _Remembered] = Recent(PLACES)
        self._questions = Batches(self._visit, most=TOGETHER)
        self._sent = Batches(self._note, most=256, gather=0.01)

    async def to(self, question: Question) -> Reply:
        """The reply to a question, once the index is ready."""
        return await self._questions.do(question)

    async def sent(self, reply: Reply, messages: Sequence[int]) -> None:
        """Have stored which messages show a reply, and count it, before the next update of the chat."""
        await before_the_next(self._sent.submit((reply.row, messages, reply.asked())))

    async def shown(self, row: int, messages: Sequence[int]) -> None:
        """The same for what has replaced a reply, which is not counted."""
        await before_the_next(self._sent.submit((row, messages, None)))

    async def _visit(self, questions: Sequence[Question]) -> "Sequence[Reply | Exception]":
        return await self._engine.call(self._made, questions)

    async def _note(self, sent: Sequence[_Sent]) -> "Sequence[Exception | None]":
        shown = [(row, messages) for row, messages, _ in sent]
        asked = [asked for _, _, asked in sent if asked is not None]
        await self._engine.run(lambda: self._state.sent(shown, asked))
        return [None] * len(sent)

    # -- in the executor -------------------------------------------------------------------------------

    def _made(self, index: Index, questions: Sequence[Question]) -> "list[Reply | Exception]":
        """The reply to each, or why there is none: what fails for one question is no other's affair."""
        made: list[Reply | Exception] = [RuntimeError("not looked for")] * len(questions)
        answers: list[tuple[int, Question, Answer]] = []
        for place, question in enumerate(questions):
            try:
                answers.append((place, question, self._found(index, question)))
            except Exception as error:  # noqa: BLE001 - raised again for whoever waits for this one
                made[place] = error
        rows = self._stored([(question, answer) for _, question, answer in answers])
        for (place, _, answer), row in zip(answers, rows, strict=True):
            try:
                made[place] = self._rendered(questions[place], answer, row)
            except Exception as error:  # noqa: BLE001 - the same
                made[place] = error
        return made

    def _rendered(self, question: Question, answer: Answer, row: int) -> Reply:
        language = "" if answer.outcome is Outcome.ANSWER else detect(question.text)
        return Reply(row, self._renderer.answered(answer, row), question, answer.outcome, language)

    def _found(self, index: Index, question: Question) -> Answer:
        history = self._history(index, question)
        answer = answered(index, question.text, history, detailed=SHOWN)
        if question.instead is None and searchable(question.text):
            said = answer.shown[0].sentence.text if answer.shown else ""
            turns = (*history, Turn(question.text, said))[-REMEMBERED:]
            self._turns.keep(question.place, _Remembered(turns, time.monotonic()))
        return answer

    def _history(self, index: Index, question: Question) -> tuple[Turn, ...]:
        """What was asked before this question, by whom and where it was, oldest first; or what led to the
        answer that it replies to.
        """
        place = question.place
        if question.instead is not None:
            self._turns.drop(place)  # what is replaced is one of them
            return self._before(index, self._state.recall(question.instead, place.chat), place)
        replied = self._state.showing(place.chat, question.after) if question.after else None
        if replied is not None:
            return (*self._before(index, replied, replied.place), *_turns(index, [replied]))
        kept = self._turns.get(place)
        if kept is None or time.monotonic() - kept.since > FOLLOWED.total_seconds():
            return _turns(index, self._state.latest(place, REMEMBERED))
        return kept.turns

    def _before(self, index: Index, shown: Shown | None, place: Place) -> tuple[Turn, ...]:
        return _turns(index, self._state.latest(place, REMEMBERED - 1, until=shown))

    def _stored(self, answers: "Sequence[tuple[Question, Answer]]") -> list[int]:
        """The rows of the answers; new ones in one transaction."""
        new = [_stored_as(question, answer) for question, answer in answers if question.instead is None]
        rows = iter(self._state.remember(new) if new else ())
        return [
            next(rows) if question.instead is None else self._replaced(question.instead, question, answer)
            for question, answer in answers
        ]

    def _replaced(self, row: int, question: Question, answer: Answer) -> int:
        self._state.replace(row, question.text, _quotes(answer))
        return row


def _stored_as(question: Question, answer: Answer) -> Found:
    return Found(question.place, question.asked, question.text, _quotes(answer))


def _quotes(answer: Answer) -> tuple[str, ...]:
    return tuple(hit.sentence.id for hit in answer.hits) if answer.outcome is not Outcome.NONE else ()


def _turns(index: Index, shown: Sequence[Shown]) -> tuple[Turn, ...]:
    """What was asked and answered, oldest first, of answers with the newest first."""
    turns = [Turn(each.question, _first_quote(index, each)) for each in reversed(shown)]
    return tuple(turn for turn in turns if searchable(turn.question))


def _first_quote(index: Index, shown: Shown) -> str:
    sentence = index.sentence(shown.quotes[0]) if shown.quotes else None
    return sentence.text if sentence else ""
