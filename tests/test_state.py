"""What the bot remembers is there after a restart, for its own chat alone, and for thirty days."""

import datetime
import sqlite3
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import python
from sqlalchemy.exc import OperationalError

from bot import state as state_module
from bot.answer import Outcome
from bot.place import Place
from bot.removals import Removal
from bot.schema import STATE
from bot.state import KEPT, SCHEMA, Found, Shown, State
from bot.statistics import Asked
from index.errors import StoreError

ANN, BEN = 6_000_000_001, -1_001_234_567_890
NOW = datetime.datetime(2026, 1, 1)
"""When an answer was shown makes no difference to which it is."""

QUOTES = ("aaaaaaaaaaaa", "bbbbbbbbbbbb")
QUESTION = "Who’s «there»? 😀\x00'; DROP TABLE shown; --"


def remember(state: State, chat: int, asked: int, question: str, quotes: Sequence[str]) -> int:
    return state.remember([Found(Place(chat), asked, question, tuple(quotes))])[0]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    made = State.in_folder(tmp_path)
    yield made
    made.close()


def test_an_answer_is_recalled_as_it_was_shown(state: State) -> None:
    row = remember(state, ANN, 7, QUESTION, QUOTES)
    state.sent([(row, [8, 9])])
    assert state.recall(row, ANN) == Shown(row, Place(ANN), 7, (8, 9), QUESTION, QUOTES, NOW)
    assert state.answer_to(ANN, 7) == state.recall(row, ANN)


def test_an_answer_not_yet_sent_has_no_messages(state: State) -> None:
    row = remember(state, ANN, 7, QUESTION, ())
    assert state.recall(row, ANN) == Shown(row, Place(ANN), 7, (), QUESTION, (), NOW)


def test_it_is_all_there_after_a_restart(tmp_path: Path) -> None:
    before = State.in_folder(tmp_path)
    row = remember(before, ANN, 7, QUESTION, QUOTES)
    before.sent([(row, [8])])
    before.close()
    after = State.in_folder(tmp_path)
    assert after.recall(row, ANN) == Shown(row, Place(ANN), 7, (8,), QUESTION, QUOTES, NOW)
    assert remember(after, ANN, 10, QUESTION, QUOTES) > row
    after.close()


def test_it_is_all_there_though_it_was_never_closed(tmp_path: Path) -> None:
    row = remember(State.in_folder(tmp_path), ANN, 7, QUESTION, QUOTES)
    after = State.in_folder(tmp_path)
    assert after.recall(row, ANN) is not None
    after.close()


def test_an_answer_can_be_replaced(state: State) -> None:
    row = remember(state, ANN, 7, QUESTION, QUOTES)
    state.sent([(row, [8])])
    state.replace(row, "and why?", ["cccccccccccc"])
    assert state.recall(row, ANN) == Shown(row, Place(ANN), 7, (8,), "and why?", ("cccccccccccc",), NOW)


NOTHING = [
    # row added to the one stored, chat
    (0, BEN),
    (0, 0),
    (0, -ANN),
    (1, ANN),
    (-1, ANN),
]


@pytest.mark.parametrize(("further", "chat"), NOTHING)
def test_nothing_is_recalled_of_another_chat_or_row(further: int, chat: int, state: State) -> None:
    row = remember(state, ANN, 7, QUESTION, QUOTES)
    assert state.recall(row + further, chat) is None


@pytest.mark.parametrize("row", [2**63 - 1, 2**63, 10**19 - 1, -(2**63), -(2**63) - 1])
def test_a_row_of_any_size_is_just_not_there(row: int, state: State) -> None:
    assert state.recall(row, ANN) is None


def test_the_answer_to_a_message_is_that_of_its_own_chat(state: State) -> None:
    for chat, question in ((ANN, "Ann's"), (BEN, "Ben's")):
        remember(state, chat, 7, question, QUOTES)
    answers = [state.answer_to(chat, 7) for chat in (ANN, BEN)]
    assert [answer and answer.question for answer in answers] == ["Ann's", "Ben's"]
    assert state.answer_to(ANN, 8) is None


