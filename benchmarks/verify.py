"""Whether quotes are verified rightly: cases made of the sentences of a folder, each with its verdict.

    python benchmarks/verify.py [FOLDER] [--cases 1000] [--seed 1] [--failures]

A case is a sentence, or several that follow one another, as a message may quote it: as it is, retyped with
other marks, spaces, accents, hyphens and capitals, with one word changed, left out or put in, with a
negation left out or put in, with a number changed, stitched from two sentences, with an ellipsis, said by
somebody else, or made up of words of the corpus. Half of them stand between quote marks of some language.

Printed: the verdicts for each kind, which share of it is right, and processor milliseconds a text. Exit
code 1 where a quote with a changed word is called exact, or fewer than 99 % of the exact ones are recognised.
"""

import argparse
import random
import re
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from index.build import open_corpus  # noqa: E402 - the path above is where it lies
from index.model import Sentence  # noqa: E402
from index.search import Index  # noqa: E402
from index.verdicts import Verdict  # noqa: E402
from index.verify import verify  # noqa: E402
from index.wording import negates, worded  # noqa: E402

MARKS = ("“”", "«»", "„“", '""', "『』", "‘’")
NOT = {"ru": "не", "en": "not"}
LEAST_RECOGNISED = 0.99
FALSE = ("one word changed", "negation left out", "negation put in", "number changed", "stitched", "invented")
"""Kinds that must never be called exact."""
TRUE = ("exact", "retyped", "ellipsis", "several sentences")


@dataclass(frozen=True, slots=True)
class Case:
    """A text and the verdict that is right."""

    kind: str
    text: str
    right: tuple[Verdict, ...]


