"""Where the documents and the index are, and what a wrong setting says."""

from pathlib import Path

import platformdirs
import pytest

from bot.settings import load
from index.corpus import shipped_seeds
from index.errors import UsageError


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in ("QUOTH_SEEDS", "QUOTH_DATA"):
        monkeypatch.delenv(name, raising=False)
    return here


USERS = platformdirs.user_data_path("quoth")
SHIPPED = shipped_seeds()

DEFAULTS = [
    # folders that exist here, where the documents are, where the index is
    ((), SHIPPED, USERS),
    (("seeds",), Path("seeds"), Path("var")),
    (("var",), SHIPPED, Path("var")),
    (("seeds", "var"), Path("seeds"), Path("var")),
]


@pytest.mark.parametrize(("folders", "seeds", "data"), DEFAULTS)
def test_the_folders_here_decide_where_nothing_is_set(
    folders: tuple[str, ...], seeds: Path, data: Path, empty_folder: Path
) -> None:
    for folder in folders:
        (empty_folder / folder).mkdir()
    assert (load().seeds, load().data) == (seeds, data)


def test_the_systems_var_is_never_taken_for_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert load().data == USERS


def test_the_environment_goes_before_the_folders_here(
    empty_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / "seeds").mkdir()
    monkeypatch.setenv("QUOTH_SEEDS", str(tmp_path))
    monkeypatch.setenv("QUOTH_DATA", str(tmp_path / "index"))
    settings = load()
    assert (settings.seeds, settings.data) == (tmp_path, tmp_path / "index")
    assert (settings.origin("seeds"), settings.origin("data")) == ("QUOTH_SEEDS", "QUOTH_DATA")


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_SEEDS", "")
    assert load().seeds == SHIPPED


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("QUOTH_DATA", "~/index")
    assert load().data == tmp_path / "index"


WRONG = [
    ("QUOTH_SEEDS", "nowhere", "nowhere does not exist"),
    ("QUOTH_SEEDS", "file", "file is not a folder"),
    ("QUOTH_DATA", "file", "file is not a folder"),
    ("QUOTH_DATA", "~nobody-of-that-name/x", "no such home folder"),
]


@pytest.mark.parametrize(("name", "value", "fault"), WRONG)
def test_a_wrong_variable_is_named_with_its_fault(
    name: str, value: str, fault: str, empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / "file").write_text("")
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as raised:
        load()
    assert raised.value.place == name
    assert fault in raised.value.fault


def test_another_corpus_keeps_its_index_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_DATA", str(tmp_path / "index"))
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    one, two = (load(folder) for folder in folders)
    assert (one.seeds, two.seeds) == tuple(folders)
    assert one.data.parent == two.data.parent == tmp_path / "index" / "corpora"
    assert one.data != two.data
    assert load(tmp_path / "two" / ".." / "one").data == one.data


def test_the_configured_corpus_named_again_keeps_its_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTH_SEEDS", str(tmp_path))
    monkeypatch.setenv("QUOTH_DATA", str(tmp_path / "index"))
    assert load(tmp_path / "here" / "..").data == tmp_path / "index"


def test_a_corpus_that_is_not_there_is_the_options_fault() -> None:
    with pytest.raises(UsageError, match="--seeds: nowhere does not exist; "):
        load(Path("nowhere"))
