"""When a word confirms a removal: in time by either clock, once, and never the last document."""

import asyncio
import datetime
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import Folder
from telegram import Chat, Message, Update, User

from bot import render
from bot.gate import Gate
from bot.handlers.admin import Admin
from bot.removals import Removal
from bot.state import State
from bot.texts import admin as texts
from index.catalogue import Change
from index.changes import Corpus, Remove

ADMIN, WORD = 6_000_000_001, "amber"


class Bench:
    """The parts of a handler: a real corpus and database, an outbox and an index that only take notes."""

    def __init__(self, folder: Folder, state: State) -> None:
        self.corpus = Corpus(folder.seeds, folder.data)
        self.said: list[str] = []
        gate: Any = Gate(frozenset({ADMIN}))
        self.admin = Admin(gate, self, self, self, state)  # type: ignore[arg-type]

    async def look(self, work: Callable[[Corpus], Any]) -> Any:
        return work(self.corpus)

    async def run(self, work: Callable[[], Any]) -> Any:
        return work()

    async def change(self, wish: Remove, *, by: int, request: str) -> Change:
        return self.corpus.apply(wish, by=by, request=request)

    async def reload(self) -> None:
        """As if done."""

    async def send(self, _chat: int, messages: list[render.Message]) -> list[int]:
        self.said += [message.text for message in messages]
        return [1]

    async def edit(self, _chat: int, _shown: list[int], messages: list[render.Message]) -> list[int]:
        self.said += [message.text for message in messages]
        return [1]

    def start(self, work: Any) -> None:
        work.close()

    def types(self, ago: float) -> None:
        """The admin sends the word, so many seconds ago by Telegram's clock."""
        asyncio.run(self.admin.confirmed(sent(WORD, ago=ago), SimpleNamespace()))  # type: ignore[arg-type]

    def undoes(self, message: int) -> None:
        """The admin sends ``/undo``."""
        asyncio.run(self.admin.undo(sent("/undo", message), SimpleNamespace()))  # type: ignore[arg-type]


def sent(text: str, message: int = 1, ago: float = 0.0) -> Update:
    at = datetime.datetime.fromtimestamp(time.time() - ago, datetime.UTC)
    ann, private = User(ADMIN, "Ann", is_bot=False), Chat(ADMIN, Chat.PRIVATE)
    return Update(1, message=Message(message, at, private, from_user=ann, text=text))


@pytest.fixture
def state(folder: Folder) -> Iterator[State]:
    folder.write("bread.txt", "Bakers use yeast.")
    folder.write("tides.txt", "Tides rise twice a day.")
    with closing(State.in_folder(folder.data)) as made:
        yield made


CASES = [
    # until when, and when the word was sent (seconds from now), whether it confirms
    (60, 0, True),
    (-60, -90, True),  # it waited at Telegram while the bot was down
    (-60, 0, False),
    (-60, 3600, False),  # Telegram's clock is ahead of ours
    (60, 3600, True),
    (60, -3600, True),
]


@pytest.mark.parametrize(("until", "sent", "confirms"), CASES)
def test_a_word_confirms_that_was_sent_in_time(
    until: float, sent: float, confirms: bool, folder: Folder, state: State
) -> None:
    state.removals.keep(ADMIN, Removal("bread", WORD, time.time() + until))
    bench = Bench(folder, state)
    assert bench.admin.awaits(ADMIN, f" {WORD.title()}!")
    bench.types(-sent)
    assert ("bread" not in [each.id for each in bench.corpus.documents()]) == confirms
    assert (bench.said == [texts.TOO_LATE]) == (not confirms)
    assert state.removals.waiting() == {}
    assert not bench.admin.awaits(ADMIN, WORD)


def test_a_word_that_is_worked_on_again_after_a_kill_removes_nothing_more(
    folder: Folder, state: State
) -> None:
    folder.write("pier.txt", "The pier is made of oak.")
    state.removals.keep(ADMIN, Removal("bread", WORD, time.time() + 60))
    Corpus(folder.seeds, folder.data).apply(Remove(("bread",)), by=ADMIN)
    bench = Bench(folder, state)
    bench.types(0)
    assert bench.said == [texts.REMOVED_ALREADY]
    assert [each.id for each in bench.corpus.documents()] == ["pier", "tides"]
    assert len(bench.corpus.log()) == 1


def test_an_undo_that_is_worked_on_again_after_a_kill_is_not_taken_back_itself(
    folder: Folder, state: State
) -> None:
    Corpus(folder.seeds, folder.data).apply(Remove(("bread",)), by=ADMIN)
    for _ in range(2):
        Bench(folder, state).undoes(message=12)
    assert [each.id for each in Corpus(folder.seeds, folder.data).documents()] == ["bread", "tides"]
    Bench(folder, state).undoes(message=13)
    assert [each.id for each in Corpus(folder.seeds, folder.data).documents()] == ["tides"]


def test_a_change_that_fails_in_an_unforeseen_way_leaves_the_word_valid(folder: Folder, state: State) -> None:
    state.removals.keep(ADMIN, Removal("bread", WORD, time.time() + 60))
    bench = Bench(folder, state)

    async def broken(*_: object, **__: object) -> Change:
        raise ZeroDivisionError

    bench.change = broken  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        bench.types(0)
    assert state.removals.waiting()[ADMIN].word == WORD
    assert bench.admin.awaits(ADMIN, WORD)
