"""Words that newspapers use for one another, as groups written by hand in thesaurus.toml.

A group's words stand for one another at a lower weight. Entries of several words are kept for the phrase
search to come and left out here: a single term cannot stand for them.

The groups are led to terms once, when an index is built: reading and stemming them takes longer than a
question may. It does not stem: whoever asks brings the analyzer.
"""

import tomllib
from collections import defaultdict
from importlib import resources

from index.analyze import Analyzer, words

__all__ = ["related_terms"]


def _groups() -> dict[str, list[list[str]]]:
    with resources.files("index").joinpath("thesaurus.toml").open("rb") as file:
        return tomllib.load(file)


def related_terms(analyzer: Analyzer) -> dict[str, list[str]]:
    """term -> the terms that may stand for it, sorted, over all groups of the analyzer's language."""
    related: dict[str, set[str]] = defaultdict(set)
    for group in _groups().get(analyzer.language, ()):
        single = (parts[0] for entry in group if len(parts := list(words(entry))) == 1)
        terms = {analyzer.term(word) for word in single} - {""}
        for term in terms:
            related[term] |= terms - {term}
    return {term: sorted(others) for term, others in related.items()}
