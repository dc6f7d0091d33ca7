"""What stage one hands to stage two, and the shares that features are made of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.query import Query

__all__ = [
    "NEIGHBOUR_SHARE",
    "Candidates",
    "Floats",
    "around",
    "coverage",
    "here",
    "names",
    "of_best",
    "plain",
    "share",
]

Floats = NDArray[np.float64]

NEIGHBOUR_SHARE = 0.4
"""What a word in the title or a neighbour is worth beside one in the sentence itself."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What stage one returns; the matrices' axes are concepts x candidates.

    ``own``, ``names``, ``before``, ``after``, ``title``, ``topic``, ``paragraph`` hold impacts as a share of
    the highest (0..1): how strongly the concept stands in the sentence, the names of its pronouns, the
    sentence before and after, the document's title, its beginning where it has none, and the whole
    paragraph. ``near`` is the highest cosine of the concept's word with a word of the sentence. ``idf[c]`` is
    the concept's weight in this corpus. For candidate ``i``, ``alike`` and ``paragraph_alike`` are the
    cosines of the question with it and its neighbours, and with its paragraph; ``lengths`` its tokens,
    ``opens`` 1 where it is the first sentence of its paragraph, ``title_terms`` the number of its document's
    title's terms, 0 without; ``texts`` and ``places`` (document id, row) say what and where it is, ``plain``
    is its text as ``plain`` makes it.
    """

    idf: Floats
    own: Floats
    names: Floats
    before: Floats
    after: Floats
    title: Floats
    topic: Floats
    paragraph: Floats
    near: Floats
    alike: Floats
    paragraph_alike: Floats
    lengths: Floats
    opens: Floats
    title_terms: Floats
    texts: tuple[str, ...]
    plain: tuple[str, ...]
    places: tuple[tuple[str, int], ...]


def plain(text: str) -> str:
    """Lower case, one space between words and one at each end."""
    return f" {' '.join(text.lower().split())} "


def here(found: Candidates) -> Floats:
    """``[c, i]``: 1 where the concept stands in the sentence or in the names of its pronouns."""
    return np.asarray(np.maximum(found.own, found.names) > 0, dtype=float)


def around(found: Candidates) -> Floats:
    """``[c, i]``: how strongly the concept stands in the neighbours and the title."""
    return np.asarray(np.maximum(np.maximum(found.before, found.after), found.title))


def coverage(found: Candidates) -> Floats:
    """``[c, i]``: how far concept ``c`` is covered by candidate ``i`` and its surroundings, 0 to 1."""
    beside = np.maximum(around(found), found.topic) > 0
    return np.asarray(np.maximum(here(found), NEIGHBOUR_SHARE * beside))


def names(query: Query) -> NDArray[np.bool_]:
    """``[c, 1]``: which concepts are names or numbers."""
    return np.array([[concept.name] for concept in query.concepts], dtype=bool).reshape(-1, 1)


def share(weights: Floats, values: Floats | NDArray[np.bool_]) -> Floats:
    """The weighted mean over the concepts, the same to the last bit wherever a candidate stands: a matrix
    product is not, and equal candidates would come in another order.
    """
    return np.asarray((weights[:, None] * values).sum(axis=0) / max(float(weights.sum()), 1e-9))


def of_best(values: Floats) -> Floats:
    """Each value as a share of the highest."""
    return np.asarray(values / max(float(values.max(initial=0.0)), 1e-9))
