"""From the inbox to the handlers: each update in the lane of its chat, at least once, to its end.

``receive`` takes updates from wherever they come; ``resume`` works on what an earlier run left. Of these one
at a time is tried until its answer begins to leave: if the process ends meanwhile, it was that one. What a
handler raises is tried again, unless something has left already; an error of Telegram's is final, since the
outbox has tried.

What an update means is not known here.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import partial

from telegram import Bot, Update
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.entry import Entry, Fate, at_work
from bot.inbox import MOST_ATTEMPTS, MOST_DEATHS, Inbox
from bot.lanes import Lanes
from bot.parse import parsed
from bot.raw import Raw
from bot.requests import NotSent, ServerFault

__all__ = ["Intake"]

SLICE = 0.002
"""Seconds of parsing after which whatever else is due has its turn."""

AGAIN_AFTER = 0.2
"""Seconds before the second attempt at an update that raised; before the third five times as long."""

_log = logging.getLogger(__name__)

Say = Callable[[Update], Awaitable[None]]


class Intake:
    """``process`` hands an update to its handler and leaves what that raises in its entry's ``failure``;
    ``too_many`` tells a chat that it sends too much at once, ``failed`` that no answer could be made. An
    update that is ``spared`` is never too much.
    """

    def __init__(  # noqa: PLR0913 - what it joins
        self,
        inbox: Inbox,
        lanes: Lanes,
        bot: Bot,
        *,
        process: Say,
        too_many: Say,
        failed: Say,
        spared: Callable[[Update], bool] = lambda _: False,
    ) -> None:
        self._inbox, self._lanes, self._bot = inbox, lanes, bot
        self._process, self._too_many, self._failed = process, too_many, failed
        self._spared = spared
        self._alone = asyncio.Lock()

    async def receive(self, raws: Sequence[Raw]) -> None:
        """Store updates, then have those that are new worked on. Waits where too many are in hand; cancelled
        while it waits, what is left is worked on after the next start. Raises StoreError where they cannot be
        stored.
        """
        finished: list[tuple[Entry, Fate]] = []
        began = time.perf_counter()
        for entry in await self._inbox.put(raws):
            fate = await self._take(entry)
            if fate is not None:
                finished.append((entry, fate))
            if time.perf_counter() - began > SLICE:
                await asyncio.sleep(0)
                began = time.perf_counter()
        await asyncio.gather(*(self._inbox.finish(entry, fate) for entry, fate in finished))

    async def resume(self, ready: Callable[[], Awaitable[object]]) -> None:
        """Put what an earlier run left before anything new, in order; it is tried once ``ready`` returns."""
        left = await self._inbox.unfinished()
        for entry in left:
            if entry.attempts > MOST_DEATHS:  # the first was among others in hand, and proves nothing
                _log.error("update %s set aside: the process ended %d times at it", entry.number, MOST_DEATHS)
                await self._inbox.finish(entry, Fate.ASIDE)
            else:
                self._lanes.resume(_lane(entry), partial(self._again, entry, ready))
        if left:
            _log.info("%d updates of an earlier run are worked on first", len(left))

    async def _take(self, entry: Entry) -> Fate | None:
        """Into the lane of its chat; its fate, where that is known at once."""
        try:
            update = parsed(entry.raw, self._bot)
            spared = self._spared(update)
        except Exception as error:  # noqa: BLE001 - half of all mutations raise, in a zoo of ways
            return _unreadable(entry, error)

        too_many = partial(self._tell, self._too_many, update)
        if spared:
            self._lanes.resume(_lane(entry), lambda: self._work(entry, update))
            return None
        if await self._lanes.submit(_lane(entry), lambda: self._work(entry, update), too_many):
            return None
        _log.warning("update %s left out: too many of this chat are waiting", entry.number)
        return Fate.FAILED

    async def _again(self, entry: Entry, ready: Callable[[], Awaitable[object]]) -> None:
        """An update of an earlier run: alone, until its answer begins to leave."""
        await self._alone.acquire()
        entry.began = partial(self._harmless, entry)
        try:
            await ready()
            await self._inbox.attempt(entry)
            try:
                update = parsed(entry.raw, self._bot)
            except Exception as error:  # noqa: BLE001 - as above
                await self._inbox.finish(entry, _unreadable(entry, error))
            else:
                await self._work(entry, update)
        finally:
            if not entry.sending:
                self._alone.release()

    def _harmless(self, entry: Entry) -> None:
        """Its answer begins to leave, so it does not end the process; now the next one."""
        self._inbox.harmless(entry)
        self._alone.release()

    async def _work(self, entry: Entry, update: Update) -> None:
        token = at_work.set(entry)
        try:
            fate = await self._fate(entry, update)
        finally:
            at_work.reset(token)
        await self._inbox.finish(entry, fate)
        for error in await asyncio.gather(*entry.later, return_exceptions=True) if entry.later else ():
            if isinstance(error, Exception):
                _log.error("update %s was answered, but what shows it is not stored: %s", entry.number, error)

    async def _fate(self, entry: Entry, update: Update) -> Fate:
        """What becomes of an update, after as many attempts as it takes."""
        while True:
            entry.failure = None
            await self._process(update)
            error = entry.failure
            if error is None:
                return Fate.DONE
            if isinstance(error, TelegramError):
                return await self._given_up(entry, update, error)
            if entry.sending or entry.attempts >= MOST_ATTEMPTS:
                break
            _log.warning("update %s: attempt %d: %r; trying again", entry.number, entry.attempts, error)
            await asyncio.sleep(AGAIN_AFTER * 5 ** (entry.attempts - 1))
            await self._inbox.attempt(entry)
        _log.error("update %s could not be answered", entry.number, exc_info=error)
        if entry.sending:
            return Fate.FAILED
        await self._tell(self._failed, update)
        return Fate.ASIDE

    async def _given_up(self, entry: Entry, update: Update, error: TelegramError) -> Fate:
        """An answer that Telegram did not take: the outbox has tried what helps."""
        if isinstance(error, Forbidden):
            _log.info("update %s: not sent: %s", entry.number, error)
        elif isinstance(error, BadRequest) or not isinstance(error, RetryAfter | NetworkError):
            _log.error("update %s could not be answered", entry.number, exc_info=error)
            await self._tell(self._failed, update)
        else:
            _log.error("update %s: an answer is given up: %s", entry.number, error)
            return Fate.FAILED if isinstance(error, RetryAfter | NotSent | ServerFault) else Fate.UNKNOWN
        return Fate.FAILED

    @staticmethod
    async def _tell(say: Say, update: Update) -> None:
        try:
            await say(update)
        except TelegramError as error:
            _log.warning("nor could that be said: %s", error)


def _lane(entry: Entry) -> Hashable:
    return entry.raw.lane or ("update", entry.number)


def _unreadable(entry: Entry, error: Exception) -> Fate:
    _log.error("update %s set aside: %s: %.200s", entry.number, type(error).__name__, error)
    return Fate.ASIDE
