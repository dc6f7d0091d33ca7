"""Stage two: candidates of stage one -> their final order, by some twenty features with learned weights.

Stage one hands over, for each candidate, how strongly each concept stands in it, in the names of its
pronouns, in its neighbours, its paragraph and its title, how near its words are to the question's, and its
text (held.py). Each feature is a small function over all candidates at once (words.py, traces.py, kinds.py);
the score is their weighted sum. What each is worth is in docs/quality.md. Everything is deterministic; equal
scores are ordered by document and place.

It opens no index and decides nothing about answering: see search.py and bot/answer.py.
"""

from collections.abc import Mapping

import numpy as np

from index.query import Query
from index.rank.held import NEIGHBOUR_SHARE, Candidates, Floats, coverage, plain
from index.rank.kinds import KIND_FEATURES, READ_FEATURES, counted_thing
from index.rank.traces import TRACE_FEATURES, Grams, trace
from index.rank.words import WORD_FEATURES

__all__ = [
    "NEIGHBOUR_SHARE",
    "WEIGHTS",
    "Candidates",
    "counted_thing",
    "coverage",
    "features",
    "plain",
    "score",
    "trace",
]

WEIGHTS = {
    "covered": 8.0,
    "document": 2.25,
    "opens": 0.25,
    "named": 3.25,
    "titled": 1.0,
    "title_asked": 1.25,
    "topical": 3.5,
    "topical_names": 1.0,
    "before": -1.0,
    "pronoun_led": 0.75,
    "paragraph": 2.0,
    "lead": 0.5,
    "length": -1.5,
    "repeated": -4.0,
    "continued": 1.5,
    "grams": 2.75,
    "rare_grams": 2.5,
    "kind": 1.0,
    "counted": 0.75,
    "awaited": 1.25,
    "counted_alike": 1.0,
    "future": 0.75,
    "alike": 2.5,
    "paragraph_alike": 1.25,
}
"""Learned by tools/learn.py on question sets in three languages, rounded; what those hardly have, by hand."""

_LIKELY = 40
"""Candidates whose texts are read for an answer: it takes most time, and none of the others comes first."""


def score(columns: Mapping[str, Floats]) -> Floats:
    """``score[i]`` of candidate ``i``: the weighted sum of its features, as ``features`` gives them."""
    total = np.sum([WEIGHTS[name] * values for name, values in columns.items()], axis=0)
    return np.asarray(total)


def features(query: Query, found: Candidates) -> dict[str, Floats]:
    """Each feature's values, one for each candidate; the keys are those of ``WEIGHTS``."""
    grams = Grams(query, found)
    values = {name: feature(query, found) for name, feature in (WORD_FEATURES | KIND_FEATURES).items()}
    values.update({name: feature(grams) for name, feature in TRACE_FEATURES.items()})
    likely = _likely(score(values))
    for name, read in READ_FEATURES.items():
        values[name] = np.zeros(len(found.texts))
        values[name][likely] = read(query, [found.texts[i] for i in likely])
    return {name: np.asarray(values[name], dtype=float) for name in WEIGHTS}


def _likely(scores: Floats) -> list[int]:
    """The places of the ``_LIKELY`` best, and of those as good as the last of them."""
    if len(scores) <= _LIKELY:
        return list(range(len(scores)))
    least = np.partition(scores, -_LIKELY)[-_LIKELY]
    return np.flatnonzero(scores >= least).tolist()
