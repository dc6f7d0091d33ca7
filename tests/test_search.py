"""The engine's door: what leaves it is verbatim, cited, and the same for the same question."""

import threading
import time
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from conftest import ON_DISK, Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import StoreError
from index.model import Hit, Sentence, Turn
from index.quoteid import id_of, quote_number
from index.rank import WEIGHTS
from index.search import CONTEXT, Index

# --- verbatim

PIECES = st.sampled_from(
    [
        "The tide rose. ",
        "He said so. ",
        "«Rok tide», zud. ",
        "tide",
        "Tide! ",
        "\n",
        "\r\n",
        "\r\n\r\n",
        "\n\n",
        "# Tide\n\n",
        "- tide\n",
        "😀",
        "e\u0301",
        "कि",
        "\u200d",
        "\ufeff",
        "\u202e",
        "漢字。",
        "\u2028",
        "\t",
        "Ünï",
        "BAKU, Jan 24 ",
        "1,5 ",
        "İ",
        "\x0c",
        "'",
        "tide's ",
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, min_size=1, max_size=14).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40),
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig"])
ALWAYS = "Every harbour has a tide. The tide rose and it fell."


def every_sentence(index: Index, document_id: str) -> list[Sentence]:
    """All quotable sentences of a document, through the ids that its text gives."""
    document = index.document(document_id)
    assert document is not None
    found: list[Sentence] = []
    for hit in index.search("tide rok zud he said 漢 字 ünï 1,5", limit=200).hits:
        if hit.sentence.citation.document == document_id:
            before, after = index.neighbours(hit.sentence, 10_000)
            found = [*before, hit.sentence, *after]
            break
    return found


def check_hit(index: Index, hit: Hit) -> None:
    sentence = hit.sentence
    document = index.document(sentence.citation.document)
    assert document is not None
    assert sentence.text == document.text[sentence.citation.start : sentence.citation.end]
    assert sentence.kind.quotable
    assert index.sentence(sentence.id) == sentence
    assert sentence in index.paragraph(sentence)
    assert len(hit.before) <= CONTEXT >= len(hit.after)
    assert all(text in document.text for text in (*hit.before, *hit.after))
    spans = [(span.start, span.end) for span in hit.highlights]
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    for start, end in spans:
        word = sentence.text[start:end]
        assert word
        assert any(character.isalnum() for character in word)
        assert not (start and end < len(sentence.text)) or not unicodedata.combining(word[0])


@settings(ON_DISK, max_examples=40)
@given(st.lists(TEXTS, min_size=1, max_size=3), ENCODINGS)
def test_every_sentence_is_a_slice_of_its_file(texts: list[str], encoding: str) -> None:
    with Folder({"always.txt": ALWAYS}) as folder:
        for number, text in enumerate(texts):
            folder.write(f"{number}.{'md' if number % 2 else 'txt'}", text.encode(encoding))
        with folder.open() as index:
            for hit in index.search("the tide rose, rok zud he said 漢 ünï 1,5", limit=50).hits:
                check_hit(index, hit)
            for document_id in ("always", "0", "1", "2"):
                document = index.document(document_id)
                if document is None:
                    continue
                content = (folder.seeds / document.file).read_bytes()
                assert content.decode() == document.text
                sentences = every_sentence(index, document_id)
                assert len({sentence.id for sentence in sentences}) == len(sentences)
                for sentence in sentences:
                    cited = content.decode()[sentence.citation.start : sentence.citation.end]
                    assert cited == sentence.text != ""


# --- ids


@pytest.fixture(scope="module")
def harbour() -> Iterator[Index]:
    text = (
        "# The harbour\n\nThe harbour was rebuilt in 1856. The pier is made of oak. It rained.\n\n"
        "Engineer Klara Voss surveyed the pier in May. She found nine rotten piles. It rained.\n"
    )
    other = "The pier  is made of oak.\n\nBakers use yeast to raise dough, and the pier is far away.\n"
    with Folder({"harbour.md": text, "b.txt": other, "a.txt": other}) as folder, folder.open() as index:
        yield index


