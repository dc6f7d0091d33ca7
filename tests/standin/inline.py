"""Inline mode: what a person types after the bot's name, what they are offered, and what they post of it."""

import time
from dataclasses import dataclass, field
from typing import Any

from standin.chats import PATIENCE, Chat, Message
from standin.world import Call, World

__all__ = ["Inlined", "Typed", "posted", "typed"]


@dataclass(slots=True, eq=False)
class Typed:
    """An inline query and, once there is one, the bot's answer to it."""

    id: str
    by: Chat
    time: float
    answer: Call | None = None

    @property
    def results(self) -> list[dict[str, Any]]:
        """What is offered."""
        assert self.answer is not None
        return list(self.answer.parameters["results"])


@dataclass(slots=True, eq=False)
class Inlined:
    """A message that was posted inline; the bot knows no more of it than its id."""

    id: str
    by: Chat
    shown: Message = field(init=False)


def typed(by: Chat, text: str, offset: str = "", *, timeout: float | None = PATIENCE) -> Typed:
    """Have somebody type, and wait for the answer unless ``timeout`` is None."""
    world = by.world
    with world.lock:
        query = Typed(str(4_711_686_018_427_387_904 + world.number()), by, time.monotonic())
        world.typed[query.id] = query
        world.emit("inline_query", {"id": query.id, "from": by.user, "query": text, "offset": offset})
    if timeout is not None:
        by.wait_for(lambda: query.answer, timeout, f"typed {text!r} and got no list")
    return query


def posted(query: Typed, place: int = 0) -> Inlined:
    """Choose one of the results: it is posted somewhere. The bot is told, as with feedback switched on."""
    world: World = query.by.world
    with world.lock:
        result = query.results[place]
        inlined = Inlined(f"inline-{world.number()}", query.by)
        content = result["input_message_content"]
        raw = {
            "message_id": 0,
            "date": int(time.time()),
            "chat": query.by.raw,
            "text": content["message_text"],
        }
        raw |= {name: content[name] for name in ("entities",) if name in content}
        raw |= {name: result[name] for name in ("reply_markup",) if name in result}
        inlined.shown = Message(query.by, raw, 0, time.monotonic())
        world.inlined[inlined.id] = inlined
        chosen = {
            "result_id": result["id"],
            "from": query.by.user,
            "query": "",
            "inline_message_id": inlined.id,
        }
        world.emit("chosen_inline_result", chosen)
        return inlined


def pressed(inlined: Inlined, label: str, *, timeout: float = PATIENCE) -> Call:
    """Press a button below it, and wait until the bot has answered that."""
    world = inlined.by.world
    with world.lock:
        button = inlined.shown.button(label)
        query_id = world.pressed(inlined.by)
        press = {"id": query_id, "from": inlined.by.user, "inline_message_id": inlined.id}
        world.emit("callback_query", press | {"chat_instance": "1", "data": button["callback_data"]})
    return inlined.by.wait_answered(query_id, timeout=timeout)
