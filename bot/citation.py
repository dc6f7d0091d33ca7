"""Where a quote stands and who its pronouns stand for, in words: the same in a terminal and in Telegram.

Nothing is cut or cleaned here: what may be shown where is for terminal.py and render.py.
"""

from collections.abc import Callable

from bot.answer import Antecedent
from bot.texts import en
from index.model import Citation, Sentence

__all__ = ["Find", "named", "noted", "place"]

Find = Callable[[str], Sentence | None]
"""The index's look-up of a sentence by its quote id."""


def named(citation: Citation) -> str:
    """The document: its title, with source and date where the title does not say them."""
    known = (part for part in (citation.source, citation.date) if part and part not in citation.title)
    return " · ".join([citation.title, *known])


def place(citation: Citation) -> str:
    """Page, paragraph and sentence."""
    page = [en.page(citation.page)] if citation.page else []
    return " · ".join([*page, en.paragraph(citation.paragraph), en.sentence(citation.sentence)])


def noted(sentence: Sentence, note: Antecedent) -> str:
    """Who a mention in a sentence stands for, and where they are named."""
    return en.antecedent(note.mention, note.name, _where(sentence, note.named_in))


def _where(sentence: Sentence, named_in: Sentence) -> str:
    here, there = sentence.citation, named_in.citation
    before = here.sentence - there.sentence
    if named_in.number == sentence.number - 1:
        return en.distance(1)
    if (there.document, there.paragraph) == (here.document, here.paragraph) and before > 0:
        return en.distance(before)
    return place(there)
