"""A verification in Telegram and in a terminal: the source's words alone in the quote, every limit kept."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Folder
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import MessageEntity
from test_render import assert_within_limits, outside, pieces
from test_verify import HOSTILE, SENTENCES, TOLL

from bot.entities import sendable
from bot.render import Message, Renderer
from bot.terminal import verified as lines_of
from bot.texts import verifying as texts
from bot.verified import verified
from index.search import Index
from index.verdicts import Verdict
from index.verify import MOST_PASSAGES, verify

CORPUS = Path(__file__).parent / "corpus"
FREE = "She promised that ambulances, buses and electric taxis would go free."


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with Folder() as folder:
        for path in CORPUS.iterdir():
            folder.write(path.name, path.read_bytes())
        boats = ", ".join(f"boat number {n} of the harbour" for n in range(600))
        folder.write("long.txt", f"The register of Lindau lists {boats} and nothing else.\n")
        folder.write("hostile.txt", "The \u202egauge\u2066 fell <b>again</b> & rose 😀 at noon in Lindau.\n")
        with folder.open() as opened:
            yield opened


def shown(index: Index, text: str) -> tuple[Message, ...]:
    return verified(verify(index, text), Renderer("quoth_test_bot", index.sentence))


def test_an_exact_quote_is_shown_with_its_receipt(index: Index) -> None:
    (message,) = shown(index, FREE)

    assert message.text.splitlines()[0] == texts.VERDICTS[Verdict.EXACT]
    assert [FREE] == pieces([message], "blockquote")
    (link,) = [each for each in message.entities if each.type == MessageEntity.TEXT_LINK]
    assert re.fullmatch(r"https://t\.me/quoth_test_bot\?start=q_[a-z2-7]{12}", str(link.url))
    assert ["🔗 Copy citation"] == [button.text for row in message.buttons for button in row]


def test_what_differs_is_bold_in_the_source_and_struck_in_a_line_of_its_own(index: Index) -> None:
    text = FREE.replace("buses", "trucks").replace("electric ", "").replace("free", "quite free")
    (message,) = shown(index, text)

    assert message.text.splitlines()[0] == texts.altered(3)
    assert [FREE] == pieces([message], "blockquote")
    assert ["trucks", "quite"] == pieces([message], "strikethrough")
    assert ["buses", "electric", "buses", "electric"] == pieces([message], "bold")[1:]
    assert "trucks → buses · left out electric · added quite" in message.text


def test_a_negation_put_in_is_warned_of_in_a_line_of_its_own(index: Index) -> None:
    (message,) = shown(index, FREE.replace("would", "would not"))

    assert texts.put_in("not") == message.text.splitlines()[1]


def test_each_part_of_a_stitched_quote_has_its_own_quote_and_link(index: Index) -> None:
    one, other = "The vote was 36 to 31.", "A similar toll in Trondheim was scrapped after two years."
    (message,) = shown(index, f"{one} {other}")

    assert [one, other] == pieces([message], "blockquote")
    assert 2 == len({each.url for each in message.entities if each.type == MessageEntity.TEXT_LINK})


def test_the_one_who_says_it_is_named_where_the_text_names_another(index: Index) -> None:
    (message,) = shown(index, f"“{TOLL},” said Knut Brekke.")

    assert texts.another("Knut Brekke", "Ingrid Solheim") in message.text


def test_of_several_quotes_each_is_told_by_its_beginning(index: Index) -> None:
    (message,) = shown(index, f"“{FREE}” and “the vote was 37 to 31”")

    assert [f"“{FREE}”", "“the vote was 37 to 31”"] == pieces([message], "italic")


def test_nothing_to_look_for_and_quotes_too_many_are_said(index: Index) -> None:
    assert [texts.NOTHING] == [each.text for each in shown(index, "?!")]
    many = " and ".join(f"“zoo number {n} burnt”" for n in range(MOST_PASSAGES + 1))
    assert shown(index, many)[-1].text.endswith(texts.unchecked(1))


def test_a_source_too_long_for_one_message_comes_whole_in_several(index: Index) -> None:
    messages = shown(index, "boat number 17 of the harbour, boat number 18 of the port")
    found = verify(index, "boat number 17 of the harbour, boat number 18 of the port")

    assert_within_limits(messages)
    assert len(messages) > 2
    assert found.passages[0].parts[0].source.text == "".join(pieces(messages, "blockquote"))


def test_what_a_document_or_a_text_holds_acts_on_nothing_outside_the_quote(index: Index) -> None:
    messages = shown(index, "The \u202egauge\u2066 fell <i>again</i> & \u202esank 😀 at noon in Lindau.")

    assert "\u202egauge\u2066" in "".join(pieces(messages, "blockquote"))
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", "".join(map(outside, messages)))


TEXTS = st.one_of(
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=12).map(" ".join),
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=12).map(
        lambda some: " ".join(f"«{s}»" for s in some)
    ),
    st.sampled_from(HOSTILE),
    st.text(max_size=60),
)


@settings(max_examples=60)
@given(TEXTS, st.sampled_from(["", " not", " 7", "…", " [sic] "]), st.integers(0, 300))
def test_every_message_keeps_telegrams_limits_and_quotes_slices(
    index: Index, text: str, put: str, place: int
) -> None:
    text = (text[:place] + put + text[place:])[:4096]
    found = verify(index, text)
    messages = verified(found, Renderer("quoth_test_bot", index.sentence))

    assert_within_limits(messages)
    sources = [sendable(part.source.text) for each in found.passages for part in each.parts]
    assert "".join(sources) == "".join(pieces(messages, "blockquote"))


def test_a_terminal_says_the_same(index: Index) -> None:
    lines = [line.plain for line in lines_of(verify(index, FREE.replace("buses", "trucks")))]

    assert [texts.altered(1), f"❝ {FREE} ❞", "trucks → buses"] == lines[:3]
    assert re.search(r"¶2 · sentence 2 · [a-z2-7]{12}$", lines[-1])
