"""How the bot talks to the Bot API: python-telegram-bot's ``BaseRequest`` on aiohttp.

TelegramError
└── NetworkError             the server may have received the request: sending it again may repeat a message
    ├── TimedOut             the same, after waiting
    ├── ServerFault          the server, or a gateway before it, said that it could not (5xx)
    └── NotSent              no connection was made: sending it again repeats nothing
        └── NotSentInTime    the same, after waiting (a TimedOut too)

Every error of the network becomes one of these at this border. None holds the URL, since the URL holds the
token: not in its message, its arguments, its cause or its context. What a server answers is an error of the
Bot API only if it is one in form; HTML from a gateway is a ``NetworkError``, whatever its status.

Nothing is retried, logged or rate-limited here.
"""

import io
import json
import os
from base64 import b64encode
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

__all__ = ["AiohttpRequest", "NotSent", "NotSentInTime", "Parameters", "ServerFault"]

os.environ.setdefault("PTB_TIMEDELTA", "true")
"""Without it, python-telegram-bot warns each time that a ``RetryAfter`` is made."""

CONNECTIONS = 256
LARGEST = 32 * 2**20
"""Bytes of a response; the Bot API's own limit on a file is 20 MB."""

PART = 256 * 1024
"""Bytes of a file handed on at a time."""

LONGEST_WAIT = 86_400
"""Seconds of ``retry_after`` believed."""

KEEP_ALIVE = 15.0
"""Seconds that an idle connection is kept; a server that closes it first may cost a message."""

GAVE_UP = HTTPStatus.GATEWAY_TIMEOUT
"""What a gateway says that has passed the request on and got no answer: it may have been done."""

_UNMADE = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
_HEADERS = {"User-Agent": BaseRequest.USER_AGENT, "Accept-Encoding": "identity"}
_JSON_HEADERS = {**_HEADERS, "Content-Type": "application/json"}


class NotSent(NetworkError):  # noqa: N818 - named as python-telegram-bot names its own
    """The connection was never made, so the server cannot have received the request."""

    __slots__ = ()


class ServerFault(NetworkError):  # noqa: N818 - the same
    """The server answered, with an error of its own: it has not done what it was asked."""

    __slots__ = ()


class NotSentInTime(NotSent, TimedOut):
    """No connection in time: every one was in use, or the server did not accept another."""

    __slots__ = ()


class Parameters:
    """What a request without files says, in place of RequestData: its making is python-telegram-bot's own."""

    __slots__ = ("parameters",)
    contains_files = False

    def __init__(self, parameters: dict[str, Any]) -> None:
        self.parameters = parameters


