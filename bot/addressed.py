"""Whether a message in a group or a channel speaks to the bot, and what it asks.

It does where it mentions the bot, replies to one of its messages, or begins with ``/ask`` or ``/verify``; all
else is others' talk. Whether Telegram delivers that, which hangs on the privacy mode, makes no difference.

Nothing is answered here.
"""

import re

from telegram import Message, MessageEntity, User

__all__ = ["VERIFY", "addressed", "replied_to"]

VERIFY = "/verify"
"""What begins a message that holds a quote against the sources."""

_JOINING = " \t\n,:;–—-"
_BEGINNING = re.compile(r"(?:[\s,:;–—]|-+(?=[\s,:;–—]|\Z))+")
"""What only joined the name to what is asked; the hyphen of "-word" leaves sentences out."""

_LEFT_OVER = re.compile(r"[,:;–—-]?\s+(?=[?!.,;:])")
_COMMAND = re.compile(r"/(\w+)(?:@(\w+))?")


def addressed(message: Message, bot: User) -> str | None:
    """What is asked of the bot, without its name and the command; None where it is not spoken to.

    "" where it is named and asked nothing. Forwarded messages, and those of bots, speak to nobody; an
    anonymous admin and a channel do, though Telegram names a bot of its own as their sender.
    """
    text = message.text or message.caption
    if not text or message.forward_origin is not None or _by_bot(message):
        return None
    units = text.encode("utf-16-le", "surrogatepass")
    entities = message.entities or message.caption_entities
    command = next((each for each in entities if _is_command(each)), None)
    if command is not None:
        return _after_command(units, command, bot)
    named = [each for each in entities if _names(each, units, bot)]
    if named:
        return _without(units, named)
    return text.strip() if _replies(message, bot) else None


def replied_to(message: Message) -> Message | None:
    """The message that a person chose to reply to; in a topic all messages reply to the one that began it."""
    target = message.reply_to_message
    if target is None or (message.is_topic_message and target.message_id == message.message_thread_id):
        return None
    return target


def _by_bot(message: Message) -> bool:
    user = message.from_user
    return message.via_bot is not None or (user is not None and user.is_bot and message.sender_chat is None)


def _is_command(entity: MessageEntity) -> bool:
    return entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0


def _after_command(units: bytes, command: MessageEntity, bot: User) -> str | None:
    """What is asked with ``/ask``; ``/verify`` and what stands after it, unchanged; ``/help`` and ``/start``
    where they name this bot.
    """
    found = _COMMAND.fullmatch(_covered(units, command))
    if found is None:
        return None
    name, whose = found[1].lower(), (found[2] or "").lower()
    if whose and whose != (bot.username or "").lower():
        return None
    if name == "ask":
        return _without(units, [command])
    if name == VERIFY[1:]:
        claim = units[2 * (command.offset + command.length) :].decode("utf-16-le", "replace")
        return f"{VERIFY} {claim.strip()}".strip()  # as it is: a sign before a number is part of a quote
    return f"/{name}" if whose else None


def _names(entity: MessageEntity, units: bytes, bot: User) -> bool:
    """Whether a mention is the bot's: by its name, or, where an app writes it so, by its number."""
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == bot.id
    mention = _covered(units, entity).lower() if entity.type == MessageEntity.MENTION else ""
    return bool(bot.username) and mention == f"@{bot.username}".lower()


def _replies(message: Message, bot: User) -> bool:
    target = replied_to(message)
    return target is not None and target.from_user is not None and target.from_user.id == bot.id


def _covered(units: bytes, entity: MessageEntity) -> str:
    return units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le", "replace")


def _without(units: bytes, entities: list[MessageEntity]) -> str:
    """The text with a space in place of each entity, and nothing of it that only joined them to the rest."""
    kept, end = [], 0
    for entity in sorted(entities, key=lambda each: each.offset):
        kept.append(units[2 * end : 2 * entity.offset])
        end = max(end, entity.offset + entity.length)
    kept.append(units[2 * end :])
    parts = [part.decode("utf-16-le", "replace").strip() for part in kept]
    rest = _LEFT_OVER.sub("", " ".join(filter(None, parts))).rstrip(_JOINING)
    joining = _BEGINNING.match(rest)
    return rest[joining.end() :] if joining else rest
