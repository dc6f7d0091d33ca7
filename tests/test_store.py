"""Generations on disk: committed whole, kept while someone reads, never opened broken."""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from conftest import Folder, python

import index.build
from index.durable import read_sealed, write_sealed
from index.errors import DamagedError, StoreError, VersionError
from index.generation import Generation
from index.search import Index
from index.store import KEPT_GENERATIONS, Store

TIDES = "Zud rok tide. Nar vek ebb."
"""In no language we know: quick to build, and enough for a store."""


def generations(folder: Folder) -> list[str]:
    return sorted(path.name for path in (folder.data / "index" / "generations").iterdir())


def segments(folder: Folder) -> list[str]:
    return sorted(path.name for path in (folder.data / "index" / "segments").iterdir())


@contextmanager
def opened(folder: Folder) -> Iterator[Generation]:
    generation = Store(folder.data).open()
    assert generation is not None
    with closing(generation):
        yield generation


def verify(folder: Folder) -> None:
    with opened(folder) as generation:
        generation.verify()


def test_nothing_is_open_before_the_first_commit(folder: Folder) -> None:
    assert Store(folder.data).open() is None
    assert Store(folder.data).current() is None


def test_what_was_committed_opens_and_verifies(folder: Folder) -> None:
    folder.write("a.txt", TIDES)
    folder.update()
    on_disk = sum(path.stat().st_size for path in (folder.data / "index" / "segments" / "000001").iterdir())
    with opened(folder) as generation:
        generation.verify()
        assert (1, 2, 6) == (generation.manifest.generation, generation.live, generation.tokens)
        assert on_disk == generation.size


# --- damage

DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "missing": lambda _: None,
    "empty": lambda _: b"",
    "short": lambda content: content[:-1],
    "long": lambda content: content + b"\0",
    "flipped first": lambda content: bytes([content[0] ^ 1]) + content[1:],
    "flipped last": lambda content: content[:-1] + bytes([content[-1] ^ 0x80]),
}


@pytest.fixture(scope="module")
def built() -> Iterator[Folder]:
    with Folder({"a.txt": TIDES, "b.txt": "Zud nar."}) as folder:
        folder.update()
        shutil.copytree(folder.data, folder.top / "whole")
        yield folder


def spoil(path: Path, damage: str) -> None:
    """Damage a file."""
    content = path.read_bytes()
    after = DAMAGES[damage](content) if content else None
    path.unlink()
    if after is not None:
        path.write_bytes(after)


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damaged_file_is_found_by_its_name(damage: str, built: Folder) -> None:
    for whole in sorted((built.top / "whole" / "index").rglob("*")):
        if not whole.is_file():
            continue
        shutil.rmtree(built.data)
        shutil.copytree(built.top / "whole", built.data)
        path = built.data / whole.relative_to(built.top / "whole")
        spoil(path, damage)
        if (path.name, damage) == ("CURRENT", "missing"):
            assert Store(built.data).open() is None
            continue
        with pytest.raises(DamagedError) as raised:
            verify(built)
        assert str(path) == raised.value.place


@pytest.mark.parametrize("damage", ["missing", "empty", "short", "long"])
def test_a_file_of_another_size_is_found_when_the_index_opens(damage: str, folder: Folder) -> None:
    """A large index is served before its bytes are checked; a wrong size would end the process in a map."""
    folder.write("a.txt", TIDES)
    folder.update()
    path = folder.data / "index" / "segments" / "000001" / "text.utf8"
    spoil(path, damage)
    with pytest.raises(DamagedError) as raised:
        Store(folder.data).open()
    assert str(path) == raised.value.place


@pytest.mark.parametrize("damage", ["missing", "short", "flipped last"])
@pytest.mark.parametrize("name", ["CURRENT", "generations/000001.json", "segments/000001/text.utf8"])
def test_a_damaged_index_is_rebuilt_with_one_line(name: str, damage: str, folder: Folder) -> None:
    folder.write("a.txt", TIDES)
    folder.update()
    spoil(folder.data / "index" / name, damage)
    with folder.open() as index:
        index.verify()
        assert "Zud rok tide." == index.search("rok").hits[0].sentence.text
    told = 0 if (name, damage) == ("CURRENT", "missing") else 1
    assert told == len(folder.notices)
    assert all(
        "\n" not in line and "the index is rebuilt from the documents" in line for line in folder.notices
    )
    folder.open().close()
    assert told == len(folder.notices)


def test_a_file_lost_while_the_index_is_open_is_found_by_its_name(folder: Folder) -> None:
    folder.write("a.txt", TIDES)
    with folder.open() as index:
        path = folder.data / "index" / "segments" / "000001" / "own_tf.npy"
        path.unlink()
        with pytest.raises(DamagedError) as raised:
            index.verify()
    assert str(path) == raised.value.place


