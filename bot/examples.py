"""Questions to show a newcomer: those that a document's owner suggests, else some about its people.

Only a question that the sources answer is shown, so a press of its button never disappoints.

It writes no text of its own but the question.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from bot.answer import Outcome, answer
from bot.buttons import Example
from bot.texts import en
from index.search import Index

__all__ = ["SHOWN", "Examples", "choose"]

SHOWN = 3
_NAMED = re.compile(r"(?<=[a-zа-яё] )(?<!\bof )[A-ZА-ЯЁ][\w-]+(?: [A-ZА-ЯЁ][\w-]+)+")

_TRIED = 30
"""Questions tried at most: each costs a search."""


class Examples:
    """The questions of the generation that answers: a document that has gone is asked about no more.

    Both methods search, so they belong into the executor, one at a time.
    """

    def __init__(self) -> None:
        self._generation = -1
        self._chosen: tuple[str, ...] = ()

    def of(self, index: Index) -> tuple[str, ...]:
        """Up to three questions that the sources answer, chosen once for a generation."""
        generation = index.stats().generation
        if generation != self._generation:
            self._chosen, self._generation = choose(index), generation
        return self._chosen

    def pressed(self, index: Index, press: Example) -> str | None:
        """The question of a button, None where it is no longer one of them."""
        return next((question for question in self.of(index) if Example.of(question) == press), None)


def choose(index: Index) -> tuple[str, ...]:
    """Up to three questions that the sources answer."""
    made = chain(index.suggestions(), _about_people(index), _about_things(index))
    tried = islice(_unique(made), _TRIED)
    return tuple(islice((question for question in tried if _is_answered(index, question)), SHOWN))


def _unique(questions: Iterable[str]) -> Iterator[str]:
    """Each question once, made only as it is asked for."""
    seen: set[str] = set()
    for question in questions:
        if question not in seen:
            seen.add(question)
            yield question


def _about_people(index: Index) -> Iterator[str]:
    for name, language in index.people():
        yield en.what_did_say(name, language)


def _about_things(index: Index) -> Iterator[str]:
    """What else is named, by two capitals in a row, where people are spoken of.

    After "of" stands the rest of a title as often as a name: Secretary of State Ann Lee.
    """
    for name, language in index.people():
        for hit in index.search(name).hits:
            for thing in _NAMED.findall(hit.sentence.text):
                if thing not in name and name not in thing:
                    yield en.what_is_said_about(thing, language)


def _is_answered(index: Index, question: str) -> bool:
    return answer(index.search(question)).outcome is Outcome.ANSWER
