"""Updates are durable before they are confirmed, worked on at least once, in order, and left out when they
come again.
"""

import asyncio
import gc
import json
import logging
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import faults
import kills
import pytest
from conftest import ROOT
from telegram import Bot, Update
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot import inbox as inbox_module
from bot.entry import Entry, Fate, at_work
from bot.inbox import MOST_ATTEMPTS, MOST_DEATHS, Counted, Inbox, counted
from bot.intake import Intake
from bot.lanes import Lanes
from bot.outbox import Outbox
from bot.raw import Raw, decoded
from bot.render import plain
from bot.requests import NotSent, ServerFault
from index.errors import StoreError

BOT = Bot(f"123456789:{'x' * 35}")
USER = {"id": 11, "is_bot": False, "first_name": "Ana"}


def run(test: Callable[[], Coroutine[Any, Any, None]], limit: float = 20) -> None:
    asyncio.run(asyncio.wait_for(test(), limit))
    gc.collect()


def raw(number: int, text: str = "tides?", chat: int = 11) -> Raw:
    person = {"id": chat, "type": "private", "first_name": "Ana"}
    message = {"message_id": number, "date": 1_700_000_000, "chat": person, "from": USER, "text": text}
    return decoded(json.dumps({"update_id": number, "message": message}))


def numbers(entries: list[Entry]) -> list[int | None]:
    return [entry.number for entry in entries]


# --- what comes in


def test_what_was_put_in_is_there_after_a_kill_in_order_until_it_is_finished(tmp_path: Path) -> None:
    async def test() -> None:
        inbox = Inbox.in_folder(tmp_path)
        entries = await inbox.put([raw(number) for number in (5, 6, 7, 8)])
        await inbox.put([raw(9)])
        assert numbers(entries) == [5, 6, 7, 8]
        await inbox.finish(entries[1], Fate.DONE)
        await inbox.finish(entries[3], Fate.UNKNOWN)
        after = Inbox.in_folder(tmp_path)  # the other was never closed
        left = await after.unfinished()
        assert numbers(left) == [5, 7, 9]
        assert [entry.raw for entry in left] == [raw(5), raw(7), raw(9)]
        assert all(entry.again for entry in left)
        await after.close()
        await inbox.close()

    run(test)


KILLED = """
import asyncio, json, os, sys
from pathlib import Path
from bot.inbox import Inbox
from bot.raw import decoded
async def main():
    inbox = Inbox.in_folder(Path(sys.argv[1]))
    for number in range(1, 41, 10):
        await inbox.put([decoded(json.dumps({"update_id": number + n, "message": {}})) for n in range(10)])
        print(number + 9, flush=True)
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""


def test_what_was_put_in_survives_its_process(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (-9, ["10", "20", "30", "40"])
    assert counted(tmp_path) == Counted(40, ())


def test_what_comes_in_is_on_the_disk_before_it_is_confirmed(tmp_path: Path) -> None:
    """SQLite syncs each commit at this setting and above, https://www.sqlite.org/pragma.html#pragma_synchronous."""

    async def test() -> None:
        inbox = Inbox.in_folder(tmp_path)
        with inbox._durable.transaction() as connection:
            assert connection.exec_driver_sql("pragma synchronous").scalar() == 2
        await inbox.close()

    run(test)


def test_one_reply_is_one_commit_and_many_at_once_share_one(tmp_path: Path) -> None:
    async def test() -> None:
        inbox, commits = Inbox.in_folder(tmp_path), []
        put = inbox._put
        inbox._put = lambda groups: commits.append(len(groups)) or put(groups)  # type: ignore[method-assign,func-returns-value]
        await inbox.put([raw(number) for number in range(1, 101)])
        assert commits == [1]
        await asyncio.gather(*(inbox.put([raw(number)]) for number in range(101, 151)))
        assert sum(commits) == 51
        assert len(commits) < 6
        await inbox.close()

    run(test)


