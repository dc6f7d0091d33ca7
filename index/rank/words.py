"""Features of where the question's words stand: sentence, neighbours, paragraph, title, earlier answers.

Each gives one value for each candidate.
"""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from index.query import Expected, Query
from index.rank.held import NEIGHBOUR_SHARE, Candidates, Floats, around, here, names, of_best, plain, share

__all__ = ["WORD_FEATURES"]


def _relative(_query: Query, found: Candidates) -> Floats:
    """Each concept at its strongest place: the sentence, its antecedents, or at a discount its
    surroundings; as a share of the best candidate's.
    """
    strongest = np.maximum.reduce([found.own, found.names, NEIGHBOUR_SHARE * around(found)])
    return of_best(share(found.idf, strongest))


def _document(query: Query, found: Candidates) -> Floats:
    """``relative`` of the document's best candidate: where one sentence fits, others may be right."""
    best: dict[str, float] = {}
    relative = _relative(query, found).tolist()
    for (document, _), value in zip(found.places, relative, strict=True):
        best[document] = max(best.get(document, 0.0), value)
    return np.array([best[document] for document, _ in found.places])


def _opens(_query: Query, found: Candidates) -> Floats:
    """1 for the first sentence of a paragraph, which says what the others speak of."""
    return found.opens


def _named(_query: Query, found: Candidates) -> Floats:
    """The share that only an antecedent's name brings."""
    return share(found.idf, np.where(found.own > 0, 0.0, found.names))


def _titled(_query: Query, found: Candidates) -> Floats:
    """The idf share of the concepts that stand in the title and not in the sentence."""
    return share(found.idf, (found.title > 0) & (found.own <= 0))


def _title_asked(_query: Query, found: Candidates) -> Floats:
    """The share of the title's terms that the question holds: the more, the more it is asked about."""
    return np.asarray(np.minimum((found.title > 0).sum(axis=0) / np.maximum(found.title_terms, 1), 1.0))


def _topical(_query: Query, found: Candidates) -> Floats:
    """The same of the beginning of a document without a title, for a sentence that holds something else of
    the question itself, but not for the one after that beginning: what a document is about says no more of a
    sentence than the words in it do.
    """
    about = (found.topic > 0) & (found.own <= 0) & (found.before <= 0)
    return share(found.idf, about & _speaks_of_it(found))


def _topical_names(query: Query, found: Candidates) -> Floats:
    """The same of names and numbers alone: what is named once and then spoken of."""
    about = (found.topic > 0) & (here(found) <= 0) & names(query)
    return share(found.idf, about & _speaks_of_it(found))


def _speaks_of_it(found: Candidates) -> NDArray[np.bool_]:
    """``[1, i]``: whether any concept stands in candidate ``i`` itself."""
    return np.asarray((here(found) > 0).any(axis=0, keepdims=True))


def _before(_query: Query, found: Candidates) -> Floats:
    """The idf share of the concepts that stand in the sentence before, whether or not they stand here too."""
    return share(found.idf, found.before > 0)


def _pronoun_led(_query: Query, found: Candidates) -> Floats:
    """The share that stands in the sentence before and not here, where this one begins with a word that
    points back, as "he" or "this" does.
    """
    led = share(found.idf, (found.before > 0) & (found.own <= 0))
    for i in np.flatnonzero(led):
        if not _POINTS_BACK.search(found.texts[i][:_OPENING]):
            led[i] = 0.0
    return led


def _paragraph(_query: Query, found: Candidates) -> Floats:
    """The paragraph's own score, as a share of the best paragraph's."""
    return of_best(share(found.idf, found.paragraph))


def _lead(query: Query, found: Candidates) -> Floats:
    """1 where one of the question's words is among the sentence's first: what it is about."""
    words = [f" {concept.word.lower()}" for concept in query.concepts if concept.weight == 1.0]
    lead = np.zeros(len(found.plain))
    for i, text in enumerate(found.plain):
        lead[i] = any(map(text[:_OPENING].__contains__, words))
    return lead


def _length(_query: Query, found: Candidates) -> Floats:
    return np.log1p(found.lengths) / 4


_OPENING = 60
"""Characters in which a sentence says what it is about."""

_BACK = (
    r"he|she|it|they|him|her|his|its|their|this|these|those|such|er|sie|ihr|sein\w*|dies\w*"
    r"|он|она|оно|они|его|её|ее|их|ему|ей|им|это|эт[аио]т?"
)
_POINTS_BACK = re.compile(
    rf"(?=[{''.join({word[0] for word in _BACK.split('|')})}])\b(?:{_BACK})\b",  # the first letter is quick
    re.IGNORECASE,
)


def _repeated(query: Query, found: Candidates) -> Floats:
    """1 where the sentence was the answer before: who follows up wants another.

    "And when?" alone may well be answered by the same sentence again.
    """
    same_fact = query.expected is not Expected.OTHER and all(c.weight < 1.0 for c in query.concepts)
    if same_fact or not query.answered:
        return np.zeros(len(found.texts))
    answered = set(map(plain, query.answered))
    return np.array([float(text in answered) for text in found.plain])


def _continued(query: Query, found: Candidates) -> Floats:
    """1 where the sentence is of a document that answered before."""
    repeated = _repeated(query, found)
    spoken = {document for (document, _), seen in zip(found.places, repeated, strict=True) if seen}
    return np.array([float(document in spoken) for document, _ in found.places])


# -- meaning -------------------------------------------------------------------------------------------


def _alike(_query: Query, found: Candidates) -> Floats:
    return found.alike


def _paragraph_alike(_query: Query, found: Candidates) -> Floats:
    return found.paragraph_alike


WORD_FEATURES: dict[str, Callable[[Query, Candidates], Floats]] = {
    "document": _document,
    "opens": _opens,
    "named": _named,
    "titled": _titled,
    "title_asked": _title_asked,
    "topical": _topical,
    "topical_names": _topical_names,
    "before": _before,
    "pronoun_led": _pronoun_led,
    "paragraph": _paragraph,
    "lead": _lead,
    "length": _length,
    "repeated": _repeated,
    "continued": _continued,
    "alike": _alike,
    "paragraph_alike": _paragraph_alike,
}
