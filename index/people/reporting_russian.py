"""Russian: a subject in the nominative stands beside its verb, on either side, and agrees with it.

What follows the verb must be seen to be speech: a clause ("что"), a quotation, "о" of what was told; or the
verb stands behind what was said, after a dash or a comma. "По словам X" takes the genitive.

Who speaks in which row is not decided here: see speakers.py.
"""

import re
from collections.abc import Iterator
from itertools import islice

from index.people.grammar import APPOSITION, UPPER, Grammar, alternatives
from index.people.model import Claim, Name, Person, Phrase, Row
from index.people.registry import Registry
from index.people.reporting import CLOSERS, ORGANISATION, Reporting, last_token

__all__ = ["RussianReporting"]

_LITTLE = (
    r"(?:\s(?:также|ранее|позже|позднее|ещё|еще|снова|вновь|тогда|уже|потом|затем|сам|сама|накануне|вчера|сегодня|же"
    r"|при\sэтом|в\s(?:среду|четверг|пятницу|субботу|воскресенье|понедельник|вторник)|[а-яё]{2,20}о)){0,3}"
)
_CLAUSE = re.compile(
    r"[^.;!?«»“”\"]{0,110}?,\s(?:что|чтобы|будто|как|когда|где|куда|почему|зачем|сколько|кто|\w+\sли|ли)\b"
)
_QUOTE = re.compile(r"[^.;!?«»“”\"]{0,60}?(?::\s|:$|[«“\"])")
_ABOUT = re.compile(r"(?:\s[\w-]+){0,3}?\s(?:о|об|обо|про)\s")
_DONE = re.compile(r"\s?(?:[.,;:)!?—–-]|$)|\s(?:в|на|во|после|журналистам|газете|агентству|корреспонденту)\b")
_PRONOUN = re.compile(r"\b(?:[Оо]на?|[Оо]ни|я|[Мм]ы)\b")
_BY = re.compile(r"\b(?:[Пп]о|[Сс]о)\s(?:\w+\s)?$")
_ACCORDING = re.compile(
    rf"\b[Пп]о\s(?:данным|информации|сведениям|мнению|оценке|словам)\s([{UPPER}]{{2,8}})\b"
)
_BETWEEN = re.compile(r"[.;:!?«»“”\"()]")
_APART = re.compile(r"[.,;:!?«»“”\"()]")
"""What may not stand between a verb and the subject behind it; a final one may have commas."""
_OBLIQUE = re.compile(r"\w+(?:у|ю|ым|им|ом|ем|е|ого|ому)$")
_PLURAL = ("ли", "ут", "ют", "ат", "ят")
_OFFICE = re.compile(r"(?:Мин|Рос|Гос|Глав|Центр)[а-я]{3,}")


