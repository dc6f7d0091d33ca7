"""A question as it was typed -> the plain question, and the filters that were written into it.

    what about the "Lachin corridor"? -border by:Lavrov after:2026-03 sort:new

``"…"`` (also “…”, „…“, «…») holds a phrase, ``-word`` leaves sentences out, ``source:``, ``in:``, ``by:``,
``after:``, ``before:`` and ``sort:`` take a value right behind the colon, in quotation marks where it has
spaces. A phrase stays in the plain question, since its words are asked for too. What only looks like a filter
is text: a hyphen inside a word, a dash alone, a mark that is never closed, any other word with a colon.

Pure, in linear time, and it raises for no text. Which sentences a filter lets pass is masks.py's business.
"""

import datetime
import re
from dataclasses import dataclass, replace
from enum import StrEnum

__all__ = [
    "ANYWHERE",
    "Fault",
    "Filters",
    "Hint",
    "Parsed",
    "Within",
    "days",
    "parse",
    "taken_literally",
    "unquoted",
    "written",
]

MOST = 16
"""Filters of a kind that are read in a question; whatever is more, is text."""


class Fault(StrEnum):
    """What is wrong with a filter."""

    NO_VALUE = "no value"
    NO_DATE = "no date"
    UNKNOWN_ORDER = "unknown order"
    UNKNOWN_SOURCE = "unknown source"
    UNKNOWN_DOCUMENT = "unknown document"
    UNKNOWN_SPEAKER = "unknown speaker"
    SMALL_WORDS = "small words"
    UNHEARD_WORD = "unheard word"


@dataclass(frozen=True, slots=True)
class Hint:
    """A filter that does not do what was meant. ``written`` is the filter, ``known`` what could stand there
    instead.
    """

    fault: Fault
    written: str
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What a sentence must be to be found: all ``phrases`` in it, no word of ``without``, its document of one
    of ``sources``, one of those ``within``, said by one of ``by``, dated from ``after`` on and until before
    ``before`` (ISO dates, perhaps cut after year or month). ``newest`` asks for newer documents first.
    """

    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    after: str = ""
    before: str = ""
    newest: bool = False

    def __bool__(self) -> bool:
        return self != _NONE

    def unquoted(self) -> "Filters":
        """All but the phrases."""
        return replace(self, phrases=()) if self.phrases else self

    def __str__(self) -> str:
        """All but the phrases as ``parse`` reads them."""
        words = [f"-{word}" for word in self.without]
        keyed = (("source", self.sources), ("in", self.within), ("by", self.by))
        words += [written(key, value) for key, values in keyed for value in values]
        words += [f"{key}:{day}" for key, day in (("after", self.after), ("before", self.before)) if day]
        return " ".join([*words, "sort:new"] if self.newest else words)


_NONE = Filters()


@dataclass(frozen=True, slots=True)
class Within:
    """What a question is searched within, and what is to be said of that.

    ``inherited``: the filters are those of the question before. ``alone``: nothing is asked besides filters
    and phrases. ``unheld`` are phrases without which it was searched, since no sentence that holds them
    answers.
    """

    filters: Filters = _NONE
    hints: tuple[Hint, ...] = ()
    inherited: bool = False
    alone: bool = False
    unheld: tuple[str, ...] = ()


ANYWHERE = Within()
"""No filter, and nothing to say of any."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The question without its filters, the filters, and whether anything else is asked."""

    question: str
    filters: Filters
    hints: tuple[Hint, ...]
    alone: bool


_QUOTED = r'"(?=\S)[^"]+(?<=\S)"|“(?=\S)[^“”]+”|„(?=\S)[^„“”]+[“”]|«[^«»]+»'
"""No mark of a kind stands inside its own quotation: what is never closed is scanned once."""

_KEYS = ("source", "in", "after", "before", "by", "sort")
_KEY = "|".join("".join(f"[{letter}{letter.upper()}]" for letter in key) for key in _KEYS)
_SYNTAX = re.compile(
    rf"""
      (?<![^\s(\[]) (?P<key>{_KEY}) : (?P<value> {_QUOTED} | [^\s"“”„«»]* )
    | (?<![^\s(\[]) - (?P<without> [^\W\d_] [\w'’ʼ-]* ) (?= [\s,.;?!)\]] | \Z )
    | (?<!\w) (?P<phrase> {_QUOTED} ) (?!\w)
    """,
    re.VERBOSE,
)
_MARKS = '"“”„«»'
_TRIM = ",;.?!)]"
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?![\d-])")
_DAY_FIRST = re.compile(r"(?:(?:(\d{1,2})\.)?(\d{1,2})\.)(\d{4})")


