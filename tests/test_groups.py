"""The real ``quoth run`` in groups, forums and channels: spoken to, edited, pressed, killed."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from home import SURVEYED, WOOL, YEAST, Home, serving, until
from standin import Chat, Group, StandIn

from bot.texts import en, verifying
from bot.texts import telegram as texts
from index.verdicts import Verdict

QUESTION = "who surveyed the pier?"


@pytest.fixture(scope="module")
def service() -> Iterator[Home]:
    """One bot for all of them."""
    with serving() as made:
        yield made


@pytest.fixture
def ann(service: Home) -> Chat:
    return service.telegram.private("Ann")


@pytest.fixture
def group(service: Home) -> Group:
    return service.telegram.group("Pilots")


def silent(service: Home, group: Group) -> None:
    """Nothing comes, though all that was sent has been worked on."""
    service.until_idle()
    assert group.unread() == []


def test_a_mention_anywhere_a_command_and_a_reply_are_answered_as_replies(group: Group, ann: Chat) -> None:
    for text in (f"@quoth_test_bot {QUESTION}", f"/ask {QUESTION}", f"/ask@quoth_test_bot {QUESTION}"):
        asked = group.tell(text, ann)
        answer = group.wait_message()
        assert answer.covered("blockquote") == [SURVEYED]
        assert answer.raw["reply_to_message"]["message_id"] == asked
    group.tell("what raises dough?", ann, reply_to=answer)
    assert group.wait_message().covered("blockquote") == [YEAST]


def test_all_else_is_others_talk_with_privacy_mode_on_or_off(service: Home, group: Group, ann: Chat) -> None:
    service.telegram.flags["can_read_all_group_messages"] = True
    try:
        for text in (QUESTION, "/ask@other_bot who?", "/start", "@other_bot who?", "hello", "thanks"):
            group.tell(text, ann)
        other = group.tell("I was there", ann)
        group.tell(QUESTION, ann, reply_to=other)
        silent(service, group)
    finally:
        service.telegram.flags["can_read_all_group_messages"] = False


def test_greetings_and_help_are_answered_and_a_name_alone_is_told_how(group: Group, ann: Chat) -> None:
    replies = {"@quoth_test_bot hello": en.GREETING, "/help@quoth_test_bot": texts.HELP}
    for text, reply in {**replies, "@quoth_test_bot": texts.ASK_HOW, "/ask": texts.ASK_HOW}.items():
        group.tell(text, ann)
        assert group.wait_message().text == reply


def test_an_answer_stays_in_its_topic_also_its_later_parts_and_its_buttons(service: Home, ann: Chat) -> None:
    forum = service.telegram.group("Harbour", forum=True)
    topic = forum.topic("Piers")
    forum.tell("/ask who is in the register of Lindau?", ann, topic=topic)
    parts = [forum.wait_message()]
    while not parts[-1].buttons:
        parts.append(forum.wait_message())
    assert len(parts) > 1
    assert {part.raw["message_thread_id"] for part in parts} == {topic}
    forum.tell(f"/ask {QUESTION}", ann, topic=topic)
    answer = forum.wait_message()
    forum.press(answer, texts.CONTEXT)
    assert forum.wait_edit(answer).covered("bold") == [SURVEYED]
    forum.tell(f"/ask {QUESTION}", ann)
    assert "message_thread_id" not in forum.wait_message().raw


def test_an_edited_question_has_its_answer_edited_and_one_may_become_a_question(
    group: Group, ann: Chat
) -> None:
    asked = group.tell(f"@quoth_test_bot {QUESTION}", ann)
    answer = group.wait_message()
    group.edit(asked, "@quoth_test_bot what raises dough?")
    assert group.wait_edit(answer).covered("blockquote") == [YEAST]
    later = group.tell("@other_bot what raises dough?", ann)
    group.edit(later, "@quoth_test_bot what raises dough?")
    assert group.wait_message().covered("blockquote") == [YEAST]


def test_anyone_may_press_and_a_button_works_after_a_kill(service: Home, group: Group, ann: Chat) -> None:
    ben = service.telegram.private("Ben")
    group.tell("/ask which barge carried wool?", ann)
    answer = group.wait_message()
    service.run()
    assert "text" not in group.press(answer, texts.CONTEXT, by=ben.user, timeout=20).parameters
    context = group.wait_edit(answer)
    assert context.covered("bold") == [WOOL]
    following = next(label for label in context.buttons if "▸" in label)
    group.press(context, following, by=ben.user)
    assert group.wait_edit(context).covered("blockquote") != [WOOL]


def test_a_follow_up_is_ones_own_and_a_reply_goes_on_from_what_it_replies_to(
    service: Home, group: Group, ann: Chat
) -> None:
    ben = service.telegram.private("Ben")
    group.tell(f"/ask {QUESTION}", ann)
    answer = group.wait_message()
    group.tell("/ask which barge carried wool?", ben)
    group.wait_message()
    group.tell("/ask and when?", ann)
    assert group.wait_message().covered("blockquote") == [SURVEYED]
    group.tell("and when?", ben, reply_to=answer)
    assert group.wait_message().covered("blockquote") == [SURVEYED]


def test_hidden_admins_and_channels_may_ask(service: Home, group: Group) -> None:
    group.tell(f"/ask {QUESTION}")
    assert group.wait_message().covered("blockquote") == [SURVEYED]
    channel = service.telegram.group("News", kind="channel")
    asked = channel.tell(f"@quoth_test_bot {QUESTION}")
    answer = channel.wait_message()
    assert answer.covered("blockquote") == [SURVEYED]
    channel.edit(asked, "@quoth_test_bot what raises dough?")
    assert channel.wait_edit(answer).covered("blockquote") == [YEAST]
    channel.tell(QUESTION)
    silent(service, channel)


def test_what_a_group_asked_in_vain_is_counted_as_asked_in_a_group(
    service: Home, group: Group, ann: Chat
) -> None:
    def kinds() -> list[str]:
        with closing(sqlite3.connect(service.data / "state.sqlite")) as state:
            query = "select chat_kind from unanswered where question like '%zebras%'"
            return [kind for (kind,) in state.execute(query)]

    group.tell("/ask who eats zebras?", ann)
    group.wait_message()
    until(lambda: kinds() == ["group"])


def answers_in(service: Home, group: Group) -> int:
    """How many answers are stored as shown there."""
    with closing(sqlite3.connect(service.data / "state.sqlite")) as state:
        return int(state.execute("select count(*) from shown where chat = ?", (group.id,)).fetchone()[0])


def test_a_group_that_becomes_a_supergroup_keeps_its_conversation(service: Home, ann: Chat) -> None:
    old = service.telegram.group("Small", kind="group")
    old.tell(f"/ask {QUESTION}", ann)
    old.wait_message()
    new = old.migrate()
    until(lambda: not answers_in(service, old))
    new.tell("/ask and when?", ann)
    assert new.wait_message().covered("blockquote") == [SURVEYED]
    old.tell("/ask what raises dough?", ann)
    assert new.wait_message().covered("blockquote") == [YEAST], "it was asked under the old number"


def test_a_quote_is_verified_by_command_and_by_name_alone_as_a_reply(group: Group, ann: Chat) -> None:
    wrong = group.tell("Engineer Klara Voss surveyed the pier in June.", ann)
    for text in ("@quoth_test_bot", "/verify", "/verify@quoth_test_bot"):
        asked = group.tell(text, ann, reply_to=wrong)
        verdict = group.wait_message()
        assert verdict.covered("blockquote") == [SURVEYED]
        assert "June" in verdict.text
        assert verdict.raw["reply_to_message"]["message_id"] == asked
    group.tell(f"/verify {SURVEYED}", ann)
    assert group.wait_message().text.startswith(verifying.VERDICTS[Verdict.EXACT])


def test_a_group_that_removed_the_bot_harms_nobody(service: Home, group: Group, ann: Chat) -> None:
    group.block()
    group.tell(f"/ask {QUESTION}", ann)
    service.still_answers()
    group.blocked = False
    group.tell(f"/ask {QUESTION}", ann)
    assert group.wait_message().covered("blockquote") == [SURVEYED]


def test_a_question_that_a_kill_cut_short_is_answered_in_its_topic(service: Home, ann: Chat) -> None:
    forum = service.telegram.group("Harbour", forum=True)
    topic = forum.topic("Bread")
    service.kill()
    asked = forum.tell("/ask what raises dough?", ann, topic=topic)
    time.sleep(0.05)
    service.run()
    answer = forum.wait_message(timeout=20)
    assert answer.covered("blockquote") == [YEAST]
    assert answer.raw["message_thread_id"] == topic
    assert answer.raw["reply_to_message"]["message_id"] == asked


def test_the_stand_in_hears_what_privacy_mode_lets_through() -> None:
    world = StandIn()
    ann, group = world.private("Ann"), world.group("Pilots")
    for text in ("hello", "@other_bot hi", "/any", "@quoth_test_bot hi"):
        group.tell(text, ann)
    assert 2 == world.pending
