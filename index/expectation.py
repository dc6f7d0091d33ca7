"""What kind of answer a question asks for, more finely than query.Expected, and whether a sentence holds one.

"How old", "how much does it cost", "how long", "what is the name": each wants something that looks like an
answer, and new: what the question says itself is none. A sentence on the right subject without one does not
answer. Where no kind is recognised, nothing is missing.

Patterns are general and in English and Russian. It ranks nothing (see rank.py) and decides nothing.
"""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial

import numpy as np

from index.language import function_words
from index.words import UNKNOWN_WORD, word_table

__all__ = ["Wanted", "counts_alike", "lacks", "wanted"]


class Wanted(StrEnum):
    """The kind of answer; the first that fits is asked for."""

    MONEY = "money"
    AGE = "age"
    DURATION = "duration"
    SIZE = "size"
    SHARE = "share"
    COUNT = "count"
    DATE = "date"
    PERSON = "person"
    NAME = "name"


_PAID = (
    r"cost|pay|paid|worth|spend|spent|earn|charged?|fined?|donated?|raised?|sell|sold"
    r"|стоит|стоят|стоило|стоила|заплатил\w*"
)
_PRICES = r"costs?|prices?|priced|worth|salary|fee|budget|revenue|value"
_ASKED = {
    Wanted.MONEY: rf"\bhow much (?:money|\w+ (?:cost|pay)\b|(?:will|would|did|does|do|is|was|are|were)"
    rf" .{{0,60}}\b(?:{_PAID})\b|(?:is|are|was|were) (?:an?|the) )"
    rf"|\b(?:what|how much)\b.{{0,40}}\b(?:{_PRICES})\b|сколько (?:\w+ )?(?:{_PAID})|стоимость|какова цена",
    Wanted.AGE: r"\bhow old\b|сколько лет (?:было |исполнилось )?[А-ЯЁ]",
    Wanted.DURATION: r"\bhow long\b|как долго|wie lange",
    Wanted.SIZE: r"\bhow (?:far|big|large|high|tall|deep|wide|heavy)\b|сколько вес\w+|wie (?:hoch|groß|weit)",
    Wanted.SHARE: r"\b(?:what|which) (?:percent|percentage|proportion|fraction)\b|какой процент",
    Wanted.COUNT: r"\bhow (?:many|much|often|fast|hot|cold)\b|\bwhat (?:number|amount)\b|сколько|wie ?viele?",
    Wanted.DATE: r"\bwhen\b|\b(?:what|which) (?:\w+ )?(?:year|day|date|month|time|century|decade|era)\b"
    r"|когда|в каком году|какого числа|wann",
    Wanted.PERSON: r"\b(?:who|whom|whose|кто|кого|кому|кем|wer|wen|wem)\b",
    Wanted.NAME: r"\b(?:what|which)\b.{0,20} name of\b|как зовут",
}
_KINDS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _ASKED.items())

