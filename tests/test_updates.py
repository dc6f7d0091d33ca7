"""The update loop against a small Telegram over real HTTP: nothing blocks it, and nothing is lost."""

import asyncio
import copy
import gc
import json
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, Update

from bot import updates
from bot.inbox import Inbox, counted
from bot.intake import Intake
from bot.lanes import Lanes
from bot.parse import parsed
from bot.raw import Raw
from bot.requests import AiohttpRequest
from bot.updates import Refused, poll
from index.errors import StoreError

SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # noqa: S105 - nobody's
TOKEN = f"123456789:{SECRET}"

Reply = tuple[int, bytes]


def run(test: Callable[[], Coroutine[Any, Any, None]], limit: float = 20) -> None:
    asyncio.run(asyncio.wait_for(test(), limit))
    gc.collect()


class Telegram:
    """getUpdates as Telegram has it: ``queue`` until confirmed; ``replies`` come before anything else."""

    def __init__(self) -> None:
        self.queue: list[tuple[int, bytes]] = []
        self.replies: list[Reply] = []
        self.calls: list[dict[str, Any]] = []
        self.deleted: list[dict[str, Any]] = []
        self.arrived = asyncio.Event()
        self.hanging = 0

    def add(self, *given: dict[str, Any] | tuple[int, bytes]) -> None:
        for update in given:
            whole = (
                update if isinstance(update, tuple) else (update["update_id"], json.dumps(update).encode())
            )
            self.queue.append(whole)
        self.arrived.set()

    async def handle(self, request: web.Request) -> web.Response:
        assert f"/bot{TOKEN}" == request.path.rpartition("/")[0]
        if request.path.endswith("/deleteWebhook"):
            self.deleted.append(await request.json())
            return web.json_response({"ok": True, "result": True})
        self.calls.append(dict(request.query))
        if self.replies:
            status, body = self.replies.pop(0)
            return web.Response(status=status, body=body)
        offset = int(request.query.get("offset", 0))
        self.queue = [(number, body) for number, body in self.queue if number >= offset]
        if not self.queue and request.query["timeout"] != "0":
            self.arrived.clear()
            self.hanging += 1
            try:
                await asyncio.wait_for(self.arrived.wait(), 0.05 if self.short else 50)
            except TimeoutError:
                pass
            finally:
                self.hanging -= 1
        batch = self.queue[: int(request.query["limit"])]
        return web.Response(body=b'{"ok":true,"result":[' + b",\n".join(body for _, body in batch) + b"]}")

    short = True


@asynccontextmanager
async def telegram() -> AsyncIterator[tuple[Telegram, Bot]]:
    server = Telegram()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.05, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}/bot"
    try:
        async with AiohttpRequest() as request:
            yield server, Bot(TOKEN, base_url=base, request=request, get_updates_request=request)
    finally:
        await runner.cleanup()


class Polling:
    """A ``poll`` under way, and what it told; updates that do not parse are kept aside."""

    def __init__(self, bot: Bot, receive: Callable[[Sequence[Raw]], Awaitable[None]] | None = None) -> None:
        self.bot = bot
        self.taken: list[Update] = []
        self.aside: list[tuple[int | None, str, Exception]] = []
        self.beats = 0
        self.pauses: list[float] = []
        self.stop = asyncio.Event()
        self.task = asyncio.create_task(
            poll(
                bot,
                receive or self.receive,
                heartbeat=self.beat,
                stop=self.stop,
                sleep=self.sleep,
            )
        )

    async def receive(self, raws: Sequence[Raw]) -> None:
        for raw in raws:
            try:
                self.taken.append(parsed(raw, self.bot))
            except Exception as error:  # noqa: BLE001 - half of all mutations raise
                self.aside.append((raw.number, raw.text, error))

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    def beat(self) -> None:
        self.beats += 1

    async def until(self, number: int) -> None:
        """Until so many updates have been taken."""
        while len(self.taken) < number and not self.task.done():
            await asyncio.sleep(0.002)

    async def end(self) -> None:
        self.stop.set()
        await self.task

    @property
    def numbers(self) -> list[int]:
        return [update.update_id for update in self.taken]


