"""How long it takes to find the near spellings of a word, and whether all are found.

    python benchmarks/spelling.py [--forms 1000000] [--queries 300]

The vocabulary is made of the words of the documents that ship and of the thesaurus, and of words made like
them letter by letter, one language, mapped from files as in an index. Each query is a form of it with one or
two edits. Every twentieth answer is compared with a scan of the whole vocabulary by rapidfuzz.

Printed, in milliseconds: median, 95th percentile and worst; bytes of the columns a form, and the seconds
that making them takes.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from pathlib import Path

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from index.analyze import words  # noqa: E402 - the path above is where it lies
from index.postings import StringTable  # noqa: E402
from index.spelling import LONG, Spellings, spelling_columns  # noqa: E402

ORDER = 3
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def made_forms(count: int, draw: random.Random) -> list[str]:
    """Distinct forms, each letter drawn by the three before it."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "seeds").glob("*.txt")]
    table = tomllib.loads((ROOT / "index" / "thesaurus.toml").read_text(encoding="utf-8"))
    texts += [" ".join(group) for group in table["en"]]
    known = {
        word.form for text in texts for word in words(text) if word.form.isalpha() and word.form.isascii()
    }
    following = defaultdict(list)
    for form in sorted(known):
        padded = " " * ORDER + form + "\n"
        for place in range(ORDER, len(padded)):
            following[padded[place - ORDER : place]].append(padded[place])
    while len(known) < count:
        made = " " * ORDER
        while not made.endswith("\n"):
            letters = ALPHABET if draw.random() < 0.1 else following.get(made[-ORDER:], ["\n"])
            made += draw.choice(letters)
        if 3 < len(made.strip()) < 24:
            known.add(made.strip())
    return sorted(known)


def edited(form: str, draw: random.Random) -> str:
    """One edit after the first letter."""
    place = draw.randrange(1, len(form))
    letter = draw.choice(ALPHABET)
    swapped = form[:place] + form[place + 1 : place + 2] + form[place] + form[place + 2 :]
    changed = (form[:place] + letter + form[place:], form[:place] + letter + form[place + 1 :])
    return draw.choice((swapped, form[:place] + form[place + 1 :], *changed))


def mapped(forms: list[str], folder: Path) -> Spellings:
    """The columns in files, mapped."""
    table = StringTable.of(f"en\t{form}" for form in forms)
    started = time.perf_counter()
    columns = spelling_columns(table)
    seconds = time.perf_counter() - started
    size = sum(column.nbytes for column in columns.values()) / len(forms)
    print(f"{len(forms):,} forms: {size:.1f} bytes a form, made in {seconds:.1f} s")
    for name, column in {"blob": table.blob, "offsets": table.offsets, **columns}.items():
        np.save(folder / f"{name}.npy", column)
    names = ("spelling_mask", "spelling_key", "spelling_form")
    blob, offsets, *rest = (
        np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray)
        for name in ("blob", "offsets", *names)
    )
    return Spellings(StringTable(blob, offsets), *rest)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--forms", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=300)
    given = parser.parse_args()
    draw = random.Random(1)
    forms = made_forms(given.forms, draw)
    with tempfile.TemporaryDirectory() as folder:
        spellings = mapped(forms, Path(folder))
        times = defaultdict(list)
        for number in range(given.queries):
            form = draw.choice(forms)
            typed = (
                edited(edited(form, draw), draw) if number % 2 and len(form) > LONG else edited(form, draw)
            )
            started = time.perf_counter()
            found = spellings.near(typed, "en")
            times["two edits" if len(typed) >= LONG else "one edit"].append(
                1000 * (time.perf_counter() - started)
            )
            if number % 20 == 0 and len(typed) > 3:
                check(typed, forms, found)
    for name, spent in times.items():
        spent.sort()
        late, worst = spent[int(0.95 * len(spent))], spent[-1]
        median = statistics.median(spent)
        print(f"{name} ({len(spent)}): median {median:.2f}, p95 {late:.2f}, worst {worst:.2f}")


def check(typed: str, forms: list[str], found: set[str]) -> None:
    """Raise unless all forms near by letters with the same first are found."""
    most = 2 if len(typed) >= LONG else 1
    apart = cdist([typed], forms, scorer=OSA.distance, score_cutoff=most)[0]
    expected = {
        form for form, edits in zip(forms, apart, strict=True) if edits <= most and form[0] == typed[0]
    }
    if not expected <= found:
        raise SystemExit(f"{typed}: not found: {expected - found}")


if __name__ == "__main__":
    main()
