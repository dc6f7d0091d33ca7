"""What speaks for and against a hit being the answer: signals for the decision in bot/answer.py.

A score says which sentence is best, not whether it answers: it does not know what is missing. So each hit
carries how much of the question it covers beside the other candidates, which words stand nowhere, whether
the kind of answer asked for stands in it (expectation.py), and what in it contradicts the question
(opposition.py). Each signal is a small function of one candidate. None depends on the weights of rank/,
so that a change there does not move the decision.

It decides nothing.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from index.expectation import Wanted, counts_alike, lacks, wanted
from index.language import detect
from index.model import Evidence
from index.opposition import negated, opposite, other_year
from index.query import Concept, Query
from index.rank import Candidates, counted_thing, coverage
from index.spelling import edits

__all__ = ["SIGNALS", "Weigher"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SIGNALS = (
    "ahead",
    "joint",
    "predicate",
    "name_nowhere",
    "speaker",
    "paragraph_alike",
    "opening",
    "length",
    "count_missing",
    "date_missing",
    "who_missing",
    "measure_missing",
    "negated",
    "opposite",
    "other_year",
)
"""The names of the signals, in order.

Shares, 0 to 1, are of the question's weight by idf. ``ahead``: the share that the sentence and, at a
discount, its surroundings cover, above the mean of the candidates. ``joint``: the geometric mean of how
surely each word of the question stands here, so that one word that stands nowhere costs more than two that
stand around. ``predicate``: the share of all but names that the sentence itself holds. ``name_nowhere``: the
share of names that stand nowhere. ``speaker``: 1 where the sentence is said by somebody whom the question
names. ``paragraph_alike``, ``opening`` (``lead`` there) and ``length`` are features of rank/.

1 for ``count_missing``: neither the thing to be counted nor one alike stands beside a number;
``date_missing``, ``who_missing``, ``measure_missing``: a date, a person or name, a price, age, size, duration
or share is asked, and nothing new here looks like one; ``negated``, ``opposite``, ``other_year``: see
opposition.py.
"""

_AROUND = 0.75
"""How surely a word stands that stands only in the sentence's surroundings or its paragraph."""

_NEAR = 0.6
"""The same of a word of which the nearest in the sentence means the same; less near, less sure."""

_NOWHERE = 0.05
"""The same of a word that stands nowhere."""

_UNRELATED = 0.2
"""The cosine of two words that have nothing in common."""

_USUAL = 0.5
"""Likeness to the paragraph, on average: for questions in a language without a word table."""

_CROWD = 10
"""The fewest candidates that a hit is compared with; those that a small corpus lacks cover nothing."""

_MUCH = 0.4
"""Share of the question from which a small-letter word that no source has may be the name that is asked
about.
"""

_STEM = 5
"""Letters by which a name is known in another form, and the shortest that may be spelt otherwise."""

_PEOPLE = (Wanted.PERSON, Wanted.NAME)
_MEASURES = (Wanted.MONEY, Wanted.AGE, Wanted.DURATION, Wanted.SIZE, Wanted.SHARE)


