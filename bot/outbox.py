"""Sends and edits rendered messages; the only place that calls Telegram's sending methods.

What Telegram puts off (429) or fails at itself (5xx), and what never left this machine, is tried again for a
minute. A request without an answer is final: Telegram may have done it, and a second one would say it twice.
After a kill, the message that was leaving is sent again, and those of the same answer before it are not.

An edit of several parts reuses the messages that are there, sends what is more and removes what is too many.
That a message is already as wanted is no error, nor that it is gone.

What is in a message is render.py's business.
"""

import asyncio
import datetime
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from hashlib import blake2b
from itertools import count
from typing import Any, Protocol

from telegram import MessageEntity
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter, TelegramError

from bot.buttons import Button
from bot.cards import Card, Offer
from bot.entry import Entry, at_work
from bot.inbox import Inbox
from bot.render import Message
from bot.requests import NotSent, ServerFault

__all__ = ["PATIENCE", "Caller", "Outbox"]

PATIENCE = 60.0
"""Seconds from the first try to the last; what Telegram puts off longer is given up."""

PRESS_PATIENCE = 10.0
"""The same for the answer to a press, which Telegram takes for some seconds only."""

INLINE_CACHED = 10
"""Seconds for which Telegram may show the same list to others: documents may change at any time."""

INLINE_START = "ask"
"""What /start is told by whoever comes from an inline query: the greeting."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""Seconds between tries where the server names none; each twice as long as the one before."""

_log = logging.getLogger(__name__)

_NO_PREVIEW = {"is_disabled": True}
_UNCHANGED = "not modified"
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")


class Caller(Protocol):
    """What requests are made with: ``requests.AiohttpRequest``, or what a test records them with."""

    async def call(self, url: str, parameters: dict[str, Any]) -> Any:
        """The result of a method. Raises TelegramError."""


