"""English: word order tells the subject, which stands before the verb and after no preposition.

Whether a name is a person, and whom a pronoun means, is not decided here: see registry.py and focus.py.
"""

import re
from collections.abc import Sequence
from itertools import islice

from index.people.grammar import APPOSITION, TOKEN, UPPER, WORD, Grammar, alternatives, surroundings
from index.people.model import Name, Phrase, Role
from index.people.tables import Form

__all__ = ["English"]

_MOST_TITLES = 10
"""Words before a name that may belong to its titles."""

_MOST_PHRASES = 10
"""Places of a row where a role is looked for."""

_DETERMINERS = frozenset(["the", "a", "an", "its", "his", "her", "their", "our", "this", "that"])
_WHO = frozenset(["who", "whose", "whom", "which", "and", "but", "or", "while", "when", "where", "as"])
_RIVAL_PREPOSITIONS = frozenset(["with", "to", "from", "and"])
_ADDRESSING = frozenset(["told", "tells", "asked", "asks", "assured", "urged", "warned"])
"""Speech verbs whose object is the one spoken to."""

_AGE = re.compile(r"(?:,\s|\s\()(?:aged\s)?\d{1,3}[,).]")
_AGED = re.compile(r"\d{1,3}-year-old|\d{1,3}")
_OFFICE = re.compile(r"\b(\w{2,30})\s(?:of|for|at|in)\s")
_JOINED = re.compile(rf",?\sand\s(?:[\w'’-]{{1,20}}\s){{0,3}}[{UPPER}]")
_NAMED_ROLE = re.compile(rf"['’]s|s\b|-\w|\s(?:of|for|from|in|at)\b|,?\s[{UPPER}]")
_CLAUSE = re.compile(r"\b(?:that|who|whom|which|him|her|where|what|if|whether)\b")

_OPENING = re.compile(
    r"(?:(?:But|And|Yet|Still|So|Then|Now|Later|However|Meanwhile|Instead|Also|Nevertheless)\s?,?\s)?"
    r"(He|She|he|she|His|Her)\b"
)
_ACCORDING = re.compile(r"(?:According to|In the words of)\s(him|her)\b")
_ACCORDING_TO = re.compile(rf"[Aa]ccording\sto\s(?:the\s)?(?:[{UPPER}][\w'’-]{{0,20}}\s){{0,6}}$")
_INTRODUCED = re.compile(r"(?:[A-Z][a-z]+)\s[^,»”\"«“\n]{0,70}?,?\s(he|she)\b")


