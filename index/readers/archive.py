"""A zip of documents -> each of them, text and bytes, one level deep; nothing is unpacked to a disk.

An entry that cannot be read costs only itself. Its name is for display: what a document of it is called is
index/changes' business.
"""

import re
import time
from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, BinaryIO
from zipfile import ZipInfo

from index.errors import DocumentError
from index.readers.child import read_as, to_json
from index.readers.formats import HEAD, Format, recognise
from index.readers.layout import clean
from index.readers.package import MOST_IN_ALL, Package, kind_of
from index.readers.plain import read_text
from index.readers.source import MOST_TEXT, Source, refused

__all__ = ["MOST_DOCUMENTS", "entries"]

MOST_DOCUMENTS = 1_000
"""Of an archive: each is written and synced by itself while nobody else may change the corpus."""

MOST_TIGHT = 200
"""An entry of more than ``_SMALL`` bytes may be so many times as large as it is packed: prose is about 4."""

_SMALL = 1_000_000

_TURN_SECONDS = 4
"""After so long another process goes on, so that every entry has most of a process's time."""

_TURN_BYTES = 16_000_000
"""After so many bytes likewise, so that whoever asked need not hold all of an archive."""

_UTF8 = 0x800
"""The flag of a name in UTF-8: .ZIP File Format Specification, 4.4.4."""

_RUSSIAN = re.compile(r"(?:[а-яё]+(?![a-z])|[a-z]+(?![а-яё])|[\x00-@\[-`{-\x7f№])*", re.IGNORECASE)
"""Words of Russian letters, words of others, none of both."""

_FURNITURE = frozenset({"__macosx", "thumbs.db", "desktop.ini"})


def entries(content: BinaryIO, start: int, *, many: bool) -> Iterator[dict[str, Any]]:
    """The answers of child.py for the documents from place ``start`` on. Raises DocumentError."""
    if not many:
        raise refused("is an archive of documents", "unpack it, or send it under a name ending in .zip")
    package = Package(content)
    if package.declared > MOST_IN_ALL:
        raise refused(f"unpacks to more than {MOST_IN_ALL // 1_000_000} MB", "split it")
    held = [(name, entry) for entry in package.entries if not _hidden(name := _name(entry))]
    if not held:
        raise refused("is an archive without a document", "put some in")
    if len(held) > MOST_DOCUMENTS:
        raise refused(f"holds more than {MOST_DOCUMENTS} documents", "split it")
    began, size = time.monotonic(), 0
    for at, (name, entry) in enumerate(held[start:], start):
        if at > start and (time.monotonic() - began > _TURN_SECONDS or size > _TURN_BYTES):
            yield {"next": at}
            return
        yield {"begun": at, "name": clean(name)}
        yield {"name": clean(name), "at": at, **_entry(package, name, entry)}
        size += entry.file_size
    yield {"next": None}


def _name(entry: ZipInfo) -> str:
    """An entry's name. Where the zip does not say that it is UTF-8, it often is, or is Russian of DOS."""
    name = entry.filename
    if entry.flag_bits & _UTF8 or name.isascii():
        return name
    written = name.encode("cp437")
    try:
        return written.decode()
    except UnicodeDecodeError:
        russian = written.decode("cp866")
        return russian if _RUSSIAN.fullmatch(russian) else name


def _hidden(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any((part.startswith(".") and part != "..") or part.lower() in _FURNITURE for part in parts)


def _entry(package: Package, name: str, entry: ZipInfo) -> dict[str, Any]:
    try:
        content = package.part(entry)
        if len(content) > max(_SMALL, MOST_TIGHT * entry.compress_size):
            raise refused(f"is more than {MOST_TIGHT} times as large as packed", "give it unpacked")
        source, found = _read(content, PurePosixPath(name))
        if len(source.text) > MOST_TEXT:
            raise refused(f"holds more than {MOST_TEXT // 1_000_000} million letters", "split it")
    except DocumentError as error:
        return {"fault": [error.fault, error.remedy]}
    except RecursionError:
        return {"fault": ["is nested too deeply", "save it anew, more plainly"]}
    return {"source": to_json(source), "format": found, "content": b64encode(content).decode()}


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
