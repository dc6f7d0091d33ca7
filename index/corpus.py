"""Which documents there are: those of a folder, less what was removed, and those sent in; with their ids.

The folder is read, never written. Ids are given once and recorded beside the index, so that a quote's id and
its citation stay what they were when another file of the same name comes. A document sent in stands in the
place of a given one of its name.

Reading a file's content is the readers' business, changing what was sent in is changes.py's.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib import resources
from pathlib import Path

from index.catalogue import Catalogue, Upload, original
from index.durable import checksum, read_sealed, translated, write_sealed
from index.errors import CorpusError, DamagedError, DocumentError
from index.model import Document, Metadata
from index.readers import FORMATS, PATIENCE, Source, read, read_bytes, read_sidecar

__all__ = [
    "CorpusFile",
    "Ids",
    "corpus_files",
    "merged",
    "read_document",
    "read_upload",
    "scan",
    "shipped_seeds",
    "upload_file",
]


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A document's file. ``name`` is its path inside the folder with forward slashes, or what its sender
    called it, which is said of it in place of its ``path``.

    ``stamp`` changes whenever size, time or sidecar of the file do; ``digest()`` whenever their bytes do.
    ``changed`` is the later of their times, in seconds since 1970, 0 where the file never changes; ``size``
    the file's bytes. ``fault`` is why it can only be skipped. ``upload`` is set where it was sent in.
    """

    place: str
    name: str
    sidecar: Path | None
    stamp: str
    changed: float
    size: int
    fault: DocumentError | None = None
    upload: Upload | None = None

    @property
    def path(self) -> Path:
        """Where the file is. Most of thousands are never asked, so it is made when one is."""
        return Path(self.place)

    def digest(self) -> str:
        """Checksum over the bytes of file and sidecar. Raises DocumentError when one cannot be read, or is
        not what was sent in.
        """
        if self.fault:
            raise self.fault
        if self.upload:
            if checksum(read_bytes(self.path)) != self.upload.digest:
                raise DocumentError(self.name, "the file that was sent in is damaged", "send it again")
            return self.stamp
        beside = read_bytes(self.sidecar) if self.sidecar else b""
        return checksum(read_bytes(self.path)) + checksum(beside)


def shipped_seeds() -> Path:
    """The documents that ship: inside the installed package, or at the top of a checkout."""
    packaged = Path(str(resources.files("index"))) / "seeds"
    return packaged if packaged.is_dir() else packaged.parent.parent / "seeds"


def corpus_files(seeds: Path, data: Path) -> list[CorpusFile]:
    """The documents that are to be found, sorted by name: those below a folder that nothing is said of, and
    those sent in. Raises CorpusError without a folder, StoreError when what is said cannot be read.
    """
    standings = Catalogue.load(data).standings
    given = [file for file in scan(seeds) if file.name not in standings]
    sent = [
        upload_file(data, name, standing.serving) for name, standing in standings.items() if standing.serving
    ]
    return sorted([*given, *sent], key=lambda file: file.name)


def upload_file(data: Path, name: str, upload: Upload) -> CorpusFile:
    """The file of an upload, as the document of a name."""
    said = checksum(json.dumps(asdict(upload.metadata)).encode())
    stamp = f"{upload.digest}{said}"
    return CorpusFile(str(original(data, upload)), name, None, stamp, 0.0, upload.size, upload=upload)


def scan(folder: Path) -> list[CorpusFile]:
    """The documents below a folder, sorted by name. Raises CorpusError where there is no folder."""
    if not folder.is_dir():
        fault = "is not a folder" if folder.exists() else "there is no such folder"
        raise CorpusError(folder, fault, "give the folder that holds the documents (--seeds or QUOTH_SEEDS)")
    return sorted(_files(folder), key=lambda file: file.name)


def _files(folder: Path) -> Iterator[CorpusFile]:
    """Strings, not Paths: of ten thousand files, that is a tenth of a second in place of half a one."""
    closed: list[str] = []
    top = os.path.join(folder, "")  # noqa: PTH118 - see above
    for place, folders, names in os.walk(folder, onerror=lambda error: closed.append(error.filename)):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        present = set(names)
        for name in names:
            stem, _, ending = name.rpartition(".")
            if f".{ending.lower()}" in FORMATS and stem and not name.startswith("."):
                beside = f"{place}/{stem}.toml" if f"{stem}.toml" in present else None
                yield _file(top, f"{place}/{name}", beside)
    for path in closed:
        fault = DocumentError(path, "is a folder that cannot be read", "look at its rights")
        yield replace(_file(top, path, None), fault=fault)


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _file(top: str, path: str, sidecar: str | None) -> CorpusFile:
    statuses = [_status(path), *([_status(sidecar)] if sidecar else [])]
    name, fault = path.removeprefix(top), None
    if not _is_unicode(path):
        fault = DocumentError(ascii(path), "its name is not Unicode text", "rename it")
        name = ascii(name)
    return CorpusFile(
        place=path,
        name=name,
        sidecar=Path(sidecar) if sidecar else None,
        stamp=" ".join(f"{size}.{nanoseconds}.{inode}" for size, nanoseconds, inode in statuses),
        changed=max(nanoseconds for _, nanoseconds, _ in statuses) / 1e9,
        size=statuses[0][0],
        fault=fault,
    )


def _status(path: str) -> tuple[int, int, int]:
    """``(bytes, nanoseconds, inode)``; zeros for a dangling link: reading it says so in words."""
    try:
        status = os.stat(path)  # noqa: PTH116 - see _files
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
    if file.upload:
        file.digest()  # raises where it is not what was sent in
        source, faults = read_upload(file.path, file.name, patience=PATIENCE)
        metadata = merged(file.upload.metadata, source.metadata)
        return Document(document_id, file.name, source.text, metadata, source.body, source.markdown), faults
    source = read(file.path, patience=PATIENCE)
    metadata, faults = source.metadata, list(source.faults)
    if file.sidecar:
        try:
            metadata = merged(read_sidecar(file.sidecar), metadata)
        except DocumentError as error:
            faults.append(error)
    document = Document(
        document_id, file.name, source.text, metadata, source.body, source.markdown, source.pages
    )
    return document, faults


def read_upload(path: Path, name: str, *, patience: int = 1) -> tuple[Source, list[DocumentError]]:
    """Read a file that was sent in under a name, and what of it was left out; errors speak of the name.

    Raises DocumentError for the file itself.
    """
    try:
        source = read(path, patience=patience)
    except DocumentError as error:
        raise DocumentError(name, error.fault, error.remedy) from error
    return source, [DocumentError(name, fault.fault, fault.remedy) for fault in source.faults]


def merged(first: Metadata, second: Metadata) -> Metadata:
    """The first's fields, the second's where the first has none."""
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
        self.lost = True
        """Whether there is no record: ids that an index holds should be adopted."""
        try:
            with translated(path):
                if path.exists():
                    self._ids, self.lost = read_sealed(path), False
        except DamagedError as error:
            if notice:
                notice(f"{error.place}: {error.fault}; ids are taken from the index and the files' names")
        self._taken = set(self._ids.values())
        self._saved = dict(self._ids)

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
        """Record the ids durably, where there are new ones."""
        if self._ids != self._saved:
            write_sealed(self._path, self._ids)
            self._saved = dict(self._ids)
