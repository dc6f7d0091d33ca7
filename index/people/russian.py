"""Russian: case tells the subject, a nominative beside a verb, and the verb's ending tells the gender.

Whether a name is a person, and whom a pronoun means, is not decided here: see registry.py and focus.py.
"""

import re
from collections.abc import Sequence

from index.people.grammar import APPOSITION, TOKEN, UPPER, WORD, Grammar, alternatives, surroundings
from index.people.model import Name, Phrase, Role
from index.people.tables import Form

__all__ = ["Russian"]

_MOST_TITLES = 8
"""Words before a name that may belong to its titles."""

_PRONOUNS = {"он": "m", "его": "m", "ему": "m", "она": "f", "её": "f", "ее": "f", "ей": "f"}

_CASE_ENDING = re.compile(
    r"(?:ого|его|ому|ему|еем|ея|ею|ыми|ими|ым|им|ой|ей|ую|юю|ая|яя|ый|ий|ых|их|ом|ем|а|я|у|ю|е|ы|и|о|ь)$"
)
_VERB = re.compile(r"(?:\w{2,}(?:л|ла|лся|лась|ет|ит|ется|ится)|\w+(?:ен|ена|ан|ана|ят|ята))")
_PAST = re.compile(r"\w{2,}(?:л|ла|ли|лся|лась)")
_FEMALE_VERB = re.compile(r"\w{2,}(?:ла|лась|ена|ана|ята)")
_MALE_VERB = re.compile(r"\w{2,}(?:л|лся)")

_AGE = re.compile(r"(?:,\s|\s\()\d{1,3}(?:\s(?:лет|года|год))?[,)]")
_AGED = re.compile(r"\d{1,3}-летн\w{2,3}")
_JOINED = re.compile(rf"\sи\s(?:[а-яё-]{{1,20}}\s){{0,3}}[{UPPER}]")
_NAMED_ROLE = re.compile(rf"\s?[{UPPER}]|\s(?!\w+(?:л|ла|лся|лась|ет|ит)\b)\w+\s[{UPPER}]\w+\s[{UPPER}]")

_OPENING = re.compile(
    r"(?:(?:Но|И|А|Однако|Позже|Затем|Потом|Также|Кроме того,|При этом)\s)?"
    r"(Он|Она|он|она|Его|Её|Ее|Ему|Ей)\b"
)
_ACCORDING = re.compile(r"(?:По|Со)\s(его|её|ее)\s(?:словам|мнению|слов|данным|оценке)\b")
_OPENING_ROLE = re.compile(r"(\w+(?:-\w+)?)(?:\s(ведомства|министерства|компании))?\b")
_CITED = re.compile(
    r"\b(?:[Пп]о\s(?:словам|мнению|данным|оценкам?|оценке|версии|информации|сведениям|утверждению)|[Сс]о\sслов)"
    r"(?:\s[\w-]+){0,8}\s$"
)
_ACCORDING_ROLE = re.compile(r"(?:По|по)\s(?:словам|мнению|данным)\s(\w+(?:-\w+)?)\b")


