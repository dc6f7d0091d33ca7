"""The index behind the event loop: asked in a bounded executor, and changed while it answers.

    open -> what can answer at once -> a build in a child process, where the documents have changed -> swap
    follow: what another process commits, and changes of the folder, lead to the same swap

The swap is one assignment. A question is answered by the index that it began with, which is closed when its
last question has been answered. Nothing here waits on the event loop for more than a hand-over; no more than
``WORKERS`` questions are worked on at once, the others queue in the executor.

It knows nothing of Telegram, and decides nothing about an answer: see answer.py.
"""

import asyncio
import contextlib
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from index.build import Notice, Now, Progress, Report, open_now, open_served, source_of
from index.catalogue import Change
from index.changes import Add, Corpus, Remove, Restore, Undo
from index.child import Build
from index.errors import CorpusError, DamagedError, QuothError, StoreError
from index.model import Sentence
from index.search import Index
from index.store import Store

__all__ = ["WORKERS", "Alarm", "Engine"]

P = ParamSpec("P")
T = TypeVar("T")

Alarm = Callable[[StoreError | None], None]
"""Takes what is wrong with an index that is damaged, or None when it is sound again."""

WORKERS = 1
"""Threads that search. More only take the interpreter's lock from one another, and from the event loop."""

FOLLOW_EVERY = 1.0
"""Seconds between two looks for a generation that another process has committed."""

WATCH_EVERY = 2.0
"""Seconds between two looks at the folder; a change counts when it has lasted from one to the next."""

PRUNE_EVERY = 3600.0
"""Seconds between two looks for what has been in the trash long enough."""

TRY_AGAIN = 60.0
"""Seconds until what failed to be built is tried again, unless the documents change before."""


