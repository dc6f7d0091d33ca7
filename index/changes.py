"""How the corpus changes: documents are added, replaced, removed, had back, and the last change is undone.

Each change is whole or not at all, durable before it returns, and kept in a log with who made it and when.
Originals are written first, then the ids, then the catalogue, whose rename is the commit. Given documents are
never written: removing one is said in the catalogue.

The index follows with the next ``build.update``: nothing here builds.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from index.catalogue import KEPT_DAYS, Catalogue, Change, Standing, Step, Upload, original
from index.columns import words_of
from index.corpus import CorpusFile, Ids, merged, read_upload, scan, upload_file
from index.durable import checksum, corpus_lock, created, make_folder, publish_folder, remove, translated
from index.errors import CorpusError, DamagedError, DocumentError, StoreError, VersionError
from index.generation import Generation
from index.model import Metadata
from index.readers import read_bytes
from index.sent import Incoming, Sent, sent_in
from index.store import Store

__all__ = ["Add", "Corpus", "Incoming", "Listed", "Remove", "Restore", "Undo"]


@dataclass(frozen=True, slots=True)
class Add:
    """Take files in, each as a new document or as the new version of the one of its name."""

    files: tuple[Incoming, ...]


@dataclass(frozen=True, slots=True)
class Remove:
    """Take documents out; they can be had back for ``KEPT_DAYS`` days, given ones at any time."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restore:
    """Have removed documents back."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undo:
    """Take the last change back; undone twice, it is made again. With ``number``, only if that one is the
    last.
    """

    number: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as a list shows it. ``origin`` is ``given`` or ``uploaded``.

    ``metadata`` is what was said of an upload beside its file. ``at`` is when it was sent, or when a given
    file last changed, or in the trash when it was removed, in seconds since 1970; ``by`` who did that.
    """

    id: str
    name: str
    origin: str
    size: int
    at: float
    by: int | None
    metadata: Metadata


