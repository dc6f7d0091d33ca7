"""Small files of every format that is read, made here: whole ones, and what they are made of."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import docx
from docx.document import Document

Line = tuple[float, float, float, str]
"""``(x, y, size, text)``: where a line begins on a page of 595 by 842 points, and the size of its letters."""


def column(*lines: str, top: float = 750, size: float = 11, left: float = 72) -> list[Line]:
    """Lines under one another, at the usual distance; an empty one leaves a gap."""
    return [(left, top - 1.2 * size * row, size, line) for row, line in enumerate(lines) if line]


def pdf(*pages: Sequence[Line], info: str = "", trailer: str = "") -> bytes:
    """A PDF with a text layer in Helvetica; ``info`` is the inside of its Info dictionary."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        f"<<{info}>>".encode("latin-1"),
    ]
    for number, lines in enumerate(pages):
        content = b"".join(map(_shown, lines))
        place = f"/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents {6 + 2 * number} 0 R"
        objects.append(f"<</Type/Page/Parent 2 0 R{place}>>".encode())
        objects.append(b"<</Length %d>>stream\n%b\nendstream" % (len(content), content))
    return pdf_of(objects, "/Info 4 0 R" + trailer)


def pdf_of(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """The PDF of numbered objects, the first of them its catalog."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    entries = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    ending = f"trailer<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{len(out)}\n%%EOF\n"
    return bytes(out) + head + entries + ending.encode()


def _shown(line: Line) -> bytes:
    x, y, size, text = line
    escaped = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /F1 %g Tf %g %g Td (%b) Tj ET\n" % (size, x, y, escaped)


def locked_pdf() -> bytes:
    """A PDF whose password is not the empty one."""
    encryption = f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'11' * 32}>/U<{'22' * 32}>>>"
    return pdf(column("Tides."), trailer=f"{encryption}/ID[<{'33' * 16}><{'33' * 16}>]")


def packed(entries: Mapping[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            stored = name == "mimetype"
            archive.writestr(name, content, zipfile.ZIP_STORED if stored else method)
    return out.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The entries of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_password(content: bytes) -> bytes:
    """A zip whose entries say that they are encrypted: bit 0 of their flags, in both headers."""
    changed = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found = changed.find(mark)
        while found >= 0:
            changed[found + place] |= 1
            found = changed.find(mark, found + 4)
    return bytes(changed)


def word(make: Document | None = None) -> bytes:
    """A Word document: as given, or a heading, a paragraph, a list and a table."""
    document = make or docx.Document()
    if make is None:
        document.add_heading("The harbour", 1)
        document.add_paragraph("The tide rose at noon. The boats were safe.")
        document.add_paragraph("Ropes were new", style="List Bullet")
        table = document.add_table(2, 2)
        for place, value in enumerate(("Year", "Boats", "2022", "31")):
            table.cell(place // 2, place % 2).text = value
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "meta")
)
ODT_BODY = """
<text:h text:outline-level="2">The harbour</text:h>
<text:p>The tide<text:s text:c="2"/>rose at <text:span>noon</text:span>.<text:note><text:note-citation>1
</text:note-citation><text:note-body><text:p>By the clock.</text:p></text:note-body></text:note> Boats
were safe.</text:p>
<text:list><text:list-item><text:p>Ropes were new</text:p></text:list-item></text:list>
<table:table><table:table-row><table:table-cell><text:p>Year</text:p></table:table-cell>
<table:table-cell><text:p>Boats</text:p></table:table-cell></table:table-row></table:table>
"""
ODT_META = """<dc:title>Tides</dc:title><meta:initial-creator>Ann Bell</meta:initial-creator>
<meta:creation-date>2023-01-24T10:00:00</meta:creation-date>"""


def odt(body: str = ODT_BODY, meta: str = ODT_META, head: str = "", manifest: str = "") -> bytes:
    """An OpenDocument text."""
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<?xml version='1.0' encoding='UTF-8'?>{head}<office:document-content {ODF}>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
            "meta.xml": f"<office:document-meta {ODF} {dc}><office:meta>{meta}</office:meta>"
            "</office:document-meta>",
            "META-INF/manifest.xml": "<m:manifest"
            " xmlns:m='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'>"
            f"<m:file-entry>{manifest}</m:file-entry></m:manifest>",
        }
    )


DOCTYPE = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">'


def chapter(body: str, head: str = DOCTYPE) -> str:
    """A chapter of a book, as XHTML."""
    root = "<html xmlns='http://www.w3.org/1999/xhtml'>"
    return f"<?xml version='1.0' encoding='utf-8'?>\n{head}{root}<body>{body}</body></html>"


def epub(*chapters: str, extra: Mapping[str, bytes | str] | None = None) -> bytes:
    """A book, whose package names its chapters from the last to the first, and reads them from the first."""
    numbers = range(len(chapters))
    items = "".join(
        f'<item id="c{n}" href="text/c%20{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in reversed(numbers)
    )
    order = "".join(f'<itemref idref="c{n}"/>' for n in numbers)
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
            '<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
            "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf"><metadata'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Tides</dc:title><dc:creator>Ann Bell'
            "</dc:creator><dc:date>2023-01</dc:date><dc:source>https://example.org/tides</dc:source></metadata>"
            f'<manifest>{items}<item id="css" href="a.css" media-type="text/css"/></manifest>'
            f"<spine>{order}</spine></package>",
            **{f"OEBPS/text/c {n}.xhtml": text for n, text in enumerate(chapters)},
            **(extra or {}),
        }
    )


PAGE = """<!doctype html>
<html lang="en"><head><title>Talks resume - Example Wire</title>
<meta property="og:site_name" content="Example Wire"><meta property="og:title" content="Talks resume">
<meta property="article:published_time" content="2024-03-02T10:00:00Z">
<link rel="canonical" href="https://example.org/talks"></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News of the day</a></li></ul></nav>
<article><h1>Talks resume</h1>
<p>The minister said that the <b>talks</b> would
   go on. He left at noon, and nobody asked him why he had come to the harbour at all.</p>
<h2>What comes next</h2>
<ul><li>The harbour is to be dredged before the winter storms</li><li>The ferry is to be sold</li></ul>
<table><tr><th>Year</th><th>Boats</th></tr><tr><td>2022</td><td>31</td></tr></table>
<p>Fish &amp; chips cost &lt;5&gt; pounds, said the mayor&shy;ess, and that was that for the day.</p>
</article><footer>Copyright 2024, all rights reserved</footer><script>alert("x")</script></body></html>"""
