"""What a disk may hold after a power cut: a log of operations, replayed with what was not synced left out.

    python benchmarks/powercuts.py [REPLAYS] [--skip sync|"sync folder"]

A scenario of uploads, removals, undos and builds runs once while ``index.durable`` tells of every operation.
Each replay cuts the log at a random place and rebuilds the folder from it: what a sync had covered is there,
of all else any part, so that later operations may be there without earlier ones. File content that was not
synced is whole, cut short, zeros or gone. Then it looks whether catalogue and index open, and whether every
acknowledged document is there. ``--skip`` is the control: with one kind of sync ignored, it must find loss.

Names are the disk's: a file is a number, a folder is a number with names for others, a rename changes both
its folders at once.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from index.build import update
from index.changes import Add, Corpus, Incoming, Remove, Undo
from index.corpus import corpus_files, read_document
from index.durable import Operation, observed
from index.errors import QuothError, StoreError
from index.store import Store

QUICK = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""A disk that is quick to sync: the power fails in the log alone."""

Texts = dict[str, str]
"""Name -> text of every document."""

GIVEN = {"given.txt": "Zud given rok.", "hidden.txt": "Zud hidden rok."}


@dataclass(frozen=True)
class Ack:
    """At this place of the log, the documents were acknowledged as these, and the index if ``built``."""

    place: int
    texts: Texts
    built: bool


@dataclass
class Event:
    """One change of the disk: the content of a file, or names in folders, all of them at once."""

    place: int
    content: tuple[int, bytes] | None = None
    names: tuple[tuple[int, str, int | None], ...] = ()


@dataclass
class Log:
    """Events in order, and for each file and folder the places of its syncs."""

    events: list[Event] = field(default_factory=list)
    syncs: dict[int, list[int]] = field(default_factory=dict)
    length: int = 0


def texts_of(seeds: Path, data: Path) -> Texts:
    """What the corpus holds now."""
    return {file.name: read_document(file, "x")[0].text for file in corpus_files(seeds, data)}


def scenario(seeds: Path, data: Path, steps: int, seed: int) -> tuple[list[Operation], list[Ack]]:
    """Run some changes, each followed by a build, and return what was done and acknowledged."""
    draw, log, acks = random.Random(seed), list[Operation](), list[Ack]()
    corpus, sent = Corpus(seeds, data), seeds.parent / "sent.txt"
    seeds.mkdir(parents=True)
    for name, text in GIVEN.items():
        (seeds / name).write_text(text)
    acks.append(Ack(0, texts_of(seeds, data), built=False))
    with observed(log.append):
        for step in range(steps):
            act = "zip" if step == 1 else draw.choice(["add", "add", "replace", "zip", "remove", "undo"])
            held = [each.id for each in corpus.documents() if each.id != "given"]
            if act == "remove" and held:
                corpus.apply(Remove((draw.choice(held),)))
            elif act == "undo" and corpus.log():
                corpus.apply(Undo())
            elif act == "zip":
                with zipfile.ZipFile(sent, "w") as archive:
                    for name in ("0.txt", f"in/{step}.txt"):
                        archive.writestr(name, f"Zud z{step} rok {name}.")
                corpus.apply(Add((Incoming(sent, "sent.zip"),)))
            else:
                sent.write_text(f"Zud v{step} rok tide.")
                name = f"{step if act == 'add' else 0}.txt"
                corpus.apply(Add((Incoming(sent, name), Incoming(sent, f"with-{name}"))))
            acks.append(Ack(len(log), texts_of(seeds, data), built=False))
            update(seeds, data)
            acks.append(Ack(len(log), acks[-1].texts, built=True))
    return log, acks


def events_of(operations: list[Operation], root: Path, skip: str) -> Log:
    """The log as changes of a disk that begins with the empty folder ``root``, number 0."""
    log, folders, count = Log(length=len(operations)), {0: dict[str, int]()}, 0

    def at(path: Path) -> int:
        number = 0
        for part in path.relative_to(root).parts:
            number = folders[number][part]
        return number

    def name(place: int, *names: tuple[int, str, int | None]) -> None:
        log.events.append(Event(place, names=names))
        for folder, each, number in names:
            folders[folder].pop(each, None)
            if number is not None:
                folders[folder][each] = number

    for place, operation in enumerate(operations):
        path, kind = operation.path, operation.kind
        if kind in ("sync", "sync folder"):
            if kind != skip and root in (path, *path.parents):
                log.syncs.setdefault(at(path), []).append(place)
        elif kind in ("create", "folder"):
            parent = at(path.parent)
            if path.name in folders[parent]:
                log.events.append(Event(place, (at(path), b"")))
                continue
            count += 1
            if kind == "folder":
                folders[count] = {}
            name(place, (parent, path.name, count))
        elif kind == "write":
            log.events.append(Event(place, (at(path), operation.content)))
        elif kind == "rename":
            target = operation.target
            names = ((at(path.parent), path.name, None), (at(target.parent), target.name, at(path)))
            name(place, *names)
        elif kind == "unlink":
            name(place, (at(path.parent), path.name, None))
    return log


