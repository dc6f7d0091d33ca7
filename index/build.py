"""From a corpus of documents to a committed generation: what changed is read, analysed and written.

A document whose bytes are unchanged keeps its place in an old segment and is not read again; the others go
into one new segment. When segments or dead documents pile up, all documents go into one.

Nothing here answers questions: see search.py.
"""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.catalogue import Catalogue
from index.columns import Record
from index.corpus import CorpusFile, Ids, corpus_files, read_document
from index.durable import checksum, corpus_lock, writer_lock
from index.errors import (
    DamagedError,
    DocumentError,
    EmptyCorpusError,
    StoreError,
    UsageError,
    VersionError,
)
from index.generation import Checking, Generation, Manifest, SegmentEntry, Skipped, summed_up
from index.model import Document, Paragraph
from index.search import Index
from index.segmentwriter import SegmentWriter
from index.store import Store
from index.thesaurus import Thesaurus

if TYPE_CHECKING:
    from index.stages import Stages

__all__ = [
    "Notice",
    "Now",
    "Progress",
    "Report",
    "build_sentences",
    "emptiness",
    "open_corpus",
    "open_now",
    "source_of",
    "update",
]

Progress = Callable[[int, int, int], None]
"""``progress(bytes_done, bytes_total, sentences_done)``, called after each document."""

Notice = Callable[[str], None]
"""Takes one line for the person who waits: a warning, or what is being done."""

MOST_SEGMENTS = 8
"""More make every question slower; then all documents are written into one."""

_SETTLED = 0.1
"""Seconds after which a time stamp tells of every later change: file systems count in ticks of 4 to 10 ms."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an update did; the tuples hold file names, ``skipped`` with the reason. ``seconds`` of wall
    time.
    """

    generation: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    unchanged: int
    sentences: int
    seconds: float


def open_corpus(  # noqa: PLR0913 - who listens, each for something else
    seeds: Path,
    data: Path,
    *,
    thesaurus: Path | None = None,
    progress: Progress | None = None,
    checking: Checking | None = None,
    notice: Notice | None = None,
) -> Index:
    """Bring the index of a corpus up to date where it is not, and open it. ``seeds`` is the folder of given
    documents; ``data`` may hold more, and say which of them were removed.

    ``thesaurus`` is an admin's file of groups; one with a fault is left out, with one line to ``notice``.

    A damaged index, and one of another version, is rebuilt with one line to ``notice``. Where the data
    folder cannot be written, an index that is there still serves. Raises CorpusError, StoreError, and
    EmptyCorpusError where there is nothing to answer from.
    """
    now = open_now(seeds, data, thesaurus=thesaurus, checking=checking, notice=notice)
    if now.index is not None:
        if now.current:
            return _filled(seeds, now.index)
        now.index.close()
    try:
        _updated(seeds, data, _groups(thesaurus, None), progress, notice)
    except StoreError as error:
        now = open_now(seeds, data, thesaurus=thesaurus)
        if now.index is None:
            raise
        if notice:
            notice(f"{error.place}: {error.fault}; answering from the index as it was")
        return _filled(seeds, now.index)
    return _filled(seeds, Index.open(data))


def _filled(seeds: Path, index: Index) -> Index:
    """The index, which must be able to answer something. Raises EmptyCorpusError."""
    empty = emptiness(seeds, index)
    if empty is not None:
        index.close()
        raise empty
    return index


def emptiness(seeds: Path, index: Index) -> EmptyCorpusError | None:
    """Why an index can answer nothing, and what is to be done; None where it can."""
    stats = index.stats()
    return None if stats.sentences else _nothing(seeds, stats.documents, [why for _, why in index.skipped])


def _nothing(seeds: Path, documents: int, faults: Sequence[str]) -> EmptyCorpusError:
    """No document is of use: say why of the first."""
    if faults:
        return EmptyCorpusError(seeds, f"no document can be used ({faults[0]})", "mend it or add another")
    if documents:
        return EmptyCorpusError(seeds, "no document holds a sentence", "add one that does")
    remedy = "put one there, add one (quoth add FILE), or have one back (quoth docs --removed)"
    return EmptyCorpusError(seeds, "there is no document", remedy)