def test_what_no_message_asked_is_the_answer_to_none(state: State) -> None:
    remember(state, ANN, 0, QUESTION, QUOTES)
    assert state.answer_to(ANN, 0) is None


def test_the_answer_that_a_message_shows_is_that_of_its_own_chat(state: State) -> None:
    rows = [remember(state, chat, 7, QUESTION, QUOTES) for chat in (ANN, BEN, ANN)]
    state.sent([(rows[0], [8, 19]), (rows[1], [8]), (rows[2], [88])])
    shown = [state.showing(ANN, message) for message in (8, 19, 88, 1, 9)]
    assert [each and each.row for each in shown] == [rows[0], rows[0], rows[2], None, None]


def test_the_latest_answers_come_newest_first_and_may_stop_before_one(state: State) -> None:
    rows = state.remember([Found(Place(ANN), number, f"question {number}", QUOTES) for number in range(5)])
    remember(state, BEN, 9, QUESTION, QUOTES)
    assert rows == sorted(rows)
    assert [each.question for each in state.latest(Place(ANN), 2)] == ["question 4", "question 3"]
    until = state.recall(rows[2], ANN)
    assert [each.row for each in state.latest(Place(ANN), 9, until)] == [rows[1], rows[0]]


def test_what_is_asked_elsewhere_or_by_others_in_a_group_is_another_conversation(state: State) -> None:
    places = [Place(BEN, topic, asker) for topic in (0, 5) for asker in (1, 2)]
    rows = [state.remember([Found(place, 7, f"{place}", QUOTES)])[0] for place in places]
    for place, row in zip(places, rows, strict=True):
        assert [(each.row, each.place) for each in state.latest(place, 9)] == [(row, place)]
    state.moved(BEN, ANN)
    assert state.latest(places[0], 9) == []
    assert [each.row for each in state.latest(Place(ANN, 5, 2), 9)] == [rows[3]]


@pytest.mark.parametrize(("minutes", "there"), [(59, True), (61, False)])
def test_a_question_can_be_followed_up_on_for_an_hour(
    minutes: int, there: bool, state: State, clock: type["Clock"]
) -> None:
    row = remember(state, ANN, 7, QUESTION, QUOTES)
    clock.ahead = datetime.timedelta(minutes=minutes)
    assert bool(state.latest(Place(ANN), 9)) == there
    changed = state.recall(remember(state, ANN, 8, "and when?", QUOTES), ANN)
    assert [each.row for each in state.latest(Place(ANN), 9, changed)] == [row] * there


class Clock(datetime.datetime):
    """A clock that can be put forward."""

    ahead = datetime.timedelta()

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
        return datetime.datetime.now(tz) + cls.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    monkeypatch.setattr(Clock, "ahead", datetime.timedelta())
    fake = type("fake", (), {"datetime": Clock, "timedelta": datetime.timedelta, "UTC": datetime.UTC})
    monkeypatch.setattr(state_module, "datetime", fake)
    return Clock


AGES = [
    # age, whether it is still there
    (datetime.timedelta(), True),
    (KEPT - datetime.timedelta(minutes=1), True),
    (KEPT + datetime.timedelta(minutes=1), False),
]


@pytest.mark.parametrize(("age", "there"), AGES)
def test_an_answer_is_kept_for_thirty_days(
    age: datetime.timedelta, there: bool, state: State, clock: type[Clock]
) -> None:
    row = remember(state, ANN, 7, QUESTION, QUOTES)
    clock.ahead = age
    assert (state.recall(row, ANN) is not None) == there
    assert (state.answer_to(ANN, 7) is not None) == there
    assert state.forget_old() == (not there)
    clock.ahead = datetime.timedelta()
    assert (state.recall(row, ANN) is not None) == there


def test_an_answer_replaced_is_young_again(state: State, clock: type[Clock]) -> None:
    row = remember(state, ANN, 7, QUESTION, QUOTES)
    clock.ahead = KEPT
    state.replace(row, "and why?", QUOTES)
    clock.ahead = KEPT + datetime.timedelta(days=1)
    assert state.forget_old() == 0
    assert state.recall(row, ANN) is not None


