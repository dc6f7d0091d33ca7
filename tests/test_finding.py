"""A question that quotes something: held to its words, or answered by the closest without them."""

from collections.abc import Iterator

import pytest
from conftest import Folder

from bot.answer import Outcome
from bot.finding import answered
from index.search import Index

TIDES = (
    "The novel War and Tides was printed in Lindau. It is sold in nine countries. "
    "The author of the novel about tides is Klara Voss. "
    "A war of words about the tides went on for years."
)


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with Folder({"tides.txt": TIDES}) as folder, folder.open() as opened:
        yield opened


HELD = [
    'where was "War and Tides" printed?',
    'where was "the novel" printed?',
    "where was “war and tides” printed?",
]


@pytest.mark.parametrize("question", HELD)
def test_a_sentence_that_holds_the_phrase_answers(index: Index, question: str) -> None:
    found = answered(index, question)
    assert (Outcome.ANSWER, ()) == (found.outcome, found.within.unheld)
    assert "The novel War and Tides was printed in Lindau." == found.shown[0].sentence.text
    assert all(found.within.filters.phrases[0].lower() in hit.sentence.text.lower() for hit in found.hits)


UNHELD = [
    ('where was the novel "War and a Tide" printed?', "War and a Tide"),
    ('"where was the novel War and Tides printed?"', "where was the novel War and Tides printed?"),
]


@pytest.mark.parametrize(("question", "phrase"), UNHELD)
def test_where_no_sentence_holds_the_phrase_the_closest_without_it_is_shown(
    index: Index, question: str, phrase: str
) -> None:
    found = answered(index, question)
    assert (Outcome.CLOSEST, (phrase,)) == (found.outcome, found.within.unheld)
    assert "The novel War and Tides was printed in Lindau." == found.shown[0].sentence.text


def test_where_nothing_is_found_without_the_marks_either_nothing_is_shown(index: Index) -> None:
    found = answered(index, 'who eats "fried zebras"?')
    assert (Outcome.NONE, (), ()) == (found.outcome, found.shown, found.within.unheld)


def test_a_plain_question_is_searched_once(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Index, "search_unquoted", None)
    assert Outcome.NONE is answered(index, "who eats fried zebras?").outcome
    assert Outcome.NONE is answered(index, "?!").outcome


def test_each_of_several_quotes_shown_has_its_highlights_and_neighbours() -> None:
    said = (
        "It was a long week. Klara Voss left Lindau on Monday. It rained. "
        "Ivo Brandl left Lindau on Monday. The pier was closed."
    )
    with Folder({"left.txt": said}) as folder, folder.open() as index:
        whole, brief = (answered(index, "who left Lindau on Monday?", detailed=n) for n in (None, 1))
    assert len(whole.shown) == 2
    assert brief.shown == whole.shown
    assert all(hit.highlights and hit.before + hit.after for hit in brief.shown)
