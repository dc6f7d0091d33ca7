"""A question to a query: concepts with the terms that may stand for them, and the kind of answer expected.

A concept is one content word of the question. Its terms are the word's own in each language of the corpus at
weight 1 and its thesaurus relations at a lower one, so that a sentence is judged by concepts, not by how many
synonyms it repeats. A question that does not stand alone borrows the concepts of the one before it, and its
filters unless it has some of its own. What filters are is filters.py's business.

It does not know how often a term occurs: weights by idf are candidates.py's business.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from index.analyze import Analyzer, Word, words
from index.filters import ANYWHERE, Filters, Parsed, Within, parse
from index.language import asking_words, detect, function_words
from index.model import Turn

__all__ = ["Concept", "Expected", "Query", "Reader", "understand"]

SYNONYM_WEIGHT = 0.5
"""Of a thesaurus relation (research found .5 for a hand-written thesaurus)."""

BORROWED_WEIGHT = 0.5
"""Of a concept of the question before: enough to lead, not enough to outvote what is asked now."""

ASKING_WEIGHT = 0.5
"""Of a word that says what is asked for ("kind", "name"): the answer seldom holds it."""

_LONGEST_QUESTION = 2_000
"""Code points read of a question."""

_MOST_CONCEPTS = 40

Reading = Callable[[str], Parsed]
"""How a text is read: ``filters.parse``, ``unquoted`` or ``taken_literally``."""


class Expected(StrEnum):
    """The kind of answer that a question word asks for."""

    PERSON = "person"
    DATE = "date"
    NUMBER = "number"
    PLACE = "place"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Concept:
    """A content word of the question. ``terms`` are ``(term, weight)``, the word's own first.

    ``weight`` is below 1 for a borrowed one and for one that only says what is asked for; ``name`` is true
    for a word with a capital inside the question or a number.
    """

    word: str
    terms: tuple[tuple[str, float], ...]
    weight: float = 1.0
    name: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for. Without concepts and filters there is nothing to search for.

    ``question`` is the plain one, without its filters. ``answered`` are the sentences shown before in a
    conversation that the question leans on.
    """

    question: str
    concepts: tuple[Concept, ...]
    expected: Expected = Expected.OTHER
    answered: tuple[str, ...] = ()
    within: Within = ANYWHERE


_QUESTION_WORDS = {
    Expected.NUMBER: (
        r"how (?:many|much|long|far|old|big|large|high|tall|fast|often|deep|heavy)",
        r"what (?:number|percentage|share|price|amount)",
        r"сколько|насколько|как долго",
        r"wie ?viele?|combien|cuánt[oa]s?",
    ),
    Expected.DATE: (
        r"(?:since )?when",
        r"(?:what|which) (?:year|day|date|month|time)",
        r"когда|в каком году|какого числа",
        r"wann|quand|cuándo",
    ),
    Expected.PERSON: (
        r"who|whom|whose",
        r"кто|кого|кому|кем|чей|чья",
        r"wer|wen|wem|quién|quiénes",
    ),
    Expected.PLACE: (
        r"where",
        r"(?:what|which) (?:city|cities|country|countries|town|village|region|place)",
        r"где|куда|откуда",
        r"wo|wohin|où|dónde",
    ),
}
_EXPECTED_PATTERNS = tuple(
    (kind, re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE))
    for kind, words in _QUESTION_WORDS.items()
)

_OPENS_LEANING = (
    r"and|but|also|so|then|what about|how about|what else|who else|where else|why\W*$",
    r"а|и|но|еще|ещё|также",
)
_POINTS_BACK = (
    r"he|she|it|they|him|her|his|hers|its|them|their|that|those|this|these|there|else",
    r"он|она|оно|они|его|её|ее|их|ему|ей|им|нему|ней|ним|них|это|этого|этом|там|тогда",
)
_LEANING = re.compile(
    rf"^\W*(?:{'|'.join(_OPENS_LEANING)})\b|\b(?:{'|'.join(_POINTS_BACK)})\b", re.IGNORECASE
)
"""Signs that a question leans on the one before: it opens with a conjunction, or holds a word that points
back.
"""


class Reader(NamedTuple):
    """How questions are read in one language of the corpus. ``related``: term -> terms that may stand for
    it.
    """

    analyzer: Analyzer
    related: Mapping[str, Sequence[str]]


