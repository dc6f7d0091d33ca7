"""Which kind of answer is asked for, and what looks like one."""

import time

import pytest

from index.expectation import (
    Wanted,
    counts_alike,
    counts_the_like,
    lacks,
    lacks_future,
    lacks_place,
    wanted,
)

ASKED = [
    ("How much did the bridge cost?", Wanted.MONEY),
    ("how much is a ticket to the island", Wanted.MONEY),
    ("What is the estimated value of the hoard?", Wanted.MONEY),
    ("сколько стоит билет", Wanted.MONEY),
    ("How old is the ferry?", Wanted.AGE),
    ("How long did the strike last?", Wanted.DURATION),
    ("how deep is the lake", Wanted.SIZE),
    ("What percentage of the votes was counted?", Wanted.SHARE),
    ("How many divers searched the wreck?", Wanted.COUNT),
    ("When will the bridge open?", Wanted.DATE),
    ("in which year did it sink", Wanted.DATE),
    ("Who found the wreck?", Wanted.PERSON),
    ("кто нашёл корабль", Wanted.PERSON),
    ("What is the name of the captain?", Wanted.NAME),
    ("What did the mayor promise?", None),
    ("Why was the pier closed?", None),
]


@pytest.mark.parametrize(("question", "kind"), ASKED)
def test_a_question_asks_for_one_kind_of_answer(question: str, kind: Wanted | None) -> None:
    assert kind is wanted(question)


LACKING = [
    # question, sentence, whether it lacks an answer of the kind
    ("How much did the bridge cost?", "The bridge cost 40 million euros.", False),
    ("How much did the bridge cost?", "The bridge has 40 arches.", True),
    ("How much did the bridge of 40 euros cost?", "It was 40 euros.", True),
    ("How much is the ticket?", "Children travel free.", False),
    ("How old is Ines Duarte?", "Ines Duarte, 61, has steered it for years.", False),
    ("How old is Ines Duarte?", "Ines Duarte won 45 races.", True),
    ("How long did the strike last?", "The dockers returned after nine days.", False),
    ("How long did the strike last?", "It went on from Monday to Friday.", False),
    ("How long did the strike last?", "The strike was about 38 dockers.", True),
    ("How deep is the lake?", "The lake is 93 metres deep.", False),
    ("How deep is the lake?", "The lake was mapped in 1893.", True),
    ("What percentage was counted?", "A third was counted.", False),
    ("What percentage was counted?", "All votes will be counted.", True),
    ("When will the bridge open?", "It opens on 3 May.", False),
    ("When will the bridge open?", "It may open soon.", True),
    ("When did the bridge of 1893 open?", "It was opened in 1893.", True),
    ("Who found the wreck?", "Divers led by Ivo Kralj found it.", False),
    ("Who found the wreck of the Morena?", "The Morena was found on Monday in Zadar.", True),
    ("Who found the wreck?", "The National Council found no wreck.", True),
    ("Who found the wreck?", "Nobody knows.", True),
    ("What is the name of the captain?", "The captain, called Ivo, left.", False),
    ("What is the name of the captain?", "The captain, a citizen of Georgia, left.", True),
    ("What did they find?", "Nothing.", False),
]


@pytest.mark.parametrize(("question", "text", "expected"), LACKING)
def test_an_answer_looks_like_its_kind_and_is_new(question: str, text: str, expected: bool) -> None:
    assert expected is lacks(wanted(question), question, text)


def test_a_pronoun_stands_for_somebody_but_not_for_who_is_asked_about() -> None:
    question, text = "Who replaces Kralj?", "He said that he would go."
    assert not lacks(Wanted.PERSON, question, text, ("Ana Babic",))
    assert lacks(Wanted.PERSON, question, text, ("Ivo Kralj",))


COUNTED = [
    ("How many children were aboard?", "The bus had 40 young pupils aboard.", True),
    ("How many children were aboard?", "The bus had 40 seats.", False),
    ("How many children were aboard?", "There were pupils aboard, and 40 seats.", False),
    ("How many children were aboard?", "Pupils were aboard.", False),
    ("How many were aboard?", "There were 40 pupils aboard.", False),
]


@pytest.mark.parametrize(("question", "text", "expected"), COUNTED)
def test_a_thing_alike_may_be_counted_right_after_the_number(
    question: str, text: str, expected: bool
) -> None:
    assert expected is counts_alike(question, text)


MASSES = [
    ("How much water does it hold?", "It holds 8 million cubic metres.", True),
    ("How much water does it hold?", "It holds water since 1987.", False),
    ("How many ships are there?", "It is 8 kilometres long.", False),
    ("How many ships are there?", "There are 8 ships.", True),
]


@pytest.mark.parametrize(("question", "text", "expected"), MASSES)
def test_how_much_of_something_is_told_in_units(question: str, text: str, expected: bool) -> None:
    assert expected is counts_the_like(question, text)


PLACES = [
    ("Which country sent ships?", "Help came soon.", True),
    ("Which country sent ships?", "Help came from Norway.", False),
    ("Which country sent ships to Norway?", "Ships came to Norway.", True),
    ("Which northern city sent ships?", "The ships came on Monday.", True),
    ("Who sent ships?", "Help came soon.", False),
    ("Какая компания строит мост?", "Мост строит «Вертикаль».", False),
    ("Какая компания строит мост?", "Мост строят давно.", True),
]


@pytest.mark.parametrize(("question", "text", "expected"), PLACES)
def test_a_country_or_company_has_a_name_that_is_new(question: str, text: str, expected: bool) -> None:
    assert expected is lacks_place(question, text)


FUTURES = [
    ("When will it reopen?", "It closed on Monday.", True),
    ("When will it reopen?", "It is due to reopen on Monday.", False),
    ("When did it close?", "It closed on Monday.", False),
    ("Which are going to reopen?", "All of them closed.", True),
    ("Когда мост будет открыт?", "Мост закрыли в мае.", True),
    ("Когда мост будет открыт?", "Мост откроют в мае, ожидают власти.", False),
]


@pytest.mark.parametrize(("question", "text", "expected"), FUTURES)
def test_what_will_be_is_not_answered_by_what_was(question: str, text: str, expected: bool) -> None:
    assert expected is lacks_future(question, text)


def test_by_how_much_asks_for_no_price() -> None:
    assert wanted("By how much did food prices go up?") is not Wanted.MONEY
    assert wanted("How much were the prices?") is Wanted.MONEY


ENDLESS = ["Ab c ", "Ab; ", "in the Ab ", "1.", "1", "from ", "between ", "с "]


@pytest.mark.parametrize("piece", ENDLESS)
def test_a_sentence_without_an_end_is_read_in_time_in_proportion_to_it(piece: str) -> None:
    asked = {Wanted.DURATION: "how long?", Wanted.SIZE: "how far?", Wanted.PERSON: "who?"}
    lacks(Wanted.PERSON, "who?", "The word table is read once.")
    began = time.process_time()
    for kind, question in asked.items():
        lacks(kind, question, piece * (40_000 // len(piece)))
    lacks_place("which city?", piece * (40_000 // len(piece)))
    assert time.process_time() - began < 1.5
