"""EPUB: the chapters in reading order, with title, publisher or author, date and source from the package.

See EPUB 3.3, W3C Recommendation; chapters are parsed as HTML, since books name entities that XML does not
know. Pictures, styles and scripts are not looked at.
"""

import posixpath
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from index.errors import DocumentError
from index.model import Metadata
from index.readers.facts import facts
from index.readers.html import to_tree
from index.readers.layout import Layout
from index.readers.markup import lay_out
from index.readers.package import Package, refuse_entities
from index.readers.plain import decode
from index.readers.source import BLANK, Source, refused

__all__ = ["EXTRACTOR", "read"]

EXTRACTOR = f"epub 1, lxml {version('lxml')}"

_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ENCRYPTED = "{http://www.w3.org/2001/04/xmlenc#}"
_CHAPTERS = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})
_FONTS = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
"""Ways of hiding fonts, which hide no text."""


def read(file: BinaryIO) -> Source:
    """The book. Raises DocumentError where it is damaged, encrypted, or holds no text."""
    package = Package(file)
    names = set(package.names)
    _refuse_encrypted(package, names)
    path = _package_document(package)
    if path not in names:
        raise _damaged()
    book = package.xml(path)
    layout, missing = Layout(), 0
    for chapter in _chapters(book, posixpath.dirname(path)):
        if chapter in names:
            _chapter(package.part(chapter), layout)
        else:
            missing += 1
    if not layout.text.strip(BLANK):
        raise refused("holds no text", "fill it or remove it")
    faults = (refused(f"lacks {missing} of its chapters", "save or download it again"),) if missing else ()
    return Source(layout.text, _metadata(book), 0, layout.markdown, faults, (), EXTRACTOR)


def _damaged() -> DocumentError:
    return refused("is damaged, or no EPUB book", "save or download it again")


def _refuse_encrypted(package: Package, names: set[str]) -> None:
    if "META-INF/encryption.xml" in names:
        methods = package.xml("META-INF/encryption.xml").iter(_ENCRYPTED + "EncryptionMethod")
        if any(method.get("Algorithm") not in _FONTS for method in methods):
            raise refused("is encrypted", "give it without copy protection")


def _package_document(package: Package) -> str:
    if "META-INF/container.xml" not in package.names:
        raise _damaged()
    root = package.xml("META-INF/container.xml").find(f"{_CONTAINER}rootfiles/{_CONTAINER}rootfile")
    return (root.get("full-path") or "") if root is not None else ""


def _chapters(book: Any, folder: str) -> list[str]:
    """Entries of the chapters in reading order, each once; what lies outside of the book is none."""
    items = {item.get("id"): item for item in book.iter(_OPF + "item")}
    order = [items.get(reference.get("idref")) for reference in book.iter(_OPF + "itemref")]
    paths = [
        posixpath.normpath(posixpath.join(folder, unquote(urlsplit(item.get("href") or "").path)))
        for item in order
        if item is not None and item.get("media-type") in _CHAPTERS
    ]
    return list(dict.fromkeys(paths))


def _chapter(content: bytes, layout: Layout) -> None:
    refuse_entities(content, strict=False)
    text, _ = decode(content, PurePosixPath("chapter"))
    root = to_tree(text)
    if root is not None:
        body = root.find("body")
        lay_out(root if body is None else body, layout)


def _metadata(book: Any) -> Metadata:
    first: dict[str, str] = {}
    for element in book.iter():
        if isinstance(element.tag, str) and element.tag.startswith(_DC) and element.text:
            first.setdefault(element.tag.removeprefix(_DC), element.text)
    return facts(
        first.get("title"),
        first.get("creator") or first.get("publisher"),
        first.get("date"),
        first.get("source"),
    )
