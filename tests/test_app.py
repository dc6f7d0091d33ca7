"""What runs beside the answers never stops them."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bot import app
from index.errors import StoreError


def test_a_state_that_takes_nothing_more_is_tidied_up_later(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def full(*_: object) -> None:
        tried.append("sized")
        raise StoreError("state.sqlite", "database or disk is full", "look at the disk")

    async def call(_work: Callable[..., Any]) -> Any:
        return SimpleNamespace(documents=1, sentences=2)

    async def run(work: Callable[[], Any]) -> Any:
        return work()

    async def runs_on() -> None:
        engine, state = (
            SimpleNamespace(call=call, run=run),
            SimpleNamespace(statistics=SimpleNamespace(sized=full)),
        )
        parts: Any = SimpleNamespace(engine=engine, state=state)
        keeping = asyncio.create_task(app._keep_house(parts))
        await asyncio.wait({keeping}, timeout=0.2)
        assert not keeping.done()
        keeping.cancel()

    monkeypatch.setattr(app, "HOUSE_EVERY", 0.01)
    asyncio.run(runs_on())
    assert len(tried) > 1
