"""The real ``quoth run`` against the stand-in for the Bot API: asked, pressed, killed, restarted, refused."""

import datetime
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from conftest import Folder
from home import (
    BURNT,
    DOCUMENTS,
    EXAMPLES,
    LIST,
    LOG,
    NUMBERS,
    PERMALINK,
    PILES,
    PLACE,
    QUOTH,
    SURVEYED,
    UP,
    WOOL,
    YEAST,
    Home,
    until,
)
from standin import Call, Chat, Fault, Message, StandIn

from bot import cli
from bot.check import HEARTBEAT
from bot.inbox import MOST_DEATHS
from bot.state import State
from bot.texts import en
from bot.texts import telegram as texts

SLOW = "import time; from index.search import Index; search = Index.search\n" + (
    "def slowly(*given, **named):\n    time.sleep(0.9)\n    return search(*given, **named)\n"
    f"Index.search = slowly; {QUOTH}"
)
"""Each search takes 0.9 s longer."""
READING = (
    "import time, index.corpus as corpus; read = corpus.read\n"
    "def slowly(path):\n    time.sleep(12)\n    return read(path)\n"
    f"corpus.read = slowly; {QUOTH}"
)
"""Each document takes twelve seconds to read."""
BROKEN = (
    "import os; from index.search import Index\n"
    "def broken(*given, **named):\n    raise ZeroDivisionError(os.environ['QUOTH_TOKEN'], given)\n"
    f"Index.search = broken; {QUOTH}"
)
"""Each search fails, with the token in what it raises."""
DEADLY = (
    "import os; from bot.handlers.private import Private; question = Private.question\n"
    "async def deadly(self, update, context):\n"
    "    if 'poison' in update.message.text:\n        os._exit(9)\n"
    f"    await question(self, update, context)\nPrivate.question = deadly; {QUOTH}"
)
"""One question ends the process."""
HASTY = f"import bot.updates; bot.updates.FIRST_PAUSE = 0.02; {QUOTH}"
"""The first of the pauses between two polls, each twice as long as the one before, is short."""

NOBODY = (
    "import contextlib, io, os, bot.app, bot.cli, bot.logs\n"
    "with contextlib.redirect_stdout(io.StringIO()):\n    bot.cli.run(['--version'])\n"  # imports the rest
    f"if os.getuid() == 0:\n    os.setgroups([]); os.setgid(65534); os.setuid(65534)\n{QUOTH}"
)
"""Another user than root, whom no folder stops; it may not be allowed to read root's Python."""


@pytest.fixture
def telegram() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server
    assert server.violations == []


@pytest.fixture(scope="module")
def built() -> Iterator[Path]:
    """A data folder with the index of DOCUMENTS, to be copied."""
    with Folder({**DOCUMENTS}) as folder:
        folder.open().close()
        yield folder.top


@pytest.fixture
def home(telegram: StandIn, built: Path) -> Iterator[Home]:
    """A bot of this test's own, with its index built; not yet running."""
    with Home(telegram, {}) as made:
        shutil.copytree(built, made.top, dirs_exist_ok=True)
        yield made


@pytest.fixture(scope="module")
def service(built: Path) -> Iterator[Home]:
    """One bot that runs for all who only talk to it."""
    with StandIn() as server, Home(server, {}) as made:
        shutil.copytree(built, made.top, dirs_exist_ok=True)
        made.run()
        made.still_answers()
        yield made


@pytest.fixture
def bot(service: Home) -> Iterator[Home]:
    """The bot that runs already, in good health before and after."""
    assert service.telegram.faults == []
    yield service
    service.telegram.faults.clear()
    assert service.process is not None
    assert service.process.poll() is None, service.printed[-2000:]
    assert service.telegram.violations == []


@pytest.fixture
def ann(bot: Home) -> Chat:
    return bot.telegram.private("Ann")


def labelled(message: Message, *labels: str) -> str:
    """The first button of the message that bears one of the labels."""
    return next(button for button in message.buttons for label in labels if label in button)


def turned(message: Message) -> str:
    """The label of the button to the next page."""
    return labelled(message, "▸", "↺")


def shown(chat: Chat) -> list[str]:
    """All quotes that the bot's messages in the chat show now."""
    messages = [message for message in chat.messages.values() if message.raw["from"]["is_bot"]]
    return [quote for message in messages for quote in message.covered("blockquote")]


# --- the conversation


def test_start_offers_questions_and_each_is_answered_at_once(ann: Chat) -> None:
    ann.start()
    greeting = ann.wait_message()
    assert greeting.text == f"{texts.START}\n\n{texts.TRY}"
    assert len(greeting.buttons) == 3
    for label, quote in zip(greeting.buttons, (YEAST, SURVEYED, WOOL), strict=True):
        pressed = time.monotonic()
        assert "text" not in ann.press(greeting, label).parameters
        assert ann.wait_message().covered("blockquote") == [quote]
        assert time.monotonic() - pressed < 5


def test_the_menu_of_commands_is_set(bot: Home) -> None:
    commands = until(lambda: bot.telegram.calls("setMyCommands"))[0].parameters["commands"]
    assert [(command["command"], command["description"]) for command in commands] == [*texts.COMMANDS]


FIXED = [
    # what is said, what the bot says
    ("/help", texts.HELP),
    ("/help@quoth_test_bot", texts.HELP),
    ("help", texts.HELP),
    ("Hello!", en.GREETING),
    ("Good morning.", en.GREETING),
    ("Thank you, ", en.THANKS),
    ("спасибо!", en.THANKS),
    ("OK.", en.NOD),
    ("bye!", en.GOODBYE),
    ("/pier", texts.NO_COMMAND),
    ("/ask hello", en.GREETING),
    ("😀😀😀", en.NOTHING_TO_SEARCH),
    ("?!", en.NOTHING_TO_SEARCH),
    ("who invented the zeppelin?", en.NOTHING_FOUND),
]


@pytest.mark.parametrize(("said", "reply"), FIXED)
def test_what_is_no_question_to_the_sources_gets_a_plain_reply(
    said: str, reply: str, bot: Home, ann: Chat
) -> None:
    answer = bot.ask(ann, said)
    assert answer.text == reply
    assert answer.buttons == []


def test_an_answer_is_the_quote_its_matches_its_place_and_three_buttons(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "who surveyed the pier?")
    assert answer.text == f"{SURVEYED}\n📄 {PLACE} · ¶2 · sentence 1"
    assert answer.covered("blockquote") == [SURVEYED]
    assert answer.covered("bold") == ["surveyed", "pier"]
    assert answer.covered("text_link") == [f"{PLACE} · ¶2 · sentence 1"]
    assert PERMALINK.fullmatch(link(answer))
    assert [len(row) for row in answer.keyboard] == [2, 1]
    assert answer.buttons == [texts.CONTEXT, "2/10 ▸", texts.COPY]
    assert answer.button(texts.COPY)["copy_text"]["text"] == (
        f"“{SURVEYED}”\n— {PLACE} · ¶2 · sentence 1\n{link(answer)}"
    )


