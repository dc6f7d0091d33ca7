"""What filters let pass, over real small indexes: nothing that violates one, and all that does not."""

import re
from collections.abc import Callable, Iterator, Sequence

import pytest
from conftest import ON_DISK, Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from index.filters import Fault, parse
from index.masks import phrase_spans
from index.model import Hit, Turn
from index.search import BEST_OF, Index


def article(body: str, title: str = "", date: str = "", source: str = "") -> str:
    lines = [
        f"{key}: {value}" for key, value in (("title", title), ("date", date), ("source", source)) if value
    ]
    return "\n".join(["---", *lines, "---", body, ""]) if lines else body


TALKS = (
    "Sergei Lavrov met his colleague in Baku. "
    "Lavrov said that peacekeepers control all traffic along the Lachin corridor. "
    "The border stays closed."
)
MORE = (
    "Sergei Lavrov spoke in Yerevan. "
    "“We will open the border soon,” Lavrov said. "
    "The corridor near Lachin was discussed."
)
OLD = (
    "Sergei Lavrov said that the Lachin corridor was never shut. "
    "Ann Bell said that the traffic is slow. "
    "The “Ménage” Café serves traffic wardens."
)
RUSSIAN = "Сергей Лавров прибыл в Баку. Лавров заявил, что коридор открыт для всех жителей."


@pytest.fixture(scope="module")
def news() -> Iterator[Index]:
    with Folder() as folder:
        folder.write("talks.txt", article(TALKS, "Talks resume", "2026-03-02", "Example Wire"))
        folder.write("more-talks.txt", article(MORE, "Further talks", "2026-01", "Other Post"))
        folder.write("old.txt", article(OLD, "An old story"))
        folder.write("ru.txt", article(RUSSIAN, "Переговоры", "2025-12-30", "Почта"))
        with folder.open() as index:
            yield index


def found(index: Index, question: str) -> set[str]:
    """The first three words of what is found."""
    return {" ".join(hit.sentence.text.split()[:3]) for hit in index.search(question, limit=50).hits}


LACHIN, NEAR = "Lavrov said that", "The corridor near"
OPEN, NEVER = "“We will open", "Sergei Lavrov said"
FILTERED = [
    # question, the beginnings of what is found
    ('"Lachin corridor"', {LACHIN, NEVER}),
    ('what of the "LACHIN  corridor"?', {LACHIN, NEVER}),
    ('"lachin, corridor"', {LACHIN, NEVER}),
    ('"Lachin corridor" "never shut"', {NEVER}),
    ('"corridors of Lachin"', set()),
    ('"along the Lachin"', {LACHIN}),
    ('"menage cafe"', {"The “Ménage” Café"}),
    ("corridor -border source:wire", {LACHIN, "Sergei Lavrov met"}),
    ("traffic -controlling -slowness in:old", {"Sergei Lavrov said", "The “Ménage” Café"}),
    ("traffic source:wire source:post", {LACHIN, "Sergei Lavrov met", "The border stays"}),
    ('corridor source:"example wire"', {LACHIN, "Sergei Lavrov met", "The border stays"}),
    ("corridor source:ire", set()),
    ("corridor in:talks", {LACHIN, "Sergei Lavrov met", "The border stays"}),
    ("corridor in:talks.txt", {LACHIN, "Sergei Lavrov met", "The border stays"}),
    ("border in:further", {OPEN, NEAR, "Sergei Lavrov spoke"}),
    ("in:old by:Bell", {"Ann Bell said"}),
    ("by:Lavrov border", {OPEN, LACHIN}),
    ('by:"sergei lavrov" in:talks', {LACHIN}),
    ('by:"Pavel Lavrov"', set()),
    ("by:Bell by:Lavrov before:2027", {LACHIN, OPEN, "Лавров заявил, что"}),
    ("by:Лаврова after:2025-12", {LACHIN, OPEN, "Лавров заявил, что"}),
    ("corridor after:2026", {LACHIN, "Sergei Lavrov met", "The border stays", NEAR, OPEN}),
    ("corridor after:2026-01 before:2026-02", {NEAR, OPEN}),
    ("corridor after:2026-01-15", {LACHIN, "Sergei Lavrov met", "The border stays"}),
    ("corridor before:02.03.2026", {NEAR, OPEN}),
    ("corridor before:2026-01-31", set()),
    ("коридор before:2026-01-31", {"Лавров заявил, что", "Сергей Лавров прибыл"}),
]