class AiohttpRequest(BaseRequest):
    """One pool of at most ``connections`` kept-alive connections. Timeouts are seconds; None waits for ever.

    ``read_timeout`` is between two packets of a response, ``write_timeout`` for sending a request without
    files, ``media_write_timeout`` for one with files, ``largest`` the bytes of a response. Proxies are those
    of the environment (``HTTPS_PROXY``, ``NO_PROXY`` …) when the pool is made.
    """

    def __init__(  # noqa: PLR0913 - the timeouts that BaseRequest knows
        self,
        *,
        connections: int = CONNECTIONS,
        read_timeout: float | None = 10.0,
        write_timeout: float | None = 10.0,
        media_write_timeout: float | None = 60.0,
        connect_timeout: float | None = 5.0,
        pool_timeout: float | None = 5.0,
        largest: int = LARGEST,
    ) -> None:
        self._connections, self._largest = connections, largest
        self._read, self._write, self._media_write = read_timeout, write_timeout, media_write_timeout
        self._connect, self._pool = connect_timeout, pool_timeout
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[tuple[str, str], dict[str, Any]] = {}

    @property
    def read_timeout(self) -> float | None:
        """Seconds, where a call names none."""
        return self._read

    async def initialize(self) -> None:
        """Make the pool. Called again, it does nothing: one request object may serve a bot twice."""
        if self._session is None:
            self._proxies.clear()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_ALIVE),
                cookie_jar=aiohttp.DummyCookieJar(),
            )

    async def shutdown(self) -> None:
        """Close every connection; requests under way fail with a ``NetworkError``."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(  # noqa: PLR0913, PLR0917 - BaseRequest's own
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request: the status and the body of its response.

        Raises ``NotSent``, ``TimedOut`` or another ``NetworkError``; RuntimeError before ``initialize``.
        """
        if self._session is None:
            raise RuntimeError("this request object is not initialized")
        files = request_data is not None and request_data.contains_files
        timeout = _timeout(
            method,
            _given(read_timeout, self._read),
            _given(write_timeout, self._media_write if files else self._write),
            _given(connect_timeout, self._connect),
            _given(pool_timeout, self._pool),
        )
        try:
            return await self._exchange(self._session, method, url, request_data, timeout)
        except NetworkError:
            raise
        except (aiohttp.ClientError, OSError, ValueError, RuntimeError) as error:
            failure = _translated(error)
        raise failure  # outside of the handler, so that the error with the URL is not its context

    async def call(self, url: str, parameters: dict[str, Any]) -> Any:
        """The result of a method without files; raises TelegramError as ``Bot`` does.

        It spares the objects of ``Bot``'s own methods, which cost as much as the request.
        """
        return await self.post(url, cast(RequestData, Parameters(parameters)))

    async def download(self, url: str, take: Callable[[bytes], Awaitable[None]], largest: int) -> None:
        """Hand a file to ``take`` part by part, as it comes.

        Raises ``NotSent``, ``TimedOut`` or another ``NetworkError``, also where it has more than ``largest``
        bytes, BadRequest where the server has no such file; RuntimeError before ``initialize``.
        """
        if self._session is None:
            raise RuntimeError("this request object is not initialized")
        timeout = _timeout("GET", self._read, self._write, self._connect, self._pool)
        try:
            await self._downloaded(self._session, url, take, largest, timeout)
        except TelegramError:
            raise
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            failure = _translated(error)
        else:
            return
        raise failure  # as in do_request

    async def _downloaded(
        self,
        session: aiohttp.ClientSession,
        url: str,
        take: Callable[[bytes], Awaitable[None]],
        largest: int,
        timeout: aiohttp.ClientTimeout,
    ) -> None:
        async with session.get(
            url, headers=_HEADERS, timeout=timeout, allow_redirects=False, **self._proxy(url)
        ) as response:
            if response.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}:
                raise BadRequest("the server no longer has this file")
            if response.status != HTTPStatus.OK:
                raise ServerFault(f"HTTP {response.status} in place of a file")
            size = 0
            async for part in response.content.iter_chunked(PART):
                size += len(part)
                if size > largest:
                    response.close()
                    raise NetworkError(f"the server sent more than {largest:,} bytes")
                await take(part)

    async def _exchange(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: str,
        data: RequestData | None,
        timeout: aiohttp.ClientTimeout,
    ) -> tuple[int, bytes]:
        body = _body(data)
        async with session.request(
            method,
            url,
            data=body,
            headers=_JSON_HEADERS if isinstance(body, bytes) else _HEADERS,
            timeout=timeout,
            allow_redirects=False,
            **self._proxy(url),
        ) as response:
            received = await self._received(response)
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR and response.status != GAVE_UP:
            raise ServerFault(_said(response.status, _object(received)))
        if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            return response.status, received
        return response.status, _refusal(response.status, received)

    async def _received(self, response: aiohttp.ClientResponse) -> bytes:
        """The body, of no more than ``largest`` bytes, whatever its header says."""
        parts, size = [], 0
        async for part in response.content.iter_any():
            size += len(part)
            if size > self._largest:
                response.close()
                raise NetworkError(f"the server sent more than {self._largest:,} bytes")
            parts.append(part)
        return b"".join(parts)

    def _proxy(self, url: str) -> dict[str, Any]:
        """aiohttp's arguments for the proxy to this server; its own look-up takes two threads a request."""
        scheme, netloc, *_ = urlsplit(url)
        if (scheme, netloc) not in self._proxies:
            self._proxies[scheme, netloc] = _environment_proxy(scheme, netloc)
        return self._proxies[scheme, netloc]

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The reply, which has a ``result``; NetworkError where it is no such object.

        python-telegram-bot's own logs the body, and lets a KeyError or TypeError through.
        """
        reply = _object(payload)
        if reply is None or "result" not in reply:
            raise NetworkError("the server's answer is not one of the Bot API")
        return reply


def _given(value: Any, default: float | None) -> float | None:
    return default if value is BaseRequest.DEFAULT_NONE else value


def _timeout(
    method: str, read: float | None, write: float | None, connect: float | None, pool: float | None
) -> aiohttp.ClientTimeout:
    """aiohttp's ``connect`` spans the wait for the pool. It has no limit for writing, so that the whole of a
    POST is limited instead; what a GET brings, a file, may take long as long as it comes."""
    connected = None if connect is None or pool is None else connect + pool
    total = None if read is None or write is None or connected is None else read + write + connected
    return aiohttp.ClientTimeout(
        total=total if method == "POST" else None, connect=connected, sock_connect=connect, sock_read=read
    )


def _body(data: RequestData | None) -> bytes | aiohttp.FormData | None:
    """JSON without files, multipart with them. The Bot API reads a parameter's JSON in both alike."""
    if data is None:
        return None
    if not data.contains_files:
        return json.dumps(data.parameters).encode()
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=_one_line(filename), content_type=kind)
    return form


