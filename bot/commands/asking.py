"""Commands that show quotes: ``ask``, ``chat``, ``show``.

No command decides anything about an answer.
"""
# ruff: noqa: PLC0415 - imports stand where they are used: see cli.py

import json
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.sources import STANDARD_INPUT, Seeds, corpus, lines_of
from index.errors import QuothError, UsageError

__all__ = ["ask", "chat", "json_line", "show"]

WRITTEN = 10
"""The most hits that --json and --batch write unless --limit says otherwise."""

_ACTING = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What could act on a terminal that shows JSON: controls and bidi marks, written as escapes instead."""


def ask(
    question: Annotated[
        list[str] | None, typer.Argument(metavar="QUESTION", help="In plain words.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    batch: Annotated[
        str | None,
        typer.Option(
            "--batch", metavar="FILE", help="Answer a JSON line for each line of FILE (- for input)."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, max=100, metavar="N", help="Up to N sentences.")] = None,
    seeds: Seeds = None,
) -> None:
    """Answer a question with a sentence of the sources."""
    text = " ".join(question or ()).encode(errors="replace").decode()
    if batch is not None:
        if text:
            raise UsageError("ask", "a question and --batch were given", "give one of them")
        _ask_batch(batch, limit or WRITTEN, seeds)
    elif not text.strip():
        raise UsageError("ask", "the question is empty", 'ask something: quoth ask "who said …?"')
    else:
        _ask_one(text, as_json, limit, seeds)


def _ask_one(question: str, as_json: bool, limit: int | None, seeds: Path | None) -> None:
    from bot.finding import answered

    with corpus(seeds) as index:
        answer = answered(index, question, limit=limit or WRITTEN)
        if as_json:
            from bot.contract import answer_object

            typer.echo(json_line(answer_object(answer, limit or WRITTEN)))
        else:
            from bot import terminal

            terminal.write(terminal.answered(answer, index.sentence, limit))


def _ask_batch(name: str, limit: int, seeds: Path | None) -> None:
    from bot.contract import batch_object, read_questions
    from bot.finding import answered

    with lines_of(name, "--batch") as lines, corpus(seeds) as index:
        for asked in read_questions(lines, STANDARD_INPUT if name == "-" else name):
            answer = answered(index, asked.question, asked.history, limit)
            sys.stdout.write(json_line(batch_object(asked, answer, limit)) + "\n")
            sys.stdout.flush()


def json_line(value: object) -> str:
    """A value as one line of JSON that acts on no terminal."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=plain))


def chat(seeds: Seeds = None) -> None:
    """Ask and follow up, here in the terminal."""
    from bot.chat import converse

    with corpus(seeds) as index:
        converse(index)


def show(
    quote_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a quote.")], seeds: Seeds = None
) -> None:
    """Print a quote and where exactly it stands."""
    from bot.terminal import receipt, write

    with corpus(seeds) as index:
        sentence = index.sentence(quote_id.strip())
        if sentence is None:
            raise QuothError(f"show {quote_id}", "no sentence here has this id", "copy the id from an answer")
        write(receipt(sentence, index.references(sentence), index.sentence, index.speaker(sentence)))
