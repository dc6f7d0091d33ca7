"""A group, forum or channel with the bot in it, and what Telegram lets the bot hear there."""

import re
from typing import Any

from standin.chats import Chat, Message
from standin.text import covered
from standin.world import RefusedError, World

__all__ = ["Group"]

ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
"""Whom Telegram names as the sender where an admin hides behind the group."""


class Group(Chat):
    """``kind`` is that of Telegram: group, supergroup, channel. A forum has topics, by the id of the message
    that began each.

    Who speaks is named each time: a private chat stands for its person. In a channel nobody is.
    """

    def __init__(self, world: World, chat_id: int, title: str, kind: str, *, forum: bool) -> None:
        super().__init__(world, chat_id, title, None)
        self.raw = {"id": chat_id, "type": kind, "title": title, **({"is_forum": True} if forum else {})}
        self.topics: set[int] = set()
        self.members: dict[int, str] = {}
        self.moved_to: int | None = None
        if kind == "channel":
            self.kind = "channel_post"

    def topic(self, name: str) -> int:
        """Begin a forum topic; its id."""
        assert self.raw.get("is_forum")
        number = self.world.message_id()
        self.topics.add(number)
        began = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        raw = {"message_id": number, "from": ANONYMOUS, "chat": self.raw, "date": 1, **began}
        self.messages[number] = Message(self, raw | {"message_thread_id": number}, 0, 0.0)
        return number

    def tell(
        self,
        text: str,
        by: Chat | None = None,
        *,
        topic: int = 0,
        reply_to: Message | int | None = None,
        **fields: Any,
    ) -> int:
        """Have a person, or without one an anonymous admin, say something; the message's id."""
        hidden = {"from": ANONYMOUS, "sender_chat": self.raw}
        speaker: dict[str, Any] = {"from": by.user} if by else hidden
        if self.kind == "channel_post":
            speaker = {"sender_chat": self.raw}
        thread = {"message_thread_id": topic, "is_topic_message": True} if topic else {}
        if topic and reply_to is None:
            reply_to = topic  # as Telegram has it: all of a topic replies to what began it
        return self.say(text, reply_to=reply_to, **speaker, **thread, **fields)

    def heard(self, kind: str, raw: dict[str, Any]) -> None:
        """With privacy mode: commands, mentions of the bot, and replies to it. Channels have no such mode."""
        raw = {
            name: value for name, value in raw.items() if not (self.kind == "channel_post" and name == "from")
        }
        if self.world.flags["can_read_all_group_messages"] or self.kind == "channel_post" or self._meant(raw):
            super().heard(kind, raw)

    def in_thread(self, thread: int | None) -> dict[str, Any]:
        """Messages that name no topic go into the general one."""
        if not thread:
            return {}
        if thread not in self.topics:
            raise RefusedError(400, "message thread not found")
        return {"message_thread_id": thread, "is_topic_message": True}

    def migrate(self) -> "Group":
        """A group becomes a supergroup, with another id, which both are told."""
        new = self.world.group(self.name, kind="supergroup")
        self.moved_to = new.id
        fields = {"date": 1, "from": ANONYMOUS}
        told = {"message_id": self.world.message_id(), "chat": self.raw, "migrate_to_chat_id": new.id}
        self.world.emit("message", fields | told)
        told = {"message_id": self.world.message_id(), "chat": new.raw, "migrate_from_chat_id": self.id}
        self.world.emit("message", fields | told)
        return new

    def _meant(self, raw: dict[str, Any]) -> bool:
        text = str(raw.get("text") or raw.get("caption") or "")
        entities = raw.get("entities") or raw.get("caption_entities") or ()
        mention = f"@{self.world.bot['username']}".lower()
        mentions = (covered(text, each).lower() for each in entities if each["type"] == "mention")
        replied = raw.get("reply_to_message", {}).get("from") == self.world.bot
        return bool(re.match("/", text)) or mention in mentions or replied
