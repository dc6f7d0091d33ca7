"""HTML: the main text of a page, as trafilatura finds it, with the page's own title, site, date and address.

Navigation, footers and advertisements are left out. Where trafilatura finds no main text, all text counts.
"""

import re
from importlib.metadata import version
from pathlib import PurePath
from typing import Any, BinaryIO

import lxml.html
import trafilatura
from lxml import etree

from index.errors import DocumentError
from index.model import Metadata
from index.readers.facts import facts
from index.readers.layout import Layout, clean
from index.readers.markup import lay_out
from index.readers.plain import decode
from index.readers.source import BLANK, Source, refused

__all__ = ["EXTRACTOR", "read", "to_tree"]

EXTRACTOR = f"html 1, trafilatura {version('trafilatura')}, lxml {version('lxml')}"

_LATEST = "2999-12-31"
"""A date in the page is not judged by the day on which it is read: the same bytes give the same metadata."""

_NOT_DECLARED = ("utf", "unicode", "raw", "idna", "punycode")
"""What a page that is not UTF-8, and can be read as ASCII up to here, is not in."""

_WESTERN = frozenset({"ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin1", "latin-1"})
"""Names that mean windows-1252 on the web: Encoding Standard, 4.2."""

_DOCTYPE = re.compile(r"\A(\s*(?:<\?[^>]*>\s*)?)<!doctype[^>\[]*(?:\[[^\]]*\]\s*)?>", re.IGNORECASE)
"""libxml2 loses pages with some of them."""

_FAR_ENOUGH = 100_000
"""Bytes in which a page says its encoding, generously: HTML Living Standard, 4.2.5.4, has 1,024."""


def read(file: BinaryIO) -> Source:
    """The document that a page is. Raises DocumentError where it holds no text."""
    content = file.read()
    page, faults = _decoded(content)
    tree = to_tree(page)
    found: Any = (
        None
        if tree is None
        else trafilatura.bare_extraction(
            tree,
            with_metadata=True,
            include_comments=False,
            date_extraction_params={
                "extensive_search": False,
                "original_date": True,
                "outputformat": "%Y-%m-%d",
                "max_date": _LATEST,
            },
        )
    )
    layout = Layout()
    metadata = Metadata()
    if found is not None:
        lay_out(found.body, layout)
        metadata = facts(found.title, found.sitename, found.date, found.url)
    if not layout.text.strip(BLANK):
        layout, metadata = _whole(page)
    if not layout.text.strip(BLANK):
        raise refused("holds no text", "fill it or remove it")
    return Source(layout.text, metadata, 0, layout.markdown, faults, (), EXTRACTOR)


def _whole(page: str) -> tuple[Layout, Metadata]:
    layout, root = Layout(), to_tree(page)
    if root is None:
        return layout, Metadata()
    title = root.findtext(".//title")
    body = root.find("body")
    lay_out(root if body is None else body, layout)
    return layout, facts(title)


def to_tree(page: str) -> Any:
    """The element ``html`` of a page, None where there is none. Comments and instructions are no text.

    A page may be deep, and its paragraphs long: without ``huge_tree`` libxml2 drops all from a depth of 256
    on, with it from 2,048 on, without a word. Raises DocumentError for that.
    """
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=True)
    bare = _DOCTYPE.sub("", clean(page), count=1)
    try:
        root = lxml.html.document_fromstring(bare.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    if any(error.level == etree.ErrorLevels.FATAL for error in parser.error_log):
        raise refused("is nested too deeply", "save it anew, more plainly")
    return root


def _decoded(content: bytes) -> tuple[str, tuple[DocumentError, ...]]:
    """The page as text: by its byte order mark, as UTF-8, by what it declares, by a guess."""
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        declared = _declared(content)
    if declared:
        return declared, ()
    text, guessed = decode(content, PurePath("page"))
    fault = f"does not say its encoding and was read as {guessed}, a guess"
    return text, (refused(fault, "save it as UTF-8 where letters look wrong"),) if guessed else ()


def _declared(content: bytes) -> str | None:
    """The page in the encoding that it declares, None where it declares none, or a wrong one."""
    head = content[:_FAR_ENOUGH].lower()
    place = head.find(b"charset=")
    if place < 0:
        return None
    named = re.match(rb"[\"' ]*([\w.:-]+)", head[place + len(b"charset=") :])
    name = named[1].decode("ascii") if named else ""
    if not name or name.startswith(_NOT_DECLARED):
        return None
    try:
        return content.decode("cp1252" if name in _WESTERN else name)
    except (LookupError, UnicodeError, ValueError):
        return None