USER = {"id": 11, "is_bot": False, "first_name": "Ana", "username": "ana"}
CHAT = {"id": 11, "type": "private", "first_name": "Ana"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Tides", "is_forum": True}


def message(number: int, text: str = "what did Lavrov propose?", **more: Any) -> dict[str, Any]:
    body = {"message_id": number, "date": 1_700_000_000, "chat": CHAT, "from": USER, "text": text}
    return {"update_id": number, "message": {**body, **more}}


# --- one after another


def test_updates_arrive_in_order_and_the_next_call_confirms_them() -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.add(*(message(number) for number in range(500, 750)))
            polling = Polling(bot)
            await polling.until(250)
            await polling.end()
            assert list(range(500, 750)) == polling.numbers
            assert [] == server.queue == polling.aside == polling.pauses
            first, second, third = server.calls[:3]
            assert ["0", "50", "50"] == [call["timeout"] for call in (first, second, third)]
            assert "100" == first["limit"]
            assert Update.ALL_TYPES == json.loads(first["allowed_updates"])
            assert [None, "600", "700"] == [call.get("offset") for call in (first, second, third)]
            assert polling.beats >= 3

    run(test)


def test_ids_that_restart_lower_after_a_quiet_time_are_seen() -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.add(message(900_000))
            polling = Polling(bot)
            await polling.until(1)
            while len(server.calls) < 4:
                await asyncio.sleep(0.01)
            server.add(message(17), message(18))
            await polling.until(3)
            server.add(message(19))
            await polling.until(4)
            await polling.end()
            assert [900_000, 17, 18, 19] == polling.numbers
            assert [None, "900001", None] == [call.get("offset") for call in server.calls[:3]]
            assert [] == server.queue

    run(test)


def test_the_pending_call_is_cancelled_at_once_when_it_is_to_stop() -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.short = False
            polling = Polling(bot)
            while not server.hanging:
                await asyncio.sleep(0.005)
            began = time.monotonic()
            await polling.end()
            assert time.monotonic() - began < 0.5
            while server.hanging:
                await asyncio.sleep(0.005)

    run(test)


def test_what_was_fetched_but_not_handed_over_stays_with_telegram() -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.add(*(message(number) for number in range(1, 151)))
            received: list[int | None] = []

            async def receive(raws: Sequence[Raw]) -> None:
                if received:
                    await asyncio.Event().wait()  # no room
                received.extend(raw.number for raw in raws)

            polling = Polling(bot, receive)
            while len(received) < 100:
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.02)
            await polling.end()
            assert list(range(1, 101)) == received
            assert list(range(101, 151)) == [number for number, _ in server.queue]
            again = Polling(bot)
            await again.until(50)
            await again.end()
            assert list(range(101, 151)) == again.numbers

    run(test)


def test_a_call_held_back_for_long_has_confirmed_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "ARRIVED", 0.02)

    async def test() -> None:
        async with telegram() as (server, bot):
            server.short = False
            server.add(message(1))
            polling = Polling(bot)
            await polling.until(1)
            while not server.hanging:
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.05)
            await polling.end()
            assert [None, "2"] == [call.get("offset") for call in server.calls]
            assert [] == server.queue

    run(test)


def test_a_server_that_is_gone_does_not_hold_up_the_stop() -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.add(message(1))
            polling = Polling(bot)
            await polling.until(1)
            server.replies = [(502, b"<html>")] * 1000
            await polling.end()

    run(test)


def test_a_cancelled_poll_leaves_no_task() -> None:
    async def test() -> None:
        async with telegram() as (_, bot):
            before = asyncio.all_tasks()
            polling = Polling(bot)
            await asyncio.sleep(0.03)
            polling.task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await polling.task
            await asyncio.sleep(0.03)
            assert not {task for task in asyncio.all_tasks() - before if "poll" in repr(task).lower()}

    run(test)


# --- what does not parse

ODD: list[tuple[str, bytes, int | None]] = [
    ("a date out of range", json.dumps(message(5, date=10**20)).encode(), 5),
    ("an empty chat", b'{"update_id":5,"message":{"message_id":1,"date":1,"chat":{}}}', 5),
    ("not an object", b"7", None),
    ("a list", b"[]", None),
    ("null", b"null", None),
    ("no id", b'{"message":{}}', None),
    ("an id that is a text", b'{"update_id":"5"}', None),
    ("an id that is true", b'{"update_id":true}', None),
    ("a negative id", b'{"update_id":-5}', None),
    ("a huge id", b'{"update_id":' + b"9" * 30 + b"}", None),
    ("an id that is too low", b'{"update_id":0,"message":7}', 0),
    ("an id from far away", b'{"update_id":2000000000,"message":7}', 2_000_000_000),
    ("a number too long to read", b'{"update_id":5,"a":' + b"9" * 5000 + b',"b":[{"c":"]}"}]}', 5),
    ("brackets too deep", b'{"update_id":5,"message":' + b"[" * 9000 + b"]" * 9000 + b"}", 5),
    ("a broken word", b'{"update_id":5,"message":nul}', 5),
    ("a broken escape", b'{"update_id":5,"message":"\\x"}', 5),
    ("a text that is not UTF-8", b'{"update_id":5,"message":"\xff\xfe"}', 5),
]


