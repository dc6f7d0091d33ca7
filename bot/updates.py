"""Updates as Telegram hands them out, a list at a time.

``poll`` calls getUpdates itself and takes its reply apart without judging it: with python-telegram-bot's own
loop an update that does not parse is fetched for ever, and nothing behind it is seen.

What an update means is not known here, and nothing is stored: a list is confirmed to Telegram by the call
after ``receive`` has returned, so that what ``receive`` has made durable is never lost.
"""

import asyncio
import json
import logging
import random
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from telegram import Bot, Update
from telegram.error import InvalidToken, TelegramError

from bot.raw import Raw, number_of
from index.errors import QuothError, StoreError

__all__ = ["Refused", "poll"]

LONG_POLL = 50
"""Seconds that Telegram may hold a getUpdates back, https://core.telegram.org/bots/api#getupdates."""

GRACE = 10.0
"""Seconds more until a silent connection counts as dead."""

BATCH = 100
"""Updates a call, Telegram's most."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between tries. What Telegram asks for by ``retry_after`` may be longer."""

CONFLICTS, CONFLICT_WINDOW = 5, 300.0
"""So many conflicts in so many seconds are another bot, and not one that is just being replaced."""

NEAR = 2**20
"""Ids of one reply lie closer together: Telegram counts up by one."""

ARRIVED = 0.5
"""Seconds after which a call that is held back has reached Telegram, and its offset has done its work."""

SLICE = 0.002
"""Seconds of reading after which whatever else is due has its turn."""

_ENVELOPE = re.compile(r'\s*\{\s*"ok"\s*:\s*true\s*,\s*"result"\s*:\s*\[\s*')
_BETWEEN = re.compile(r"\s*([,\]]|$)\s*")
_PIECE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)
_NUMBER = re.compile(r'"update_id"\s*:\s*(\d{1,10})(?!\d)')
_DECODER = json.JSONDecoder()

_log = logging.getLogger(__name__)

Receive = Callable[[Sequence[Raw]], Awaitable[None]]


class Refused(QuothError):  # noqa: N818 - what happened, in Telegram's own words
    """Telegram will not give this bot its updates; trying again does not help."""


class _Unanswered(Exception):  # noqa: N818 - never leaves this module
    """No list of updates this time; ``pause`` is how many seconds to wait at least."""

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        super().__init__(reason)
        self.pause = pause


class _Conflict(_Unanswered):
    """Another poller, or a webhook."""


