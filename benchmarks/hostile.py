"""Hostile files, whole and mutated, taken in as an admin's uploads are: what becomes of who asks?

    python benchmarks/hostile.py [--files 200] [--mutations 10] [--seed 1]

Bombs, loops, entities, overlapping and nested archives, names that climb out of folders, depths of a hundred
thousand elements, lying lengths: made here, some two hundred in all, by a seed. A mutation flips bits, cuts,
zeroes, doubles or swaps a stretch with another hostile file. Several of them name a file with a secret.

Each is one change of a corpus, a zip of as many documents as can be read. Printed: how many were read and
refused, in which words, and the slowest; and the breaches, of which there must be none: a message that is not
one plain line, a refusal after more than 15 s with waiting, loading and all, a zip that takes more than 45, a
secret of this machine in any output, a document whose name leads anywhere or acts on a screen, or of which
its original does not make the same text again, a file written elsewhere. Exit status 1 where there is one.
"""

import argparse
import os
import random
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from samples import chapter, column, epub, locked_pdf, odt, packed, pdf, pdf_of, unpacked, with_password, word  # noqa: E402 - likewise

from index.catalogue import Change, original  # noqa: E402 - the path above is where it lies
from index.changes import Add, Corpus, Incoming  # noqa: E402 - likewise
from index.columns import words_of  # noqa: E402 - likewise
from index.corpus import read_upload  # noqa: E402 - likewise
from index.errors import DocumentError  # noqa: E402 - likewise
from index.readers import PATIENCE, Source  # noqa: E402 - likewise
from index.sent import LONGEST_NAME  # noqa: E402 - likewise

SECRET = "the-secret-of-this-machine"
PASSWD = "root:x:0:0"
MOST_SECONDS = 15
"""Until a file is refused."""

MOST_FOR_A_ZIP = 45
"""Until what can be read of a zip is taken in."""

READ_AGAIN = 3
"""Documents of a zip that are read a second time, at most."""

OURS = {"seeds", "data", "corpus.lock", "corpus.json", "corpus.json.copy", "ids.json", "uploads"}
"""What a folder of documents and a data folder may hold after an upload."""