class Maker:
    """Makes cases of an index's sentences; the same ones for the same seed."""

    def __init__(self, index: Index, seed: int) -> None:
        self._draw = random.Random(seed)
        self._index = index
        self._sentences = [each for each in sentences(index) if len(worded(each.text)) >= 4]
        self._words = sorted(
            {word for each in self._sentences for word in each.text.split() if word.isalpha()}
        )
        self._denying = [
            each for each in self._sentences if any(negates(w.form) for w in worded(each.text)[1:-1])
        ]
        self._spoken = [each for each in self._sentences if index.speaker(each)]
        self._numbered = [each for each in self._sentences if any(c.isdigit() for c in each.text[1:-1])]

    def cases(self, count: int) -> Iterator[Case]:
        """So many cases, the kinds in turn."""
        exact, altered = (Verdict.EXACT,), (Verdict.ALTERED,)
        kinds: tuple[tuple[str, Callable[[], str], tuple[Verdict, ...]], ...] = (
            ("exact", self._exact, exact),
            ("retyped", self._retyped, exact),
            ("one word changed", self._changed, altered),
            ("negation left out", self._undenied, altered),
            ("negation put in", self._denied, altered),
            ("stitched", self._stitched, (Verdict.STITCHED,)),
            ("number changed", self._miscounted, altered),
            ("several sentences", self._several, exact),
            ("ellipsis", self._shortened, exact),
            ("said by another", self._misattributed, (Verdict.MISATTRIBUTED,)),
            ("invented", self._invented, (Verdict.NOT_FOUND, Verdict.ALTERED)),
        )
        for number in range(count):
            kind, make, right = kinds[number % len(kinds)]
            yield Case(kind, make(), right)

    def _sentence(self, among: Sequence[Sentence] | None = None) -> Sentence:
        return self._draw.choice(among or self._sentences)

    def _shown(self, text: str) -> str:
        """The text as a message, half of the time between marks that it does not hold itself."""
        free = [pair for pair in MARKS if not set(text) & set(pair + "'’\"")]
        if not free or self._draw.random() < 0.5:
            return text
        opening, closing = self._draw.choice(free)
        return f"{opening}{text}{closing}"

    def _exact(self) -> str:
        return self._shown(self._sentence().text)

    def _several(self) -> str:
        sentence = self._sentence()
        after = self._index.neighbours(sentence, 2)[1]
        run = [sentence]
        for each in after:
            if each.number == run[-1].number + 1:
                run.append(each)
        return self._shown(" ".join(each.text for each in run))

    def _retyped(self) -> str:
        """With two of what print, keyboards and messengers do to a text."""
        text = self._sentence().text
        for retype in self._draw.sample(RETYPINGS, 2):
            text = retype(text, self._draw)
        return self._shown(text)

    def _edited(self, text: str, edit: Callable[[list[str], int], None], places: Sequence[int]) -> str:
        words = text.split(" ")
        edit(words, self._draw.choice(places))
        return self._shown(" ".join(words))

    def _changed(self) -> str:
        """A word inside exchanged, left out or put in."""
        while True:
            text = self._sentence().text
            inside = [i for i, word in enumerate(text.split(" ")) if word.isalpha()][1:-1]
            if inside:
                return self._edited(text, self._draw.choice((self._exchange, self._drop, self._put)), inside)

    def _exchange(self, words: list[str], place: int) -> None:
        words[place] = self._draw.choice(
            [word for word in self._words if word.lower() != words[place].lower()]
        )

    def _drop(self, words: list[str], place: int) -> None:
        del words[place]

    def _put(self, words: list[str], place: int) -> None:
        words.insert(place, self._draw.choice(self._words))

    def _undenied(self) -> str:
        text = self._sentence(self._denying).text
        words = worded(text)
        found = self._draw.choice([word for word in words[1:-1] if negates(word.form)])
        return self._shown(f"{text[: found.start].rstrip()} {text[found.end :].lstrip()}")

    def _denied(self) -> str:
        text = self._sentence().text
        denial = NOT["ru"] if any("\u0400" <= c <= "\u04ff" for c in text) else NOT["en"]
        size = len(text.split(" "))
        return self._edited(text, lambda words, place: words.insert(place, denial), range(1, size - 1))

    def _miscounted(self) -> str:
        text = self._sentence(self._numbered).text
        place = self._draw.choice([i for i, c in enumerate(text) if c.isdigit()])
        digit = self._draw.choice([d for d in "123456789" if d != text[place]])
        return self._shown(text[:place] + digit + text[place + 1 :])

    def _stitched(self) -> str:
        """Two sentences that do not follow one another, whole or their halves."""
        one, other = self._sentence(), self._sentence()
        while 0 <= other.number - one.number <= 1:
            other = self._sentence()
        parts = [each.text.split(" ") for each in (one, other)]
        if all(len(part) >= 12 for part in parts) and self._draw.random() < 0.5:
            parts = [parts[0][: len(parts[0]) // 2], parts[1][len(parts[1]) // 2 :]]
        return self._shown(" ".join(word for part in parts for word in part))

    def _shortened(self) -> str:
        """An ellipsis for words that deny nothing."""
        while True:
            words = self._sentence().text.split(" ")
            if len(words) >= 12:
                start = self._draw.randrange(3, len(words) - 6)
                end = start + self._draw.randrange(1, 4)
                if not any(negates(word.form) for word in worded(" ".join(words[start:end]))):
                    gap = self._draw.choice(("…", "...", "[...]", "[…]", "(…)"))
                    return self._shown(" ".join([*words[:start], gap, *words[end:]]))

    def _misattributed(self) -> str:
        sentence = self._sentence(self._spoken)
        russian = any("\u0400" <= c <= "\u04ff" for c in sentence.text)
        text = max(re.split('[“”«»"]', sentence.text), key=len).strip(" ,.'")
        if russian:
            return f"«{text}», — заявил Ермолай Хвостов."
        return f"“{text},” said Barnaby Quill."

    def _invented(self) -> str:
        size = self._draw.randrange(6, 16)
        return self._shown(" ".join(self._draw.choice(self._words) for _ in range(size)) + ".")


def _decomposed(text: str, _: random.Random) -> str:
    return unicodedata.normalize("NFD", text)


def _quote_marks(text: str, draw: random.Random) -> str:
    opening, closing = draw.choice(MARKS[:4])
    for marks, new in (("“«„", opening), ("”»", closing), ("’", "'")):
        for mark in marks:
            text = text.replace(mark, new)
    return text


def _dashes(text: str, draw: random.Random) -> str:
    new = draw.choice("-–—")
    return text.replace(" — ", f" {new} ").replace(" – ", f" {new} ").replace(" -- ", f" {new} ")


def _spaces(text: str, draw: random.Random) -> str:
    return "".join(draw.choice(" \u00a0\u2009\u202f") if c == " " else c for c in text)


def _wrapped(text: str, draw: random.Random) -> str:
    return "".join("\n" if c == " " and draw.random() < 0.15 else c for c in text)


def _softened(text: str, draw: random.Random) -> str:
    """Soft hyphens and zero-width characters inside words."""
    pairs = zip(text, text[1:] + " ", strict=True)
    return "".join(
        one + draw.choice(("\u00ad", "\u200b"))
        if one.isalpha() and two.isalpha() and draw.random() < 0.1
        else one
        for one, two in pairs
    )


def _lowered(text: str, _: random.Random) -> str:
    return text[0].lower() + text[1:]


def _cut(text: str, _: random.Random) -> str:
    return text.rstrip('.”"» ')


def _hyphens(text: str, draw: random.Random) -> str:
    return text.replace("-", draw.choice("\u2010\u2011"))


RETYPINGS = (_decomposed, _quote_marks, _dashes, _spaces, _wrapped, _softened, _lowered, _cut, _hyphens)


def sentences(index: Index) -> Iterator[Sentence]:
    """All sentences that can be quoted."""
    for _, _, record in index.generation.live_records:
        outline = index.outline(record.id)
        if outline is not None:
            count, first, _ = outline
            yield from (first, *index.neighbours(first, count)[1])


@dataclass(frozen=True, slots=True)
class Figures:
    """Verdicts by kind, the cases that went wrong, and processor seconds for all."""

    verdicts: dict[str, Counter[Verdict]]
    right: Counter[str]
    failures: list[tuple[Case, Verdict]]
    seconds: float

    @property
    def false_called_exact(self) -> int:
        """Altered, stitched and invented quotes that are called exact."""
        return sum(self.verdicts[kind][Verdict.EXACT] for kind in FALSE if kind in self.verdicts)

    @property
    def recognised(self) -> float:
        """The share of the true quotes that are called exact."""
        kinds = [kind for kind in TRUE if kind in self.verdicts]
        total = sum(self.verdicts[kind].total() for kind in kinds)
        return sum(self.verdicts[kind][Verdict.EXACT] for kind in kinds) / max(total, 1)


def measured(folder: Path, count: int, seed: int = 1) -> Figures:
    """Verify cases made of a folder of documents."""
    verdicts: dict[str, Counter[Verdict]] = {}
    right: Counter[str] = Counter()
    failures = []
    with tempfile.TemporaryDirectory() as data, open_corpus(folder, Path(data)) as index:
        cases = list(Maker(index, seed).cases(count))
        verify(index, "It begins.")  # what is read once
        started = time.process_time()
        for case in cases:
            found = verify(index, case.text).verdict
            verdicts.setdefault(case.kind, Counter())[found] += 1
            if found in case.right:
                right[case.kind] += 1
            else:
                failures.append((case, found))
        seconds = time.process_time() - started
    return Figures(verdicts, right, failures, seconds)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "tests" / "corpus")
    parser.add_argument("--cases", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--failures", action="store_true", help="print the cases that went wrong")
    given = parser.parse_args()
    figures = measured(given.folder, given.cases, given.seed)
    print(f"| {'kind':<18} | cases | " + " | ".join(Verdict) + " | right |")
    print("|---" * (len(Verdict) + 3) + "|")
    for kind, counts in figures.verdicts.items():
        cells = " | ".join(f"{counts[verdict]:>{len(verdict)}}" for verdict in Verdict)
        print(f"| {kind:<18} | {counts.total():>5} | {cells} | {figures.right[kind] / counts.total():5.0%} |")
    print(f"\naltered, stitched or invented and called exact: {figures.false_called_exact}")
    print(f"true quotes recognised: {figures.recognised:.2%}")
    print(f"processor time: {1000 * figures.seconds / given.cases:.1f} ms a text")
    for case, found in figures.failures if given.failures else ():
        print(f"{case.kind}: {found}: {case.text}")
    return int(figures.false_called_exact > 0 or figures.recognised < LEAST_RECOGNISED)


if __name__ == "__main__":
    sys.exit(main())
