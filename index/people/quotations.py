"""Which parts of a document's rows are quoted, from mark to mark and across rows.

A quotation is closed by the mark that belongs to the one that opened it; another kind inside it is nested and
counts for nothing. It ends with its paragraph, unless the next one opens with a mark again, as quotations of
several paragraphs do. Apostrophes and single quotes are not read.

Who says what is quoted is not known here: see speakers.py.
"""

import re

__all__ = ["Quotations"]

_MARK = re.compile(r"[«»“”„\"]")
_CLOSING = {"«": "»", "»": "»", "“": "”", "„": "“”", '"': '"', "”": "”"}
_LAST = re.compile(r"[.,!?…]{0,3}(?:\s*$|,?\s?[—–-]\s)")
"""Behind a mark that closes every quotation: the row's end, or the dash before an attribution."""


class Quotations:
    """Reads rows in order and remembers whether a quotation is open."""

    def __init__(self) -> None:
        self._opened = ""
        self._depth = 0
        self._continues = ""

    @property
    def open(self) -> bool:
        """Whether the next row begins inside a quotation."""
        return bool(self._opened)

    def begin_paragraph(self) -> None:
        """An open quotation ends with its paragraph."""
        self._continues, self._opened = self._opened, ""

    def continues(self, row: str) -> bool:
        """Whether the row opens with the mark of a quotation that the paragraph before left open."""
        return bool(self._continues) and row.startswith(self._continues)

    def read(self, row: str) -> list[tuple[int, int]]:
        """The quoted parts of a row, without their marks; the last one may be open."""
        found: list[tuple[int, int]] = []
        start, self._continues = 0, ""
        for mark in _MARK.finditer(row):
            if not self._opened:
                if self._opens(mark):
                    self._opened, self._depth, start = mark.group(), 1, mark.end()
            elif mark.group() in _CLOSING[self._opened]:
                self._depth = 0 if _LAST.match(row, mark.end()) else self._depth - 1
                if not self._depth:
                    found.append((start, mark.start()))
                    self._opened = ""
            elif mark.group() == self._opened:
                self._depth += 1
        if self._opened:
            found.append((start, len(row)))
        return found

    @staticmethod
    def _opens(mark: re.Match[str]) -> bool:
        """Whether a mark opens a quotation: a closing one does not, nor the inches of 5"."""
        row, at = mark.string, mark.start()
        if mark.group() == '"':
            return not (at and row[at - 1].isdigit())
        return mark.group() in "«“„"
