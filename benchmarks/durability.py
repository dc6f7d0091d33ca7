"""Kills, damaged files and full disks: what they cost a data folder. Nothing, is the promise.

    python benchmarks/durability.py kills [2000] [--in-place]    kill -9 during uploads, removals and reloads
    python benchmarks/durability.py damage [10000] [--large]     bit flips, truncation, zeroed blocks
    python benchmarks/durability.py full [200]                   a disk that is full from an operation on

Each prints its figures and fails where the promise is broken. ``--in-place`` is the control: files are
overwritten where they are, without the rename, and the kills must find it. ``--large`` has the index verified
as a large one is, by several threads. Power cuts are in powercuts.py.
"""

import argparse
import errno
import itertools
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from powercuts import QUICK, Texts, indexed, texts_of

from index import build, durable, generation
from index.catalogue import Catalogue, original
from index.changes import Add, Corpus, Incoming, Remove, Undo
from index.durable import Operation, observed
from index.errors import DamagedError, QuothError, StoreError
from index.search import Index

QUESTIONS = ["zud", "rok tide", "v3 nar", "vek ebb zud"]


def answers(index: Index) -> list[object]:
    """All that an answer shows, for each of some questions."""
    return [
        [
            (h.sentence.id, h.sentence.text, h.sentence.citation, round(h.score, 9), h.before, h.after)
            for h in hits
        ]
        for hits in (index.search(question).hits for question in QUESTIONS)
    ]


def folder_of(top: Path) -> tuple[Path, Path]:
    """A small folder of documents, and a data folder with an index of it."""
    seeds, data = top / "seeds", top / "data"
    seeds.mkdir()
    for number in range(5):
        path = seeds / f"{number}.txt"
        path.write_text(f"Zud v{number} rok. Tide nar {number} vek.\n\nEbb zud tide.")
        os.utime(path, (1_700_000_000 + number,) * 2)
    build.update(seeds, data)
    return seeds, data


def send(corpus: Corpus, top: Path, name: str, text: str) -> None:
    """Add one document."""
    sent = top / "sent.txt"
    sent.write_text(text)
    corpus.apply(Add((Incoming(sent, name),)))


def send_zip(corpus: Corpus, top: Path, entries: Texts) -> None:
    """Add several documents as one archive."""
    sent = top / "sent.zip"
    with zipfile.ZipFile(sent, "w") as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    corpus.apply(Add((Incoming(sent, "sent.zip"),)))


# --- kills


def works_until_killed(  # noqa: PLR0913 - what a child is told
    seeds: Path, data: Path, out: int, seed: int, kill_at: int | None, *, in_place: bool
) -> None:
    """In the child: change and build for ever, saying what is wanted before and what is done after.

    With ``kill_at`` it kills itself at that operation of those that do not fill a segment; with
    ``in_place`` at those alone that empty a file.
    """
    draw, corpus, left = random.Random(seed), Corpus(seeds, data), itertools.count()

    def tell(what: str, texts: object) -> None:
        os.write(out, f"{json.dumps([what, texts])}\n".encode())

    def suicide(operation: Operation) -> None:
        head = "segments" not in operation.path.parent.parts
        if head and (operation.kind == "create" or not in_place) and next(left) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with observed(suicide):
        for turn in itertools.count():
            texts = texts_of(seeds, data)
            act, name = draw.choice(["add", "add", "zip", "remove", "undo"]), f"u{draw.randrange(4)}.txt"
            text = f"Zud s{seed} t{turn} rok."
            if act == "remove" and name in texts:
                tell("wanted", {each: texts[each] for each in texts if each != name})
                corpus.apply(Remove((Path(name).stem,)))
            elif act == "zip":
                entries = {name: text, f"z{draw.randrange(3)}.txt": f"Ebb s{seed} t{turn}."}
                tell("wanted", texts | entries)
                send_zip(corpus, data.parent, entries)
            elif act == "undo" and (log := corpus.log()):
                tell("wanted", undone(texts, log[-1].steps, data))
                corpus.apply(Undo())
            else:
                tell("wanted", texts | {name: text})
                send(corpus, data.parent, name, text)
            tell("done", texts_of(seeds, data))
            build.update(seeds, data)
            tell("built", None)


def undone(texts: Texts, steps: Any, data: Path) -> Texts:
    """The documents when the last change has been taken back."""
    after = dict(texts)
    for step in steps:
        after.pop(step.name, None)
        if step.before and step.before.serving:
            after[step.name] = original(data, step.before.serving).read_text()
    return after


