"""What a text claims to quote: the passages between its marks, and whom it has say them.

Quote marks of all languages are read, nested ones as part of the passage around them; a mark that nothing
closes reaches to the end of its line. An attribution stands before a passage ("Lavrov: …", "Lavrov said: …")
or behind it ("…", said Lavrov; "…" — Lavrov).

Whether any of it is true is verify.py's business.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from index.language import function_words
from index.model import Span
from index.people.grammar import UPPER
from index.people.tables import Tables
from index.wording import negates, quoting_words

__all__ = ["Attribution", "Claim", "claimed", "pronouns", "unmarked"]

_CLOSING = {
    **{"«": "»", "“": "”", "„": "“”", "‹": "›", "「": "」", "『": "』", "‚": "‘’"},
    **{'"': '"', "＂": "＂", "”": "”", "»": "«", "‘": "’", "'": "'"},
}
_MARKS = re.compile("[«»“”„‹›「」『』‚\"＂]|(?<![\\w])[‘'](?=\\w)|(?<=[\\w.,!?…;:])[’'‘](?!\\w)")
_BREAK = re.compile(r"\n")

_FRAME = 160
"""Code points before or behind a passage that may name who says it."""

_SENTENCE_END = re.compile(r"(?<![A-ZА-ЯЁ])[.!?…](?=\s)|\n")
_FRAME_WORD = re.compile(r"[^\W_](?:[\w'’.-]*\w)?")
_CAPITAL = re.compile(rf"[{UPPER}]")
_LABEL = re.compile(
    rf"^\s*(?P<name>[{UPPER}][\w.'’-]*(?:\s[\w.'’-]+){{0,6}}?)\s?(?:\([^()\n]{{1,60}}\))?:\s+(?=\S)"
)
_SIGNATURE = re.compile(
    rf"[\s.!?…»”\"](?:—|–|--?|©)\s?(?P<name>[{UPPER}][\w.'’-]*(?:\s[\w.'’-]+){{0,5}}?)[\s.]*$"
    rf"|\((?P<aside>[{UPPER}][\w.'’-]*(?:\s[\w.'’-]+){{0,5}}?)\)[\s.]*$"
)
_MOST_TITLE_WORDS = 4


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whom a text has say a passage. ``name`` as written, None for a pronoun or for nobody.

    ``words`` are the frame's, in lower case; ``plain`` is true when the frame says nothing beyond who speaks.
    """

    name: str | None = None
    words: tuple[str, ...] = ()
    plain: bool = True

    @property
    def role(self) -> set[str]:
        """What the frame calls the speaker beside pronouns: "mayor"."""
        return set(self.words) - _verbs() - _listed("small") - pronouns()


@dataclass(frozen=True, slots=True)
class Claim:
    """A passage, ``text[span]`` without its marks, and who is said to have said it."""

    span: Span
    said: Attribution = Attribution()


def claimed(text: str) -> tuple[Claim, ...]:
    """The passages between quote marks, in order."""
    spans = list(_quoted(text))
    edges = [0, *(end + 1 for _, end in spans)]
    starts = [*(start - 1 for start, _ in spans), len(text)]
    claims = []
    for number, (start, end) in enumerate(spans):
        before = text[max(edges[number], start - 1 - _FRAME) : max(start - 1, 0)]
        behind = text[end + 1 : min(starts[number + 1], end + 1 + _FRAME)]
        claims.append(Claim(Span(start, end), _attribution(before, behind)))
    return tuple(claims)


def unmarked(text: str) -> Claim | None:
    """The passage of a text without marks that names its speaker at its beginning or end; None without."""
    label = _LABEL.match(text[: _FRAME * 2])
    if label:
        return Claim(Span(label.end(), len(text)), _named(label["name"]))
    tail = max(len(text) - _FRAME, 0)
    signed = _SIGNATURE.search(text, tail)
    if signed:
        return Claim(
            Span(0, len(text[: signed.start() + 1].rstrip())), _named(signed["name"] or signed["aside"])
        )
    comma = text.rfind(",", tail)
    if comma > 0:
        said = _attribution("", text[comma:])
        if said.name and said.plain:
            return Claim(Span(0, comma), said)
    return None


# -- marks ---------------------------------------------------------------------------------------------


def _quoted(text: str) -> Iterator[tuple[int, int]]:
    """The spans between the outermost marks."""
    marks = [(match.start(), match[0]) for match in _MARKS.finditer(text)]
    place, hopeless = 0, set[str]()
    while place < len(marks):
        start, mark = marks[place]
        if mark not in _CLOSING or mark in hopeless or not _opens(text, start, mark):
            place += 1
            continue
        closed = _closed(marks, place)
        if closed is None:
            hopeless.add(mark)
            end = _BREAK.search(text, start)
            if mark not in "'‘\"＂”»" and text[start + 1 :].strip():
                yield start + 1, end.start() if end else len(text)
                while place < len(marks) and marks[place][0] < (end.start() if end else len(text)):
                    place += 1
            else:
                place += 1
            continue
        yield start + 1, marks[closed][0]
        place = closed + 1


def _opens(text: str, start: int, mark: str) -> bool:
    """Whether a mark may open: the inches of 5" do not, nor a closing mark behind a word."""
    before = text[start - 1] if start else " "
    if mark in '"＂':
        return not before.isdigit()
    return mark not in "”»" or not (before.isalnum() or before in ".,!?…")


