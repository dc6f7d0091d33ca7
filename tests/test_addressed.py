"""Who is spoken to in a group, and what is asked: by name, by reply, by command; never by accident."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standin.text import length, with_found
from telegram import Chat, Message, MessageEntity, MessageOriginHiddenUser, User

from bot.addressed import addressed, replied_to
from bot.place import Place, place_of

BOT = User(77, "Quoth", is_bot=True, username="Quoth_bot")
ANN = User(5, "Ann", is_bot=False)
OTHER = User(78, "Other", is_bot=True, username="other_bot")
HIDDEN = User(1087968824, "Group", is_bot=True, username="GroupAnonymousBot")
GROUP = Chat(-1001, Chat.SUPERGROUP, title="Pilots")
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def message(text: str, **fields: Any) -> Message:
    """A message of Ann's, with the entities that Telegram finds."""
    found = [MessageEntity.de_json(entity, None) for entity in with_found(text, [])]
    return Message(9, NOW, GROUP, **{"from_user": ANN, "entities": found, "text": text, **fields})


def of_bot(user: User = BOT, number: int = 4) -> Message:
    return Message(number, NOW, GROUP, from_user=user, text="❝ … ❞")


ASKED = [
    ("@Quoth_bot who rang?", "who rang?"),
    ("@quoth_BOT, who rang?", "who rang?"),
    ("who rang, @Quoth_bot?", "who rang?"),
    ("hey @Quoth_bot who rang", "hey who rang"),
    ("😀😀 @Quoth_bot who rang?", "😀😀 who rang?"),
    ("@Quoth_bot @Quoth_bot who rang?", "who rang?"),
    ("@Quoth_bot and @ann: who rang?", "and @ann: who rang?"),
    ("@Quoth_bot - who rang?", "who rang?"),
    ("@Quoth_bot —who rang?", "who rang?"),
    ("@Quoth_bot -Ann who rang?", "-Ann who rang?"),
    ("/ask -Ann who rang?", "-Ann who rang?"),
    ("@Quoth_bot -", ""),
    ("@Quoth_bot", ""),
    ("/ask who rang?", "who rang?"),
    ("/ask@Quoth_bot who rang?", "who rang?"),
    ("/ASK@quoth_bot\nwho rang?", "who rang?"),
    ("/ask", ""),
    ("/verify", "/verify"),
    ("/verify@Quoth_bot “a quote”", "/verify “a quote”"),
    ("/verify -5 degrees, not .5 :", "/verify -5 degrees, not .5 :"),
    ("/help@Quoth_bot", "/help"),
    ("who rang?", None),
    ("@Quoth_bots who rang?", None),
    ("@other_bot who rang?", None),
    ("mail@Quoth_bot.org who rang?", None),
    ("/ask@other_bot who rang?", None),
    ("/help", None),
    ("/start", None),
    ("Quoth_bot who rang?", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "asked"), ASKED)
def test_a_message_speaks_to_the_bot_where_it_names_it_or_asks(text: str, asked: str | None) -> None:
    assert asked == addressed(message(text), BOT)


def test_a_caption_may_ask_and_so_may_a_name_that_is_no_username() -> None:
    words = "who rang? @Quoth_bot"
    found = [MessageEntity.de_json(entity, None) for entity in with_found(words, [])]
    photo = Message(9, NOW, GROUP, from_user=ANN, caption=words, caption_entities=found)
    assert "who rang?" == addressed(photo, BOT)
    named = MessageEntity(MessageEntity.TEXT_MENTION, 0, 5, user=BOT)
    assert "who rang?" == addressed(message("Quoth who rang?", entities=[named]), BOT)
    another = MessageEntity(MessageEntity.TEXT_MENTION, 0, 5, user=OTHER)
    assert addressed(message("Quoth who rang?", entities=[another]), BOT) is None


def test_a_reply_to_the_bot_asks_and_one_to_anybody_else_does_not() -> None:
    assert "and when?" == addressed(message(" and when? ", reply_to_message=of_bot()), BOT)
    assert addressed(message("and when?", reply_to_message=of_bot(OTHER)), BOT) is None
    assert addressed(message("and when?", reply_to_message=of_bot(ANN)), BOT) is None


def test_what_began_a_topic_is_not_replied_to_by_all_of_it() -> None:
    """Telegram says so of each message in a topic that a bot began."""
    topic = {"message_thread_id": 4, "is_topic_message": True}
    assert addressed(message("and when?", reply_to_message=of_bot(number=4), **topic), BOT) is None
    reply = message("and when?", reply_to_message=of_bot(number=5), **topic)
    assert "and when?" == addressed(reply, BOT)
    assert replied_to(reply) == of_bot(number=5)


def test_bots_and_forwarded_messages_speak_to_nobody_and_hidden_admins_do() -> None:
    text = "@Quoth_bot who rang?"
    assert addressed(message(text, from_user=OTHER), BOT) is None
    assert addressed(message(text, via_bot=OTHER), BOT) is None
    origin = MessageOriginHiddenUser(NOW, "Ben")
    assert addressed(message(text, forward_origin=origin), BOT) is None
    assert "who rang?" == addressed(message(text, from_user=HIDDEN, sender_chat=GROUP), BOT)


def test_a_place_is_a_chat_a_topic_and_who_speaks() -> None:
    assert Place(-1001, 0, 5) == place_of(message("who?"))
    assert Place(-1001, 4, 5) == place_of(message("who?", message_thread_id=4, is_topic_message=True))
    assert Place(-1001, 0, 5) == place_of(message("who?", message_thread_id=4)), "a thread of replies"
    assert Place(-1001, 0, -1001) == place_of(message("who?", from_user=HIDDEN, sender_chat=GROUP))
    private = Message(9, NOW, Chat(5, Chat.PRIVATE), from_user=ANN, text="who?")
    assert Place(5) == place_of(private)


@given(st.text(max_size=30), st.text(max_size=30))
def test_what_stands_around_a_mention_is_kept(before: str, after: str) -> None:
    before, after = before.replace("@", ""), after.replace("@", "")
    mention = MessageEntity(MessageEntity.MENTION, length(before), length("@Quoth_bot"))
    asked = addressed(message(f"{before}@Quoth_bot{after}", entities=[mention]), BOT)
    assert asked is not None
    kept = [letter for letter in before + after if letter.isalnum()]
    assert kept == [letter for letter in asked if letter.isalnum()]


@given(st.integers(-5, 60), st.integers(-5, 60), st.sampled_from(["mention", "bot_command", "text_mention"]))
def test_entities_that_lie_outside_the_text_harm_nothing(offset: int, size: int, kind: str) -> None:
    entity = MessageEntity(kind, offset, size)
    text = "/ask@Quoth_bot who rang? 😀"
    asked = addressed(message(text, entities=[entity]), BOT)
    assert asked is None or set(asked) <= {*text, "\ufffd"}