def test_ids_survive_a_rebuild_and_other_documents_coming_and_going(folder: Folder) -> None:
    def ids() -> list[tuple[str, str]]:
        with folder.open() as index:
            hits = index.search("tide", limit=99).hits
            return sorted(
                (h.sentence.id, h.sentence.text) for h in hits if h.sentence.citation.document == "m"
            )

    folder.write("m.txt", "The tide rose. A tide fell. The tide rose. No tide.")
    first = ids()
    assert len(first) == 3
    folder.write("a.txt", "The tide rose again.")
    folder.write("z/m.txt", "The tide fell.")
    assert first == ids()
    folder.remove("a.txt")
    folder.write("m.txt", "The tide rose. A tide fell.  The tide rose.\n\nNo tide. Another tide.")
    assert set(first) < set(ids())
    (folder.data / "index" / "CURRENT").write_bytes(b"")
    folder.write("m.txt", "The tide rose. A tide fell. The tide rose. No tide.")
    assert first == ids()


def test_equal_sentences_of_a_document_differ_by_their_occurrence(harbour: Index) -> None:
    both = [harbour.sentence(id_of(quote_number("harbour", "It rained.", number))) for number in (0, 1, 2)]
    assert both[0] is not None
    assert both[1] is not None
    assert both[2] is None
    assert (3, 3) == (both[0].citation.sentence, both[1].citation.sentence)
    assert both[0].citation.start < both[1].citation.start
    assert "It rained." == both[0].text == both[1].text


@pytest.mark.parametrize("quote_id", ["", "nonsense", "aaaaaaaaaaaa", "😀", "\N{KELVIN SIGN}aaaaaaaaaaa"])
def test_an_id_of_nothing_gives_nothing(quote_id: str, harbour: Index) -> None:
    assert harbour.sentence(quote_id) is None


def test_a_removed_sentence_is_gone(folder: Folder) -> None:
    folder.write("a.txt", "The tide rose.")
    folder.write("b.txt", "The tide fell. It was late.")
    folder.update()
    folder.remove("a.txt")
    with folder.open() as index:
        assert index.sentence(id_of(quote_number("a", "The tide rose.", 0))) is None
        assert index.document("a") is None
        assert ["The tide fell.", "It was late."] == [h.sentence.text for h in index.search("tide").hits]


# --- around a sentence


def test_neighbours_are_the_quotable_sentences_on_each_side(harbour: Index) -> None:
    sentence = harbour.search("who surveyed the pier?").hits[0].sentence
    assert sentence.text.startswith("Engineer Klara Voss")
    before, after = harbour.neighbours(sentence, 2)
    assert ["The pier is made of oak.", "It rained."] == [s.text for s in before]
    assert ["She found nine rotten piles.", "It rained."] == [s.text for s in after]
    assert ((), ()) == harbour.neighbours(sentence, 0)
    assert [*before[1:], *after] != harbour.paragraph(sentence)
    assert [sentence, *after] == list(harbour.paragraph(sentence))
    assert sentence.citation.paragraph == 3


def test_an_outline_is_how_many_sentences_a_document_has_the_first_and_the_last(folder: Folder) -> None:
    folder.write("a.md", "# Heading\n\nThe tide rose. It fell.\n\n- one boat\n")
    folder.write("b.md", "# Heading alone\n")
    with folder.open() as index:
        outline = index.outline("a")
        assert outline is not None
        assert (3, "The tide rose.", "one boat") == (outline[0], outline[1].text, outline[2].text)
        assert index.outline("b") is None
        assert index.outline("none") is None


def test_a_heading_has_neighbours_too(harbour: Index) -> None:
    heading = harbour.sentence(id_of(quote_number("harbour", "The harbour", 0)))
    assert heading is not None
    before, after = harbour.neighbours(heading, 1)
    assert ((), ["The harbour was rebuilt in 1856."]) == (before, [s.text for s in after])


def test_a_pronoun_refers_to_the_name_before_with_its_own_receipt(harbour: Index) -> None:
    hit = harbour.search("what did Voss find?").hits[0]
    assert "She found nine rotten piles." == hit.sentence.text
    [reference] = hit.refers_to
    named = harbour.sentence(reference.id)
    assert named is not None
    assert "She" == hit.sentence.text[reference.start : reference.end]
    assert reference.name in named.text


def test_the_name_behind_a_pronoun_brings_a_sentence_among_the_candidates(folder: Folder) -> None:
    """By either word alone it is behind hundreds of shorter sentences: the second field must add its part."""
    folder.write(
        "m.txt",
        "Foreign Minister Sergei Lavrov said on Monday that he was glad to be there.\n"
        "He praised the old bakery on the corner of the second street behind the northern market hall.",
    )
    for number in range(300):
        folder.write(f"a{number}.txt", f"Lavrov met the delegate in {number}.")
        folder.write(f"b{number}.txt", f"The bakery was closed in {number}.")
    with folder.open() as index:
        hit = index.search("what did Lavrov think of the bakery?").hits[0]
    assert hit.sentence.text.startswith("He praised the old bakery")
    assert "Lavrov" in hit.refers_to[0].name


