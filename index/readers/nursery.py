"""The process that reads strangers' files, from the side of whoever asks: started, asked, timed, ended.

One serves this process, file by file, and is started when the first file comes. It is told a file by an
open descriptor; what comes back through a pipe is capped and timed, and each of its ends means something for
the file.

What the lines of an answer say is sandbox.py's business; what happens on the other side, child.py's.
"""

import array
import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.readers.cage import CPU_SECONDS

__all__ = ["DAMAGED", "NURSERY", "Outcome"]

_CHUNK = 1 << 20

_TOO_LONG = (f"takes more than {CPU_SECONDS} s to read", "split it, or save it anew")
_TOO_MUCH = ("gives more text than is taken", "split it")
DAMAGED = ("is damaged", "save or download it again")
_BROKE = ("is damaged: its reader broke off on it", "save or download it again")
_NO_READER = ("its reader does not start", "install Quoth anew")
_LATE = ("could not be read in time, since the machine is busy", "try again later")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The lines that came back, why there may be no more, and the seconds since the last of them."""

    lines: tuple[bytes, ...]
    reason: tuple[str, str] | None
    wasted: float


class _Nursery:
    """The other process. One file at a time: a second thread waits. All waiting ends at a deadline."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def ask(self, file: int, fields: dict[str, Any], deadline: float, most: int) -> Outcome:
        """Have a file read until a deadline (monotonic time), and take so many bytes of answer at most."""
        lock = self._lock
        if not lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            return Outcome((), _LATE, 0.0)
        try:
            fresh = self.process is None
            outcome = self._ask(file, fields, deadline, most)
            if outcome.reason is _NO_READER and not outcome.lines and not fresh:  # it was idle, and had ended
                outcome = self._ask(file, fields, deadline, most)
            return outcome
        finally:
            lock.release()

    def _ask(self, file: int, fields: dict[str, Any], deadline: float, most: int) -> Outcome:
        answered = False
        try:
            control = self._started()
            lines, reason, last = self._exchange(control, file, fields, deadline, most)
            reason = reason or self._meaning(control, deadline)
            answered = reason not in (_NO_READER, _LATE, _TOO_LONG, _TOO_MUCH)
        except OSError:  # no process, no pipe, or a connection that broke
            lines, reason, last = [], _NO_READER, time.monotonic()
        finally:
            if not answered:
                self.stop(at_once=True)
        return Outcome(tuple(lines), reason, time.monotonic() - last)

    @staticmethod
    def _exchange(
        control: socket.socket, file: int, fields: dict[str, Any], deadline: float, most: int
    ) -> tuple[list[bytes], tuple[str, str] | None, float]:
        """Ask, and collect what comes."""
        reading, writing = os.pipe()
        try:
            try:
                handed = array.array("i", [file, writing])
                control.sendmsg(
                    [json.dumps(fields).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handed)]
                )
            finally:
                os.close(writing)
            return _collect(reading, deadline, most)
        finally:
            os.close(reading)

    def _started(self) -> socket.socket:
        if self._control is not None:
            return self._control
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-S", "-B", "-m", "index.readers.child"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=_environment(),
                start_new_session=True,
            )
        self._control = ours
        return ours

    @staticmethod
    def _meaning(control: socket.socket, deadline: float) -> tuple[str, str] | None:
        """What the wait status of the process that read means for the file; None: it came to its end."""
        control.settimeout(max(0.1, deadline - time.monotonic()))
        try:
            packet = control.recv(64)
        except TimeoutError:
            return _TOO_LONG
        if not packet:
            return _NO_READER
        status = int(packet)
        if os.WIFSIGNALED(status):
            slow = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM)
            return _TOO_LONG if slow else _BROKE
        return DAMAGED if status else None

    def stop(self, *, at_once: bool = False) -> None:
        """End the process; what it is reading ends with it."""
        process, self.process = self.process, None
        control, self._control = self._control, None
        if control is not None:
            control.close()
        if process is None:
            return
        if not at_once:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
        if process.returncode is None:  # its number is its own until it is waited for
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def forget(self) -> None:
        """After a fork of our own: the process is the parent's, to ask and to wait for."""
        if self.process is not None:
            self.process.returncode = 0
        self._lock, self.process, self._control = threading.Lock(), None, None


def _environment() -> dict[str, str]:
    """Nothing of ours but where modules are: no secret goes to the reader. Strings hash alike each time."""
    modules = [entry for entry in sys.path if entry and Path(entry).is_absolute()]
    ours = str(Path(__file__).resolve().parents[2])
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    path = os.pathsep.join(modules if ours in modules else [*modules, ours])
    return {**kept, "PYTHONPATH": path, "PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "TZ": "UTC"}


def _collect(pipe: int, deadline: float, most: int) -> tuple[list[bytes], tuple[str, str] | None, float]:
    """The whole lines that come through the pipe, why no more were taken, and when the last of them came.

    The first byte is an empty line, when the libraries have been loaded.
    """
    lines: list[bytes] = []
    open_line, taken, last = bytearray(), 0, time.monotonic()
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            return lines, _TOO_LONG if taken else _LATE, last
        chunk = os.read(pipe, _CHUNK)
        if not chunk:
            return lines, None, last
        taken += len(chunk)
        if taken > most:
            return lines, _TOO_MUCH, last
        *ended, rest = chunk.split(b"\n")
        if ended:
            lines += [bytes(open_line + ended[0]), *ended[1:]]
            open_line, last = bytearray(), time.monotonic()
        open_line += rest


NURSERY = _Nursery()
"""The one of this process."""

atexit.register(NURSERY.stop)
os.register_at_fork(after_in_child=NURSERY.forget)
