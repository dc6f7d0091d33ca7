"""Where a conversation goes on, and whose it is.

In a private chat that is the chat. In a group it is a topic, and in it a person: what one asks does not
follow up on what another did.
"""

from dataclasses import dataclass

from telegram import Message

__all__ = ["Place", "place_of"]


@dataclass(frozen=True, slots=True)
class Place:
    """``topic`` is the forum topic, 0 for none; ``asker`` the user or the chat that speaks in a group or a
    channel, 0 in a private chat, where nobody else does.
    """

    chat: int
    topic: int = 0
    asker: int = 0


def place_of(message: Message) -> Place:
    """The place of a message of a person's.

    Outside forums a thread is no topic: an answer that names one is refused.
    """
    chat = message.chat
    if chat.type == chat.PRIVATE:
        return Place(chat.id)
    topic = message.message_thread_id if message.is_topic_message else None
    speaker = message.sender_chat or message.from_user
    return Place(chat.id, topic or 0, speaker.id if speaker else 0)