# --- hits


def test_an_equal_sentence_of_other_documents_is_one_hit(harbour: Index) -> None:
    hits = harbour.search("is the pier made of oak?").hits
    equal = [hit for hit in hits if hit.sentence.text.split() == ["The", "pier", "is", "made", "of", "oak."]]
    assert 1 == len(equal)
    assert {"a", "b", "harbour"} == {equal[0].sentence.citation.document, *equal[0].also_in}


def test_highlights_are_the_words_that_matched(harbour: Index) -> None:
    hit = harbour.search("Who surveys piers?").hits[0]
    assert ["surveyed", "pier"] == [hit.sentence.text[span.start : span.end] for span in hit.highlights]


@pytest.mark.parametrize("limit", [0, 1, 2, 5, 99])
def test_a_limit_cuts_the_hits_and_nothing_else(limit: int, harbour: Index) -> None:
    every = harbour.search("the pier of the harbour", limit=200).hits
    assert every[:limit] == harbour.search("the pier of the harbour", limit=limit).hits


def test_hits_come_best_first(harbour: Index) -> None:
    scores = [hit.score for hit in harbour.search("who surveyed the pier?").hits]
    assert scores == sorted(scores, reverse=True)


EVIDENCE = [
    # question, missing, a name is missing
    ("who surveyed the pier?", (), False),
    ("what did Zubrowka find?", ("Zubrowka",), True),
    ("what did zubrowka find?", ("zubrowka",), True),
    ("was the pier rebuilt in 1999?", ("1999",), True),
    ("was the pier rebuilt in 1856?", (), False),
]


@pytest.mark.parametrize(("question", "missing", "names"), EVIDENCE)
def test_the_evidence_says_what_the_best_hit_lacks(
    question: str, missing: tuple[str, ...], names: bool, harbour: Index
) -> None:
    evidence = harbour.search(question).hits[0].evidence
    assert (missing, names) == (evidence.missing, evidence.name_unheard)
    assert (evidence.coverage == 1) <= (not missing)


NOTHING = [
    "",
    " ",
    "?!…",
    "😀" * 4096,
    "\x00\x1b\u202e\u2066",
    "the of and",
    "zubrowka",
    "\ud800",
    "_" * 4096,
]


@pytest.mark.parametrize("question", NOTHING, ids=lambda text: ascii(text)[:12])
def test_nothing_found_is_a_value(question: str, harbour: Index) -> None:
    results = harbour.search(question)
    assert (question, ()) == (results.question, results.hits)


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Index, Index]]:
    """An index opened twice."""
    with (
        Folder({"a.txt": "The pier is made of oak. It rained on the pier."}) as folder,
        folder.open() as one,
        folder.open() as another,
    ):
        yield one, another


@settings(max_examples=60)
@given(question=st.text(max_size=60), before=st.lists(st.text(max_size=20), max_size=2))
def test_any_question_gets_hits_or_none_and_the_same_again(
    question: str, before: list[str], shared: tuple[Index, Index]
) -> None:
    history = [Turn(earlier) for earlier in before]
    asked = question + " pier"
    one, another = shared
    assert one.search(asked, history) == another.search(asked, history)


def test_a_question_asked_again_gets_the_results_it_had(harbour: Index) -> None:
    first, second = (harbour.search("who surveyed the pier?", [Turn(t)]) for t in ("hello", "is it oak?"))
    assert first.hits is second.hits, "it stands alone, whatever was asked before"
    assert first.hits is not harbour.search("who surveyed the pier?", limit=3).hits
    asked = [
        harbour.search("and when?", [Turn(earlier)]) for earlier in ("who surveyed the pier?", "is it oak?")
    ]
    assert asked[0] != asked[1]


def test_a_follow_up_is_answered_from_the_question_before(harbour: Index) -> None:
    alone = harbour.search("and what did she find?").hits
    assert alone == () or alone[0].evidence.coverage > 0
    followed = harbour.search("and when?", [Turn("who surveyed the pier?")])
    assert followed.hits[0].sentence.text.startswith("Engineer Klara Voss surveyed the pier in May.")


ANSWERED = [
    # the question before, what follows up
    ("who surveyed the pier?", "and what else?"),
    ("who surveyed the pier?", "what did she find?"),
    ("when was the harbour rebuilt?", "why?"),
]


