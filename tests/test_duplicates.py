"""One fact, one hit: what counts as the same, and what does not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.duplicates import NEARLY, same_facts
from index.rank import plain

LEDE = "At least 31 people were killed when a ferry sank off Zadar on Friday evening, the coast guard said."

PAIRS = [
    # another sentence, whether it is the same fact
    (LEDE, True),
    (LEDE.upper(), True),
    (LEDE.replace("evening", "night"), True),
    (LEDE.replace("31", "34"), False),
    (LEDE.replace("Zadar", "Split"), False),
    (LEDE.replace("were killed", "were not killed"), False),
    (LEDE.replace("were killed", "weren't killed"), False),
    ("At least 31 people.", False),
    ("A ferry sank off Zadar on Friday, killing 31.", False),
]


def grouped(*texts: str) -> list[list[int]]:
    return list(same_facts(range(len(texts)), texts, [plain(text) for text in texts]))


@pytest.mark.parametrize(("other", "same"), PAIRS)
def test_nearly_equal_sentences_with_the_same_numbers_names_and_negations_are_one_fact(
    other: str, same: bool
) -> None:
    assert ([[0, 1]] if same else [[0], [1]]) == grouped(LEDE, other)


def test_short_sentences_are_one_fact_only_when_they_are_equal() -> None:
    assert [[0, 2], [1]] == grouped("He left at once.", "He left at noon.", "he  left at once.")


def test_a_fact_is_joined_to_the_best_candidate_that_says_it() -> None:
    nearly = LEDE.replace("evening", "night")
    assert [[2, 0], [1]] == list(
        same_facts([2, 1, 0], [LEDE, "It rained.", nearly], [plain(t) for t in (LEDE, "It rained.", nearly)])
    )


WORDS = st.sampled_from(
    ["ferry", "sank", "off", "the", "coast", "on", "friday", "Zadar", "Split", "31", "34", "not", "evening"]
)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=14).map(" ".join), max_size=50))
def test_every_candidate_is_in_one_group_and_a_group_says_one_thing(texts: list[str]) -> None:
    groups = grouped(*texts)
    assert list(range(len(texts))) == sorted(i for group in groups for i in group)
    for first, *others in groups:
        for other in others:
            one, two = (set(re.findall(r"\w+", texts[i].lower())) for i in (first, other))
            assert len(one & two) >= NEARLY * len(one | two)
            assert ("31" in one, "34" in one) == ("31" in two, "34" in two)
