"""What verifying a text gives: a verdict for each passage, the sources it is held against, what differs.

Nothing here compares: see verify.py.
"""

from dataclasses import dataclass
from enum import StrEnum

from index.comparing import Difference
from index.model import Sentence, Span
from index.wording import Variant

__all__ = ["Checked", "Part", "Source", "Verdict", "Verification"]


class Verdict(StrEnum):
    """From best to worst."""

    EXACT = "exact"
    MISATTRIBUTED = "misattributed"
    STITCHED = "stitched"
    ALTERED = "altered"
    NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that follow one another in a document; ``text`` is the document's from the first to the last,
    ``speaker`` whoever says them, where that is sure.
    """

    sentences: tuple[Sentence, ...]
    text: str
    speaker: str | None = None

    def slice(self, span: Span) -> str:
        """What stands at a difference's ``source``."""
        start = self.sentences[0].citation.start
        return self.text[span.start - start : span.end - start]

    @property
    def cited(self) -> tuple[Sentence, ...]:
        """The sentences whose place is told: not a dateline or heading beside them, unless alone."""
        return tuple(each for each in self.sentences if each.kind.quotable) or self.sentences

    @property
    def span(self) -> Span:
        """Where ``text`` stands in the document."""
        return Span(self.sentences[0].citation.start, self.sentences[-1].citation.end)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a passage, ``text`` in the verified text, and the source that it is held against.

    ``differences`` are in order on both sides but for negations beside the quote, which come first; none of a
    nearest sentence that is only shown.
    """

    text: Span
    source: Source
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A passage and what came of it. ``parts`` are one but for what is stitched, none where nothing is near.

    ``said_by`` is the name that the text gives, as written; ``variants`` are what an exact passage differs by
    beside words; ``alone`` are spans of a stitched passage that no part covers.
    """

    span: Span
    verdict: Verdict
    parts: tuple[Part, ...] = ()
    said_by: str | None = None
    variants: tuple[Variant, ...] = ()
    alone: tuple[Span, ...] = ()

    @property
    def negation(self) -> bool:
        """Whether a word that denies was left out, put in or exchanged."""
        return any(each.negation for part in self.parts for each in part.differences)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a text claims to quote, passage by passage in its order; ``unchecked`` passages were too many.

    Without passages there was no word to look for.
    """

    text: str
    passages: tuple[Checked, ...]
    unchecked: int = 0

    @property
    def verdict(self) -> Verdict:
        """The worst of its passages."""
        order = list(Verdict)
        return max((each.verdict for each in self.passages), key=order.index, default=Verdict.NOT_FOUND)
