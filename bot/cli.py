"""The command line, ``quoth``: one line in, an exit code out.

``main`` is the console script. Every error becomes one line here: place, fault, remedy. What only one command
needs is imported in that command, because ``quoth ask`` must start in a third of a second.

What a command does is in ``commands``.
"""

import io
import os
import sys
import traceback
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from bot.commands import asking, keeping, measuring, serving, verifying
from bot.commands.sources import complain
from bot.texts import en
from index.errors import QuothError, UsageError

__all__ = ["app", "main", "run"]

INTERRUPTED = 130
"""What a shell expects of a command that Ctrl-C ended: 128 and the signal's number."""

_Misuse = cast(type[Exception], typer.BadParameter.__mro__[1])
"""The parent of all usage errors of the option parser, wherever this version of typer keeps it."""

app = typer.Typer(
    name="quoth", rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, help=None
)
_commands: tuple[Callable[..., None], ...] = (
    *(
        asking.ask,
        asking.chat,
        serving.run,
        asking.show,
        verifying.verify,
        serving.build,
        measuring.sentences,
    ),
    *(keeping.docs, keeping.add, keeping.remove, keeping.undo, keeping.backup, keeping.restore),
)
for _command in _commands:
    app.command()(_command)
app.command("eval")(measuring.evaluate)
app.command()(serving.check)


def main() -> None:
    """The console script."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a question is small: more threads only wait
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # the search for some reads all packages
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
    complain(message)
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
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - see above

    try:
        return version("quoth")
    except PackageNotFoundError:
        return "(not installed)"
