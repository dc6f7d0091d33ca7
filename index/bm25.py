"""rank-bm25's model over postings.

The library scores a query by looking into one dictionary for each sentence; the subclass here keeps its
surface, parameters and formula and fills postings instead, so that a query costs what its terms' postings
cost. Scores equal the library's; ``get_top_n`` differs on purpose: ties break by corpus order.

    score(q, s) = sum over t in q of idf(t) * (delta + tf * (k1 + 1) / (tf + k1 * (1 - b + b * dl / avgdl)))
    idf(t)      = ln((N + 1) / df)

(BM25+ of Lv and Zhai, CIKM 2011, as rank_bm25.BM25Plus writes it.) With delta = 0, the default here, it is
Robertson's BM25 with an idf that stays positive on a corpus of one document and for a term in every sentence.
k1 and b default to .9 and .4, the values of Anserini for short passages.

It does not know of segments or fields: generation.py gives it what they sum to.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import rank_bm25
from numpy.typing import NDArray

from index.postings import Postings, PostingsBuilder, top

__all__ = ["BM25", "InMemory", "TermIndex"]


class TermIndex(Protocol):
    """What BM25 needs of a corpus, in memory or on disk.

    ``lengths[i]`` is the token count of sentence ``i``; ``live`` counts the sentences that can be found.
    """

    lengths: NDArray[np.unsignedinteger]
    live: int
    tokens: int

    def df(self, term: str) -> int:
        """In how many sentences the term stands."""

    def postings(self, term: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """``(sentences, tf)`` of a term, ascending; empty for an unknown one."""

    def terms(self) -> Iterator[str]:
        """Every term of the corpus."""


class InMemory:
    """A term index over token lists, as the library takes them."""

    def __init__(self, corpus: Iterable[Sequence[str]]) -> None:
        self._numbers: dict[str, int] = {}
        builder, lengths = PostingsBuilder(), []
        for tokens in corpus:
            builder.add([self._numbers.setdefault(token, len(self._numbers)) for token in tokens])
            lengths.append(len(tokens))
        self._postings: Postings = builder.postings(len(self._numbers))
        self.lengths = np.asarray(lengths, dtype=np.uint32)
        self.live = len(lengths)
        self.tokens = sum(lengths)

    def df(self, term: str) -> int:
        """In how many sentences the term stands."""
        number = self._numbers.get(term)
        return 0 if number is None else self._postings.df(number)

    def postings(self, term: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """``(sentences, tf)`` of a term, ascending."""
        number = self._numbers.get(term)
        if number is None:
            return np.empty(0, dtype=np.int64), np.empty(0)
        return self._postings.of(number)

    def terms(self) -> Iterator[str]:
        """Every term of the corpus."""
        return iter(self._numbers)


class _Idf(Mapping[str, float]):
    """The library's dictionary of idf values, computed when asked for."""

    def __init__(self, source: TermIndex) -> None:
        self._source = source

    def __getitem__(self, term: str) -> float:
        df = self._source.df(term)
        if not df:
            raise KeyError(term)
        return math.log((self._source.live + 1) / df)

    def __iter__(self) -> Iterator[str]:
        return self._source.terms()

    def __len__(self) -> int:
        return sum(1 for _ in self._source.terms())


class BM25(rank_bm25.BM25Plus):  # type: ignore[misc]  # the library carries no types
    """``BM25(corpus)`` over token lists, or ``BM25.over(source)`` over postings that exist already."""

    corpus_size: int
    avgdl: float
    idf: Mapping[str, float]

    def __init__(
        self,
        corpus: Iterable[Any],
        tokenizer: Callable[[Any], Sequence[str]] | None = None,
        k1: float = 0.9,
        b: float = 0.4,
        delta: float = 0.0,
    ) -> None:
        token_lists = corpus if tokenizer is None else map(tokenizer, corpus)
        self._take(InMemory(token_lists), k1, b, delta)

    @classmethod
    def over(cls, source: TermIndex, k1: float = 0.9, b: float = 0.4) -> "BM25":
        """The model over a source's postings, with delta 0: rows that cannot be found must score nothing."""
        model = cls.__new__(cls)
        model._take(source, k1, b, 0.0)
        return model

    def _take(self, source: TermIndex, k1: float, b: float, delta: float) -> None:
        self.k1, self.b, self.delta = k1, b, delta
        self.source = source
        self.corpus_size = source.live
        self.avgdl = source.tokens / source.live if source.live else 0.0
        self.doc_len = source.lengths
        self.idf = _Idf(source)

    def weight(self, term: str) -> float:
        """The term's idf; that of a term in one sentence where the corpus lacks it."""
        return math.log((self.corpus_size + 1) / max(self.source.df(term), 1))

    def impact(self, sentences: NDArray[np.int64], tf: NDArray[np.float64]) -> NDArray[np.float64]:
        """The share of the formula behind idf, without delta: between 0 and k1 + 1, rising with tf."""
        length = self.doc_len[sentences] / self.avgdl
        return np.asarray(tf * (self.k1 + 1) / (tf + self.k1 * (1 - self.b + self.b * length)))

    def get_scores(self, query: Iterable[str]) -> NDArray[np.float64]:
        """``scores[i]`` of every sentence ``i``; a term asked twice counts twice, as in the library."""
        scores = np.zeros(len(self.doc_len))
        for term in query:
            sentences, tf = self.source.postings(term)
            if len(sentences):
                idf = self.weight(term)
                scores += idf * self.delta
                scores[sentences] += idf * self.impact(sentences, tf)
        return scores

    def get_batch_scores(self, query: Iterable[str], doc_ids: Sequence[int]) -> list[float]:
        """The scores of the given sentences, in their order."""
        scores: list[float] = self.get_scores(query)[np.asarray(doc_ids, dtype=np.int64)].tolist()
        return scores

    def get_top_n(self, query: Iterable[str], documents: Sequence[Any], n: int = 5) -> list[Any]:
        """The documents of the n best scores above zero, best first, ties in the order of the corpus."""
        if len(documents) != len(self.doc_len):
            raise ValueError(
                f"{len(documents)} documents for {len(self.doc_len)} sentences; give the corpus itself"
            )
        return [documents[number] for number in top(self.get_scores(query), n)]
