"""One segment of the index on disk: some documents, their sentences and postings as columns in files.

A segment is written once and never changed; reading maps its files into memory. Rows are the spans that
the splitter found, in document order: ``sentence`` columns have one entry a row, quotable or not. Files:

    text.utf8            the documents' texts end to end
    records.jsonl        one JSON object a document: id, file, title, source, date, url, language, pages ...
    document_text, document_record, document_row
                         where each document begins in the two files above and among the rows (one entry more)
    id_blob, id_offsets, id_document       the documents' ids, sorted, and their numbers
    paragraph_row                          the first row of each paragraph (one entry more)
    sentence_start, sentence_length        code points, from the beginning of the document's text
    sentence_byte                          UTF-8 bytes, likewise
    sentence_paragraph, sentence_ordinal   numbers from 1; ordinal 0 for what cannot be quoted
    sentence_kind                          place in ``KINDS``
    quote_number, quote_order              60-bit quote ids, and the rows in order of them
    term_blob, term_offsets                the vocabulary, sorted: a term's number is its place
    own_offsets, own_rows, own_tf          postings of the sentences' own terms
    name_offsets, name_rows, name_tf       postings of the names that their pronouns stand for
    title_offsets, title_documents         postings of the titles that were given: document numbers
    topic_offsets, topic_documents         likewise of the beginnings of documents without a title
    forward_offsets, forward_terms         each row's term numbers in order
    forward_words                          likewise their numbers in the word table, 0 for none
    surface_blob, surface_offsets, surface_term
                                           "language<TAB>form", sorted, and its term's number; so that a
                                           question's common words need no stemmer
    spelling_mask, spelling_key, spelling_form
                                           near spellings of the surface forms, see spelling.py
    reference_*                            mentions: row, start, end -> target row, start, end
    speaker_*                              row -> target row, start, end: the name of whoever says it

Which segments make up a generation is generation.py's business; segmentwriter.py writes the files.
"""

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.durable import checksum
from index.errors import DamagedError
from index.model import Document, Kind, Mention, Metadata, Speaker
from index.postings import Column, Postings, StringTable
from index.spelling import Spellings
from index.words import Texts, spread

__all__ = ["KINDS", "Analysed", "Record", "Row", "Segment", "Surroundings", "words_of"]

KINDS = tuple(Kind)
_QUOTABLE = np.array([kind.quotable for kind in KINDS])

_WORDS = re.compile(rb'"words": "([0-9a-f]+)"')
"""In a record; inside of a string there, quotation marks are escaped."""

_HEADER = 128
"""Bytes of a column's file before its first value."""

_FARTHEST_NEIGHBOUR = 8
"""Rows looked at for a quotable neighbour: beyond so many headings, two sentences are no neighbours."""


@dataclass(frozen=True, slots=True)
class Row:
    """One span of a document: code points, place, and what it is found by.

    ``words[i]`` is the number of the ``i``-th term's word in the word table.
    """

    start: int
    end: int
    kind: Kind
    paragraph: int
    ordinal: int
    terms: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    words: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a document beside its text. ``title`` is the one that citations show, ``words`` what
    ``words_of`` gives for its text; ``pages`` are as in ``Document``.
    """

    id: str
    file: str
    title: str
    language: str
    digest: str
    stamp: str
    metadata: Metadata
    body: int = 0
    markdown: bool = False
    words: str = ""
    pages: tuple[int, ...] = ()

    def page(self, place: int) -> int | None:
        """The page, from 1, with the code point ``place``; None where there are no pages."""
        return bisect_right(self.pages, place) or None

    def to_json(self) -> str:
        """The record as one line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "Record":
        """The record of a line that ``to_json`` made."""
        fields = json.loads(line)
        metadata, pages = fields.pop("metadata"), tuple(fields.pop("pages"))
        examples = tuple(metadata["examples"])
        return cls(metadata=Metadata(**{**metadata, "examples": examples}), pages=pages, **fields)


