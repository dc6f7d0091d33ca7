"""The 12 characters that name a sentence for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.quoteid import id_of, number_of, quote_number

NUMBERS = st.integers(0, 2**60 - 1)


@given(NUMBERS)
def test_an_id_leads_back_to_its_number_in_either_case(number: int) -> None:
    quote_id = id_of(number)
    assert len(quote_id) == 12
    assert number == number_of(quote_id) == number_of(quote_id.upper()) == number_of(f" {quote_id}\n")


@given(NUMBERS, NUMBERS)
def test_different_numbers_have_different_ids(one: int, other: int) -> None:
    assert (one == other) == (id_of(one) == id_of(other))


NO_IDS = [
    "",
    "abcdefghijk",
    "abcdefghijklm",
    "abcdefghijk1",
    "abcdefghijk8",
    "abcdef ghijk",
    "абвгдежзиклм",
    "\N{KELVIN SIGN}aaaaaaaaaaa",
    "\N{FULLWIDTH LATIN SMALL LETTER A}aaaaaaaaaaa",
    "\ud800aaaaaaaaaaa",
]


@pytest.mark.parametrize("text", NO_IDS, ids=ascii)
def test_what_is_no_id_has_no_number(text: str) -> None:
    assert number_of(text) is None


@given(st.text(max_size=14))
def test_any_text_is_an_id_or_none(text: str) -> None:
    number = number_of(text)
    assert number is None or id_of(number) == text.strip().lower()


def test_document_text_and_occurrence_each_make_another_number() -> None:
    made = {
        quote_number("tides", "It rose.", 0),
        quote_number("tide", "It rose.", 0),
        quote_number("tides", "It rose!", 0),
        quote_number("tides", "It rose.", 1),
        quote_number("tides", "", 0),
    }
    assert len(made) == 5
    assert all(0 <= number < 2**60 for number in made)


def test_the_id_of_a_sentence_is_fixed_for_ever() -> None:
    """A change here breaks every permalink that was ever shared."""
    assert id_of(quote_number("tides", "It rose.", 0)) == "a5ungefrlbtz"
