"""The stand-in itself: the world behind HTTP, in the running loop or in a thread with a loop of its own.

Nothing here knows what a method means, getUpdates apart; it reads, judges, fails on demand and answers.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from aiohttp import web

from standin.faults import CONFLICT, Fault, error_body
from standin.methods import METHODS
from standin.parameters import MisfitError, parameters_of
from standin.world import Call, RefusedError, World

__all__ = ["StandIn"]

NAMES = {name.lower(): name for name in (*METHODS, "getUpdates")}
"""Telegram does not mind how a method's name is capitalised."""

LARGEST_REQUEST = 64 * 2**20
LONGEST_POLL = 50
CONFLICT_PAUSE = 3.0
ACTIVE_WEBHOOK = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class StandIn(World):
    """The Bot API for one bot. ``with StandIn()`` serves from a thread, ``async with`` from the running loop.

    ``latency`` (seconds) delays every request; ``faults`` are met in order, each as often as it says; what
    ``listeners`` hold is called with each Call once it is answered, in the serving thread.
    """

    def __init__(self, **identity: Any) -> None:
        super().__init__(**identity)
        self.latency = 0.0
        self.faults: list[Fault] = []
        self.listeners: list[Callable[[Call], None]] = []
        self.port = 0
        self.wake = self._wake
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping: asyncio.Event | None = None
        self._poll: asyncio.Future[bool] | None = None
        self._conflict_time = 0.0
        self._last_poll = (-1, 0.0)

    @property
    def url(self) -> str:
        """What QUOTH_API_BASE is set to."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings with which ``quoth run`` talks to this server."""
        return {"QUOTH_API_BASE": self.url, "QUOTH_TOKEN": self.token}

    # --- being there

    def __enter__(self) -> Self:
        ready = threading.Event()
        failed: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(ready, failed), name="stand-in", daemon=True)
        self._thread.start()
        ready.wait()
        if failed:
            raise failed[0]
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._stopping is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self, ready: threading.Event, failed: list[BaseException]) -> None:
        async def serve() -> None:
            try:
                await self.__aenter__()
            finally:
                ready.set()
            assert self._stopping is not None
            await self._stopping.wait()
            await self.__aexit__(None, None, None)

        try:
            asyncio.run(serve())
        except OSError as error:  # no port
            failed.append(error)
            ready.set()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._web = web.Server(
            self._handle, request_factory=self._request, access_log=None, keepalive_timeout=3600
        )
        self._server = await self._loop.create_server(self._web, "127.0.0.1", self.port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(True)
        await asyncio.sleep(0)
        await self._web.shutdown(0.05)
        await self._server.wait_closed()
        self._loop = None

    def _request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        assert self._loop is not None
        return web.BaseRequest(
            message, payload, protocol, writer, task, self._loop, client_max_size=LARGEST_REQUEST
        )

    # --- answering

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        arrived = time.monotonic()
        path, _, query = request.raw_path.partition("?")
        if path.startswith("/file/bot"):
            return self._download(*unquote(path).removeprefix("/file/bot").split("/", 1))
        token, slash, name = unquote(path).removeprefix("/bot").partition("/")
        if not path.startswith("/bot") or not slash:
            return _json(404, error_body(404, "Not Found"))
        method = NAMES.get(name.lower(), name)
        call = Call(method, {}, arrived)
        self.called(call)
        try:
            call.parameters = await parameters_of(request, query)
            misfit = None
        except (MisfitError, UnicodeDecodeError) as error:
            misfit = str(error)
        except RefusedError as error:
            misfit = error.description
        if self.latency:
            await asyncio.sleep(self.latency)
        fault = next((fault for fault in self.faults if fault.fits(method, call.parameters)), None)
        if fault is not None:
            if fault.times is not None:
                fault.times -= 1
            if not fault.after:
                call.status, call.description = fault.status, fault.kind
                return await fault.answer(request)
        body = await self._answer(call, token, misfit)
        for listener in self.listeners:
            listener(call)
        if fault is not None:
            call.status, call.description = fault.status, f"{fault.kind} after {call.status}"
            return await fault.answer(request)
        return _json(call.status, body)

    async def _answer(self, call: Call, token: str, misfit: str | None) -> bytes:
        """Do what is asked, and write down in the Call what came of it; the body of the answer."""
        try:
            if token != self.token:
                raise RefusedError(401, "Unauthorized")
            self._judge(call, misfit)
            if call.method == "getUpdates":
                body = await self._get_updates(call.parameters)
            else:
                with self.lock:
                    call.result = METHODS[call.method](self, call.parameters)
                self._judge_result(call)
                body = b'{"ok":true,"result":' + json.dumps(call.result).encode() + b"}"
        except RefusedError as error:
            call.status, call.description = error.status, error.description
            return error_body(error.status, error.description, error.parameters)
        except (KeyError, TypeError, ValueError, AttributeError) as error:  # the description is not at hand
            call.status, call.description = 400, f"{call.method}: {error!r}"
            self.violation(call.description)
            return error_body(400, call.description)
        call.status = 200
        return body

    def _judge(self, call: Call, misfit: str | None) -> None:
        """Raises RefusedError for a request that is not as the Bot API describes it."""
        method = call.method
        if method not in NAMES.values():
            if self.description is not None and self.description.knows(method):
                self.violation(f"{method}: the stand-in does not have this method")
            raise RefusedError(404, "method not found")
        faults = [f"{method}.{misfit}"] if misfit else []
        if self.description is not None and not misfit:
            faults = self.description.request(method, call.parameters)
        if faults:
            self.violations += faults
            raise RefusedError(400, f"not as described: {'; '.join(faults)}")

    def _judge_result(self, call: Call) -> None:
        faults = self.description.answer(call.method, call.result) if self.description is not None else []
        if faults:
            self.violations += faults
            raise RefusedError(400, f"the stand-in's own answer is not as described: {'; '.join(faults)}")

    def _download(self, token: str, path: str = "") -> web.Response:
        upload = self.files.get(f"standin-file-{path.rpartition('_')[2]}")
        self.downloads.append(path)
        if token != self.token or upload is None:
            return _json(404, error_body(404, "Not Found"))
        return web.Response(body=upload.content, content_type="application/octet-stream")

    # --- getUpdates, after Client::process_get_updates_query

    async def _get_updates(self, given: dict[str, Any]) -> bytes:
        if self.webhook:
            raise RefusedError(409, ACTIVE_WEBHOOK)
        offset, limit = given.get("offset", 0), min(max(given.get("limit", 100), 1), 100)
        timeout = min(max(given.get("timeout", 0), 0), LONGEST_POLL)
        if "allowed_updates" in given:
            self.allowed = set(given["allowed_updates"]) or None
        now = time.monotonic()
        last_offset, last_time = self._last_poll
        if offset == last_offset and now < last_time + 3 and timeout < 3:
            timeout = 3
        if offset == last_offset and now < last_time + 0.5:
            limit = 1
        self._last_poll = (offset, now)
        with self.lock:
            updates = self.queue.get(offset, limit)
            if updates or not timeout:
                return _joined(updates)
            offset = self.queue.head if offset <= 0 else offset
            poll = self._take_over()
        await asyncio.wait({poll}, timeout=timeout)
        if poll.cancelled():
            await self._conflict()
        with self.lock:
            if self._poll is poll:
                self._poll = None
            poll.cancel()
            return _joined(self.queue.get(offset, limit))

    def _take_over(self) -> "asyncio.Future[bool]":
        """A place for the poll that waits; the one that waited before is sent away."""
        assert self._loop is not None
        if self._poll is not None:
            self._poll.cancel()
        self._poll = self._loop.create_future()
        return self._poll

    async def _conflict(self) -> None:
        """The first conflict is told at once, each within 3 s of the last one told only after 3 s."""
        now = time.monotonic()
        if now < self._conflict_time:
            await asyncio.sleep(CONFLICT_PAUSE)
        else:
            self._conflict_time = now + CONFLICT_PAUSE
        raise RefusedError(409, CONFLICT.removeprefix("Conflict: "))

    def _wake(self) -> None:
        """There is a new update: the poll that waits may go. From any thread."""
        poll, loop = self._poll, self._loop
        if poll is not None and loop is not None and not poll.done():
            loop.call_soon_threadsafe(_finish, poll)


def _finish(poll: "asyncio.Future[bool]") -> None:
    if not poll.done():
        poll.set_result(True)


def _joined(updates: list[bytes]) -> bytes:
    return b'{"ok":true,"result":[' + b",".join(updates) + b"]}"


def _json(status: int, body: bytes) -> web.Response:
    return web.Response(status=status, body=body, content_type="application/json")
