"""Words that stand for one another, as the analyzer sees them."""

import tomllib
from importlib import resources

import pytest

from index.analyze import Analyzer
from index.thesaurus import related_terms

GROUPS: dict[str, list[list[str]]] = tomllib.loads(
    resources.files("index").joinpath("thesaurus.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("language", [*GROUPS, "und", "xx"])
def test_relations_go_both_ways_and_never_to_the_term_itself(language: str) -> None:
    related = related_terms(Analyzer(language))
    assert bool(related) == (language in GROUPS)
    for term, others in related.items():
        assert term not in others
        assert sorted(set(others)) == others
        assert all(term in related[other] for other in others)


PAIRS = [("en", "proposed", "offered"), ("en", "soldiers", "troop"), ("ru", "предложил", "предложение")]


@pytest.mark.parametrize(("language", "one", "other"), PAIRS)
def test_words_of_a_group_are_related(language: str, one: str, other: str) -> None:
    analyzer = Analyzer(language)
    [first], [second] = (analyzer.tokens(word) for word in (one, other))
    assert first.term == second.term or second.term in related_terms(analyzer)[first.term]


@pytest.mark.parametrize("language", GROUPS)
def test_no_group_is_wasted(language: str) -> None:
    """Each single word of a group is a content word that the analyzer knows by one term."""
    analyzer = Analyzer(language)
    single = {entry for group in GROUPS[language] for entry in group if " " not in entry and "-" not in entry}
    assert [] == [entry for entry in sorted(single) if len(analyzer.tokens(entry)) != 1]
