"""A text that grows together with its entities, counted as Telegram counts: in UTF-16 code units.

What a quote shows is the slice of its document, with as many code points. Three things cannot be sent and are
shown one for one: a control character as its picture (NUL as ␀), half a surrogate pair as U+FFFD, and U+2028
and U+2029, which Telegram drops, as a line break. (Telegram itself shows white space such as a tab as a space
and drops ``\\r``, U+202A to U+202E and, of combining marks, U+030A, U+0333 and U+033F; it moves the entities
along: clean_input_string in tdlib's misc.cpp.)

A quote keeps its bidi controls. They end with its line, since a line break ends every embedding, override and
isolate (Unicode's annex 9, rule X8), so each quote is followed by one and needs no marks of ours around it.
Elsewhere, in titles, names and buttons, bidi controls and zero-width characters are taken out.

What the text says, and whether it fits into a message, is not known here.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import takewhile
from typing import Self

from telegram import MessageEntity

from index.model import Span

__all__ = ["LINE_LIMIT", "Text", "cut", "merged", "one_line", "sendable", "units", "visible"]

LINE_LIMIT = 200
"""What a line of ours may take of a message, however long a title or a question is."""

_ACTING = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_PICTURES = {code: 0x2400 + code for code in range(32) if not chr(code).isspace()}
_UNSENDABLE = {
    **_PICTURES,
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
    **dict.fromkeys((0x2028, 0x2029), 0x0A),
}


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def sendable(text: str) -> str:
    """A quote as it can be sent, one code point for one."""
    return text.translate(_UNSENDABLE)


def visible(text: str, limit: int = LINE_LIMIT) -> str:
    """One line of ours: nothing in it acts on the text around, and it takes at most ``limit`` units."""
    line = one_line(text)
    if units(line) <= limit:
        return line
    return line[: cut(line, 0, limit - 1)].rstrip() + "…"


def one_line(text: str) -> str:
    """The text as one line that acts on nothing around it, however long."""
    return " ".join(_ACTING.sub("", _SURROGATES.sub("\ufffd", text)).split())


def _fitting(text: str, start: int, room: int) -> int:
    """The last position in ``text`` that is at most ``room`` units after ``start``."""
    encoded = text[start : start + room].encode("utf-16-le")[: 2 * room]
    return start + len(encoded.decode("utf-16-le", "ignore"))


def cut(text: str, start: int, room: int) -> int:
    """Where to end a part that begins at ``start``: before white space in its second half where there is
    some, else between two characters as a reader counts them, else anywhere.

    Before, not after: Telegram drops white space at the end of a message.
    """
    end = _fitting(text, start, room)
    if end == len(text):
        return end
    late = range(end, (start + end) // 2, -1)
    spaces = (place for place in late if text[place].isspace() and not text[place - 1].isspace())
    whole = (place for place in range(end, start, -1) if not _joined(text, start, place))
    return next(spaces, next(whole, end))


def _joined(text: str, start: int, place: int) -> bool:
    """Whether the characters before and after ``place`` are one to a reader; one begins at ``start``."""
    before, after = text[place - 1], text[place]
    if _flag(after):
        return sum(1 for _ in takewhile(_flag, reversed(text[start:place]))) % 2 == 1
    return (
        before == "\u200d"
        or (before, after) == ("\r", "\n")
        or after in "\u200c\u200d"
        or unicodedata.category(after).startswith("M")
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U000e0020" <= after <= "\U000e007f"
    )


def _flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def merged(spans: Iterable[Span], length: int) -> list[Span]:
    """The spans inside a text, in order and without overlap."""
    merged: list[Span] = []
    for span in sorted(spans):
        start, end = max(span.start, merged[-1].end if merged else 0), min(span.end, length)
        if start < end:
            merged.append(Span(start, end))
    return merged


class Text:
    """Grows at its end; ``units`` is its length so far."""

    def __init__(self) -> None:
        self.units = 0
        self._pieces: list[str] = []
        self._entities: list[tuple[str, int, int, str | None]] = []

    def add(self, text: str, kind: str | None = None, url: str | None = None) -> Self:
        """The text, under an entity of a kind where one is given."""
        length = units(text)
        if kind and length:
            self._entities.append((kind, self.units, length, url))
        self._pieces.append(text)
        self.units += length
        return self

    def line(self, text: str, kind: str | None = None) -> Self:
        """The text on a line of its own; nothing for an empty one."""
        return self.apart().add(text, kind) if text else self

    def apart(self) -> Self:
        """A line break, unless this is the beginning."""
        return self.add("\n") if self.units else self

    def quote(self, text: str, marks: Iterable[Span] = ()) -> Self:
        """A blockquote, a paragraph of its own, with the marks in it bold."""
        self.apart()
        place, start, position = len(self._entities), self.units, 0
        for mark in marks:
            self.add(text[position : mark.start]).add(text[mark.start : mark.end], MessageEntity.BOLD)
            position = mark.end
        self.add(text[position:])
        self._entities.insert(place, (MessageEntity.BLOCKQUOTE, start, self.units - start, None))
        return self

    def extend(self, other: "Text") -> Self:
        """The other text from a new line on."""
        if other.units:
            self.apart()
            self._entities += [
                (kind, self.units + start, length, url) for kind, start, length, url in other._entities
            ]
            self._pieces += other._pieces
            self.units += other.units
        return self

    @property
    def text(self) -> str:
        """All of it so far."""
        return "".join(self._pieces)

    @property
    def entities(self) -> tuple[MessageEntity, ...]:
        """Those of the text so far; an outer one before those inside it."""
        return tuple(
            MessageEntity(kind, start, length, url=url) for kind, start, length, url in self._entities
        )
