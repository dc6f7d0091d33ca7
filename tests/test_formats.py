"""Every format: which text, in which blocks, with which metadata; what is refused, and in which words.

All files are made in samples.py and read by the real process.
"""

from pathlib import Path

import docx
import pytest
from conftest import Folder
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from samples import (
    PAGE,
    chapter,
    column,
    epub,
    locked_pdf,
    odt,
    packed,
    pdf,
    with_password,
    word,
)

from index.corpus import scan
from index.errors import DocumentError
from index.model import Metadata
from index.readers import FORMATS, NamedSource, Source, read, read_all
from index.readers.source import MOST_BYTES


def read_as(folder: Path, name: str, content: bytes | str) -> Source:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path)


def blocks(source: Source) -> list[str]:
    return [block for block in source.text.split("\n\n") if block]


# --- HTML


def test_a_page_is_its_main_text_in_blocks_without_navigation(tmp_path: Path) -> None:
    source = read_as(tmp_path, "a.html", PAGE)
    assert [
        "# Talks resume",
        "The minister said that the talks would go on. He left at noon, and nobody asked him why he had come"
        " to the harbour at all.",
        "## What comes next",
        "- The harbour is to be dredged before the winter storms",
        "- The ferry is to be sold",
        "| Year | Boats |",
        "| 2022 | 31 |",
        "Fish & chips cost <5> pounds, said the mayor\xadess, and that was that for the day.",
    ] == blocks(source)
    assert source.markdown
    assert (
        Metadata("Talks resume", "Example Wire", "2024-03-02", "https://example.org/talks") == source.metadata
    )
    assert source.extractor.startswith("html 1, trafilatura ")


PAGES = [
    # what is odd about it, page, blocks
    ("one word of text", "<html><body>Tides</body></html>", ["Tides"]),
    ("a line break", "<p>One boat,<br>two boats.</p>", ["One boat,\ntwo boats."]),
    (
        "two line breaks",
        "<html><body><div>One boat.<br><br>Two boats.</div></body></html>",
        ["One boat.", "Two boats."],
    ),
    (
        "words that Markdown would take for marks",
        "<p>```</p><p>The tide rose.</p>",
        ["```", "The tide rose."],
    ),
    (
        "tags that are never closed",
        "<font>" * 400 + "<p>The tide rose.</p><p>It fell.",
        ["The tide rose.", "It fell."],
    ),
    ("a depth of 2,000", "<div>" * 2_000 + "<p>The tide rose.</p>", ["The tide rose."]),
    ("an entity of its own", '<!DOCTYPE html [<!ENTITY x "bomb">]><p>The tide &x; rose.</p>', None),
]


@pytest.mark.parametrize(("odd", "page", "expected"), PAGES, ids=[odd for odd, _, _ in PAGES])
def test_an_odd_page_is_read_too(odd: str, page: str, expected: list[str] | None, tmp_path: Path) -> None:
    source = read_as(tmp_path, "a.html", page)
    assert "bomb" not in source.text
    assert expected is None or expected == blocks(source)
    assert not (odd.startswith("words") and source.markdown)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "koi8-r", "utf-16"])
def test_a_page_is_decoded_by_what_it_says(encoding: str, tmp_path: Path) -> None:
    said = f'<meta charset="{encoding}">' if encoding in ("cp1251", "koi8-r") else ""
    text = "Министр иностранных дел заявил, что переговоры начнутся в среду."
    page = f"<!doctype html><html><head>{said}</head><body><p>{text}</p></body></html>"
    source = read_as(tmp_path, "a.html", page.encode(encoding))
    assert ([text], ()) == (blocks(source), source.faults)


@pytest.mark.parametrize("said", ["iso-8859-1", "utf-16", "unicode_escape", "nonsense"])
def test_a_page_that_names_a_wrong_encoding_is_read_as_what_it_is(said: str, tmp_path: Path) -> None:
    text = "Der Botschafter sagte, die Gespräche „über“ Müller zählten – so viel zur Größe der Brücke."
    page = f"<!doctype html><html><head><meta charset={said}></head><body><p>{text}</p></body></html>"
    assert [text] == blocks(read_as(tmp_path, "a.html", page.encode("cp1252")))