class Engine:
    """Opens the index of a corpus, then answers; ``reload`` and ``follow`` bring newer ones."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="index")
        self._held: _Held | None = None
        self._here = threading.local()
        self._ready = asyncio.Event()
        self._build: Build | None = None
        self._builds = asyncio.Lock()
        self._broken = asyncio.Event()
        self._mend_again = 0.0
        self._notice: Notice = _ignore
        self._alarm: Alarm = _ignore
        self.percent = 0
        """How much of the documents has been read while an index is built, or of an index that is checked."""
        self.checking = False
        """Whether an index is being checked, before it answers."""

    async def open(
        self,
        seeds: Path,
        data: Path,
        notice: Notice,
        thesaurus: Path | None = None,
        alarm: Alarm | None = None,
    ) -> None:
        """Answer from what is there, if anything, and bring it up to date.

        ``notice`` is called on the event loop, now and later: with what is wrong with the index, and with
        what is left out of it; ``alarm`` with the fault of an index that is damaged, once, and with None when
        it is rebuilt. Raises CorpusError and StoreError where nothing can answer.
        """
        self._seeds, self._data, self._thesaurus = seeds, data, thesaurus
        self._notice = partial(_soon, asyncio.get_running_loop(), notice)
        self._alarm = alarm or _ignore
        now = await _aside(lambda: open_now(seeds, data, thesaurus=thesaurus, checking=self._checked))
        self.percent, self.checking = 0, False
        self._take_up(now)
        if now.current:
            return
        if isinstance(now.fault, DamagedError):
            self._alarm(now.fault)
        try:
            await self.reload()
        except (CorpusError, StoreError) as error:
            if self._held is None:
                raise
            self._notice(f"{error.place}: {error.fault}; answering from the index as it was")
        else:
            if isinstance(now.fault, DamagedError):
                self._alarm(None)

    def _checked(self, done: int, total: int) -> None:
        self.percent, self.checking = 100 * done // max(total, 1), True

    @property
    def ready(self) -> bool:
        """Whether questions are answered at once."""
        return self._ready.is_set()

    @property
    def empty(self) -> bool:
        """Whether the index that answers holds no sentence."""
        return self._held is not None and self._held.empty

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

    # -- asking ----------------------------------------------------------------------------------------

    async def call(
        self, work: Callable[Concatenate[Index, P], T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        """Run ``work(index, …)`` in the executor once the index is ready."""
        await self._ready.wait()
        held = self._held
        assert held is not None  # noqa: S101 - set before the event
        held.take()

        def use() -> T:
            self._here.index = held.index
            try:
                return work(held.index, *arguments, **options)
            finally:
                self._here.index = None

        try:
            future = self._pool.submit(use)
        except RuntimeError:  # closed meanwhile
            held.give()
            raise
        future.add_done_callback(lambda _: held.give())
        try:
            return await asyncio.wrap_future(future)
        except DamagedError as error:
            self._break(error)
            raise

    def sentence(self, quote_id: str) -> Sentence | None:
        """The look-up of the index that is in use here, for whoever is in the executor already."""
        index = getattr(self._here, "index", None) or (self._held.index if self._held is not None else None)
        return index.sentence(quote_id) if index is not None else None

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

    async def age(self) -> float:
        """Seconds since the generation that serves was committed. Raises StoreError."""
        return await _aside(lambda: time.time() - Store(self._data).committed_at())

    async def change(
        self, wish: Add | Remove | Restore | Undo, *, by: int | None, request: str = ""
    ) -> Change:
        """``Corpus.apply``, away from the event loop and from questions. ``reload`` then makes it found."""
        return await _aside(lambda: self.corpus.apply(wish, by=by, request=request))

    async def reload(self, progress: Progress | None = None) -> Report:
        """Build what is new or changed in a child process, answer from it, and say what was done.

        ``progress`` is called in another thread. Raises CorpusError, StoreError; then all stays as it was.
        """
        async with self._builds:
            self._build = build = Build(self._seeds, self._data, self._thesaurus)

            def told(done: int, total: int, sentences: int) -> None:
                self.percent = 100 * done // max(total, 1)
                if progress:
                    progress(done, total, sentences)

            try:
                report = await _aside(lambda: build.run(told, self._notice))
            finally:
                build.stop()
            self._take_up(await self._newest())
            return report

    async def follow(self, *, watch: bool = False) -> None:
        """For ever: answer from the newest generation, whoever commits it, and mend one that is damaged.

        With ``watch``, a change of the folder leads to a reload by itself. Now and then the trash is emptied.
        """
        await self._ready.wait()
        watching = _Watching()
        watched = pruned = -math.inf
        while True:
            await asyncio.sleep(FOLLOW_EVERY)
            now = time.monotonic()
            try:
                await self._follow()
                if watch and now >= watched + WATCH_EVERY:
                    watched = now
                    await self._watch(watching)
                if now >= pruned + PRUNE_EVERY:
                    pruned = now
                    await _aside(self.corpus.prune)
            except QuothError as error:
                if str(error) != watching.said:
                    watching.said = str(error)
                    self._notice(str(error))

    async def _follow(self) -> None:
        if self._broken.is_set() and time.monotonic() < self._mend_again:
            return
        held = self._held
        assert held is not None  # noqa: S101 - waited for
        number: int | None
        try:
            number = await _aside(Store(self._data).current)
        except DamagedError:
            number = None
        if number != held.number:
            now = await self._newest()
            if self._held is not held:  # a reload was faster, and may have brought a newer one
                _close(now)
                return
            self._take_up(now)
            if now.fault:
                self._break(now.fault)
        if self._broken.is_set():
            await self._mend()

    async def _newest(self) -> Now:
        """The generation that serves; where nothing is wrong with the one that answers, what both share is
        not read again. That one is held open meanwhile.
        """
        held = self._held
        if held is None or self._broken.is_set():
            return await _aside(lambda: open_served(self._data))
        held.take()
        try:
            return await _aside(lambda: open_served(self._data, held.index))
        finally:
            held.give()

    def _break(self, fault: StoreError) -> None:
        """The index is to be mended, which is told once."""
        if not self._broken.is_set():
            self._broken.set()
            self._alarm(fault)

    async def _mend(self) -> None:
        """Rebuild from the documents what is damaged; the one before answers meanwhile."""
        self._mend_again = time.monotonic() + TRY_AGAIN
        before = await _aside(Store(self._data).open_before)
        if before is not None:
            self._take_up(Now(await _aside(lambda: Index(before))))
        await self.reload()
        self._broken.clear()
        self._mend_again = 0.0
        self._alarm(None)

    async def _watch(self, watching: "_Watching") -> None:
        source = await _aside(lambda: source_of(self._seeds, self._data, self._thesaurus))
        assert self._held is not None  # noqa: S101 - waited for
        if watching.is_due(source, self._held.index.source):
            await self.reload()

    def _take_up(self, now: Now) -> None:
        """Answer from an index that was just opened, unless it is the one that answers."""
        if now.index is None:
            return
        if self._held is not None and self._held.number == now.index.stats().generation:
            _close(now)
        else:
            self._swap(now.index)

    def _swap(self, index: Index) -> None:
        old, self._held = self._held, _Held(index)
        self.percent = 100
        self._ready.set()
        if old is not None:
            old.retire()

    def close(self) -> None:
        """Let go of the index and its threads, and end a build; what runs is waited for."""
        if self._build is not None:
            self._build.stop()
        self._pool.shutdown(cancel_futures=True)
        if self._held is not None:
            self._held.retire()


def _close(now: Now) -> None:
    """Let go of what was opened and is not to answer."""
    if now.index is not None:
        now.index.close()


class _Held:
    """An index and how many use it: once retired, it is closed by the last of them."""

    def __init__(self, index: Index) -> None:
        self.index = index
        stats = index.stats()
        self.number, self.empty = stats.generation, not stats.sentences
        self._users = 1
        self._lock = threading.Lock()

    def take(self) -> None:
        """Begin to use it."""
        with self._lock:
            self._users += 1

    def give(self) -> None:
        """Use it no longer."""
        with self._lock:
            self._users -= 1
            if not self._users:
                self.index.close()

    def retire(self) -> None:
        """Nobody else will begin to use it."""
        self.give()


class _Watching:
    """Whether a change of the folder is to be built: once it has lasted, and not again while that fails."""

    def __init__(self) -> None:
        self.said = ""
        self._last, self._tried, self._again = "", "", 0.0

    def is_due(self, source: str, served: str) -> bool:
        """Whether to build now, the documents being as ``source`` sums them up."""
        lasted, self._last = source == self._last, source
        if not source or source == served or not lasted:
            return False
        if source == self._tried and time.monotonic() < self._again:
            return False
        self._tried, self._again = source, time.monotonic() + TRY_AGAIN
        return True


async def _aside(work: Callable[[], T]) -> T:
    """Run what may take long in a thread of its own, which nobody waits for when the process ends."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            value = work()
        except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
            _hand_over(loop, done.set_exception, done, error)
        else:
            _hand_over(loop, done.set_result, done, value)

    threading.Thread(target=run, name="aside", daemon=True).start()
    return await done


def _hand_over(
    loop: asyncio.AbstractEventLoop, take: Callable[[Any], object], done: "asyncio.Future[T]", value: object
) -> None:
    """Give a thread's outcome to its future, unless the loop has ended or nobody waits any more."""
    with contextlib.suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(lambda: None if done.done() else take(value))


def _soon(loop: asyncio.AbstractEventLoop, notice: Notice, line: str) -> None:
    """Tell on the event loop, whatever thread this is."""
    with contextlib.suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(notice, line)


def _ignore(_: object) -> None:
    """Nobody listens yet."""
