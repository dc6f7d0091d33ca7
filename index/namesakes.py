"""Whether two names are one person's: surnames compared, in whatever case or near spelling.

Where a name is written in another script than the other, or stands in the sentence itself, nothing is said
against it: to accuse somebody of a wrong name needs to be sure.
"""

from rapidfuzz.distance import Levenshtein

from index.wording import worded

__all__ = ["are_same", "is_named", "is_somebody_else"]


def is_somebody_else(name: str, speaker: str, text: str) -> bool:
    """Whether a name is surely not the speaker's of a text."""
    return not is_named(name, text) and _script(name) == _script(speaker) and not are_same(name, speaker)


def are_same(name: str, speaker: str) -> bool:
    """Whether the surname of one is a name of the other."""
    one, other = ([word.form for word in worded(each)] for each in (name, speaker))
    if not one or not other:
        return False
    return any(_alike(one[-1], each) for each in other) or any(_alike(other[-1], each) for each in one)


def _alike(one: str, other: str) -> bool:
    """Whether two words are one name: another ending, or a letter spelt otherwise."""
    shorter, longer = sorted((one, other), key=len)
    stem = shorter[: max(3, len(shorter) - (2 if len(shorter) > 5 else 1))]
    if longer.startswith(stem) and len(longer) - len(shorter) <= 3:
        return True
    return len(shorter) >= 5 and Levenshtein.distance(one, other) <= 1


def is_named(name: str, text: str) -> bool:
    """Whether the last word of a name stands in a text."""
    surname = [word.form for word in worded(name)][-1:]
    return any(word.form in surname for word in worded(text))


def _script(name: str) -> str:
    if any("\u0400" <= character <= "\u04ff" for character in name):
        return "cyrillic"
    return "latin" if any(character.isascii() and character.isalpha() for character in name) else "other"
