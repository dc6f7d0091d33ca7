"""The command line: ``quoth ask``, ``chat``, ``show``, ``build``, ``sentences``, ``eval``, ``check``.

``main`` is the console script. Every error becomes one line here: place, fault, remedy. What only one command
needs is imported in that command, because ``quoth ask`` must start in a third of a second.

No command decides anything about an answer; no command reads the index but through ``index.search.Index``.
"""
# ruff: noqa: PLC0415 - imports stand where they are used, see above

import io
import json
import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from bot.progress import Bar
from bot.texts import en
from index.errors import QuothError, UsageError

if TYPE_CHECKING:
    from bot.answer import Answer
    from index.build import Report
    from index.model import Turn
    from index.search import Index

__all__ = ["app", "main", "run"]

CANDIDATES = 10
"""Hits looked at for a decision, and the most that --json and --batch write unless --limit says otherwise."""

INTERRUPTED = 130
"""What a shell expects of a command that Ctrl-C ended: 128 and the signal's number."""

STANDARD_INPUT = "standard input"

_ACTING = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What could act on a terminal that shows JSON: controls and bidi marks, written as escapes instead."""

NAMED = 5
"""File names that a summary spells out."""

_Misuse = cast(type[Exception], typer.BadParameter.__mro__[1])
"""The parent of all usage errors of the option parser, wherever this version of typer keeps it."""

app = typer.Typer(
    name="quoth", rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, help=None
)

Seeds = Annotated[
    Path | None,
    typer.Option("--seeds", metavar="DIR", help="Use this folder of documents.", show_default=False),
]


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; what goes wrong is one line on standard error."""
    _prepare_streams()
    debug = "--debug" in takewhile(lambda argument: argument != "--", arguments)
    try:
        code = app(args=arguments, prog_name="quoth", standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except Exception as error:  # noqa: BLE001 - the border: here every error becomes words
        if debug:
            traceback.print_exception(error)
        return _fail(*_in_words(error))
    if code == INTERRUPTED:  # newer versions of typer return it, older ones raise Abort
        return _fail(en.STOPPED, INTERRUPTED)
    return code if isinstance(code, int) else 0


def _in_words(error: Exception) -> tuple[str, int]:
    """The line for an error, and its exit code."""
    if isinstance(error, QuothError):
        return str(error), 2 if isinstance(error, UsageError) else 1
    if isinstance(error, _Misuse):
        message = cast(Any, error).format_message().rstrip(".")
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "quoth"
        place = f"{command.removeprefix('quoth ')}: " if command != "quoth" else ""
        return f"{place}{message[:1].lower()}{message[1:]}; see {command} --help", 2
    if isinstance(error, OSError) and error.strerror:
        place = error.filename or "output"
        return f"{place}: {error.strerror.lower()}; look at the disk and the rights there", 1
    kind = type(error).__name__
    return (
        f"{kind}: {error}; this is a fault of quoth, run quoth --debug with the same command to see where",
        1,
    )


def _fail(message: str, code: int) -> int:
    line = "".join(c if c.isprintable() else " " for c in f"quoth: {message}")
    print(line, file=sys.stderr)  # noqa: T201 - the one place that speaks of errors
    return code


def _reader_left() -> int:
    """Whoever read our output has gone, as after ``| head``: nothing is left to say, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _prepare_streams() -> None:
    """A terminal that lacks a character shows its number; typed bytes that are no text are shown as such."""
    if sys.stdout is None:  # the shell closed it: quoth … >&-
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open to the end
    for stream, errors in ((sys.stdout, "backslashreplace"), (sys.stdin, "replace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


@app.callback(invoke_without_command=True)
def quoth(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,  # noqa: ARG001 - read in run()
) -> None:
    """Answers questions with the source's own words: the whole sentence, unaltered, with its citation."""
    if version:
        typer.echo(f"quoth {_version()}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("quoth")
    except PackageNotFoundError:
        return "(not installed)"


@app.command()
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
        _ask_batch(batch, limit or CANDIDATES, seeds)
    elif not text.strip():
        raise UsageError("ask", "the question is empty", 'ask something: quoth ask "who said …?"')
    else:
        _ask_one(text, as_json, limit, seeds)


def _ask_one(question: str, as_json: bool, limit: int | None, seeds: Path | None) -> None:
    with _corpus(seeds) as index:
        answer = _answer(index, question, limit)
        if as_json:
            from bot.contract import answer_object

            typer.echo(_json(answer_object(answer, limit or CANDIDATES)))
        else:
            from bot.terminal import answered, write

            write(answered(answer, index.sentence, limit))


def _answer(index: "Index", question: str, limit: int | None, history: "tuple[Turn, ...]" = ()) -> "Answer":
    """The answer; the decision looks at the same candidates whatever the limit is."""
    from bot.answer import answer, searchable
    from index.model import Results

    if not searchable(question):
        return answer(Results(question, ()))
    return answer(index.search(question, history, max(limit or 0, CANDIDATES)))


def _ask_batch(name: str, limit: int, seeds: Path | None) -> None:
    from bot.contract import batch_object, read_questions

    with _lines(name, "--batch") as lines, _corpus(seeds) as index:
        for asked in read_questions(lines, STANDARD_INPUT if name == "-" else name):
            answer = _answer(index, asked.question, limit, asked.history)
            sys.stdout.write(_json(batch_object(asked, answer, limit)) + "\n")
            sys.stdout.flush()


@contextmanager
def _lines(name: str, option: str) -> "Iterator[Iterator[bytes]]":
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


def _json(value: object) -> str:
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=plain))