QUICK = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""A disk that is quick to sync."""

Made = tuple[str, bytes]


def hostile_files(secret: Path) -> list[Made]:
    """All of them, ``(name, content)``; ``secret`` is a file that none of them may show."""
    files = [
        *zip_files(),
        *zip_uploads(secret),
        *xml_files(secret),
        *page_files(secret),
        *pdf_files(secret),
        *other_files(),
    ]
    return [(f"{number:03d}-{name}", content) for number, (name, content) in enumerate(files)]


# --- archives


NAMES_OF_ENTRIES = (
    "../../../../etc/passwd.txt",
    "/etc/cron.d/quoth.txt",
    "C:\\windows\\a.txt",
    "..\\..\\a.txt",
    "a\n/b\x1b[31m.txt",
    "\u202etxt.exe",
    "x" * 30_000 + ".txt",
    "con.txt",
    "a.txt/b.txt",
    ".txt",
)


def named_entry(name: str) -> Made:
    """A zip with one document of this name."""
    return "name.zip", packed({name: "The tide rose."})


def zip_files() -> Iterator[Made]:
    """Archives."""
    for size in (1, 31, 33, 127, 129, 500):
        yield f"bomb{size}.zip", packed({"a.txt": bytes(size * 1_000_000)})
    yield "bombs.zip", packed({f"{n}.txt": b" " * 20_000_000 for n in range(30)})
    for name in ("a.docx", "a.odt", "a.epub", "a.pdf", "a.html"):
        yield f"bomb-{name}.zip", packed({name: b"<p>" * 20_000_000})
    for lie in (0, 10, 1_000_000, 0xFFFFFFFE):
        yield f"lying{lie}.zip", _lying(packed({"a.txt": b"tide " * 10_000_000}), lie)
    deep = packed({"a.txt": "The tide rose."})
    for depth in range(6):
        yield f"nested{depth}.zip", deep
        deep = packed({"a.zip": deep, "b.txt": "It fell."})
    for entries in (5_000, 5_001, 65_535):
        yield f"entries{entries}.zip", packed({f"{n}.txt": "T." for n in range(entries)}, method=0)
    yield from map(named_entry, NAMES_OF_ENTRIES)
    content = packed({"a.txt": "The tide rose.", "b.txt": "The tide rose."})
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    yield "overlap.zip", content[: second + 42] + content[first + 42 : first + 46] + content[second + 46 :]
    yield "locked.zip", with_password(packed({"a.txt": "The tide rose."}))
    yield "same.zip", _same_names()
    yield "link.zip", _link()
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield f"method{method}.zip", packed({"a.txt": bytes(40_000_000)}, method=method)
    yield "comment.zip", packed({"a.txt": "T."})[:-2] + b"\xff\xff" + bytes(65_535)
    yield "tail.zip", b"\0" * 1_000_000 + packed({"a.txt": "The tide rose."})
    yield "empty.zip", packed({})
    yield "dirs.zip", packed({f"{'d/' * n}": b"" for n in range(1, 500)})
    yield "slow.zip", packed({f"{n}.html": _deep("div", 2_000) for n in range(12)})


def zip_uploads(secret: Path) -> Iterator[Made]:
    """Archives whose entries are to be documents: of others' names, of one another's, of too many."""
    text = "The tide rose."
    same = dict.fromkeys(("a.txt", "A.txt", "./a.txt", "a.TXT", "b/../a.txt", "a\u200b.txt", " a.txt"), text)
    yield "same.zip", packed(same)
    yield "names.zip", packed({name: f"{text} {n}" for n, name in enumerate(NAMES_OF_ENTRIES)})
    yield "paths.zip", packed({f"{'../' * n}{secret}": text for n in range(1, 40)})
    yield (
        "controls.zip",
        packed({f"{chr(n)}{n}.txt": text for n in (*range(1, 32), 127, 0x202E, 0x2028, 0xFEFF)}),
    )
    yield "long.zip", packed({f"{'é' * n}.txt": text for n in range(200, 9_000, 800)})
    yield "marks.zip", packed({"a" + "\u0301" * 20_000 + ".txt": text})
    yield "surrogates.zip", packed({"a.txt": text}).replace(b"a.txt", b"\xed\xa0\x80tx")
    yield "latin.zip", packed({"n.txt": text}).replace(b"n.txt", b"\xff.txt")
    yield "nul.zip", packed({"n.txt": text}).replace(b"n.txt", b"a\0txt")
    yield "many.zip", packed({f"{n}.txt": f"{text} {n}" for n in range(1_000)})
    yield "many.html.zip", packed({f"{n}.html": f"<html><p>{text} {n}</p>" for n in range(300)})
    yield (
        "mixed.zip",
        packed({"a.pdf": locked_pdf(), "b.docx": word()[:-99], "c.zip": packed({}), "d.txt": text}),
    )
    yield (
        "endings.zip",
        packed({"a.txt": word(), "b": pdf(column(text)), "c.docx": odt(), "d.exe": text, "e": text}),
    )
    yield "quines.zip", packed({f"{n}.zip": packed({"a.zip": packed({"a.txt": text})}) for n in range(300)})
    yield "slow.zip", packed({f"{n}.html": _deep("b", 1_900 + n) for n in range(4)})
    yield "hangs.zip", packed({f"{n}.pdf": _page_of(b"q " * 2_000_000) for n in range(20)})
    yield "texts.zip", packed({f"{n}.html": b"<html><p>" + b"tide rose " * 500_000 for n in range(20)})
    yield "ratio.zip", packed({f"{n}.txt": f"{text} " * 1_500_000 for n in range(5)})
    yield "corpus.zip", packed({"corpus.json": text, "ids.json": text, "CURRENT": text, "original.txt": text})
    yield "comments.zip", _commented(text)


def _commented(text: str) -> bytes:
    """A zip whose entries carry comments and extra fields as long as they may be."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(20):
            entry = zipfile.ZipInfo(f"{number}.txt")
            entry.comment, entry.extra = (
                b"c" * 65_000,
                b"\x75\x70" + (60_000).to_bytes(2, "little") + bytes(60_000),
            )
            archive.writestr(entry, text)
    return out.getvalue()


def _lying(content: bytes, size: int) -> bytes:
    """A zip whose directory says that its entry is of another size."""
    directory = content.index(b"PK\x01\x02")
    return content[: directory + 24] + size.to_bytes(4, "little") + content[directory + 28 :]


