"""Text -> blocks: lines, or paragraphs between blank lines where the text is hard-wrapped.

A block is where a paragraph stands, trimmed. Markdown has its own reader here, since its marks belong to
no sentence.

Sentences are not found here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from index.model import Kind

__all__ = ["INVISIBLE", "Block", "blocks", "trim"]

_BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
"""Zero-width characters: white space at the edges of spans."""


@dataclass(frozen=True, slots=True)
class Block:
    """A trimmed paragraph; ``kind`` is ``None`` where its text must tell; a ``whole`` one is not split."""

    start: int
    end: int
    kind: Kind | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A trimmed line; empty when blank. ``left`` is where its indentation begins."""

    left: int
    start: int
    end: int

    @property
    def blank(self) -> bool:
        return self.start == self.end


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave white space and zero-width characters out at both edges."""
    while end > start and (text[end - 1].isspace() or text[end - 1] in INVISIBLE):
        end -= 1
    while start < end and (text[start].isspace() or text[start] in INVISIBLE):
        start += 1
    return start, end


def _lines(text: str, start: int) -> Iterator[Line]:
    left = start
    for match in _BREAK.finditer(text, start):
        yield Line(left, *trim(text, left, match.start()))
        left = match.end()
    yield Line(left, *trim(text, left, len(text)))


def blocks(text: str, start: int, markdown: bool) -> list[Block]:
    """The blocks of ``text[start:]``, in order; none is empty."""
    found = list(_lines(text, start))
    if not markdown:
        return list(_plain(text, found))
    marked = _Markdown(text).blocks(found)
    trimmed = (Block(*trim(text, b.start, b.end), b.kind, b.whole) for b in marked)
    return [b for b in trimmed if b.start < b.end]


# --- plain text

MIN_WIDTH, MAX_WIDTH = 30, 140
"""Widths, in code points, at which people and programs wrap lines."""

FULL, SHORT = 0.88, 0.75
"""With the next line's first word, a full line reaches, a short one lacks, that part of the width."""

_FINAL = re.compile(r"[.!?…:;。！？؟۔।]['\"’”»)\]]*\Z")
_MARK = re.compile(r"(?:[-*•⁃◦▪●‣·–—]|\(?\d{1,3}[.)]+|\(?[a-zа-я]\))\s", re.IGNORECASE)


def _plain(text: str, found: list[Line]) -> Iterator[Block]:
    if not _wrapped(text, found):
        yield from (Block(line.start, line.end) for line in found if not line.blank)
        return
    width = max(line.end - line.left for line in found)
    group: list[Line] = []
    for line in found:
        if group and (line.blank or _breaks(text, group[-1], line, width)):
            yield Block(group[0].start, group[-1].end)
            group = []
        if not line.blank:
            group.append(line)
    if group:
        yield Block(group[0].start, group[-1].end)


def _first_word(text: str, line: Line) -> int:
    """The length of a line's first word, at most 40."""
    return len(text[line.start : min(line.end, line.start + 40)].split(None, 1)[0])


def _wrapped(text: str, found: list[Line]) -> bool:
    """Whether lines end where the width ran out: the next word had no room, and sentences run on."""
    joints = [(a, b) for a, b in pairwise(found) if not a.blank and not b.blank]
    width = max((a.end - a.left for a, _ in joints), default=0)
    if len(joints) < 2 or not MIN_WIDTH <= width <= MAX_WIDTH:
        return False
    full = sum(a.end - a.left + 1 + _first_word(text, b) > width * FULL for a, b in joints)
    run_on = sum(text[b.start].islower() and not _final(text, a) for a, b in joints)
    return full >= 0.7 * len(joints) and run_on >= 0.3 * len(joints)


def _final(text: str, line: Line) -> bool:
    return bool(_FINAL.search(text, max(line.start, line.end - 6), line.end))


def _breaks(text: str, above: Line, below: Line, width: int) -> bool:
    """Whether a paragraph ends between two lines of a wrapped text although no blank line does."""
    if _MARK.match(text, below.start, below.end):
        return True
    if text[below.start].islower():
        return False
    return above.end - above.left + 1 + _first_word(text, below) <= width * SHORT


# --- Markdown

_FENCE = re.compile(r"(`{3,}|~{3,})")
_ATX = re.compile(r"#{1,6}(?:\s+|$)")
_SETEXT = re.compile(r"=+$|-{2,}$")
_RULE = re.compile(r"(?:\*\s*){3,}$|(?:-\s*){3,}$|(?:_\s*){3,}$")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?")
_QUOTE = re.compile(r"(?:>\s?)+")
_TABLE_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$")


class _Markdown:
    """Reads Markdown line by line; ``group`` holds the lines of the paragraph or item not closed yet."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.group: list[Line] = []
        self.item = False
        self.fence = ""

    def blocks(self, found: list[Line]) -> Iterator[Block]:
        for line in found:
            body = self.text[line.start : line.end]
            if self.fence:
                yield from self._code(line, body)
            elif fence := _FENCE.match(body):
                yield from self._close()
                self.fence = fence[1]
            else:
                yield from self._line(self._unquoted(line, body))
        yield from self._close()

    def _code(self, line: Line, body: str) -> Iterator[Block]:
        if body.startswith(self.fence) and not body.strip(self.fence[0]):
            self.fence = ""
        elif body:
            yield Block(line.start, line.end, Kind.LIST, whole=True)

    def _unquoted(self, line: Line, body: str) -> Line:
        """The line without the marks of a block quote."""
        quote = _QUOTE.match(body)
        return Line(line.left, *trim(self.text, line.start + quote.end(), line.end)) if quote else line

    def _line(self, line: Line) -> Iterator[Block]:
        """One line outside of code: it closes the block before it or goes on with it."""
        body = self.text[line.start : line.end]
        if self.group and not self.item and _SETEXT.match(body):
            yield from self._close(Kind.HEADING)
        elif not body or _RULE.match(body):
            yield from self._close()
        elif atx := _ATX.match(body):
            yield from self._close()
            yield from self._heading(line, body, atx.end())
        elif body[0] == "|" or (body[-1] == "|" and body.count("|") > 1):
            yield from self._close()
            if not _TABLE_RULE.match(body):
                yield Block(line.start, line.end, Kind.LIST, whole=True)
        elif mark := _ITEM.match(body):
            yield from self._close()
            self.item = True
            self.group.append(Line(line.left, line.start + mark.end(), line.end))
        else:
            self.group.append(line)

    def _heading(self, line: Line, body: str, begin: int) -> Iterator[Block]:
        """An ATX heading without the marks at either end; nothing where it is empty."""
        bare = body.rstrip("#")
        end = len(bare.rstrip()) if bare[-1:].isspace() else len(body)
        if begin < end:
            yield Block(line.start + begin, line.start + end, Kind.HEADING, whole=True)

    def _close(self, kind: Kind | None = None) -> Iterator[Block]:
        """The open paragraph or item as a block."""
        if self.group:
            whole = kind is Kind.HEADING
            yield Block(
                self.group[0].start, self.group[-1].end, kind or (Kind.LIST if self.item else None), whole
            )
        self.group, self.item = [], False
