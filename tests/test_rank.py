"""Stage two's contract: pure functions of candidates, each worked by hand; its weights may change."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index import rank
from index.query import Concept, Expected, Query
from index.rank import NEIGHBOUR_SHARE, WEIGHTS, Candidates, coverage, features, score

FIELDS = ("own", "names", "before", "after", "title", "topic", "paragraph", "near")
"""Matrices: one list a concept, one number a candidate."""
MEASURES = ("alike", "paragraph_alike", "lengths", "opens", "title_terms")
"""One number a candidate."""


def candidates(
    idf: list[float],
    texts: list[str],
    documents: list[str] | None = None,
    **given: object,
) -> Candidates:
    """What is not given is zero; each candidate's document is its own."""
    shapes = dict.fromkeys(FIELDS, (len(idf), len(texts))) | dict.fromkeys(MEASURES, (len(texts),))
    values = {
        name: np.array(given.get(name, np.zeros(shape)), dtype=float).reshape(shape)
        for name, shape in shapes.items()
    }
    return Candidates(
        idf=np.array(idf),
        texts=tuple(texts),
        plain=tuple(map(rank.plain, texts)),
        places=tuple(
            (document, row)
            for row, document in enumerate(documents or [f"d{row}" for row in range(len(texts))])
        ),
        **values,
    )


def scored(query: Query, found: Candidates) -> NDArray[np.float64]:
    return score(features(query, found))


def asking(*words: str, expected: Expected = Expected.OTHER, answered: tuple[str, ...] = ()) -> Query:
    """Words with a capital or a digit are names."""
    concepts = tuple(Concept(word, ((word, 1.0),), name=not word.islower()) for word in words)
    return Query(" ".join(words), concepts, expected, answered)


def values(name: str, query: Query, found: Candidates) -> list[float]:
    """A feature's values, rounded so that they can be written down."""
    return [round(value, 9) for value in features(query, found)[name].tolist()]


# --- by hand: what stands where


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


def test_the_paragraph_and_near_words_cover_nothing() -> None:
    assert [[0]] == coverage(candidates([1], ["a"], paragraph=[[1]], near=[[1]])).tolist()


TWO = ("a", "Bo")
"""Concepts of idf 3 and 1, the second a name."""
WORDS = [
    # feature, what three candidates hold, its values
    # only where the sentence lacks it, as strong as it is there
    ("named", {"own": [[0.5, 0, 0], [0, 0, 0]], "names": [[1, 1, 0], [0, 0, 0.5]]}, [0, 3 / 4, 1 / 8]),
    ("titled", {"own": [[0.5, 0, 0], [0, 0, 0]], "title": [[1, 1, 0], [0, 0, 1]]}, [0, 3 / 4, 1 / 4]),
    # for a sentence that holds something else itself, as the last does not
    ("topical", {"own": [[0.5, 0, 0], [0, 1, 0]], "topic": [[1, 1, 0], [0, 0, 1]]}, [0, 3 / 4, 0]),
    # not again where it stands in the sentence before
    (
        "topical",
        {
            "own": [[0, 0, 1], [1, 1, 0]],
            "before": [[1, 0, 0], [0, 0, 0]],
            "topic": [[1, 1, 0], [0, 0, 1]],
        },
        [0, 3 / 4, 1 / 4],
    ),
    # of names alone, and not where a pronoun stands for it either
    (
        "topical_names",
        {
            "own": [[1, 0, 0], [0, 0, 0]],
            "names": [[0, 0, 0], [0, 1, 0]],
            "topic": [[1, 1, 1], [1, 1, 0]],
        },
        [1 / 4, 0, 0],
    ),
    # whether or not it stands here as well
    ("before", {"own": [[0.5, 0, 0], [0, 0, 0]], "before": [[1, 0.2, 0], [0, 0, 1]]}, [3 / 4, 3 / 4, 1 / 4]),
    # (3 * .4) / 4 and (1 * .2) / 4, as shares of the first
    ("paragraph", {"paragraph": [[0.4, 0, 0], [0, 0.2, 0]]}, [1, 1 / 6, 0]),
    ("opens", {"opens": [1, 0, 1]}, [1, 0, 1]),
    ("alike", {"alike": [0.5, -0.1, 0]}, [0.5, -0.1, 0]),
    ("paragraph_alike", {"paragraph_alike": [0.5, -0.1, 0]}, [0.5, -0.1, 0]),
    # ln(1 + e - 1) / 4, ln(1) / 4, ln(1 + e^2 - 1) / 4
    ("length", {"lengths": [np.e - 1, 0, np.e**2 - 1]}, [1 / 4, 0, 1 / 2]),
]


