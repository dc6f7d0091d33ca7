"""Views of what a generation stores: sentences, their neighbours, antecedents and speakers, documents.

A view is made on demand from the columns, and a sentence's text is checked against its quote id before it
leaves.

Finding sentences for a question is candidates.py's business.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

import numpy as np

from index.columns import KINDS, Record
from index.errors import DamagedError
from index.generation import Generation
from index.model import Citation, Document, Reference, Sentence
from index.quoteid import id_of, number_of, quote_number

__all__ = ["Views"]

_RECORDS = 4096
"""Documents' records kept at hand."""

_SENTENCES = 1024
"""Views of sentences kept at hand: what was found is looked up again, and often found again."""


class Views:
    """Sentences and documents of an open generation; a number is a row of the whole generation."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self.record = lru_cache(maxsize=_RECORDS)(self._load_record)
        self.at = lru_cache(maxsize=_SENTENCES)(self._view)

    def _view(self, number: int) -> Sentence:
        """The view of a row, its text checked against its quote id. Raises DamagedError when they differ."""
        segment, row = self._generation.place(number)
        part = self._generation.segments[segment]
        document = part.document_of(row)
        record, text = self.record(segment, document), part.row_text(row, document)
        quote = int(part.column("quote_number")[row])
        if not self._is_quote(segment, row, record.id, text, quote):
            raise DamagedError(part.folder, f"row {row} does not match its quote id", "run `quoth build`")
        start = int(part.column("sentence_start")[row])
        citation = Citation(
            document=record.id,
            file=record.file,
            title=record.title,
            source=record.metadata.source,
            date=record.metadata.date,
            url=record.metadata.url,
            paragraph=int(part.column("sentence_paragraph")[row]),
            sentence=int(part.column("sentence_ordinal")[row]),
            start=start,
            end=start + int(part.column("sentence_length")[row]),
            page=record.page(start),
        )
        return Sentence(number, id_of(quote), KINDS[int(part.column("sentence_kind")[row])], text, citation)

    def of_quote(self, quote_id: str) -> Sentence | None:
        """The sentence of a quote id, or None where no document holds it now."""
        wanted = number_of(quote_id)
        if wanted is None:
            return None
        for place, segment in enumerate(self._generation.segments):
            row = segment.row_of_quote(wanted)
            if row is not None and self._generation.is_live(place, segment.document_of(row)):
                return self.at(int(self._generation.bases[place]) + row)
        return None

    def neighbours(self, sentence: Sentence, n: int) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
        """The up to ``n`` quotable sentences of the same document on each side, in document order."""
        segment, row = self._generation.place(sentence.number)
        rows = self._generation.segments[segment].document_rows(self.document_place(sentence.number)[1])
        before = tuple(islice(self._quotable(segment, range(row - 1, rows.start - 1, -1)), n))
        return before[::-1], tuple(islice(self._quotable(segment, range(row + 1, rows.stop)), n))

    def rows_around(self, sentence: Sentence, n: int) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
        """The up to ``n`` rows of the same document on each side, also headings, datelines and bylines."""
        segment, row = self._generation.place(sentence.number)
        rows = self._generation.segments[segment].document_rows(self.document_place(sentence.number)[1])
        base = int(self._generation.bases[segment])
        before, after = range(max(row - n, rows.start), row), range(row + 1, min(row + n + 1, rows.stop))
        return tuple(self.at(base + r) for r in before), tuple(self.at(base + r) for r in after)

    def paragraph(self, sentence: Sentence) -> tuple[Sentence, ...]:
        """The quotable sentences of the sentence's paragraph, itself among them."""
        segment, row = self._generation.place(sentence.number)
        here = self._generation.segments[segment].surroundings(np.array([row]))
        return tuple(self._quotable(segment, range(int(here.first[0]), int(here.last[0]))))

    def _quotable(self, segment: int, rows: Iterable[int]) -> Iterator[Sentence]:
        """The sentences of those rows of a segment that can be quoted."""
        quotable, base = self._generation.segments[segment].quotable, int(self._generation.bases[segment])
        return (self.at(base + row) for row in rows if quotable[row])

    def references(self, sentence: Sentence) -> tuple[Reference, ...]:
        """Who the sentence's pronouns stand for, where that is sure."""
        segment, row = self._generation.place(sentence.number)
        base, found = int(self._generation.bases[segment]), []
        for mention in self._generation.segments[segment].mentions(row):
            named = self.at(base + mention.target)
            name = " ".join(named.text[mention.target_start : mention.target_end].split())
            found.append(Reference(mention.start, mention.end, name, named.id))
        return tuple(found)

    def speaker(self, sentence: Sentence) -> str | None:
        """The name of whoever says the sentence, as the document writes it; None where that is not sure."""
        segment, row = self._generation.place(sentence.number)
        found = self._generation.segments[segment].speaker(row)
        if found is None:
            return None
        named = self.at(int(self._generation.bases[segment]) + found.target)
        return " ".join(named.text[found.start : found.end].split())

    def document(self, document_id: str) -> Document | None:
        """A document with its text, or None where there is none of that id."""
        for place, segment in enumerate(self._generation.segments):
            number = segment.document_of_id(document_id)
            if number is not None and self._generation.is_live(place, number):
                return segment.document(number)
        return None

    def outline(self, document_id: str) -> tuple[int, Sentence, Sentence] | None:
        """How many sentences of a document can be quoted, the first and the last; None where none can."""
        for place, segment in enumerate(self._generation.segments):
            number = segment.document_of_id(document_id)
            if number is not None and self._generation.is_live(place, number):
                rows = [row for row in segment.document_rows(number) if segment.quotable[row]]
                base = int(self._generation.bases[place])
                return (len(rows), self.at(base + rows[0]), self.at(base + rows[-1])) if rows else None
        return None

    def records(self) -> Iterator[Record]:
        """The records of all live documents, in the order of the corpus."""
        for place, segment in enumerate(self._generation.segments):
            for number, record in enumerate(segment.all_records()):
                if self._generation.is_live(place, number):
                    yield record

    def people(self) -> Iterator[tuple[str, str]]:
        """People that mentions stand for, ``(name, language)``, each once."""
        seen: set[str] = set()
        for place, segment in enumerate(self._generation.segments):
            for row in np.unique(segment.column("reference_row")).tolist():
                document = segment.document_of(row)
                if not self._generation.is_live(place, document):
                    continue
                for reference in self.references(self.at(int(self._generation.bases[place]) + row)):
                    if reference.name not in seen:
                        seen.add(reference.name)
                        yield reference.name, self.record(place, document).language

    def document_place(self, number: int) -> tuple[int, int]:
        """``(segment, document)`` that hold a number."""
        segment, row = self._generation.place(number)
        return segment, self._generation.segments[segment].document_of(row)

    def _is_quote(self, segment: int, row: int, document_id: str, text: str, quote: int) -> bool:
        """Whether the text has this id: nearly always as its first occurrence in the document."""
        if quote_number(document_id, text, 0) == quote:
            return True
        part = self._generation.segments[segment]
        rows = part.document_rows(part.document_of(row))
        earlier = sum(part.row_text(other) == text for other in range(rows.start, row))
        return quote_number(document_id, text, earlier) == quote

    def _load_record(self, segment: int, document: int) -> Record:
        return self._generation.segments[segment].record(document)
