"""How near a question is to sentences, against loops over words and numbers."""

import math
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.nearness import Nearness
from index.query import Concept, Query
from index.words import UNKNOWN_WORD, Texts, word_table

TABLE = word_table()
WORDS = ["doctor", "nurse", "person", "tide", "tides", "the", "bridge", "zubrowka", "прилив", "Harbour"]
SENTENCES = st.lists(st.lists(st.sampled_from(WORDS), max_size=5), max_size=4)
CONCEPTS = st.lists(
    st.builds(
        lambda word, weight: Concept(word, ((word, 1.0),), weight),
        st.sampled_from(WORDS),
        st.sampled_from([1.0, 0.5]),
    ),
    min_size=1,
    max_size=4,
)


def texts(sentences: list[list[str]]) -> Texts:
    numbers = [[TABLE.number(word.lower()) for word in sentence] for sentence in sentences]
    starts = np.array([0, *accumulate(map(len, numbers))], dtype=np.int64)
    return Texts(np.array([number for each in numbers for number in each], dtype=np.int64), starts)


def nearness(concepts: list[Concept], question: str = "?") -> Nearness:
    return Nearness(Query(question, tuple(concepts)))


# --- the plain way


def vector(word: str) -> list[float]:
    number = TABLE.number(word.lower())
    found = TABLE.vectors(Texts(np.array([number]), np.array([0, 1])))[0]
    return [float(value) for value in found]


def cosine(one: list[float], other: list[float]) -> float:
    lengths = math.sqrt(sum(a * a for a in one)) * math.sqrt(sum(b * b for b in other))
    return sum(a * b for a, b in zip(one, other, strict=True)) / lengths if lengths else 0.0


def text_vector(sentence: list[str]) -> list[float]:
    return [float(value) for value in TABLE.vectors(texts([sentence]))[0]]


# --- the same


@given(CONCEPTS, SENTENCES)
def test_a_concept_is_as_near_as_the_nearest_word(
    concepts: list[Concept], sentences: list[list[str]]
) -> None:
    expected = [
        [
            max([cosine(vector(each.word), vector(word)) for word in sentence] + [0.0])
            for sentence in sentences
        ]
        for each in concepts
    ]
    found = nearness(concepts).words(texts(sentences))
    assert (len(concepts), len(sentences)) == found.shape
    np.testing.assert_allclose(found, np.array(expected).reshape(found.shape), atol=1e-5)


@given(CONCEPTS, st.lists(st.lists(st.sampled_from(WORDS), max_size=5), max_size=3), st.data())
def test_the_whole_is_the_cosine_with_a_sentence_and_half_of_its_neighbours(
    concepts: list[Concept], sentences: list[list[str]], data: st.DataObject
) -> None:
    same = st.lists(
        st.lists(st.sampled_from(WORDS), max_size=3), min_size=len(sentences), max_size=len(sentences)
    )
    before, after = data.draw(same), data.draw(same)
    numbers = np.array([TABLE.number(each.word.lower()) for each in concepts])
    question = [
        float(value) for value in TABLE.weighted(numbers, np.array([each.weight for each in concepts]))
    ]
    expected = []
    for sentence, one, other in zip(sentences, before, after, strict=True):
        parts = zip(text_vector(sentence), text_vector(one), text_vector(other), strict=True)
        expected.append(cosine(question, [here + 0.5 * a + 0.5 * b for here, a, b in parts]))
    asking = nearness(concepts)
    found = asking.whole(*(asking.vectors(texts(each)) for each in (sentences, before, after)))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    alone = [cosine(question, text_vector(sentence)) for sentence in sentences]
    np.testing.assert_allclose(asking.whole(asking.vectors(texts(sentences))), alone, atol=1e-5)


@given(CONCEPTS, SENTENCES, st.randoms(use_true_random=False))
def test_what_is_near_is_so_to_the_last_bit_wherever_it_stands(
    concepts: list[Concept], sentences: list[list[str]], random: object
) -> None:
    order = list(range(len(sentences)))
    random.shuffle(order)  # type: ignore[attr-defined]
    asking = nearness(concepts)
    here, moved = texts(sentences), texts([sentences[place] for place in order])
    assert asking.words(here)[:, order].tolist() == asking.words(moved).tolist()
    lie, lie_moved = asking.vectors(here), asking.vectors(moved)
    assert (
        asking.whole(lie, lie, lie)[order].tolist() == asking.whole(lie_moved, lie_moved, lie_moved).tolist()
    )


ASKED = [
    # a question about a nurse, the words of it that are beside the concept "nurse" in the whole
    ("Where is the nurse?", ["where", "is", "the", "nurse"]),
    ("Where is the nurse's tide?", ["where", "is", "the", "nurse's", "tide"]),
    ("Where is the zubrowka?", ["where", "is", "the"]),
    ("Wo war die nurse im Dezember und was war das?", []),
    ("?", []),
]


@pytest.mark.parametrize(("question", "words"), ASKED, ids=[row[0] for row in ASKED])
def test_all_words_of_an_english_question_are_in_the_whole(question: str, words: list[str]) -> None:
    half = Concept("nurse", (("nurse", 1.0),), 0.5)
    numbers = np.array([TABLE.number(word) for word in ["nurse", *words]])
    expected = TABLE.weighted(numbers, np.array([0.5, *(1.0 for _ in words)]))
    asking = nearness([half], question=question)
    here = asking.vectors(texts([["doctor"], ["bridge", "tide"], ["where"]]))
    np.testing.assert_allclose(asking.whole(here), here @ expected, atol=1e-6)


def test_a_language_without_a_table_is_near_to_nothing() -> None:
    asking = nearness([Concept("доктор", (("доктор", 1.0),)), Concept("doctor", (("doctor", 1.0),))])
    nothing = Texts(np.full(3, UNKNOWN_WORD), np.array([0, 3]))
    assert [[0], [0]] == asking.words(nothing).tolist()
    assert [0] == asking.whole(asking.vectors(nothing)).tolist()
