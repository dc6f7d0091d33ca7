"""Admins feed the corpus: the real ``quoth run`` against the stand-in, sent files, asked, restarted."""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Folder
from home import DOCUMENTS, EXAMPLES, QUOTH, Home, until
from samples import packed, with_password
from standin import Chat, Fault, Message, StandIn, Upload

from bot.entities import visible
from bot.handlers.admin import CONFIRM_WITHIN
from bot.removals import Removal
from bot.state import State
from bot.texts import admin as texts
from bot.texts import en
from bot.texts import telegram as plain
from index.catalogue import Catalogue
from index.changes import Corpus

ADMIN, SECOND = 6_000_100_001, 6_000_100_002
FERRY = "The ferry to Rorschach sank in 1864."
QUESTION = "when did the ferry to Rorschach sink?"
CHANNEL = {"id": -1_001_234_567_890, "type": "channel", "title": "Lake Wire", "username": "lakewire"}
POSTED = 1_700_000_000
POST = {"type": "channel", "date": POSTED, "chat": CHANNEL, "message_id": 412}
OTHER_BOT = {"id": 5_000_000_001, "is_bot": True, "first_name": "Relay", "username": "relay_bot"}
COMMANDS = [
    "/docs",
    "/add",
    "/remove 1",
    "/restore bread.txt",
    "/undo",
    "/reload",
    "/audit",
    "/stats",
    "/unanswered",
]

SLOW_BUILD = (
    "import time, bot.engine as engine; run = engine.Build.run\n"
    "def slowly(*given, **named):\n    time.sleep(6)\n    return run(*given, **named)\n"
    f"engine.Build.run = slowly; {QUOTH}"
)
"""Each build takes six seconds longer."""
HASTY = f"import bot.handlers.uploads as uploads; uploads.QUIET = 0.25; {QUOTH}"
"""Files that come together are waited for a quarter of a second."""
NEVER_CHANGES = (
    "import time, index.changes as changes\n"
    f"changes.Corpus.apply = lambda *given, **named: time.sleep(3600); {QUOTH}"
)
"""No change ever returns."""


@pytest.fixture(scope="module")
def built() -> Iterator[Path]:
    with Folder({**DOCUMENTS}) as folder:
        folder.open().close()
        yield folder.top


def prepared(telegram: StandIn, built: Path) -> Home:
    made = Home(telegram, {})
    shutil.copytree(built, made.top, dirs_exist_ok=True)
    made.environment["QUOTH_ADMINS"] = f"{ADMIN}, {SECOND}"
    return made


@pytest.fixture
def home(built: Path) -> Iterator[Home]:
    """A bot of this test's own; not yet running."""
    with StandIn() as telegram, prepared(telegram, built) as made:
        yield made
        assert telegram.violations == []


@pytest.fixture(scope="module")
def service(built: Path) -> Iterator[Home]:
    """One bot that runs for all; each test has documents of its own."""
    with StandIn() as telegram, prepared(telegram, built) as made:
        running(made, program=HASTY)
        telegram.private("Berta", user_id=ADMIN)
        yield made
        assert telegram.violations == []


@pytest.fixture
def boss(service: Home) -> Iterator[Chat]:
    """The admin's chat, with nothing unread; what the test changed is taken out after it."""
    chat = service.telegram.chats[ADMIN]
    while chat.unread():
        chat.wait_message()
    yield chat
    assert service.process is not None
    assert service.process.poll() is None, service.printed[-2000:]
    assert "Traceback" not in service.printed


def running(home: Home, program: str = QUOTH) -> None:
    """Start the bot, and return once its index is ready."""
    before = home.printed.count(" ready after ")
    home.run(program=program)
    until(lambda: home.printed.count(" ready after ") > before)


def said(chat: Chat, text: str, **fields: Any) -> Message:
    """The reply to a text."""
    chat.say(text, **fields)
    return chat.wait_message()


def settled(chat: Chat, message: Message) -> Message:
    """A message that tells of a change, once the index has followed."""

    def renewed() -> Message | None:
        now = chat.message(message)
        return now if now.version > message.version and texts.BUILDING not in now.text else None

    found = until(renewed)
    assert isinstance(found, Message)
    return found


def changed(chat: Chat, text: str) -> str:
    """What a command that changes the documents came to."""
    message = said(chat, text)
    return settled(chat, message).text if texts.BUILDING in message.text else message.text


def previewed(chat: Chat) -> Message:
    """The bot's next message, once it is the preview of an upload or says why there is none."""
    first = chat.wait_message()
    found = until(
        lambda: (now := chat.message(first)) and not now.text.startswith(("Received", "Read")) and now
    )
    assert isinstance(found, Message)
    return found


