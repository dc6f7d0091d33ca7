"""What a process that reads a stranger's file may no longer do, from ``confine()`` on and for ever.

The system holds the limits on memory, time, files and, where it allows a network namespace, the network. An
audit hook holds the rest for what Python does: no socket, no other process, no file but Python's own, to read
only. Native code that was taken over is past the hook, not past the limits.

What is read, and what becomes of a process that breaks a limit, is not decided here.
"""

import ctypes
import os
import resource
import signal
import sys
import sysconfig
from pathlib import Path

__all__ = ["CPU_SECONDS", "MOST_MEMORY", "WALL_SECONDS", "confine"]

MOST_MEMORY = 512 * 1024 * 1024
"""Bytes of address space."""

CPU_SECONDS = 10

WALL_SECONDS = 14
"""From asking for a file to its refusal, with waiting and loading; ending the process takes a moment more."""

_LIMITS = {
    resource.RLIMIT_AS: MOST_MEMORY,
    resource.RLIMIT_CPU: CPU_SECONDS,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_NOFILE: 32,
    resource.RLIMIT_NPROC: 0,
    resource.RLIMIT_CORE: 0,
}

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_LOOKED_INTO = frozenset({"os.listdir", "os.scandir", "ctypes.dlopen"})
_HARMLESS = frozenset({"os.putenv", "os.unsetenv", "os.walk", "os.fwalk"})
_FORBIDDEN = (
    "os.",
    "socket.",
    "subprocess.",
    "shutil.",
    "tempfile.",
    "pty.",
    "resource.",
    "signal.",
    "syslog.",
)


def confine(patience: int = 1) -> None:
    """Bind this process, which must be a fork of its own, single-threaded: nothing of it is undone.

    ``patience`` is how many times the usual seconds it has.
    """
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    system.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # not allowed everywhere: the hook stands in
    system.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    signal.alarm(patience * WALL_SECONDS)
    for limit, usual in _LIMITS.items():
        value = patience * usual if limit == resource.RLIMIT_CPU else usual
        _, most = resource.getrlimit(limit)
        bound = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(limit, (bound, bound))
    sys.addaudithook(_Hook(_own_folders()))


def _own_folders() -> tuple[str, ...]:
    """The folders with Python's own modules, the libraries' and ours; never the one we were started in."""
    libraries = [entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    standard = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    ours = Path(__file__).resolve().parent.parent
    return tuple(os.path.realpath(folder) + os.sep for folder in {*libraries, *standard, str(ours)} if folder)


class _Hook:
    """Refuses, with PermissionError, what a reader has no business to do."""

    def __init__(self, own: tuple[str, ...]) -> None:
        self._own = own

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            self._open(*arguments[:3])
        elif event in _LOOKED_INTO:
            self._inside(arguments[0])
        elif event.startswith(_FORBIDDEN) and event not in _HARMLESS:
            raise PermissionError(f"a reader may not do this: {event}")

    def _open(self, path: object, mode: object = None, flags: object = 0) -> None:
        writes = isinstance(mode, str) and not set(mode).isdisjoint("wax+")
        if writes or (isinstance(flags, int) and flags & _WRITING):
            raise PermissionError("a reader may not write")
        if not isinstance(path, int):
            self._inside(path)

    def _inside(self, path: object) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            raise PermissionError("a reader may not open this")
        if not (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(self._own):
            raise PermissionError("a reader may not look at other files")
