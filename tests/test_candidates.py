"""Stage one against a plain recomputation: every field of every sentence by its formula, one at a time."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import NamedTuple

import numpy as np
import pytest
from conftest import ON_DISK, Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from index.candidates import AROUND, StageOne
from index.columns import Analysed, Row
from index.generation import Generation
from index.nearness import Nearness
from index.query import Concept, Query
from index.quoteid import id_of, quote_number
from index.rank import Candidates
from index.stages import Stages
from index.store import Store
from index.views import Views
from index.words import Texts

K1, B, NAME = 0.9, 0.4, 0.9

SENTENCES = [
    "The tide rose in the harbour.",
    "A tide is a tide and the harbour is a harbour.",
    "Foreign Minister Sergei Lavrov spoke of the tide on Monday.",
    "He left the harbour.",
    "The minister praised the boats of the island.",
    "It was late.",
    "Boats, boats, boats and the tide were in the harbour until the island was dark again.",
]
RUSSIAN = ["Прилив поднялся в порту, и было поздно.", "Лодки были в порту."]


class Seed(NamedTuple):
    """A file to write: with a title or without, paragraphs of sentences, some under a heading."""

    title: str
    paragraphs: list[list[str]]
    headings: set[int]

    def markdown(self) -> str:
        top = f"---\ntitle: {self.title}\n---\n" if self.title else ""
        parts = []
        for number, sentences in enumerate(self.paragraphs):
            parts += ["# The tide of the island"] * (number in self.headings) + [" ".join(sentences)]
        return top + "\n\n".join(parts) + "\n"


def paragraphs(sentences: list[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.lists(st.sampled_from(sentences), min_size=1, max_size=3), min_size=1, max_size=3)


SEEDS = st.builds(
    Seed,
    st.sampled_from(["", "", "Boats of the harbour", "Lavrov"]),
    paragraphs(SENTENCES) | paragraphs(RUSSIAN),
    st.sets(st.integers(0, 2), max_size=2),
)
CORPORA = st.dictionaries(st.sampled_from("abcdef"), SEEDS, min_size=1, max_size=5)
TERMS = [
    "tide",
    "harbour",
    "boat",
    "island",
    "lavrov",
    "sergei",
    "minist",
    "dark",
    "nowher",
    "прилив",
    "порт",
]
CONCEPTS = st.builds(
    lambda terms, weight: Concept(terms[0][0], tuple(terms), weight),
    st.lists(
        st.tuples(st.sampled_from(TERMS), st.sampled_from([1.0, 0.5])),
        min_size=1,
        max_size=2,
        unique_by=lambda term: term[0],
    ),
    st.sampled_from([1.0, 0.5]),
)
QUERIES = st.builds(
    lambda concepts: Query(" ".join(each.word for each in concepts), tuple(concepts)),
    st.lists(CONCEPTS, min_size=1, max_size=4, unique_by=lambda concept: concept.word),
)


@contextmanager
def opened(folder: Folder) -> Iterator[Generation]:
    generation = Store(folder.data).open()
    assert generation is not None
    try:
        yield generation
    finally:
        generation.close()


# --- the plain way


class Sentence(NamedTuple):
    """A row in its document."""

    document: Analysed
    place: int

    @property
    def row(self) -> Row:
        return self.document.rows[self.place]

    def beside(self, step: int) -> Row | None:
        place = self.place + step
        return self.document.rows[place] if 0 <= place < len(self.document.rows) else None

    def neighbour(self, step: int) -> Row | None:
        """The nearest quotable row on one side, eight rows away at most."""
        places = (self.place + step * far for far in range(1, 9))
        rows = (self.document.rows[at] for at in places if 0 <= at < len(self.document.rows))
        return next((row for row in rows if row.kind.quotable), None)

    @property
    def paragraph_opening(self) -> Row:
        return next(row for row in self.paragraph if row.kind.quotable)

    @property
    def paragraph(self) -> list[Row]:
        return [row for row in self.document.rows if row.paragraph == self.row.paragraph]


class Plain:
    """All documents in lists."""

    def __init__(self, documents: Iterable[Analysed]) -> None:
        every = [Sentence(document, at) for document in documents for at in range(len(document.rows))]
        self.sentences = [each for each in every if each.row.kind.quotable]
        tokens = sum(len(each.row.terms) for each in self.sentences)
        self.mean = tokens / len(self.sentences) if self.sentences else 1.0

    def idf(self, term: str) -> float:
        df = sum(term in each.row.terms for each in self.sentences)
        return math.log((len(self.sentences) + 1) / max(df, 1))

    def known(self, term: str) -> bool:
        return any(term in each.row.terms for each in self.sentences)

    def impact(self, term: str, row: Row | None) -> float:
        tf = row.terms.count(term) if row else 0
        return tf * (K1 + 1) / (tf + K1 * (1 - B + B * len(row.terms) / self.mean)) if tf and row else 0.0

    def score(self, query: Query, at: Sentence) -> float:
        total = 0.0
        for concept in query.concepts:
            for term, weight in concept.terms:
                around = self.impact(term, at.beside(-1)) + self.impact(term, at.beside(1))
                given_or_begun = (term in at.document.title_terms) + (term in at.document.topic_terms)
                around += (K1 + 1) * given_or_begun
                found = self.impact(term, at.row) + NAME * (term in at.row.names) + AROUND * around
                total += concept.weight * weight * self.idf(term) * found
        return total

    def matrix(
        self, query: Query, value: Callable[[str, Sentence], float], rows: list[Sentence]
    ) -> np.ndarray:
        return np.array(
            [
                [max(weight * value(term, at) for term, weight in concept.terms) for at in rows]
                for concept in query.concepts
            ]
        )

    def matrices(self, query: Query, rows: list[Sentence]) -> dict[str, np.ndarray]:
        lengths = [sum(len(row.terms) for row in at.paragraph) for at in rows]
        mean = max(sum(lengths) / len(lengths), 1.0)
        highest = K1 + 1

        def in_paragraph(term: str, at: Sentence) -> float:
            tf = sum(row.terms.count(term) for row in at.paragraph)
            length = sum(len(row.terms) for row in at.paragraph) / mean
            return tf / (tf + K1 * (1 - B + B * length)) if tf else 0.0

        ways: dict[str, Callable[[str, Sentence], float]] = {
            "own": lambda term, at: self.impact(term, at.row) / highest,
            "names": lambda term, at: term in at.row.names,
            "before": lambda term, at: self.impact(term, at.neighbour(-1)) / highest,
            "after": lambda term, at: self.impact(term, at.neighbour(1)) / highest,
            "title": lambda term, at: term in at.document.title_terms,
            "topic": lambda term, at: term in at.document.topic_terms,
            "paragraph": in_paragraph,
        }
        return {name: self.matrix(query, way, rows) for name, way in ways.items()}

    def weights(self, query: Query) -> list[float]:
        """Of each concept: its strongest terms', the least of those that the corpus has."""
        found = []
        for concept in query.concepts:
            highest = max(weight for _, weight in concept.terms)
            own = [term for term, weight in concept.terms if weight == highest]
            known = [self.idf(term) for term in own if self.known(term)]
            found.append(concept.weight * min(known, default=self.idf(own[0])))
        return found


