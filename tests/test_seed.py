"""What the issue promises of the article that ships."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Folder

from bot.answer import Outcome, answer
from index.build import open_corpus
from index.corpus import shipped_seeds
from index.model import Kind
from index.search import Index
from index.store import Store

QUOTABLE = [
    # paragraph, how the sentence begins, how it ends
    (1, "In a conversation with US Secretary", "of the head of state reports."),
    (2, "«On January 23, US Secretary", "President Ilham Aliyev."),
    (2, "During the conversation, Aliyev", "120 cars of the ICRC."),
    (2, "The President also noted", "the ICRC,» the statement says."),
    (3, "According to the press service", "Karabakh should be stopped."),
    (3, "«At the same time", "at the fields,» the press service said."),
    (4, "The Russian Defense Ministry", "in this direction ."),
    (4, "The US State Department", "unblock the Lachin corridor."),
    (4, "Baku calls what is happening", "of the Armenian side.»"),
    (5, "Russian Foreign Minister Sergei Lavrov", "in the near future."),
    (5, "He noted that Moscow offered", "non-civilian goods."),
]
PROPOSED = "what did Lavrov propose?"


@pytest.fixture(scope="module")
def seed() -> Iterator[Index]:
    with Folder() as folder, open_corpus(shipped_seeds(), folder.data) as index:
        yield index


def test_the_article_has_these_sentences_and_no_others(seed: Index) -> None:
    document = seed.document("000_c44beefa5c734ab3")
    assert document is not None
    assert document.text == (shipped_seeds() / document.file).read_bytes().decode()
    first = seed.search("blockade road Karabakh official website head of state").hits[0].sentence
    before, after = seed.neighbours(first, 99)
    found = [*before, first, *after]
    assert len(QUOTABLE) == 11 == len(found) == seed.stats().sentences
    for sentence, (paragraph, begins, ends) in zip(found, QUOTABLE, strict=True):
        assert sentence.text.startswith(begins)
        assert sentence.text.endswith(ends)
        assert paragraph == sentence.citation.paragraph
        assert sentence.text == document.text[sentence.citation.start : sentence.citation.end]


def test_the_dateline_is_metadata_and_never_quoted(tmp_path: Path) -> None:
    with open_corpus(shipped_seeds(), tmp_path) as index:
        assert "BAKU, Jan 24" == index.search(PROPOSED).hits[0].sentence.citation.title
        hits = index.search("BAKU Jan 24 January 23 December 12", limit=99).hits
        assert not [hit for hit in hits if "Jan 24" in hit.sentence.text]
    generation = Store(tmp_path).open()
    assert generation is not None
    generation.close()
    part = generation.segments[0]
    kinds = [list(Kind)[kind] for kind in part.column("sentence_kind")]
    assert [Kind.DATELINE, *[Kind.SENTENCE] * 11] == kinds
    assert part.row_text(0).startswith("BAKU, Jan 24")


def test_what_lavrov_proposed_is_said_by_a_sentence_that_does_not_name_him(seed: Index) -> None:
    results = seed.search(PROPOSED)
    hit = results.hits[0]
    assert hit.sentence.text.startswith("He noted that Moscow offered")
    assert "Lavrov" not in hit.sentence.text
    [reference] = hit.refers_to
    assert "He" == hit.sentence.text[reference.start : reference.end]
    assert "Lavrov" in reference.name
    named = seed.sentence(reference.id)
    assert named is not None
    assert named.text == hit.before[-1]
    assert reference.name in named.text
    assert "Lavrov" in named.text
    assert Outcome.ANSWER is answer(results).outcome


def test_who_called_aliyev_is_answered_by_the_call(seed: Index) -> None:
    results = seed.search("who called Aliyev?")
    assert "Blinken called" in results.hits[0].sentence.text
    assert Outcome.ANSWER is answer(results).outcome


@pytest.mark.parametrize("question", ["what did Macron propose?", "what did macron propose?"])
def test_macron_is_not_answered_for(question: str, seed: Index) -> None:
    results = seed.search(question)
    assert Outcome.ANSWER is not answer(results).outcome
    assert all("Macron".lower() in [word.lower() for word in hit.evidence.missing] for hit in results.hits)


def test_the_proposal_stays_first_among_a_thousand_sentences_that_name_lavrov() -> None:
    """As documents of their own, before and after the article in the order of the corpus."""
    article = (shipped_seeds() / "000_c44beefa5c734ab3.txt").read_bytes()
    with Folder({"m.txt": article}) as folder:
        for number in range(1_000):
            folder.write(f"{'an'[number % 2]}{number}.txt", f"Lavrov met delegate {number} in the capital.")
        with folder.open() as index:
            assert 1_011 == index.stats().sentences
            results = index.search(PROPOSED)
            assert results.hits[0].sentence.text.startswith("He noted that Moscow offered")
            assert Outcome.ANSWER is answer(results).outcome
