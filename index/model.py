"""The values that pass between stages.

One idea carries them: a sentence stores no text. It is a document and a span, and its text is a slice of
the document's. Later stages add spans, never strings. All offsets are code points of the stored text,
half-open; lines, paragraphs and sentences are numbered from 1 where a person reads them.

Nothing here computes: what a stage does is in the stage's own module.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from index.filters import ANYWHERE, Within

__all__ = [
    "UNKNOWN_LANGUAGE",
    "Citation",
    "Document",
    "Evidence",
    "Hit",
    "Kind",
    "Mention",
    "Metadata",
    "Paragraph",
    "Reference",
    "Results",
    "Sentence",
    "SentenceSpan",
    "Span",
    "Speaker",
    "Stats",
    "Token",
    "Turn",
]

UNKNOWN_LANGUAGE = "und"
"""ISO 639's code for an undetermined language: no stop words, no stems."""


class Kind(StrEnum):
    """What a span of text is. Only ``SENTENCE`` and ``LIST`` can be quoted."""

    SENTENCE = "sentence"
    HEADING = "heading"
    LIST = "list"
    DATELINE = "dateline"
    BYLINE = "byline"

    @property
    def quotable(self) -> bool:
        """Whether it may be shown as an answer."""
        return self in (Kind.SENTENCE, Kind.LIST)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """``text[start:end]``, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """A trimmed span inside one paragraph: ``text[start:end]`` neither begins nor ends with white space."""

    start: int
    end: int
    kind: Kind = Kind.SENTENCE


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of a document and its sentences, in order and without overlap."""

    start: int
    end: int
    sentences: tuple[SentenceSpan, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A term at the span where it stands. Several tokens may share a span (an exact and a folded form)."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document besides its text; ``None`` where nothing says it.

    ``date`` is ISO 8601 (``2023-01-24``), whole or cut after year or month.
    ``examples`` are questions that the document's owner suggests.
    """

    title: str | None = None
    source: str | None = None
    date: str | None = None
    url: str | None = None
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read. ``file`` is its path inside the corpus folder, with forward slashes.

    ``body`` is the code point where the text begins behind an optional header (front matter): the header
    is part of ``text``, so that offsets count in the file, but never of a quote. ``pages[n]`` is the code
    point where page ``n + 1`` begins; empty for what has no pages.
    """

    id: str
    file: str
    text: str
    metadata: Metadata = field(default_factory=Metadata)
    body: int = 0
    markdown: bool = False
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """``text[start:end]`` of a row (he, the minister) stands for the name at the target's span in the
    target row.

    A row is a sentence span's number in its document, from 0; offsets count from the beginning of the row's
    text.
    """

    row: int
    start: int
    end: int
    target: int
    target_start: int
    target_end: int


@dataclass(frozen=True, slots=True)
class Speaker:
    """A row is said by whoever is named at the target's span in the target row, which may be any row.

    Numbers and offsets are as in ``Mention``.
    """

    row: int
    target: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence stands: enough to find it again in the document's file.

    ``paragraph`` counts the document's paragraphs from 1, ``sentence`` the quotable sentences of the
    paragraph from 1 (0 for what cannot be quoted); ``start`` and ``end`` are code points of the stored text.
    ``page`` is a PDF's, from 1.
    """

    document: str
    file: str
    title: str
    source: str | None
    date: str | None
    url: str | None
    paragraph: int
    sentence: int
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stored sentence: a view made on demand. ``number`` is its row in this generation, ``id`` is for ever.

    ``text`` equals ``document.text[citation.start:citation.end]`` and has been checked against ``id``.
    """

    number: int
    id: str
    kind: Kind
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Reference:
    """Who a mention such as "he" or "the minister" stands for.

    ``start`` and ``end`` count in the text of the sentence with the mention; ``id`` is the quote id of the
    sentence that names the person.
    """

    start: int
    end: int
    name: str
    id: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well a sentence and its surroundings cover the question; what declining is decided from.

    ``coverage`` is the share of the question's weight (by idf) found in the sentence, its antecedents or,
    at a discount, its neighbours and title. ``missing`` are the question's words found in none of these.
    ``name_unheard`` is true when one of these is a name or number that no source has. ``signals`` are what
    evidence.py reads of it, by name.
    """

    coverage: float
    missing: tuple[str, ...]
    name_unheard: bool
    signals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A scored sentence. ``highlights`` are the spans of matching tokens in its text, in order.

    ``before`` and ``after`` are the texts of its neighbours in the same document, in document order.
    ``speaker`` is the name of whoever says it, as its document writes it, where that is sure.
    ``also_in`` are the ids of other documents that hold the same sentence, case and white space aside.
    """

    sentence: Sentence
    score: float
    evidence: Evidence
    highlights: tuple[Span, ...] = ()
    refers_to: tuple[Reference, ...] = ()
    speaker: str | None = None
    also_in: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the same conversation and the sentence that was shown for it (or "")."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found, best first. ``corrected`` maps a word typed to the word searched instead.

    ``suggestion`` is the question with words that the sources lack spelt as the nearest ones that they hold,
    where those were not near enough to be searched for. ``undated_left_out`` counts the documents without a
    date that a filter by date leaves out though they hold a sentence that the rest of the question finds.
    """

    question: str
    hits: tuple[Hit, ...]
    corrected: dict[str, str] | None = None
    undated_left_out: int = 0
    suggestion: str | None = None
    within: Within = ANYWHERE


@dataclass(frozen=True, slots=True)
class Stats:
    """The size of a generation. ``sentences`` are the quotable ones, ``size`` is bytes on disk."""

    generation: int
    documents: int
    sentences: int
    tokens: int
    languages: dict[str, int]
    size: int
