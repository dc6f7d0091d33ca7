"""Sends and edits rendered messages; the only place that calls Telegram's sending methods.

An edit of several parts reuses the messages that are there, sends what is more and removes what is too many.
That a message is already as wanted is no error, nor that it is gone.

What is in a message is render.py's business.
"""

import logging
from collections.abc import Sequence

from telegram import (
    Bot,
    CallbackQuery,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError

from bot.buttons import Button
from bot.render import Message

__all__ = ["Outbox"]

_log = logging.getLogger(__name__)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_UNCHANGED = "not modified"
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")


class Outbox:
    """Sends through one bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, chat: int, messages: Sequence[Message], reply_to: int | None = None) -> list[int]:
        """Send the messages in order, the first as a reply; return their ids."""
        sent = []
        for place, message in enumerate(messages):
            reply = (
                ReplyParameters(reply_to, allow_sending_without_reply=True)
                if reply_to and not place
                else None
            )
            result = await self._bot.send_message(
                chat,
                message.text,
                entities=message.entities,
                reply_markup=_keyboard(message),
                reply_parameters=reply,
                link_preview_options=_NO_PREVIEW,
            )
            sent.append(result.message_id)
        return sent

    async def act(self, chat: int, action: ChatAction) -> None:
        """Show for five seconds what the bot is doing; that it cannot be shown costs nothing."""
        try:
            await self._bot.send_chat_action(chat, action)
        except TelegramError as error:
            _log.info("no %s shown: %s", action, error)

    async def acknowledge(self, query: CallbackQuery, said: str | None = None) -> None:
        """End a press's progress circle, with a word or none; after some seconds Telegram takes no answer
        any more.
        """
        try:
            await query.answer(said)
        except TelegramError as error:
            _log.info("a press was not acknowledged: %s", error)

    async def edit(
        self, chat: int, shown: Sequence[int], messages: Sequence[Message], *, keep_last: bool = False
    ) -> list[int]:
        """Make the messages ``shown`` read like ``messages``; return the ids that show them now.

        Where there are too many, the first ones stay, or with ``keep_last`` the last.
        """
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
        return kept + await self.send(chat, messages[len(kept) :])

    async def _edit(self, chat: int, message_id: int, message: Message) -> bool:
        """Whether the message reads like this now; False when it is gone."""
        try:
            await self._bot.edit_message_text(
                message.text,
                chat,
                message_id,
                entities=message.entities,
                reply_markup=_keyboard(message),
                link_preview_options=_NO_PREVIEW,
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
            await self._bot.delete_message(chat, message_id)
        except BadRequest:  # already gone, or older than Telegram lets a bot remove: nothing is lost
            return


def _keyboard(message: Message) -> InlineKeyboardMarkup | None:
    if not message.buttons:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in message.buttons])


def _button(button: Button) -> InlineKeyboardButton:
    copied = CopyTextButton(button.copy) if button.copy is not None else None
    return InlineKeyboardButton(button.text, callback_data=button.data, url=button.url, copy_text=copied)