@pytest.mark.parametrize(("name", "held", "expected"), WORDS, ids=[row[0] for row in WORDS])
def test_a_feature_of_words_is_a_share_of_the_concepts_weights(
    name: str, held: dict[str, list[float]], expected: list[float]
) -> None:
    found = candidates([3, 1], ["x", "y", "z"], **held)  # type: ignore[arg-type]
    assert pytest.approx(expected, abs=1e-9) == values(name, asking(*TWO), found)


OPENINGS = [
    ("He agreed.", 1),
    ("And then they left.", 1),
    ("Это решено.", 1),
    ("Dies ist klar.", 1),
    ("Heather agreed.", 0),
    ("x" * 60 + " he agreed.", 0),
]


@pytest.mark.parametrize(("text", "expected"), OPENINGS)
def test_what_the_sentence_before_holds_counts_more_after_a_word_that_points_back(
    text: str, expected: float
) -> None:
    found = candidates([1], [text, text], before=[[1, 0]])
    assert [expected, 0] == values("pronoun_led", asking("a"), found)


def test_a_sentence_is_about_what_it_begins_with() -> None:
    texts = ["Tides rise.", "The tidal wave.", "x" * 70 + " tide", "Ebb."]
    assert [1, 0, 0, 0] == values("lead", asking("tide"), candidates([1], texts))
    assert [0] == values("lead", asking("tide"), candidates([1], ["Riptide."]))


def test_a_borrowed_word_does_not_make_a_sentence_about_it() -> None:
    query = Query("and when?", (Concept("tide", (("tide", 1.0),), weight=0.5),))
    assert [0] == values("lead", query, candidates([1], ["The tide."]))


def test_a_document_is_asked_about_when_its_whole_title_is() -> None:
    """One term of one, two of four, none, and no title."""
    found = candidates([1, 1], list("wxyz"), title=[[1, 1, 0, 0], [0, 1, 0, 0]], title_terms=[1, 4, 2, 0])
    assert [1, 0.5, 0, 0] == values("title_asked", asking("a", "b"), found)


def test_a_document_is_as_good_as_its_best_candidate() -> None:
    """Strongest places 1, .5 and .25 of the best."""
    found = candidates([1], list("wxyz"), own=[[1, 0.5, 0, 0.25]], documents=["a", "b", "a", "c"])
    assert [1, 0.5, 1, 0.25] == values("document", asking("a"), found)


# --- by hand: the conversation


def test_who_follows_up_wants_another_sentence_of_the_same_document() -> None:
    found = candidates(
        [1], ["It  ROSE.", "It fell.", "It rose again.", "It rose."], documents=["a", "a", "b", "c"]
    )
    query = asking("it", answered=("It rose.",))
    assert [1, 0, 0, 1] == values("repeated", query, found)
    assert [1, 1, 0, 1] == values("continued", query, found)
    assert [0, 0, 0, 0] == values("repeated", asking("it"), found)
    assert [0, 0, 0, 0] == values("continued", asking("it"), found)


# --- by hand: traces


TRACES = [
    # what holds the first concept, idf 3 of 4, and what it is worth there
    ({"own": 0.1}, 1),
    ({"title": 0.1}, 1),
    ({"names": 0.9}, 0.8),
    ({"before": 0.1}, 0.8),
    ({"topic": 0.1}, 0.5),
    ({"after": 0.1}, 0.2),
    ({"paragraph": 1.0}, 0),
    # above the noise of .2, half of the way to 1
    ({"near": 0.6}, 0.5),
    ({"near": 0.1}, 0),
    # the best alone counts
    ({"own": 0.1, "title": 1.0, "near": 1.0}, 1),
    ({"before": 0.1, "near": 0.6, "after": 1.0}, 0.8),
]


@pytest.mark.parametrize(("held", "worth"), TRACES, ids=[" ".join(row[0]) for row in TRACES])
def test_a_concept_counts_by_its_best_trace(held: dict[str, float], worth: float) -> None:
    fields = {name: [[value], [0]] for name, value in held.items()}
    found = candidates([3, 1], ["x"], **fields)
    assert [round(worth * 3 / 4, 9)] == values("covered", asking("tide", "wave"), found)


def test_a_name_has_no_words_near_to_it() -> None:
    assert [0] == values("covered", asking("Zadar"), candidates([1], ["x"], near=[[1]]))


def test_other_forms_and_compounds_of_a_word_are_traces_by_their_letters() -> None:
    """ " tidal " has _tid, tida, idal, dal_, of which "tides" shares the first: .8 * 3/4 * 1/4."""
    found = candidates([3, 1], ["Tides rose.", "Tidal.", "x"], own=[[0, 1, 0], [0, 0, 0]])
    assert [0.15, 3 / 4, 0] == values("covered", asking("tidal", "wave"), found)


def test_a_borrowed_word_has_no_letters_in_the_question() -> None:
    query = Query("and when?", (Concept("tide", (("tide", 1.0),), weight=0.5),))
    assert [0] == values("covered", query, candidates([1], ["The tides."]))


