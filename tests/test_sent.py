"""A zip that is sent in: one change of as many documents, each under a name of ours, each read anew alike."""

import io
import zipfile
from pathlib import Path

import pytest
from conftest import Folder
from durability import full_from
from hypothesis import given
from hypothesis import strategies as st
from samples import chapter, column, epub, odt, packed, pdf, with_password, word
from test_changes import TIDES, Desk

from index.changes import Add, Incoming
from index.corpus import corpus_files, read_document
from index.durable import observed
from index.errors import DocumentError, StoreError
from index.readers import FORMATS, Source, read_all
from index.sent import LONGEST_NAME, _Names

FERRY = "The ferry to Rorschach sank in 1864."
HARBOUR = pdf(column("The harbour of Lindau froze in 1963.", "Boats were safe."))


@pytest.fixture
def desk(folder: Folder) -> Desk:
    folder.write("pier.txt", "The pier was closed in May.")
    return Desk(folder)


def outcomes(desk: Desk, *sent: Incoming) -> dict[str, str]:
    """Name -> what came of it."""
    change = desk.corpus.apply(Add(sent), by=7)
    told = {name: why.partition(";")[0] for name, why in change.refused}
    return {step.name: step.outcome for step in change.steps} | told


# --- one change


def test_a_zip_is_one_change_of_its_documents_and_one_undo(desk: Desk) -> None:
    content = packed(
        {"in/a.md": f"---\ntitle: Ferries\n---\n{FERRY}", "b.pdf": HARBOUR, "pier.txt": "It opened."}
    )
    assert {"in/a.md": "added", "b.pdf": "added", "pier.txt": "new version"} == outcomes(
        desk, desk.file("all.zip", content)
    )
    assert 1 == len(desk.corpus.log())
    assert FERRY in desk.texts("ferry Rorschach")
    assert "It opened." in desk.texts("opened")
    desk.undo()
    assert ["pier pier.txt given"] == desk.held
    assert FERRY not in desk.texts("ferry Rorschach")
    desk.undo()
    assert FERRY in desk.texts("ferry Rorschach")


def test_what_of_a_zip_cannot_be_read_is_named_and_costs_only_itself(desk: Desk) -> None:
    content = packed(
        {
            "a.txt": TIDES,
            "blank.txt": " ",
            "again.zip": packed({"b.txt": TIDES}),
            "picture.png": b"\x89PNG\r\n\x1a\n\0",
            "broken.docx": word()[:-200],
            "in\n/tool.exe": b"MZ\0",
            ".hidden.txt": "x",
        }
    )
    assert {
        "a.txt": "added",
        "all.zip/blank.txt": "holds no text",
        "all.zip/again.zip": "is an archive inside an archive",
        "all.zip/picture.png": "is a picture, not a document",
        "all.zip/broken.docx": "is damaged",
        "all.zip/in/tool.exe": "is not a document but a binary file",
    } == outcomes(desk, desk.file("all.zip", content))


def test_a_zip_of_which_nothing_can_be_read_names_all_of_it_and_changes_nothing(desk: Desk) -> None:
    before = sorted(desk.folder.data.rglob("*"))
    content = with_password(packed({"a.txt": TIDES, "b.txt": TIDES}))
    assert dict.fromkeys(["z.zip/a.txt", "z.zip/b.txt"], "is encrypted") == outcomes(
        desk, desk.file("z.zip", content)
    )
    assert () == desk.corpus.log()
    assert before == [path for path in sorted(desk.folder.data.rglob("*")) if path.suffix != ".lock"]


NO_ARCHIVES = [
    # content, what is said
    (word(), "z.zip: is no archive by its content; name it after what it is"),
    (b"hello", "z.zip: is no archive by its content; name it after what it is"),
    (packed({"a.txt": TIDES})[:-30], "z.zip: is damaged; save or download it again"),
    (packed({}), "z.zip: is an archive without a document; put some in"),
    (packed({"a.txt": " "}), "z.zip/a.txt: holds no text; fill it or remove it"),
]


@pytest.mark.parametrize(("content", "said"), NO_ARCHIVES)
def test_a_zip_that_is_none_is_refused_in_plain_words(content: bytes, said: str, desk: Desk) -> None:
    with pytest.raises(DocumentError) as raised:
        desk.corpus.apply(Add((desk.file("z.zip", content),)))
    assert said == str(raised.value)


def test_an_entry_sent_again_is_unchanged_or_a_new_version(desk: Desk) -> None:
    first = desk.file("one.zip", packed({"in/a.txt": TIDES, "b.txt": FERRY}), title="All", source="Harbour")
    assert {"in/a.txt": "added", "b.txt": "added"} == outcomes(desk, first)
    assert {("Harbour", None)} == {
        (each.metadata.source, each.metadata.title) for each in desk.corpus.documents() if each.by == 7
    }
    assert {"in/a.txt": "unchanged", "b.txt": "unchanged"} == outcomes(desk, first)
    assert 1 == len(desk.corpus.log())
    again = desk.file("two.zip", packed({"b.txt": "It rose.", "in/a.txt": TIDES}))
    assert {"b.txt": "new version", "in/a.txt": "unchanged"} == outcomes(desk, again)
    assert {"b.txt": "unchanged"} == outcomes(desk, desk.file("b.txt", "It rose."))


