"""What an inline query offers: quotes to choose from, each as it will be posted.

Nothing here searches or sends.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.citation import named, place
from bot.entities import visible
from bot.render import Message, Renderer
from bot.texts import telegram as texts
from index.model import Hit

__all__ = ["PAGE", "Card", "Offer", "cards"]

PAGE = 10
"""Quotes at a time; a client asks for more when it is scrolled."""

TITLE_LIMIT = 64
PREVIEW_LIMIT = 160
"""UTF-16 units that a list shows of a title, and of a quote in two lines."""


@dataclass(frozen=True, slots=True)
class Card:
    """A quote in the list: ``id`` is its quote id, ``title`` and ``preview`` are what the list shows of it,
    ``message`` what is posted when it is chosen.
    """

    id: str
    title: str
    preview: str
    message: Message


@dataclass(frozen=True, slots=True)
class Offer:
    """The answer to an inline query. ``following`` is the offset of the next page, "" where there is none;
    ``button`` stands above the list and opens the private chat; ``personal`` is what others are not shown.
    """

    cards: Sequence[Card] = ()
    following: str = ""
    button: str = ""
    personal: bool = False


def cards(renderer: Renderer, hits: Iterable[Hit]) -> Iterator[Card]:
    """A card for each hit that can be posted as one message."""
    for hit in hits:
        messages = renderer.quoted(hit)
        if len(messages) == 1:
            yield _card(hit, messages[0])


def _card(hit: Hit, message: Message) -> Card:
    sentence, citation = hit.sentence, hit.sentence.citation
    title = visible(named(citation), TITLE_LIMIT) or texts.UNTITLED
    where = place(citation)
    preview = visible(sentence.text, PREVIEW_LIMIT)
    return Card(sentence.id, title, f"{preview} · {where}", message)
