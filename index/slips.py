"""What it costs to take one word for a slip of another: how people mistype and transliterate.

Swapped and doubled letters, vowels, neighbours on the keyboard are cheap, other consonants are dear; what a
word's length allows is little. A name may change less than a common word, since a name taken for another name
is the worst answer: Ireland is not Iceland.

It knows no corpus: which words there are is respell.py's business.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

from index.analyze import Word, plain_form
from index.spelling import LONG, edits, same_name

__all__ = ["DEAREST", "is_slip", "judged", "least_price"]

NEAR_WEIGHT, FAR_WEIGHT = 0.7, 0.5
"""Of a term one edit off or transliterated, and of one two edits off, beside the word's own."""

_VERY_LONG = 10
"""Letters of a word that may hold two mistakes of any kind."""

_SIX = 6
"""Letters below which a word may only have letters swapped or doubled, or be transliterated."""

DEAREST = 2
"""Above this price a form is not even suggested."""

NEVER = 9

_VOWELS = frozenset("aeiouyаеиоуыэюя")
_SOUNDALIKES = frozenset(
    frozenset(pair)
    for pairs in ("bp dt gk sz mn vw vf fp hj hx kq kc cs gj jz jy", "бп дт гк сз мн вф шщ гх жш цс йи")
    for pair in pairs.split()
)
_LONG_VOWELS = ("ee", "oo")
_SIBILANTS = frozenset(map(frozenset, ("cs", "sz")))
_REPEATED = re.compile(r"(.)\1+")
_KEYBOARDS = ("qwertyuiop asdfghjkl zxcvbnm", "йцукенгшщзхъ фывапролджэ ячсмитьбю")


def _neighbours() -> Iterator[frozenset[str]]:
    for rows in map(str.split, _KEYBOARDS):
        for row in rows:
            yield from map(frozenset, pairwise(row))
        for upper, lower in pairwise(rows):
            yield from map(frozenset, zip(upper, lower, strict=False))
            yield from map(frozenset, zip(upper[1:], lower, strict=False))


_NEIGHBOURS = frozenset(_neighbours())


def judged(typed: Word, form: str, *, name: bool, asked: bool, cased: bool) -> tuple[int, float]:
    """``(price, weight)`` of a form in place of what was typed; weight 0 where it is not sure enough.

    ``name`` is whether the sources write the form as a name, ``asked`` whether one was typed. A name may be
    typed without a capital where no other in the question has one (not ``cased``).
    """
    if name and same_name(typed.form, form):
        return 1, NEAR_WEIGHT
    one, other = plain_form(typed.form), plain_form(form)
    named = asked or (name and (typed.capital or not cased))
    dear = _price(one, other, name=named)
    if named != name and dear > (len(one) >= LONG):
        return dear, 0.0
    return dear, _weight(one, other, dear, name=named)


def _weight(typed: str, meant: str, dear: int, *, name: bool) -> float:
    """Two changes take a long word, or a fairly long one whose consonants stay."""
    apart = edits(typed, meant, 2)
    if name:
        generous = len(typed) >= _VERY_LONG or (apart == 1 and len(typed) >= LONG and len(meant) > LONG)
    else:
        generous = len(typed) >= _VERY_LONG or (
            len(typed) >= LONG and _consonants(typed) == _consonants(meant) and typed[-1] == meant[-1]
        )
    if dear > 1 + generous:
        return 0.0
    return NEAR_WEIGHT if apart <= 1 else FAR_WEIGHT


def _consonants(word: str) -> str:
    return _REPEATED.sub(r"\1", "".join(letter for letter in word if letter not in _VOWELS))


Letter = Callable[[str, str], int]
"""The price of one letter for another; of one too many or too few, beside ""; of a doubled one,
"ll" beside "".
"""


def _price(typed: str, meant: str, *, name: bool) -> int:
    return price(typed, meant, partial(_name_letter if name else _common_letter, len(typed)))


def is_slip(typed: str, meant: str) -> bool:
    """Whether one common word is so near that it was surely meant by the other."""
    if edits(typed, meant, DEAREST) > DEAREST:
        return False
    return bool(_weight(typed, meant, _price(typed, meant, name=False), name=False))


def least_price(typed: str, form: str) -> int:
    """The price of a form in place of another, as a name or as a common word."""
    if same_name(typed, form):
        return 1
    one, other = plain_form(typed), plain_form(form)
    return min(_price(one, other, name=True), _price(one, other, name=False))


def _name_letter(length: int, typed: str, meant: str) -> int:
    pair = frozenset(typed + meant)
    if len(typed) == 2:
        return 2 if typed in _LONG_VOWELS else 1
    if length < _SIX:
        return NEVER
    vowels = pair <= _VOWELS
    if not typed or not meant:
        return 1 if pair <= {"c", "h"} or (vowels and length > _SIX) else 2
    if length > _SIX and (vowels or pair in _SOUNDALIKES):
        return 1
    return 2 if vowels else NEVER


def _common_letter(length: int, typed: str, meant: str) -> int:
    pair = frozenset(typed + meant)
    if len(typed) == 2:
        return 1
    if length < _SIX:
        return NEVER
    if not typed or not meant or pair <= _VOWELS:
        return 1
    return 1 if length >= LONG and (pair in _NEIGHBOURS or pair in _SIBILANTS) else NEVER


def price(typed: str, meant: str, letter: Letter) -> int:
    """What the cheapest way from one word to the other costs, by optimal string alignment.

    Swapped and doubled letters cost 1, other changes what ``letter`` says, and more at the ends of the word,
    where prefixes and inflection make other words.
    """
    before: list[int] = []
    above = [0]
    for j in range(1, len(meant) + 1):
        above.append(above[-1] + _gap(meant, j - 1, letter))
    for i in range(1, len(typed) + 1):
        row = [above[0] + _gap(typed, i - 1, letter)]
        for j in range(1, len(meant) + 1):
            one, other = typed[i - 1], meant[j - 1]
            end = i == 1 or j == 1 or (i == len(typed) and j == len(meant))
            exchange = 0 if one == other else NEVER if end else letter(one, other)
            best = min(
                above[j] + _gap(typed, i - 1, letter),
                row[j - 1] + _gap(meant, j - 1, letter),
                above[j - 1] + exchange,
            )
            if i > 1 and j > 1 and (one, typed[i - 2]) == (meant[j - 2], other) and one != other:
                best = min(best, before[j - 2] + (2 if i == 2 or j == 2 else 1))
            row.append(best)
        before, above = above, row
    return above[-1]


def _gap(word: str, place: int, letter: Letter) -> int:
    """The price of a letter that the other word lacks."""
    here = word[place]
    if word[max(place - 1, 0) : place + 2].count(here) > 1:
        return letter(here * 2, "")
    if place == 0:
        return NEVER
    dear = letter(here, "")
    return max(dear, 2) if place == len(word) - 1 and here != "s" else dear
