"""The index behind the event loop: asked in a bounded executor, and renewed while questions go on.

Nothing here waits on the event loop for more than a hand-over; no more than ``WORKERS`` questions are
worked on at once, the others queue in the executor.

It knows nothing of Telegram, and decides nothing about an answer: see answer.py.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from bot.answer import Answer, answer, searchable
from index.build import Notice, Report, open_corpus, update
from index.catalogue import Change
from index.changes import Add, Corpus, Remove, Restore, Undo
from index.model import Results, Sentence, Turn
from index.search import Index
from index.store import Store

__all__ = ["CANDIDATES", "WORKERS", "Engine", "answered"]

P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V")

WORKERS = 1
"""Threads that search. More only take the interpreter's lock from one another, and from the event loop."""

CANDIDATES = 10
"""Hits looked at for a decision, and pages to turn."""

SHOWN = 1
"""Of them, those that an answer shows: the others are looked up when their page is turned to."""


class Engine:
    """Opens the index of a corpus, then answers; ``refresh`` brings a newer one."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="index")
        self._index: Index | None = None
        self._ready = asyncio.Event()
        self._builds = asyncio.Lock()
        self.percent = 0
        """How much of the documents has been read while a first index is built."""

    async def open(self, seeds: Path, data: Path, notice: Notice, thesaurus: Path | None = None) -> None:
        """Bring the index up to date and open it. Raises CorpusError, StoreError."""
        self._seeds, self._data, self._thesaurus = seeds, data, thesaurus
        self._index = await _aside(
            lambda: open_corpus(seeds, data, thesaurus=thesaurus, progress=self._progress, notice=notice)
        )
        self.percent = 100
        self._ready.set()

    def _progress(self, done: int, total: int, _sentences: int) -> None:
        self.percent = 100 * done // max(total, 1)

    @property
    def ready(self) -> bool:
        """Whether questions are answered at once."""
        return self._ready.is_set()

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

    # -- changing --------------------------------------------------------------------------------------

    @property
    def corpus(self) -> Corpus:
        """The documents; its methods block."""
        return Corpus(self._seeds, self._data)

    async def look(self, work: Callable[[Corpus], T]) -> T:
        """Run ``work(corpus)`` away from the event loop and from questions."""
        return await _aside(lambda: work(self.corpus))

    async def change(self, wish: Add | Remove | Restore | Undo, *, by: int | None) -> Change:
        """``Corpus.apply``, away from the event loop and from questions. ``refresh`` then makes it found."""
        return await self.look(lambda corpus: corpus.apply(wish, by=by))

    async def age(self) -> float:
        """Seconds since the generation that serves was committed. Raises StoreError."""
        return await _aside(lambda: time.time() - Store(self._data).committed_at())

    async def refresh(self) -> Report:
        """Build what is new or changed, answer from it, and say what was done; one at a time.

        Raises CorpusError, StoreError; then the index that is there goes on answering.
        """
        await self._ready.wait()
        async with self._builds:
            report = await _aside(lambda: update(self._seeds, self._data, thesaurus=self._thesaurus))
            index = await _aside(lambda: Index.open(self._data))
            old, self._index = self._index, index
            if old is not None:
                await self.run(old.close)  # one worker, in order: after every question that it answers
        return report

    def close(self) -> None:
        """Let go of the index and its threads; what runs is waited for."""
        self._pool.shutdown(cancel_futures=True)
        if self._index is not None:
            self._index.close()


async def _aside(work: Callable[[], T]) -> T:
    """Run what may take long in a thread of its own.

    It is a daemon: a build that is stopped leaves the generation before, so nobody has to wait for it.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - raised again where it is awaited
            _hand_over(loop, done, done.set_exception, error)
        else:
            _hand_over(loop, done, done.set_result, result)

    threading.Thread(target=run, name="aside", daemon=True).start()
    return await done


def _hand_over(
    loop: asyncio.AbstractEventLoop, future: "asyncio.Future[T]", take: Callable[[V], object], value: V
) -> None:
    """Give a thread's outcome to its future, unless the loop has ended or nobody waits any more."""
    with contextlib.suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(lambda: None if future.done() else take(value))


def answered(index: Index, question: str, history: Sequence[Turn] = ()) -> Answer:
    """The answer to a question; ``history`` is what was asked before it, oldest first."""
    if not searchable(question):
        return answer(Results(question, ()))
    return answer(index.search(question, history, CANDIDATES, detailed=SHOWN))
