"""What cannot be rebuilt survives in one file, and comes back from it whole or not at all."""

import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Folder

from bot.backup import backup, restore
from bot.place import Place
from bot.state import Found, State
from index.changes import Add, Corpus, Incoming, Remove, Undo
from index.errors import BusyError, DamagedError, UsageError
from index.model import Metadata
from index.search import Index


@pytest.fixture
def fed(folder: Folder) -> Folder:
    """A folder with uploads, a trash, a removed given document, a thesaurus and a state in use."""
    folder.write("given.txt", "Zud given rok.")
    folder.write("hidden.txt", "Zud hidden rok.")
    corpus = Corpus(folder.seeds, folder.data)
    for name in ("a.txt", "b.txt"):
        sent = folder.write("../sent.txt", f"Zud sent {name[0]}.")
        corpus.apply(Add((Incoming(sent, name, Metadata(title=f"Title {name}")),)), by=7)
    corpus.apply(Remove(("b", "hidden")), by=7)
    (folder.data / "thesaurus.toml").write_text('en = [["zud", "zuds"]]')
    folder.update()
    return folder


def saved(folder: Folder) -> Path:
    backup(folder.seeds, folder.data, folder.top / "backup.zip")
    return folder.top / "backup.zip"


def all_of(corpus: Corpus) -> tuple[object, ...]:
    return corpus.documents(), corpus.trash(), corpus.log()


def answers(folder: Folder) -> set[tuple[str, str]]:
    with folder.open() as index:
        return {(hit.sentence.id, hit.sentence.text) for hit in index.search("zud").hits}


def test_a_round_trip_brings_everything_back(fed: Folder) -> None:
    state = State.in_folder(fed.data)
    [row] = state.remember([Found(Place(5), 6, "who?", ("aaaabbbbcccc",))])
    before = (all_of(Corpus(fed.seeds, fed.data)), answers(fed))
    file = saved(fed)
    state.close()
    fed.data = fed.top / "elsewhere"
    told = restore(fed.data, file)
    assert 2 == told.uploads
    assert before == (all_of(Corpus(fed.seeds, fed.data)), answers(fed))
    with closing(State.in_folder(fed.data)) as again:
        shown = again.recall(row, 5)
        assert shown is not None
        assert "who?" == shown.question
    assert 'en = [["zud", "zuds"]]' == (fed.data / "thesaurus.toml").read_text()
    Corpus(fed.seeds, fed.data).apply(Undo())
    assert ["a", "b", "given", "hidden"] == [each.id for each in Corpus(fed.seeds, fed.data).documents()]


def test_a_state_in_the_middle_of_a_write_is_copied_whole(fed: Folder) -> None:
    with closing(State.in_folder(fed.data)) as state:
        state.remember([Found(Place(1), 1, f"question {number}", ()) for number in range(200)])
        with closing(sqlite3.connect(fed.data / "state.sqlite")) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("DELETE FROM shown")
            file = saved(fed)
    fed.data = fed.top / "elsewhere"
    restore(fed.data, file)
    with closing(sqlite3.connect(fed.data / "state.sqlite")) as restored:
        assert [(200,)] == restored.execute("SELECT count(*) FROM shown").fetchall()


def test_a_folder_that_holds_something_is_replaced_with_force_alone_and_kept(fed: Folder) -> None:
    file = saved(fed)
    Corpus(fed.seeds, fed.data).apply(Remove(("a",)))
    with pytest.raises(UsageError, match=r"already holds corpus\.json and 5 more; give --force"):
        restore(fed.data, file)
    assert ["given"] == [each.id for each in Corpus(fed.seeds, fed.data).documents()]
    restore(fed.data, file, force=True)
    assert ["a", "given"] == [each.id for each in Corpus(fed.seeds, fed.data).documents()]
    assert ["given"] == [each.id for each in Corpus(fed.seeds, fed.data / "replaced").documents()]


