"""The index behind the event loop: asked in a bounded executor, and made ready while questions wait.

Nothing here waits on the event loop for more than a hand-over; no more than ``WORKERS`` questions are
worked on at once, the others queue in the executor.

It knows nothing of Telegram, and decides nothing about an answer: see answer.py.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from bot.answer import Answer, answer, searchable
from index.build import Notice, open_corpus
from index.model import Results, Sentence, Turn
from index.search import Index

__all__ = ["CANDIDATES", "WORKERS", "Engine", "answered"]

P = ParamSpec("P")
T = TypeVar("T")

WORKERS = 1
"""Threads that search. More only take the interpreter's lock from one another, and from the event loop."""

CANDIDATES = 10
"""Hits looked at for a decision, and pages to turn."""

SHOWN = 1
"""Of them, those that an answer shows: the others are looked up when their page is turned to."""


class Engine:
    """Opens the index of a folder once, then answers."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="index")
        self._index: Index | None = None
        self._ready = asyncio.Event()
        self.percent = 0
        """How much of the documents has been read while a first index is built."""

    async def open(self, seeds: Path, data: Path, notice: Notice, thesaurus: Path | None = None) -> None:
        """Bring the index up to date and open it. Raises CorpusError, StoreError."""
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[Index] = loop.create_future()

        def work() -> None:
            try:
                index = open_corpus(seeds, data, thesaurus=thesaurus, progress=self._progress, notice=notice)
            except Exception as error:  # noqa: BLE001 - raised again where it is awaited
                _hand_over(loop, opened.set_exception, opened, error)
            else:
                _hand_over(loop, opened.set_result, opened, index)

        # a daemon: a build that is stopped leaves the generation before, so nobody has to wait for it
        threading.Thread(target=work, name="opening", daemon=True).start()
        self._index = await opened
        self.percent = 100
        self._ready.set()

    def _progress(self, done: int, total: int, _sentences: int) -> None:
        self.percent = 100 * done // max(total, 1)

    @property
    def ready(self) -> bool:
        """Whether questions are answered at once."""
        return self._ready.is_set()

    async def until_ready(self) -> None:
        """Wait until the index is ready, however long that takes."""
        await self._ready.wait()

    async def wait(self, seconds: float) -> bool:
        """Wait until the index is ready, but no longer than this; return whether it is."""
        try:
            await asyncio.wait_for(self._ready.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def call(
        self, work: Callable[Concatenate[Index, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        """Run ``work(index, …)`` in the executor once the index is ready."""
        await self._ready.wait()
        assert self._index is not None  # noqa: S101 - set before the event
        index = self._index
        return await self.run(lambda: work(index, *arguments, **options))

    def sentence(self, quote_id: str) -> Sentence | None:
        """The index's look-up, for whoever is in the executor already."""
        return self._index.sentence(quote_id) if self._index is not None else None

    async def run(self, work: Callable[[], T]) -> T:
        """Run anything short that may block in the executor."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Let go of the index and its threads; what runs is waited for."""
        self._pool.shutdown(cancel_futures=True)
        if self._index is not None:
            self._index.close()


def _hand_over(
    loop: asyncio.AbstractEventLoop, take: Callable[[T], object], future: "asyncio.Future[Index]", value: T
) -> None:
    """Give a thread's outcome to its future, unless the loop has ended or nobody waits any more."""
    with contextlib.suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(lambda: None if future.done() else take(value))


def answered(index: Index, question: str, history: Sequence[Turn] = ()) -> Answer:
    """The answer to a question; ``history`` is what was asked before it, oldest first."""
    if not searchable(question):
        return answer(Results(question, ()))
    return answer(index.search(question, history, CANDIDATES, detailed=SHOWN))