def sent(chat: Chat, name: str, content: str, **more: Any) -> Message:
    """The preview of a file."""
    chat.send_file(name, content.encode(), **more)
    return previewed(chat)


def asked_word(asked: Message) -> str:
    """The word that a removal is to be confirmed with."""
    return asked.text.partition("type: ")[2].split()[0]


def answers(home: Home, question: str = QUESTION) -> str:
    """What a newcomer is answered."""
    return home.ask(home.telegram.private("Newcomer"), question).text


def corpus(home: Home) -> Corpus:
    return Corpus(home.seeds, home.data)


def names(home: Home) -> list[str]:
    return [each.name for each in corpus(home).documents()]


# --- files


def test_a_file_is_found_once_it_is_previewed_and_not_after_its_undo_also_across_restarts(home: Home) -> None:
    boss = home.telegram.private("Berta", user_id=ADMIN)
    running(home)
    assert FERRY not in answers(home)
    preview = sent(boss, "ferry.txt", FERRY)
    assert preview.text == f"Added {FERRY}\nferry.txt · plain text · 7 words · 1 sentence\n{FERRY}"
    assert preview.covered("blockquote") == [FERRY]
    assert FERRY in answers(home)
    gaps = listed(boss, f"1. {QUESTION}")
    running(home)
    assert FERRY in answers(home)
    boss.press(gaps, "✓ 1")
    assert boss.wait_edit(gaps).text == texts.ALL_ANSWERED
    assert "text" not in boss.press(preview, texts.UNDO).parameters
    gone = settled(boss, preview)
    assert gone.text == f"{texts.undone(1)}\nTaken back ferry.txt"
    assert gone.buttons == []
    assert FERRY not in answers(home)


def test_without_a_document_the_bot_says_so_until_an_admin_sends_one() -> None:
    with StandIn() as telegram, Home(telegram, {}) as home:
        home.environment["QUOTH_ADMINS"] = str(ADMIN)
        running(home, program=HASTY)
        boss, ann = telegram.private("Berta", user_id=ADMIN), telegram.private("Ann")
        assert plain.NO_DOCUMENT == home.ask(ann, QUESTION).text
        assert "there is no document; put one there" in home.printed
        assert said(boss, "/docs").text == texts.NO_DOCUMENTS
        preview = sent(boss, "ferry.txt", FERRY)
        assert FERRY in home.ask(ann, QUESTION).text
        boss.press(preview, texts.UNDO)
        assert settled(boss, preview).text.endswith(texts.NONE_LEFT)
        assert plain.NO_DOCUMENT == home.ask(ann, QUESTION).text
        running(home)
        assert plain.NO_DOCUMENT == home.ask(ann, QUESTION).text
        assert telegram.violations == []


def test_one_message_tells_what_was_received_then_read_then_the_preview(service: Home, boss: Chat) -> None:
    before = len(service.telegram.calls("editMessageText"))
    preview = sent(boss, "stages.txt", "The stage of the old theatre was painted green.")
    assert boss.unread() == []
    edits = [call.parameters["text"] for call in service.telegram.calls("editMessageText")[before:]]
    assert edits == [texts.read("stages.txt"), preview.text]


def test_an_album_is_one_change_with_one_preview_and_one_undo(service: Home, boss: Chat) -> None:
    log = len(corpus(service).log())
    boss.send_album(
        {"gulls.txt": b"Gulls nest on the lighthouse of Romanshorn.", "eels.md": b"Eels leave in October."}
    )
    preview = previewed(boss)
    assert boss.unread() == []
    assert preview.text.count("Added ") == 2
    assert len(corpus(service).log()) == log + 1
    assert "lighthouse of Romanshorn" in answers(service, "where do gulls nest?")
    boss.press(preview, texts.UNDO)
    settled(boss, preview)
    assert not {"gulls.txt", "eels.md"} & set(names(service))


def test_a_zip_is_one_preview_and_one_undo_and_names_what_it_could_not_read(
    service: Home, boss: Chat
) -> None:
    log = len(corpus(service).log())
    cranes = {f"cranes/{n}.txt": f"Crane {n} of Bregenz lifts {n + 30} tons." for n in range(4)}
    content = packed({**cranes, "cranes/plan.png": b"\x89PNG\r\n\x1a\n\0", "blank.md": " "})
    gates = b"The gates of Bregenz close at ten."
    boss.send_album({"cranes.zip": content, "gates.txt": gates}, caption="Cranes")
    preview = previewed(boss)
    assert boss.unread() == []
    assert preview.text.startswith("5 added\nAdded Crane 0 of Bregenz lifts 30 tons.\ncranes/0.txt · plain")
    assert "✗ cranes.zip/cranes/plan.png is a picture, not a document; run OCR" in preview.text
    assert "✗ cranes.zip/blank.md holds no text; " in preview.text
    assert texts.own_titles("cranes.zip") in preview.text
    assert len(corpus(service).log()) == log + 1
    question = "how many tons does crane 3 of Bregenz lift?"
    assert "Crane 3 of Bregenz lifts 33 tons." in answers(service, question)
    boss.press(preview, texts.UNDO)
    settled(boss, preview)
    assert not {"gates.txt", *cranes} & set(names(service))


