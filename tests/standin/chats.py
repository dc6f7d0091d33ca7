"""The person's side of a chat: what they say, press and edit, and what they see of the bot.

Waiting blocks the calling thread (``wait_…``) or is awaited (``next_…``); either way what never came is an
AssertionError that tells what the bot did instead.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from standin.text import covered, with_found
from standin.world import Call, Press, RefusedError, Upload, World

__all__ = ["Chat", "Message"]

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds to wait for the bot unless told otherwise."""


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """A message as it was at one time. ``raw`` is the Bot API's Message, ``version`` 0 until it is edited."""

    chat: "Chat"
    raw: dict[str, Any]
    version: int
    time: float

    @property
    def id(self) -> int:
        return int(self.raw["message_id"])

    @property
    def text(self) -> str:
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def entities(self) -> list[dict[str, Any]]:
        return list(self.raw.get("entities") or self.raw.get("caption_entities") or ())

    def covered(self, kind: str) -> list[str]:
        """The parts of the text under entities of a kind, e.g. "blockquote"."""
        return [covered(self.text, entity) for entity in self.entities if entity["type"] == kind]

    @property
    def unnested(self) -> dict[str, Any]:
        """As it stands in a reply to it: without what it replies to itself."""
        return {name: value for name, value in self.raw.items() if name != "reply_to_message"}

    @property
    def keyboard(self) -> list[list[dict[str, Any]]]:
        """The rows of buttons under the message."""
        return list(self.raw.get("reply_markup", {}).get("inline_keyboard", ()))

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons, row after row."""
        return [button["text"] for row in self.keyboard for button in row]

    def button(self, label: str) -> dict[str, Any]:
        """The button with a label, or the only one whose label contains it."""
        buttons = [button for row in self.keyboard for button in row]
        exact = [button for button in buttons if button["text"] == label]
        found = exact or [button for button in buttons if label in button["text"]]
        assert len(found) == 1, (
            f"{len(found)} buttons {label!r} under {self.text!r:.80}; buttons: {self.buttons}"
        )
        return found[0]


class Chat:
    """A private chat between a person and the bot; ``id`` is also the person's."""

    kind = "message"
    """Of the updates that tell the bot what is said here."""

    def __init__(self, world: World, user_id: int, name: str, language: str | None) -> None:
        self.world = world
        self.id = user_id
        self.name = name
        self.user: dict[str, Any] = {"id": user_id, "is_bot": False, "first_name": name}
        if language:
            self.user["language_code"] = language
        self.raw = {"id": user_id, "type": "private", "first_name": name}
        self.blocked = False
        self.messages: dict[int, Message] = {}
        self._new: deque[Message] = deque()
        self._changed = threading.Condition(world.lock)
        self._futures: list[asyncio.Future[None]] = []

    # --- what the person does

    def say(self, text: str, *, reply_to: "Message | int | None" = None, **fields: Any) -> int:
        """Send a text; the message's id. Commands, mentions and links get entities, as Telegram finds them.

        ``fields`` are added to the Message as they are, e.g. ``entities=[…]`` or ``forward_origin={…}``.
        """
        entities = with_found(text, fields.pop("entities", []))
        return self._send({"text": text, **({"entities": entities} if entities else {}), **fields}, reply_to)

    def start(self, payload: str = "") -> int:
        """Press Start, or follow a link ``t.me/bot?start=payload``."""
        return self.say(f"/start {payload}".rstrip())

    def edit(self, message: "Message | int", text: str) -> int:
        """Edit a message of the person's own."""
        with self.world.lock:
            old = self.message(message)
            assert old.raw.get("from") != self.world.bot, f"message {old.id} is the bot's"
            entities = with_found(text, [])
            raw = {name: value for name, value in old.raw.items() if name not in {"entities", "text"}}
            raw |= {
                "text": text,
                "edit_date": int(time.time()),
                **({"entities": entities} if entities else {}),
            }
            self.messages[old.id] = Message(self, raw, old.version + 1, time.monotonic())
            self.heard(f"edited_{self.kind}", raw)
            return old.id

    def send_file(
        self,
        name: str,
        content: bytes,
        *,
        mime_type: str = "application/octet-stream",
        caption: str = "",
        **fields: Any,
    ) -> int:
        """Send a document; the message's id. ``fields`` are added to the Message as they are."""
        document = self.world.keep(Upload(name, content, mime_type))
        return self._send({"document": document, **({"caption": caption} if caption else {}), **fields}, None)

    def send_album(self, files: dict[str, bytes], *, caption: str = "") -> list[int]:
        """Send documents as an album, the caption under the first; the messages' ids."""
        group = str(self.world.number())
        return [
            self.send_file(name, content, caption="" if place else caption, media_group_id=group)
            for place, (name, content) in enumerate(files.items())
        ]

    def send_photo(self, content: bytes = b"\xff\xd8\xff", *, caption: str = "", **fields: Any) -> int:
        """Send a picture; the message's id."""
        kept = self.world.keep(Upload("photo.jpg", content, "image/jpeg"))
        named = {name: kept[name] for name in ("file_id", "file_unique_id", "file_size")}
        photo = [{**named, "width": 90, "height": 90}]
        return self._send({"photo": photo, **({"caption": caption} if caption else {}), **fields}, None)

    def tap(self, message: "Message | int", label: str, *, by: dict[str, Any] | None = None) -> str:
        """Press a button, as ``by``, and wait for nothing; the id of the callback query."""
        with self.world.lock:
            current = self.message(message)
            button = current.button(label)
            assert "callback_data" in button, f"the button {label!r} asks the bot nothing: {button}"
            query_id = self.world.pressed(self)
            self.world.emit(
                "callback_query",
                {
                    "id": query_id,
                    "from": by or self.user,
                    "message": current.raw,
                    "chat_instance": str(self.id),
                    "data": button["callback_data"],
                },
            )
            return query_id

    def press(
        self,
        message: "Message | int",
        label: str,
        *,
        by: dict[str, Any] | None = None,
        timeout: float = PATIENCE,
    ) -> Call:
        """Press a button and wait until the bot has answered the query; its answerCallbackQuery."""
        return self.wait_answered(self.tap(message, label, by=by), timeout=timeout)

    def block(self) -> None:
        """Block the bot: from now on it gets 403."""
        self.blocked = True

    # --- what the person sees

    def message(self, message: "Message | int") -> Message:
        """A message as it is now. Raises AssertionError when it is gone."""
        number = message.id if isinstance(message, Message) else message
        with self.world.lock:
            assert number in self.messages, f"{self.name}'s chat has no message {number}"
            return self.messages[number]

    def wait_message(self, *, timeout: float = PATIENCE) -> Message:
        """The oldest message of the bot that has not been waited for, as it was sent."""
        return self._wait(self._take, timeout, "got no message")

    async def next_message(self, *, timeout: float = PATIENCE) -> Message:
        """The same, awaited."""
        return await self._awaited(self._take, timeout, "got no message")

    def wait_edit(self, message: Message, *, timeout: float = PATIENCE) -> Message:
        """The message once it is newer than the one given."""
        return self._wait(lambda: self._newer(message), timeout, f"saw no edit of message {message.id}")

    async def next_edit(self, message: Message, *, timeout: float = PATIENCE) -> Message:
        """The same, awaited."""
        return await self._awaited(
            lambda: self._newer(message), timeout, f"saw no edit of message {message.id}"
        )

    def wait_deleted(self, message: Message, *, timeout: float = PATIENCE) -> None:
        """Return once the bot has deleted the message."""
        self._wait(
            lambda: message.id not in self.messages or None, timeout, f"still sees message {message.id}"
        )

    def wait_answered(self, query_id: str, *, timeout: float = PATIENCE) -> Call:
        """The bot's answerCallbackQuery to a query."""
        press: Press = self.world.presses[query_id]
        return self._wait(lambda: press.answer, timeout, "pressed a button and got no answerCallbackQuery")

    def wait_for(self, find: Callable[[], T | None], timeout: float, fault: str) -> T:
        """What ``find`` gives once that is something; ``fault`` says what it means that it never is."""
        return self._wait(find, timeout, fault)

    def unread(self) -> list[Message]:
        """The bot's messages that nobody has waited for yet; they stay unread."""
        with self.world.lock:
            return list(self._new)

    # --- what the server does to it

    def heard(self, kind: str, raw: dict[str, Any]) -> None:
        """The bot is told of a message. Under the lock."""
        self.world.emit(kind, raw)

    def in_thread(self, thread: int | None) -> dict[str, Any]:
        """The fields of a message of the bot's that is to go into a thread. Raises RefusedError."""
        if thread:
            raise RefusedError(400, "message thread not found")
        return {}

    def sent(self, message: Message) -> None:
        """The bot has sent a message. Under the lock."""
        self.messages[message.id] = message
        self._new.append(message)
        self.notify()

    def notify(self) -> None:
        """Something has changed. Under the lock."""
        self._changed.notify_all()
        futures, self._futures = self._futures, []
        for future in futures:
            future.get_loop().call_soon_threadsafe(_done, future)

    def _send(self, content: dict[str, Any], reply_to: "Message | int | None") -> int:
        with self.world.lock:
            number = self.world.message_id()
            raw = {
                "message_id": number,
                "from": self.user,
                "chat": self.raw,
                "date": int(time.time()),
                **content,
            }
            if reply_to is not None:
                raw["reply_to_message"] = self.message(reply_to).unnested
            self.messages[number] = Message(self, raw, 0, time.monotonic())
            self.heard(self.kind, raw)
            return number

    def _take(self) -> Message | None:
        return self._new.popleft() if self._new else None

    def _newer(self, message: Message) -> Message | None:
        now = self.message(message)
        return now if now.version > message.version else None

    def _wait(self, find: Callable[[], T | None], timeout: float, fault: str) -> T:
        end = time.monotonic() + timeout
        with self._changed:
            while (found := find()) is None:
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(self._missed(fault, timeout))
                self._changed.wait(left)
            return found

    async def _awaited(self, find: Callable[[], T | None], timeout: float, fault: str) -> T:
        end = time.monotonic() + timeout
        while True:
            with self.world.lock:
                if (found := find()) is not None:
                    return found
                future = asyncio.get_running_loop().create_future()
                self._futures.append(future)
            await asyncio.wait({future}, timeout=max(end - time.monotonic(), 0))
            if not future.done() and time.monotonic() >= end:
                future.cancel()
                raise AssertionError(self._missed(fault, timeout))

    def _missed(self, fault: str, timeout: float) -> str:
        last = [f"{call.method} {call.description or call.status}" for call in self.world.calls()[-8:]]
        lines = [
            f"{self.name} {fault} within {timeout:g} s",
            f"last requests: {', '.join(last) or 'none'}; updates not confirmed: {self.world.pending}",
            *self.world.violations[-3:],
        ]
        return "\n".join(lines)


def _done(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
