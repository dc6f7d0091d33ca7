"""Which documents a folder holds, what ids they get, and when they have changed."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Folder, python
from hypothesis import given
from hypothesis import strategies as st

from index.corpus import Ids, read_document, scan, shipped_seeds
from index.errors import CorpusError, DocumentError
from index.model import Metadata


def names(folder: Folder) -> list[str]:
    return [file.name for file in scan(folder.seeds)]


def test_documents_are_found_in_folders_below_and_in_order_of_their_names(folder: Folder) -> None:
    for name in (
        "b.txt",
        "a/z.md",
        "a/deep/x.TXT",
        "a.xyz",
        "notes.toml",
        ".hidden.txt",
        ".git/c.txt",
        "txt",
    ):
        folder.write(name, "Tides.")
    (folder.seeds / "folder.txt").mkdir()
    assert ["a/deep/x.TXT", "a/z.md", "b.txt"] == names(folder)


@pytest.mark.parametrize("made", ["nothing", "file"])
def test_a_folder_that_is_of_no_use_is_named(made: str, folder: Folder) -> None:
    path = folder.top / made
    if made == "file":
        path.write_text("")
    with pytest.raises(CorpusError) as raised:
        scan(path)
    assert raised.value.place == str(path)
    assert (
        raised.value.fault
        == {
            "nothing": "there is no such folder",
            "file": "is not a folder",
        }[made]
    )


@pytest.mark.parametrize("name", [b"caf\xe9.txt", b"caf\xe9/tides.txt"], ids=repr)
def test_a_name_that_is_no_text_costs_only_its_document(name: bytes, folder: Folder) -> None:
    folder.write(os.fsdecode(name), "Tides.")
    folder.write("a.txt", "The tide rose.")
    with folder.open() as index:
        assert 1 == index.stats().documents
        assert ["its name is not Unicode text"] == [
            fault.split(": ")[1].split(";")[0] for _, fault in index.skipped
        ]


def test_a_pipe_among_the_documents_does_not_block(folder: Folder) -> None:
    """Nor would a link to a device that never ends."""
    folder.write("a.txt", "The tide rose.")
    os.mkfifo(folder.seeds / "pipe.txt")
    code = "import sys, pathlib, index.build; index.build.update(*map(pathlib.Path, sys.argv[1:]))"
    process = python(code, folder.seeds, folder.data)
    try:
        process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        pytest.fail("reading a pipe never ends")
    assert process.returncode == 0


# --- stamps and digests


def test_a_stamp_changes_with_the_file_and_with_its_sidecar(folder: Folder) -> None:
    def state() -> tuple[str, str]:
        file = scan(folder.seeds)[0]
        return file.stamp, file.digest()

    path = folder.write("a.txt", "The tide rose.")
    states = [state()]
    folder.write("a.toml", 'title = "Tides"')
    states.append(state())
    folder.write("a.toml", 'title = "Ebbs!"')
    os.utime(folder.seeds / "a.toml", (1, 1))
    states.append(state())
    path.unlink()
    folder.write("a.txt", "The tide fell.")
    os.utime(path, (1, 1))
    states.append(state())
    assert len({stamp for stamp, _ in states}) == len({digest for _, digest in states}) == 4


def test_a_touch_changes_the_stamp_and_not_the_digest(folder: Folder) -> None:
    path = folder.write("a.txt", "The tide rose.")
    before = scan(folder.seeds)[0]
    os.utime(path, (1, 1))
    after = scan(folder.seeds)[0]
    assert before.stamp != after.stamp
    assert before.digest() == after.digest()


def test_a_dangling_link_is_found_and_fails_when_read(folder: Folder) -> None:
    (folder.seeds / "a.txt").symlink_to("nowhere")
    file = scan(folder.seeds)[0]
    for act in (file.digest, lambda: read_document(file, "a")):
        with pytest.raises(DocumentError, match="no such file or directory"):
            act()


def test_a_folder_that_cannot_be_read_costs_only_itself(
    folder: Folder, as_nobody: Callable[..., tuple[int, str, str]]
) -> None:
    folder.write("closed/a.txt", "Tides.")
    folder.write("open.txt", "The tide rose.")
    folder.top.chmod(0o755)
    (folder.seeds / "closed").chmod(0)
    code = """
from index.corpus import read_document, scan
for file in scan(Path(sys.argv[1])):
    try:
        print(read_document(file, "x")[0].text)
    except QuothError as error:
        print(error)
"""
    _, out, err = as_nobody(code, folder.seeds)
    said = f"{folder.seeds}/closed: is a folder that cannot be read; look at its rights"
    assert (f"{said}\nThe tide rose.\n", "") == (out, err)


# --- metadata


def test_a_sidecar_goes_before_the_front_matter(folder: Folder) -> None:
    folder.write("a.md", "---\ntitle: Ours\nsource: Harbour\n---\nThe tide rose.")
    folder.write("a.toml", 'title = "Theirs"\ndate = 2023-01-24')
    document, faults = read_document(scan(folder.seeds)[0], "a")
    assert [] == faults
    assert Metadata("Theirs", "Harbour", "2023-01-24") == document.metadata


def test_a_broken_sidecar_costs_only_its_metadata(folder: Folder) -> None:
    folder.write("a.md", "---\ntitle: Ours\n---\nThe tide rose.")
    folder.write("a.toml", "title = ")
    document, faults = read_document(scan(folder.seeds)[0], "a")
    assert "Ours" == document.metadata.title
    assert [str(folder.seeds / "a.toml")] == [fault.place for fault in faults]


# --- ids

FILES = st.lists(
    st.sampled_from(["x.txt", "x.md", "a/x.txt", "b/x.txt", "x-2.txt", "y.txt", "c/x-2.md"]), unique=True
)


@given(FILES, FILES)
def test_an_id_is_given_once_and_to_one_file(first: list[str], second: list[str]) -> None:
    with Folder() as folder:
        path = folder.data / "ids.json"
        ids = Ids(path)
        given_first = {name: ids.of(name) for name in first}
        ids.save()
        again = Ids(path)
        given_later = {name: again.of(name) for name in [*second, *first]}
        assert len(set(given_later.values())) == len(given_later)
        assert given_first == {name: given_later[name] for name in first}


def test_two_files_with_one_stem_have_two_ids() -> None:
    ids = Ids(Path("nowhere"))
    assert ["x", "x-2", "x-2-2", "x-3"] == [
        ids.of(name) for name in ("a/x.txt", "b/x.txt", "x-2.txt", "x.md")
    ]


def test_ids_of_an_index_are_taken_over_where_the_record_is_lost() -> None:
    ids = Ids(Path("nowhere"))
    ids.adopt({"b/x.txt": "x"})
    assert ("x-2", "x") == (ids.of("a/x.txt"), ids.of("b/x.txt"))


@pytest.mark.parametrize("damage", [b"", b"{}", b"0" * 32 + b"\n{}"])
def test_a_damaged_record_of_ids_is_told_and_does_not_stop(damage: bytes, folder: Folder) -> None:
    folder.write("b/x.txt", "The tide rose.")
    folder.update()
    folder.write("a/x.txt", "The tide fell.")
    (folder.data / "ids.json").write_bytes(damage)
    folder.update()
    assert 1 == len(folder.notices)
    with folder.open() as index:
        found = {
            hit.sentence.citation.file: hit.sentence.citation.document for hit in index.search("tide").hits
        }
    assert {"b/x.txt": "x", "a/x.txt": "x-2"} == found


def test_the_documents_that_ship_are_here() -> None:
    assert [ROOT / "seeds"] == [shipped_seeds()]
    assert scan(shipped_seeds())
