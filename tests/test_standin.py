"""The stand-in for the Bot API answers, refuses and fails as Telegram does, and its judge can say no."""

import asyncio
import copy
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    Update,
)
from aiogram.types import Message as AiogramMessage
from standin import KINDS, Call, Description, Fault, RefusedError, StandIn, length
from standin.text import cleaned, with_found

MARKUP = {"inline_keyboard": [[{"text": "⬍ Context", "callback_data": "c:1"}]]}
CLOSED = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)


class Client:
    """A bot without a library: each call one request, from this thread, over aiohttp."""

    def __init__(self, telegram: StandIn) -> None:
        self.telegram = telegram
        self.runner = asyncio.Runner()
        self.session = self.runner.run(self._session())

    @staticmethod
    async def _session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5))

    def close(self) -> None:
        self.runner.run(self.session.close())
        self.runner.close()

    async def send(self, method: str, *, token: str | None = None, **body: Any) -> tuple[int, bytes]:
        url = f"{self.telegram.url}/bot{token or self.telegram.token}/{method}"
        async with self.session.post(url, **body) as answer:
            return answer.status, await answer.read()

    async def ask(self, method: str, **parameters: Any) -> Any:
        """The result of a method, or the error's description."""
        _, body = await self.send(method, json=parameters)
        answer = json.loads(body)
        return answer["result"] if answer["ok"] else answer["description"]

    def __call__(self, method: str, **parameters: Any) -> Any:
        return self.runner.run(self.ask(method, **parameters))

    def updates(self, **parameters: Any) -> list[Any]:
        """What the updates say: the text of a message, or the update itself."""
        return [update.get("message", {}).get("text", update) for update in self("getUpdates", **parameters)]


@pytest.fixture
def telegram() -> Iterator[StandIn]:
    with StandIn() as telegram:
        yield telegram


@pytest.fixture
def client(telegram: StandIn) -> Iterator[Client]:
    client = Client(telegram)
    yield client
    client.close()


# --- updates


def test_an_update_stays_until_a_larger_offset_is_asked_for(telegram: StandIn, client: Client) -> None:
    chat, first = telegram.private(), telegram.next_update_id
    for text in ("one", "two", "three"):
        chat.say(text)
    assert ["one", "two", "three"] == client.updates()
    assert ["one"] == client.updates(offset=first, limit=1)
    assert ["two", "three"] == client.updates(offset=first + 1)
    assert 2 == telegram.pending
    assert ["three"] == client.updates(offset=first + 2, limit=1)
    assert [] == client.updates(offset=first + 3, timeout=1)
    assert 0 == telegram.pending == client("getWebhookInfo")["pending_update_count"]


def test_a_negative_offset_counts_from_the_end_and_forgets_the_rest(
    telegram: StandIn, client: Client
) -> None:
    chat = telegram.private()
    for text in ("one", "two", "three"):
        chat.say(text)
    assert ["two", "three"] == client.updates(offset=-2)
    assert 2 == telegram.pending


def test_an_offset_far_in_the_future_confirms_nothing(telegram: StandIn, client: Client) -> None:
    telegram.private().say("one")
    assert ["one"] == client.updates(offset=telegram.next_update_id + 11)
    assert [] == client.updates(offset=telegram.next_update_id + 10, timeout=1)


def test_ids_may_start_anew_and_the_old_offset_then_reaches_the_new_updates(
    telegram: StandIn, client: Client
) -> None:
    old = telegram.next_update_id
    telegram.next_update_id = 1000
    telegram.private().say("after a quiet week")
    assert ["after a quiet week"] == client.updates(offset=old)


def test_a_poll_waits_for_an_update_and_no_longer(telegram: StandIn, client: Client) -> None:
    chat = telegram.private()
    threading.Timer(0.2, chat.say, ("late",)).start()
    begin = time.monotonic()
    assert ["late"] == client.updates(timeout=5)
    assert 0.1 < time.monotonic() - begin < 2


def test_a_poll_without_updates_ends_after_its_timeout(client: Client) -> None:
    begin = time.monotonic()
    assert [] == client.updates(timeout=1)
    assert 0.9 < time.monotonic() - begin < 2