def test_a_zip_of_which_nothing_can_be_read_is_refused_entry_by_entry(boss: Chat) -> None:
    boss.send_file("locked.zip", with_password(packed({"a.txt": "Tides.", "b.txt": "Tides."})))
    reply = previewed(boss)
    lines = [f"✗ locked.zip/{name}.txt is encrypted; give it without a password." for name in "ab"]
    assert lines == reply.text.splitlines()
    assert reply.buttons == []


def test_of_files_sent_together_one_that_is_no_document_costs_only_itself(service: Home, boss: Chat) -> None:
    boss.send_file("pike.txt", b"The pike is the longest fish of the lake.")
    boss.send_file("tool.exe", b"MZ\x00\x01")
    boss.send_file("blank.txt", b" \n ")
    preview = previewed(boss)
    assert "Added The pike is the longest fish" in preview.text
    assert "✗ tool.exe is of no format known here; " in preview.text
    assert "✗ blank.txt holds no text; " in preview.text
    assert "pike.txt" in names(service)


REFUSED = [
    # name, content, why it is not taken
    ("tool.exe", b"MZ\x00\x01", "is of no format known here; send one ending in"),
    ("picture.txt", b"\x89PNG\x00\x00\x01", "is not text in any encoding known here"),
    ("none.txt", b"", "is empty; send one that holds something"),
]


@pytest.mark.parametrize(("name", "content", "why"), REFUSED)
def test_a_file_that_is_no_document_is_refused_in_plain_words(
    name: str, content: bytes, why: str, service: Home, boss: Chat
) -> None:
    boss.send_file(name, content)
    reply = previewed(boss)
    assert reply.text.startswith(f"✗ {name} ")
    assert why in reply.text
    assert reply.buttons == []
    assert name not in names(service)


def test_the_same_file_again_is_unchanged_and_another_text_its_new_version(service: Home, boss: Chat) -> None:
    first = "The mayor of Arbon keeps nine bees."
    assert sent(boss, "bees.txt", first).text.startswith("Added ")
    again = sent(boss, "bees.txt", first)
    assert again.text.startswith("Unchanged ")
    assert again.buttons == []
    assert sent(boss, "bees.txt", "The mayor of Arbon keeps twelve bees.").text.startswith("New version of ")
    assert "twelve bees" in answers(service, "how many bees does the mayor of Arbon keep?")


def test_a_text_that_is_there_under_another_name_is_said_to_be(boss: Chat) -> None:
    text = "The organ of Bischofszell has two thousand pipes."
    sent(boss, "organ.txt", text)
    assert texts.same_text("organ") in sent(boss, "pipes.txt", text).text


CAPTIONS = [
    # caption, the document's title, source, date, address
    ("Storms of the year", ("Storms of the year", None, None, None)),
    (
        "title: Storms\nSource: Lake Wire\ndate: 1871-05\nurl: https://example.org/s",
        ("Storms", "Lake Wire", "1871-05", "https://example.org/s"),
    ),
    ("Storms\nsource: Lake Wire", ("Storms", "Lake Wire", None, None)),
]


def test_a_caption_sets_what_the_citation_says(service: Home, boss: Chat) -> None:
    for number, (caption, _) in enumerate(CAPTIONS):
        boss.send_file(f"storm{number}.txt", b"Storm %d took a roof." % number, caption=caption)
    assert previewed(boss).text.count("Added Storms") == len(CAPTIONS)
    said = {each.name: each.metadata for each in corpus(service).documents()}
    for number, (_, expected) in enumerate(CAPTIONS):
        found = said[f"storm{number}.txt"]
        assert (found.title, found.source, found.date, found.url) == expected


def test_what_a_caption_says_wrongly_is_left_out_and_told(service: Home, boss: Chat) -> None:
    preview = sent(boss, "wrong.txt", "A wrong turn led to Wil.", caption="title: Turn\ndate: 31 Feb\nurl: x")
    assert "date '31 Feb' is not taken" in preview.text
    assert "url 'x' is not taken" in preview.text
    found = next(each.metadata for each in corpus(service).documents() if each.name == "wrong.txt")
    assert (found.title, found.date, found.url) == ("Turn", None, None)


NAMES = [
    # as it is sent, as it is shown
    ("../../etc/pass\u202etxt.md", "etc passtxt.md"),
    ("..\\..\\auto\u200bexec.txt", "auto exec.txt".replace(" ", "")),
    ("tide\u2066\nlist.txt", "tide list.txt"),
]


