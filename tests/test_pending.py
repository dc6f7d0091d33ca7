"""Uploads that were received and not finished are kept over a kill, and given up after some tries."""

from pathlib import Path
from typing import Any

from telegram import Update

from bot.pending import MOST_TRIES, Pending

PERSON = {"id": 6_000_000_001, "is_bot": False, "first_name": "Ann"}


def update(number: int) -> tuple[Update, dict[str, Any]]:
    raw = {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1_700_000_000,
            "from": PERSON,
            "chat": {"id": PERSON["id"], "type": "private", "first_name": "Ann"},
            "document": {"file_id": "f", "file_unique_id": "u", "file_name": "a.txt", "file_size": 3},
            "caption": "title: Tides",
        },
    }
    return Update.de_json(raw, None), raw


def test_what_was_kept_comes_back_in_order_until_it_is_dropped(tmp_path: Path) -> None:
    pending = Pending(tmp_path / "incoming")
    for number in (12, 9, 100):
        pending.keep(update(number)[0])
    left = Pending(tmp_path / "incoming").left()
    assert [each["update_id"] for each in left] == [9, 12, 100]
    assert Update.de_json(left[0], None).to_dict() == update(9)[0].to_dict()
    pending.drop([9, 100])
    assert [each["update_id"] for each in pending.left()] == [12]


def test_one_that_never_ends_well_is_given_up(tmp_path: Path) -> None:
    pending = Pending(tmp_path)
    pending.keep(update(5)[0])
    assert [len(Pending(tmp_path).left()) for _ in range(MOST_TRIES + 2)] == [1] * MOST_TRIES + [0, 0]
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_damaged_costs_only_itself(tmp_path: Path) -> None:
    pending = Pending(tmp_path)
    pending.keep(update(5)[0])
    pending.keep(update(6)[0])
    (tmp_path / "5.json").write_bytes(b"\0\0")
    assert [each["update_id"] for each in pending.left()] == [6]


def test_without_a_folder_nothing_is_left(tmp_path: Path) -> None:
    assert Pending(tmp_path / "none").left() == []
