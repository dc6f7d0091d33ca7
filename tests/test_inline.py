"""The real ``quoth run`` in inline mode: lists while one types, what is posted, and Context below it."""

import time
from collections.abc import Iterator

import pytest
from home import LOG, SURVEYED, WOOL, YEAST, Home, serving, until
from standin import Chat
from standin.inline import posted, pressed, typed

from bot.cards import PAGE
from bot.outbox import INLINE_CACHED
from bot.texts import telegram as texts


@pytest.fixture(scope="module")
def service() -> Iterator[Home]:
    """One bot for all of them."""
    with serving(supports_inline_queries=True) as made:
        yield made


@pytest.fixture
def ann(service: Home) -> Chat:
    return service.telegram.private("Ann")


def test_words_list_quotes_with_title_place_and_preview_and_one_is_posted_whole(ann: Chat) -> None:
    query = typed(ann, "who surveyed the pier?")
    first = query.results[0]
    assert first["title"].startswith("Harbour of Lindau")
    assert first["description"].startswith(SURVEYED)
    assert "sentence 1" in first["description"]
    assert query.answer is not None
    assert query.answer.parameters["cache_time"] <= INLINE_CACHED == 10
    assert query.answer.parameters["is_personal"] is False
    message = posted(query).shown
    assert message.covered("blockquote") == [SURVEYED]
    assert "Harbour of Lindau · Lake Gazette · 1871-05-02" in message.text


def test_context_works_below_what_was_posted_also_after_a_kill(service: Home, ann: Chat) -> None:
    inlined = posted(typed(ann, "which barge carried wool?"))
    service.run()
    pressed(inlined, texts.CONTEXT, timeout=20)
    until(lambda: inlined.shown.version)
    assert inlined.shown.covered("bold") == [WOOL]
    assert LOG[5] in inlined.shown.text
    pressed(inlined, texts.LESS)
    until(lambda: inlined.shown.version > 1)
    assert inlined.shown.covered("blockquote") == [WOOL]


def test_lists_go_on_by_pages_without_repeating_anything(ann: Chat) -> None:
    query = typed(ann, "barge barrels quay")
    assert query.answer is not None
    seen = [result["id"] for result in query.results]
    assert len(seen) == PAGE
    following = query.answer.parameters["next_offset"]
    while following:
        more = typed(ann, "barge barrels quay", following)
        assert more.answer is not None
        seen += [result["id"] for result in more.results]
        following = more.answer.parameters["next_offset"]
    assert len(seen) == len(set(seen)) > PAGE
    for offset in ("99", "-1", "x", "1" * 60):
        assert typed(ann, "barge barrels quay", offset).answer is not None


def test_nothing_found_offers_the_private_chat(ann: Chat) -> None:
    for text in ("zebra xylophone", "???", "😀"):
        query = typed(ann, text)
        assert query.answer is not None
        assert query.results == []
        button = query.answer.parameters["button"]
        assert button["text"] == texts.INLINE_NOTHING
        ann.start(button["start_parameter"])
        assert ann.wait_message().text.startswith(texts.START)


def test_no_words_show_how_and_ones_own_recent_quotes(service: Home, ann: Chat) -> None:
    ben = service.telegram.private("Ben")
    service.ask(ann, "what raises dough?")
    service.ask(ann, "who surveyed the pier?")
    query = typed(ann, " ")
    assert query.answer is not None
    assert query.answer.parameters["button"]["text"] == texts.INLINE_HOW
    assert (query.answer.parameters["is_personal"], query.answer.parameters["cache_time"]) == (True, 0)
    quotes = [result["description"] for result in query.results]
    assert [SURVEYED, YEAST] == [quote.rpartition(" · ¶")[0] for quote in quotes]
    assert typed(ben, "").results == []


def test_what_is_overtaken_while_typing_is_dropped_and_the_last_is_answered(service: Home, ann: Chat) -> None:
    words = "who surveyed the pier"
    queries = [typed(ann, words[:end], timeout=None) for end in range(4, len(words) + 1)]
    until(lambda: queries[-1].answer)
    assert queries[-1].results[0]["description"].startswith(SURVEYED)
    service.still_answers()
    time.sleep(0.1)
    answered = [query for query in queries if query.answer]
    assert len(answered) < len(queries), "all at once, most are overtaken"


def test_an_inline_query_is_not_stored_and_not_answered_after_a_restart(service: Home, ann: Chat) -> None:
    service.kill()
    query = typed(ann, "who surveyed the pier?", timeout=None)
    query.time -= 11
    service.run()
    service.still_answers()
    assert query.answer is None
    assert service.process is not None
    assert service.process.poll() is None


def test_hostile_presses_and_queries_harm_nothing(service: Home, ann: Chat) -> None:
    inlined = posted(typed(ann, "who surveyed the pier?"))
    for data in ("c:aaaaaaaaaaaa:1", "c:x", "n:1:1", "u:1", "\ud83d", "a:who?"):
        inlined.shown.keyboard[0][0]["callback_data"] = data
        service.telegram.emit(
            "callback_query",
            {
                "id": (query := service.telegram.pressed(ann)),
                "from": ann.user,
                "inline_message_id": inlined.id,
                "chat_instance": "1",
                "data": data,
            },
        )
        assert ann.wait_answered(query).parameters["text"] in {texts.EXPIRED, texts.NO_LONGER}
    assert inlined.shown.version == 0
    for text in ("\u202e" * 200, "a" * 256, "/start", "@quoth_test_bot", '"'):
        assert typed(ann, text).answer is not None
