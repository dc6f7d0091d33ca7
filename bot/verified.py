"""A verification as Telegram is sent it: in as few messages as hold it.

The source's words stand in a blockquote, nothing of ours among them; bold is what the source has and the text
lacks, and the line below strikes what the text has and the source lacks.

What is said is findings.py's business, what a message may hold render.py's.
"""

from collections.abc import Iterator, Sequence

from telegram import MessageEntity

from bot.entities import Text, units, visible
from bot.findings import Block, Note, blocks, remark
from bot.render import ENTITY_LIMIT, TEXT_LIMIT, Message, Renderer, plain
from index.verdicts import Verification

__all__ = ["verified"]

LOOK_LIMIT = 40
"""UTF-16 units of one side of a difference; with the other limits a quote has a fifth of a message."""

QUIET_LIMIT = 80
"""The same of the beginning of a quote that tells it from the others."""

PLAIN_LIMIT = 150
MARKS = 40
"""Differences marked in a blockquote: with those listed below, a message has fewer than 100 entities."""

APART = "\n\n"

_STYLES = {"bold": MessageEntity.BOLD, "struck": MessageEntity.STRIKETHROUGH, "quiet": MessageEntity.ITALIC}
_LIMITS = {"bold": LOOK_LIMIT, "struck": LOOK_LIMIT, "quiet": QUIET_LIMIT}


def verified(found: Verification, renderer: Renderer) -> tuple[Message, ...]:
    """The messages of a verification."""
    shown = [message for block in blocks(found) for message in _block(block, renderer)]
    said = remark(found)
    return tuple(_packed([*shown, plain(said)] if said else shown))


def _block(block: Block, renderer: Renderer) -> tuple[Message, ...]:
    head, foot = _lines(block.head, PLAIN_LIMIT), _lines(block.foot, LOOK_LIMIT)
    if block.source is None:
        text = head.extend(foot)
        return (Message(text.text, text.entities),)
    return renderer.sourced(block.source, block.marks[:MARKS], head, foot)


def _lines(notes: Sequence[Note], bold: int) -> Text:
    """The notes as lines, nothing in them acting on the text around; ``bold`` limits what is bold."""
    text = Text()
    for note in notes:
        text.apart()
        for look in note:
            limit = bold if look.style == "bold" else _LIMITS.get(look.style, PLAIN_LIMIT)
            inner = visible(look.text, limit)
            before, after = (" " if look.text[at:][:1] == " " else "" for at in (0, -1))
            text.add(before).add(inner, _STYLES.get(look.style)).add(after)
    return text


def _packed(messages: Sequence[Message]) -> Iterator[Message]:
    """As many messages in one as fit, in order; only one that stands alone keeps its buttons."""
    held: Message | None = None
    for message in messages:
        joined = _joined(held, message) if held is not None else message
        if held is not None and (units(joined.text) > TEXT_LIMIT or len(joined.entities) > ENTITY_LIMIT):
            yield held
            joined = message
        held = joined
    if held is not None:
        yield held


def _joined(one: Message, other: Message) -> Message:
    start = units(one.text + APART)
    moved = (
        MessageEntity(each.type, each.offset + start, each.length, url=each.url) for each in other.entities
    )
    return Message(one.text + APART + other.text, (*one.entities, *moved))
