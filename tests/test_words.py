"""The static word table: what ships, what a word's number is, and texts of numbers against plain lists."""

from importlib import resources
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index import analyze
from index.words import UNKNOWN_WORD, Texts, WordTable, word_table

TABLE = word_table()
TABLE_FILE = resources.files("index").joinpath("words.npz")


# --- what ships


def test_the_table_is_small_and_knows_most_words() -> None:
    assert len(TABLE_FILE.read_bytes()) <= 2_000_000
    assert len(TABLE.words) >= 40_000
    assert len(set(TABLE.words)) == len(TABLE.words)
    assert all(word.islower() and word.isascii() for word in TABLE.words)
    assert len(TABLE.words) < 2**16, "a segment stores a word's number in two bytes"


def test_another_table_rebuilds_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TABLE_FILE.name in analyze._DATA
    version = analyze.analyzer_version()
    analyze.analyzer_version.cache_clear()
    monkeypatch.setattr(analyze, "_DATA", tuple(name for name in analyze._DATA if name != TABLE_FILE.name))
    assert analyze.analyzer_version() != version
    analyze.analyzer_version.cache_clear()


NEARER = [
    # a word, one that is near, one that is far
    ("doctor", "nurse", "bridge"),
    ("boat", "ship", "salary"),
    ("king", "queen", "carrot"),
    ("begin", "start", "potato"),
    ("big", "large", "violin"),
    ("car", "vehicle", "poem"),
    ("money", "cash", "river"),
    ("truce", "armistice", "bakery"),
    ("teacher", "school", "engine"),
    ("rain", "storm", "lawyer"),
    ("die", "death", "keyboard"),
    ("buy", "purchase", "mountain"),
    ("happy", "glad", "concrete"),
    ("monday", "tuesday", "butter"),
]


@pytest.mark.parametrize(("word", "near", "far"), NEARER, ids=[row[0] for row in NEARER])
def test_words_of_like_meaning_are_nearer_than_others(word: str, near: str, far: str) -> None:
    numbers = np.array([TABLE.number(each) for each in (word, near, far)])
    assert all(numbers)
    [[to_near, to_far]] = TABLE.cosines(numbers[:1], numbers[1:]).tolist()
    assert to_near > to_far + 0.2
    assert to_near > 0.3


# --- a word's number


def test_numbers_count_from_one_in_the_order_of_the_table() -> None:
    assert [1, 2, len(TABLE.words)] == [TABLE.number(TABLE.words[at]) for at in (0, 1, -1)]


SMALL = WordTable(
    ["walk", "bake", "bus", "quick", "go", "walked"],
    np.arange(1, 13, dtype=np.int8).reshape(6, 2),
    np.ones(6, dtype=np.float16),
)
FORMS = [
    # form, the word that is meant
    ("walk", "walk"),
    ("walked", "walked"),  # its own, where the table has it
    ("walks", "walk"),
    ("walking", "walk"),
    ("walk's", "walk"),
    ("baking", "bake"),
    ("baked", "bake"),
    ("bakes", "bake"),
    ("buses", "bus"),
    ("quickly", "quick"),
    ("going", None),  # two letters say too little
    ("zubrowka", None),
    ("Walk", None),  # forms are in lower case
    ("ходить", None),
    ("", None),
]


@pytest.mark.parametrize(("form", "word"), FORMS)
def test_a_form_has_the_number_of_its_word_or_of_its_base(form: str, word: str | None) -> None:
    assert (SMALL.words.index(word) + 1 if word else UNKNOWN_WORD) == SMALL.number(form)


@given(st.text(max_size=12))
def test_any_form_has_a_number_of_the_table_or_none(form: str) -> None:
    assert 0 <= TABLE.number(form) <= len(TABLE.words)


# --- vectors

NUMBERS = st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 500, 6000, 20_000]), max_size=6)


def texts(*parts: list[int]) -> Texts:
    numbers = np.array([number for part in parts for number in part], dtype=np.int64)
    return Texts(numbers, np.array([0, *accumulate(map(len, parts))], dtype=np.int64))


