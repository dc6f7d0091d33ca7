"""The index behind the event loop: nothing blocks the loop, questions wait until it is ready."""

import asyncio
import fcntl
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
import reload
from conftest import Folder, python

from bot.answer import Outcome
from bot.engine import WORKERS, Engine
from bot.finding import answered
from index import generation
from index.build import Now
from index.changes import Add, Incoming, Undo
from index.errors import StoreError
from index.search import Index
from index.store import Store

T = TypeVar("T")

PIER = "Klara Voss surveyed the pier in May. She found nine rotten piles.\n"
QUESTION = "who surveyed the pier?"
SURVEYED = "Klara Voss surveyed the pier in May."


def ignore(_: str) -> None:
    """No notice is expected, nor looked at."""


def with_engine(use: Callable[[Engine], Awaitable[T]]) -> T:
    """Run with an engine that is closed at the end."""

    async def whole() -> T:
        engine = Engine()
        try:
            return await use(engine)
        finally:
            engine.close()

    return asyncio.run(whole())


@pytest.fixture
def pier(folder: Folder) -> Folder:
    folder.write("pier.txt", PIER)
    return folder


def test_a_question_is_answered(pier: Folder) -> None:
    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        answer = await engine.call(answered, QUESTION)
        assert (answer.outcome, answer.shown[0].sentence.text) == (Outcome.ANSWER, SURVEYED)

    with_engine(use)


@pytest.mark.parametrize("question", ["", "?!", "😀", "\ud800"])
def test_a_question_without_a_word_is_not_searched(question: str, pier: Folder) -> None:
    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        answer = await engine.call(answered, question)
        assert (answer.outcome, answer.question, answer.hits) == (Outcome.NONE, question, ())

    with_engine(use)


def test_a_question_asked_early_is_kept_and_answered(pier: Folder) -> None:
    async def use(engine: Engine) -> None:
        asked = [asyncio.create_task(engine.call(answered, QUESTION)) for _ in range(5)]
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in asked)
        await engine.open(pier.seeds, pier.data, ignore)
        assert {(await task).shown[0].sentence.text for task in asked} == {SURVEYED}

    with_engine(use)


def test_it_is_ready_once_it_is_open(pier: Folder) -> None:
    async def use(engine: Engine) -> None:
        assert (engine.ready, engine.percent, await engine.wait(0.01)) == (False, 0, False)
        assert engine.sentence("aaaaaaaaaaaa") is None
        waiting = asyncio.create_task(engine.wait(10))
        await engine.open(pier.seeds, pier.data, ignore)
        assert (engine.ready, engine.percent, await waiting) == (True, 100, True)

    with_engine(use)


def test_how_much_has_been_read_grows_while_a_first_index_is_built(folder: Folder) -> None:
    for number in range(300):
        folder.write(f"{number}.txt", f"Lighthouse {number} was built by Keeper{number}.\n")

    async def use(engine: Engine) -> None:
        opening = asyncio.create_task(engine.open(folder.seeds, folder.data, ignore))
        seen = [engine.percent]
        while not opening.done():
            await asyncio.sleep(0.001)
            seen.append(engine.percent)
        await opening
        assert seen == sorted(seen)
        assert len(set(seen)) > 5
        assert (seen[0], seen[-1]) == (0, 100)

    with_engine(use)


def test_documents_that_are_left_out_are_told_of(pier: Folder) -> None:
    pier.write("image.txt", bytes(range(256)) * 10)
    told: list[str] = []

    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, told.append)

    with_engine(use)
    assert any("image.txt: is not text" in line for line in told)


def test_without_a_document_there_is_an_empty_index_until_one_comes(folder: Folder) -> None:
    folder.data.mkdir()

    async def use(engine: Engine) -> None:
        await engine.open(folder.seeds, folder.data, ignore)
        assert engine.empty
        assert Outcome.NONE is (await engine.call(answered, QUESTION)).outcome
        sent = folder.top / "sent.txt"
        sent.write_text(PIER)
        await engine.change(Add((Incoming(sent, "pier.txt"),)), by=1)
        await engine.reload()
        assert not engine.empty
        assert SURVEYED in await shown(engine)
        await engine.change(Undo(), by=1)
        await engine.reload()
        assert engine.empty

    with_engine(use)


