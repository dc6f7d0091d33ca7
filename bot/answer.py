"""What of the results is shown, and whether the sources answer the question at all.

One quote is the rule. Whether it answers is decided from what speaks for and against it (see
index/evidence.py), weighed by a logistic model; a score alone says which sentence is best, not whether it
answers. Pure: no index, no terminal.

How an answer looks is not decided here.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import compress

from index.filters import ANYWHERE, Within
from index.model import Hit, Reference, Results, Sentence

__all__ = [
    "ANSWER_CONFIDENCE",
    "AS_GOOD",
    "CLOSEST_CONFIDENCE",
    "DECISION",
    "DECISION_BIAS",
    "MOST_SHOWN",
    "Answer",
    "Antecedent",
    "Outcome",
    "answer",
    "antecedents",
    "confidence",
    "said_by",
    "searchable",
    "unmentioned",
]

ANSWER_CONFIDENCE = 0.37
"""At least this for an answer."""

CLOSEST_CONFIDENCE = 0.2
"""At least this for a passage that may not answer."""

NAME_UNHEARD = 0.36
"""The most that is left where no source has a name or number of the question, or the sentence not the phrase
that was quoted: never an answer.
"""

MOST_SHOWN = 3
AS_GOOD = 0.3
"""How far behind the first hit, by score, another one is an answer beside it."""

DECISION = {
    "ahead": 1.0,
    "covered_ahead": 1.0,
    "lacking": -1.75,
    "predicate": 0.25,
    "name_nowhere": -1.5,
    "speaker": 0.75,
    "title_asked": 0.25,
    "paragraph_alike": 1.5,
    "opening": 0.25,
    "length": -1.0,
    "count_missing": -1.75,
    "date_missing": -0.75,
    "who_missing": -1.0,
    "measure_missing": -1.5,
    "place_missing": -1.0,
    "future_missing": -1.5,
    "negated": -4.0,
    "opposite": -2.0,
    "other_ordinal": -2.0,
    "other_year": -2.5,
}
"""Weights of the signals, of a logistic model fitted on sets with unanswerable questions, rounded; what is
too rare there (``count_missing`` and those from ``who_missing`` on), by hand. See tools/learn_decision.py.
"""

DECISION_BIAS = -0.55


class Outcome(StrEnum):
    """``CLOSEST`` shows a passage that may not answer; ``NONE`` says that the sources are silent."""

    ANSWER = "answer"
    CLOSEST = "closest"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Answer:
    """``shown`` are the hits that a reader sees as the answer; ``hits`` all the candidates, best first.

    ``suggestion`` is a question better spelt, for where nothing is shown.
    """

    question: str
    outcome: Outcome
    confidence: float
    shown: tuple[Hit, ...]
    hits: tuple[Hit, ...]
    corrected: dict[str, str] | None = None
    undated_left_out: int = 0
    suggestion: str | None = None
    within: Within = ANYWHERE


@dataclass(frozen=True, slots=True)
class Antecedent:
    """Who ``mention``, as it is written in the quote, stands for, and the sentence that names them."""

    mention: str
    name: str
    named_in: Sentence


def searchable(question: str) -> bool:
    """Whether a question holds anything that a sentence could hold too: a letter or a digit."""
    return any(character.isalnum() for character in question)


def confidence(results: Results) -> float:
    """How far the best hit may be taken for an answer, 0 to 1.

    A sentence that passes all filters is sure where nothing else was asked; one without the phrase that was
    quoted is never an answer.
    """
    if not results.hits:
        return 0.0
    if results.within.alone:
        return 1.0
    sure = _confidence_in(results.hits[0])
    return min(sure, NAME_UNHEARD) if results.within.unheld else sure


def _confidence_in(hit: Hit) -> float:
    signals = hit.evidence.signals
    values = ((weight, min(max(signals.get(name, 0.0), -9.0), 9.0)) for name, weight in DECISION.items())
    sure = 1 / (1 + math.exp(-DECISION_BIAS - sum(weight * value for weight, value in values)))
    return min(sure, NAME_UNHEARD) if hit.evidence.name_unheard else sure


def answer(results: Results, most: int | None = None) -> Answer:
    """Decide what is shown; of the hits, no more than ``most`` are kept."""
    sure = confidence(results)
    outcome = _outcome(sure)
    hits = _ordered(results, outcome)[:most]
    return Answer(
        results.question,
        outcome,
        sure,
        hits[:MOST_SHOWN] if results.within.alone else _shown(hits, outcome),
        hits,
        results.corrected,
        results.undated_left_out,
        results.suggestion,
        results.within,
    )


def _ordered(results: Results, outcome: Outcome) -> tuple[Hit, ...]:
    """The hits as they were found; where what is new is asked for, those that answer come first, the newest
    before the others. Whether there is an answer does not depend on that.
    """
    within = results.within
    if not within.filters.newest or within.alone or outcome is not Outcome.ANSWER:
        return results.hits
    sure = [_confidence_in(hit) >= ANSWER_CONFIDENCE for hit in results.hits]
    answers = sorted(compress(results.hits, sure), key=_date, reverse=True)
    return (*answers, *(hit for hit, answers in zip(results.hits, sure, strict=True) if not answers))


def _date(hit: Hit) -> str:
    """ISO dates are in order as they are written; what has none is older than all."""
    return hit.sentence.citation.date or ""


def unmentioned(answer: Answer) -> tuple[str, ...]:
    """The question's own words that the closest passage leaves out: not those borrowed from earlier ones."""
    if answer.outcome is not Outcome.CLOSEST or not answer.shown:
        return ()
    asked = answer.question.casefold()
    return tuple(word for word in answer.shown[0].evidence.missing if word.casefold() in asked)


def _shown(hits: tuple[Hit, ...], outcome: Outcome) -> tuple[Hit, ...]:
    """One quote is the rule; more where each is an answer and as good as the first."""
    if outcome is not Outcome.ANSWER:
        return hits[: outcome is Outcome.CLOSEST]
    level = max(hit.score for hit in hits) - AS_GOOD
    more = (hit for hit in hits[1:MOST_SHOWN] if hit.score >= level)
    return (hits[0], *(hit for hit in more if _confidence_in(hit) >= ANSWER_CONFIDENCE))


def _outcome(sure: float) -> Outcome:
    if sure >= ANSWER_CONFIDENCE:
        return Outcome.ANSWER
    return Outcome.CLOSEST if sure >= CLOSEST_CONFIDENCE else Outcome.NONE


def antecedents(
    sentence: Sentence, references: Sequence[Reference], find: Callable[[str], Sentence | None]
) -> tuple[Antecedent, ...]:
    """Who the sentence's mentions stand for, each mention once; ``find`` is the index's look-up by quote id.

    A name that stands in the sentence itself needs no note and gets none.
    """
    notes: dict[tuple[str, str], Antecedent] = {}
    for reference in references:
        mention = sentence.text[reference.start : reference.end]
        named_in = find(reference.id)
        if named_in is not None and named_in.id != sentence.id:
            notes.setdefault(
                (mention.casefold(), reference.name), Antecedent(mention, reference.name, named_in)
            )
    return tuple(notes.values())


def said_by(speaker: str | None, text: str, notes: Sequence[Antecedent]) -> str | None:
    """The speaker's name where neither the text shown nor a note below it gives it, else None.

    The last word of a name is enough to know it by: in Russian perhaps with another ending.
    """
    if not speaker or any(note.name == speaker for note in notes):
        return None
    surname = speaker.casefold().split()[-1]
    return None if surname in text.casefold() else speaker
