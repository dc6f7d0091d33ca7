"""Work that goes on after the update that began it: a change becomes found, files are fetched.

It runs in a context of its own, since the update that began it is done. When the bot stops it gets some time,
and is then cancelled: whoever starts it sees to it that nothing is lost.
"""

import asyncio
import contextvars
import logging
from collections.abc import Coroutine

__all__ = ["Background"]

_log = logging.getLogger(__name__)


class Background:
    """The tasks that run."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Begin work; what it raises is logged."""
        task = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def drain(self, timeout: float) -> None:
        """Let what runs finish in ``timeout`` seconds; cancel the rest."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=max(timeout, 0.0))
        left = list(self._tasks)
        for task in left:
            task.cancel()
        if left:
            _log.warning("stopping in the middle of %d changes", len(left))
            await asyncio.wait(left, timeout=1)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("work in the background failed", exc_info=task.exception())
