"""A generation: a manifest and the segments it lists, opened as one corpus with the dead documents left out.

N, df and lengths are summed over live sentences when a generation opens, so that what is stored of a
document depends on nothing else. A number is a row of the whole: rows of the first segment, then of the
second, and so on.

Where generations lie on disk, and how one comes to serve, is store.py's business.
"""

import hashlib
import os
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from index.analyze import analyzer_version
from index.columns import Record, Segment, Surroundings
from index.durable import read_sealed
from index.errors import DamagedError, VersionError
from index.words import Texts

__all__ = [
    "FORMAT_VERSION",
    "Checking",
    "Generation",
    "Manifest",
    "SegmentEntry",
    "Skipped",
    "file_checksum",
    "summed_up",
]

FORMAT_VERSION = 4
"""Raised by every change to what is stored: indexes of another format are rebuilt."""

Checking = Callable[[int, int], None]
"""``checking(bytes_done, bytes_total)``, called while files are verified, in any thread, one at a time."""

ALONE = 32_000_000
"""Bytes that one thread verifies before others would have begun."""

THREADS = min(4, os.cpu_count() or 1)
"""That verify what is larger: hashing lets go of the interpreter's lock. More only wait for the disk."""

_CHUNK = 1 << 18

_TERMS = 16_384
"""Terms whose numbers are kept at hand."""