def test_an_album_of_zips_and_files_is_one_change_and_loses_no_document(desk: Desk) -> None:
    one, two = packed({"notes.txt": TIDES, "a.txt": FERRY}), packed({"Notes.txt": TIDES, "c.txt": "It rose."})
    change = desk.corpus.apply(
        Add((desk.file("a.txt", "Own."), desk.file("one.zip", one), desk.file("two.zip", two)))
    )
    names = ["a.txt", "notes.txt", "a (2).txt", "Notes (2).txt", "c.txt"]
    assert names == [step.name for step in change.steps]
    assert [(), (), (), ("notes",), ()] == [step.same_text for step in change.steps]
    desk.undo()
    assert ["pier pier.txt given"] == desk.held


def test_each_document_of_a_zip_is_made_again_of_its_own_original(desk: Desk) -> None:
    """The zip itself is not kept."""
    entries = {
        "a.md": f"# Zud\n\n{TIDES}",
        "latin.txt": "Über die Flüsse.".encode("cp1252"),
        "b.pdf": HARBOUR,
        "c.docx": word(),
        "d.odt": odt(),
        "e.epub": epub(chapter("<p>The tide rose.</p>")),
        "f.html": "<html><body><p>The tide rose.</p></body></html>",
        "report": HARBOUR,
        "really a pdf.txt.bak": HARBOUR,
        "named wrong.docx": odt(),
    }
    sent = desk.file("all.zip", packed(entries))
    read = {each.name: each.source for each in read_all(sent.path)}
    change = desk.corpus.apply(Add((sent,)))
    sent.path.unlink()
    assert len(entries) == len(change.steps)
    files = corpus_files(desk.folder.seeds, desk.folder.data)
    again = {file.name: read_document(file, "x")[0] for file in files}
    for step, source in zip(change.steps, read.values(), strict=True):
        assert isinstance(source, Source)
        made = again[step.name]
        assert (source.text, source.body, source.markdown) == (made.text, made.body, made.markdown)
    assert {"report.pdf", "really a pdf.txt.bak.pdf"} < again.keys()
    stored = {path.suffix for path in (desk.folder.data / "uploads").rglob("original*")}
    assert ".zip" not in stored


def test_a_disk_that_fills_up_in_the_middle_of_a_zip_keeps_nothing_of_it(desk: Desk) -> None:
    with pytest.raises(StoreError), observed(full_from(12)):
        desk.corpus.apply(Add((desk.file("z.zip", packed({f"{n}.txt": TIDES for n in range(9)})),)))
    assert [] == [path for path in desk.folder.data.rglob("*") if "original" in path.name]
    assert ["pier pier.txt given"] == desk.held


# --- names

ENTRIES = [
    # names in the zip, names of the documents
    (["../../etc/passwd.txt", "/etc/x.txt"], ["etc/passwd.txt", "etc/x.txt"]),
    (["C:\\win\\a.txt", "..\\b.txt"], ["C:/win/a.txt", "b.txt"]),
    (["a\x1b[31m\u202e.txt", "b\n.txt"], ["a[31m.txt", "b.txt"]),
    (["a.txt", "A.TXT", "./a.txt", "a.txt "], ["a.txt", "A (2).TXT", "a (3).txt", "a (4).txt"]),
    (["\u00e9.txt", "e\u0301.txt"], ["\u00e9.txt", "\u00e9 (2).txt"]),
    (["x" * 9_000 + ".txt", "x" * 8_000 + ".txt"], ["x" * 196 + ".txt", "x" * 192 + " (2).txt"]),
    (["...", "\u200b"], ["document.txt", "document (2).txt"]),
]


@pytest.mark.parametrize(("entries", "names"), ENTRIES, ids=range(len(ENTRIES)))
def test_a_document_of_a_zip_has_a_safe_name_of_its_own(entries: list[str], names: list[str]) -> None:
    named = _Names()
    assert names == [named.entry(entry, ".txt") for entry in entries]


@given(st.lists(st.text(alphabet=st.sampled_from("aA./\\ \n\x00\u202e\u0301é-(2)"), max_size=12), max_size=8))
def test_whatever_entries_are_called_their_documents_are_told_apart(entries: list[str]) -> None:
    named = _Names()
    names = [named.entry(entry, ".pdf") for entry in entries]
    assert len({name.casefold() for name in names}) == len(entries)
    for name in names:
        assert name.isprintable()
        assert len(name) <= LONGEST_NAME
        assert Path(name).suffix.lower() in FORMATS
        assert not {"", ".", ".."} & set(name.split("/"))
        assert not Path(name).is_absolute()


RAW = [
    # bytes of a name that is not said to be UTF-8, what it is taken for
    ("Новости.txt".encode("cp866"), "Новости.txt"),
    ("Новости.txt".encode(), "Новости.txt"),
    ("caf\u00e9.txt".encode("cp437"), "caf\u00e9.txt"),
]


@pytest.mark.parametrize(("raw", "name"), RAW)
def test_names_that_are_not_said_to_be_utf8_are_read_as_they_were_meant(
    raw: bytes, name: str, tmp_path: Path
) -> None:
    placeholder = b"n" * (len(raw) - 4) + b".txt"
    path = tmp_path / "a.zip"
    path.write_bytes(packed({placeholder.decode(): TIDES}).replace(placeholder, raw))
    assert [name] == [each.name for each in read_all(path)]


def test_entries_that_share_a_name_are_each_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "The tide rose.")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.txt", "The tide fell.")
    path = tmp_path / "a.zip"
    path.write_bytes(out.getvalue())
    texts = [each.source.text for each in read_all(path) if isinstance(each.source, Source)]
    assert ["The tide rose.", "The tide fell."] == texts