def test_a_name_is_shown_without_what_acts_on_its_surroundings_and_is_no_path(
    service: Home, boss: Chat
) -> None:
    before = {path for path in service.top.rglob("*") if "uploads" not in path.parts}
    boss.send_album({name: b"The name was %d letters long." % len(name) for name, _ in NAMES})
    preview = previewed(boss)
    for _, shown in NAMES:
        assert shown in preview.text
        assert shown in names(service)
    after = {path for path in service.top.rglob("*") if "uploads" not in path.parts}
    assert {path.name for path in after - before if "index" not in path.parts} <= {
        "corpus.json",
        "corpus.json.copy",
        "corpus.lock",
        "ids.json",
        "incoming",
        "files",
        "uploads",
    }


@pytest.mark.parametrize("kind", ["photo", "voice"])
def test_a_picture_or_a_voice_message_gets_a_plain_reply(kind: str, service: Home, boss: Chat) -> None:
    fetched = len(service.telegram.downloads)
    if kind == "photo":
        boss.send_photo(caption="Storm")
    else:
        boss.say("", voice={"file_id": "v", "file_unique_id": "u", "duration": 3})
    assert boss.wait_message().text == texts.NOT_A_DOCUMENT
    assert len(service.telegram.downloads) == fetched


def test_a_file_that_does_not_come_is_said_not_to_have_come(service: Home, boss: Chat) -> None:
    service.telegram.faults.append(Fault("404", method="getFile"))
    reply = sent(boss, "late.txt", "It came too late.")
    assert reply.text.startswith("✗ late.txt did not come from Telegram (")
    assert "late.txt" not in names(service)


def test_questions_are_answered_while_the_index_is_renewed(home: Home) -> None:
    boss = home.telegram.private("Berta", user_id=ADMIN)
    running(home, program=SLOW_BUILD)
    boss.send_file("ferry.txt", FERRY.encode())
    status = boss.wait_message()
    until(lambda: boss.message(status).text == texts.read("ferry.txt"))
    home.still_answers()
    assert DOCUMENTS["bread.txt"][:20] in home.ask(boss, "what raises dough?").text
    assert boss.message(status).text == texts.read("ferry.txt")
    until(lambda: boss.message(status).buttons)
    assert FERRY in answers(home)


def test_an_upload_that_a_kill_cut_short_is_taken_up_at_the_next_start(home: Home) -> None:
    boss = home.telegram.private("Berta", user_id=ADMIN)
    running(home, program=NEVER_CHANGES)
    boss.send_file("ferry.txt", FERRY.encode())
    boss.wait_message()
    until(lambda: home.telegram.downloads)
    until(lambda: home.telegram.pending == 0)
    home.kill()
    assert "ferry.txt" not in names(home)
    running(home)
    assert previewed(boss).text.startswith(f"Added {FERRY}")
    assert FERRY in answers(home)
    assert list((home.data / "incoming").rglob("*.json")) == []


# --- posts


def test_a_forwarded_post_is_a_document_with_its_source_date_and_address(service: Home, boss: Chat) -> None:
    boss.say("The bishop of Konstanz bought a steamboat.", forward_origin=POST)
    assert "steamboat" in previewed(boss).text
    found = next(each for each in corpus(service).documents() if each.name.startswith("Lake Wire"))
    assert found.name == "Lake Wire 2023-11-14 412.txt"
    assert (found.metadata.source, found.metadata.date) == ("Lake Wire", "2023-11-14")
    assert found.metadata.url == "https://t.me/lakewire/412"


def test_add_makes_the_message_that_it_replies_to_a_document(service: Home, boss: Chat) -> None:
    asked = boss.say("who is the miller of Stein?")
    boss.wait_message()
    boss.say("/add title: The miller", reply_to=asked)
    assert previewed(boss).text.startswith("Added The miller\n")
    found = next(each for each in corpus(service).documents() if each.metadata.title == "The miller")
    assert (found.metadata.source, found.metadata.url) == ("Berta", None)


def test_add_alone_or_to_a_message_of_the_bots_says_how(boss: Chat) -> None:
    reply = said(boss, "/add")
    assert reply.text == texts.ADD_WHAT
    assert said(boss, "/add", reply_to=reply).text == texts.OWN_MESSAGE


def test_a_forwarded_command_is_none_and_no_document(service: Home, boss: Chat) -> None:
    before = names(service)
    assert said(boss, "/undo", forward_origin=POST).text == plain.NO_COMMAND
    assert names(service) == before


# --- the list, removing, restoring


