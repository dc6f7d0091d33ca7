"""The conversation, line by line, over a real small index."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat import Conversation
from bot.texts import en, telegram
from index.build import open_corpus
from index.search import Index

HARBOUR = (
    "The harbour of Lindau was rebuilt in 1856.\n"
    "Engineer Klara Voss surveyed the pier in May. The survey took nine days. "
    "The town paid 400 florins for it. Nobody objected to the price.\n"
    "The lighthouse keeper was Otto Brandt. He kept a diary of storms.\n"
)
BREAD = "Bakers use yeast to raise dough. Sourdough needs no yeast from a shop.\n"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("chat")
    seeds = folder / "seeds"
    seeds.mkdir()
    (seeds / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (seeds / "bread.txt").write_text(BREAD, encoding="utf-8")
    with open_corpus(seeds, folder / "data") as opened:
        yield opened


@pytest.fixture
def conversation(index: Index) -> Conversation:
    return Conversation(index)


def said(conversation: Conversation, line: str) -> str:
    return "\n".join(text.plain for text in conversation.say(line).lines)


QUESTION = "who surveyed the pier?"
SURVEYED = "Engineer Klara Voss surveyed the pier in May."


def test_a_question_gets_the_whole_sentence_and_where_it_stands(conversation: Conversation) -> None:
    reply = said(conversation, QUESTION)
    assert f"❝ {SURVEYED} ❞" in reply
    assert "¶2 · sentence 1" in reply


POLITE = [
    ("Hello!", en.GREETING),
    ("  good   MORNING ", en.GREETING),
    ("Hi, there", en.GREETING),
    ("thanks!", en.THANKS),
    ("Thank you.", en.THANKS),
    ("help", en.HELP),
    ("/help", en.HELP),
    ("quit", en.GOODBYE),
]


@pytest.mark.parametrize(("line", "reply"), POLITE)
def test_greetings_thanks_and_help_are_answered_as_a_person_would(
    line: str, reply: str, conversation: Conversation
) -> None:
    assert said(conversation, line) == reply


def test_only_a_goodbye_ends_the_conversation(conversation: Conversation) -> None:
    leaving = {line: conversation.say(line).leave for line in ("quit", "exit", "bye", "hello", QUESTION, "")}
    assert leaving == {"quit": True, "exit": True, "bye": True, "hello": False, QUESTION: False, "": False}


@pytest.mark.parametrize("line", ["", "   ", "\t"])
def test_an_empty_line_gets_no_reply(line: str, conversation: Conversation) -> None:
    assert conversation.say(line).lines == ()


@pytest.mark.parametrize("word", ["context", "next", "show", "copy"])
def test_a_word_about_an_answer_needs_an_answer(word: str, conversation: Conversation) -> None:
    assert said(conversation, word) == en.NO_QUOTE_YET


def test_context_widens_by_one_then_three_then_says_that_there_is_no_more(
    conversation: Conversation,
) -> None:
    said(conversation, QUESTION)
    one, three, rest = (said(conversation, "context") for _ in range(3))
    assert one == (
        "❝ The harbour of Lindau was rebuilt in 1856.\n" + SURVEYED + " The survey took nine days. ❞"
    )
    assert three.endswith("The town paid 400 florins for it. Nobody objected to the price. ❞")
    assert rest == en.NO_MORE_AROUND


def test_context_reaches_the_whole_paragraph_in_the_end(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    words = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    text = " ".join(f"The boat number {word} sails." for word in words)
    (tmp_path / "seeds" / "boats.txt").write_text(text, encoding="utf-8")
    with open_corpus(tmp_path / "seeds", tmp_path / "data") as index:
        conversation = Conversation(index)
        said(conversation, "which boat number is five?")
        one, three, paragraph = (said(conversation, "context") for _ in range(3))
    assert [text.count("sails") for text in (one, three, paragraph)] == [3, 7, 10]
    assert paragraph == f"❝ {text} ❞"


def test_the_quote_stands_out_from_its_context(conversation: Conversation) -> None:
    said(conversation, QUESTION)
    line = conversation.say("context").lines[1]
    bold = [line.plain[span.start : span.end] for span in line.spans if span.style == "bold"]
    assert bold == [SURVEYED]


def test_next_pages_through_what_was_found_and_says_when_it_ends(conversation: Conversation) -> None:
    first = said(conversation, "yeast dough")
    second = said(conversation, "next")
    assert "raise dough" in first
    assert "Sourdough needs no yeast" in second
    assert second.endswith("2 of 2")
    assert said(conversation, "next") == en.no_more(2)
    assert "Sourdough" in said(conversation, "show"), "the quote shown last stays the one talked about"


def test_show_is_the_receipt(conversation: Conversation, index: Index) -> None:
    said(conversation, QUESTION)
    receipt = said(conversation, "show")
    start = HARBOUR.index(SURVEYED)
    assert f"{start}–{start + len(SURVEYED)}" in receipt
    assert "harbour.txt" in receipt
    quote_id = index.search(QUESTION).hits[0].sentence.id
    assert quote_id in receipt
    assert said(Conversation(index), f"show {quote_id}") == receipt


def test_copy_is_one_line_with_quote_citation_and_id(conversation: Conversation, index: Index) -> None:
    said(conversation, QUESTION)
    copied = said(conversation, "copy")
    assert copied.startswith(f"“{SURVEYED}” — ")
    assert copied.endswith(f"¶2 · sentence 1 [{index.search(QUESTION).hits[0].sentence.id}]")


def test_what_the_sources_do_not_say_is_said_plainly(conversation: Conversation) -> None:
    assert said(conversation, "who invented the zeppelin?").startswith(en.NOTHING_FOUND)
    assert said(conversation, "next") == en.NO_QUOTE_YET


def test_nothing_to_search_for_is_said_plainly(conversation: Conversation) -> None:
    assert said(conversation, "😀" * 4096) == en.NOTHING_TO_SEARCH


def test_a_question_may_follow_up_on_the_one_before(conversation: Conversation) -> None:
    assert SURVEYED not in said(conversation, "and when?")
    assert SURVEYED in said(conversation, QUESTION)
    assert SURVEYED in said(conversation, "and when?"), "the same sentence may say that, too"


def test_a_document_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    text = "The [bold]pirate[/bold] \x1b[31msang\u202e a :smile: song."
    (tmp_path / "seeds" / "a.txt").write_text(text, encoding="utf-8")
    with open_corpus(tmp_path / "seeds", tmp_path / "data") as index:
        reply = said(conversation := Conversation(index), "which song of the pirate?")
        copied = said(conversation, "copy")
    assert "❝ The [bold]pirate[/bold] [31msang a :smile: song. ❞" in reply
    assert "\x1b" not in reply + copied


def test_filters_narrow_a_question_and_its_follow_up_and_are_told_of_where_they_are_taken_over(
    conversation: Conversation,
) -> None:
    assert "Sourdough" in said(conversation, "who needs yeast? -bakers")
    followed = said(conversation, "and who uses it?")
    assert "❝ Bakers use yeast" not in followed
    assert "Searched within -bakers, as the question before." in followed
    assert "❝ Bakers use yeast" in said(conversation, "who uses yeast to raise dough?")


def test_filters_alone_list_sentences_and_next_goes_on(conversation: Conversation) -> None:
    listed = said(conversation, "in:harbour -pier")
    assert (3, True) == (listed.count("❝"), "rebuilt in 1856" in listed)
    assert "4 of 6" in said(conversation, "next")


def test_a_wrong_filter_gets_a_hint_and_a_question_its_answer(conversation: Conversation) -> None:
    reply = said(conversation, f"{QUESTION} after:soon")
    assert f"❝ {SURVEYED} ❞" in reply
    assert "after:soon: this is no date; write after:2026, after:2026-03 or after:2026-03-02." in reply


def test_nothing_within_filters_is_said_to_be_within_them(conversation: Conversation) -> None:
    assert said(conversation, f"{QUESTION} after:2020").splitlines() == [
        "Not in the sources: no sentence there answers this within after:2020.",
        "1 document without a date left out.",
    ]


TAUGHT = ('"Lachin corridor"', "-border", "by:", "source:", "in:", "after:", "before:", "sort:new")


@pytest.mark.parametrize("taught", [en.HELP, telegram.HELP])
def test_help_teaches_each_filter_in_the_terminal_and_in_telegram(taught: str) -> None:
    assert [] == [each for each in TAUGHT if each not in taught]