class Outbox:
    """Sends to the Bot API at ``url``, which ends with the token, on behalf of the update at work, of which
    ``inbox`` keeps what has left.
    """

    def __init__(
        self,
        caller: Caller,
        url: str,
        inbox: Inbox | None = None,
        *,
        patience: float = PATIENCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._caller, self._url, self._inbox = caller, url, inbox
        self._patience, self._sleep = patience, sleep

    @property
    def hasty(self) -> "Outbox":
        """The same, but what fails is not tried again: for what is soon out of date."""
        return Outbox(self._caller, self._url, patience=0.0, sleep=self._sleep)

    async def send(
        self, chat: int, messages: Sequence[Message], topic: int = 0, reply_to: int = 0
    ) -> list[int]:
        """Send the messages in order, into a forum's topic and the first as a reply, where those are given;
        return their ids.
        """
        entry = self._at_work()
        sent = []
        for place, message in enumerate(messages, 1):
            given = {"chat_id": chat, **_where(topic, reply_to if place == 1 else 0), **_content(message)}
            key = _key(place, given) if entry and (entry.sent or place < len(messages)) else ""
            number = entry.sent.get(key) if entry else None
            if number is None:
                number = _number(await self._call("sendMessage", given))
                if entry and self._inbox and place < len(messages):
                    await self._inbox.note_sent(entry, key, number)
            sent.append(number)
        return sent

    async def act(self, chat: int, action: ChatAction, topic: int = 0) -> None:
        """Show for five seconds what the bot is doing; that it cannot be shown costs nothing."""
        try:
            await self._call(
                "sendChatAction", {"chat_id": chat, "action": action, **_where(topic, 0)}, patience=0
            )
        except TelegramError as error:
            _log.info("no %s shown: %s", action, error)

    async def acknowledge(self, query: str, said: str | None = None) -> None:
        """End a press's progress circle, with a word or none; after some seconds Telegram takes no answer
        any more.
        """
        given = {"callback_query_id": query, **({"text": said} if said else {})}
        try:
            await self._call("answerCallbackQuery", given, patience=PRESS_PATIENCE)
        except TelegramError as error:
            _log.info("a press was not acknowledged: %s", error)

    async def edit(  # noqa: PLR0913 - what is to be shown, and where what is more of it goes
        self,
        chat: int,
        shown: Sequence[int],
        messages: Sequence[Message],
        *,
        keep_last: bool = False,
        topic: int = 0,
        reply_to: int = 0,
    ) -> list[int]:
        """Make the messages ``shown`` read like ``messages``; return the ids that show them now.

        Where there are too many, the first ones stay, or with ``keep_last`` the last. What is more is sent
        as ``send`` does.
        """
        self._at_work()
        spare = max(len(shown) - len(messages), 0)
        stay = shown[spare:] if keep_last else shown[: len(shown) - spare]
        for message_id in set(shown) - set(stay):
            await self._delete(chat, message_id)
        kept: list[int] = []
        for message_id, message in zip(stay, messages, strict=False):
            if not await self._edit(chat, message_id, message):
                break
            kept.append(message_id)
        for message_id in stay[len(kept) :]:
            await self._delete(chat, message_id)
        return kept + await self.send(chat, messages[len(kept) :], topic, 0 if kept else reply_to)

    async def edit_inline(self, message_id: str, message: Message) -> None:
        """Make a message that was posted inline read like this, wherever it stands."""
        try:
            await self._call("editMessageText", {"inline_message_id": message_id, **_content(message)})
        except BadRequest as error:
            if _UNCHANGED not in str(error).lower():
                raise

    async def offer(self, query: str, offer: Offer) -> None:
        """Answer an inline query."""
        given: dict[str, Any] = {
            "inline_query_id": query,
            "results": [_article(card) for card in offer.cards],
            "cache_time": 0 if offer.personal else INLINE_CACHED,
            "is_personal": offer.personal,
            "next_offset": offer.following,
        }
        if offer.button:
            given["button"] = {"text": offer.button, "start_parameter": INLINE_START}
        await self._call("answerInlineQuery", given)

    def _at_work(self) -> Entry | None:
        """The update whose answer begins to leave now, if this outbox keeps account of it."""
        entry = at_work.get() if self._inbox is not None else None
        if entry is not None:
            entry.begin_sending()
        return entry

    async def _edit(self, chat: int, message_id: int, message: Message) -> bool:
        """Whether the message reads like this now; False when it is gone."""
        try:
            await self._call(
                "editMessageText", {"chat_id": chat, "message_id": message_id, **_content(message)}
            )
        except BadRequest as error:
            said = str(error).lower()
            if any(words in said for words in _GONE):
                return False
            if _UNCHANGED not in said:
                raise
        return True

    async def _delete(self, chat: int, message_id: int) -> None:
        try:
            await self._call("deleteMessage", {"chat_id": chat, "message_id": message_id})
        except BadRequest:  # already gone, or older than Telegram lets a bot remove: nothing is lost
            return

    async def _call(self, method: str, given: dict[str, Any], patience: float = PATIENCE) -> Any:
        """The method's result. Raises the TelegramError that no further try can mend, or is left at last."""
        end = time.monotonic() + min(patience, self._patience)
        for tries in count():
            try:
                return await self._caller.call(f"{self._url}/{method}", given)
            except ChatMigrated as error:  # the group has another number now; nothing was done under this one
                given = {**given, "chat_id": error.new_chat_id}
                continue
            except TelegramError as error:
                pause = _pause(error, tries)
                if pause is None and isinstance(error, NetworkError) and not isinstance(error, BadRequest):
                    _log.warning("%s: no answer (%s); it may have arrived", method, error)
                if pause is None or time.monotonic() + pause > end:
                    raise
                _log.info("%s: %s; trying again in %.1f s", method, error, pause)
            await self._sleep(pause)
        raise AssertionError  # count() has no end


def _key(place: int, given: dict[str, Any]) -> str:
    """What tells a message of an answer from the others."""
    content = json.dumps(given, sort_keys=True, default=str).encode()
    return f"{place}:{blake2b(content, digest_size=16).hexdigest()}"


def _number(result: Any) -> int:
    """The id of a message sent. NetworkError where the answer does not say it."""
    number = result.get("message_id") if isinstance(result, dict) else None
    if type(number) is not int:
        _log.warning("sendMessage: an answer without the message's id; it may have arrived")
        raise NetworkError("the server's answer holds no message")
    return number


def _pause(error: TelegramError, tries: int) -> float | None:
    """Seconds until it may be tried again; None where that does not help, or may do it twice."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return wait.total_seconds() if isinstance(wait, datetime.timedelta) else float(wait)
    if isinstance(error, NotSent | ServerFault):
        return float(min(FIRST_PAUSE * 2**tries, LONGEST_PAUSE) * random.uniform(0.5, 1))  # noqa: S311
    return None


def _where(topic: int, reply_to: int) -> dict[str, Any]:
    """A topic and the message that is replied to, which may be gone by now."""
    thread = {"message_thread_id": topic} if topic else {}
    reply = {"message_id": reply_to, "allow_sending_without_reply": True}
    return {**thread, "reply_parameters": reply} if reply_to else thread


def _content(message: Message) -> dict[str, Any]:
    """What sendMessage and editMessageText say alike."""
    content: dict[str, Any] = {"text": message.text, "link_preview_options": _NO_PREVIEW}
    if message.entities:
        content["entities"] = [_entity(entity) for entity in message.entities]
    if message.buttons:
        rows = [[_button(button) for button in row] for row in message.buttons]
        content["reply_markup"] = {"inline_keyboard": rows}
    return content


def _article(card: Card) -> dict[str, Any]:
    """A card as an inline result."""
    content = _content(card.message)
    markup = {"reply_markup": content.pop("reply_markup")} if "reply_markup" in content else {}
    posted = {"message_text": content.pop("text"), **content}
    shown = {"title": card.title, "description": card.preview}
    return {"type": "article", "id": card.id, **shown, "input_message_content": posted, **markup}


def _entity(entity: MessageEntity) -> dict[str, Any]:
    plain = {"type": entity.type, "offset": entity.offset, "length": entity.length}
    return {**plain, "url": entity.url} if entity.url else plain


def _button(button: Button) -> dict[str, Any]:
    if button.copy is not None:
        return {"text": button.text, "copy_text": {"text": button.copy}}
    action = {"url": button.url} if button.url is not None else {"callback_data": button.data}
    return {"text": button.text, **action}