def texts_of(rows: Iterable[list[Row]]) -> Texts:
    numbers = [[word for row in each for word in row.words] for each in rows]
    starts = np.cumsum([0, *map(len, numbers)])
    return Texts(np.array([word for each in numbers for word in each], dtype=np.int64), starts)


def plain_of(generation: Generation) -> Plain:
    """What the index holds, analysed again."""
    stages = Stages()
    return Plain(
        stages.analyse(segment.document(number))
        for place, segment in enumerate(generation.segments)
        for number in range(segment.documents)
        if generation.is_live(place, number)
    )


def sentences_of(plain: Plain) -> dict[str, Sentence]:
    """By quote id."""
    found, seen = {}, dict[tuple[str, str], int]()
    for at in plain.sentences:
        text = at.document.text[at.row.start : at.row.end]
        key = (at.document.record.id, text)
        found[id_of(quote_number(*key, seen.get(key, 0)))] = at
        seen[key] = seen.get(key, 0) + 1
    return found


# --- the same


def write(folder: Folder, corpus: dict[str, Seed], names: Iterable[str], *, every: bool) -> None:
    """Write documents in the given order, into one segment or a segment each."""
    for name in names:
        folder.write(f"{name}.md", corpus[name].markdown())
        if every:
            folder.update()
    folder.update()


