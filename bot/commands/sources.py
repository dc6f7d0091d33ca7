"""What commands read: the configured corpus, and lines of a file or of standard input.

It prints nothing but notices about the documents.
"""
# ruff: noqa: PLC0415 - imports stand where they are used: see cli.py

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.progress import Bar
from index.errors import UsageError

if TYPE_CHECKING:
    from index.search import Index

__all__ = ["STANDARD_INPUT", "Seeds", "complain", "corpus", "lines_of"]

STANDARD_INPUT = "standard input"

Seeds = Annotated[
    Path | None,
    typer.Option("--seeds", metavar="DIR", help="Use this folder of documents.", show_default=False),
]


def complain(line: str) -> None:
    """One line on standard error, whatever it holds."""
    printable = "".join(c if c.isprintable() else " " for c in f"quoth: {line}")
    print(printable, file=sys.stderr)  # noqa: T201 - the one place that speaks of errors


@contextmanager
def lines_of(name: str, option: str) -> Iterator[Iterator[bytes]]:
    """The lines of a file, or of standard input for ``-``, as they come."""
    if name == "-":
        yield iter(sys.stdin.buffer)
        return
    path = Path(name)
    try:
        file = path.open("rb")
    except OSError as error:
        fault = (error.strerror or str(error)).lower()
        raise UsageError(
            option, f"{path} cannot be read ({fault})", "name a file that can be read"
        ) from error
    with file:
        yield iter(file)


@contextmanager
def corpus(seeds: Path | None) -> "Iterator[Index]":
    """The index of the configured documents, brought up to date; a bar appears if that takes a second."""
    from bot.settings import load
    from index.build import open_corpus

    settings = load(seeds)
    with Bar(delay=1.0) as progress, Bar("checking the index", "megabyte", delay=1.0) as checked:
        index = open_corpus(
            settings.seeds,
            settings.data,
            thesaurus=settings.thesaurus,
            progress=progress,
            checking=lambda done, total: checked(done, total, done // 1_000_000),
            notice=complain,
        )
    with index:
        yield index
