"""The values that pass between the modules of this package.

A row is a sentence, numbered from 0 in the document; all offsets are code points of the row's text. A gender
is "m", "f" or, as long as nothing tells it, "".

Nothing here computes: names are found by a grammar, people by the registry.
"""

from dataclasses import dataclass, field

__all__ = ["Name", "Person", "Phrase", "Role"]


@dataclass(frozen=True, slots=True)
class Role:
    """``head`` is the role's group ("chair" for a chairwoman), ``words`` what was said of it (English)."""

    head: str
    words: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Person:
    """``words`` are the longest name so far; ``named`` is where it stood last: row, start, end."""

    words: tuple[str, ...]
    gender: str = ""
    roles: list[Role] = field(default_factory=list)
    named: tuple[int, int, int] | None = None

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