def kills(count: int, *, in_place: bool = False, minutes: float = 1e9, seed: int = 11) -> dict[str, object]:
    """Kill a working process ``count`` times, half at a random moment, half at a random operation; with
    ``in_place``, until that costs something.
    """
    top = Path(tempfile.mkdtemp(prefix="quoth-kills-", dir=QUICK))
    draw, found, seen, began = random.Random(seed), list[str](), Counter[str](), time.monotonic()
    ordinary = durable._beside
    try:
        seeds, data = folder_of(top)
        if in_place:
            durable._beside = lambda path: path
        for number in range(count):
            before, wanted = texts_of(seeds, data), texts_of(seeds, data)
            by_itself = in_place or number % 2
            at, after = (
                (draw.randrange(20 if in_place else 100), None)
                if by_itself
                else (None, draw.uniform(0.0, 0.25))
            )
            reading, writing = os.pipe()
            child = os.fork()
            if not child:
                os.close(reading)
                try:
                    works_until_killed(seeds, data, writing, number, at, in_place=in_place)
                except BaseException:  # noqa: BLE001 - told and ended
                    traceback.print_exc()
                finally:
                    os._exit(1)  # whatever it died of, the folder is its parent's to clear
            os.close(writing)
            lines = said_before_killed(child, reading, after)
            for what, texts in lines:
                seen[what] += 1
                before, wanted = (before, texts) if what == "wanted" else (texts or before, texts or before)
            wrong = wrong_after_kill(seeds, data, [before, wanted])
            found += [f"kill {number}: {each}" for each in wrong]
            if wrong or time.monotonic() - began > 60 * minutes:
                break
        build.update(seeds, data)
        sound = indexed(data) == texts_of(seeds, data)
    finally:
        durable._beside = ordinary
        shutil.rmtree(top)
    return {
        "kills": number + 1,
        "changes": seen["done"],
        "builds": seen["built"],
        "stores that do not open": sum("does not open" in each for each in found),
        "acknowledged documents lost": sum("lost" in each for each in found),
        "last build holds the corpus": sound,
        "seconds": round(time.monotonic() - began, 1),
        "first faults": found[:3],
    }


def said_before_killed(child: int, reading: int, after: float | None) -> list[Any]:
    """What the child said until it was killed: ``after`` seconds, or when it did it itself."""
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return [json.loads(line) for line in said.splitlines() if line.endswith(b"]")]


def wrong_after_kill(seeds: Path, data: Path, possible: list[Texts]) -> list[str]:
    """What is wrong with the folder: documents must be one of the possible, and the index must open."""
    wrong = []
    try:
        if texts_of(seeds, data) not in possible:
            wrong.append("lost: the catalogue does not hold what was acknowledged")
    except QuothError as error:
        wrong.append(f"lost: {error}")
    try:
        indexed(data)
    except QuothError as error:
        wrong.append(f"does not open: {error}")
    return wrong


# --- damage


def damaged(content: bytes, draw: random.Random) -> bytes:
    """The content with some bits flipped, its end cut off, or 512 bytes zeroed."""
    place, kind = draw.randrange(len(content)), draw.choice(["flip", "flip", "cut", "zero"])
    if kind == "cut":
        return content[:place]
    bad = bytearray(content)
    if kind == "zero":
        end = min(len(bad), place + 512)
        bad[place:end] = bytes(end - place)
    else:
        for _ in range(draw.randint(1, 3)):
            bad[draw.randrange(len(bad))] ^= 1 << draw.randrange(8)
    return bytes(bad)


def damage(
    count: int, *, only: str = "*", large: bool = False, minutes: float = 1e9, seed: int = 3
) -> dict[str, object]:
    """Damage one file of an index, of those called ``only``, ``count`` times; each answer must be a sound
    generation's. ``large``: the index is taken for one that several threads verify.
    """
    top = Path(tempfile.mkdtemp(prefix="quoth-damage-", dir=QUICK))
    draw, outcomes, wrong, began = random.Random(seed), Counter[str](), list[str](), time.monotonic()
    usual = generation.ALONE
    try:
        generation.ALONE = -1 if large else usual
        seeds, data = folder_of(top)
        sound = {}
        for number in range(3):
            send(Corpus(seeds, data), top, f"u{number}.txt", f"Zud v{number} ebb. Nar tide rok {number}.")
            build.update(seeds, data)
            with Index.open(data) as index:
                sound[index.stats().generation] = answers(index)
        newest = max(sound)
        files = sorted(
            path for path in (data / "index").rglob(only) if path.is_file() and path.stat().st_size
        )
        heads = [path for path in files if path.suffix == ".json" or path.name == "CURRENT"]
        whole = {path: path.read_bytes() for path in (data / "index").rglob("*") if path.is_file()}
        for number in range(count):
            if time.monotonic() - began > 60 * minutes:
                break
            path = draw.choice(heads) if heads and draw.random() < 0.2 else draw.choice(files)
            bad = damaged(whole[path], draw)
            if bad == whole[path]:
                outcomes["nothing changed"] += 1
                continue
            path.write_bytes(bad)
            outcome = seen_now(seeds, data, sound, newest)
            if number % 25 == 0:
                build.update(seeds, data)
                with Index.open(data) as index:
                    if answers(index) != sound[newest]:
                        outcome = "wrong after the rebuild"
                outcomes["rebuilt and compared"] += 1
                shutil.rmtree(data / "index")
                shutil.rmtree(data / "index.damaged", ignore_errors=True)
                for each, content in whole.items():
                    each.parent.mkdir(parents=True, exist_ok=True)
                    each.write_bytes(content)
            outcomes[outcome] += 1
            if "wrong" in outcome:
                wrong.append(f"{path.relative_to(data)}: {outcome}")
            path.write_bytes(whole[path])
    finally:
        generation.ALONE = usual
        shutil.rmtree(top)
    return {
        "mutations": outcomes.total() - outcomes["rebuilt and compared"],
        "silently wrong": len(wrong),
        "outcomes": dict(outcomes),
        "seconds": round(time.monotonic() - began, 1),
        "first faults": wrong[:3],
    }


