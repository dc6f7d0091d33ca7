"""``verify``: holds a text that claims to quote against the sources."""
# ruff: noqa: PLC0415 - imports stand where they are used: see cli.py

import sys
from typing import Annotated

import typer

from bot.commands.asking import json_line
from bot.commands.sources import Seeds, corpus
from index.errors import UsageError

__all__ = ["verify"]


def verify(
    text: Annotated[
        list[str] | None,
        typer.Argument(metavar="TEXT", help="What is quoted, or - to read it.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    seeds: Seeds = None,
) -> None:
    """Tell whether a text quotes the sources rightly, word by word."""
    from index.verify import LONGEST
    from index.verify import verify as verification

    given = " ".join(text or ()).encode(errors="replace").decode()
    if given == "-":
        given = sys.stdin.read()
    if not given.strip():
        raise UsageError("verify", "there is no text", "give the quote: quoth verify '“…,” she said'")
    if len(given.rstrip()) > LONGEST:
        fault = f"the text has more than {LONGEST:,} characters"
        raise UsageError("verify", fault, "give one quote or passage at a time")
    with corpus(seeds) as index:
        found = verification(index, given)
    if as_json:
        from bot.contract import verification_object

        typer.echo(json_line(verification_object(found)))
    else:
        from bot.terminal import verified, write

        write(verified(found))
