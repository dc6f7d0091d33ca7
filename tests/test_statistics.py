"""How questions fare is counted by the day, and what the sources do not answer is kept once."""

import datetime
import itertools
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import statistics as statistics_module
from bot.answer import Outcome
from bot.audit import HOST
from bot.place import Place
from bot.state import Found, State
from bot.statistics import BUCKETS, KEPT, Asked, Statistics, Unanswered

TODAY = datetime.datetime(2026, 1, 24, 23, 59)
TOMORROW = TODAY + datetime.timedelta(minutes=2)
ROW = Found(Place(1), 2, "why?", ())


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[State]:
    at(monkeypatch, TODAY)
    made = State.in_folder(tmp_path)
    yield made
    made.close()


def at(monkeypatch: pytest.MonkeyPatch, time: datetime.datetime) -> None:
    monkeypatch.setattr(statistics_module, "_now", lambda: time)


def count(state: State, *asked: Asked) -> Statistics:
    (row,) = state.remember([ROW])
    state.sent([(row, [5])], asked)
    return state.statistics


def asked(question: str = "why?", outcome: Outcome = Outcome.NONE, seconds: float = 0.1) -> Asked:
    return Asked(question, outcome, seconds, "en")


def test_answers_are_counted_by_day_and_outcome(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    count(state, asked(outcome=Outcome.ANSWER), asked(outcome=Outcome.NONE))
    count(state, asked(outcome=Outcome.ANSWER), asked(outcome=Outcome.CLOSEST))
    at(monkeypatch, TOMORROW)
    statistics = count(state, asked(outcome=Outcome.ANSWER))
    expected = {TODAY.date(): {"answer": 2, "closest": 1, "none": 1}, TOMORROW.date(): {"answer": 1}}
    assert statistics.counts(TODAY.date()) == expected
    assert list(statistics.counts(TOMORROW.date())) == [TOMORROW.date()]


TIMES = [
    # seconds, the bucket
    (0.0, 50),
    (0.05, 50),
    (0.0501, 100),
    (0.3, 300),
    (9.9, 10_000),
    (10.1, BUCKETS[-1]),
    (10**9, BUCKETS[-1]),
]


@pytest.mark.parametrize(("seconds", "bucket"), TIMES)
def test_the_time_of_an_answer_falls_into_one_of_fixed_buckets(
    seconds: float, bucket: int, state: State
) -> None:
    for _ in range(2):
        count(state, asked(seconds=seconds))
    assert state.statistics.times(TODAY.date()) == {TODAY.date(): {bucket: 2}}


@given(st.floats(0, 10**6))
def test_no_bucket_is_smaller_than_the_time_and_the_one_before_is(seconds: float) -> None:
    bucket = statistics_module._bucket(seconds)
    assert seconds * 1000 <= bucket
    assert all(smaller < seconds * 1000 for smaller in BUCKETS if smaller < bucket)


def test_what_is_not_answered_is_kept_once_however_it_is_typed(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    count(state, asked("Who is Ömer?"), asked("omer  who is he"), asked("when?"))
    at(monkeypatch, TOMORROW)
    count(state, Asked("WHO IS ÖMER?!", Outcome.CLOSEST, 0.1, "en", "group"))
    first = Unanswered(1, "WHO IS ÖMER?!", "en", Outcome.CLOSEST, "group", 3, TODAY, TOMORROW, done=False)
    second = Unanswered(3, "when?", "en", Outcome.NONE, "private", 1, TODAY, TODAY, done=False)
    assert state.statistics.unanswered(10) == [first, second]
    assert state.statistics.unanswered(1, skip=1) == [second]


def test_what_is_answered_or_asks_nothing_is_not_kept(state: State) -> None:
    count(state, asked(outcome=Outcome.ANSWER), asked("?!"), asked(" "))
    assert state.statistics.unanswered(10) == []


def test_what_is_marked_done_is_set_aside_until_it_is_asked_again(state: State) -> None:
    statistics = count(state, asked("who?"), asked("when?"))
    assert statistics.mark_done(1, seen=1)
    assert statistics.mark_done(1, seen=1)
    assert [each.question for each in statistics.unanswered(10)] == ["when?"]
    assert [each.question for each in statistics.unanswered(10, done=True)] == ["who?"]
    count(state, asked("Who?"))
    assert [(each.question, each.number) for each in statistics.unanswered(10)] == [("Who?", 2), ("when?", 1)]


NOT_DONE = [
    # row, how often it was seen asked
    (1, 1),
    (1, 0),
    (1, -1),
    (99, 9),
    (0, 9),
    (-1, 9),
    (2**63 - 1, 9),
    (2**63, 9),
    (10**18, 9),
]


@pytest.mark.parametrize(("row", "seen"), NOT_DONE)
def test_a_mark_on_what_was_asked_again_since_or_is_not_there_does_nothing(
    row: int, seen: int, state: State
) -> None:
    count(state, asked("who?"), asked("who?"), asked("when?"))
    before = state.statistics.unanswered(10)
    assert not state.statistics.mark_done(row, seen)
    assert state.statistics.unanswered(10) == before
    assert state.statistics.unanswered(10, done=True) == []


def test_an_old_mark_never_meets_another_question(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    count(state, asked("who?"))
    at(monkeypatch, TODAY + 2 * KEPT)
    assert state.statistics.forget_old() == 1
    count(state, asked("when?"))
    assert not state.statistics.mark_done(1, seen=1)
    assert [each.question for each in state.statistics.unanswered(10)] == ["when?"]


def test_open_groups_are_counted_by_their_last_outcome(state: State) -> None:
    assert state.statistics.open_groups() == {Outcome.CLOSEST: 0, Outcome.NONE: 0}
    count(state, asked("who?"), asked("who?", Outcome.CLOSEST), asked("when?"), asked("where?"))
    where = state.statistics.unanswered(9)[-1]
    assert state.statistics.mark_done(where.row, seen=1)
    assert state.statistics.open_groups() == {Outcome.CLOSEST: 1, Outcome.NONE: 1}


SPANS = (1, 7, 30)
LATELY = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(list(Outcome)), st.floats(0, 20)), max_size=30
)


@settings(max_examples=25, deadline=None)
@given(LATELY)
def test_figures_of_some_days_are_those_of_their_answers(answers: list[tuple[int, Outcome, float]]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        state = State.in_folder(Path(folder))
        for ago, outcome, seconds in answers:
            at(patch, TODAY - datetime.timedelta(days=ago))
            count(state, asked(outcome=outcome, seconds=seconds))
        at(patch, TODAY)
        fares = state.statistics.fares(SPANS)
        state.close()
    for days, fare in zip(SPANS, fares, strict=True):
        within = [each for each in answers if each[0] < days]
        assert fare.outcomes == {each: [one[1] for one in within].count(each) for each in Outcome}
        took = sorted(statistics_module._bucket(each[2]) for each in within)
        expected = [took[math.ceil(len(took) * share / 100) - 1] if took else None for share in (50, 95)]
        assert [fare.median, fare.p95] == expected


def test_what_was_not_asked_for_long_or_is_too_much_is_forgotten(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    count(state, asked("old"))
    at(monkeypatch, TODAY + KEPT + datetime.timedelta(minutes=1))
    statistics = count(state, *(asked(f"new {number}") for number in range(5)))
    assert statistics.forget_old() == 1
    monkeypatch.setattr(statistics_module, "MOST", 3)
    assert statistics.forget_old() == 2
    assert len(statistics.unanswered(10)) == 3


def test_the_size_of_a_day_is_the_last_one(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    for size in ((1, 10), (2, 30)):
        state.statistics.sized(*size)
    at(monkeypatch, TOMORROW)
    state.statistics.sized(3, 40)
    assert state.statistics.sizes(TODAY.date()) == {TODAY.date(): (2, 30), TOMORROW.date(): (3, 40)}


def test_what_admins_did_is_listed_newest_first_page_by_page(state: State) -> None:
    deeds = [
        (5, "added", {"document": "tides"}),
        (HOST, "removed", {"documents": ["a", "ü"]}),
        (6, "undo", None),
    ]
    rows = [state.audit.write(who, what, details) for who, what, details in deeds]
    assert rows == sorted(rows)
    latest = state.audit.latest(2)
    assert [(deed.who, deed.what, deed.details) for deed in latest] == [
        (6, "undo", {}),
        (HOST, "removed", {"documents": ["a", "ü"]}),
    ]
    assert [deed.what for deed in state.audit.latest(9, before=latest[-1].row)] == ["added"]
    assert all(earlier.at >= later.at for earlier, later in itertools.pairwise(latest))
