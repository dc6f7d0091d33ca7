"""The lanes in which updates are worked on: in order within a chat, while chats run side by side.

What the works are is not known here.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable

__all__ = ["Lanes", "Work"]

_log = logging.getLogger(__name__)

Work = Callable[[], Awaitable[None]]
"""What is to be done for an update."""


class Lanes:
    """Works of one key run one after another; those of different keys at once, ``width`` of them at most.

    ``depth`` is how many of one key may wait, so that one that floods holds up no other; ``most`` how many of
    all: whoever submits more, waits too.
    """

    def __init__(self, *, width: int = 128, depth: int = 32, most: int = 1024) -> None:
        self._slots = asyncio.Semaphore(width)
        self._depth, self._most = depth, most
        self._lanes: dict[Hashable, deque[Work]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_hand = 0
        self._moved = asyncio.Event()
        self._closed = False

    def __len__(self) -> int:
        """Works in hand: waiting or running."""
        return self._in_hand

    async def submit(self, key: Hashable, work: Work, instead: Work | None = None) -> bool:
        """Have ``work`` done after all that was submitted for ``key`` before: whether it will be.

        Where ``depth`` of the key wait already it is not, and ``instead`` is done after them, once. Waits
        while ``most`` are in hand; cancelled while it waits, it has submitted nothing. RuntimeError once
        ``drain`` has begun.
        """
        while self._in_hand >= self._most:
            self._moved.clear()
            await self._moved.wait()
        if self._closed:
            raise RuntimeError("these lanes take no more work")
        waiting = len(self._lanes.get(key, ()))
        if waiting < self._depth:
            self._add(key, work)
        elif waiting == self._depth and instead is not None:
            self._add(key, instead)
        return waiting < self._depth

    def resume(self, key: Hashable, work: Work) -> None:
        """Have ``work`` done after what was submitted for ``key`` before, however much waits: it was accepted
        by an earlier run, or must not be left out.
        """
        self._add(key, work)

    def _add(self, key: Hashable, work: Work) -> None:
        self._in_hand += 1
        lane = self._lanes.get(key)
        if lane is not None:
            lane.append(work)
            return
        lane = self._lanes[key] = deque([work])
        task = asyncio.create_task(self._run(key, lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, timeout: float) -> int:
        """Take no more work, finish what is in hand in ``timeout`` seconds and cancel the rest: how many."""
        self._closed = True
        self._moved.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout)
        left, tasks = self._in_hand, list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1)
        return left

    async def _run(self, key: Hashable, lane: deque[Work]) -> None:
        try:
            while lane:
                async with self._slots:
                    await self._do(key, lane.popleft())
        finally:
            self._in_hand -= len(lane)
            del self._lanes[key]

    async def _do(self, key: Hashable, work: Work) -> None:
        """One work; whatever it raises is its own affair, unless the lane itself is being cancelled."""
        self._moved.set()
        try:
            await work()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            _log.error("the work for %s was cancelled from within", key)
        except Exception:  # noqa: BLE001 - the work's, whatever it is; it is logged
            _log.exception("the work for %s failed", key)
        finally:
            self._in_hand -= 1
            self._moved.set()
