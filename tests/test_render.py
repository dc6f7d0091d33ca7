"""What Telegram is sent: every entity covers what it says, every limit holds, every quote is whole."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import Folder
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from telegram import MessageEntity

from bot import render
from bot.answer import Answer, Outcome, answer
from bot.buttons import Ask, Button, Example, Next, Paging, Press, Step, Widen, pressed
from bot.render import Message, Passage, Renderer
from bot.texts import en
from bot.texts import telegram as texts
from index.build import open_corpus
from index.model import Citation, Evidence, Hit, Kind, Reference, Sentence, Span
from index.search import Index

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
"""Hypothesis says so of an example with long texts, which are the point here."""

SEEDS = Path(__file__).parent.parent / "seeds"
ID = "abcdefghij27"
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\ufeff]")

# -- reading a message as Telegram does -------------------------------------------------------------------


def covered(message: Message, entity: MessageEntity) -> str:
    """What an entity covers, counted as Telegram counts. UnicodeDecodeError when it halves a pair."""
    raw = message.text.encode("utf-16-le")
    return raw[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")


def pieces(messages: Sequence[Message], kind: str) -> list[str]:
    return [
        covered(message, entity) for message in messages for entity in message.entities if entity.type == kind
    ]


def quotes(messages: Sequence[Message]) -> str:
    return "".join(pieces(messages, "blockquote"))


def outside(message: Message) -> str:
    """The text without its quotes."""
    raw, kept, end = message.text.encode("utf-16-le"), b"", 0
    for entity in message.entities:
        if entity.type == "blockquote":
            kept, end = kept + raw[end : 2 * entity.offset], 2 * (entity.offset + entity.length)
    return (kept + raw[end:]).decode("utf-16-le")


def buttons(messages: Sequence[Message]) -> list[Button]:
    return [button for message in messages for row in message.buttons for button in row]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def assert_within_limits(messages: Sequence[Message]) -> None:
    assert messages
    for message in messages:
        length = utf16(message.text)
        assert 1 <= length <= 4096
        assert len(message.entities) <= 100
        for entity in message.entities:
            assert 0 <= entity.offset < entity.offset + entity.length <= length
            assert covered(message, entity).strip() or entity.type in ("blockquote", "bold")
            assert (entity.url is not None) == (entity.type == "text_link")
            assert entity.url is None or re.fullmatch(r"https?://[\x21-\U0010ffff]{1,2041}", entity.url)
    for button in buttons(messages):
        assert button.text.strip()
        assert [button.data, button.copy, button.url].count(None) == 2
        assert 1 <= len((button.data or "x").encode()) <= 64
        assert 1 <= utf16(button.copy or "x") <= 256


def shown(text: str) -> str:
    """A quote with the three things that cannot be sent, written out without looking at render.py."""
    pictures = {chr(code): chr(0x2400 + code) for code in [*range(9), *range(14, 28)]}
    return "".join(
        "\ufffd"
        if "\ud800" <= each <= "\udfff"
        else "\n"
        if each in "\u2028\u2029"
        else pictures.get(each, each)
        for each in text
    )


# -- texts to try it on -----------------------------------------------------------------------------------

WHOLE = (
    "tide",
    "Lavrov",
    ".",
    "e\u0301",
    "😀",
    "👩\u200d👩\u200d👧",
    "👍🏽",
    "🇦🇿",
    "می\u200cخواهم",
    "漢字",
    "𝔘",
)
SPACES = (" ", "  ", "\r\n", "\n", "\t", "\u2028")
NASTY = ("\u202e", "\u2066", "\u2069", "\u200b", "\ufeff", "\x00", "\x1b", "\ud800", "\u0301")
ATOMS = st.sampled_from(WHOLE + SPACES + NASTY)
TEXTS = st.one_of(st.lists(ATOMS, max_size=12).map("".join), st.text(max_size=40))
SENTENCES = TEXTS.map(str.strip).filter(bool)
LONG = st.builds(lambda text, times: (text * times).strip(), SENTENCES, st.sampled_from([1, 2, 100, 700]))
LONG_TEXTS = st.builds(lambda text, times: text * times, TEXTS, st.sampled_from([1, 40, 300]))
URLS = st.one_of(
    st.none(),
    TEXTS,
    st.just("https://example.org/a?b=1#c"),
    LONG_TEXTS.map(lambda text: f"https://a.example/{text}"),
)


def sentence_at(text: str, start: int = 0, number: int = 7, **known: object) -> Sentence:
    citation = Citation("tides", "tides.md", "Tides", None, None, None, 5, 2, start, start + len(text))
    return Sentence(number, ID, Kind.SENTENCE, text, replace(citation, **known))  # type: ignore[arg-type]


NAMER = replace(sentence_at("Ann Lee spoke.", number=6, sentence=1), id="b" * 12)


def find(_: str) -> Sentence:
    return NAMER


RENDERER = Renderer("QuothBot", find)

LOADED = settings(suppress_health_check=[HealthCheck.too_slow])
"""On a loaded machine hypothesis finds long texts slow to make."""


@st.composite
def hits(draw: st.DrawFn, texts: st.SearchStrategy[str] = LONG) -> Hit:
    text = draw(texts)
    place = st.integers(0, len(text))
    spans = draw(st.lists(st.builds(lambda a, b: Span(min(a, b), max(a, b)), place, place), max_size=6))
    names = draw(st.lists(LONG_TEXTS, max_size=8))
    sentence = sentence_at(
        text,
        title=draw(LONG_TEXTS),
        file=draw(LONG_TEXTS),
        source=draw(st.none() | LONG_TEXTS),
        date=draw(st.none() | TEXTS),
        url=draw(URLS),
        page=draw(st.none() | st.integers(1, 10**6)),
    )
    evidence = Evidence(0.5, tuple(draw(st.lists(LONG_TEXTS, max_size=3))), False)
    references = tuple(Reference(0, min(3, len(text)), name, NAMER.id) for name in names)
    return Hit(sentence, 1.0, evidence, tuple(spans), references)


@st.composite
def answers(draw: st.DrawFn, texts: st.SearchStrategy[str] = LONG) -> Answer:
    outcome = draw(st.sampled_from(Outcome))
    found = tuple(draw(st.lists(hits(texts), min_size=1, max_size=3)))
    some = found[: draw(st.integers(1, 3))] if outcome is not Outcome.NONE else ()
    corrected = draw(st.none() | st.dictionaries(LONG_TEXTS, LONG_TEXTS, min_size=1, max_size=2))
    undated, suggestion = draw(st.integers(0, 10**6)), draw(st.none() | LONG_TEXTS)
    return Answer(draw(LONG_TEXTS), outcome, 0.5, some, found, corrected, undated, suggestion)


# -- properties -------------------------------------------------------------------------------------------


@given(answers(), st.none() | st.integers(0, 2**63 - 1))
@LOADED
def test_no_answer_exceeds_a_limit(found: Answer, row: int | None) -> None:
    assert_within_limits(RENDERER.answered(found, row))


@given(hits())
@LOADED
def test_no_receipt_exceeds_a_limit_and_each_holds_the_whole_quote(hit: Hit) -> None:
    messages = RENDERER.receipt(hit.sentence, hit.refers_to)
    assert_within_limits(messages)
    assert quotes(messages) == shown(hit.sentence.text)


@given(st.lists(LONG_TEXTS, max_size=5))
def test_no_greeting_exceeds_a_limit(questions: list[str]) -> None:
    message = render.greeting(questions)
    assert_within_limits([message])
    assert len(buttons([message])) <= 3


@pytest.mark.parametrize("length", [1, 1500, 3800, *range(3960, 4100, 3), 9000])
@pytest.mark.parametrize("long", ["", "😀" * 5000, "e\u0301" * 5000], ids=["short", "emoji", "accents"])
def test_a_message_holds_its_limits_when_all_that_can_be_long_is(length: int, long: str) -> None:
    url = f"https://example.org/{long}" if long else None
    sentence = sentence_at("x" * length, title=long, file=long, source=long or None, url=url)
    references = tuple(Reference(0, length, f"{number}{long}", NAMER.id) for number in range(60 * bool(long)))
    hit = Hit(sentence, 1.0, Evidence(0.3, (long or "Bern",), True), refers_to=references)
    found = Answer(long, Outcome.CLOSEST, 0.3, (hit,), (hit,), {long: long} if long else None, len(long))
    for messages in (RENDERER.answered(found, 1), RENDERER.receipt(sentence, references)):
        assert_within_limits(messages)
        assert "x" * length == quotes(messages)
        assert max(utf16(message.text) for message in messages) > min(length, 1500)


@given(answers())
@LOADED
def test_the_parts_of_a_quote_make_the_quote(found: Answer) -> None:
    assert quotes(RENDERER.answered(found)) == "".join(shown(hit.sentence.text) for hit in found.shown)


@given(hits())
@LOADED
def test_what_is_bold_is_what_matched(hit: Hit) -> None:
    text = hit.sentence.text
    matched = {place for span in hit.highlights for place in range(span.start, span.end)}
    bold = "".join(pieces(RENDERER.quoted(hit), "bold"))
    assert bold == shown("".join(text[place] for place in sorted(matched)))


@given(hits(SENTENCES))
@LOADED
def test_what_is_bold_stands_where_it_matched(hit: Hit) -> None:
    (message,) = RENDERER.quoted(hit)
    raw, text = message.text.encode("utf-16-le"), shown(hit.sentence.text)
    quote = next(entity.offset for entity in message.entities if entity.type == "blockquote")
    matched = {place for span in hit.highlights for place in range(span.start, span.end)}
    bold: set[int] = set()
    for entity in message.entities:
        if entity.type == "bold":
            before = raw[2 * quote : 2 * entity.offset].decode("utf-16-le")
            bold.update(range(len(before), len(before) + len(covered(message, entity))))
    assert bold == matched
    assert text == quotes([message])


def test_of_many_matches_each_message_marks_its_first_ninety() -> None:
    text = "ab " * 3000 + "ab."
    marks = tuple(Span(place, place + 1) for place in range(0, len(text), 3))
    for length, most in ((300, [90]), (len(text), [90, 90, 90])):
        messages = RENDERER.quoted(Hit(sentence_at(text[:length].strip()), 1.0, EVIDENCE, marks))
        assert most == [len(pieces([message], "bold")) for message in messages]
        assert {"a"} == {bold for message in messages for bold in pieces([message], "bold")}
        assert_within_limits(messages)


CUTS = [
    # a unit of text, what no part but the first may begin with, or end with
    ("word ", re.compile(r"[^ ]"), "a cut stands before white space"),
    ("e\u0301\u0302", re.compile("[\u0301\u0302]"), "not between a letter and its marks"),
    ("👩\u200d👧", re.compile("[\u200d👧]"), "not inside a family"),
    ("👍🏽", re.compile("🏽"), "not between a hand and its colour"),
    ("x🇦🇿🇦🇲", re.compile("🇿|🇲"), "not inside a flag"),
    ("\r\n", re.compile("\n"), "not inside a line break"),
]


@pytest.mark.parametrize(("unit", "wrong", "why"), CUTS, ids=[why for *_, why in CUTS])
def test_where_a_long_quote_is_cut(unit: str, wrong: re.Pattern[str], why: str) -> None:
    for lead in ("a", "ab", "abc", "abcd", "abcde", "abcdef"):
        text = lead + unit * 3000 + "."
        parts = pieces(RENDERER.quoted(Hit(sentence_at(text), 1.0, EVIDENCE)), "blockquote")
        assert len(parts) > 1
        assert "".join(parts) == text
        assert not [part[0] for part in parts[1:] if wrong.match(part)], why


EVIDENCE = Evidence(1.0, (), False)


@given(answers())
@LOADED
def test_nothing_outside_a_quote_turns_the_direction_of_text(found: Answer) -> None:
    misspelt = replace(found, suggestion="what\u202e did Lavrov\u200b propose?")
    for message in RENDERER.answered(misspelt, 1):
        assert not BIDI.search(outside(message))
        for button in buttons([message]):
            assert not BIDI.search(button.text + (button.data or ""))
            for hit in found.hits:
                quote = f"“{shown(hit.sentence.text)}”\n"
                if button.copy and button.copy.startswith(quote):
                    assert not BIDI.search(button.copy.removeprefix(quote))
                    break
            else:
                assert not BIDI.search(button.copy or "")


@given(hits())
@LOADED
def test_a_line_break_ends_every_quote(hit: Hit) -> None:
    for message in RENDERER.quoted(hit):
        (quote,) = (entity for entity in message.entities if entity.type == "blockquote")
        raw = message.text.encode("utf-16-le")
        assert raw[2 * (quote.offset + quote.length) :].decode("utf-16-le").startswith("\n")


@given(hits(SENTENCES))
@LOADED
def test_copy_takes_the_quote_along_exactly_where_all_of_it_fits(hit: Hit) -> None:
    (copied,) = (button.copy for button in buttons(RENDERER.quoted(hit)) if button.copy)
    quote = f"“{shown(hit.sentence.text)}”\n— "
    assert copied.endswith(f"\nhttps://t.me/QuothBot?start=q_{ID}")
    assert copied.startswith(quote) == (utf16(quote + copied.removeprefix(quote)) <= 256)
    assert "¶5 · sentence 2\n" in copied, "the place is never cut away"


PRESSES = st.one_of(
    st.builds(Widen, st.from_regex(r"[a-z2-7]{12}", fullmatch=True), st.sampled_from(Step)),
    st.builds(Next, st.integers(0, 2**63 - 1), st.integers(0, 10**9 - 1)),
    st.builds(Example.of, st.text()),
    st.builds(Ask, st.text().filter(lambda text: any(map(str.isalnum, text)))),
)


@given(PRESSES)
def test_a_press_comes_back_as_it_was_sent(press: Press) -> None:
    assert press == pressed(str(press))


@given(st.text() | st.text(alphabet="cnea:0123p\n٣"))
@example("c:abcdefghij27:2")
@example("n:1:٣")
@example("a:")
def test_only_our_own_data_is_understood(data: str) -> None:
    press = pressed(data)
    assert press is None or str(press) == data


def words_of_link(url: str) -> list[str]:
    return [unquote(part) for part in url.split(":~:text=")[1].split(",")]


LINES = st.lists(
    st.text(st.sampled_from("abc-,&%é漢😀#:~.'"), min_size=1, max_size=60), min_size=1, max_size=40
).map(" ".join)


@given(LINES)
def test_a_source_with_an_address_is_linked_at_the_quote(line: str) -> None:
    link = publisher_link(line.replace(" ", "\r\n"), "https://example.org/a?b=1")
    assert re.fullmatch(r"[A-Za-z0-9_.~%]+(,[A-Za-z0-9_.~%]+)?", link.split(":~:text=")[1])
    found = words_of_link(link)
    assert line.startswith(found[0])
    assert line.endswith(found[-1])
    assert len(found) == 2 or found == [line]


def test_a_quote_of_which_nothing_can_be_seen_is_linked_without_a_mark() -> None:
    assert publisher_link("\u2066\u2069", "https://example.org/a") == "https://example.org/a"


def publisher_link(text: str, url: str) -> str:
    (link,) = [
        entity.url
        for message in RENDERER.quoted(Hit(sentence_at(text, url=url), 1.0, EVIDENCE))
        for entity in message.entities
        if entity.url
    ]
    return link


PERMALINK = f"https://t.me/QuothBot?start=q_{ID}"
SHORT = "A-b, c & d."
LINKS = [
    # a document's address, where its quotes are linked
    ("https://example.org/a", "https://example.org/a#:~:text=A%2Db%2C%20c%20%26%20d."),
    ("https://example.org/a#top", "https://example.org/a#top:~:text=A%2Db%2C%20c%20%26%20d."),
    ("https://example.org/a#:~:text=x", "https://example.org/a#:~:text=x"),
    ("HTTP://EXAMPLE.ORG", "HTTP://EXAMPLE.ORG#:~:text=A%2Db%2C%20c%20%26%20d."),
    ("javascript:alert(1)", PERMALINK),
    ("tg://resolve?domain=x", PERMALINK),
    ("https://example.org/a b", PERMALINK),
    ("https://example.org/\u202ea", PERMALINK),
    ("https://localhost", PERMALINK),
    ("https://example.org/" + "a" * 3000, PERMALINK),
    ("", PERMALINK),
]


@pytest.mark.parametrize(("url", "link"), LINKS)
def test_where_a_citation_leads(url: str, link: str) -> None:
    assert link == publisher_link(SHORT, url)


def test_a_long_quote_is_named_by_its_two_ends() -> None:
    text = "One two, three-four five six seven eight nine ten eleven & twelve."
    assert words_of_link(publisher_link(text, "https://example.org")) == [
        "One two, three-four five six",
        "nine ten eleven & twelve.",
    ]


# -- context ----------------------------------------------------------------------------------------------


def further(passage: Passage, step: Step) -> Passage:
    """The passage as it is where the next step shows more."""
    following = {Step.QUOTE: Step.ONE, Step.ONE: Step.THREE, Step.THREE: Step.PARAGRAPH}
    return replace(passage, further=following.get(step))


@st.composite
def passages(draw: st.DrawFn) -> tuple[Passage, list[bool]]:
    """A passage over a generated document, and whether white space alone stands after each sentence."""
    texts = draw(st.lists(st.one_of(SENTENCES, LONG), min_size=1, max_size=9))
    gaps = draw(
        st.lists(
            st.sampled_from([" ", "\r\n", "", "\n\n \t", "\n# Heading\n", " " * 5000]),
            min_size=len(texts),
            max_size=len(texts),
        )
    )
    document, sentences = "", []
    for number, (text, gap) in enumerate(zip(texts, gaps, strict=True)):
        sentences.append(replace(sentence_at(text, len(document), number), id=f"{number}"))
        document += text + gap
    at = draw(st.integers(0, len(texts) - 1))
    sentences[at] = replace(sentences[at], id=ID)
    passage = Passage(document, tuple(sentences[:at]), sentences[at], tuple(sentences[at + 1 :]))
    return passage, [not gap.strip() for gap in gaps]


@given(passages(), st.sampled_from(Step))
@settings(LOADED, max_examples=300)
def test_context_is_a_slice_of_the_document_around_the_quote(
    given_passage: tuple[Passage, list[bool]], step: Step
) -> None:
    passage, plain_gaps = given_passage
    messages = RENDERER.context(passage, step)
    assert_within_limits(messages)
    everything = [*passage.before, passage.sentence, *passage.after]
    at, stretches = len(passage.before), pieces(messages, "blockquote")
    if len(messages) > 1:
        assert "".join(stretches) == shown(passage.sentence.text)
        return
    for first in range(at, -1, -1):
        for last in range(at, len(everything)):
            if stretches == [
                shown(each) for each in slices(passage.text, everything, plain_gaps, first, last)
            ]:
                if first < last:
                    assert pieces(messages, "bold") == [shown(passage.sentence.text)]
                return
    pytest.fail(f"not a slice of the document: {stretches}")


def slices(
    text: str, sentences: Sequence[Sentence], plain_gaps: Sequence[bool], first: int, last: int
) -> Iterator[str]:
    start = sentences[first].citation.start
    for number in range(first, last + 1):
        if number == last or not plain_gaps[number]:
            yield text[start : sentences[number].citation.end]
            start = sentences[min(number + 1, last)].citation.start


def harbour(before: int, after: int, length: int = 20, gap: str = "\r\n") -> Passage:
    """Sentences of one length, numbered, so that what is shown can be counted."""
    texts = [f"S{number:03}".ljust(length - 1, "x") + "." for number in range(before + 1 + after)]
    starts = [number * (length + len(gap)) for number in range(len(texts))]
    made = [
        sentence_at(text, start, number)
        for number, (text, start) in enumerate(zip(texts, starts, strict=True))
    ]
    return Passage(gap.join(texts), tuple(made[:before]), made[before], tuple(made[before + 1 :]))


# "\n📄 Tides · ¶5 · sentence 2" takes 27 units, which leaves the quotes 4,069; 2 stand between sentences.
WINDOWS = [
    # sentences before, after, their length; shown before, after
    (1, 1, 20, 1, 1),
    (3, 3, 20, 3, 3),
    (0, 3, 20, 0, 3),
    (1, 1, 1355, 1, 1),  # 3 × 1,355 + 2 × 2 = 4,069
    (1, 1, 1356, 1, 0),
    (3, 3, 1015, 2, 1),  # 4 × 1,015 + 3 × 2 = 4,066
    (3, 3, 1016, 1, 1),  # 4 × 1,016 + 3 × 2 = 4,070
    (5, 0, 1016, 2, 0),
    (3, 3, 3000, 0, 0),
]


@pytest.mark.parametrize(("before", "after", "length", "shown_before", "shown_after"), WINDOWS)
def test_context_is_shortened_from_the_outside_by_whole_sentences(
    before: int, after: int, length: int, shown_before: int, shown_after: int
) -> None:
    passage = harbour(before, after, length)
    messages = RENDERER.context(further(passage, Step.THREE), Step.THREE)
    expected = range(before - shown_before, before + 1 + shown_after)
    assert re.findall(r"S(\d\d\d)", quotes(messages)) == [f"{number:03}" for number in expected]
    more = [button.text for button in buttons(messages) if button.text == texts.MORE]
    assert bool(more) == (shown_before + shown_after == before + after), "what does not fit cannot be widened"


def test_the_white_space_of_the_document_stays_as_it_is() -> None:
    (message,) = RENDERER.context(harbour(1, 1, gap="\r\n \t\n"), Step.ONE)
    assert quotes([message]) == harbour(1, 1, gap="\r\n \t\n").text


def test_what_cannot_be_quoted_is_left_out_of_context_and_said_to_be() -> None:
    passage = harbour(1, 1, gap="\n# Heading\n")
    (message,) = RENDERER.context(passage, Step.ONE)
    assert [each.text for each in (*passage.before, passage.sentence, *passage.after)] == pieces(
        [message], "blockquote"
    )
    assert outside(message).startswith(f"\n{texts.GAP}\n\n{texts.GAP}\n\n📄")
    assert "Heading" not in message.text


def test_a_paragraph_of_many_stretches_stays_within_the_entities() -> None:
    assert_within_limits(RENDERER.context(harbour(300, 300, 5, "|"), Step.PARAGRAPH))


# -- buttons ----------------------------------------------------------------------------------------------


def labels(message: Message) -> list[list[str]]:
    return [[button.text for button in row] for row in message.buttons]


def data(message: Message) -> list[str]:
    return [button.data for button in buttons([message]) if button.data]


STEPS = [
    (Step.QUOTE, [f"c:{ID}:1"]),
    (Step.ONE, [f"c:{ID}:3", f"c:{ID}:0"]),
    (Step.THREE, [f"c:{ID}:p", f"c:{ID}:0"]),
    (Step.PARAGRAPH, [f"c:{ID}:0"]),
]


@pytest.mark.parametrize(("step", "expected"), STEPS)
def test_context_widens_step_by_step_and_leads_back(step: Step, expected: list[str]) -> None:
    passage = harbour(1, 1) if step is not Step.QUOTE else harbour(0, 0)
    (message,) = RENDERER.context(further(passage, step), step)
    assert expected == data(message)


PAGES = [
    (Paging(12, 0, 7), "2/7 ▸", "n:12:1"),
    (Paging(12, 5, 7), "7/7 ▸", "n:12:6"),
    (Paging(12, 6, 7), "1/7 ↺", "n:12:0"),
]


@pytest.mark.parametrize(("paging", "label", "press"), PAGES)
def test_next_shows_where_it_leads(paging: Paging, label: str, press: str) -> None:
    (message,) = RENDERER.quoted(Hit(sentence_at("It rose."), 1.0, EVIDENCE), paging)
    assert [[texts.CONTEXT, label], [texts.COPY]] == labels(message)
    assert press in data(message)


def test_a_single_hit_has_no_next() -> None:
    (message,) = RENDERER.quoted(Hit(sentence_at("It rose."), 1.0, EVIDENCE), Paging(12, 0, 1))
    assert [[texts.CONTEXT], [texts.COPY]] == labels(message)


def test_a_quote_in_several_messages_has_its_buttons_under_the_last_and_no_context() -> None:
    messages = RENDERER.quoted(Hit(sentence_at("tide " * 2000 + "."), 1.0, EVIDENCE), Paging(1, 0, 2))
    assert [[]] * (len(messages) - 1) + [[["2/2 ▸"], [texts.COPY]]] == [labels(each) for each in messages]


def test_of_several_quotes_the_last_has_next_and_each_its_citation() -> None:
    found = tuple(Hit(sentence_at(f"Tide {n} rose."), 1.0, EVIDENCE) for n in range(4))
    remarked = Answer("tide?", Outcome.ANSWER, 1.0, found[:3], found, {"tyde": "tide"})
    messages = RENDERER.answered(remarked, row=5)
    assert ["", "", en.corrected({"tyde": "tide"})] == [
        "".join(pieces([each], "italic")) for each in messages
    ]
    assert [[], [], ["n:5:3"]] == [[each for each in data(message) if each[0] == "n"] for message in messages]
    assert len(pieces(messages, "text_link")) == 3


def test_an_example_that_fits_is_asked_as_it_is_and_a_longer_one_by_its_checksum() -> None:
    fits, longer = "Ж" * 31, "Ж" * 31 + "x"
    assert [f"a:{fits}", str(Example.of(longer))] == data(render.greeting([fits, "???", longer]))


# -- speed ------------------------------------------------------------------------------------------------

FLOODS = ["🇦🇿", "\u0301", "word ", "\n", "漢", "👩\u200d", "a" * 3999 + " "]


@pytest.mark.parametrize("unit", FLOODS, ids=[ascii(unit)[1:13] for unit in FLOODS])
def test_no_quote_takes_long_to_cut(unit: str) -> None:
    text = "x" + unit * (300_000 // len(unit)) + "."
    marks = tuple(Span(place, place + 1) for place in range(0, 300_000, 10))
    started = time.process_time()
    messages = RENDERER.quoted(Hit(sentence_at(text), 1.0, EVIDENCE, marks))
    assert time.process_time() - started < 2
    assert quotes(messages) == text


# -- over a real index ------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["Lavrov", "harbour", "offered", "he", "the", "😀", "Élan", "e\u0301t\u00e9", "𝔘ber", "\u2066x", "1,5"]
)
DOCUMENTS = st.lists(
    st.lists(WORDS, min_size=1, max_size=9).map(lambda words: "The " + " ".join(words) + "."),
    min_size=1,
    max_size=8,
)


@given(DOCUMENTS, st.sampled_from([" ", "\r\n", "\n\n"]), st.lists(WORDS, min_size=1, max_size=4))
@settings(max_examples=25)
def test_for_any_document_and_question_every_entity_covers_what_it_says(
    sentences: list[str], gap: str, asked: list[str]
) -> None:
    with Folder({"a.txt": gap.join(sentences)}) as folder, folder.open() as index:
        renderer, found = Renderer("QuothBot", index.sentence), index.search(" ".join(asked))
        assert_within_limits(renderer.answered(answer(found), row=1))
        for hit in found.hits:
            messages, text = renderer.quoted(hit), hit.sentence.text
            assert quotes(messages) == text
            assert pieces(messages, "bold") == [
                text[span.start : span.end] for span in sorted(set(hit.highlights))
            ]
            document = index.document(hit.sentence.citation.document)
            assert document
            before, after = index.neighbours(hit.sentence, 3)
            (around,) = renderer.context(Passage(document.text, before, hit.sentence, after), Step.THREE)
            assert all(stretch in document.text for stretch in pieces([around], "blockquote"))
            assert all(each.text in quotes([around]) for each in (*before, hit.sentence, *after))


# -- whole messages ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with open_corpus(SEEDS, tmp_path_factory.mktemp("seed")) as index:
        yield index


def drawn(message: Message) -> str:
    """A drawing: ``|`` before a quote's lines, ``*bold*``, ``_italic_``, ``<link>``, [button]."""
    signs = {"bold": "**", "italic": "__", "text_link": "<>", "code": "``"}
    cuts: list[tuple[int, int, str]] = []
    for entity in message.entities:
        end = entity.offset + entity.length
        if entity.type == "blockquote":
            breaks = [place for place in range(entity.offset, end) if unit(message, place) == "\n"]
            cuts += [(place, 0, "| ") for place in (entity.offset, *(place + 1 for place in breaks))]
        else:
            cuts += [(entity.offset, 1, signs[entity.type][0]), (end, -1, signs[entity.type][1])]
    raw, text, end = message.text.encode("utf-16-le"), "", 0
    for place, _, sign in sorted(cuts):
        text, end = text + raw[2 * end : 2 * place].decode("utf-16-le") + sign, place
    rows = [" ".join(f"[{button.text}]" for button in row) for row in message.buttons]
    return "\n".join([text + raw[2 * end :].decode("utf-16-le"), *rows])


