"""``quoth backup`` and ``quoth restore``: all that cannot be rebuilt, in one file.

    FILE (a zip)   backup.json       format, version, and size and checksum of every other member
                   corpus.json       what is said of the corpus, as it lies in QUOTH_DATA
                   uploads/…         the originals of all uploads that it names
                   ids.json, thesaurus.toml, state.sqlite

The index is left out: it is rebuilt from the documents. So are given documents, which are not ours, a state
that is kept in a database elsewhere, and what is in hand (incoming/, inbox.sqlite): a restore leaves that as
it is, since what was answered after the backup must not be answered again.
"""

import json
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from index.catalogue import Catalogue
from index.changes import Corpus
from index.durable import (
    checksum,
    corpus_lock,
    created,
    make_folder,
    remove,
    rename,
    replacing,
    translated,
    writer_lock,
)
from index.errors import BusyError, DamagedError, StoreError, UsageError
from index.store import Store

__all__ = ["Saved", "backup", "restore"]

_FORMAT = 1
_LIST = "backup.json"
_STATE = "state.sqlite"
_PLAIN = ("corpus.json", "corpus.json.copy", "ids.json", "thesaurus.toml")
_OURS = (*_PLAIN, "uploads", _STATE, f"{_STATE}-wal", f"{_STATE}-shm", "index", "index.damaged", "corpora")
"""What a restore replaces; locks and the heartbeat are no content."""

_REPLACED = "replaced"
"""Where a restore with force moves what it replaces."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds: ``uploads`` originals, ``size`` bytes in all, made ``at`` seconds since 1970."""

    uploads: int
    size: int
    at: float


def backup(seeds: Path, data: Path, file: Path) -> Saved:
    """Write the backup of a data folder; ``file`` is replaced when all of it is written.

    Raises StoreError, and DamagedError where an upload is not what was sent in: a backup must be sound.
    """
    if not data.is_dir():
        raise StoreError(data, "there is nothing to back up", "see QUOTH_DATA in quoth check")
    if not file.absolute().parent.is_dir():
        raise UsageError(file, "is in no folder that there is", "name a file in one")
    with tempfile.TemporaryDirectory() as scratch, corpus_lock(data):
        for error in Corpus(seeds, data).verify():
            raise DamagedError(error.place, error.fault, f"{error.remedy}, then back up")
        members = dict(_members(data, Path(scratch)))
        listed = {name: _listing(path) for name, path in members.items()}
        at = time.time()
        contents = {"format": _FORMAT, "at": at, "files": listed}
        with replacing(file.absolute()) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_LIST, json.dumps(contents, ensure_ascii=False, indent=1))
            for name, path in members.items():
                archive.write(path, name)
    return _saved(contents)


