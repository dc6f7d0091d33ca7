"""What in a sentence contradicts a question that it otherwise matches: a negation, an opposite, another year.

Questions are put that the sources do not answer and whose words they nonetheless hold: "what can not be
exported?" beside "… can be exported". Only what a question asks for and a sentence denies counts here; a
sentence that says more than was asked contradicts nothing.

What a contradiction is worth is bot/answer.py's business. The pairs of opposites are data: opposites.toml.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources

__all__ = ["negated", "opposite", "other_ordinal", "other_year", "turned"]

_NEGATED = re.compile(
    r"\b(?:not|never|cannot|nobody|neither|without)\b|n['’]t\b|\b(?:не|никогда|никто|без)\b|\bnicht\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    rf"{_NEGATED.pattern}|\b(?:no|none|nothing|nor|unable|fail(?:s|ed)?|refus\w+|нет|ни|kein\w*|nie)\b",
    re.IGNORECASE,
)
_OR_NOT = re.compile(r"\b(?:whether )?or not\b|\bnot only\b|\bне только\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_DENYING = ("un", "in", "im", "ir", "il", "non", "non-", "dis", "mis", "anti-")
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth"),
    *("last", "final"),
)
_SPELT = 12
"""Ordinals up to here are the same spelt and in digits."""

_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_TURNED = (
    ("before|prior", "after|following|subsequent(?:ly)?"),
    ("more", "less|fewer"),
    ("most", "least|fewest"),
    ("above|over", "below|under|beneath"),
    ("inside|within", "outside"),
    ("with", "without"),
)
"""Opposites among the words of grammar, which are no concepts; told as patterns, since each has others."""

_QUESTIONS = 64
"""Questions whose turning words are kept at hand: each is asked of several hits."""

_SHORTEST = 4
"""Letters of a word that a prefix turns into its opposite."""


def negated(question: str, text: str) -> bool:
    """Whether a question asks what is not so, and the text denies nothing."""
    asked = _NEGATED.search(_OR_NOT.sub(" ", question))
    return asked is not None and _DENIES.search(text) is None


def opposite(missing: Iterable[str], text: str) -> bool:
    """Whether the text has the opposite of a word of the question that it lacks, lower case: one of a pair,
    or the word with a denying prefix more or less.
    """
    here = set(_WORD.findall(text.lower()))
    return any(not here.isdisjoint(_opposites(word)) for word in missing)


def turned(question: str, text: str) -> bool:
    """Whether the question has a word of place, time or degree, as "before", and the text its opposite."""
    return any(not asked.search(text) and told.search(text) for asked, told in _turns_of(question))


def other_ordinal(question: str, text: str) -> bool:
    """Whether the question has an ordinal ("second", "3rd") that the text lacks, and the text another."""
    asked = _ordinals(question)
    if not asked:
        return False
    told = _ordinals(text)
    return bool(asked - told and told - asked)


def other_year(question: str, text: str) -> bool:
    """Whether the question has a year that the text lacks, and the text one that the question lacks."""
    asked, told = set(_YEAR.findall(question)), set(_YEAR.findall(text))
    return bool(asked - told and told - asked)


@lru_cache(_QUESTIONS)
def _ordinals(text: str) -> frozenset[str]:
    low = text.lower()
    spelt = {word for word in _WORD.findall(low) if word in _ORDINALS}
    return frozenset(spelt) | {
        _ORDINALS[int(n) - 1] if 0 < int(n) <= _SPELT else n for n in _ORDINAL.findall(low)
    }


@lru_cache(_QUESTIONS)
def _turns_of(question: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((asked, told) for asked, told in _turns() if asked.search(question))


@cache
def _turns() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """What a question may hold, and what turns it round."""
    patterns = [[re.compile(rf"\b(?:{side})\b", re.IGNORECASE) for side in pair] for pair in _TURNED]
    return tuple((one, other) for pair in patterns for one, other in (pair, pair[::-1]))


def _opposites(word: str) -> set[str]:
    denied = {prefix + word for prefix in _DENYING if len(word) >= _SHORTEST}
    bare = {word.removeprefix(prefix) for prefix in _DENYING if word.startswith(prefix)}
    return denied | {rest for rest in bare if len(rest) >= _SHORTEST} | _pairs().get(word, set())


@cache
def _pairs() -> Mapping[str, set[str]]:
    """Word -> its opposites, in every language of the list."""
    with resources.files("index").joinpath("opposites.toml").open("rb") as file:
        listed = [pair for pairs in tomllib.load(file).values() for pair in pairs]
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in listed:
        found[one].add(other)
        found[other].add(one)
    return dict(found)
