"""A verification in words, ready to be shown by a terminal and by Telegram alike.

What is quoted of a source is its slice and nothing else; what differs is told in lines of its own.

What may be shown where, and how long it may be, is for terminal.py and verified.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bot.answer import said_by
from bot.texts import en
from bot.texts import verifying as texts
from index.comparing import Change, Difference
from index.model import Span
from index.namesakes import are_same, is_named
from index.verdicts import Checked, Part, Source, Verdict, Verification

__all__ = ["Block", "Look", "Note", "blocks", "remark"]

LISTED = 10
"""Differences that are listed of a part."""

WARNED = 3
"""Denials that are warned of in lines of their own."""


@dataclass(frozen=True, slots=True)
class Look:
    """A piece of a line: ``style`` is "bold" for the source's words, "struck" for words that it lacks,
    "quiet" for what the text says, "" for ours.
    """

    text: str
    style: str = ""


Note = tuple[Look, ...]
"""A line."""


@dataclass(frozen=True, slots=True)
class Block:
    """What is said of a passage or of one of its parts: lines above the source's words, and lines below.

    ``marks`` are the spans of the source's text that the passage lacks or has otherwise.
    """

    head: tuple[Note, ...]
    source: Source | None = None
    marks: tuple[Span, ...] = ()
    foot: tuple[Note, ...] = ()


def blocks(found: Verification) -> tuple[Block, ...]:
    """The blocks of a verification, in the order of its passages and their parts."""
    several = len(found.passages) > 1
    return tuple(block for passage in found.passages for block in _passage(found.text, passage, several))


def remark(found: Verification) -> str:
    """What is said of the whole: that there is nothing to look for, or what was left out; else ""."""
    if not found.passages:
        return texts.NOTHING
    return texts.unchecked(found.unchecked) if found.unchecked else ""


def _passage(text: str, checked: Checked, several: bool) -> Iterator[Block]:
    head = [(Look(f"“{_cut(text, checked.span)}”", "quiet"),)] if several else []
    head.append((Look(_verdict(checked), "bold"),))
    head += [(Look(line, "bold"),) for line in islice(_warnings(text, checked), WARNED)]
    if checked.verdict is Verdict.NOT_FOUND and checked.parts:
        head.append((Look(texts.NEAREST),))
    if not checked.parts:
        yield Block(tuple(head))
    for number, part in enumerate(checked.parts, 1):
        foot = list(_differences(text, part))
        if number == len(checked.parts):
            foot += _remarks(text, checked)
        yield Block(tuple(head if number == 1 else ()), part.source, tuple(_marks(part)), tuple(foot))


def _verdict(checked: Checked) -> str:
    if checked.verdict is Verdict.ALTERED:
        return texts.altered(sum(each.alters for part in checked.parts for each in part.differences))
    if checked.verdict is Verdict.STITCHED:
        return texts.stitched(len(checked.parts))
    return texts.VERDICTS[checked.verdict]


def _warnings(text: str, checked: Checked) -> Iterator[str]:
    """Each denial that was left out, put in or exchanged."""
    for part in checked.parts:
        for each in part.differences:
            if each.negation:
                ours, theirs = _cut(text, each.text), part.source.slice(each.source)
                if each.change in (Change.REMOVED, Change.OMITTED):
                    yield texts.left_out(theirs)
                else:
                    yield texts.exchanged(ours, theirs) if theirs else texts.put_in(ours)


def _marks(part: Part) -> Iterator[Span]:
    """What the source has and the passage lacks, counted in the source's text."""
    start = part.source.span.start
    for each in part.differences:
        if each.alters and each.source.start < each.source.end:
            yield Span(each.source.start - start, each.source.end - start)


def _differences(text: str, part: Part) -> Iterator[Note]:
    """The differences, struck what the source does not have and bold what it has, in one line."""
    told = [each for each in part.differences if each.change is not Change.KEPT]
    looks: list[Look] = []
    for each in told[:LISTED]:
        looks += [Look(" · ")] if looks else []
        looks += _told(each, _cut(text, each.text), part.source.slice(each.source))
    if len(told) > LISTED:
        looks.append(Look(f" · {texts.more(len(told) - LISTED)}"))
    if looks:
        yield tuple(looks)


def _told(each: Difference, ours: str, theirs: str) -> list[Look]:
    if each.change is Change.BRACKETED:
        return [Look(texts.stands_for(ours, theirs))]
    if each.change is Change.OMITTED:
        return [Look(texts.OMITTED), Look(theirs, "bold")]
    if each.change is Change.REPLACED:
        return [Look(ours, "struck"), Look(" → "), Look(theirs, "bold")]
    if each.change is Change.REMOVED:
        return [Look(texts.MISSING), Look(theirs, "bold")]
    return [Look(texts.ADDED), Look(ours, "struck")]


def _remarks(text: str, checked: Checked) -> Iterator[Note]:
    """What is said below the last part."""
    if checked.alone:
        looks = [Look(texts.ALONE)]
        for number, span in enumerate(checked.alone[:LISTED]):
            looks += [Look(" · ")] if number else []
            looks.append(Look(_cut(text, span), "struck"))
        yield tuple(looks)
    if checked.variants:
        yield (Look(texts.variants(checked.variants)),)
    said = _said(checked)
    if said:
        yield (Look(said),)


def _said(checked: Checked) -> str:
    """Who says it, where the source's own words leave that open or the text says otherwise."""
    if checked.verdict in (Verdict.NOT_FOUND, Verdict.STITCHED):
        return ""
    source, claimed = checked.parts[0].source, checked.said_by
    if checked.verdict is Verdict.MISATTRIBUTED and claimed and source.speaker:
        return texts.another(claimed, source.speaker)
    if claimed and not is_named(claimed, source.text) and not _is_confirmed(claimed, source):
        return texts.unsure(claimed)
    speaker = said_by(source.speaker, source.text, ())
    return en.said_by(speaker) if speaker else ""


def _is_confirmed(claimed: str, source: Source) -> bool:
    return source.speaker is not None and are_same(claimed, source.speaker)


def _cut(text: str, span: Span) -> str:
    return text[span.start : span.end]
