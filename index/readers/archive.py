"""A zip of documents -> each of them, one level deep; nothing is unpacked to a disk.

An entry that cannot be read costs only itself.
"""

import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from index.errors import DocumentError
from index.readers.child import read_as, to_json
from index.readers.formats import HEAD, Format, recognise
from index.readers.layout import clean
from index.readers.package import MOST_IN_ALL, Package, kind_of
from index.readers.plain import read_text
from index.readers.source import Source, refused

__all__ = ["entries"]

_TURN_SECONDS = 4
"""After so long another process goes on, so that every entry has most of a process's time."""

_FURNITURE = frozenset({"__macosx", "thumbs.db", "desktop.ini"})


def entries(content: BinaryIO, start: int, *, many: bool) -> Iterator[dict[str, Any]]:
    """The answers of child.py for the documents from place ``start`` on. Raises DocumentError."""
    if not many:
        raise refused("is an archive of documents", "unpack it")
    package = Package(content)
    if package.declared > MOST_IN_ALL:
        raise refused(f"unpacks to more than {MOST_IN_ALL // 1_000_000} MB", "split it")
    names = [name for name in package.names if not _hidden(name)]
    if not names:
        raise refused("is an archive without a document", "put some in")
    began = time.monotonic()
    for at in range(start, len(names)):
        if at > start and time.monotonic() - began > _TURN_SECONDS:
            yield {"next": at}
            return
        yield {"begun": at, "name": clean(names[at])}
        yield {"name": clean(names[at]), "at": at, **_entry(package, names[at])}
    yield {"next": None}


def _hidden(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any((part.startswith(".") and part != "..") or part.lower() in _FURNITURE for part in parts)


def _entry(package: Package, name: str) -> dict[str, Any]:
    try:
        source, found = _read(package.part(name), PurePosixPath(name))
    except DocumentError as error:
        return {"fault": [error.fault, error.remedy]}
    except RecursionError:
        return {"fault": ["is nested too deeply", "save it anew, more plainly"]}
    return {"source": to_json(source), "format": found}


def _read(content: bytes, name: PurePosixPath) -> tuple[Source, Format]:
    recognised = recognise(name.suffix.lower(), content[:HEAD])
    found = recognised.format
    if recognised.package:
        found = kind_of(Package(BytesIO(content)))
    if found is Format.ZIP:
        raise refused("is an archive inside an archive", "unpack it")
    if found is Format.PLAIN:
        return read_text(content, name), found
    return read_as(found, BytesIO(content)), found
