"""What of the results is shown, and whether the sources answer the question at all.

One quote is the rule. A first, simple version of declining: the share of the question that the best hit
covers, and whether a name or number of the question is missing from it. Pure: no index, no terminal.

How an answer looks is not decided here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from index.model import Hit, Reference, Results, Sentence

__all__ = [
    "ANSWER_CONFIDENCE",
    "CLOSEST_CONFIDENCE",
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

ANSWER_CONFIDENCE = 0.4
"""Of the question's weight, names included: the rest is usually the verb, said in other words."""

CLOSEST_CONFIDENCE = 0.2
"""Below this, what matched are the words that any question has."""

NAME_MISSING = 0.39
"""What a missing name or number leaves of coverage: never enough for an answer, whatever else matches."""


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
    """How far the best hit may be taken for an answer, 0 to 1."""
    if not results.hits:
        return 0.0
    evidence = results.hits[0].evidence
    coverage = min(max(evidence.coverage, 0.0), 1.0)
    return coverage * NAME_MISSING if evidence.names_missing else coverage


def answer(results: Results) -> Answer:
    """Decide what is shown."""
    sure = confidence(results)
    outcome = _outcome(sure)
    shown = results.hits[:1] if outcome is not Outcome.NONE else ()
    return Answer(
        results.question,
        outcome,
        sure,
        shown,
        results.hits,
        results.corrected,
        results.undated_left_out,
        results.suggestion,
    )


def unmentioned(answer: Answer) -> tuple[str, ...]:
    """The question's own words that the closest passage leaves out: not those borrowed from earlier ones."""
    if answer.outcome is not Outcome.CLOSEST or not answer.shown:
        return ()
    asked = answer.question.casefold()
    return tuple(word for word in answer.shown[0].evidence.missing if word.casefold() in asked)


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
