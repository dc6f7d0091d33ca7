"""Commands that measure the engine: ``sentences``, ``eval``.

The corpus is not opened: both are given their texts.
"""
# ruff: noqa: PLC0415 - imports stand where they are used: see cli.py

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.sources import STANDARD_INPUT, lines_of
from bot.progress import Bar

__all__ = ["evaluate", "sentences"]


def sentences(
    file: Annotated[str | None, typer.Argument(metavar="FILE", help="Default: standard input.")] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Read {"text"} lines, write {"ends"} lines.')
    ] = False,
) -> None:
    """Print a file's sentences, one a line."""
    if jsonl:
        name = file or "-"
        with lines_of(name, "sentences") as lines:
            for line in _ends(lines, STANDARD_INPUT if name == "-" else name):
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
    else:
        for sentence in _quotable(file):
            sys.stdout.write(sentence + "\n")


def _ends(lines: Iterable[bytes], name: str) -> Iterator[str]:
    """For each block of text, the code points where its sentences end."""
    from bot.contract import read_texts
    from index.language import detect
    from index.segment import segment

    for text in read_texts(lines, name):
        paragraphs = segment(text, detect(text))
        yield json.dumps({"ends": [span.end for paragraph in paragraphs for span in paragraph.sentences]})


def _quotable(file: str | None) -> Iterator[str]:
    from bot.terminal import visible
    from index.language import detect
    from index.readers import read
    from index.segment import segment

    if file is None or file == "-":
        text, body, markdown = sys.stdin.read(), 0, False
    else:
        source = read(Path(file))
        text, body, markdown = source.text, source.body, source.markdown
    for paragraph in segment(text, detect(text[body:]), start=body, markdown=markdown):
        for span in paragraph.sentences:
            if span.kind.quotable:
                yield visible(text[span.start : span.end])


def evaluate(
    sentences_file: Annotated[Path, typer.Argument(metavar="SENTENCES")],
    questions_file: Annotated[Path, typer.Argument(metavar="QUESTIONS")],
    run_file: Annotated[
        typer.FileTextWrite | None,
        typer.Option("--run", metavar="FILE", encoding="utf-8", lazy=False, help="Write the ranking here."),
    ] = None,
    no_history: Annotated[bool, typer.Option("--no-history", help="Leave earlier questions out.")] = False,
) -> None:
    """Measure the ranking on given sentences."""
    from bot.answer import confidence
    from index.evaluate import figures, load_questions, load_sentences, rank_all

    rows, questions = load_sentences(sentences_file), load_questions(questions_file, history=not no_history)
    rankings = []
    with Bar("asking", "question", delay=1.0) as progress:
        for ranking in rank_all(rows, questions, confidence):
            rankings.append(ranking)
            if run_file:
                run_file.write(ranking.run_lines)
            progress(len(rankings), len(questions), len(rankings))
    typer.echo(json.dumps(figures(rankings)))
