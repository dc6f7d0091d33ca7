"""What the bot tells the people who run it: one line an event, on standard error, never with the token.

The token is taken out where a record is made, so that no handler of anybody's sees it: from message,
arguments, traceback, stack and ``extra``. What Python would print past the log (warnings, and exceptions that
nobody caught, of any thread or task) is sent through it.

What a program prints itself, and what a debugger or a core file shows, is not guarded.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any, TextIO
from urllib.parse import quote

__all__ = ["HIDDEN", "Redactor", "set_up"]

HIDDEN = "[token]"

MARK = 8
"""Characters of the secret's beginning or end that betray it, where a long text was cut in its middle."""

QUIET = ("httpx", "httpcore", "aiohttp.access", "asyncio")
"""Loggers whose INFO is about each request."""

_COLON = "(?::|%(?:25)*3[Aa])"
_UNSEEN = dict.fromkeys((*range(32), *range(127, 160), *range(0x202A, 0x202F)), "\N{REPLACEMENT CHARACTER}")
_BREAK = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")

_log = logging.getLogger(__name__)

_Raised = tuple[type[BaseException], BaseException, TracebackType | None]


class Redactor:
    """Takes one token out of texts and values: whole, its secret part alone, percent-encoded, or cut off.

    A token is ``ID:SECRET``, https://core.telegram.org/bots/api#authorizing-your-bot; an empty one hides
    nothing.
    """

    def __init__(self, token: str) -> None:
        token = token.strip()
        number, _, secret = token.rpartition(":")
        marks = [token, quote(token, safe="")] if token else []
        forms = [re.escape(mark) for mark in marks]
        if len(secret) >= 2 * MARK:
            begin, end = secret[:MARK], secret[-MARK:]
            forms = [f"{re.escape(number)}{_COLON}[\\w-]+"] * bool(number) + forms
            forms += [re.escape(secret), f"{re.escape(begin)}[\\w-]*"]
            forms += [f"[\\w-]{{0,{len(secret)}}}{re.escape(end)}"]
            marks += [begin, end] + [number] * bool(number)
        self._marks = marks
        self._pattern = re.compile("|".join(forms) or "(?!)")

    def __call__(self, text: str) -> str:
        """The text, with the token replaced by ``HIDDEN``."""
        return self._pattern.sub(HIDDEN, text) if any(mark in text for mark in self._marks) else text

    def value(self, value: object) -> object:
        """The value itself, or a text in its place where what it prints as holds the token."""
        if isinstance(value, str):
            return self(value)
        if value is None or isinstance(value, int | float):
            return value
        for text in (_words(repr, value), _words(str, value)):
            if self(text) != text:
                return self(text)
        return value


def _words(say: Callable[[object], str], value: object) -> str:
    """``str`` or ``repr`` of anything, whatever it raises."""
    try:
        return say(value)
    except Exception as error:  # noqa: BLE001 - a value that cannot be shown must not stop the log
        return f"<a {type(value).__name__} that cannot be shown: {type(error).__name__}>"


class _Fields(dict[str, Any]):
    """A record's attributes. ``logging`` adds those of ``extra`` one by one, after the record is made."""

    redact: Redactor

    def __setitem__(self, name: str, value: object) -> None:
        super().__setitem__(name, self.redact.value(value))


def _factory(redact: Redactor, make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    """A factory of records whose every attribute is a redacted text, or holds no token."""

    def made(*given: Any, **named: Any) -> logging.LogRecord:
        record = make(*given, **named)
        message, raised = _message(record), record.exc_info
        record.args, record.exc_info = (), None
        if raised and raised[0] is not None:
            record.exc_text = "".join(traceback.format_exception(*raised)).rstrip("\n")
        fields = _Fields()
        fields.redact = redact
        record.msg = message
        for name, value in vars(record).items():
            fields[name] = value
        record.__dict__ = fields
        return record

    return made


def _message(record: logging.LogRecord) -> str:
    """The message with its arguments filled in; both side by side where they do not fit."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - whatever the arguments' own formatting raises
        return f"{_words(str, record.msg)} {_words(repr, record.args)}"


class _Lines(logging.Formatter):
    """``2026-01-24 10:00:00 WARNING bot.updates: …``; a traceback or stack follows in indented lines, so that
    nothing that is logged can look like another event.
    """

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """One event."""
        record.message = _BREAK.sub(" / ", record.getMessage())
        record.asctime = self.formatTime(record, self.datefmt)
        below = "\n".join(filter(None, (record.exc_text, record.stack_info)))
        lines = [self.formatMessage(record), *(f"    {line}" for line in below.splitlines())]
        return self._redact("\n".join(line.translate(_UNSEEN) for line in lines))


class _Stream(logging.StreamHandler[TextIO]):
    """Standard error as it is at the time, in characters that it can show."""

    def format(self, record: logging.LogRecord) -> str:
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        return super().format(record).encode(encoding, "backslashreplace").decode(encoding)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own
        """A log that cannot be written stops nothing, and is not shown in another form."""


def set_up(token: str, *, stream: TextIO | None = None, level: int = logging.INFO) -> Callable[[], None]:
    """Log to ``stream`` (default: standard error) and keep the token out of every log of this process.

    Returns what takes all of it back, for tests.
    """
    redact = Redactor(token)
    root = logging.getLogger()
    factory, level_before = logging.getLogRecordFactory(), root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    levels = {name: logging.getLogger(name).level for name in QUIET}
    handler = _Stream(stream or sys.stderr)
    handler.setFormatter(_Lines(redact))
    logging.setLogRecordFactory(_factory(redact, factory))
    root.addHandler(handler)
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(True)
    sys.excepthook, threading.excepthook, sys.unraisablehook = _uncaught, _uncaught_in_thread, _unraisable

    def undo() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        logging.captureWarnings(False)
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)
        root.removeHandler(handler)
        root.setLevel(level_before)
        logging.setLogRecordFactory(factory)

    return undo


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        _log.critical("interrupted")
    else:
        _log.critical("stopped by an error that nobody caught", exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        name = args.thread.name if args.thread else "unknown"
        raised: _Raised = args.exc_type, args.exc_value, args.exc_traceback
        _log.critical("thread %s: stopped by an error that nobody caught", name, exc_info=raised)


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    if args.exc_value is not None:
        raised: _Raised = args.exc_type, args.exc_value, args.exc_traceback
        _log.error("%s", args.err_msg or "an error while an object was taken down", exc_info=raised)