async def poll(
    bot: Bot,
    receive: Receive,
    *,
    heartbeat: Callable[[], None],
    stop: asyncio.Event,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Hand every list of updates to ``receive``, in order, until ``stop`` is set; ``bot`` needs no
    ``initialize``.

    The call after ``receive`` has returned confirms the list; where it raises StoreError, the same updates
    are asked for again after a pause. When ``stop`` is set, the call under way and a ``receive`` that waits
    are cancelled, and what was received is confirmed. ``heartbeat`` is called after each list that Telegram
    gives, be it an empty one.

    Raises ``Refused`` for a token that Telegram does not know, and where another program fetches the updates.
    """
    poller = _Poller(bot, receive, heartbeat, sleep)
    tasks = [asyncio.create_task(poller.run()), asyncio.create_task(stop.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            await tasks[0]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await poller.confirm()


class _Poller:
    """The state of one ``poll``.

    ``_offset`` is None when nothing received is unconfirmed: Telegram may restart ids lower after a quiet
    week, and then an offset of the old numbers would hide what is new.
    """

    def __init__(
        self,
        bot: Bot,
        receive: Receive,
        heartbeat: Callable[[], None],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._bot, self._receive, self._heartbeat, self._sleep = bot, receive, heartbeat, sleep
        self._offset: int | None = None
        self._failures = 0
        # at first, and after a fault, a call is answered at once: whether it hears is known early
        self._heard = False
        self._conflicts: deque[float] = deque(maxlen=CONFLICTS)
        self._asked: tuple[int | None, float] = None, 0.0
        self._unsure: set[str] = set()

    async def run(self) -> None:
        """For ever, but for ``Refused``."""
        while True:
            try:
                reply = await self._call(LONG_POLL if self._heard else 0, BATCH)
                self._heard = True
                self._beat()
                await self._hand_over(reply)
            except (_Unanswered, TelegramError) as error:
                self._heard = False
                await self._pause(error)
                if isinstance(error, _Conflict):
                    await self._conflict(str(error))
            else:
                if self._failures:
                    _log.info("getUpdates works again")
                self._failures = 0

    async def confirm(self) -> None:
        """Tell Telegram, once and in two seconds, what was received, unless a call has told it.

        Telegram holds back a second call with the same offset for three seconds: nobody waits for its answer.
        """
        offset, since = self._asked
        told = offset == self._offset
        if self._offset is None or (told and time.monotonic() - since > ARRIVED):
            return
        try:
            async with asyncio.timeout(ARRIVED if told else 2):
                await self._call(0, 1)
        except (_Unanswered, TelegramError, Refused, TimeoutError) as error:
            if not told:
                _log.warning("the last updates may come again, they are not confirmed: %r", error)

    async def _call(self, hold: int, limit: int) -> str:
        """One getUpdates: the text of a reply that says that it is fine."""
        given: dict[str, Any] = {
            "timeout": hold,
            "limit": limit,
            "allowed_updates": json.dumps(Update.ALL_TYPES),
        }
        if self._offset is not None:
            given["offset"] = self._offset
        self._asked = self._offset, time.monotonic()
        status, body = await self._bot.request.do_request(
            f"{self._bot.base_url}/getUpdates?{urlencode(given)}", "POST", read_timeout=hold + GRACE
        )
        text = body.decode("utf-8", "replace")
        if status == HTTPStatus.OK and _ENVELOPE.match(text):
            return text
        return _list(status, _object(text))

    async def _conflict(self, said: str) -> None:
        """Give up on another poller; remove a webhook, and what waits for it stays."""
        now = time.monotonic()
        self._conflicts.append(now)
        webhook = "webhook" in said.lower()
        if len(self._conflicts) == CONFLICTS and now - self._conflicts[0] < CONFLICT_WINDOW:
            does = "sets a webhook for this bot" if webhook else "fetches this bot's updates"
            remedy = "stop the other one, or give this one a bot of its own from @BotFather"
            raise Refused("QUOTH_TOKEN", f"another program {does}", remedy)
        if webhook:
            _log.warning("a webhook is set for this bot; removing it")
            try:
                await self._bot.delete_webhook(drop_pending_updates=False)
            except InvalidToken:
                raise _unknown_token() from None
            except TelegramError as error:
                _log.warning("deleteWebhook: %s", error)

    async def _pause(self, error: Exception) -> None:
        """Wait before the next try: twice as long each time, and not in step with others."""
        delay = min(FIRST_PAUSE * 2 ** min(self._failures, 16), LONGEST_PAUSE) * random.uniform(0.5, 1)  # noqa: S311
        delay = max(delay, error.pause if isinstance(error, _Unanswered) else 0.0)
        self._failures += 1
        self._asked = None, 0.0
        _log.warning("getUpdates: %s; trying again in %.1f s", error, delay)
        await self._sleep(delay)

    async def _hand_over(self, reply: str) -> None:
        """The updates of a reply, all at once. ``_Unanswered`` where they cannot be stored, where the reply
        breaks off behind them, or where their ids confirm nothing.
        """
        raws, whole = await self._taken_apart(reply)
        try:
            await self._receive([raw for raw in raws if raw.text not in self._unsure])
        except StoreError as error:
            raise _Unanswered(f"updates cannot be stored and stay with Telegram: {error}") from error
        sure = self._move([raw.text for raw in raws], [raw.number for raw in raws])
        if not whole:
            raise _Unanswered("a reply that breaks off")
        if not sure:
            raise _Unanswered("updates without an update_id")
        if not raws:
            self._offset = None  # all that was received is confirmed

    @staticmethod
    async def _taken_apart(reply: str) -> tuple[list[Raw], bool]:
        """The updates of a reply, as far as it goes, and whether it is whole."""
        raws: list[Raw] = []
        began = time.perf_counter()
        try:
            for text, value in _elements(reply):
                raws.append(Raw(_number(text, value), text, value))
                if time.perf_counter() - began > SLICE:
                    await asyncio.sleep(0)
                    began = time.perf_counter()
        except _Unanswered:
            return raws, False
        return raws, True

    def _move(self, raws: list[str], numbers: list[int | None]) -> bool:
        """Set the offset past what was received: whether the ids say where that is.

        A call with an offset brings no id below it, each update has at least one more than the last, and one
        far from its neighbours would confirm what was never seen.
        """
        least = self._offset or 0
        likely = sorted(number for number in numbers if number is not None and number >= least)
        if likely:
            middle = likely[(len(likely) - 1) // 2]
            highest = max(number for number in likely if number - middle < NEAR)
            self._offset = max(least + len(raws), highest + 1) if least else highest + 1
            self._unsure.clear()
        elif self._offset is not None:
            self._offset += len(raws)
        if not likely:
            self._unsure.update(raws)
        return bool(likely) or not raws

    def _beat(self) -> None:
        try:
            self._heartbeat()
        except Exception:  # noqa: BLE001 - the caller's, whatever it is; it is logged
            _log.exception("heartbeat failed")


def _unknown_token() -> Refused:
    return Refused(
        "QUOTH_TOKEN", "Telegram does not know this token", "copy it again from @BotFather; it may be revoked"
    )


def _list(status: int, reply: dict[str, Any] | None) -> str:
    """The text of a list of updates not written as Telegram usually does, or the error it is instead."""
    if reply is None or not isinstance(reply.get("ok"), bool):
        raise _Unanswered(f"HTTP {status} from something that is not the Bot API")
    if reply["ok"]:
        if isinstance(reply.get("result"), list):
            return json.dumps({"ok": True, "result": reply["result"]})
        raise _Unanswered("a reply without a list of updates")
    code, said = reply.get("error_code", status), str(reply.get("description"))[:200]
    if code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        raise _unknown_token()
    if code == HTTPStatus.CONFLICT:
        raise _Conflict(f"{code} {said}")
    parameters = reply.get("parameters")
    wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
    raise _Unanswered(f"{code} {said}", min(wait, 3600) if type(wait) is int else 0)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _elements(reply: str) -> Iterator[tuple[str, Any]]:
    """Each element of the reply's ``result``: its text, and its value or the error of decoding it.

    One at a time, so that a long reply holds nothing up. ``_Unanswered`` where the text breaks off.
    """
    envelope = _ENVELOPE.match(reply)
    at = envelope.end() if envelope else len(reply)
    if reply.startswith("]", at):
        return
    more = True
    while more:
        value: Any
        try:
            value, end = _DECODER.raw_decode(reply, at)
        except (ValueError, RecursionError) as error:
            value, end = error, _past(reply, at)
        between = _BETWEEN.match(reply, end)
        if between is None or not between[1]:
            raise _Unanswered("a reply that breaks off")
        yield reply[at:end], value
        at, more = between.end(), between[1] == ","


def _past(text: str, at: int) -> int:
    """Where an element that cannot be decoded ends, by its brackets alone."""
    depth = 0
    for piece in _PIECE.finditer(text, at):
        if depth == 0 and piece[0] in {",", "]", "}"}:
            return piece.start()
        depth += (piece[0] in {"[", "{"}) - (piece[0] in {"]", "}"})
    raise _Unanswered("a reply that breaks off")


def _number(raw: str, value: Any) -> int | None:
    """The update's id, also where the rest of it cannot be decoded."""
    if not isinstance(value, Exception):
        return number_of(value)
    written = _NUMBER.search(raw)
    return number_of({"update_id": int(written[1])}) if written else None
