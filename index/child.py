"""``update`` in a process of its own, so that whoever answers meanwhile shares no lock with it.

    parent: Build(…).run() ── python -m index.child SEEDS DATA THESAURUS ──> child: update(…)
            progress, notices, the report or the error come back as lines of JSON

A killed child leaves the old generation; a child whose parent has gone ends itself. It inherits none of our
settings: a process that reads what strangers sent needs no token.

What is built is build.py's business.
"""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from index import errors
from index.build import Notice, Progress, Report, update
from index.errors import QuothError, StoreError

__all__ = ["Build"]

PAUSE = 0.005
"""Seconds between two lines of progress."""

NICENESS = 10
"""A build steps back behind what answers questions."""


class Build:
    """One build in a child process. ``run`` may be called once, in any thread, ``stop`` in another."""

    def __init__(self, seeds: Path, data: Path, thesaurus: Path | None = None) -> None:
        self._data = data
        self._arguments = [str(seeds), str(data), str(thesaurus or "")]
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def run(self, progress: Progress | None = None, notice: Notice | None = None) -> Report:
        """Build, and return what was done. Raises what ``update`` does, and StoreError where the process
        ends before it is done.
        """
        with self._lock:
            if self._stopped:
                raise self._ended()
            try:
                self._process = process = _spawned(self._arguments)
            except OSError as error:
                fault = f"the build cannot be started ({(error.strerror or str(error)).lower()})"
                raise StoreError(self._data, fault, "free some memory and build again") from error
        assert process.stdout is not None  # noqa: S101 - as it was spawned
        with process:
            try:
                for line in process.stdout:
                    if not line.endswith(b"\n"):
                        break  # it ended in the middle of saying it
                    told = json.loads(line)
                    if "progress" in told and progress:
                        progress(*told["progress"])
                    elif "notice" in told and notice:
                        notice(told["notice"])
                    elif "report" in told:
                        return _report(told["report"])
                    elif "error" in told:
                        raise _error(*told["error"])
            finally:
                process.kill()  # whatever it still does, it has nothing more to say
        raise self._ended(process.returncode)

    def stop(self) -> None:
        """End the build; the generation before it goes on serving."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def _ended(self, code: int | None = None) -> StoreError:
        how = "was stopped" if self._stopped or code is None else f"ended before it was done ({_how(code)})"
        return StoreError(self._data, f"the build {how}", "the index as it was serves; build again")


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _spawned(arguments: list[str]) -> "subprocess.Popen[bytes]":
    """Its standard input is a pipe that ends when this process does; Ctrl-C is not for it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUOTH_")}
    return subprocess.Popen(  # noqa: S603 - this Python, our own module
        [sys.executable, "-P", "-m", "index.child", *arguments],  # -P: not a folder `index` here
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**environment, "OPENBLAS_NUM_THREADS": "1"},
        start_new_session=True,
    )


def _report(told: dict[str, Any]) -> Report:
    values = {each.name: told[each.name] for each in fields(Report)}
    for name in ("added", "changed", "removed"):
        values[name] = tuple(values[name])
    return Report(**values | {"skipped": tuple((file, why) for file, why in values["skipped"])})


def _error(kind: str, place: str, fault: str, remedy: str) -> QuothError:
    """The error as the child had it."""
    found = getattr(errors, kind, StoreError)
    error: QuothError = found(place, fault, remedy)
    return error


# -- in the child --------------------------------------------------------------------------------------


def main(seeds: str, data: str, thesaurus: str) -> int:
    """Build, telling the parent."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(NICENESS)
    try:
        report = update(
            Path(seeds),
            Path(data),
            thesaurus=Path(thesaurus) if thesaurus else None,
            progress=_told_now_and_then(),
            notice=lambda line: _tell("notice", line),
        )
    except QuothError as error:
        _tell("error", [type(error).__name__, error.place, error.fault, error.remedy])
        return 1
    _tell("report", asdict(report))
    return 0


def _end_with_parent() -> None:
    """Wait until the parent's end of the pipe is closed."""
    while os.read(0, 4096):
        pass
    os._exit(1)


def _told_now_and_then() -> Progress:
    """Tells the parent of progress, but not of each of a thousand small documents."""
    due = 0.0

    def progress(done: int, total: int, sentences: int) -> None:
        nonlocal due
        if done == total or time.monotonic() >= due:
            due = time.monotonic() + PAUSE
            _tell("progress", (done, total, sentences))

    return progress


def _tell(what: str, value: object) -> None:
    line = json.dumps({what: value}) + "\n"
    os.write(1, line.encode("utf-8", "replace"))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
