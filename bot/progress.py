"""A progress bar on standard error that costs nothing until it is due.

It takes no part in the work: whoever works calls it.
"""
# ruff: noqa: PLC0415 - rich's progress takes 50 ms to import, which a warm `quoth ask` does not need

import sys
import time
from typing import TYPE_CHECKING

from bot.texts import en

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["Bar"]


class Bar:
    """Shows done of total, the rate and the time left, from ``delay`` seconds on; nothing where nobody looks.

    It is an ``index.build.Progress``, and a context manager that takes the bar away at the end.
    """

    def __init__(self, task: str = "indexing", noun: str = "sentence", delay: float = 0.0) -> None:
        self._task, self._noun = task, noun
        self._began = time.monotonic()
        self._due = self._began + delay
        self._seen = sys.stderr is not None and sys.stderr.isatty()
        self._progress: Progress | None = None

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress:
            self._progress.stop()

    def __call__(self, done: int, total: int, count: int) -> None:
        """Show that ``done`` of ``total`` is done, and that it held ``count`` of what is counted."""
        now = time.monotonic()
        if not self._seen or now < self._due:
            return
        if self._progress is None:
            self._progress = _bar()
            self._progress.add_task(self._task, rate="")
            self._progress.start()
        rate = f"{en.counted(count, self._noun)}, {count / max(now - self._began, 1e-6):,.0f}/s"
        self._progress.update(self._progress.task_ids[0], completed=done, total=total, rate=rate)


def _bar() -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
