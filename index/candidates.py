"""Stage one: a query to the best candidates and what they and their surroundings hold.

This is the contract that any engine of stage one keeps. Every sentence is scored by six fields,

    sum over concepts and their terms of
        weight * idf * (own + names + AROUND * (before + after + title + topic))

where ``own`` is the BM25 impact of the term in the sentence (k1 .9, b .4), ``names`` .9 for a term of a name
that a pronoun in it stands for, ``before`` and ``after`` the impact in the rows beside it in the same
document, and ``title`` the highest impact for a term of the document's given title, ``topic`` for one of the
beginning of a document without. The best ``pool`` go on to stage two as ``rank.Candidates``: for each the
impact of each concept in each field and in its paragraph, how near its words are to the question's, and its
text. Equal scores are cut by quote id. Where only some sentences may be found, the best ``pool`` of these go
on too, beside the others: features are shares of the best candidate's, and no sentence should come before
another only because a third was filtered out.

The final order is rank/'s business.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.bm25 import BM25
from index.columns import Surroundings
from index.generation import Generation
from index.nearness import Nearness
from index.postings import top
from index.query import Query
from index.rank import Candidates, plain
from index.views import Views
from index.words import spread

__all__ = ["AROUND", "StageOne", "taken"]

POOL = 100
"""Candidates that stage one hands to stage two."""

AROUND = 0.3
"""What a word beside a sentence, or in its title, is worth to stage one: with none of it, 4 in 100 of the
right sentences are not among the candidates.
"""

_NAME_IMPACT = 0.9
"""Of a name that a pronoun stands for, beside a highest own impact of k1 + 1."""

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Found = tuple[Numbers, Floats]
"""``(sentences, tf)`` of a term, ascending."""


class _Standing(NamedTuple):
    """Where a term stands, field by field; of titles and topics the documents' first and last rows."""

    own: Found
    names: Numbers
    titles: tuple[Numbers, Numbers]
    topics: tuple[Numbers, Numbers]