def _same_names() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "The tide rose.")
        archive.filelist.append(archive.filelist[0])
    return out.getvalue()


def _link() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("a.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


# --- XML: Word, OpenDocument, EPUB

LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>{}]>".format(
    "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
)


def _declarations(secret: Path) -> Iterator[tuple[str, str]]:
    """``(DOCTYPE, reference)``."""
    yield LAUGHS, "&a9;"
    for address in (f"file://{secret}", "file:///etc/passwd", "http://127.0.0.1:9/x", "php://filter/x"):
        yield f"<!DOCTYPE x [<!ENTITY e SYSTEM '{address}'>]>", "&e;"
        yield f"<!DOCTYPE x [<!ENTITY % e SYSTEM '{address}'> %e;]>", ""
        yield f"<!DOCTYPE x SYSTEM '{address}'>", "&e;"
    yield f"<!DOCTYPE x [<!ENTITY big '{'x' * 100_000}'>]>", "&big;" * 10_000
    yield "<!DOCTYPE x [<!NOTATION n SYSTEM 'x'>]>", ""
    yield f"<!DOCTYPE x [<!ATTLIST x a CDATA '{'y' * 1_000_000}'>]>", ""
    yield "<!--" + "-" * 10 + "-->", ""


def xml_files(secret: Path) -> Iterator[Made]:
    """Word, OpenDocument and EPUB."""
    parts = unpacked(word())
    main = parts["word/document.xml"]
    head, _, rest = main.partition(b"<w:document")
    for doctype, reference in _declarations(secret):
        yield "entity.odt", odt(f"<text:p>The tide {reference} rose.</text:p>", head=doctype)
        yield "entity.epub", epub(chapter(f"<p>The tide {reference} rose.</p>", doctype))
        body = head + doctype.encode() + b"<w:document" + rest.replace(b"noon", reference.encode())
        yield "entity.docx", packed({**parts, "word/document.xml": body})
    include = f"<x:include xmlns:x='http://www.w3.org/2001/XInclude' href='file://{secret}' parse='text'/>"
    yield "include.odt", odt(f"<text:p>{include}</text:p>")
    yield "include.epub", epub(chapter(include))
    for tag, depth in (("text:span", 200), ("text:span", 100_000), ("text:list", 100_000)):
        yield "deep.odt", odt(f"<text:p>{f'<{tag}>' * depth}x{f'</{tag}>' * depth}</text:p>")
    yield "deep.epub", epub(chapter(_deep("div", 100_000).decode()))
    yield "wide.odt", odt("<text:p>T.</text:p>" * 500_000)
    yield "spaces.odt", odt(f"<text:p><text:s text:c='{9**99}'/>T.</text:p>")
    yield "rows.odt", odt("<table:table-row>" + "<table:table-cell/>" * 200_000 + "</table:table-row>")
    tables = b"<w:tbl><w:tr><w:tc>" * 5_000 + b"</w:tc></w:tr></w:tbl>" * 5_000
    yield "deep.docx", packed({**parts, "word/document.xml": main.replace(b"<w:body>", b"<w:body>" + tables)})
    many = b"<w:p><w:r><w:t>T.</w:t></w:r></w:p>" * 300_000
    yield "wide.docx", packed({**parts, "word/document.xml": main.replace(b"<w:body>", b"<w:body>" + many)})
    relations = parts["_rels/.rels"]
    for target in ("../../../../etc/passwd", f"file://{secret}", "/word/missing.xml", "http://127.0.0.1:9/"):
        changed = relations.replace(b"word/document.xml", target.encode())
        yield "relation.docx", packed({**parts, "_rels/.rels": changed})
    yield "bomb.docx", packed({**parts, "word/media/a.png": bytes(100_000_000)})
    yield "bomb2.docx", _lying(packed({"[Content_Types].xml": b" " * 60_000_000, "word/a": b""}), 10)
    book = unpacked(epub(chapter("<p>The tide rose.</p>")))
    container = book["META-INF/container.xml"]
    for path in ("../../../../../etc/passwd", str(secret), "META-INF/container.xml", ""):
        changed = container.replace(b"OEBPS/book.opf", path.encode())
        yield "path.epub", packed({**book, "META-INF/container.xml": changed})
    package = book["OEBPS/book.opf"]
    for path in ("../../../../../etc/passwd", f"file://{secret}", "%00", "." * 9999):
        changed = package.replace(b"text/c%200.xhtml", path.encode())
        yield "href.epub", packed({**book, "OEBPS/book.opf": changed})
    yield (
        "spine.epub",
        packed(
            {
                **book,
                "OEBPS/book.opf": package.replace(
                    b"<spine>", b"<spine>" + b'<itemref idref="c0"/>' * 300_000
                ),
            }
        ),
    )


