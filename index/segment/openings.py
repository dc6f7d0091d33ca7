"""How a block begins: dateline, byline, list marks.

All of them are shapes, not lists of places or agencies: a city in capitals, a date, a source in brackets, a
dash. No more than the first 160 code points are looked at, except for the marks of a list inside a line.

Sentence ends are not found here.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from index.segment.candidate import REACH
from index.segment.tables import MONTH_NAMES

__all__ = ["byline", "dateline", "items", "listed"]

_UPPER = r"[^\W\d_a-zа-яёà-öø-ÿ]"
_CITY = rf"{_UPPER}(?:{_UPPER}|[.'’-])*{_UPPER}\.?"  # two capitals at least
_NAME = rf"{_UPPER}[\w.'’-]*"
_MONTHS = "|".join(sorted(MONTH_NAMES, key=len, reverse=True))
_YEAR = r"(?:,?\s(?:19|20)\d\d(?:\s?(?:года|г\.?))?)?"
_DATE = (
    rf"(?:(?i:{_MONTHS})\b\.?\s\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}\.?\s(?:de\s)?(?i:{_MONTHS})\b\.?){_YEAR}"
)
_DASH = r"\s?(?:-{1,2}|[–—―])(?=\s|[\"“«„]|[^\W\d_])"
_SOURCE = r"\s?(?:\([^()\n]{2,40}\)|/[^/\n]{2,30}/)"
_PLACE = rf"{_CITY}(?:\s{_CITY}){{0,3}}"
_REGION = rf"(?:,\s(?!(?i:{_MONTHS})\b){_NAME}(?:\s{_NAME}){{0,2}}){{0,2}}"
_MIXED = rf"{_NAME}(?:[\s-]{_NAME}){{0,2}}"

_DATELINES = tuple(
    re.compile(pattern)
    for pattern in (
        # TARTU, MARCH 12, BALTPRESS.
        rf"{_PLACE}{_REGION},\s{_DATE},\s{_CITY}(?:\s{_CITY})?\.(?=\s)",
        # VARNA, Oct 2 (Coast Press) -
        rf"{_PLACE}{_REGION},\s{_DATE}(?:{_SOURCE})?\.?{_DASH}",
        # LIMA (Andes News) -
        rf"{_PLACE}{_REGION}{_SOURCE}{_DASH}",
        # Geneva, 3 June (Lake Agency) –   Berlin, 4. Juni –
        rf"{_MIXED}{_REGION},\s{_DATE}(?:{_SOURCE})?\.?{_DASH}",
        rf"{_MIXED}{_REGION}{_SOURCE}{_DASH}",
        # ALBANY, N.Y. —   OSLO —
        rf"{_PLACE}{_REGION}{_DASH}",
        # OSLO, Jan 5   GRAZ, May 9.
        rf"{_PLACE}{_REGION},\s{_DATE}(?:{_SOURCE})?[.:]?(?=\s+[\"“«„']?{_UPPER})",
    )
)
_BEGINS = re.compile(rf"\s*[\"“«„'‘(]?(?:{_UPPER}|\d)")
_NO_PLACE = frozenset(
    [
        "PS",
        "P.S.",
        "NB",
        "FYI",
        "CC",
        "RE",
        "FW",
        "NATO",
        "UPDATE",
        "BREAKING",
        "NOTE",
        "WARNING",
        "UN",
        "EU",
        "US",
        "UK",
        "USA",
        "НАТО",
        "ООН",
        "США",
        "СССР",
        "ВАЖНО",
    ]
)
_QUICK = re.compile(rf"{_UPPER}[\w.'’-]*[\s,]")


def dateline(text: str, start: int, end: int) -> int:
    """The end of the dateline that opens a block, its dash included; 0 where there is none."""
    if not _QUICK.match(text, start, end):
        return 0
    window = text[start : min(end, start + REACH)]
    for pattern in _DATELINES:
        found = pattern.match(window)
        if found and _begins(window, found.end()) and window.split()[0] not in _NO_PLACE:
            return start + len(found[0].rstrip())
    return 0


def _begins(window: str, at: int) -> bool:
    return bool(_BEGINS.match(window, at))


_PERSON = r"[^\W\d_a-zа-яё][\w.'’-]*(?:\s(?:(?:de|van|von|der|la|al|bin)\s)?[^\W\d_a-zа-яё][\w.'’-]*){0,3}"
_BYLINE = re.compile(
    r"(?:(?:By|BY|Von|VON|Par|PAR|Por|POR)\s"
    r"|(?i:by|автор|авторы|текст|author|autor|auteur|reporting by|written by)\s?:\s?)"
    rf"{_PERSON}(?:(?:,?\s(?:and|AND|и|und|et|y)|,)\s{_PERSON}){{0,3}}\.?"
)
_NOT_PERSON = re.compile(
    rf"(?:\w+):?\s(?i:{_MONTHS}|the|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
)


def byline(text: str, start: int, end: int) -> bool:
    """Whether a block is nothing but the name of who wrote it: By Jane Doe."""
    if end - start > REACH:
        return False
    body = text[start:end]
    return bool(_BYLINE.fullmatch(body)) and not _NOT_PERSON.match(body) and len(body.split()) > 1


# --- lists

_BULLETS = "•⁃◦▪●‣"
_LISTED = re.compile(rf"(?:[{_BULLETS}]|[-*]\s|\(?\d{{1,2}}[.)]+\s|\(?[a-zа-я]\)\s)")
_FIRST = re.compile(rf"([{_BULLETS}]\s?)?(?:\(?(\d{{1,2}}|[a-zа-я])([.)]+)(?=\s))?")


def listed(text: str, start: int, end: int) -> bool:
    """Whether a block begins with a bullet or a number."""
    return bool(_LISTED.match(text, start, end))


def items(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The items of a list that is written in one line: 1. The first item 2. The second item."""
    while start < end and text[start].isspace():
        start += 1
    cuts = list(_cuts(text, start, end))
    yield from pairwise((start, *cuts, end))


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Where the second and every later item begins: the next number or letter with the same marks."""
    first = _FIRST.match(text, start, end)
    if first is None or not first[0]:
        return
    bullet, mark, tail = first.groups()
    if mark is None:
        for match in re.finditer(rf"(?<=\s){re.escape(bullet.strip())}(?=\s?\w)", text[start:end]):
            yield start + match.start()
        return
    pattern = re.compile(
        rf"(?<=\s){re.escape(bullet) if bullet else ''}\(?(\d{{1,2}}|[a-zа-я]){re.escape(tail)}\s(?=\S)"
    )
    for match in pattern.finditer(text, start + 1, end):
        if match[1] == _after(mark) and (")" in tail or not text[match.end()].islower()):
            mark = match[1]
            yield match.start()


def _after(mark: str) -> str:
    return str(int(mark) + 1) if mark.isdigit() else chr(ord(mark) + 1)
