"""Things that wait for the same work, done several at a time: a thread is woken, and a disk written, once.

What arrives while nothing is under way goes at once, alone, unless a little waiting is asked for. Under load,
what waited goes together.

What the work is, and whether it may fail, is not known here.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

__all__ = ["Batches"]

A = TypeVar("A")
R = TypeVar("R")


class Batches(Generic[A, R]):
    """Has ``work`` done on up to ``most`` items at a time, ``at_once`` such batches side by side, in order.

    ``work`` gives a result for each item, in their order; one that is an exception is raised for that item
    alone, and what ``work`` raises itself, for all of them. ``gather`` is how many seconds the first of a
    batch waits for others.
    """

    def __init__(
        self,
        work: Callable[[Sequence[A]], Awaitable[Sequence[R | Exception]]],
        *,
        most: int,
        at_once: int = 1,
        gather: float = 0.0,
    ) -> None:
        self._work, self._most, self._at_once, self._gather = work, most, at_once, gather
        self._waiting: deque[tuple[A, asyncio.Future[R]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def do(self, item: A) -> R:
        """The result for an item; cancelled before its turn, it is left out."""
        return await self.submit(item)

    async def finish(self, seconds: float) -> None:
        """Wait until nothing is under way, but no longer than this; what is then, is cancelled."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()

    def submit(self, item: A) -> "asyncio.Future[R]":
        """The same without waiting."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        # one that has ended may not have been discarded yet: it takes nothing more
        if sum(not task.done() for task in self._tasks) < self._at_once:
            task = asyncio.create_task(self._run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return future

    async def _run(self) -> None:
        while self._waiting:
            if self._gather:
                await asyncio.sleep(self._gather)
            batch: list[tuple[A, asyncio.Future[R]]] = []
            while self._waiting and len(batch) < self._most:
                item, future = self._waiting.popleft()
                if not future.done():
                    batch.append((item, future))
            if batch:
                await self._finish(batch)

    async def _finish(self, batch: list[tuple[A, "asyncio.Future[R]"]]) -> None:
        results: Sequence[R | Exception]
        try:
            results = await self._work([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - theirs who wait, whatever it is
            results = [error] * len(batch)
        except BaseException:
            for _, future in batch:
                future.cancel()
            raise
        for (_, future), result in zip(batch, results, strict=True):
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
