"""What a reader gives: a document's text with what its file says of it.

Nothing is read here.
"""

from dataclasses import dataclass

from index.errors import DocumentError
from index.model import Metadata

__all__ = ["BLANK", "MOST_BYTES", "MOST_TEXT", "NamedSource", "Source", "refused"]

BLANK = "\ufeff\u200b\u2060 \t\r\n\f\v"
"""A text of nothing but these holds no text."""

MOST_BYTES = 64_000_000
"""Bytes of the largest file that is read."""

MOST_TEXT = 16_000_000
"""Code points of the longest text that is taken out of a file."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file as read. ``body`` is the code point of ``text`` where the front matter ends.

    ``faults`` are what we could not take or what a person should know; they cost nothing but themselves.
    ``pages[n]`` is the code point of ``text`` where page ``n + 1`` begins; empty for what has no pages.
    ``extractor`` names what made the text, with its version: it makes the same text of the same bytes again.
    """

    text: str
    metadata: Metadata
    body: int = 0
    markdown: bool = False
    faults: tuple[DocumentError, ...] = ()
    pages: tuple[int, ...] = ()
    extractor: str = "plain 1"

    @property
    def words(self) -> int:
        """How many words the text holds, as white space divides it."""
        return len(self.text[self.body :].split())


@dataclass(frozen=True, slots=True)
class NamedSource:
    """A document of a file or of an archive. ``name`` is the file's, or the entry's path, for display only.

    ``source`` is why it could not be read, where it could not. ``content`` are the bytes of an archive's
    entry, None where there are none; ``ending`` is that of its format, "" where it has none.
    """

    name: str
    source: Source | DocumentError
    content: bytes | None = None
    ending: str = ""


def refused(fault: str, remedy: str) -> DocumentError:
    """The error of a reader, which does not know the file's name; whoever asked it gives the place."""
    return DocumentError("this file", fault, remedy)
