"""Who is being spoken of: reads a document row by row and keeps the person that a "he" would mean.

What a row's words show is read by a grammar, who has been named is kept by registry.py.
"""

from collections import deque
from itertools import islice

from index.model import Mention
from index.people.grammar import Grammar
from index.people.model import Name, Person, Phrase, Row
from index.people.quotations import Quotations
from index.people.registry import Registry
from index.people.speakers import Voices

__all__ = ["Reader"]

_FOCUS_ROWS = 3
"""Rows for which a subject stays the focus."""

_FALLBACK_ROWS = 2
"""Rows in which the only name near may be meant without having been a subject."""

_MOST_NAMES = 64
"""Names looked at in one row; no sentence has more."""


class Reader:
    """Reads the rows of one document in order and collects mentions and speakers."""

    def __init__(self, grammar: Grammar, text: str) -> None:
        self.mentions: list[Mention] = []
        self._present: list[tuple[int, Person]] = []
        self._grammar = grammar
        self._registry = Registry(grammar, text)
        self._outside = _Focus()
        self._inside = _Focus()
        self._quotations = Quotations()
        self.voices = Voices(grammar, self._registry, text)

    def begin_paragraph(self) -> None:
        """An open quotation ends with its paragraph."""
        self._quotations.begin_paragraph()
        self.voices.begin_paragraph()

    def begin_part(self) -> None:
        """A heading: nobody is being spoken of."""
        self._outside.clear()

    def read(self, number: int, text: str) -> None:
        """Take one row in: its names, its mention, its focus."""
        row = self._begun(number, text)
        for name in islice(self._grammar.names(text, self._registry.knows), _MOST_NAMES):
            if self._registry.enter(name):
                name.quoted = row.quotes(name.start)
                row.names.append(name)
        phrase = self._phrase(text)
        person = self._meant(row, phrase) if phrase else None
        self._move(row, phrase, person)
        for name in row.names:
            if name.person and len(name.words) >= len(name.person.words):
                name.person.stands(number, name)
        self.voices.read(row, phrase, person)
        present = (name.person for name in row.names if name.person)
        self._present += [(number, each) for each in dict.fromkeys([*present, *filter(None, [person])])]

    def descriptions(self) -> dict[int, frozenset[str]]:
        """For each row the names and roles of the people in it, as all rows give them, in lower case."""
        words: dict[int, frozenset[str]] = {}
        for number, person in self._present:
            words[number] = words.get(number, frozenset()) | person.description
        return words

    def _begun(self, number: int, text: str) -> Row:
        """The row with its quotations."""
        continued = self._quotations.continues(text)
        inside = self._quotations.open
        if not inside:
            self._inside = _Focus()
        return Row(number, text, self._quotations.read(text), inside, self._quotations.open, continued)

    def _phrase(self, text: str) -> Phrase | None:
        """The row's first mention."""
        found = filter(None, (self._grammar.pronoun(text), self._grammar.role_phrase(text)))
        return min(found, key=lambda phrase: phrase.start, default=None)

    def _meant(self, row: Row, phrase: Phrase) -> Person | None:
        """Who the mention is, if that is certain; then it is noted."""
        person = self._registry.holder(phrase) if phrase.head else self._pointed_at(row, phrase)
        if person is None or person.named is None:
            return None
        self.mentions.append(Mention(row.number, phrase.start, phrase.end, *person.named))
        person.gender = person.gender or phrase.gender
        return person

    def _pointed_at(self, row: Row, phrase: Phrase) -> Person | None:
        """Whom a pronoun means; nobody when a name stands before it in the same row."""
        quoted = row.quotes(phrase.start)
        if any(name.end <= phrase.start and name.quoted == quoted for name in row.names):
            return None
        focus = self._inside if quoted else self._outside
        return focus.candidate(phrase.gender, strict=phrase.possessive, fallback=not quoted)

    def _move(self, row: Row, phrase: Phrase | None, person: Person | None) -> None:
        """Move the focus, inside and outside quotations each on its own."""
        inside = phrase is not None and row.quotes(phrase.start)
        outside = phrase is not None and not inside
        names = [name for name in row.names if not name.quoted]
        if names or outside or not row.covered:
            if not names and person is None and self._grammar.anonymous(row.text):
                self._outside.clear()
            self._outside.move(names, outside, person if outside else None)
        if row.quoted:
            names = [name for name in row.names if name.quoted]
            self._inside.move(names, inside, person if inside else None)


class _Focus:
    """The subject and the people of the latest rows; a quotation has a focus of its own.

    Rows are counted as they are moved over: a row without a quotation does not age the quotation's focus.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._person: Person | None = None
        self._since = 0
        self._spoke = False
        self._recent: deque[tuple[int, list[Name]]] = deque(maxlen=_FOCUS_ROWS + 1)

    def clear(self) -> None:
        """Forget everybody: somebody without a name is being spoken of."""
        self._person = None
        self._recent.clear()

    def candidate(self, gender: str, strict: bool, fallback: bool) -> Person | None:
        """Whom a pronoun of this gender means in the next row, if there is no doubt.

        ``strict`` counts those whom a speaker spoke of as rivals; ``fallback`` allows the only name near.
        """
        row = self._rows + 1
        person = self._person
        if person and row - self._since <= _FOCUS_ROWS and person.fits(gender):
            return None if self._rivalled(person, gender, strict) else person
        if not fallback:
            return None
        near = {
            name.person
            for number, names in self._recent
            if row - number <= _FALLBACK_ROWS
            for name in names
            if name.may_be(gender)
        }
        return near.pop() if len(near) == 1 else None

    def _rivalled(self, person: Person, gender: str, strict: bool) -> bool:
        """Whether somebody else fits who was spoken of since, or beside a subject that did not speak."""
        return any(
            name.rival and name.person is not person and name.may_be(gender)
            for number, names in self._recent
            if number > self._since or (number == self._since and (strict or not self._spoke))
            for name in names
        )

    def move(self, names: list[Name], mentioned: bool, meant: Person | None) -> None:
        """Close a row: its subject becomes the focus.

        ``mentioned`` says whether the row has a pronoun or a role, ``meant`` who that certainly is.
        """
        if mentioned and meant is None and not any(name.subject for name in names):
            self.clear()
            names = []
        self._rows += 1
        self._recent.append((self._rows, names))
        subject, speaks = (meant, True) if meant else _subject(names)
        if not speaks and any(name.stranger or name.joined for name in names):
            self._person = None
        elif subject:
            self._person, self._since, self._spoke = subject, self._rows, speaks


def _subject(names: list[Name]) -> tuple[Person | None, bool]:
    """The one speaker, else the first subject; and whether it speaks."""
    speakers = {name.person for name in names if name.speaker and not name.joined}
    if len(speakers) == 1:
        return speakers.pop(), True
    if speakers:
        return None, False
    return next((name.person for name in names if name.subject and not name.joined), None), False