@pytest.mark.parametrize(("body", "number"), [pytest.param(*rest, id=name) for name, *rest in ODD])
def test_an_update_that_does_not_parse_is_set_aside_and_the_next_is_handled(
    body: bytes, number: int | None
) -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.add(message(4), (5, body), message(6))
            polling = Polling(bot)
            await polling.until(2)
            await asyncio.sleep(0.03)
            await polling.end()
            assert [4, 6] == polling.numbers
            assert [(number, body.decode("utf-8", "replace"))] == [(n, raw) for n, raw, _ in polling.aside]
            assert [] == server.queue == polling.pauses

    run(test)


def test_updates_without_any_id_are_set_aside_once_and_asked_for_with_pauses() -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.add((5, b"{}"), (6, b"null"))
            polling = Polling(bot)
            while len(polling.pauses) < 4:
                await asyncio.sleep(0.005)
            assert ["{}", "null"] == [raw for _, raw, _ in polling.aside]
            server.add(message(7))
            await polling.until(1)
            await polling.end()
            assert [7] == polling.numbers
            assert [] == server.queue

    run(test)


def test_an_id_that_cannot_be_is_handled_once_and_confirmed_by_the_one_before() -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.short = False
            server.add(message(400))
            polling = Polling(bot)
            while not server.hanging:
                await asyncio.sleep(0.005)
            server.add((401, json.dumps(message(3)).encode()), (402, b"{}"))
            await polling.until(2)
            while server.queue or not server.hanging:
                await asyncio.sleep(0.005)
            server.add(message(403))
            await polling.until(3)
            await polling.end()
            assert [400, 3, 403] == polling.numbers
            assert ["{}"] == [raw for _, raw, _ in polling.aside]
            assert 1 == len(polling.pauses)

    run(test)


def test_what_the_heartbeat_raises_is_logged_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.add(message(1))
            stop, received = asyncio.Event(), []

            async def receive(raws: Sequence[Raw]) -> None:
                received.extend(raws)
                stop.set()

            def fail() -> None:
                raise OSError("disk full")

            await poll(bot, receive, heartbeat=fail, stop=stop)
            assert [1] == [raw.number for raw in received]

    run(test)
    assert "heartbeat failed" in caplog.text


def test_updates_that_cannot_be_stored_stay_with_telegram_and_come_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.add(message(1), message(2))
            full, stored = [True] * 3, []

            async def receive(raws: Sequence[Raw]) -> None:
                if raws and full:
                    full.pop()
                    raise StoreError("inbox.sqlite", "database or disk is full", "free some space")
                stored.extend(raw.number for raw in raws)

            polling = Polling(bot, receive)
            while not stored:
                assert not polling.task.done()
                assert 2 == len(server.queue)
                await asyncio.sleep(0.002)
            await polling.end()
            assert [1, 2] == stored
            assert 3 == len(polling.pauses)
            assert [] == server.queue

    run(test)
    assert "database or disk is full" in caplog.text


# --- replies that are no updates


def refusal(status: int, description: object, **more: object) -> Reply:
    return status, json.dumps(
        {"ok": False, "error_code": status, "description": description, **more}
    ).encode()


BAD: list[Reply] = [
    (502, b"<html>502 Bad Gateway</html>"),
    (404, b"<html>404 Not Found</html>"),
    (401, b"<html>captive portal</html>"),
    (200, b"<html>captive portal</html>"),
    (200, b""),
    (200, b"\xff\xfe"),
    (200, b"[]"),
    (200, b'"ok"'),
    (200, b"{}"),
    (200, b'{"ok":true}'),
    (200, b'{"ok":true,"result":null}'),
    (200, b'{"ok":true,"result":{"update_id":1}}'),
    (200, b'{"ok":true,"result":["a"'),
    (200, b'{"ok":true,"result":['),
    (200, b'{"ok":true,"result":[{"update_id":1,"me'),
    (200, b'{"ok":"yes","result":[]}'),
    (200, b"[" * 100_000),
    refusal(500, "Internal Server Error"),
    refusal(400, None),
    refusal(429, "Too Many Requests", parameters=7),
    refusal(429, "Too Many Requests", parameters={"retry_after": "soon"}),
    refusal(403, ["odd"]),
]