def test_a_page_that_does_not_say_its_encoding_is_read_by_a_guess_which_is_said(tmp_path: Path) -> None:
    text = "Министр иностранных дел заявил, что переговоры начнутся в среду."
    source = read_as(tmp_path, "a.html", f"<html><body><p>{text}</p></body></html>".encode("cp1251"))
    assert [text] == blocks(source)
    assert [f"{tmp_path}/a.html"] == [fault.place for fault in source.faults]


# --- PDF

FIRST = column(
    "The minister said that the nego-",
    "tiations would go on for a well-",
    "known reason, and that he left.",
    "",
    "A new paragraph begins with this line and goes",
    "on to its end.",
    "Short",
    "The page ends in the middle of a sentence, which",
)
SECOND = column("goes on over the page. Then it ends.")


def test_lines_of_a_pdf_become_paragraphs_and_no_word_is_joined_or_altered(tmp_path: Path) -> None:
    source = read_as(tmp_path, "a.pdf", pdf([(72, 790, 18, "The harbour"), *FIRST], SECOND))
    assert [
        "The harbour",
        "The minister said that the nego-tiations would go on for a well-known reason, and that he left.",
        "A new paragraph begins with this line and goes on to its end.",
        "Short",
        "The page ends in the middle of a sentence, which goes on over the page. Then it ends.",
    ] == blocks(source)
    assert [0, source.text.index("goes on over")] == list(source.pages)
    assert not source.markdown


def test_running_heads_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    pages = [
        [(250, 800, 9, "Harbour news"), *column(f"The {word} boat is", "safe."), (300, 30, 9, f"{number}")]
        for number, word in enumerate(("first", "second", "third", "fourth"), 1)
    ]
    source = read_as(tmp_path, "a.pdf", pdf(*pages))
    assert [f"The {word} boat is safe." for word in ("first", "second", "third", "fourth")] == blocks(source)


def test_a_column_goes_on_in_the_next_one_and_a_finished_one_does_not(tmp_path: Path) -> None:
    left = column("The first column of the", "page ends in a", top=700)
    right = column("word of the next one.", "It ends.", top=750, left=320)
    source = read_as(tmp_path, "a.pdf", pdf([*left, *right]))
    assert "The first column of the page ends in a word of the next one." in source.text


def test_the_properties_of_a_pdf_are_its_metadata(tmp_path: Path) -> None:
    info = "/Title(Tides)/Author(Ann Bell)/CreationDate(D:20230124100000Z)"
    assert (
        Metadata("Tides", "Ann Bell", "2023-01-24")
        == read_as(tmp_path, "a.pdf", pdf(FIRST, info=info)).metadata
    )


@pytest.mark.parametrize(
    "info", ["/Title(Microsoft Word - draft3.doc)", "/Title(draft.pdf)", "/Author(user)", "/Title()"]
)
def test_what_programs_fill_in_is_no_metadata(info: str, tmp_path: Path) -> None:
    assert Metadata() == read_as(tmp_path, "a.pdf", pdf(FIRST, info=info)).metadata


def test_a_scan_with_few_pages_of_text_says_so(tmp_path: Path) -> None:
    source = read_as(tmp_path, "a.pdf", pdf(FIRST, [], []))
    assert ["has no text layer on 2 of 3 pages"] == [fault.fault for fault in source.faults]
    assert 3 == len(source.pages)


# --- Word


def test_a_word_document_keeps_its_order_headings_lists_and_tables(tmp_path: Path) -> None:
    source = read_as(tmp_path, "a.docx", word())
    assert [
        "# The harbour",
        "The tide rose at noon. The boats were safe.",
        "- Ropes were new",
        "| Year | Boats |",
        "| 2022 | 31 |",
    ] == blocks(source)