@dataclass(frozen=True, slots=True)
class Now:
    """What can answer at once: ``index``, if any, and whether it is ``current``: of the documents as they
    are. ``fault`` is what is wrong with the generation that should serve; ``index`` is one before it then.
    Every byte of it is as written.
    """

    index: Index | None = None
    current: bool = False
    fault: StoreError | None = None


def open_now(
    seeds: Path,
    data: Path,
    *,
    thesaurus: Path | None = None,
    checking: Checking | None = None,
    notice: Notice | None = None,
) -> Now:
    """The index that can answer, once every byte of it was read. Nothing is written. Raises CorpusError."""
    try:
        source = source_of(seeds, data, thesaurus, notice)
    except StoreError:  # said by whoever brings the index up to date
        source = ""
    now = open_served(data, checking=checking)
    if now.index is None or now.fault:
        return now
    return replace(now, current=source == now.index.source != "")


def open_served(data: Path, known: Index | None = None, checking: Checking | None = None) -> Now:
    """The same without a look at the documents: a thousand of them take as long as a question. What is shared
    with ``known``, which answers now, is not read again.
    """
    store = Store(data)
    try:
        generation = _sound(store, known, checking)
    except DamagedError as error:
        before = store.open_before()
        return Now(Index(before) if before is not None else None, fault=error)
    except VersionError as error:
        return Now(fault=error)
    if generation is None:
        return Now()
    return Now(Index(generation))


def source_of(seeds: Path, data: Path, thesaurus: Path | None = None, notice: Notice | None = None) -> str:
    """Sums up all that an index is made of, as ``Index.source`` does; "" while that is changing.

    Raises CorpusError, StoreError.
    """
    return summed_up(_sum_of(corpus_files(seeds, data)), _groups(thesaurus, notice).version)


def update(
    seeds: Path,
    data: Path,
    *,
    thesaurus: Path | None = None,
    progress: Progress | None = None,
    notice: Notice | None = None,
) -> Report:
    """Commit a generation that holds the corpus, and an admin's groups, as they are now.

    One process writes at a time: a second waits. Raises CorpusError, StoreError, BusyError, and UsageError
    for a thesaurus with a fault. Where no document is left, by a change of ours, it holds none; where that is
    because a folder or its files cannot be read, EmptyCorpusError, and the index stays as it was.
    """
    return _updated(seeds, data, Thesaurus.load(thesaurus), progress, notice)


def _groups(path: Path | None, notice: Notice | None) -> Thesaurus:
    """The thesaurus, without an admin's groups where they have a fault: questions must be answered."""
    try:
        return Thesaurus.load(path)
    except UsageError as error:
        if notice:
            notice(str(error))
        return Thesaurus.load()


def _updated(
    seeds: Path, data: Path, thesaurus: Thesaurus, progress: Progress | None, notice: Notice | None
) -> Report:
    started = time.monotonic()
    if not data.exists() and not corpus_files(seeds, data):
        raise _nothing(seeds, 0, ())  # a folder of no use is said before anything is made
    with writer_lock(data, notice=notice):
        store = Store(data)
        old = _to_go_on_from(store, notice)
        try:
            files, ids = _named(seeds, data, old, notice)
            reading = _Reading(ids, old, progress, notice)
            report = _update(_Work(seeds, data, files, old), store, reading, thesaurus)
        finally:
            if old is not None:
                old.close()
        store.prune()
    return replace(report, seconds=time.monotonic() - started)


def _named(
    seeds: Path, data: Path, old: Generation | None, notice: Notice | None
) -> tuple[list[CorpusFile], Ids]:
    """The files as they are now, and an id recorded for each."""
    with corpus_lock(data):
        files, ids = corpus_files(seeds, data), Ids(data / "ids.json", notice)
        if old is not None:
            ids.adopt(old.ids())
        for file in files:
            ids.of(file.name)
        ids.save()
    return files, ids


def build_sentences(documents: Iterable[tuple[Document, tuple[Paragraph, ...]]], data: Path) -> None:
    """Commit a generation of documents that come already split, as for an evaluation."""
    stages, writer, store = _stages(None), SegmentWriter(), Store(data)
    for document, paragraphs in documents:
        writer.add(stages.analyse(document, paragraphs))
    related = stages.related(Thesaurus.load(), stages.languages)
    with writer_lock(data):
        number = store.next_number()
        segment = store.write_segment(number, writer, stages.surfaces())
        store.commit(Manifest(number, "", (segment,), related=related))