def _members(data: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    """Name in the backup, and the file that holds its content."""
    for name in _PLAIN:
        if (data / name).is_file():
            yield name, data / name
    needed = Catalogue.load(data).needed(time.time())
    for path in sorted((data / "uploads").glob("*/original*")):
        if path.parent.name.isdigit() and int(path.parent.name) in needed:
            yield path.relative_to(data).as_posix(), path
    if (data / _STATE).is_file():
        yield _STATE, _copied(data / _STATE, scratch / _STATE)


def _copied(source: Path, target: Path) -> Path:
    """A consistent copy of a database that may be in use."""
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        raise StoreError(source, f"cannot be copied ({error})", "look at the disk and the file") from error
    return target


def _listing(path: Path) -> tuple[int, str]:
    with translated(path):
        content = path.read_bytes()
    return len(content), checksum(content)


def _saved(contents: dict[str, Any]) -> Saved:
    files, at = contents["files"], contents["at"]
    assert isinstance(files, dict)  # noqa: S101 - checked where it was read
    assert isinstance(at, float)  # noqa: S101 - likewise
    uploads = sum(name.startswith("uploads/") for name in files)
    return Saved(uploads, sum(size for size, _ in files.values()), at)


def restore(data: Path, file: Path, *, force: bool = False) -> Saved:
    """Bring a data folder back to what a backup holds; the index is rebuilt from it by the next question.

    All is verified and written beside before anything is replaced. With ``force`` a folder that holds
    something is replaced, and that lies in its ``replaced`` afterwards. Raises UsageError for a file that is
    no backup or a folder that holds something, DamagedError, BusyError where a process uses the folder.
    """
    with _opened(file) as archive, ExitStack() as held:
        contents = _contents(archive, file)
        there = [name for name in _OURS if (data / name).exists()]
        if there and not force:
            fault = f"already holds {there[0]}" + (f" and {len(there) - 1} more" if there[1:] else "")
            raise UsageError(data, fault, f"give --force to move that to {data / _REPLACED}")
        held.enter_context(writer_lock(data, wait=0.5))
        held.enter_context(corpus_lock(data, wait=0.5))
        if Store(data).is_read():
            raise BusyError(
                data, "a process answers from here", "stop it (quoth run, quoth chat) and try again"
            )
        staged = data / ".restored.new"
        with translated(staged):
            remove(staged)
            held.callback(remove, staged)
            for name, content in _verified(archive, contents, file):
                make_folder((staged / name).parent)
                with created(staged / name) as out:
                    out.write(content)
            _replace(data, staged, there)
    return _saved(contents)


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except OSError as error:
        fault = (error.strerror or str(error)).lower()
        raise UsageError(file, fault, "name a file that quoth backup has written") from error
    except zipfile.BadZipFile as error:
        raise UsageError(
            file, "is no backup, or cut short", "name a file that quoth backup has written"
        ) from error


def _contents(archive: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    if _LIST not in archive.namelist():
        raise UsageError(file, "is no backup of Quoth's", "name one that quoth backup has written")
    try:
        contents: dict[str, Any] = json.loads(_member(archive, _LIST, file))
        ours = contents["format"] == _FORMAT
        if ours:
            contents["at"] = float(contents["at"])
            contents["files"] = {name: (size, said) for name, (size, said) in contents["files"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(file, "is no backup of Quoth's", "name one that quoth backup has written") from error
    if not ours:
        raise UsageError(file, "was written by another version of Quoth", "restore it with that version")
    return contents


def _verified(archive: zipfile.ZipFile, contents: dict[str, Any], file: Path) -> Iterator[tuple[str, bytes]]:
    """Every member, as listed. Raises DamagedError for the first that is not."""
    files = contents["files"]
    assert isinstance(files, dict)  # noqa: S101 - checked where it was read
    for name, (size, expected) in files.items():
        parts = PurePosixPath(name).parts
        if (
            not parts
            or parts[0] not in (*_PLAIN, _STATE, "uploads")
            or ".." in parts
            or PurePosixPath(name).is_absolute()
        ):
            raise DamagedError(file, f"holds a file that is none of ours ({name})", "use another backup")
        try:
            content = archive.read(name)
        except Exception as error:
            raise DamagedError(file, f"{name} cannot be read from it", "use another backup") from error
        if (len(content), checksum(content)) != (size, expected):
            raise DamagedError(file, f"{name} does not match its checksum", "use another backup")
        yield name, content


def _member(archive: zipfile.ZipFile, name: str, file: Path) -> bytes:
    try:
        return archive.read(name)
    except Exception as error:
        raise DamagedError(file, f"{name} cannot be read from it", "use another backup") from error


def _replace(data: Path, staged: Path, there: list[str]) -> None:
    """Move what is there out of the way, and what was restored in; the catalogue, naming the rest, last."""
    if there:
        remove(data / _REPLACED)
        make_folder(data / _REPLACED)
        for name in there:
            if (data / name).exists():
                rename(data / name, data / _REPLACED / name)
    for path in sorted(staged.iterdir(), key=lambda path: path.name in _PLAIN[:2]):
        rename(path, data / path.name)