def test_a_folder_that_is_gone_is_told_while_the_index_answers(pier: Folder) -> None:
    pier.update()
    pier.remove("pier.txt")
    told: list[str] = []

    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, told.append)
        assert SURVEYED in await shown(engine)

    with_engine(use)
    assert any("there is no document; answering from the index as it was" in line for line in told)


def test_no_more_work_runs_at_once_than_there_are_workers_and_the_loop_stays_free() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1

    async def use(engine: Engine) -> None:
        tasks = [asyncio.create_task(engine.run(work)) for _ in range(8)]
        longest = 0.0
        while not all(task.done() for task in tasks):
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - before)
        assert longest < 0.05
        await asyncio.gather(*tasks)

    with_engine(use)
    assert most == WORKERS


def test_work_gets_the_index_and_its_errors_come_back(pier: Folder) -> None:
    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        assert (await engine.call(lambda index: index.stats())).sentences == 2
        found = await engine.call(
            lambda index, question, limit: index.search(question, limit=limit), "pier", limit=1
        )
        assert len(found.hits) == 1
        quote = found.hits[0].sentence
        assert engine.sentence(quote.id) == quote
        with pytest.raises(ZeroDivisionError):
            await engine.call(lambda _: 1 // 0)
        assert (await engine.call(answered, QUESTION)).outcome is Outcome.ANSWER

    with_engine(use)


def test_a_question_given_up_does_not_hold_up_the_next(pier: Folder) -> None:
    async def use(engine: Engine) -> None:
        given_up = asyncio.create_task(engine.call(answered, QUESTION))
        await asyncio.sleep(0)
        given_up.cancel()
        await engine.open(pier.seeds, pier.data, ignore)
        assert (await engine.call(answered, QUESTION)).outcome is Outcome.ANSWER
        assert given_up.cancelled()

    with_engine(use)


def test_closing_waits_for_what_runs_and_drops_what_waits(pier: Folder) -> None:
    done: list[int] = []

    def work(number: int) -> None:
        time.sleep(0.1)
        done.append(number)

    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        tasks = [
            asyncio.create_task(engine.run(lambda number=number: work(number)))
            for number in range(WORKERS + 3)
        ]  # type: ignore[misc]
        await asyncio.sleep(0.02)
        engine.close()
        assert sorted(done) == list(range(WORKERS))
        await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(task.cancelled() for task in tasks) == 3

    with_engine(use)


def test_an_engine_that_was_never_opened_closes() -> None:
    async def use(engine: Engine) -> None:
        engine.close()

    with_engine(use)


# --- changing while it answers


async def until(met: Callable[[], bool], seconds: float = 20.0) -> float:
    """Wait until it is so, and return how long that took."""
    began = time.monotonic()
    while not met():
        assert time.monotonic() - began < seconds
        await asyncio.sleep(0.02)
    return time.monotonic() - began


def shown(engine: Engine) -> Awaitable[set[str]]:
    return engine.call(lambda index: {hit.sentence.text for hit in index.search("pier", limit=99).hits})


def following(use: Callable[[Engine], Awaitable[None]], *, watch: bool = False) -> None:
    """Run with an engine that follows."""

    async def whole(engine: Engine) -> None:
        task = asyncio.create_task(engine.follow(watch=watch))
        try:
            await use(engine)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    with_engine(whole)


def test_an_upload_is_found_after_a_reload_that_says_what_it_did(pier: Folder) -> None:
    sent = pier.write("../sent.txt", "The pier was torn down.")

    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        change = await engine.change(Add((Incoming(sent, "news.txt"),)), by=7)
        assert ["added"] == [step.outcome for step in change.steps]
        calls: list[tuple[int, int, int]] = []
        report = await engine.reload(lambda *call: calls.append(call))
        assert (("news.txt",), (), (), 1) == (report.added, report.changed, report.removed, report.unchanged)
        assert (23, 23, 1) == calls[-1]
        assert "The pier was torn down." in await shown(engine)
        await engine.change(Undo(), by=7)
        assert ("news.txt",) == (await engine.reload()).removed
        assert "The pier was torn down." not in await shown(engine)

    with_engine(use)


def test_a_question_keeps_the_index_it_began_with_and_the_last_one_closes_it(pier: Folder) -> None:
    closed: list[int] = []

    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        old = await engine.call(lambda index: index)
        close = old.close
        old.close = lambda: (closed.append(old.stats().generation), close())  # type: ignore[method-assign]
        go, quote = threading.Event(), (await engine.call(answered, QUESTION)).shown[0].sentence.id

        def slow(index: Index) -> tuple[Index, object]:
            assert go.wait(20)
            return index, engine.sentence(quote)

        asked = asyncio.create_task(engine.call(slow))
        late = asyncio.create_task(engine.call(lambda index: index))
        await asyncio.sleep(0.05)
        pier.write("pier.txt", "The pier is gone.")
        await engine.reload()
        assert [] == closed
        go.set()
        index, sentence = await asked
        assert index is old is await late
        assert sentence is not None
        await until(lambda: closed == [1], 2)
        assert engine.sentence(quote) is None
        assert {"The pier is gone."} == await shown(engine)

    with_engine(use)


def test_a_question_that_was_given_up_lets_its_index_go(pier: Folder) -> None:
    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        blocking = asyncio.create_task(engine.run(lambda: time.sleep(0.2)))
        given_up = asyncio.create_task(engine.call(answered, QUESTION))
        await asyncio.sleep(0.05)
        given_up.cancel()
        pier.write("pier.txt", "The pier is gone.")
        await asyncio.gather(blocking, engine.reload())
        with (pier.data / "index" / "generations" / "000001.json").open() as manifest:
            fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises where somebody still holds it

    with_engine(use)


def test_what_another_process_builds_is_answered_within_two_seconds(pier: Folder) -> None:
    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        pier.write("pier.txt", "The pier is gone.")
        code = "import sys, pathlib, index.build; index.build.update(*map(pathlib.Path, sys.argv[1:]))"
        builder = python(code, pier.seeds, pier.data)
        assert ("", "") == await asyncio.to_thread(builder.communicate)
        found = False

        async def look() -> None:
            nonlocal found
            while not found:
                found = {"The pier is gone."} == await shown(engine)
                await asyncio.sleep(0.02)

        await asyncio.wait_for(look(), 2)

    following(use)


def test_a_watched_folder_reloads_by_itself_and_an_unwatched_one_does_not(
    pier: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.engine.FOLLOW_EVERY", 0.1)
    monkeypatch.setattr("bot.engine.WATCH_EVERY", 0.2)

    async def use(engine: Engine, *, watched: bool) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        before = await shown(engine)
        pier.write("pier.txt", f"The pier is gone, {watched}.")
        began = time.monotonic()
        while await shown(engine) == before and time.monotonic() - began < (20 if watched else 1):
            await asyncio.sleep(0.1)
        assert watched == (before != await shown(engine))

    following(lambda engine: use(engine, watched=False))
    following(lambda engine: use(engine, watched=True), watch=True)


def test_the_index_before_a_damaged_one_answers_while_a_new_one_is_built(pier: Folder) -> None:
    pier.update()
    pier.write("pier.txt", "The pier is gone.")
    pier.update()
    path = pier.data / "index" / "segments" / "000002" / "own_tf.npy"
    path.write_bytes(path.read_bytes()[:-1])
    told: list[str] = []
    alarms: list[StoreError | None] = []

    async def use(engine: Engine) -> None:
        opened = engine.open(pier.seeds, pier.data, told.append, alarm=alarms.append)
        opening = asyncio.create_task(opened)
        assert SURVEYED in await shown(engine)
        await opening
        assert {"The pier is gone."} == await shown(engine)

    with_engine(use)
    assert 1 == len(told)
    assert ["own_tf.npy", ""] == [Path(fault.place).name if fault else "" for fault in alarms]
    assert f"{path}: has" in told[0]
    assert "the index is rebuilt from the documents" in told[0]
    assert (pier.data / "index.damaged" / "segments" / "000002").is_dir()


def test_damage_under_a_running_bot_is_mended_and_told(pier: Folder) -> None:
    told: list[str] = []
    alarms: list[StoreError | None] = []

    def sound() -> bool:
        try:
            generation = Store(pier.data).open()
        except StoreError:
            return False
        if generation is not None:
            generation.close()
        return generation is not None

    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, told.append, alarm=alarms.append)
        (pier.data / "index" / "CURRENT").write_bytes(b"")
        for path in (pier.data / "index" / "generations").iterdir():
            path.write_bytes(b"")
        await until(lambda: bool(told) and sound() and None in alarms)
        assert SURVEYED in await shown(engine)

    following(use)
    assert ["CURRENT", ""] == [Path(fault.place).name if fault else "" for fault in alarms]
    assert any("CURRENT: does not match its checksum" in line for line in told)


def test_a_damaged_index_of_any_size_answers_nobody_and_how_far_its_check_is_can_be_seen(
    pier: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.generation.ALONE", -1)
    pier.update()
    path = pier.data / "index" / "segments" / "000001" / "own_tf.npy"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 2]))
    told: list[str] = []
    percents: list[int] = []

    async def use(engine: Engine) -> None:
        checked = engine._checked
        monkeypatch.setattr(
            engine, "_checked", lambda *each: (checked(*each), percents.append(engine.percent))
        )
        await engine.open(pier.seeds, pier.data, told.append)
        assert any("own_tf.npy: does not match its checksum" in line for line in told)
        assert 2 == Store(pier.data).current()
        assert not engine.checking

    with_engine(use)
    assert percents == sorted(percents)
    assert percents[-1] > 0