def link(message: Message) -> str:
    return str(next(entity["url"] for entity in message.entities if entity["type"] == "text_link"))


def test_a_misspelt_question_is_answered_says_so_and_its_pages_turn(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "which barge caried wool to Bregens?")
    assert answer.covered("blockquote") == [WOOL]
    assert answer.covered("italic") == [en.corrected({"caried": "carried", "Bregens": "Bregenz"})]
    ann.press(answer, turned(answer))
    page = ann.wait_edit(answer)
    assert page.covered("blockquote") != [WOOL]
    assert page.covered("bold")


def test_filters_narrow_an_answer_its_pages_and_its_follow_up(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, 'which barge "left the quay" with 26 barrels? -wool source:gazette after:1871')
    seen = [*answer.covered("blockquote")]
    while "1/" not in turned(answer):
        ann.press(answer, turned(answer))
        answer = ann.wait_edit(answer)
        seen += answer.covered("blockquote")
        assert any("left the quay" in bold for bold in answer.covered("bold"))
    assert len(seen) > 1
    assert all("left the quay" in quote and "wool" not in quote for quote in seen)
    followed = bot.ask(ann, "and which of them carried wool?")
    assert "wool" not in "".join(followed.covered("blockquote"))
    assert "Searched within -wool source:gazette after:1871, as the question before." in followed.text


def test_a_wrong_filter_and_undated_documents_are_told_of(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "who surveyed the pier? in:harbour before:soon after:1871-05")
    assert answer.covered("blockquote") == [SURVEYED]
    assert answer.covered("italic") == [
        "before:soon: this is no date; write after:2026, after:2026-03 or after:2026-03-02."
    ]
    none = bot.ask(ann, "what raises dough? after:1871")
    assert none.text.splitlines() == [
        "Not in the sources: no sentence there answers this within after:1871.",
        en.undated(1),
    ]


def test_a_document_with_an_address_is_linked_at_its_publisher(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "what raises dough?")
    assert link(answer) == "https://example.org/bread#:~:text=Bakers%20use%20yeast%20to%20raise%20dough."
    assert PERMALINK.search(answer.button(texts.COPY)["copy_text"]["text"])


def test_a_passage_that_may_not_answer_is_said_to_be_one(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "which Zeppelin surveyed the pier in May?")
    assert answer.text.startswith(f"{en.CLOSEST}\n{en.does_not_mention(('Zeppelin',))}\n{SURVEYED}\n")


STEPS = [
    # button, sentences of the log then shown, buttons then
    (texts.CONTEXT, LOG[5:8], [texts.MORE, texts.LESS]),
    (texts.MORE, LOG[3:10], [texts.MORE, texts.LESS]),
    (texts.MORE, LOG, [texts.LESS]),
    (texts.LESS, [WOOL], [texts.CONTEXT]),
]


def test_context_widens_by_one_by_three_to_the_paragraph_and_back(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "which barge carried wool to Bregenz?")
    assert answer.covered("blockquote") == [WOOL]
    for label, sentences, buttons in STEPS:
        assert "text" not in ann.press(answer, label).parameters
        answer = ann.wait_edit(answer)
        assert answer.covered("blockquote") == [" ".join(sentences)]
        assert [button for button in answer.buttons if button[0] in "⬍⬆"] == buttons
        assert turned(answer)
        if len(sentences) > 1:
            assert answer.covered("bold") == [WOOL]
    assert ann.unread() == []


def test_more_is_offered_only_where_there_is_more(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "what raises dough?")
    ann.press(answer, texts.CONTEXT)
    answer = ann.wait_edit(answer)
    assert answer.covered("blockquote") == [f"{YEAST} Rye needs a sour dough."]
    assert [button for button in answer.buttons if button[0] in "⬍⬆"] == [texts.LESS]


def test_next_turns_all_pages_and_comes_back_to_the_first(bot: Home, ann: Chat) -> None:
    first = page = bot.ask(ann, "which barge left the quay with 26 barrels?")
    quotes, labels = [], []
    for _ in range(10):
        quotes += page.covered("blockquote")
        labels.append(turned(page))
        ann.press(page, labels[-1])
        page = ann.wait_edit(page)
    assert labels == [*(f"{number}/10 ▸" for number in range(2, 11)), "1/10 ↺"]
    assert quotes[0] == LOG[5]
    assert len(set(quotes)) == 10
    assert set(quotes) < {*LOG}
    assert (page.text, page.entities, page.keyboard) == (first.text, first.entities, first.keyboard)


def test_pages_turn_from_the_widened_quote_too(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "who surveyed the pier?")
    ann.press(answer, texts.CONTEXT)
    answer = ann.wait_edit(answer)
    ann.press(answer, "2/10 ▸")
    assert ann.wait_edit(answer).covered("blockquote") == [PILES]


def test_a_button_pressed_twice_is_answered_twice_and_shows_once(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "who surveyed the pier?")
    taps = [ann.tap(answer, texts.CONTEXT) for _ in range(3)]
    for tap in taps:
        ann.wait_answered(tap)
    assert ann.wait_edit(answer).covered("bold") == [SURVEYED]
    assert bot.ask(ann, "thanks").text == en.THANKS


def test_a_quote_longer_than_a_message_comes_whole_in_parts(bot: Home, ann: Chat) -> None:
    parts = long_answer(bot, ann)
    assert len(parts) == 3
    assert "".join(part.covered("blockquote")[0] for part in parts) == LIST
    assert [bool(part.buttons) for part in parts] == [False, False, True]


def long_answer(bot: Home, chat: Chat) -> list[Message]:
    parts = [bot.ask(chat, "which barges and owners does the register of Lindau list?")]
    while not parts[-1].buttons:
        parts.append(chat.wait_message())
    return parts


def test_turning_the_page_of_a_quote_in_parts_leaves_none_of_them_behind(bot: Home, ann: Chat) -> None:
    last = long_answer(bot, ann)[-1]
    ann.press(last, turned(last))
    assert ann.wait_edit(last).covered("blockquote") == [BURNT]
    assert bot.ask(ann, "thanks").text == en.THANKS
    assert shown(ann) == [BURNT]


def test_turning_to_a_quote_in_parts_and_back_leaves_the_first_alone(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "when was the register burnt?")
    assert shown(ann) == [BURNT]
    ann.press(answer, turned(answer))
    last = ann.wait_message()
    while not last.buttons:
        last = ann.wait_message()
    assert "".join(shown(ann)) == LIST
    ann.press(last, turned(last))
    assert bot.ask(ann, "thanks").text == en.THANKS
    assert shown(ann) == [BURNT]


