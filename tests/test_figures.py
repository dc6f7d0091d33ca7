"""What an admin is shown of questions fits into one message, acts on nothing and names nobody."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Outcome
from bot.buttons import DATA_LIMIT, AdminPress, Done, Gaps, Leaf, TakeBack, admin_pressed
from bot.entities import units
from bot.figures import Figures, last_page, overview, unanswered
from bot.listing import PAGE
from bot.render import TEXT_LIMIT, Message
from bot.statistics import BUCKETS, Fare, Unanswered
from bot.texts import admin as texts
from index.model import Stats

LAST = datetime.datetime(2026, 11, 28, 23, 59)


def group(question: str, number: int = 1, outcome: Outcome = Outcome.NONE, row: int = 1) -> Unanswered:
    return Unanswered(row, question, "en", outcome, "private", number, LAST, LAST, done=False)


def opened(none: int, closest: int = 0) -> dict[Outcome, int]:
    return {Outcome.NONE: none, Outcome.CLOSEST: closest}


def covered(message: Message) -> list[str]:
    text = message.text.encode("utf-16-le", "surrogatepass")
    return [
        text[2 * each.offset : 2 * (each.offset + each.length)].decode("utf-16-le", "surrogatepass")
        for each in message.entities
    ]


HOSTILE = st.one_of(
    st.text(min_size=1, max_size=300),
    st.text(st.sampled_from("\u202e\u2066\u200f\n\r\t\u2028 \x00ا漢😀\u0301/@"), min_size=1, max_size=300),
    st.sampled_from(["x" * 4096, "😀" * 2048, "/undo @berta https://example.org " * 100, "\ud800 who"]),
)


@given(st.lists(st.tuples(HOSTILE, st.integers(1, 10**9)), min_size=1, max_size=PAGE), st.integers(0, 10**8))
def test_every_page_fits_into_one_message_with_each_question_as_code_on_its_line(
    asked: list[tuple[str, int]], page: int
) -> None:
    groups = [group(question, number, row=2**63 - 1) for question, number in asked]
    message = unanswered(groups, opened(10**9), page)
    assert units(message.text) <= TEXT_LIMIT
    assert {entity.type for entity in message.entities} <= {"code"}
    lines = message.text.split("\n")
    assert len(lines) == 2 + 2 * len(groups)
    shown = [line.partition(". ")[2] for line in lines[1:-1:2]]
    assert covered(message) == [line for line in shown if line]
    assert all(units(line) <= 200 for line in shown)
    assert not set("\u202e\u2066\u200f\r\t\u2028\x00") & set(message.text)
    for row in message.buttons:
        assert len(row) <= 5
        for button in row:
            assert button.data
            assert len(button.data.encode()) <= DATA_LIMIT


PRESSES = st.one_of(
    st.builds(Leaf, st.integers(0, 10**9 - 1)),
    st.builds(Gaps, st.integers(0, 10**9 - 1)),
    st.builds(TakeBack, st.integers(0, 10**9 - 1)),
    st.builds(Done, st.integers(0, 2**63 - 1), st.integers(0, 10**9 - 1), st.integers(0, 10**9 - 1)),
)


@given(PRESSES)
def test_what_an_admins_button_sends_is_read_back_as_it_was(press: AdminPress) -> None:
    assert admin_pressed(str(press)) == press


@pytest.mark.parametrize(
    "forged", ["m:1:1", "m:1:1:1:1", "m:-1:1:1", "m:١:1:1", "g:", "g:-1", "g:1\n", "m:::"]
)
def test_what_no_button_sends_is_nothing(forged: str) -> None:
    assert admin_pressed(forged) is None


def test_a_list_tells_the_kinds_apart_and_each_button_knows_its_group() -> None:
    groups = [group("Who is Ömer?", 12, row=7), group("when?", 1, Outcome.CLOSEST, row=9)]
    message = unanswered(groups, opened(1, 1), 0)
    assert message.text == (
        "2 questions open. ✗ nothing found: 1 · ≈ a passage that may not answer: 1\n"
        "1. Who is Ömer?\n✗ asked 12 times, last 2026-11-28\n"
        "2. when?\n≈ asked once, 2026-11-28\n"
        f"{texts.MARK_DONE}"
    )
    assert [[button.data for button in row] for row in message.buttons] == [["m:7:12:0", "m:9:1:0"]]


PAGES = [
    # groups, page, the buttons under it
    (1, 0, 1, []),
    (10, 0, 10, []),
    (11, 0, 10, ["g:1"]),
    (11, 1, 1, ["g:0"]),
    (30, 1, 10, ["g:0", "g:2"]),
]


@pytest.mark.parametrize(("total", "page", "here", "turning"), PAGES)
def test_pages_are_turned_and_numbered_on(total: int, page: int, here: int, turning: list[str]) -> None:
    message = unanswered([group("why?")] * here, opened(total), page)
    data = [str(button.data) for row in message.buttons for button in row]
    assert [each for each in data if each[0] == "g"] == turning
    assert message.buttons[0][0].text == texts.mark_done(page * PAGE + 1)
    assert (f"Page {page + 1} of {last_page(opened(total)) + 1}" in message.text) == (total > PAGE)


def test_where_no_question_is_open_that_is_said() -> None:
    assert unanswered([], opened(0), 0) == Message(texts.ALL_ANSWERED)
    assert last_page(opened(0)) == 0


def test_the_figures_tell_what_there_is_and_how_questions_fare() -> None:
    fares = [
        Fare(1, {Outcome.ANSWER: 0, Outcome.CLOSEST: 0, Outcome.NONE: 0}, None, None),
        Fare(7, {Outcome.ANSWER: 1, Outcome.CLOSEST: 0, Outcome.NONE: 0}, 50, 50),
        Fare(30, {Outcome.ANSWER: 1200, Outcome.CLOSEST: 30, Outcome.NONE: 4}, 300, BUCKETS[-1]),
    ]
    stats = Stats(7, 3, 1234, 9000, {"en": 1000, "ru": 234}, 5_300_000)
    assert overview(Figures(stats, 12_345, 2, 130.0, fares, 34)).text == (
        "The index holds 3 documents, 1,234 sentences.\n"
        "Languages: en 1,000, ru 234\n"
        "Documents: 12.3 kB. Index: 5.3 MB, generation 7, made 2 minutes ago\n"
        "Can be had back: 2 documents\n"
        "\n"
        "Questions (days of UTC)\n"
        "Today: 0 questions (0 answered, 0 closest passage, 0 not in the sources)\n"
        "7 days: 1 question (1 answered, 0 closest passage, 0 not in the sources)\n"
        "   answered in: median ≤ 0.05 s, p95 ≤ 0.05 s\n"
        "30 days: 1,234 questions (1,200 answered, 30 closest passage, 4 not in the sources)\n"
        "   answered in: median ≤ 0.3 s, p95 > 10 s\n"
        "Without an answer: 34 questions open, see /unanswered"
    )


def test_without_a_document_no_language_is_named() -> None:
    shown = overview(Figures(Stats(1, 0, 0, 0, {}, 900), 0, 0, 1.0, [], 0)).text
    assert shown.startswith(
        "The index holds 0 documents, 0 sentences.\nDocuments: 0 bytes. Index: 900 bytes,"
    )
