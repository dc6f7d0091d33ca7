"""Word: headings, paragraphs, lists and tables in their order, then the notes, with the core properties.

python-docx opens the package; the text of a paragraph is read here, since python-docx passes over insertions
that are not yet accepted and over content controls. Footnotes and endnotes stand behind the body in the order
of their marks. Deleted text, comments, headers and footers are not read. See ECMA-376, part 1, 17.
"""

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any, BinaryIO

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from index.model import Metadata
from index.readers.facts import facts
from index.readers.layout import Layout
from index.readers.package import MOST_IN_ALL, Package, parse_xml
from index.readers.source import BLANK, Source, refused

__all__ = ["EXTRACTOR", "read"]

EXTRACTOR = f"docx 2, python-docx {version('python-docx')}, lxml {version('lxml')}"

_HEADING = re.compile(r"heading (\d)|(title)$", re.IGNORECASE)
_BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "\u2011"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = frozenset({qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), _FALLBACK})
_NOTES = {
    # the mark in the body, and the kind of part that holds its notes
    qn("w:footnoteReference"): "/footnotes",
    qn("w:endnoteReference"): "/endnotes",
}


def read(file: BinaryIO) -> Source:
    """The document. Raises DocumentError where it is damaged, a trap, or holds no text."""
    _inspect(Package(file))
    file.seek(0)
    try:
        document = docx.Document(file)
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise refused("is damaged, or no Word document", "save it again as .docx") from error
    layout = Layout()
    for block in _blocks(document.element.body):
        if block.tag == qn("w:tbl"):
            _table(block, layout)
        else:
            _paragraph(Paragraph(block, document._body), layout)
    for paragraph in _notes(document):
        layout.paragraph(_text(paragraph))
    if not layout.text.strip(BLANK):
        raise refused("holds no text", "fill it or remove it")
    return Source(layout.text, _properties(document), 0, layout.markdown, (), (), EXTRACTOR)


def _inspect(package: Package) -> None:
    """Unpack and parse what is XML once, under our limits and rules, before python-docx does."""
    if package.declared > MOST_IN_ALL:
        raise refused(f"unpacks to more than {MOST_IN_ALL // 1_000_000} MB", "save it with smaller pictures")
    for name in package.names:
        if name.lower().endswith((".xml", ".rels")):
            parse_xml(package.part(name))


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, also those inside of content controls and insertions."""
    waiting = [iter(parent)]
    while waiting:
        element = next(waiting[-1], None)
        if element is None:
            waiting.pop()
        elif element.tag in (qn("w:p"), qn("w:tbl")):
            yield element
        elif element.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml"), qn("w:moveTo")):
            waiting.append(iter(element))


def _paragraph(paragraph: Paragraph, layout: Layout) -> None:
    text = _text(paragraph._p)
    style = paragraph.style
    name = (style.name or "") if style is not None else ""
    heading = _HEADING.match(name)
    if heading:
        layout.heading(text, int(heading[1] or 1))
    elif name.lower().startswith("list") or paragraph._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None:
        layout.item(text)
    else:
        layout.paragraph(text)


def _text(element: Any) -> str:
    """All text under an element that stands in the document as it is shown."""
    return "".join(
        found.text or "" if found.tag == qn("w:t") else _BREAKS.get(found.tag, "")
        for found in _shown(element)
    )


def _shown(element: Any) -> Iterator[Any]:
    """All elements under one, and itself, in order, without those that the document does not show."""
    waiting = [element]
    while waiting:
        found = waiting.pop()
        if found.tag not in _SKIPPED:
            yield found
            waiting.extend(reversed(found))


def _notes(document: Document) -> Iterator[Any]:
    """The paragraphs of each note that has a mark in the body, once, in the order of the marks."""
    parts = {mark: _notes_by_id(document, kind) for mark, kind in _NOTES.items()}
    for element in _shown(document.element.body):
        if element.tag in parts:
            note = parts[element.tag].pop(element.get(qn("w:id")), None)
            if note is not None:
                yield from note.iter(qn("w:p"))


def _notes_by_id(document: Document, kind: str) -> dict[str | None, Any]:
    """The notes of the document's part of this kind; none where it has no such part."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith(kind) and not relation.is_external:
            return {note.get(qn("w:id")): note for note in parse_xml(relation.target_part.blob)}
    return {}


def _table(table: Any, layout: Layout) -> None:
    """Row by row; a table inside a cell is part of the cell."""
    for row in table.iterchildren(qn("w:tr")):
        cells = [
            "\n".join(_text(paragraph) for paragraph in cell.iter(qn("w:p")))
            for cell in row.iterchildren(qn("w:tc"), qn("w:sdt"))
        ]
        if len(cells) == 1:
            layout.paragraph(cells[0])
        else:
            layout.row(cells)


def _properties(document: Document) -> Metadata:
    """The core properties; dates of years that no calendar knows are left out."""
    properties = document.core_properties
    try:
        created = properties.created
    except ValueError:
        created = None
    return facts(properties.title, properties.author, created.date().isoformat() if created else None)
