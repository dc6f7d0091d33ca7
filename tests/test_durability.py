"""Kills, power cuts, damage and full disks cost nothing; each harness finds the fault it is made to find.

The long forms are the commands at the top of benchmarks/durability.py and benchmarks/powercuts.py.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import durability
import powercuts
import pytest
from conftest import ROOT, Folder, python

from index import build
from index.changes import Add, Corpus, Incoming
from index.errors import StoreError

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def kills(*arguments: str) -> dict[str, object]:
    """In a process of its own: it forks, which a process with threads should not."""
    command = [sys.executable, str(ROOT / "benchmarks" / "durability.py"), "kills", *arguments]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False)
    assert "" == done.stderr
    figures: dict[str, object] = json.loads(done.stdout)
    assert done.returncode == bool(figures["first faults"])
    return figures


def test_kills_during_uploads_and_reloads_cost_nothing() -> None:
    figures = kills("24")
    assert [24, 0, 0, True, []] == [
        figures[name]
        for name in (
            "kills",
            "stores that do not open",
            "acknowledged documents lost",
            "last build holds the corpus",
            "first faults",
        )
    ]


def test_files_written_in_place_do_not_outlive_the_kills() -> None:
    """The control: without the rename."""
    assert kills("300", "--in-place")["first faults"]


def test_power_cuts_cost_nothing() -> None:
    figures = powercuts.run(100, steps=6)
    assert [0, 0, []] == [
        figures[name] for name in ("stores that do not open", "acknowledged documents lost", "first faults")
    ]
    assert "2 of 2 tried" == figures["went on afterwards"]


@pytest.mark.parametrize("skip", ["sync", "sync folder"])
def test_without_a_sync_power_cuts_do_cost(skip: str) -> None:
    figures = powercuts.run(40, steps=4, skip=skip)
    assert 0 < figures["acknowledged documents lost"]  # type: ignore[operator]


def test_the_log_of_operations_leads_to_the_very_folder_that_was_made(tmp_path: Path) -> None:
    """What is written beside durable.py would not be in the log."""
    seeds, data = tmp_path / "seeds", tmp_path / "disk" / "data"
    data.parent.mkdir()
    operations, _ = powercuts.scenario(seeds, data, 6, 5)
    log = powercuts.events_of(operations, data.parent, "")
    numbers = powercuts.folders_of(log, operations)
    powercuts.write_out(tmp_path / "again", 0, *powercuts.disk_after_all(log), numbers)
    made, again = contents(data), contents(tmp_path / "again" / "data")
    locks = {"writer.lock", "corpus.lock"}
    assert made.keys() - again.keys() == locks
    assert {name: made[name] for name in again} == again


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_no_damaged_index_answers_wrongly() -> None:
    figures = durability.damage(80)
    assert (0, []) == (figures["silently wrong"], figures["first faults"])
    outcomes = figures["outcomes"]
    assert {"the one before answers", "rebuilt before it answers", "rebuilt and compared"} <= set(outcomes)  # type: ignore[call-overload]


def test_no_damaged_index_of_any_size_answers_wrongly() -> None:
    """As one that is large enough to be verified by several threads."""
    figures = durability.damage(40, large=True)
    assert (0, []) == (figures["silently wrong"], figures["first faults"])


def test_damage_that_is_not_looked_for_does_answer_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a served index is not verified, only one that a build goes on from."""
    sound = build._sound
    monkeypatch.setattr(build, "_sound", lambda store, *served: store.open() if served else sound(store))
    assert durability.damage(40, only="own_*")["first faults"]


def test_a_full_disk_is_said_and_the_old_index_serves() -> None:
    """Fifteen points, spread over the four hundred that there are."""
    figures = durability.full(15, every=26)
    assert (0, []) == (figures["wrong"], figures["first faults"])
    assert all("no space left on device; free some space" in said for said in figures["said"])  # type: ignore[attr-defined]


# --- a disk that really is full


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this process may not mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)  # noqa: S607 - some columns are still mapped


def test_a_disk_that_really_is_full_is_said_and_waited_for(small_disk: Path, folder: Folder) -> None:
    folder.write("a.txt", "Zud rok tide.")
    folder.data = small_disk / "data"
    folder.update()
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space left"):
        ballast.write_bytes(bytes(10_000_000))
    sent = folder.write("../sent.txt", "Zud nar vek. " * 2_000)
    corpus, add = Corpus(folder.seeds, folder.data), Add((Incoming(sent, "b.txt"),))
    with pytest.raises(StoreError, match="no space left on device; free some space and try again"):
        corpus.apply(add)
    folder.write("a.txt", "Zud bok tide.")
    with folder.open() as index:
        assert "Zud rok tide." == index.search("zud").hits[0].sentence.text
    assert any("no space left on device; answering from the index as it was" in n for n in folder.notices)
    ballast.unlink()
    corpus.apply(add)
    with folder.open() as index:
        found = [index.search(word).hits[0].sentence.text for word in ("bok", "nar")]
    assert ["Zud bok tide.", "Zud nar vek."] == found


# --- several processes


ASK = """
import sys
from pathlib import Path
from index.build import open_corpus
seeds, data, asked = Path(sys.argv[1]), Path(sys.argv[2]), 0
while not (data.parent / "over").exists():
    with open_corpus(seeds, data) as index:
        texts = [hit.sentence.text for hit in index.search("zud", limit=99).hits]
    rounds = {text.split()[1] for text in texts if "kept" not in text}
    assert len(rounds) <= 1, texts
    asked += 1
print(asked)
"""

SEND = """
import sys
from pathlib import Path
from index.build import update
from index.changes import Add, Corpus, Incoming
seeds, data = Path(sys.argv[1]), Path(sys.argv[2])
for number in range(5):
    files = []
    for name in "abc":
        path = data.parent / f"sent-{name}.txt"
        path.write_text(f"Zud r{number} {name}.")
        files.append(Incoming(path, f"{name}.txt"))
    Corpus(seeds, data).apply(Add(tuple(files)))
    update(seeds, data)
(data.parent / "over").touch()
print("sent")
"""


def test_processes_that_ask_and_one_that_sends_share_a_data_folder(folder: Folder) -> None:
    """No answer mixes two changes, and nobody fails."""
    folder.write("kept.txt", "Zud kept.")
    folder.update()
    processes = [python(ASK, folder.seeds, folder.data), python(ASK, folder.seeds, folder.data)]
    processes.append(python(SEND, folder.seeds, folder.data))
    outcomes = [process.communicate(timeout=90) for process in processes]
    assert ["", "", ""] == [err for _, err in outcomes]
    assert "sent\n" == outcomes[-1][0]
    assert all(int(out) for out, _ in outcomes[:-1])
