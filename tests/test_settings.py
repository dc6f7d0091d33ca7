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
    for name in ("QUOTH_SEEDS", "QUOTH_DATA", "QUOTH_TOKEN", "QUOTH_TOKEN_FILE", "QUOTH_API_BASE"):
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
    ("QUOTH_API_BASE", "api.telegram.org", "is no web address"),
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


WRITTEN = "7000000001:AAStandInStandInStandInStandInStandI"

TOKENS = [
    # as it is written, whether it has the shape of one
    (WRITTEN, True),
    (f"  {WRITTEN}\r\n", True),
    (f"1:{'a-_Z9' * 4}", True),
    (f"1:{'a' * 19}", False),
    (f"1:{'a' * 101}", False),
    (f"bot{WRITTEN}", False),
    (f'"{WRITTEN}"', False),
    (WRITTEN.replace(":", "")[:45], False),
    (WRITTEN.replace("A", "А"), False),
    (WRITTEN.replace("7", "٧"), False),
    (f"{WRITTEN}\n{WRITTEN}", False),
    (f"{WRITTEN}/", False),
    (f"QUOTH_TOKEN={WRITTEN}", False),
    (":", False),
    (" ", False),
]


@pytest.mark.parametrize(("written", "fits"), TOKENS)
@pytest.mark.parametrize("name", ["QUOTH_TOKEN", "QUOTH_TOKEN_FILE"])
def test_a_token_has_a_shape_and_no_message_repeats_it(
    name: str, written: str, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text(written, encoding="utf-8", newline="")
    monkeypatch.setenv(name, written if name == "QUOTH_TOKEN" else str(tmp_path / "token"))
    if fits:
        assert load().required_token() == written.strip()
        return
    with pytest.raises(UsageError) as raised:
        load().required_token()
    assert str(raised.value) == f"{name}: is not a bot's token; copy it from @BotFather: 123456:ABC-DEF…"
    assert raised.value.__cause__ is None


def test_without_a_token_it_says_where_to_get_one_and_what_needs_none() -> None:
    with pytest.raises(UsageError) as raised:
        load().required_token()
    assert raised.value.place == "QUOTH_TOKEN"
    for word in ("@BotFather", "/newbot", "quoth chat"):
        assert word in raised.value.remedy


def test_an_empty_token_is_none_and_the_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text(WRITTEN)
    monkeypatch.setenv("QUOTH_TOKEN", "")
    monkeypatch.setenv("QUOTH_TOKEN_FILE", str(tmp_path / "token"))
    assert load().required_token() == WRITTEN


def test_the_token_itself_goes_before_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_TOKEN", WRITTEN)
    monkeypatch.setenv("QUOTH_TOKEN_FILE", str(tmp_path / "none"))
    assert load().required_token() == WRITTEN


FILES = [
    # the file's content (None: there is none), what is wrong with it
    (None, "no such file or directory"),
    (b"\xff\xfe7\x00", "is no text"),
    (b"", "is not a bot's token"),
]


@pytest.mark.parametrize(("content", "fault"), FILES)
def test_a_token_file_that_holds_none_is_named(
    content: bytes | None, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    monkeypatch.setenv("QUOTH_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(UsageError, match=fault) as raised:
        load().required_token()
    assert raised.value.place.startswith("QUOTH_TOKEN_FILE")
    assert raised.value.remedy


def test_a_folder_is_no_token_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_TOKEN_FILE", str(tmp_path))
    with pytest.raises(UsageError, match="is a directory; name a file that holds the token alone"):
        load().required_token()


def test_a_token_file_may_stand_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text(WRITTEN)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("QUOTH_TOKEN_FILE", "~/token")
    assert load().required_token() == WRITTEN


def test_a_token_file_in_a_home_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_TOKEN_FILE", "~nobody-of-that-name/token")
    with pytest.raises(UsageError, match="QUOTH_TOKEN_FILE"):
        load().required_token()


def test_the_settings_do_not_show_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_TOKEN", WRITTEN)
    settings = load()
    for text in (repr(settings), str(settings), settings.model_dump_json()):
        assert WRITTEN.partition(":")[2] not in text


ADDRESSES = [
    # as it is written, as it is used (None: refused)
    ("", ""),
    ("https://api.telegram.org", "https://api.telegram.org"),
    ("http://127.0.0.1:8081/", "http://127.0.0.1:8081"),
    ("http://[::1]:8081", "http://[::1]:8081"),
    ("https://proxy.example/telegram//", "https://proxy.example/telegram"),
    ("api.telegram.org", None),
    ("ftp://api.telegram.org", None),
    ("https://", None),
    ("https:///bot", None),
    ("https://user:password@api.telegram.org", None),
    ("https://api.telegram.org?x=1", None),
    ("https://api.telegram.org/#x", None),
    ("https://api telegram.org", None),
    ("https://api.telegram.org\nX: y", None),
]


@pytest.mark.parametrize(("written", "used"), ADDRESSES)
def test_the_address_of_the_api_is_a_web_address(
    written: str, used: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTH_API_BASE", written)
    if used is None:
        with pytest.raises(UsageError, match="QUOTH_API_BASE: is no web address; write it like https://"):
            load()
    else:
        assert load().api_base == used


ADMINS = [
    # as they are written, as they are used (None: refused)
    ("", frozenset()),
    ("1234567", frozenset({1_234_567})),
    (" 6000000001 , 7,\n7,", frozenset({6_000_000_001, 7})),
    ("@berta", None),
    ("berta", None),
    ("-1001234567890", None),
    ("1234567;7", None),
    ("0", None),
    ("١٢٣", None),
    (str(2**52), None),
    ("[1, 2]", None),
]


@pytest.mark.parametrize(("written", "used"), ADMINS)
def test_admins_are_numbers_of_users(
    written: str, used: frozenset[int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTH_ADMINS", written)
    if used is None:
        with pytest.raises(UsageError, match=r"QUOTH_ADMINS: .* is no user's number; write the numbers of"):
            load()
    else:
        assert load().admins == used


def test_without_the_setting_there_is_no_admin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUOTH_ADMINS", raising=False)
    assert load().admins == frozenset()
