"""Whether a text quotes the sources rightly: a verdict for each passage that it claims to quote.

    text -claims-> passages -Index.alike-> sentences -comparing-> Verification

A passage is exact where its words stand in the sources in that order, whatever print has done to them;
otherwise the nearest sentences are shown with what was changed. Nothing that differs by a word is exact.

Work is bounded: so many passages of a text, so many searches for a passage, so many sentences compared.
How a verdict is put into words is the product's business.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.claims import Claim, claimed, pronouns, unmarked
from index.comparing import Aligned, Change, Difference, Passage, Region, aligned, covered, placed, weight
from index.model import Sentence, Span
from index.namesakes import are_same, is_named, is_somebody_else
from index.search import Index
from index.verdicts import Checked, Part, Source, Verdict, Verification
from index.wording import Variant, Word, variants, worded

__all__ = ["LONGEST", "verify"]

LONGEST = 4_096
"""Code points of a text that are looked at: Telegram's longest message."""

MOST_PASSAGES = 8
"""Passages of one text that are verified; of the others it is said how many they are."""

FEWEST_WORDS = 3
"""Words of a passage that is verified for itself: fewer are a name or an ironical word, unless alone."""

_CHUNK, _MOST_CHUNKS = 30, 24
"""Words of one search for candidates, and searches for one passage."""

_FOUND = 30
"""Sentences taken of a search."""

_COMPARED = 12
"""Regions that a passage is compared with."""

_MOST_BESIDE = 40
"""Sentences on each side that a long passage is compared with."""

_ALTERED, _ALTERED_SHORT, _SHORT = 0.65, 0.5, 6
"""The share of a passage's weight that must be kept for it to be an altered one, also of at most 6 words."""

_NEAR = 0.3
"""The same for a sentence that is shown as the nearest."""

_STITCHED = 0.7
"""The share of a passage's words that must stand in several sentences, word for word in parts."""

_FRAME_KEPT, _FRAME_HALF = 0.6, 0.5
"""The share of what stands around a quotation in a sentence that a copy of the sentence has too; the second
where it is no attribution that the source bears out.
"""


def verify(index: Index, text: str) -> Verification:
    """Hold a text against the sources: its quoted passages, or without quote marks all of it; what stands
    beyond ``LONGEST`` is not looked at, and the text of what is returned ends there.

    Raises what ``Index.sentence`` raises where the index is damaged.
    """
    text = text[:LONGEST]
    if not worded(text):
        return Verification(text, ())
    checker = _Checker(index, text)
    whole = checker.check(Claim(Span(0, len(text))))
    if whole.verdict is Verdict.EXACT:
        return Verification(text, (whole,))
    claims = [claim for claim in claimed(text) if len(checker.words(claim.span)) >= FEWEST_WORDS]
    if claims:
        passages = [checker.check(claim) for claim in claims[:MOST_PASSAGES]]
        quoting = any(_MARKS.search(part.source.text) for part in whole.parts)
        if not quoting or not checker.is_its_own(whole, claims, passages):
            return Verification(text, tuple(passages), len(claims) - len(passages))
        return Verification(text, (whole,))
    named = unmarked(text)
    if named is not None and checker.words(named.span):
        signed = checker.check(named)
        better = _rank(signed) <= _rank(whole) and not _has_label(signed)
        if better and not checker.is_its_own(whole, [named], [signed]):
            return Verification(text, (signed,))
    return Verification(text, (whole,))


def _has_label(checked: Checked) -> bool:
    """Whether the source itself has a label and a colon where the passage begins: then a label before the
    passage is no speaker's name but stands in that one's place.
    """
    if not checked.parts or not checked.parts[0].differences:
        return False
    part = checked.parts[0]
    begins = min(each.source.start for each in part.differences) - part.source.span.start
    return part.source.text[:begins].rstrip().endswith(":")


def _rank(checked: Checked) -> int:
    return list(Verdict).index(checked.verdict)


