"""Which language a text is in, by its script and a vote of its function words.

The function words (data: function_words.toml) also serve the analyzer as stop words. A text that no list
claims is in an unknown language, which has neither stop words nor stems; one of a few Latin words is taken
for English.

It does not tell languages apart inside one text.
"""

import re
import tomllib
from collections import Counter
from functools import cache
from importlib import resources

from index.model import UNKNOWN_LANGUAGE

__all__ = ["LANGUAGES", "SPELLINGS", "asking_words", "detect", "function_words"]

LANGUAGES = ("ar", "da", "de", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv")
"""ISO 639-1 codes of the languages that have function words and a stemmer."""

SPELLINGS = str.maketrans({"ё": "е", "ş": "ș", "ţ": "ț", "’": "'", "ʼ": "'"})
"""Letters that print interchangeably in lower-case words: newspapers leave the dots off ё, and old fonts
lack ș.
"""

_SAMPLE = 20_000
"""Code points read: a vote over about 3,000 words does not change with more."""

_LEAST_SHARE = 0.12
"""Running prose has 30 to 50 % function words; a text below this share of any list is not in its language."""

_FEW_WORDS = 25
"""Of fewer, any function word decides, and none is no sign of an unknown language: English is likeliest."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SCRIPTS = {
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "latin": re.compile(r"[A-Za-zÀ-ɏ]"),
}
_NOT_RUSSIAN = re.compile(r"[іїєґўјљњћђџѓќѕ]", re.IGNORECASE)


@cache
def _tables(name: str) -> dict[str, frozenset[str]]:
    with resources.files("index").joinpath(name).open("rb") as file:
        tables = tomllib.load(file).items()
    return {language: frozenset(word.translate(SPELLINGS) for word in words) for language, words in tables}


def function_words(language: str) -> frozenset[str]:
    """The function words of a language, in lower case and ``SPELLINGS``; none for an unknown one."""
    return _of("function_words.toml", language)


def asking_words(language: str) -> frozenset[str]:
    """The words of a language that say what is asked for, such as "kind" and "name"; written likewise."""
    return _of("asking_words.toml", language)


def _of(name: str, language: str) -> frozenset[str]:
    return _tables(name).get(language, frozenset())


def detect(text: str) -> str:
    """The language's ISO 639-1 code, or ``und``."""
    sample = text[:_SAMPLE]
    if sample.isascii():
        return _vote(sample)
    script = max(_SCRIPTS, key=lambda name: len(_SCRIPTS[name].findall(sample)))
    if script == "latin":
        return _vote(sample)
    if script == "ru" and len(_NOT_RUSSIAN.findall(sample)) * 100 > len(sample):
        return UNKNOWN_LANGUAGE
    return script if _SCRIPTS[script].search(sample) else UNKNOWN_LANGUAGE


@cache
def _voting() -> dict[str, tuple[str, ...]]:
    """Function word -> the languages in Latin letters that have it."""
    languages: dict[str, tuple[str, ...]] = {}
    for language in LANGUAGES:
        if language not in _SCRIPTS:
            for word in function_words(language):
                languages[word] = (*languages.get(word, ()), language)
    return languages


def _vote(sample: str) -> str:
    """The language in Latin letters whose function words are the most; of equals the first."""
    words = [word.lower().translate(SPELLINGS) for word in _WORD.findall(sample)]
    if not words:
        return UNKNOWN_LANGUAGE
    voting = _voting()
    votes = Counter(language for word in words for language in voting.get(word, ()))
    best = max(LANGUAGES, key=votes.__getitem__)
    if len(words) < _FEW_WORDS:
        return best if votes[best] else "en"
    return best if votes[best] / len(words) >= _LEAST_SHARE else UNKNOWN_LANGUAGE