def test_a_permalink_opens_the_receipt(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "who surveyed the pier?")
    payload = PERMALINK.fullmatch(link(answer))
    assert payload
    ben = bot.telegram.private("Ben")
    ben.start(payload[1])
    receipt = ben.wait_message()
    start = DOCUMENTS["harbour.txt"].index(SURVEYED)
    assert receipt.covered("blockquote") == [SURVEYED]
    assert receipt.text.splitlines()[1:] == [
        f"📄 {PLACE} · ¶2 · sentence 1",
        "File: harbour.txt",
        f"Characters: {en.span(start, start + len(SURVEYED))}",
        f"{texts.QUOTE_ID}: {payload[1][2:]}",
    ]
    assert receipt.buttons == [texts.CONTEXT, texts.COPY]
    ben.press(receipt, texts.CONTEXT)
    assert ben.wait_edit(receipt).covered("bold") == [SURVEYED]


DEAD_LINKS = ["q_", "q_aaaaaaaaaaaa", "q_" + "z" * 62, "q_1890", "q_Ы", "q_../../etc", "q_%00"]


@pytest.mark.parametrize("payload", DEAD_LINKS)
def test_a_permalink_to_nothing_says_so(payload: str, ann: Chat) -> None:
    ann.start(payload)
    assert ann.wait_message().text == texts.NO_LONGER


def test_any_other_payload_is_a_plain_start(ann: Chat) -> None:
    ann.start("from_a_friend")
    assert ann.wait_message().text.startswith(texts.START)


def test_a_changed_question_changes_its_answer(ann: Chat) -> None:
    asked = ann.say("who surveyed the pier?")
    first = ann.wait_message()
    ann.edit(asked, "what raises dough?")
    second = ann.wait_edit(first)
    assert second.covered("blockquote") == [YEAST]
    ann.press(second, turned(second))
    assert ann.wait_edit(second).covered("blockquote") == ["Rye needs a sour dough."]
    assert ann.unread() == []


def test_a_changed_question_changes_an_answer_to_none_and_back(ann: Chat) -> None:
    asked = ann.say("who surveyed the pier?")
    answer = ann.wait_message()
    for question, said in (("who invented the zeppelin?", en.NOTHING_FOUND), ("😀", en.NOTHING_TO_SEARCH)):
        ann.edit(asked, question)
        answer = ann.wait_edit(answer)
        assert (answer.text, answer.buttons) == (said, [])
    ann.edit(asked, "what raises dough?")
    assert ann.wait_edit(answer).covered("blockquote") == [YEAST]


def test_a_changed_question_may_have_an_answer_of_more_parts_or_fewer(ann: Chat) -> None:
    asked = ann.say("when was the register burnt?")
    first = ann.wait_message()
    ann.edit(asked, "which barges and owners does the register of Lindau list?")
    ann.wait_edit(first)
    parts = [ann.message(first), ann.wait_message(), ann.wait_message()]
    assert "".join(shown(ann)) == LIST
    ann.edit(asked, "what raises dough?")
    assert ann.wait_edit(parts[0]).covered("blockquote") == [YEAST]
    for part in parts[1:]:
        ann.wait_deleted(part)
    assert shown(ann) == [YEAST]


def test_a_question_changed_without_a_change_is_not_answered_again(bot: Home, ann: Chat) -> None:
    asked = ann.say("who surveyed the pier?")
    answer = ann.wait_message()
    ann.edit(asked, "who surveyed the pier?")
    assert bot.ask(ann, "thanks").text == en.THANKS
    assert ann.message(answer).version == 0


def test_thanks_made_a_question_is_answered(ann: Chat) -> None:
    asked = ann.say("thanks")
    assert ann.wait_message().text == en.THANKS
    ann.edit(asked, "what raises dough?")
    assert ann.wait_message().covered("blockquote") == [YEAST]


@pytest.mark.parametrize(("said", "reply"), [("Hello!", en.GREETING), ("thanks", en.THANKS)])
def test_a_question_made_a_greeting_is_greeted_in_place_of_its_answer(
    said: str, reply: str, ann: Chat
) -> None:
    asked = ann.say("who surveyed the pier?")
    answer = ann.wait_message()
    ann.edit(asked, said)
    answer = ann.wait_edit(answer)
    assert (answer.text, answer.buttons) == (reply, [])
    ann.edit(asked, "what raises dough?")
    assert ann.wait_edit(answer).covered("blockquote") == [YEAST]
    assert ann.unread() == []


@pytest.mark.parametrize("command", ["/ask ", "/ask@quoth_test_bot\n"])
def test_ask_may_stand_before_a_question(command: str, bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, f"{command}who surveyed the pier?")
    assert answer.text == f"{SURVEYED}\n📄 {PLACE} · ¶2 · sentence 1"


def test_a_question_follows_up_on_the_one_before_it_in_its_own_chat(bot: Home, ann: Chat) -> None:
    bot.ask(ann, "who surveyed the pier?")
    assert bot.ask(ann, "and when?").covered("blockquote") == [SURVEYED]
    ben = bot.telegram.private("Ben")
    bot.ask(ben, "which barge carried wool?")
    assert bot.ask(ben, "and when?").covered("blockquote") != [SURVEYED]


def test_a_changed_question_follows_up_on_those_before_it(ann: Chat) -> None:
    ann.say("who surveyed the pier?")
    ann.wait_message()
    asked = ann.say("what raises dough?")
    answer = ann.wait_message()
    ann.edit(asked, "and when?")
    assert ann.wait_edit(answer).covered("blockquote") == [SURVEYED]


def test_a_question_follows_up_on_one_from_before_a_restart(home: Home, telegram: StandIn) -> None:
    home.run()
    ann = telegram.private()
    home.ask(ann, "who surveyed the pier?")
    home.still_answers()
    home.run()
    assert home.ask(ann, "and when?").covered("blockquote") == [SURVEYED]


def test_what_was_asked_first_is_answered_first(ann: Chat) -> None:
    for number in NUMBERS:
        ann.say(f"which barge left the quay with {number + 20} barrels?")
    for number in NUMBERS:
        assert ann.wait_message().covered("blockquote") == [LOG[number - 1]]


def test_an_answer_that_takes_long_shows_typing(home: Home, telegram: StandIn) -> None:
    home.run(program=SLOW)
    ann = telegram.private()
    assert home.ask(ann, "what raises dough?").covered("blockquote") == [YEAST]
    actions = telegram.calls("sendChatAction")
    assert [(call.chat_id, call.parameters["action"]) for call in actions] == [(ann.id, "typing")]


def test_an_answer_at_once_shows_no_typing(bot: Home, ann: Chat) -> None:
    bot.ask(ann, "what raises dough?")
    assert [call for call in bot.telegram.calls("sendChatAction") if call.chat_id == ann.id] == []


