"""A question to concepts: its content words, what may stand for them, and what it leans on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analyze import Analyzer
from index.model import Turn
from index.query import ASKING_WEIGHT, BORROWED_WEIGHT, SYNONYM_WEIGHT, Expected, Query, Reader, understand

ENGLISH, RUSSIAN = Analyzer("en"), Analyzer("ru")
READERS = [Reader(ENGLISH, {"propos": ["offer"]}), Reader(RUSSIAN, {})]


def ask(question: str, *before: str) -> Query:
    return understand(question, READERS, [Turn(earlier) for earlier in before])


def words_of(query: Query) -> list[str]:
    return [concept.word for concept in query.concepts]


def test_concepts_are_the_distinct_content_words_in_order() -> None:
    query = ask("What did Lavrov propose, and what do the proposals of Lavrov mean?")
    assert ["Lavrov", "propose", "mean"] == [word for word in words_of(query) if word != "proposals"]
    assert 1 == words_of(query).count("Lavrov")


def test_the_words_own_terms_weigh_one_and_come_first_relations_less() -> None:
    concept = ask("proposed").concepts[0]
    assert ("propos", 1.0) == concept.terms[0]
    assert dict(concept.terms)["offer"] == SYNONYM_WEIGHT < 1


def test_a_russian_question_is_read_as_russian_and_looked_up_in_both_languages() -> None:
    query = ask("что предложил Лавров на встрече?")
    assert ["предложил", "Лавров", "встрече"] == words_of(query)
    assert all(weight == 1.0 for concept in query.concepts for _, weight in concept.terms)


ASKING = [
    # question, the words that only say what is asked for
    ("what kind of ship sank?", ["kind"]),
    ("what is the name of the ship?", ["name"]),
    ("who reads Time?", []),
    ("in what year did the ship sink?", ["year"]),
    ("как называется корабль?", ["называется"]),
]


@pytest.mark.parametrize(("question", "asking"), ASKING)
def test_a_word_that_says_what_is_asked_for_counts_for_half(question: str, asking: list[str]) -> None:
    weights = {concept.word: concept.weight for concept in ask(question).concepts}
    assert dict.fromkeys(asking, ASKING_WEIGHT) == {
        word: weight for word, weight in weights.items() if weight != 1
    }


NAMES = [
    # question, the words that are names
    ("who met Lavrov in Baku", ["Lavrov", "Baku"]),
    ("Lavrov met whom", []),
    ("why did the US help in 2022", ["US", "2022"]),
    ("what did lavrov propose", []),
]


@pytest.mark.parametrize(("question", "names"), NAMES)
def test_a_capital_inside_an_acronym_and_a_number_make_a_name(question: str, names: list[str]) -> None:
    assert names == [concept.word for concept in ask(question).concepts if concept.name]


EXPECTED = [
    ("who called Aliyev?", Expected.PERSON),
    ("When was it?", Expected.DATE),
    ("since when", Expected.DATE),
    ("in what year did it begin?", Expected.DATE),
    ("How many patients?", Expected.NUMBER),
    ("where was it found?", Expected.PLACE),
    ("in which city was it?", Expected.PLACE),
    ("what did Lavrov propose?", Expected.OTHER),
    ("кто позвонил?", Expected.PERSON),
    ("когда это было?", Expected.DATE),
    ("сколько машин?", Expected.NUMBER),
    ("где это?", Expected.PLACE),
    ("who knows when?", Expected.PERSON),
    ("whoever anywhere", Expected.OTHER),
    ("", Expected.OTHER),
]


@pytest.mark.parametrize(("question", "kind"), EXPECTED)
def test_the_first_question_word_says_what_is_expected(question: str, kind: Expected) -> None:
    assert kind is ask(question).expected


FIRST = "what did Lavrov propose?"
FOLLOW_UPS = [
    # question, history oldest first, words borrowed
    ("and when?", [FIRST], ["Lavrov", "propose"]),
    ("what did he say about roads?", [FIRST], ["Lavrov", "propose"]),
    ("and Blinken?", [FIRST], ["Lavrov", "propose"]),
    ("why?", ["who called Aliyev yesterday?", FIRST], ["Lavrov", "propose"]),
    ("why?", [FIRST, "and Blinken?"], ["Blinken", "Lavrov", "propose"]),
    ("which hospitals treated patients?", [FIRST], []),
    ("and when?", [], []),
    ("а когда?", ["что предложил Лавров на встрече?"], ["предложил", "Лавров", "встрече"]),
]


@pytest.mark.parametrize(("question", "before", "borrowed"), FOLLOW_UPS)
def test_a_question_that_leans_borrows_from_the_last_that_stands_alone(
    question: str, before: list[str], borrowed: list[str]
) -> None:
    concepts = ask(question, *before).concepts
    assert borrowed == [c.word for c in concepts if c.word not in question]
    assert all(c.weight == BORROWED_WEIGHT for c in concepts if c.word in borrowed)


def test_what_a_question_before_only_asked_for_is_borrowed_at_half_of_half() -> None:
    concepts = ask("and why?", "what kind of ship sank?").concepts
    assert {"kind": BORROWED_WEIGHT * ASKING_WEIGHT, "ship": BORROWED_WEIGHT, "sank": BORROWED_WEIGHT} == {
        concept.word: concept.weight for concept in concepts
    }


def test_what_is_asked_now_is_not_borrowed_again() -> None:
    query = ask("and Lavrov?", FIRST)
    assert ["Lavrov", "propose"] == words_of(query)
    assert [1.0, BORROWED_WEIGHT] == [concept.weight for concept in query.concepts]


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=3))
def test_any_question_has_a_query(question: str, before: list[str]) -> None:
    query = ask(question, *before)
    assert query == ask(question, *before)
    assert all(concept.terms and concept.terms[0][1] == 1.0 for concept in query.concepts)
    firsts = [concept.terms[0][0] for concept in query.concepts]
    assert len(set(firsts)) == len(firsts)


NOTHING = ["", "   ", "?!…", "😀" * 4096, "\x00\x1b[\u202e\u2066", "the of and to", "\ud800"]


@pytest.mark.parametrize("question", NOTHING, ids=lambda text: ascii(text)[:12])
def test_a_question_without_content_words_asks_for_nothing(question: str) -> None:
    assert () == ask(question).concepts


def test_a_question_without_end_is_read_in_part() -> None:
    many = " ".join(f"word{n}" for n in range(100_000))
    assert 40 == len(ask(many).concepts)
    assert len(ask(many).question) == 2_000


def test_without_readers_there_is_nothing_to_look_for() -> None:
    assert () == understand("what did Lavrov propose?", []).concepts