@contextmanager
def _corpus(seeds: Path | None) -> "Iterator[Index]":
    """The index of the configured documents, brought up to date; a bar appears if that takes a second."""
    from bot.settings import load
    from index.build import open_corpus

    settings = load(seeds)
    with Bar(delay=1.0) as progress:
        index = open_corpus(settings.seeds, settings.data, progress=progress, notice=_notice)
    with index:
        yield index


def _notice(line: str) -> None:
    _fail(line, 0)


@app.command()
def chat(seeds: Seeds = None) -> None:
    """Ask and follow up, here in the terminal."""
    from bot.chat import converse

    with _corpus(seeds) as index:
        converse(index)


@app.command(name="run")
def run_bot(seeds: Seeds = None) -> None:
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


@app.command()
def show(
    quote_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a quote.")], seeds: Seeds = None
) -> None:
    """Print a quote and where exactly it stands."""
    from bot.terminal import receipt, write

    with _corpus(seeds) as index:
        sentence = index.sentence(quote_id.strip())
        if sentence is None:
            raise QuothError(f"show {quote_id}", "no sentence here has this id", "copy the id from an answer")
        write(receipt(sentence, index.references(sentence), index.sentence))


@app.command()
def build(seeds: Seeds = None) -> None:
    """Index the documents that are new or changed."""
    from bot.settings import load
    from index.build import update
    from index.search import Index

    settings = load(seeds)
    told: set[str] = set()

    def tell(line: str) -> None:
        if line not in told:
            told.add(line)
            _notice(line)

    with Bar() as progress:
        report = update(settings.seeds, settings.data, progress=progress, notice=tell)
    with Index.open(settings.data) as index:
        stats = index.stats()
    for _, why in report.skipped:
        tell(why)
    held = f"{en.counted(stats.documents, 'document')} and {en.counted(stats.sentences, 'sentence')}"
    typer.echo(f"{_changes(report)} in {report.seconds:.1f} s; the index holds {held}")


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


@app.command()
def sentences(
    file: Annotated[str | None, typer.Argument(metavar="FILE", help="Default: standard input.")] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Read {"text"} lines, write {"ends"} lines.')
    ] = False,
) -> None:
    """Print a file's sentences, one a line."""
    if jsonl:
        name = file or "-"
        with _lines(name, "sentences") as lines:
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


@app.command("eval")
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


@app.command()
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
