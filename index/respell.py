"""Which words of a question are searched for as spelt otherwise, and which spelling is only suggested.

A word is looked at when the corpus holds neither it nor a word of its meaning, and our lists do not either.
Precision comes first: what is near but too dear is suggested, not searched for. A name is what the sources
write with a capital.

What is near is found by spelling.py, what a change costs is in slips.py; nothing here ranks sentences.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np

from index.analyze import Word, irregular, plain_form, words
from index.generation import Generation
from index.language import function_words
from index.query import Concept, Query, Reader
from index.slips import DEAREST, is_slip, judged, least_price
from index.spelling import LONG, edits

__all__ = ["Respelt", "Speller"]

MOST_VARIANTS = 3

MOST_LOOKED_UP = 8
"""Unknown words of a question that are looked up: a page of foreign text is not a mistyped question."""

_COMPARED = 12
"""Near forms that are judged, the nearest and commonest first."""

_SAMPLE = 32
"""Sentences read to see how the sources write a word."""

_SUGGESTED_FROM = 5
"""Letters of a word for which another is suggested."""

_POSSESSIVE = re.compile(r"['’ʼ]s?$")
_PREFIXES = ("un", "re", "de", "in", "im", "dis", "mis", "non", "pre", "over", "under", "out", "a")
_SUFFIXES = ("er", "ers", "or", "ors", "ness", "less", "ful", "able", "ism", "ist", "ists", "ity", "al")


class Written(NamedTuple):
    """How the sources write a form: a surface of it, and whether it has a capital wherever it was seen."""

    surface: str
    name: bool


class _Variant(NamedTuple):
    """A near form that the corpus holds. ``price``, ``weight``: see slips.py; ``rare``: less for a
    commoner term.
    """

    price: int
    rare: int
    form: str
    term: str
    written: Written
    weight: float


@dataclass(frozen=True, slots=True)
class Respelt:
    """A query with its respelt words; ``searched``: word typed -> ``(surface, term)`` of what is searched
    instead, the best first. ``suggestion`` as in model.Results.
    """

    query: Query
    searched: dict[str, tuple[tuple[str, str], ...]]
    suggestion: str | None


class Speller:
    """Respells questions to a generation."""

    def __init__(self, generation: Generation, readers: Sequence[Reader]) -> None:
        self._generation, self._readers = generation, readers
        self._languages = tuple(reader.analyzer.language for reader in readers)

    def respell(self, query: Query) -> Respelt:
        """The query with the variants of its unknown words; the rest of it stays as it is."""
        unknown = [concept for concept in query.concepts if self._is_unknown(concept)][:MOST_LOOKED_UP]
        if not unknown:
            return Respelt(query, {}, None)
        shouted = query.question.isupper()
        cased = not shouted and any(each.name and each.word[0].isupper() for each in query.concepts)
        concepts: list[Concept] = []
        searched: dict[str, tuple[tuple[str, str], ...]] = {}
        suggested: dict[str, str] = {}
        for concept in query.concepts:
            asked = concept.name and not shouted
            variants = self._variants(concept.word, asked=asked, cased=cased) if concept in unknown else []
            chosen = _chosen(variants)
            if chosen:
                searched[concept.word] = tuple((each.written.surface, each.term) for each in chosen)
                concepts.append(replace(concept, terms=tuple((each.term, each.weight) for each in chosen)))
            elif concept not in unknown or not self._is_slip(concept):
                concepts.append(concept)
                if variants and concept.weight == 1.0 and _suggestible(concept, variants[0]):
                    suggested[concept.word] = variants[0].written.surface
        found = replace(query, concepts=tuple(concepts) or query.concepts)
        return Respelt(found, searched, _rewritten(query.question, suggested))

    def _is_unknown(self, concept: Concept) -> bool:
        """Whether the corpus lacks the word and all that may stand for it, and it may be mistyped at all."""
        word = next(words(concept.word), None)
        if word is None or word.acronym or not plain_form(word.form).isalpha():
            return False
        return not any(self._generation.df(term) for term, _ in concept.terms) and not self._exists(word)

    def _exists(self, word: Word) -> bool:
        """Whether it is a word that our lists hold, or built on one that they or the corpus hold."""
        form = plain_form(word.form)
        listed = any(reader.analyzer.term(word) in reader.related for reader in self._readers)
        built = any(len(part) > 2 and self._is_word(part) for part in _parts(form))
        return listed or not _known_words(self._languages).isdisjoint(_bases(form)) or built

    def _is_word(self, form: str) -> bool:
        terms = (self._generation.surface_term(language, form) for language in self._languages)
        return form in _known_words(self._languages) or any(
            term and self._generation.df(term) for term in terms
        )

    def _is_slip(self, concept: Concept) -> bool:
        """Whether it is a function word mistyped, which says nothing."""
        if concept.name or len(concept.word) < _SUGGESTED_FROM:
            return False
        form = plain_form(next(words(concept.word)).form)
        meant = {word for language in self._languages for word in function_words(language)}
        return any(len(word) >= _SUGGESTED_FROM and is_slip(form, word) for word in meant)

    def _variants(self, typed: str, *, asked: bool, cased: bool) -> list[_Variant]:
        """The near forms that stand in the corpus, the cheapest first, then the commonest.

        ``asked`` is whether it was typed as a name, ``cased`` whether the question's names have capitals.
        """
        word = next(words(typed))
        found = []
        for form, term in self._near(word.form):
            written = self._written(form, term)
            if written is not None:
                dear, weight = judged(word, form, name=written.name, asked=asked, cased=cased)
                found.append(_Variant(dear, -self._generation.df(term), form, term, written, weight))
        return sorted(found)

    def _near(self, typed: str) -> Iterator[tuple[str, str]]:
        """``(form, term)`` of the forms worth reading how they are written, a few of the cheapest."""
        found = {}
        for language in self._languages:
            for form in self._generation.near(typed, language):
                term = self._generation.surface_term(language, form)
                df = self._generation.df(term) if term else 0
                dear = least_price(typed, form)
                if term and df and dear <= DEAREST:
                    found[form, term] = (dear, -df, form, term)
        return ((form, term) for _, _, form, term in sorted(found.values())[:_COMPARED])

    def _written(self, form: str, term: str) -> Written | None:
        """How live sentences write a form; None where a sample of those with its term does not hold it."""
        numbers, _ = self._generation.postings(term)
        order = np.argsort(self._generation.quote_numbers(numbers), kind="stable")[:_SAMPLE]
        seen = [
            (text[word.start : word.end], word.start > 0, word.capital or not _cased(word.form))
            for text in map(self._text, numbers[order].tolist())
            if not form.isascii() or form in text.lower()
            for word in words(text)
            if word.form == form
        ]
        if not seen:
            return None
        surface = next((surface for surface, inside, _ in seen if inside), seen[0][0])
        return Written(_POSSESSIVE.sub("", surface), all(capital for _, _, capital in seen))

    def _text(self, number: int) -> str:
        segment, row = self._generation.place(number)
        return self._generation.segments[segment].row_text(row)


def _bases(form: str) -> Iterator[str]:
    """What the form of an English word may be a form of; others are in no list anyway."""
    yield form
    for ending in ("s", "es", "d", "ed", "ing", "ly"):
        if form.endswith(ending):
            yield from (form.removesuffix(ending), f"{form.removesuffix(ending)}e")


def _cased(form: str) -> bool:
    return form.upper() != form


def _parts(form: str) -> Iterator[str]:
    """What a word may be built on with a prefix or a suffix."""
    for prefix in _PREFIXES:
        if form.startswith(prefix):
            yield form.removeprefix(prefix)
    for suffix in _SUFFIXES:
        base = form.removesuffix(suffix)
        if form != base:
            yield from (base, f"{base}e")


def _chosen(variants: Sequence[_Variant]) -> list[_Variant]:
    """The cheapest of the good ones; where these are several names, none is sure."""
    good = [each for each in variants if each.weight]
    best = [each for each in good if each.price == good[0].price]
    terms = {each.term for each in best}
    if len(terms) > 1 and any(each.written.name for each in best):
        return []
    first = {each.term: each for each in reversed(best)}
    return sorted(first.values())[:MOST_VARIANTS]


def _suggestible(concept: Concept, variant: _Variant) -> bool:
    """Whether to ask if this was meant."""
    typed = next(words(concept.word)).form
    alike = typed[0] == variant.form[0] and edits(typed, variant.form, 2) <= 1 + (len(typed) >= LONG)
    likely = alike and len(typed) >= _SUGGESTED_FROM and variant.price <= DEAREST
    return bool(variant.weight) or (likely and variant.written.name >= concept.name)


def _rewritten(question: str, words: dict[str, str]) -> str | None:
    """The question with these words in place of those typed."""
    for typed, surface in words.items():
        question = re.sub(rf"(?<!\w){re.escape(typed)}(?!\w)", lambda _, new=surface: new, question)  # type: ignore[misc]
    return question if words else None


@cache
def _known_words(languages: tuple[str, ...]) -> frozenset[str]:
    """Function words, irregular forms and their lemmas, and common words that look alike."""
    with resources.files("index").joinpath("lookalikes.toml").open("rb") as file:
        known = {word for listed in tomllib.load(file).values() for word in listed}
    for language in languages:
        table = irregular(language)
        known |= {*function_words(language), *table, *table.values()}
    return frozenset(map(plain_form, known))
