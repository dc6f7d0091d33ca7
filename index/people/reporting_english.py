"""English: a subject stands before its verb, or behind it where what was said comes first.

"X said" reports whatever follows; of other verbs it must be seen that speech follows ("noted that",
"asked whether") or went before (", X noted."), since "X noted the time" is none. Negations, passives and
clauses that depend on others ("after X said") are no claims.

Who speaks in which row is not decided here: see speakers.py.
"""

import re
from collections.abc import Iterator
from itertools import islice

from index.people.grammar import UPPER, Grammar, alternatives
from index.people.model import Claim, Name, Person, Phrase, Row
from index.people.registry import Registry
from index.people.reporting import CLOSERS, ORGANISATION, Reporting, last_token

__all__ = ["EnglishReporting"]

_WORD = r"(?:\s[\w'’.&-]{1,30})"
_OPENER = r"[«“\"„]"
_THING = r"\s(?:question|time|day|week|month|year|issue|offer|claim|call|point|same|case)\b"
_THAT = re.compile(
    rf"(?:,\s\w{{1,20}},)?{_WORD}{{0,6}}?\sthat\b(?!{_THING})|\s(?:whether|if|why|how|what|where|when)\b"
)
_QUOTE = re.compile(rf"[,:]?\s?{_OPENER}|{_WORD}{{1,6}}?[,:]\s{_OPENER}|:\s")
_TO = re.compile(rf"{_WORD}{{0,8}}?\sto\s")
_CALL = re.compile(r"\s(?:on|for|upon)\s")
_CLAUSE = re.compile(r"\s(?:he|she|they|there|we|I)\b")
_NO_SPEECH = re.compile(r"\s(?:nothing|little|goodbye|farewell|so|sorry|no\smore|to\sbe|to\shave)\b")
_NO_TELLING = re.compile(r"\s(?:the\struth|lies|an?\s(?:story|joke|lie)|stories|jokes)\b")
_PLACE = re.compile(rf",\s[{UPPER}]")
_ENDED = re.compile(
    r"\s?(?:[.,;:)!?—–-]|$)|\s(?:on\s)?(?:late|early|last|this|yesterday|today|tonight|[A-Z][a-z]{2,5}day)\b"
)
"""What may follow a verb behind a comma: that may also be the end of "On Monday, "."""
_DONE = re.compile(
    r"\s?(?:[.,;:)!?—–-]|$)|\s(?:on|in|at|to|during|after|before|late|early|by|via|from|as|when|while|last|this"
    r"|through|shortly|yesterday|today|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
)
_ACCORDING = re.compile(
    rf"\b[Aa]ccording\sto\s(?:the\s)?({ORGANISATION}(?:\s(?:(?:of|for)\s(?:the\s)?)?{ORGANISATION}){{0,6}})(?=[,.;:)]|$)"
)
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|I|[Ww]e|[Tt]hey|[Ii]t)\b")
_MALE = frozenset(["he", "him", "his"])
_TELLING = frozenset(["told", "tells"])
_AS_SAID = 40
"""Code points into a row up to which "as X said" is about the whole of it."""

_QUOTING = frozenset(["quoted", "quotes", "quoting", "cited"])
_AS_SAYING = re.compile(r"\sas\s(?:saying|telling)\b")


_PEOPLES = ("ans", "ese", "ish", "crats", "cans")