def test_of_two_polls_the_older_gets_a_conflict_and_the_newer_the_update(
    telegram: StandIn, client: Client
) -> None:
    async def both() -> tuple[Any, Any]:
        first = asyncio.create_task(client.ask("getUpdates", timeout=5))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(client.ask("getUpdates", timeout=5))
        conflict = await first
        telegram.private().say("hello")
        return conflict, await second

    conflict, updates = client.runner.run(both())
    assert conflict.startswith("Conflict: terminated by other getUpdates request")
    assert "hello" == updates[0]["message"]["text"]
    assert [409, 200] == [call.status for call in telegram.calls("getUpdates")]


def test_while_a_webhook_is_set_updates_cannot_be_fetched(telegram: StandIn, client: Client) -> None:
    telegram.webhook = "https://bot.example.org/hook"
    assert client("getUpdates").startswith("Conflict: can't use getUpdates method while webhook is active")
    assert client("deleteWebhook", drop_pending_updates=False)
    assert [] == client("getUpdates")


def test_kinds_that_the_bot_did_not_ask_for_are_not_queued(telegram: StandIn, client: Client) -> None:
    chat = telegram.private()
    client("getUpdates", allowed_updates=["message"])
    chat.edit(chat.say("one"), "uno")
    assert ["message"] == [list(update)[1] for update in client("getUpdates", offset=-9, timeout=3)]
    client("getUpdates", allowed_updates=[], offset=-1)
    chat.edit(chat.say("two"), "due")
    assert ["message", "edited_message"] == [list(update)[1] for update in client("getUpdates", offset=-2)]


def test_bytes_are_delivered_as_they_are_and_can_be_confirmed(telegram: StandIn, client: Client) -> None:
    number = telegram.push(b'{"update_id": "x", "message": 7}', check=False)
    telegram.private().say("behind it")
    first, second = client("getUpdates")
    assert {"update_id": "x", "message": 7} == first
    assert "behind it" == second["message"]["text"]
    assert ["behind it"] == client.updates(offset=number + 1)


def test_updates_outlive_a_bot_that_dies_while_it_polls(telegram: StandIn) -> None:
    killed = Client(telegram)
    with pytest.raises(TimeoutError):
        killed.runner.run(asyncio.wait_for(killed.ask("getUpdates", timeout=5), 0.2))
    killed.close()
    telegram.private().say("anyone?")
    restarted = Client(telegram)
    assert ["anyone?"] == restarted.updates(timeout=5)
    restarted.close()


# --- what a person does and sees


def test_a_button_is_pressed_by_its_label_and_the_press_waits_for_the_answer(
    telegram: StandIn, client: Client
) -> None:
    chat = telegram.private("Ann", language="ru")
    client("sendMessage", chat_id=chat.id, text="❝ It rained. ❞", reply_markup=MARKUP)
    answer = chat.wait_message()
    with pytest.raises(AssertionError, match=r"0 buttons 'Next'"):
        chat.tap(answer, "Next")
    query = chat.tap(answer, "Context")
    [update] = client("getUpdates")
    assert ("c:1", query, "ru") == (
        update["callback_query"]["data"],
        update["callback_query"]["id"],
        update["callback_query"]["from"]["language_code"],
    )
    assert answer.raw == update["callback_query"]["message"]
    assert client("answerCallbackQuery", callback_query_id=query, text="wider")
    assert "wider" == chat.wait_answered(query).parameters["text"]
    assert client("answerCallbackQuery", callback_query_id=query).startswith("Bad Request: query is too old")


def test_an_old_query_can_no_longer_be_answered(telegram: StandIn, client: Client) -> None:
    telegram.query_lifetime = 0.0
    chat = telegram.private()
    client("sendMessage", chat_id=chat.id, text="a", reply_markup=MARKUP)
    query = chat.tap(chat.wait_message(), "Context")
    assert client("answerCallbackQuery", callback_query_id=query).startswith("Bad Request: query is too old")


def test_what_never_comes_is_an_error_that_tells_what_came_instead(telegram: StandIn, client: Client) -> None:
    chat = telegram.private("Ann")
    client("sendChatAction", chat_id=chat.id, action="typing")
    with pytest.raises(
        AssertionError, match=r"Ann got no message within 0.1 s\nlast requests: sendChatAction"
    ):
        chat.wait_message(timeout=0.1)
    with pytest.raises(AssertionError, match="got no message"):
        client.runner.run(chat.next_message(timeout=0.1))


