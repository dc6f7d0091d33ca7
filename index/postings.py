"""Columns: sorted strings, and term -> (sentence, tf) in NumPy arrays; and the exact top k of weighted terms.

All arrays may be memory maps. Sentence numbers are rows of the segment, ascending under each term.

It does not know what a term is worth: weights and impacts come from bm25.py.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Column", "Postings", "PostingsBuilder", "StringTable", "smallest", "top"]

Column = NDArray[np.generic]


def smallest(values: Sequence[int] | NDArray[np.integer]) -> NDArray[np.unsignedinteger]:
    """The values as the narrowest unsigned integers that hold them all."""
    array = np.asarray(values, dtype=np.uint64)
    return array.astype(np.min_scalar_type(int(array.max())) if array.size else np.uint8)


class StringTable:
    """Sorted distinct strings, looked up by binary search over their bytes: ``table[number]`` and ``find``.

    ``blob`` holds the UTF-8 bytes end to end, ``offsets`` where each begins (one more than strings).
    """

    def __init__(self, blob: NDArray[np.uint8], offsets: NDArray[np.unsignedinteger]) -> None:
        self.blob, self.offsets = blob, offsets

    @classmethod
    def of(cls, strings: Iterable[str]) -> "StringTable":
        """A table of the given strings, sorted by their UTF-8 bytes. A string's number is its place there."""
        encoded = sorted({string.encode() for string in strings})
        offsets = np.cumsum([0, *map(len, encoded)], dtype=np.uint64)
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), smallest(offsets))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> str:
        return self._bytes(number).decode()

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def _bytes(self, number: int) -> bytes:
        return self.blob[int(self.offsets[number]) : int(self.offsets[number + 1])].tobytes()

    def find(self, string: str) -> int | None:
        """The string's number, or None."""
        place = self.place(string)
        return place if place < len(self) and self._bytes(place) == string.encode() else None

    def place(self, string: str) -> int:
        """How many of the strings come before this one."""
        return bisect_left(range(len(self)), string.encode(), key=self._bytes)


class Postings:
    """term number -> the sentences that hold it and how often.

    ``offsets[t]:offsets[t + 1]`` is term ``t``'s slice of ``sentences`` and of ``tf``.
    """

    def __init__(
        self,
        offsets: NDArray[np.unsignedinteger],
        sentences: NDArray[np.unsignedinteger],
        tf: NDArray[np.unsignedinteger],
    ) -> None:
        self.offsets, self.sentences, self.tf = offsets, sentences, tf

    def df(self, term: int) -> int:
        """In how many sentences the term stands."""
        return int(self.offsets[term + 1]) - int(self.offsets[term])

    def of(self, term: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """``(sentences, tf)`` of a term; ``tf[i]`` belongs to ``sentences[i]``."""
        begin, end = int(self.offsets[term]), int(self.offsets[term + 1])
        return self.sentences[begin:end].astype(np.int64), self.tf[begin:end].astype(np.float64)


class PostingsBuilder:
    """Collects the term numbers of sentences in order and inverts them once."""

    def __init__(self, sentences: Iterable[Sequence[int]] = ()) -> None:
        self._terms: list[NDArray[np.int64]] = []
        for terms in sentences:
            self.add(terms)

    def add(self, terms: Sequence[int]) -> None:
        """The next sentence's term numbers, in the order of its tokens; repeats count."""
        self._terms.append(np.asarray(terms, dtype=np.int64))

    def forward(self) -> tuple[NDArray[np.unsignedinteger], NDArray[np.unsignedinteger]]:
        """``(offsets, terms)``: sentence ``s`` holds ``terms[offsets[s]:offsets[s + 1]]``, in order."""
        offsets = np.cumsum([0, *map(len, self._terms)], dtype=np.uint64)
        return smallest(offsets), smallest(self._flat())

    def postings(self, terms: int) -> Postings:
        """Invert: postings for term numbers 0 to ``terms - 1``."""
        flat = self._flat()
        rows = np.repeat(np.arange(len(self._terms)), [len(part) for part in self._terms])
        pairs, tf = np.unique(flat * max(len(self._terms), 1) + rows, return_counts=True)
        term_of_pair = pairs // max(len(self._terms), 1)
        offsets = np.concatenate([[0], np.cumsum(np.bincount(term_of_pair, minlength=terms))])
        return Postings(smallest(offsets), smallest(pairs % max(len(self._terms), 1)), smallest(tf))

    def _flat(self) -> NDArray[np.int64]:
        return np.concatenate(self._terms) if self._terms else np.empty(0, dtype=np.int64)


def top(
    scores: NDArray[np.float64],
    k: int,
    tie: Callable[[NDArray[np.int64]], NDArray[np.uint64]] | None = None,
) -> NDArray[np.int64]:
    """The numbers of the k best scores above zero, best first.

    Ties are ordered by number (the order of the corpus), or by ``tie(numbers)`` where it is given.
    """
    above = np.flatnonzero(scores > 0)
    if len(above) > k > 0:
        bar = np.partition(scores[above], len(above) - k)[len(above) - k]
        above = above[scores[above] >= bar]
    keys = above if tie is None else tie(above)
    return above[np.lexsort((keys, -scores[above]))][:k]