def test_a_damaged_index_that_was_not_checked_gives_right_quotes_or_an_error_in_words(folder: Folder) -> None:
    """A large index opens before its columns are checked; every quote is checked when it leaves."""
    folder.write("a.md", "Zud rok tide. Nar vek ebb.\n\nZud nar. Rok vek tide.")
    folder.update()
    right = {"Zud rok tide.", "Nar vek ebb.", "Zud nar.", "Rok vek tide."}
    draw, wrong = random.Random(7), []  # noqa: S311 - the same bits in every run
    for path in sorted((folder.data / "index" / "segments" / "000001").iterdir()):
        content = path.read_bytes()
        for _ in range(6 if content else 0):
            bad = bytearray(content)
            bad[place := draw.randrange(len(bad))] ^= 1 << draw.randrange(8)
            path.write_bytes(bad)
            try:
                with Index.open(folder.data) as index:
                    texts = {hit.sentence.text for hit in index.search("zud tide vek").hits}
                if not texts <= right:
                    wrong.append((path.name, place, texts - right))
            except DamagedError:
                pass
            except Exception as error:  # noqa: BLE001 - any other kind is what is looked for
                wrong.append((path.name, place, {repr(error)}))
        path.write_bytes(content)
    assert [] == wrong


# --- versions

OTHERS = [{"format": 99}, {"analyzer": "0-00000000"}]


@pytest.mark.parametrize("change", OTHERS, ids=str)
def test_an_index_of_another_version_is_rebuilt_with_one_line(
    change: dict[str, object], folder: Folder
) -> None:
    folder.write("a.txt", TIDES)
    folder.update()
    path = folder.data / "index" / "generations" / "000001.json"
    write_sealed(path, {**read_sealed(path), **change})
    with pytest.raises(VersionError):
        Store(folder.data).open()
    with folder.open() as index:
        index.verify()
    assert [
        f"{path}: was written by another version of Quoth; the index is rebuilt from the documents"
    ] == folder.notices


def test_an_index_of_a_format_to_come_is_rebuilt_where_nobody_is_told(folder: Folder) -> None:
    folder.write("a.txt", TIDES)
    folder.update()
    write_sealed(folder.data / "index" / "generations" / "000001.json", {"format": 99, "parts": []})
    index.build.update(folder.seeds, folder.data)
    verify(folder)


# --- readers and pruning


def test_three_generations_are_kept_and_their_segments(folder: Folder) -> None:
    for number in range(6):
        folder.write("a.txt", f"{TIDES} Rok {number}.")
        folder.update()
    assert ["000004.json", "000005.json", "000006.json"] == generations(folder)
    assert ["000004", "000005", "000006"] == segments(folder)
    assert KEPT_GENERATIONS == 3


def test_a_generation_that_someone_reads_is_kept_until_it_is_closed(folder: Folder) -> None:
    folder.write("a.txt", TIDES)
    held = folder.open()
    for number in range(5):
        folder.write("a.txt", f"Bok {number}.")
        folder.update()
    assert "000001.json" in generations(folder)
    assert ["Zud rok tide.", "Nar vek ebb."] == [hit.sentence.text for hit in held.search("rok").hits]
    held.verify()
    held.close()
    folder.write("a.txt", "Bok.")
    folder.update()
    assert "000001.json" not in generations(folder)
    assert "000001" not in segments(folder)


def test_an_index_set_aside_still_serves_whoever_has_it_open(folder: Folder) -> None:
    """Columns are mapped when first used, perhaps after another index has taken the folder's place."""
    folder.write("a.txt", "Zud. Rok tide. Nar.")
    folder.update()
    with Index.open(folder.data) as held:
        folder.write("a.txt", "Tide bok. Bok. Bok vek. Bok nar. Bok zud.")
        (folder.data / "index" / "CURRENT").write_bytes(b"")
        folder.open().close()
        texts = [hit.sentence.text for hit in held.search("rok tide").hits]
        assert ("Rok tide.", {"Zud.", "Rok tide.", "Nar."}) == (texts[0], set(texts))


def test_generation_numbers_never_go_back(folder: Folder) -> None:
    """Whoever serves notices a new generation by its number."""
    for number in range(3):
        folder.write("a.txt", f"Rok {number}.")
        folder.update()
    (folder.data / "index" / "generations" / "000003.json").write_bytes(b"")
    with folder.open() as index:
        assert index.stats().generation > 3