def test_an_update_that_comes_again_is_left_out_also_when_it_is_finished_and_after_a_restart(
    tmp_path: Path,
) -> None:
    async def test() -> None:
        inbox = Inbox.in_folder(tmp_path)
        (first,) = await inbox.put([raw(5)])
        assert numbers(await inbox.put([raw(5), raw(6), raw(6)])) == [6]
        await inbox.finish(first, Fate.DONE)
        assert numbers(await inbox.put([raw(5), raw(6), raw(7)])) == [7]
        await inbox.close()
        after = Inbox.in_folder(tmp_path)
        assert numbers(await after.put([raw(5), raw(7), raw(4), raw(8)])) == [4, 8]
        await after.close()

    run(test)


AGES = [
    # seconds since the id was seen, the text that comes with it now, whether it is new
    (0, "tides?", False),
    (0, "boats?", False),
    (2 * 86_400, "boats?", False),
    (8 * 86_400, "tides?", False),
    (8 * 86_400, "boats?", True),
    (-400 * 86_400, "boats?", True),
]


@pytest.mark.parametrize(("age", "text", "new"), AGES)
def test_an_id_seen_long_ago_with_other_content_is_new(
    age: float, text: str, new: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an idle week Telegram may begin anew with its ids; a clock that was wrong must not hide it."""

    async def test() -> None:
        inbox = Inbox.in_folder(tmp_path)
        await inbox.put([raw(5, "tides?")])
        now = time.time()
        monkeypatch.setattr(inbox_module.time, "time", lambda: now + age)
        assert len(await inbox.put([raw(5, text)])) == new
        await inbox.close()

    run(test)


def test_what_expires_in_seconds_is_worked_on_but_not_stored(tmp_path: Path) -> None:
    async def test() -> None:
        inbox = Inbox.in_folder(tmp_path)
        query = {"id": "1", "from": USER, "query": "pier", "offset": ""}
        inline = decoded(json.dumps({"update_id": 6, "inline_query": query}))
        entries = await inbox.put([raw(5), inline, raw(7)])
        assert numbers(entries) == [5, 6, 7]
        assert [entry.row is None for entry in entries] == [False, True, False]
        await inbox.finish(entries[1], Fate.DONE)
        assert numbers(await inbox.unfinished()) == [5, 7]
        await inbox.close()

    run(test)


def test_what_is_finished_keeps_no_content_and_is_forgotten_after_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        inbox = Inbox.in_folder(tmp_path)
        done, aside, _ = await inbox.put([raw(5, "secret5"), raw(6, "secret6"), raw(7, "secret7")])
        await inbox.finish(done, Fate.DONE)
        await inbox.finish(aside, Fate.ASIDE)
        kept = "select number, length(raw) > 0 from inbox order by row"
        connection = sqlite3.connect(tmp_path / "inbox.sqlite")
        assert connection.execute(kept).fetchall() == [(5, 0), (6, 1), (7, 1)]
        now = time.time()
        for days, left in ((2, [5, 6, 7]), (4, [6, 7]), (31, [7])):
            monkeypatch.setattr(inbox_module.time, "time", lambda days=days: now + days * 86_400)
            await inbox.forget_old()
            assert [number for number, _ in connection.execute(kept).fetchall()] == left
        connection.close()
        await inbox.close()

    run(test)


def test_a_full_disk_takes_nothing_in_and_forgets_nothing_that_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(inbox_module, "RETRY", 0.01)

    async def test() -> None:
        inbox = Inbox.in_folder(tmp_path)
        (entry,) = await inbox.put([raw(5)])
        for database in (inbox._durable, inbox._quick):
            with database.transaction() as connection:
                connection.exec_driver_sql("pragma max_page_count=1")
        big = raw(6, "x" * 100_000)
        with pytest.raises(StoreError, match="full"):
            await inbox.put([big])
        written = inbox._written_down
        full = [True] * 3

        def fail(marks: Any) -> None:
            if full:
                full.pop()
                raise StoreError("inbox.sqlite", "database or disk is full", "free some space")
            written(marks)

        inbox._written_down = fail  # type: ignore[method-assign]
        await inbox.finish(entry, Fate.DONE)
        assert await inbox.unfinished() == []
        await inbox.close()

    run(test)
    assert caplog.text.count("cannot be written, trying again") == 3


def test_the_event_loop_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    async def test() -> None:
        inbox = Inbox.in_folder(tmp_path)
        put = inbox._put

        def slow(groups: Any) -> Any:
            time.sleep(0.3)
            return put(groups)

        inbox._put = slow  # type: ignore[method-assign]
        putting = asyncio.create_task(inbox.put([raw(5)]))
        turns = 0
        while not putting.done():
            await asyncio.sleep(0.001)
            turns += 1
        assert turns > 10
        await inbox.close()

    run(test)


def test_an_inbox_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    async def test() -> None:
        await Inbox.in_folder(tmp_path).close()
        with sqlite3.connect(tmp_path / "inbox.sqlite") as connection:
            connection.execute("update inbox_version set version = 99")
        connection.close()
        with pytest.raises(StoreError, match="was written by a newer Quoth"):
            Inbox.in_folder(tmp_path)

    run(test)


# --- what becomes of it


class Works:
    """An intake, and what its handler was given; ``raises`` says what each attempt at a text raises."""

    def __init__(self, data: Path, raises: dict[str, list[Exception]] | None = None, **lanes: int) -> None:
        self.inbox, self.lanes = Inbox.in_folder(data), Lanes(**lanes)
        self.raises = raises or {}
        self.seen: list[str] = []
        self.told: list[str] = []
        self.go = asyncio.Event()
        self.go.set()
        self.intake = Intake(
            self.inbox,
            self.lanes,
            BOT,
            process=self.process,
            too_many=self.telling("too many"),
            failed=self.telling("failed"),
        )

    async def process(self, update: Update) -> None:
        assert update.message is not None
        text = str(update.message.text)
        self.seen.append(text)
        await self.go.wait()
        entry = at_work.get()
        assert entry is not None
        if self.raises.get(text):
            entry.failure = self.raises[text].pop(0)

    def telling(self, words: str) -> Callable[[Update], Awaitable[None]]:
        async def tell(update: Update) -> None:
            assert update.message is not None
            self.told.append(f"{words}: {update.message.text}")

        return tell

    async def end(self) -> None:
        while len(self.lanes):
            await asyncio.sleep(0.005)
        await self.inbox.close()


def fates(data: Path) -> dict[int, tuple[str, int]]:
    connection = sqlite3.connect(data / "inbox.sqlite")
    rows = connection.execute("select number, fate, attempts from inbox order by row").fetchall()
    connection.close()
    return {number: (fate, attempts) for number, fate, attempts in rows}


async def at_once() -> None:
    pass


def test_an_update_that_raises_again_and_again_is_set_aside_told_and_blocks_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        works = Works(tmp_path, {"bad": [ZeroDivisionError(str(n)) for n in range(9)]})
        await works.intake.receive([raw(5, "one"), raw(6, "bad"), raw(7, "two"), raw(8, "three", chat=12)])
        await works.end()
        assert works.seen.index("three") < works.seen.index("two")
        assert [text for text in works.seen if text != "three"] == ["one", *["bad"] * MOST_ATTEMPTS, "two"]
        assert works.told == ["failed: bad"]
        expected = {5: ("done", 1), 6: ("aside", MOST_ATTEMPTS), 7: ("done", 1), 8: ("done", 1)}
        assert fates(tmp_path) == expected
        assert counted(tmp_path) == Counted(0, (6,))

    run(test)
    assert "update 6 could not be answered" in caplog.text
    assert "ZeroDivisionError: 2" in caplog.text


def test_an_update_that_raises_once_is_answered_and_nobody_is_told(tmp_path: Path) -> None:
    async def test() -> None:
        works = Works(tmp_path, {"shy": [StoreError("state.sqlite", "database is locked", "wait")]})
        await works.intake.receive([raw(5, "shy")])
        await works.end()
        assert (works.seen, works.told) == (["shy", "shy"], [])
        assert fates(tmp_path) == {5: ("done", 2)}

    run(test)


FINAL: list[tuple[TelegramError, str, str]] = [
    # what the outbox gave up with, the fate, the log; only of the second kind the chat is told
    (Forbidden("bot was blocked by the user"), "failed", "update 5: not sent: "),
    (BadRequest("chat not found"), "failed", "update 5 could not be answered"),
    (RetryAfter(600), "failed", "update 5: an answer is given up: "),
    (ServerFault("502"), "failed", "update 5: an answer is given up: "),
    (NotSent("refused"), "failed", "update 5: an answer is given up: "),
    (TimedOut("no answer"), "unknown", "update 5: an answer is given up: "),
    (NetworkError("reset"), "unknown", "update 5: an answer is given up: "),
]


@pytest.mark.parametrize(("error", "fate", "said"), FINAL, ids=lambda each: type(each).__name__)
def test_what_telegram_did_not_take_is_final_and_logged(
    error: TelegramError, fate: str, said: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        works = Works(tmp_path, {"one": [error] * 5})
        await works.intake.receive([raw(5, "one")])
        await works.end()
        assert works.seen == ["one"]
        assert works.told == ["failed: one"] * isinstance(error, BadRequest)
        assert fates(tmp_path) == {5: (fate, 1)}

    with caplog.at_level(logging.INFO):
        run(test)
    assert said in caplog.text


def test_what_has_begun_to_leave_is_not_tried_again_while_the_process_lives(tmp_path: Path) -> None:
    async def test() -> None:
        works = Works(tmp_path)

        async def sends_and_fails(_update: Update) -> None:
            entry = at_work.get()
            assert entry is not None
            works.seen.append("sent")
            entry.begin_sending()
            entry.failure = StoreError("state.sqlite", "database or disk is full", "free some space")

        works.intake._process = sends_and_fails
        await works.intake.receive([raw(5)])
        await works.end()
        assert (works.seen, works.told) == (["sent"], [])
        assert fates(tmp_path) == {5: ("failed", 1)}

    run(test)


def test_what_an_earlier_run_left_is_worked_on_first_and_in_order(tmp_path: Path) -> None:
    async def test() -> None:
        before = Inbox.in_folder(tmp_path)
        await before.put([raw(5, "a1"), raw(6, "b1", chat=12), raw(7, "a2"), raw(8, "c1", chat=13)])
        works = Works(tmp_path)
        await works.intake.resume(at_once)
        await works.intake.receive([raw(9, "a3"), raw(7, "a2")])
        await works.end()
        await before.close()
        assert [text for text in works.seen if text != "a3"] == ["a1", "b1", "c1", "a2"]
        assert [text for text in works.seen if text.startswith("a")] == ["a1", "a2", "a3"]
        assert {fate for fate, _ in fates(tmp_path).values()} == {"done"}

    run(test)


def test_what_was_left_is_tried_alone_until_its_answer_leaves_and_others_need_not_wait(
    tmp_path: Path,
) -> None:
    async def test() -> None:
        before = Inbox.in_folder(tmp_path)
        await before.put([raw(n, f"left {n}", chat=n) for n in (5, 6, 7)])
        works = Works(tmp_path)
        works.go.clear()
        await works.intake.resume(at_once)
        await works.intake.receive([raw(9, "new", chat=9)])
        await asyncio.sleep(0.1)
        assert sorted(works.seen) == ["left 5", "new"]
        assert fates(tmp_path)[5] == ("waiting", 2), "the attempt is counted before it is made"
        assert fates(tmp_path)[6] == ("waiting", 1)
        works.go.set()
        await works.end()
        await before.close()
        assert {fate for fate, _ in fates(tmp_path).values()} == {"done"}

    run(test)


def test_what_begins_to_leave_is_no_longer_suspected_and_lets_the_next_be_tried(tmp_path: Path) -> None:
    async def test() -> None:
        before = Inbox.in_folder(tmp_path)
        await before.put([raw(n, f"left {n}", chat=n) for n in (5, 6)])
        works, hold = Works(tmp_path), asyncio.Event()

        async def sends(update: Update) -> None:
            entry = at_work.get()
            assert entry is not None
            works.seen.append(str(update.update_id))
            entry.begin_sending()
            await hold.wait()

        works.intake._process = sends
        await works.intake.resume(at_once)
        await asyncio.sleep(0.1)
        assert works.seen == ["5", "6"]
        assert fates(tmp_path) == {5: ("waiting", 1), 6: ("waiting", 1)}
        hold.set()
        await works.end()
        await before.close()

    run(test)


def test_a_clean_end_blames_nothing_that_it_leaves(tmp_path: Path) -> None:
    async def test() -> None:
        for _ in range(2 * MOST_DEATHS):
            works = Works(tmp_path)
            works.go.clear()
            await works.intake.resume(at_once)
            await works.intake.receive([raw(5, "slow")])
            while not works.seen:
                await asyncio.sleep(0.005)
            await works.lanes.drain(0.01)
            await works.inbox.forgive()
            await works.inbox.close()
        works = Works(tmp_path)
        await works.intake.resume(at_once)
        await works.end()
        assert fates(tmp_path)[5][0] == "done"

    run(test)


def test_a_chat_that_floods_is_told_once_and_what_was_left_out_does_not_come_back(tmp_path: Path) -> None:
    async def test() -> None:
        works = Works(tmp_path, depth=3)
        works.go.clear()
        await works.intake.receive([raw(1, "1")])
        while not works.seen:
            await asyncio.sleep(0.005)
        await works.intake.receive([raw(number, f"{number}") for number in range(2, 11)])
        works.go.set()
        await works.end()
        assert works.seen == ["1", "2", "3", "4"]
        assert works.told == ["too many: 5"]
        assert [fate for fate, _ in fates(tmp_path).values()] == ["done"] * 4 + ["failed"] * 6

    run(test)


def test_what_does_not_parse_is_set_aside_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        works = Works(tmp_path)
        odd = [decoded('{"update_id":5,"message":{"chat":7}}'), decoded("[]"), raw(7, "good")]
        await works.intake.receive(odd)
        await works.end()
        assert works.seen == ["good"]
        assert {number: fate for number, (fate, _) in fates(tmp_path).items()} == {5: "aside", 7: "done"}

    run(test)
    assert "update 5 set aside" in caplog.text
    assert "update None set aside: ValueError: no update_id" in caplog.text


# --- an answer of several messages


class Wire:
    """Answers with ids counting up; hangs for ever at the message of a place."""

    def __init__(self, hang_at: int = 0) -> None:
        self.texts: list[str] = []
        self.hang_at = hang_at

    async def call(self, _url: str, parameters: dict[str, Any]) -> Any:
        self.texts.append(parameters["text"])
        if len(self.texts) == self.hang_at:
            await asyncio.Event().wait()
        return {"message_id": 100 + len(self.texts)}


def test_of_an_answer_in_parts_only_the_one_in_flight_is_sent_again_after_a_kill(tmp_path: Path) -> None:
    parts = [plain(text) for text in ("one", "two", "two", "three")]

    async def test() -> None:
        inbox, wire = Inbox.in_folder(tmp_path), Wire(hang_at=3)
        (entry,) = await inbox.put([raw(5)])
        at_work.set(entry)
        sending = asyncio.create_task(Outbox(wire, "u", inbox).send(11, parts))
        while len(wire.texts) < 3:
            await asyncio.sleep(0.005)
        after, wire = Inbox.in_folder(tmp_path), Wire()
        (left,) = await after.unfinished()
        at_work.set(left)
        assert await Outbox(wire, "u", after).send(11, parts) == [101, 102, 101, 102]
        assert wire.texts == ["two", "three"]
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await after.close()
        await inbox.close()

    run(test)


# --- the real process


def test_kills_lose_no_question_and_repeat_none_but_those_in_flight() -> None:
    report = kills.run(4, people=6)
    assert report.good, [str(report), *report.lost, *report.faults]
    assert report.questions > 20


def test_faults_of_the_bot_api_leave_no_question_without_an_answer_or_a_line_in_the_log() -> None:
    report = faults.run(200, people=40)
    assert report.good, [str(report), *report.lost]
    assert report.answered > report.logged > 0