def words_of(text: str) -> str:
    """Checksum of a text's words in order, however they are spaced: two documents with the same are
    duplicates.
    """
    return checksum(" ".join(text.split()).encode())


@dataclass(frozen=True, slots=True)
class Analysed:
    """A document after all stages, as a segment takes it.

    ``title_terms`` are those of a title that was given, ``topic_terms`` those of the beginning without one.
    """

    record: Record
    text: str
    rows: tuple[Row, ...]
    mentions: tuple[Mention, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    title_terms: frozenset[str] = frozenset()
    topic_terms: frozenset[str] = frozenset()


def _mapped(path: Path) -> Column:
    """An array's file, mapped read-only; an empty array cannot be mapped, and needs no mapping."""
    try:
        mapped = np.load(path, mmap_mode="r") if path.stat().st_size > _HEADER else np.load(path)
    except (OSError, ValueError, EOFError, SyntaxError, TypeError, LookupError, TokenError) as error:
        raise _damaged(path) from error
    return np.asarray(mapped.view(np.ndarray))


def _bytes(path: Path) -> memoryview:
    try:
        if not path.stat().st_size:
            return memoryview(b"")
        return np.memmap(path, dtype=np.uint8, mode="r").data
    except (OSError, ValueError) as error:
        raise _damaged(path) from error


def _group_of(starts: NDArray[np.unsignedinteger], rows: Any) -> NDArray[np.int64]:
    """Which of the groups that begin at ``starts`` holds a row, or each of some.

    Of another type than the column, rows would have the whole of it converted.
    """
    return starts.searchsorted(np.asarray(rows, dtype=starts.dtype), side="right") - 1


def _damaged(path: Path) -> DamagedError:
    return DamagedError(path, "is damaged", "run `quoth build`: the index is rebuilt from the documents")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where some rows stand; entry ``i`` of each array belongs to row ``i`` of those asked for.

    ``documents`` are numbers and ``opening`` their first rows; ``before`` and ``after`` the nearest quotable
    rows of the same document, -1 for none; ``first`` up to, not including, ``last`` the rows of its
    paragraph, which holds ``tokens`` tokens; ``title_terms`` is the number of terms of the document's title.
    """

    documents: NDArray[np.int64]
    opening: NDArray[np.int64]
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    tokens: NDArray[np.int64]
    title_terms: NDArray[np.int64]


class Segment:
    """A segment opened for reading: every file is mapped at once, so that it may be moved or removed
    meanwhile.

    Raises DamagedError where a file does not read as what it should be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        status = folder.stat()
        self.stamp = (status.st_dev, status.st_ino, status.st_mtime_ns)
        """The same for the same folder as it was written."""
        self._columns = {path.stem: _mapped(path) for path in folder.glob("*.npy")}
        self._text, self._records = _bytes(folder / "text.utf8"), _bytes(folder / "records.jsonl")

    def column(self, name: str) -> Any:
        """The array of ``NAME.npy``, mapped read-only."""
        try:
            return self._columns[name]
        except KeyError as error:
            raise _damaged(self.folder / f"{name}.npy") from error

    @cached_property
    def rows(self) -> int:
        """How many spans there are, quotable or not."""
        return len(self.column("sentence_start"))

    @cached_property
    def documents(self) -> int:
        """How many documents there are."""
        return len(self.column("document_row")) - 1

    @cached_property
    def terms(self) -> StringTable:
        """The vocabulary."""
        return StringTable(self.column("term_blob"), self.column("term_offsets"))

    @cached_property
    def surfaces(self) -> StringTable:
        """ "language<TAB>form" of every word seen."""
        return StringTable(self.column("surface_blob"), self.column("surface_offsets"))

    @cached_property
    def spellings(self) -> Spellings:
        """The same words by their spelling."""
        names = ("spelling_mask", "spelling_key", "spelling_form")
        return Spellings(self.surfaces, *(self.column(name) for name in names))

    @cached_property
    def own(self) -> Postings:
        """The sentences' own terms."""
        return Postings(self.column("own_offsets"), self.column("own_rows"), self.column("own_tf"))

    @cached_property
    def names(self) -> Postings:
        """The terms of the names that the sentences' pronouns stand for."""
        return Postings(self.column("name_offsets"), self.column("name_rows"), self.column("name_tf"))

    @cached_property
    def titles(self) -> Postings:
        """The terms of the documents' titles; its sentences are document numbers."""
        return self._of_documents("title")

    @cached_property
    def topics(self) -> Postings:
        """The terms of the beginnings of documents that have no title; its sentences are document numbers."""
        return self._of_documents("topic")

    @cached_property
    def _title_terms(self) -> NDArray[np.int64]:
        """How many terms the title of each document has; 0 where it has none."""
        return np.bincount(self.column("title_documents"), minlength=self.documents)

    def _of_documents(self, name: str) -> Postings:
        documents = self.column(f"{name}_documents")
        return Postings(self.column(f"{name}_offsets"), documents, np.ones(len(documents), dtype=np.uint8))

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each row."""
        lengths: NDArray[np.int64] = np.diff(self.column("forward_offsets").astype(np.int64))
        return lengths

    @cached_property
    def quotable(self) -> NDArray[np.bool_]:
        """Which rows can be quoted."""
        return np.asarray(_QUOTABLE[self.column("sentence_kind")])

    def forward(self, row: int) -> NDArray[np.int64]:
        """The row's term numbers in the order of its tokens."""
        offsets = self.column("forward_offsets")
        part: NDArray[np.int64] = self.column("forward_terms")[int(offsets[row]) : int(offsets[row + 1])]
        return part.astype(np.int64)

    def words_of(self, first: NDArray[np.int64], last: NDArray[np.int64]) -> Texts:
        """The tokens' numbers in the word table of rows ``first[i]`` up to, not including, ``last[i]``."""
        offsets = self.column("forward_offsets")
        begin, end = offsets[first].astype(np.int64), offsets[last].astype(np.int64)
        starts = np.concatenate([[0], np.cumsum(end - begin)])
        return Texts(self.column("forward_words")[spread(begin, end)].astype(np.int64), starts)

    def surface_term(self, language: str, form: str) -> str | None:
        """The term of a form seen in a language, or None."""
        number = self.surfaces.find(f"{language}\t{form}")
        return None if number is None else self.terms[int(self.column("surface_term")[number])]

    def document_of(self, row: int) -> int:
        """The number of the document that holds a row."""
        return int(_group_of(self.column("document_row"), row))

    def document_of_id(self, document_id: str) -> int | None:
        """The number of the document of an id, or None."""
        place = StringTable(self.column("id_blob"), self.column("id_offsets")).find(document_id)
        return None if place is None else int(self.column("id_document")[place])

    def surroundings(self, rows: NDArray[np.int64]) -> Surroundings:
        """Where each of the rows stands."""
        first_rows, paragraph_rows = self.column("document_row"), self.column("paragraph_row")
        documents, paragraphs = _group_of(first_rows, rows), _group_of(paragraph_rows, rows)
        begin, end = (first_rows[each].astype(np.int64) for each in (documents, documents + 1))
        first, last = paragraph_rows[paragraphs], paragraph_rows[paragraphs + 1]
        tokens = self.column("forward_offsets")
        return Surroundings(
            documents=documents,
            opening=begin,
            before=self._nearest(rows, -1, begin, end),
            after=self._nearest(rows, 1, begin, end),
            first=first.astype(np.int64),
            last=last.astype(np.int64),
            tokens=tokens[last].astype(np.int64) - tokens[first].astype(np.int64),
            title_terms=self._title_terms[documents],
        )

    def _nearest(
        self, rows: NDArray[np.int64], step: int, begin: NDArray[np.int64], end: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The nearest quotable row in the direction of ``step`` inside ``begin..end``; -1 for none."""
        found = rows + step
        for _ in range(_FARTHEST_NEIGHBOUR):
            inside = (begin <= found) & (found < end)
            pending = inside & ~self.quotable[np.minimum(np.maximum(found, 0), self.rows - 1)]
            if not pending.any():
                return np.where(inside, found, -1)
            found = found + step * pending
        return np.where(inside & ~pending, found, -1)

    def document_rows(self, document: int) -> range:
        """The rows of a document."""
        first = self.column("document_row")
        return range(int(first[document]), int(first[document + 1]))

    def record(self, document: int) -> Record:
        """What is kept of a document."""
        offsets = self.column("document_record")
        line = self._records[int(offsets[document]) : int(offsets[document + 1])].tobytes()
        try:
            return Record.from_json(line.decode())
        except (ValueError, TypeError, KeyError) as error:
            raise _damaged(self.folder / "records.jsonl") from error

    def all_records(self) -> Iterator[Record]:
        """The records of all documents, in order."""
        return map(self.record, range(self.documents))

    def documents_of_words(self, words: str) -> list[int]:
        """The numbers of the documents with these words, see ``words_of``."""
        return [int(_group_of(self.column("document_record"), place)) for place in self._words.get(words, ())]

    @cached_property
    def _words(self) -> dict[str, list[int]]:
        """Where in the records the words of documents stand: read once for a change of many documents."""
        places: dict[str, list[int]] = defaultdict(list)
        for found in _WORDS.finditer(self._records):
            places[found[1].decode()].append(found.start())
        return places

    def document(self, number: int) -> Document:
        """A document with its text."""
        record = self.record(number)
        offsets = self.column("document_text")
        content = self._text[int(offsets[number]) : int(offsets[number + 1])].tobytes()
        text = content.decode()
        return Document(
            record.id, record.file, text, record.metadata, record.body, record.markdown, record.pages
        )

    def row_text(self, row: int, document: int | None = None) -> str:
        """The row's slice of its document's text, as stored; give the document's number where it is known."""
        if document is None:
            document = self.document_of(row)
        begin = int(self.column("document_text")[document]) + int(self.column("sentence_byte")[row])
        return self._characters(begin, int(self.column("sentence_length")[row]))

    def texts(self, rows: NDArray[np.int64], documents: NDArray[np.int64]) -> list[str]:
        """``row_text`` of each row; ``documents[i]`` holds ``rows[i]``."""
        begins = self.column("document_text")[documents].astype(np.int64) + self.column("sentence_byte")[rows]
        return list(map(self._characters, begins.tolist(), self.column("sentence_length")[rows].tolist()))

    def _characters(self, begin: int, length: int) -> str:
        """So many code points from a byte of the texts on; each has at most 4 bytes."""
        return str(self._text[begin : begin + 4 * length], "utf-8", "ignore")[:length]

    def mentions(self, row: int) -> Iterable[Mention]:
        """The mentions of a row; rows count from the segment's first."""
        rows = self.column("reference_row")
        first, last = np.searchsorted(rows, [row, row + 1])
        for place in range(int(first), int(last)):
            yield Mention(
                row,
                *(
                    int(self.column(f"reference_{name}")[place])
                    for name in ("start", "end", "target", "target_start", "target_end")
                ),
            )

    def speaker(self, row: int) -> Speaker | None:
        """Who says a row, where that is known; rows count from the segment's first."""
        place = int(np.searchsorted(self.column("speaker_row"), row))
        fields = [self.column(f"speaker_{name}") for name in ("row", "target", "start", "end")]
        if place == len(fields[0]) or int(fields[0][place]) != row:
            return None
        return Speaker(*(int(field[place]) for field in fields))

    def row_of_quote(self, number: int) -> int | None:
        """The row of a quote number, or None."""
        order, numbers = self.column("quote_order"), self.column("quote_number")
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            if int(numbers[int(order[middle])]) < number:
                low = middle + 1
            else:
                high = middle
        return int(order[low]) if low < len(order) and int(numbers[int(order[low])]) == number else None