class English(Grammar):
    """Reads names, pronouns and roles off an English sentence."""

    language = "en"

    def __init__(self) -> None:
        super().__init__()
        verbs = alternatives(self.tables.speech)
        adverbs = alternatives(self.tables.adverbs)
        self._speech = re.compile(rf"\s(?:{verbs})\b")
        self._attributed = re.compile(
            rf"(?:[,»”\"’—–-]\s?|\bas\s)(he|she)\s(?:(?:{adverbs})\s){{0,2}}(?:{verbs})\b"
            rf"|[,»”\"’—–-]\s?(?:{verbs})\s(he|she)\b"
        )
        self._speaking_role = re.compile(
            rf"(?:^|(?:[Aa]ccording\sto\s|[,”»\"]\s(?:(?:{verbs})\s)?))([Tt]he(?:\s[\w.'’-]{{1,24}}){{1,5}})"
        )
        self._anonymous = re.compile(
            rf"(?:^|[,”»\"]\s(?:{verbs})\s)(?:An?|The|One|a|an|the|one)((?:\s[\w'’-]{{1,24}}){{1,4}})"
        )

    def gender(self, words: Sequence[str]) -> str:
        """What the first name tells, else a Slavic or Icelandic surname."""
        told = super().gender(words)
        if told:
            return told
        surname = words[-1].lower()
        if surname.endswith(("ova", "eva", "skaya", "skaia", "dottir")):
            return "f"
        return "m" if surname.endswith(("ov", "ev", "sky", "skiy", "skyy")) and len(surname) > 4 else ""

    def may_be_verb(self, word: str) -> bool:
        """Whether a word is a listed verb or adverb, or ends like one."""
        tables = self.tables
        listed = word in tables.speech or word in tables.verbs or word in tables.adverbs
        return listed or word.endswith(("ed", "ly"))

    def look_around(self, name: Name, row: str) -> None:
        """Read the titles before the name and the apposition behind it, then judge its place."""
        before, after = surroundings(name, row)
        left, nothing_left = self._titles(name, before)
        rest = self._apposition(name, after)
        verb = self._next_word(rest)
        opening = nothing_left and len(before) == name.start
        if opening and name.strong and not verb:
            verb = self._later_speech(rest)
        tables = self.tables
        possessive = after.startswith(("'s", "’s", "s' "))
        addressed = left in _ADDRESSING
        free = left not in tables.prepositions and not possessive and not addressed
        acting = verb in tables.verbs or verb in tables.speech or verb.endswith(("ed", "s"))
        name.joined = left == "and" or bool(_JOINED.match(rest))
        name.rival = not possessive and (free or left in _RIVAL_PREPOSITIONS) and not left.endswith("ing")
        name.speech = verb in tables.speech or (left in tables.speech and not addressed)
        name.left, name.cited = left, _according_to(before, left) and not possessive
        name.speaker = (name.speech and free) or name.cited
        name.subject = name.speaker or (free and acting)
        if left == "the" and not name.roles:
            name.strong = name.speech = name.subject = False

    def _titles(self, name: Name, before: str) -> tuple[str, bool]:
        """Read titles and roles leftwards; the word left of them, and whether nothing else is.

        The word is "the" when that is all there is besides adjectives: "the young X" hardly is a person.
        """
        tokens = TOKEN.findall(self._without_place(before))
        name.apposed = tokens[-1:] == [","]
        words, heads = list[str](), list[str]()
        at = len(tokens)
        while at > max(0, len(tokens) - _MOST_TITLES):
            word = tokens[at - 1].lower()
            title = word.rstrip(".")
            if form := self._one_or_many(word):
                words.append(word)
                heads.append(form.lemma)
                name.gender = name.gender or form.gender
            elif title in self.tables.titles:
                name.strong, name.gender = True, name.gender or self.tables.titles[title]
            elif self._continues(tokens[:at], words):
                words.append(word)
            else:
                break
            at -= 1
            if word in _DETERMINERS:
                break
        name.roles = [Role(head, frozenset(words)) for head in heads]
        name.strong = name.strong or bool(heads)
        if not heads and words[-1:] == ["the"]:
            return "the", at == 0
        return tokens[at - 1].lower() if at else "", at == 0

    def _one_or_many(self, word: str) -> Form | None:
        """A role in the singular, or in the plural of "one of the leaders"."""
        return self.tables.role(word) or self.tables.role(word.removesuffix("s"))

    def _without_place(self, before: str) -> str:
        """ "the mayor, " for "the mayor of the old town, ": the role alone."""
        if not before.endswith(", "):
            return before
        phrase = max(map(before[:-2].rfind, ',.;:!?«»“”"\n')) + 1
        for office in _OFFICE.finditer(before, phrase):
            if self._one_or_many(office[1].lower()):
                return before[: office.end(1)] + ", "
        return before

    def _continues(self, tokens: list[str], words: list[str]) -> bool:
        """Whether the last token belongs to a title: an adjective, an age, "of" after a role.

        ``words`` are the title's so far, those to its right, backwards.
        """
        word = tokens[-1].lower()
        if word in self.tables.modifiers or word in self.tables.places or _AGED.fullmatch(word):
            return True
        if word == "of" and not words:
            return False
        if word in (",", "of"):
            return len(tokens) > 1 and self._one_or_many(tokens[-2].lower()) is not None
        if word in _DETERMINERS or word.endswith(("'s", "’s")):
            return True
        after_role = bool(words) and self.tables.role(words[-1]) is not None
        return after_role and tokens[-1][0].isupper() and len(tokens) > 1

    def _apposition(self, name: Name, after: str) -> str:
        """Take the role or age from ", the foreign minister,"; what follows it."""
        if age := _AGE.match(after):
            name.strong = True
            return "" if age.group().endswith(".") else after[age.end() :]
        inner = APPOSITION.match(after)
        if not inner:
            return after[1:] if name.apposed and after.startswith(",") else after
        words = [word.lower() for word in WORD.findall(inner[1])]
        if not words or (name.apposed and words[0] not in _WHO) or self.may_be_verb(words[0]):
            return after[1:]
        if words[0] not in _WHO:
            self._apposed_role(name, words[:8])
        return after[inner.end() :] if inner[2] == "," else ""

    def _apposed_role(self, name: Name, words: list[str]) -> None:
        tables = self.tables
        for number, word in enumerate(words):
            if word in tables.speech or word in tables.verbs or word in tables.prepositions:
                return
            if form := tables.role(word):
                name.roles.append(Role(form.lemma, frozenset(words[: number + 1])))
                name.gender = name.gender or form.gender
                following = words[number + 1] if number + 1 < len(words) else ""
                if not following or following in tables.prepositions or following in _WHO:
                    name.strong = True

    def _next_word(self, rest: str) -> str:
        """The first word that is no adverb, when it is small and nothing stands between."""
        if rest[:1] not in (" ", "\n"):
            return ""
        for word in WORD.findall(rest[:40])[:3]:
            if word not in self.tables.adverbs and not word.endswith("ly"):
                return word if word.islower() else ""
        return ""

    def _later_speech(self, rest: str) -> str:
        found = self._speech.search(rest)
        return found.group().strip() if found else ""

    def pronoun(self, row: str) -> Phrase | None:
        """He or she that opens a sentence, speaks, or follows an opening like "In May, "."""
        found = _OPENING.match(row) or _ACCORDING.match(row)
        if not found and (" he" in row or " she" in row):
            found = self._attributed.search(row) or self._introduced(row)
        if not found:
            return None
        group = found.lastindex or 0
        gender = "m" if found[group].lower() in ("he", "his", "him") else "f"
        return Phrase(*found.span(group), gender, possessive=found[group] in ("His", "Her"))

    def _introduced(self, row: str) -> re.Match[str] | None:
        if not row[:1].isupper() or row[:12].split(None, 1)[0].lower() not in self.tables.openers:
            return None
        found = _INTRODUCED.match(row)
        return None if found and _CLAUSE.search(found.group()) else found

    def role_phrase(self, row: str) -> Phrase | None:
        """The first "the minister" that opens a sentence or speaks."""
        if not row.startswith("The ") and " the " not in row:
            return None
        places = islice(self._speaking_role.finditer(row), _MOST_PHRASES)
        return next(filter(None, map(self._role_in, places)), None)

    def _role_in(self, found: re.Match[str]) -> Phrase | None:
        """The role that heads "The deputy prime minister offered to"; all words before it are modifiers."""
        row = found.string
        end, head, words, said = 0, Form(""), frozenset[str](), list[str]()
        for word in TOKEN.finditer(row, found.start(1) + len("the "), found.end(1)):
            lower = word.group().lower()
            form = self.tables.role(lower)
            if not form and lower not in self.tables.modifiers:
                break
            said.append(lower)
            if form:
                end, head, words = word.end(), form, frozenset(said) - {lower}
        if not end or _NAMED_ROLE.match(row, end):
            return None
        if found.start(1) and "ccording" not in found.group() and not self._speaks(found, end):
            return None
        return Phrase(found.start(1), end, head.gender, head.lemma, words | {head.lemma})

    def _speaks(self, found: re.Match[str], end: int) -> bool:
        row, start = found.string, found.start(1)
        verb_before = row[found.start() + 1 : start].strip()
        return verb_before in self.tables.speech or self._next_word(row[end : end + 40]) in self.tables.speech

    def anonymous(self, row: str) -> bool:
        """Whether "a neighbour" opens the sentence or speaks."""
        found = self._anonymous.search(row)
        words = found[1].lower().split() if found else []
        return any(self.tables.role(word) or word in self.tables.persons for word in words)


def _according_to(before: str, left: str) -> bool:
    return bool(_ACCORDING_TO.search(before)) or (left == "to" and "ccording to" in before)
