"""Stage one: a query to the best candidates and what they and their surroundings hold.

All sentences are scored by two fields, their own terms (BM25) and the names that their pronouns stand for.
The best ``POOL`` go on to stage two with the impact of each concept in the sentence, its antecedents, its
neighbours, its title and its paragraph. These are the fields and values that any engine of stage one must
give.

The final order is rank.py's business.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from index.bm25 import BM25
from index.columns import Surroundings
from index.generation import Generation
from index.postings import top
from index.query import Query
from index.rank import Candidates, plain
from index.views import Views

__all__ = ["POOL", "StageOne"]

POOL = 100
"""Candidates that stage one hands to stage two: ranking research lost .001 of the error ratio against 200."""

_NAME_IMPACT = 0.9
"""Of a name that a pronoun stands for, beside a highest own impact of k1 + 1."""

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Found = tuple[Numbers, Floats]
"""``(sentences, tf)`` of a term, ascending."""


class StageOne:
    """Candidates of a generation. ``title_terms(segment, document)`` are the terms of a document's given
    title.
    """

    def __init__(
        self, generation: Generation, views: Views, title_terms: Callable[[int, int], frozenset[str]]
    ) -> None:
        self._generation, self._views, self._title_terms = generation, views, title_terms
        self._bm25 = BM25.over(generation)

    def find(self, query: Query) -> tuple[Numbers, Candidates | None]:
        """The numbers of the best candidates by both fields, best first, and their features' raw material."""
        numbers = self._best(query)
        return numbers, self._candidates(query, numbers) if len(numbers) else None

    def _best(self, query: Query) -> Numbers:
        """The numbers of the best candidates by both fields, best first.

        Equal scores are cut by quote id, which says nothing but is the same however the corpus came to be.
        """
        scores = np.zeros(len(self._generation.lengths))
        for concept in query.concepts:
            for term, weight in concept.terms:
                share = self._bm25.weight(term) * weight * concept.weight
                numbers, tf = self._generation.postings(term)
                if len(numbers):
                    scores[numbers] += share * self._bm25.impact(numbers, tf)
                named, _ = self._generation.name_postings(term)
                scores[named] += share * _NAME_IMPACT
        return top(scores, POOL, tie=self._generation.quote_numbers)

    def _candidates(self, query: Query, numbers: Numbers) -> Candidates:
        """The features' raw material for each candidate."""
        here = self._generation.surroundings(numbers)
        segments = np.searchsorted(self._generation.bases, numbers, side="right") - 1
        documents = list(zip(segments.tolist(), here.documents.tolist(), strict=True))
        rows = (numbers - self._generation.bases[segments]).tolist()
        titles = [self._title_terms(*document) for document in documents]
        shape = (len(query.concepts), len(numbers))
        own, names, before, after, title, paragraph = (np.zeros(shape) for _ in range(6))
        for c, concept in enumerate(query.concepts):
            for term, weight in concept.terms:
                found = self._generation.postings(term)
                for matrix, places in ((own, numbers), (before, here.before), (after, here.after)):
                    np.maximum(matrix[c], weight * self._impacts(found, places), out=matrix[c])
                np.maximum(paragraph[c], weight * self._in_paragraphs(found, here), out=paragraph[c])
                named, _ = self._generation.name_postings(term)
                np.maximum(names[c], weight * np.isin(numbers, named), out=names[c])
                np.maximum(title[c], [weight * (term in words) for words in titles], out=title[c])
        texts = tuple(
            self._generation.segments[segment].row_text(row, document)
            for (segment, document), row in zip(documents, rows, strict=True)
        )
        return Candidates(
            idf=np.array([concept.weight * self._idf(concept.terms) for concept in query.concepts]),
            own=own,
            names=names,
            before=before,
            after=after,
            title=title,
            paragraph=paragraph,
            texts=texts,
            plain=tuple(map(plain, texts)),
            places=tuple(
                (self._views.record(*document).id, row) for document, row in zip(documents, rows, strict=True)
            ),
        )

    def _idf(self, terms: tuple[tuple[str, float], ...]) -> float:
        """A concept's weight: that of its own term, or of what it is respelt as; where the corpus lacks both,
        that of the rarest.
        """
        highest = max(weight for _, weight in terms)
        own = [term for term, weight in terms if weight == highest]
        known = [term for term in own if self._generation.df(term)]
        return min((self._bm25.weight(term) for term in known), default=self._bm25.weight(own[0]))

    def _impacts(self, postings: Found, rows: Numbers) -> Floats:
        """The impact of a term in each of the rows as a share of the highest; 0 for row -1."""
        numbers, tf = postings
        out = np.zeros(len(rows))
        if len(numbers):
            places = np.minimum(np.searchsorted(numbers, rows), len(numbers) - 1)
            hit = numbers[places] == rows
            out[hit] = self._bm25.impact(rows[hit], tf[places[hit]]) / (self._bm25.k1 + 1)
        return out

    def _in_paragraphs(self, found: Found, here: Surroundings) -> Floats:
        """The impact of a term in each paragraph, of the mean length there, as a share of the highest."""
        numbers, tf = found
        if not len(numbers):
            return np.zeros(len(here.first))
        sums = np.concatenate([[0.0], np.cumsum(tf)])
        count = sums[np.searchsorted(numbers, here.last)] - sums[np.searchsorted(numbers, here.first)]
        length = here.tokens / max(float(here.tokens.mean()), 1.0)
        return np.asarray(count / (count + self._bm25.k1 * (1 - self._bm25.b + self._bm25.b * length)))