def _one_line(name: str) -> str:
    """A file's name as a header can hold it."""
    return "".join(c if c.isprintable() and c not in '"\\' else "_" for c in name)


def _environment_proxy(scheme: str, netloc: str) -> dict[str, Any]:
    proxies = getproxies()
    found = proxies.get(scheme) or proxies.get("all", "")
    proxy = urlsplit(found if "://" in found else f"http://{found}")
    if not found or proxy.scheme not in {"http", "https"} or proxy_bypass(netloc.rpartition("@")[2]):
        return {}
    server = proxy._replace(netloc=proxy.netloc.rpartition("@")[2]).geturl()
    if proxy.username is None:
        return {"proxy": server}
    login = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {
        "proxy": server,
        "proxy_headers": {"Proxy-Authorization": f"Basic {b64encode(login.encode()).decode()}"},
    }


def _translated(error: Exception) -> NetworkError:
    """The error of ours for one of aiohttp's or the system's; what it says names neither URL nor token."""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return NotSentInTime("no connection to the server in time")
    if isinstance(error, TimeoutError):
        return TimedOut("the server did not answer in time")
    said = type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        said = f"{said}: {error.strerror}"
    elif isinstance(error, aiohttp.ClientResponseError):
        said = f"{said} {error.status}"
    return NotSent(said) if isinstance(error, _UNMADE) else NetworkError(said)


def _object(payload: bytes) -> dict[str, Any] | None:
    """A JSON object, or None for anything else; bytes that are not UTF-8 are replaced."""
    try:
        value = json.loads(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refusal(status: int, payload: bytes) -> bytes:
    """The body of an error as python-telegram-bot can read it: it trusts the types of all it finds there.

    NetworkError for a body that is no error of the Bot API, https://core.telegram.org/bots/api#making-requests.
    """
    reply = _object(payload)
    if reply is None or reply.get("ok") is not False:
        raise NetworkError(f"HTTP {status} from something that is not the Bot API")
    parameters = reply.get("parameters")
    kept = {
        name: value
        for name, value in (parameters if isinstance(parameters, dict) else {}).items()
        if name in {"migrate_to_chat_id", "retry_after"} and type(value) is int and abs(value) < 2**53
    }
    if "retry_after" in kept:
        kept["retry_after"] = max(1, min(kept["retry_after"], LONGEST_WAIT))
    said = _said(status, reply)
    return json.dumps({"ok": False, "result": None, "description": said, "parameters": kept}).encode()


def _said(status: int, reply: dict[str, Any] | None) -> str:
    """What an error says of itself."""
    description = (reply or {}).get("description")
    return description if isinstance(description, str) else f"HTTP {status}"
