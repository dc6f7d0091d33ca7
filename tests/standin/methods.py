"""What each method of the Bot API does to the world; all but getUpdates, which waits and is the server's.

A function takes the world and the parsed parameters, under the world's lock, and gives the result or raises
RefusedError.
"""

import json
import re
import time
from collections.abc import Callable
from typing import Any

from standin.chats import Chat, Message
from standin.text import checked_url, cleaned, length, with_found
from standin.world import Call, RefusedError, Upload, World

__all__ = ["METHODS"]

Parameters = dict[str, Any]

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as "
    "a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"

LARGEST_DOWNLOAD = 20 * 2**20
LARGEST_UPLOAD = 50 * 2**20
CAPTION = 1024
DATA_BYTES = 64
COPIED = 256
BUTTONS = 100
INLINE_RESULTS = 50
INLINE_LIFETIME = 10.0
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
ALERT = 200
COMMAND = re.compile(r"[a-z0-9_]{1,32}")

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
    "cancel",
}


def get_me(world: World, _: Parameters) -> Any:
    return world.bot | world.flags


def delete_webhook(world: World, given: Parameters) -> Any:
    world.webhook = ""
    if given.get("drop_pending_updates"):
        world.queue.entries.clear()
    return True


def get_webhook_info(world: World, _: Parameters) -> Any:
    return {"url": world.webhook, "has_custom_certificate": False, "pending_update_count": world.pending}


def send_message(world: World, given: Parameters) -> Any:
    _no_parse_mode(world, given)
    text, entities = cleaned(given.get("text", ""), given.get("entities") or [])
    markup = _markup(given)
    chat = _chat(world, given)
    if length(text) > 4096:
        raise RefusedError(400, "message is too long")
    return _sent(world, chat, given, _content("", text, entities), markup)


def send_document(world: World, given: Parameters) -> Any:
    return _sent_file(world, given, "document", lambda document: document)


def send_photo(world: World, given: Parameters) -> Any:
    return _sent_file(world, given, "photo", _sizes)


def edit_message_text(world: World, given: Parameters) -> Any:
    _no_parse_mode(world, given)
    text, entities = cleaned(given.get("text", ""), given.get("entities") or [])
    markup = _markup(given)
    if "inline_message_id" in given:
        return _edited_inline(world, given, _content("", text, entities) | markup)
    message = _editable(world, given)
    if length(text) > 4096:
        raise RefusedError(400, "MESSAGE_TOO_LONG")
    if "text" not in message.raw:
        raise RefusedError(400, "there is no text in the message to edit")
    dropped = {"text", "entities", "reply_markup"}
    return _edited(message, dropped, _content("", text, entities) | markup | {"edit_date": int(time.time())})


def _edited_inline(world: World, given: Parameters, content: dict[str, Any]) -> Any:
    """A message posted inline is edited by its own id, and True is all that is told of it."""
    inlined = world.inlined.get(given["inline_message_id"])
    if inlined is None:
        raise RefusedError(400, "MESSAGE_ID_INVALID")
    before = inlined.shown
    if all(before.raw.get(name) == content.get(name) for name in ("text", "entities", "reply_markup")):
        raise RefusedError(400, NOT_MODIFIED)
    kept = {name: before.raw[name] for name in ("message_id", "date", "chat")}
    inlined.shown = Message(before.chat, kept | content, before.version + 1, time.monotonic())
    inlined.by.notify()
    return True


def edit_message_reply_markup(world: World, given: Parameters) -> Any:
    markup = _markup(given)
    return _edited(_editable(world, given), {"reply_markup"}, markup)


def delete_message(world: World, given: Parameters) -> Any:
    chat = _chat(world, given)
    if given.get("message_id") not in chat.messages:
        raise RefusedError(400, "message to delete not found")
    del chat.messages[given["message_id"]]
    chat.notify()
    return True


