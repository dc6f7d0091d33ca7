"""Commands for whoever keeps the documents: ``docs``, ``add``, ``remove``, ``undo``, ``backup``, ``restore``.

How the corpus changes is ``index.changes``' business, what a backup holds ``bot.backup``'s.
"""
# ruff: noqa: PLC0415 - imports stand where they are used: see cli.py

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.serving import build
from bot.commands.sources import Seeds, complain
from bot.texts import en

if TYPE_CHECKING:
    from index.catalogue import Change
    from index.changes import Add, Listed, Remove, Restore, Undo

__all__ = ["add", "backup", "docs", "remove", "restore", "undo"]

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids as `quoth docs` lists them.")]


def docs(
    removed: Annotated[bool, typer.Option("--removed", help="List the trash instead.")] = False,
    seeds: Seeds = None,
) -> None:
    """List the documents: id, origin, size, date, name."""
    from bot.settings import load
    from index.changes import Corpus

    settings = load(seeds)
    corpus = Corpus(settings.seeds, settings.data)
    for listed in corpus.trash() if removed else corpus.documents():
        typer.echo(_line(listed))


def _line(listed: "Listed") -> str:
    from bot.terminal import visible

    day = datetime.datetime.fromtimestamp(listed.at, datetime.UTC).date()
    shown = f"{listed.id}\t{listed.origin}\t{listed.size}\t{day}\t{listed.name}"
    return "\t".join(visible(field) for field in shown.split("\t"))


def add(  # noqa: PLR0913, PLR0917 - one a field of the citation
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Documents, or zips of them, to take a copy of.")
    ],
    title: Annotated[str | None, typer.Option(help="What citations call it.")] = None,
    source: Annotated[str | None, typer.Option(help="Where it was published.")] = None,
    date: Annotated[str | None, typer.Option(help="When, as 2026-03-02.")] = None,
    url: Annotated[str | None, typer.Option(help="Where it can be read.")] = None,
    seeds: Seeds = None,
) -> None:
    """Take copies of files into the corpus, all as one change; a known name is a new version."""
    from index.changes import Add, Incoming
    from index.errors import UsageError
    from index.readers import ARCHIVE, metadata_of

    said = {"title": title, "source": source, "date": date, "url": url}
    if any(said.values()) and len(files) > 1:
        option = next(f"--{name}" for name, value in said.items() if value)
        raise UsageError(option, "is for one document, and several are given", "add them one by one")
    if title and files[0].suffix.lower() == ARCHIVE:
        raise UsageError("--title", "is for one document, and a zip holds several", "leave it out")
    metadata = metadata_of(said, Path(files[0].name))
    _change(Add(tuple(Incoming(path, path.name, metadata) for path in files)), seeds)


def remove(
    ids: Ids,
    take_back: Annotated[bool, typer.Option("--take-back", help="Have removed documents back.")] = False,
    seeds: Seeds = None,
) -> None:
    """Take documents out of the corpus; for 7 days they can be had back."""
    from index.changes import Remove, Restore

    _change(Restore(tuple(ids)) if take_back else Remove(tuple(ids)), seeds)


def undo(seeds: Seeds = None) -> None:
    """Take the last change of the corpus back; undone twice, it is made again."""
    from index.changes import Undo

    _change(Undo(), seeds)


def _change(wish: "Add | Remove | Restore | Undo", seeds: Path | None) -> None:
    from bot.settings import load
    from index.changes import Corpus
    from index.errors import EmptyCorpusError

    settings = load(seeds)
    change = Corpus(settings.seeds, settings.data).apply(wish)
    _tell(change)
    if change.number:
        try:
            build(seeds)
        except EmptyCorpusError as error:  # the change is made; that nothing is left is told
            complain(str(error))
    if change.refused:
        raise typer.Exit(1)


def _tell(change: "Change") -> None:
    """One line a document; what was refused or left out on standard error."""
    from bot.terminal import visible

    for step in change.steps:
        same = f" (the same text as {', '.join(step.same_text)})" if step.same_text else ""
        typer.echo(visible(f"{step.id}: {step.outcome}{same}"))
        for fault in step.faults:
            complain(fault)
    for name, why in change.refused:
        complain(f"{name}: {why}")


def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Written beside and renamed when it is whole.")
    ],
    seeds: Seeds = None,
) -> None:
    """Write all that cannot be rebuilt into one file: uploads, ids, thesaurus, state."""
    from bot.backup import backup as write
    from bot.settings import load

    settings = load(seeds)
    saved = write(settings.seeds, settings.data, file)
    typer.echo(f"{file}: {en.counted(saved.uploads, 'upload')}, {saved.size:,} bytes before packing")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `quoth backup` has written.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what QUOTH_DATA holds.")] = False,
    seeds: Seeds = None,
) -> None:
    """Bring QUOTH_DATA back to what a backup holds; the index is rebuilt from it."""
    from bot.backup import restore as bring_back
    from bot.settings import load

    settings = load(seeds)
    saved = bring_back(settings.data, file, force=force)
    day = datetime.datetime.fromtimestamp(saved.at, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    typer.echo(f"{en.counted(saved.uploads, 'upload')} of {day} restored to {settings.data}")