@pytest.mark.parametrize(("question", "expected"), FILTERED)
def test_what_a_filter_lets_pass(news: Index, question: str, expected: set[str]) -> None:
    assert expected == found(news, question)


HINTS = [
    ("corridor source:Reuters", Fault.UNKNOWN_SOURCE, "source:Reuters", "Example Wire"),
    ("corridor in:nowhere", Fault.UNKNOWN_DOCUMENT, "in:nowhere", None),
    ('by:"Olga Ivanova"', Fault.UNKNOWN_SPEAKER, 'by:"Olga Ivanova"', None),
    ("by:Lavrof", Fault.UNKNOWN_SPEAKER, "by:Lavrof", "Sergei Lavrov"),
    ('corridor "of the"', Fault.SMALL_WORDS, "“of the”", None),
    ("corridor -the", Fault.SMALL_WORDS, "-the", None),
    ("corridor -zebra", Fault.UNHEARD_WORD, "-zebra", None),
    ("corridor after:soon", Fault.NO_DATE, "after:soon", None),
]


@pytest.mark.parametrize(("question", "fault", "written", "known"), HINTS)
def test_a_filter_that_cannot_do_what_was_meant_is_told(
    news: Index, question: str, fault: Fault, written: str, known: str | None
) -> None:
    (hint,) = news.search(question).within.hints
    assert (fault, written) == (hint.fault, hint.written)
    assert known is None or known in hint.known


def test_capitals_tell_a_name_from_a_small_word_in_a_phrase_alone() -> None:
    said = "It cost us a lot. The WHO met in Oslo. Who met there?"
    with Folder({"who.txt": said}) as folder, folder.open() as index:
        held, small = (index.search(f'what did the "{word}" do?') for word in ("WHO", "who"))
    assert ["The WHO met in Oslo."] == [hit.sentence.text for hit in held.hits]
    assert [Fault.SMALL_WORDS] == [hint.fault for hint in small.within.hints]


def test_small_words_alone_list_nothing(news: Index) -> None:
    assert () == news.search('"of the" -the').hits


def test_a_name_in_another_spelling_is_said_to_stand_for_the_one_found(news: Index) -> None:
    assert {"Lavrow": "Sergei Lavrov"} == news.search("by:Lavrow").corrected
    assert None is news.search("by:Lavrov").corrected


def test_filters_alone_list_what_passes_the_newest_document_first(news: Index) -> None:
    listed = news.search("by:Lavrov")
    dates = [hit.sentence.citation.date for hit in listed.hits]
    assert ["2026-03-02", "2026-01", "2025-12-30", None] == dates
    assert listed.within.alone
    assert dates[:2] == [hit.sentence.citation.date for hit in news.search("by:Lavrov", limit=2).hits]
    assert ["2025-12-30"] == [hit.sentence.citation.date for hit in news.search("by:Lavrov before:2026").hits]


def test_inside_of_a_document_sentences_are_listed_in_its_order(news: Index) -> None:
    listed = [hit.sentence.citation.sentence for hit in news.search("in:talks sort:new").hits]
    assert [1, 2, 3] == listed


def test_documents_without_a_date_that_a_date_leaves_out_are_counted(news: Index) -> None:
    counts = {
        "corridor": 0,
        "corridor after:2020": 1,
        "yerevan after:2020": 0,
        "by:Lavrov after:2020": 1,
        "by:Bell before:2027": 1,
        "corridor after:2020 source:wire": 0,
        '"never shut" before:2020': 1,
        '"control all traffic" after:2020': 0,
    }
    assert counts == {question: news.search(question).undated_left_out for question in counts}


def test_a_phrase_is_highlighted_as_a_whole(news: Index) -> None:
    hit = news.search('what is the "the lachin corridor"?').hits[0]
    assert ["the Lachin corridor"] == [hit.sentence.text[s.start : s.end] for s in hit.highlights]


