"""Who "he", "she", "the minister" is: mentions of people and the sentence that names them.

There is no trained data. A capitalised run of words is a person when something beside it says so: a title or
role, a speech verb, an apposition, a listed first name. The subject of a sentence is the focus of the next
three; a pronoun takes the focus, a role its only holder. Whenever two people could be meant, nobody is: a
wrong name under a quotation is worse than none. Every look around a word is bounded, so time is linear in
the text.

``focus`` reads the rows in order and keeps who is being spoken of, ``registry`` who has been named; what
stands around a name is read by ``grammar``, with ``english`` and ``russian``, out of the words in
``tables``; ``model`` holds the values that pass between them.

It does not join what cannot be seen from the page: nicknames, plural "they", "it", or names across
documents. Languages other than English and Russian get no mentions.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from index.model import Mention, SentenceSpan, Speaker
from index.people.english import English
from index.people.focus import Reader
from index.people.grammar import Grammar
from index.people.russian import Russian

__all__ = ["People", "resolve"]

_GRAMMARS: dict[str, Callable[[], Grammar]] = {"en": cache(English), "ru": cache(Russian)}
"""By ISO 639-1 code; each is made once, when its language is first met."""


class People(NamedTuple):
    """Who a document's pronouns and roles are, and who says its sentences; both in the order of the rows.

    ``descriptions`` are, by row, the words of the names and roles of the people in it, as the whole document
    gives them: what somebody who stands there by surname or pronoun alone may be asked for by.
    """

    mentions: tuple[Mention, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    descriptions: Mapping[int, frozenset[str]] = MappingProxyType({})


def resolve(text: str, sentences: Sequence[SentenceSpan], language: str) -> People:
    """The mentions and speakers of a document; ``sentences`` are all of its spans, offsets in ``text``.

    A row gives at most one mention, whose target is always an earlier row, and has at most one speaker.
    """
    if language not in _GRAMMARS:
        return People()
    reader = Reader(_GRAMMARS[language](), text)
    previous = 0
    for row, span in enumerate(sentences):
        if "\n" in text[previous : span.start]:
            reader.begin_paragraph()
        previous = span.end
        if span.kind.quotable:
            reader.read(row, text[span.start : span.end])
        else:
            reader.begin_part()
    return People(tuple(reader.mentions), tuple(reader.voices.speakers()), reader.descriptions())