class Russian(Grammar):
    """Reads names, pronouns and roles off a Russian sentence."""

    language = "ru"

    def __init__(self) -> None:
        super().__init__()
        verbs = alternatives(self.tables.speech)
        self._speech = re.compile(rf"\b(?:{verbs})\b")
        self._attributed = re.compile(
            rf"[,»”\"]\s?[—–-]?\s?(?:{verbs})\s(он|она)\b|[,»”\"]\s?[—–-]?\s(он|она)\s(?:{verbs})\b"
        )
        self._said_role = re.compile(rf"[»”\"]\s?,?\s?[—–-]\s(?:{verbs})\s(\w+(?:-\w+)?)(?=[,.]|$)")

    def key(self, word: str) -> str:
        """The word without its case ending."""
        return _CASE_ENDING.sub("", _plain(word), count=1)

    def gender(self, words: Sequence[str]) -> str:
        """What the first name tells, else a patronymic, else a surname beside an unlisted first name."""
        told = super().gender(words)
        for word in (word.lower() for word in words):
            if word.endswith(("ович", "евич")):
                told = told or "m"
            if word.endswith(("овна", "евна", "ична")):
                told = told or "f"
        if not told and len(words) > 1 and words[-1].lower().endswith(("ова", "ева", "ина", "ая")):
            return "" if self.first_name(words[0]) else "f"
        return told

    def may_be_verb(self, word: str) -> bool:
        """Whether a word ends like a verb in the past."""
        return bool(_PAST.fullmatch(word))

    def look_around(self, name: Name, row: str) -> None:
        """Read the titles before the name and the apposition behind it, then judge its case and place."""
        before, after = surroundings(name, row)
        left, nominative = self._titles(name, before)
        first_name = self.first_name(name.words[0]) if len(name.words) > 1 else None
        name.left, name.cited = left, bool(_CITED.search(before))
        if left in self.tables.prepositions or (first_name and not first_name.nominative):
            nominative = False
        name.nominative = nominative and not name.cited
        rest = self._apposition(name, after)
        verb = _verb_after(rest)
        name.joined = left == "и" or bool(_JOINED.match(rest))
        name.rival = nominative or left in ("с", "со")
        name.speech = verb in self.tables.speech or self._said_before(before)
        name.speaker = name.speech and nominative
        name.subject = name.speaker or (nominative and bool(verb))
        if name.subject and not name.gender:
            name.gender = _verb_gender(verb)

    def _titles(self, name: Name, before: str) -> tuple[str, bool]:
        """Find the leftmost role before a name ("министр обороны области X").

        Gives the word left of it and whether it is in the nominative, as a name without a role may be.
        """
        tokens = TOKEN.findall(before)
        left, nominative = len(tokens), True
        for at in range(len(tokens) - 1, max(-1, len(tokens) - 1 - _MOST_TITLES), -1):
            word = _plain(tokens[at])
            if form := self.tables.role(word):
                name.roles = [Role(form.lemma)]
                left, nominative = at, form.nominative
                name.gender = form.gender or name.gender
            elif word in self.tables.titles:
                name.strong, name.gender, left = True, self.tables.titles[word], at
            elif not self._continues(tokens[: at + 1]):
                break
        name.strong = name.strong or bool(name.roles)
        return tokens[left - 1].lower() if left else "", nominative

    def _continues(self, tokens: list[str]) -> bool:
        """Whether the last token may stand between a role and its name."""
        word = tokens[-1].lower()
        if word == ",":
            return len(tokens) > 1 and self.tables.role(_plain(tokens[-2])) is not None
        if _AGED.fullmatch(tokens[-1]):
            return True
        tables = self.tables
        known = word in tables.prepositions or word in tables.speech or word in tables.small
        return word[0].isalpha() and not known

    def _apposition(self, name: Name, after: str) -> str:
        """Take the role or age from ", министр обороны,"; what follows it."""
        if age := _AGE.match(after):
            name.strong = True
            return after[age.end() :]
        inner = APPOSITION.match(after)
        if not inner:
            return after
        first = WORD.search(inner[1])
        form = self.tables.role(_plain(first.group())) if first else None
        if form and form.nominative:
            name.roles.append(Role(form.lemma))
            name.strong = True
        return after[inner.end() :] if inner[2] == "," else ""

    def _said_before(self, before: str) -> bool:
        """Whether a speech verb stands behind a closing quote or a comma."""
        return any(
            before[: verb.start()].rstrip(" —–-").endswith((",", "»", "”", '"'))
            for verb in self._speech.finditer(before)
        )

    def pronoun(self, row: str) -> Phrase | None:
        """He or she that opens a sentence or speaks."""
        found = _OPENING.match(row) or _ACCORDING.match(row) or self._attributed.search(row)
        if not found:
            return None
        group = found.lastindex or 0
        return Phrase(*found.span(group), _PRONOUNS[found[group].lower()])

    def role_phrase(self, row: str) -> Phrase | None:
        """A role that opens a sentence with a verb behind it, or one that speaks."""
        opening = _OPENING_ROLE.match(row)
        form = self.tables.role(_plain(opening[1])) if opening else None
        if opening and form:
            return _opening_phrase(opening, form)
        found = _ACCORDING_ROLE.search(row) or self._said_role.search(row)
        form = self.tables.role(_plain(found[1])) if found else None
        if not found or not form or _NAMED_ROLE.match(row, found.end()):
            return None
        return Phrase(*found.span(1), form.gender, form.lemma)

    def anonymous(self, row: str) -> bool:
        """Whether a role or a "житель" opens the sentence."""
        opening = _OPENING_ROLE.match(row)
        word = _plain(opening[1]) if opening else ""
        form = self.tables.role(word) or self.tables.persons.get(word)
        return form is not None and form.nominative


def _plain(word: str) -> str:
    return word.lower().replace("ё", "е")


def _opening_phrase(opening: re.Match[str], form: Form) -> Phrase | None:
    """The role as a subject; whoever heads a ministry ("глава ведомства") is its minister."""
    row, end = opening.string, opening.end()
    verb = next(filter(_VERB.fullmatch, WORD.findall(row[end : end + 60])[:3]), "")
    if not verb or not form.nominative or _NAMED_ROLE.match(row, end):
        return None
    return Phrase(0, end, form.gender or _verb_gender(verb), "министр" if opening[2] else form.lemma)


def _verb_after(rest: str) -> str:
    """The verb right behind a name, else the latter of the two next words that looks like one; else ""."""
    following = WORD.findall(rest[:40])[:1] if rest[:1] in (" ", "—") else []
    near = WORD.findall(rest[:60])[:2]
    return next(filter(_VERB.fullmatch, following + near[::-1]), "")


def _verb_gender(verb: str) -> str:
    if _FEMALE_VERB.fullmatch(verb):
        return "f"
    return "m" if _MALE_VERB.fullmatch(verb) else ""