TRACED = tuple(name for name in FIELDS if name != "paragraph")


@given(st.sampled_from(TRACED), st.integers(0, 1), st.floats(0, 1))
def test_one_more_trace_never_covers_less(field: str, concept: int, more: float) -> None:
    query, half = asking("tide", "wave"), {name: [[0.3], [0.0]] for name in ("before", "near")}
    found = candidates([3, 1], ["x"], **half)
    getattr(found, field)[concept] += more
    assert values("covered", query, candidates([3, 1], ["x"], **half)) <= values("covered", query, found)


# --- by hand: letters


def test_grams_are_the_share_of_the_questions_four_letter_runs() -> None:
    """ " tide " has the runs _tid, tide, ide_; "tides" shares the first two."""
    found = candidates([1], ["The tide rose.", "tides", "ebb", "TIDE"])
    assert pytest.approx([1, 2 / 3, 0, 1]) == features(asking("tide"), found)["grams"].tolist()


def test_a_run_that_few_candidates_have_counts_more() -> None:
    """Of four candidates _tid and tide stand in three, weight ln(5/4); ide_ in two, weight ln(5/3)."""
    found = candidates([1], ["The tide rose.", "tides", "ebb", "TIDE"])
    common, rare = np.log(5 / 4), np.log(5 / 3)
    part = 2 * common / (2 * common + rare)
    assert pytest.approx([1, part, 0, 1]) == features(asking("tide"), found)["rare_grams"].tolist()


# --- by hand: the kind of answer


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
    assert [float(kind is not Expected.OTHER), 0] == values("kind", asking("x", expected=kind), found)


COUNTED = [
    # question, sentence, value
    ("how many cars were there?", "There were 12 cars.", 1),
    ("how many cars were there?", "There were twelve old red cars.", 1),
    ("how many cars were there?", "Twelve men and their old red cars came.", 0),
    ("how many cars were there?", "There were cars.", 0),
    ("how many were there?", "There were 12 cars.", 0),
    ("who had cars?", "There were 12 cars.", 0),
    ("сколько машин было?", "Там было пять машин.", 1),
    ("wie viele autos?", "Es waren drei Autos.", 1),
    ("combien de voitures", "Il y avait 12 voitures.", 1),
    ("how many c++ files?", "12 c++ files", 1),
]


@pytest.mark.parametrize(("question", "text", "expected"), COUNTED)
def test_a_counted_thing_stands_after_its_number(question: str, text: str, expected: float) -> None:
    query = Query(question, (Concept("x", (("x", 1.0),)),))
    assert [expected] == values("counted", query, candidates([1], [text]))


AWAITED = [
    # question, sentence, value
    ("when did it sink?", "It sank in March.", 1),
    ("when did it sink in March?", "It sank in March.", 0),
    ("who found it?", "Divers led by Ivo Kralj found it.", 1),
    ("who found it?", "Nobody knows.", 0),
    ("how deep is it?", "It is 93 metres deep.", 1),
    ("how many divers were there?", "There were 12 divers.", 0),
    ("what sank?", "It sank in March.", 0),
]


@pytest.mark.parametrize(("question", "text", "expected"), AWAITED)
def test_what_looks_like_the_answer_and_is_new_is_awaited(question: str, text: str, expected: float) -> None:
    query = Query(question, (Concept("x", (("x", 1.0),)),))
    assert [expected] == values("awaited", query, candidates([1], [text]))


def test_a_thing_much_like_the_one_counted_counts() -> None:
    query = Query("how many children were there?", (Concept("x", (("x", 1.0),)),))
    found = candidates([1], ["There were 40 young pupils.", "There were 40 seats."])
    assert [1, 0] == values("counted_alike", query, found)


def test_only_the_likeliest_are_read_for_an_answer_and_all_that_are_as_good_as_the_last_of_them() -> None:
    query = Query("when did it sink?", (Concept("x", (("x", 1.0),)),))
    own = [1.0] * 39 + [0.5] * 3 + [0.1] * 8
    found = candidates([1], ["It sank in March."] * 50, own=[own])
    assert [1] * 42 + [0] * 8 == values("awaited", query, found)


FUTURE = [
    # question, sentence, value
    ("when will it reopen?", "It is expected to reopen on Monday.", 1),
    ("when will it reopen?", "It would reopen.", 1),
    ("when will it reopen?", "It reopened on Monday.", 0),
    ("when did it reopen?", "It is expected to reopen on Monday.", 0),
    ("когда будет открыт мост?", "Мост будет открыт в мае.", 1),
]