def answer_callback_query(world: World, given: Parameters) -> Any:
    """A query can be answered once, and not after ``world.query_lifetime`` seconds (as met in use)."""
    press = world.presses.get(given["callback_query_id"])
    if press is None or press.answer is not None or time.monotonic() - press.time > world.query_lifetime:
        raise RefusedError(400, TOO_OLD)
    if length(given.get("text", "")) > ALERT:
        raise RefusedError(400, "MESSAGE_TOO_LONG")
    press.answer = Call("answerCallbackQuery", given, time.monotonic(), 200, True)
    press.chat.notify()
    return True


def answer_inline_query(world: World, given: Parameters) -> Any:
    """A query can be answered once, for ten seconds; at most fifty results, ids of at most 64 bytes."""
    query = world.typed.get(given["inline_query_id"])
    if query is None or query.answer is not None or time.monotonic() - query.time > INLINE_LIFETIME:
        raise RefusedError(400, TOO_OLD)
    results = given["results"]
    if len(results) > INLINE_RESULTS:
        raise RefusedError(400, "RESULTS_TOO_MUCH")
    if len({result["id"] for result in results}) < len(results):
        raise RefusedError(400, "RESULT_ID_DUPLICATE")
    if any(not 1 <= len(result["id"].encode()) <= DATA_BYTES for result in results):
        raise RefusedError(400, "RESULT_ID_INVALID")
    if len(given.get("next_offset", "").encode()) > DATA_BYTES:
        raise RefusedError(400, "NEXT_OFFSET_INVALID")
    if not START_PARAMETER.fullmatch((given.get("button") or {}).get("start_parameter", "a")):
        raise RefusedError(400, "START_PARAM_INVALID")
    for result in results:
        content = result["input_message_content"]
        text, _ = cleaned(content["message_text"], content.get("entities") or [])
        if length(text) > 4096:
            raise RefusedError(400, "MESSAGE_TOO_LONG")
        _markup(result)
    query.answer = Call("answerInlineQuery", given, time.monotonic(), 200, True)
    query.by.notify()
    return True


def send_chat_action(world: World, given: Parameters) -> Any:
    if given.get("action") not in ACTIONS:
        raise RefusedError(400, "wrong parameter action in request")
    _chat(world, given).in_thread(given.get("message_thread_id"))
    return True