def test_a_thread_that_waits_is_woken_when_the_message_comes(telegram: StandIn, client: Client) -> None:
    chat = telegram.private()

    async def both() -> str:
        waiting = asyncio.create_task(asyncio.to_thread(chat.wait_message, timeout=5))
        await asyncio.sleep(0.1)
        await client.ask("sendMessage", chat_id=chat.id, text="here")
        return (await waiting).text

    begin = time.monotonic()
    assert "here" == client.runner.run(both())
    assert time.monotonic() - begin < 3


def test_a_start_payload_comes_with_a_command_entity(telegram: StandIn, client: Client) -> None:
    telegram.private().start("q_abc")
    message = client("getUpdates")[0]["message"]
    assert "/start q_abc" == message["text"]
    assert [{"type": "bot_command", "offset": 0, "length": 6}] == message["entities"]


def test_an_edited_message_keeps_its_id_and_replies_hold_what_they_reply_to(
    telegram: StandIn, client: Client
) -> None:
    chat = telegram.private()
    number = chat.say("waht?")
    chat.edit(number, "what?")
    chat.say("and when?", reply_to=number)
    _, edited, reply = client("getUpdates")
    assert (number, "what?") == (edited["edited_message"]["message_id"], edited["edited_message"]["text"])
    assert edited["edited_message"] == reply["message"]["reply_to_message"]


def test_a_blocked_bot_is_forbidden_to_write(telegram: StandIn, client: Client) -> None:
    chat = telegram.private()
    chat.block()
    assert "Forbidden: bot was blocked by the user" == client("sendMessage", chat_id=chat.id, text="a")


# --- messages


def test_messages_are_edited_and_deleted_in_place(telegram: StandIn, client: Client) -> None:
    chat = telegram.private()
    place = {"chat_id": chat.id, "message_id": client("sendMessage", chat_id=chat.id, text="a")["message_id"]}
    first = chat.wait_message()
    client("editMessageText", **place, text="b", reply_markup=MARKUP)
    second = chat.wait_edit(first)
    assert ("a", [], "b", ["⬍ Context"]) == (first.text, first.buttons, second.text, second.buttons)
    same = client("editMessageText", **place, text=" b\n", reply_markup=MARKUP)
    assert same.startswith("Bad Request: message is not modified: specified new message content")
    assert client("editMessageReplyMarkup", **place, reply_markup=MARKUP) == same
    client("editMessageReplyMarkup", **place)
    assert [] == chat.wait_edit(second).buttons
    assert client("deleteMessage", **place)
    chat.wait_deleted(first)
    assert "Bad Request: message to edit not found" == client("editMessageText", **place, text="c")
    assert "Bad Request: message to delete not found" == client("deleteMessage", **place)


def test_the_bot_cannot_edit_what_a_person_said(telegram: StandIn, client: Client) -> None:
    chat = telegram.private()
    said = client("editMessageText", chat_id=chat.id, message_id=chat.say("mine"), text="yours")
    assert "Bad Request: message can't be edited" == said


def test_an_edit_without_a_keyboard_takes_the_keyboard_away(telegram: StandIn, client: Client) -> None:
    chat = telegram.private()
    sent = client("sendMessage", chat_id=chat.id, text="a", reply_markup=MARKUP)
    assert "reply_markup" not in client(
        "editMessageText", chat_id=chat.id, message_id=sent["message_id"], text="b"
    )


def test_a_reply_quotes_exactly_or_not_at_all(telegram: StandIn, client: Client) -> None:
    chat = telegram.private()
    to = {"message_id": chat.say("😀 it rained"), "quote": "rained"}
    reply = client("sendMessage", chat_id=chat.id, text="so", reply_parameters=to)
    assert {"text": "rained", "position": 6, "is_manual": True} == reply["quote"]
    wrong = {**to, "quote": "snowed"}
    said = client("sendMessage", chat_id=chat.id, text="so", reply_parameters=wrong)
    assert "Bad Request: QUOTE_TEXT_INVALID" == said
    gone = {"message_id": 999}
    said = client("sendMessage", chat_id=chat.id, text="so", reply_parameters=gone)
    assert "Bad Request: message to be replied not found" == said


def button(**fields: Any) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": [[{"text": "b", **fields}]]}}


