"""Who may ask: one rule for every surface, strangers are told once, admins decide, and it lasts."""

import datetime
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Folder
from home import SURVEYED, YEAST, Home, serving, until
from standin import Chat, Message
from standin.inline import typed
from telegram import CallbackQuery, InlineQuery, Update, User
from telegram import Chat as TelegramChat
from telegram import Message as Incoming

from bot.access import Access, Mode, Standing, asker_of
from bot.buttons import Decide, admin_pressed
from bot.settings import load
from bot.state import State
from bot.texts import admin as admin_texts
from bot.texts import telegram as texts
from index.errors import UsageError

ADMIN, ANN, BEN, GROUP, CHANNEL = 6_100_000_001, 6_100_000_002, 6_100_000_003, -1001, -1002
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
QUESTION = "who surveyed the pier?"


def user(number: int) -> User:
    return User(number, f"U{number}", is_bot=False)


def said(number: int, chat: TelegramChat, **fields: Any) -> Incoming:
    return Incoming(1, NOW, chat, from_user=user(number), text="who?", **fields)


def surfaces(number: int) -> dict[str, Update]:
    """Each way to ask, as the person of this number uses it."""
    private, group = TelegramChat(number, TelegramChat.PRIVATE), TelegramChat(GROUP, TelegramChat.SUPERGROUP)
    topic = {"message_thread_id": 5, "is_topic_message": True}
    press = {"chat_instance": "1", "data": "c:aaaaaaaaaaaa:1"}
    return {
        "private": Update(1, message=said(number, private)),
        "permalink": Update(1, message=said(number, private)),
        "edited": Update(1, edited_message=said(number, private)),
        "group": Update(1, message=said(number, group)),
        "topic": Update(1, message=said(number, group, **topic)),
        "inline": Update(1, inline_query=InlineQuery("1", user(number), "who?", "")),
        "press": Update(
            1, callback_query=CallbackQuery("1", user(number), message=said(7, private), **press)
        ),
        "press in group": Update(
            1, callback_query=CallbackQuery("1", user(number), message=said(7, group), **press)
        ),
        "press inline": Update(
            1, callback_query=CallbackQuery("1", user(number), inline_message_id="x", **press)
        ),
    }