# --- killed between an answer and the press of its button

PRESSES = [
    # question (None: /start), pages turned and buttons pressed before the kill, button then, what it shows
    (None, [], EXAMPLES[0], [SURVEYED]),
    (None, [], EXAMPLES[1][:40], [WOOL]),
    ("which barge carried wool to Bregenz?", [], texts.CONTEXT, [" ".join(LOG[5:8])]),
    ("which barge carried wool to Bregenz?", [texts.CONTEXT], texts.MORE, [" ".join(LOG[3:10])]),
    ("which barge carried wool to Bregenz?", [texts.CONTEXT, texts.MORE], texts.MORE, [" ".join(LOG)]),
    ("which barge carried wool to Bregenz?", [texts.CONTEXT], texts.LESS, [WOOL]),
    ("who surveyed the pier?", [], "2/10 ▸", [PILES]),
    ("who surveyed the pier?", [f"{page}/10 ▸" for page in range(2, 11)], "1/10 ↺", [SURVEYED]),
]


def test_every_button_works_after_a_kill_and_a_restart(home: Home, telegram: StandIn) -> None:
    """All chats are brought to where their button is pressed; each press meets a process started for it."""
    home.run()
    chats = []
    for question, before, _, _ in PRESSES:
        chat = telegram.private()
        message = home.ask(chat, question or "/start")
        for label in before:
            chat.press(message, label)
            message = chat.wait_edit(message)
        chats.append((chat, message))
    home.still_answers()
    for (question, _, label, expected), (chat, message) in zip(PRESSES, chats, strict=True):
        home.run()
        assert "text" not in chat.press(message, label, timeout=UP).parameters
        after = chat.wait_edit(message) if question else chat.wait_message()
        assert (label, after.covered("blockquote")) == (label, expected)
        assert chat.unread() == []


def test_a_question_changed_after_a_restart_changes_its_answer(home: Home, telegram: StandIn) -> None:
    home.run()
    ann = telegram.private()
    asked = ann.say("who surveyed the pier?")
    answer = ann.wait_message(timeout=UP)
    home.still_answers()
    home.kill()
    ann.edit(asked, "what raises dough?")
    home.run()
    assert ann.wait_edit(answer, timeout=UP).covered("blockquote") == [YEAST]
    assert ann.unread() == []


def test_a_press_too_old_to_be_answered_still_shows_its_page(bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "who surveyed the pier?")
    bot.telegram.query_lifetime = -1.0
    try:
        ann.tap(answer, texts.CONTEXT)
        assert ann.wait_edit(answer).covered("bold") == [SURVEYED]
    finally:
        bot.telegram.query_lifetime = 30.0


# --- a first index


def lighthouses(number: int) -> dict[str, str | bytes]:
    return {
        f"{n}.txt": f"Lighthouse number {n} was built by keeper Name{n} for king {5000 + n % 100}.\n"
        for n in range(number)
    }


def test_while_a_first_index_is_built_its_progress_is_shown_and_questions_are_kept(telegram: StandIn) -> None:
    with Home(telegram, lighthouses(4000)) as home:
        home.run()
        ann, ben = telegram.private("Ann"), telegram.private("Ben")
        for chat, number in ((ann, 1234), (ben, 777)):
            chat.say(f"who built lighthouse number {number}?")
        for chat in (ann, ben):
            said = chat.wait_message(timeout=UP)
            percent = re.search(r"reading the documents, (\d+) %", said.text)
            assert percent
            assert said.text == texts.reading(int(percent[1]))
            assert int(percent[1]) < 100
        for chat, number in ((ann, 1234), (ben, 777)):
            assert f"by keeper Name{number} " in chat.wait_message(timeout=UP).text
            assert len([message for message in chat.messages.values() if message.raw["from"]["is_bot"]]) == 1
            assert chat.unread() == []


def test_a_progress_that_cannot_be_shown_loses_no_question(telegram: StandIn) -> None:
    with Home(telegram, lighthouses(3000)) as home:
        telegram.faults.append(Fault("502", "sendMessage"))
        home.run()
        ann = telegram.private("Ann")
        ann.say("who built lighthouse number 1234?")
        until(lambda: telegram.calls("sendMessage"))
        while "by keeper Name1234 " not in (said := ann.wait_message(timeout=UP).text):
            assert said == texts.reading(int(re.findall(r"\d+", said)[0])), "a later progress may be shown"


# --- told to stop


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_finishes_what_is_in_hand_and_nothing_is_answered_twice(
    number: int, home: Home, telegram: StandIn
) -> None:
    home.run()
    home.still_answers()
    chats = [telegram.private() for _ in range(5)]
    telegram.latency = 1.0
    for chat in chats:
        chat.say("who surveyed the pier?")
    until(lambda: {chat.id for chat in chats} <= {call.chat_id for call in telegram.calls("sendMessage")})
    late = telegram.private("Late")
    late.say("what raises dough?")
    code, seconds = home.stop(number)
    assert code == 0
    assert seconds < 10
    for chat in chats:
        assert chat.wait_message(timeout=0).covered("blockquote") == [SURVEYED]
    telegram.latency = 0.0
    home.run()
    assert late.wait_message(timeout=UP).covered("blockquote") == [YEAST]
    home.still_answers()
    assert [chat.unread() for chat in [*chats, late]] == [[]] * 6
    assert "Traceback" not in home.printed


def test_what_another_command_adds_or_takes_back_is_noticed_within_two_seconds(
    home: Home, telegram: StandIn
) -> None:
    sent = home.write("../sent.txt", "Zubrowka was poured at the old mill.")
    home.run()
    home.still_answers()
    chat = telegram.private("Asker")
    for arguments, found in ((["add", str(sent)], True), (["undo"], False)):
        command = [sys.executable, "-c", QUOTH, *arguments]
        subprocess.run(command, env=home.environment, cwd=home.top, check=True, capture_output=True)
        time.sleep(2)
        assert found == ("old mill" in home.ask(chat, "where was zubrowka poured?").text)
    assert 0 == home.stop(signal.SIGINT)[0]
    assert "Traceback" not in home.printed


def test_an_idle_bot_stops_at_once_and_says_nothing_of_it(home: Home) -> None:
    home.run()
    home.still_answers()
    code, seconds = home.stop()
    assert (code, seconds < 5) == (0, True), "it waits for Telegram's long poll"
    assert "WARNING" not in home.printed


def test_a_signal_stops_a_first_index(home: Home, telegram: StandIn) -> None:
    shutil.rmtree(home.data)
    home.run(program=READING)
    until(lambda: telegram.calls("getUpdates"))
    code, seconds = home.stop()
    assert (code, seconds < 10) == (0, True)


