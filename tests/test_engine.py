"""The index behind the event loop: nothing blocks the loop, questions wait until it is ready."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from conftest import Folder

from bot import engine as module
from bot.answer import Outcome
from bot.engine import WORKERS, Engine, answered
from index.build import Report, update
from index.changes import Add, Incoming, Undo
from index.errors import CorpusError

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


def test_a_folder_without_documents_is_refused(folder: Folder) -> None:
    async def use(engine: Engine) -> None:
        await engine.open(folder.seeds, folder.data, ignore)

    with pytest.raises(CorpusError, match="holds no document"):
        with_engine(use)


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


# --- renewed


FERRY = "The ferry to Rorschach sank in 1864."


async def quoted(engine: Engine, question: str = "when did the ferry sink?") -> list[str]:
    """The sentences shown for a question."""
    return [hit.sentence.text for hit in (await engine.call(answered, question)).shown]


def test_a_change_is_found_after_a_refresh_and_not_after_its_undo(pier: Folder) -> None:
    sent = pier.top / "sent"
    sent.write_text(FERRY)

    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        change = await engine.change(Add((Incoming(sent, "ferry.txt"),)), by=7)
        assert FERRY not in await quoted(engine)
        assert (await engine.refresh()).added == ("ferry.txt",)
        assert FERRY in await quoted(engine)
        await engine.change(Undo(change.number), by=7)
        assert (await engine.refresh()).removed == ("ferry.txt",)
        assert FERRY not in await quoted(engine)
        assert [each.kind for each in await engine.look(lambda corpus: corpus.log())] == ["add", "undo"]
        assert 0 <= await engine.age() < 60

    with_engine(use)


def test_questions_are_answered_while_it_is_renewed(pier: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    may_go = threading.Event()

    def held(*given: object, **named: object) -> Report:
        assert may_go.wait(20)
        return update(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "update", held)

    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        pier.write("ferry.txt", FERRY)
        refreshing = [asyncio.create_task(engine.refresh()) for _ in range(3)]
        for _ in range(20):
            assert await quoted(engine, QUESTION) == [SURVEYED]
        assert not any(task.done() for task in refreshing)
        asking = [asyncio.create_task(quoted(engine, QUESTION)) for _ in range(50)]
        may_go.set()
        await asyncio.gather(*refreshing)
        assert await asyncio.gather(*asking) == [[SURVEYED]] * 50
        assert FERRY in await quoted(engine)

    with_engine(use)


def test_what_cannot_be_renewed_answers_as_before(pier: Folder) -> None:
    async def use(engine: Engine) -> None:
        await engine.open(pier.seeds, pier.data, ignore)
        pier.remove("pier.txt")
        with pytest.raises(CorpusError):
            await engine.refresh()
        assert await quoted(engine, QUESTION) == [SURVEYED]
        pier.write("pier.txt", PIER)
        await engine.refresh()
        assert await quoted(engine, QUESTION) == [SURVEYED]

    with_engine(use)
