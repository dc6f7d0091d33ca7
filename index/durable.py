"""Every write to the data folder passes here, so that lost and reordered writes can be tested in one place.

The promise: after ``write_file`` or ``publish_folder`` returns, a power cut cannot take the content away, and
before it returns, a reader sees the old content or none, never a part. A name counts as on the disk when its
folder was synced after it was given, and the folder's own name likewise, up to the data folder.

What is written, and when, is store.py's and corpus.py's business.
"""

import errno
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from index.errors import BusyError, DamagedError, StoreError

__all__ = [
    "Operation",
    "checksum",
    "corpus_lock",
    "created",
    "make_folder",
    "observed",
    "publish_folder",
    "read_sealed",
    "remove",
    "rename",
    "replacing",
    "translated",
    "write_file",
    "write_sealed",
    "writer_lock",
]

_REMEDIES = {
    errno.ENOSPC: "free some space and try again",
    errno.EDQUOT: "free some space and try again",
    errno.EROFS: "set QUOTH_DATA to a folder that can be written",
    errno.EACCES: "set QUOTH_DATA to a folder that can be written",
    errno.EPERM: "set QUOTH_DATA to a folder that can be written",
    errno.ENOTDIR: "set QUOTH_DATA to a folder",
    errno.EEXIST: "set QUOTH_DATA to a folder",
}


@contextmanager
def translated(place: Path) -> Iterator[None]:
    """Turn the system's errors about ``place`` into a ``StoreError`` with a remedy."""
    try:
        yield
    except OSError as error:
        fault = (error.strerror or str(error)).lower()
        remedy = _REMEDIES.get(error.errno or 0, "look at the disk and the folder's rights")
        raise StoreError(error.filename or place, fault, remedy) from error


def checksum(content: bytes) -> str:
    """blake2b of 16 bytes, in hexadecimal."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def write_sealed(path: Path, value: object) -> None:
    """Write a JSON value behind a first line with the checksum of the rest."""
    body = json.dumps(value, ensure_ascii=False, indent=1).encode()
    write_file(path, checksum(body).encode() + b"\n" + body)


def read_sealed(path: Path) -> Any:
    """The value that ``write_sealed`` wrote. FileNotFoundError where there is none; DamagedError where it
    is not whole.
    """
    seal, _, body = path.read_bytes().partition(b"\n")
    if seal != checksum(body).encode():
        raise DamagedError(path, "does not match its checksum", "the index is rebuilt from the documents")
    return json.loads(body)


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a write: ``kind`` is ``folder`` (made), ``create`` (a file, empty now), ``write``
    (``content`` is the whole file's), ``sync``, ``sync folder``, ``rename`` (to ``target``) or ``unlink`` (a
    file, or an empty folder). The second and third are told when they are done, the others before.
    """

    kind: str
    path: Path
    target: Path | None = None
    content: bytes = b""


_observers: list[Callable[[Operation], None]] = []


@contextmanager
def observed(observer: Callable[[Operation], None]) -> Iterator[None]:
    """Tell ``observer`` of every operation; what it raises, the operation raises.

    So a test logs what a power cut may lose, and lets the disk be full at any point.
    """
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


def _tell(kind: str, path: Path, target: Path | None = None, content: bytes = b"") -> None:
    for observer in _observers:
        observer(Operation(kind, path, target, content))


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that lack, each with its name on the disk."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    _tell("folder", folder)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


@contextmanager
def created(path: Path) -> Iterator[IO[bytes]]:
    """Write a new file; it is on the disk, though perhaps not under its name, when this is left.

    An error takes it away again: on a full disk, what is half written must not keep the space.
    """
    try:
        with path.open("wb") as file:
            _tell("create", path)
            yield file
            file.flush()
            if _observers:
                _tell("write", path, content=path.read_bytes())
            _tell("sync", path)
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _sync_folder(folder: Path) -> None:
    """Return once the names in ``folder`` are on the disk."""
    _tell("sync folder", folder)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename(path: Path, target: Path) -> None:
    """Give a file or folder another name in the same folder, or one beside, durably; a file there goes."""
    with translated(target):
        _tell("rename", path, target)
        path.replace(target)
        _sync_folder(target.parent)
        if path.parent != target.parent:
            _sync_folder(path.parent)


def _beside(path: Path) -> Path:
    """Where the new content of a file is written until it is whole."""
    return path.with_name(f".{path.name}.new")


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Write the new content of ``path`` beside it; it takes its place when this is left without an error."""
    with translated(path):
        make_folder(path.parent)
        beside = _beside(path)
        with created(beside) as file:
            yield file
        try:
            rename(beside, path)
        except StoreError:
            beside.unlink(missing_ok=True)
            raise


def write_file(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content``: write beside it, sync, rename, sync the folder."""
    with replacing(path) as file:
        file.write(content)


def publish_folder(working: Path, final: Path) -> None:
    """Give the folder its ``final`` name, which must be free; its files were written by ``created``."""
    with translated(final):
        _sync_folder(working)
        rename(working, final)


def remove(path: Path) -> None:
    """Remove a file or a folder with all it holds; nothing there is no error."""
    with translated(path):
        if path.is_dir() and not path.is_symlink():
            for each in path.iterdir():
                remove(each)
            _tell("unlink", path)
            path.rmdir()
        elif path.is_symlink() or path.exists():
            _tell("unlink", path)
            path.unlink(missing_ok=True)


def writer_lock(
    folder: Path, *, wait: float = 60.0, notice: Callable[[str], None] | None = None
) -> AbstractContextManager[None]:
    """Hold the place of the one who writes the index of a data folder; wait up to ``wait`` seconds for it.

    The lock belongs to the process: the system frees it when the process ends, however it ends.
    Raises BusyError when it stays taken.
    """
    return _locked(folder, "writer.lock", wait, notice)


def corpus_lock(folder: Path, *, wait: float = 60.0) -> AbstractContextManager[None]:
    """Likewise of the one who changes which documents there are: it need not wait for a build.

    Whoever needs both takes the writer's first.
    """
    return _locked(folder, "corpus.lock", wait, None)


@contextmanager
def _locked(folder: Path, name: str, wait: float, notice: Callable[[str], None] | None) -> Iterator[None]:
    with translated(folder):
        make_folder(folder.absolute())
        file = (folder / name).open("a+b")
    with file:
        _acquire(file.fileno(), folder, wait, notice)
        yield


def _acquire(descriptor: int, folder: Path, wait: float, notice: Callable[[str], None] | None) -> None:
    deadline = time.monotonic() + wait
    told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise BusyError(
                    folder, "another process is writing here", "wait for it, or end it, and try again"
                ) from None
            if notice and not told:
                notice(f"{folder}: another process is writing here; waiting for it")
                told = True
            time.sleep(0.05)
        else:
            return
