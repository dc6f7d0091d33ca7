"""Who is an admin: a person whose number is in QUOTH_ADMINS, in the private chat with the bot. The only gate.

A name counts for nothing, since it can be given up and taken by another; nor does a chat, a channel or a bot
that speaks for somebody (GroupAnonymousBot stands for anonymous admins of groups). An edited message counts
for nothing: what is done was done when it was first sent.

What an admin may do is in handlers/.
"""

from telegram import CallbackQuery, Chat, Message, Update
from telegram.ext import filters

__all__ = ["Gate"]


class Gate:
    """Lets these numbers through."""

    def __init__(self, admins: frozenset[int]) -> None:
        self.admins = admins
        self.messages = _ByAdmin(self)

    def writer(self, update: Update) -> int | None:
        """The admin who sent a new message in their private chat, or None.

        ``update.message`` is no edited message, no channel post, and none of a business account or a guest.
        """
        message = update.message
        return None if message is None else self._writer(message)

    def presser(self, query: CallbackQuery) -> int | None:
        """The admin who pressed a button in their private chat, or None."""
        if query.message is None:
            return None
        return self._in_private(query.from_user.id, query.message.chat)

    def _writer(self, message: Message) -> int | None:
        user = message.from_user
        if user is None or user.is_bot or message.sender_chat or message.via_bot:
            return None
        return self._in_private(user.id, message.chat)

    def _in_private(self, user: int, chat: Chat) -> int | None:
        own = chat.type == Chat.PRIVATE and chat.id == user
        return user if own and user in self.admins else None


class _ByAdmin(filters.UpdateFilter):
    """The gate as python-telegram-bot's handlers ask it."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(name="by an admin")
        self._gate = gate

    def filter(self, update: Update) -> bool:
        return self._gate.writer(update) is not None