def test_a_signal_stops_a_bot_that_telegram_keeps_waiting(home: Home, telegram: StandIn) -> None:
    telegram.faults.append(Fault("hang", "getMe", times=None))
    home.run()
    until(lambda: telegram.calls("getMe"))
    code, seconds = home.stop()
    assert (code, seconds < 5) == (0, True)


# --- refused

REFUSED = "quoth: QUOTH_TOKEN: "
MALFORMED = "7000000001:AAStandIn StandInStandInStandInStandI"
REFUSALS = [
    # what the environment changes, exit code, how the only line begins
    ({"QUOTH_TOKEN": None}, 2, f"{REFUSED}is not set, so there is no bot to run; talk to @BotFather "),
    ({"QUOTH_TOKEN": ""}, 2, f"{REFUSED}is not set, so there is no bot to run; talk to @BotFather "),
    ({"QUOTH_TOKEN": MALFORMED}, 2, f"{REFUSED}is not a bot's token; copy it from @BotFather"),
    ({"QUOTH_TOKEN": None, "QUOTH_TOKEN_FILE": "none"}, 2, "quoth: QUOTH_TOKEN_FILE none: no such file"),
    ({"QUOTH_API_BASE": "api.telegram.org"}, 2, "quoth: QUOTH_API_BASE: is no web address; "),
    ({"QUOTH_TOKEN": f"7:{'x' * 35}"}, 1, f"{REFUSED}Telegram does not know this token; "),
    ({"QUOTH_SEEDS": "none"}, 2, "quoth: QUOTH_SEEDS: {top}/none does not exist; "),
    ({"QUOTH_DATA": "seeds/harbour.txt/data"}, 1, "quoth: {top}/seeds/harbour.txt/data: not a directory; "),
    ({"QUOTH_DATA": "bad"}, 1, "quoth: {top}/bad/state.sqlite: file is not a database; "),
]


@pytest.fixture(scope="module")
def refusals(built: Path) -> Iterator[list[tuple[int, str]]]:
    """Exit code and output of each of REFUSALS; all run at once, each with its own output."""
    with StandIn() as server, Home(server, {}) as made, ExitStack() as homes:
        shutil.copytree(built, made.top, dirs_exist_ok=True)
        (made.top / "bad").mkdir()
        (made.top / "bad" / "state.sqlite").write_bytes(b"no database " * 1000)
        running = []
        for change, _, _ in REFUSALS:
            paths = {name: str(made.top / value) for name, value in change.items() if value and name in PATHS}
            own = homes.enter_context(Home(server, {}))
            shared = {"QUOTH_SEEDS": str(made.seeds), "QUOTH_DATA": str(made.data)}
            running.append(own.run(**{**shared, **change, **paths}))
        yield [(own.ended(), own.printed.replace(str(made.top), "{top}")) for own in running]
    assert server.violations == []


PATHS = {"QUOTH_SEEDS", "QUOTH_DATA"}


@pytest.mark.parametrize("case", range(len(REFUSALS)), ids=[line[7:60] for _, _, line in REFUSALS])
def test_what_it_cannot_run_with_is_refused_in_plain_words(
    case: int, refusals: list[tuple[int, str]]
) -> None:
    _, expected, line = REFUSALS[case]
    code, printed = refusals[case]
    own = [each for each in printed.splitlines() if each.startswith("quoth: ")]
    assert code == expected
    assert own[0].startswith(line)
    assert "; " in own[0]
    assert len(own) == 1
    assert "Traceback" not in printed
    assert MALFORMED.partition(":")[2] not in printed


def test_without_a_token_it_names_the_chat_in_the_terminal(refusals: list[tuple[int, str]]) -> None:
    assert "quoth chat" in refusals[0][1]


def test_a_data_folder_that_cannot_be_written_is_refused(home: Home) -> None:
    locked = home.top / "locked"
    locked.mkdir(mode=0o555)
    home.top.chmod(0o755)
    code = home.run(program=NOBODY, QUOTH_DATA=str(locked / "data")).ended()
    if "Operation not permitted" in home.printed:
        pytest.skip("this process may not become another user")
    remedy = "set QUOTH_DATA to a folder that can be written"
    assert (code, home.printed) == (1, f"quoth: {locked / 'data'}: permission denied; {remedy}\n")


def test_a_second_poller_is_refused(home: Home, telegram: StandIn) -> None:
    telegram.faults.append(Fault("409", "getUpdates", times=None))
    assert home.run(program=HASTY).ended() == 1
    assert f"{REFUSED}another program fetches this bot's updates; stop the other one" in home.printed


def test_a_token_revoked_while_the_bot_runs_ends_it(home: Home, telegram: StandIn) -> None:
    home.run()
    home.still_answers()
    telegram.faults.append(Fault("401", times=None))
    telegram.private().say("what raises dough?")
    assert home.ended() == 1
    assert f"{REFUSED}Telegram does not know this token; " in home.printed


# --- a network that fails


def test_a_server_that_cannot_be_reached_at_first_is_waited_for(built: Path) -> None:
    with StandIn() as server:
        port = server.port
    server = StandIn()
    server.port = port
    with Home(server, {}) as home:
        shutil.copytree(built, home.top, dirs_exist_ok=True)
        (home.top / "token").write_text(f"{server.token}\n")
        home.run(QUOTH_TOKEN=None, QUOTH_TOKEN_FILE=str(home.top / "token"))
        until(lambda: "Telegram cannot be reached" in home.printed)
        with server:
            home.still_answers()
            assert home.stop()[0] == 0
    assert server.violations == []


BREAKS = ["429", "500", "502", "bad json", "bad utf8", "reset", "half-close", "hang"]


def test_a_bot_told_to_wait_before_it_is_introduced_waits(home: Home, telegram: StandIn) -> None:
    telegram.faults.append(Fault("429", "getMe"))
    home.run()
    home.still_answers()


@pytest.mark.parametrize("kind", ["429", "502", "reset", "hang"])
def test_after_a_fault_of_polling_questions_are_answered(kind: str, bot: Home, ann: Chat) -> None:
    bot.telegram.faults.append(Fault(kind, "getUpdates", seconds=0.2))
    assert bot.ask(ann, "who surveyed the pier?").covered("blockquote") == [SURVEYED]
    until(lambda: bot.telegram.faults[0].times == 0)
    assert bot.ask(ann, "what raises dough?").covered("blockquote") == [YEAST]
    assert ann.unread() == []
    bot.telegram.faults.clear()