LIMITS: list[tuple[dict[str, Any], str | None]] = [
    ({"text": ""}, "message text is empty"),
    ({"text": " \n\u200b "}, "text must be non-empty"),
    ({"text": "a" * 4096}, None),
    ({"text": "a" * 4096 + " \n"}, None),
    ({"text": "a" * 4097}, "message is too long"),
    ({"text": "😀" * 2048}, None),
    ({"text": "😀" * 2048 + "a"}, "message is too long"),
    ({"text": "a" * 32769}, "text is too long"),
    ({"text": "a", "chat_id": 1}, "chat not found"),
    ({"text": "a", **button(callback_data="é" * 32)}, None),
    ({"text": "a", **button(callback_data="é" * 32 + "a")}, "BUTTON_DATA_INVALID"),
    ({"text": "a", **button(copy_text={"text": "c" * 256})}, None),
    ({"text": "a", **button(copy_text={"text": "c" * 257})}, "BUTTON_COPY_TEXT_INVALID"),
    ({"text": "a", **button(url="https://t.me/b?start=q_1")}, None),
    (
        {"text": "a", **button(url="http://localhost/x")},
        "inline keyboard button URL 'http://localhost/x' is invalid: Wrong HTTP URL",
    ),
    (
        {"text": "a", **button()},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    ({"text": "a", "reply_markup": {"inline_keyboard": [[MARKUP["inline_keyboard"][0][0]] * 100]}}, None),
    (
        {"text": "a", "reply_markup": {"inline_keyboard": [[MARKUP["inline_keyboard"][0][0]] * 101]}},
        "reply markup is too long",
    ),
]


@pytest.mark.parametrize(("parameters", "refusal"), LIMITS, ids=lambda value: str(value)[:40])
def test_limits_hold_to_the_unit(
    parameters: dict[str, Any], refusal: str | None, telegram: StandIn, client: Client
) -> None:
    answer = client("sendMessage", **{"chat_id": telegram.private().id, **parameters})
    assert (f"Bad Request: {refusal}" == answer) if refusal else answer["message_id"]
    assert [] == telegram.violations


# --- texts


def entity(offset: int, size: int, kind: str = "bold", **fields: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": size, **fields}


CLEANED = [
    ("a\tb\x00c", [], "a b c", []),
    ("a\r\nb", [], "a\nb", []),
    ("  a \n", [], "a", []),
    ("a\u2028b\u202ac", [], "abc", []),
    ("\u200e\u200ea", [], "\u200c\u200ea", []),
    ("😀\r\nb", [entity(4, 1)], "😀\nb", [entity(3, 1)]),
    ("\u202aab", [entity(0, 3)], "ab", [entity(0, 2)]),
    ("a\r", [entity(1, 1)], "a", []),
    ("  ab  ", [entity(2, 4)], "ab", [entity(0, 2)]),
    ("  ab", [entity(1, 2)], " ab", [entity(0, 2)]),
    ("ab", [entity(0, 1, "url")], "ab", []),
    ("abc", [entity(1, 1), entity(0, 3, "blockquote")], "abc", [entity(0, 3, "blockquote"), entity(1, 1)]),
    ("abc", [entity(0, 2, "blockquote"), entity(1, 2, "blockquote")], "abc", [entity(0, 2, "blockquote")]),
    ("abc", [entity(0, 3, "blockquote"), entity(1, 1, "code")], "abc", None),
    ("abc", [entity(1, 2, "blockquote"), entity(0, 2, "code")], "abc", [entity(1, 2, "blockquote")]),
]


@pytest.mark.parametrize(("text", "entities", "kept", "moved"), CLEANED, ids=lambda value: repr(value)[:40])
def test_a_text_is_cleaned_and_its_entities_move_with_it(
    text: str, entities: list[dict[str, Any]], kept: str, moved: list[dict[str, Any]] | None
) -> None:
    assert (kept, entities if moved is None else moved) == cleaned(text, entities)


PLACES = [
    (entity(0, 4), "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 4"),
    (entity(4, 1), "entity begins after the end of the text at UTF-16 offset 4"),
    (entity(1, 2), "entity begins in a middle of a UTF-16 symbol at byte offset 4"),
    (
        entity(0, 1),
        "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4",
    ),
    (entity(-1, 1), "receive an entity with incorrect offset -1"),
    (entity(0, 2, "sparkle"), "can't parse MessageEntity: Unsupported type specified"),
    (entity(0, 2, "text_link"), "can't parse MessageEntity: Can't find field \"url\""),
    (entity(0, 2, "text_link", url="localhost"), "entity URL 'localhost' is invalid: Wrong HTTP URL"),
]


@pytest.mark.parametrize(("wrong", "refusal"), PLACES, ids=lambda value: str(value)[:40])
def test_an_entity_that_leaves_the_text_or_cuts_a_character_is_refused(
    wrong: dict[str, Any], refusal: str
) -> None:
    with pytest.raises(RefusedError, match=r"^Bad Request: ") as refused:
        cleaned("😀a", [wrong])
    assert f"Bad Request: {refusal}" == refused.value.description


def test_entities_beyond_the_hundredth_are_lost() -> None:
    assert 100 == len(cleaned("a" * 101, [entity(number, 1) for number in range(101)])[1])


def test_commands_mentions_and_links_are_found_but_not_inside_code() -> None:
    text = "😀 /help @quoth_bot https://t.me/x. a/b"
    found = [entity(3, 5, "bot_command"), entity(9, 10, "mention"), entity(20, 14, "url")]
    assert found == with_found(text, [])
    code = entity(0, length(text), "code")
    assert [code] == with_found(text, [code])


# --- requests


def test_form_parts_and_json_say_the_same(telegram: StandIn, client: Client) -> None:
    chat = telegram.private()
    fields = {
        "chat_id": str(chat.id),
        "text": "a+b & 100 % = 😀",
        "entities": json.dumps([entity(0, 1)]),
        "disable_notification": "true",
    }
    parts = aiohttp.FormData(fields, default_to_multipart=True)
    for body in ({"json": fields}, {"data": fields}, {"data": parts}, {"params": fields}):
        client.runner.run(client.send("sendMessage", **body))
    first, *others = [call.parameters for call in telegram.calls("sendMessage")]
    assert {**fields, "chat_id": chat.id, "entities": [entity(0, 1)], "disable_notification": True} == first
    assert [first] * 3 == others
    assert [fields["text"]] * 4 == [message.text for message in chat.unread()]


def test_a_wrong_token_is_unauthorized_and_an_unknown_method_not_found(
    telegram: StandIn, client: Client
) -> None:
    status, body = client.runner.run(client.send("getMe", token="7:wrong"))  # noqa: S106
    expected = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert (401, expected) == (status, json.loads(body))
    assert "Not Found: method not found" == client("getMee")
    assert client("GETME")["username"] == telegram.bot["username"]
    assert [] == telegram.violations


def test_the_bot_is_who_the_constructor_says() -> None:
    with StandIn(token="42:secret", username="other_bot", supports_inline_queries=True) as telegram:  # noqa: S106
        client = Client(telegram)
        me = client("getMe")
        client.close()
    assert (42, "other_bot", True) == (me["id"], me["username"], me["supports_inline_queries"])


def test_what_a_bot_says_of_itself_is_kept_by_language_and_scope(client: Client) -> None:
    commands = [{"command": "help", "description": "How to ask"}]
    scope = {"type": "all_private_chats"}
    assert client("setMyCommands", commands=commands, scope=scope, language_code="en")
    assert commands == client("getMyCommands", scope=scope, language_code="en")
    assert [] == client("getMyCommands")
    assert client("setMyDescription", description="Answers in the source's own words.")
    assert {"description": "Answers in the source's own words."} == client("getMyDescription")
    assert client("setMyShortDescription", short_description="a" * 121).endswith("TOO_LONG")


def test_close_and_log_out_are_refused(client: Client) -> None:
    assert "Too Many Requests: retry after 600" == client("close")
    assert client("logOut").startswith("Bad Request")


def test_a_persons_file_can_be_fetched_and_a_large_one_cannot(telegram: StandIn, client: Client) -> None:
    chat = telegram.private()
    chat.send_file("tides.txt", b"High water at six.", mime_type="text/plain", caption="for you")
    document = client("getUpdates")[0]["message"]["document"]
    path = client("getFile", file_id=document["file_id"])["file_path"]

    async def fetch(token: str) -> tuple[int, bytes]:
        async with client.session.get(f"{telegram.url}/file/bot{token}/{path}") as answer:
            return answer.status, await answer.read()

    assert (200, b"High water at six.") == client.runner.run(fetch(telegram.token))
    assert 404 == client.runner.run(fetch("7:wrong"))[0]
    large = telegram.keep(type(telegram.files[document["file_id"]])("x", bytes(20 * 2**20 + 1), "a/b"))
    assert "Bad Request: file is too big" == client("getFile", file_id=large["file_id"])


def test_requests_are_recorded_as_parsed_with_their_time_and_told_to_listeners(
    telegram: StandIn, client: Client
) -> None:
    heard: list[Call] = []
    telegram.listeners.append(heard.append)
    telegram.latency = 0.2
    begin = time.monotonic()
    client("getMe")
    client("sendChatAction", chat_id=1, action="typing")
    assert 0.4 <= time.monotonic() - begin
    assert telegram.calls() == heard
    [call] = telegram.calls("sendChatAction")
    assert ({"chat_id": 1, "action": "typing"}, 400) == (call.parameters, call.status)
    assert begin <= call.time


# --- faults

ERRORS = [("401", 401), ("403", 403), ("404", 404), ("409", 409), ("429", 429), ("500", 500)]


@pytest.mark.parametrize(("kind", "status"), ERRORS)
def test_an_error_on_demand_is_one_and_then_over(
    kind: str, status: int, telegram: StandIn, client: Client
) -> None:
    chat = telegram.private()
    telegram.faults.append(Fault(kind, method="sendMessage", retry_after=7))
    assert client("getMe")
    body = {"chat_id": chat.id, "text": "a"}
    got, answer = client.runner.run(client.send("sendMessage", json=body))
    error = json.loads(answer)
    assert (status, status, False) == (got, error["error_code"], error["ok"])
    assert {"retry_after": 7} == error.get("parameters") or kind != "429"
    assert "a" == client("sendMessage", **body)["text"]
    assert [status, 200] == [call.status for call in telegram.calls("sendMessage")]
    assert 1 == len(chat.unread())


def test_bodies_on_demand_are_not_what_a_client_can_read(telegram: StandIn, client: Client) -> None:
    telegram.faults += [Fault("502", times=2), Fault("bad json"), Fault("bad utf8")]
    for _ in range(2):
        status, body = client.runner.run(client.send("getMe"))
        assert (502, b"<html>") == (status, body[:6])
    _, body = client.runner.run(client.send("getMe"))
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    _, body = client.runner.run(client.send("getMe"))
    with pytest.raises(UnicodeDecodeError):
        body.decode()
    assert client("getMe")["is_bot"]


@pytest.mark.parametrize("kind", ["reset", "half-close"])
def test_a_connection_breaks_on_demand(kind: str, telegram: StandIn, client: Client) -> None:
    telegram.faults.append(Fault(kind, times=2))
    for _ in range(2):
        with pytest.raises(CLOSED):
            client("getMe")
    assert client("getMe")["is_bot"]


def test_a_hang_lasts_as_long_as_it_says(telegram: StandIn, client: Client) -> None:
    telegram.faults.append(Fault("hang", seconds=0.3))
    begin = time.monotonic()
    with pytest.raises(CLOSED):
        client("getMe")
    assert 0.25 < time.monotonic() - begin < 2


def test_a_hang_without_end_does_not_keep_the_stand_in_from_stopping() -> None:
    begin = time.monotonic()
    with StandIn() as telegram:
        telegram.faults.append(Fault("hang"))
        client = Client(telegram)
        with pytest.raises(TimeoutError):
            client.runner.run(asyncio.wait_for(client.ask("getMe"), 0.2))
        client.close()
    assert time.monotonic() - begin < 2


def test_an_answer_can_be_lost_after_its_request_took_effect(telegram: StandIn, client: Client) -> None:
    chat, other = telegram.private("Ann"), telegram.private("Bob")
    telegram.faults.append(Fault("reset", method="sendMessage", chat=chat.id, after=True))
    assert client("sendMessage", chat_id=other.id, text="to Bob")
    with pytest.raises(CLOSED):
        client("sendMessage", chat_id=chat.id, text="sent all the same")
    assert "sent all the same" == chat.wait_message().text


def test_a_fault_of_no_known_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of"):
        Fault("418")
    assert {Fault(kind).status for kind in KINDS} == {0, 200, 401, 403, 404, 409, 429, 500, 502}


# --- the description as a judge

MESSAGE = {
    "message_id": 1,
    "date": 1,
    "from": {"id": 6_000_000_001, "is_bot": False, "first_name": "Ann"},
    "chat": {"id": 6_000_000_001, "type": "private"},
    "text": "hi",
    "entities": [entity(0, 2)],
    "reply_markup": MARKUP,
}
MEMBER = {"status": "member", "user": MESSAGE["from"]}


@pytest.fixture
def description() -> Description:
    description = Description.at_hand()
    if description is None:
        pytest.skip("the description of the Bot API is not at hand")
    return description


FAULTS = [
    (["message_id"], "1", "Message.message_id: '1' is not an Integer"),
    (["message_id"], True, "Message.message_id: True is not an Integer"),
    (["text"], 7, "Message.text: 7 is not a String"),
    (["text"], None, "Message.text: None is not a String"),
    (["from", "is_bot"], 0, "Message.from.is_bot: 0 is not a Boolean"),
    (["chat"], [], "Message.chat: [] is not an Object"),
    (["entities"], {}, "Message.entities: {} is not an Array"),
    (["entities", 0, "length"], "2", "Message.entities[0].length: '2' is not an Integer"),
    (["entities", 0, "colour"], "red", "Message.entities[0].colour: unknown field"),
    (["reply_markup", "inline_keyboard", 0, 0, "data"], "", ".inline_keyboard[0][0].data: unknown field"),
]


@pytest.mark.parametrize(("path", "wrong", "fault"), FAULTS, ids=lambda value: str(value)[:40])
def test_a_wrong_value_is_one_fault_at_its_place(
    path: list[Any], wrong: Any, fault: str, description: Description
) -> None:
    assert [] == description.value("Message", MESSAGE)
    value: Any = copy.deepcopy(MESSAGE)
    place = value
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = wrong
    [found] = description.value("Message", value)
    assert found.endswith(fault)


def test_a_required_field_is_missed(description: Description) -> None:
    without = {name: value for name, value in MESSAGE.items() if name != "date"}
    assert ["Message.date: is required"] == description.value("Message", without)
    assert ["sendMessage.text: is required"] == description.request("sendMessage", {"chat_id": 1})


def test_a_value_of_several_types_must_be_one_of_them(description: Description) -> None:
    for chat_id in (1, "@channel"):
        assert [] == description.request("sendMessage", {"chat_id": chat_id, "text": "a"})
    assert 1 == len(description.request("sendMessage", {"chat_id": 1.5, "text": "a"}))
    assert [] == description.value("Array of ChatMember", [MEMBER, {**MEMBER, "status": "left"}])
    [fault] = description.value("Array of ChatMember", [MEMBER, {**MEMBER, "status": "friend"}])
    assert fault.startswith("Array of ChatMember[1]")
    assert fault.endswith("'friend' is not 'member'")


def test_a_result_is_what_the_method_returns(description: Description) -> None:
    assert [] == description.answer("editMessageText", True) + description.answer("editMessageText", MESSAGE)
    assert description.answer("editMessageText", "yes")
    assert ["getMe result.id: is required"] == description.answer(
        "getMe", {"is_bot": True, "first_name": "Q"}
    )


def test_a_request_that_is_not_as_described_fails_and_is_recorded(
    description: Description, telegram: StandIn, client: Client
) -> None:
    assert telegram.validated
    assert description.knows("sendPoll")
    chat = telegram.private()
    said = client("sendMessage", chat_id=chat.id, text="a", colour="red")
    assert "Bad Request: not as described: sendMessage.colour: unknown field" == said
    client("sendPoll", chat_id=chat.id)
    assert 2 == len(telegram.violations)
    assert "sendMessage.colour: unknown field" == telegram.violations[0]
    assert [] == chat.unread()


def test_an_answer_of_the_stand_ins_own_is_judged_too(
    description: Description, telegram: StandIn, client: Client
) -> None:
    assert description.knows("getMe")
    telegram.flags["can_fly"] = True
    assert client("getMe").endswith("getMe result.can_fly: unknown field")
    assert ["getMe result.can_fly: unknown field"] == telegram.violations


def test_an_update_that_is_not_as_described_is_not_queued(
    description: Description, telegram: StandIn
) -> None:
    assert description.knows("getUpdates")
    with pytest.raises(ValueError, match=r"Update\.message\.date: is required"):
        telegram.push({"message": {"message_id": 1, "chat": {"id": 1, "type": "private"}}})
    assert 0 == telegram.pending
    assert telegram.push({"message": MESSAGE}) == telegram.next_update_id - 1


def test_without_the_description_a_parameter_of_the_wrong_kind_is_still_a_violation(
    telegram: StandIn, client: Client
) -> None:
    telegram.description = None
    assert not telegram.validated
    client("sendMessage", chat_id=telegram.private().id, text="a", entities="[not json")
    client("editMessageText", chat_id="x", message_id=1, text="a")
    client("sendMessage", chat_id=telegram.private().id, text="a", entities=[{"type": "bold"}])
    assert 3 == len(telegram.violations)


# --- in a loop, and with a second client


def test_the_stand_in_serves_in_the_loop_of_a_test_and_again_on_the_same_port() -> None:
    async def story() -> None:
        telegram = StandIn()
        async with telegram:
            chat, port = telegram.private(), telegram.port
            chat.say("kept")
        async with telegram, aiohttp.ClientSession() as session:
            assert port == telegram.port
            url = f"{telegram.url}/bot{telegram.token}"
            async with session.get(f"{url}/getUpdates") as answer:
                assert "kept" == (await answer.json())["result"][0]["message"]["text"]
            waiting = asyncio.create_task(chat.next_message())
            async with session.post(f"{url}/sendMessage", json={"chat_id": chat.id, "text": "a"}) as answer:
                assert 200 == answer.status
            message = await waiting
            editing = asyncio.create_task(chat.next_edit(message))
            edit = {"chat_id": chat.id, "message_id": message.id, "text": "b"}
            async with session.post(f"{url}/editMessageText", json=edit) as answer:
                assert 200 == answer.status
            assert "b" == (await editing).text

    asyncio.run(story())


def echo() -> Dispatcher:
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: AiogramMessage) -> None:
        keyboard = InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text="Louder", callback_data="up")]]
        )
        text = f"❝ {message.text} ❞"
        quote = MessageEntity(type="blockquote", offset=0, length=length(text))
        await message.answer(text, entities=[quote], reply_markup=keyboard)

    @dispatcher.callback_query()
    async def press(query: CallbackQuery) -> None:
        assert isinstance(query.message, AiogramMessage)
        await query.message.edit_text((query.message.text or "").upper())
        await query.answer("louder")

    return dispatcher