@settings(ON_DISK, max_examples=20)
@given(CORPORA, QUERIES, st.integers(1, 12), st.booleans(), SEEDS)
def test_pool_and_matrices_equal_the_formulas_taken_one_by_one(
    corpus: dict[str, Seed], query: Query, pool: int, every: bool, dead: Seed
) -> None:
    with Folder({"z.md": dead.markdown()}) as folder:
        if every:
            folder.update()
        write(folder, corpus, corpus, every=every)
        folder.remove("z.md")
        folder.update()
        with opened(folder) as generation:
            views = Views(generation)
            numbers, found = StageOne(generation, views, pool).find(query)
            plain = plain_of(generation)
            by_id = sentences_of(plain)
            rows = [by_id[views.at(number).id] for number in numbers.tolist()]
    scores = [plain.score(query, at) for at in rows]
    above = sorted((score for at in plain.sentences if (score := plain.score(query, at)) > 0), reverse=True)
    assert pytest.approx(above[:pool]) == scores
    if found is None:
        assert not rows
        return
    for name, expected in plain.matrices(query, rows).items():
        np.testing.assert_allclose(getattr(found, name), expected, rtol=1e-9, atol=1e-12, err_msg=name)
    assert pytest.approx(plain.weights(query)) == found.idf.tolist()
    assert [len(at.row.terms) for at in rows] == found.lengths.tolist()
    assert [at.document.text[at.row.start : at.row.end] for at in rows] == list(found.texts)
    assert [at.row is at.paragraph_opening for at in rows] == found.opens.tolist()
    assert [len(at.document.title_terms) for at in rows] == found.title_terms.tolist()
    assert [at.document.record.id for at in rows] == [document for document, _ in found.places]
    assert_near(query, rows, found)


def assert_near(query: Query, rows: list[Sentence], found: Candidates) -> None:
    """Nearness was asked for the right texts."""
    nearness, here = Nearness(query), texts_of([at.row] for at in rows)
    before, after = (
        texts_of([row] if (row := at.neighbour(step)) else [] for at in rows) for step in (-1, 1)
    )
    expected = {
        "near": nearness.words(here),
        "alike": nearness.whole(*map(nearness.vectors, (here, before, after))),
        "paragraph_alike": nearness.whole(nearness.vectors(texts_of(at.paragraph for at in rows))),
    }
    for name, values in expected.items():
        np.testing.assert_allclose(getattr(found, name), values, atol=1e-6, err_msg=name)


@settings(ON_DISK, max_examples=15)
@given(CORPORA, QUERIES, st.integers(1, 12), st.randoms(use_true_random=False))
def test_candidates_are_the_same_to_the_last_bit_for_every_arrangement(
    corpus: dict[str, Seed], query: Query, pool: int, random: object
) -> None:
    order = list(corpus)
    random.shuffle(order)  # type: ignore[attr-defined]
    with Folder() as one, Folder() as many:
        write(one, corpus, corpus, every=False)
        write(many, corpus, order, every=True)
        outcomes = [found_in(folder, query, pool) for folder in (one, many)]
    assert outcomes[0] == outcomes[1]


def found_in(folder: Folder, query: Query, pool: int) -> tuple[list[str], dict[str, object]]:
    """Ids and everything found, without the rows."""
    with opened(folder) as generation:
        views = Views(generation)
        numbers, found = StageOne(generation, views, pool).find(query)
        ids = [views.at(number).id for number in numbers.tolist()]
    if found is None:
        return ids, {}
    values = {each.name: getattr(found, each.name) for each in fields(Candidates) if each.name != "places"}
    values = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in values.items()}
    return ids, {**values, "documents": [document for document, _ in found.places]}


# --- by hand


def found_texts(folder: Folder, *terms: str) -> list[str]:
    query = Query(" ".join(terms), tuple(Concept(term, ((term, 1.0),)) for term in terms))
    with opened(folder) as generation:
        _, found = StageOne(generation, Views(generation)).find(query)
    return [] if found is None else list(found.texts)


def test_a_neighbour_is_of_the_same_document(folder: Folder) -> None:
    folder.write("a.txt", "It was late. The zud rose.")
    folder.write("b.txt", "Nobody saw it. Everybody slept.")
    folder.update()
    folder.write("c.txt", "Nobody cared. The boats were safe.")
    folder.update()
    assert ["The zud rose.", "It was late."] == found_texts(folder, "zud")


def test_a_heading_is_no_candidate_and_is_not_searched(folder: Folder) -> None:
    folder.write("a.md", "---\ntitle: T\n---\nThe boats were safe.\n\n# The zud\n\nIt was late.\n")
    folder.update()
    assert [] == found_texts(folder, "zud")
    assert "# The zud" not in found_texts(folder, "late")


def test_a_title_makes_all_sentences_of_its_document_candidates(folder: Folder) -> None:
    folder.write("a.md", "---\ntitle: The zud\n---\nIt was late.\n\nThe boats were safe.\n\nNobody came.\n")
    folder.write("b.txt", "The sun rose. Nobody came.")
    folder.update()
    assert {"It was late.", "The boats were safe.", "Nobody came."} == set(found_texts(folder, "zud"))
    assert 3 == len(found_texts(folder, "zud"))
