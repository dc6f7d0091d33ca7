"""What kind of answer a question asks for, more finely than query.Expected, and whether a sentence holds one.

"How old", "how much does it cost", "how long", "what is the name": each wants something that looks like an
answer, and new: what the question says itself is none. A sentence on the right subject without one does not
answer. Where no kind is recognised, nothing is missing.

Patterns are general and in English and Russian. It ranks nothing (see rank/) and decides nothing.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

import numpy as np

from index.language import function_words
from index.words import UNKNOWN_WORD, word_table

__all__ = ["Wanted", "counts_alike", "counts_the_like", "lacks", "lacks_future", "lacks_place", "wanted"]


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
    Wanted.MONEY: r"\b(?<!by )how much (?:money|\w+ (?:cost|pay)\b|(?:will|would|did|does|do|is|was|are|were)"
    rf" .{{0,60}}\b(?:{_PAID})\b|(?:is|are|was|were) (?:an?|the) )"
    rf"|\b(?:what|(?<!by )how much)\b.{{0,40}}\b(?:{_PRICES})\b|сколько (?:\w+ )?(?:{_PAID})|стоимость"
    r"|какова цена",
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
_NUMBER = re.compile(rf"\d[\d.,]*\d|\d|\b(?:{_COUNTS})\b")
_MONEY = re.compile(
    r"[$€£¥₽]|\b(?:dollars?|euros?|pounds?|rou?bles?|cents?|yen|yuan|francs?|kron\w+|crowns?|lira|lei"
    r"|rupees?|pesos?|shillings?|free|доллар\w*|евро|рубл\w*|бесплатно)\b"
)
_FREE = re.compile(r"\bfree\b|бесплатно")
_AGE = re.compile(
    r"\byears?[- ]old|\baged?\b|\bborn\b|\bbirth|\byears of age|\b\d+-year|, ?\d\d,|летн|\bлет\b|родил"
)
_BEFORE_UNIT = (
    rf"(?:\d[\d.,]{{0,20}}|\b(?:an?|few|several|many|some|another|{_COUNTS}))[- ](?:\w+[- ]){{0,2}}?"
)
_TIMES = (
    r"second|minute|hour|day|week|month|year|decade|centur|fortnight|секунд|минут|час|день|дн|недел|месяц|год"
    r"|лет|сут|stunde|tag|woche|monat|jahr"
)
_SIZES = (
    r"mm|cm|m|km|kg|ha|ft|nm|°|µm|millimet|centimet|met(?:er|re)|kilomet|inch|foot|feet|yard|mile|acre"
    r"|hectare|square|cubic|stor(?:e?y|ies)|floor|ton|kilo|gram|pound|lb|oz|lit(?:er|re)|gallon|degree|times|people"
    r"|per ?cent|%|метр|километр|сантиметр|тонн|кг|км"
)
_SPAN = re.compile(
    rf"{_BEFORE_UNIT}(?:{_TIMES}|{_SIZES})|\b(?:since|until|till|throughout|permanently|forever|до|seit|bis)\b"
    r"|\bfrom\b.{1,400}\bto\b|\bbetween\b.{1,400}\band\b|\bс\b.{1,400}\bпо\b|\d{4}\s?[–-]\s?\d{2,4}"
)
_SIZE = re.compile(rf"{_BEFORE_UNIT}(?:{_SIZES})|\d\s?%")
_SHARE = re.compile(
    r"%|\bper ?cent|\bhalf\b|\bthirds?\b|\bquarter|\bmajority\b|\bfifth|\btenth|процент|\d/\d"
)
_MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_MAY = r"may(?= \d)|(?<=\d )may|(?<=\b(?:in|of|by) )may"
"""The month, and not what may be."""

_DATE = re.compile(
    rf"\b(?:{_MONTHS}|{_MAY}|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:1[0-9]|20)\d\ds?|yesterday|today|tomorrow"
    r"|tonight|centur(?:y|ies)|decade|spring|summer|autumn|winter|morning|evening|afternoon|night|midnight"
    r"|noon|annually|monthly|weekly|daily|(?:last|next|this|same|following) (?:week|month|year|day)"
    r"|\d{1,2}(?::\d\d|\s?[ap]\.?m)|\d{1,4} (?:bc|ad|bce|ce)|январ\w+|феврал\w+|март\w*|апрел\w+|ма[яе]"
    r"|июн\w+|июл\w+|август\w*|сентябр\w+|октябр\w+|ноябр\w+|декабр\w+|год[аеу]?|понедельник\w*|вторник\w*"
    r"|сред[уы]|четверг\w*|пятниц\w+|суббот\w+|воскресень\w+|вчера|сегодня|завтра|век[аеу]?|весн\w+|лет[оа]м?"
    r"|осен\w+|зим\w+)\b"
)
_HOW_MUCH_OF = re.compile(r"\bhow much [^\W\d_]+", re.IGNORECASE)
_PLACE_ASKED = re.compile(
    r"\b(?:what|which) (?:\w+ )?(?:city|cities|country|countries|town|village|region|state|nation|island"
    r"|county|province|continent|river|university|company|team|newspaper|party)\b"
    r"|\b(?:какой|какая|какие|каком|какого) (?:\w+ )?(?:город|стран|област|компани|газет|парти)\w*"
    r"|\bwelche[mnrs]? (?:stadt|land|länder|region|insel|fluss|firma|zeitung|partei)\b",
    re.IGNORECASE,
)
_FUTURE_ASKED = re.compile(
    r"\b(?:when|who|what|which|where|how) (?:\w+ )?(?:will|(?:is|are) going to)\b|\bбуд(?:ет|ут)\b|\bwird\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:will|would|shall|going to|is to|are to|expect\w*|plan(?:s|ned|ning)?|due|scheduled?|intends?"
    r"|upcoming|set to|aims?|hopes?|tomorrow|may|might|can|could|should|next|until|буд(?:ет|ут)|планиру\w+"
    r"|ожида\w+|wird|werden|soll(?:en)?)\b",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"\bhow (?:many|much)\s+([^\W\d_]+)", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_CALLED = re.compile(r"[\"“«]|\b(?:called|named|known as|называ\w+|зовут)\b")

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

_BEFORE = 40
"""Characters before a name that tell whether it opens a sentence and whether it is a place: the longest
preposition, an article and some spaces.
"""

_COMMONEST = 6_000
"""Rank up to which a word at the beginning of a sentence is taken for no name."""

_STEM = 5
"""Letters by which a word is known in another form."""

_ALIKE = 0.4
"""The cosine from which two things that are counted are taken for the same: people, passengers."""

_SURELY = frozenset({""})
"""Held by no question."""

_QUESTIONS, _TEXTS = 64, 2_048
"""Questions and sentences whose findings are kept at hand: what answers one question answers others."""

_COUNTED = 3
"""Words after a number among which the thing counted stands, ..."""

_COUNTED_WITHIN = 40
"""... and the characters in which they stand."""


def wanted(question: str) -> Wanted | None:
    """The kind of answer a question asks for, None for one that may look like anything."""
    return next((kind for kind, pattern in _KINDS if pattern.search(question)), None)


def lacks(kind: Wanted | None, question: str, text: str, named: Sequence[str] = ()) -> bool:
    """Whether the text has nothing that looks like an answer of this kind and is not in the question.

    ``named`` are the names that the text's pronouns stand for. Any number may count: whether it counts the
    right thing, ``counts_alike`` says.
    """
    if kind is None or kind is Wanted.COUNT:
        return False
    if kind is Wanted.PERSON and _others(question, named):
        return False
    return _held(kind, text) <= _asked(kind, question)


def counts_alike(question: str, text: str) -> bool:
    """Whether right after a number in the text stands a thing much like the one whose number is asked."""
    asked = _HOW_MANY.search(question)
    return asked is not None and not _like(asked.group(1).lower()).isdisjoint(_counted(text))


def counts_the_like(question: str, text: str) -> bool:
    """``counts_alike``, or a number with a unit where it is asked how much of something there is."""
    mass = _HOW_MUCH_OF.search(question) is not None and _SIZE.search(text.lower()) is not None
    return mass or counts_alike(question, text)


def lacks_place(question: str, text: str) -> bool:
    """Whether a country, a city, a company or the like is asked for, and the text has no new name."""
    if not _asks(_PLACE_ASKED, question):
        return False
    return _named(text) <= {word[:_STEM].lower() for word in _WORD.findall(question)}


def lacks_future(question: str, text: str) -> bool:
    """Whether it is asked what will be, and the text says nothing of what will, may or is planned to be."""
    return _asks(_FUTURE_ASKED, question) and _FUTURE.search(text) is None


@lru_cache(_QUESTIONS)
def _asks(pattern: re.Pattern[str], question: str) -> bool:
    return pattern.search(question) is not None


@lru_cache(_QUESTIONS)
def _asked(kind: Wanted, question: str) -> frozenset[str]:
    """What the question itself holds of what its answer may look like."""
    if kind in (Wanted.PERSON, Wanted.NAME):
        return frozenset(word[:_STEM].lower() for word in _WORD.findall(question))
    pattern = _DATE if kind is Wanted.DATE else _NUMBER
    return frozenset(pattern.findall(question.lower()))


@lru_cache(_TEXTS)
def _held(kind: Wanted, text: str) -> frozenset[str]:
    """What in a text looks like an answer of a kind; ``_SURELY`` where no question can hold it already."""
    low = text.lower()
    if kind is Wanted.DATE:
        return frozenset(_DATE.findall(low))
    if kind in _MEASURES:
        return _measured(kind, low)
    if kind in _SIGNS and _SIGNS[kind].search(low):
        return _SURELY
    return _people(text) if kind in (Wanted.PERSON, Wanted.NAME) else frozenset()


def _measured(kind: Wanted, low: str) -> frozenset[str]:
    if not _MEASURES[kind].search(low):
        return frozenset()
    free = kind is Wanted.MONEY and _FREE.search(low)
    return _SURELY if free else frozenset(_NUMBER.findall(low))


@lru_cache(_QUESTIONS)
def _like(thing: str) -> frozenset[int]:
    """The numbers of the words that mean much the same as a thing that is counted."""
    number = word_table().number(thing)
    if number == UNKNOWN_WORD:
        return frozenset()
    cosines = word_table().cosines(np.array([number]), np.arange(1, len(word_table().words) + 1))
    return frozenset((np.flatnonzero(cosines[0] >= _ALIKE) + 1).tolist())


@lru_cache(_TEXTS)
def _counted(text: str) -> frozenset[int]:
    """The numbers of the words that stand shortly after a number in the text."""
    low = text.lower()
    after = (low[number.end() : number.end() + _COUNTED_WITHIN] for number in _NUMBER.finditer(low))
    words = (word for part in after for word in _LETTERS.findall(part)[:_COUNTED])
    return frozenset(word_table().number(word) for word in words) - {UNKNOWN_WORD}


def _others(question: str, named: Sequence[str]) -> bool:
    asked = question.lower()
    return any(name.split()[-1][:_STEM].lower() not in asked for name in named if name)


def _people(text: str) -> frozenset[str]:
    """The beginnings of the words of names that may be a person's."""
    found: set[str] = set()
    for match in _CAPITALS.finditer(text):
        before, words = _before(text, match), _WORD.findall(match.group())
        if _OPENS.search(before) and _common(words[0]):
            before, words = "", words[1:]
        if words and not _PLACED.search(before) and not _NOBODY.search(match.group()):
            lower = (word.lower() for word in words)
            found.update(word[:_STEM] for word in lower if not _DATE.fullmatch(word))
    return frozenset(found)


def _named(text: str) -> set[str]:
    """The beginnings of the words of names of any kind."""
    found: set[str] = set()
    for match in _CAPITALS.finditer(text):
        words = _WORD.findall(match.group())
        opens = _OPENS.search(_before(text, match)) and _common(words[0])
        lower = (word.lower() for word in words[bool(opens) :])
        found.update(word[:_STEM] for word in lower if not _DATE.fullmatch(word))
    return found


def _before(text: str, name: re.Match[str]) -> str:
    """As much of what stands before a name as tells what it is: a sentence may be a list of thousands."""
    return text[max(name.start() - _BEFORE, 0) : name.start()]


def _common(word: str) -> bool:
    """Whether a word with a capital at the beginning of a sentence is no name."""
    form = word.lower()
    functional = any(form in function_words(language) for language in ("en", "ru"))
    return functional or 0 < word_table().number(form) < _COMMONEST


_MEASURES = {Wanted.MONEY: _MONEY, Wanted.AGE: _AGE, Wanted.SIZE: _SIZE}
"""What makes a number a price, an age, a size."""

_SIGNS = {Wanted.DURATION: _SPAN, Wanted.SHARE: _SHARE, Wanted.NAME: _CALLED}
"""What looks like an answer whatever the question holds."""
