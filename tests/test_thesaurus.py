"""Words that stand for one another, as the analyzer sees them."""

import tomllib
from collections import Counter, defaultdict
from importlib import resources
from pathlib import Path

import pytest
from conftest import Folder

from index.analyze import Analyzer, irregular
from index.build import open_corpus, update
from index.errors import UsageError
from index.search import Index
from index.thesaurus import Thesaurus, related_terms

GROUPS: dict[str, list[list[str]]] = tomllib.loads(
    resources.files("index").joinpath("thesaurus.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("language", [*GROUPS, "und", "xx"])
def test_relations_go_both_ways_and_never_to_the_term_itself(language: str) -> None:
    related = related_terms(Analyzer(language), GROUPS)
    assert bool(related) == (language in GROUPS)
    for term, others in related.items():
        assert term not in others
        assert sorted(set(others)) == others
        assert all(term in related[other] for other in others)


PAIRS = [
    ("en", "proposed", "offered"),
    ("en", "soldiers", "troop"),
    ("en", "founded", "established"),
    ("en", "employs", "employees"),
    ("en", "elevators", "lifts"),
    ("en", "France", "French"),
    ("en", "compared", "comparison"),
    ("ru", "предложил", "предложение"),
    ("ru", "распространяет", "распространение"),
    ("ru", "Франции", "французский"),
    ("de", "Frankreich", "französischen"),
]
APART = [("en", "customers", "traditions"), ("en", "bus", "tram"), ("en", "emergency", "appear")]


@pytest.mark.parametrize(("language", "one", "other"), PAIRS)
def test_words_of_a_group_are_related(language: str, one: str, other: str) -> None:
    analyzer = Analyzer(language)
    [first], [second] = (analyzer.tokens(word) for word in (one, other))
    assert first.term == second.term or second.term in related_terms(analyzer, GROUPS)[first.term]


@pytest.mark.parametrize(("language", "one", "other"), APART)
def test_words_that_only_look_or_sound_alike_are_not_related(language: str, one: str, other: str) -> None:
    analyzer = Analyzer(language)
    [first], [second] = (analyzer.tokens(word) for word in (one, other))
    assert second.term not in {first.term, *related_terms(analyzer, GROUPS).get(first.term, ())}


@pytest.mark.parametrize("language", GROUPS)
def test_a_group_has_two_to_eight_entries_and_a_word_is_in_two_groups_at_most(language: str) -> None:
    groups = GROUPS[language]
    places = Counter(entry for group in groups for entry in group)
    assert [] == [group for group in groups if not 2 <= len(group) <= 8]
    assert [] == [entry for entry, count in places.items() if count > 2]


@pytest.mark.parametrize("language", GROUPS)
def test_no_group_lies_within_another(language: str) -> None:
    holding: dict[str, list[frozenset[str]]] = defaultdict(list)
    for group in GROUPS[language]:
        for entry in group:
            holding[entry].append(frozenset(group))
    within = [
        group for group in GROUPS[language] if sum(set(group) <= each for each in holding[group[0]]) > 1
    ]
    assert [] == within


@pytest.mark.parametrize("language", GROUPS)
def test_groups_hold_base_forms_each_with_a_stem_of_its_own(language: str) -> None:
    """Not a form that irregular.toml leads elsewhere: "shot" in a group of vaccines is "shoot"."""
    analyzer = Analyzer(language)
    inflected = irregular(language)
    assert [] == [entry for group in GROUPS[language] for entry in group if entry in inflected]
    for group in GROUPS[language]:
        terms = [tuple(token.term for token in analyzer.tokens(entry)) for entry in group if " " not in entry]
        assert len(terms) == len(set(terms)), group


@pytest.mark.parametrize("language", GROUPS)
def test_no_group_is_wasted(language: str) -> None:
    """Each single word of a group is a content word that the analyzer knows by one term."""
    analyzer = Analyzer(language)
    single = {entry for group in GROUPS[language] for entry in group if " " not in entry and "-" not in entry}
    assert [] == [entry for entry in sorted(single) if len(analyzer.tokens(entry)) != 1]


# --- an admin's file


FAULTS = [
    (b"en = [", "is no TOML", "write groups like"),
    (b"\xff", "is not UTF-8", "save it as UTF-8"),
    (b"en = 5", "en is no list of groups", "write groups like"),
    (b'en = [["gas", "fuel"], ["oil"]]', "en, group 2 has fewer than two words", "write groups like"),
    (b'en = [["gas", 5]]', "en, group 1 is no list of words", "write groups like"),
    (b'ru = ["gas"]', "ru, group 1 is no list of words", "write groups like"),
    (b'en = [["gas", "..."]]', 'en, group 1 has an entry without a word, "..."', "write groups like"),
    (b"[en.more]", "en is no list of groups", "write groups like"),
    (b"#" * 1_000_001, "has more than 1,000,000 bytes", "leave the rarer words out"),
]


@pytest.mark.parametrize(("content", "fault", "remedy"), FAULTS)
def test_a_thesaurus_with_a_fault_says_where_and_what_to_do(
    content: bytes, fault: str, remedy: str, tmp_path: Path
) -> None:
    path = tmp_path / "thesaurus.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError) as raised:
        Thesaurus.load(path)
    assert str(path) == raised.value.place
    assert raised.value.fault.startswith(fault)
    assert raised.value.remedy.startswith(remedy)


def test_a_folder_in_place_of_the_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        Thesaurus.load(tmp_path)


def test_groups_are_added_to_those_that_ship_and_no_file_adds_none(tmp_path: Path) -> None:
    path = tmp_path / "thesaurus.toml"
    assert Thesaurus.load(path) == Thesaurus.load()
    path.write_text('en = [["zud", "bok"]]\nsv = [["bil", "fordon"]]', encoding="utf-8")
    groups = Thesaurus.load(path).groups()
    assert [*GROUPS["en"], ["zud", "bok"]] == groups["en"]
    assert [["bil", "fordon"]] == groups["sv"]
    assert Thesaurus.load(path).version != Thesaurus.load().version


def first_hit(index: Index, question: str) -> str:
    with index:
        hits = index.search(question).hits
    return hits[0].sentence.text if hits else ""


def test_a_changed_file_is_taken_up_without_analysing_a_document_again(folder: Folder) -> None:
    folder.write("a.txt", "The zud was sold in May. The tide rose in June.")
    path = folder.top / "thesaurus.toml"
    assert update(folder.seeds, folder.data, thesaurus=path).added == ("a.txt",)
    assert first_hit(folder.open(), "who has the bok?") == ""
    path.write_text('en = [["zud", "bok"]]', encoding="utf-8")
    report = update(folder.seeds, folder.data, thesaurus=path)
    assert (1, 0, ()) == (report.unchanged, report.sentences, report.changed)
    index = open_corpus(folder.seeds, folder.data, thesaurus=path)
    assert index.stats().generation == report.generation
    assert first_hit(index, "who has the bok?") == "The zud was sold in May."
    folder.write("b.txt", "A bok was found in July, and another one in the long winter that followed.")
    assert first_hit(open_corpus(folder.seeds, folder.data, thesaurus=path), "zud in July?").startswith(
        "A bok"
    )
    path.unlink()
    assert first_hit(open_corpus(folder.seeds, folder.data, thesaurus=path), "bok in May?") != ""
    assert first_hit(open_corpus(folder.seeds, folder.data, thesaurus=path), "bok?").startswith("A bok")


def test_a_build_stops_at_a_fault_and_an_answer_does_not(folder: Folder) -> None:
    folder.write("a.txt", "The minister proposed a truce. The tide rose in June.")
    path = folder.top / "thesaurus.toml"
    path.write_text("en = [", encoding="utf-8")
    with pytest.raises(UsageError):
        update(folder.seeds, folder.data, thesaurus=path)
    index = open_corpus(folder.seeds, folder.data, thesaurus=path, notice=folder.notices.append)
    assert first_hit(index, "who suggested an armistice?").startswith("The minister")
    assert [line for line in folder.notices if "thesaurus.toml" in line] == folder.notices[:1]