def _stages(old: Generation | None) -> "Stages":
    """The stages, knowing the forms that an earlier generation knows."""
    from index.stages import Stages  # noqa: PLC0415 - a tenth of a second that a warm question does not need

    return Stages(old.surface_term if old is not None else None)


def _sound(store: Store, known: Index | None = None, checking: Checking | None = None) -> Generation | None:
    """The generation that serves, checked byte by byte but for what it shares with ``known``; None where
    there is none.

    Raises DamagedError, VersionError.
    """
    generation = store.open()
    if generation is not None:
        try:
            generation.verify(known.generation if known else None, checking)
        except DamagedError:
            generation.close()
            raise
    return generation


def _to_go_on_from(store: Store, notice: Notice | None) -> Generation | None:
    """The generation that an update starts from: where the one that serves is damaged, the one before it,
    which serves meanwhile; without any, all is built anew.
    """
    try:
        return _sound(store)
    except (DamagedError, VersionError) as error:
        if notice:
            notice(str(error))
        return store.fall_back() if isinstance(error, DamagedError) else None


def _sum_of(files: Sequence[CorpusFile]) -> str:
    """Sums up names and stamps; "" while a stamp is too fresh to tell of the next change."""
    stamps = [(file.name, _lasting_stamp(file)) for file in files]
    return (
        checksum("".join(f"{name}\0{stamp}\n" for name, stamp in stamps).encode())
        if all(s for _, s in stamps)
        else ""
    )


def _lasting_stamp(file: CorpusFile) -> str:
    """The file's stamp, or "" while a change in the same tick of the clock could leave it as it is."""
    return file.stamp if abs(time.time() - file.changed) > _SETTLED else ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be done with the files of a folder, compared with a generation."""

    added: tuple[CorpusFile, ...]
    changed: tuple[CorpusFile, ...]
    unchanged: tuple[CorpusFile, ...]
    removed: tuple[str, ...]
    skipped: tuple[Skipped, ...]

    @property
    def work(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.changed or self.removed)


def _plan(files: Sequence[CorpusFile], old: Generation | None) -> _Plan:
    records = {record.file: record for _, _, record in old.live_records} if old else {}
    before = {skipped.file: skipped for skipped in old.manifest.skipped} if old else {}
    added, changed, unchanged = [], [], []
    for file in files:
        record = records.get(file.name)
        if record and _is_same(file, record):
            unchanged.append(file)
        elif record:
            changed.append(file)
        elif file.name not in before or _digest(file) != before[file.name].digest:
            added.append(file)
    names = {file.name for file in files}
    fresh = {file.name for file in [*added, *changed]}
    return _Plan(
        tuple(added),
        tuple(changed),
        tuple(unchanged),
        tuple(sorted(records.keys() - names)),
        tuple(skipped for name, skipped in before.items() if name in names - fresh),
    )


def _is_same(file: CorpusFile, record: Record) -> bool:
    """Whether the file is as it was when the record was made; one that cannot be read is not."""
    return file.stamp == record.stamp or (record.digest != "" and _digest(file) == record.digest)


def _digest(file: CorpusFile) -> str:
    """The file's digest; "" for one that cannot be read, which is said when it is analysed."""
    try:
        return file.digest()
    except DocumentError:
        return ""


@dataclass(frozen=True, slots=True)
class _Work:
    """The corpus as it is to be, and the generation to go on from."""

    seeds: Path
    data: Path
    files: Sequence[CorpusFile]
    old: Generation | None

    def lost(self, unread: Collection[str]) -> bool:
        """Whether documents are gone that nobody took out: their files cannot be read, or are not there, as
        when a disk is not mounted.
        """
        if self.old is None:
            return False
        held = {record.file for _, _, record in self.old.live_records}
        changed = {step.name for change in Catalogue.load(self.data).changes for step in change.steps}
        return bool(held & set(unread) or held - {file.name for file in self.files} - changed)