def disk_after(log: Log, cut: int, draw: random.Random) -> tuple[dict[int, dict[str, int]], dict[int, bytes]]:
    """Folders and files as they may be when the power fails before the operation at ``cut``."""
    folders: dict[int, dict[str, int]] = {0: {}}
    files: dict[int, bytes] = {}
    luck = draw.choice([0.0, 0.5, 0.5, 0.9, 1.0])
    for event in log.events:
        if event.place >= cut:
            break
        owners = [event.content[0]] if event.content else [folder for folder, *_ in event.names]
        sure = all(any(event.place < sync < cut for sync in log.syncs.get(owner, ())) for owner in owners)
        if event.content:
            number, content = event.content
            if sure or draw.random() < luck:
                files[number] = content
            elif draw.random() < 0.5:
                short = content[: draw.randrange(len(content) + 1)]
                files[number] = draw.choice(
                    [short, bytes(len(short)), short + bytes(len(content) - len(short))]
                )
        elif sure or draw.random() < luck:
            for folder, name, number in event.names:
                names = folders.setdefault(folder, {})
                names.pop(name, None)
                if number is not None:
                    names[name] = number
    return folders, files


def disk_after_all(log: Log) -> tuple[dict[int, dict[str, int]], dict[int, bytes]]:
    """Folders and files as they are when all was done and nothing lost."""
    lucky = random.Random()
    lucky.choice = lambda _: 2.0
    return disk_after(log, log.length, lucky)


def folders_of(log: Log, operations: list[Operation]) -> set[int]:
    """The numbers that are folders."""
    made = [event for event in log.events if event.names and operations[event.place].kind == "folder"]
    return {0} | {event.names[0][2] for event in made}


def write_out(
    folder: Path, number: int, folders: dict[int, dict[str, int]], files: dict[int, bytes], kinds: set[int]
) -> None:
    """Make a folder of the disk a real one; ``kinds`` are the numbers that are folders."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, each in folders.get(number, {}).items():
        if each in kinds:
            write_out(folder / name, each, folders, files, kinds)
        else:
            (folder / name).write_bytes(files.get(each, b""))


def faults(seeds: Path, data: Path, acks: list[Ack], cut: int) -> Iterator[str]:
    """What is wrong with a folder after a cut: nothing acknowledged before may be missing."""
    last = max(place for place, ack in enumerate(acks) if ack.place <= cut)
    possible = [ack.texts for ack in acks[last : last + 2]]
    try:
        if texts_of(seeds, data) not in possible:
            yield "lost: the catalogue does not hold what was acknowledged"
    except QuothError as error:
        yield f"lost: {error}"
    built = [place for place, ack in enumerate(acks[: last + 1]) if ack.built]
    if built:
        try:
            if indexed(data) not in [ack.texts for ack in acks[built[-1] : last + 3]]:
                yield "does not open: the index holds other documents than were built"
        except QuothError as error:
            yield f"does not open: {error}"


def indexed(data: Path) -> Texts:
    """What the index holds. Raises StoreError where a byte is not as written."""
    generation = Store(data).open()
    if generation is None:
        raise StoreError(data, "there is no index", "")
    with closing(generation):
        generation.verify()
        return {
            record.file: generation.segments[place].document(number).text
            for place, number, record in generation.live_records
        }


def run(replays: int, *, skip: str = "", steps: int = 14, seed: int = 5) -> dict[str, object]:
    """Replay; figures, and the first faults."""
    top = Path(tempfile.mkdtemp(prefix="quoth-cuts-", dir=QUICK))
    try:
        seeds, data = top / "seeds", top / "disk" / "data"
        data.parent.mkdir()
        operations, acks = scenario(seeds, data, steps, seed)
        log = events_of(operations, data.parent, skip)
        kinds = folders_of(log, operations)
        draw, found, recovered, began = random.Random(seed), list[str](), 0, time.monotonic()
        for number in range(replays):
            cut = draw.randrange(log.length + 1)
            place = top / "after"
            write_out(place, 0, *disk_after(log, cut, draw), kinds)
            wrong = list(faults(seeds, place / "data", acks, cut))
            found += [f"cut {cut}: {each}" for each in wrong]
            if number % 50 == 0 and not wrong:
                before = texts_of(seeds, place / "data")
                update(seeds, place / "data")
                Corpus(seeds, place / "data").apply(Add((Incoming(seeds / "given.txt", "after.txt"),)))
                update(seeds, place / "data")
                recovered += texts_of(seeds, place / "data") == before | {"after.txt": GIVEN["given.txt"]}
            shutil.rmtree(place)
        return {
            "operations": log.length,
            "replays": replays,
            "stores that do not open": sum("does not open" in each for each in found),
            "acknowledged documents lost": sum("lost" in each for each in found),
            "went on afterwards": f"{recovered} of {-(-replays // 50)} tried",
            "seconds": round(time.monotonic() - began, 1),
            "first faults": found[:3],
        }
    finally:
        shutil.rmtree(top)


def main() -> None:
    """Print the figures; the exit code is that of the promise."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("replays", nargs="?", type=int, default=10_000)
    parser.add_argument("--skip", default="", choices=["", "sync", "sync folder"])
    given = parser.parse_args()
    figures = run(given.replays, skip=given.skip)
    print(json.dumps(figures, indent=1))
    sys.exit(bool(figures["first faults"]))


if __name__ == "__main__":
    main()
