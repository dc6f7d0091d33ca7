"""Which format a file has: by its first bytes before its ending, since people rename files.

A zip is a document of Word, LibreOffice or a book, or an archive: package.py looks inside. Nothing is read
here but the bytes that are handed over.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from index.errors import DocumentError
from index.readers.source import refused

__all__ = ["ARCHIVE", "ENDINGS", "HEAD", "Format", "Recognised", "kind", "mismatch", "recognise"]

HEAD = 4096
"""Bytes of a file's beginning that tell what it is."""


class Format(StrEnum):
    """The formats that are read; the value is the ending that a file of it should have."""

    PLAIN = ".txt"
    HTML = ".html"
    PDF = ".pdf"
    DOCX = ".docx"
    ODT = ".odt"
    EPUB = ".epub"
    ZIP = ".zip"


_NAMES = {
    Format.PLAIN: "plain text",
    Format.HTML: "an HTML page",
    Format.PDF: "a PDF",
    Format.DOCX: "a Word document",
    Format.ODT: "an OpenDocument text",
    Format.EPUB: "an EPUB book",
    Format.ZIP: "a zip archive",
}
_ARTICLE = re.compile(r"^an? ")
ENDINGS = {
    ".txt": Format.PLAIN,
    ".md": Format.PLAIN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".pdf": Format.PDF,
    ".docx": Format.DOCX,
    ".odt": Format.ODT,
    ".epub": Format.EPUB,
}
"""Endings of the files that are documents, in lower case."""

ARCHIVE = ".zip"
"""The ending of a file that holds several documents."""

_PACKAGES = frozenset({Format.DOCX, Format.ODT, Format.EPUB, Format.ZIP})
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?[^>]{0,200}>|<!--.{0,2000}?-->)*<(?:!doctype\s+html|html)[\s>]", re.I | re.S
)
_STRANGERS = (
    # first bytes, what has them, remedy
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old Office file or encrypted", "save it as .docx, unlocked"),
    (b"{\\rtf", "is in a format not known here (RTF)", "save it as .docx or .pdf"),
    (b"\x1f\x8b", "is in a format not known here (gzip)", "unpack it, or pack it as .zip"),
    (b"7z\xbc\xaf\x27\x1c", "is in a format not known here (7z)", "unpack it, or pack it as .zip"),
    (b"Rar!\x1a\x07", "is in a format not known here (RAR)", "unpack it, or pack it as .zip"),
    (b"\x89PNG\r\n", "is a picture, not a document", "run OCR and give the text"),
    (b"\xff\xd8\xff", "is a picture, not a document", "run OCR and give the text"),
    (b"GIF8", "is a picture, not a document", "run OCR and give the text"),
    (b"II*\x00", "is a picture, not a document", "run OCR and give the text"),
    (b"MM\x00*", "is a picture, not a document", "run OCR and give the text"),
    (b"AT&TFORM", "is in a format not known here (DjVu)", "save it as .pdf with a text layer"),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What to read a file as. A ``package`` is a zip of which only the inside tells more."""

    format: Format
    package: bool = False


def recognise(ending: str, head: bytes) -> Recognised:
    """What a file of this ending that begins with ``head`` is; one without an ending may be plain text.

    Raises DocumentError for what is not read.
    """
    expected = _expected(ending)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Recognised(expected if expected in _PACKAGES else Format.ZIP, package=True)
    if head.startswith(b"%PDF-") or (expected is Format.PDF and b"%PDF-" in head[:1024]):
        return Recognised(Format.PDF)
    if expected is Format.PLAIN and not head.startswith(b"{\\rtf"):
        return Recognised(Format.PLAIN)
    for magic, fault, remedy in _STRANGERS:
        if head.startswith(magic):
            raise refused(fault, remedy)
    if expected is Format.HTML or _HTML.match(head):
        return Recognised(Format.HTML)
    if not ending and head and b"\0" not in head:
        return Recognised(Format.PLAIN)
    raise _unknown(expected, head)


def kind(ending: str) -> str:
    """What a file of this ending (lower case, with its dot) is called, without an article; the ending itself
    where no format has it.
    """
    if ending == ".md":
        return "Markdown"
    expected = _expected(ending)
    return ending if expected is None else _ARTICLE.sub("", _NAMES[expected])


def _expected(ending: str) -> Format | None:
    return Format.ZIP if ending == ARCHIVE else ENDINGS.get(ending)


def _unknown(expected: Format | None, head: bytes) -> DocumentError:
    if not head:
        return refused("holds no text", "fill it or remove it")
    if expected:
        return refused(f"is damaged, or not {_NAMES[expected]}", "save or download it again")
    if b"\0" in head:
        return refused("is not a document but a binary file", "give it as text or PDF")
    known = ", ".join(ENDINGS)
    return refused("is in a format not known here", f"give a file of one of these: {known}, {ARCHIVE}")


def mismatch(ending: str, found: Format) -> tuple[DocumentError, ...]:
    """What is to be said where the content is not what the ending says."""
    if _expected(ending) is found:
        return ()
    fault = f"is {_NAMES[found]} by its content and was read as one"
    return (refused(fault, f"rename it to end in {found}"),)
