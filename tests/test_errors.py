"""Every error says on one line where, what and how to mend it; each can really happen."""

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Folder
from hypothesis import given
from hypothesis import strategies as st

import index.errors
from bot.settings import load
from index.durable import write_sealed, writer_lock
from index.errors import QuothError
from index.generation import Manifest
from index.readers import read
from index.search import Index

CLASSES = [getattr(index.errors, name) for name in index.errors.__all__]


def test_the_tree_at_the_top_is_the_tree_below() -> None:
    drawn = inspect.getdoc(index.errors) or ""
    defined = [name for name, _ in inspect.getmembers(index.errors, inspect.isclass)]
    assert defined == sorted(index.errors.__all__) == index.errors.__all__
    assert all(f"{name} " in drawn for name in defined)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_is_a_quoth_error_with_place_fault_and_remedy(kind: type[QuothError]) -> None:
    error = kind(Path("seeds/tides.txt"), "holds no text", "fill it or remove it")
    assert isinstance(error, QuothError)
    assert ("seeds/tides.txt", "holds no text", "fill it or remove it") == (
        error.place,
        error.fault,
        error.remedy,
    )
    assert "seeds/tides.txt: holds no text; fill it or remove it" == str(error)


@given(st.text(), st.text(), st.text())
def test_an_error_is_one_printable_line_whatever_it_quotes(place: str, fault: str, remedy: str) -> None:
    line = str(QuothError(place, fault, remedy))
    assert line.isprintable()
    line.encode()


# --- each class, made to happen


def usage(_: Folder) -> None:
    load(Path("nowhere"))


def corpus(folder: Folder) -> None:
    folder.seeds.rmdir()
    folder.update()


def empty(folder: Folder) -> None:
    folder.open()


def document(folder: Folder) -> None:
    read(folder.write("a.txt", ""))


def store(folder: Folder) -> None:
    Index.open(folder.data)


def damaged(folder: Folder) -> None:
    folder.write("a.txt", "Tides.")
    folder.open().close()
    (folder.data / "index" / "CURRENT").write_bytes(b"")
    Index.open(folder.data)


def version(folder: Folder) -> None:
    write_sealed(folder.data / "manifest", {"format": 99})
    Manifest.load(folder.data / "manifest")


def busy(folder: Folder) -> None:
    with writer_lock(folder.data), writer_lock(folder.data, wait=0):
        pass


CAUSES: list[tuple[str, Callable[[Folder], None]]] = [
    ("UsageError", usage),
    ("CorpusError", corpus),
    ("EmptyCorpusError", empty),
    ("DocumentError", document),
    ("StoreError", store),
    ("DamagedError", damaged),
    ("VersionError", version),
    ("BusyError", busy),
]


@pytest.mark.parametrize(("name", "cause"), CAUSES)
def test_each_error_happens_and_says_how_to_mend_it(
    name: str, cause: Callable[[Folder], None], folder: Folder
) -> None:
    with pytest.raises(QuothError) as raised:
        cause(folder)
    assert name == type(raised.value).__name__
    assert raised.value.place
    assert raised.value.remedy
    assert "\n" not in str(raised.value)


def test_every_class_has_its_cause_above() -> None:
    assert {kind.__name__ for kind in CLASSES} - {"QuothError"} == {name for name, _ in CAUSES}