@pytest.mark.parametrize("reply", BAD)
def test_a_reply_that_is_no_list_is_tried_again_after_a_pause(reply: Reply) -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.replies = [reply] * 3
            server.add(message(1))
            polling = Polling(bot)
            await polling.until(1)
            await polling.end()
            assert [1] == polling.numbers
            assert 3 == len(polling.pauses)
            assert polling.beats >= 1

    run(test)


def test_a_list_that_is_written_in_another_way_is_read() -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            body = b'{ "result" : [ ' + json.dumps(message(1)).encode() + b' ] , "more": 1, "ok" : true }'
            server.replies = [(200, body), (200, b'\n{ "ok" : true , "result" : [ {"update_id" : 2} ] }')]
            polling = Polling(bot)
            await polling.until(2)
            await polling.end()
            assert [1, 2] == polling.numbers
            assert [] == polling.pauses

    run(test)


def test_pauses_grow_to_half_a_minute_out_of_step_and_start_again_after_success() -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.replies = [(502, b"")] * 12
            server.add(message(1))
            polling = Polling(bot)
            await polling.until(1)
            server.replies = [
                refusal(429, "Too Many Requests: retry after 77", parameters={"retry_after": 77})
            ]
            while len(polling.pauses) < 13:
                await asyncio.sleep(0.005)
            await polling.end()
            *growing, asked = polling.pauses
            for step, pause in enumerate(growing):
                assert min(0.5 * 2**step, 30) / 2 <= pause <= min(0.5 * 2**step, 30)
            assert 12 == len(set(growing))
            assert 77 == asked

    run(test)


def test_a_server_that_is_down_is_waited_for_and_the_token_is_in_no_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def test() -> None:
        async with AiohttpRequest() as request:
            bot = Bot(TOKEN, base_url="http://127.0.0.1:1/bot", request=request, get_updates_request=request)
            polling = Polling(bot)
            while len(polling.pauses) < 5:
                await asyncio.sleep(0.005)
            await polling.end()
            assert 0 == polling.beats

    with caplog.at_level(logging.DEBUG, logger="bot"):
        run(test)
    assert "trying again in" in caplog.text
    assert SECRET not in "".join(r.getMessage() for r in caplog.records if r.name.startswith("bot"))


# --- refusals

OTHER = refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot runs")
WEBHOOK = refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook")
REFUSALS: list[tuple[list[Reply], str]] = [
    ([refusal(401, "Unauthorized")], "QUOTH_TOKEN: Telegram does not know this token; copy it again"),
    ([refusal(404, "Not Found")], "QUOTH_TOKEN: Telegram does not know this token; copy it again"),
    ([OTHER] * 5, "QUOTH_TOKEN: another program fetches this bot's updates; stop the other one"),
    ([OTHER, (200, b'{"ok":true,"result":[]}')] * 5, "QUOTH_TOKEN: another program fetches"),
    ([WEBHOOK] * 5, "QUOTH_TOKEN: another program sets a webhook for this bot; stop the other one"),
]


@pytest.mark.parametrize(("replies", "says"), REFUSALS)
def test_what_trying_again_does_not_mend_is_refused_with_a_remedy(replies: list[Reply], says: str) -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.replies = list(replies)
            polling = Polling(bot)
            with pytest.raises(Refused) as raised:
                await polling.task
            assert str(raised.value).startswith(says)
            assert [] == [reply for reply in server.replies if reply[0] != 200]

    run(test)


def test_a_few_conflicts_are_a_bot_that_is_being_replaced() -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.replies = [OTHER] * 4
            server.add(message(1))
            polling = Polling(bot)
            await polling.until(1)
            await polling.end()
            assert [1] == polling.numbers

    run(test)


def test_a_webhook_that_is_set_is_removed_and_what_waits_for_it_is_kept() -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.replies = [WEBHOOK]
            server.add(message(1))
            polling = Polling(bot)
            await polling.until(1)
            await polling.end()
            assert [{"drop_pending_updates": False}] == server.deleted
            assert [1] == polling.numbers

    run(test)


# --- mutations

