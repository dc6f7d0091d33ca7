"""Asks the process that reads strangers' files (child.py), and outlives whatever happens to it there.

One process serves this one, file by file, and is started when the first file comes. It is told the file by an
open descriptor; what comes back is capped, timed and checked, since who reads a hostile file may have become
hostile. Every end, also a crash, becomes a source or an error in plain words.

What the other process may not do is cage.py's business.
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
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.errors import DocumentError
from index.model import Metadata
from index.readers.cage import CPU_SECONDS, WALL_SECONDS
from index.readers.formats import Format, Recognised
from index.readers.source import MOST_TEXT, Source, refused

__all__ = ["NURSERY", "Answer", "read_apart"]

ARCHIVE_SECONDS = 60
"""Of wall time for all documents of an archive."""

MOST_ANSWERED = 160_000_000
"""Bytes taken from the pipe for one file."""

_CHUNK = 1 << 20
LOADING_SECONDS = 20
"""For the process and its libraries to load on a busy machine, before a file's own time begins."""

_TOO_LONG = (f"takes more than {CPU_SECONDS} s to read", "split it, or save it anew")
_TOO_MUCH = ("gives more text than is taken", "split it")
_DAMAGED = ("is damaged", "save or download it again")
_BROKE = ("is damaged: its reader broke off on it", "save or download it again")
_NO_READER = ("its reader does not start", "install Quoth anew")


@dataclass(frozen=True, slots=True)
class Answer:
    """One document of a file. ``name`` is an entry's path, None for what is no archive."""

    name: str | None
    format: Format | None
    source: Source | DocumentError


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The lines that came back, why there may be no more, and the seconds since the last of them."""

    lines: tuple[bytes, ...]
    reason: tuple[str, str] | None
    wasted: float


class _Nursery:
    """The other process. One file at a time: a second thread waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def ask(self, file: int, fields: dict[str, Any], seconds: float, most: int) -> _Outcome:
        """Have a file read, within so many seconds, and take so many bytes of answer at most."""
        with self._lock:
            fresh = self.process is None
            outcome = self._ask(file, fields, seconds, most)
            if outcome.reason is _NO_READER and not outcome.lines and not fresh:  # it was idle, and had ended
                outcome = self._ask(file, fields, seconds, most)
            return outcome

    def _ask(self, file: int, fields: dict[str, Any], seconds: float, most: int) -> _Outcome:
        answered = False
        try:
            control = self._started()
            content, reason, last = self._exchange(control, file, fields, seconds, most)
            reason = reason or self._meaning(control)
            answered = reason is not _NO_READER and reason not in (_TOO_LONG, _TOO_MUCH)
        except OSError:  # no process, no pipe, or a connection that broke
            content, reason, last = b"", _NO_READER, time.monotonic()
        finally:
            if not answered:
                self.stop(at_once=True)
        return _Outcome(tuple(content.split(b"\n")[:-1]), reason, time.monotonic() - last)

    @staticmethod
    def _exchange(
        control: socket.socket, file: int, fields: dict[str, Any], seconds: float, most: int
    ) -> tuple[bytes, tuple[str, str] | None, float]:
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
            return _collect(reading, seconds, most)
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
    def _meaning(control: socket.socket) -> tuple[str, str] | None:
        """What the wait status of the process that read means for the file; None: it came to its end."""
        control.settimeout(LOADING_SECONDS)
        packet = control.recv(64)
        if not packet:
            return _NO_READER
        status = int(packet)
        if os.WIFSIGNALED(status):
            slow = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM)
            return _TOO_LONG if slow else _BROKE
        return _DAMAGED if status else None

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


def _collect(pipe: int, seconds: float, most: int) -> tuple[bytes, tuple[str, str] | None, float]:
    """All that comes through the pipe, why no more was taken, and when the last line of it came.

    A file's own time begins with the first byte: an empty line, when the libraries have been loaded.
    """
    content, last = bytearray(), time.monotonic()
    deadline = last + LOADING_SECONDS
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            return bytes(content), _TOO_LONG if content else _NO_READER, last
        chunk = os.read(pipe, _CHUNK)
        if not chunk:
            return bytes(content), None, last
        if not content:
            deadline = time.monotonic() + seconds
        if b"\n" in chunk:
            last = time.monotonic()
        content += chunk
        if len(content) > most:
            return bytes(content), _TOO_MUCH, last


NURSERY = _Nursery()
"""The one of this process."""

