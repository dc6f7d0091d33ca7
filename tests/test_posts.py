"""What a message brings as a document: names, captions, origins."""

import datetime
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import (
    Animation,
    Chat,
    Document,
    Message,
    MessageOrigin,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    User,
)

from bot.posts import NAME_LIMIT, caption_fields, clean_name, filed, posted
from index.model import Metadata

DAY = datetime.datetime(2025, 5, 4, 23, 59, tzinfo=datetime.UTC)
ANN = User(6_000_000_001, "Ann", False, "Voss")
LAKE = Chat(-100, Chat.CHANNEL, title="Lake\u202e Wire")
OPEN = Chat(-101, Chat.CHANNEL, title="Lake Wire", username="lakewire")


def message(text: str | None = "Text.", origin: MessageOrigin | None = None, **more: object) -> Message:
    return Message(7, DAY, Chat(ANN.id, Chat.PRIVATE), ANN, text=text, forward_origin=origin, **more)  # type: ignore[arg-type]


ORIGINS = [
    # where a post comes from, its source, its address
    (MessageOriginChannel(DAY, OPEN, 12), "Lake Wire", "https://t.me/lakewire/12"),
    (MessageOriginChannel(DAY, LAKE, 12), "Lake Wire", None),
    (MessageOriginChat(DAY, OPEN), "Lake Wire", None),
    (MessageOriginUser(DAY, ANN), "Ann Voss", None),
    (MessageOriginHiddenUser(DAY, "A. V."), "A. V.", None),
]


@pytest.mark.parametrize(("origin", "source", "url"), ORIGINS)
def test_a_forwarded_post_is_of_where_it_first_stood(
    origin: MessageOrigin, source: str, url: str | None
) -> None:
    piece = posted(message(origin=origin))
    assert piece is not None
    assert piece.metadata == Metadata(source=source, date="2025-05-04", url=url)
    assert piece.text == "Text."
    assert piece.name.startswith(f"{source} 2025-05-04")
    assert piece.name.endswith(".txt")


def test_what_an_admin_says_goes_before_what_is_known_of_a_message() -> None:
    piece = posted(message(), "title: Tides\nsource: Almanac")
    assert piece is not None
    assert piece.metadata == Metadata("Tides", "Almanac", "2025-05-04", None)


@pytest.mark.parametrize("text", [None, "", " \n "])
def test_a_message_without_text_brings_nothing(text: str | None) -> None:
    assert posted(message(text)) is None


def test_a_moving_picture_is_no_file() -> None:
    moving = Animation("f", "u", 1, 1, datetime.timedelta(seconds=1))
    assert filed(message(None, document=Document("f", "u", "cat.mp4"), animation=moving)) is None


def test_the_caption_of_a_forwarded_file_is_not_about_it() -> None:
    sent = message(
        None, MessageOriginChannel(DAY, OPEN, 3), document=Document("f", "u", "a.txt"), caption="!"
    )
    piece = filed(sent)
    assert piece is not None
    assert piece.metadata == Metadata(None, "Lake Wire", "2025-05-04", "https://t.me/lakewire/3")


def test_what_an_admin_says_of_a_file_goes_before_its_caption() -> None:
    sent = message(None, document=Document("f", "u", "a.txt"), caption="title: Ebb\nsource: Almanac")
    piece = filed(sent, "title: Tides\ndate: tomorrow")
    assert piece is not None
    assert piece.metadata == Metadata("Tides", "Almanac")
    assert len(piece.faults) == 1


CAPTIONS = [
    # caption, what it says
    ("", Metadata()),
    ("A title", Metadata("A title")),
    ("A title: with a colon", Metadata("A title: with a colon")),
    ("TITLE : Tides", Metadata("Tides")),
    ("date: 2025", Metadata(date="2025")),
    ("date: 2025-02\nurl: http://example.org/a?b", Metadata(date="2025-02", url="http://example.org/a?b")),
    ("title: Ti\u202edes\u200b", Metadata("Tides")),
    ("A title\nsource: S\nmore", Metadata("A title", "S")),
]


@pytest.mark.parametrize(("caption", "expected"), CAPTIONS)
def test_a_caption_says_what_the_citation_says(caption: str, expected: Metadata) -> None:
    assert caption_fields(caption) == (expected, ())


@pytest.mark.parametrize("caption", ["date: tomorrow", "date: 2025-13", "url: ftp://x", "url: javascript:1"])
def test_what_is_no_date_or_address_is_left_out_and_told(caption: str) -> None:
    metadata, faults = caption_fields(caption)
    assert metadata == Metadata()
    assert len(faults) == 1


@given(st.text())
def test_a_name_is_one_line_that_can_be_seen_and_is_no_path(name: str) -> None:
    cleaned = clean_name(name)
    assert len(cleaned) <= NAME_LIMIT + 1
    assert not set(cleaned) & {"/", "\\", "\n", "\r", "\0"}
    assert not cleaned.startswith(".")
    assert all(unicodedata.category(c) not in {"Cf", "Cc"} for c in cleaned)
    assert clean_name(cleaned) == cleaned


def test_a_long_name_keeps_its_ending() -> None:
    assert clean_name("a" * 500 + ".txt") == "a" * (NAME_LIMIT - 3) + ".txt"


def test_a_file_without_a_name_gets_one() -> None:
    piece = filed(message(None, document=Document("f", "u", mime_type="text/plain")))
    assert piece is not None
    assert piece.name == "document 7.txt"
