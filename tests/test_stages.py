"""One document through all stages: what it is about, what its rows are found by."""

import pytest

from index.model import Document, Metadata
from index.stages import Stages
from index.words import UNKNOWN_WORD, word_table


def document(text: str, title: str = "") -> Document:
    return Document("a", "a.txt", text, Metadata(title))


TOPICS = [
    # text, title, terms of the title, terms of the topic
    ("The tide rose. Boats fled.", "", set(), {"tide", "rose"}),
    ("The tide rose. Boats fled.", "The harbour", {"harbour"}, set()),
    ("Прилив закончился. Лодки ушли, и было поздно.", "", set(), {"прил", "законч"}),
]


@pytest.mark.parametrize(("text", "title", "given_terms", "topic"), TOPICS)
def test_a_document_without_a_title_is_about_its_first_sentence(
    text: str, title: str, given_terms: set[str], topic: set[str]
) -> None:
    analysed = Stages().analyse(document(text, title))
    assert bool(given_terms) == bool(analysed.title_terms)
    assert bool(topic) == bool(analysed.topic_terms)
    first = set(analysed.rows[0].terms)
    assert (first if topic else set()) == analysed.topic_terms
    if title:
        assert given_terms == {term.replace("harbor", "harbour") for term in analysed.title_terms}


def test_headings_before_the_first_sentence_are_part_of_the_beginning() -> None:
    stages, text = Stages(), "# Lindau\n\nThe tide rose.\n\nBoats fled.\n"
    analysed = stages.analyse(Document("a", "a.md", text, Metadata(), 0, markdown=True))
    assert {"lindau", "tide"} <= analysed.topic_terms
    assert not {"boat", "fled"} & analysed.topic_terms


def test_a_beginning_without_end_is_read_in_part() -> None:
    analysed = Stages().analyse(document("word " * 100_000 + "zubrowka."))
    assert {"word"} == analysed.topic_terms


def test_a_document_without_a_sentence_is_about_nothing() -> None:
    assert frozenset() == Stages().analyse(document("")).topic_terms


def test_each_term_has_its_words_number_and_none_in_a_language_without_a_table() -> None:
    stages, table = Stages(), word_table()
    [english] = stages.analyse(document("The boats of Zubrowka were safe in the harbour.")).rows
    assert len(english.terms) == len(english.words)
    expected = [table.number("boats"), UNKNOWN_WORD, table.number("safe"), table.number("harbour")]
    assert expected == list(english.words)
    [russian] = stages.analyse(document("Прилив поднялся в порту, и было поздно, но они не ушли.")).rows
    assert [UNKNOWN_WORD] * len(russian.terms) == list(russian.words)


def test_a_row_is_found_by_the_name_and_role_that_it_lacks() -> None:
    text = "Finance Minister Una Krell spoke to reporters. The market was closed. Krell left for the island."
    rows = Stages().analyse(document(text)).rows
    assert {"una", "financ", "minist"} == rows[2].names
    assert frozenset() == rows[1].names