_REBUILT = "the index is rebuilt from the documents"


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment in a manifest.

    ``languages``: code -> documents in it. ``files``: name -> (bytes, checksum). ``dead``: the numbers of
    documents that no longer count, since they were removed or have a newer version in a later segment.
    """

    name: str
    rows: int
    sentences: int
    tokens: int
    languages: dict[str, int]
    files: dict[str, tuple[int, str]]
    dead: tuple[int, ...] = ()

    def verify(self, folder: Path) -> None:
        """Check every byte of the segment's folder. Raises DamagedError naming the file."""
        for name, (_, expected) in self.files.items():
            _verify_file(folder / name, expected)

    def verify_sizes(self, folder: Path) -> None:
        """Check that every file is there with all its bytes. Raises DamagedError naming the file."""
        for name, (size, _) in self.files.items():
            try:
                found = (folder / name).stat().st_size
            except OSError as error:
                raise DamagedError(folder / name, "is missing", _REBUILT) from error
            if found != size:
                raise DamagedError(folder / name, f"has {found} bytes instead of {size}", _REBUILT)

    @property
    def documents(self) -> int:
        """How many documents it holds, dead ones too."""
        return sum(self.languages.values())


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be read, or only in part (a broken sidecar), with its digest then."""

    file: str
    digest: str
    fault: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation consists of. ``corpus`` sums up the files' names and stamps when it was built.

    ``related``: language -> term -> its relations in the thesaurus of version ``thesaurus``.
    """

    generation: int
    corpus: str
    segments: tuple[SegmentEntry, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    format: int = FORMAT_VERSION
    analyzer: str = field(default_factory=analyzer_version)
    thesaurus: str = ""
    related: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> "Manifest":
        """Read a manifest. DamagedError when it is not whole; VersionError when it is of another version."""
        fields = read_sealed(path)
        if (fields.get("format"), fields.get("analyzer")) != (FORMAT_VERSION, analyzer_version()):
            raise VersionError(path, "was written by another version of Quoth", _REBUILT)
        segments = tuple(_entry(entry) for entry in fields.pop("segments"))
        skipped = tuple(Skipped(**entry) for entry in fields.pop("skipped"))
        return cls(segments=segments, skipped=skipped, **fields)

    def stored(self) -> dict[str, Any]:
        """What ``load`` reads. The relations are taken as they are: to copy them takes most of a commit."""
        plain = asdict(replace(self, related={}))
        return {**plain, "related": self.related}


def _entry(fields: dict[str, Any]) -> SegmentEntry:
    files = {name: (size, checksum) for name, (size, checksum) in fields.pop("files").items()}
    return SegmentEntry(files=files, dead=tuple(fields.pop("dead")), **fields)


def summed_up(corpus: str, thesaurus: str) -> str:
    """What an index is made of; "" where the documents were changing meanwhile."""
    return f"{corpus} {thesaurus}" if corpus else ""


def file_checksum(path: Path, read: Callable[[int], None] | None = None) -> str:
    """blake2b of 16 bytes over a file's content, in hexadecimal; ``read`` is told of bytes as they come."""
    digest, chunk = hashlib.blake2b(digest_size=16), memoryview(bytearray(_CHUNK))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(chunk):
            digest.update(chunk[:count])
            if read:
                read(count)
    return digest.hexdigest()


def _verify_file(path: Path, expected: str, read: Callable[[int], None] | None = None) -> None:
    try:
        found = file_checksum(path, read)
    except OSError as error:
        raise DamagedError(path, "is missing", _REBUILT) from error
    if found != expected:
        raise DamagedError(path, "does not match its checksum", _REBUILT)


def _verify_files(files: list[tuple[Path, int, str]], threads: int, checking: Checking | None) -> None:
    """Verify ``(path, bytes, checksum)``; the largest come first, so that the threads end together."""
    total, done, lock = sum(size for _, size, _ in files), 0, threading.Lock()

    def read(count: int) -> None:
        nonlocal done
        with lock:
            done += count
            if checking:
                checking(min(done, total), total)

    if total <= ALONE or threads == 1:
        for path, _, expected in files:
            _verify_file(path, expected, read)
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - 5 ms that a small index does not need

    pool = ThreadPoolExecutor(threads)
    try:
        for verified in [pool.submit(_verify_file, path, expected, read) for path, _, expected in files]:
            verified.result()
    finally:
        pool.shutdown(cancel_futures=True)


_COUNTS = ("documents", "tokens", "title_terms")
"""Of ``Surroundings``, what is no row."""


class Generation:
    """An open generation. Close it when done; ``held`` is the open manifest whose lock keeps it from being
    pruned.
    """

    def __init__(self, manifest: Manifest, segments: list[Segment], held: IO[bytes]) -> None:
        self.manifest = manifest
        self.segments = segments
        self._held = held
        self.bases = np.cumsum([0, *(entry.rows for entry in manifest.segments)])
        self._bases: list[int] = self.bases.tolist()
        self._dead_documents = [frozenset(entry.dead) for entry in manifest.segments]
        self._dead = [_Dead.of(segment, entry.dead) for segment, entry in self._pairs()]
        lengths = [np.where(segment.quotable, segment.lengths, 0) for segment in segments]
        for part, dead in zip(lengths, self._dead, strict=True):
            part[dead.rows] = 0
        self.lengths: NDArray[np.uint32] = np.concatenate([np.empty(0, int), *lengths]).astype(np.uint32)
        self.findable = self._findable()
        self.opens = np.zeros(len(self.lengths) + 1, dtype=bool)
        for base, segment in zip(self.bases, segments, strict=False):
            self.opens[segment.column("document_row").astype(np.int64) + base] = True
        self.live = sum(e.sentences for e in manifest.segments) - sum(dead.sentences for dead in self._dead)
        self.tokens = int(self.lengths.sum(dtype=np.int64))
        self._term_numbers = lru_cache(_TERMS)(self._look_up)

    def _findable(self) -> NDArray[np.bool_]:
        """Which rows can be quoted and belong to a document that counts."""
        parts = [segment.quotable.copy() for segment in self.segments]
        for part, dead in zip(parts, self._dead, strict=True):
            part[dead.rows] = False
        return np.concatenate([np.empty(0, dtype=bool), *parts])

    def _pairs(self) -> Iterator[tuple[Segment, SegmentEntry]]:
        return zip(self.segments, self.manifest.segments, strict=True)

    def _look_up(self, term: str) -> tuple[int | None, ...]:
        """The term's number in each segment."""
        return tuple(segment.terms.find(term) for segment in self.segments)

    @property
    def source(self) -> str:
        """Sums up what it was made of, see ``summed_up``."""
        return summed_up(self.manifest.corpus, self.manifest.thesaurus)

    def close(self) -> None:
        """Let the generation be pruned."""
        self._held.close()

    def verify(self, known: "Generation | None" = None, checking: Checking | None = None) -> None:
        """Check every stored byte, but of segments that ``known`` has open too, which was verified before.

        While that one answers, one thread reads. Raises DamagedError naming the file.
        """
        verified = {segment.stamp for segment in known.segments} if known else set()
        files = [
            (segment.folder / name, size, expected)
            for segment, entry in self._pairs()
            if segment.stamp not in verified
            for name, (size, expected) in entry.files.items()
        ]
        _verify_files(sorted(files, key=lambda file: -file[1]), 1 if known else THREADS, checking)

    @property
    def languages(self) -> dict[str, int]:
        """Live documents of each language, the commonest first."""
        counts: Counter[str] = Counter()
        for segment, entry in self._pairs():
            counts.update(entry.languages)
            counts.subtract(segment.record(number).language for number in entry.dead)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return {language: count for language, count in ordered if count}

    def quote_numbers(self, numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
        """The 60-bit quote id of each of the numbers."""
        out = np.empty(len(numbers), dtype=np.uint64)
        for place, chosen in self._parts(numbers):
            out[chosen] = self.segments[place].column("quote_number")[numbers[chosen] - self._bases[place]]
        return out

    def _parts(self, numbers: NDArray[np.int64]) -> Iterator[tuple[int, Any]]:
        """Each segment that holds some of the numbers, with an index that takes these."""
        if len(self.segments) == 1:
            yield 0, slice(None)
            return
        places = np.searchsorted(self.bases, numbers, side="right") - 1
        for place in np.unique(places).tolist():
            yield place, np.flatnonzero(places == place)

    @property
    def size(self) -> int:
        """Bytes of the segments on disk."""
        return sum(size for entry in self.manifest.segments for size, _ in entry.files.values())

    def place(self, number: int) -> tuple[int, int]:
        """``(segment, row)`` of a number."""
        segment = bisect_right(self._bases, number) - 1
        return segment, number - self._bases[segment]

    def places(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """``(segments, rows)`` of numbers."""
        segments = np.searchsorted(self.bases, numbers, side="right") - 1
        return segments, numbers - self.bases[segments]

    def sentences(self, entries: Iterable[SegmentEntry]) -> int:
        """How many quotable sentences these entries hold alive; each is of a segment that is open here."""
        places = {entry.name: place for place, entry in enumerate(self.manifest.segments)}
        return sum(
            entry.sentences - _Dead.of(self.segments[places[entry.name]], entry.dead).sentences
            for entry in entries
        )

    def is_live(self, segment: int, document: int) -> bool:
        """Whether the document still counts."""
        return document not in self._dead_documents[segment]

    @cached_property
    def live_records(self) -> tuple[tuple[int, int, Record], ...]:
        """``(segment, document, record)`` of every live document. They stay in memory: it is for builds."""
        return tuple(
            (place, number, record)
            for place, part in enumerate(self.segments)
            for number, record in enumerate(part.all_records())
            if self.is_live(place, number)
        )

    def ids(self) -> dict[str, str]:
        """File -> id of every live document."""
        return {record.file: record.id for _, _, record in self.live_records}

    def files_of_words(self, words: str) -> list[str]:
        """The files of the live documents with these words, see ``columns.words_of``."""
        return [
            segment.record(number).file
            for place, segment in enumerate(self.segments)
            for number in segment.documents_of_words(words)
            if self.is_live(place, number)
        ]

    def surface_term(self, language: str, form: str) -> str | None:
        """The term of a form that some segment has seen in a language, or None."""
        found = (segment.surface_term(language, form) for segment in self.segments)
        return next((term for term in found if term is not None), None)

    def near(self, form: str, language: str) -> set[str]:
        """The language's forms spelt nearly like a folded one; dead documents' may be among them."""
        return set().union(*(segment.spellings.near(form, language) for segment in self.segments))

    def related(self, language: str) -> dict[str, list[str]]:
        """term -> its thesaurus relations in a language of the corpus."""
        return self.manifest.related.get(language, {})

    def surroundings(self, numbers: NDArray[np.int64]) -> Surroundings:
        """Where each of the numbers stands, rows as numbers of the whole; ``documents`` count in their
        segment.
        """
        if len(self.segments) == 1:
            return self.segments[0].surroundings(numbers)
        out = [np.empty(len(numbers), dtype=np.int64) for _ in fields(Surroundings)]
        for place, chosen in self._parts(numbers):
            base = self._bases[place]
            found = self.segments[place].surroundings(numbers[chosen] - base)
            for column, name in zip(out, (each.name for each in fields(Surroundings)), strict=True):
                values = getattr(found, name)
                moved = values if name in _COUNTS else np.where(values < 0, -1, values + base)
                column[chosen] = moved
        return Surroundings(*out)

    def holds(self, term: str) -> bool:
        """Whether a segment has the term at all, be it in a dead document."""
        return any(number is not None for number in self._term_numbers(term))

    def df(self, term: str) -> int:
        """In how many live sentences the term stands."""
        found = zip(self.segments, self._dead, self._term_numbers(term), strict=True)
        return sum(segment.own.df(n) - dead.df[n] for segment, dead, n in found if n is not None)

    def postings(self, term: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """``(numbers, tf)`` of the live sentences that hold the term themselves, ascending."""
        return self._field(term, "own")

    def name_postings(self, term: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """``(numbers, tf)`` of the live sentences with a pronoun whose name holds the term, ascending."""
        return self._field(term, "names")

    def _field(self, term: str, field_name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        numbers, frequencies = [], []
        places = zip(self._bases, self.segments, self._dead, self._term_numbers(term), strict=False)
        for base, segment, dead, number in places:
            if number is not None:
                rows, tf = getattr(segment, field_name).of(number)
                if len(dead.rows) and len(rows):
                    alive = ~np.isin(rows, dead.rows)
                    rows, tf = rows[alive], tf[alive]
                numbers.append(rows + base)
                frequencies.append(tf)
        return _joined(numbers, np.int64), _joined(frequencies, np.float64)

    def titled(self, term: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """``(first, last)``: the rows, last not included, of each document whose title holds the term."""
        return self._documents_with(term, "titles")

    def about(self, term: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Likewise of each document without a title whose beginning holds the term."""
        return self._documents_with(term, "topics")

    def _documents_with(self, term: str, field_name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        first, last = [], []
        places = zip(self._bases, self.segments, self._term_numbers(term), strict=False)
        for base, segment, number in places:
            if number is not None:
                documents, _ = getattr(segment, field_name).of(number)
                if not len(documents):
                    continue
                rows = segment.column("document_row")
                begin, end = (rows[each].astype(np.int64) + base for each in (documents, documents + 1))
                first.append(begin[begin < end])  # a document without rows begins where the next one does
                last.append(end[begin < end])
        return _joined(first, np.int64), _joined(last, np.int64)

    def texts(self, numbers: NDArray[np.int64], documents: NDArray[np.int64]) -> tuple[str, ...]:
        """The text of each number, of that document in its segment."""
        texts = np.empty(len(numbers), dtype=object)
        for place, chosen in self._parts(numbers):
            texts[chosen] = self.segments[place].texts(
                numbers[chosen] - self._bases[place], documents[chosen]
            )
        return tuple(texts)

    def words_of(self, first: NDArray[np.int64], last: NDArray[np.int64]) -> Texts:
        """The tokens' numbers in the word table of rows ``first[i]`` up to, not including, ``last[i]``."""
        if len(self.segments) == 1:
            return self.segments[0].words_of(first, last)
        parts, order = [], []
        for place, chosen in self._parts(first):
            base = self._bases[place]
            parts.append(self.segments[place].words_of(first[chosen] - base, last[chosen] - base))
            order.append(chosen)
        return Texts.joined(parts).taken(np.argsort(_joined(order, np.int64)))

    def terms(self) -> Iterator[str]:
        """Every term that a live sentence holds."""
        every = {term for segment in self.segments for term in segment.terms}
        return (term for term in sorted(every) if self.df(term))


def _joined(parts: list[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    """The parts end to end; an empty array of this kind where there are none."""
    if len(parts) > 1:
        return np.concatenate(parts)
    return parts[0] if parts else np.empty(0, kind)


@dataclass(frozen=True, slots=True)
class _Dead:
    """What a segment's dead documents take away: rows, quotable sentences, and df by term number."""

    rows: NDArray[np.int64]
    sentences: int
    df: Counter[int]

    @classmethod
    def of(cls, segment: Segment, documents: tuple[int, ...]) -> "_Dead":
        rows = [row for document in documents for row in segment.document_rows(document)]
        df = Counter(int(term) for row in rows for term in set(segment.forward(row).tolist()))
        return cls(np.asarray(rows, dtype=np.int64), int(segment.quotable[rows].sum()) if rows else 0, df)
