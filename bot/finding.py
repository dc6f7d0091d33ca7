"""From a question to its answer, over an open index: the same on every surface.

A question may merely quote a title, and its answer stand in a sentence without it. So where no sentence
that holds a phrase answers, the same question is searched without its quotation marks, and what that finds is
shown as the closest, never as the answer.

What is shown is decided in answer.py, how it looks in terminal.py and render.py.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.answer import Answer, Outcome, answer, searchable
from index.model import Evidence, Hit, Results, Sentence, Turn
from index.search import Index

__all__ = ["CANDIDATES", "answered", "unsought"]

CANDIDATES = 10
"""Hits looked at for a decision, and pages to turn."""


def answered(
    index: Index,
    question: str,
    history: Sequence[Turn] = (),
    limit: int = CANDIDATES,
    detailed: int | None = None,
) -> Answer:
    """The answer to a question; ``history`` is what was asked before it, oldest first, ``detailed`` as in
    ``Index.search``. The decision looks at the same candidates whatever the limit is.
    """
    if not searchable(question):
        return answer(Results(question, ()))
    most = max(limit, CANDIDATES)
    found = answer(index.search(question, history, most, detailed), most)
    if detailed is not None and len(found.shown) > detailed:  # seldom, so not looked up for all
        found = answer(index.search(question, history, most, len(found.shown)), most)
    phrases = found.within.filters.phrases
    if not phrases or found.outcome is not Outcome.NONE:
        return found
    loose = index.search_unquoted(question, history, most, detailed)
    instead = answer(replace(loose, within=replace(loose.within, unheld=phrases)), most)
    return instead if instead.outcome is not Outcome.NONE else found


def unsought(index: Index, sentence: Sentence) -> Hit:
    """A stored sentence as a hit that no question found: with its names and speaker, without matches."""
    evidence = Evidence(0.0, (), name_unheard=False)
    references, speaker = index.references(sentence), index.speaker(sentence)
    return Hit(sentence, 0.0, evidence, refers_to=references, speaker=speaker)