class RussianReporting(Reporting):
    """Reads the claims of a Russian row."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        self.verbs = self.tables.reporting | self.tables.proposing
        verbs = alternatives(self.verbs).replace("е", "[её]")
        self.verb = re.compile(rf"\b(?:{verbs})\b")
        self._predicate = re.compile(rf"{_LITTLE}\s(?P<verb>{verbs})\b")
        self._subject = re.compile(
            rf"{_LITTLE}\s(?:(?P<in>в)\s)?(?P<name>{ORGANISATION}(?:\s{ORGANISATION}){{0,3}})"
        )
        self._organisation = re.compile(rf"(?:^|(?P<left>\S+)\s)(?P<name>{ORGANISATION}){_LITTLE}\s$")

    def cited(
        self, row: Row, phrase: Phrase | None, person: Person | None, known: Registry
    ) -> Iterator[Claim]:
        """Who a row accords to."""
        for name in row.names:
            if name.cited and not name.quoted and (name.person or known.same_surname(name.words[-1])):
                yield Claim(name.start, name.end, name.person)
        if phrase and _BY.search(row.text[max(0, phrase.start - 24) : phrase.start]):
            yield Claim(phrase.start, phrase.end, person)
        for found in islice(_ACCORDING.finditer(row.text), 4):
            yield Claim(*found.span(1), written=found.span(1))

    def pronouns(self, row: Row, phrase: Phrase | None, person: Person | None) -> Iterator[Claim]:
        """The claims of "он сказал", "сказала она" and "министр заявил", resolved or not."""
        text = row.text
        for word in islice(_PRONOUN.finditer(text), 16):
            if not row.quotes(word.start()):
                alike = bool(phrase) and _gender(word.group()) == (phrase.gender if phrase else "")
                here = (
                    phrase is not None and not phrase.head and alike and self._near(row, phrase, word.start())
                )
                yield from self._beside(text, word.start(), word.end(), person if here else None)
        if phrase and phrase.head and not row.quotes(phrase.start):
            yield from self._beside(text, phrase.start, phrase.end, person)

    @staticmethod
    def _near(row: Row, phrase: Phrase, start: int) -> bool:
        return not any(phrase.end <= name.start < start for name in row.names if not name.quoted)

    def _beside(self, row: str, start: int, end: int, voice: Person | None) -> Iterator[Claim]:
        """The claim of the verb behind a subject, else of the one before it."""
        verb = self._predicate.match(row, end)
        if verb:
            yield Claim(*verb.span("verb"), voice, left=last_token(row[max(0, start - 40) : start]))
            return
        before = row[max(0, start - 40) : start]
        last = self._last_verb(before)
        if last and not before[last.end() :].strip(" "):
            at = start - len(before) + last.start()
            left = last_token(row[max(0, at - 40) : at])
            yield Claim(at, at + len(last.group()), voice, left=left, inverted=True)

    def _last_verb(self, before: str) -> re.Match[str] | None:
        return next(reversed(list(self.verb.finditer(before))), None)

    def named(self, row: Row, name: Name, voice: Person | None) -> Iterator[Claim]:
        """The claims of "X заявил", "X, мэр, заявил" and "заявил мэр X"."""
        text = row.text
        if name.cited:
            return
        inner = APPOSITION.match(text, name.end)
        ends = [name.end, inner.end()] if inner and inner[2] == "," else [name.end]
        for end in ends:
            verb = self._predicate.match(text, end)
            if verb:
                fits = self._agrees(name, verb["verb"])
                yield Claim(*verb.span("verb"), voice if fits else None, left=name.left)
                return
        before = text[max(0, name.start - 110) : name.start]
        last = self._last_verb(before)
        if last is None:
            return
        at = name.start - len(before) + last.start()
        left = last_token(text[max(0, at - 40) : at])
        between = _BETWEEN if left in CLOSERS else _APART
        if between.search(before, last.end()) or any(at < other.start < name.start for other in row.names):
            return
        fits = self._agrees(name, last.group())
        yield Claim(at, at + len(last.group()), voice if fits else None, left=left, inverted=True)

    @staticmethod
    def _agrees(name: Name, verb: str) -> bool:
        """Whether a name may be the verb's subject: its case, and the verb's gender in the past."""
        last = name.words[-1].lower()
        if not name.nominative or (
            _OBLIQUE.fullmatch(last) and name.person and name.person.words[-1].lower() != last
        ):
            return False
        gender = (name.person.gender if name.person else "") or name.gender
        feminine = verb.endswith(("ла", "лась"))
        masculine = verb.endswith(("л", "лся"))
        if verb.endswith("ли"):
            return False
        if last.endswith(("ова", "ева", "ёва", "ина", "ая")) and masculine:
            return False
        return not ((feminine and gender == "m") or (masculine and gender == "f"))

    def unclaimed(self, row: Row, start: int, end: int, known: Registry) -> Claim | None:
        """An organisation's claim, or somebody's."""
        text = row.text
        before = text[max(0, start - 90) : start]
        left = last_token(before)
        if left == "не":
            return None
        found = self._organisation.search(before)
        if found and not text[start:end].endswith(_PLURAL):
            at = found.start("name") + start - len(before)
            genitive = (found["left"] or "").isalpha()  # "списки Ульстера"
            sure = not genitive and self._is_name(found["name"], known, opening=at == 0)
            written = (at, at + len(found["name"])) if sure else None
            return Claim(start, end, written=written, left=(found["left"] or "").lower())
        after = self._subject.match(text, end)
        if after and (after["name"].isupper() or not after["in"]) and not row.quotes(after.start("name")):
            sure = self._is_name(after["name"], known, opening=False)
            agrees = bool(after["in"]) == text[start:end].endswith("ли") or after["name"].isupper()
            return Claim(
                start, end, written=after.span("name") if sure and agrees else None, left=left, inverted=True
            )
        return Claim(start, end, left=left, inverted=left in CLOSERS)

    def _is_name(self, name: str, known: Registry, *, opening: bool) -> bool:
        last = name.rsplit(maxsplit=1)[-1]
        if self.tables.role(last.lower()) or known.same_surname(last) or last.lower() in self.tables.small:
            return False
        if _OBLIQUE.fullmatch(last.lower()) and not last.isupper():
            return False
        return (
            last.isupper()
            or bool(_OFFICE.match(last))
            or last.lower() in self.tables.places
            or known.is_name(last, opening=opening)
        )

    def reports(self, row: str, claim: Claim) -> bool:
        """Whether speech follows a claim or went before it."""
        left, end, verb = claim.left, claim.end, row[claim.start : claim.end]
        if left in self.tables.embedding or left == "не":
            return False
        if left in CLOSERS and (claim.inverted or _DONE.match(row, end)):
            return True
        if left == "как":
            return True
        if _CLAUSE.match(row, end) or _QUOTE.match(row, end) or _ABOUT.match(row, end):
            return True
        return verb.replace("ё", "е") in self.tables.proposing


def _gender(pronoun: str) -> str:
    return {"он": "m", "она": "f"}.get(pronoun.lower(), "?")
