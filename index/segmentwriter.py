"""Writes one segment: analysed documents in, the files that columns.py describes out.

It keeps what it is given in memory until ``write``; when to write, and what becomes of the folder, is
store.py's business.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.columns import KINDS, Analysed, Record, Row
from index.durable import created
from index.model import Mention, Speaker
from index.postings import Column, PostingsBuilder, StringTable, smallest
from index.quoteid import quote_number
from index.spelling import spelling_columns

__all__ = ["SegmentWriter"]


@dataclass(slots=True)
class SegmentWriter:
    """Collects analysed documents, then writes them as one segment."""

    documents: list[Record] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    _texts: list[bytes] = field(default_factory=list)
    _bytes: list[int] = field(default_factory=list)
    _quotes: list[int] = field(default_factory=list)
    _first_rows: list[int] = field(default_factory=lambda: [0])
    _mentions: list[Mention] = field(default_factory=list)
    _speakers: list[Speaker] = field(default_factory=list)
    _titles: list[frozenset[str]] = field(default_factory=list)
    _topics: list[frozenset[str]] = field(default_factory=list)

    def add(self, analysed: Analysed) -> None:
        """Take the next document; its rows must be in order and not overlap."""
        base = len(self.rows)
        text, seen, position, byte = analysed.text, Counter[str](), 0, 0
        for row in analysed.rows:
            byte += len(text[position : row.start].encode())
            position = row.start
            quote = text[row.start : row.end]
            self._bytes.append(byte)
            self._quotes.append(quote_number(analysed.record.id, quote, seen[quote]))
            seen[quote] += 1
        self.documents.append(analysed.record)
        self._texts.append(text.encode())
        self._titles.append(analysed.title_terms)
        self._topics.append(analysed.topic_terms)
        self.rows.extend(analysed.rows)
        self._first_rows.append(len(self.rows))
        self._mentions.extend(replace(m, row=m.row + base, target=m.target + base) for m in analysed.mentions)
        self._speakers.extend(replace(s, row=s.row + base, target=s.target + base) for s in analysed.speakers)

    def write(self, folder: Path, surfaces: Mapping[str, dict[str, str]]) -> None:
        """Write the files into an existing empty folder.

        ``surfaces``: language -> form -> term of every form met, for questions to be read alike.
        """
        records = [record.to_json().encode() + b"\n" for record in self.documents]
        for name, parts in (("text.utf8", self._texts), ("records.jsonl", records)):
            with created(folder / name) as file:
                file.writelines(parts)
        columns = {
            "document_text": np.cumsum([0, *map(len, self._texts)]),
            "document_record": np.cumsum([0, *map(len, records)]),
            "document_row": self._first_rows,
            "paragraph_row": self._paragraph_rows(),
            **self._sentence_columns(),
            **self._mention_columns(),
            **self._speaker_columns(),
        }
        for name, values in columns.items():
            _save(folder, name, smallest(values))
        for name, array in {**self._id_columns(), **self._term_columns(surfaces)}.items():
            _save(folder, name, array)

    def _paragraph_rows(self) -> list[int]:
        first = set(self._first_rows)
        changes = (
            row
            for row in range(1, len(self.rows))
            if row in first or self.rows[row].paragraph != self.rows[row - 1].paragraph
        )
        return [0, *changes, len(self.rows)]

    def _id_columns(self) -> dict[str, Column]:
        numbers = {record.id: number for number, record in enumerate(self.documents)}
        table = StringTable.of(numbers)
        return {
            "id_blob": table.blob,
            "id_offsets": table.offsets,
            "id_document": smallest([numbers[document_id] for document_id in table]),
        }

    def _sentence_columns(self) -> dict[str, list[int] | NDArray[np.int64]]:
        return {
            "sentence_start": [row.start for row in self.rows],
            "sentence_length": [row.end - row.start for row in self.rows],
            "sentence_byte": self._bytes,
            "sentence_paragraph": [row.paragraph for row in self.rows],
            "sentence_ordinal": [row.ordinal for row in self.rows],
            "sentence_kind": [KINDS.index(row.kind) for row in self.rows],
            "quote_number": self._quotes,
            "quote_order": np.argsort(np.asarray(self._quotes, dtype=np.uint64), kind="stable"),
        }

    def _mention_columns(self) -> dict[str, list[int]]:
        ordered = sorted(self._mentions, key=lambda mention: (mention.row, mention.start))
        fields = ("row", "start", "end", "target", "target_start", "target_end")
        return {f"reference_{name}": [getattr(mention, name) for mention in ordered] for name in fields}

    def _speaker_columns(self) -> dict[str, list[int]]:
        fields = ("row", "target", "start", "end")
        return {f"speaker_{name}": [getattr(speaker, name) for speaker in self._speakers] for name in fields}

    def _term_columns(self, surfaces: Mapping[str, dict[str, str]]) -> dict[str, Column]:
        forms = {
            f"{code}\t{form}": term
            for code, table in surfaces.items()
            for form, term in table.items()
            if term
        }
        vocabulary = StringTable.of(
            {term for row in self.rows for term in row.terms}.union(
                *(row.names for row in self.rows), *self._titles, *self._topics, forms.values()
            )
        )
        numbers = {term: number for number, term in enumerate(vocabulary)}
        fields = {
            "own": [[numbers[term] for term in row.terms] for row in self.rows],
            "name": [sorted(numbers[term] for term in row.names) for row in self.rows],
            "title": [sorted(numbers[term] for term in terms) for terms in self._titles],
            "topic": [sorted(numbers[term] for term in terms) for terms in self._topics],
        }
        builders = {name: PostingsBuilder(values) for name, values in fields.items()}
        postings = {name: builder.postings(len(numbers)) for name, builder in builders.items()}
        forward_offsets, forward_terms = builders["own"].forward()
        surface_table = StringTable.of(forms)
        return {
            "term_blob": vocabulary.blob,
            "term_offsets": vocabulary.offsets,
            **{f"{name}_offsets": each.offsets for name, each in postings.items()},
            "own_rows": postings["own"].sentences,
            "own_tf": postings["own"].tf,
            "name_rows": postings["name"].sentences,
            "name_tf": postings["name"].tf,
            "title_documents": postings["title"].sentences,
            "topic_documents": postings["topic"].sentences,
            "forward_offsets": forward_offsets,
            "forward_terms": forward_terms,
            "forward_words": np.asarray([word for row in self.rows for word in row.words], dtype=np.uint16),
            "surface_blob": surface_table.blob,
            "surface_offsets": surface_table.offsets,
            "surface_term": smallest([numbers[forms[form]] for form in surface_table]),
            **spelling_columns(surface_table),
        }


def _save(folder: Path, name: str, array: Column) -> None:
    with created(folder / f"{name}.npy") as file:
        np.save(file, array, allow_pickle=False)
