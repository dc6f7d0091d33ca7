"""PDF: the text layer, its lines put together to paragraphs, with page beginnings and properties.

pdfium gives the characters in the order of the file, and a hyphen at a line's end as a mark of its own, which
becomes the hyphen that is printed; a word that was divided stays divided. Lines that stand at the top or the
bottom of many pages (running heads, page numbers) are left out, so that a sentence goes on over the page.

Nothing is recognised in pictures: a scan without a text layer is refused.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import pairwise
from statistics import median
from typing import Any, BinaryIO

import pypdfium2
from pypdfium2 import raw

from index.errors import DocumentError
from index.model import Metadata
from index.readers.facts import facts
from index.readers.layout import clean
from index.readers.source import BLANK, MOST_TEXT, Source, refused

__all__ = ["EXTRACTOR", "read"]

EXTRACTOR = f"pdf 1, pypdfium2 {version('pypdfium2')}"

_HYPHEN = "\ufffe"
_FINAL = re.compile(r"[.!?…:;。！？؟۔।]['\"’”»)\]]*\Z")
_BULLET = re.compile(r"[•▪●◦‣⁃■□○]")
_NUMBERED = re.compile(r"\(?(?:\d{1,3}|[a-zа-я])[.)]\s", re.IGNORECASE)
_EDGE = 0.12
"""The part of a page's height, at the top and at the bottom, where its furniture stands."""

_WIDE_GAP, _INDENT, _NEW_SIZE = 1.35, 0.8, 0.1
"""A paragraph ends at a gap of that many usual ones, before an indentation of that many sizes of letters, and
where the letters grow or shrink by that part.
"""