def _update(work: _Work, store: Store, reading: "_Reading", thesaurus: Thesaurus) -> Report:
    files, old = work.files, work.old
    corpus = _sum_of(files)
    plan = _plan(files, old)
    if old is not None and not plan.work and old.source == summed_up(corpus, thesaurus.version):
        return _report(old.manifest, plan, reading)
    fresh = [*plan.added, *plan.changed]
    kept = () if old is None else _kept(old, {file.name for file in plan.unchanged})
    if _crowded(kept, fresh):
        fresh, kept = sorted([*fresh, *plan.unchanged], key=lambda file: file.name), ()
    reading.read(fresh)
    names = {file.name for file in fresh}
    skipped = (*(entry for entry in plan.skipped if entry.file not in names), *reading.skipped)
    number = store.next_number()
    related = _related(old, reading.stages, thesaurus)
    segments = kept
    if not reading.sentences and (old is None or not old.sentences(kept)) and work.lost(reading.unread):
        raise _nothing(work.seeds, len(files), [entry.fault for entry in skipped])
    if reading.writer.documents:
        segments += (store.write_segment(number, reading.writer, reading.stages.surfaces()),)
    manifest = Manifest(number, corpus, segments, skipped, thesaurus=thesaurus.version, related=related)
    store.commit(manifest)
    return _report(manifest, plan, reading)


def _related(
    old: Generation | None, stages: "Stages", thesaurus: Thesaurus
) -> dict[str, dict[str, list[str]]]:
    """The relations in all languages of the corpus; those of the same thesaurus are taken over."""
    manifest = old.manifest if old is not None else None
    known = manifest.related if manifest and manifest.thesaurus == thesaurus.version else {}
    languages = stages.languages | (old.languages.keys() if old is not None else set())
    return known | stages.related(thesaurus, languages - known.keys())


def _report(manifest: Manifest, plan: _Plan, reading: "_Reading") -> Report:
    return Report(
        generation=manifest.generation,
        added=tuple(file.name for file in plan.added if file.name not in reading.unread),
        changed=tuple(file.name for file in plan.changed if file.name not in reading.unread),
        removed=plan.removed,
        skipped=tuple((entry.file, entry.fault) for entry in manifest.skipped),
        unchanged=len(plan.unchanged),
        sentences=reading.sentences,
        seconds=0.0,
    )


def _kept(old: Generation, names: set[str]) -> tuple[SegmentEntry, ...]:
    """The old segments with at least one document of the given files; their other documents are dead."""
    live: dict[int, set[int]] = {}
    for place, number, record in old.live_records:
        if record.file in names:
            live.setdefault(place, set()).add(number)
    entries = old.manifest.segments
    return tuple(
        replace(entries[place], dead=tuple(sorted(set(range(entries[place].documents)) - numbers)))
        for place, numbers in sorted(live.items())
    )


def _crowded(kept: tuple[SegmentEntry, ...], fresh: Sequence[CorpusFile]) -> bool:
    dead = sum(len(entry.dead) for entry in kept)
    live = sum(entry.documents for entry in kept) - dead
    return len(kept) + bool(fresh) > MOST_SEGMENTS or dead > live


class _Reading:
    """Reads and analyses files one after the other; a file that cannot be read is set down and costs only
    itself.
    """

    def __init__(
        self, ids: Ids, old: Generation | None, progress: Progress | None, notice: Notice | None
    ) -> None:
        self.stages = _stages(old)
        self.writer = SegmentWriter()
        self.skipped: list[Skipped] = []
        self.unread: set[str] = set()
        self.sentences = 0
        self.ids, self._progress, self._notice = ids, progress, notice

    def read(self, files: Sequence[CorpusFile]) -> None:
        """Analyse the files in order, telling the progress after each."""
        total, done = sum(file.size for file in files), 0
        for file in files:
            self.sentences += self._one(file)
            done += file.size
            if self._progress:
                self._progress(done, total, self.sentences)

    def _one(self, file: CorpusFile) -> int:
        """How many quotable sentences the file gave. Its stamp is judged before it is read: what changes it
        after that, in the same tick, must still be seen.
        """
        stamp, digest = _lasting_stamp(file), _digest(file)
        try:
            document, faults = read_document(file, self.ids.of(file.name))
        except DocumentError as error:
            self._skip(file, digest, error)
            self.unread.add(file.name)
            return 0
        for fault in faults:
            self._skip(file, digest, fault)
        analysed = self.stages.analyse(document, digest=digest, stamp=stamp)
        self.writer.add(analysed)
        return sum(row.kind.quotable for row in analysed.rows)

    def _skip(self, file: CorpusFile, digest: str, error: DocumentError) -> None:
        self.skipped.append(Skipped(file.name, digest, str(error)))
        if self._notice:
            self._notice(str(error))