# --- HTML


def _deep(tag: str, depth: int) -> bytes:
    return f"<html><body>{f'<{tag}>' * depth}The tide rose.{f'</{tag}>' * depth}</body></html>".encode()


def page_files(secret: Path) -> Iterator[Made]:
    """HTML."""
    for tag in ("div", "b", "table", "ul><li", "blockquote", "p", "h1", "a href=x"):
        yield "deep.html", _deep(tag, 100_000)
        yield "deeper.html", _deep(tag, 2_000)
    for source in (f"file://{secret}", "file:///etc/passwd", "http://127.0.0.1:9/"):
        tags = "".join(
            f"<{tag} {name}='{source}'></{tag}>"
            for tag, name in (
                ("iframe", "src"),
                ("object", "data"),
                ("embed", "src"),
                ("link", "href"),
                ("img", "src"),
            )
        )
        yield "link.html", f"<html><base href='{source}'><body>{tags}<p>The tide rose.</p>".encode()
        yield "entity.html", f"<!DOCTYPE html [<!ENTITY e SYSTEM '{source}'>]><p>The tide &e; rose.".encode()
    yield "wide.html", b"<html>" + b"<p>The tide rose.</p>" * 20_000
    yield "cells.html", b"<html><table><tr>" + b"<td>1" * 300_000
    yield "attributes.html", b"<html><p " + b" ".join(b"a%d=1" % n for n in range(30_000)) + b">T."
    yield "attribute.html", b"<html><p class='" + b"x" * 20_000_000 + b"'>The tide rose."
    yield "text.html", b"<html><p>" + b"tide " * 6_000_000
    yield "text2.html", b"<html><p>" + b"x" * 30_000_000
    yield "references.html", b"<html><p>" + b"&#x1F600;&nbsp;&amp;" * 500_000
    yield "open.html", b"<html>" + b"<" * 5_000_000
    yield "comment.html", b"<html><!--" * 500_000
    yield "script.html", b"<html><script>" + b"</scrip" * 2_000_000
    yield "dates.html", b"<html><body>" + b"<time datetime='2024-01-01T99'>1/1/24</time> " * 10_000
    yield (
        "json.html",
        b"<html><script type='application/ld+json'>" + b'{"@graph":[' * 100_000 + b"</script><p>T.",
    )
    yield "charset.html", "<html><meta charset='unicode_escape'><p>Zażółć".encode("cp1250")
    yield "utf7.html", b"<html><meta charset=utf-7><p>+ADw-script+AD4-\xff"
    yield "nul.html", b"<html><p>" + bytes(1_000_000)
    yield "utf16.html", "<html><p>The tide rose.".encode("utf-16")[:-1]


# --- PDF

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE_TREE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
FONT = b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"