_COUNTS = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozens?|hundreds?"
    r"|thousands?|millions?|billions?|half|third|quarter|twice|once|один|одна|дв[ае]|три|четыре|пять|шесть"
    r"|семь|восемь|девять|десять|сотн\w+|тысяч\w*|половин\w+|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn"
)
_NUMBER = re.compile(rf"\d[\d.,]*\d|\d|\b(?:{_COUNTS})\b", re.IGNORECASE)
_MONEY = re.compile(
    r"[$€£¥₽]|\b(?:dollars?|euros?|pounds?|rou?bles?|cents?|yen|yuan|francs?|kron\w+|crowns?|lira|lei"
    r"|rupees?|pesos?|shillings?|free|доллар\w*|евро|рубл\w*|бесплатно)\b",
    re.IGNORECASE,
)
_FREE = re.compile(r"\bfree\b|бесплатно", re.IGNORECASE)
_AGE = re.compile(
    r"\byears?[- ]old|\baged?\b|\bborn\b|\bbirth|\byears of age|\b\d+-year|, ?\d\d,|летн|\bлет\b|родил",
    re.IGNORECASE,
)
_BEFORE_UNIT = rf"(?:\d[\d.,]*|\b(?:an?|few|several|many|some|another|{_COUNTS}))[- ](?:\w+[- ]){{0,2}}?"
_TIMES = (
    r"second|minute|hour|day|week|month|year|decade|centur|fortnight|секунд|минут|час|день|дн|недел|месяц|год"
    r"|лет|сут|stunde|tag|woche|monat|jahr"
)
_SIZES = (
    r"mm|cm|m|km|kg|ha|ft|nm|°|µm|millimet|centimet|met(?:er|re)|kilomet|inch|foot|feet|yard|mile|acre"
    r"|hectare|square|stor(?:e?y|ies)|floor|ton|kilo|gram|pound|lb|oz|lit(?:er|re)|gallon|degree|times|people"
    r"|per ?cent|%|метр|километр|сантиметр|тонн|кг|км"
)
_SPAN = re.compile(
    rf"{_BEFORE_UNIT}(?:{_TIMES}|{_SIZES})|\b(?:since|until|till|throughout|permanently|forever|до|seit|bis)\b"
    r"|\bfrom\b.+\bto\b|\bbetween\b.+\band\b|\bс\b.+\bпо\b|\d{4}\s?[–-]\s?\d{2,4}",
    re.IGNORECASE,
)
_SIZE = re.compile(rf"{_BEFORE_UNIT}(?:{_SIZES})|\d\s?%", re.IGNORECASE)
_SHARE = re.compile(
    r"%|\bper ?cent|\bhalf\b|\bthirds?\b|\bquarter|\bmajority\b|\bfifth|\btenth|процент|\d/\d", re.IGNORECASE
)
_MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|(?-i:May)|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    rf"\b(?:{_MONTHS}|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:1[0-9]|20)\d\ds?|yesterday|today|tomorrow"
    r"|tonight|centur(?:y|ies)|decade|spring|summer|autumn|winter|morning|evening|afternoon|night|midnight"
    r"|noon|annually|monthly|weekly|daily|(?:last|next|this|same|following) (?:week|month|year|day)"
    r"|\d{1,2}(?::\d\d|\s?[ap]\.?m)|\d{1,4} (?:BC|AD|BCE|CE)|январ\w+|феврал\w+|март\w*|апрел\w+|ма[яе]"
    r"|июн\w+|июл\w+|август\w*|сентябр\w+|октябр\w+|ноябр\w+|декабр\w+|год[аеу]?|понедельник\w*|вторник\w*"
    r"|сред[уы]|четверг\w*|пятниц\w+|суббот\w+|воскресень\w+|вчера|сегодня|завтра|век[аеу]?|весн\w+|лет[оа]м?"
    r"|осен\w+|зим\w+)\b",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"\bhow (?:many|much)\s+([^\W\d_]+)", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_CALLED = re.compile(r"[\"“«]|\b(?:called|named|known as|называ\w+|зовут)\b", re.IGNORECASE)

