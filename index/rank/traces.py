"""Features of traces: of each concept, wherever one is found, and of the question's character 4-grams."""

from collections.abc import Callable
from itertools import repeat
from operator import contains

import numpy as np

from index.query import Concept, Query
from index.rank.held import Candidates, Floats, names, plain, share

__all__ = ["TRACE_FEATURES", "Grams", "trace"]


class Grams:
    """The question's character 4-grams: ``table[g, i]`` is 1 where gram ``g`` stands in candidate ``i``."""

    def __init__(self, query: Query, found: Candidates) -> None:
        self.query, self.found = query, found
        self._places = {gram: g for g, gram in enumerate(sorted(set(_runs(plain(query.question)))))}
        table = [list(map(contains, found.plain, repeat(gram))) for gram in self._places]
        self.table = np.array(table, dtype=bool).astype(float)

    def of_concepts(self) -> Floats:
        """``[c, i]``: the share of the 4-grams of concept ``c``'s word that stand in candidate ``i``; 0 for a
        word that is not the question's.
        """
        shares = np.zeros(self.found.own.shape)
        for c, concept in enumerate(self.query.concepts):
            rows = [self._places[run] for run in _runs(plain(concept.word)) if run in self._places]
            if rows:
                shares[c] = self.table[rows].mean(axis=0)
        return shares


def _runs(text: str) -> list[str]:
    return [text[i : i + _GRAM] for i in range(max(len(text) - _GRAM + 1, 1))]


def _grams(grams: Grams) -> Floats:
    """The share of the question's 4-grams found in the sentence."""
    return np.asarray(grams.table.mean(axis=0))


def _rare_grams(grams: Grams) -> Floats:
    """The same, those counting more that few candidates have."""
    table = grams.table
    rarity = np.log((table.shape[1] + 1) / (1 + table.sum(axis=1)))
    return share(rarity, table)


def _covered(grams: Grams) -> Floats:
    """The idf share of the question's concepts, each counting by its best trace."""
    return share(grams.found.idf, _best(grams.query, grams.found, grams.of_concepts()))


def trace(query: Query, found: Candidates, i: int) -> Floats:
    """``[c]``: how good the best trace of concept ``c`` is in candidate ``i``, 0 to 1; without arrays, as few
    candidates are asked for.
    """
    traces = (_trace(concept, found, c, i) for c, concept in enumerate(query.concepts))
    return np.fromiter(traces, float, len(query.concepts))


def _trace(concept: Concept, found: Candidates, c: int, i: int) -> float:
    stands = (worth for field, worth in _PLACES.items() if getattr(found, field)[c, i] > 0)
    near = 0.0 if concept.name else (float(found.near[c, i]) - _NOISE) / (1 - _NOISE)
    runs = _runs(plain(concept.word))
    letters = sum(run in found.plain[i] for run in runs) / len(runs)
    return max(*stands, near, _LETTERS * letters, 0.0)


def _best(query: Query, found: Candidates, letters: Floats) -> Floats:
    """``[c, i]``: the best trace of each concept in each candidate: 1 where it stands in the sentence or the
    document's title, and less in the sentence's surroundings, in a word that is near in meaning, in the
    letters of another form or compound. What one trace shows, a second adds nothing to.
    """
    near = np.clip((found.near - _NOISE) / (1 - _NOISE), 0, 1)
    places = [worth * (getattr(found, field) > 0) for field, worth in _PLACES.items()]
    return np.asarray(np.maximum.reduce([*places, np.where(names(query), 0.0, near), _LETTERS * letters]))


_GRAM = 4

_PLACES = {"own": 1.0, "title": 1.0, "names": 0.8, "before": 0.8, "topic": 0.5, "after": 0.2}
"""What a concept is worth at each place, measured on sets left out; .2 more or less changes little; ..."""

_LETTERS = 0.8
"""... and what the 4-grams of its word are worth, where all of them stand in the sentence."""

_NOISE = 0.2
"""The cosine of two words that have nothing in common."""

TRACE_FEATURES: dict[str, Callable[[Grams], Floats]] = {
    "covered": _covered,
    "grams": _grams,
    "rare_grams": _rare_grams,
}
