"""Text to tokens: the same for sentences and for questions.

A token is a term at the span where its word stands. Words are found by script, compatibility forms and case
are folded, possessives and elided articles dropped, irregular forms led back to their lemma, the rest
stemmed (nltk's Snowball), and accents taken off last, so that "café" and "cafe" are one term. Numbers stay
whole, and an acronym is never taken for a function word ("US" is not "us").

Stop words yield no token. It does not know which words mean the same: see thesaurus.py.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

from index.language import SPELLINGS, function_words
from index.model import UNKNOWN_LANGUAGE, Token
from index.nltk_parts import snowball

__all__ = ["Analyzer", "Word", "analyzer_version", "irregular", "plain_form", "words"]

ANALYSIS = 3
"""Raised by every change to splitting, terms, antecedents or speakers: other indexes are rebuilt."""

_DATA = ("function_words.toml", "irregular.toml", "people.toml", "words.npz")

STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
}
"""nltk's Snowball stemmer for each language code."""

_LONGEST_WORD = 64
"""Code points of a word that count: normalising a longer run of marks takes quadratic time."""

_MARK = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"  # European, Hebrew, Arabic
    "\u0900-\u0963\u0970-\u0fff\u200c\u200d"  # Indic vowel signs, joiners
)
_LETTER = rf"[^\W\d_](?:[{_MARK}])*"
_WORD = re.compile(
    rf"""
      (?P<ideograph> [\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff] )           # no spaces between words: one each
    | (?P<dotted>    (?<!\w)[^\W\d_](?:\.[^\W\d_])+(?!\w)\.? )             # U.S., e.g., т.е.
    | (?P<number>    \d+(?:[.,]\d+)*(?![\w{_MARK}]) )                      # 1,5  2022  172.40
    | (?P<word>      (?:{_LETTER}|\d)+(?:['’ʼ](?:{_LETTER})+)* )           # Baku's  d'Alembert  MH17
    """,
    re.VERBOSE,
)
_FOLDED = {**SPELLINGS, 0x200C: None, 0x200D: None}
_POSSESSIVE = re.compile(r"'s?$")
_ELISION = re.compile(
    r"^(?:[cdjlmnst]|qu|lorsqu|puisqu|quoiqu|dell|nell|all|dall|sull|un|quest|sant)'(?=.{2})"
)
_ELIDING = frozenset({"fr", "it"})
_ACCENTLESS = frozenset({"en"})
"""Languages whose stemmer knows no accents: they come off first, so that résumé and resume have one stem."""
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
_SHORTEST_ACRONYM, _LONGEST_ACRONYM = 2, 5


@cache
def analyzer_version() -> str:
    """What an index must have been analysed by to serve: the code's number, a checksum of the word lists."""
    lists = hashlib.blake2b(digest_size=4)
    for name in _DATA:
        lists.update(resources.files("index").joinpath(name).read_bytes())
    return f"{ANALYSIS}-{lists.hexdigest()}"


class Word(NamedTuple):
    """A word as it stands in a text: its folded form, its span, and what its capitals and digits say."""

    form: str
    start: int
    end: int
    acronym: bool
    capital: bool
    number: bool


def words(text: str) -> Iterator[Word]:
    """The words of a text in order. ``form`` keeps accents and inner apostrophes (as ``'``)."""
    shouted = not any(map(str.islower, text[:2000])) and len(text.split(maxsplit=1)) > 1
    for match in _WORD.finditer(text):
        surface = match[0]
        start, end = match.span()
        if match.lastgroup == "dotted":
            form, acronym = surface.replace(".", ""), True
        else:
            form = surface
            acronym = not shouted and _SHORTEST_ACRONYM <= len(form) <= _LONGEST_ACRONYM and form.isupper()
        acronym = acronym and not form.isdigit()
        yield Word(_fold(form), start, end, acronym, surface[0].isupper(), form[0].isdigit())


def _fold(surface: str) -> str:
    if surface.isascii():
        return surface.lower()[:_LONGEST_WORD]
    folded = unicodedata.normalize("NFKC", surface[:_LONGEST_WORD]).casefold()
    return folded.translate(_FOLDED)


@cache
def irregular(language: str) -> dict[str, str]:
    """form -> lemma, of the forms that a stemmer leaves apart from it."""
    with resources.files("index").joinpath("irregular.toml").open("rb") as file:
        table: dict[str, list[str]] = tomllib.load(file).get(language, {})
    return {
        form.translate(SPELLINGS): lemma.translate(SPELLINGS)
        for lemma, forms in table.items()
        for form in forms
    }


def _bare(term: str) -> str:
    """Take the accents off Latin and Greek letters; й stays a letter of its own."""
    if term.isascii():
        return term
    out = []
    for character in unicodedata.normalize("NFC", term):
        base = unicodedata.normalize("NFD", character)[0]
        if not "\u0300" <= character <= "\u036f":  # a mark that no letter takes in, as in İ folded
            out.append(character if "\u0400" <= base <= "\u04ff" else base)
    return "".join(out).translate(_UNDECOMPOSED)


def plain_form(form: str) -> str:
    """A folded form without possessive, apostrophes and accents: what spellings are compared by."""
    return _bare(_POSSESSIVE.sub("", form).replace("'", ""))


class Analyzer:
    """Turns text of one language into tokens.

    ``known(form)`` may give the term of a folded form that has been seen before (the index keeps a column
    of them), so that the common question is analysed without importing nltk. ``seen`` maps the forms met to
    their terms; it is emptied when it holds more than ``capacity``.
    """

    def __init__(
        self,
        language: str,
        known: Callable[[str], str | None] | None = None,
        capacity: int = 100_000,
    ) -> None:
        self.language = language
        self._stop = function_words(language)
        self._known = known
        self._capacity = capacity
        self.seen: dict[str, str] = {}

    def tokens(self, text: str) -> list[Token]:
        """The tokens of a text in order; ``start`` and ``end`` count code points of ``text``."""
        found = ((self.term(word), word) for word in words(text))
        return [Token(term, word.start, word.end) for term, word in found if term]

    def term(self, word: Word) -> str:
        """The term of a word; "" for a stop word."""
        if word.number:
            return word.form
        if word.form in self._stop:
            return word.form if word.acronym else ""
        return self.term_of_form(word.form)

    def term_of_form(self, form: str) -> str:
        """The term of a folded form that is not a stop word, or "" where nothing but a stop word is left."""
        term = self.seen.get(form)
        if term is None:
            term = self._known(form) if self._known else None
            if term is None:
                term = self._analyze(form)
            if len(self.seen) >= self._capacity:
                self.seen.clear()
            self.seen[form] = term
        return term

    def _analyze(self, form: str) -> str:
        if self.language in _ELIDING:
            form = _ELISION.sub("", form)
        form = _POSSESSIVE.sub("", form).replace("'", "")
        if form in self._stop:
            return ""
        if self.language == UNKNOWN_LANGUAGE or self.language not in STEMMERS:
            return _bare(form)
        if self.language in _ACCENTLESS:
            form = _bare(form)
        form = irregular(self.language).get(form, form)
        return _bare(_stemmer(self.language)(form)) or _bare(form)


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    return snowball(STEMMERS[language])
