"""What the outbox asks for is as Telegram describes it, and is tried again only where that is safe."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from standin.description import Description
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from test_render import LONG_TEXTS, RENDERER, answers, hits, utf16

from bot import outbox as outbox_module
from bot import render
from bot.answer import Answer
from bot.buttons import Paging, Step
from bot.outbox import Outbox
from bot.render import Message, Passage
from bot.requests import NotSent, NotSentInTime, ServerFault
from bot.texts import telegram as texts
from index.model import Hit

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

ANN = 6_000_000_001
DESCRIPTION = Description.at_hand()


class Telegram:
    """Answers as ``outcomes`` say, one after another, then well; ``calls`` are the requests so far."""

    def __init__(self, *outcomes: TelegramError) -> None:
        self.outcomes = [*outcomes]
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.pauses: list[float] = []

    async def call(self, url: str, parameters: dict[str, Any]) -> Any:
        assert url.startswith("https://x/bot7:t/")
        self.calls.append((url.rpartition("/")[2], parameters))
        if self.outcomes:
            raise self.outcomes.pop(0)
        return {"message_id": len(self.calls)}

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self, "https://x/bot7:t", sleep=self.sleep)


# --- every request validates


def assert_valid(method: str, given: dict[str, Any]) -> None:
    """As the description has it, where it is at hand, and within the limits, which it does not know."""
    if DESCRIPTION is not None:
        assert DESCRIPTION.request(method, given) == []
    if "text" in given:
        assert 1 <= utf16(given["text"]) <= (200 if method == "answerCallbackQuery" else 4096)
    assert len(given.get("entities", ())) <= 100
    for row in given.get("reply_markup", {}).get("inline_keyboard", ()):
        assert row
        for button in row:
            assert button["text"].strip()
            assert len(button) == 2, "exactly one action"
            assert 1 <= len(button.get("callback_data", "x").encode()) <= 64
            assert 1 <= utf16(button.get("copy_text", {"text": "x"})["text"]) <= 256


def requests_for(messages: Sequence[Message]) -> list[tuple[str, dict[str, Any]]]:
    """What sending, editing and shortening to nothing asks for."""
    telegram = Telegram()

    async def use() -> None:
        sent = await telegram.outbox.send(ANN, messages)
        await telegram.outbox.edit(ANN, [*sent, 98, 99], messages)
        await telegram.outbox.edit(ANN, sent[:1], messages, keep_last=True)
        await telegram.outbox.edit(ANN, sent, [])

    asyncio.run(use())
    return telegram.calls


def assert_all_valid(messages: Sequence[Message]) -> None:
    for method, parameters in requests_for(messages):
        assert_valid(method, parameters)


FEW = settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])


@given(answers(), st.none() | st.integers(0, 2**63 - 1))
@FEW
def test_every_request_for_an_answer_validates(found: Answer, row: int | None) -> None:
    assert_all_valid(RENDERER.answered(found, row))


@given(hits(), st.sampled_from(Step), st.integers(1, 10**9))
@FEW
def test_every_request_for_a_page_a_context_or_a_receipt_validates(hit: Hit, step: Step, row: int) -> None:
    passage = Passage(hit.sentence.text, (), hit.sentence, (), hit.refers_to)
    paging = Paging(row, 9, 10)
    for messages in (
        RENDERER.quoted(hit, paging),
        RENDERER.context(passage, step, paging),
        RENDERER.receipt(hit.sentence, hit.refers_to),
    ):
        assert_all_valid(messages)


@given(st.lists(LONG_TEXTS, max_size=4))
@example(["прилив " * 8])
@FEW
def test_every_request_for_a_greeting_validates(questions: list[str]) -> None:
    assert_all_valid([render.greeting(questions)])


def test_every_request_that_shows_no_message_validates() -> None:
    telegram = Telegram()

    async def use() -> None:
        for said in (None, texts.EXPIRED, texts.NO_LONGER):
            await telegram.outbox.acknowledge("4611686018427387904", said)
        await telegram.outbox.act(ANN, ChatAction.TYPING)

    asyncio.run(use())
    assert [method for method, _ in telegram.calls] == ["answerCallbackQuery"] * 3 + ["sendChatAction"]
    for method, parameters in telegram.calls:
        assert_valid(method, parameters)


# --- what is tried again

HELLO = render.plain("Hello")
MENDED = [
    # what goes wrong before it goes well, and the pauses (the least and the most seconds of each)
    ([RetryAfter(7)], [(7, 7)]),
    ([RetryAfter(7), RetryAfter(20)], [(7, 7), (20, 20)]),
    ([ServerFault("Internal Server Error")], [(0.25, 0.5)]),
    ([NotSent("refused"), NotSentInTime("no connection")], [(0.25, 0.5), (0.5, 1)]),
    ([ServerFault("502")] * 6, [(0.25, 0.5), (0.5, 1), (1, 2), (2, 4), (4, 8), (4, 8)]),
]


@pytest.mark.parametrize(("errors", "pauses"), MENDED)
def test_what_telegram_did_not_do_is_tried_again_after_a_pause(
    errors: list[TelegramError], pauses: list[tuple[float, float]]
) -> None:
    telegram = Telegram(*errors)
    assert asyncio.run(telegram.outbox.send(ANN, [HELLO])) == [len(errors) + 1]
    assert len(telegram.pauses) == len(pauses)
    assert all(least <= pause <= most for pause, (least, most) in zip(telegram.pauses, pauses, strict=True))


FINAL = [
    # error, whether it is unknown what came of it
    (TimedOut("no answer"), True),
    (NetworkError("ServerDisconnectedError"), True),
    (RetryAfter(61), False),
    (Forbidden("bot was blocked by the user"), False),
    (BadRequest("chat not found"), False),
]


@pytest.mark.parametrize(("error", "unknown"), FINAL, ids=lambda each: type(each).__name__)
def test_what_may_have_arrived_or_cannot_be_mended_is_not_sent_twice(
    error: TelegramError, unknown: bool, caplog: pytest.LogCaptureFixture
) -> None:
    telegram = Telegram(error)
    with pytest.raises(type(error)):
        asyncio.run(telegram.outbox.send(ANN, [HELLO, HELLO]))
    assert (len(telegram.calls), telegram.pauses) == (1, [])
    assert ("it may have arrived" in caplog.text) == unknown


def test_a_minute_of_trying_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    telegram = Telegram(*[RetryAfter(25)] * 9)
    clock = type("Clock", (), {"monotonic": staticmethod(lambda: sum(telegram.pauses))})
    monkeypatch.setattr(outbox_module, "time", clock)
    with pytest.raises(RetryAfter):
        asyncio.run(telegram.outbox.send(ANN, [HELLO]))
    assert telegram.pauses == [25, 25]


def test_what_is_soon_out_of_date_is_tried_once() -> None:
    telegram = Telegram(RetryAfter(1), ServerFault("502"))
    with pytest.raises(RetryAfter):
        asyncio.run(telegram.outbox.hasty.edit(ANN, [], [HELLO]))
    asyncio.run(telegram.outbox.act(ANN, ChatAction.TYPING))
    assert (len(telegram.calls), telegram.pauses) == (2, [])


def test_a_press_is_answered_after_seconds_or_not_at_all() -> None:
    for wait, calls in ((5, 2), (15, 1)):
        telegram = Telegram(RetryAfter(wait))
        asyncio.run(telegram.outbox.acknowledge("1"))
        assert len(telegram.calls) == calls
