"""OpenDocument text: headings, paragraphs, lists and tables, with the document's own metadata.

Deleted text that a document keeps, comments, and the marks of notes are not read; a note stands behind its
paragraph. See OASIS OpenDocument 1.3, parts 2 and 3.
"""

import re
from importlib.metadata import version
from typing import Any, BinaryIO

from index.model import Metadata
from index.readers.facts import facts
from index.readers.layout import Layout
from index.readers.package import Package
from index.readers.source import BLANK, Source, refused

__all__ = ["EXTRACTOR", "read"]

EXTRACTOR = f"odt 1, lxml {version('lxml')}"

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"

_NOT_READ = frozenset(
    {
        _TEXT + "tracked-changes",
        _TEXT + "note",
        _TEXT + "note-citation",
        _OFFICE + "annotation",
        _OFFICE + "forms",
        _TEXT + "sequence-decls",
        _TEXT + "ruby-text",
        _TEXT + "table-of-content",
    }
)
_MOST_SPACES = 100
_SPACES = re.compile(r"[ \t\r\n]+")


def read(file: BinaryIO) -> Source:
    """The document. Raises DocumentError where it is damaged, encrypted, or holds no text."""
    package = Package(file)
    names = set(package.names)
    if "META-INF/manifest.xml" in names:
        manifest = package.xml("META-INF/manifest.xml")
        if next(manifest.iter(_MANIFEST + "encryption-data"), None) is not None:
            raise refused("is encrypted", "give it without a password")
    body = package.xml("content.xml").find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise refused("is damaged, or no text document", "save it again as .odt")
    layout = Layout()
    _blocks(body, layout)
    if not layout.text.strip(BLANK):
        raise refused("holds no text", "fill it or remove it")
    metadata = _metadata(package) if "meta.xml" in names else Metadata()
    return Source(layout.text, metadata, 0, layout.markdown, (), (), EXTRACTOR)


def _blocks(body: Any, layout: Layout) -> None:
    """Every block in order. ``waiting`` holds what is still to be read, the next last, with whether it lies
    in a list.
    """
    waiting = [(body, False)]
    while waiting:
        element, listed = waiting.pop()
        if element.tag == _TEXT + "h":
            level = element.get(_TEXT + "outline-level") or "1"
            layout.heading(_words(element), int(level) if level.isascii() and level.isdigit() else 1)
        elif element.tag == _TEXT + "p":
            (layout.item if listed else layout.paragraph)(_words(element))
        elif element.tag == _TABLE + "table-row":
            _row(element, layout)
            continue
        elif element.tag not in _NOT_READ:
            waiting.extend((child, listed or element.tag == _TEXT + "list") for child in reversed(element))
            continue
        for note in element.iter(_TEXT + "note-body"):
            waiting.extend((child, False) for child in reversed(note))


def _row(row: Any, layout: Layout) -> None:
    cells = [
        "\n".join(_words(block) for block in cell.iter(_TEXT + "p", _TEXT + "h"))
        for cell in row.iterchildren(_TABLE + "table-cell")
    ]
    if len(cells) == 1:
        layout.paragraph(cells[0])
    else:
        layout.row(cells)


def _words(block: Any) -> str:
    """The text of a paragraph as it is shown. White space in the file is one space: 6.1.2 there."""
    parts: list[str] = [_plain(block.text)]
    waiting = [(child, False) for child in reversed(block)]
    while waiting:
        element, closed = waiting.pop()
        if not closed and isinstance(element.tag, str) and element.tag not in _NOT_READ:
            parts.append(_mark(element) + _plain(element.text))
            waiting.append((element, True))
            waiting.extend((child, False) for child in reversed(element))
        else:
            parts.append(_plain(element.tail))
    return "".join(parts)


def _mark(element: Any) -> str:
    if element.tag == _TEXT + "s":
        count = element.get(_TEXT + "c") or "1"
        return " " * min(int(count) if count.isascii() and count.isdigit() else 1, _MOST_SPACES)
    return {_TEXT + "tab": "\t", _TEXT + "line-break": "\n"}.get(element.tag, "")


def _plain(text: str | None) -> str:
    return _SPACES.sub(" ", text or "")


def _metadata(package: Package) -> Metadata:
    found = {element.tag: element.text for element in package.xml("meta.xml").iter() if element.text}
    return facts(
        found.get(_DC + "title"),
        found.get(_META + "initial-creator") or found.get(_DC + "creator"),
        found.get(_META + "creation-date") or found.get(_DC + "date"),
    )