MENDED = ["429", "500", "502"]
"""What Telegram says that has not done it. Of what else breaks nobody knows whether it arrived."""


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
@pytest.mark.parametrize("kind", [*BREAKS, "403"])
def test_after_a_fault_of_sending_it_is_sent_again_where_that_cannot_repeat_it(
    kind: str, method: str, bot: Home, ann: Chat
) -> None:
    answer = bot.ask(ann, "who surveyed the pier?")
    bot.telegram.faults.append(Fault(kind, method, seconds=0.2))
    if method == "sendMessage":
        ann.say("who surveyed the pier?")
    else:
        ann.tap(answer, texts.CONTEXT)
    until(lambda: bot.telegram.faults[0].times == 0)
    assert YEAST in bot.ask(ann, "what raises dough?").text or kind in MENDED
    if method == "sendMessage":
        arrived = len([quote for quote in shown(ann) if quote == SURVEYED]) == 2
    else:
        arrived = ann.message(answer).version > 0
    assert arrived == (kind in MENDED)
    bot.telegram.faults.clear()


def test_an_answer_that_may_have_arrived_is_not_sent_twice_and_is_logged(bot: Home, ann: Chat) -> None:
    bot.telegram.faults.append(Fault("reset", "sendMessage", after=True))
    ann.say("who surveyed the pier?")
    assert ann.wait_message().covered("blockquote") == [SURVEYED]
    assert bot.ask(ann, "thanks").text == en.THANKS
    assert shown(ann) == [SURVEYED]
    until(lambda: "sendMessage: no answer" in bot.printed)
    bot.telegram.faults.clear()


@pytest.mark.parametrize("kind", [*BREAKS, "403"])
def test_a_press_whose_circle_cannot_be_ended_still_shows_its_page(kind: str, bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "who surveyed the pier?")
    bot.telegram.faults.append(Fault(kind, "answerCallbackQuery", seconds=0.2))
    ann.tap(answer, texts.CONTEXT)
    assert ann.wait_edit(answer).covered("bold") == [SURVEYED]
    bot.telegram.faults.clear()


def test_a_chat_that_hangs_keeps_no_other_waiting(bot: Home, ann: Chat) -> None:
    bot.telegram.faults.append(Fault("hang", "sendMessage", chat=ann.id, seconds=6))
    ann.say("who surveyed the pier?")
    until(lambda: bot.telegram.faults[0].times == 0)
    began = time.monotonic()
    bot.still_answers()
    assert time.monotonic() - began < 5


def test_a_chat_that_has_blocked_the_bot_harms_nobody(bot: Home, ann: Chat) -> None:
    ann.block()
    ann.say("who surveyed the pier?")
    bot.still_answers()


# --- what is durable


def ready(home: Home) -> None:
    """Until the index is open, so that the next message is no word of progress."""
    until(lambda: "ready after" in home.printed)


def test_a_question_that_ends_the_process_again_and_again_is_set_aside_and_blocks_no_other(
    home: Home, telegram: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ann, ben = telegram.private("Ann"), telegram.private("Ben")
    ann.say("who surveyed the pier?")
    number = telegram.next_update_id
    ann.say("poison")
    ann.say("what raises dough?")
    ben.say("what raises dough?")
    deaths = 0
    while home.run(program=DEADLY) and deaths < 9:
        until(lambda: home.process is None or home.process.poll() is not None or len(shown(ann)) == 2)
        if len(shown(ann)) == 2:
            break
        deaths += 1
    assert deaths == MOST_DEATHS + 1, "once among others, then alone"
    home.still_answers()
    assert shown(ann) == [SURVEYED, YEAST]
    until(lambda: shown(ben) == [YEAST])
    until(lambda: f"{number} set aside: the process ended" in home.printed)
    monkeypatch.setenv("QUOTH_SEEDS", str(home.seeds))
    monkeypatch.setenv("QUOTH_DATA", str(home.data))
    assert cli.run(["check"]) == 0
    said = f"warning  inbox        1 update set aside, not answered: {number}; the log of quoth run says why"
    assert said in capsys.readouterr().out.splitlines()


def test_a_question_confirmed_but_not_answered_before_a_kill_is_answered_after_it(
    home: Home, telegram: StandIn
) -> None:
    ready(home.run(program=SLOW))
    ann = telegram.private()
    home.ask(ann, "what raises dough?")
    ann.say("who surveyed the pier?")
    until(lambda: telegram.pending == 0)
    home.run()
    answer = ann.wait_message(timeout=UP)
    if answer.covered("blockquote") == ["Bakers use yeast to raise dough."]:
        answer = ann.wait_message(timeout=UP)  # what was in flight at the kill may come twice
    assert answer.covered("blockquote") == [SURVEYED]
    home.still_answers()
    assert ann.unread() == []


def test_a_changed_question_killed_before_its_answer_changed_is_answered_after_it(
    home: Home, telegram: StandIn
) -> None:
    ready(home.run())
    ann = telegram.private()
    asked = ann.say("who surveyed the pier?")
    answer = ann.wait_message(timeout=UP)
    telegram.faults.append(Fault("hang", "editMessageText", times=None))
    ann.edit(asked, "what raises dough?")
    until(lambda: telegram.calls("editMessageText"))
    home.kill()
    telegram.faults.clear()
    home.run()
    assert ann.wait_edit(answer, timeout=UP).covered("blockquote") == [YEAST]
    assert ann.unread() == []


def test_what_telegram_sends_again_is_not_answered_again(home: Home, telegram: StandIn) -> None:
    """The kill comes between the answer and the call that would have confirmed its question."""
    ready(home.run())
    ann = telegram.private()
    home.ask(ann, "who surveyed the pier?")
    number = telegram.next_update_id
    ann.say("what raises dough?")
    again = telegram.queue.entries[-1] if telegram.pending else None
    assert ann.wait_message(timeout=UP).covered("blockquote") == [YEAST]
    home.kill()
    if again is not None:
        telegram.queue.entries.clear()
        telegram.queue.entries.append(again)
    home.run()
    home.still_answers()
    assert telegram.next_update_id > number
    assert ann.unread() == []


def test_what_is_asked_is_counted_and_what_was_not_answered_is_kept(home: Home, telegram: StandIn) -> None:
    ready(home.run())
    ann = telegram.private()
    for question in ("who surveyed the pier?", "who invented the zeppelin?", "Who invented  the zeppelin"):
        home.ask(ann, question)
    home.stop()
    state = State.in_folder(home.data)
    day = datetime.date(2000, 1, 1)
    assert [sum(counts.values()) for counts in state.statistics.counts(day).values()] == [3]
    assert [sum(times.values()) for times in state.statistics.times(day).values()] == [3]
    assert [documents for documents, _ in state.statistics.sizes(day).values()] == [3]
    (kept,) = state.statistics.unanswered(9)
    assert (kept.question, kept.language, kept.number) == ("Who invented  the zeppelin", "en", 2)
    state.close()


# --- updates that are not as they should be


def malformed() -> Iterator[Callable[[int], bytes | dict[str, Any]]]:
    """What makes an update of an id, one bad thing after another."""
    chat = {"id": 5, "type": "private", "first_name": "Eve"}
    message = {
        "message_id": 1,
        "date": 1,
        "chat": chat,
        "from": {"id": 5, "is_bot": False, "first_name": "Eve"},
    }
    fields: list[dict[str, Any]] = [
        {"message": {}},
        {"message": 5},
        {"message": [message]},
        {"message": {**message, "text": 5}},
        {"message": {**message, "chat": None, "text": "pier"}},
        {"message": {**message, "date": "yesterday", "text": "pier"}},
        {"message": {**message, "date": 10**30, "text": "pier"}},
        {
            "message": {
                **message,
                "text": "/start",
                "entities": [{"type": "bot_command", "offset": 10**12, "length": -1}],
            }
        },
        {"message": {**message, "text": "/start", "entities": {"type": "bot_command"}}},
        {"message": {**message, "text": "\ud800 pier"}},
        {
            "message": {
                **message,
                "text": "/start q_\ud800",
                "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
            }
        },
        {"edited_message": {**message, "message_id": "one", "text": "pier"}},
        {"edited_message": {**message, "message_id": 2**80, "text": "pier"}},
        {"message": {**message, "message_id": 2**80, "text": "pier"}},
        {"callback_query": {"id": 7}},
        {"callback_query": {"id": "7", "from": message["from"], "chat_instance": "1", "data": ["c"]}},
        {
            "callback_query": {
                "id": "7",
                "from": message["from"],
                "chat_instance": "1",
                "message": 5,
                "data": "a:pier",
            }
        },
        {"of_the_future": {"from": 2040}},
        {"message": message, "edited_message": message, "callback_query": None},
    ]
    rubbish = [
        b'{"update_id":%d,"message":{"text":nonsense}}',
        b'{"update_id":%d,"message":{"text":"\xff\xfe"}}',
        b'{"update_id":%d,"message":{"date":1e999}}',
        b'{"update_id":%d,"message":' + b"[" * 400 + b"]" * 400 + b"}",
    ]
    for each in fields:
        yield lambda number, each=each: {"update_id": number, **each}  # type: ignore[misc]
    for line in rubbish:
        yield lambda number, line=line: line % number  # type: ignore[misc]


def test_questions_between_malformed_updates_are_answered(bot: Home, ann: Chat) -> None:
    asked = []
    for place, make in enumerate(malformed()):
        bot.telegram.push(make(bot.telegram.next_update_id), check=False)
        asked.append(NUMBERS[place % 12])
        ann.say(f"which barge left the quay with {asked[-1] + 20} barrels?")
    for number in asked:
        assert ann.wait_message().covered("blockquote") == [LOG[number - 1]]
    assert ann.unread() == []


EVE = {"id": 5, "is_bot": False, "first_name": "Eve"}
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "Harbour"}
CHANNEL = {"id": -1009876543210, "type": "channel", "title": "Tides"}
PIER = {"date": 1_700_000_000, "text": "who surveyed the pier?"}
COMMAND = {
    "date": 1_700_000_000, "text": "/start", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]
}  # fmt: skip
MEMBER = {"user": EVE, "status": "member"}
SILENT = [
    {"message": {"message_id": 1, "from": EVE, "chat": GROUP, **PIER}},
    {"message": {"message_id": 2, "from": EVE, "chat": GROUP, **COMMAND}},
    {"edited_message": {"message_id": 1, "from": EVE, "chat": GROUP, "edit_date": 1_700_000_001, **PIER}},
    {"channel_post": {"message_id": 1, "chat": CHANNEL, **PIER}},
    {"edited_channel_post": {"message_id": 1, "chat": CHANNEL, "edit_date": 1_700_000_001, **PIER}},
    {"chosen_inline_result": {"result_id": "1", "from": EVE, "query": "pier"}},
    {
        "my_chat_member": {
            "chat": GROUP,
            "from": EVE,
            "date": 1_700_000_000,
            "old_chat_member": {**MEMBER, "status": "left"},
            "new_chat_member": MEMBER,
        }
    },
    {
        "message_reaction": {
            "chat": GROUP,
            "message_id": 1,
            "user": EVE,
            "date": 1_700_000_000,
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": "👍"}],
        }
    },
    {"poll_answer": {"poll_id": "1", "user": EVE, "option_ids": [0], "option_persistent_ids": ["0"]}},
    {"business_message": {"message_id": 1, "from": EVE, "chat": {"id": 5, "type": "private"}, **PIER}},
]