atexit.register(NURSERY.stop)
os.register_at_fork(after_in_child=NURSERY.forget)


def read_apart(file: int, recognised: Recognised, *, many: bool = False) -> Iterator[Answer]:
    """The documents of an open file, one unless it is an archive and ``many`` are wanted.

    What cannot be read is an answer with its error; nothing is raised for it.
    """
    fields = {"format": recognised.format, "package": recognised.package, "many": many, "start": 0}
    deadline, wasted, most = time.monotonic() + ARCHIVE_SECONDS, 0.0, MOST_ANSWERED
    while True:
        os.lseek(file, 0, os.SEEK_SET)
        outcome = NURSERY.ask(file, fields, WALL_SECONDS - wasted, most)
        most -= sum(map(len, outcome.lines))
        parsed = _parsed(outcome)
        yield from parsed.answers
        if parsed.following is None or parsed.begun is None:
            return
        if outcome.reason:
            wasted += outcome.wasted
        reason = None
        if wasted > WALL_SECONDS / 2 or time.monotonic() > deadline:
            reason = "took too long"
        elif most <= 0:
            reason = "gave more text than is taken"
        if reason:
            fault = f"was not read from entry {parsed.following + 1} on: what stands before {reason}"
            yield Answer(parsed.begun[1], None, refused(fault, "split the archive"))
            return
        fields["start"] = parsed.following


@dataclass(slots=True)
class _Parsed:
    """What an outcome's lines say: the documents, and the entry to go on with (None: there are no more).

    ``begun`` is the place and name of the last entry that was begun; ``open``: nothing has come of it yet.
    ``complete``: the process said itself how to go on.
    """

    answers: list[Answer] = field(default_factory=list)
    following: int | None = None
    begun: tuple[int, str] | None = None
    open: bool = False
    complete: bool = False


def _parsed(outcome: _Outcome) -> _Parsed:
    """All that came, and an error for what did not come."""
    parsed = _Parsed()
    try:
        for line in filter(None, outcome.lines):
            _take(json.loads(line), parsed)
    except (ValueError, TypeError, LookupError, RecursionError):
        return _Parsed([Answer(None, None, refused(*_DAMAGED))])
    if not parsed.complete and (parsed.open or not parsed.answers):
        name = parsed.begun[1] if parsed.begun else None
        parsed.answers.append(Answer(name, None, refused(*(outcome.reason or _DAMAGED))))
    if not parsed.complete and parsed.begun:
        parsed.following = parsed.begun[0] + 1
    return parsed


def _take(fields: dict[str, Any], parsed: _Parsed) -> None:
    """One line. A fault without a name is of the entry that was begun: its process could not go on."""
    if "begun" in fields:
        parsed.begun, parsed.open = (int(fields["begun"]), str(fields["name"])), True
    elif "next" in fields:
        parsed.following, parsed.complete = fields["next"], True
        if parsed.following is not None:
            parsed.following = int(parsed.following)
    else:
        name = fields["name"]
        if name is None and parsed.begun:
            name = parsed.begun[1]
        parsed.answers.append(_answer(fields, name))
        parsed.open = False


def _answer(fields: dict[str, Any], name: object) -> Answer:
    if name is not None and not isinstance(name, str):
        raise ValueError("a name is no string")
    if "fault" in fields:
        fault, remedy = fields["fault"]
        return Answer(name, None, refused(str(fault), str(remedy)))
    return Answer(name, Format(fields["format"]), _source(fields["source"]))


def _source(fields: dict[str, Any]) -> Source:
    """A source as child.py wrote it, checked: nothing else is believed. Raises ValueError, TypeError and
    LookupError.
    """
    text, body, pages = fields["text"], int(fields["body"]), tuple(map(int, fields["pages"]))
    if not isinstance(text, str) or len(text) > MOST_TEXT:
        raise ValueError("no text, or too much")
    text.encode()
    if not 0 <= body <= len(text) or list(pages) != sorted(pages) or (pages and pages[-1] > len(text)):
        raise ValueError("places outside of the text")
    values = [fields[key] for key in ("title", "source", "date", "url")]
    if not all(value is None or isinstance(value, str) for value in values):
        raise TypeError("metadata that are no strings")
    return Source(
        text,
        Metadata(*values),
        body,
        fields["markdown"] is True,
        tuple(refused(str(fault), str(remedy)) for fault, remedy in fields["faults"]),
        pages,
        str(fields["extractor"]),
    )
