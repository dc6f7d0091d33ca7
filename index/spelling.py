"""Which words of a segment are spelt nearly like a given one, at a vocabulary of a million in milliseconds.

A word is near by its letters (optimal string alignment, one or two edits) or by its skeleton: what is left of
it when the ways to write a sound in Latin and Cyrillic letters are folded into one, so that Khankendi,
Xankendi and Ханкенди are the same. Three columns a segment serve both:

    spelling_mask                  a 64-bit signature of each surface form's letters, in the forms' order
    spelling_key, spelling_form    32-bit hashes of skeletons, and of long forms without their first letter,
                                   ascending; and the numbers of the forms

An edit changes at most one bit of the signature to 1 and one to 0, so that a few instructions a form leave
some hundreds to compare in full. Forms that begin with the same letter lie together, as the table is sorted;
those that begin with another are found by their hash.

A change to skeletons or masks raises generation.py's FORMAT_VERSION.

Whether a near word is what was meant is decided in respell.py.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from index.analyze import plain_form
from index.postings import Column, StringTable, smallest

__all__ = ["LONG", "SHORT", "Spellings", "edits", "romanised", "same_name", "skeleton", "spelling_columns"]

LONG = 8
"""Letters from which a word may be two edits off, or begin with another letter."""

SHORT = 4
"""Letters below which every word is near some other: nothing is looked up."""

LONGEST = 40

_ROMAN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэіґўјәə", "abvgdeziyklmnoprstufyeiguyee", strict=True))
    | {"ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
    | {"ъ": "", "ь": "", "є": "ye", "ї": "yi", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj", "џ": "dzh"}
    | {"ß": "ss"}
)
_SOUNDS = {
    **{"shch": "s", "tsch": "k", "sch": "s", "tch": "k", "dzh": "i", "kh": "h", "ch": "k", "ck": "k"},
    **{"sh": "s", "zh": "s", "ph": "f", "ts": "s", "tz": "s", "cz": "k", "ae": "a", "oe": "o", "ue": "u"},
    **{"oo": "u", "ou": "u"},
    **{"c": "k", "q": "k", "x": "ks", "j": "i", "y": "i", "w": "v", "z": "s"},
}
_SOUND = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))
_REPEATED = re.compile(r"(.)\1+")
_SLAVIC_ENDING = re.compile(r"(?<=..[^аеиоуыэюя])(?:ами|ями|ого|ому|ыми|ым|ой|ою|ом|ем|ах|ам|[аеиоуыюя])$")

_LATIN_BLOCKS = ("\u00c0", "\u0250")
"""The accented Latin letters: forms that begin with one lie apart from those that begin without accent."""


def romanised(form: str) -> str:
    """A folded form in Latin letters without accents, where they are Cyrillic or Latin."""
    plain = plain_form(form)
    return plain if plain.isascii() else plain.translate(_ROMAN)


def skeleton(form: str) -> str:
    """What all spellings of a name have in common.

    >>> {skeleton(form) for form in ("aliyev", "alijev", "aliev", "алиев")}
    {'alev'}
    """
    roman = romanised(form)
    if roman[:1] == "x":
        roman = "h" + roman[1:]
    first = "z" if roman[:1] == "z" and roman[:2] != "zh" else ""
    sounds = first + _SOUND.sub(lambda match: _SOUNDS[match.group()], roman[len(first) :])
    return _REPEATED.sub(r"\1", _REPEATED.sub(r"\1", sounds).replace("ie", "e"))


def _uninflected(form: str) -> Iterator[str]:
    """A form, and of one in Cyrillic what it may be without its case ending."""
    yield form
    stem = _SLAVIC_ENDING.sub("", form)
    if stem != form:
        yield stem
        if stem.endswith("ск"):
            yield f"{stem}ий"


def edits(one: str, other: str, most: int) -> int:
    """Letters to insert, drop, exchange or swap with their neighbour; ``most + 1`` where it takes more."""
    return int(_distance()(one, other, score_cutoff=most))


@cache
def _distance() -> Callable[..., int]:
    """rapidfuzz's, imported when the first word is compared: most questions are spelt right."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - the import takes as long as an answer

    return OSA.distance


def same_name(one: str, other: str) -> bool:
    """Whether two forms are one name in other letters: of one skeleton, and not far apart when romanised."""
    return min(len(one), len(other)) >= SHORT and any(
        edits(romanised(a), romanised(b), 3) <= (2 if len(a) <= LONG else 3)
        for a in _uninflected(one)
        for b in _uninflected(other)
        if skeleton(a) == skeleton(b)
    )


