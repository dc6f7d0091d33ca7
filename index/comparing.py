"""A passage beside stored sentences, word by word: where it stands exactly, or what was changed.

A passage is words and breaks between them: an ellipsis may leave out words of one sentence, square brackets
may stand for some. Whatever denies is never passed over: a negation left out at a break, standing right
beside the passage in its sentence, or put into brackets is a change like any other.

Which sentences to look at, and what the outcome is called, is verify.py's business.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice, pairwise
from typing import Any

from rapidfuzz.distance import Indel, Levenshtein

from index.model import Sentence, Span
from index.wording import ELLIPSIS, Word, is_small, negates, negates_before, turns, worded

__all__ = ["Aligned", "Change", "Difference", "Passage", "Region", "aligned", "covered", "placed", "weight"]

MOST_BRACKETED = 6
"""Words that square brackets may stand for."""

_FEWEST_BESIDE = 2
"""Words on each side of an ellipsis: with single ones between gaps, anything can be picked together."""

_MOST_BREAKS = 12
"""Ellipses, and brackets, that are read as such; further brackets hold words of the passage."""

_OCCURRENCES = 8
"""Places looked at for words that occur often: work stays linear in what is compared."""

_SEED = 3
"""Words in a row that a part of a stitched passage has at least."""

LONGEST_SENTENCE = 20_000
"""Code points of a sentence that are compared."""

_FAR = 3
"""Words passed over for each of a stretch at the edge of what is alike: beyond, it is there by chance."""

_SMALL = 0.3
"""What a function word weighs beside another word."""


class Change(StrEnum):
    """What became of words: ``OMITTED`` at an ellipsis, ``BRACKETED`` where brackets stand for them."""

    KEPT = "kept"
    REPLACED = "replaced"
    REMOVED = "removed"
    INSERTED = "inserted"
    OMITTED = "omitted"
    BRACKETED = "bracketed"


@dataclass(frozen=True, slots=True)
class Difference:
    """``text`` is a span of the verified text, ``source`` of the document's; either is empty where that side
    has nothing. ``negation`` is true where a word that denies was left out, put in or exchanged.
    """

    change: Change
    text: Span
    source: Span
    negation: bool = False

    @property
    def alters(self) -> bool:
        """Whether the source's words are not what is quoted."""
        return self.negation or self.change in (Change.REPLACED, Change.REMOVED, Change.INSERTED)


@dataclass(frozen=True, slots=True)
class Break:
    """Stands before word ``place``; ``words`` are those in brackets, None at an ellipsis."""

    place: int
    span: Span
    words: tuple[Word, ...] | None

    def joined(self, other: "Break") -> "Break":
        """This and one right behind it as one."""
        within = None if self.words is other.words is None else (*(self.words or ()), *(other.words or ()))
        return Break(self.place, Span(self.span.start, other.span.end), within)