IN_GROUP = {"group", "topic", "press in group"}
SETTINGS = [
    # mode, let in, the surfaces of Ann that are let through
    (Mode.OPEN, set(), set(surfaces(ANN))),
    (Mode.CHATS, set(), set()),
    (Mode.CHATS, {ANN}, set(surfaces(ANN)) - IN_GROUP),
    (Mode.CHATS, {GROUP}, IN_GROUP),
    (Mode.CHATS, {ANN, GROUP}, set(surfaces(ANN))),
    (Mode.CHATS, {BEN}, set()),
    (Mode.USERS, set(), set()),
    (Mode.USERS, {ANN}, set(surfaces(ANN))),
    (Mode.USERS, {GROUP}, set()),
    (Mode.USERS, {BEN}, set()),
]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    made = State.in_folder(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(("mode", "let_in", "through"), SETTINGS)
@pytest.mark.parametrize("listed", [False, True])
def test_every_surface_is_let_through_by_the_same_rule(
    mode: Mode, let_in: set[int], through: set[str], listed: bool, state: State
) -> None:
    for number in () if listed else let_in:
        state.requests.ask(number, "name")
        state.requests.decide(number, Standing.APPROVED, ADMIN)
    access = Access(mode, frozenset(let_in if listed else ()), frozenset({ADMIN}), state.requests)
    found = {name for name, update in surfaces(ANN).items() if access.allows(asker_of(update))}
    assert found == through
    assert all(access.allows(asker_of(update)) for update in surfaces(ADMIN).values())


@pytest.mark.parametrize("mode", [Mode.CHATS, Mode.USERS])
def test_who_hides_behind_a_chat_is_that_chat_and_never_an_admin(mode: Mode, state: State) -> None:
    group = TelegramChat(GROUP, TelegramChat.SUPERGROUP, title="Pilots")
    channel = TelegramChat(CHANNEL, TelegramChat.CHANNEL, title="News")
    updates = [
        Update(1, message=Incoming(1, NOW, group, from_user=user(ADMIN), sender_chat=group, text="who?")),
        Update(1, channel_post=Incoming(1, NOW, channel, sender_chat=channel, text="who?")),
    ]
    access = Access(mode, frozenset(), frozenset({ADMIN}), state.requests)
    assert [access.allows(asker_of(update)) for update in updates] == [False, False]
    assert [access.subject(asker_of(update)) for update in updates] == [GROUP, CHANNEL]
    let_in = Access(mode, frozenset({GROUP, CHANNEL}), frozenset(), state.requests)
    assert [let_in.allows(asker_of(update)) for update in updates] == [True, True]


def test_decisions_last_and_are_made_once() -> None:
    with Folder() as folder:
        before = State.in_folder(folder.data)
        assert before.requests.ask(ANN, "Ann" * 100)
        assert not before.requests.ask(ANN, "Ann")
        assert before.requests.decide(ANN, Standing.APPROVED, ADMIN) is not None
        assert before.requests.decide(ANN, Standing.APPROVED, ADMIN) is None
        assert before.requests.decide(BEN, Standing.APPROVED, ADMIN) is None
        assert before.requests.decide(2**63, Standing.APPROVED, ADMIN) is None
        before.requests.ask(BEN, "Ben")
        before.close()
        after = State.in_folder(folder.data)
        assert after.requests.approved() == {ANN}
        assert [each.number for each in after.requests.all()] == [BEN, ANN], "who waits comes first"
        access = Access(Mode.CHATS, frozenset({GROUP}), frozenset(), after.requests)
        access.moved(GROUP, CHANNEL)
        access.moved(BEN, 5)
        assert after.requests.approved() == {ANN, CHANNEL}
        after.close()


@pytest.mark.parametrize(
    ("number", "let_in", "page"), [*itertools.product([1, -(2**51)], [True, False], [None, 3])]
)
def test_a_button_that_decides_is_read_back(number: int, let_in: bool, page: int | None) -> None:
    press = Decide(number, let_in, page)
    assert admin_pressed(str(press)) == press
    assert len(str(press)) <= 64


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("QUOTH_ACCESS", "closed", "'closed' is none of open, chats, users; choose one of these three"),
        ("QUOTH_ALLOWED_CHATS", "@pilots", "'@pilots' is no chat's number; write numbers, with commas"),
        ("QUOTH_ALLOWED_CHATS", "0", "'0' is no chat's number; write numbers, with commas"),
    ],
)
def test_a_wrong_setting_is_said_with_its_remedy(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as caught:
        load()
    assert said in str(caught.value)


# --- end to end


@pytest.fixture(scope="module")
def service() -> Iterator[Home]:
    """A bot that answers whom an admin has let in."""
    with serving({"QUOTH_ACCESS": "chats", "QUOTH_ADMINS": str(ADMIN)}, supports_inline_queries=True) as made:
        yield made


@pytest.fixture(scope="module")
def boss(service: Home) -> Chat:
    """The admin, who may always ask."""
    chat = service.telegram.private("Berta", user_id=ADMIN)
    assert service.ask(chat, QUESTION).covered("blockquote") == [SURVEYED]
    return chat


def decided(boss: Chat, request: Message, label: str) -> None:
    boss.press(request, label)
    boss.wait_edit(request)


def test_a_stranger_is_told_once_let_in_after_a_restart_and_out_again(service: Home, boss: Chat) -> None:
    ann = service.telegram.private("Ann")
    ann.say(QUESTION)
    assert ann.wait_message().text == texts.WAIT_FOR_ADMIN
    request = boss.wait_message()
    assert f"Ann · {ann.id}" in request.text
    ann.say("hello?")
    ann.start("q_aaaaaaaaaaaa")
    service.until_idle()
    assert ann.unread() == []
    service.run()
    decided(boss, request, admin_texts.APPROVE)
    assert ann.wait_message(timeout=20).text == texts.LET_IN
    assert service.ask(ann, QUESTION).covered("blockquote") == [SURVEYED]
    answer = service.ask(ann, "what raises dough?")
    decided(boss, boss.message(request), admin_texts.REVOKE)
    assert ann.press(answer, texts.CONTEXT).parameters["text"] == texts.NOT_ALLOWED
    ann.say(QUESTION)
    assert service.ask(boss, "what raises dough?").covered("blockquote") == [YEAST]
    assert ann.unread() == []


def test_a_group_is_told_where_it_speaks_to_the_bot_and_let_in_as_a_whole(service: Home, boss: Chat) -> None:
    group = service.telegram.group("Pilots")
    cara = service.telegram.private("Cara")
    service.telegram.flags["can_read_all_group_messages"] = True
    group.tell("we talk of piers", cara)
    group.tell(f"/ask {QUESTION}", cara)
    assert group.wait_message().text == texts.WAIT_FOR_ADMIN
    request = boss.wait_message()
    assert f"Pilots · {group.id}" in request.text
    decided(boss, request, admin_texts.APPROVE)
    assert group.wait_message().text == texts.LET_IN
    group.tell(f"/ask {QUESTION}", cara)
    assert group.wait_message().covered("blockquote") == [SURVEYED]
    cara.say(QUESTION)
    assert cara.wait_message().text == texts.WAIT_FOR_ADMIN, "she is let in there, not here"
    boss.wait_message()


def test_a_stranger_in_a_topic_is_told_there(service: Home, boss: Chat) -> None:
    forum = service.telegram.group("Harbour", forum=True)
    topic, gil = forum.topic("Piers"), service.telegram.private("Gil")
    asked = forum.tell(f"/ask {QUESTION}", gil, topic=topic)
    told = forum.wait_message()
    assert (told.text, told.raw["message_thread_id"]) == (texts.WAIT_FOR_ADMIN, topic)
    assert told.raw["reply_to_message"]["message_id"] == asked
    boss.wait_message()


def test_where_nobody_can_let_anybody_in_nothing_is_promised(service: Home) -> None:
    service.run(QUOTH_ADMINS=None)
    hugo = service.telegram.private("Hugo")
    hugo.say(QUESTION)
    assert hugo.wait_message(timeout=20).text == texts.NOT_ALLOWED
    service.until_idle()
    service.run()


def test_inline_is_for_members_of_a_group_that_is_let_in(service: Home, boss: Chat) -> None:
    group = service.telegram.group("Bakers")
    group.tell("/ask what raises dough?", boss)
    assert group.wait_message().covered("blockquote") == [YEAST], "an admin may ask anywhere"
    dora, emil = service.telegram.private("Dora"), service.telegram.private("Emil")
    group.tell("/ask who?", dora)
    decided(boss, boss.wait_message(), admin_texts.APPROVE)
    group.members[dora.id] = "member"
    for person, listed in ((dora, True), (emil, False)):
        query = typed(person, QUESTION)
        assert bool(query.results) == listed
        assert query.answer is not None
        assert (query.answer.parameters["is_personal"], query.answer.parameters["cache_time"]) == (True, 0)
    assert query.answer.parameters["button"]["text"] == texts.ASK_FIRST


def test_admins_list_who_asked_and_decide_there_and_nobody_else_can(service: Home, boss: Chat) -> None:
    finn = service.telegram.private("Finn")
    finn.say(QUESTION)
    assert finn.wait_message().text == texts.WAIT_FOR_ADMIN
    boss.wait_message()
    boss.say("/access")
    page = boss.wait_message()
    assert "Finn" in page.text.splitlines()[1], "who waits comes first"
    pushed = {"id": (query := service.telegram.pressed(finn)), "from": finn.user, "chat_instance": "1"}
    below = {"message_id": 1, "date": 1, "chat": finn.raw, "from": service.telegram.bot, "text": "x"}
    service.telegram.emit("callback_query", pushed | {"message": below, "data": f"y:{finn.id}"})
    assert finn.wait_answered(query).parameters["text"] == texts.NOT_ALLOWED
    boss.press(page, "✓ 1")
    assert finn.wait_message().text == texts.LET_IN
    assert "let in" in boss.wait_edit(page).text
    boss.say("/audit")
    assert "let in Finn" in until(lambda: next(iter(boss.unread()), None)).text
