"""Who says each sentence: what the claims of a row, its quotations and the rows around it show.

A row with claims is said by their one subject; of "X said Y said Z" by X; of two speakers by nobody. A row
that is nothing but quotation is said by whoever the same quotation's attribution names, before it or at its
end, or by whoever spoke in the row before, as in “…,” X said. “…” In a transcript, a label ("X: …") speaks
for its paragraph. Whoever is not sure is left out. Names are settled at the end: a speaker is shown by the
whole name, where it first stands.

It does not judge whether something is true or was really said, and follows no speaker into another paragraph,
unless a quotation does.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

from index.model import Speaker
from index.people.grammar import UPPER, Grammar
from index.people.model import Claim, Person, Phrase, Row
from index.people.registry import Registry
from index.people.reporting import Reporting
from index.people.reporting_english import EnglishReporting
from index.people.reporting_russian import RussianReporting

__all__ = ["Voices"]

_REPORTING: dict[str, Callable[[Grammar], Reporting]] = {
    "en": cache(EnglishReporting),
    "ru": cache(RussianReporting),
}
"""By ISO 639-1 code; each is made once for its grammar, of which there is one."""

_LABEL = re.compile(
    rf"^(?P<name>[{UPPER}][\w.'’-]{{0,30}}(?:\s[{UPPER}][\w.'’-]{{0,30}}){{0,5}})(?:\s?\([^()\n]{{1,60}}\))?:\s",
    re.MULTILINE,
)
_APART = re.compile(r"[,;:«»“”\"—]")
_BESIDE = frozenset(["and", "but", "while", "whereas", "и", "а", "но"])

Voice = Person | tuple[int, int, int]
"""A person, or the row, start and end of a name as it is written."""


class Voices:
    """Collects the speakers of a document's rows, read in order."""

    def __init__(self, grammar: Grammar, registry: Registry, text: str) -> None:
        self._reporting = _REPORTING[grammar.language](grammar)
        self._registry = registry
        self._labels = Counter(found["name"] for found in _LABEL.finditer(text))
        self._said: dict[int, Voice] = {}
        self._quoting: Voice | None = None
        self._pending: list[int] = []
        self._latest: Voice | None = None
        self._turn: Voice | None = None
        self._labelled = False
        self._begins = True
        self._announced = False

    def begin_paragraph(self) -> None:
        """A turn and a quoted answer end with their paragraph."""
        self._turn, self._labelled, self._begins = None, False, True
        if not self._announced:
            self._latest = None

    def read(self, row: Row, phrase: Phrase | None, person: Person | None) -> None:
        """Take in a row whose mention ``phrase`` means ``person``."""
        if self._begins:
            self._begins = False
            self._begin_turn(row)
        if self._labelled:
            self._note(row, self._turn)
            return
        claims = self._reporting.claims(row, phrase, person, self._registry)
        first = claims[0] if claims else None
        voice = self._voice(row, claims)
        if not row.quoted:
            self._pending.clear()
            self._note(row, voice)
            self._quoting = None
        elif row.inside or row.continued:
            self._go_on(row, first, voice)
        else:
            self._begin(row, first, voice)
        self._latest = self._said.get(row.number)
        self._announced = row.text.endswith(":") and voice is not None

    def _begin(self, row: Row, claim: Claim | None, voice: Voice | None) -> None:
        """A row outside a quotation, with one in it, perhaps open at its end."""
        self._pending.clear()
        if claim is None and row.covered:
            voice = self._latest
        self._note(row, voice)
        self._quoting = voice if row.open else None
        if row.open and voice is None and claim is None:
            self._pending.append(row.number)

    def _go_on(self, row: Row, claim: Claim | None, voice: Voice | None) -> None:
        """A row that begins inside a quotation."""
        closed = row.quoted[0][1] < len(row.text)
        if claim is None:
            self._note(row, self._quoting)
            if self._quoting is None and self._pending:
                self._pending.append(row.number)
        elif self._quoting is None:
            if voice is not None and self._follows(row, claim):
                for number in self._pending:
                    self._said[number] = voice
            self._note(row, voice)
        elif voice == self._quoting:
            self._note(row, voice)
        if closed and not (row.open and len(row.quoted) == 1):
            self._pending.clear()
            self._quoting = voice if row.open else None
        if not row.open:
            self._pending.clear()
            self._quoting = None

    @staticmethod
    def _follows(row: Row, claim: Claim) -> bool:
        """Whether a claim stands behind the quotation that the row begins in, before any other."""
        begin = row.quoted[0][1]
        end = row.quoted[1][0] if len(row.quoted) > 1 else len(row.text)
        return begin <= claim.start < end

    def _note(self, row: Row, voice: Voice | None) -> None:
        if voice is not None:
            self._said[row.number] = voice

    def _voice(self, row: Row, claims: list[Claim]) -> Voice | None:
        """Whom the claims agree on, or whose words hold the others."""
        if not claims:
            return None
        first = claims[0]
        alone = all(claim.voice == first.voice for claim in claims)
        if not alone and (_beside(claims[1:]) or _APART.search(row.text, first.end, claims[1].start)):
            return None
        return first.person or ((row.number, *first.written) if first.written else None)

    # -- transcripts

    def _begin_turn(self, row: Row) -> None:
        """A label at the beginning of a paragraph opens its speaker's turn."""
        found = _LABEL.match(row.text) if ":" in row.text[:240] else None
        if not found:
            return
        if found["name"].lower() in self._reporting.tables.labels:
            self._labelled = True
        else:
            self._turn = self._labelling(row, found)
            self._labelled = self._turn is not None

    def _labelling(self, row: Row, found: re.Match[str]) -> Voice | None:
        """Whom a label names: a person known, a name by its first name, a label that comes again."""
        words = found["name"].split()
        bearers = self._registry.same_surname(words[-1])
        if len(bearers) == 1:
            return bearers[0]
        grammar = self._reporting.grammar
        listed = len(words) > 1 and grammar.first_name(words[0]) is not None
        dialogue = sum(times > 1 for times in self._labels.values()) > 1
        if listed or (dialogue and self._labels[found["name"]] > 1):
            return (row.number, *found.span("name"))
        return None

    # -- the result

    def speakers(self) -> Iterator[Speaker]:
        """The speakers found, in the order of their rows."""
        for row, voice in sorted(self._said.items()):
            place = (voice.first or voice.named) if isinstance(voice, Person) else voice
            if place is not None:
                yield Speaker(row, *place)


def _beside(claims: list[Claim]) -> bool:
    """Whether a claim stands beside the ones before it, not inside them: "X said yes and Y said no"."""
    return any(claim.left in _BESIDE for claim in claims)
