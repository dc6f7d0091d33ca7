"""How near a question is in meaning to sentences, by the static word table.

Two views: each word of the question beside each word of a sentence, and the question as a whole beside a
sentence with its neighbours, or a paragraph. The whole is the question's concepts and, once more, all of its
words. Sentences in a language without a table are near nothing.

What nearness is worth is rank/'s business.
"""

import numpy as np
from numpy.typing import NDArray

from index.analyze import words
from index.language import detect
from index.query import Query
from index.words import LANGUAGE, UNKNOWN_WORD, Texts, word_table

__all__ = ["Nearness"]

_NEIGHBOUR = 0.5
"""What a neighbour adds to a sentence's vector (measured in ranking research)."""

Floats = NDArray[np.float64]


class Nearness:
    """A question's side of the comparison."""

    def __init__(self, query: Query) -> None:
        self._table = word_table()
        self._words = np.array([self._table.number(concept.word.lower()) for concept in query.concepts], int)
        self._weights = np.array([concept.weight for concept in query.concepts])
        every = self._every_word(query.question)
        both = np.concatenate([self._words, every])
        self._whole = self._table.weighted(both, np.concatenate([self._weights, np.ones(len(every))]))

    def _every_word(self, question: str) -> NDArray[np.int64]:
        """The numbers of all words of a question in the table's language: "who" and "where" say what an
        answer is like.
        """
        if detect(question) != LANGUAGE:
            return np.zeros(0, int)
        return np.array([self._table.number(word.form) for word in words(question)], int)

    def words(self, texts: Texts) -> Floats:
        """``[c, i]``: the highest cosine of concept ``c``'s word with a word of text ``i``, at least 0."""
        cosines = self._table.cosines(self._words, np.append(texts.numbers, UNKNOWN_WORD))
        highest = np.maximum.reduceat(np.maximum(cosines, 0.0), texts.starts[:-1], axis=1)
        return np.where(np.diff(texts.starts) > 0, highest, 0.0).astype(float)

    def vectors(self, texts: Texts) -> Floats:
        """``[i]``: where each text lies, for ``whole``."""
        return self._table.vectors(texts)

    def whole(self, vectors: Floats, before: Floats | None = None, after: Floats | None = None) -> Floats:
        """``[i]``: the cosine of the question with each text, half of its neighbours added to it."""
        for neighbours in (before, after):
            if neighbours is not None:
                vectors = vectors + _NEIGHBOUR * neighbours
        lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1e-9)
        return np.asarray((vectors * self._whole).sum(axis=1) / lengths, dtype=float)
