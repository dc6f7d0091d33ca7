"""Features of the kind of answer that is asked for: whether a sentence holds one."""

import re
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from index.expectation import Wanted, counts_alike, lacks, wanted
from index.query import Expected, Query
from index.rank.held import Candidates, Floats

__all__ = ["KIND_FEATURES", "READ_FEATURES", "counted_thing"]


def _kind(query: Query, found: Candidates) -> Floats:
    """1 where the kind of answer that is asked for stands in the sentence."""
    if query.expected not in _KINDS:
        return np.zeros(len(found.texts))
    pattern = _kind_pattern(query.expected)
    texts = found.plain if query.expected in _SMALL_LETTERS else found.texts
    return np.array([float(pattern.search(text) is not None) for text in texts])


def _counted(query: Query, found: Candidates) -> Floats:
    """1 where the thing whose number is asked stands right after a number."""
    thing = counted_thing(query.question)
    if thing is None:
        return np.zeros(len(found.texts))
    pattern = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\W+(?:\w+\W+){{0,2}}?{re.escape(thing)}")
    return np.array([float(pattern.search(text) is not None) for text in found.plain])


def _awaited(query: Query, texts: Sequence[str]) -> list[float]:
    """1 where something that the question lacks looks like the answer it awaits (see expectation.py)."""
    kind = wanted(query.question)
    if kind is None or kind is Wanted.COUNT:
        return [0.0] * len(texts)
    return [float(not lacks(kind, query.question, text)) for text in texts]


def _counted_alike(query: Query, texts: Sequence[str]) -> list[float]:
    """1 where a thing much like the one whose number is asked stands after a number."""
    return [float(counts_alike(query.question, text)) for text in texts]


def _future(query: Query, found: Candidates) -> Floats:
    """1 where what will be is asked, and the sentence speaks of what will be or is planned."""
    if not _FUTURE_ASKED.search(query.question):
        return np.zeros(len(found.texts))
    return np.array([float(_FUTURE.search(text) is not None) for text in found.plain])


def counted_thing(question: str) -> str | None:
    """The beginning of the word whose number a question asks for ("how many ships"), lower case, or None."""
    asked = _HOW_MANY.search(question)
    return next(group for group in asked.groups() if group)[:_STEM].lower() if asked else None


_STEM = 5
"""Letters of a counted thing that stay the same in the plural."""

_NO_THING = r"(?!(?:of|is|was|are|were|do|does|did|has|have|had|will|would|can|could|to|the)\b)"
_HOW_MANY = re.compile(
    rf"\bhow (?:many|much)\s+{_NO_THING}(\w+)"
    r"|\bсколько\s+(\w+)|\bwie ?viele?\s+(\w+)|\bcombien d[e'’]\s*(\w+)",
    re.IGNORECASE,
)
_FUTURE_ASKED = re.compile(
    r"\b(?:will|going to|plan(?:s|ned)?|next|upcoming|буд(?:ет|ут)|wird|werden)\b", re.IGNORECASE
)
_FUTURE = re.compile(
    r"\b(?:will|would|shall|going to|is to|are to|expect\w*|plan(?:s|ned|ning)?|due|scheduled?|intends?"
    r"|upcoming|set to|aims?|hopes?|tomorrow|буд(?:ет|ут)|планиру\w+|wird|werden|soll(?:en)?)\b"
)
_DATE_WORDS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?",
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?",
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|tomorrow|year",
    r"(?:1[5-9]|20)\d\d|\d{1,2}(?::\d\d|\s?[ap]\.?m)",
    r"(?:last|next|this) (?:month|week|spring|summer|autumn|winter)|in \d+ (?:days|weeks|months|years)",
    r"январ\w+|феврал\w+|март\w*|апрел\w+|ма[яе]|июн\w+|июл\w+|август\w*",
    r"сентябр\w+|октябр\w+|ноябр\w+|декабр\w+|год[аеу]?",
    r"понедельник\w*|вторник\w*|сред[уы]|четверг\w*|пятниц\w+|суббот\w+|воскресень\w+",
    r"вчера|сегодня|завтра|(?:прошл|следующ)\w+ (?:недел|месяц)\w*",
)
_NUMBER_WORDS = (
    r"\d[\d.,]{0,20}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|third|quarter|twice",
    r"dozens?|hundreds?|thousands?|millions?|billions?",
    r"дв[ае]|три|четыре|пять|шесть|семь|восемь|девять|десять|сотн\w+|тысяч\w*|половин\w+",
    r"zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn",
)
_PLACE_PREPOSITIONS = r"in|at|near|from|to|on|off|outside|в|во|на|из|под|около|у|im|aus|nach"
_KINDS = {
    Expected.DATE: rf"\b(?:{'|'.join(_DATE_WORDS)})\b",
    Expected.NUMBER: rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b",
    Expected.PERSON: (
        rf"(?=[A-ZА-ЯЁ])\b(?<!^)(?<![.!?«“\"] )(?!(?i:{'|'.join(_DATE_WORDS)})\b)[A-ZА-ЯЁ][a-zа-яё]+"
    ),
    Expected.PLACE: rf"\b(?:{_PLACE_PREPOSITIONS})\s+(?:the\s+)?[A-ZА-ЯЁ][a-zа-яё]+",
}
"""What a date, a number, a person and a place look like inside a sentence, in English and Russian."""


@cache
def _kind_pattern(kind: Expected) -> re.Pattern[str]:
    """Compiled when the kind is first asked for: a question asks for one, and each takes milliseconds."""
    return re.compile(_KINDS[kind])


_SMALL_LETTERS = (Expected.DATE, Expected.NUMBER)
"""Kinds that no capital tells: sought in small letters, which takes a third of the time."""

KIND_FEATURES: dict[str, Callable[[Query, Candidates], Floats]] = {
    "kind": _kind,
    "counted": _counted,
    "future": _future,
}

READ_FEATURES: dict[str, Callable[[Query, Sequence[str]], list[float]]] = {
    "awaited": _awaited,
    "counted_alike": _counted_alike,
}
"""Features that read a text word by word."""