def test_a_row_that_was_forgotten_is_given_to_no_other_answer(state: State, clock: type[Clock]) -> None:
    """An old button must not show what somebody asked later."""
    old = remember(state, ANN, 7, "old", QUOTES)
    clock.ahead = KEPT + datetime.timedelta(days=1)
    state.forget_old()
    assert remember(state, ANN, 9, "new", QUOTES) != old


def test_several_threads_write_side_by_side(state: State) -> None:
    rows: list[int] = []

    def write(thread: int) -> None:
        for asked in range(1, 26):
            row = remember(state, thread, asked, QUESTION, QUOTES)
            state.sent([(row, [asked])])
            rows.append(row)

    threads = [threading.Thread(target=write, args=(thread,)) for thread in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(rows)) == 100
    found = [state.answer_to(chat, asked) for chat in range(1, 5) for asked in range(1, 26)]
    assert [shown and shown.messages for shown in found] == [
        (asked,) for _ in range(4) for asked in range(1, 26)
    ]


def test_the_data_folder_is_made(tmp_path: Path) -> None:
    State.in_folder(tmp_path / "a" / "b").close()
    assert (tmp_path / "a" / "b" / "state.sqlite").is_file()


def test_a_folder_that_cannot_be_made_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as raised:
        State.in_folder(tmp_path / "file" / "data")
    assert str(raised.value) == (
        f"{tmp_path}/file/data: not a directory; set QUOTH_DATA to a folder that can be written"
    )


def test_what_is_no_database_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError) as raised:
        State.in_folder(tmp_path)
    assert str(raised.value) == (
        f"{tmp_path}/state.sqlite: file is not a database; look at the disk and the file's rights"
    )


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    State.in_folder(tmp_path).close()
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        connection.execute("update schema_version set version = ?", (SCHEMA + 1,))
    connection.close()
    with pytest.raises(StoreError, match="was written by a newer Quoth; use that version, or newer"):
        State.in_folder(tmp_path)
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        assert connection.execute("select version from schema_version").fetchall() == [(SCHEMA + 1,)]
    connection.close()


FIRST = """
create table shown (
    id integer not null primary key autoincrement, chat bigint not null, asked bigint not null,
    messages text default '[]' not null, question text not null, quotes text not null, at datetime not null
);
create index shown_at on shown (at);
create index shown_asked on shown (chat, asked);
create table schema_version (version integer not null);
insert into schema_version values (1);
"""
"""What version 1 made."""


def test_a_database_of_version_one_is_migrated_with_all_that_it_holds(tmp_path: Path) -> None:
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    connection.executescript(FIRST)
    insert = "insert into shown (chat, asked, messages, question, quotes, at) values (?, 7, '[8]', ?, ?, ?)"
    connection.execute(insert, (ANN, QUESTION, '["aaaaaaaaaaaa"]', str(now)))
    connection.commit()
    for message in (8, 9):
        state = State.in_folder(tmp_path)
        assert state.answer_to(ANN, 7) == Shown(
            1, Place(ANN), 7, (message,), QUESTION, ("aaaaaaaaaaaa",), NOW
        )
        state.sent([(1, [9])], [Asked("why?", Outcome.NONE, 0.1, "en")])
        state.audit.write(5, "added", {"document": "tides"})
        state.close()
    assert connection.execute("select version from schema_version").fetchall() == [(SCHEMA,)]
    assert connection.execute("select number from unanswered").fetchall() == [(2,)]
    connection.close()


SECOND = """
create table unanswered (
    id integer not null primary key, folded text not null unique, question text not null,
    language varchar(8) not null, outcome varchar(16) not null, chat_kind varchar(16) not null,
    number integer not null, first datetime not null, last datetime not null, done boolean not null
);
create index unanswered_last on unanswered (last);
update schema_version set version = 2;
"""
"""What version 2 had in another way; its other tables are made by the step before."""
ASKED = [
    # question, outcome, number, first, last, done
    ("who is Omer", "none", 2, 3, 9, 1),
    ("Is he Ömer who?", "closest", 5, 1, 7, 0),
    ("when?", "none", 1, 5, 5, 1),
    ("?", "none", 9, 5, 5, 0),
]


