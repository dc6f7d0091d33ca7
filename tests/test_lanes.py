"""Lanes: order within a chat, chats side by side, and none that floods holds up another."""

import asyncio
import gc
import json
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from bot.lanes import Lanes
from bot.raw import decoded

USER = {"id": 11, "is_bot": False, "first_name": "Ana"}
CHAT = {"id": 11, "type": "private", "first_name": "Ana"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Tides"}


def run(test: Callable[[], Coroutine[Any, Any, None]], limit: float = 20) -> None:
    asyncio.run(asyncio.wait_for(test(), limit))
    gc.collect()


def message(number: int, **more: Any) -> dict[str, Any]:
    body = {"message_id": number, "date": 1_700_000_000, "chat": CHAT, "from": USER, "text": "tides?"}
    return {"update_id": number, "message": {**body, **more}}


KEYS: list[tuple[dict[str, Any], Any]] = [
    (message(1), 11),
    (message(1, chat=GROUP), -1001),
    ({"update_id": 3, "callback_query": {"id": "1", "from": USER, "chat_instance": "1", "data": "n"}}, 11),
    ({"update_id": 3, "callback_query": {"id": "1", "from": USER, "message": {"chat": GROUP}}}, -1001),
    ({"update_id": 3, "message_reaction": {"chat": GROUP, "user": USER}}, -1001),
    ({"update_id": 3, "poll_answer": {"poll_id": "1", "user": USER}}, 11),
    ({"update_id": 3, "inline_query": {"id": "1", "from": USER, "query": "", "offset": ""}}, None),
    ({"update_id": 3}, None),
    ({"update_id": 3, "message": [5]}, None),
    (message(3, chat={"id": [1], "type": "private"}, **{"from": None}), None),
]


@pytest.mark.parametrize(("update", "key"), KEYS)
def test_the_lane_of_an_update_is_its_chat_else_its_user_else_none(
    update: dict[str, Any], key: object
) -> None:
    assert key == decoded(json.dumps(update)).lane


def test_order_is_kept_in_a_chat_while_chats_run_side_by_side_no_more_than_allowed() -> None:
    async def test() -> None:
        lanes, dice = Lanes(width=8, depth=50), random.Random(1)  # noqa: S311 - a seed
        done: dict[int, list[int]] = {chat: [] for chat in range(20)}
        running: set[int] = set()
        most = 0

        def work(chat: int, number: int) -> Callable[[], Awaitable[None]]:
            async def do() -> None:
                nonlocal most
                assert chat not in running
                running.add(chat)
                most = max(most, len(running))
                await asyncio.sleep(dice.random() / 1000)
                running.discard(chat)
                done[chat].append(number)

            return do

        for number in range(30):
            for chat in range(20):
                await lanes.submit(chat, work(chat, number))
        assert 0 == await lanes.drain(10)
        assert {chat: list(range(30)) for chat in range(20)} == done
        assert 8 == most

    run(test)


def test_one_slow_chat_holds_up_no_other() -> None:
    async def test() -> None:
        lanes, release, done = Lanes(width=2), asyncio.Event(), []

        async def slow() -> None:
            await release.wait()

        async def quick() -> None:
            done.append(1)

        for _ in range(5):
            await lanes.submit("slow", slow)
        for number in range(50):
            await lanes.submit(number, quick)
        await asyncio.sleep(0.01)
        assert 50 == len(done)
        release.set()
        assert 0 == await lanes.drain(1)

    run(test)


def test_a_chat_that_floods_holds_up_no_other_and_what_it_sent_too_much_of_is_said_once() -> None:
    async def test() -> None:
        lanes, release, done = Lanes(depth=3), asyncio.Event(), []

        def work(name: str) -> Callable[[], Awaitable[None]]:
            async def do() -> None:
                await release.wait()
                done.append(name)

            return do

        taken = []
        for number in range(10):
            taken.append(await lanes.submit("flood", work(f"{number}"), work("too many")))
            await asyncio.sleep(0)
        assert [True] * 4 + [False] * 6 == taken
        assert await asyncio.wait_for(lanes.submit("other", work("other")), 1)
        release.set()
        while len(lanes):
            await asyncio.sleep(0)
        assert ["0", "1", "2", "3", "too many"] == [name for name in done if name != "other"]
        assert "other" in done
        assert await lanes.submit("flood", work("again"))
        assert 0 == await lanes.drain(1)
        assert "again" == done[-1]

    run(test)


def test_what_an_earlier_run_accepted_is_done_however_much_waits() -> None:
    async def test() -> None:
        lanes, release, done = Lanes(depth=3, most=4), asyncio.Event(), []

        def work(number: int) -> Callable[[], Awaitable[None]]:
            async def do() -> None:
                await release.wait()
                done.append(number)

            return do

        for number in range(20):
            lanes.resume("chat", work(number))
        release.set()
        assert await lanes.submit("chat", work(20))
        assert 0 == await lanes.drain(1)
        assert list(range(21)) == done

    run(test)


def test_where_all_lanes_together_are_full_whoever_submits_waits_and_a_cancelled_wait_submits_nothing() -> (
    None
):
    async def test() -> None:
        lanes, release, done = Lanes(most=5), asyncio.Event(), []

        def work(number: int) -> Callable[[], Awaitable[None]]:
            async def do() -> None:
                await release.wait()
                done.append(number)

            return do

        for number in range(5):
            await lanes.submit(number, work(number))
        for number, cancelled in ((99, True), (5, False)):
            waiting = asyncio.create_task(lanes.submit(number, work(number)))
            await asyncio.sleep(0.01)
            assert (5, False) == (len(lanes), waiting.done())
            if cancelled:
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)
        release.set()
        await waiting
        assert 0 == await lanes.drain(1)
        assert [0, 1, 2, 3, 4, 5] == sorted(done)

    run(test)


def test_what_a_work_raises_is_logged_and_its_lane_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        lanes, done = Lanes(), []

        async def fail() -> None:
            raise ValueError("no such quote")

        async def cancelled() -> None:
            raise asyncio.CancelledError

        async def good() -> None:
            done.append(1)

        for work in (fail, cancelled, fail, good):
            await lanes.submit("chat", work)
        assert 0 == await lanes.drain(1)
        assert [1] == done

    run(test)
    assert 2 == caplog.text.count("ValueError: no such quote")
    assert "the work for chat was cancelled from within" in caplog.text


def test_idle_lanes_are_forgotten() -> None:
    async def test() -> None:
        lanes = Lanes()

        async def nothing() -> None:
            pass

        for chat in range(20_000):
            await lanes.submit(chat, nothing)
        while len(lanes):
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not lanes._lanes
        assert not lanes._tasks

    run(test)


def test_draining_finishes_what_it_can_cancels_the_rest_and_tells_how_much() -> None:
    async def test() -> None:
        lanes, done, cancelled = Lanes(), [], []

        async def quick() -> None:
            await asyncio.sleep(0.05)
            done.append(1)

        async def slow() -> None:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled.append(1)
                raise

        for chat in range(10):
            await lanes.submit(chat, quick)
        for chat in (1, 2, 3):
            await lanes.submit(chat, slow)
            await lanes.submit(chat, quick)
        began = time.monotonic()
        assert 6 == await lanes.drain(0.3)
        assert time.monotonic() - began < 1
        assert (10, 3, 0) == (len(done), len(cancelled), len(lanes))
        with pytest.raises(RuntimeError):
            await lanes.submit(1, quick)

    run(test)