def seen_now(seeds: Path, data: Path, sound: dict[int, list[object]], newest: int) -> str:
    """What an asker gets at once: the answers of a sound generation, or none before the rebuild."""
    try:
        ready = build.open_now(seeds, data)
        if ready.index is None:
            return "rebuilt before it answers"
        with ready.index as index:
            number, found = index.stats().generation, answers(index)
    except DamagedError:
        return "an error in words"
    if found != sound[number]:
        return "wrong"
    if number != newest:
        return (
            "wrong: an old generation passes for the new one" if ready.current else "the one before answers"
        )
    return "not touched by it: the new one answers"


# --- full disks


def full(points: int, *, every: int = 1) -> dict[str, object]:
    """Let the disk be full from the n-th operation of two uploads and their builds on, for each n, or for
    ``every`` so manieth.
    """
    top = Path(tempfile.mkdtemp(prefix="quoth-full-", dir=QUICK))
    said, wrong, began = Counter[str](), list[str](), time.monotonic()
    try:
        seeds, data = folder_of(top)
        shutil.copytree(data, top / "base")
        expected = [now(data), *(now(data) for _ in uploads_and_builds(seeds, data))]
        for point in range(0, points * every, every):
            shutil.rmtree(data)
            shutil.copytree(top / "base", data)
            done = 0
            try:
                with observed(full_from(point)):
                    for _ in uploads_and_builds(seeds, data):
                        done += 1
            except StoreError as error:
                said[f"{'build' if done % 2 else 'upload'}: {error.fault}; {error.remedy}"] += 1
            wrong += [f"point {point}: {each}" for each in wrong_when_full(seeds, data, expected[done])]
    finally:
        shutil.rmtree(top)
    return {
        "points": points,
        "stopped": said.total(),
        "said": dict(said),
        "wrong": len(wrong),
        "seconds": round(time.monotonic() - began, 1),
        "first faults": wrong[:3],
    }


def uploads_and_builds(seeds: Path, data: Path) -> Iterator[None]:
    """A file and a zip, each followed by its build; a step at a time."""
    for number in range(2):
        text = f"Zud new{number} rok."
        if number:
            send_zip(Corpus(seeds, data), data.parent, {"new1.txt": text, "in/new.txt": "Nar tide."})
        else:
            send(Corpus(seeds, data), data.parent, "new0.txt", text)
        yield
        build.update(seeds, data)
        yield


def now(data: Path) -> tuple[int, list[object]]:
    """How many uploads there are, and what is answered."""
    with Index.open(data) as index:
        index.verify()
        return len(Catalogue.load(data).standings), answers(index)


def full_from(point: int) -> Callable[[Operation], None]:
    """Fails every operation that takes space, from the given one on."""
    count = itertools.count()

    def observer(operation: Operation) -> None:
        if next(count) >= point and operation.kind not in ("unlink", "sync folder"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(operation.path))

    return observer


def wrong_when_full(seeds: Path, data: Path, expected: tuple[int, list[object]]) -> list[str]:
    """The old index must serve, nothing half may be seen or keep space, and all must go on with space."""
    wrong = []
    if now(data) != expected:
        wrong.append("documents or answers are not those of the last step that was done")
    left = list(data.rglob(".*.new"))
    if left:
        wrong.append(f"what is half written keeps the space: {left}")
    with observed(full_from(0)), build.open_corpus(seeds, data) as index:
        if answers(index) != expected[1]:
            wrong.append("the old index does not answer on a full disk")
    for _ in uploads_and_builds(seeds, data):
        pass
    if indexed(data) != texts_of(seeds, data) or "new1.txt" not in indexed(data):
        wrong.append("it does not go on when space returns")
    return wrong


HARNESSES = {"kills": (kills, 2_000), "damage": (damage, 10_000), "full": (full, 200)}


def main() -> None:
    """Print the figures of one harness; the exit code is that of the promise."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("harness", choices=HARNESSES)
    parser.add_argument("count", nargs="?", type=int)
    parser.add_argument("--in-place", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--minutes", type=float, help="stop after these (kills, damage)")
    given = parser.parse_args()
    harness, usual = HARNESSES[given.harness]
    options = {"in_place": True} if given.in_place else {}
    options |= {"large": True} if given.large else {}
    options |= {"minutes": given.minutes} if given.minutes else {}
    figures = harness(given.count or usual, **options)
    print(json.dumps(figures, indent=1))
    sys.exit(bool(figures["first faults"]))


if __name__ == "__main__":
    main()