@pytest.mark.parametrize(("before", "question"), ANSWERED)
def test_who_follows_up_does_not_get_the_same_sentence_again(
    before: str, question: str, harbour: Index
) -> None:
    answer = harbour.search(before).hits[0].sentence.text
    first = harbour.search(question, [Turn(before, answer)]).hits[0].sentence
    assert answer != first.text
    assert first.citation.document == harbour.search(before).hits[0].sentence.citation.document


def test_a_question_that_stands_alone_may_have_the_answer_that_was_given_before(harbour: Index) -> None:
    question = "when was the harbour rebuilt in Lindau?"
    answer = harbour.search(question).hits[0].sentence.text
    again = harbour.search(question, [Turn("who rebuilt the harbour?", answer)])
    assert harbour.search(question).hits == again.hits


def test_candidates_are_what_stage_two_orders(harbour: Index) -> None:
    sentences, features = harbour.candidates("who surveyed the pier?")
    assert (len(sentences), len(WEIGHTS)) == features.shape
    best = sentences[int(np.argmax(features @ np.array(list(WEIGHTS.values()))))]
    assert harbour.search("who surveyed the pier?").hits[0].sentence == best
    assert ([], (0, len(WEIGHTS))) == (
        harbour.candidates("zubrowka")[0],
        harbour.candidates("zubrowka")[1].shape,
    )


def test_threads_get_the_same_hits(harbour: Index) -> None:
    questions = [
        "who surveyed the pier?",
        "yeast",
        "what did Voss find?",
        "when was the harbour rebuilt?",
    ] * 5
    expected = [harbour.search(question) for question in questions]
    found: dict[int, object] = {}

    def ask(number: int) -> None:
        found[number] = [harbour.search(question) for question in questions] == expected

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dict.fromkeys(range(4), True) == found


# --- stats, opening


def test_stats_count_what_lives(folder: Folder) -> None:
    folder.write("a.txt", "The tide rose in the harbour, and it was late. It fell.")
    folder.write("b.txt", "Прилив поднялся в порту, и было уже поздно, но они не ушли.")
    folder.write("c.md", "# Tides\n\nThe tide was in the harbour, and the boats were safe.")
    folder.update()
    folder.remove("b.txt")
    with folder.open() as index:
        stats = index.stats()
        assert (2, 3, {"en": 2}) == (stats.documents, stats.sentences, stats.languages)
        assert stats.tokens == sum(
            len(s.split()) for s in ["tide rose harbour late", "fell", "tide harbour boats safe"]
        )
        assert stats.generation == 2
        assert stats.size > 1_000


def test_there_is_no_index_before_it_is_built(folder: Folder) -> None:
    with pytest.raises(StoreError, match=r"there is no index here yet; run `quoth build`"):
        Index.open(folder.data)


def test_a_closed_index_keeps_the_views_it_gave(folder: Folder) -> None:
    folder.write("a.txt", "The tide rose.")
    with folder.open() as index:
        hit = index.search("tide").hits[0]
    assert "The tide rose." == hit.sentence.text


# --- size


@pytest.fixture(scope="module")
def large() -> Iterator[Index]:
    """20,000 sentences in one document, half of them the same one."""
    lines = (f"Zud met rok{number}.\nZud zud bok.\n" for number in range(10_000))
    with Folder({"large.txt": "".join(lines)}) as folder, folder.open() as index:
        yield index


QUESTIONS = ["zud", "zud bok", "rok9999", " ".join(f"rok{number}" for number in range(40))]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda text: text[:8])
def test_a_question_to_a_large_document_is_quick(question: str, large: Index) -> None:
    large.search(question)
    began = time.process_time()
    assert large.search(question).hits
    assert time.process_time() - began < 0.5


def test_the_last_of_many_equal_sentences_is_checked_in_time(large: Index) -> None:
    began = time.process_time()
    sentence = large.sentence(id_of(quote_number("large", "Zud zud bok.", 9_999)))
    assert sentence is not None
    large.paragraph(sentence)
    large.neighbours(sentence, 5)
    assert time.process_time() - began < 0.5


LONG_LINES = [
    "Tide " + "word " * 200_000,
    "Tide " + "a" * 1_000_000,
    "Tide in" + " " * 1_000_000 + "x",
    "Tide. He" + " he" * 300_000,
]


@pytest.mark.parametrize("text", LONG_LINES, ids=lambda text: text[:9])
def test_a_line_of_a_megabyte_is_indexed_and_found(text: str, folder: Folder) -> None:
    folder.write("a.txt", text)
    began = time.process_time()
    with folder.open() as index:
        check_hit(index, index.search("where is the tide?").hits[0])
    assert time.process_time() - began < 10