def get_chat(world: World, given: Parameters) -> Any:
    chat = _chat(world, given)
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    accepted = dict.fromkeys(gifts, False)
    return {**chat.raw, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": accepted}


def get_chat_member(world: World, given: Parameters) -> Any:
    chat, user = _chat(world, given), given["user_id"]
    members = getattr(chat, "members", {})
    if user not in members:
        raise RefusedError(400, "member not found")
    status = members[user]
    return {"status": status, "user": world.chats[user].user}


def get_file(world: World, given: Parameters) -> Any:
    upload = world.files.get(given["file_id"])
    if upload is None:
        raise RefusedError(400, "wrong file_id or the file is temporarily unavailable")
    if len(upload.content) > LARGEST_DOWNLOAD:
        raise RefusedError(400, "file is too big")
    number = given["file_id"].rpartition("-")[2]
    return {
        "file_id": given["file_id"],
        "file_unique_id": f"unique-{number}",
        "file_size": len(upload.content),
        "file_path": f"documents/file_{number}",
    }


def set_my_commands(world: World, given: Parameters) -> Any:
    for command in given["commands"]:
        if not COMMAND.fullmatch(command["command"]):
            raise RefusedError(400, "BOT_COMMAND_INVALID")
        if not 1 <= length(command["description"]) <= 256:
            raise RefusedError(400, "BOT_COMMAND_DESCRIPTION_INVALID")
    if len(given["commands"]) > 100:
        raise RefusedError(400, "BOT_COMMANDS_TOO_MUCH")
    world.settings[_scope(given)] = given["commands"]
    return True


def get_my_commands(world: World, given: Parameters) -> Any:
    return world.settings.get(_scope(given), [])


def delete_my_commands(world: World, given: Parameters) -> Any:
    world.settings.pop(_scope(given), None)
    return True


def log_out(_: World, __: Parameters) -> Any:
    raise RefusedError(400, "the stand-in logs nobody out")


def close(_: World, __: Parameters) -> Any:
    raise RefusedError(429, "Too Many Requests: retry after 600", {"retry_after": 600})


def _setter(name: str, most: int) -> Callable[[World, Parameters], Any]:
    def set_text(world: World, given: Parameters) -> Any:
        if length(given.get(name, "")) > most:
            raise RefusedError(400, f"{name.upper()}_TOO_LONG")
        world.settings[name, given.get("language_code", "")] = given.get(name, "")
        return True

    return set_text


def _getter(name: str) -> Callable[[World, Parameters], Any]:
    def get_text(world: World, given: Parameters) -> Any:
        return {name: world.settings.get((name, given.get("language_code", "")), "")}

    return get_text


METHODS: dict[str, Callable[[World, Parameters], Any]] = {
    "getMe": get_me,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "sendChatAction": send_chat_action,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getFile": get_file,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyDescription": _setter("description", 512),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description", 120),
    "getMyShortDescription": _getter("short_description"),
    "logOut": log_out,
    "close": close,
}


def _no_parse_mode(world: World, given: Parameters) -> None:
    if given.get("parse_mode"):
        world.violation("parse_mode: the stand-in knows entities only")
        raise RefusedError(400, "the stand-in knows no parse_mode")


def _chat(world: World, given: Parameters) -> Chat:
    if given.get("chat_id", "") == "":
        raise RefusedError(400, "chat_id is empty")
    chat = world.chats.get(given["chat_id"])
    if chat is None:
        raise RefusedError(400, "chat not found")
    if chat.blocked:
        private = chat.raw["type"] == "private"
        raise RefusedError(
            403, "bot was blocked by the user" if private else "bot was kicked from the group chat"
        )
    moved_to = getattr(chat, "moved_to", None)
    if moved_to is not None:
        fault = "group chat was upgraded to a supergroup chat"
        raise RefusedError(400, fault, {"migrate_to_chat_id": moved_to})
    return chat


def _editable(world: World, given: Parameters) -> Message:
    if "inline_message_id" in given:
        raise RefusedError(400, "MESSAGE_ID_INVALID")
    message = _chat(world, given).messages.get(given.get("message_id", 0))
    if message is None:
        raise RefusedError(400, "message to edit not found")
    if message.raw["from"]["id"] != world.bot["id"]:
        raise RefusedError(400, "message can't be edited")
    return message


def _content(prefix: str, text: str, entities: list[dict[str, Any]]) -> dict[str, Any]:
    """The fields of a Message for a text, or for a caption (``prefix`` "caption")."""
    entities = with_found(text, entities)
    names = ("caption", "caption_entities") if prefix else ("text", "entities")
    return {names[0]: text, names[1]: entities} if entities else {names[0]: text}


def _sent(
    world: World, chat: Chat, given: Parameters, content: dict[str, Any], markup: dict[str, Any]
) -> dict[str, Any]:
    raw = {
        "message_id": world.message_id(),
        "from": world.bot,
        "chat": chat.raw,
        "date": int(time.time()),
        **chat.in_thread(given.get("message_thread_id")),
        **_reply(chat, given),
        **content,
        **markup,
    }
    chat.sent(Message(chat, raw, 0, time.monotonic()))
    return raw


def _reply(chat: Chat, given: Parameters) -> dict[str, Any]:
    """What the message replies to, and the part of it that is quoted."""
    wanted = given.get("reply_parameters")
    if not wanted:
        return {}
    target = chat.messages.get(wanted["message_id"])
    if target is None:
        if wanted.get("allow_sending_without_reply"):
            return {}
        raise RefusedError(400, "message to be replied not found")
    reply: dict[str, Any] = {"reply_to_message": target.unnested}
    if "quote" in wanted:
        place = target.text.find(wanted["quote"])
        if place < 0 or not wanted["quote"] or length(wanted["quote"]) > 1024:
            raise RefusedError(400, "QUOTE_TEXT_INVALID")
        reply["quote"] = {"text": wanted["quote"], "position": length(target.text[:place]), "is_manual": True}
    return reply


def _edited(message: Message, dropped: set[str], content: dict[str, Any]) -> dict[str, Any]:
    compared = {"text", "entities", "reply_markup"} & dropped
    if all(message.raw.get(name) == content.get(name) for name in compared):
        raise RefusedError(400, NOT_MODIFIED)
    raw = {name: value for name, value in message.raw.items() if name not in dropped} | content
    chat = message.chat
    chat.messages[message.id] = Message(chat, raw, message.version + 1, time.monotonic())
    chat.notify()
    return raw


def _sent_file(world: World, given: Parameters, kind: str, shown: Callable[[dict[str, Any]], Any]) -> Any:
    """Send a file that came along, or one that is known by its id."""
    _no_parse_mode(world, given)
    caption: dict[str, Any] = {}
    if given.get("caption"):
        text, entities = cleaned(given["caption"], given.get("caption_entities") or [])
        if length(text) > CAPTION:
            raise RefusedError(400, "message caption is too long")
        caption = _content("caption", text, entities)
    markup = _markup(given)
    chat = _chat(world, given)
    upload = given.get(kind)
    if isinstance(upload, str) and upload in world.files:
        upload = world.files[upload]
    if not isinstance(upload, Upload):
        raise RefusedError(400, f"there is no {kind} in the request")
    if not upload.content:
        raise RefusedError(400, "file must be non-empty")
    if len(upload.content) > LARGEST_UPLOAD:
        raise RefusedError(413, "Request Entity Too Large")
    return _sent(world, chat, given, {kind: shown(world.keep(upload)), **caption}, markup)


def _sizes(document: dict[str, Any]) -> list[dict[str, Any]]:
    named = {name: document[name] for name in ("file_id", "file_unique_id", "file_size")}
    return [{**named, "width": 90, "height": 90}]


def _scope(given: Parameters) -> tuple[str, ...]:
    scope = given.get("scope") or {"type": "default"}
    return "commands", json.dumps(scope, sort_keys=True), given.get("language_code", "")


def _markup(given: Parameters) -> dict[str, Any]:
    """The keyboard under a message, checked; other markup is taken and not shown."""
    rows = (given.get("reply_markup") or {}).get("inline_keyboard")
    if not rows:
        return {}
    for row in rows:
        for button in row:
            _check_button(button)
    if sum(map(len, rows)) > BUTTONS:
        raise RefusedError(400, "reply markup is too long")
    return {"reply_markup": {"inline_keyboard": [row for row in rows if row]}}


def _check_button(button: dict[str, Any]) -> None:
    """The errors for too much data or too long a copy are the server's own, as met in use."""
    if len(button.keys() - {"text", "style", "icon_custom_emoji_id"}) > 1:
        raise RefusedError(400, "can't parse inline keyboard button: exactly one action is expected")
    if not button["text"].strip():
        raise RefusedError(400, "inline keyboard button text must be non-empty")
    if button.get("url"):
        checked_url(button["url"], "inline keyboard button")
    elif button.get("callback_data"):
        if len(button["callback_data"].encode()) > DATA_BYTES:
            raise RefusedError(400, "BUTTON_DATA_INVALID")
    elif "copy_text" in button:
        if not 1 <= length(button["copy_text"]["text"]) <= COPIED:
            raise RefusedError(400, "BUTTON_COPY_TEXT_INVALID")
    elif not button.keys() & {"switch_inline_query", "switch_inline_query_current_chat", *OTHER_ACTIONS}:
        raise RefusedError(
            400, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )


OTHER_ACTIONS = ("switch_inline_query_chosen_chat", "callback_game", "pay", "login_url", "web_app")
