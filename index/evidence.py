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

from index.expectation import Wanted, counts_the_like, lacks, lacks_future, lacks_place, wanted
from index.language import detect
from index.model import Evidence
from index.opposition import negated, opposite, other_ordinal, other_year, turned
from index.query import Concept, Query
from index.rank import Candidates, counted_thing, coverage, trace
from index.spelling import edits

__all__ = ["SIGNALS", "Weigher"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SIGNALS = (
    "ahead",
    "covered_ahead",
    "lacking",
    "predicate",
    "name_nowhere",
    "speaker",
    "title_asked",
    "paragraph_alike",
    "opening",
    "length",
    "count_missing",
    "date_missing",
    "who_missing",
    "measure_missing",
    "place_missing",
    "future_missing",
    "negated",
    "opposite",
    "other_ordinal",
    "other_year",
)
"""The names of the signals, in order.

Shares, 0 to 1, are of the question's weight by idf. ``ahead``: the share that the sentence and, at a
discount, its surroundings cover, above the mean of the candidates; ``covered_ahead``: the same of
``covered``, a feature of rank/. ``lacking``: the most that one concept lacks of its best trace.
``predicate``: the share of all but names that the sentence itself holds. ``name_nowhere``: the share of
names that stand nowhere. ``speaker``: 1 where the sentence is said by somebody whom the question names.
``title_asked``, ``paragraph_alike``, ``opening`` (``lead`` there) and ``length`` are features of rank/.

1 for ``count_missing``: neither the thing to be counted nor one alike stands beside a number, nor a unit
where it is asked how much; ``date_missing``, ``who_missing``, ``measure_missing``: a date, a person or name,
a price, age, size, duration or share is asked, and nothing new here looks like one; ``place_missing``: a
country, city, company or the like is asked, and no new name stands here; ``future_missing``: what will be is
asked, and nothing here speaks of it; ``negated``, ``opposite``, ``other_ordinal``, ``other_year``: see
opposition.py.
"""

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
        self._usual = _mean(shares)
        self._usually_covered = _mean(columns["covered"])
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
        nowhere = self._covered[:, i] == 0
        return {
            "ahead": float(self._weights @ self._covered[:, i]) - self._usual,
            "covered_ahead": float(self._columns["covered"][i]) - self._usually_covered,
            "lacking": float((self._weights * (1 - trace(self._query, self._found, i))).max(initial=0.0)),
            "predicate": self._predicate(here),
            "name_nowhere": float(self._weights @ (nowhere & self._names)),
            "speaker": float(self._says(speaker)),
            "title_asked": float(self._columns["title_asked"][i]),
            "paragraph_alike": self._paragraph_alike(i),
            "opening": float(self._columns["lead"][i]),
            "length": float(self._columns["length"][i]),
            **self._expected(i, named),
            **self._opposed(i, here),
        }

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
        counted = not self._counting or self._columns["counted"][i] or counts_the_like(question, text)
        return {
            "count_missing": float(not counted),
            "date_missing": float(missing and self._wanted is Wanted.DATE),
            "who_missing": float(missing and self._wanted in _PEOPLE),
            "measure_missing": float(missing and self._wanted in _MEASURES),
            "place_missing": float(lacks_place(question, text)),
            "future_missing": float(lacks_future(question, text)),
        }

    def _opposed(self, i: int, here: Flags) -> dict[str, float]:
        question, text = self._query.question, self._found.texts[i]
        absent = [
            concept.word.lower()
            for concept, present in zip(self._query.concepts, here, strict=True)
            if not present
        ]
        return {
            "negated": float(negated(question, text)),
            "opposite": float(opposite(absent, text) or turned(question, text)),
            "other_ordinal": float(other_ordinal(question, text)),
            "other_year": float(other_year(question, text)),
        }


def _mean(shares: Floats) -> float:
    """Over the candidates, and as many that cover nothing as ``_CROWD`` lacks."""
    return float(shares.sum()) / max(len(shares), _CROWD)


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