def test_docs_are_paged_with_sizes_dates_and_who_added_them(service: Home, boss: Chat) -> None:
    boss.send_album({f"page {n:02}.txt": f"Page {n} of the log.".encode() for n in range(12)})
    preview = previewed(boss)
    page = said(boss, "/docs")
    total = len(names(service))
    assert page.text.startswith(texts.page(1, -(-total // 10), en.counted(total, "document")))
    assert re.search(r"^1\. .+ · \d+ bytes · 20\d\d-\d\d-\d\d · (given|you)$", page.text, re.MULTILINE)
    assert len(page.text.splitlines()) == 11
    assert page.buttons == [texts.NEXT]
    boss.press(page, texts.NEXT)
    second = boss.wait_edit(page)
    assert second.text.splitlines()[1].startswith("11. ")
    assert second.buttons[0] == texts.PREVIOUS
    boss.press(preview, texts.UNDO)
    settled(boss, preview)


def test_a_removal_asks_for_a_word_and_is_taken_back_by_restore(service: Home, boss: Chat) -> None:
    sent(boss, "vicar.txt", "The vicar of Egnach plays chess. He never wins.")
    asked = said(boss, "/remove vicar")
    word = re.search(r"vicar\.txt goes, and 2 sentences with it\. To remove it, type: (\w+)", asked.text)
    assert word is not None
    assert "vicar.txt" in names(service)
    assert "plays chess" in answers(service, "who plays chess?")
    gone = changed(boss, f"{word[1].capitalize()}.")
    assert gone == f"Removed vicar.txt\n{texts.kept(7)}"
    assert "plays chess" not in answers(service, "who plays chess?")
    assert "vicar.txt" in said(boss, "/restore").text
    assert changed(boss, "/restore vicar.txt") == "Restored vicar.txt"
    assert "plays chess" in answers(service, "who plays chess?")


def test_a_removal_is_not_confirmed_by_anything_else_nor_twice(service: Home, boss: Chat) -> None:
    sent(boss, "cook.txt", "The cook of Horn boils perch.")
    word = asked_word(said(boss, "/remove cook.txt"))
    assert asked_word(said(boss, "/remove cook.txt")) == word
    assert said(boss, "yes").text == en.NOD
    assert "cook.txt" in names(service)
    assert said(boss, "/remove nowhere.txt").text == texts.unknown("nowhere.txt")
    assert "Removed" not in said(boss, word).text
    assert "cook.txt" in names(service)


def test_a_given_document_is_removed_by_its_number_and_its_file_stays(home: Home) -> None:
    boss = home.telegram.private("Berta", user_id=ADMIN)
    running(home)
    greeting = said(boss, "/start")
    assert [*map(greeting.button, EXAMPLES[::2])]
    word = asked_word(said(boss, "/remove 1"))
    assert changed(boss, word) == f"Removed bread.txt\n{texts.given_kept()}"
    assert (home.seeds / "bread.txt").exists()
    assert "yeast" not in answers(home, "what raises dough?")
    assert "What raises dough?" not in said(boss, "/start").buttons
    word = asked_word(said(boss, "/remove 1"))
    changed(boss, word)
    long = next(label for label in greeting.buttons if label.endswith("…"))
    assert boss.press(greeting, long).parameters["text"] == plain.OLD_EXAMPLE
    word = asked_word(said(boss, "/remove 1"))
    assert changed(boss, word).endswith(texts.NONE_LEFT)
    assert plain.NO_DOCUMENT == answers(home, "what raises dough?")
    changed(boss, "/undo")
    assert "Restored bread.txt" in changed(boss, "/restore bread")
    home.still_answers()


def test_a_removal_waits_for_its_word_over_a_kill_and_no_longer_than_it_says(home: Home) -> None:
    boss = home.telegram.private("Berta", user_id=ADMIN)
    second = home.telegram.private("Carl", user_id=SECOND)
    running(home)
    asked = said(boss, "/remove bread.txt")
    word = asked_word(asked)
    home.kill()
    with closing(State.in_folder(home.data)) as state:
        waiting = state.removals.waiting()[ADMIN]
        assert (waiting.document, waiting.word) == ("bread", word)
        assert time.time() < waiting.until < time.time() + CONFIRM_WITHIN
        state.removals.keep(SECOND, Removal("register", "maple", time.time() - 2))
    running(home)
    assert said(second, "maple").text == texts.TOO_LATE
    assert "bread.txt" in names(home)
    boss.say(word)
    while (reply := boss.wait_message()).text == asked.text:  # the command was in hand when the kill came
        pass
    assert settled(boss, reply).text == f"Removed bread.txt\n{texts.given_kept()}"
    assert names(home) == ["harbour.txt", "register.txt"]
    assert said(boss, word).text == said(second, "maple").text == en.NOTHING_FOUND
    with closing(State.in_folder(home.data)) as state:
        assert state.removals.waiting() == {}


def test_undo_takes_back_the_last_change_and_then_makes_it_again(service: Home, boss: Chat) -> None:
    sent(boss, "smith.txt", "The smith of Berg shoes mules.")
    assert "Taken back smith.txt" in changed(boss, "/undo")
    assert "smith.txt" not in names(service)
    assert "Taken back smith.txt" in changed(boss, "/undo")
    assert "smith.txt" in names(service)


def test_a_name_that_several_have_is_asked_about(boss: Chat) -> None:
    boss.send_album({"twin one.txt": b"One is a twin.", "twin two.txt": b"Two is a twin."})
    previewed(boss)
    assert said(boss, "/remove twin").text == texts.several("twin", "twin one.txt, twin two.txt")


# --- reload, audit, stats


def test_a_reload_says_what_was_added_changed_removed_and_skipped(home: Home) -> None:
    boss = home.telegram.private("Berta", user_id=ADMIN)
    running(home)
    home.time += 1000
    home.write("ferry.txt", FERRY)
    home.write("bread.txt", "Bakers use yeast to raise dough. Salt is dear.")
    home.write("broken.txt", b"\x00\x01\x02")
    home.remove("register.txt")
    report = settled(boss, said(boss, "/reload")).text
    assert re.search(r": 1 added, 1 changed, 1 removed, 1 unchanged\.$", report, re.MULTILINE)
    for line in ("added: ferry.txt", "changed: bread.txt", "removed: register.txt"):
        assert line in report
    assert "broken.txt: looks like a binary file" in report
    assert FERRY in answers(home)


def test_the_audit_says_who_did_what_and_when(service: Home, boss: Chat) -> None:
    sent(boss, "mason.txt", "The mason of Salmsach is called Ulrich.")
    today = time.strftime("%Y-%m-%d", time.gmtime())
    first = said(boss, "/audit").text.splitlines()[0]
    number = len(Catalogue.load(service.data).changes)
    assert re.fullmatch(rf"{number}\. {today} \d\d:\d\d UTC · you · added mason\.txt", first)
    second = service.telegram.private("Carl", user_id=SECOND)
    assert f" · {ADMIN} · added mason.txt" in said(second, "/audit").text


def test_the_figures_tell_documents_index_questions_and_times(service: Home, boss: Chat) -> None:
    figures = said(boss, "/stats").text
    assert re.match(r"The index holds \d+ documents, \d+ sentences\.\nLanguages: en \d+", figures)
    size = sum(each.size for each in corpus(service).documents()) / 1e3
    index = r"Index: [\d.]+ (kB|MB), generation \d+, made (just now|\d+ minutes? ago)"
    assert re.search(rf"^Documents: {size:.1f} kB\. {index}$", figures, re.MULTILINE)
    before = fared(figures)
    answers(service, "what raises dough?")
    answers(service, f"who welded the {time.monotonic_ns()}th bell?")
    counted = until(lambda: sum(fared(now := said(boss, "/stats").text)) == sum(before) + 2 and now)
    assert [new - old for new, old in zip(fared(counted), before, strict=True)] == [1, 0, 1]
    assert re.search(r"^   answered in: median [≤>] [\d.]+ s, p95 [≤>] [\d.]+ s$", counted, re.MULTILINE)
    still_open = r"^Without an answer: [1-9]\d* questions? open, see /unanswered$"
    assert re.search(still_open, counted, re.MULTILINE)


def fared(figures: str) -> list[int]:
    """Of today's questions: answered, closest passage, not in the sources."""
    found = re.search(r"^Today: (\d+) questions? \((\d+) [^,]+, (\d+) [^,]+, (\d+)", figures, re.MULTILINE)
    assert found is not None, figures
    assert int(found[1]) == sum(map(int, found.groups()[1:]))
    return [*map(int, found.groups()[1:])]


# --- questions without an answer


ZEPPELIN = ("Who invented the zeppelin?", "who invented the Zeppelin", "the ZEPPELIN: who invented it?!")
CLICKABLE = f"where is the /undo of @berta at https://example.org/\u202e \n\n شكرا {'very ' * 500}"


def listed(boss: Chat, line: str) -> Message:
    """The first page of the questions without an answer, once it has a line."""
    found = until(lambda: line in (page := said(boss, "/unanswered")).text.splitlines() and page)
    assert isinstance(found, Message)
    return found


def test_questions_without_an_answer_are_listed_once_however_they_were_asked(
    service: Home, boss: Chat
) -> None:
    strangers = [service.telegram.private(f"Stranger Nr{number}") for number in range(4)]
    for stranger, question in zip(strangers, (*ZEPPELIN, ZEPPELIN[0]), strict=True):
        service.ask(stranger, question)
    for _ in range(3):
        service.ask(strangers[0], CLICKABLE)
    day = time.strftime("%Y-%m-%d", time.gmtime())
    listed(boss, f"✗ asked 3 times, last {day}")
    page = listed(boss, f"✗ asked 4 times, last {day}")
    shown = page.covered("code")
    place = shown.index(ZEPPELIN[0])
    assert shown[place + 1] == visible(CLICKABLE)
    lines = page.text.splitlines()[1 + 2 * place : 3 + 2 * place]
    assert lines == [f"{place + 1}. {ZEPPELIN[0]}", f"✗ asked 4 times, last {day}"]
    assert {entity["type"] for entity in page.entities} == {"code"}
    assert not [each for each in strangers if each.name in page.text or str(each.id) in page.text]


def test_what_is_marked_done_is_gone_until_it_is_asked_again_whoever_presses_what(
    service: Home, boss: Chat
) -> None:
    question = "who blew the alphorn of Uri?"
    for _ in range(6):
        answers(service, question)
    page = listed(boss, f"✗ asked 6 times, last {time.strftime('%Y-%m-%d', time.gmtime())}")
    assert page.text.splitlines()[1] == f"1. {question}"
    data = page.button("✓ 1")["callback_data"]
    for presser in (service.telegram.private("Stranger"), boss):
        assert ("text" in replayed(service, presser, page, data)) == (presser is not boss)
    assert question not in boss.wait_edit(page).text
    assert "text" not in replayed(service, boss, page, data)
    assert question not in said(boss, "/unanswered").text
    answers(service, question)
    listed(boss, f"✗ asked 7 times, last {time.strftime('%Y-%m-%d', time.gmtime())}")
    assert replayed(service, boss, page, data)["text"] == texts.ASKED_SINCE
    assert question in until(lambda: question in (now := boss.message(page)).text and now).text
    for forged in ("m:0:9:0", "m:999999999999999999:1:0", "m:9999999999999999999:1:999999999", "g:999999999"):
        replayed(service, boss, page, forged)
    assert said(boss, "/unanswered").text.splitlines()[1] == f"1. {question}"
    assert boss.message(page).text != texts.ALL_ANSWERED


def replayed(service: Home, presser: Chat, message: Message | dict[str, Any], data: str) -> dict[str, Any]:
    """The answer to a press that somebody's own client sends, below a message in their chat."""
    query = service.telegram.pressed(presser)
    below = {**(message.raw if isinstance(message, Message) else message), "chat": presser.raw}
    press = {"id": query, "from": presser.user, "message": below, "chat_instance": "1", "data": data}
    service.telegram.push({"callback_query": press})
    return presser.wait_answered(query).parameters


def test_questions_without_an_answer_are_paged(service: Home, boss: Chat) -> None:
    for number in range(12):
        answers(service, f"who tuned harpsichord {number}?")
    first = until(lambda: len((page := said(boss, "/unanswered")).text.splitlines()) == 22 and page)
    assert first.buttons == [*(f"✓ {number}" for number in range(1, 11)), texts.NEXT]
    assert re.match(
        r"\d+ questions open\. ✗ nothing found: \d+ · ≈ a passage that may not answer: \d+", first.text
    )
    boss.press(first, texts.NEXT)
    second = boss.wait_edit(first)
    assert second.text.splitlines()[1].startswith("11. ")
    assert second.buttons[-2:] == [texts.PREVIOUS, texts.NEXT] or second.buttons[-1] == texts.PREVIOUS
    too_old = {"message_id": second.id, "date": 0, "chat": boss.raw}
    replayed(service, boss, too_old, second.button("✓ 11")["callback_data"])
    assert boss.wait_edit(second).text.splitlines()[1] != second.text.splitlines()[1]


def test_each_admin_has_a_menu_of_their_own(service: Home) -> None:
    calls = until(lambda: len(found := service.telegram.calls("setMyCommands")) >= 4 and found)
    scopes = [call.parameters.get("scope") for call in calls]
    of_admins = [{"type": "chat", "chat_id": admin} for admin in (ADMIN, SECOND)]
    assert scopes == [None, {"type": "all_group_chats"}, *of_admins]
    offered = [command["command"] for command in calls[2].parameters["commands"]]
    assert offered == [name for name, _ in (*plain.COMMANDS, *texts.ADMIN_COMMANDS)]


# --- the gate


SENDERS = ["user", "same user name", "admin in group", "channel", "anonymous", "edited", "via_bot", "bot"]


def message_from(sender: str, telegram: StandIn) -> tuple[Chat | None, str, dict[str, Any]]:
    """The chat that may be replied to, the update's kind, and the fields of a message from a sender."""
    boss = telegram.chats[ADMIN]
    stranger = telegram.private("Berta" if sender == "same user name" else "Stranger")
    named = {"username": "berta"}
    group = {"id": -1_009_999_999_999, "type": "supergroup", "title": "Lake"}
    anonymous = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    senders: dict[str, tuple[Chat | None, str, dict[str, Any]]] = {
        "user": (stranger, "message", {"from": stranger.user, "chat": stranger.raw}),
        "same user name": (
            stranger,
            "message",
            {"from": stranger.user | named, "chat": stranger.raw | named},
        ),
        "admin in group": (None, "message", {"from": boss.user, "chat": group}),
        "channel": (None, "channel_post", {"sender_chat": CHANNEL, "chat": CHANNEL}),
        "anonymous": (None, "message", {"from": anonymous, "sender_chat": group, "chat": group}),
        "edited": (boss, "edited_message", {"from": boss.user, "chat": boss.raw, "edit_date": POSTED + 1}),
        "via_bot": (boss, "message", {"from": boss.user, "chat": boss.raw, "via_bot": OTHER_BOT}),
        "bot": (stranger, "message", {"from": stranger.user | {"is_bot": True}, "chat": stranger.raw}),
    }
    return senders[sender]


@pytest.mark.usefixtures("boss")
@pytest.mark.parametrize("sender", SENDERS)
def test_nobody_but_an_admin_in_private_commands_or_feeds(sender: str, service: Home) -> None:
    telegram = service.telegram
    before, log = names(service), len(corpus(service).log())
    fetched, menus = len(telegram.downloads), len(telegram.calls("getFile"))
    chat, kind, fields = message_from(sender, telegram)
    document = telegram.keep(Upload("gift.txt", b"Nobody asked for this gift.", "text/plain"))
    contents: list[dict[str, Any]] = [
        {
            "text": command,
            "entities": [{"type": "bot_command", "offset": 0, "length": len(command.split()[0])}],
        }
        for command in COMMANDS
    ]
    if kind != "edited_message":
        contents.append({"document": document})
    for content in contents:
        with telegram.lock:
            number = telegram.message_id()
            telegram.push({kind: {"message_id": number, "date": POSTED, **fields, **content}})
    if chat is not None:
        replies = [chat.wait_message().text for _ in contents]
        assert replies == [plain.NO_COMMAND] * len(contents)
    service.still_answers()
    assert (names(service), len(corpus(service).log())) == (before, log)
    assert (len(telegram.downloads), len(telegram.calls("getFile"))) == (fetched, menus)


def test_a_button_does_no_more_than_its_presser_may(service: Home, boss: Chat) -> None:
    preview = sent(boss, "clerk.txt", "The clerk of Uttwil counts eels.")
    data = preview.button(texts.UNDO)["callback_data"]
    stranger = service.telegram.private("Stranger")
    own = service.ask(stranger, "what raises dough?")
    for forged in (data, "d:0", "u:0", "u:999999999", "g:0", "m:1:9:0"):
        assert replayed(service, stranger, own, forged)["text"] == plain.EXPIRED
    assert "clerk.txt" in names(service)
    assert stranger.message(own).version == 0


def test_an_undo_takes_back_its_own_change_only_and_once(service: Home, boss: Chat) -> None:
    old = sent(boss, "older.txt", "The older brother fishes.")
    new = sent(boss, "newer.txt", "The newer boat leaks.")
    assert "no longer the last change" in boss.press(old, texts.UNDO).parameters["text"]
    assert {"older.txt", "newer.txt"} <= set(names(service))
    boss.press(new, texts.UNDO)
    again = replayed(service, boss, new, new.button(texts.UNDO)["callback_data"])
    assert "no longer the last change" in again["text"]
    assert "newer.txt" not in names(service)
    settled(boss, new)


def test_admins_are_told_of_a_damaged_index_and_of_its_rebuilding_but_not_where_it_lies(home: Home) -> None:
    boss = home.telegram.private("Berta", user_id=ADMIN)
    (path,) = (home.data / "index" / "segments").glob("*/own_tf.npy")
    path.write_bytes(path.read_bytes()[:-1])
    running(home)
    first, second = boss.wait_message(), boss.wait_message()
    assert first.text.startswith("⚠ The index is damaged (own_tf.npy has ")
    assert second.text == texts.REBUILT
    assert str(home.data) not in first.text


def test_however_many_files_an_admin_sends_at_once_none_is_left_out(home: Home) -> None:
    """As many as one getUpdates brings, all there before the first is looked at."""
    boss = home.telegram.private("Berta", user_id=ADMIN)
    for number in range(60):
        boss.send_file(f"ferry {number}.txt", f"Ferry number {number} sank in 1864.".encode())
    home.run()
    until(lambda: sum(name.startswith("ferry") for name in names(home)) == 60, 60)
    assert not any(plain.TOO_MANY in message.text for message in boss.unread())
