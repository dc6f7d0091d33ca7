"""What an admin is shown of how questions fare: those that the sources did not answer, and the figures.

A question is shown as code, on a line of its own: nothing in it is a link, a mention or a command to press,
and what it does to the direction of writing ends with its line. Nobody's name or number is shown.

Nothing here reads the state, or sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telegram import MessageEntity

from bot.answer import Outcome
from bot.buttons import Button, Done, Gaps
from bot.entities import Text, visible
from bot.listing import PAGE, leafing, size_of
from bot.render import Message
from bot.statistics import BUCKETS, Fare, Unanswered
from bot.texts import admin as texts
from bot.texts import en
from index.model import Stats

__all__ = ["Figures", "last_page", "overview", "unanswered"]

IN_A_ROW = 5
"""Buttons that mark done: a narrow screen shows no more of them whole."""

_SIGNS = {Outcome.NONE: texts.NONE_SIGN, Outcome.CLOSEST: texts.CLOSEST_SIGN}


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is: ``size`` is the documents' in bytes, ``removed`` how many can be had back, ``age``
    the index's in seconds; ``fares`` are shown in their order, ``still_open`` are groups of questions.
    """

    stats: Stats
    size: int
    removed: int
    age: float
    fares: Sequence[Fare]
    still_open: int


def last_page(still_open: Mapping[Outcome, int]) -> int:
    """The last page, from 0, of so many groups."""
    return max(sum(still_open.values()) - 1, 0) // PAGE


def unanswered(groups: Sequence[Unanswered], still_open: Mapping[Outcome, int], page: int) -> Message:
    """A page (from 0) of the questions without an answer, each with its button, and those to its neighbours.

    ``still_open`` counts the groups of all pages.
    """
    if not groups:
        return Message(texts.ALL_ANSWERED)
    pages = last_page(still_open) + 1
    total = en.counted(sum(still_open.values()), "question")
    text = Text().add(texts.gaps(total, still_open[Outcome.NONE], still_open[Outcome.CLOSEST]))
    numbered = list(enumerate(groups, page * PAGE + 1))
    for number, group in numbered:
        text.line(f"{number}. ").add(visible(group.question), MessageEntity.CODE)
        text.line(texts.asked(_SIGNS[group.outcome], group.number, group.last.date().isoformat()))
    text.line(texts.which_page(page + 1, pages))
    marks = [_mark(number, group, page) for number, group in numbered]
    rows = [tuple(marks[start : start + IN_A_ROW]) for start in range(0, len(marks), IN_A_ROW)]
    return Message(text.text, text.entities, (*rows, *leafing(page, pages, Gaps)))


def _mark(number: int, group: Unanswered, page: int) -> Button:
    return Button(texts.mark_done(number), data=str(Done(group.row, group.number, page)))


def overview(figures: Figures) -> Message:
    """How much there is, and how questions fare."""
    stats = figures.stats
    documents = en.counted(stats.documents, "document")
    text = Text().add(texts.renewed(documents, en.counted(stats.sentences, "sentence")))
    by_number = sorted(stats.languages.items(), key=lambda item: (-item[1], item[0]))
    languages = ", ".join(f"{code} {number:,}" for code, number in by_number)
    text.line(texts.languages(languages) if languages else "")
    sizes = size_of(figures.size), size_of(stats.size)
    text.line(texts.sizes(*sizes, stats.generation, texts.ago(figures.age)))
    text.line(texts.trashed(figures.removed)).line("\n" + texts.DAYS_ARE)
    for fare in figures.fares:
        _fared(text, fare)
    return Message(text.line(texts.still_open(en.counted(figures.still_open, "question"))).text)


def _fared(text: Text, fare: Fare) -> None:
    answered, closest, none = (fare.outcomes[each] for each in Outcome)
    text.line(texts.fared(texts.span(fare.days), answered + closest + none, answered, closest, none))
    if fare.median is not None and fare.p95 is not None:
        text.line(texts.took(_time(fare.median), _time(fare.p95)))


def _time(bucket: int) -> str:
    """Of a bucket, in milliseconds, the longest time; of the last the shortest, since it has no end."""
    if bucket == BUCKETS[-1]:
        return texts.over(BUCKETS[-2] / 1000)
    return texts.up_to(bucket / 1000)
