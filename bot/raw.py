"""An update as received: its JSON, its id, and whose it is. What else it holds is not looked at.

How updates are received, and what becomes of them, is not known here; nor is Telegram's library.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["LARGEST_ID", "Raw", "decoded", "is_id", "number_of"]

LARGEST_ID = 2**52
"""Ids of chats and users have at most 52 significant bits, https://core.telegram.org/bots/api#chat."""

EXPIRING = frozenset({"inline_query", "pre_checkout_query", "shipping_query"})
"""Kinds that Telegram takes an answer to for ten seconds: nobody waits for one after a restart."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An update as received: ``text`` is its JSON, ``value`` what that says, or the error of reading it.

    ``number`` is its update_id, None where it has none that can be.
    """

    number: int | None
    text: str
    value: Any

    @property
    def lasting(self) -> bool:
        """Whether it is still worth an answer after a restart."""
        return self.number is not None and not (isinstance(self.value, dict) and EXPIRING & self.value.keys())

    @property
    def lane(self) -> int | None:
        """The id of the chat, else of the user, whose updates stay in order; expiring ones wait for none."""
        bodies = self.value.values() if isinstance(self.value, dict) and self.lasting else ()
        return next(filter(None, map(_whose, (body for body in bodies if isinstance(body, dict)))), None)


def decoded(text: str) -> Raw:
    """An update from its JSON, whatever that is."""
    value: Any
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        value = error
    return Raw(number_of(value), text, value)


def number_of(value: Any) -> int | None:
    """The update's id, if it has one that can be an offset: those have 32 bits."""
    number = value.get("update_id") if isinstance(value, dict) else None
    return number if type(number) is int and 0 <= number < 2**31 - 1 else None


def is_id(value: object, end: int = LARGEST_ID) -> bool:
    """Whether a value can be an id of at most ``end`` in either direction."""
    return type(value) is int and -end < value < end


def _whose(body: dict[str, Any]) -> int | None:
    """The id of the chat, else of the user, of what an update holds, such as a Message or a CallbackQuery."""
    message = body.get("message")
    inner = message.get("chat") if isinstance(message, dict) else None
    return _id_in((body.get("chat"), inner, body.get("from"), body.get("user"), body.get("voter_chat")))


def _id_in(values: Iterable[Any]) -> int | None:
    ids = (value.get("id") for value in values if isinstance(value, dict))
    return next((number for number in ids if is_id(number)), None)
