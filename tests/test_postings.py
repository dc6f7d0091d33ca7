"""Columns and top k, each against the plain way of doing it."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.postings import Postings, PostingsBuilder, StringTable, smallest, top

# --- top k

SCORES = st.lists(st.sampled_from([0.0, 0.25, 1.0, 1.5, 2.0]) | st.floats(0, 9), max_size=60)


@given(SCORES, st.integers(0, 70))
def test_the_top_k_are_the_first_k_of_everything_sorted(scores: list[float], k: int) -> None:
    above = [number for number, score in enumerate(scores) if score > 0]
    expected = sorted(above, key=lambda number: (-scores[number], number))[:k]
    assert expected == top(np.array(scores), k).tolist()


TOPS = [
    # scores, k, numbers
    ([], 3, []),
    ([0, 0], 3, []),
    ([1, 2, 1, 2], 3, [1, 3, 0]),
    ([2, 2, 2], 2, [0, 1]),
    ([1, 0, 3], 9, [2, 0]),
    ([1, 2], 0, []),
]


@pytest.mark.parametrize(("scores", "k", "expected"), TOPS)
def test_ties_keep_the_order_of_the_corpus(scores: list[float], k: int, expected: list[int]) -> None:
    assert expected == top(np.array(scores, dtype=float), k).tolist()


# --- strings

STRINGS = st.text(max_size=8)


@given(st.lists(STRINGS), st.lists(STRINGS))
def test_a_table_finds_its_members_and_nothing_else(members: list[str], others: list[str]) -> None:
    table = StringTable.of(members)
    assert sorted(set(members), key=str.encode) == list(table)
    assert all(table[table.find(string)] == string for string in members)  # type: ignore[index]
    assert all(table.find(string) is None for string in set(others) - set(members))


def test_a_table_is_ordered_by_bytes_so_that_search_may_compare_bytes() -> None:
    table = StringTable.of(["\uffff", "\U00010000", "a", "", "ab"])
    assert ["", "a", "ab", "\uffff", "\U00010000"] == list(table)


# --- integers

WIDTHS = [
    ([], np.uint8),
    ([0], np.uint8),
    ([255], np.uint8),
    ([256], np.uint16),
    ([65_536, 1], np.uint32),
    ([2**60], np.uint64),
]


@pytest.mark.parametrize(("values", "width"), WIDTHS)
def test_values_take_the_narrowest_width_that_holds_them(values: list[int], width: type) -> None:
    column = smallest(values)
    assert (column.dtype, column.tolist()) == (width, values)


# --- inversion

SENTENCES = st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=12)


def built(sentences: list[list[int]]) -> tuple[Postings, PostingsBuilder]:
    builder = PostingsBuilder()
    for terms in sentences:
        builder.add(terms)
    return builder.postings(10), builder


@given(SENTENCES)
def test_inverting_keeps_every_occurrence(sentences: list[list[int]]) -> None:
    postings, _ = built(sentences)
    for term in range(10):
        counted = {number: Counter(terms)[term] for number, terms in enumerate(sentences) if term in terms}
        numbers, tf = postings.of(term)
        assert list(counted) == numbers.tolist()
        assert list(counted.values()) == tf.tolist()
        assert len(counted) == postings.df(term)


@given(SENTENCES)
def test_the_forward_column_gives_each_sentences_terms_in_order(sentences: list[list[int]]) -> None:
    offsets, terms = built(sentences)[1].forward()
    assert sentences == [terms[offsets[i] : offsets[i + 1]].tolist() for i in range(len(sentences))]