def test_what_does_not_speak_to_the_bot_gets_no_answer(bot: Home, ann: Chat) -> None:
    bot.ask(ann, "thanks")
    before = len(bot.telegram.calls())
    for update in SILENT:
        bot.telegram.push(update)
    for _ in range(2):
        assert bot.ask(ann, "what raises dough?").covered("blockquote") == [YEAST]
    calls = [call for call in bot.telegram.calls()[before:] if call.method != "getUpdates"]
    assert [(call.method, call.chat_id) for call in calls] == [("sendMessage", ann.id)] * 2


def test_a_file_of_somebodys_gets_the_reply_of_an_unknown_command_and_is_not_fetched(
    bot: Home, ann: Chat
) -> None:
    ann.send_file("pier.txt", b"Who surveyed the pier?", caption="pier")
    assert ann.wait_message().text == texts.NO_COMMAND
    assert (bot.telegram.calls("getFile"), bot.telegram.downloads) == ([], [])


def test_a_picture_in_a_private_chat_gets_no_answer(bot: Home, ann: Chat) -> None:
    ann.send_photo(caption="pier")
    assert bot.ask(ann, "thanks").text == en.THANKS
    assert ann.unread() == []


def pushed_press(telegram: StandIn, chat: Chat, message: dict[str, Any] | None, data: str | None) -> Call:
    """A press as only a client of an attacker's own sends it, once it is answered."""
    query = telegram.pressed(chat)
    fields = {name: value for name, value in (("message", message), ("data", data)) if value is not None}
    telegram.push({"callback_query": {"id": query, "from": chat.user, "chat_instance": "1", **fields}})
    return chat.wait_answered(query, timeout=2)


FORGED = [
    "",
    "n:1:0",
    "n:0:0",
    "n:9223372036854775807:0",
    "n:9223372036854775808:0",
    "n:9999999999999999999:999999999",
    "n:1:999999999",
    "n:-1:0",
    "n:1:0:0",
    "n:١:٠",
    "c:aaaaaaaaaaaa:1",
    "c:aaaaaaaaaaaa:9",
    "c::p",
    "c:zzzzzzzzzzzzz:p",
    "e:0123456789abcdef",
    "e:0123456789abcde",
    "e:99999999999999999999",
    "a:",
    "a:?!",
    "c",
    "x" * 64,
    "\x00\u202e😀",
    "'; DROP TABLE shown; --",
]


@pytest.mark.parametrize("data", FORGED, ids=ascii)
def test_a_forged_press_is_answered_and_shows_nothing(data: str, bot: Home, ann: Chat) -> None:
    answer = bot.ask(ann, "what raises dough?")
    pushed_press(bot.telegram, ann, answer.raw, data)
    assert bot.ask(ann, "thanks").text == en.THANKS
    assert (ann.message(answer).version, ann.unread()) == (0, [])


