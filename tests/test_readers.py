"""Bytes to text: encodings, what is refused, front matter and sidecars."""

import codecs
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DocumentError
from index.model import Metadata
from index.readers import read, read_sidecar

RUSSIAN = (
    "Министр иностранных дел заявил, что переговоры начнутся в среду. "
    "Посол сказал журналистам, что стороны готовы к диалогу.\r\n"
) * 3
GERMAN = "Der Botschafter sagte, die Gespräche würden fortgesetzt; für Müller zählt die Größe der Brücke.\n"


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- encodings

ENCODINGS = [
    ("utf-8", b"", RUSSIAN),
    ("utf-16-le", codecs.BOM_UTF16_LE, RUSSIAN),
    ("utf-16-be", codecs.BOM_UTF16_BE, RUSSIAN),
    ("utf-32-le", codecs.BOM_UTF32_LE, RUSSIAN),
    ("utf-32-be", codecs.BOM_UTF32_BE, RUSSIAN),
    ("cp1251", b"", RUSSIAN),
    ("koi8-r", b"", RUSSIAN),
    ("cp1252", b"", GERMAN),
]


@pytest.mark.parametrize(("encoding", "mark", "text"), ENCODINGS, ids=lambda value: str(value)[:9])
def test_an_encoding_is_recognised_and_line_ends_are_kept(
    encoding: str, mark: bytes, text: str, tmp_path: Path
) -> None:
    assert text == read(written(tmp_path / "a.txt", mark + text.encode(encoding))).text


def test_a_utf8_mark_stays_a_character_of_the_text_so_that_offsets_count_in_the_file(tmp_path: Path) -> None:
    assert "\ufeffTides." == read(written(tmp_path / "a.txt", codecs.BOM_UTF8 + b"Tides.")).text


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
        lambda t: t.strip("\ufeff\u200b\u2060 ")
    )
)
def test_utf8_is_read_as_it_is(text: str) -> None:
    path = Path(f"/dev/shm/quoth-{os.getpid()}.txt")  # noqa: S108 - one name, made again for each example
    try:
        source = read(written(path, text))
    finally:
        path.unlink()
    assert text == source.text


# --- what is refused

REFUSED = [
    # content, fault
    (b"", "holds no text"),
    (b" \r\n\t\n", "holds no text"),
    (codecs.BOM_UTF8, "holds no text"),
    ("\u200b\n\ufeff".encode(), "holds no text"),
    (b"---\ntitle: Tides\n---\n\n", "holds no text"),
    (b"\x7fELF\x02\x01\x01" + bytes(200), "looks like a binary file"),
    (b"Tides\0rise.", "looks like a binary file"),
    (b"".join(bytes([n]) for n in range(1, 32)) * 9, "looks like a binary file"),
    (bytes(range(256)) * 9, "is not text in any encoding known here"),
    (codecs.BOM_UTF16_LE + b"T\0i\0d", "is damaged utf-16 text"),
    (codecs.BOM_UTF16_LE + b"\x00\xd8T\0", "is damaged utf-16 text"),
]


@pytest.mark.parametrize(("content", "fault"), REFUSED, ids=lambda value: repr(value)[:24])
def test_what_is_no_text_is_refused_with_its_fault(content: bytes, fault: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", content)
    with pytest.raises(DocumentError) as raised:
        read(path)
    assert (str(path), fault) == (raised.value.place, raised.value.fault)


@pytest.mark.parametrize("read_it", [read, read_sidecar])
def test_a_file_that_is_not_there_is_named(read_it: object, tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("nowhere")
    with pytest.raises(DocumentError, match=r"a\.txt: cannot be read \(no such file or directory\); look at"):
        read_it(tmp_path / "a.txt")  # type: ignore[operator]


def test_a_text_may_hold_a_few_control_characters(tmp_path: Path) -> None:
    text = "Tides\x0crise. \x1b[1mBold\x1b[0m. \x07"
    assert text == read(written(tmp_path / "a.txt", text)).text


# --- front matter

FIELDS = """title: Tides: a history
source: 'The Harbour'
Date: 2023-01-24
url: https://example.org/t
tags: sea
"""
EXPECTED = Metadata("Tides: a history", "The Harbour", "2023-01-24", "https://example.org/t")


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=repr)
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=ascii)
@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_front_matter_is_metadata_and_the_body_begins_behind_it(
    end: str, mark: str, name: str, tmp_path: Path
) -> None:
    header = f"{mark}---\n{FIELDS}---\n".replace("\n", end)
    source = read(written(tmp_path / name, header + "It rose."))
    assert EXPECTED == source.metadata
    assert (header + "It rose.", "It rose.") == (source.text, source.text[source.body :])
    assert source.markdown is name.endswith(".md")


