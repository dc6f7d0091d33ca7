"""The token is in no line of any log, however it came there; the rest of the line is as it was."""

import asyncio
import io
import logging
import logging.handlers
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from conftest import python
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.logs import HIDDEN, Redactor, set_up

SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # noqa: S105 - nobody's
TOKEN = f"123456789:{SECRET}"
URL = f"https://api.telegram.org/bot{TOKEN}/getUpdates"
FORMS = [
    TOKEN,
    SECRET,
    quote(TOKEN, safe=""),
    quote(quote(TOKEN, safe=""), safe=""),
    URL,
    f"123456789%3a{SECRET}",
]


@contextmanager
def logs(level: int = logging.DEBUG) -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """Our stream, and that of a handler that knows nothing of us."""
    ours, theirs = io.StringIO(), io.StringIO()
    undo = set_up(TOKEN, stream=ours, level=level)
    foreign = logging.StreamHandler(theirs)
    foreign.setFormatter(logging.Formatter("%(message)s %(name)s %(threadName)s"))
    third = logging.getLogger("third.party")
    third.addHandler(foreign)
    try:
        yield ours, theirs
    finally:
        third.removeHandler(foreign)
        undo()


class Shown:
    """Shows the token, by ``str`` or ``repr``."""

    def __init__(self, form: str) -> None:
        self.form = form

    def __repr__(self) -> str:
        return f"<Bot {self.form}>"


class Unshowable:
    def __repr__(self) -> str:
        raise ValueError(TOKEN)


class FailureError(Exception):
    """An exception whose attributes hold what its text does not."""


def raised(depth: int, forms: list[str], suppress: bool) -> Exception:
    """An exception with ``depth`` causes or contexts behind it, each with a form of the token; notes too."""
    try:
        try:
            if depth:
                raise raised(depth - 1, forms, suppress)
            raise OSError(5, forms[0], forms[-1])
        except Exception as error:
            failure = FailureError(f"cannot reach {forms[depth % len(forms)]}", {"url": forms[0]})
            failure.add_note(f"while calling {forms[-1]}")
            if suppress:
                raise failure from error
            raise failure  # noqa: B904 - the context, on purpose
    except FailureError as error:
        return error


# --- texts

TEXTS = [
    (URL, "https://api.telegram.org/bot[token]/getUpdates"),
    (f"token={TOKEN}.", "token=[token]."),
    (f"the secret {SECRET}", "the secret [token]"),
    (quote(URL, safe=""), "https%3A%2F%2Fapi.telegram.org%2Fbot[token]%2FgetUpdates"),
    (f"cut off: /bot{TOKEN[:25]}", "cut off: /bot[token]"),
    (f"cut off: …{TOKEN[-20:]}/getMe", "cut off: …[token]/getMe"),
    (f"cut off: {SECRET[:12]}...", "cut off: [token]..."),
    (f"{TOKEN} {TOKEN}", "[token] [token]"),
    ("user 123456789 asked at 12:30", "user 123456789 asked at 12:30"),
    ("no secret", "no secret"),
]


@pytest.mark.parametrize(("text", "shown"), TEXTS)
def test_every_form_of_the_token_is_hidden_and_nothing_else(text: str, shown: str) -> None:
    assert shown == Redactor(TOKEN)(text)


def test_no_token_hides_nothing_and_a_malformed_one_hides_itself() -> None:
    assert "a b" == Redactor("")("a b")
    assert "[token] b" == Redactor(" a:(+) ")("a:(+) b")
    assert "x [token] 1:30" == Redactor("nocolonbutlongenough")("x nocolonbutlongenough 1:30")


def test_long_lines_are_searched_in_linear_time() -> None:
    text = "a" * 300_000 + SECRET[:8]
    assert ("a" * 300_000 + HIDDEN) == Redactor(TOKEN)(text)


# --- records

surroundings = st.text(max_size=8)
tokens = st.builds(lambda a, form, b: a + form + b, surroundings, st.sampled_from(FORMS), surroundings)
values = st.one_of(
    tokens,
    st.builds(Shown, tokens),
    st.lists(tokens, max_size=2),
    st.dictionaries(tokens, tokens, max_size=2),
    st.builds(ValueError, tokens),
    st.builds(lambda text: text.encode("utf-8", "replace"), tokens),
    st.integers(),
    st.none(),
    st.just(Unshowable()),
)
messages = st.one_of(tokens, st.sampled_from(["%s", "%r %s", "%d", "%(url)s", "%", "%s %s %s"]), values)