def test_the_pages_of_another_chat_are_not_shown(bot: Home, ann: Chat) -> None:
    ben = bot.telegram.private("Ben")
    theirs = bot.ask(ann, "who surveyed the pier?")
    mine = bot.ask(ben, "what raises dough?")
    stolen = theirs.button("2/10 ▸")["callback_data"]
    call = pushed_press(bot.telegram, ben, mine.raw, stolen)
    assert call.parameters["text"] == texts.EXPIRED
    assert bot.ask(ben, "thanks").text == en.THANKS
    assert (ben.message(mine).version, ann.message(theirs).version) == (0, 0)


def test_a_quote_of_the_sources_may_be_widened_by_anyone_in_their_own_chat(bot: Home, ann: Chat) -> None:
    ben = bot.telegram.private("Ben")
    theirs = bot.ask(ann, "who surveyed the pier?")
    mine = bot.ask(ben, "what raises dough?")
    pushed_press(bot.telegram, ben, mine.raw, theirs.button(texts.CONTEXT)["callback_data"])
    widened = ben.wait_edit(mine)
    assert widened.covered("bold") == [SURVEYED]
    assert "▸" not in "".join(widened.buttons)
    assert ann.message(theirs).version == 0


@pytest.mark.parametrize("data", ["c:aaaaaaaaaaaa:1", "n:1:1", "a:pier", None])
def test_a_press_without_its_message_is_answered_in_words(data: str | None, bot: Home, ann: Chat) -> None:
    call = pushed_press(bot.telegram, ann, None, data)
    assert call.parameters["text"] == texts.EXPIRED
    assert bot.ask(ann, "thanks").text == en.THANKS


def test_a_press_under_a_message_that_is_gone_is_shown_in_a_new_one(bot: Home, ann: Chat) -> None:
    widen = bot.ask(ann, "who surveyed the pier?").button(texts.CONTEXT)["callback_data"]
    gone = {"message_id": 987_654_321, "date": 0, "chat": ann.raw}
    pushed_press(bot.telegram, ann, gone, widen)
    assert ann.wait_message().covered("bold") == [SURVEYED]
    pushed_press(bot.telegram, ann, gone, "a:what raises dough?")
    assert ann.wait_message().covered("blockquote") == [YEAST]


def test_a_press_under_a_message_too_old_to_be_shown_to_bots_widens_it_in_its_place(
    bot: Home, ann: Chat
) -> None:
    answer = bot.ask(ann, "who surveyed the pier?")
    old = {"message_id": answer.id, "date": 0, "chat": ann.raw}
    pushed_press(bot.telegram, ann, old, answer.button(texts.CONTEXT)["callback_data"])
    widened = ann.wait_edit(answer)
    assert widened.covered("bold") == [SURVEYED]
    assert turned(widened), "the pages can still be turned"
    pushed_press(bot.telegram, ann, old, answer.button(turned(answer))["callback_data"])
    assert ann.wait_edit(widened).covered("blockquote") == [PILES]
    assert ann.unread() == []


def test_a_chat_that_floods_is_told_once_and_holds_up_no_other(home: Home, telegram: StandIn) -> None:
    home.run()
    home.still_answers()
    flood = telegram.private("Flood")
    telegram.faults.append(Fault("hang", "sendMessage", chat=flood.id, seconds=6))
    for _ in range(90):
        flood.say("who surveyed the pier?")
    began = time.monotonic()
    home.still_answers()
    assert time.monotonic() - began < 5
    until(lambda: flood.messages and any(texts.TOO_MANY in each.text for each in flood.unread()))
    assert home.ask(telegram.private("Ben"), "thanks").text == en.THANKS
    said = [each.text for each in flood.unread()]
    assert said.count(texts.TOO_MANY) == 1
    assert 30 < len(said) < 40
    assert "left out: too many of this chat are waiting" in home.printed


# --- the token, and the health


@pytest.mark.parametrize("options", [[], ["--debug"]])
def test_an_error_is_logged_without_the_token_and_told_in_plain_words(
    options: list[str], home: Home, telegram: StandIn
) -> None:
    home.run(*options, program=BROKEN)
    ann = telegram.private()
    assert home.ask(ann, "what raises dough?").text == texts.FAILED
    assert home.ask(ann, "thanks").text == en.THANKS
    until(lambda: "ZeroDivisionError" in home.printed)
    assert "[token]" in home.printed
    assert telegram.token not in home.printed


def test_an_error_at_the_start_is_shown_by_debug_without_the_token(home: Home, telegram: StandIn) -> None:
    (home.data / "state.sqlite").write_bytes(b"no database " * 1000)
    assert home.run("--debug").ended() == 1
    assert "Traceback" in home.printed
    assert telegram.token not in home.printed


def test_nothing_is_printed_but_the_log(bot: Home) -> None:
    line = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (INFO|WARNING|ERROR) +[\w.]+: \S|    ")
    assert [each for each in bot.printed.splitlines() if not line.match(each)] == []


def checked(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    monkeypatch.setenv("QUOTH_SEEDS", str(home.seeds))
    monkeypatch.setenv("QUOTH_DATA", str(home.data))
    monkeypatch.delenv("QUOTH_TOKEN", raising=False)
    return cli.run(["check", "--health"]), capsys.readouterr().out


def test_a_bot_that_hears_telegram_is_healthy(
    bot: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bot.still_answers()
    code, out = checked(bot, monkeypatch, capsys)
    assert code == 0
    assert re.fullmatch(r"ok +bot +heard Telegram \d+ s ago\n", out)


def test_a_bot_that_has_gone_deaf_is_not(
    home: Home, telegram: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(home, monkeypatch, capsys) == (
        1,
        "fault    bot          has not heard Telegram yet; start it with quoth run\n",
    )
    telegram.faults.append(Fault("502", "getUpdates", times=None))
    home.run()
    until(lambda: len(telegram.calls("getUpdates")) > 1)
    assert not (home.data / HEARTBEAT).exists()
    telegram.faults.clear()
    home.still_answers()
    assert checked(home, monkeypatch, capsys)[0] == 0
    home.kill()
    old = time.time() - 151
    os.utime(home.data / HEARTBEAT, (old, old))
    code, out = checked(home, monkeypatch, capsys)
    assert (code, out) == (1, "fault    bot          heard Telegram 151 s ago; restart it\n")


def test_every_poll_is_heard(bot: Home, ann: Chat) -> None:
    heartbeat = bot.data / HEARTBEAT
    os.utime(heartbeat, (1, 1))
    bot.ask(ann, "thanks")
    until(lambda: heartbeat.stat().st_mtime > 1)
