"""From the JSON of an update, as received, to an update that can be worked on.

How updates are received, and what becomes of them, is not known here.
"""

from telegram import Bot, Update

from bot.raw import LARGEST_ID, Raw, is_id

__all__ = ["parsed"]


def parsed(raw: Raw, bot: Bot) -> Update:
    """The update. Raises in a zoo of ways: half of all mutations do.

    ValueError where what an answer is addressed by is of another type than Telegram sends:
    python-telegram-bot takes every value as it comes, and an answer to a chat that is a text would go to
    whoever has that name.
    """
    if isinstance(raw.value, Exception):
        raise raw.value
    if raw.number is None:
        raise ValueError("no update_id")
    update = Update.de_json(raw.value, bot)
    query, message = update.callback_query, update.effective_message
    for what, who in (("chat", update.effective_chat), ("user", update.effective_user)):
        if who is not None and not is_id(who.id, LARGEST_ID):
            raise ValueError(f"the {what}'s id is {_shortly(who.id)}")
    if message is not None and getattr(message, "chat", None) is None:
        raise ValueError("the message is of no chat")
    if message is not None and not is_id(message.message_id, 2**31):
        raise ValueError(f"the message's id is {_shortly(message.message_id)}")
    texts = {"text": message.text} if message is not None else {}
    texts |= {"id of the press": query.id, "data": query.data} if query is not None else {}
    for what, text in texts.items():
        if text is not None and not isinstance(text, str):
            raise ValueError(f"the {what} is {_shortly(text)}")
    return update


def _shortly(value: object) -> str:
    return f"a {type(value).__name__} {value!r:.40}"