def test_insertions_and_content_controls_are_read_and_deletions_are_not(tmp_path: Path) -> None:
    document = docx.Document()
    for tag, text in (("w:ins", "The tide rose."), ("w:del", "The tide fell."), ("w:sdt", "It is noon.")):
        paragraph = document.add_paragraph()
        paragraph.add_run(text)
        around = OxmlElement(tag)
        around.append(paragraph._p[-1])
        paragraph._p.append(around)
    assert ["The tide rose.", "It is noon."] == blocks(read_as(tmp_path, "a.docx", word(document)))


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def noted(kind: str, notes: str, *marks: str) -> bytes:
    """A Word document with a part of notes, and their marks (or other XML) in its only paragraph."""
    document = docx.Document()
    paragraph = document.add_paragraph("The tide rose.")
    for mark in marks:
        paragraph._p.append(parse_xml(mark.replace(" ", f' xmlns:w="{WORD}" ', 1)))
    content = f'<w:{kind} xmlns:w="{WORD}">{notes}</w:{kind}>'.encode()
    name = PackURI(f"/word/{kind}.xml")
    part = Part(name, f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml", content)
    document.part.relate_to(part, f"{OFFICE}/{kind}")
    return word(document)


def note(kind: str, number: int, *paragraphs: str, said: str = "") -> str:
    inside = "".join(f"<w:p><w:r>{text}</w:r></w:p>" for text in paragraphs)
    return f'<w:{kind} w:id="{number}"{said}>{inside}</w:{kind}>'


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_the_notes_of_a_word_document_are_paragraphs_behind_its_body(kind: str, tmp_path: Path) -> None:
    notes = [
        note(kind, -1, "<w:separator/>", said=' w:type="separator"'),
        note(kind, 1, "<w:t>By the clock.</w:t>", "<w:t>Of Lindau.</w:t>"),
        note(kind, 2, "<w:t>Of old.</w:t>"),
        note(kind, 3, "<w:t>Nobody points here.</w:t>"),
        note(kind, 4, "<w:t>Its mark was deleted.</w:t>"),
        note(
            kind,
            5,
            "<w:t>It fell</w:t></w:r><w:del><w:r><w:delText>not</w:delText></w:r></w:del><w:r><w:t>.</w:t>",
        ),
    ]
    marks = [f'<w:r ><w:{kind}Reference w:id="{number}"/></w:r>' for number in (2, 1, 1, 5, 99)]
    deleted = f'<w:del ><w:r><w:{kind}Reference w:id="4"/></w:r></w:del>'
    content = noted(f"{kind}s", "".join(notes), *marks, deleted)
    expected = ["The tide rose.", "Of old.", "By the clock.", "Of Lindau.", "It fell."]
    assert expected == blocks(read_as(tmp_path, "a.docx", content))


def test_comments_of_a_word_document_are_not_text(tmp_path: Path) -> None:
    comment = note("comment", 0, "<w:t>Is that so?</w:t>")
    content = noted("comments", comment, '<w:r ><w:commentReference w:id="0"/></w:r>')
    assert ["The tide rose."] == blocks(read_as(tmp_path, "a.docx", content))


def test_the_core_properties_of_a_word_document_are_its_metadata(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("The tide rose.")
    document.core_properties.title, document.core_properties.author = "Tides", "Ann Bell"
    expected = Metadata("Tides", "Ann Bell", "2013-12-23")
    assert expected == read_as(tmp_path, "a.docx", word(document)).metadata


# --- OpenDocument and EPUB


def test_an_opendocument_text_keeps_its_order_and_puts_notes_behind(tmp_path: Path) -> None:
    source = read_as(tmp_path, "a.odt", odt())
    assert [
        "## The harbour",
        "The tide  rose at noon. Boats were safe.",
        "By the clock.",
        "- Ropes were new",
        "| Year | Boats |",
    ] == blocks(source)
    assert Metadata("Tides", "Ann Bell", "2023-01-24") == source.metadata


def test_a_book_is_read_chapter_by_chapter_in_reading_order(tmp_path: Path) -> None:
    book = epub(chapter("<h1>One</h1><p>The tide&nbsp;rose.</p>"), chapter("<p>It fell.</p>"))
    source = read_as(tmp_path, "a.epub", book)
    assert ["# One", "The tide\xa0rose.", "It fell."] == blocks(source)
    assert Metadata("Tides", "Ann Bell", "2023-01", "https://example.org/tides") == source.metadata


# --- archives


def test_a_zip_gives_its_documents_and_says_what_it_could_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(
        packed(
            {
                "in/a.md": "---\ntitle: Tides\n---\nThe tide rose.",
                "b.pdf": pdf(FIRST),
                "c.docx": word(),
                "../../etc/passwd.txt": "It fell.",
                "again.zip": packed({"a.txt": "Deep."}),
                "damaged.pdf": b"%PDF-1.4 nothing",
                "picture.png": b"\x89PNG\r\n\x1a\n\0",
                "__MACOSX/._a.md": b"\0",
                ".DS_Store": b"\0",
            }
        )
    )
    found = list(read_all(path))
    assert ["in/a.md", "b.pdf", "c.docx", "../../etc/passwd.txt"] == [
        each.name for each in found if isinstance(each.source, Source)
    ]
    assert "Tides" == getattr(found[0].source, "metadata", Metadata()).title
    assert [
        f"{path}/again.zip: is an archive inside an archive; unpack it",
        f"{path}/damaged.pdf: is damaged, or no PDF; save or download it again",
        f"{path}/picture.png: is a picture, not a document; run OCR and give the text",
    ] == [str(each.source) for each in found if isinstance(each.source, DocumentError)]


def test_a_single_file_is_one_document_of_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Tides.")
    assert [NamedSource("a.txt", read(path))] == list(read_all(path))


def test_a_file_that_cannot_be_read_is_an_error_and_not_a_document(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(locked_pdf())
    with pytest.raises(DocumentError, match="is encrypted"):
        list(read_all(path))


# --- what is refused, and in which words

ENTITY = '<!DOCTYPE x [<!ENTITY e "bomb">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
REFUSED = [
    # name, content, what is said
    ("a.pdf", pdf([]), "no text layer; run OCR first"),
    ("a.pdf", locked_pdf(), "is encrypted; give it without a password"),
    ("a.pdf", pdf(FIRST)[:60], "is damaged, or no PDF; save or download it again"),
    ("a.pdf", b"", "holds no text; fill it or remove it"),
    ("a.pdf", b"Tides.", "is damaged, or not a PDF; save or download it again"),
    ("a.docx", word()[:-200], "is damaged; save or download it again"),
    (
        "a.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99),
        "is an old Office file or encrypted; save it as .docx, unlocked",
    ),
    ("a.docx", word(docx.Document()), "holds no text; fill it or remove it"),
    ("a.docx", with_password(word()), "is encrypted; give it without a password"),
    ("a.odt", odt(manifest="<m:encryption-data/>"), "is encrypted; give it without a password"),
    (
        "a.odt",
        odt(head=ENTITY),
        "declares XML entities, which are not read; save it anew with another program",
    ),
    (
        "a.odt",
        odt(head=EXTERNAL, body="<text:p>&e;</text:p>"),
        "declares XML entities, which are not read; save it anew with another program",
    ),
    ("a.odt", odt(body=""), "holds no text; fill it or remove it"),
    (
        "a.epub",
        epub(chapter("<p>T.</p>", ENTITY)),
        "declares XML entities, which are not read; save it anew with another program",
    ),
    ("a.epub", epub(), "holds no text; fill it or remove it"),
    ("a.html", "<div>" * 3_000 + "<p>Deep.", "is nested too deeply; save it anew, more plainly"),
    ("a.html", "<html><body></body></html>", "holds no text; fill it or remove it"),
    (
        "a.zip",
        packed({"a.txt": "Tides."}),
        "is an archive of documents; unpack it, or send it under a name ending in .zip",
    ),
    (
        "a.ods",
        packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        "is no text document (a spreadsheet, slides or a drawing); save it as .pdf",
    ),
    (
        "a.xlsx",
        packed({"[Content_Types].xml": "", "xl/workbook.xml": ""}),
        "is no text document (a spreadsheet or slides); save it as .pdf",
    ),
    ("a.rtf", b"{\\rtf1 Tides}", "is in a format not known here (RTF); save it as .docx or .pdf"),
    ("a.jpg", b"\xff\xd8\xff\xe0", "is a picture, not a document; run OCR and give the text"),
    ("a.exe", b"MZ\0\0", "is not a document but a binary file; give it as text or PDF"),
    ("a.txt", b"\x7fELF\x02\x01\x01" + bytes(200), "looks like a binary file; give it as text, or remove it"),
    (
        "a.csv",
        b"a,b\n1,2\n",
        "is in a format not known here; give a file of one of these: .txt, .md, .html, .htm, .xhtml, .pdf,"
        " .docx, .odt, .epub, .zip",
    ),
]


@pytest.mark.parametrize(("name", "content", "said"), REFUSED, ids=lambda value: str(value)[:20])
def test_what_is_not_read_is_told_in_plain_words(
    name: str, content: bytes | str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(DocumentError) as raised:
        read_as(tmp_path, name, content)
    assert f"{tmp_path}/{name}: {said}" == str(raised.value)


def test_a_plain_doctype_is_no_entity(tmp_path: Path) -> None:
    assert ["T."] == blocks(read_as(tmp_path, "a.odt", odt("<text:p>T.</text:p>", head="<!DOCTYPE x>")))


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    for name in ("a.pdf", "a.txt"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(MOST_BYTES + 1_000_000)
        with pytest.raises(DocumentError, match=r"is larger than 64 MB \(65 MB\); split it"):
            read(tmp_path / name)


ARCHIVES = [
    # entries, what is said
    (packed({f"{n}.txt": "T." for n in range(5001)}, method=0), "holds more than 5000 entries; split it"),
    (packed({f"{n}.txt": bytes(30_000_000) for n in range(5)}), "unpacks to more than 128 MB; split it"),
    (packed({f"{n}.txt": "T." for n in range(1001)}, method=0), "holds more than 1000 documents; split it"),
    (
        packed({"a.txt": bytes(9_000_000)}),
        "is more than 200 times as large as packed; give it unpacked",
    ),
    (packed({}), "is an archive without a document; put some in"),
    (with_password(packed({"a.txt": "T."})), "is encrypted; give it without a password"),
]


@pytest.mark.parametrize(
    ("content", "said"), ARCHIVES, ids=["entries", "bytes", "documents", "ratio", "empty", "password"]
)
def test_an_archive_past_its_bounds_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    try:
        told = [str(each.source) for each in read_all(path)]
    except DocumentError as error:
        told = [str(error)]
    assert [True] == [line.endswith(f": {said}") for line in told]


def test_an_entry_that_unpacks_to_too_much_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"bomb.txt": bytes(40_000_000), "a.txt": "The tide rose."}))
    bomb, text = read_all(path)
    assert f"{path}/bomb.txt: unpacks to more than is read here; split it" == str(bomb.source)
    assert isinstance(text.source, Source)


def test_entries_that_lie_over_one_another_are_refused(tmp_path: Path) -> None:
    """Both directory entries point to the same bytes, as in a bomb without nesting."""
    content = packed({"a.txt": "The tide rose.", "b.txt": "The tide rose."})
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    path = tmp_path / "a.zip"
    path.write_bytes(content[: second + 42] + content[first + 42 : first + 46] + content[second + 46 :])
    with pytest.raises(DocumentError, match="has entries that lie over one another"):
        list(read_all(path))


# --- content before ending

RENAMED = [
    ("a.txt", pdf(FIRST), "is a PDF by its content and was read as one; rename it to end in .pdf"),
    ("a.pdf", PAGE.encode(), "is an HTML page by its content and was read as one; rename it to end in .html"),
    ("a.pdf", word(), "is a Word document by its content and was read as one; rename it to end in .docx"),
    ("a.docx", odt(), "is an OpenDocument text by its content and was read as one; rename it to end in .odt"),
    ("report", pdf(FIRST), "is a PDF by its content and was read as one; rename it to end in .pdf"),
    ("a.zip", word(), "is a Word document by its content and was read as one; rename it to end in .docx"),
]


@pytest.mark.parametrize(("name", "content", "said"), RENAMED, ids=lambda value: str(value)[:20])
def test_a_file_with_a_wrong_ending_is_read_and_told(
    name: str, content: bytes, said: str, tmp_path: Path
) -> None:
    assert [f"{tmp_path}/{name}: {said}"] == [str(fault) for fault in read_as(tmp_path, name, content).faults]


def test_a_file_without_an_ending_is_plain_text_unless_it_is_more(tmp_path: Path) -> None:
    assert "The tide rose." == read_as(tmp_path, "README", "The tide rose.").text
    with pytest.raises(DocumentError, match="is not a document but a binary file"):
        read_as(tmp_path, "program", b"\1\0\2")


# --- the same bytes, the same text


@pytest.mark.parametrize("name", ["a.html", "a.pdf", "a.docx", "a.odt", "a.epub"])
def test_the_same_bytes_give_the_same_source(name: str, tmp_path: Path) -> None:
    content: dict[str, bytes | str] = {
        "a.html": PAGE,
        "a.pdf": pdf(FIRST, SECOND),
        "a.docx": word(),
        "a.odt": odt(),
        "a.epub": epub(chapter("<p>The tide rose.</p>")),
    }
    first = read_as(tmp_path, name, content[name])
    assert first == read_as(tmp_path, name, content[name])
    assert first.words > 2
    assert any(char.isdigit() for char in first.extractor)


# --- all the way to the citation


def test_a_folder_of_all_formats_is_searched_and_a_pdf_gives_the_page(folder: Folder) -> None:
    folder.write(
        "harbour.pdf", pdf(column("The tide rose at noon."), column("The lighthouse was sold to Norway."))
    )
    folder.write("talks.html", PAGE)
    folder.write("boats.docx", word())
    folder.write("ropes.odt", odt())
    folder.write("book.epub", epub(chapter("<p>The whale was seen by the cook.</p>")))
    folder.write("harbour.toml", 'title = "Harbour report"')
    assert {"harbour.pdf", "talks.html", "boats.docx", "ropes.odt", "book.epub"} == {
        file.name for file in scan(folder.seeds)
    }
    with folder.open() as index:
        sold = index.search("who was the lighthouse sold to?").hits[0].sentence
        assert ("harbour.pdf", 2, "Harbour report") == (
            sold.citation.file,
            sold.citation.page,
            sold.citation.title,
        )
        seen = index.search("who saw the whale?").hits[0].sentence
        assert ("book.epub", None) == (seen.citation.file, seen.citation.page)
        document = index.document("harbour")
        assert document is not None
        assert document.text[sold.citation.start : sold.citation.end] == sold.text
        assert [0, document.text.index("The lighthouse")] == list(document.pages)
    assert [] == folder.notices


def test_a_damaged_file_in_a_folder_costs_only_itself(folder: Folder) -> None:
    folder.write("a.pdf", pdf(FIRST)[:80])
    folder.write("b.txt", "The tide rose.")
    with folder.open() as index:
        assert 1 == index.stats().documents
        assert [("a.pdf", f"{folder.seeds}/a.pdf: is damaged, or no PDF; save or download it again")] == list(
            index.skipped
        )


def test_every_ending_of_a_folder_is_one_that_the_door_reads() -> None:
    assert {".txt", ".md", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".odt", ".epub"} == FORMATS