def test_a_folder_in_use_is_not_replaced_even_with_force(fed: Folder) -> None:
    file = saved(fed)
    with Index.open(fed.data), pytest.raises(BusyError, match="a process answers from here; stop it"):
        restore(fed.data, file, force=True)
    assert (fed.data / "corpus.json").exists()
    restore(fed.data, file, force=True)


def rewritten(file: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(file) as old:
        members = [(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(file, "w") as new:
        for name, content in members:
            new.writestr(*change(name, content))


BROKEN: list[tuple[str, Callable[[Path], None], str]] = [
    ("cut short", lambda file: file.write_bytes(file.read_bytes()[:-40]), "is no backup, or cut short"),
    ("another file", lambda file: file.write_text("Zud."), "is no backup, or cut short"),
    (
        "another zip",
        lambda file: rewritten(file, lambda name, text: (f"x{name}", text)),
        "is no backup of Quoth's",
    ),
    (
        "another text",
        lambda file: rewritten(file, lambda name, text: (name, text.replace(b"Zud sent a", b"Zud sent x"))),
        "uploads/000001/original.txt does not match its checksum",
    ),
    (
        "a name that leads out",
        lambda file: rewritten(file, lambda name, text: (name, text.replace(b'"ids.json"', b'"../x.json"'))),
        r"holds a file that is none of ours \(../x.json\)",
    ),
    (
        "another version",
        lambda file: rewritten(
            file, lambda name, text: (name, text.replace(b'"format": 1,\n "at"', b'"format": 9,\n "at"'))
        ),
        "was written by another version",
    ),
    (
        "a list of something else",
        lambda file: rewritten(
            file, lambda name, text: (name, text.replace(b'"files": {', b'"files": {"x": 1,'))
        ),
        "is no backup of Quoth's",
    ),
    (
        "no time",
        lambda file: rewritten(file, lambda name, text: (name, text.replace(b'"at":', b'"it":', 1))),
        "is no backup of Quoth's",
    ),
    (
        "a file without a name",
        lambda file: rewritten(file, lambda name, text: (name, text.replace(b'"ids.json"', b'""'))),
        "holds a file that is none of ours",
    ),
]


@pytest.mark.parametrize(("act", "said"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_backup_is_said_and_replaces_nothing(
    act: Callable[[Path], None], said: str, fed: Folder
) -> None:
    file = saved(fed)
    act(file)
    before = all_of(Corpus(fed.seeds, fed.data))
    with pytest.raises((UsageError, DamagedError), match=said):
        restore(fed.data, file, force=True)
    assert before == all_of(Corpus(fed.seeds, fed.data))
    assert not (fed.top / "x.json").exists()


def test_a_flipped_bit_anywhere_is_found_or_changes_nothing(fed: Folder) -> None:
    file = saved(fed)
    content, expected = file.read_bytes(), all_of(Corpus(fed.seeds, fed.data))
    for place in range(0, len(content), 37):
        bad = bytearray(content)
        bad[place] ^= 4
        file.write_bytes(bad)
        target = fed.top / f"target-{place}"
        try:
            restore(target, file)
        except (UsageError, DamagedError):
            assert [] == [path for path in target.rglob("*") if path.suffix != ".lock"]
        else:
            assert expected == all_of(Corpus(fed.seeds, target))


def test_a_damaged_upload_is_not_backed_up_as_if_it_were_sound(fed: Folder) -> None:
    (fed.data / "uploads" / "000001" / "original.txt").write_text("Zud other.")
    with pytest.raises(
        DamagedError, match="the file that was sent in is damaged; send it again, then back up"
    ):
        saved(fed)
    assert not (fed.top / "backup.zip").exists()


def test_a_backup_takes_the_place_of_the_one_before_when_it_is_whole(fed: Folder) -> None:
    file = saved(fed)
    before = file.read_bytes()
    (fed.data / "state.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(Exception, match="cannot be copied"):
        saved(fed)
    assert before == file.read_bytes()
    assert ["backup.zip"] == [path.name for path in fed.top.glob("*backup*")]
