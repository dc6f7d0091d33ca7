"""The words of a text as quotes are compared by: nothing that carries meaning is dropped.

An analyzer looks for what a text is about; here every word counts, and so do numbers with their sign and
their points, currency and per cent. Two words are the same when they differ by nothing but what print does
to them: capitals, kinds of apostrophe, composed or decomposed accents, ligatures, width, soft hyphens, the
dots of ё. Accents, ß, superscripts and digits stay what they are, and "US" is not "us".

What stands between words is no word: marks, spaces and dashes may differ, and ``variants`` says how.
Whether a text is quoted rightly is verify.py's business.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from rapidfuzz.distance import Levenshtein

from index.language import LANGUAGES, SPELLINGS, function_words

__all__ = [
    "ELLIPSIS",
    "Variant",
    "Word",
    "is_small",
    "negates",
    "negates_before",
    "quoting_words",
    "turns",
    "variants",
    "worded",
]

_LONGEST_FOLDED = 200
"""Code points of a word whose accents are composed: a longer run of marks would take quadratic time."""


class Variant(StrEnum):
    """How two texts of the same words may differ."""

    COMPOSITION = "composition"
    INVISIBLE = "invisible characters"
    LETTERS = "letter forms"
    SPACES = "spaces"
    QUOTES = "quote marks"
    DASHES = "dashes"
    ELLIPSES = "ellipses"
    HYPHENATION = "hyphenation"
    CAPITALS = "capitals"
    PUNCTUATION = "punctuation"


@dataclass(frozen=True, slots=True)
class Word:
    """A word or symbol at its span; equal ``form`` is the same word."""

    form: str
    start: int
    end: int


# -- kinds of characters ---------------------------------------------------------------------------------

_APOSTROPHES = "'’ʼ‘‛＇`´"
_HYPHENS = "-‐‑﹣－"
_SIGNS = "–−‒"
_DASHES = "—―⸺⸻﹘"
_SYMBOLS = "%‰‱&@#§\\％＆"
_BLANKS = "_|^~"
"""What marks up a text: no word of it."""


class _Kinds(dict[int, str]):
    """Code point -> one letter for its kind, made when first met.

    l letter, d number, c ideograph or kana, m mark, i invisible, n line break, s other space, a apostrophe,
    h hyphen, H dash that may be a minus, y symbol; . , : / themselves; p any other mark.
    """

    def __missing__(self, code: int) -> str:
        kind = self[code] = _kind(chr(code))
        return kind


def _kind(character: str) -> str:
    for kind, members in (
        *(("a", _APOSTROPHES), ("h", _HYPHENS), ("H", _SIGNS), ("y", _SYMBOLS), ("p", _BLANKS + _DASHES)),
        *(("n", "\n\r\x0b\x0c\x85\u2028\u2029"), ("i", "\u034f\u115f\u1160\u3164"), ("i", "\ufe0e\ufe0f")),
    ):
        if character in members:
            return kind
    if character in ".,:/":
        return character
    if character.isspace():
        return "s"
    category = unicodedata.category(character)
    if category[0] == "L":
        return "c" if "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff" else "l"
    if category in ("Cf", "Cc"):
        return "i"
    return {"N": "d", "M": "m", "P": "p", "Z": "s"}.get(category[0], "p" if category == "Sk" else "y")


_KINDS = _Kinds()

_WORD = r"""
  (?P<ideograph> c[mi]* )                                   # no spaces between words: one each
| (?P<dotted>    (?<![ldm])l[mi]*(?:\.l[mi]*)+(?![ld])\.? ) # U.S., e.g., т.е.
| (?P<word>      (?:(?<![ldmca])[hH](?=\.?d))?              # -5, but not 3-5
                 (?:(?<![ldmca.])\.(?=d))?                  # .5, but not 3 ...5
                 [ld](?:[ldmi] | (?<=[lmi])a(?=l) | (?<=d)[.,:/](?=d) {joint})* )
