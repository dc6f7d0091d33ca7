"""What a message brings as a document: its file, or its text, with a name and what is known for the citation.

A caption may say it: lines of ``title: …``, ``source: …``, ``date: …``, ``url: …``; a caption without any is
the title. A forwarded post has the source, date and address of where it first stood.

Nothing is fetched or kept here. A name is only ever shown and compared; it is no path.
"""

import datetime
import mimetypes
import re
import unicodedata
from dataclasses import dataclass, field

from telegram import (
    Document,
    Message,
    MessageOrigin,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
)

from bot.entities import one_line
from index.corpus import merged
from index.model import Metadata

__all__ = ["Piece", "caption_fields", "clean_name", "filed", "posted"]

NAME_LIMIT = 120
"""Characters of a name; the ending stays."""

_KEYS = ("title", "source", "date", "url")
_FIELD = re.compile(rf"\s*({'|'.join(_KEYS)})\s*:\s*(.*\S)\s*", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"]+")
_SHORT_DATE = re.compile(r"\d{4}(-\d{2})?")


@dataclass(frozen=True, slots=True)
class Piece:
    """What becomes a document: a file of Telegram's by its ``file_id``, or ``text``. ``size`` is in bytes.

    ``faults`` are what the caption says and cannot be taken.
    """

    name: str
    metadata: Metadata = field(default_factory=Metadata)
    file_id: str = ""
    size: int | None = None
    text: str = ""
    faults: tuple[str, ...] = ()


def filed(message: Message, said: str = "") -> Piece | None:
    """The file of a message, None where there is none. ``said`` is what an admin says of it, and goes before
    its caption.
    """
    document = message.document
    if document is None or message.animation is not None:
        return None
    if message.forward_origin is None:
        metadata, faults = caption_fields(message.caption or "")
    else:
        metadata, faults = _original(message.forward_origin), ()
    own, wrong = caption_fields(said)
    name = _file_name(document, message.message_id)
    return Piece(name, merged(own, metadata), document.file_id, document.file_size, faults=(*wrong, *faults))


def posted(message: Message, said: str = "") -> Piece | None:
    """The text of a message, None where there is none. ``said`` is what an admin says of it, as a caption."""
    text = message.text or message.caption or ""
    if not text.strip():
        return None
    known = _original(message.forward_origin) if message.forward_origin else _sender(message)
    own, faults = caption_fields(said)
    metadata = merged(own, known)
    name = clean_name(f"{known.source or 'post'} {known.date} {_number(message)}.txt")
    return Piece(name, metadata, text=text, faults=faults)


def caption_fields(caption: str) -> tuple[Metadata, tuple[str, ...]]:
    """What a caption says for the citation, and what of it cannot be taken."""
    lines = [line for line in caption.splitlines() if line.strip()]
    found = [_FIELD.fullmatch(line) for line in lines]
    values: dict[str, str] = {match[1].lower(): one_line(match[2]) for match in found if match}
    rest = [one_line(line) for line, match in zip(lines, found, strict=True) if match is None]
    if rest and "title" not in values:
        values["title"] = rest[0]
    faults = []
    for key, is_fine in (("date", _is_date), ("url", _URL.fullmatch)):
        if key in values and not is_fine(values[key]):
            remedy = "write 2026-01-24" if key == "date" else "write https://…"
            faults.append(f"{key} {values.pop(key)!r:.80} is not taken; {remedy}")
    title, source, date, url = map(values.get, _KEYS)
    return Metadata(title, source, date, url), tuple(faults)


def clean_name(name: str) -> str:
    """A name that can be shown: one line, nothing in it that acts on its surroundings or cannot be seen."""
    seen = "".join(c for c in one_line(name) if unicodedata.category(c) not in {"Cf", "Co", "Cn"})
    seen = " ".join(re.sub(r"[/\\]", " ", seen).split()).strip(". ")
    stem, dot, ending = seen.rpartition(".")
    return (
        f"{stem[: NAME_LIMIT - len(ending)]}{dot}{ending}" if stem and len(ending) < 10 else seen[:NAME_LIMIT]
    )


def _file_name(document: Document, number: int) -> str:
    name = clean_name(document.file_name or "")
    if name:
        return name
    return f"document {number}{mimetypes.guess_extension(document.mime_type or '') or ''}"


def _is_date(written: str) -> bool:
    try:
        if _SHORT_DATE.fullmatch(written):
            written += "-01-01"[len(written) - 4 :]
        datetime.date.fromisoformat(written)
    except ValueError:
        return False
    return True


def _sender(message: Message) -> Metadata:
    user = message.from_user
    date = message.date.date().isoformat()
    return Metadata(source=one_line(user.full_name) or None if user else None, date=date)


def _original(origin: MessageOrigin) -> Metadata:
    """Where a forwarded message first stood."""
    date, source, url = origin.date.date().isoformat(), "", None
    match origin:
        case MessageOriginChannel(chat=chat, message_id=number):
            source = chat.title or ""
            url = f"https://t.me/{chat.username}/{number}" if chat.username else None
        case MessageOriginChat(sender_chat=chat):
            source = chat.title or ""
        case MessageOriginUser(sender_user=user):
            source = user.full_name
        case MessageOriginHiddenUser(sender_user_name=name):
            source = name
    return Metadata(source=one_line(source) or None, date=date, url=url)


def _number(message: Message) -> int:
    origin = message.forward_origin
    return origin.message_id if isinstance(origin, MessageOriginChannel) else message.message_id
