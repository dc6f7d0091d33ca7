"""Commands for whoever hosts the bot: ``run``, ``build``, ``check``.

No question is answered here.
"""
# ruff: noqa: PLC0415 - imports stand where they are used: see cli.py

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.sources import Seeds, complain
from bot.progress import Bar
from bot.texts import en

if TYPE_CHECKING:
    from index.build import Report

__all__ = ["build", "check", "run"]

NAMED = 5
"""File names that a summary spells out."""


def run(seeds: Seeds = None) -> None:
    """Run the Telegram bot until it is told to stop."""
    import asyncio
    import logging

    from bot import logs
    from bot.settings import load

    settings = load(seeds)
    logs.set_up(settings.required_token())
    from bot.app import serve

    log = logging.getLogger("quoth")
    asyncio.run(serve(settings, lambda line: log.warning("%s", line)))


def build(seeds: Seeds = None) -> None:
    """Index the documents that are new or changed."""
    from bot.settings import load
    from index.build import emptiness, update
    from index.search import Index

    settings = load(seeds)
    told: set[str] = set()

    def tell(line: str) -> None:
        if line not in told:
            told.add(line)
            complain(line)

    with Bar() as progress:
        report = update(
            settings.seeds, settings.data, thesaurus=settings.thesaurus, progress=progress, notice=tell
        )
    with Index.open(settings.data) as index:
        stats, empty = index.stats(), emptiness(settings.seeds, index)
    for _, why in report.skipped:
        tell(why)
    held = f"{en.counted(stats.documents, 'document')} and {en.counted(stats.sentences, 'sentence')}"
    typer.echo(f"{_changes(report)} in {report.seconds:.1f} s; the index holds {held}")
    if empty is not None:
        raise empty


def _changes(report: "Report") -> str:
    """What an update did; a document with a fault is named once, as that."""
    faulty = tuple(dict.fromkeys(file for file, _ in report.skipped))
    lists = {
        "added": [file for file in report.added if file not in faulty],
        "changed": [file for file in report.changed if file not in faulty],
        "removed": report.removed,
        "faulty": faulty,
    }
    changes = [f"{len(files)} {what}{_names(files)}" for what, files in lists.items() if files]
    unchanged = f"{report.unchanged} unchanged" if report.unchanged or not changes else ""
    return ", ".join(filter(None, [*changes, unchanged]))


def _names(files: Sequence[str]) -> str:
    from bot.terminal import visible

    more = f", … {len(files) - NAMED} more" if len(files) > NAMED else ""
    return f" ({', '.join(visible(file) for file in files[:NAMED])}{more})"


def check(
    health: Annotated[bool, typer.Option("--health", help="Only whether the bot hears Telegram.")] = False,
    seeds: Seeds = None,
) -> None:
    """Verify configuration, documents and index."""
    from bot.check import State, findings, health_findings

    worst = 0
    for finding in health_findings(seeds) if health else findings(seeds):
        typer.echo(str(finding))
        worst |= finding.state is State.FAULT
    raise typer.Exit(int(worst))
