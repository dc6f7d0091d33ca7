"""Things that wait for the same work are done together, each with its own result."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.batches import Batches


class Work:
    """Doubles numbers; "bad" fails alone, "worse" fails for all. ``visits`` are the batches so far."""

    def __init__(self) -> None:
        self.visits: list[list[object]] = []
        self.go = asyncio.Event()
        self.running = self.most = 0

    async def __call__(self, items: Sequence[object]) -> list[object | Exception]:
        self.visits.append([*items])
        self.running += 1
        self.most = max(self.most, self.running)
        await self.go.wait()
        await asyncio.sleep(0)
        self.running -= 1
        if "worse" in items:
            raise OSError("worse")
        return [ValueError("bad") if item == "bad" else item * 2 for item in items]  # type: ignore[operator]


def test_what_waited_goes_together_in_order_and_no_more_at_once_than_allowed() -> None:
    async def test() -> None:
        work = Work()
        batches = Batches[object, object](work, most=4, at_once=2)
        tasks = [asyncio.create_task(batches.do(number)) for number in range(11)]
        await asyncio.sleep(0.01)
        work.go.set()
        assert await asyncio.gather(*tasks) == [2 * number for number in range(11)]
        assert work.visits == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10]]
        assert work.most == 2
        assert await batches.do(20) == 40
        assert work.visits[-1] == [20]

    asyncio.run(test())


def test_what_fails_for_one_is_raised_for_it_alone_and_what_fails_for_all_for_all() -> None:
    async def test() -> None:
        work = Work()
        work.go.set()
        batches = Batches[object, object](work, most=3)
        results = await asyncio.gather(
            *map(batches.do, (1, "bad", 2, 3, "worse", 4, 5)), return_exceptions=True
        )
        assert [repr(result) for result in results] == [
            "2", "ValueError('bad')", "4", "OSError('worse')", "OSError('worse')", "OSError('worse')", "10",
        ]  # fmt: skip

    asyncio.run(test())


def test_what_is_given_up_before_its_turn_is_left_out() -> None:
    async def test() -> None:
        work = Work()
        batches = Batches[object, object](work, most=1)
        first, second, third = (asyncio.create_task(batches.do(number)) for number in (1, 2, 3))
        await asyncio.sleep(0.01)
        second.cancel()
        work.go.set()
        assert [await first, await third] == [2, 6]
        assert work.visits == [[1], [3]]
        with pytest.raises(asyncio.CancelledError):
            await second

    asyncio.run(test())


def test_what_is_given_as_soon_as_a_result_is_there_is_done_too() -> None:
    async def test() -> None:
        async def work(items: Sequence[int]) -> list[int | Exception]:
            await asyncio.sleep(0)
            return [item + 1 for item in items]

        batches: Batches[int, int] = Batches(work, most=4)
        number = 0
        for _ in range(100):
            number = await asyncio.wait_for(batches.do(number), 1)
        assert number == 100

    asyncio.run(test())


def test_what_comes_within_the_time_to_gather_goes_together() -> None:
    async def test() -> None:
        seen: list[int] = []

        async def work(items: Sequence[int]) -> list[int | Exception]:
            seen.append(len(items))
            return list(items)

        batches: Batches[int, int] = Batches(work, most=100, gather=0.05)
        first = batches.submit(0)
        await asyncio.sleep(0)
        await asyncio.gather(first, *(batches.do(number) for number in range(9)))
        assert seen == [10]

    asyncio.run(test())


def test_finishing_waits_for_what_is_under_way_but_no_longer_than_it_may() -> None:
    async def test() -> None:
        done: list[int] = []

        async def work(items: Sequence[float]) -> list[Exception | None]:
            await asyncio.sleep(items[0])
            done.append(1)
            return [None for _ in items]

        batches: Batches[float, None] = Batches(work, most=1)
        batches.submit(0.01)
        await batches.finish(5)
        late = batches.submit(60)
        await batches.finish(0.01)
        await asyncio.sleep(0)
        assert (done, late.cancelled()) == ([1], True)

    asyncio.run(test())
