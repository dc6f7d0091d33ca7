"""Headings, paragraphs, items and rows -> the text that is stored, one blank line between blocks.

Where there are headings, items or rows, the text is Markdown, so that the splitter knows them for what they
are; not where a paragraph's own words would be taken for marks of Markdown. No word is altered: white space
at the edges and characters that nobody can see or print are all that goes.

Where a document's blocks begin and end is its reader's business.
"""

import re

from index.readers.source import BLANK, MOST_TEXT, refused

__all__ = ["Layout", "clean"]

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MISTAKEN = re.compile(r"^[ \t]*(?:#{1,6}(?:\s|$)|`{3}|~{3}|=+[ \t]*$|-{2,}[ \t]*$|\|)", re.MULTILINE)
"""What Markdown would take for a heading, a fence or a table."""


def clean(text: str) -> str:
    """The text without characters that are no text: controls, halves of a code point, non-characters."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class Layout:
    """Takes a document's blocks in order. Raises DocumentError when they grow past ``MOST_TEXT``."""

    def __init__(self) -> None:
        self._blocks: list[tuple[str, str]] = []
        self._size = 0
        self._marked = False
        self._mistaken = False

    def heading(self, text: str, level: int) -> None:
        """A heading of level 1 to 6, on one line."""
        self._add("#" * min(max(level, 1), 6) + " ", " ".join(clean(text).split()))

    def paragraph(self, text: str) -> None:
        """A paragraph; a line break inside it ends no sentence."""
        self._add("", _lines(text))

    def item(self, text: str) -> None:
        """An item of a list."""
        self._add("- ", _lines(text))

    def row(self, cells: list[str]) -> None:
        """A row of a table, on one line."""
        filled = [" ".join(clean(cell).split()) for cell in cells]
        if any(filled):
            self._add("| ", " | ".join(filled))

    def _add(self, mark: str, text: str) -> None:
        if not text.strip(BLANK):
            return
        self._size += len(text) + len(mark) + 2
        if self._size > MOST_TEXT:
            raise refused(f"holds more than {MOST_TEXT // 1_000_000} million letters", "split it")
        self._marked = self._marked or mark != ""
        self._mistaken = self._mistaken or (mark in ("", "- ") and bool(_MISTAKEN.search(text)))
        self._blocks.append((mark, text))

    @property
    def markdown(self) -> bool:
        """Whether ``text`` is to be read as Markdown."""
        return self._marked and not self._mistaken

    @property
    def text(self) -> str:
        """All blocks. A row ends with a bar in Markdown."""
        if not self.markdown:
            return "".join(text + "\n\n" for _, text in self._blocks)
        return "".join(mark + text + (" |" if mark == "| " else "") + "\n\n" for mark, text in self._blocks)


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in clean(text).split("\n") if line.strip(BLANK))
