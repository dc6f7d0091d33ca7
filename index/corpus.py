"""The documents of a folder: which there are, their ids, and which have changed.

The folder is read, never written. Ids are given once and recorded beside the index, so that a quote's id and
its citation stay what they were when another file of the same name comes.

Reading a file's content is the readers' business.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from index.durable import checksum, read_sealed, translated, write_sealed
from index.errors import CorpusError, DamagedError, DocumentError
from index.model import Document, Metadata
from index.readers import FORMATS, read, read_bytes, read_sidecar

__all__ = ["CorpusFile", "Ids", "read_document", "scan", "shipped_seeds"]


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A document's file. ``name`` is its path inside the folder with forward slashes.

    ``stamp`` changes whenever size, time or sidecar of the file do; ``digest()`` whenever their bytes do.
    ``changed`` is the later of their times, in seconds since 1970, ``size`` the file's bytes. ``fault`` is
    why it can only be skipped.
    """

    root: Path
    name: str
    sidecar: Path | None
    stamp: str
    changed: float
    size: int
    fault: DocumentError | None = None

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.root / self.name

    def digest(self) -> str:
        """Checksum over the bytes of file and sidecar. Raises DocumentError when one cannot be read."""
        if self.fault:
            raise self.fault
        beside = read_bytes(self.sidecar) if self.sidecar else b""
        return checksum(read_bytes(self.path)) + checksum(beside)


def shipped_seeds() -> Path:
    """The documents that ship: inside the installed package, or at the top of a checkout."""
    packaged = Path(str(resources.files("index"))) / "seeds"
    return packaged if packaged.is_dir() else packaged.parent.parent / "seeds"


def scan(folder: Path) -> list[CorpusFile]:
    """The documents below a folder, sorted by name. Raises CorpusError when there are none."""
    if not folder.is_dir():
        fault = "is not a folder" if folder.exists() else "there is no such folder"
        raise CorpusError(folder, fault, "give the folder that holds the documents (--seeds or QUOTH_SEEDS)")
    files = sorted(_files(folder), key=lambda file: file.name)
    if not files:
        endings = ", ".join(sorted(FORMATS))
        raise CorpusError(folder, f"holds no document ending in {endings}", "put some there")
    return files


def _files(folder: Path) -> Iterator[CorpusFile]:
    closed: list[Path] = []
    for top, folders, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        present = set(names)
        for name in names:
            path = Path(top, name)
            if path.suffix.lower() in FORMATS and not name.startswith("."):
                beside = path.with_suffix(".toml")
                yield _file(folder, path, beside if beside.name in present else None)
    for path in closed:
        fault = DocumentError(path, "is a folder that cannot be read", "look at its rights")
        yield replace(_file(folder, path, None), fault=fault)


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _file(folder: Path, path: Path, sidecar: Path | None) -> CorpusFile:
    statuses = [_status(path), *([_status(sidecar)] if sidecar else [])]
    name, fault = path.relative_to(folder).as_posix(), None
    if not _is_unicode(str(path)):
        fault = DocumentError(ascii(str(path)), "its name is not Unicode text", "rename it")
        name = ascii(name)
    return CorpusFile(
        root=folder,
        name=name,
        sidecar=sidecar,
        stamp=" ".join(f"{size}.{nanoseconds}.{inode}" for size, nanoseconds, inode in statuses),
        changed=max(nanoseconds for _, nanoseconds, _ in statuses) / 1e9,
        size=statuses[0][0],
        fault=fault,
    )


def _status(path: Path) -> tuple[int, int, int]:
    """``(bytes, nanoseconds, inode)``; zeros for a dangling link: reading it says so in words."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0, 0
    return status.st_size, status.st_mtime_ns, status.st_ino


def read_document(file: CorpusFile, document_id: str) -> tuple[Document, list[DocumentError]]:
    """Read a file and its sidecar, whose fields go before the file's own.

    A broken sidecar or field costs only itself: the errors are the second value. Raises DocumentError for the
    file itself.
    """
    if file.fault:
        raise file.fault
    source = read(file.path)
    metadata, faults = source.metadata, list(source.faults)
    if file.sidecar:
        try:
            metadata = _merged(read_sidecar(file.sidecar), metadata)
        except DocumentError as error:
            faults.append(error)
    document = Document(
        document_id, file.name, source.text, metadata, source.body, source.markdown, source.pages
    )
    return document, faults


def _merged(first: Metadata, second: Metadata) -> Metadata:
    return replace(
        first,
        title=first.title or second.title,
        source=first.source or second.source,
        date=first.date or second.date,
        url=first.url or second.url,
    )


class Ids:
    """The recorded ids of a data folder: file name -> document id, given once and never to another file."""

    def __init__(self, path: Path, notice: Callable[[str], None] | None = None) -> None:
        self._path = path
        self._ids: dict[str, str] = {}
        try:
            with translated(path):
                self._ids = read_sealed(path) if path.exists() else {}
        except DamagedError as error:
            if notice:
                notice(f"{error.place}: {error.fault}; ids are taken from the index and the files' names")
        self._taken = set(self._ids.values())

    def adopt(self, known: dict[str, str]) -> None:
        """Take over ids that an index holds but the record lacks, as after the record was damaged."""
        for name, document_id in known.items():
            if name not in self._ids and document_id not in self._taken:
                self._ids[name] = document_id
                self._taken.add(document_id)

    def of(self, name: str) -> str:
        """The file's id: its stem, with a number behind it where another file has that stem."""
        if name not in self._ids:
            stem = Path(name).stem
            document_id, number = stem, 1
            while document_id in self._taken:
                number += 1
                document_id = f"{stem}-{number}"
            self._ids[name] = document_id
            self._taken.add(document_id)
        return self._ids[name]

    def save(self) -> None:
        """Record the ids durably."""
        write_sealed(self._path, self._ids)
