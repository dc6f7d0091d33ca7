"""What a file says of itself -> metadata that a citation can show; what says nothing is left out.

Programs fill in titles ("Microsoft Word - draft3.doc") and authors ("user") that nobody gave. Front matter
and sidecars, which a person wrote, are plain.py's business and are taken at their word.
"""

import datetime
import re

from index.model import Metadata
from index.readers.layout import clean

__all__ = ["facts"]

_DATE = re.compile(r"\s*(?:D:)?(?P<year>\d{4})(?:[-/.]?(?P<month>\d\d)(?:[-/.]?(?P<day>\d\d))?)?")
_LONGEST = 300
_FILE_NAME = re.compile(
    r"microsoft (?:word|powerpoint|excel) - |"
    r".*\.(?:docx?|odt|rtf|pdf|indd|qxd|pptx?|xlsx?|html?|tex|dvi|txt)$",
    re.IGNORECASE,
)
_NOBODY = frozenset({"admin", "administrator", "author", "owner", "python-docx", "root", "unknown", "user"})
_UNTITLED = frozenset({"document", "document1", "untitled", "untitled document", "word document", "unknown"})


def facts(
    title: str | None = None, source: str | None = None, date: str | None = None, url: str | None = None
) -> Metadata:
    """The metadata of what stands in a file's properties, each as it stands there."""
    named, by = _line(title), _line(source)
    if named and (_FILE_NAME.match(named) or named.casefold() in _UNTITLED):
        named = None
    if by and by.casefold() in _NOBODY:
        by = None
    return Metadata(named, by, _day(date), _link(url))


def _line(value: str | None) -> str | None:
    """One line, or None for what is blank or too long for a citation."""
    line = " ".join(clean(value or "").split())
    return line if 0 < len(line) <= _LONGEST else None


def _day(value: str | None) -> str | None:
    """ISO 8601, cut after year or month where the file says no more; None for what is no date."""
    match = _DATE.match(value or "")
    if not match:
        return None
    year, month, day = match["year"], match["month"], match["day"]
    try:
        datetime.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join(part for part in (year, month, day) if part)


def _link(value: str | None) -> str | None:
    address = (value or "").strip()
    return address if len(address) <= 2000 and re.fullmatch(r"https?://[^\s<>\"]+", address) else None