_BRACKETS = re.compile(r"\[([^\[\]]{1,200})\]")
_BEGINNING = re.compile(r"\[([^\W\d_]+)\](?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Passage:
    """The words of ``text[span]`` without those in brackets, its breaks; ``literal`` are all its words."""

    words: tuple[Word, ...]
    breaks: tuple[Break, ...]
    literal: tuple[Word, ...]
    forms: list[str]

    @classmethod
    def of(cls, text: str, span: Span, *, joined: bool = False) -> "Passage":
        """The passage at a span; what begins a word in brackets, "[T]he", "[un]likely", is part of it."""
        inside = _BEGINNING.sub("\\1\u2060\u2060", text[span.start : span.end])
        gaps = [match.span() for match in islice(ELLIPSIS.finditer(inside), _MOST_BREAKS)]
        brackets = [match for match in _BRACKETS.finditer(inside) if not ELLIPSIS.fullmatch(match[0])][
            :_MOST_BREAKS
        ]
        masked = inside
        for match in brackets:
            masked = f"{masked[: match.start()]}{' ' * len(match[0])}{masked[match.end() :]}"
        words, literal = (_worded(part, span.start, joined) for part in (masked, inside))
        places: list[tuple[int, int, tuple[Word, ...] | None]] = [(*gap, None) for gap in gaps]
        places += [
            (*match.span(), _worded(match[1], span.start + match.start(1), joined)) for match in brackets
        ]
        breaks: list[Break] = []
        for start, end, within in sorted(places, key=lambda found: found[0]):
            at = span.start + start
            here = Break(sum(word.start < at for word in words), Span(at, span.start + end), within)
            if breaks and breaks[-1].place == here.place:
                here = breaks.pop().joined(here)
            breaks.append(here)
        return cls(words, tuple(breaks), literal, [word.form for word in words])

    @property
    def stretches(self) -> list[tuple[int, int]]:
        """First and last words between breaks, in order."""
        edges = sorted({0, len(self.words), *(each.place for each in self.breaks)})
        return list(pairwise(edges))

    def fair_breaks(self) -> dict[int, Break]:
        """The breaks that may leave out words, by their place: an ellipsis stands between enough of them."""
        sizes = {start: end - start for start, end in self.stretches}
        ends = {end: end - start for start, end in self.stretches}
        return {
            each.place: each
            for each in self.breaks
            if each.words is not None
            or min(sizes.get(each.place, 9), ends.get(each.place, 9)) >= _FEWEST_BESIDE
        }


def _worded(text: str, start: int, joined: bool) -> tuple[Word, ...]:
    return tuple(
        replace(word, start=word.start + start, end=word.end + start) for word in worded(text, joined=joined)
    )


@dataclass(frozen=True, slots=True)
class Region:
    """Sentences that follow one another in a document, as words; spans count in the document."""

    sentences: tuple[Sentence, ...]
    words: tuple[Word, ...]
    sentence_of: tuple[int, ...]
    forms: list[str]

    @classmethod
    def of(cls, sentences: Sequence[Sentence], *, joined: bool = False) -> "Region":
        """The region of sentences in order."""
        parts = [_worded(each.text[:LONGEST_SENTENCE], each.citation.start, joined) for each in sentences]
        words = tuple(word for part in parts for word in part)
        sentence_of = tuple(number for number, part in enumerate(parts) for _ in part)
        return cls(tuple(sentences), words, sentence_of, [word.form for word in words])

    def between(self, first: int, last: int) -> tuple[Sentence, ...]:
        """The sentences that hold the words from ``first`` up to ``last``."""
        return self.sentences[self.sentence_of[first] : self.sentence_of[last - 1] + 1]


def weight(words: Sequence[Word]) -> float:
    """What words weigh together."""
    return sum(_SMALL if is_small(word.form) else 1.0 for word in words)


# -- exactly ---------------------------------------------------------------------------------------------


def placed(passage: Passage, region: Region) -> tuple[Difference, ...] | None:
    """The passage where it stands in the region word for word but for its breaks, one that nothing denying
    was left out of before others; None where it does not stand there.
    """
    found = [
        _differences(passage.literal, (), region, [(0, len(passage.literal), start)])
        for start in _starts([word.form for word in passage.literal], region.forms)
    ]
    if not found and passage.breaks and passage.words:
        found = [
            _differences(passage.words, passage.breaks, region, stretches)
            for stretches in _broken(passage, region)
        ]
    return min(found, key=lambda each: sum(one.alters for one in each), default=None)


def _starts(wanted: list[str], forms: list[str], begin: int = 0) -> Iterator[int]:
    """Where the words stand in a row."""
    if not wanted:
        return
    size, first = len(wanted), wanted[0]
    for start in range(begin, len(forms) - size + 1):
        if forms[start] == first and forms[start : start + size] == wanted:
            yield start


_Stretch = tuple[int, int, int]
"""First and last word of a passage's stretch, and where it begins in the region."""


def _broken(passage: Passage, region: Region) -> Iterator[list[_Stretch]]:
    """The ways to place all stretches in order, each as early as can be behind the one before."""
    stretches, inner = passage.stretches, passage.fair_breaks()
    if any(each.place not in inner for each in passage.breaks):
        return
    (first, last), rest = stretches[0], stretches[1:]
    for start in _starts(passage.forms[first:last], region.forms):
        way: list[_Stretch] | None = [(first, last, start)]
        for i, j in rest:
            assert way is not None  # noqa: S101 - left when it is
            end = way[-1][2] + way[-1][1] - way[-1][0]
            begins = next(_starts(passage.forms[i:j], region.forms, end), None)
            if begins is None or not _may_skip(region, end, begins, inner[i].words is not None):
                way = None
                break
            way.append((i, j, begins))
        if way is not None:
            yield way


def _may_skip(region: Region, end: int, begins: int, bracket: bool) -> bool:
    """Whether a break may pass over the words from ``end``: within a sentence, and few for brackets."""
    if bracket and begins - end > MOST_BRACKETED:
        return False
    return begins == end or region.sentence_of[end - 1] == region.sentence_of[begins]


def _differences(
    words: Sequence[Word], breaks: Sequence[Break], region: Region, stretches: Sequence[_Stretch]
) -> tuple[Difference, ...]:
    """What placed stretches keep, and what their breaks pass over."""
    at = {each.place: each for each in breaks}
    found: list[Difference] = []
    end = stretches[0][2]
    for i, j, start in stretches:
        if i in at:
            found.append(_passed(at[i], region, end, start))
        end = start + j - i
        found.append(
            Difference(
                Change.KEPT,
                Span(words[i].start, words[j - 1].end),
                Span(region.words[start].start, region.words[end - 1].end),
            )
        )
    if len(words) in at and at[len(words)].words is not None:
        found.append(_passed(at[len(words)], region, end, end))
    return (*_beside(words, region, stretches[0][2], end), *found)


def _passed(gap: Break, region: Region, end: int, begins: int) -> Difference:
    """What a break passes over."""
    skipped = region.words[end:begins]
    place = region.words[end - 1].end if end else region.words[0].start
    source = Span(skipped[0].start, skipped[-1].end) if skipped else Span(place, place)
    denied = any(negates(word.form) for word in (*skipped, *(gap.words or ())))
    return Difference(Change.OMITTED if gap.words is None else Change.BRACKETED, gap.span, source, denied)


def _beside(words: Sequence[Word], region: Region, first: int, last: int) -> Iterator[Difference]:
    """Negations of the words from ``first`` up to ``last`` that stand right beside them in their sentence."""
    for place, inside, text, denies in (
        (first - 1, first, words[0].start, negates),
        (last, last - 1, words[-1].end, negates_before),
    ):
        if 0 <= place < len(region.words) and region.sentence_of[place] == region.sentence_of[inside]:
            word = region.words[place]
            if denies(word.form):
                yield Difference(Change.REMOVED, Span(text, text), Span(word.start, word.end), negation=True)


# -- nearly ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aligned:
    """The passage beside a region, best aligned: what was kept, ``share`` of its weight (0..1), and
    ``changed``, how many words were not.
    """

    region: Region
    differences: tuple[Difference, ...]
    sentences: tuple[Sentence, ...]
    share: float
    changed: int


_Op = tuple[str, int, int, int, int]
"""As rapidfuzz's opcodes: equal, replace, delete (of the passage's words), insert (of the source's)."""


def aligned(passage: Passage, region: Region) -> Aligned | None:
    """The fewest words changed that make the passage of a stretch of the region; None where no two words in
    a row, nor a rare one, are in both.
    """
    window = _window(passage.forms, region.forms)
    core = _core(passage.forms, region, window) if window is not None else None
    if core is None:
        return None
    ops = _trimmed(_slid(_opcodes(Levenshtein, passage.forms, region.forms, core), region.forms))
    kept = [passage.words[i] for tag, start, end, _, _ in ops if tag == "equal" for i in range(start, end)]
    if not kept:
        return None
    first, last = ops[0][3], ops[-1][4]
    found = tuple(_changes(passage, region, ops))
    edges = tuple(_beside(passage.words, region, first, last)) if first < last else ()
    changed = sum(max(b - a, d - c) for tag, a, b, c, d in ops if tag != "equal")
    share = weight(kept) / weight(passage.words)
    return Aligned(region, (*edges, *found), region.between(first, last), share, changed + len(edges))


def _opcodes(metric: Any, wanted: Sequence[str], forms: Sequence[str], window: Span) -> list[_Op]:
    """The edits between a passage and a window of a region; words become numbers, equal ones the same."""
    numbers: dict[str, int] = {}
    one, other = (
        [numbers.setdefault(form, len(numbers)) for form in each]
        for each in (wanted, forms[window.start : window.end])
    )
    return [
        (op.tag, op.src_start, op.src_end, op.dest_start + window.start, op.dest_end + window.start)
        for op in metric.opcodes(one, other)
    ]


def _core(wanted: list[str], region: Region, window: Span) -> Span | None:
    """The part of a window that most of the passage's words lie in, and as many words of the same sentences
    beside it as the passage has there.

    The longest common subsequence, less single words far from the rest: edits over the whole window would
    rather exchange words than pass over those behind.
    """
    blocks = [op for op in _opcodes(Indel, wanted, region.forms, window) if op[0] == "equal"]
    while len(blocks) > 1 and blocks[1][3] - blocks[0][4] > _FAR * (blocks[0][2] - blocks[0][1]):
        del blocks[0]
    while len(blocks) > 1 and blocks[-1][3] - blocks[-2][4] > _FAR * (blocks[-1][2] - blocks[-1][1]):
        del blocks[-1]
    if not blocks:
        return None
    first, last = blocks[0][3], blocks[-1][4]
    start, end = max(first - blocks[0][1], 0), min(last + len(wanted) - blocks[-1][2], len(region.words))
    while region.sentence_of[start] != region.sentence_of[first]:
        start += 1
    while region.sentence_of[end - 1] != region.sentence_of[last - 1]:
        end -= 1
    return Span(start, end)


def _window(wanted: list[str], forms: list[str]) -> Span | None:
    """The part of a region that has most of the passage's pairs of words in its order, with some room."""
    for size in (2, 1):
        seeds: dict[tuple[str, ...], list[int]] = {}
        for place in range(len(forms) - size + 1):
            places = seeds.setdefault(tuple(forms[place : place + size]), [])
            if len(places) < _OCCURRENCES:
                places.append(place)
        width = max(6, len(wanted) // 4)
        hits: Counter[int] = Counter()
        for place in range(len(wanted) - size + 1):
            for other in seeds.get(tuple(wanted[place : place + size]), ()):
                bucket = (other - place) // width
                hits[bucket] += 2
                hits[bucket + 1] += 1
                hits[bucket - 1] += 1
        if hits:
            most = max(hits.values())
            bucket = min(key for key, count in hits.items() if count == most)
            start = (bucket - 1) * width
            return Span(max(start, 0), min(start + 3 * width + len(wanted), len(forms)))
    return None


def _slid(ops: list[_Op], forms: list[str]) -> list[_Op]:
    """A first or last stretch that also fits beside its neighbour stands there, not beyond a gap."""
    if len(ops) > 2 and ops[0][0] == "equal" and ops[1][0] == "insert":
        (_, a, b, c, d), (_, _, _, e, f) = ops[0], ops[1]
        if forms[c:d] == forms[f - (d - c) : f] and f - e >= d - c:
            ops = [("insert", a, a, c, f - (d - c)), ("equal", a, b, f - (d - c), f), *ops[2:]]
    if len(ops) > 2 and ops[0][0] == "insert" and ops[1][0] == "equal" and ops[2][0] == "insert":
        return [ops[0], *_slid(ops[1:], forms)]
    if len(ops) > 2 and ops[-1][0] == "equal" and ops[-2][0] == "insert":
        (_, a, b, c, d), (_, _, _, e, f) = ops[-1], ops[-2]
        if forms[c:d] == forms[e : e + (d - c)] and f - e >= d - c:
            ops = [*ops[:-2], ("equal", a, b, e, e + (d - c)), ("insert", b, b, e + (d - c), d)]
    return ops


def _trimmed(ops: list[_Op]) -> list[_Op]:
    """Without what the source has before and behind: a quote need not be the whole sentence."""
    while ops and ops[0][0] == "insert":
        ops = ops[1:]
    while ops and ops[-1][0] == "insert":
        ops = ops[:-1]
    return ops


def _changes(passage: Passage, region: Region, ops: Sequence[_Op]) -> Iterator[Difference]:
    breaks = passage.fair_breaks()
    told: set[int] = set()
    first = ops[0][3] if ops else 0
    for tag, a, b, c, d in _divided(ops, [place for place, each in breaks.items() if each.words is not None]):
        bracket = breaks.get(a)
        if tag != "insert" and bracket is not None and bracket.words is not None and a not in told:
            told.add(a)
            yield _passed(bracket, region, c, c)
        ours, theirs = passage.words[a:b], region.words[c:d]
        at = ours[0].start if ours else passage.words[a - 1].end if a else passage.words[0].start
        before = region.words[c - 1].end if c > first else region.words[min(c, len(region.words) - 1)].start
        there = theirs[0].start if theirs else before
        text = Span(at, ours[-1].end if ours else at)
        source = Span(there, theirs[-1].end if theirs else there)
        if tag == "insert" and a in breaks and _may_skip(region, c, d, breaks[a].words is not None):
            told.add(a)
            yield _passed(breaks[a], region, c, d)
            continue
        change = {"equal": Change.KEPT, "replace": Change.REPLACED, "insert": Change.REMOVED}
        denied = tag != "equal" and _denies(ours, theirs)
        yield Difference(change.get(tag, Change.INSERTED), text, source, denied)
    behind = breaks.get(len(passage.words))
    if behind is not None and behind.words is not None:
        yield _passed(behind, region, ops[-1][4], ops[-1][4])


def _divided(ops: Sequence[_Op], places: Sequence[int]) -> Iterator[_Op]:
    """The edits, those that keep words divided where brackets stand between them."""
    for tag, a, b, c, d in ops:
        inside = [place for place in sorted(places) if tag == "equal" and a < place < b]
        for start, end in pairwise([a, *inside, b]) if inside else [(a, b)]:
            yield tag, start, end, c + start - a if inside else c, c + end - a if inside else d


def _denies(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Whether an exchange of words takes a denial away or puts one in."""
    counts = [sum(negates(word.form) for word in words) for words in (ours, theirs)]
    turned = any(turns(one.form, other.form) for one, other in zip(ours, theirs, strict=False))
    return counts[0] != counts[1] or turned


# -- in parts --------------------------------------------------------------------------------------------


def covered(passage: Passage, regions: Sequence[Region]) -> list[tuple[int, int, Region, int]]:
    """The longest stretches of the passage that stand word for word in a region, from its beginning on:
    first and last word, region, and where it stands there. Of equals, the first region's.
    """
    seeds: dict[tuple[str, ...], list[tuple[Region, int]]] = {}
    for region in regions:
        for place in range(len(region.forms) - _SEED + 1):
            places = seeds.setdefault(tuple(region.forms[place : place + _SEED]), [])
            if len(places) < _OCCURRENCES:
                places.append((region, place))
    found, place, forms = [], 0, passage.forms
    while place < len(forms):
        best: tuple[int, Region, int] | None = None
        for region, start in seeds.get(tuple(forms[place : place + _SEED]), ()):
            size = _common(forms, place, region.forms, start)
            if best is None or size > best[0]:
                best = (size, region, start)
        if best is not None:
            found.append((place, place + best[0], best[1], best[2]))
        place += best[0] if best is not None else 1
    return found


def _common(one: list[str], i: int, other: list[str], j: int) -> int:
    size = 0
    while i + size < len(one) and j + size < len(other) and one[i + size] == other[j + size]:
        size += 1
    return size
