"""Faults on demand: what a server or the way to it may do to a request instead of answering it."""

import asyncio
import json
import socket
import struct
from dataclasses import dataclass
from typing import Any

from aiohttp import web

__all__ = ["KINDS", "Fault", "error_body"]

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"

STATUSES = {
    "401": (401, "Unauthorized"),
    "403": (403, "Forbidden: bot was blocked by the user"),
    "404": (404, "Not Found"),
    "409": (409, CONFLICT),
    "429": (429, "Too Many Requests: retry after {retry_after}"),
    "500": (500, "Internal Server Error"),
}
BODIES = {
    "502": (502, "text/html", b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n"),
    "bad json": (200, "application/json", b'{"ok":true,"result":{"message_id":'),
    "bad utf8": (200, "application/json", b'{"ok":true,"result":"\xff\xfe\xc3"}'),
}
BREAKS = ("reset", "half-close", "hang")

KINDS = (*STATUSES, *BODIES, *BREAKS)


@dataclass(slots=True)
class Fault:
    """One of KINDS, for the next ``times`` requests that fit (None: for ever).

    ``method`` and ``chat`` (its id) narrow what fits. With ``after``, the request has taken effect and only
    its answer is lost. ``seconds`` bounds a hang (None: until the client or the stand-in goes).
    ``description`` stands in for the usual one of an error.
    """

    kind: str
    method: str | None = None
    times: int | None = 1
    retry_after: int = 1
    chat: int | None = None
    after: bool = False
    seconds: float | None = None
    description: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"fault {self.kind!r}: not one of {', '.join(KINDS)}")

    def fits(self, method: str, parameters: dict[str, Any]) -> bool:
        """Does a request meet this fault?"""
        return (
            self.times != 0
            and self.method in (None, method)
            and self.chat in (None, parameters.get("chat_id"))
        )

    @property
    def status(self) -> int:
        """The HTTP status that the client sees; 0 for none."""
        if self.kind in STATUSES:
            return STATUSES[self.kind][0]
        return BODIES[self.kind][0] if self.kind in BODIES else 0

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """What the client gets; for a broken connection the Response goes nowhere."""
        if self.kind in STATUSES:
            status, said = STATUSES[self.kind]
            said = self.description or said.format(retry_after=self.retry_after)
            parameters = {"retry_after": self.retry_after} if status == 429 else None
            body = error_body(status, said, parameters)
            return web.Response(status=status, body=body, content_type="application/json")
        if self.kind in BODIES:
            status, content_type, body = BODIES[self.kind]
            return web.Response(status=status, body=body, content_type=content_type)
        await self._break(request)
        return web.Response()

    async def _break(self, request: web.BaseRequest) -> None:
        transport = request.transport
        if not isinstance(transport, asyncio.Transport):
            return  # the client has gone
        if self.kind == "hang":
            await _until_closed(transport, self.seconds)
        elif self.kind == "half-close":
            transport.write(
                b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"ok":tr'
            )
            transport.write_eof()
            await _until_closed(transport, self.seconds)
        else:
            connection = transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


def error_body(status: int, description: str, parameters: dict[str, int] | None = None) -> bytes:
    """An error as the Bot API says it."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return json.dumps(body).encode()


async def _until_closed(transport: asyncio.Transport, seconds: float | None) -> None:
    left = seconds if seconds is not None else float("inf")
    while left > 0 and not transport.is_closing():
        await asyncio.sleep(min(0.05, left))
        left -= 0.05
