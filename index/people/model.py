"""The values that pass between the modules of this package.

A row is a sentence, numbered from 0 in the document; all offsets are code points of the row's text. A gender
is "m", "f" or, as long as nothing tells it, "".

Nothing here computes: names are found by a grammar, people by the registry.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

__all__ = ["Claim", "Name", "Person", "Phrase", "Role", "Row"]


@dataclass(frozen=True, slots=True)
class Role:
    """``head`` is the role's group ("chair" for a chairwoman), ``words`` what was said of it (English)."""

    head: str
    words: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Person:
    """``words`` are the longest name so far; ``named`` is where it stood last: row, start, end.

    ``first`` is where it stood first, in the nominative if it ever does.
    """

    words: tuple[str, ...]
    gender: str = ""
    roles: list[Role] = field(default_factory=list)
    named: tuple[int, int, int] | None = None
    first: tuple[int, int, int] | None = None
    _nominative: bool = False

    def stands(self, row: int, name: "Name") -> None:
        """Note a place where the whole name stands."""
        self.named = (row, name.start, name.end)
        if self.first is None or (name.nominative and not self._nominative):
            self.first, self._nominative = self.named, name.nominative

    def renamed(self, words: tuple[str, ...]) -> None:
        """A longer name was found: the places of the shorter one no longer count."""
        self.words, self.named, self.first, self._nominative = words, None, None, False

    @property
    def description(self) -> frozenset[str]:
        """The words of the person's name and roles, in lower case."""
        roles = (role.words | {role.head} for role in self.roles)
        return frozenset(word.lower() for word in self.words).union(*roles)

    def fits(self, gender: str) -> bool:
        """Whether a word of this gender may mean the person."""
        return not self.gender or not gender or self.gender == gender


@dataclass(slots=True)
class Name:
    """A run of words that may be a person, and what stands around it."""

    words: tuple[str, ...]
    start: int
    end: int

    # what the grammar sees
    roles: list[Role] = field(default_factory=list)
    gender: str = ""
    apposed: bool = False  # "the director, X": a comma between role and name
    titled: bool = False  # a title or role in capitals directly before it
    doubtful: bool = False  # with a word that streets and parks have too
    strong: bool = False  # a title, role, age or listed first name says that it is a person
    speech: bool = False  # beside a speech verb
    subject: bool = False
    speaker: bool = False
    joined: bool = False  # "X and Y"
    rival: bool = True  # may be who a later "he" means, although not the subject
    left: str = ""  # the word or mark before the name and its titles, lower case; "" at the row's beginning
    cited: bool = False  # "according to X"
    nominative: bool = True

    # what the registry and the reader add
    person: Person | None = None
    stranger: bool = False  # a subject that nothing shows to be a person, but might be one
    quoted: bool = False

    def may_be(self, gender: str) -> bool:
        """Whether a word of this gender may mean whoever this is."""
        return self.person is None or self.person.fits(gender)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pronoun (no ``head``) or a role phrase; ``words`` are the role's with its modifiers (English)."""

    start: int
    end: int
    gender: str = ""
    head: str = ""
    words: frozenset[str] = frozenset()
    possessive: bool = False


@dataclass(slots=True)
class Row:
    """A row being read; ``quoted`` are its quoted parts, in order.

    ``inside`` and ``open`` say whether a quotation is open at its beginning and its end, ``continued``
    whether it takes up one that the paragraph before left open.
    """

    number: int
    text: str
    quoted: list[tuple[int, int]]
    inside: bool = False
    open: bool = False
    continued: bool = False
    names: list[Name] = field(default_factory=list)
    subject: tuple[int, Person] | None = None
    """Who opens the row as its subject, and where: its first name, pronoun or role."""

    def quotes(self, at: int) -> bool:
        """Whether a place is quoted."""
        place = bisect_right(self.quoted, (at, len(self.text) + 1)) - 1
        return place >= 0 and at < self.quoted[place][1]

    @property
    def covered(self) -> bool:
        """Whether the row is nothing but quotation."""
        return bool(self.quoted) and self.quoted[0][0] <= 1 and self.quoted[-1][1] >= len(self.text) - 2


@dataclass(frozen=True, slots=True)
class Claim:
    """A place where a row says that somebody says something: ``start`` to ``end`` is the verb.

    ``person`` or, for an organisation, ``written`` (a span of the row) is who; neither when that is not
    sure."""

    start: int
    end: int
    person: Person | None = None
    written: tuple[int, int] | None = None
    left: str = ""
    inverted: bool = False

    @property
    def voice(self) -> object:
        """Equal for claims of the same speaker; None when nobody is sure."""
        return self.person or self.written