class _Checker:
    """Verifies passages of one text."""

    def __init__(self, index: Index, text: str) -> None:
        self._index, self._text = index, text

    def words(self, span: Span) -> tuple[Word, ...]:
        """The words of a passage, also those in brackets."""
        return worded(self._text[span.start : span.end])

    def check(self, claim: Claim) -> Checked:
        """The verdict on one passage."""
        tries = [Passage.of(self._text, claim.span, joined=joined) for joined in self._ways(claim.span)]
        checked: Checked | None = None
        for number, passage in enumerate(tries):
            if not passage.literal:
                continue
            seeds = self._seeds(passage)
            for joined in (False, True):
                if joined and not (number or any("\n" in each.text for each in seeds)):
                    continue
                found = self._compared(claim, passage, self._regions(passage, seeds, joined=joined))
                if checked is None or _rank(found) < _rank(checked):
                    checked = found
        return checked or Checked(claim.span, Verdict.NOT_FOUND)

    def _ways(self, span: Span) -> tuple[bool, ...]:
        """Whether words divided at the end of a line are read as two, or also as one."""
        return (False, True) if "\n" in self._text[span.start : span.end] else (False,)

    # -- candidates ------------------------------------------------------------------------------------

    def _seeds(self, passage: Passage) -> list[Sentence]:
        """Sentences that share most words with a part of the passage, best first."""
        words = passage.literal  # by their forms: a soft hyphen would divide a word
        size = max(_CHUNK, -(-len(words) // _MOST_CHUNKS))
        wanted, found = Counter(word.form for word in words), dict[int, tuple[float, int, Sentence]]()
        for begin in range(0, len(words), size):
            part = words[begin : begin + size]
            for sentence in self._index.alike(" ".join(word.form for word in part), _FOUND):
                if sentence.number not in found:
                    shared = _shared(sentence, wanted, len(words))
                    found[sentence.number] = (-shared, len(found), sentence)
        return [sentence for _, _, sentence in sorted(found.values(), key=lambda each: each[:2])]

    def _regions(self, passage: Passage, seeds: Sequence[Sentence], *, joined: bool) -> list[Region]:
        """The seeds with the sentences around them that the passage may also hold, none of them twice."""
        regions: list[Region] = []
        seen: set[int] = set()
        for seed in seeds:
            if seed.number in seen:
                continue
            run = self._run(seed, len(passage.literal))
            seen.update(each.number for each in run)
            regions.append(Region.of(run, joined=joined))
            if len(regions) == _COMPARED:
                break
        return regions

    def _run(self, seed: Sentence, size: int) -> list[Sentence]:
        """The sentence with those on each side, until there are as many words as the passage has."""
        before, after = self._index.rows_around(seed, min(_MOST_BESIDE, 1 + size // 4))
        run = [seed]
        for side, place in ((before[::-1], 0), (after, -1)):
            words = 0
            for each in side:
                if words >= size:
                    break
                words += len(each.text.split())
                run.insert(0 if place == 0 else len(run), each)
        return run

    # -- verdicts --------------------------------------------------------------------------------------

    def _compared(self, claim: Claim, passage: Passage, regions: Sequence[Region]) -> Checked:
        exact = [(region, found) for region in regions if (found := placed(passage, region)) is not None]
        rightly = [(region, found) for region, found in exact if not any(each.alters for each in found)]
        if rightly:
            return self._exact(claim, rightly)
        if exact:
            region, found = exact[0]
            return self._altered(claim, region, found)
        beside = (aligned(passage, region) for region in regions if passage.words)
        near = [found for found in beside if found is not None]
        best = min(near, key=lambda each: (-each.share, each.changed), default=None)
        stitched = self._stitched(claim, passage, regions, best)
        if stitched is not None:
            return stitched
        if best is None:
            return Checked(claim.span, Verdict.NOT_FOUND, said_by=claim.said.name)
        return self._near(claim, passage, best)

    def _near(self, claim: Claim, passage: Passage, best: Aligned) -> Checked:
        """What the best alignment says."""
        short = len(passage.words) <= _SHORT
        if not any(each.alters for each in best.differences):
            return self._exact(claim, [(best.region, best.differences)])
        if best.share >= (_ALTERED_SHORT if short else _ALTERED):
            return self._altered(claim, best.region, best.differences)
        parts: tuple[Part, ...] = ()
        if best.share >= _NEAR:
            nearest = max(best.sentences, key=lambda each: _kept_of(each, best.differences))
            parts = (Part(claim.span, self._source((nearest,))),)
        return Checked(claim.span, Verdict.NOT_FOUND, parts, claim.said.name)

    def _exact(self, claim: Claim, found: Sequence[tuple[Region, tuple[Difference, ...]]]) -> Checked:
        """Exact, or misattributed where every place has somebody else say it for sure."""
        checked = [self._placed(claim, region, differences) for region, differences in found]
        return min(checked, key=lambda each: (_rank(each), _cut(each)))

    def _placed(self, claim: Claim, region: Region, differences: tuple[Difference, ...]) -> Checked:
        part = self._part(region, differences)
        pairs = [
            (self._text[each.text.start : each.text.end], part.source.slice(each.source))
            for each in differences
            if each.change is Change.KEPT
        ]
        named = {variant for one, other in pairs for variant in variants(one, other)}
        name, speaker = claim.said.name, part.source.speaker
        wrong = bool(name and speaker and is_somebody_else(name, speaker, part.source.text))
        verdict = Verdict.MISATTRIBUTED if wrong else Verdict.EXACT
        varied = tuple(variant for variant in Variant if variant in named)
        return Checked(claim.span, verdict, (replace(part, text=claim.span),), claim.said.name, varied)

    def _altered(self, claim: Claim, region: Region, differences: tuple[Difference, ...]) -> Checked:
        part = replace(self._part(region, differences), text=claim.span)
        return Checked(claim.span, Verdict.ALTERED, (part,), claim.said.name)

    def _part(self, region: Region, differences: tuple[Difference, ...]) -> Part:
        start = min(each.source.start for each in differences)
        end = max(each.source.end for each in differences)
        inside = [
            each for each in region.sentences if each.citation.start < end and start < each.citation.end
        ]
        text = Span(min(each.text.start for each in differences), max(each.text.end for each in differences))
        return Part(text, self._source(tuple(inside)), differences)

    def _source(self, sentences: tuple[Sentence, ...]) -> Source:
        """The sentences' own text, and their one speaker."""
        speakers = {self._index.speaker(each) for each in sentences if each.kind.quotable}
        speaker = speakers.pop() if len(speakers) == 1 else None
        if len(sentences) == 1:
            return Source(sentences, sentences[0].text, speaker)
        document = self._index.document(sentences[0].citation.document)
        whole = document.text if document is not None else ""
        return Source(sentences, whole[sentences[0].citation.start : sentences[-1].citation.end], speaker)

    # -- stitched --------------------------------------------------------------------------------------

    def _stitched(
        self, claim: Claim, passage: Passage, regions: Sequence[Region], best: Aligned | None
    ) -> Checked | None:
        """The passage as parts of several sentences, where that explains it better than one with changes."""
        found = covered(passage, regions)
        held = [passage.words[i] for begin, end, _, _ in found for i in range(begin, end)]
        share = weight(held) / weight(passage.words) if passage.words else 0.0
        sentences = {
            region.sentences[region.sentence_of[place]].number
            for begin, end, region, start in found
            for place in (start, start + end - begin - 1)
        }
        if len(found) < 2 or len(sentences) < 2 or share < _STITCHED:
            return None
        if best is not None and self._is_rather_one(passage, best, share):
            return None
        parts = tuple(self._stretch(passage, *each) for each in found)
        return Checked(
            claim.span, Verdict.STITCHED, parts, claim.said.name, alone=tuple(_alone(passage, found))
        )

    def _is_rather_one(self, passage: Passage, best: Aligned, share: float) -> bool:
        """Whether a few changed words of one place explain a passage."""
        few = max(2, len(passage.words) // 10)
        return best.changed <= few or best.share > share

    def _stretch(self, passage: Passage, begin: int, end: int, region: Region, start: int) -> Part:
        words, theirs = passage.words[begin:end], region.words[start : start + end - begin]
        kept = Difference(
            Change.KEPT,
            Span(words[0].start, words[-1].end),
            Span(theirs[0].start, theirs[-1].end),
        )
        return self._part(region, (kept,))

    # -- a text with quotes ----------------------------------------------------------------------------

    def is_its_own(self, whole: Checked, claims: Sequence[Claim], passages: Sequence[Checked]) -> bool:
        """Whether a text with quote marks is itself taken from the sources, altered, rather than somebody's
        words around a quote.

        It is nearly a sentence of theirs, and what stands around its quotes is most of what stands around
        them there; or it is stitched of sentences that account for what stands around the quotes too.
        """
        if any(each.verdict is Verdict.MISATTRIBUTED for each in passages):
            return False
        quoted = [claim.span for claim in claims]
        if whole.verdict is Verdict.STITCHED:
            around = [word for word in worded(self._text) if not _inside(word, quoted)]
            held = [word for word in around if _inside(word, [part.text for part in whole.parts])]
            return len(around) >= FEWEST_WORDS and len(held) >= _STITCHED * len(around)
        if whole.verdict is not Verdict.ALTERED:
            return False
        kept = [each for each in whole.parts[0].differences if each.change is Change.KEPT]
        spans = [each.text for each in kept]
        words = worded(self._text)
        ours = sum(_inside(word, spans) and not _inside(word, quoted) for word in words)
        theirs = len(worded(whole.parts[0].source.text)) - sum(_inside(word, quoted) for word in words)
        borne_out = all(map(_is_borne_out, claims, passages))
        return ours >= (_FRAME_KEPT if borne_out else _FRAME_HALF) * max(theirs, 1)


_MARKS = re.compile('[«»“”„"‹›「」『』‘]')


def _inside(word: Word, spans: Sequence[Span]) -> bool:
    return any(span.start <= word.start and word.end <= span.end for span in spans)


def _shared(sentence: Sentence, wanted: Counter[str], size: int) -> float:
    """The share of the shorter one's words that a sentence and a passage have in common."""
    words = worded(sentence.text[:2_000])
    shared = sum((Counter(word.form for word in words) & wanted).values())
    return shared / max(min(len(words), size), 1)


def _kept_of(sentence: Sentence, differences: Sequence[Difference]) -> int:
    """How much of a sentence is kept, in code points."""
    start, end = sentence.citation.start, sentence.citation.end
    kept = (each.source for each in differences if each.change is Change.KEPT)
    return sum(max(min(span.end, end) - max(span.start, start), 0) for span in kept)


def _cut(checked: Checked) -> int:
    """How many code points longer than an exact passage its sentences are."""
    source = checked.parts[0].source
    return len(source.text) - (checked.span.end - checked.span.start)


def _alone(passage: Passage, found: Sequence[tuple[int, int, Region, int]]) -> Iterator[Span]:
    """What lies between the parts."""
    edges = [0, *(end for _, end, _, _ in found)], [*(begin for begin, *_ in found), len(passage.words)]
    for begin, end in zip(*edges, strict=True):
        if begin < end:
            yield Span(passage.words[begin].start, passage.words[end - 1].end)


def _is_borne_out(claim: Claim, checked: Checked) -> bool:
    """Whether a passage's frame says no more than who speaks, and the source names them."""
    said = claim.said
    if not said.plain or not checked.parts:
        return False
    source = checked.parts[0].source
    if said.name:
        return is_named(said.name, source.text) or bool(
            source.speaker and are_same(said.name, source.speaker)
        )
    theirs = {word.form for word in worded(source.text)}
    meant = pronouns().intersection(said.words)
    return said.role <= theirs and (not meant or not pronouns() & theirs or bool(meant & theirs))
