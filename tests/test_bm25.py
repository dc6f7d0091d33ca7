"""rank-bm25 is the oracle: the same scores, in memory, on disk, and with dead documents in between."""

import math

import numpy as np
import pytest
import rank_bm25
from conftest import ON_DISK, Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from index.bm25 import BM25
from index.store import Store

WORDS = st.sampled_from(["ash", "birch", "cedar", "dogwood", "elm", "fir", "gorse", "hazel"])
CORPORA = st.lists(st.lists(WORDS, max_size=9), min_size=1, max_size=12).filter(any)
QUERIES = st.lists(WORDS | st.just("unknown"), max_size=8)
# at b = 1 the library divides 0 by 0 for a sentence without tokens
K1, B, DELTA = st.floats(0.1, 3), st.floats(0, 0.99), st.sampled_from([0, 0.5, 1, 2.5])


@settings(max_examples=300)
@given(CORPORA, QUERIES, K1, B, DELTA)
def test_scores_are_the_librarys(
    corpus: list[list[str]], query: list[str], k1: float, b: float, delta: float
) -> None:
    ours = BM25(corpus, k1=k1, b=b, delta=delta)
    library = rank_bm25.BM25Plus(corpus, k1=k1, b=b, delta=delta)
    np.testing.assert_allclose(ours.get_scores(query), library.get_scores(query), rtol=1e-5, atol=1e-12)
    some = [*range(0, len(corpus), 2), 0]
    np.testing.assert_allclose(
        ours.get_batch_scores(query, some), library.get_batch_scores(query, some), rtol=1e-5, atol=1e-12
    )


@given(CORPORA)
def test_the_librarys_attributes_are_here_too(corpus: list[list[str]]) -> None:
    ours, library = BM25(corpus), rank_bm25.BM25Plus(corpus)
    assert library.idf == pytest.approx(dict(ours.idf))
    assert (library.corpus_size, library.doc_len) == (ours.corpus_size, ours.doc_len.tolist())
    assert library.avgdl == pytest.approx(ours.avgdl)
    assert len(ours.idf) == len(library.idf)
    assert ours.idf.get("unknown") is None
    assert isinstance(ours, rank_bm25.BM25)


@given(CORPORA, QUERIES, st.integers(0, 14))
def test_the_top_n_are_everything_sorted_with_ties_in_the_order_of_the_corpus(
    corpus: list[list[str]], query: list[str], n: int
) -> None:
    model = BM25(corpus)
    scores = model.get_scores(query)
    order = sorted((i for i in range(len(corpus)) if scores[i] > 0), key=lambda i: (-scores[i], i))
    assert [corpus[i] for i in order[:n]] == model.get_top_n(query, corpus, n)


def test_one_documents_score_worked_by_hand() -> None:
    """N = 2, df = 1, tf = 2, dl = 3, avgdl = 2, k1 = .9, b = .4:
    idf = ln(3 / 1); impact = 2 * 1.9 / (2 + .9 * (.6 + .4 * 3 / 2)) = 3.8 / 3.08
    """
    model = BM25([["elm", "elm", "fir"], ["ash"]])
    assert [math.log(3) * 3.8 / 3.08, 0] == pytest.approx(model.get_scores(["elm"]).tolist())


ALWAYS_POSITIVE = [
    [["elm"]],
    [["elm", "fir"], ["ash"]],
    [["elm"], ["elm"]],
    [["elm"]] * 9,
]


@pytest.mark.parametrize("corpus", ALWAYS_POSITIVE)
def test_a_term_is_worth_something_however_many_sentences_hold_it(corpus: list[list[str]]) -> None:
    assert BM25(corpus).get_scores(["elm"])[0] > 0


@pytest.mark.parametrize("corpus", [[], [[]], [[], []]])
def test_a_corpus_without_words_scores_nothing(corpus: list[list[str]]) -> None:
    model = BM25(corpus)
    assert [0.0] * len(corpus) == model.get_scores(["elm"]).tolist()
    assert [] == model.get_top_n(["elm"], corpus)


def test_a_tokenizer_splits_what_is_given() -> None:
    texts = ["elm fir", "ash"]
    assert (
        BM25(texts, str.split).get_scores(["fir"]).tolist()
        == BM25([t.split() for t in texts]).get_scores(["fir"]).tolist()
    )


def test_the_top_n_of_another_corpus_are_refused() -> None:
    with pytest.raises(ValueError, match="1 documents for 2 sentences"):
        BM25([["elm"], ["ash"]]).get_top_n(["elm"], [["elm"]])


# --- on disk

TREES = ["ash", "birch", "cedar", "dogwood", "elm", "gorse", "hazel"]


@settings(ON_DISK, max_examples=8)
@given(
    st.lists(
        st.lists(st.lists(st.sampled_from(TREES), min_size=1, max_size=6), min_size=1, max_size=4),
        min_size=3,
        max_size=6,
    ),
    st.data(),
)
def test_over_segments_with_dead_documents_the_scores_are_the_librarys_over_what_lives(
    documents: list[list[list[str]]], data: st.DataObject
) -> None:
    """Each document is a list of sentences; each is indexed in a segment of its own, two die."""
    with Folder() as folder:
        for number, sentences in enumerate(documents):
            body = "\n".join(" ".join(words).capitalize() + "." for words in sentences)
            folder.write(f"{number}.md", f"# Trees\n\n{body.replace(chr(10), chr(10) * 2)}\n")
            if number:
                folder.update()
        dead = data.draw(st.sampled_from(range(len(documents))))
        folder.remove(f"{dead}.md")
        changed = data.draw(st.sampled_from([n for n in range(len(documents)) if n != dead]))
        folder.write(f"{changed}.md", "Elm and hazel.")
        documents[changed] = [["elm", "hazel"]]
        folder.update()
        generation = Store(folder.data).open()
        assert generation is not None
        try:
            rows, live = [], []
            for segment, part in enumerate(generation.segments):
                for row in range(part.rows):
                    if part.quotable[row] and generation.is_live(segment, part.document_of(row)):
                        rows.append(int(generation.bases[segment]) + row)
                        live.append([part.terms[int(term)] for term in part.forward(row)])
            assert len(generation.segments) > 1
            assert sum(len(d) for n, d in enumerate(documents) if n != dead) == len(live) == generation.live
            query = [*TREES, "elm", "unknown"]
            ours = BM25.over(generation, k1=1.2, b=0.6)
            library = rank_bm25.BM25Plus(live, k1=1.2, b=0.6, delta=0)
            scores = ours.get_scores(query)
            np.testing.assert_allclose(scores[rows], library.get_scores(query), rtol=1e-5)
            assert not np.delete(scores, rows).any()
            assert library.idf == pytest.approx(dict(ours.idf))
        finally:
            generation.close()
