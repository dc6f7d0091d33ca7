"""What admins send in: what an earlier run left of it, and what they say of it."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from telegram import Update

from bot.gate import Gate
from bot.handlers.uploads import Uploads, _replied_to
from bot.pending import MOST_TRIES, Pending
from bot.posts import Piece
from bot.texts import admin as texts
from index.catalogue import Change, Step
from index.errors import DamagedError

ADMIN = 6_000_000_001


def update(number: int, admin: int = ADMIN) -> Update:
    person = {"id": admin, "is_bot": False, "first_name": "Ann"}
    message = {
        "message_id": number,
        "date": 1_700_000_000,
        "from": person,
        "chat": {"id": admin, "type": "private", "first_name": "Ann"},
        "document": {"file_id": "f", "file_unique_id": "u", "file_name": "a.txt", "file_size": 3},
    }
    return Update.de_json({"update_id": number, "message": message}, None)


class Bench:
    """Uploads whose work in the background is only counted."""

    def __init__(self, folder: Path) -> None:
        self.begun = 0
        none: Any = SimpleNamespace()
        background: Any = self
        self.uploads = Uploads(
            Gate(frozenset({ADMIN})),
            none,
            none,
            downloads=none,
            background=background,
            folder=folder,
        )

    def start(self, work: Any) -> None:
        work.close()
        self.begun += 1

    def resumes(self) -> int:
        bot: Any = None
        asyncio.run(self.uploads.resume(bot))
        return self.begun


def test_an_upload_that_ends_each_run_is_given_up(tmp_path: Path) -> None:
    Pending(tmp_path).keep(update(5))
    assert [Bench(tmp_path).resumes() for _ in range(MOST_TRIES + 2)] == [1] * MOST_TRIES + [0, 0]


def test_a_run_that_ends_well_blames_no_upload(tmp_path: Path) -> None:
    Pending(tmp_path).keep(update(5))
    for _ in range(MOST_TRIES + 2):
        bench = Bench(tmp_path)
        assert bench.resumes() == 1
        asyncio.run(bench.uploads.forgive())


def test_what_somebody_left_who_is_no_admin_any_more_is_not_taken_up(tmp_path: Path) -> None:
    Pending(tmp_path).keep(update(5, admin=ADMIN + 1))
    assert Bench(tmp_path).resumes() == 0


def test_an_upload_that_cannot_be_kept_is_not_taken_for_one_in_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, context = Bench(tmp_path), SimpleNamespace()
    with monkeypatch.context() as broken:
        broken.setattr(Pending, "keep", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            asyncio.run(bench.uploads.received(update(5), context))  # type: ignore[arg-type]
    asyncio.run(bench.uploads.received(update(5), context))  # type: ignore[arg-type]
    assert bench.begun == 1


def test_what_stands_below_add_is_taken_as_it_is_written() -> None:
    said, of = update(6).to_dict(), update(5).to_dict()
    message = {**said["message"], "reply_to_message": of["message"]}
    del message["document"]
    message["text"] = "/add@quoth_bot\nurl: https://example.org/add/1\nsource: The /add Gazette"
    asked = Update.de_json({**said, "message": message}, None).message
    assert asked is not None
    piece = _replied_to(asked)
    assert isinstance(piece, Piece)
    assert (piece.metadata.url, piece.metadata.source) == ("https://example.org/add/1", "The /add Gazette")


def test_a_change_is_told_with_its_undo_also_where_the_index_says_nothing_of_it(tmp_path: Path) -> None:
    class Broken:
        async def call(self, _: object) -> None:
            raise DamagedError("text.utf8", "does not match its checksum", "the index is rebuilt")

    uploads: Any = Bench(tmp_path).uploads
    uploads._engine = Broken()
    change = Change(3, "add", 1_700_000_000.0, ADMIN, (Step("a", "a.txt", "added"),))
    preview = asyncio.run(uploads._preview(change, SimpleNamespace(refused=[]), ""))
    assert preview.text.startswith("Added a.txt")
    assert "does not match its checksum" in preview.text
    assert preview.buttons[0][0].text == texts.UNDO
