"""Every write to the data folder passes here, so that lost and reordered writes can be tested in one place.

The promise: after ``write_file`` or ``publish_folder`` returns, a power cut cannot take the content away, and
before it returns, a reader sees the old content or none, never a part.

What is written, and when, is store.py's and corpus.py's business.
"""

import errno
import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import BusyError, DamagedError, StoreError

__all__ = [
    "checksum",
    "publish_folder",
    "read_sealed",
    "remove",
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


def _sync_file(path: Path) -> None:
    """Return once the content of ``path`` is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Return once the names in ``folder`` are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content``: write beside it, sync, rename, sync the folder."""
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)


def publish_folder(working: Path, final: Path) -> None:
    """Sync every file of ``working``, then give the folder its ``final`` name, which must be free."""
    with translated(final):
        for path in sorted(working.iterdir()):
            _sync_file(path)
        _sync_folder(working)
        working.rename(final)
        _sync_folder(final.parent)


def remove(path: Path) -> None:
    """Remove a file or a folder with all it holds; nothing there is no error."""
    with translated(path):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def writer_lock(
    folder: Path, *, wait: float = 60.0, notice: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold the one writer's place of a data folder; wait up to ``wait`` seconds for it.

    The lock belongs to the process: the system frees it when the process ends, however it ends.
    Raises BusyError when it stays taken.
    """
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "writer.lock").open("a+b")
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