def test_a_reload_reads_only_what_the_index_that_answers_does_not_share(
    pier: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = generation.file_checksum

    def noted(path: Path, told: Callable[[int], None] | None = None) -> str:
        read.append(path.parent.name)
        return real(path, told)

    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        monkeypatch.setattr(generation, "file_checksum", noted)
        pier.write("zud.txt", "Zud rok.")
        await engine.reload()
        assert {"000002"} == set(read)
        assert SURVEYED in await shown(engine)

    with_engine(use)


def test_a_build_that_is_killed_leaves_the_index_as_it_was(pier: Folder) -> None:
    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        for number in range(400):
            pier.write(f"{number}.txt", f"{PIER} Zud {number}. " * 20)
        reloading = asyncio.create_task(engine.reload(lambda *_: began.set()))
        assert await asyncio.to_thread(began.wait, 20)
        assert engine._build is not None
        assert engine._build._process is not None
        os.kill(engine._build._process.pid, signal.SIGKILL)
        with pytest.raises(StoreError, match=r"the build ended before it was done \(signal 9\)"):
            await reloading
        assert {SURVEYED} <= await shown(engine)
        assert 2 == len(await shown(engine))

    began = threading.Event()
    with_engine(use)
    assert 401 == pier.update().unchanged + 400


def test_what_people_are_answered_while_documents_change_is_of_one_generation() -> None:
    """The long form, with the lag of the loop and the answers' times, is benchmarks/reload.py."""
    figures = asyncio.run(reload.measure(100, 10, 2.0))
    busy = figures["while reloading"]
    assert isinstance(busy, dict)
    assert figures["reloads"]
    assert 0 == busy["mixed"]
    assert busy["answers"] > 5


def test_a_look_at_the_corpus_and_the_age_of_the_index_need_no_question(pier: Folder) -> None:
    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        assert [each.name for each in await engine.look(lambda corpus: corpus.documents())] == ["pier.txt"]
        assert 0 <= await engine.age() < 60

    with_engine(use)


def test_a_generation_that_is_opened_slowly_takes_no_newer_ones_place(pier: Folder) -> None:
    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        pier.write("pier.txt", "The pier is gone.")
        pier.update()
        newest = engine._newest
        reloads = iter([True])

        async def slowly() -> Now:
            now = await newest()
            if next(reloads, False):
                pier.write("pier.txt", "The pier is back.")
                await engine.reload()
            return now

        engine._newest = slowly  # type: ignore[method-assign]
        await engine._follow()
        assert {"The pier is back."} == await shown(engine)

    with_engine(use)