NO_FRONT_MATTER = [
    "---\n\nThe tide rose.\n\n---\nIt fell.\n",
    "---\nThe tide rose.\n",
    "---\ntitle: Tides\nThe header has no end.\n",
    "The tide rose.\n---\ntitle: Tides\n---\n",
    " ---\ntitle: Tides\n---\nIt rose.\n",
    "----\ntitle: Tides\n----\nIt rose.\n",
    "---\n" + "title: Tides\n" * 61 + "---\nIt rose.\n",
]


@pytest.mark.parametrize("text", NO_FRONT_MATTER, ids=lambda text: text[:20])
def test_a_rule_at_the_top_is_no_front_matter(text: str, tmp_path: Path) -> None:
    source = read(written(tmp_path / "a.md", text))
    assert (0, Metadata()) == (source.body, source.metadata)


def test_prose_between_two_rules_is_no_front_matter_for_a_colon_in_it(tmp_path: Path) -> None:
    """An interview: what is taken for a header can never be quoted."""
    text = "---\n\nLavrov: We offered a mechanism.\n\nThe talks went on until noon.\n\n---\nMore follows.\n"
    assert 0 == read(written(tmp_path / "a.md", text)).body


def test_a_date_in_front_matter_that_we_do_not_take_costs_no_more_than_itself(tmp_path: Path) -> None:
    """Hugo and Jekyll write times of day; a document is worth more than its date."""
    source = read(
        written(tmp_path / "a.md", "---\ntitle: Tides\ndate: 2023-01-24T10:00:00Z\n---\nIt rose.\n")
    )
    assert "It rose." in source.text


# --- sidecars

SIDECARS = [
    ("", Metadata()),
    ('title = "Tides"\nother = 5', Metadata(title="Tides")),
    ('title = " "', Metadata()),
    ("date = 2023-01-24", Metadata(date="2023-01-24")),
    ("date = 2023-01-24T10:00:00Z", Metadata(date="2023-01-24")),
    ('date = "2023-01"', Metadata(date="2023-01")),
    ('date = "2023"', Metadata(date="2023")),
    ('examples = ["When?", "Why?"]', Metadata(examples=("When?", "Why?"))),
    ('url = "http://example.org/a?b=c#d"', Metadata(url="http://example.org/a?b=c#d")),
]


@pytest.mark.parametrize(("text", "expected"), SIDECARS)
def test_a_sidecar_is_metadata(text: str, expected: Metadata, tmp_path: Path) -> None:
    assert expected == read_sidecar(written(tmp_path / "a.toml", text))


BROKEN = [
    # sidecar, what the message names
    ("title = ", "is not valid TOML (Invalid value"),
    (b'title = "\xff"', "is not valid TOML"),
    ("title = 5", "title is not a text"),
    ("source = []", "source is not a text"),
    ("date = 10:00:00", "date is not a text"),
    ("date = 2023", "date is not a text"),
    ('date = "24 January 2023"', "date '24 January 2023' is no date"),
    ('date = "2023-02-30"', "date '2023-02-30' is no date"),
    ('date = "2023-13"', "date '2023-13' is no date"),
    ("date = 2023-02-30", "is not valid TOML"),
    ('url = "example.org"', "url 'example.org' is no web address"),
    ('url = "javascript:alert(1)"', "is no web address"),
    ('url = "https://example.org/a b"', "is no web address"),
    ('examples = "When?"', "examples is not a list of questions"),
    ("examples = [1]", "examples is not a list of questions"),
    ("deep = " + "[" * 5000 + "]" * 5000, "is not valid TOML"),
    ("long = " + "9" * 5000, "is not valid TOML"),
]


@pytest.mark.parametrize(("text", "fault"), BROKEN, ids=lambda value: repr(value)[:30])
def test_a_broken_sidecar_is_named_with_its_fault(text: str | bytes, fault: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.toml", text)
    with pytest.raises(DocumentError) as raised:
        read_sidecar(path)
    assert raised.value.place == str(path)
    assert fault in raised.value.fault


# --- size

LONG_LINES = [
    "word " * 200_000,
    "a" * 1_000_000,
    "---\n" * 250_000,
    "---\n" + "\n" * 1_000_000 + "x",
    "title: " * 150_000,
]


@pytest.mark.parametrize("text", LONG_LINES, ids=lambda text: text[:9])
def test_a_megabyte_is_read_at_once(text: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.md", text)
    began = time.process_time()
    assert text == read(path).text
    assert time.process_time() - began < 2


@pytest.mark.parametrize("key", ["date", "url"])
def test_a_fault_repeats_no_more_than_the_beginning_of_a_value(key: str, tmp_path: Path) -> None:
    """What is said of a document is kept with each change of it."""
    path = tmp_path / "a.txt"
    path.write_text(f"---\n{key}: {'x' * 1_000_000}\n---\nThe tide rose.")
    (fault,) = read(path).faults
    assert len(fault.fault) < 150