def _closed(marks: list[tuple[int, str]], place: int) -> int | None:
    """Which mark closes the one at a place: at the same depth, or the last one that could."""
    opener, depth, last = marks[place][1], 1, None
    closing = _CLOSING[opener]
    for number in range(place + 1, len(marks)):
        mark = marks[number][1]
        if mark in closing:
            depth, last = depth - 1, number
            if not depth:
                return number
        elif mark == opener:
            depth += 1
    return last


# -- attributions ----------------------------------------------------------------------------------------


def _attribution(before: str, behind: str) -> Attribution:
    """Who is said to speak, by the sentence's parts on both sides of a passage."""
    cut = max((match.end() for match in _SENTENCE_END.finditer(before)), default=0)
    before = before[cut:]
    ended = _SENTENCE_END.search(behind)
    rest = behind[ended.start() :] if ended else ""
    behind = behind[: ended.start()] if ended else behind
    left, right = _frame_words(before), _frame_words(behind)
    words = tuple(word.lower() for word in (*left, *right))
    beyond = bool(_FRAME_WORD.search(rest)) or bool(cut and left)
    if not words:
        return Attribution(plain=not beyond)
    if any(map(negates, words)):  # "never said", "did not say"
        return Attribution(None, words, plain=False)
    for side, given in ((right, behind), (left, before)):
        found = _speaker(side, given)
        if found is not None:
            name, spare = found
            other = left if side is right else right
            plain = (
                not beyond
                and spare <= _MOST_TITLE_WORDS
                and not set(map(str.lower, other)) - _listed("small")
            )
            return Attribution(name, words, plain)
    return Attribution(None, words, plain=False)


def _named(name: str) -> Attribution:
    """A label's name, without what stands behind it in lower case."""
    found = _speaker(_frame_words(name), f"{name}:")
    return Attribution(found[0] if found else None, tuple(name.lower().split()))


def _frame_words(frame: str) -> list[str]:
    return _FRAME_WORD.findall(frame)


def _speaker(words: list[str], frame: str) -> tuple[str | None, int] | None:
    """``(name, words beyond name and verb)`` of a frame that says who speaks; None where it does not."""
    lower = [word.lower() for word in words]
    verbs = [place for place, word in enumerate(lower) if word in _verbs()]
    runs = list(_names(words))
    spare = len([word for word in lower if word not in _listed("small")])
    for phrase in _according():
        for place in range(len(lower) - len(phrase) + 1):
            if tuple(lower[place : place + len(phrase)]) == phrase:
                following = [run for run in runs if run[0] >= place + len(phrase)]
                name = _joined(words, following[0]) if following else None
                return name, spare - len(phrase) - (len(name.split()) if name else 0)
    if verbs:
        near = min(runs, key=lambda run: _distance(run, verbs[0]), default=None)
        if near is not None and _distance(near, verbs[0]) <= _MOST_TITLE_WORDS + 1:
            return _joined(words, near), spare - 1 - (near[1] - near[0])
        if not runs:
            return None, spare - 1
    signed = frame.rstrip().endswith(":") or re.match(r"\W*[—–(-]", frame)
    if runs and signed:
        run = runs[-1] if frame.rstrip().endswith(":") else runs[0]
        return _joined(words, run), spare - (run[1] - run[0])
    return None


def _distance(run: tuple[int, int], verb: int) -> int:
    return run[0] - verb if run[0] > verb else verb - run[1] + 1


def _names(words: list[str]) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words that may be a name, with particles inside, no function word first."""
    place = 0
    while place < len(words):
        start = place
        while place < len(words) and (
            _CAPITAL.match(words[place]) or (place > start and words[place] in _particles())
        ):
            place += 1
        end = place
        while end > start and not _CAPITAL.match(words[end - 1]):
            end -= 1
        while start < end and words[start].lower() in _openers():
            start += 1
        if start < end:
            yield start, end
        place = max(place, start + 1)


def _joined(words: list[str], run: tuple[int, int]) -> str | None:
    """The name of a run; None for a label, a place or an institution, which is no speaker's name."""
    named = [word.lower() for word in words[run[0] : run[1]]]
    after_article = run[0] > 0 and words[run[0] - 1].lower() == "the"
    return None if after_article or set(named) <= _nobodies() else " ".join(words[run[0] : run[1]])


@cache
def _nobodies() -> frozenset[str]:
    parts = (part for table in _tables() for part in (table.labels, table.places, table.not_names))
    return frozenset().union(*parts) | _listed("labels")


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(quoting_words("attributions")[name].split())


def pronouns() -> frozenset[str]:
    """Words that stand for whoever speaks."""
    return _listed("pronouns")


@cache
def _according() -> tuple[tuple[str, ...], ...]:
    lines = quoting_words("attributions")["according"].strip().splitlines()
    return tuple(tuple(line.split()) for line in lines)


@cache
def _tables() -> tuple[Tables, ...]:
    return tuple(map(Tables, ("en", "ru")))


@cache
def _verbs() -> frozenset[str]:
    parts = (part for table in _tables() for part in (table.reporting, table.saying, table.participles))
    return frozenset().union(*parts) | _listed("verbs")


@cache
def _particles() -> frozenset[str]:
    return frozenset().union(*(table.particles for table in _tables()))


@cache
def _openers() -> frozenset[str]:
    return function_words("en") | function_words("ru") | function_words("de")