def _mask(plain: str) -> int:
    """Which letters occur, and which more than once."""
    once = twice = 0
    for letter in plain:
        bit = 1 << (ord(letter) & 31)
        twice |= once & bit
        once |= bit
    return once | twice << 32


def _hash(kind: str, text: str) -> int:
    return zlib.crc32(f"{kind}{text}".encode())


def _keys(form: str) -> set[int]:
    keys = {_hash("s", sounds) for sounds in map(skeleton, _uninflected(form)) if len(sounds) > 2}
    plain = plain_form(form)
    return keys | {_hash("t", plain[1:])} if len(plain) >= LONG - 1 else keys


def spelling_columns(surfaces: StringTable) -> dict[str, Column]:
    """The columns for a table of "language<TAB>form"."""
    masks: list[int] = []
    keys: list[int] = []
    numbers: list[int] = []
    for number, surface in enumerate(surfaces):
        form = surface.partition("\t")[2]
        masks.append(_mask(plain_form(form)))
        its = _keys(form)
        keys += its
        numbers += [number] * len(its)
    order = np.lexsort((numbers, keys))
    return {
        "spelling_mask": np.array(masks, dtype=np.uint64),
        "spelling_key": np.array(keys, dtype=np.uint32)[order],
        "spelling_form": smallest(np.array(numbers, dtype=np.uint64)[order]),
    }


class Spellings:
    """The forms of a segment by their spelling: its surface table with the columns described above."""

    def __init__(
        self,
        surfaces: StringTable,
        masks: NDArray[np.uint64],
        keys: NDArray[np.uint32],
        forms: NDArray[np.unsignedinteger],
    ) -> None:
        self._surfaces, self._masks, self._keys, self._forms = surfaces, masks, keys, forms

    def near(self, form: str, language: str) -> set[str]:
        """The language's forms within one edit of a folded form, of a long one two, or of its skeleton.

        A short form's first letter is kept, and with two edits a long one's too. Nothing is near a form with
        a digit.
        """
        plain = plain_form(form)
        if not SHORT <= len(plain) <= LONGEST or not plain.isalpha():
            return set()
        most = 2 if len(plain) >= LONG else 1
        found = {self._form(number) for number in self._scanned(plain, language, most)}
        near = {each for each in found if edits(plain, plain_form(each), most) <= most}
        return near | self._alike(form, language) | self._beginning_otherwise(plain, language)

    def _form(self, number: int) -> str:
        return self._surfaces[number].partition("\t")[2]

    def _scanned(self, plain: str, language: str, most: int) -> list[int]:
        """The forms with the same first letter whose length and letters allow so few edits."""
        first = plain[0]
        ranges = (
            [(first, chr(ord(first) + 1)), _LATIN_BLOCKS]
            if first.isascii()
            else [(first, first + "\U0010ffff")]
        )
        found: list[int] = []
        for low, high in ranges:
            begin = self._surfaces.place(f"{language}\t{low}")
            end = self._surfaces.place(f"{language}\t{high}")
            found += (self._similar(plain, most, begin, end) + begin).tolist()
        return found

    def _similar(self, plain: str, most: int, begin: int, end: int) -> NDArray[np.int64]:
        mask = np.uint64(_mask(plain))
        masks = self._masks[begin:end]
        missing, added = np.bitwise_count(mask & ~masks), np.bitwise_count(masks & ~mask)
        return np.flatnonzero((missing <= most) & (added <= most))

    def _alike(self, form: str, language: str) -> set[str]:
        """Forms with the same skeleton, near enough to be another spelling of the same name."""
        keys = {_hash("s", skeleton(each)) for each in _uninflected(form)}
        return {other for key in keys for other in self._keyed(key, language) if same_name(form, other)}

    def _beginning_otherwise(self, plain: str, language: str) -> set[str]:
        """Forms that a long word's first letter sets apart: wrong, missing, too many, or swapped."""
        rests = (plain, plain[1:], plain[2:], plain[0] + plain[2:])
        found = {other for rest in rests for other in self._keyed(_hash("t", rest), language)}
        return {
            other
            for other in found
            if max(len(plain), len(other)) >= LONG and edits(plain, plain_form(other), 1) <= 1
        }

    def _keyed(self, key: int, language: str) -> Iterator[str]:
        sought = np.uint32(key)  # of another type, the whole column would be converted
        begin, end = (np.searchsorted(self._keys, sought, side) for side in ("left", "right"))
        for number in self._forms[begin:end].tolist():
            spoken, _, form = self._surfaces[number].partition("\t")
            if spoken == language and form.isalpha():
                yield form
