"""What both languages share: how a row's capitalised runs become names, and what a language must say of them.

Who the names are, and who a pronoun means, is not decided here: see registry.py and focus.py.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from index.people.model import Name, Phrase
from index.people.tables import Form, Tables

__all__ = ["APPOSITION", "TOKEN", "UPPER", "WORD", "Grammar", "alternatives", "surroundings"]

_BEFORE, _AFTER = 90, 160
"""Code points looked at on either side of a name."""

_MOST_WORDS = 5
"""Words of a name; a longer run is a list or a title."""

UPPER = "A-Z" + "".join(c for c in map(chr, range(0xC0, 0x250)) if c.isupper()) + "А-ЯЁ"
"""Capitals, for a regular expression's class."""

WORD = re.compile(r"\w+(?:[-'’]\w+)*")
TOKEN = re.compile(r"[\w.'’-]*\w[.'’]?|[^\w\s]")
APPOSITION = re.compile(r",\s([^,;:.!?»”\"\n]{2,110})([,.;]|$)")
"""Group 1 is what stands between commas, group 2 how it ends."""

_CAPITALISED = (
    rf"(?:(?:[{UPPER}]\.){{1,4}}|(?:Mr|Mrs|Ms|Mx|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Capt|Rev|Hon)\."
    rf"|(?:(?:al|el|as|an|ash|ar|ad|at|az)-)?[{UPPER}]\w{{0,40}}(?:['’](?!s\b)\w{{1,30}}|-\w{{1,30}}){{0,3}})"
)
_CAPITALISED_WORD = re.compile(_CAPITALISED)
_ACCENTS = str.maketrans(
    "áàâäãåčćçéèêëěíìîïñńóòôöõøřšśúùûüýžźżłğışё", "aaaaaaccceeeeeiiiinnoooooorssuuuuyzzzlgisе"
)


def alternatives(words: Iterable[str]) -> str:
    """The words as the inside of a regular expression's group; without any it never matches."""
    return "|".join(sorted(words)) or "(?!)"


def surroundings(name: Name, row: str) -> tuple[str, str]:
    """What stands before and after a name, as far as anything looks."""
    return row[max(0, name.start - _BEFORE) : name.start], row[name.end : name.end + _AFTER]


class Grammar(ABC):
    """How a language shows who is who; a subclass says what stands around a name and what a mention is."""

    language: str

    def __init__(self) -> None:
        self.tables = Tables(self.language)
        particles = alternatives(self.tables.particles)
        self._run = re.compile(
            rf"(?<![\w.'’-]){_CAPITALISED}(?:\s{{1,2}}(?:(?:{particles})\s){{0,2}}{_CAPITALISED}){{0,7}}"
        )

    @abstractmethod
    def look_around(self, name: Name, row: str) -> None:
        """Fill in the roles, gender, evidence and place in the sentence."""

    @abstractmethod
    def may_be_verb(self, word: str) -> bool:
        """Whether a word looks like a verb, or like the adverb before one."""

    @abstractmethod
    def pronoun(self, row: str) -> Phrase | None:
        """The first pronoun that stands for a person as a rule can tell."""

    @abstractmethod
    def role_phrase(self, row: str) -> Phrase | None:
        """The first bare role ("the minister") at a subject's or a speaker's place."""

    @abstractmethod
    def anonymous(self, row: str) -> bool:
        """Whether the sentence's subject or speaker is somebody without a name ("a neighbour")."""

    def key(self, word: str) -> str:
        """What all forms of a name's word have in common."""
        return word.lower()

    def gender(self, words: Sequence[str]) -> str:
        """What a full name tells by itself: that of its first name; "" when it tells none."""
        form = self.first_name(words[0]) if len(words) > 1 else None
        return form.gender if form else ""

    def first_name(self, word: str) -> Form | None:
        """The listed first name, with or without its accents."""
        lower = word.lower()
        return self.tables.first_names.get(lower) or self.tables.first_names.get(lower.translate(_ACCENTS))

    def names(self, row: str, known: Callable[[str], bool]) -> Iterator[Name]:
        """The runs of a row that could be people, with what their surroundings say; in order.

        ``known`` says whether a word is in a name already registered: a single word is nobody without that,
        a title or a verb behind it.
        """

        def alone(word: str, end: int) -> bool:
            return self._acts(end, row) or known(word)

        for run in self._run.finditer(row):
            if " " not in run.group() and not alone(run.group(), run.end()):
                continue
            for words in self._parts(run):
                name = self._cut(words)
                if name and (len(name.words) > 1 or name.titled or alone(name.words[0], name.end)):
                    self.look_around(name, row)
                    yield name

    def _parts(self, run: re.Match[str]) -> Iterator[list[re.Match[str]]]:
        """The run's words, parted at those that are in no name ("Monday"); a firm ("X & Y") has none."""
        if run.string.startswith(" &", run.end()) or run.string.endswith("& ", 0, run.start()):
            return
        words = _CAPITALISED_WORD.finditer(run.string, run.start(), run.end())
        for small, part in groupby(words, lambda word: word.group().lower() in self.tables.small):
            if not small:
                yield list(part)

    def _cut(self, run: list[re.Match[str]]) -> Name | None:
        """What is left of a run without the titles, roles and adjectives before the name."""
        lower = [word.group().lower() for word in run]
        first = self._first_word(lower)
        if not 1 <= len(run) - first <= _MOST_WORDS:
            return None
        listed = lower[first] in self.tables.first_names
        strange = self.tables.not_names.intersection(lower[first + listed :])
        if not strange <= self.tables.surnames_too:
            return None
        if not self.tables.places.isdisjoint(lower[first:]) and not (listed and len(run) - first > 1):
            return None
        return Name(
            tuple(word.group() for word in run[first:]),
            run[first].start(),
            run[-1].end(),
            titled=first > 0 and lower[first - 1] not in self.tables.modifiers,
            doubtful=bool(strange),
        )

    def _first_word(self, lower: list[str]) -> int:
        """Where the name begins: at a listed first name, else behind the last title, role or adjective."""
        tables = self.tables
        for number, word in enumerate(lower[:-1]):
            listed = self.first_name(word)
            if listed and listed.nominative and lower[number + 1] not in tables.roles:
                return number
        first = 0
        for number, word in enumerate(lower):
            title = tables.role(word) or word.rstrip(".") in tables.titles or word in tables.modifiers
            place = 0 < first == number and word in tables.places  # "President of Georgia X"
            if title or place:
                first = number + 1
        return first

    def _acts(self, end: int, row: str) -> bool:
        """Whether a verb follows a single word: somebody who was never introduced may be the subject."""
        if row.startswith((", who ", ", который ", ", которая "), end):
            return True
        following = row[end : end + 24].split(" ", 2)
        return len(following) > 1 and not following[0] and self.may_be_verb(following[1])
