"""Writes that are whole or not at all, and one writer at a time."""

import os
from pathlib import Path

import pytest
from conftest import Folder, python
from hypothesis import given
from hypothesis import strategies as st

from index.durable import (
    checksum,
    publish_folder,
    read_sealed,
    remove,
    translated,
    write_file,
    write_sealed,
    writer_lock,
)
from index.errors import BusyError, DamagedError, StoreError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
def test_a_sealed_value_comes_back(value: object) -> None:
    with Folder() as folder:
        write_sealed(folder.data / "value", value)
        assert value == read_sealed(folder.data / "value")
        assert ["value"] == [path.name for path in folder.data.iterdir()]


@given(st.data())
def test_any_flipped_bit_and_any_lost_end_breaks_the_seal(data: st.DataObject) -> None:
    with Folder() as folder:
        path = folder.top / "value"
        write_sealed(path, {"generation": 7})
        content = bytearray(path.read_bytes())
        place = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[place] ^= 1 << data.draw(st.integers(0, 7))
        else:
            del content[place:]
        path.write_bytes(content)
        with pytest.raises(DamagedError, match="does not match its checksum"):
            read_sealed(path)


def test_a_sealed_value_that_is_not_there_is_no_damage(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_sealed(tmp_path / "value")


def test_a_checksum_has_16_bytes_of_blake2b() -> None:
    assert "cae66941d9efbd404e4d88758ea67670" == checksum(b"")


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """Whoever opened the file before reads the old content to its end."""
    path = tmp_path / "deep" / "file"
    write_file(path, b"old")
    with path.open("rb") as held:
        write_file(path, b"new!")
        assert (b"old", b"new!") == (held.read(), path.read_bytes())


def test_a_folder_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    working, final = tmp_path / ".new", tmp_path / "final"
    working.mkdir()
    (working / "column").write_bytes(b"1")
    publish_folder(working, final)
    assert (b"1", False) == ((final / "column").read_bytes(), working.exists())


def test_removing_takes_files_folders_and_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "kept").mkdir()
    (tmp_path / "link").symlink_to("kept")
    for name in ("folder", "link", "nothing"):
        remove(tmp_path / name)
    assert ["kept"] == [path.name for path in tmp_path.iterdir()]


SYSTEM = [
    (28, "no space left on device", "free some space"),
    (30, "read-only file system", "set QUOTH_DATA to a folder that can be written"),
    (13, "permission denied", "set QUOTH_DATA to a folder that can be written"),
    (5, "input/output error", "look at the disk"),
]


@pytest.mark.parametrize(("number", "fault", "remedy"), SYSTEM)
def test_a_fault_of_the_system_gets_place_and_remedy(number: int, fault: str, remedy: str) -> None:
    with pytest.raises(StoreError) as raised, translated(Path("here")):
        raise OSError(number, os.strerror(number))
    assert ("here", fault) == (raised.value.place, raised.value.fault)
    assert remedy in raised.value.remedy


# --- the lock


def test_one_process_writes_at_a_time_and_an_ended_one_frees_the_place(folder: Folder) -> None:
    code = (
        "import sys, time; from pathlib import Path; from index.durable import writer_lock\n"
        "with writer_lock(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    process = python(code, folder.data)
    assert process.stdout is not None
    assert "held\n" == process.stdout.readline()
    with (
        pytest.raises(BusyError, match="another process is writing here; wait for it"),
        writer_lock(folder.data, wait=0.15, notice=folder.notices.append),
    ):
        pass
    assert [f"{folder.data}: another process is writing here; waiting for it"] == folder.notices
    process.kill()
    process.communicate()
    with writer_lock(folder.data, wait=5):
        pass


def test_the_lock_is_free_after_an_error_inside(folder: Folder) -> None:
    with pytest.raises(ZeroDivisionError), writer_lock(folder.data):
        raise ZeroDivisionError
    with writer_lock(folder.data, wait=0):
        pass


def test_a_data_folder_that_is_a_file_is_a_fault_in_words(folder: Folder) -> None:
    folder.data.write_text("")
    with pytest.raises(StoreError, match="file exists; set QUOTH_DATA to a folder"), writer_lock(folder.data):
        pass