def test_aiogram_holds_a_conversation_and_meets_the_errors_it_knows() -> None:
    async def story() -> None:
        async with StandIn() as telegram:
            session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
            async with Bot(telegram.token, session=session) as bot:
                dispatcher = echo()
                polling = asyncio.create_task(
                    dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)
                )
                chat = telegram.private("Ann")
                chat.say("it rained 😀")
                message = await chat.next_message()
                assert ["❝ it rained 😀 ❞"] == message.covered("blockquote")
                pressed = await asyncio.to_thread(chat.press, message, "Louder")
                assert "louder" == pressed.parameters["text"]
                assert "❝ IT RAINED 😀 ❞" == (await chat.next_edit(message)).text
                await dispatcher.stop_polling()
                await polling

                with pytest.raises(TelegramBadRequest, match="message to edit not found"):
                    await bot.edit_message_text("x", chat_id=chat.id, message_id=999)
                telegram.faults.append(Fault("429", retry_after=3))
                with pytest.raises(TelegramRetryAfter) as later:
                    await bot.send_chat_action(chat.id, "typing")
                assert 3 == later.value.retry_after
                await bot.set_my_commands([BotCommand(command="help", description="How to ask")])
                await bot.send_document(
                    chat.id, BufferedInputFile(b"High water.", "tides.txt"), caption="Tides"
                )
                sent = await chat.next_message()
                copy = await bot.download(sent.raw["document"]["file_id"])
                assert copy is not None
                assert b"High water." == copy.read()
                await bot.send_photo(chat.id, BufferedInputFile(b"\x89PNG", "sea.png"))
                assert 90 == (await chat.next_message()).raw["photo"][0]["width"]
                chat.say("last")
                updates: list[Update] = await bot.get_updates()
                assert "last" == (updates[-1].message and updates[-1].message.text)
                assert chat.id == (await bot.get_chat(chat.id)).id
            assert [] == telegram.violations

    asyncio.run(story())


def test_an_update_nested_too_deep_to_be_read_can_be_pushed_as_it_is() -> None:
    deep = b'{"update_id":1,"message":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    with StandIn() as telegram:
        number = telegram.push(deep, check=False)
        assert (number, telegram.pending) == (telegram.next_update_id - 1, 1)