class StageOne:
    """Candidates of a generation, at most ``pool`` for a query."""

    def __init__(self, generation: Generation, views: Views, pool: int = POOL) -> None:
        self._generation, self._views, self._pool = generation, views, pool
        self._bm25 = BM25.over(generation)

    def find(self, query: Query, passing: Flags | None = None) -> tuple[Numbers, Candidates | None]:
        """The numbers of the best candidates, best first, and their features' raw material; behind them those
        of the best ``passing`` that are not among them.
        """
        stands = self._stands(query)
        scores = self._scores(query, stands)
        numbers = self._best(scores)
        if passing is not None:
            numbers = _joined(numbers, self._best(np.where(passing, scores, 0.0)))
        return numbers, self._candidates(query, numbers, stands) if len(numbers) else None

    def found_among(self, query: Query, rows: Flags) -> Numbers:
        """Those of the rows that the query finds, however far behind."""
        if not rows.any():
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero((self._scores(query, self._stands(query)) > 0) & rows)

    def numbers(self, query: Query) -> Numbers:
        """The numbers of the best candidates alone, best first."""
        return self._best(self._scores(query, self._stands(query)))

    def _stands(self, query: Query) -> dict[str, _Standing]:
        terms = {term for concept in query.concepts for term, _ in concept.terms}
        return {term: self._standing(term) for term in terms if self._generation.holds(term)}

    def _standing(self, term: str) -> _Standing:
        generation = self._generation
        return _Standing(
            generation.postings(term),
            generation.name_postings(term)[0],
            generation.titled(term),
            generation.about(term),
        )

    def _best(self, scores: Floats) -> Numbers:
        """The numbers of the best candidates, best first; equal ones by quote id, which says nothing but is
        the same however the corpus came to be.
        """
        return top(scores, self._pool, tie=self._generation.quote_numbers)

    def _scores(self, query: Query, stands: Mapping[str, _Standing]) -> Floats:
        scores = np.zeros(len(self._generation.lengths) + 1)
        for concept in query.concepts:
            for term, weight in concept.terms:
                if term in stands:
                    self._add(scores, stands[term], self._bm25.weight(term) * weight * concept.weight)
        return np.where(self._generation.findable, scores[:-1], 0.0)

    def _add(self, scores: Floats, standing: _Standing, share: float) -> None:
        """Add what a term brings in each field; the entry after the last row takes what falls beyond it."""
        numbers, tf = standing.own
        if len(numbers):
            impacts = share * self._bm25.impact(numbers, tf)
            scores[numbers] += impacts
            follows = ~self._generation.opens[numbers + 1]
            scores[numbers[follows] + 1] += AROUND * impacts[follows]
            leads = ~self._generation.opens[numbers]
            scores[numbers[leads] - 1] += AROUND * impacts[leads]
        if len(standing.names):
            scores[standing.names] += share * _NAME_IMPACT
        for documents in (standing.titles, standing.topics):
            if len(documents[0]):
                scores[spread(*documents)] += share * AROUND * (self._bm25.k1 + 1)

    def _candidates(self, query: Query, numbers: Numbers, stands: Mapping[str, _Standing]) -> Candidates:
        """The features' raw material for each candidate. Its place is document id and row in the segment: an
        order that is the same for every way in which the corpus came to be.
        """
        here = self._generation.surroundings(numbers)
        segments, rows = self._generation.places(numbers)
        stand = list(zip(segments.tolist(), rows.tolist(), here.documents.tolist(), strict=True))
        texts = self._generation.texts(numbers, here.documents)
        nearness, words = Nearness(query), self._generation.words_of(numbers, numbers + 1)
        alike, paragraph_alike = self._likeness(nearness, numbers, here)
        return Candidates(
            idf=np.array([concept.weight * self._idf(concept.terms) for concept in query.concepts]),
            **self._impact_matrices(query, numbers, here, stands),
            near=nearness.words(words),
            alike=alike,
            paragraph_alike=paragraph_alike,
            lengths=self._generation.lengths[numbers].astype(float),
            opens=(here.before < here.first).astype(float),
            title_terms=here.title_terms.astype(float),
            texts=texts,
            plain=tuple(map(plain, texts)),
            places=tuple((self._views.record(segment, n).id, row) for segment, row, n in stand),
        )

    def _likeness(self, nearness: Nearness, numbers: Numbers, here: Surroundings) -> tuple[Floats, Floats]:
        """The question's likeness to each candidate with its neighbours, and to its paragraph.

        Each stretch of rows is added up once, whatever it is to whom; a neighbour -1 is an empty one.
        """
        rows = np.concatenate([numbers, here.before, here.after])
        first = np.concatenate([np.maximum(rows, 0), here.first])
        last = np.concatenate([np.maximum(rows + 1, 0), here.last])
        stretches = first * (len(self._generation.lengths) + 1) + last
        _, chosen, places = np.unique(stretches, return_index=True, return_inverse=True)
        vectors = nearness.vectors(self._generation.words_of(first[chosen], last[chosen]))
        own, before, after, paragraphs = vectors[places.reshape(4, -1)]
        return nearness.whole(own, before, after), nearness.whole(paragraphs)

    def _impact_matrices(
        self, query: Query, numbers: Numbers, here: Surroundings, stands: Mapping[str, _Standing]
    ) -> dict[str, Floats]:
        """For each field, the impact of each concept in each candidate."""
        shape = (len(query.concepts), len(numbers))
        names = ("own", "names", "before", "after", "title", "topic", "paragraph")
        fields = {name: np.zeros(shape) for name in names}
        rows = np.concatenate([numbers, here.before, here.after, here.first, here.last])
        lengths = here.tokens / max(float(here.tokens.mean()), 1.0)
        for c, concept in enumerate(query.concepts):
            for term, weight in concept.terms:
                if term not in stands:
                    continue
                standing, impacts = stands[term], dict[str, Floats]()
                if len(standing.own[0]):
                    places = np.searchsorted(standing.own[0], rows)
                    three = self._impacts(standing.own, rows[: 3 * len(numbers)], places[: 3 * len(numbers)])
                    impacts = dict(zip(("own", "before", "after"), three.reshape(3, -1), strict=True))
                    first, last = places[3 * len(numbers) :].reshape(2, -1)
                    impacts["paragraph"] = self._in_paragraphs(standing.own[1], first, last, lengths)
                if len(standing.names):
                    impacts["names"] = _among(standing.names, numbers)
                if len(standing.titles[0]):
                    impacts["title"] = _among(standing.titles[0], here.opening)
                if len(standing.topics[0]):
                    impacts["topic"] = _among(standing.topics[0], here.opening)
                for name, values in impacts.items():
                    np.maximum(fields[name][c], weight * values, out=fields[name][c])
        return fields

    def _idf(self, terms: tuple[tuple[str, float], ...]) -> float:
        """A concept's weight: that of its own term, or of what it is respelt as; where the corpus lacks both,
        that of the rarest.
        """
        highest = max(weight for _, weight in terms)
        own = [term for term, weight in terms if weight == highest]
        known = [term for term in own if self._generation.df(term)]
        return min((self._bm25.weight(term) for term in known), default=self._bm25.weight(own[0]))

    def _impacts(self, postings: Found, rows: Numbers, places: Numbers) -> Floats:
        """The impact of a term that stands somewhere in each of the rows as a share of the highest; 0 for
        row -1. ``places`` are where the rows belong among the postings.
        """
        numbers, tf = postings
        out = np.zeros(len(rows))
        places = np.minimum(places, len(numbers) - 1)
        hit = numbers[places] == rows
        out[hit] = self._bm25.impact(rows[hit], tf[places[hit]]) / (self._bm25.k1 + 1)
        return out

    def _in_paragraphs(self, tf: Floats, first: Numbers, last: Numbers, lengths: Floats) -> Floats:
        """The impact of a term in each paragraph as a share of the highest: its postings there are those from
        ``first`` up to ``last``, ``lengths`` are the paragraphs' beside their mean.
        """
        sums = np.concatenate([[0.0], np.cumsum(tf)])
        count = sums[last] - sums[first]
        return np.asarray(count / (count + self._bm25.k1 * (1 - self._bm25.b + self._bm25.b * lengths)))


def taken(found: Candidates, places: Numbers) -> Candidates:
    """Some of the candidates, in this order."""
    values = {each.name: getattr(found, each.name) for each in fields(found)}
    for name, value in values.items():
        if isinstance(value, tuple):
            values[name] = tuple(value[place] for place in places.tolist())
        elif name != "idf":  # which belongs to concepts alone
            values[name] = value[..., places]
    return Candidates(**values)


def _joined(first: Numbers, others: Numbers) -> Numbers:
    """The first, then those of the others that are not among them."""
    return np.concatenate([first, others[~np.isin(others, first)]])


def _among(ascending: Numbers, numbers: Numbers) -> Floats:
    """1 for each of the numbers that is one of the ascending ones, of which there is one at least."""
    places = np.minimum(np.searchsorted(ascending, numbers), len(ascending) - 1)
    return np.asarray(ascending[places] == numbers, dtype=float)