class Corpus:
    """The documents of a folder and of a data folder. Several processes may use one at the same time."""

    def __init__(self, seeds: Path, data: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._seeds, self._data, self._clock = seeds, data, clock

    def documents(self) -> list[Listed]:
        """All that are to be found, sorted by name. Raises StoreError, and CorpusError without a folder."""
        with closing(_State(self._seeds, self._data)) as state:
            return state.documents()

    def trash(self) -> list[Listed]:
        """What was removed and can be had back, sorted by name."""
        with closing(_State(self._seeds, self._data)) as state:
            return state.trash()

    def log(self) -> tuple[Change, ...]:
        """All changes, the oldest first."""
        return Catalogue.load(self._data).changes

    def apply(
        self, wish: Add | Remove | Restore | Undo, *, by: int | None = None, request: str = ""
    ) -> Change:
        """Make a change for a person's number, or None for the command line; it is durable on return. What
        was made on the same ``request`` is returned and not made again.

        Raises DocumentError where the only file cannot be taken, CorpusError where the wish cannot be met,
        BusyError, and StoreError where the disk does not take it; then nothing has changed. Nor has it where
        none of several files can be taken: each is then among ``refused`` of a change without steps.
        """
        with corpus_lock(self._data):
            self._prune()
            with closing(_State(self._seeds, self._data)) as state:
                made = state.catalogue.made_on(request)
                return made or self._applied(wish, state, by, request)

    def _applied(
        self, wish: Add | Remove | Restore | Undo, state: "_State", by: int | None, request: str
    ) -> Change:
        try:
            change = _Making(state, self._clock(), by).made(wish)
        except BaseException:
            with suppress(StoreError):  # what is wrong is being told; the next change clears up
                self._sweep(state.catalogue)
            raise
        if not change.steps or all(step.outcome == "unchanged" for step in change.steps):
            return change
        change = replace(change, number=len(state.catalogue.changes) + 1, request=request)
        state.ids.save()
        replace(state.catalogue, uploads=state.uploads).after(change).save(self._data)
        return change

    def prune(self) -> None:
        """Give up what has been in the trash for ``KEPT_DAYS`` days, and what killed processes left."""
        if not (self._data / "corpus.json").exists():
            return
        with corpus_lock(self._data):
            self._prune()

    def verify(self) -> Iterator[DocumentError]:
        """Each upload whose file is not what was sent in. Raises StoreError for a damaged catalogue."""
        for name, standing in sorted(Catalogue.load(self._data).standings.items()):
            if standing.serving:
                try:
                    upload_file(self._data, name, standing.serving).digest()
                except DocumentError as error:
                    yield error

    def _prune(self) -> None:
        catalogue, now = Catalogue.load(self._data), self._clock()
        old = {name for name, standing in catalogue.standings.items() if _is_over(standing, now)}
        if old:
            catalogue = self._without(catalogue, old)
            catalogue.save(self._data)
        self._sweep(catalogue)

    def _sweep(self, catalogue: Catalogue) -> None:
        """Remove originals that the catalogue on the disk, which this is, does not need."""
        folder, needed = self._data / "uploads", catalogue.needed(self._clock())
        with translated(folder):
            for path in folder.iterdir() if folder.is_dir() else ():
                if not (path.name.isdigit() and int(path.name) in needed):
                    remove(path)

    def _without(self, catalogue: Catalogue, names: set[str]) -> Catalogue:
        """The catalogue without these names' uploads; a given document of such a name stays hidden."""
        given = {file.name for file in scan(self._seeds)}
        kept = {
            name: replace(standing, upload=None) if name in names else standing
            for name, standing in catalogue.standings.items()
            if name in given or name not in names
        }
        return replace(catalogue, standings=kept)


def _is_over(standing: Standing, now: float) -> bool:
    """Whether its time in the trash is."""
    removed = standing.removed_at
    return standing.upload is not None and removed is not None and now - removed >= KEPT_DAYS * 86_400


class _State:
    """The corpus as it is at a moment: what is said of names, the given files, and the ids."""

    def __init__(self, seeds: Path, data: Path) -> None:
        self.data = data
        self.catalogue = Catalogue.load(data)
        self.given = {file.name: file for file in scan(seeds)}
        self.uploads = self.catalogue.uploads
        self.ids = Ids(data / "ids.json")
        if self.ids.lost and self._indexed:
            self.ids.adopt(self._indexed.ids())
        self.ids.adopt({step.name: step.id for change in self.catalogue.changes for step in change.steps})
        for name in sorted(self.given):
            self.ids.of(name)

    @cached_property
    def _indexed(self) -> Generation | None:
        """The index, where one can be read; it stays open until ``close``."""
        try:
            return Store(self.data).open()
        except (DamagedError, VersionError):
            return None

    def close(self) -> None:
        """Let go of the index, where it was looked at."""
        indexed = self.__dict__.get("_indexed")
        if indexed is not None:
            indexed.close()

    def standing(self, name: str) -> Standing | None:
        """What is said of a name."""
        return self.catalogue.standings.get(name)

    def documents(self) -> list[Listed]:
        """All that are to be found, sorted by name."""
        return sorted([*self._given(), *self._uploaded()], key=lambda each: each.name)

    def _given(self) -> Iterator[Listed]:
        for name, file in self.given.items():
            if self.standing(name) is None:
                yield _listed_given(self.ids.of(name), file)

    def _uploaded(self) -> Iterator[Listed]:
        for name, standing in self.catalogue.standings.items():
            if standing.serving:
                upload = standing.serving
                yield _listed(self.ids.of(name), name, upload, upload.at, upload.by)

    def trash(self) -> list[Listed]:
        """What was removed and can be had back, sorted by name."""
        found = []
        for name, standing in sorted(self.catalogue.standings.items()):
            at, by = standing.removed_at, standing.removed_by
            if at is not None and standing.upload:
                found.append(_listed(self.ids.of(name), name, standing.upload, at, by))
            elif at is not None and name in self.given:
                listed = _listed_given(self.ids.of(name), self.given[name])
                found.append(replace(listed, at=at, by=by))
        return found

    def same_text(self, name: str, words: str) -> tuple[str, ...]:
        """The ids of other documents with these words: of uploads, and of what the index holds."""
        here = {each.name for each in self.documents()} - {name}
        names = {
            other
            for other, standing in self.catalogue.standings.items()
            if standing.serving and standing.serving.words == words
        }
        names.update(self._indexed.files_of_words(words) if self._indexed else ())
        return tuple(sorted(self.ids.of(other) for other in names & here))


def _listed_given(document_id: str, file: CorpusFile) -> Listed:
    return Listed(document_id, file.name, "given", file.size, file.changed, None, Metadata())


def _listed(document_id: str, name: str, upload: Upload, at: float, by: int | None) -> Listed:
    return Listed(document_id, name, "uploaded", upload.size, at, by, upload.metadata)


class _Making:
    """Makes one change: it writes originals, which count for nothing until the catalogue names them."""

    def __init__(self, state: _State, now: float, by: int | None) -> None:
        self._state, self._now, self._by = state, now, by
        self._words: dict[str, list[str]] = defaultdict(list)

    def made(self, wish: Add | Remove | Restore | Undo) -> Change:
        match wish:
            case Add(files):
                return self._add(files)
            case Remove(ids):
                return self._change("remove", [self._removal(each) for each in dict.fromkeys(ids)])
            case Restore(ids):
                return self._change("restore", [self._return(each) for each in dict.fromkeys(ids)])
            case Undo(number):
                return self._undo(number)

    def _change(self, kind: str, steps: Iterable[Step]) -> Change:
        return Change(0, kind, self._now, self._by, tuple(steps))

    def _add(self, files: tuple[Incoming, ...]) -> Change:
        steps: list[Step] = []
        refused: list[DocumentError] = []
        for sent in sent_in(files):
            if isinstance(sent, DocumentError):
                refused.append(sent)
                continue
            try:
                steps.append(self._addition(sent))
            except DocumentError as error:
                refused.append(error)
        if len(refused) == 1 and not steps:
            raise refused[0]
        told = tuple((error.place, f"{error.fault}; {error.remedy}") for error in refused)
        return replace(self._change("add", steps), refused=told)

    def _addition(self, sent: Sent) -> Step:
        name, content = sent.name, sent.content
        before = self._state.standing(name)
        earlier = before.serving if before else None
        digest = checksum(content)
        metadata = merged(sent.metadata, earlier.metadata if earlier else Metadata())
        known = self._known(name, earlier)
        if known == (digest, metadata):
            return Step(self._state.ids.of(name), name, "unchanged", before, before)
        faults: tuple[str, ...] = ()
        if earlier and earlier.digest == digest:
            upload = replace(earlier, metadata=metadata, at=self._now, by=self._by)
        else:
            number, words, faults = self._stored(sent)
            ending = Path(name).suffix.lower()
            upload = Upload(number, ending, digest, words, len(content), self._now, self._by, metadata)
        document_id = self._state.ids.of(name)
        twins = (*self._state.same_text(name, upload.words), *self._words[upload.words])
        self._words[upload.words].append(document_id)
        outcome = "new version" if known else "added"
        return Step(document_id, name, outcome, before, Standing(upload), twins, faults)

    def _known(self, name: str, earlier: Upload | None) -> tuple[str, Metadata] | None:
        """Digest and metadata of the document that has the name now."""
        if earlier:
            return earlier.digest, earlier.metadata
        given = self._state.given.get(name)
        if given is None or self._state.standing(name) is not None:
            return None
        try:
            return checksum(read_bytes(given.path)), Metadata()
        except DocumentError:  # whatever it was, it is no longer
            return "", Metadata()

    def _stored(self, sent: Sent) -> tuple[int, str, tuple[str, ...]]:
        """Write an original and read it: its number, the checksum of its words, and what was left out."""
        self._state.uploads += 1
        number, ending = self._state.uploads, Path(sent.name).suffix.lower()
        working = self._state.data / "uploads" / f".{number:06d}.new"
        final = original(self._state.data, Upload(number, ending, "", "", 0, 0, None)).parent
        try:
            with translated(working):
                for folder in (working, final):
                    remove(folder)  # what a killed process left
                make_folder(working)
                path = working / f"original{ending}"
                with created(path) as file:
                    file.write(sent.content)
                if sent.source is None:
                    source, faults = read_upload(path, sent.name)
                else:
                    source, faults = sent.source, list(sent.source.faults)
                publish_folder(working, final)
        except BaseException:
            self._state.uploads -= 1
            _clear(working)
            raise
        return number, words_of(source.text[source.body :]), tuple(map(str, faults))

    def _removal(self, document_id: str) -> Step:
        listed = _sought(self._state.documents(), document_id, "no document has this id", "see quoth docs")
        before = self._state.standing(listed.name)
        upload = before.upload if before else None
        return Step(listed.id, listed.name, "removed", before, Standing(upload, self._now, self._by))

    def _return(self, document_id: str) -> Step:
        remedy = "see quoth docs --removed, or send it again"
        listed = _sought(self._state.trash(), document_id, "nothing of this id was removed", remedy)
        before = self._state.standing(listed.name)
        after = Standing(before.upload) if before and before.upload else None
        return Step(listed.id, listed.name, "restored", before, after)

    def _undo(self, number: int | None) -> Change:
        last = next(reversed(self._state.catalogue.changes), None)
        if last is None:
            raise CorpusError("undo", "no change has been made yet", "add or remove documents first")
        if number is not None and last.number != number:
            raise CorpusError("undo", "this is no longer the last change", "take back the last one instead")
        if last not in self._state.catalogue.recent(self._now):
            fault = f"the last change is more than {KEPT_DAYS} days old"
            raise CorpusError("undo", fault, "add or remove documents instead")
        steps = (
            replace(step, outcome="taken back", before=step.after, after=step.before, same_text=(), faults=())
            for step in last.steps
            if step.before != step.after
        )
        return replace(self._change("undo", steps), undone=last.number)


def _sought(listed: list[Listed], document_id: str, fault: str, remedy: str) -> Listed:
    for each in listed:
        if each.id == document_id:
            return each
    raise CorpusError(document_id, fault, remedy)


def _clear(working: Path) -> None:
    """Take away what was written of a file that is not taken."""
    try:
        remove(working)
    except StoreError:  # the disk is at fault, which is being told; the next change clears up
        return
