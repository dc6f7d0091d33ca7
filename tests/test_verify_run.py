"""The real ``quoth run`` asked to verify: with the text, as a reply, with a part selected, edited, killed."""

from collections.abc import Iterator

import pytest
from home import PERMALINK, PLACE, SURVEYED, Home, serving
from standin import Chat

from bot.texts import verifying as texts
from index.verdicts import Verdict

ALTERED = SURVEYED.replace("May", "June")


@pytest.fixture(scope="module")
def service() -> Iterator[Home]:
    """One bot for all of them."""
    with serving() as made:
        yield made


@pytest.fixture
def ann(service: Home) -> Chat:
    return service.telegram.private("Ann")


def test_a_text_behind_the_command_is_verified(ann: Chat) -> None:
    ann.say(f"/verify {ALTERED}")
    said = ann.wait_message()

    assert said.text.startswith(texts.altered(1))
    assert [SURVEYED] == said.covered("blockquote")
    assert (["June"], ["May", "May"]) == (said.covered("strikethrough"), said.covered("bold")[1:])
    assert PLACE in said.covered("text_link")[0]


def test_the_link_below_a_verdict_opens_the_receipt(ann: Chat) -> None:
    ann.say(f"/verify “{SURVEYED}”")
    (link,) = [each["url"] for each in ann.wait_message().entities if each["type"] == "text_link"]
    found = PERMALINK.fullmatch(link)

    assert found is not None
    ann.start(found[1])
    assert [SURVEYED] == ann.wait_message().covered("blockquote")


def test_a_message_replied_to_is_verified_or_the_part_of_it_that_is_selected(ann: Chat) -> None:
    text = f"I read that {SURVEYED} And that he found a whale."
    told = ann.say(text)
    ann.wait_message()
    ann.say("/verify", reply_to=told, quote={"text": SURVEYED, "position": text.index(SURVEYED)})
    assert texts.VERDICTS[Verdict.EXACT] in ann.wait_message().text

    told = ann.say(ALTERED)
    ann.wait_message()
    ann.say("/verify", reply_to=told)
    assert texts.altered(1) in ann.wait_message().text


def test_of_an_answer_of_the_bots_the_quotes_are_verified(service: Home, ann: Chat) -> None:
    answer = service.ask(ann, "who surveyed the pier?")
    ann.say("/verify", reply_to=answer)
    assert ann.wait_message().text.startswith(texts.VERDICTS[Verdict.EXACT])


def test_without_a_text_it_is_said_how(ann: Chat) -> None:
    ann.say("/verify")
    assert texts.HOW == ann.wait_message().text


def test_an_edited_one_is_verified_anew(ann: Chat) -> None:
    asked = ann.say(f"/verify {ALTERED}")
    ann.wait_message()
    ann.edit(asked, f"/verify {SURVEYED}")
    assert texts.VERDICTS[Verdict.EXACT] in ann.wait_message().text


def test_one_that_came_while_the_bot_was_killed_is_answered_after_the_restart(
    service: Home, ann: Chat
) -> None:
    service.kill()
    ann.say(f"/verify {ALTERED}")
    service.run()
    assert texts.altered(1) in ann.wait_message(timeout=30).text
