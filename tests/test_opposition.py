"""What contradicts a question."""

import pytest

from index.opposition import negated, opposite, other_ordinal, other_year, turned

NEGATED = [
    ("What can not be exported?", "Timber can be exported.", True),
    ("What can't be exported?", "Timber can be exported.", True),
    ("What can not be exported?", "Timber cannot be exported.", False),
    ("What did the council never allow?", "The council refused a permit.", False),
    ("What can be exported?", "Timber cannot be exported.", False),
    ("Was it exported or not?", "It was exported.", False),
    ("Почему мост не закрыли?", "Мост закрыли.", True),
    ("Почему мост не закрыли?", "Мост никто не закрыл.", False),
]


@pytest.mark.parametrize(("question", "text", "expected"), NEGATED)
def test_what_is_not_so_is_not_answered_by_what_is(question: str, text: str, expected: bool) -> None:
    assert expected is negated(question, text)


OPPOSITE = [
    (["first"], "The last bridge was built.", True),
    (["last"], "The first bridge was built.", True),
    (["unarmed"], "The guards were armed.", True),
    (["armed"], "The guards were unarmed.", True),
    (["bridge"], "The last bridge was built.", False),
    (["under"], "Der Wagen fuhr vor.", False),
    (["первый"], "Открыт последний мост.", True),
    ([], "The last bridge was built.", False),
]


@pytest.mark.parametrize(("missing", "text", "expected"), OPPOSITE)
def test_the_opposite_of_a_missing_word_contradicts(missing: list[str], text: str, expected: bool) -> None:
    assert expected is opposite(missing, text)


YEARS = [
    ("What happened in 1893?", "It burnt down in 1895.", True),
    ("What happened in 1893?", "It burnt down in 1893, not in 1895.", False),
    ("What happened in 1893?", "It burnt down.", False),
    ("What happened?", "It burnt down in 1895.", False),
]


@pytest.mark.parametrize(("question", "text", "expected"), YEARS)
def test_another_year_is_another_event(question: str, text: str, expected: bool) -> None:
    assert expected is other_year(question, text)


ORDINALS = [
    ("Who won the second race?", "Ivo won the first race.", True),
    ("Who won the 2nd race?", "Ivo won the first race.", True),
    ("Who won the second race?", "Ivo won the 2nd race.", False),
    ("Who won the second race?", "Ivo won the first race and the second.", False),
    ("Who won the 14th race?", "Ivo won the 13th race.", True),
    ("Who won the second race?", "Ivo won the race.", False),
    ("Who won the race?", "Ivo won the first race.", False),
    ("Who came 0th?", "Ivo came 1st.", True),
]


@pytest.mark.parametrize(("question", "text", "expected"), ORDINALS)
def test_another_in_a_row_is_another_thing(question: str, text: str, expected: bool) -> None:
    assert expected is other_ordinal(question, text)


TURNED = [
    ("What did he do before the war?", "After the war he taught.", True),
    ("What did he do after the war?", "Prior to the war he taught.", True),
    ("What did he do before the war?", "Before and after the war he taught.", False),
    ("What did he do before the war?", "He taught.", False),
    ("Which weighs more?", "The fish weighs less.", True),
    ("What lies below the floor?", "The lamp hangs over the floor.", True),
    ("What did he do?", "After the war he taught.", False),
]


@pytest.mark.parametrize(("question", "text", "expected"), TURNED)
def test_a_word_of_place_time_or_degree_is_turned_by_its_opposite(
    question: str, text: str, expected: bool
) -> None:
    assert expected is turned(question, text)