def test_questions_of_version_two_are_grouped_as_they_are_now(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    connection.executescript(FIRST + SECOND)
    for question, outcome, number, first, last, done in ASKED:
        days = [f"2026-11-{day:02} 08:00:00.000000" for day in (first, last)]
        values = (question, question, "en", outcome, "private", number, *days, done)
        connection.execute("insert into unanswered values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    connection.commit()
    connection.close()
    state = State.in_folder(tmp_path)
    (group,) = state.statistics.unanswered(9)
    assert (group.question, group.outcome, group.number) == ("who is Omer", Outcome.NONE, 7)
    assert (group.first.day, group.last.day, group.done) == (1, 9, False)
    assert [each.question for each in state.statistics.unanswered(9, done=True)] == ["when?"]
    assert state.removals.waiting() == {}
    state.close()


def test_a_removal_waits_until_it_is_dropped_and_one_at_a_time_for_each_admin(tmp_path: Path) -> None:
    first, second = Removal("tides", "amber", 1e9), Removal("piers", "birch", 2e9)
    state = State.in_folder(tmp_path)
    state.removals.keep(ANN, first)
    state.removals.keep(ANN, second)
    state.removals.keep(BEN, first)
    state.close()
    state = State.in_folder(tmp_path)
    assert state.removals.waiting() == {ANN: second, BEN: first}
    for _ in range(2):
        state.removals.drop(ANN)
    assert state.removals.waiting() == {BEN: first}
    state.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    connection.executescript(FIRST)
    before = connection.execute("select name from sqlite_master order by name").fetchall()
    step = STATE.migrations[1]

    def halfway(to: sa.Connection) -> None:
        step(to)
        raise OperationalError("", None, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setitem(STATE.migrations, 1, halfway)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="full"):
        State.in_folder(tmp_path)
    assert connection.execute("select name from sqlite_master order by name").fetchall() == before
    assert connection.execute("select version from schema_version").fetchall() == [(1,)]
    connection.close()


def test_the_version_is_stored_once(tmp_path: Path) -> None:
    for _ in range(3):
        State.in_folder(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    assert connection.execute("select version from schema_version").fetchall() == [(SCHEMA,)]
    connection.close()


def test_a_table_that_went_away_is_a_store_error(state: State, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "state.sqlite")
    connection.execute("drop table shown")
    connection.close()
    with pytest.raises(StoreError, match=r"state\.sqlite: no such table: shown; "):
        remember(state, ANN, 7, QUESTION, QUOTES)
    with pytest.raises(StoreError, match=r"state\.sqlite: no such table: shown; "):
        state.recall(1, ANN)


def test_an_answer_not_sent_is_found_by_its_question_and_one_sent_is_not(state: State) -> None:
    rows = [remember(state, ANN, 0, QUESTION, QUOTES) for _ in range(2)]
    remember(state, BEN, 0, QUESTION, QUOTES)
    found = state.unsent(ANN, QUESTION)
    assert found is not None
    assert found.row == rows[1]
    for row in rows:
        state.sent([(row, [8])])
    assert state.unsent(ANN, QUESTION) is None


def test_of_two_answers_to_a_message_the_last_one_counts(state: State) -> None:
    rows = [remember(state, ANN, 7, QUESTION, QUOTES) for _ in range(2)]
    found = state.answer_to(ANN, 7)
    assert found is not None
    assert found.row == rows[1]


OPENS = (
    "import sys; from pathlib import Path; from bot.state import State\n"
    "print('ready', flush=True); sys.stdin.read()\n"
    "State(sys.argv[1]).close()"
)


def test_processes_that_make_a_database_at_the_same_moment_wait_for_one_another(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'state.sqlite'}"
    running = [python(OPENS, address, stdin=subprocess.PIPE) for _ in range(8)]
    for process in running:
        assert process.stdout
        assert "ready\n" == process.stdout.readline()
    for process in running:
        assert process.stdin
        process.stdin.close()
        process.stdin = None
    assert [("", "")] * 8 == [process.communicate(timeout=60) for process in running]