def parse(text: str) -> Parsed:
    """The plain question of a text and its filters; a text without any is its own plain question."""
    if not _SYNTAX.search(text):
        return taken_literally(text)
    found = _Found()
    kept, rest, place = [], [], 0
    for match in _SYNTAX.finditer(text):
        between, place = text[place : match.start()], match.end()
        taken = found.take(match)
        kept += [between, "" if taken and match["phrase"] is None else match[0]]
        rest += [between, "" if taken else match[0]]
    filters = found.filters()
    question = "".join([*kept, text[place:]])
    if len(question) != len(text):
        question = " ".join(question.split())
    alone = bool(filters) and not any(map(str.isalnum, "".join([*rest, text[place:]])))
    return Parsed(question, filters, tuple(found.hints), alone)


def taken_literally(text: str) -> Parsed:
    """The text as a question in which nothing is a filter."""
    return Parsed(text, _NONE, (), alone=False)


def unquoted(text: str) -> Parsed:
    """The same as ``parse``, but that phrases are no filters: what merely quotes a title."""
    parsed = parse(text)
    return (
        replace(parsed, filters=parsed.filters.unquoted(), alone=False) if parsed.filters.phrases else parsed
    )


class _Found:
    """Collects what was written."""

    def __init__(self) -> None:
        self.hints: list[Hint] = []
        self._values: dict[str, list[str]] = {name: [] for name in ("phrase", "without", *_KEYS)}

    def take(self, match: "re.Match[str]") -> bool:
        """Whether it is a filter, right or wrong; otherwise it is text."""
        if match["key"] is None:
            kind = "without" if match["phrase"] is None else "phrase"
            value = (match["without"] or match["phrase"][1:-1]).strip()
            return any(map(str.isalnum, value)) and self._add(kind, value)
        return self._keyed(match["key"].lower(), match["value"])

    def _keyed(self, key: str, raw: str) -> bool:
        inner = raw[1:-1] if raw[:1] in _MARKS else raw.rstrip(_TRIM)
        value = " ".join(inner.translate({ord(mark): None for mark in _MARKS}).split())
        if not any(map(str.isalnum, value)):
            self._hint(Fault.NO_VALUE, f"{key}:")
            return False
        if key in ("after", "before"):
            day = _iso(value)
            return self._add(key, day) if day else self._hint(Fault.NO_DATE, written(key, value))
        if key == "sort" and value.lower() not in ("new", "newest"):
            return self._hint(Fault.UNKNOWN_ORDER, written(key, value))
        return self._add(key, value)

    def _add(self, kind: str, value: str) -> bool:
        values = self._values[kind]
        if len(values) == MOST:
            return False
        if value not in values:
            values.append(value)
        return True

    def _hint(self, fault: Fault, text: str) -> bool:
        if len(self.hints) < MOST:
            self.hints.append(Hint(fault, text))
        return True

    def filters(self) -> Filters:
        """What was collected. Of several dates the strictest holds."""
        values = self._values
        return Filters(
            phrases=tuple(values["phrase"]),
            without=tuple(values["without"]),
            sources=tuple(values["source"]),
            within=tuple(values["in"]),
            by=tuple(values["by"]),
            after=max(values["after"], key=_first_day, default=""),
            before=min(values["before"], key=_first_day, default=""),
            newest=bool(values["sort"]),
        )


def written(key: str, value: str) -> str:
    """A filter as it is typed."""
    return f'{key}:"{value}"' if " " in value or value[-1:] in _TRIM else f"{key}:{value}"


def _iso(text: str) -> str:
    """A date that exists, as ISO 8601 writes it, perhaps cut; "" for what is none."""
    parts: tuple[str | None, ...] = ()
    if match := _DATE.fullmatch(text):
        parts = match.groups()
    elif match := _DAY_FIRST.fullmatch(text):
        parts = match.groups()[::-1]
    numbers = [int(part) for part in parts if part is not None]
    try:
        datetime.date(*(*numbers, 1, 1)[:3])
    except (ValueError, TypeError):
        return ""
    return "-".join(f"{number:0{width}}" for number, width in zip(numbers, (4, 2, 2), strict=False))


def days(date: str | None) -> tuple[int, int] | None:
    """The first and the last day that a document's ISO date may mean, as ``YYYYMMDD``; None for no date."""
    match = _DATE.match(date or "")
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    base = 10_000 * (year or 0)
    if not 1 <= (month or 1) <= 12 or not 1 <= (day or 1) <= 31:
        return None
    return base + 100 * (month or 1) + (day or 1), base + 100 * (month or 12) + (day or 31)


def _first_day(date: str) -> int:
    found = days(date)
    return found[0] if found else 0