class Weigher:
    """Gives each candidate of a query its evidence. ``unheard(concept)`` says that the corpus lacks the
    word and all that may stand for it: perhaps a name, where no capitals were typed.
    """

    def __init__(
        self,
        query: Query,
        found: Candidates,
        columns: dict[str, Floats],
        unheard: Callable[[Concept], bool],
    ) -> None:
        self._query, self._found, self._columns = query, found, columns
        self._covered = coverage(found)
        self._names = _names(query)
        self._unheard = unheard
        self._weights = found.idf / max(float(found.idf.sum()), 1e-9)
        shares = self._weights @ self._covered
        self._usual = float(shares.sum()) / max(len(shares), _CROWD)
        self._wanted = wanted(query.question)
        self._counting = counted_thing(query.question) is not None

    def evidence(self, i: int, named: Sequence[str] = (), speaker: str | None = None) -> Evidence:
        """The evidence of candidate ``i``, whose pronouns stand for ``named`` and which ``speaker`` says."""
        covered = self._covered[:, i]
        missing = [concept for concept, share in zip(self._query.concepts, covered, strict=True) if not share]
        return Evidence(
            coverage=float(self._weights @ covered),
            missing=tuple(concept.word for concept in missing),
            name_unheard=self._names_unheard(i),
            signals=self._signals(i, named, speaker),
        )

    def _names_unheard(self, i: int) -> bool:
        """Whether the question has a name or number that no source has, nor the candidate one spelt nearly
        alike. Where no capitals were typed, a word that much of the question hangs on may be a name.
        """
        low, text = not self._names.any(), self._found.texts[i]
        return any(
            (weight >= _MUCH if low else name and not _spelt_alike(concept.word, text))
            and self._unheard(concept)
            for concept, name, weight, share in zip(
                self._query.concepts, self._names, self._weights, self._covered[:, i], strict=True
            )
            if not share
        )

    def _signals(self, i: int, named: Sequence[str], speaker: str | None) -> dict[str, float]:
        here = np.maximum(self._found.own[:, i], self._found.names[:, i]) > 0
        around = (self._covered[:, i] > 0) | (self._found.paragraph[:, i] > 0)
        nowhere = self._covered[:, i] == 0
        near = np.where(self._names, 0.0, self._found.near[:, i])
        return {
            "ahead": float(self._weights @ self._covered[:, i]) - self._usual,
            "joint": self._joint(here, around, near),
            "predicate": self._predicate(here),
            "name_nowhere": float(self._weights @ (nowhere & self._names)),
            "speaker": float(self._says(speaker)),
            "paragraph_alike": self._paragraph_alike(i),
            "opening": float(self._columns["lead"][i]),
            "length": float(self._columns["length"][i]),
            **self._expected(i, named),
            **self._opposed(i, here),
        }

    def _joint(self, here: Flags, around: Flags, near: Floats) -> float:
        meant = _NEAR * np.clip((near - _UNRELATED) / (1 - _UNRELATED), 0, 1)
        surely = np.where(here, 1.0, np.where(around, _AROUND, np.maximum(meant, _NOWHERE)))
        return float(np.exp(self._weights @ np.log(surely)))

    def _predicate(self, here: Flags) -> float:
        weights = self._weights * ~self._names
        return float(weights @ here / weights.sum()) if weights.any() else 1.0

    def _paragraph_alike(self, i: int) -> float:
        alike = self._found.paragraph_alike
        return float(alike[i]) if alike.any() else _USUAL

    def _says(self, speaker: str | None) -> bool:
        said = (speaker or "").lower()
        asked = (c.word for c, name in zip(self._query.concepts, self._names, strict=True) if name)
        return any(word[:_STEM].lower() in said for word in asked)

    def _expected(self, i: int, named: Sequence[str]) -> dict[str, float]:
        question, text = self._query.question, self._found.texts[i]
        missing = lacks(self._wanted, question, text, named)
        counted = not self._counting or self._columns["counted"][i] or counts_alike(question, text)
        return {
            "count_missing": float(not counted),
            "date_missing": float(missing and self._wanted is Wanted.DATE),
            "who_missing": float(missing and self._wanted in _PEOPLE),
            "measure_missing": float(missing and self._wanted in _MEASURES),
        }

    def _opposed(self, i: int, here: Flags) -> dict[str, float]:
        question, text = self._query.question, self._found.texts[i]
        absent = (
            concept.word.lower()
            for concept, present in zip(self._query.concepts, here, strict=True)
            if not present
        )
        return {
            "negated": float(negated(question, text)),
            "opposite": float(opposite(absent, text)),
            "other_year": float(other_year(question, text)),
        }


def _names(query: Query) -> Flags:
    """``[c]``: which concepts are names or numbers. A German noun has a capital whatever it is."""
    nouns = detect(query.question) == "de"
    kept = (concept.name and not (nouns and concept.word.isalpha()) for concept in query.concepts)
    return np.fromiter(kept, bool, len(query.concepts))


def _spelt_alike(name: str, text: str) -> bool:
    """Whether the text has a word with a capital that may be the name in another form or spelling."""
    form = name.lower()
    if len(form) < _STEM or not form.isalpha():
        return False
    words = (word.strip(".,;:!?«»“”\"'’()").lower() for word in text.split() if word[:1].isupper())
    return any(word[:_STEM] == form[:_STEM] or edits(form, word, 1) <= 1 for word in words)
