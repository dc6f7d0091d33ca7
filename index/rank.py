"""Stage two: candidates of stage one -> their final order, by a few features with fixed weights.

Stage one hands over, for each candidate, how strongly each concept stands in it, in the names of its
pronouns, in its neighbours and in its title, and its text. Each feature is a small function over all
candidates at once; the score is their weighted sum. Everything is deterministic; equal scores are ordered
by document and place.

It opens no index and decides nothing about answering: see search.py and bot/answer.py.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.query import Expected, Query

__all__ = ["Candidates", "coverage", "features", "plain", "score"]

Floats = NDArray[np.float64]

NEIGHBOUR_SHARE = 0.4
"""What a word in the title or a neighbour is worth beside one in the sentence itself."""

NAME_SHARE = 1.0
"""What a word of an antecedent's name is worth: the pronoun stands for it."""

WEIGHTS = {
    "reach": 3.5,
    "own": -0.5,
    "relative": 4.5,
    "named": 2.0,
    "titled": 4.0,
    "led": 1.0,
    "followed": -0.5,
    "paragraph": 4.5,
    "grams": 5.0,
    "kind": 1.5,
}
"""Rounded from a listwise fit on question sets in three languages; ``named``, too rare there, by hand."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What stage one returns; the arrays' axes are concepts × candidates.

    ``own``, ``names``, ``before``, ``after``, ``title`` hold impacts as a share of the highest (0..1): how
    strongly the concept stands in the sentence, the names of its pronouns, the sentence before and after,
    the document's title, and the whole paragraph. ``idf[c]`` is the concept's weight. ``texts[i]`` and
    ``places[i]`` (document id, row) belong to candidate ``i``.
    """

    idf: Floats
    own: Floats
    names: Floats
    before: Floats
    after: Floats
    title: Floats
    paragraph: Floats
    texts: tuple[str, ...]
    plain: tuple[str, ...]
    places: tuple[tuple[str, int], ...]


def plain(text: str) -> str:
    """Lower case, one space between words and one at each end."""
    return f" {' '.join(text.lower().split())} "


def score(query: Query, found: Candidates) -> Floats:
    """``score[i]`` of candidate ``i``: the weighted sum of its features."""
    total: Floats = np.zeros(len(found.texts))
    for name, values in features(query, found).items():
        total += WEIGHTS[name] * values
    return total


def features(query: Query, found: Candidates) -> dict[str, Floats]:
    """Each feature's values, one for each candidate; the keys are those of ``WEIGHTS``."""
    reach = _reach(found)
    return {
        "reach": reach,
        "own": _share(found, found.own),
        "relative": reach / max(float(reach.max(initial=0.0)), 1e-9),
        "named": _named(found),
        "titled": _only(found, found.title),
        "led": _only(found, found.before),
        "followed": _only(found, found.after),
        "paragraph": _paragraph(found),
        "grams": _grams(query, found),
        "kind": _kind(query, found),
    }


def coverage(found: Candidates) -> Floats:
    """``[c, i]``: how far concept ``c`` is covered by candidate ``i`` and its surroundings, 0 to 1."""
    here = np.maximum(found.own > 0, found.names > 0).astype(float)
    around = np.maximum.reduce([found.before, found.after, found.title]) > 0
    return np.asarray(np.maximum(here, NEIGHBOUR_SHARE * around))


def _share(found: Candidates, impacts: Floats) -> Floats:
    return np.asarray(found.idf @ impacts / max(float(found.idf.sum()), 1e-9))


def _reach(found: Candidates) -> Floats:
    """Each concept at its strongest place: the sentence, its antecedents, or at a discount its
    surroundings.
    """
    around = np.maximum.reduce([found.before, found.after, found.title])
    here = np.maximum(found.own, NAME_SHARE * found.names)
    return _share(found, np.maximum(here, NEIGHBOUR_SHARE * around))


def _named(found: Candidates) -> Floats:
    """The share that only an antecedent's name brings."""
    return _share(found, np.where(found.own > 0, 0.0, found.names))


def _only(found: Candidates, place: Floats) -> Floats:
    """The idf share of the concepts that stand at this place and not in the sentence."""
    return _share(found, ((place > 0) & (found.own <= 0)).astype(float))


def _paragraph(found: Candidates) -> Floats:
    """The paragraph's own score, as a share of the best paragraph's."""
    values = _share(found, found.paragraph)
    return np.asarray(values / max(float(values.max(initial=0.0)), 1e-9))


def _grams(query: Query, found: Candidates) -> Floats:
    """The share of the question's character 4-grams found in the sentence."""
    words = plain(" ".join(concept.word for concept in query.concepts if concept.weight == 1.0))
    asked = {words[i : i + 4] for i in range(len(words) - 3)}
    if not asked:
        return np.zeros(len(found.texts))
    return np.array([sum(gram in text for gram in asked) / len(asked) for text in found.plain])


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
    r"\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|third|quarter|twice",
    r"dozens?|hundreds?|thousands?|millions?|billions?",
    r"дв[ае]|три|четыре|пять|шесть|семь|восемь|девять|десять|сотн\w+|тысяч\w*|половин\w+",
)
_PLACE_PREPOSITIONS = r"in|at|near|from|to|on|off|outside|в|во|на|из|под|около|у|im|aus|nach"
_KINDS = {
    Expected.DATE: re.compile(rf"\b(?:{'|'.join(_DATE_WORDS)})\b", re.IGNORECASE),
    Expected.NUMBER: re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b", re.IGNORECASE),
    Expected.PERSON: re.compile(r"(?<!^)(?<![.!?«“\"] )\b[A-ZА-ЯЁ][a-zа-яё]+"),
    Expected.PLACE: re.compile(rf"\b(?:{_PLACE_PREPOSITIONS})\s+(?:the\s+)?[A-ZА-ЯЁ][a-zа-яё]+"),
}
"""What a date, a number, a person and a place look like inside a sentence, in English and Russian."""


def _kind(query: Query, found: Candidates) -> Floats:
    """1 where the kind of answer that is asked for stands in the sentence."""
    pattern = _KINDS.get(query.expected)
    if pattern is None:
        return np.zeros(len(found.texts))
    return np.array([float(pattern.search(text) is not None) for text in found.texts])