SHAPES: list[dict[str, Any]] = [
    message(1, entities=[{"type": "bot_command", "offset": 0, "length": 4}]),
    message(1, reply_to_message={"message_id": 9, "date": 1_700_000_000, "chat": CHAT, "text": "earlier"}),
    message(1, chat=GROUP, message_thread_id=4, is_topic_message=True, quote={"text": "tide", "position": 3}),
    message(1, document={"file_id": "a", "file_unique_id": "b", "file_name": "a.txt", "file_size": 9}),
    message(1, photo=[{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}], caption="c"),
    message(1, forward_origin={"type": "user", "date": 1_600_000_000, "sender_user": USER}),
    message(1, new_chat_members=[USER], link_preview_options={"is_disabled": True}),
    {"update_id": 1, "edited_message": {**message(1)["message"], "edit_date": 1_700_000_100}},
    {"update_id": 1, "channel_post": {**message(1)["message"], "sender_chat": GROUP}},
    {"update_id": 1, "guest_message": message(1)["message"]},
    {"update_id": 1, "inline_query": {"id": "3", "from": USER, "query": "tide", "offset": ""}},
    {"update_id": 1, "chosen_inline_result": {"result_id": "3", "from": USER, "query": "tide"}},
    {
        "update_id": 1,
        "callback_query": {"id": "3", "from": USER, "chat_instance": "5", "data": "c:1", **message(1)},
    },
    {
        "update_id": 1,
        "my_chat_member": {
            "chat": CHAT, "from": USER, "date": 1_700_000_000,
            "old_chat_member": {"user": USER, "status": "member"},
            "new_chat_member": {"user": USER, "status": "kicked", "until_date": 0},
        },
    },
    {
        "update_id": 1,
        "message_reaction": {
            "chat": CHAT, "message_id": 3, "user": USER, "date": 1_700_000_000,
            "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}],
        },
    },
    {"update_id": 1, "poll_answer": {"poll_id": "3", "user": USER, "option_ids": [0]}},
]  # fmt: skip

JUNK: list[Any] = [
    None, True, False, 0, -1, 1.5, 2**31, 2**63, 10**20, -(10**20), 10**400, float("nan"), float("inf"), "",
    "x", "\ud800", "\x00", "a" * 5000, [], [None], [[[None]]], {}, {"id": None}, {"a": {"b": {}}}, ["x", {}],
    {"type": "unknown"}, {"type": None}, {"type": 7}, [{"type": "bold"}], {"": ""}, {"update_id": 3},
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in inside for found in ((*path, key), *places(item, (*path, key)))]


def mutated(dice: random.Random) -> Any:
    """A real-shaped update with one to four things wrong: replaced, removed, added, moved, nested."""
    update: Any = copy.deepcopy(dice.choice(SHAPES))
    for _ in range(dice.randint(1, 4)):
        found = places(update)
        if not found:
            break
        *path, key = dice.choice(found)
        inside = update
        for step in path:
            inside = inside[step]
        change = dice.randrange(6)
        if change == 0:
            del inside[key]
        elif change == 1 and isinstance(inside, dict):
            inside[dice.choice(Update.ALL_TYPES)] = copy.deepcopy(dice.choice(JUNK))
        elif change == 2 and isinstance(inside[key], dict | list):
            inside[key] = [copy.deepcopy(inside[key])]
        elif change == 3:
            inside[key] = {"message": copy.deepcopy(inside[key])}
        else:
            inside[key] = copy.deepcopy(dice.choice(JUNK))
    return dice.choice(JUNK) if dice.random() < 0.02 else update


WRONG_IDS: list[Any] = ["11", "@ana", True, 11.0, {"id": 11}, [11], 10**30, -(2**52), None]
PRESS = {"id": "3", "from": USER, "chat_instance": "5", "data": "c:1", "message": message(1)["message"]}
ADDRESSES: list[Callable[[Any], dict[str, Any]]] = [
    lambda wrong: message(1, chat={**CHAT, "id": wrong}),
    lambda wrong: {"update_id": 1, "edited_message": message(1, chat={**CHAT, "id": wrong})["message"]},
    lambda wrong: message(1, **{"from": {**USER, "id": wrong}}),
    lambda wrong: message(1, message_id=wrong),
    lambda wrong: {"update_id": 1, "callback_query": {**PRESS, "from": {**USER, "id": wrong}}},
    lambda wrong: {
        "update_id": 1,
        "callback_query": {**PRESS, "message": message(1, chat={**CHAT, "id": wrong})["message"]},
    },
    lambda wrong: {"update_id": 1, "callback_query": {**PRESS, "id": [wrong]}},
    lambda wrong: {"update_id": 1, "callback_query": {**PRESS, "data": [wrong]}},
    lambda wrong: message(1, text=[wrong]),
]


