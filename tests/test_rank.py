"""Stage two's contract: pure functions of candidates, each worked by hand; its weights may change."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index import rank
from index.query import Concept, Expected, Query
from index.rank import NEIGHBOUR_SHARE, WEIGHTS, Candidates, coverage, features, score

MATRICES = [f.name for f in fields(Candidates) if f.name not in ("idf", "texts", "plain", "places")]


def candidates(idf: list[float], texts: list[str], **matrices: list[list[float]]) -> Candidates:
    """Matrices that are not given are zero; one list a concept, one number a candidate."""
    shape = (len(idf), len(texts))
    given_or_zero = {name: np.array(matrices.get(name, np.zeros(shape)), dtype=float) for name in MATRICES}
    places = tuple((f"d{i}", i) for i in range(len(texts)))
    plain = tuple(map(rank.plain, texts))
    return Candidates(idf=np.array(idf), texts=tuple(texts), plain=plain, places=places, **given_or_zero)


def asking(*words: str, expected: Expected = Expected.OTHER) -> Query:
    return Query(" ".join(words), tuple(Concept(word, ((word, 1.0),)) for word in words), expected)


# --- by hand


def test_a_concept_is_covered_by_the_sentence_or_its_antecedents_whole_and_by_its_surroundings_in_part() -> (
    None
):
    found = candidates(
        [1, 1],
        list("abcde"),
        own=[[0.1, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
        names=[[0, 1, 0, 0, 0], [0, 0, 0, 0, 0]],
        before=[[1, 1, 0.2, 0, 0], [0, 0, 0, 0, 0]],
        title=[[0, 0, 0, 1, 0], [0, 0, 0, 0, 0]],
    )
    assert [[1, 1, NEIGHBOUR_SHARE, NEIGHBOUR_SHARE, 0], [0] * 5] == coverage(found).tolist()


def test_a_concepts_share_is_its_idf() -> None:
    """idf 3 and 1: the first concept alone is worth 3/4 of both, at half its highest impact 3/8."""
    found = candidates([3, 1], ["a", "b", "c"], own=[[1, 0.5, 0], [1, 0, 1]])
    assert [1, 3 / 8, 1 / 4] == pytest.approx(features(asking("a", "b"), found)["own"].tolist())


def test_a_name_counts_as_named_only_where_the_sentence_lacks_it() -> None:
    found = candidates([1], ["a", "b"], own=[[0.5, 0]], names=[[1, 1]])
    assert [0, 1] == features(asking("a"), found)["named"].tolist()


def test_the_best_candidate_reaches_all_of_the_relative_reach() -> None:
    found = candidates([1, 1], ["a", "b"], own=[[0.5, 0.25], [0, 0]])
    assert [1, 0.5] == features(asking("a", "b"), found)["relative"].tolist()


def test_grams_are_the_share_of_the_questions_four_letter_runs() -> None:
    """ " tide " has the runs _tid, tide, ide_; "tides" shares the first two."""
    found = candidates([1], ["The tide rose.", "tides", "ebb", "TIDE"])
    assert [1, 2 / 3, 0, 1] == pytest.approx(features(asking("tide"), found)["grams"].tolist())


KINDS = [
    # kind, a sentence that holds one, one that does not
    (Expected.DATE, "It began in March.", "It began at once."),
    (Expected.DATE, "It began in 1987.", "It cost 19 euros."),
    (Expected.DATE, "Это было в понедельник.", "Это было давно."),
    (Expected.NUMBER, "There were 850 cars.", "There were cars."),
    (Expected.NUMBER, "There were twelve cars.", "There were some cars."),
    (Expected.PERSON, "Then Blinken called.", "Then somebody called."),
    (Expected.PERSON, "Потом позвонил Лавров.", "Потом он позвонил."),
    (Expected.PLACE, "It was found in Zadar.", "It was found in a hut."),
    (Expected.OTHER, "", "It was found in Zadar in 1987."),
]


@pytest.mark.parametrize(("kind", "holds", "lacks"), KINDS)
def test_the_kind_of_answer_asked_for_is_seen_in_the_sentence(kind: Expected, holds: str, lacks: str) -> None:
    found = candidates([1], [holds, lacks])
    values = features(asking("x", expected=kind), found)["kind"].tolist()
    assert [float(kind is not Expected.OTHER), 0] == values


# --- for any candidates


@st.composite
def any_candidates(draw: st.DrawFn) -> Candidates:
    concepts, count = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    share = st.sampled_from([0.0, 0.0, 0.3, 0.5, 1.0])
    matrix = st.lists(st.lists(share, min_size=count, max_size=count), min_size=concepts, max_size=concepts)
    idf = draw(st.lists(st.floats(0.1, 9), min_size=concepts, max_size=concepts))
    texts = draw(
        st.lists(
            st.sampled_from(["The tide rose.", "In Zadar it fell 9 times.", "", "Tide"]),
            min_size=count,
            max_size=count,
        )
    )
    return candidates(idf, texts, **{name: draw(matrix) for name in MATRICES})


QUERY = asking("tide", "Zadar", "rose", expected=Expected.NUMBER)


@given(any_candidates())
def test_the_score_is_the_weighted_sum_of_the_features(found: Candidates) -> None:
    values = features(QUERY, found)
    assert WEIGHTS.keys() == values.keys()
    assert all(value.shape == (len(found.texts),) for value in values.values())
    expected = sum(WEIGHTS[name] * value for name, value in values.items())
    np.testing.assert_allclose(score(QUERY, found), np.asarray(expected))


@given(any_candidates())
def test_features_lie_between_0_and_1(found: Candidates) -> None:
    for name, values in features(QUERY, found).items():
        assert all(-1e-9 <= value <= 1 + 1e-9 for value in values), name


@given(any_candidates(), st.randoms(use_true_random=False))
def test_scores_do_not_depend_on_the_order_of_the_candidates(found: Candidates, random: object) -> None:
    order = list(range(len(found.texts)))
    random.shuffle(order)  # type: ignore[attr-defined]

    def moved(name: str) -> NDArray[np.float64]:
        matrix: NDArray[np.float64] = getattr(found, name)[:, order]
        return matrix

    shuffled = replace(
        found,
        texts=tuple(found.texts[i] for i in order),
        plain=tuple(found.plain[i] for i in order),
        places=tuple(found.places[i] for i in order),
        **{name: moved(name) for name in MATRICES},
    )
    np.testing.assert_allclose(score(QUERY, shuffled), score(QUERY, found)[order])


@given(any_candidates())
def test_scoring_changes_nothing_and_repeats_itself(found: Candidates) -> None:
    before = {name: getattr(found, name).copy() for name in MATRICES}
    assert score(QUERY, found).tolist() == score(QUERY, found).tolist()
    assert all((before[name] == getattr(found, name)).all() for name in MATRICES)


def test_nothing_to_rank_is_no_error() -> None:
    assert [] == score(QUERY, candidates([1], [])).tolist()
    assert [0] == score(asking(), candidates([0], [""])).tolist()
    assert rank.__all__ == sorted(rank.__all__)
