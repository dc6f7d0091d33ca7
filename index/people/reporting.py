"""Where a row says that somebody says something: what both languages share.

Each reporting verb outside the quotations gets a claim: its subject where that is one sure person or
organisation, else nobody, which is not the same as no claim, since it rules others out. Every look around a
verb is bounded, and of a row with very many verbs nothing is claimed.

Who speaks in which row follows from the claims in speakers.py.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import islice

from index.people.grammar import TOKEN, UPPER, Grammar
from index.people.model import Claim, Name, Person, Phrase, Row
from index.people.registry import Registry

__all__ = ["CLOSERS", "ORGANISATION", "Reporting", "last_token"]

CLOSERS = frozenset([",", "”", "»", '"', "“", "—", "–", "-"])
"""Marks after which an attribution stands behind what was said."""

ORGANISATION = rf"[{UPPER}][\w&'’-]{{0,40}}"
"""A word with a capital, as in an organisation's name."""

_MOST_VERBS = 24
_SMALL_WORD = re.compile(r"[a-zа-я]{3,}")
_COLON = re.compile(r":\s?[«“\"„]\Z")


class Reporting(ABC):
    """Reads the claims of a language; ``verb`` finds its reporting verbs, ``verbs`` with е for ё."""

    verb: re.Pattern[str]
    verbs: frozenset[str]

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.tables = grammar.tables

    def claims(self, row: Row, phrase: Phrase | None, person: Person | None, known: Registry) -> list[Claim]:
        """The row's claims in order; ``person`` is whom its mention ``phrase`` certainly means."""
        verbs = self._verbs_of(row)
        found = {claim.start: claim for claim in self.cited(row, phrase, person, known)}
        if len(verbs) > _MOST_VERBS:
            return [Claim(0, 0)]
        row.subject = _subject(row, phrase, person)
        subjects = self._subjects(row, phrase, person, known) if verbs else {}
        for start, end in verbs:
            claim = subjects.get(start) or self.unclaimed(row, start, end, known)
            if claim and self.reports(row.text, claim):
                found[start] = claim
        return [found[start] for start in sorted(found)] or _introduced(row)

    def _verbs_of(self, row: Row) -> list[tuple[int, int]]:
        """Where the reporting verbs stand that are not quoted; most rows have none, which is quick to see."""
        if self.verbs.isdisjoint(_SMALL_WORD.findall(row.text.replace("ё", "е"))):
            return []
        found = islice(self.verb.finditer(row.text), _MOST_VERBS + 1)
        return [verb.span() for verb in found if not row.quotes(verb.start())]

    def _subjects(
        self, row: Row, phrase: Phrase | None, person: Person | None, known: Registry
    ) -> dict[int, Claim]:
        """Verb -> claim for verbs with a pronoun, a role or a person's name beside them."""
        found: dict[int, Claim] = {}
        for claim in self.pronouns(row, phrase, person):
            found[claim.start] = claim
        for name in row.names:
            if not name.quoted:
                voice = None if name.joined or name.person is None else name.person
                if name.person or known.same_surname(name.words[-1]):
                    found.update((claim.start, claim) for claim in self.named(row, name, voice))
        return found

    @abstractmethod
    def cited(
        self, row: Row, phrase: Phrase | None, person: Person | None, known: Registry
    ) -> Iterator[Claim]:
        """The claims without a verb: "according to"."""

    @abstractmethod
    def pronouns(self, row: Row, phrase: Phrase | None, person: Person | None) -> Iterator[Claim]:
        """The claims of pronouns and roles."""

    @abstractmethod
    def named(self, row: Row, name: Name, voice: Person | None) -> Iterator[Claim]:
        """The claims of a person's name."""

    @abstractmethod
    def unclaimed(self, row: Row, start: int, end: int, known: Registry) -> Claim | None:
        """The claim of a verb beside which no person stands: an organisation, or somebody."""

    @abstractmethod
    def reports(self, row: str, claim: Claim) -> bool:
        """Whether what stands around a claim is what was said."""


def _subject(row: Row, phrase: Phrase | None, person: Person | None) -> tuple[int, Person] | None:
    """Where the person stands who opens a row as its subject."""
    if phrase and person and phrase.start == 0 and not phrase.possessive:
        return (0, person)
    first = row.names[0] if row.names else None
    opens = first is not None and first.subject and not first.left
    return (first.start, first.person) if first and first.person and opens else None


def _introduced(row: Row) -> list[Claim]:
    """The claim of the one person who opens a row and is followed by a colon and a quotation."""
    if row.subject is None or not row.quoted or not _COLON.search(row.text, 0, row.quoted[0][0]):
        return []
    at, person = row.subject
    if any(name.person is not person and at < name.start < row.quoted[0][0] for name in row.names):
        return []
    return [Claim(row.quoted[0][0], row.quoted[0][0], person)]


def last_token(text: str) -> str:
    """The last word or mark of a short text, lower case."""
    tokens = TOKEN.findall(text[-40:])
    return tokens[-1].lower() if tokens else ""
