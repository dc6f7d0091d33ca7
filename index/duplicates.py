"""One fact, one hit: candidates that say the same in the same or nearly the same words.

Agencies copy one another with a word changed. Two sentences are the same fact when nearly all of their
words are the same, and all of their numbers, names and negations: "31 dead" and "34 dead" are two facts.

Which of them is shown is search.py's business.
"""

import re
from collections.abc import Iterator, Sequence

__all__ = ["same_facts"]

NEARLY = 0.8
"""Share of the words of both that are in both (Jaccard's index)."""

_COMPARED = 40
"""Candidates compared with one another; further down only equal texts are joined."""

_FEWEST_WORDS = 6
"""Shorter sentences are the same only when they are equal."""

_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
_NAME = re.compile(r"(?<=[\w,;:«“\"(] )[A-ZА-ЯЁ]\w+")
_NEGATION = re.compile(
    r"\b(?:not|no|never|nobody|none|without|не|нет|ни|никогда|никто|без|nicht|kein\w*|nie)\b|n['’]t\b",
    re.IGNORECASE,
)


def same_facts(order: Sequence[int], texts: Sequence[str], plain: Sequence[str]) -> Iterator[list[int]]:
    """Groups of candidates that say the same, best first, each in the given order.

    ``order`` lists the candidates, best first; ``texts[i]`` is candidate ``i``'s text, ``plain[i]`` the same
    in lower case with single spaces.
    """
    equal: dict[str, list[int]] = {}
    for i in order:
        equal.setdefault(plain[i], []).append(i)
    groups = list(equal.values())
    compared = groups[:_COMPARED]
    words = [frozenset(_WORD.findall(plain[group[0]])) for group in compared]
    sizes = [len(each) for each in words] + [0] * (len(groups) - len(words))
    taken: set[int] = set()
    for place, group in enumerate(groups):
        if place in taken:
            continue
        least, most = NEARLY * sizes[place], sizes[place] / NEARLY
        later = (n for n in range(place + 1, len(words)) if least <= sizes[n] <= most and n not in taken)
        alike = [n for n in later if _nearly(words[n], words[place])]
        near = [n for n in alike if _said(texts[groups[n][0]]) == _said(texts[group[0]])]
        taken.update(near)
        yield [*group, *(i for n in near for i in groups[n])]


def _said(text: str) -> tuple[list[str], list[str], list[str]]:
    """What makes another fact of the same words: numbers, names, negations."""
    found = (sorted(pattern.findall(text)) for pattern in (_DIGITS, _NAME, _NEGATION))
    numbers, names, negations = found
    return numbers, names, [negation.lower() for negation in negations]


def _nearly(one: frozenset[str], other: frozenset[str]) -> bool:
    if min(len(one), len(other)) < _FEWEST_WORDS:
        return False
    both = len(one & other)
    return both >= NEARLY * (len(one) + len(other) - both)
