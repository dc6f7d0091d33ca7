"""Who is an admin, without a process: every way not to be one."""

import datetime
from typing import Any

import pytest
from telegram import CallbackQuery, Chat, InaccessibleMessage, Message, Update, User

from bot.gate import Gate

ANN, BEN = 6_000_000_001, 6_000_000_002
GATE = Gate(frozenset({ANN}))
NOW = datetime.datetime(2026, 11, 28, tzinfo=datetime.UTC)
PRIVATE = Chat(ANN, Chat.PRIVATE)


def user(number: int, *, is_bot: bool = False) -> User:
    return User(number, "Ann", is_bot, username="ann")


def message(**given: Any) -> Message:
    fields: dict[str, Any] = {"from_user": user(ANN), "chat": PRIVATE, **given}
    return Message(1, NOW, text="/docs", **fields)


def test_an_admin_in_the_private_chat_is_let_through() -> None:
    assert GATE.writer(Update(1, message=message())) == ANN
    assert GATE.messages.check_update(Update(1, message=message()))


OUTSIDE = [
    message(from_user=user(BEN)),
    message(from_user=user(BEN), chat=Chat(BEN, Chat.PRIVATE)),
    message(from_user=user(ANN, is_bot=True)),
    message(from_user=None),
    message(chat=Chat(-100, Chat.GROUP)),
    message(chat=Chat(-100, Chat.SUPERGROUP)),
    message(chat=Chat(-100, Chat.CHANNEL)),
    message(chat=Chat(ANN, Chat.GROUP)),
    message(chat=Chat(BEN, Chat.PRIVATE)),
    message(sender_chat=Chat(-100, Chat.CHANNEL)),
    message(via_bot=user(BEN, is_bot=True)),
]


@pytest.mark.parametrize("outside", OUTSIDE)
def test_everybody_else_is_not(outside: Message) -> None:
    assert GATE.writer(Update(1, message=outside)) is None
    assert not GATE.messages.check_update(Update(1, message=outside))


@pytest.mark.parametrize(
    "kind", ["edited_message", "channel_post", "edited_channel_post", "business_message"]
)
def test_only_a_new_message_counts(kind: str) -> None:
    assert GATE.writer(Update(1, **{kind: message()})) is None


PRESSES = [
    # who presses, where, who that is
    (ANN, PRIVATE, ANN),
    (BEN, PRIVATE, None),
    (BEN, Chat(BEN, Chat.PRIVATE), None),
    (ANN, Chat(BEN, Chat.PRIVATE), None),
    (ANN, Chat(-100, Chat.SUPERGROUP), None),
]


@pytest.mark.parametrize(("who", "where", "expected"), PRESSES)
def test_a_press_counts_for_the_admin_in_the_private_chat_alone(
    who: int, where: Chat, expected: int | None
) -> None:
    for shown in (message(chat=where), InaccessibleMessage(where, 1)):
        assert GATE.presser(CallbackQuery("1", user(who), "1", message=shown, data="u:1")) == expected


def test_a_press_below_an_inline_message_counts_for_nobody() -> None:
    assert GATE.presser(CallbackQuery("1", user(ANN), "1", inline_message_id="x", data="u:1")) is None


def test_without_admins_nobody_is_one() -> None:
    assert Gate(frozenset()).writer(Update(1, message=message())) is None
