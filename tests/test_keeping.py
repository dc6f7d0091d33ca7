"""The commands that keep the corpus, as a person types them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, python
from samples import packed

import index.child
from bot.cli import run
from index.child import Build
from index.durable import writer_lock
from index.errors import StoreError

Quoth = Callable[..., tuple[int, list[str], list[str]]]

PIER = "Engineer Klara Voss surveyed the pier in May."


@pytest.fixture
def quoth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Quoth:
    """Run a command line in this process: exit code, lines of standard output and of standard error."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "bread.txt").write_text("Bakers use yeast to raise dough.")
    (tmp_path / "pier.txt").write_text(PIER)
    monkeypatch.setenv("QUOTH_SEEDS", "docs")
    monkeypatch.setenv("QUOTH_DATA", "data")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, list[str], list[str]]:
        code = run(list(arguments))
        output = capsys.readouterr()
        return code, output.out.splitlines(), output.err.splitlines()

    return call


def columns(lines: list[str]) -> list[list[str]]:
    return [[field for number, field in enumerate(line.split("\t")) if number != 3] for line in lines]


def test_a_file_is_added_listed_answered_from_removed_and_had_back(quoth: Quoth) -> None:
    code, out, err = quoth("add", "pier.txt", "--title", "The pier", "--date", "2026-05")
    assert (0, "pier: added", []) == (code, out[0], err)
    assert out[1].startswith("2 added (bread.txt, pier.txt) in ")
    Path("pier.txt").unlink()
    assert f"❝ {PIER} ❞" == quoth("ask", "who surveyed the pier?")[1][0]
    listed = [["bread", "given", "32", "bread.txt"], ["pier", "uploaded", "45", "pier.txt"]]
    assert listed == columns(quoth("docs")[1])
    assert "pier: removed" == quoth("remove", "pier")[1][0]
    assert (listed[:1], listed[1:]) == (columns(quoth("docs")[1]), columns(quoth("docs", "--removed")[1]))
    assert "pier: restored" == quoth("remove", "--take-back", "pier")[1][0]
    assert "pier: taken back" == quoth("undo")[1][0]
    assert listed[:1] == columns(quoth("docs")[1])


def test_what_is_the_same_is_said(quoth: Quoth) -> None:
    quoth("build")
    Path("copy.txt").write_bytes(Path("docs/bread.txt").read_bytes())
    assert "copy: added (the same text as bread)" == quoth("add", "copy.txt")[1][0]
    assert (0, ["copy: unchanged"], []) == quoth("add", "copy.txt")


def test_the_last_document_is_removed_and_how_to_add_one_is_said(quoth: Quoth) -> None:
    assert 0 == quoth("build")[0]
    none = "docs: there is no document; put one there, add one (quoth add FILE), or have one back"
    code, out, err = quoth("remove", "bread")
    assert (0, "bread: removed") == (code, out[0])
    assert err == [f"quoth: {none} (quoth docs --removed)"]
    for command in (["ask", "who raises dough?"], ["build"]):
        code, _, err = quoth(*command)
        assert (1, 1) == (code, len(err))
        assert none in err[0]
    code, out, _ = quoth("check")
    assert 1 == code
    assert "fault    documents    there is none; add one: quoth add FILE" in out
    assert 0 == quoth("add", "pier.txt")[0]
    assert f"❝ {PIER} ❞" == quoth("ask", "who surveyed the pier?")[1][0]


def test_a_zip_is_added_as_one_change_and_taken_back_as_one(quoth: Quoth) -> None:
    content = packed({"in/pier.txt": PIER, "b.txt": "Boats were safe.", "c.png": b"\x89PNG\r\n"})
    Path("all.zip").write_bytes(content)
    code, out, err = quoth("add", "all.zip", "--source", "Harbour")
    assert (1, ["pier: added", "b: added"]) == (code, out[:2])
    assert ["quoth: all.zip/c.png: is a picture, not a document; run OCR and give the text"] == err
    assert ["b", "bread", "pier"] == [line.split("\t")[0] for line in quoth("docs")[1]]
    assert f"❝ {PIER} ❞" == quoth("ask", "who surveyed the pier?")[1][0]
    assert ["pier: taken back", "b: taken back"] == quoth("undo")[1][:2]
    assert ["bread"] == [line.split("\t")[0] for line in quoth("docs")[1]]


