"""The transport, over real sockets: what is sent, what comes back, what every fault of a network becomes."""

import asyncio
import gc
import json
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import telegram
from aiohttp import web
from telegram import Bot, InputFile, InputMediaDocument
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import RequestData

from bot.requests import AiohttpRequest, NotSent, NotSentInTime, ServerFault

SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # noqa: S105 - nobody's
TOKEN = f"123456789:{SECRET}"
MESSAGE = {"message_id": 1, "date": 1_700_000_000, "chat": {"id": 7, "type": "private"}, "text": "tides"}

Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """One event loop with a limit of its own, which leaves no task and no transport behind."""
    asyncio.run(asyncio.wait_for(test(), 10))
    gc.collect()


@asynccontextmanager
async def api(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """A server that answers every method by ``handler``; gives its base URL."""
    application = web.Application(client_max_size=2**26)
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def peer(handler: Peer, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A bare socket server: its handler may be as rude as it likes."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)


def bot_at(base: str, request: AiohttpRequest) -> Bot:
    return Bot(TOKEN, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot", request=request,
               get_updates_request=request)  # fmt: skip


async def request_of(reader: asyncio.StreamReader) -> None:
    """Read one request whole, its body too."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    await reader.readexactly(int(length[0].split(b":")[1]) if length else 0)


def answer(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def told(error: BaseException | None) -> str:
    """All that an exception and what it came from can show."""
    if error is None:
        return ""
    shown = f"{error} {error!r} {error.args!r} {getattr(error, 'message', '')} {vars(error)!r}"
    return shown + told(error.__cause__) + told(error.__context__)


async def failure(base: str, **options: Any) -> TelegramError:
    """What sending a message there comes to."""
    async with AiohttpRequest(**options) as request:
        with pytest.raises(TelegramError) as raised:
            await bot_at(base, request).send_message(7, "tides")
    assert SECRET not in told(raised.value)
    assert "/bot" not in told(raised.value)
    return raised.value


# --- what is sent


def test_parameters_arrive_as_json_and_files_in_parts() -> None:
    seen: list[dict[str, Any]] = []

    async def handler(request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            seen.append(await request.json())
        else:
            form = await request.post()
            seen.append(
                {
                    name: value if isinstance(value, str) else (value.filename, value.file.read())
                    for name, value in form.items()
                }
            )
        many = request.path.endswith("sendMediaGroup")
        return answer([MESSAGE] if many else MESSAGE)

    async def test() -> None:
        async with api(handler) as base, AiohttpRequest() as request:
            bot = bot_at(base, request)
            entity = telegram.MessageEntity("bold", 0, 5)
            sent = await bot.send_message(7, "прилив 🌊 \ud800", entities=[entity])
            assert "tides" == sent.text
            await bot.send_document(7, InputFile(b"x" * 3_000_000, 'при"лив\r\n.txt'), caption="a & b")
            files = [InputMediaDocument(b"one", filename="1.txt"), InputMediaDocument(b"2", filename="2.txt")]
            await bot.send_media_group(7, files)

    run(test)
    assert {
        "chat_id": 7,
        "text": "прилив 🌊 \ud800",
        "entities": [{"type": "bold", "offset": 0, "length": 5}],
    } == seen[0]
    assert ("при_лив__.txt", b"x" * 3_000_000) == seen[1]["document"]
    assert ("7", "a & b") == (seen[1]["chat_id"], seen[1]["caption"])
    named = [media["media"].removeprefix("attach://") for media in json.loads(seen[2]["media"])]
    assert [("1.txt", b"one"), ("2.txt", b"2")] == [seen[2][name] for name in named]


def test_a_file_is_retrieved_and_a_request_may_be_set_up_twice() -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.method == "GET":
            assert f"/file/bot{TOKEN}/documents/a.txt" == request.path
            return web.Response(body=b"The tide rose.")
        return answer({"file_id": "f", "file_unique_id": "u", "file_path": "documents/a.txt"})

    async def test() -> None:
        request = AiohttpRequest(read_timeout=3)
        assert 3 == request.read_timeout
        with pytest.raises(RuntimeError):
            await request.do_request("http://127.0.0.1:1", "POST")
        async with api(handler) as base:
            bot = bot_at(base, request)
            await asyncio.gather(request.initialize(), request.initialize())
            assert b"The tide rose." == await (await bot.get_file("f")).download_as_bytearray()
            await asyncio.gather(request.shutdown(), request.shutdown())
            await request.initialize()
            assert "f" == (await bot.get_file("f")).file_id
            await request.shutdown()

    run(test)


# --- the pool


def test_requests_in_turn_share_a_connection_and_256_at_once_have_256() -> None:
    connections: set[Any] = set()
    most = waiting = 0
    full = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        nonlocal most, waiting
        connections.add(request.transport)
        waiting += 1
        most = max(most, waiting)
        if waiting == 256:
            asyncio.get_running_loop().call_later(0.1, full.set)
        if request.path.endswith("sendMessage"):
            await full.wait()
        waiting -= 1
        return answer(MESSAGE if request.path.endswith("sendMessage") else True)

    async def test() -> None:
        async with api(handler) as base, AiohttpRequest() as request:
            bot = bot_at(base, request)
            for _ in range(20):
                await bot.send_chat_action(7, "typing")
            assert 1 == len(connections)
            sent = await asyncio.gather(*(bot.send_message(n, "tides") for n in range(600)))
            assert 600 == len(sent)
        assert 256 == most == len(connections)

    run(test)


def test_no_connection_free_in_time_is_a_request_that_was_not_sent() -> None:
    async def handler(_: web.Request) -> web.Response:
        await asyncio.sleep(0.5)
        return answer(MESSAGE)

    async def test() -> None:
        async with api(handler) as base, AiohttpRequest(connections=1) as request:
            bot = bot_at(base, request)
            first = asyncio.create_task(bot.send_message(7, "tides"))
            await asyncio.sleep(0.05)
            with pytest.raises(NotSentInTime) as raised:
                await bot.send_message(7, "tides", connect_timeout=0.05, pool_timeout=0.05)
            assert isinstance(raised.value, TimedOut)
            assert SECRET not in told(raised.value)
            assert 1 == (await first).message_id

    run(test)


# --- faults of the network


async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.transport.abort()


async def closes(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await request_of(reader)


async def closes_unread(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def breaks_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"ok":tr')
    await writer.drain()


async def half_closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write_eof()
    await reader.read()


async def speaks_something_else(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n" + b"\x00" * 100 + b"\r\n\r\n")
    await writer.drain()


async def speaks_without_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(5)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


async def hangs(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()
    await asyncio.sleep(60)


async def hangs_in_the_middle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
    await asyncio.sleep(60)


async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    while True:
        writer.write(b" ")
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "rude", [resets, closes, closes_unread, breaks_off, half_closes, speaks_something_else]
)
def test_a_connection_that_breaks_is_a_network_error_and_may_have_been_received(rude: Peer) -> None:
    async def test() -> None:
        async with peer(rude) as base:
            error = await failure(base)
        assert NetworkError is type(error)

    run(test)


@pytest.mark.parametrize("slow", [hangs, hangs_in_the_middle, drips])
def test_silence_is_a_time_out(slow: Peer) -> None:
    async def test() -> None:
        async with peer(slow) as base:
            times = {"read_timeout": 0.2, "write_timeout": 0.2, "connect_timeout": 0.1, "pool_timeout": 0.1}
            error = await failure(base, **times)
        assert TimedOut is type(error)

    run(test)


def test_where_nobody_listens_nothing_was_sent() -> None:
    async def test() -> None:
        async with peer(hangs) as base:
            gone = base
        assert NotSent is type(await failure(gone))
        assert NotSent is type(await failure("http://name.invalid"))
        assert NotSent is type(await failure("http://127.0.0.1:99999999"))
        assert NotSent is type(await failure("ftp://127.0.0.1"))

    run(test)


def test_a_server_without_tls_or_with_its_own_certificate_is_refused(tmp_path: Path) -> None:
    made = [
        *(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
        ),
        *("-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "certificate.pem")),
    ]
    try:
        subprocess.run(made, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no certificate without openssl: {error}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")

    async def test() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # the server's own complaint
        async with (
            peer(speaks_without_tls) as plain,
            peer(closes_unread) as rude,
            peer(closes, context) as own,
        ):
            for base in (plain, rude, own):
                assert NotSent is type(await failure(base.replace("http:", "https:")))

    run(test)


def test_a_request_goes_through_the_proxy_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    heads: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async def test() -> None:
        async with peer(proxy) as base:
            with_login = base.replace("://", "://us%40er:pass@")
            monkeypatch.setenv("http_proxy", with_login)
            monkeypatch.setenv("https_proxy", with_login)
            monkeypatch.setenv("no_proxy", "127.0.0.1")
            assert NetworkError is type(await failure("http://api.invalid"))
            assert NotSent is type(await failure("https://api.invalid"))
            assert NetworkError is type(await failure(base))

    run(test)
    assert b"POST http://api.invalid/bot" in heads[0]
    assert b"CONNECT api.invalid:443" in heads[1]
    assert b"Proxy-Authorization: Basic dXNAZXI6cGFzcw==" in heads[1]
    assert heads[2].startswith(b"POST /bot")


# --- what a server answers


def refusal(status: int, description: object, **more: object) -> tuple[int, bytes]:
    return status, json.dumps(
        {"ok": False, "error_code": status, "description": description, **more}
    ).encode()


HTML = b"<html><h1>502 Bad Gateway</h1> /bot" + TOKEN.encode() + b"</html>"
ANSWERS: list[tuple[int, bytes, type[TelegramError]]] = [
    (*refusal(400, "Bad Request: chat not found"), BadRequest),
    (*refusal(401, "Unauthorized"), InvalidToken),
    (*refusal(403, "Forbidden: bot was blocked by the user"), Forbidden),
    (*refusal(404, "Not Found"), InvalidToken),
    (*refusal(409, "Conflict: terminated by other getUpdates request"), Conflict),
    (*refusal(429, "Too Many Requests", parameters={"retry_after": 3}), RetryAfter),
    (*refusal(429, "Too Many Requests", parameters={"retry_after": "soon"}), NetworkError),
    (*refusal(429, "Too Many Requests", parameters={"retry_after": 10**15}), RetryAfter),
    (*refusal(429, "Too Many Requests", parameters=[3]), NetworkError),
    (*refusal(400, "group migrated", parameters={"migrate_to_chat_id": -100}), ChatMigrated),
    (*refusal(500, None), ServerFault),
    (*refusal(500, ["a"], parameters=None), ServerFault),
    (502, HTML, ServerFault),
    (404, HTML, NetworkError),
    (401, b"", NetworkError),
    (500, b"[1]", ServerFault),
    (500, b"\xff\xfe", ServerFault),
    (599, b'{"ok":true,"result":true}', ServerFault),
    (504, HTML, NetworkError),
    (302, b"", NetworkError),
    (200, HTML, NetworkError),
    (200, b"", NetworkError),
    (200, b"[1]", NetworkError),
    (200, b'{"ok":true}', NetworkError),
    (200, b'{"ok":true,"result":' + b"[" * 100_000, NetworkError),
]


@pytest.mark.parametrize(("status", "body", "kind"), ANSWERS)
def test_every_answer_is_an_error_that_can_be_caught(
    status: int, body: bytes, kind: type[TelegramError], caplog: pytest.LogCaptureFixture
) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, body=body, headers={"Location": "http://127.0.0.1:1/"})

    async def test() -> None:
        async with api(handler) as base:
            error = await failure(base)
        assert kind is type(error)
        assert not isinstance(error, NotSent | TimedOut)

    run(test)
    assert SECRET not in caplog.text


def test_a_body_larger_than_the_limit_is_refused_and_its_connection_closed() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b" " * 65_536)
        except ConnectionError:
            return response

    async def test() -> None:
        async with api(handler) as base:
            error = await failure(base, largest=1_000_000)
        assert "the server sent more than 1,000,000 bytes" == str(error)

    run(test)


# --- cancellation


def open_files() -> int:
    """Where the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def test_a_cancelled_request_leaves_nothing_open() -> None:
    closed = asyncio.Event()

    async def waits(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await request_of(reader)
        assert b"" == await reader.read()
        closed.set()

    async def test() -> None:
        async with peer(waits) as base, AiohttpRequest() as request:
            files = open_files()
            task = asyncio.create_task(bot_at(base, request).send_message(7, "tides"))
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(closed.wait(), 1)
            await asyncio.sleep(0.05)
            assert files == open_files()

    run(test)


def test_a_shutdown_ends_the_requests_under_way() -> None:
    async def test() -> None:
        async with peer(hangs) as base:
            request = AiohttpRequest()
            await request.initialize()
            task = asyncio.create_task(request.do_request(f"{base}/bot{TOKEN}/getMe", "POST", RequestData()))
            await asyncio.sleep(0.1)
            await request.shutdown()
            with pytest.raises(NetworkError) as raised:
                await task
            assert SECRET not in told(raised.value)

    run(test)
