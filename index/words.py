"""The static word table: how near two English words are in meaning, by a look-up.

The table has 128 small integers and a length for each of some 40,000 words, made once by tools/word_table.py,
which fits them to what an encoder makes of many short texts; nothing is computed by a network when a question
is asked. A word is known here by its number, from 1; 0 is any word that the table lacks. A text's vector is
the sum of its words' vectors: how much a word counts is in its length.

How much a word says by itself, its rarity, is taken from its place in the table, which is in order of
frequency (Arora et al. 2017: a / (a + p), a = 1e-4; p by Zipf's and Mandelbrot's law).

It knows nothing of sentences, and does not tell languages apart: what is in ``LANGUAGE`` is for whoever asks
to decide.
"""

from collections.abc import Sequence
from functools import cache, cached_property
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["LANGUAGE", "UNKNOWN_WORD", "Texts", "WordTable", "spread", "word_table"]

UNKNOWN_WORD = 0

LANGUAGE = "en"
"""ISO 639-1 code of the words' language."""

_SMOOTHING = 1e-4
_MANDELBROT = 2.7
_ENDINGS = ("'s", "s", "es", "ed", "ing", "ly")
_SHORTEST_BASE = 3

Floats = NDArray[np.float64]
Numbers = NDArray[np.integer]


def spread(first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers from ``first[i]`` up to, not including, ``last[i]``, for each ``i`` in turn."""
    lengths = last - first
    ends = lengths.cumsum()
    return np.asarray(np.repeat(first - ends + lengths, lengths) + np.arange(lengths.sum()))


class Texts(NamedTuple):
    """Texts as word numbers end to end: the ``i``-th is ``numbers[starts[i]:starts[i + 1]]``."""

    numbers: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def joined(cls, parts: Sequence["Texts"]) -> "Texts":
        """The texts of all parts, in order."""
        lengths = [np.diff(part.starts) for part in parts]
        starts = np.cumsum(np.concatenate([[0], *lengths]), dtype=np.int64)
        return cls(np.concatenate([np.empty(0, np.int64), *(part.numbers for part in parts)]), starts)

    def taken(self, places: NDArray[np.int64]) -> "Texts":
        """Some of the texts in another order."""
        first, last = self.starts[places], self.starts[places + 1]
        starts = np.concatenate([[0], np.cumsum(last - first)])
        return Texts(self.numbers[spread(first, last)], starts)


class WordTable:
    """``words`` from the commonest on; ``vectors[i] * scale[i]`` is where word ``i + 1`` lies."""

    def __init__(self, words: list[str], vectors: NDArray[np.int8], scale: NDArray[np.float16]) -> None:
        self.words = words
        none = np.zeros((1, vectors.shape[1]), dtype=np.int8)
        self._vectors = np.concatenate([none, vectors])
        rank = np.arange(len(words)) + _MANDELBROT
        probability = 1 / rank / (1 / rank).sum()
        self._rarity = np.concatenate([[1], _SMOOTHING / (_SMOOTHING + probability)])
        self._factors = np.concatenate([[0], scale]).astype(np.float32)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words, 1)}

    def number(self, form: str) -> int:
        """The number of a word as it is written in lower case, of its base form where only that is known."""
        found = self._numbers.get(form)
        if found is None:
            bases = (form.removesuffix(ending) for ending in _ENDINGS if form.endswith(ending))
            tries = (base + last for base in bases if len(base) >= _SHORTEST_BASE for last in ("", "e"))
            found = next((number for base in tries if (number := self._numbers.get(base))), UNKNOWN_WORD)
        return found

    def cosines(self, these: Numbers, those: Numbers) -> Floats:
        """``[i, j]``: the cosine of word ``these[i]`` with word ``those[j]``; 0 where one is unknown.

        A product of whole numbers below 2 ** 24 is exact, so that a pair's cosine depends on nothing else.
        """
        one, other = (self._vectors.take(each, axis=0).astype(np.float32) for each in (these, those))
        products = one @ other.T
        lengths = self._lengths[these][:, None] * self._lengths[those]
        return np.asarray(products / lengths, dtype=np.float32)

    def rarity(self, numbers: Numbers) -> NDArray[np.float64]:
        """How much each word says in English at large, 0 to 1; 1 for an unknown one."""
        return np.asarray(self._rarity[numbers])

    def weighted(self, numbers: Numbers, weights: NDArray[np.float64]) -> Floats:
        """``[d]``: the unit vector of a text whose words have weights of their own, too."""
        scaled = self._vectors[numbers] * self._factors[numbers][:, None]
        return np.asarray(_unit((weights @ scaled)[None].astype(np.float32))[0])

    def vectors(self, texts: Texts) -> Floats:
        """``[k, d]``: the unit vectors of ``k`` texts; zeros where no word is known.

        The word appended is a sum of its own, so that the last text is added up like any other. Words lie
        side by side, since that is how they are added up fastest.
        """
        numbers = np.append(texts.numbers, UNKNOWN_WORD)
        scaled = np.ascontiguousarray(self._vectors.take(numbers, axis=0).T) * self._factors[numbers]
        sums = np.add.reduceat(scaled, texts.starts, axis=1)[:, :-1]
        return _unit(np.ascontiguousarray(sums.T) * (np.diff(texts.starts) > 0)[:, None])

    @cached_property
    def _lengths(self) -> Floats:
        squares = np.einsum("ij,ij->i", self._vectors, self._vectors, dtype=np.int32)
        return np.asarray(np.sqrt(np.maximum(squares, 1)).astype(np.float32), dtype=np.float32)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=float)


@cache
def word_table() -> WordTable:
    """The table that ships."""
    with resources.files("index").joinpath("words.npz").open("rb") as file, np.load(file) as table:
        words = table["words"].tobytes().decode().split("\n")
        return WordTable(words, table["vectors"], table["scale"])