@pytest.mark.parametrize(("question", "text", "expected"), FUTURE)
def test_what_will_be_is_answered_by_what_will_be(question: str, text: str, expected: float) -> None:
    query = Query(question, (Concept("x", (("x", 1.0),)),))
    assert [expected] == values("future", query, candidates([1], [text]))


def test_every_feature_has_a_case_by_hand() -> None:
    elsewhere = {"pronoun_led", "lead", "repeated", "continued", "covered", "grams", "rare_grams"}
    elsewhere |= {"kind", "counted", "future", "title_asked", "awaited", "counted_alike", "document"}
    assert WEIGHTS.keys() == {row[0] for row in WORDS} | elsewhere


# --- for any candidates


@st.composite
def any_candidates(draw: st.DrawFn) -> Candidates:
    count = draw(st.integers(1, 5))
    share = st.sampled_from([0.0, 0.0, 0.3, 0.5, 1.0])
    row = st.lists(share, min_size=count, max_size=count)
    matrix = st.lists(row, min_size=3, max_size=3)
    idf = draw(st.lists(st.floats(0.1, 9), min_size=3, max_size=3))
    texts = st.sampled_from(["The tide rose.", "In Zadar it fell 9 times.", "", "Tide", "It rose."])
    return candidates(
        idf,
        draw(st.lists(texts, min_size=count, max_size=count)),
        documents=draw(st.lists(st.sampled_from("abc"), min_size=count, max_size=count)),
        **{name: draw(matrix) for name in FIELDS},  # type: ignore[arg-type]
        alike=draw(st.lists(st.floats(-1, 1), min_size=count, max_size=count)),
        paragraph_alike=draw(st.lists(st.floats(-1, 1), min_size=count, max_size=count)),
        lengths=draw(st.lists(st.integers(0, 10**6), min_size=count, max_size=count)),
        title_terms=draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)),
    )


QUERIES = st.builds(
    asking,
    st.just("tide"),
    st.just("Zadar"),
    st.just("rose"),
    expected=st.sampled_from(Expected),
    answered=st.sampled_from([(), ("The tide rose.",), ("Tide", "")]),
)


@given(QUERIES, any_candidates())
def test_the_score_is_the_weighted_sum_of_the_features(query: Query, found: Candidates) -> None:
    columns = features(query, found)
    assert WEIGHTS.keys() == columns.keys()
    assert all(column.shape == (len(found.texts),) for column in columns.values())
    expected = sum(WEIGHTS[name] * column for name, column in columns.items())
    np.testing.assert_allclose(scored(query, found), np.asarray(expected))


LOWEST = {"alike": -1.0, "paragraph_alike": -1.0}
HIGHEST = {"length": np.log1p(10**6) / 4}


@given(QUERIES, any_candidates())
def test_features_lie_between_0_and_1_but_for_cosines_and_the_length(query: Query, found: Candidates) -> None:
    for name, column in features(query, found).items():
        low, high = LOWEST.get(name, 0.0), HIGHEST.get(name, 1.0)
        assert all(low - 1e-9 <= value <= high + 1e-9 for value in column), name


@given(QUERIES, any_candidates(), st.randoms(use_true_random=False))
def test_scores_do_not_depend_in_any_bit_on_the_order_of_the_candidates(
    query: Query, found: Candidates, random: object
) -> None:
    order = list(range(len(found.texts)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = replace(
        found,
        texts=tuple(found.texts[i] for i in order),
        plain=tuple(found.plain[i] for i in order),
        places=tuple(found.places[i] for i in order),
        **{name: getattr(found, name)[..., order] for name in (*FIELDS, *MEASURES)},
    )
    assert scored(query, found)[order].tolist() == scored(query, shuffled).tolist()


@given(QUERIES, any_candidates())
def test_scoring_changes_nothing_and_repeats_itself(query: Query, found: Candidates) -> None:
    arrays = ("idf", *FIELDS, *MEASURES)
    before = {name: getattr(found, name).copy() for name in arrays}
    assert scored(query, found).tolist() == scored(query, found).tolist()
    assert all((before[name] == getattr(found, name)).all() for name in arrays)


@pytest.mark.parametrize("expected", Expected)
def test_nothing_to_rank_is_no_error(expected: Expected) -> None:
    query = asking("tide", "Zadar", expected=expected, answered=("Tide",))
    assert [] == scored(query, candidates([1, 1], [])).tolist()
    assert np.isfinite(scored(asking(), candidates([], [""]))).all()
    assert np.isfinite(scored(asking("a", "b"), candidates([0, 0], ["", "a"]))).all()


@given(QUERIES, any_candidates())
def test_the_traces_of_one_candidate_are_those_that_cover_it(query: Query, found: Candidates) -> None:
    weights = found.idf / found.idf.sum()
    shares = [float(weights @ rank.trace(query, found, i)) for i in range(len(found.texts))]
    np.testing.assert_allclose(features(query, found)["covered"], shares)