def understand(
    question: str, readers: Sequence[Reader], history: Sequence[Turn] = (), read: Reading = parse
) -> Query:
    """The query of a question; ``readers`` are those of the corpus' languages, the commonest first, and
    ``read`` says which filters it and those before it hold.
    """
    parsed = read(question[:_LONGEST_QUESTION])
    concepts, filters = _concepts(parsed.question, readers), parsed.filters
    answered: tuple[str, ...] = ()
    inherited = False
    if history and not parsed.alone and _leans(parsed.question, concepts):
        earlier = list(_leant_on(history, readers, read))
        concepts += _borrowed(concepts, [each for _, each in earlier])
        answered = tuple(turn.answer for turn in history if turn.answer)
        if not filters.unquoted():
            before = _last_filters([each for each, _ in earlier])
            inherited = bool(before)
            filters = replace(before, phrases=filters.phrases)
    alone = parsed.alone or (not concepts and bool(filters))
    within = Within(filters, parsed.hints, inherited, alone) if filters or parsed.hints else ANYWHERE
    return Query(
        parsed.question, tuple(concepts[:_MOST_CONCEPTS]), _expected(parsed.question), answered, within
    )


def _leans(question: str, concepts: list[Concept]) -> bool:
    return len(concepts) < 2 or bool(_LEANING.search(question))


def _leant_on(
    history: Sequence[Turn], readers: Sequence[Reader], read: Reading
) -> Iterator[tuple[Parsed, list[Concept]]]:
    """The questions before, the last one first, up to one that stands alone."""
    for turn in reversed(history):
        parsed = read(turn.question[:_LONGEST_QUESTION])
        concepts = _concepts(parsed.question, readers)
        yield parsed, concepts
        if parsed.alone or not _leans(parsed.question, concepts):
            return


def _borrowed(own: list[Concept], earlier: Sequence[list[Concept]]) -> list[Concept]:
    """The concepts of the last question that stands alone, and of those between it and now."""
    taken = {concept.terms[0][0] for concept in own}
    found: list[Concept] = []
    for concepts in earlier:
        for concept in concepts:
            if concept.terms[0][0] not in taken:
                taken.add(concept.terms[0][0])
                found.append(replace(concept, weight=BORROWED_WEIGHT * concept.weight))
    return found


def _last_filters(earlier: Sequence[Parsed]) -> Filters:
    """The filters that held for the question before, which may have inherited them itself. Its phrases are
    words like the others, and borrowed as such.
    """
    return next((filters for each in earlier if (filters := each.filters.unquoted())), Filters())


def _expected(question: str) -> Expected:
    """The kind of the first question word."""
    found = [
        (match.start(), kind) for kind, pattern in _EXPECTED_PATTERNS if (match := pattern.search(question))
    ]
    return min(found, default=(0, Expected.OTHER))[1]


def _concepts(question: str, readers: Sequence[Reader]) -> list[Concept]:
    """One concept for each distinct content word, in order.

    The reader of the question's own language decides which words are content; the others add their terms.
    Of a language that the corpus lacks, function words are left out.
    """
    language = detect(question)
    ordered = sorted(readers, key=lambda reader: reader.analyzer.language != language)
    foreign = language not in {reader.analyzer.language for reader in readers}
    ignored = function_words(language) if foreign else frozenset()
    asking = asking_words(language)
    found: dict[str, Concept] = {}
    for place, word in enumerate(words(question)):
        if ordered and word.form not in ignored and ordered[0].analyzer.term(word):
            written = question[word.start : word.end]
            concept = _concept(word, written, ordered, inside=place > 0)
            if word.form in asking and not concept.name:
                concept = replace(concept, weight=ASKING_WEIGHT)
            found.setdefault(concept.terms[0][0], concept)
    return list(found.values())


def _concept(word: Word, written: str, readers: Sequence[Reader], *, inside: bool) -> Concept:
    terms: dict[str, float] = {}
    for analyzer, related in readers:
        term = analyzer.term(word)
        if term:
            terms[term] = 1.0
            for other in () if word.number else related.get(term, ()):
                terms.setdefault(other, SYNONYM_WEIGHT)
    name = word.number or word.acronym or (word.capital and inside)
    return Concept(written, tuple(terms.items()), name=name)