MISUSES = [
    (["add", "nowhere.txt"], 1, "nowhere.txt: cannot be read (no such file or directory); "),
    (["add", "pier.txt", "--date", "soon"], 1, "pier.txt: date 'soon' is no date; "),
    (
        ["add", "pier.txt", "pier.txt", "--title", "x"],
        2,
        "--title: is for one document, and several are given; ",
    ),
    (
        ["add", "all.zip", "--title", "x"],
        2,
        "--title: is for one document, and a zip holds several; ",
    ),
    (["add", "data"], 1, "data: is of no format known here; "),
    (["remove", "nobody"], 1, "nobody: no document has this id; see quoth docs"),
    (
        ["remove", "--take-back", "bread"],
        1,
        "bread: nothing of this id was removed; see quoth docs --removed",
    ),
    (["undo"], 1, "undo: no change has been made yet; "),
    (["restore", "pier.txt"], 2, "pier.txt: is no backup, or cut short; "),
    (["restore", "nowhere.zip"], 2, "nowhere.zip: no such file or directory; "),
    (["backup", "nowhere/b.zip"], 2, "nowhere/b.zip: is in no folder that there is; "),
]


@pytest.mark.parametrize(("arguments", "code", "said"), MISUSES, ids=[" ".join(m[0]) for m in MISUSES])
def test_what_cannot_be_done_is_one_line(arguments: list[str], code: int, said: str, quoth: Quoth) -> None:
    Path("data").mkdir()
    found, out, err = quoth(*arguments)
    assert (code, [], 1) == (found, out, len(err))
    assert err[0].startswith(f"quoth: {said}")


def test_a_bad_file_among_good_ones_is_refused_and_told(quoth: Quoth) -> None:
    Path("empty.txt").write_text("")
    code, out, err = quoth("add", "empty.txt", "pier.txt")
    assert (1, "pier: added") == (code, out[0])
    assert ["quoth: empty.txt: holds no text; fill it or remove it"] == err


def test_a_backup_is_restored(quoth: Quoth) -> None:
    quoth("add", "pier.txt")
    code, out, _ = quoth("backup", "b.zip")
    assert (0, "b.zip: 1 upload, ") == (code, out[0][:17])
    quoth("remove", "pier")
    assert 2 == quoth("restore", "b.zip")[0]
    code, out, _ = quoth("restore", "b.zip", "--force")
    assert (0, "1 upload of 20") == (code, out[0][:14])
    assert f"❝ {PIER} ❞" == quoth("ask", "who surveyed the pier?")[1][0]


def test_check_speaks_of_uploads(quoth: Quoth) -> None:
    quoth("add", "pier.txt")
    lines = quoth("check")[1]
    assert "ok       documents    2 files to read, 1 of them sent in" in lines
    Path("data/uploads/000001/original.txt").write_text("Other.")
    code, lines, _ = quoth("check")
    said = "warning  documents    pier.txt: the file that was sent in is damaged; send it again"
    assert (0, True) == (code, said in lines)


# --- the build in a process of its own

BUILD = """
import sys, threading
from pathlib import Path
from index.child import Build
build = Build(Path(sys.argv[1]), Path(sys.argv[2]))
told = threading.Event()
threading.Thread(target=lambda: build.run(notice=lambda _: told.set()), daemon=True).start()
told.wait()
print(build._process.pid, flush=True)
threading.Event().wait()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_build_ends_with_the_process_that_wanted_it(how: signal.Signals, tmp_path: Path) -> None:
    """Even where it has nothing to say: here it waits for the writer's place."""
    (tmp_path / "a.txt").write_text(PIER)
    with writer_lock(tmp_path / "data"):
        parent = python(BUILD, tmp_path, tmp_path / "data")
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(how)
        parent.communicate(timeout=10)
        assert_gone(child)


def test_a_build_that_ends_in_the_middle_of_a_line_is_one_that_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ["sh", "-c", """printf '{"report": {"added": ["a'; kill -9 $$"""]

    def spawned(_: list[str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(broken, stdout=subprocess.PIPE)

    monkeypatch.setattr(index.child, "_spawned", spawned)
    with pytest.raises(StoreError, match="signal 9"):
        Build(tmp_path, tmp_path / "data").run()


def test_a_build_that_no_process_is_left_for_is_an_error_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.child.sys, "executable", str(tmp_path / "none"))
    with pytest.raises(StoreError, match="cannot be started"):
        Build(tmp_path, tmp_path / "data").run()


def assert_gone(child: int) -> None:
    until = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not Path(f"/proc/{child}").exists()


def test_a_build_knows_no_token_and_is_not_led_by_the_folder_it_runs_in(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "__init__.py").write_text("raise SystemExit('led astray')")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text(PIER * 2_000)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; from index.child import Build\n"
        "build = Build(Path('docs'), Path('data'))\n"
        "def look(*_): print('QUOTH' in Path(f'/proc/{build._process.pid}/environ').read_text())\n"
        "print(build.run(look).added)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(ROOT)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QUOTH_TOKEN": "1:secret"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("False\n('a.txt',)\n", "") == (done.stdout, done.stderr)
