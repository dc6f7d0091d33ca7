"""What speaks for and against a hit being the answer: signals for the decision in bot/answer.py.

A score says which sentence is best, not whether it answers: it does not know what is missing. So each hit
carries which words of the question it and its surroundings cover, whether the kind of answer asked for
stands in it, and how far it stands out. Each signal is a small function of one candidate.

It decides nothing.
"""

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from index.model import Evidence
from index.query import Concept, Expected, Query
from index.rank import Candidates, counted_thing, coverage

__all__ = ["SIGNALS", "Weigher"]

Floats = NDArray[np.float64]

SIGNALS = (
    "coverage",
    "predicate",
    "paragraph",
    "around",
    "named",
    "pronoun_led",
    "nowhere",
    "predicate_nowhere",
    "name_nowhere",
    "name_elsewhere",
    "unlike",
    "kind_missing",
    "count_missing",
    "money_missing",
    "lead",
)
"""The names of the signals, in order.

Shares are of the question's weight by idf: ``coverage`` what the sentence holds and, at a discount, its
surroundings; ``predicate`` what it holds of all but names; ``paragraph`` what its paragraph holds; ``around``
what only its surroundings hold; ``nowhere`` what neither does, ``predicate_nowhere`` and ``name_nowhere`` of
that all but names, and names; ``name_elsewhere`` names that the sentence itself lacks; ``unlike`` what is
nowhere and has no near word in the sentence. ``named`` and ``pronoun_led`` are the features of rank.py. 1 for
``kind_missing``: no date, number, person or place where one is asked; ``count_missing``: the thing to be
counted stands beside no number; ``money_missing``: a price is asked and there is none. ``lead`` is the
score's lead over the mean of the ten best, in tenths.
"""

_MONEY_ASKED = re.compile(
    r"\bhow much (?:money|\w+ (?:cost|pay)|will .{1,60} cost|d\w+ .{1,60} (?:cost|pay))"
    r"|\b(?:costs?|price of|priced)\b|сколько стоит|стоимость|какова цена",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[$€£¥₽]|\b(?:dollars?|euros?|pounds?|rou?bles?|cents?|yen|yuan|francs?|kron\w+|crowns?|lira|lei)\b"
    r"|\b(?:rupees?|pesos?|доллар\w*|евро|рубл\w*)\b",
    re.IGNORECASE,
)


class Weigher:
    """Gives each candidate of a query its evidence. ``unheard(concept)`` says that the corpus lacks the
    word and all that may stand for it: perhaps a name, where no capitals were typed.
    """

    def __init__(
        self,
        query: Query,
        found: Candidates,
        columns: dict[str, Floats],
        scores: Floats,
        unheard: Callable[[Concept], bool],
    ) -> None:
        self._query, self._found, self._columns, self._scores = query, found, columns, scores
        self._covered = np.ascontiguousarray(coverage(found).T)
        self._names = np.array([concept.name for concept in query.concepts], dtype=float)
        self._unheard = unheard
        self._weight = max(float(found.idf.sum()), 1e-9)
        self._counting = counted_thing(query.question) is not None
        self._priced = bool(_MONEY_ASKED.search(query.question))
        best = np.sort(scores)[::-1][:10]
        self._level = float(best.mean()) if len(best) else 0.0

    def evidence(self, i: int) -> Evidence:
        """The evidence of candidate ``i``."""
        covered = self._covered[i]
        missing = [concept for concept, share in zip(self._query.concepts, covered, strict=True) if not share]
        low = not self._names.any()
        return Evidence(
            coverage=self._share(covered),
            missing=tuple(concept.word for concept in missing),
            name_unheard=any((concept.name or low) and self._unheard(concept) for concept in missing),
            signals=self._signals(i),
        )

    def _share(self, values: Floats) -> float:
        return float(self._found.idf @ values / self._weight)

    def _signals(self, i: int) -> dict[str, float]:
        found, names, covered = self._found, self._names, self._covered[i]
        here = (np.maximum(found.own[:, i], found.names[:, i]) > 0).astype(float)
        nowhere = (covered <= 0) * (1 - here)
        around = 1 - here - nowhere
        rest = found.idf * (1 - names)
        asked = self._query.expected is not Expected.OTHER
        return {
            "coverage": self._share(covered),
            "predicate": float(rest @ here / rest.sum()) if rest.any() else 1.0,
            "paragraph": self._share((found.paragraph[:, i] > 0).astype(float)),
            "around": self._share(around),
            "named": float(self._columns["named"][i]),
            "pronoun_led": float(self._columns["pronoun_led"][i]),
            "nowhere": self._share(nowhere),
            "predicate_nowhere": self._share(nowhere * (1 - names)),
            "name_nowhere": self._share(nowhere * names),
            "name_elsewhere": self._share(names * (1 - here)),
            "unlike": self._share(nowhere * (1 - np.where(names, 0.0, found.near[:, i]))),
            "kind_missing": float(asked and not self._columns["kind"][i]),
            "count_missing": float(self._counting and not self._columns["counted"][i]),
            "money_missing": float(self._priced and not _MONEY.search(found.texts[i])),
            "lead": (float(self._scores[i]) - self._level) / 10,
        }