@pytest.mark.parametrize("wrong", WRONG_IDS, ids=repr)
@pytest.mark.parametrize("place", range(len(ADDRESSES)))
def test_an_update_addressed_by_what_is_no_id_does_not_parse(place: int, wrong: Any) -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            server.add(ADDRESSES[place](wrong), message(2))
            polling = Polling(bot)
            await polling.until(1)
            await polling.end()
            assert [2] == polling.numbers
            assert [1] == [number for number, *_ in polling.aside]

    run(test)


def test_ids_as_large_as_telegrams_are_taken() -> None:
    async def test() -> None:
        async with telegram() as (server, bot):
            large = message(1, chat={**CHAT, "id": -(2**52) + 1}, **{"from": {**USER, "id": 2**52 - 1}})
            server.add(large, message(2, message_id=2**31 - 1))
            polling = Polling(bot)
            await polling.until(2)
            await polling.end()
            assert [] == polling.aside

    run(test)


def test_ten_thousand_mutated_updates_block_nothing_and_the_good_behind_each_batch_is_handled(
    tmp_path: Path,
) -> None:
    """In the order of their arrival, through the inbox, which in the end holds nothing that waits."""
    dice = random.Random(20260124)  # noqa: S311 - a seed

    async def test() -> None:
        async with telegram() as (server, bot):
            number, good = 1, []
            for _ in range(100):
                for _ in range(dice.randint(99, 101)):
                    update = mutated(dice)
                    if isinstance(update, dict) and update.get("update_id") == 1:
                        update["update_id"] = number
                    body = json.dumps(update).replace('"id": 11,', f'"id": {2000 + dice.randrange(500)},')
                    server.add((number, body.encode()))
                    number += 1
                good.append(number)
                server.add(message(number, text="the good one"))
                number += 1
            inbox, lanes, done = Inbox.in_folder(tmp_path), Lanes(depth=20_000, most=20_000), []

            async def work(update: Update) -> None:
                done.append(update)

            intake = Intake(inbox, lanes, bot, process=work, too_many=work, failed=work)
            polling = Polling(bot, intake.receive)
            while server.queue and not polling.task.done():
                await asyncio.sleep(0.01)
            await polling.end()
            assert 0 == await lanes.drain(50)
            handled = [update.update_id for update in done if update.update_id in set(good)]
            assert good == handled
            await inbox.close()
            found = counted(tmp_path)
            assert found is not None
            assert 0 == found.waiting
            assert 3_000 < len(found.aside) < 8_000
            assert 8_000 <= len(done) + len(found.aside)  # the rest had ids of others, or none
            assert 3 <= len({update.effective_chat.id for update in done if update.effective_chat})

    logging.disable(logging.ERROR)
    try:
        run(test, limit=90)
    finally:
        logging.disable(logging.NOTSET)


def test_a_long_batch_of_long_updates_lets_the_loop_turn_every_five_milliseconds(tmp_path: Path) -> None:
    entities = [{"type": "bold", "offset": offset, "length": 1} for offset in range(100)]
    long = "прилив " * 585
    gaps: list[float] = []

    async def ticks() -> None:
        before = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            gaps.append(now - before)
            before = now

    async def test() -> None:
        async with telegram() as (_, bot):
            batch = [message(n, text=long, entities=entities, chat={**CHAT, "id": n}) for n in range(2, 102)]
            reply = json.dumps({"ok": True, "result": batch}).encode()
            ahead = json.dumps({"ok": True, "result": [message(1)]}).encode()
            polling, inbox, lanes, worked = Polling(bot), Inbox.in_folder(tmp_path), Lanes(), []

            async def work(update: Update) -> None:
                worked.append(update)

            intake = Intake(inbox, lanes, bot, process=work, too_many=work, failed=work)
            poller = updates._Poller(bot, intake.receive, polling.beat, polling.sleep)
            await poller._hand_over(ahead.decode())
            worked.clear()
            ticker = asyncio.create_task(ticks())
            await asyncio.sleep(0)
            gc.disable()
            await poller._hand_over(reply.decode())
            gc.enable()
            ticker.cancel()
            await polling.end()
            await lanes.drain(5)
            await inbox.close()
            assert 100 == len(worked)

    run(test)
    assert sum(gaps) > 0.02, "the batch is too short to show anything"
    assert max(gaps) < 0.005