def unit(message: Message, place: int) -> str:
    return message.text.encode("utf-16-le")[2 * place : 2 * place + 2].decode("utf-16-le", "replace")


QUOTE = (
    "He noted that Moscow {}offered{} Baku and Yerevan the following mechanism: Russian peacekeepers should "
    "have the authority under a trilateral agreement to control traffic along the Lachin corridor, including "
    "checking vehicles for the absence of prohibited non-humanitarian, non-civilian goods."
)
PROPOSED = "what did Lavrov propose?"


def best(index: Index) -> Hit:
    return index.search(PROPOSED).hits[0]


def around(index: Index, n: int) -> Passage:
    sentence = best(index).sentence
    document = index.document(sentence.citation.document)
    assert document
    before, after = index.neighbours(sentence, n)
    return Passage(document.text, before, sentence, after, index.references(sentence))


SEED_MESSAGES: list[tuple[str, Callable[[Renderer, Index], Sequence[Message]], str]] = [
    (
        "the answer",
        lambda renderer, index: renderer.answered(answer(index.search(PROPOSED)), row=3),
        f"""\
| {QUOTE.format("*", "*")}
He = Sergei Lavrov (sentence before)
📄 <BAKU, Jan 24 · ¶5 · sentence 2>
[⬍ Context] [2/3 ▸]
[🔗 Copy citation]""",
    ),
    (
        "a passage that may not answer",
        lambda renderer, index: renderer.answered(
            replace(
                answer(index.search(PROPOSED)),
                question="Did Lavrov propose a treaty in Bern?",
                outcome=Outcome.CLOSEST,
                shown=(replace(best(index), evidence=Evidence(0.3, ("treaty", "Bern"), True)),),
                corrected={"Lavorv": "Lavrov"},
                undated_left_out=2,
            )
        ),
        f"""\
The closest passage; it may not answer this.
It does not mention “treaty”, “Bern”.
| {QUOTE.format("*", "*")}
He = Sergei Lavrov (sentence before)
📄 <BAKU, Jan 24 · ¶5 · sentence 2>
_Showing results for “Lavrov” (you typed “Lavorv”)._
_2 documents without a date left out._
[⬍ Context]
[🔗 Copy citation]""",
    ),
    (
        "its context: the antecedent stands in it and needs no note",
        lambda renderer, index: renderer.context(
            further(around(index, 1), Step.ONE), Step.ONE, Paging(3, 1, 2)
        ),
        f"""\
| Russian Foreign Minister Sergei Lavrov said on January 18 that the issue of the Lachin corridor in \
Nagorno-Karabakh could be resolved in the near future. *{QUOTE.format("", "")}*
📄 <BAKU, Jan 24 · ¶5 · sentence 2>
[⬍ More] [⬆ Less] [1/2 ↺]
[🔗 Copy citation]""",
    ),
    (
        "back from its context",
        lambda renderer, index: renderer.context(further(around(index, 0), Step.QUOTE), Step.QUOTE),
        f"""\
| {QUOTE.format("", "")}
He = Sergei Lavrov (sentence before)
📄 <BAKU, Jan 24 · ¶5 · sentence 2>
[⬍ Context]
[🔗 Copy citation]""",
    ),
    (
        "its receipt",
        lambda renderer, index: renderer.receipt(best(index).sentence, best(index).refers_to),
        f"""\
| {QUOTE.format("", "")}
He = Sergei Lavrov (sentence before)
📄 <BAKU, Jan 24 · ¶5 · sentence 2>
File: `000_c44beefa5c734ab3.txt`
Characters: 1845–2133 of the stored text
Quote: `zo3panbd5xxb`
[⬍ Context]
[🔗 Copy citation]""",
    ),
    (
        "nothing found, with a better spelling",
        lambda renderer, _: renderer.answered(
            Answer("lavorv?", Outcome.NONE, 0.0, (), (), suggestion="lavrov?")
        ),
        f"""\
{en.NOTHING_FOUND}
Did you mean “lavrov?”?
[lavrov?]""",
    ),
    (
        "nothing to search for",
        lambda renderer, _: renderer.answered(Answer("?!", Outcome.NONE, 0.0, (), ())),
        en.NOTHING_TO_SEARCH,
    ),
    (
        "the greeting",
        lambda *_: [render.greeting([PROPOSED, "How many vehicles passed?"])],
        f"""\
{texts.START}

For example:
[what did Lavrov propose?]
[How many vehicles passed?]""",
    ),
    ("a greeting without examples", lambda *_: [render.greeting()], texts.START),
]


@pytest.mark.parametrize(
    ("made", "expected"), [row[1:] for row in SEED_MESSAGES], ids=[row[0] for row in SEED_MESSAGES]
)
def test_whole_messages_for_the_seed_question(
    made: Callable[[Renderer, Index], Sequence[Message]], expected: str, seed: Index
) -> None:
    (message,) = made(Renderer("QuothBot", seed.sentence), seed)
    assert expected == drawn(message)


def test_copy_takes_a_short_quote_along() -> None:
    hit = Hit(sentence_at("It rose.", source="Reuters", date="2023-01-24"), 1.0, EVIDENCE)
    copied = [button.copy for button in buttons(RENDERER.quoted(hit)) if button.copy]
    assert copied == [f"“It rose.”\n— Tides · Reuters · 2023-01-24 · ¶5 · sentence 2\n{PERMALINK}"]


SAID = [en.GREETING, en.THANKS, texts.HELP, texts.EXPIRED, texts.FAILED, texts.NO_LONGER, texts.reading(40)]


@pytest.mark.parametrize("words", SAID)
def test_what_the_bot_says_itself_fits_as_it_is(words: str) -> None:
    assert Message(words) == render.plain(words)
    assert_within_limits([render.plain(words)])