_ILLEGIBLE = re.compile(r"[\ufffd\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text, in points from the page's left and bottom edge. ``last`` is the base line of its end,
    which differs from ``first`` where pdfium joined lines at hyphens. ``size`` is the letters'; ``edge``:
    whether it stands at the top or at the bottom of the page.
    """

    text: str
    left: float
    first: float
    right: float
    last: float
    size: float
    edge: bool


@dataclass(slots=True)
class _Text:
    """The text so far, in parts, and where each page begins."""

    parts: list[str] = field(default_factory=list)
    size: int = 0
    pages: list[int] = field(default_factory=list)

    def add(self, part: str) -> None:
        self.size += len(part)
        if self.size > MOST_TEXT:
            raise refused(f"holds more than {MOST_TEXT // 1_000_000} million letters", "split it")
        self.parts.append(part)


def read(file: BinaryIO) -> Source:
    """The document. Raises DocumentError where it is damaged, encrypted, or has no text layer."""
    document = _opened(file.read())
    pages = [_lines(document, number) for number in range(len(document))]
    furniture = _furniture(pages)
    text = _Text()
    before: _Line | None = None
    empty = 0
    for lines in pages:
        kept = [line for line in lines if not (line.edge and _key(line) in furniture)]
        empty += not kept
        before = _page(text, kept, before)
    whole = "".join(text.parts)
    _legible(whole)
    faults: tuple[DocumentError, ...] = ()
    if empty * 2 > len(pages):
        faults = (refused(f"has no text layer on {empty} of {len(pages)} pages", "run OCR on them"),)
    return Source(whole, _properties(document), 0, False, faults, tuple(text.pages), EXTRACTOR)


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(content)
        if not len(document):
            raise refused("has no page", "save or download it again")
    except pypdfium2.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise refused("is encrypted", "give it without a password") from error
        raise _damaged() from error
    return document


def _damaged() -> DocumentError:
    return refused("is damaged, or no PDF", "save or download it again")


def _legible(text: str) -> None:
    """Refuse what has no letters, or letters that only the fonts of the file know."""
    if not text.strip(BLANK):
        raise refused("no text layer", "run OCR first")
    if len(_ILLEGIBLE.findall(text)) * 3 > len(text):
        raise refused("its text layer cannot be read (its fonts name no letters)", "run OCR first")


def _properties(document: pypdfium2.PdfDocument) -> Metadata:
    found = document.get_metadata_dict(skip_empty=True)
    return facts(found.get("Title"), found.get("Author"), found.get("CreationDate") or found.get("ModDate"))


# --- lines


def _lines(document: pypdfium2.PdfDocument, number: int) -> list[_Line]:
    """A page's lines in the order of the file. Raises DocumentError when the page is damaged."""
    try:
        page = document[number]
        content = page.get_textpage()
        text = content.get_text_range() if content.count_chars() else ""
        found = list(_located(content.raw, text, page.get_height()))
        content.close()
        page.close()
    except pypdfium2.PdfiumError as error:
        raise _damaged() from error
    return found


def _located(page: Any, text: str, height: float) -> Iterator[_Line]:
    """pdfium counts UTF-16 units, and ends a line by ``\\r\\n``."""
    place = 0
    for line in text.split("\r\n"):
        units = len(line) + sum(letter > "\uffff" for letter in line)
        words = clean(line.replace(_HYPHEN, "-")).replace("\n", " ").strip()
        if words:
            bare = place + len(line) - len(line.lstrip())
            last = place + units - 1 - (len(line) - len(line.rstrip()))
            left, first = _origin(page, bare)
            right, base = _origin(page, last)
            edge = not _EDGE * height < first < (1 - _EDGE) * height
            yield _Line(words, left, first, right, base, raw.FPDFText_GetFontSize(page, bare), edge)
        place += units + 2


def _origin(page: Any, place: int) -> tuple[float, float]:
    """Where a character stands, in points; 0 where pdfium does not know."""
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(page, place, x, y)
    return x.value, y.value


def _key(line: _Line) -> str:
    """Equal for lines that differ in their numbers alone."""
    return re.sub(r"\d+", "0", line.text)


def _furniture(pages: list[list[_Line]]) -> set[str]:
    """The lines that stand at the edges of many pages: at least three, and nearly a third of them."""
    seen = Counter(key for lines in pages for key in {_key(line) for line in lines if line.edge})
    return {key for key, count in seen.items() if count >= 3 and count * 10 >= len(pages) * 3}


# --- paragraphs


def _page(text: _Text, lines: list[_Line], before: _Line | None) -> _Line | None:
    """Add a page's lines; returns the last line of the text so far. A sentence may go on over the page."""
    if not lines:
        text.pages.append(text.size)
        return before
    if before is not None:
        goes_on = _goes_on(before, lines[0])
        text.add(_joint(before) if goes_on else "\n\n")
    text.pages.append(text.size)
    text.add(lines[0].text)
    leading = _leading(lines)
    for above, below in pairwise(lines):
        text.add("\n\n" if _breaks(above, below, lines, leading) else _joint(above))
        text.add(below.text)
    return lines[-1]


def _joint(above: _Line) -> str:
    """What stands between two lines of a paragraph: nothing after a hyphen."""
    return "" if above.text.endswith(("-", "\u2010", "\u00ad")) and above.text[-2:-1].isalpha() else " "


def _leading(lines: list[_Line]) -> float:
    """The usual distance of two base lines on a page; 0 where there is none."""
    gaps = [above.last - below.first for above, below in pairwise(lines) if above.last > below.first]
    return median(gaps) if gaps else 0.0


def _goes_on(above: _Line, below: _Line) -> bool:
    """Whether a sentence runs on from one column or page to the next."""
    return not _FINAL.search(above.text) and (below.text[0].islower() or above.text[-1] in ",-")


def _breaks(above: _Line, below: _Line, lines: list[_Line], leading: float) -> bool:
    """Whether a paragraph ends between two lines of a page."""
    gap = above.last - below.first
    if abs(above.size - below.size) > _NEW_SIZE * max(above.size, below.size):
        return True
    if gap < -0.3 * leading or gap > 3 * leading:
        return not _goes_on(above, below)
    if gap > _WIDE_GAP * leading or _BULLET.match(below.text):
        return True
    final = bool(_FINAL.search(above.text))
    if below.text[0].islower() and not final:
        return False
    if final and (_NUMBERED.match(below.text) or below.left > above.left + _INDENT * below.size):
        return True
    return _had_room(above, below, lines)


def _had_room(above: _Line, below: _Line, lines: list[_Line]) -> bool:
    """Whether the next line's first word would have fitted: then the line was ended on purpose."""
    reach = max(line.right for line in lines if abs(line.left - below.left) < 6 * max(below.size, 1.0))
    letter = max((above.right - above.left) / max(len(above.text) - 1, 1), 0.0)
    needed = letter * (len(below.text.split(None, 1)[0]) + 1)
    return above.last == above.first and above.right + needed < reach - 2 * letter
