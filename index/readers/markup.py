"""A tree of HTML, or of what trafilatura makes of it, -> the blocks of a layout.

Walked by events, not by recursion: a stranger's tree may be as deep as it likes. Which part of a page is
the document is html.py's business.
"""

import re
from typing import Any

from lxml import etree

from index.readers.layout import Layout

__all__ = ["lay_out"]


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ITEMS = frozenset({"li", "item", "dt", "dd"})
_ROWS, _CELLS = frozenset({"tr", "row"}), frozenset({"td", "th", "cell"})
_BREAKS = frozenset({"br", "lb"})
_KEPT_LINES = frozenset({"pre", "code"})
_BLOCKS = _names(
    "address article aside blockquote body caption center details div dl fieldset figcaption figure footer"
    " form header hr html list main ol p pre quote section summary table tbody tfoot thead title ul"
)
_SKIPPED = _names(
    "applet audio canvas datalist embed iframe math noscript object script select style svg template textarea"
    " video"
)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_LONG_CELL = 300
"""Code points from which on a cell is no value but text that a table only puts in its place."""


def lay_out(root: Any, layout: Layout) -> None:
    """Put all text under an element into the layout, block by block."""
    walk = _Walk(layout)
    skipping = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""
        if event == "start" and (skipping or tag in _SKIPPED):
            skipping += 1
        elif event == "start":
            walk.begin(tag, element)
            walk.text(element.text)
        elif event == "end" and skipping:
            skipping -= 1
        elif event == "end":
            walk.end(tag)
        if event != "start" and not skipping and element is not root:
            walk.text(element.tail)
    walk.close()


class _Walk:
    """What is open at a point of the tree: the block's words so far, and what kind of block it is."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._words: list[str] = []
        self._heading = 0
        self._items = 0
        self._kept = 0
        self._cells: list[list[str]] | None = None

    def begin(self, tag: str, element: Any) -> None:
        """An element begins; one that is a block closes the block before it."""
        if tag in _BREAKS:
            self._words.append("\n")
        elif level := self._level(tag, element):
            self.close()
            self._heading = level
        elif tag in _ITEMS:
            self.close()
            self._items += 1
        elif tag in _ROWS:
            self._close_row()
            self._cells = []
        elif tag in _CELLS and self._cells is not None:
            self.close()
            self._cells.append([])
        elif tag in _BLOCKS:
            self.close()
        self._kept += tag in _KEPT_LINES

    @staticmethod
    def _level(tag: str, element: Any) -> int:
        """The level of a heading; trafilatura's are ``head`` with the HTML tag as ``rend``."""
        return _HEADINGS.get(element.get("rend") or "h2", 2) if tag == "head" else _HEADINGS.get(tag, 0)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._kept -= tag in _KEPT_LINES
        if tag in _HEADINGS or tag == "head":
            self.close()
            self._heading = 0
        elif tag in _ITEMS:
            self.close()
            self._items -= 1
        elif tag in _ROWS:
            self._close_row()
        elif tag in _BLOCKS or tag in _CELLS:
            self.close()

    def text(self, words: str | None) -> None:
        """Words inside of what is open; white space counts only where lines are kept."""
        if words:
            self._words.append(words if self._kept else _SPACES.sub(" ", words))

    def close(self) -> None:
        """The open block, if it has words, goes to the layout, or to its cell; two line breaks end one."""
        joined, self._words = "".join(self._words), []
        for words in re.split(r"\n[ \n]*\n", joined):
            if words.strip():
                self._put(words)

    def _put(self, words: str) -> None:
        if self._cells:
            self._cells[-1].append(words.strip())
        elif self._heading:
            self._layout.heading(words, self._heading)
        elif self._items > 0:
            self._layout.item(words)
        else:
            self._layout.paragraph(words)

    def _close_row(self) -> None:
        """A row of values is a row; one that only puts text in its place is paragraphs."""
        self.close()
        cells, self._cells = self._cells, None
        if cells and (len(cells) == 1 or any(sum(map(len, cell)) > _LONG_CELL for cell in cells)):
            for words in (words for cell in cells for words in cell):
                self._put(words)
        elif cells:
            self._layout.row([" ".join(cell) for cell in cells])
