"""What the bot says of a quote that was verified, in English.

What makes a line be said is decided by the caller; no limit of Telegram's is known here.
"""

from index.verdicts import Verdict
from index.wording import Variant

__all__ = [
    "ADDED",
    "ALONE",
    "HOW",
    "MISSING",
    "NEAREST",
    "NOTHING",
    "OMITTED",
    "VERDICTS",
    "altered",
    "another",
    "exchanged",
    "left_out",
    "more",
    "put_in",
    "stands_for",
    "stitched",
    "unchecked",
    "unsure",
    "variants",
]

HOW = (
    "Which quote shall I hold against the sources? Reply with /verify to a message, or to a part of it that "
    "you select, or write the quote after /verify."
)
NOTHING = "There is no word in it that I could look for."
NEAREST = "The nearest sentence there:"
ALONE = "In none of these sentences: "
MISSING = "left out "
ADDED = "added "
OMITTED = "left out at … "

VERDICTS = {
    Verdict.EXACT: "✓ Exact: the sources say it word for word.",
    Verdict.MISATTRIBUTED: "✗ The words are there, but somebody else says them.",
    Verdict.NOT_FOUND: "✗ Not found in the sources.",
}


def altered(places: int) -> str:
    """The verdict on a quote in which so many places differ."""
    return f"✗ Altered: it differs from the source in {'one place' if places == 1 else f'{places} places'}."


def stitched(parts: int) -> str:
    """The verdict on a quote made of parts that do not stand together."""
    return f"✗ Stitched together: {parts} parts that do not follow one another in the sources."


def another(claimed: str, speaker: str) -> str:
    """Who says it instead."""
    return f"The source has {speaker} say it, not {claimed}."


def unsure(claimed: str) -> str:
    """That a speaker was neither confirmed nor denied."""
    return f"Whether {claimed} said it I cannot tell from the source."


def variants(found: tuple[Variant, ...]) -> str:
    """What differs beside words."""
    names = {Variant.COMPOSITION: "the composition of accents", Variant.LETTERS: "forms of letters"}
    return f"The words are the same; only {', '.join(names.get(each, each) for each in found)} differ."


def left_out(words: str) -> str:
    """That a denial of the source is missing."""
    return f"⚠ A negation was left out: “{words}”."


def put_in(words: str) -> str:
    """That a denial was put in."""
    return f"⚠ A negation was put in: “{words}”."


def exchanged(ours: str, theirs: str) -> str:
    """That what is denied was exchanged."""
    return f"⚠ A negation was changed: “{ours}” for “{theirs}”."


def stands_for(brackets: str, words: str) -> str:
    """What brackets of whoever quotes stand for."""
    return f"{brackets} stands for “{words}”" if words else f"{brackets} is not in the source"


def more(number: int) -> str:
    """How many differences are not listed."""
    return f"and {number:,} more"


def unchecked(number: int) -> str:
    """How many quotes of the text were too many."""
    quotes = "One more quote was" if number == 1 else f"{number:,} more quotes were"
    return f"{quotes} left out; send it by itself." if number == 1 else f"{quotes} left out; send them apart."