| (?P<symbol>    [y/][mi]* )
"""
_APART = re.compile(_WORD.format(joint=""), re.VERBOSE)
_JOINED = re.compile(_WORD.format(joint=r"| (?<=[lmi])hs*n[sn]*(?=l)"), re.VERBOSE)
"""The second joins what a hyphen at the end of a line divides."""


def worded(text: str, *, joined: bool = False) -> tuple[Word, ...]:
    """The words of a text in order. ``joined`` takes a word that is divided at the end of a line for one."""
    kinds = text.translate(_KINDS)
    shouted = not any(map(str.islower, text[:2000])) and len(text.split(maxsplit=1)) > 1
    words = []
    for match in (_JOINED if joined else _APART).finditer(kinds):
        start, end = match.start(), match.start() + len(match[0].rstrip("i"))
        form = _form(text[start:end], kinds[start:end], shouted=shouted)
        words.append(Word(form, start, end))
    return tuple(words)


def _form(surface: str, kinds: str, *, shouted: bool) -> str:
    sign = "-" if kinds[0] in "hH" else ""
    if kinds[0] == "l" and ("." in kinds or "h" in kinds):
        dropped = ".hsn"
        surface = "".join(c for c, kind in zip(surface, kinds, strict=True) if kind not in dropped)
    surface = surface[len(sign) :]
    form = sign + _fold(surface)
    acronym = not shouted and 2 <= len(surface) <= 5 and surface.isupper()
    return form.upper() if acronym and form in _small_words() else form


def _fold(surface: str) -> str:
    if surface.isascii():
        return surface.lower().replace("`", "'")
    bare = "".join(c for c in surface if _KINDS[ord(c)] != "i").translate(_SAME_APOSTROPHE)
    if len(bare) > _LONGEST_FOLDED:
        return bare.lower()
    composed = unicodedata.normalize("NFC", _printed(bare)).lower().translate(_SAME_LETTERS)
    return unicodedata.normalize("NFC", composed)


def _printed(text: str) -> str:
    """Ligatures and wide letters as those that they stand for; superscripts and fractions stay."""
    return "".join(
        unicodedata.normalize("NFKC", c) if "\ufb00" <= c <= "\ufb06" or "\uff01" <= c <= "\uff9f" else c
        for c in text
    )


_SAME_APOSTROPHE = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))
_SAME_LETTERS = {**SPELLINGS, ord("ς"): "σ"}


@cache
def _small_words() -> frozenset[str]:
    return frozenset().union(*map(function_words, LANGUAGES))


def is_small(form: str) -> bool:
    """Whether a word says little by itself: a function word of any language."""
    return form in _small_words()


@cache
def quoting_words(table: str) -> dict[str, str]:
    """A table of quoting.toml."""
    with resources.files("index").joinpath("quoting.toml").open("rb") as file:
        tables: dict[str, dict[str, str]] = tomllib.load(file)
    return tables[table]


# -- negation --------------------------------------------------------------------------------------------

_DENYING = ("un", "in", "im", "ir", "il", "dis", "non", "не", "без", "бес")


def negates(form: str) -> bool:
    """Whether a word denies, in any of the languages that are read here."""
    return form in _negations() or form.endswith("n't") or form.startswith(("n'", "kein"))


def negates_before(form: str) -> bool:
    """Whether a word denies what stands before it, as in "he did not"."""
    return form in quoting_words("behind")["all"].split()


@cache
def _negations() -> frozenset[str]:
    listed = quoting_words("negations").values()
    return frozenset(word.translate(SPELLINGS) for words in listed for word in words.split())


def turns(one: str, other: str) -> bool:
    """Whether one word is the other with a denying prefix: possible, impossible."""
    return any(one == prefix + other or other == prefix + one for prefix in _DENYING)


# -- variants --------------------------------------------------------------------------------------------

_MARKS_OF_QUOTES = "\"'«»„“”‘’‚‛‹›「」『』＂＇`´ʼ"
_DOTS = r"…|\.(?:\s?\.){2,}"
ELLIPSIS = re.compile(rf"[\[(]\s*(?:{_DOTS})\s*[\])]|{_DOTS}")
"""What stands for words left out, whatever its print."""

_ALL_DASHES = str.maketrans(dict.fromkeys(_SIGNS + _DASHES + "‐‑﹣－", "-"))
_ALL_QUOTES = str.maketrans(dict.fromkeys(_MARKS_OF_QUOTES, "'"))


def _without(kinds: str, text: str) -> str:
    return "".join(c for c in text if _KINDS[ord(c)] not in kinds)


_STEPS = (
    (Variant.INVISIBLE, lambda text: _without("i", text)),
    (Variant.COMPOSITION, lambda text: unicodedata.normalize("NFC", text)),
    (Variant.SPACES, lambda text: " ".join(text.split())),
    (Variant.LETTERS, lambda text: _printed(text).translate({**_SAME_LETTERS, ord("Ё"): "Е"})),
    (Variant.QUOTES, lambda text: text.translate(_ALL_QUOTES)),
    (Variant.ELLIPSES, lambda text: ELLIPSIS.sub("…", text)),
    (Variant.DASHES, lambda text: text.translate(_ALL_DASHES)),
    (Variant.CAPITALS, str.lower),
    (Variant.HYPHENATION, lambda text: re.sub(r"(?<=\w)-(?=\w)", " ", re.sub(r"(?<=\w)- (?=\w)", "", text))),
    (Variant.PUNCTUATION, lambda text: "".join(word.form for word in worded(text))),
)
"""Each takes one kind of difference away, in an order in which none takes another's."""


def variants(one: str, other: str) -> tuple[Variant, ...]:
    """How two texts of the same words differ; none where they are the same to the character."""
    found = []
    for variant, without in _STEPS:
        if one == other:
            break
        before = Levenshtein.distance(one, other)
        one, other = without(one), without(other)
        if Levenshtein.distance(one, other) < before:
            found.append(variant)
    return tuple(found)