def test_without_quotation_marks_other_filters_hold(news: Index) -> None:
    assert () == news.search('"corridor Lachin" by:Lavrov').hits
    loose = news.search_unquoted('"corridor Lachin" by:Lavrov').hits
    assert loose
    assert {"Lavrov", "Лавров"} >= {(hit.speaker or "").split()[-1] for hit in loose}


def test_what_is_new_comes_with_all_that_a_decision_needs(news: Index) -> None:
    hits = news.search("what did Lavrov say? sort:new", limit=1, detailed=1).hits
    assert 1 < len(hits) <= BEST_OF
    assert all(hit.evidence.signals and hit.before + hit.after for hit in hits)


def test_taken_literally_nothing_is_a_filter(news: Index) -> None:
    question = 'who keeps the "corridor Lachin"?'
    assert not news.search_literally(question).within.filters
    assert news.search_literally(question).hits


# --- properties

SUBJECTS = ("The tide", "A harbour", "The minister", "Old boats", "No tide")
VERBS = ("rose in the harbour", "left the harbour", "was seen at the tide", "kept the harbour open")
DOCUMENTS = st.lists(
    st.tuples(
        st.sampled_from(["", "2026", "2026-02", "2026-02-10", "2025-07-01"]),
        st.sampled_from(["", "Wire", "Post"]),
        st.lists(st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(VERBS)), min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=5,
)
PASSES: dict[str, Callable[[Hit], bool]] = {
    '"the harbour"': lambda hit: "the harbour" in hit.sentence.text.lower(),
    '"tide rose"': lambda hit: "tide rose" in hit.sentence.text,
    "-boat": lambda hit: "boats" not in hit.sentence.text,
    "-rising -seen": lambda hit: not re.search("rose|seen", hit.sentence.text),
    "source:wire": lambda hit: hit.sentence.citation.source == "Wire",
    "in:d1": lambda hit: hit.sentence.citation.document == "d1",
    "by:voss": lambda hit: "Voss" in (hit.speaker or ""),
    "after:2026": lambda hit: (hit.sentence.citation.date or "") >= "2026",
    "before:2026": lambda hit: "" < (hit.sentence.citation.date or "") < "2026",
    "after:2026-02-05": lambda hit: (hit.sentence.citation.date or "") >= "2026-02-1",
}


def written(documents: Sequence[tuple[str, str, list[tuple[str, str]]]]) -> Folder:
    folder = Folder()
    for number, (date, source, sentences) in enumerate(documents):
        bodies = [f"{subject} {verb} {number}{place}" for place, (subject, verb) in enumerate(sentences)]
        said = [f"Klara Voss said that {bodies[0][0].lower()}{bodies[0][1:]}", *bodies[1:]]
        folder.write(f"d{number}.txt", article(". ".join(said) + ".", date=date, source=source, title="Sea"))
    return folder


@settings(ON_DISK, max_examples=30)
@given(DOCUMENTS, st.lists(st.sampled_from(sorted(PASSES)), min_size=1, max_size=3, unique=True))
def test_filtered_hits_are_the_unfiltered_ones_without_violators(
    documents: list[tuple[str, str, list[tuple[str, str]]]], filters: list[str]
) -> None:
    typed = f"when did the tide rise in a harbour? {' '.join(filters)}"
    with written(documents) as folder, folder.open() as index:
        every = index.search_literally(parse(typed).question, limit=100).hits
        expected = [(h.sentence.id, h.score) for h in every if all(PASSES[each](h) for each in filters)]
        assert expected == [(h.sentence.id, h.score) for h in index.search(typed, limit=100).hits]


@settings(ON_DISK, max_examples=20)
@given(DOCUMENTS, st.lists(st.sampled_from(sorted(PASSES)[2:]), min_size=1, max_size=3, unique=True))
def test_filters_alone_list_exactly_what_passes(
    documents: list[tuple[str, str, list[tuple[str, str]]]], filters: list[str]
) -> None:
    with written(documents) as folder, folder.open() as index:
        every = index.search("sort:new", limit=100).hits
        assert sum(len(sentences) for *_, sentences in documents) == len(every)
        expected = [h.sentence.id for h in every if all(PASSES[each](h) for each in filters)]
        listed = index.search(" ".join(filters), limit=100).hits
        assert expected == [h.sentence.id for h in listed]


def test_a_filter_finds_what_stands_behind_a_full_pool() -> None:
    with Folder() as folder:
        folder.write("many.txt", " ".join(f"The tide rose in harbour {n}." for n in range(300)))
        folder.write("far.txt", article("Long after all of them somebody saw one tide.", source="Wire"))
        with folder.open() as index:
            assert ["far"] == [
                hit.sentence.citation.document
                for hit in index.search("where in the harbour rose the tide? source:wire").hits
            ]


def test_dead_documents_and_segments_make_no_difference(folder: Folder) -> None:
    folder.write("old.txt", article("Ann Bell said that the tide rose.", date="2026-05-05", source="Wire"))
    folder.write("a.txt", article("Klara Voss said that the tide fell.", date="2026-01-01", source="Post"))
    folder.update()
    folder.remove("old.txt")
    folder.write("b.txt", article("Klara Voss said that the tide stood still.", date="2026-02-02"))
    with folder.open() as index:
        assert ["b", "a"] == [hit.sentence.citation.document for hit in index.search("by:Voss").hits]
        assert [Fault.UNKNOWN_SPEAKER] == [hint.fault for hint in index.search("by:Bell").within.hints]
        assert [Fault.UNKNOWN_SOURCE] == [hint.fault for hint in index.search("source:wire").within.hints]


PHRASE_SPANS = [
    ("tide rose", "The tide rose, and the tide rose again.", ["tide rose", "tide rose"]),
    ("tide rose", "The tide never rose.", []),
    ("a a", "a a a a a", ["a a", "a a"]),
    ("us troops", "U.S. troops left.", ["U.S. troops"]),
    ("minister", "The minister's aide.", ["minister's"]),
    ("?", "What?", []),
]


@pytest.mark.parametrize(("phrase", "text", "expected"), PHRASE_SPANS)
def test_where_a_phrase_stands(phrase: str, text: str, expected: list[str]) -> None:
    assert expected == [text[span.start : span.end] for span in phrase_spans(phrase, text)]


# --- conversations

INHERITED = [
    # what was asked before, the question, its filters, whether they are the earlier ones
    (["what did Lavrov say? by:Lavrov after:2026"], "and when?", "by:Lavrov after:2026", True),
    (["by:Lavrov sort:new"], "and when?", "by:Lavrov sort:new", True),
    (["what did Lavrov say? by:Lavrov", "and where?"], "and when?", "by:Lavrov", True),
    (["what did Lavrov say? by:Lavrov", "who keeps the Lachin corridor open?"], "and when?", "", False),
    (["what did Lavrov say? by:Lavrov after:2026"], "and by:Bell?", "by:Bell", False),
    (["what did Lavrov say? by:Lavrov"], "who keeps the Lachin corridor open?", "", False),
    (['who keeps the "Lachin corridor"?'], "and when?", "", False),
    (['who keeps the "Lachin corridor"? by:Lavrov'], 'and "open"?', "by:Lavrov", True),
]


@pytest.mark.parametrize(("before", "question", "filters", "inherited"), INHERITED)
def test_a_follow_up_has_the_filters_of_the_question_before_unless_it_has_its_own(
    news: Index, before: list[str], question: str, filters: str, inherited: bool
) -> None:
    within = news.search(question, [Turn(earlier) for earlier in before]).within
    assert (filters, inherited) == (str(within.filters), within.inherited)


def test_filters_alone_borrow_no_words(news: Index) -> None:
    history = [Turn("what of the Lachin corridor?")]
    assert news.search("by:Bell").hits == news.search("by:Bell", history).hits


def test_and_by_somebody_else_asks_the_same_of_them(news: Index) -> None:
    (hit,) = news.search("and by:Bell?", [Turn("what of the traffic? by:Lavrov")]).hits
    assert ["traffic"] == [hit.sentence.text[s.start : s.end] for s in hit.highlights]