def test_what_a_killed_process_left_is_cleared_away(folder: Folder) -> None:
    folder.write("a.txt", TIDES)
    folder.update()
    left = [
        folder.data / "index" / "segments" / ".000002.new" / "column.npy",
        folder.data / "index" / "segments" / "000002" / "column.npy",
        folder.data / "index" / "generations" / ".000002.json.new",
    ]
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
    folder.write("a.txt", "Bok.")
    folder.update()
    assert [] == [path for path in left if path.exists()]
    verify(folder)


# --- kills

BUILD_AND_KILL = """
import json, os, random, signal, sys, time
from pathlib import Path
from index.build import update
from index.search import Index
from index.errors import QuothError
seeds, data, kills = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
done = data.parent / "done"
draw = random.Random(11)
def build(version):
    for name in "abc":
        (seeds / f"{name}.txt").write_text(f"Zud v{version} rok {name}.")
    update(seeds, data)
build(0)
began = time.monotonic()
build(1)
once = time.monotonic() - began
done.write_text("1")
version = 1
for _ in range(kills):
    child = os.fork()
    if not child:
        for version in range(version + 1, version + 1000):
            build(version)
            done.with_suffix(".new").write_text(str(version))
            done.with_suffix(".new").replace(done)
        os._exit(1)
    time.sleep(draw.uniform(0, 4 * once))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    committed = int(done.read_text())
    try:
        with Index.open(data) as index:
            index.verify()
            texts = sorted(hit.sentence.text for hit in index.search("zud").hits)
    except QuothError as error:
        texts = [str(error)]
    print(json.dumps([committed, texts]), flush=True)
    version = committed  # the next child may find its first version committed already
update(seeds, data)
"""


def test_a_kill_at_any_moment_leaves_the_old_generation_or_the_new_one(folder: Folder) -> None:
    process = python(BUILD_AND_KILL, folder.seeds, folder.data, 20)
    out, err = process.communicate(timeout=60)
    assert "" == err
    lines = [json.loads(line) for line in out.splitlines()]
    assert 20 == len(lines)
    for committed, texts in lines:
        old, new = (
            [f"Zud v{version} rok {name}." for name in "abc"] for version in (committed, committed + 1)
        )
        assert texts in (old, new)
    assert len({committed for committed, _ in lines}) > 2
    assert len(generations(folder)) <= KEPT_GENERATIONS
    assert not [path for path in folder.data.rglob(".*.new") if path.is_dir()]


def test_two_processes_that_build_at_once_both_succeed(folder: Folder) -> None:
    for number in range(20):
        folder.write(f"{number}.txt", f"{TIDES} Rok {number}.")
    code = (
        "import sys; from pathlib import Path; from index.build import open_corpus\n"
        "print(open_corpus(Path(sys.argv[1]), Path(sys.argv[2])).stats().sentences)"
    )
    processes = [python(code, folder.seeds, folder.data) for _ in range(2)]
    assert [("60\n", "")] * 2 == [process.communicate(timeout=60) for process in processes]
    verify(folder)


# --- folders that cannot be written


def test_a_read_only_data_folder_with_an_index_still_answers(
    folder: Folder, as_nobody: Callable[..., tuple[int, str, str]]
) -> None:
    folder.write("a.txt", TIDES)
    folder.update()
    folder.top.chmod(0o755)
    code = """
with open_corpus(Path(sys.argv[1]), Path(sys.argv[2]), notice=print) as index:
    print(index.search("rok").hits[0].sentence.text)
"""
    expected = (0, "Zud rok tide.\n", "")
    assert expected == as_nobody(code, folder.seeds, folder.data)
    folder.write("b.txt", "Bok.")
    code_, out, err = as_nobody(code, folder.seeds, folder.data)
    assert (0, "") == (code_, err)
    assert [
        f"{folder.data}/writer.lock: permission denied; answering from the index as it was",
        "Zud rok tide.",
    ] == (out.splitlines())


def test_a_read_only_data_folder_without_an_index_is_a_fault_in_words(
    folder: Folder, as_nobody: Callable[..., tuple[int, str, str]]
) -> None:
    folder.write("a.txt", TIDES)
    folder.top.chmod(0o755)
    code = """
try:
    open_corpus(Path(sys.argv[1]), Path(sys.argv[2]))
except QuothError as error:
    print(error)
"""
    expected = f"{folder.data}: permission denied; set QUOTH_DATA to a folder that can be written\n"
    assert (0, expected, "") == as_nobody(code, folder.seeds, folder.data)


def test_a_current_that_the_system_does_not_give_is_an_error_in_words(folder: Folder) -> None:
    """``quoth run`` looks at it every second: what is no QuothError would end it."""
    folder.data.mkdir(exist_ok=True)
    (folder.data / "index").write_bytes(b"a file where the folder should be")
    with pytest.raises(StoreError, match="not a directory"):
        Store(folder.data).current()
