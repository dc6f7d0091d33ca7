"""The questions shown to a newcomer are answered by the sources, whoever suggests them."""

import pytest
from conftest import ROOT, Folder

from bot.answer import Outcome, answer
from bot.buttons import Example, pressed
from bot.examples import SHOWN, Examples, choose
from index.build import open_corpus

PIER = "Engineer Klara Voss surveyed the pier in May. She found nine rotten piles.\n"


def toml(*examples: str) -> str:
    listed = ", ".join(f'"{example}"' for example in examples)
    return f"examples = [{listed}]\n"


def chosen(folder: Folder) -> tuple[str, ...]:
    with folder.open() as index:
        return choose(index)


def test_the_owners_suggestions_come_first_and_in_their_order(folder: Folder) -> None:
    folder.write("a.txt", "Bakers use yeast to raise dough.\n")
    folder.write("a.toml", toml("What raises dough?", "Who uses yeast?"))
    folder.write("b.txt", PIER)
    folder.write("b.toml", toml("Who surveyed the pier?", "Who found rotten piles?"))
    assert chosen(folder) == ("What raises dough?", "Who uses yeast?", "Who surveyed the pier?")


SUGGESTED = [
    # what the owner suggests, what is shown of it
    (("Who surveyed the pier?",), ("Who surveyed the pier?",)),
    (("Who surveyed the pier?", "Who surveyed the pier?"), ("Who surveyed the pier?",)),
    (("Who invented the zeppelin?", "Who surveyed the pier?"), ("Who surveyed the pier?",)),
    (("Which Zeppelin surveyed the pier?",), ()),
    (("", "?!", "😀"), ()),
    ((), ()),
]


@pytest.mark.parametrize(("suggested", "shown"), SUGGESTED)
def test_only_a_question_that_the_sources_answer_is_shown_and_once(
    suggested: tuple[str, ...], shown: tuple[str, ...], folder: Folder
) -> None:
    folder.write("pier.txt", "Klara Voss surveyed the pier in May.\n")
    folder.write("pier.toml", toml(*suggested))
    assert chosen(folder) == shown


def test_where_nobody_suggests_anything_the_questions_are_about_people(folder: Folder) -> None:
    folder.write("statement.txt", STATEMENT)
    questions = chosen(folder)
    assert "What did Olga Petrova say?" in questions


STATEMENT = (
    "Minister Olga Petrova said on Monday that the bridge will be closed. "
    "She stated that the ferries will run all night.\n"
)


def test_people_fill_up_what_the_owners_suggest(folder: Folder) -> None:
    folder.write("statement.txt", STATEMENT)
    folder.write("statement.toml", toml("Which bridge will be closed?"))
    assert chosen(folder)[:2] == ("Which bridge will be closed?", "What did Olga Petrova say?")


def test_there_are_no_more_than_fit_under_a_greeting(folder: Folder) -> None:
    folder.write("pier.txt", PIER)
    folder.write("pier.toml", toml(*(f"Who surveyed the pier, {number}?" for number in "ABCDEFGH")))
    assert len(chosen(folder)) <= SHOWN


def test_the_tries_end_where_nothing_is_answered(folder: Folder) -> None:
    folder.write("pier.txt", PIER)
    folder.write(
        "pier.toml",
        toml(*(f"Who invented zeppelin {number}?" for number in range(500)), "Who surveyed the pier?"),
    )
    assert "Who surveyed the pier?" not in chosen(folder)


@pytest.mark.parametrize("corpus", ["seeds", "tests/corpus"])
def test_what_ships_has_three_questions_that_are_answered(corpus: str, folder: Folder) -> None:
    with open_corpus(ROOT / corpus, folder.data) as index:
        questions = choose(index)
        assert len(questions) == SHOWN
        for question in questions:
            assert answer(index.search(question)).outcome is Outcome.ANSWER


def test_the_rest_of_a_title_is_not_taken_for_a_name(folder: Folder) -> None:
    folder.write(
        "visit.txt",
        "Minister Olga Petrova said on Monday that the Secretary of State Ann Lee visited Lake Garda. "
        "She stated that the ferries will run all night.\n",
    )
    assert chosen(folder)
    assert not [question for question in chosen(folder) if "about State" in question]


def test_a_generation_has_questions_of_its_own_chosen_once(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    searches: list[str] = []
    monkeypatch.setattr(
        "bot.examples.answer", lambda results: searches.append(results.question) or answer(results)
    )
    folder.write("a.txt", "Bakers use yeast to raise dough.\n")
    folder.write("a.toml", toml("What raises dough?"))
    folder.write("b.txt", "Klara Voss surveyed the pier in May.\n")
    examples = Examples()
    with folder.open() as index:
        assert examples.of(index) == examples.of(index) == ("What raises dough?",)
    assert searches.count("What raises dough?") == 1
    folder.remove("a.txt")
    folder.write("b.toml", toml("Who surveyed the pier?"))
    with folder.open() as index:
        assert examples.of(index) == ("Who surveyed the pier?",)


def test_a_button_asks_the_question_it_bears_or_nothing_whatever_the_examples_are_by_now(
    folder: Folder,
) -> None:
    longer = "Which of the two bakers of Lindau uses yeast to raise the dough?"
    folder.write("a.txt", "Bakers of Lindau use yeast to raise dough.\n")
    folder.write("a.toml", toml("What raises dough?", longer))
    examples, press = Examples(), pressed(str(Example.of(longer)))
    assert isinstance(press, Example)
    with folder.open() as index:
        assert examples.pressed(index, press) == longer
    folder.write("a.toml", toml(longer))
    with folder.open() as index:
        assert examples.pressed(index, press) == longer
    folder.write("a.toml", toml("What raises dough?", "Who uses yeast?"))
    with folder.open() as index:
        assert examples.pressed(index, press) is None