_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_CAPITALS = re.compile(r"[A-ZА-ЯЁ][\w'’-]*(?:\s+[A-ZА-ЯЁ][\w'’-]*)*")
_OPENS = re.compile(r"(?:^|[.!?:;])['\"”»]?\s*['\"“«(]*$")
_PLACED = re.compile(
    r"\b(?:in|at|from|near|of|on|into|across|the|through|since|during|outside|throughout|between|around"
    r"|в|из|на|около|под)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"\b(?:street|river|lake|university|college|islands?|sea|ocean|valley|mountains?|council|ministry"
    r"|confederation|association|bank|church|bay|county|park|school|company|act|war|battle|party|committee"
    r"|commission|federation|department|institute|airport|station|agency|union|court|parliament)\b",
    re.IGNORECASE,
)
"""Words of a name that is not a person's."""

_COMMONEST = 6_000
"""Rank up to which a word at the beginning of a sentence is taken for no name."""

_STEM = 5
"""Letters by which a word is known in another form."""

_ALIKE = 0.4
"""The cosine from which two things that are counted are taken for the same: people, passengers."""

_COUNTED = 3
"""Words after a number among which the thing counted stands, ..."""

_COUNTED_WITHIN = 40
"""... and the characters in which they stand."""


def wanted(question: str) -> Wanted | None:
    """The kind of answer a question asks for, None for one that may look like anything."""
    return next((kind for kind, pattern in _KINDS if pattern.search(question)), None)


def lacks(kind: Wanted | None, question: str, text: str, named: Sequence[str] = ()) -> bool:
    """Whether the text has nothing that looks like an answer of this kind and is not in the question.

    ``named`` are the names that the text's pronouns stand for.
    """
    if kind is Wanted.PERSON:
        return not (_somebody(question, text) or _others(question, named))
    return kind is not None and not _LOOKS[kind](question, text)


def _money(question: str, text: str) -> bool:
    return bool(_MONEY.search(text)) and (_new(_NUMBER, question, text) or bool(_FREE.search(text)))


def _age(question: str, text: str) -> bool:
    return bool(_AGE.search(text)) and _new(_NUMBER, question, text)


def _size(question: str, text: str) -> bool:
    return bool(_SIZE.search(text)) and _new(_NUMBER, question, text)


def _name(question: str, text: str) -> bool:
    return bool(_CALLED.search(text)) or _somebody(question, text)


def counts_alike(question: str, text: str) -> bool:
    """Whether right after a number in the text stands a thing much like the one whose number is asked."""
    asked = _HOW_MANY.search(question)
    thing = word_table().number(asked.group(1).lower()) if asked else UNKNOWN_WORD
    after = (text[number.end() : number.end() + _COUNTED_WITHIN] for number in _NUMBER.finditer(text))
    words = (word for part in after for word in _LETTERS.findall(part)[:_COUNTED])
    counted = [number for word in words if (number := word_table().number(word.lower()))]
    if not (thing and counted):
        return False
    return float(word_table().cosines(np.array([thing]), np.array(counted)).max()) >= _ALIKE


def _new(pattern: re.Pattern[str], question: str, text: str) -> bool:
    """Whether the pattern finds in the text what it does not find in the question."""
    asked = {match.group().lower() for match in pattern.finditer(question)}
    return any(match.group().lower() not in asked for match in pattern.finditer(text))


def _others(question: str, named: Sequence[str]) -> bool:
    asked = question.lower()
    return any(name.split()[-1][:_STEM].lower() not in asked for name in named if name)


def _somebody(question: str, text: str) -> bool:
    """Whether the text has a name that may be a person's and that the question lacks."""
    asked = {word[:_STEM].lower() for word in _WORD.findall(question)}
    for match in _CAPITALS.finditer(text):
        before, words = text[: match.start()], _WORD.findall(match.group())
        if _OPENS.search(before) and _common(words[0]):
            before, words = "", words[1:]
        names = [word for word in words if word[:_STEM].lower() not in asked and not _DATE.fullmatch(word)]
        if names and not _PLACED.search(before) and not _NOBODY.search(match.group()):
            return True
    return False


def _common(word: str) -> bool:
    """Whether a word with a capital at the beginning of a sentence is no name."""
    form = word.lower()
    functional = any(form in function_words(language) for language in ("en", "ru"))
    return functional or 0 < word_table().number(form) < _COMMONEST


_LOOKS: dict[Wanted, Callable[[str, str], bool]] = {
    Wanted.MONEY: _money,
    Wanted.AGE: _age,
    Wanted.DURATION: lambda _, text: _SPAN.search(text) is not None,
    Wanted.SIZE: _size,
    Wanted.SHARE: lambda _, text: _SHARE.search(text) is not None,
    Wanted.COUNT: lambda *_: True,
    Wanted.DATE: partial(_new, _DATE),
    Wanted.PERSON: _somebody,
    Wanted.NAME: _name,
}
"""Whether something in a text looks like an answer of the kind that the question lacks. Any number may count;
whether it counts the right thing, ``counts_alike`` says.
"""
