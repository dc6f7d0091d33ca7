"""Generations on disk: written durably, committed by rename, opened by readers, pruned when nobody reads.

    index/CURRENT                  the number of the generation that serves
    index/generations/000007.json  its manifest: versions, segments, sizes and checksums of files, the dead
    index/segments/000005/         the columns of one segment, shared by the generations that list it

CURRENT and manifests are sealed with their checksum. A commit writes the new segment, then the manifest,
then CURRENT, each durable before the next begins: a kill at any point leaves the old generation or the new
one. The last three generations are kept, and any that a reader has open.

What is in a segment is columns.py's business; which documents need one is build.py's.
"""

import fcntl
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from index.columns import Segment
from index.durable import (
    make_folder,
    publish_folder,
    read_sealed,
    remove,
    rename,
    translated,
    write_sealed,
)
from index.errors import DamagedError, StoreError, VersionError
from index.generation import Generation, Manifest, SegmentEntry, file_checksum
from index.segmentwriter import SegmentWriter

__all__ = ["KEPT_GENERATIONS", "Store"]

KEPT_GENERATIONS = 3
"""Generations that stay when newer ones serve."""

_REBUILT = "the index is rebuilt from the documents"


class Store:
    """The ``index`` folder of a data folder. Writing needs the data folder's writer lock."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "index"
        self._generations = self.folder / "generations"
        self._segments = self.folder / "segments"
        self._aside = data / "index.damaged"

    def current(self) -> int | None:
        """The number of the generation that serves; None where there is none yet. Raises StoreError."""
        path = self.folder / "CURRENT"
        with translated(path):
            try:
                number: int = read_sealed(path)["generation"]
            except FileNotFoundError:
                return None
            except IsADirectoryError as error:
                raise DamagedError(path, "is a folder", _REBUILT) from error
        return number

    def committed_at(self) -> float:
        """When the generation that serves was committed, in seconds since 1970. Raises StoreError."""
        with translated(self.folder):
            return (self.folder / "CURRENT").stat().st_mtime

    def open(self) -> Generation | None:
        """The generation that serves, its files present and of the right size; None where there is none
        yet.
        """
        with translated(self.folder):
            if self.folder.exists() and not self.folder.is_dir():
                raise DamagedError(self.folder, "is not a folder", _REBUILT)
            while (number := self.current()) is not None:
                generation = self._open(number)
                if generation is not None:
                    return generation
                if self.current() == number:
                    raise DamagedError(self._manifest(number), "is missing", _REBUILT)
        return None

    def open_before(self) -> Generation | None:
        """The newest generation before the one that serves whose every byte is as written, or None.

        Where CURRENT cannot be read, before means of all.
        """
        with translated(self.folder):
            try:
                current = self.current()
            except DamagedError:
                current = None
            for number in sorted(self._numbers(), reverse=True):
                if current is None or number < current:
                    generation = self._whole(number)
                    if generation is not None:
                        return generation
        return None

    def _whole(self, number: int) -> Generation | None:
        """A generation that verifies, or None."""
        try:
            generation = self._open(number)
        except (DamagedError, VersionError):
            return None
        if generation is not None:
            try:
                generation.verify()
            except DamagedError:
                generation.close()
                return None
        return generation

    def _open(self, number: int) -> Generation | None:
        """A generation, held so that nobody prunes it; None where its manifest is gone."""
        try:
            held = self._manifest(number).open("rb")
        except FileNotFoundError:
            return None
        fcntl.flock(held, fcntl.LOCK_SH)
        if os.fstat(held.fileno()).st_nlink:
            return self._opened(number, held)
        held.close()  # pruned between opening and locking
        return None

    def _numbers(self) -> list[int]:
        """The numbers of the manifests that are here."""
        stems = [path.stem for path in _listed(self._generations) if path.suffix == ".json"]
        return [int(stem) for stem in stems if stem.isdigit()]

    def is_read(self) -> bool:
        """Whether a process has a generation open."""
        return any(_is_held(path) for path in _listed(self._generations) if path.suffix == ".json")

    def _opened(self, number: int, held: IO[bytes]) -> Generation:
        try:
            manifest = Manifest.load(self._manifest(number))
            for entry in manifest.segments:
                entry.verify_sizes(self._segments / entry.name)
            return self._mapped(manifest, held)
        except BaseException:
            held.close()
            raise

    def _mapped(self, manifest: Manifest, held: IO[bytes]) -> Generation:
        """The generation; where its columns contradict one another, the file that is to blame."""
        folders = [self._segments / entry.name for entry in manifest.segments]
        try:
            return Generation(manifest, [Segment(folder) for folder in folders], held)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            for entry, folder in zip(manifest.segments, folders, strict=True):
                entry.verify(folder)
            raise DamagedError(self._segments, "contradicts itself", _REBUILT) from error

    def _manifest(self, number: int) -> Path:
        return self._generations / f"{number:06d}.json"

    def write_segment(
        self, number: int, writer: SegmentWriter, surfaces: Mapping[str, dict[str, str]]
    ) -> SegmentEntry:
        """Write a segment durably under the coming generation's number. Nothing lists it until ``commit``."""
        final = self._segments / f"{number:06d}"
        working = self._segments / f".{number:06d}.new"
        with translated(self._segments):
            remove(final)
            remove(working)
            make_folder(working)
            try:
                writer.write(working, surfaces)
                written = sorted(working.iterdir())
                files = {path.name: (path.stat().st_size, file_checksum(path)) for path in written}
                publish_folder(working, final)
            except BaseException:
                with suppress(StoreError):
                    remove(working)  # on a full disk it must not keep the space
                raise
        quotable = [row for row in writer.rows if row.kind.quotable]
        return SegmentEntry(
            name=final.name,
            rows=len(writer.rows),
            sentences=len(quotable),
            tokens=sum(len(row.terms) for row in quotable),
            languages=dict(Counter(record.language for record in writer.documents)),
            files=files,
        )

    def commit(self, manifest: Manifest) -> None:
        """Make a generation the one that serves."""
        write_sealed(self._manifest(manifest.generation), manifest.stored())
        write_sealed(self.folder / "CURRENT", {"generation": manifest.generation})

    def next_number(self) -> int:
        """A number above every manifest's and segment's here, those set aside among them."""
        with translated(self.folder):
            names = [
                path.stem.lstrip(".")
                for index in (self.folder, self._aside)
                for path in (*_listed(index / "generations"), *_listed(index / "segments"))
            ]
        return max((int(name[:6]) for name in names if name[:6].isdigit()), default=0) + 1

    def prune(self) -> None:
        """Remove old generations that nobody has open, and segments that no manifest lists."""
        with translated(self.folder):
            manifests = sorted(path for path in _listed(self._generations) if path.suffix == ".json")
            for path in _listed(self._generations):
                if path not in manifests:
                    remove(path)  # what a killed process left
            for path in manifests[:-KEPT_GENERATIONS]:
                _remove_unless_open(path)
            listed = {name for path in manifests if path.exists() for name in _segments_of(path)}
            for folder in _listed(self._segments):
                if folder.name not in listed:
                    remove(folder)

    def fall_back(self) -> Generation | None:
        """Move a damaged generation out of the way, for whoever wants to look; what was set aside before it
        goes.

        The newest one before it that is whole serves from now on, and is returned. Without one, all is
        moved.
        """
        with translated(self.folder):
            remove(self._aside)
            before = self.open_before()
            if before is None:
                if self.folder.exists():
                    rename(self.folder, self._aside)
                return None
            self._set_aside_all_after(before.manifest)
        return before

    def _set_aside_all_after(self, manifest: Manifest) -> None:
        kept = {entry.name for entry in manifest.segments}
        broken = [number for number in self._numbers() if number > manifest.generation]
        segments = {name for number in broken for name in _segments_of(self._manifest(number))} - kept
        write_sealed(self.folder / "CURRENT", {"generation": manifest.generation})
        paths = [*map(self._manifest, broken), *(self._segments / name for name in sorted(segments))]
        for path in paths:
            if path.exists():
                target = self._aside / path.relative_to(self.folder)
                make_folder(target.parent)
                rename(path, target)


def _listed(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _segments_of(manifest: Path) -> list[str]:
    try:
        return [entry["name"] for entry in read_sealed(manifest)["segments"]]
    except (DamagedError, KeyError, TypeError):  # one that cannot serve any more keeps nothing alive
        return []


def _remove_unless_open(path: Path) -> None:
    """Remove a manifest that no reader holds; the lock is kept until it is gone."""
    with path.open("rb") as file:
        if _is_free(file):
            remove(path)


def _is_held(path: Path) -> bool:
    with path.open("rb") as file:
        return not _is_free(file)


def _is_free(file: IO[bytes]) -> bool:
    """Take the lock of an open manifest, unless a reader has it: whether it was taken."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