class EnglishReporting(Reporting):
    """Reads the claims of an English row."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        tables = self.tables
        finite = tables.saying | tables.proposing | tables.reporting | tables.asking | tables.calling
        self.verbs = finite | tables.participles
        verbs = alternatives(finite)
        self._auxiliaries = tables.adverbs | {"has", "had", "have"}
        lead = rf"(?:\s(?:{alternatives(self._auxiliaries)}|[a-z]{{2,20}}ly)){{0,3}}\s(?P<verb>{verbs})\b"
        clause = r"(?!\s(?:who|that|which|when|after|before|as|and|while|has|had)\b)"
        apposed = r"(?:,\s(?!and\b)[^,;:.!?«»“”\"\n]{2,110}){1,2},"
        tail = rf"\s(?:of|from|at|with)(?:{clause}\s[\w'’.&-]{{1,30}}){{1,7}}?"
        self.verb = re.compile(rf"\b(?:{alternatives(self.verbs)})\b")
        self._predicate = re.compile(lead)
        self._later = re.compile(rf"(?:{apposed}(?:{tail})?|{tail}){lead}")
        self._organisation = re.compile(
            rf"(?:^|(?P<left>\S+)\s)(?P<the>[Tt]he\s)?"
            rf"(?P<name>(?<![\w&'’-]){ORGANISATION}(?:\s(?:(?:of|for)\s(?:the\s)?)?{ORGANISATION}){{0,6}})"
            rf"(?:\s(?:{alternatives(self._auxiliaries)})){{0,3}}\s$"
        )
        self._said_organisation = re.compile(
            rf"\s(?:the\s)?({ORGANISATION}(?:\s(?:(?:of|for)\s(?:the\s)?)?{ORGANISATION}){{0,6}})"
        )

    def cited(
        self, row: Row, phrase: Phrase | None, person: Person | None, known: Registry
    ) -> Iterator[Claim]:
        """Whom a row cites: "according to X", "quoted X as saying"."""
        for name in row.names:
            if name.left in _QUOTING and _AS_SAYING.match(row.text, name.end):
                yield Claim(name.start, name.end, name.person)
        if "ccording to" not in row.text:
            return
        for name in row.names:
            if name.cited and not name.quoted and (name.person or known.same_surname(name.words[-1])):
                yield Claim(name.start, name.end, None if name.joined else name.person)
        if phrase and row.text[: phrase.start].endswith("ccording to "):
            yield Claim(phrase.start, phrase.end, person)
        names = {name.start for name in row.names}
        for found in islice(_ACCORDING.finditer(row.text), 4):
            start, end = found.span(1)
            place = found.start() and _PLACE.match(row.text, end)  # "according to Harrison County, Ohio"
            if place or any(start <= at < end for at in names):
                continue
            if self._is_name(found[1], known, opening=False):
                yield Claim(start, end, written=(start, end))

    def pronouns(self, row: Row, phrase: Phrase | None, person: Person | None) -> Iterator[Claim]:
        """The claims of "he said" and "the minister said", resolved or not."""
        for word in islice(_PRONOUN.finditer(row.text), 16):
            verb = self._predicate.match(row.text, word.end())
            if verb and not row.quotes(word.start()):
                same = phrase is not None and not phrase.head and self._same_pronoun(row, phrase, word)
                yield self._claim(row.text, word.start(), verb, person if same else None)
        if phrase and phrase.head and not row.quotes(phrase.start):
            verb = self._predicate.match(row.text, phrase.end)
            if verb:
                yield self._claim(row.text, phrase.start, verb, person)
        if phrase and not row.quotes(phrase.start):
            yield from self._said_before(row.text, phrase.start, person)

    def _same_pronoun(self, row: Row, phrase: Phrase, word: re.Match[str]) -> bool:
        """Whether a pronoun is the row's mention, or repeats it with no other name between."""
        if phrase.start == word.start():
            return True
        male = word.group().lower() == "he"
        between = any(phrase.end <= name.start < word.start() for name in row.names if not name.quoted)
        one = row.quotes(phrase.start) == row.quotes(word.start())
        return (
            one and not between and word.group().lower() in ("he", "she") and male == (phrase.gender == "m")
        )

    def _claim(self, row: str, start: int, verb: re.Match[str], voice: Person | None) -> Claim:
        return Claim(*verb.span("verb"), voice, left=last_token(row[max(0, start - 40) : start]))

    def _said_before(self, row: str, start: int, voice: Person | None) -> Iterator[Claim]:
        """The claim of a verb right before a subject, behind what was said: ",” said he"."""
        word = row[max(0, start - 24) : start].split()[-1:]
        verb = row.rfind(word[0], 0, start) if word else -1
        left = last_token(row[max(0, verb - 4) : verb]) if verb >= 0 else ""
        if word and word[0] in self.verbs and left in CLOSERS:
            yield Claim(verb, verb + len(word[0]), voice, left=left, inverted=True)

    def named(self, row: Row, name: Name, voice: Person | None) -> Iterator[Claim]:
        """The claims of "X said", "X, the mayor, said" and "said the mayor X"."""
        text = row.text
        if name.left in self.verbs:
            verb = text.rfind(name.left, max(0, name.start - 90), name.start)
            left = last_token(text[max(0, verb - 4) : verb])
            if verb >= 0 and left in CLOSERS and _DONE.match(text, name.end):
                yield Claim(verb, verb + len(name.left), voice, left=left, inverted=True)
                return
        end = name.end + (name.apposed and text.startswith(",", name.end))
        direct = self._predicate.match(text, end)
        verb_found = direct or self._later.match(text, name.end)
        if verb_found and (direct or not self._between(row, name, verb_found.start("verb"))):
            unfree = name.left in self.tables.prepositions
            yield Claim(*verb_found.span("verb"), None if unfree else voice, left=name.left)

    @staticmethod
    def _between(row: Row, name: Name, verb: int) -> bool:
        """Whether another person stands right before the verb that a name may belong to."""
        return any(name.end < other.end and verb - 3 <= other.end < verb for other in row.names)

    def unclaimed(self, row: Row, start: int, end: int, known: Registry) -> Claim | None:
        """An organisation's claim, or somebody's; None where the verb reports nothing."""
        text, verb = row.text, row.text[start:end]
        before = text[max(0, start - 120) : start]
        words = before.split()
        while words and (words[-1] in self._auxiliaries or words[-1].endswith("ly")):
            words.pop()
        left = words[-1] if words else ""
        if (left == "and" and verb not in self.tables.nouns) or (
            verb in self.tables.participles and left.endswith(",")
        ):
            return Claim(start, end, _opening_subject(row, start))
        if (
            verb in self.tables.participles
            or not left
            or left.lower() in self.tables.no_report_after
            or left.lower().endswith(("n't", "n’t"))
        ):
            return None
        if left[-1] in CLOSERS:
            return self._inverted(text, start, end, left[-1], known)
        found = self._organisation.search(before)
        if found:
            shift = start - len(before)
            return self._organised(found, shift, start, end, known)
        return None if verb in self.tables.nouns else Claim(start, end, left=_before_last(words))

    def _organised(
        self, found: re.Match[str], shift: int, start: int, end: int, known: Registry
    ) -> Claim | None:
        """The claim of the capitalised run before a verb."""
        left, name = (found["left"] or "").lower(), found["name"]
        at = found.start("name") + shift
        opening = at == 0
        first, *rest = name.split(" ")
        if rest and first.lower() in self.tables.small | self.tables.openers and not found["the"]:
            left, name, at, opening = first.lower(), " ".join(rest), at + len(first) + 1, False
        if left in self.tables.prepositions or left == "and":
            return Claim(start, end, left=left)
        sure = self._is_name(name, known, opening=opening)
        return Claim(start, end, written=(at, at + len(name)) if sure else None, left=last_token(left))

    def _inverted(self, row: str, start: int, end: int, left: str, known: Registry) -> Claim | None:
        """The claim of a verb right behind a comma or a quotation, whose subject follows."""
        found = self._said_organisation.match(row, end)
        done = found and _DONE.match(row, found.end())
        if found and done and self._is_name(found[1], known, opening=False):
            return Claim(start, end, written=found.span(1), left=left, inverted=True)
        if found or left != ",":
            return Claim(start, end, left=left, inverted=True)
        return None

    def _is_name(self, name: str, known: Registry, *, opening: bool) -> bool:
        """Whether a run may be an organisation's or a country's name, as it is written."""
        words = name.lower().split()
        tables = self.tables
        if tables.role(words[0]) or tables.role(words[-1]) or known.same_surname(name.rsplit(maxsplit=1)[-1]):
            return False
        if (
            tables.unfit.intersection(words)
            or words[-1] in tables.small | tables.nationalities | tables.adverbs
        ):
            return False
        if words[-1].endswith(_PEOPLES) and (opening or len(words) == 1):
            return False
        return len(words) > 1 or name.lower() in tables.places or known.is_name(name, opening=opening)

    def reports(self, row: str, claim: Claim) -> bool:
        """Whether speech follows a claim or went before it."""
        if claim.inverted:
            return True
        left, end, verb = claim.left, claim.end, row[claim.start : claim.end]
        if left in self.tables.embedding or (left == "as" and claim.start > _AS_SAID):
            return False
        if left == "as" or (left in CLOSERS and (_ENDED if left == "," else _DONE).match(row, end)):
            return True
        return self._speech_follows(row, end, verb)

    def _speech_follows(self, row: str, end: int, verb: str) -> bool:
        """Whether what stands behind a verb is what was said."""
        tables = self.tables
        if verb in tables.saying or verb == "saying":
            return not (_NO_SPEECH.match(row, end) or (verb in _TELLING and _NO_TELLING.match(row, end)))
        if verb in tables.calling:
            return bool(_CALL.match(row, end))
        clause = _THAT.match(row, end) or _QUOTE.match(row, end) or _CLAUSE.match(row, end)
        asked = verb in tables.asking and _TO.match(row, end)
        return bool(clause or asked) or verb in tables.proposing


def _before_last(words: list[str]) -> str:
    return last_token(words[-2]) if len(words) > 1 else ""


def _opening_subject(row: Row, verb: int) -> Person | None:
    """Who opens a row and goes on to a second verb: "X left and said", "X left, saying"."""
    first = row.subject
    if first is None or any(first[0] < name.start < verb and name.subject for name in row.names):
        return None
    return first[1]
