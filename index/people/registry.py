"""Who has been named: the people of one document, told apart by surname, first word and role.

Who is being spoken of at a place is not known here: see focus.py.
"""

import re

from index.people.grammar import UPPER, Grammar
from index.people.model import Name, Person, Phrase

__all__ = ["Registry"]

_MANY = 8
"""A role with more holders, or a surname with more bearers, than this is nobody's."""

_INNER_CAPITAL = re.compile(rf"(?<=[\w,;] )[{UPPER}]\w{{1,40}}")


class Registry:
    """The people of one document, by surname, by first word and by role."""

    def __init__(self, grammar: Grammar, text: str) -> None:
        self._grammar = grammar
        self._text = text
        self._by_word: dict[str, list[Person]] = {}
        self._by_role: dict[str, list[Person]] = {}
        self._small_words: frozenset[str] | None = None
        self._large_words: frozenset[str] | None = None

    def knows(self, word: str) -> bool:
        """Whether somebody has this surname or first name."""
        return self._grammar.key(word) in self._by_word

    def enter(self, name: Name) -> bool:
        """Find or make the person of a name, or call it a stranger; false when it is nobody at all."""
        short = len(name.words) == 1 or name.words[0].lower() in self._grammar.tables.particles
        bearers = self._by_word.get(self._grammar.key(name.words[-1]), [])
        if short:
            bearers = [person for person in bearers if person.fits(name.gender)]
        if short and bearers:
            name.person = bearers[0] if len(bearers) == 1 else None
        else:
            name.person = self._same(name, bearers)
            if name.person is None and self._convincing(name, short):
                name.person = Person(name.words)
                self._index(name.person)
            elif name.person is None:
                name.stranger = name.subject and not self._common_noun(name)
                return name.stranger
        if name.person:
            self._learn(name.person, name)
        return True

    def holder(self, phrase: Phrase) -> Person | None:
        """The only person known to have the role."""
        heads = self._grammar.tables.heads(phrase.head)
        holders = {
            person
            for head in heads
            for person in self._by_role.get(head, ())
            if self._holds(person, phrase, heads)
        }
        if len(holders) != 1:
            return None
        person = holders.pop()
        return person if person.fits(phrase.gender) else None

    def _holds(self, person: Person, phrase: Phrase, heads: frozenset[str]) -> bool:
        """Whether a person has the role: the same group, all modifiers, and no other rank."""
        modifiers = phrase.words - {phrase.head}
        return any(
            role.head in heads
            and modifiers <= role.words | {role.head}
            and role.words & self._grammar.tables.ranks <= phrase.words
            for role in person.roles
        )

    def _same(self, name: Name, bearers: list[Person]) -> Person | None:
        """The bearer of the surname with the same first name, or so far with none."""
        key = self._grammar.key
        for person in bearers:
            if key(person.words[0]) == key(name.words[0]) and key(person.words[-1]) == key(name.words[-1]):
                return person
            surname_only = len(person.words) == 1 and len(bearers) == 1
            if surname_only and person.fits(self._grammar.gender(name.words)):
                return person
        return None

    def _convincing(self, name: Name, short: bool) -> bool:
        """Whether a name that nobody has borne before is a person's."""
        if short:
            return name.titled and len(name.words[0]) > 2
        if name.doubtful:
            return name.strong or name.speech
        first = self._grammar.first_name(name.words[0])
        patronymic = len(name.words) == 3 and name.words[1].lower().endswith(("вич", "вна", "чна"))
        if name.strong or first or patronymic or self.knows(name.words[-1]):
            return True
        return name.speech and self._written_small().isdisjoint(word.lower() for word in name.words)

    def _common_noun(self, name: Name) -> bool:
        """Whether a word has its capital only because a sentence begins: a plural, or small elsewhere."""
        word = name.words[0].lower()
        if len(name.words) > 1 or name.start or self._grammar.first_name(word):
            return False
        return word.endswith("s") or word in self._written_small()

    def same_surname(self, word: str) -> list[Person]:
        """Who has this surname or first name."""
        return self._by_word.get(self._grammar.key(word), [])

    def is_name(self, word: str, *, opening: bool) -> bool:
        """Whether a capitalised word is a name of something: elsewhere it is not written small, and one that
        opens a sentence has its capital elsewhere too.
        """
        if word.lower() in self._written_small():
            return False
        return not opening or word.isupper() or word in self._written_large()

    def _written_large(self) -> frozenset[str]:
        """All words that the document writes with a capital inside a sentence."""
        if self._large_words is None:
            self._large_words = frozenset(_INNER_CAPITAL.findall(self._text))
        return self._large_words

    def _written_small(self) -> frozenset[str]:
        """All words the document writes with a small letter: such a word hardly is a name."""
        if self._small_words is None:
            self._small_words = frozenset(re.findall(r"\b[a-zа-яё]{2,40}\b", self._text))
        return self._small_words

    def _learn(self, person: Person, name: Name) -> None:
        """Add what a name tells of its person: more words, a gender, roles."""
        if len(name.words) > len(person.words):
            person.renamed(name.words)
            self._index(person)
        person.gender = person.gender or self._grammar.gender(person.words) or name.gender
        for role in name.roles:
            if role not in person.roles and len(person.roles) < _MANY:
                person.roles.append(role)
            _add(self._by_role.setdefault(role.head, []), person)

    def _index(self, person: Person) -> None:
        for word in (person.words[0], person.words[-1]):
            _add(self._by_word.setdefault(self._grammar.key(word), []), person)


def _add(people: list[Person], person: Person) -> None:
    """List a person once; one more than many is enough to know that they are too many."""
    if person not in people and len(people) <= _MANY:
        people.append(person)