def plain(found: Texts) -> list[list[int]]:
    return [found.numbers[start:end].tolist() for start, end in pairwise(found.starts.tolist())]


@given(st.lists(NUMBERS, max_size=5))
def test_a_texts_vector_is_unit_or_nothing_where_no_word_is_known(parts: list[list[int]]) -> None:
    lengths = np.linalg.norm(TABLE.vectors(texts(*parts)), axis=1)
    assert (len(parts), 128) == TABLE.vectors(texts(*parts)).shape
    assert pytest.approx([float(any(part)) for part in parts], abs=1e-5) == lengths.tolist()


@given(NUMBERS, NUMBERS)
def test_a_cosine_is_that_of_the_words_vectors(these: list[int], those: list[int]) -> None:
    alone = [TABLE.vectors(texts(*([number] for number in part))) for part in (these, those)]
    found = TABLE.cosines(np.array(these, dtype=int), np.array(those, dtype=int))
    assert (len(these), len(those)) == found.shape
    np.testing.assert_allclose(found, alone[0] @ alone[1].T, atol=1e-5)


@given(st.lists(st.lists(st.integers(0, 20_000), min_size=5, max_size=30), min_size=1, max_size=5))
def test_a_texts_vector_is_the_same_to_the_last_bit_wherever_it_stands(parts: list[list[int]]) -> None:
    assert TABLE.vectors(texts(*parts)).tolist() == TABLE.vectors(texts(*parts[::-1]))[::-1].tolist()


def test_the_order_of_a_texts_words_is_nothing_to_its_vector() -> None:
    one, other = TABLE.vectors(texts([1, 500, 6000], [6000, 1, 500]))
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_rare_word_counts_more_than_a_common_one_and_an_unknown_one_most() -> None:
    common, rare, unknown = TABLE.rarity(np.array([1, 20_000, UNKNOWN_WORD])).tolist()
    assert 0 < common < rare < unknown == 1
    [both] = TABLE.vectors(texts([1, 20_000]))
    near = TABLE.vectors(texts([1], [20_000])) @ both
    assert near[0] < near[1]


def test_a_words_length_is_what_it_counts_in_a_text() -> None:
    table = WordTable(["one", "other"], np.array([[4, 0], [0, 2]], np.int8), np.array([0.5, 3], np.float16))
    [both, mostly_one] = table.vectors(texts([1, 2], [1, 1, 1, 1, 2])).tolist()
    assert pytest.approx([2 / 40**0.5, 6 / 40**0.5]) == both  # 4 * .5 and 2 * 3
    assert pytest.approx([0.8, 0.6]) == mostly_one


def test_a_word_of_grammar_hardly_counts_in_a_text() -> None:
    [long, short] = TABLE.vectors(
        texts(*([TABLE.number(word) for word in words] for words in (["the", "of", "harbour"], ["harbour"])))
    )
    assert long @ short > 0.9


def test_words_of_a_question_weigh_what_they_are_given() -> None:
    numbers = np.array([500, 6000])
    [both] = TABLE.vectors(texts([500, 6000]))
    np.testing.assert_allclose(TABLE.weighted(numbers, np.ones(2)), both, atol=1e-6)
    [first] = TABLE.vectors(texts([500]))
    np.testing.assert_allclose(TABLE.weighted(numbers, np.array([1.0, 0.0])), first, atol=1e-6)
    assert not TABLE.weighted(np.zeros(2, dtype=int), np.ones(2)).any()
    assert not TABLE.weighted(np.zeros(0, dtype=int), np.ones(0)).any()


# --- texts

LISTS = st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=5)


@given(st.lists(LISTS, max_size=4))
def test_texts_joined_are_all_lists_in_order(parts: list[list[list[int]]]) -> None:
    assert [text for part in parts for text in part] == plain(Texts.joined([texts(*part) for part in parts]))


@given(LISTS, st.data())
def test_texts_taken_are_those_at_the_places(lists: list[list[int]], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(lists) - 1), max_size=8)) if lists else []
    places: NDArray[np.int64] = np.array(chosen, dtype=np.int64)
    assert [lists[place] for place in chosen] == plain(texts(*lists).taken(places))
