"""Files fetched from a server: too large, cut short, refused, or handed out as a path."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from standin import Fault, StandIn, Upload

from bot import downloads
from bot.downloads import OTHER_LARGEST, TELEGRAM_LARGEST, Downloads
from bot.requests import AiohttpRequest
from index.errors import DocumentError


@asynccontextmanager
async def made(telegram: StandIn, folder: Path, *, own_server: bool = True) -> AsyncIterator[Downloads]:
    request = AiohttpRequest()
    await request.initialize()
    try:
        api, files = f"{telegram.url}/bot{telegram.token}", f"{telegram.url}/file/bot{telegram.token}"
        yield Downloads(request, api, files, folder, own_server=own_server)
    finally:
        await request.shutdown()


def kept(telegram: StandIn, content: bytes) -> str:
    return str(telegram.keep(Upload("a.txt", content, "text/plain"))["file_id"])


def fetched(telegram: StandIn, folder: Path, file_id: str, **options: bool) -> bytes:
    """What is in the file while it is at hand; nothing is left of it."""

    async def fetch() -> bytes:
        async with made(telegram, folder, **options) as files:
            async with files.fetched("a.txt", file_id) as path:
                content = path.read_bytes()
            assert not list(folder.iterdir())
            return content

    return asyncio.run(fetch())


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "PAUSE", 0.01)


def test_a_file_comes_whole_and_goes_when_it_was_used(tmp_path: Path) -> None:
    content = bytes(range(256)) * 4000
    with StandIn() as telegram:
        assert fetched(telegram, tmp_path / "files", kept(telegram, content)) == content


@pytest.mark.parametrize("kind", ["reset", "half-close", "502", "bad json", "429"])
def test_a_fault_on_the_way_is_tried_again(kind: str, tmp_path: Path) -> None:
    with StandIn() as telegram:
        telegram.faults.append(Fault(kind, method="getFile"))
        assert fetched(telegram, tmp_path, kept(telegram, b"Tide.")) == b"Tide."


def test_a_fault_that_stays_is_said_in_words_and_nothing_is_left(tmp_path: Path) -> None:
    with StandIn() as telegram:
        telegram.faults.append(Fault("reset", method="getFile", times=None))
        with pytest.raises(DocumentError, match=r"a.txt: did not come from Telegram \(.*\); send it again"):
            fetched(telegram, tmp_path, kept(telegram, b"Tide."))
        assert not list(tmp_path.iterdir())


def test_a_file_that_the_server_no_longer_has_is_not_asked_for_again(tmp_path: Path) -> None:
    with StandIn() as telegram:
        with pytest.raises(DocumentError, match="did not come from Telegram"):
            fetched(telegram, tmp_path, "none")
        assert len(telegram.calls("getFile")) == 1


def test_a_file_larger_than_it_may_be_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "OTHER_LARGEST", 1000)
    with StandIn() as telegram:
        with pytest.raises(DocumentError, match="more than 1,000 bytes"):
            fetched(telegram, tmp_path, kept(telegram, b"x" * 1001))
        assert fetched(telegram, tmp_path, kept(telegram, b"x" * 1000)) == b"x" * 1000
        assert not list(tmp_path.iterdir())


SIZES = [
    # whether the server is one's own, bytes, whether that is taken
    (False, TELEGRAM_LARGEST, True),
    (False, TELEGRAM_LARGEST + 1, False),
    (True, TELEGRAM_LARGEST + 1, True),
    (True, OTHER_LARGEST + 1, False),
    (False, None, True),
    (False, 0, False),
]


@pytest.mark.parametrize(("own_server", "size", "taken"), SIZES)
def test_a_size_that_cannot_be_fetched_is_told_before(
    own_server: bool, size: int | None, taken: bool, tmp_path: Path
) -> None:
    files = Downloads(AiohttpRequest(), "", "", tmp_path, own_server=own_server)
    if taken:
        files.check("a.txt", size)
    else:
        with pytest.raises(DocumentError) as raised:
            files.check("a.txt", size)
        said = "Telegram lets a bot fetch" in raised.value.fault
        assert said == (bool(size) and not own_server)


def test_a_server_of_ones_own_may_hand_out_a_path_and_telegram_may_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"Tide.")

    async def call(*_: object) -> dict[str, str]:
        return {"file_path": str(secret)}

    monkeypatch.setattr(AiohttpRequest, "call", call)
    with StandIn() as telegram:
        assert fetched(telegram, tmp_path / "files", "f", own_server=True) == b"Tide."
        with pytest.raises(DocumentError, match="did not come"):
            fetched(telegram, tmp_path / "files", "f", own_server=False)


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"in the way")
    with StandIn() as telegram, pytest.raises(DocumentError, match="could not be kept here"):
        fetched(telegram, tmp_path / "files", kept(telegram, b"Tide."))


def test_what_an_earlier_process_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "000001").write_bytes(b"half")
    Downloads(AiohttpRequest(), "", "", tmp_path / "files", own_server=True).clear()
    assert not (tmp_path / "files").exists()