@settings(max_examples=300)
@given(
    message=messages,
    arguments=st.lists(values, max_size=3),
    extra=st.one_of(st.none(), values),
    forms=st.lists(tokens, min_size=1, max_size=3),
    depth=st.integers(-1, 3),
    suppress=st.booleans(),
    stack=st.booleans(),
)
def test_no_arrangement_of_a_record_shows_the_token(  # noqa: PLR0913, PLR0917 - a record has so many parts
    message: object,
    arguments: list[object],
    extra: object,
    forms: list[str],
    depth: int,
    suppress: bool,
    stack: bool,
) -> None:
    seen: list[str] = []

    class Everything(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            shown = {name: value for name, value in vars(record).items() if name != "odd"}
            odd = vars(record).get("odd")
            seen.append(f"{shown} {odd if not isinstance(odd, Unshowable) else ''}")

    logger, handler = logging.getLogger("third.party"), Everything()
    with logs() as (ours, theirs):
        logger.addHandler(handler)
        raised_now = raised(depth, forms, suppress) if depth >= 0 else None
        logger.error(message, *arguments, exc_info=raised_now, stack_info=stack, extra={"odd": extra})
        logger.removeHandler(handler)
    lines = ours.getvalue() + theirs.getvalue() + "".join(seen)
    assert 1 == len(seen)
    assert SECRET not in lines
    assert "123456789:" not in lines
    assert ours.getvalue()
    assert theirs.getvalue()


def test_one_event_is_one_line_and_what_belongs_to_it_is_indented() -> None:
    with logs() as (ours, _):
        logging.getLogger("bot.updates").warning(
            "broken\n2026-01-01 10:00:00 ERROR root: \x1b[31mforged\u2028line"
        )
        logging.getLogger("bot.updates").error("failed: %s", 7, exc_info=ValueError("one\ntwo"))
    lines = ours.getvalue().splitlines()
    assert lines[0].endswith(
        "WARNING bot.updates: broken / 2026-01-01 10:00:00 ERROR root: "
        "\N{REPLACEMENT CHARACTER}[31mforged / line"
    )
    assert lines[1].endswith("ERROR   bot.updates: failed: 7")
    assert ["    ValueError: one", "    two"] == lines[2:]


def test_a_queue_carries_no_token_to_a_handler_elsewhere() -> None:
    with logs() as (ours, theirs):
        target = logging.StreamHandler(theirs)
        listener = logging.handlers.MemoryHandler(10, target=target)
        logger = logging.getLogger("third.party.queue")
        logger.addHandler(listener)
        logger.info("at %s", URL, extra={"address": URL})
        listener.close()
        logger.removeHandler(listener)
    assert SECRET not in ours.getvalue() + theirs.getvalue()
    assert 2 == theirs.getvalue().count(HIDDEN)


def test_characters_that_a_stream_lacks_do_not_lose_the_line() -> None:
    raw = io.BytesIO()
    undo = set_up(TOKEN, stream=io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    logging.getLogger("bot").info("прилив \ud800")
    undo()
    assert raw.getvalue().endswith(b"INFO    bot: \\u043f\\u0440\\u0438\\u043b\\u0438\\u0432 \\ud800\n")


def test_a_stream_that_is_gone_stops_nothing() -> None:
    stream = io.StringIO()
    undo = set_up(TOKEN, stream=stream)
    stream.close()
    logging.getLogger("bot").info("tides")
    undo()


# --- what nobody caught


def test_tasks_threads_and_warnings_go_through_the_log() -> None:
    def fail() -> None:
        raise OSError(URL)

    async def leave() -> None:
        task = asyncio.create_task(failing())
        await asyncio.sleep(0)
        del task
        asyncio.get_running_loop().call_soon(fail)
        await asyncio.sleep(0.01)

    async def failing() -> None:
        raise OSError(URL)

    with logs() as (ours, _):
        thread = threading.Thread(target=fail, name=f"worker {TOKEN}")
        thread.start()
        thread.join()
        asyncio.run(leave())
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(False)
            logging.captureWarnings(True)
            warnings.warn(f"slow {URL}", stacklevel=1)
    shown = ours.getvalue()
    assert SECRET not in shown
    assert "thread worker [token]: stopped by an error that nobody caught" in shown
    assert "Task exception was never retrieved" in shown
    assert "Exception in callback" in shown
    assert "slow https://api.telegram.org/bot[token]/getUpdates" in shown


UNCAUGHT = """
import sys, logging
sys.path.insert(0, {root!r})
from bot.logs import set_up
set_up(sys.argv[1])
class Left:
    def __del__(self):
        raise OSError(sys.argv[1])
left = Left()
del left
try:
    raise OSError("https://api.telegram.org/bot" + sys.argv[1])
except OSError as error:
    raise {kind}("no answer from " + sys.argv[1]) from error
"""


@pytest.mark.parametrize(
    ("kind", "says"),
    [("RuntimeError", "stopped by an error that nobody caught"), ("KeyboardInterrupt", "interrupted")],
)
def test_a_process_that_dies_says_why_without_the_token(kind: str, says: str) -> None:
    process: subprocess.Popen[str] = python(UNCAUGHT.format(root=sys.path[0], kind=kind), TOKEN)
    out, err = process.communicate(timeout=30)
    assert process.returncode
    assert not out
    assert says in err
    assert "an error while an object was taken down" in err
    assert SECRET not in err


def test_everything_is_as_it_was_once_taken_back() -> None:
    root = logging.getLogger()
    before = (
        root.level,
        list(root.handlers),
        sys.excepthook,
        threading.excepthook,
        logging.getLogRecordFactory(),
    )
    with logs():
        assert sys.excepthook is not before[2]
    assert before == (
        root.level,
        list(root.handlers),
        sys.excepthook,
        threading.excepthook,
        logging.getLogRecordFactory(),
    )
