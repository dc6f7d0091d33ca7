"""A file to its text and metadata; one module a format family.

``read`` and ``read_all`` are the door. Plain text is read here and now; every other format by another
process (sandbox.py, nursery.py; child.py, cage.py), since its libraries meet what strangers made: a file that
is damaged, or meant to do harm, costs only itself. Content decides the format before the name's ending does
(formats.py).

Splitting the text into sentences is index/segment's business.
"""

import os
import stat
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import DocumentError
from index.readers.formats import ARCHIVE, ENDINGS, HEAD, Format, Recognised, mismatch, recognise
from index.readers.plain import cannot_be_read, metadata_of, read_bytes, read_plain, read_sidecar
from index.readers.source import MOST_BYTES, NamedSource, Source

if TYPE_CHECKING:
    from index.readers.sandbox import Answer

__all__ = [
    "ARCHIVE",
    "FORMATS",
    "PATIENCE",
    "NamedSource",
    "Source",
    "metadata_of",
    "read",
    "read_all",
    "read_bytes",
    "read_sidecar",
]

FORMATS = frozenset(ENDINGS)
"""Endings of the files that are documents, in lower case; an archive holds several and is none."""


PATIENCE = 2
"""How many times an upload's seconds a document has that is read anew: what was taken must stay readable."""


def read(path: Path, *, patience: int = 1) -> Source:
    """The document that a file is. Raises DocumentError when it is none, is damaged, encrypted or too large,
    or is an archive.
    """
    with closing(_documents(path, many=False, patience=patience)) as found:
        source = next(found).source
    assert isinstance(source, Source)  # noqa: S101 - what is no archive is one or raises
    return source


def read_all(path: Path) -> Iterator[NamedSource]:
    """The documents of a file as they are read: one, or those of a zip, each with its text or why it has
    none.

    Raises DocumentError when the file itself cannot be used.
    """
    return _documents(path, many=True)


def _documents(path: Path, *, many: bool, patience: int = 1) -> Generator[NamedSource, None, None]:
    with _opened(path) as (file, recognised):
        if recognised.format is Format.PLAIN:
            yield NamedSource(path.name, read_plain(path))
            return
        from index.readers.sandbox import read_apart  # noqa: PLC0415 - plain text needs no other process

        for answer in read_apart(file, recognised, many=many, patience=patience):
            named = _named(path, answer)
            if answer.name is None and isinstance(named.source, DocumentError):
                raise named.source
            yield named


@contextmanager
def _opened(path: Path) -> Iterator[tuple[int, Recognised]]:
    """The file's descriptor and what its beginning says. Raises DocumentError."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise cannot_be_read(path, error) from error
    try:
        yield file, _recognised(path, file)
    finally:
        os.close(file)


def _recognised(path: Path, file: int) -> Recognised:
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise DocumentError(path, "is not a file", "remove it")
    if status.st_size > MOST_BYTES:
        fault = f"is larger than {MOST_BYTES // 1_000_000} MB ({status.st_size // 1_000_000} MB)"
        raise DocumentError(path, fault, "split it")
    try:
        return recognise(path.suffix.lower(), os.pread(file, HEAD, 0))
    except OSError as error:
        raise cannot_be_read(path, error) from error
    except DocumentError as error:
        raise DocumentError(path, error.fault, error.remedy) from error


def _named(path: Path, answer: "Answer") -> NamedSource:
    """The answer with the file's name as the place of whatever is to be said of it."""
    name = path.name if answer.name is None else answer.name
    place = str(path) if answer.name is None else f"{path}/{answer.name}"
    source = answer.source
    if isinstance(source, DocumentError):
        return NamedSource(name, DocumentError(place, source.fault, source.remedy))
    ending = Path(name).suffix.lower()
    named = answer.name is None or ending in FORMATS  # any other entry is given its format's ending
    said = mismatch(ending, answer.format) if answer.format and named else ()
    faults = (DocumentError(place, fault.fault, fault.remedy) for fault in (*said, *source.faults))
    return NamedSource(name, replace(source, faults=tuple(faults)), answer.content, str(answer.format or ""))