def _page_of(content: bytes, extra: bytes = b"", filters: bytes = b"") -> bytes:
    """A PDF of one page with this content stream."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]" + FONT + b"/Contents 4 0 R" + extra + b">>"
    stream = b"<</Length %d%b>>stream\n%b\nendstream" % (len(content), filters, content)
    return pdf_of([CATALOG, PAGE_TREE, page, stream])


def pdf_files(secret: Path) -> Iterator[Made]:
    """PDF."""
    plain = pdf(column("The tide rose at noon.", "The boats were safe."))
    shown = b"BT /F1 11 Tf 72 700 Td (The tide rose.) Tj ET\n"
    yield "xref.pdf", plain.replace(b"startxref", b"startxref\n99999999999\n%")
    yield "noxref.pdf", plain[: plain.index(b"xref\n")]
    yield "xrefs.pdf", plain.replace(b"0000000000 65535 f", b"9999999999 65535 n")
    yield "prev.pdf", plain.replace(b"/Root", b"/Prev 9/Root")
    yield "root.pdf", plain.replace(b"/Root 1 0 R", b"/Root 99 0 R")
    yield "loop.pdf", pdf_of([CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"])
    yield (
        "loop2.pdf",
        pdf_of(
            [
                CATALOG,
                b"<</Type/Pages/Kids[3 0 R]/Count 9>>",
                b"<</Type/Pages/Kids[2 0 R]/Count 9/Parent 2 0 R>>",
            ]
        ),
    )
    for count in (-1, 0, 2**31 - 1, 2**40):
        yield (
            f"count{count}.pdf",
            pdf_of(
                [CATALOG, PAGE_TREE.replace(b"Count 1", b"Count %d" % count), b"<</Type/Page/Parent 2 0 R>>"]
            ),
        )
    yield (
        "pages.pdf",
        pdf_of(
            [
                CATALOG,
                b"<</Type/Pages/Kids[%b]/Count 200000>>" % (b"3 0 R " * 200_000),
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
            ]
        ),
    )
    for box in (b"0 0 1e38 1e38", b"0 0 0 0", b"-9 -9 -99999999999 5", b"a b c d", b""):
        yield "box.pdf", plain.replace(b"0 0 595 842", box)
    for size in (50, 500):
        bomb = zlib.compress(b" " * (size * 1_000_000))
        yield f"flate{size}.pdf", _page_of(bomb, filters=b"/Filter/FlateDecode")
        yield f"flates{size}.pdf", _page_of(zlib.compress(bomb), filters=b"/Filter[/FlateDecode/FlateDecode]")
    yield "text.pdf", _page_of(zlib.compress(shown * 300_000), filters=b"/Filter/FlateDecode")
    yield "words.pdf", _page_of(b"BT /F1 11 Tf 72 700 Td (" + b"tide " * 3_000_000 + b") Tj ET")
    yield "filters.pdf", _page_of(shown, filters=b"/Filter[" + b"/ASCIIHexDecode" * 10_000 + b"]")
    yield "length.pdf", plain.replace(b"/Length ", b"/Length 99999")
    yield "length2.pdf", plain.replace(b"/Length ", b"/Length 4 0 R %")
    yield "arrays.pdf", _page_of(shown, extra=b"/A" + b"[" * 300_000)
    yield "dictionaries.pdf", _page_of(shown, extra=b"/A" + b"<</A" * 300_000)
    yield "states.pdf", _page_of(b"q " * 2_000_000 + shown)
    yield (
        "forms.pdf",
        _page_of(
            b"/X Do",
            extra=b"/XObject<</X 4 0 R>>",
            filters=b"/Subtype/Form/Type/XObject/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>",
        ),
    )
    yield "numbers.pdf", _page_of(b"9" * 5_000_000 + shown)
    for name in (str(secret), "/etc/passwd"):
        path = name.encode()
        yield "file.pdf", _page_of(shown, filters=b"/F(" + path + b")")
        yield "launch.pdf", _page_of(shown, extra=b"/AA<</O<</S/Launch/F(" + path + b")>>>>")
        yield (
            "remote.pdf",
            plain.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/GoToR/F(" + path + b")>>"),
        )
    yield (
        "script.pdf",
        plain.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(while(1);)>>"),
    )
    yield "locked.pdf", locked_pdf()
    yield "locked2.pdf", plain.replace(b"/Root", b"/Encrypt<</Filter/Standard/V 99/R 99/O()/U()/P -1>>/Root")
    yield "locked3.pdf", plain.replace(b"/Root", b"/Encrypt 1 0 R/Root")
    yield "title.pdf", pdf(column("The tide."), info=f"/Title({'x' * 5_000_000})/CreationDate(D:99999999)")
    yield "junk.pdf", bytes(900) + plain
    yield "polyglot.pdf", plain + packed({"a.txt": "The tide rose."})
    yield (
        "font.pdf",
        _page_of(shown).replace(
            b"/Helvetica", b"/Helvetica/ToUnicode 4 0 R/Widths[" + b"9 " * 100_000 + b"]"
        ),
    )
    yield "picture.pdf", _page_of(b"BI /W 99999 /H 99999 /BPC 8 /CS /RGB ID " + bytes(1000) + b" EI " + shown)
    yield (
        "linear.pdf",
        plain.replace(b"<</Type/Catalog", b"<</Linearized 1/L 9/H[9 9]/O 9/E 9/N 999999999/T 9/Type/Catalog"),
    )
    yield "empty.pdf", pdf([])
    yield "objects.pdf", pdf_of([CATALOG, PAGE_TREE, b"<</Type/Page/Parent 2 0 R>>", *[b"null"] * 200_000])


# --- what is none of these


def other_files() -> Iterator[Made]:
    """What is none of these, or only says so."""
    for ending in ("txt", "md", "html", "pdf", "docx", "odt", "epub", "zip", "xyz"):
        yield f"empty.{ending}", b""
        yield f"random.{ending}", random.Random(ending).randbytes(200_000)
    for magic in (
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"{\\rtf1",
        b"<html>",
    ):
        yield "magic.pdf", magic
        yield "magic.docx", magic + bytes(500)
    yield "front.md", b"---\n" + b"title: x\n" * 60 + b"---\n"
    yield "front.txt", b"---\n" * 200_000
    yield "text.txt", b"\xff\xfe" + b"\xd8\x00" * 100_000


# --- mutations


def mutated(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """The content with one wound."""
    if not content:
        return other[: chance.randrange(1, 100)]
    begin = chance.randrange(len(content))
    end = min(len(content), begin + 1 + int(chance.expovariate(1 / 200)))
    wounds: list[Callable[[], bytes]] = [
        lambda: content[:begin],
        lambda: content[:begin] + bytes(end - begin) + content[end:],
        lambda: content[:begin] + content[end:],
        lambda: content[:end] + content[begin:],
        lambda: content[:begin] + other[begin % max(len(other), 1) :][: end - begin] + content[end:],
        lambda: content[:begin] + chance.randbytes(end - begin) + content[end:],
    ]
    if chance.random() < 0.4:
        flipped = bytearray(content)
        for _ in range(chance.choice((1, 3, 20))):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        return bytes(flipped)
    return chance.choice(wounds)()


# --- trials


@dataclass(slots=True)
class Figures:
    """What came of all of them. ``refusal`` is the longest that one took, in seconds; ``breaches`` name what
    must not happen.
    """

    files: int = 0
    read: int = 0
    refused: int = 0
    documents: int = 0
    refusal: float = 0.0
    words: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def count(self, name: str, change: Change, seconds: float) -> None:
        """Add what came of one upload."""
        self.files += 1
        self.read += bool(change.steps)
        self.refused += not change.steps
        self.documents += len(change.steps)
        self.words.update(why.partition("; ")[0] for _, why in change.refused)
        self.slowest = sorted([*self.slowest, (seconds, name)], reverse=True)[:10]
        self.refusal = max(self.refusal, 0.0 if change.steps else seconds)


def trial(path: Path, content: bytes, figures: Figures) -> None:
    """Take one file in as an upload, and judge what comes of it."""
    path.write_bytes(content)
    with tempfile.TemporaryDirectory(prefix="quoth-taking-", dir=QUICK) as top:
        seeds, data = Path(top, "seeds"), Path(top, "data")
        seeds.mkdir()
        began = time.monotonic()
        change = taken_in(Corpus(seeds, data), path)
        seconds = time.monotonic() - began
        judge(path.name, change, read_again(path.name, change, data, figures), seconds, figures)
        wrote = {each.name for folder in (Path(top), data) if folder.is_dir() for each in folder.iterdir()}
        if not wrote <= OURS:
            figures.breaches.append(f"{path.name}: wrote {sorted(wrote)}")
    path.unlink()


def taken_in(corpus: Corpus, path: Path) -> Change:
    """The change that an upload is; one without steps where nothing of it can be taken."""
    try:
        return corpus.apply(Add((Incoming(path, path.name),)))
    except DocumentError as error:
        told = (error.place, f"{error.fault}; {error.remedy}")
        return Change(0, "add", 0.0, None, (), refused=(told,))


def read_again(name: str, change: Change, data: Path, figures: Figures) -> list[Source]:
    """Some of its documents, each read anew from its original as a rebuild does."""
    sources = []
    for step in change.steps[:: len(change.steps) // READ_AGAIN + 1]:
        upload = step.after.serving if step.after else None
        if upload is None:
            figures.breaches.append(f"{name}: {step.name} was not kept")
            continue
        try:
            source, _ = read_upload(original(data, upload), step.name, patience=PATIENCE)
        except DocumentError as error:
            figures.breaches.append(f"{name}: is not read again: {error}")
            continue
        if words_of(source.text[source.body :]) != upload.words:
            figures.breaches.append(f"{name}: {step.name} reads otherwise the second time")
        sources.append(source)
    return sources


def judge(name: str, change: Change, sources: list[Source], seconds: float, figures: Figures) -> None:
    """Count what came of an upload, and name what must not come of one."""
    read, names = bool(change.steps), [step.name for step in change.steps]
    refusals = [f"{place}: {why}" for place, why in change.refused]
    figures.count(name, change, seconds)

    def breach(said: str) -> None:
        figures.breaches.append(f"{name}: {said}")

    if any(len(line.splitlines()) != 1 or "Traceback" in line or "Error" in line for line in refusals):
        breach(f"not plain words: {refusals[:2]}")
    if not read and not refusals:
        breach("neither read nor refused")
    if seconds > (MOST_FOR_A_ZIP if read and name.endswith(".zip") else MOST_SECONDS):
        breach(f"took {seconds:.1f} s")
    if len({each.casefold() for each in names}) < len(names):
        breach("two documents of one name")
    if strange := [each for each in names if not _is_safe(each)]:
        breach(f"a document is called {strange[0]!r}")
    if not all(map(_is_sound, sources)):
        breach("gives no sound text")
    texts = [part for source in sources for part in (source.text, repr(source.metadata), *source.faults)]
    said = [*names, *refusals, *(fault for step in change.steps for fault in step.faults), *map(str, texts)]
    for leak in (SECRET, PASSWD):
        if any(leak in line for line in said):
            breach(f"shows {leak}")


def _is_safe(name: str) -> bool:
    """Whether a document may be called that."""
    return name.isprintable() and not {"", ".", ".."} & set(name.split("/")) and len(name) <= LONGEST_NAME


def _is_sound(source: Source) -> bool:
    """Whether a text is fit to be stored."""
    text = source.text
    return bool(text.strip()) and text.encode("utf-8", "replace").decode() == text and "\0" not in text


def run(
    make: Callable[[Path], list[Made]],
    mutations: int,
    seed: int = 1,
    tell: Callable[[str], object] = lambda _: None,
) -> Figures:
    """Try the files that are made for a secret's path, each whole and so many times mutated."""
    chance, figures = random.Random(seed), Figures()
    with tempfile.TemporaryDirectory(prefix="quoth-hostile-") as top:
        folder, temporary, secret = Path(top, "in"), Path(top, "tmp"), Path(top, "secret.txt")
        folder.mkdir()
        temporary.mkdir()
        secret.write_text(SECRET)
        made, before = make(secret), os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = str(temporary)
        try:
            for number, (name, content) in enumerate(made, 1):
                trial(folder / name, content, figures)
                for turn in range(mutations):
                    wounded = mutated(content, chance.choice(made)[1], chance)
                    trial(folder / f"{Path(name).stem}-{turn}{Path(name).suffix}", wounded, figures)
                tell(f"{number} of {len(made)}: {name}, {figures.files} trials, {figures.breaches[-1:]}")
        finally:
            os.environ.pop("TMPDIR")
            if before is not None:
                os.environ["TMPDIR"] = before
        left = sorted(str(path.relative_to(top)) for path in Path(top).rglob("*"))
        if left != ["in", "secret.txt", "tmp"] or secret.read_text() != SECRET:
            figures.breaches.append(f"files were written: {left}")
    return figures


def main() -> int:
    """Run all, print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--mutations", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()

    def make(secret: Path) -> list[Made]:
        made = hostile_files(secret)
        count = min(options.files, len(made))
        return [made[place * len(made) // count] for place in range(count)]

    figures = run(make, options.mutations, options.seed, lambda line: print(line, file=sys.stderr))
    seconds = time.monotonic() - began
    print(f"{figures.files} trials, {figures.read} read, {figures.refused} refused, {seconds:.0f} s")
    print(f"{figures.documents} documents; the slowest refusal took {figures.refusal:.1f} s")
    for fault, count in figures.words.most_common():
        print(f"{count:7d}  {fault}")
    print("slowest:", ", ".join(f"{name} {took:.1f} s" for took, name in figures.slowest))
    print(f"{len(figures.breaches)} breaches", *figures.breaches, sep="\n  ")
    return 1 if figures.breaches else 0


if __name__ == "__main__":
    sys.exit(main())
