"""Strangers' files -> sources or errors in plain words, by way of the process that reads them (nursery.py).

What that process answers is checked, since who reads a hostile file may have become hostile. An archive is
read by one fork after the other, each going on behind the entry that ended the last.

What the other process may not do is cage.py's business.
"""

import json
import os
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from index.errors import DocumentError
from index.model import Metadata
from index.readers.cage import WALL_SECONDS
from index.readers.formats import Format, Recognised
from index.readers.nursery import DAMAGED, NURSERY, Outcome
from index.readers.source import MOST_TEXT, Source, refused

__all__ = ["Answer", "read_apart"]

ARCHIVE_SECONDS = 30
"""Of wall time to read all documents of an archive, once one was: until then it has a single file's."""

MOST_ANSWERED = 128_000_000
"""Bytes taken from the pipe for one file, or for what one process reads of an archive."""

MOST_OF_AN_ARCHIVE = 4 * MOST_ANSWERED
"""Bytes taken for all of it: its documents' texts, and their bytes in base64."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One document of a file. ``name`` is an entry's path, ``content`` its bytes; None for what is no
    archive.
    """

    name: str | None
    format: Format | None
    source: Source | DocumentError
    content: bytes | None = None


def read_apart(
    file: int, recognised: Recognised, *, many: bool = False, patience: int = 1
) -> Iterator[Answer]:
    """The documents of an open file, one unless it is an archive and ``many`` are wanted.

    What cannot be read is an answer with its error; nothing is raised for it.
    """
    fields = {"format": recognised.format, "package": recognised.package, "many": many, "start": 0}
    fields["patience"] = patience
    seconds, wasted, left, some = 0.0, 0.0, MOST_OF_AN_ARCHIVE, False
    while True:
        os.lseek(file, 0, os.SEEK_SET)
        began, bound = time.monotonic(), ARCHIVE_SECONDS if some else WALL_SECONDS
        deadline = began + patience * min(bound - seconds, WALL_SECONDS - wasted)
        outcome = NURSERY.ask(file, fields, deadline, min(left, MOST_ANSWERED))
        seconds += time.monotonic() - began
        left -= sum(map(len, outcome.lines))
        parsed = _parsed(outcome)
        some = some or any(isinstance(answer.source, Source) for answer in parsed.answers)
        yield from parsed.answers
        if parsed.following is None or parsed.begun is None:
            return
        if outcome.reason:
            wasted += outcome.wasted
        reason = None
        if wasted > WALL_SECONDS / 2 or seconds > (ARCHIVE_SECONDS if some else WALL_SECONDS):
            reason = "took too long"
        elif left <= 0:
            reason = "gave more text than is taken"
        if reason:
            fault = f"was not read from entry {parsed.following + 1} on: what stands before {reason}"
            yield Answer(parsed.begun[1], None, refused(fault, "split the archive"))
            return
        fields["start"] = parsed.following


@dataclass(slots=True)
class _Parsed:
    """What an outcome's lines say: the documents, and the entry to go on with (None: there are no more).

    ``begun`` is the place and name of the last entry that was begun; ``open``: nothing has come of it yet.
    ``complete``: the process said itself how to go on.
    """

    answers: list[Answer] = field(default_factory=list)
    following: int | None = None
    begun: tuple[int, str] | None = None
    open: bool = False
    complete: bool = False


def _parsed(outcome: Outcome) -> _Parsed:
    """All that came, and an error for what did not come."""
    parsed = _Parsed()
    try:
        for line in filter(None, outcome.lines):
            _take(json.loads(line), parsed)
    except (ValueError, TypeError, LookupError, RecursionError):
        return _Parsed([Answer(None, None, refused(*DAMAGED))])
    if not parsed.complete and (parsed.open or not parsed.answers):
        name = parsed.begun[1] if parsed.begun else None
        parsed.answers.append(Answer(name, None, refused(*(outcome.reason or DAMAGED))))
    if not parsed.complete and parsed.begun:
        parsed.following = parsed.begun[0] + 1
    return parsed


def _take(fields: dict[str, Any], parsed: _Parsed) -> None:
    """One line. A fault without a name is of the entry that was begun: its process could not go on."""
    if "begun" in fields:
        parsed.begun, parsed.open = (int(fields["begun"]), str(fields["name"])), True
    elif "next" in fields:
        parsed.following, parsed.complete = fields["next"], True
        if parsed.following is not None:
            parsed.following = int(parsed.following)
    else:
        name = fields["name"]
        if name is None and parsed.begun:
            name = parsed.begun[1]
        parsed.answers.append(_answer(fields, name))
        parsed.open = False


def _answer(fields: dict[str, Any], name: object) -> Answer:
    if name is not None and not isinstance(name, str):
        raise ValueError("a name is no string")
    if "fault" in fields:
        fault, remedy = fields["fault"]
        return Answer(name, None, refused(str(fault), str(remedy)))
    content = b64decode(fields["content"], validate=True) if name is not None else None
    return Answer(name, Format(fields["format"]), _source(fields["source"]), content)


def _source(fields: dict[str, Any]) -> Source:
    """A source as child.py wrote it, checked: nothing else is believed. Raises ValueError, TypeError and
    LookupError.
    """
    text, body, pages = fields["text"], int(fields["body"]), tuple(map(int, fields["pages"]))
    if not isinstance(text, str) or len(text) > MOST_TEXT:
        raise ValueError("no text, or too much")
    text.encode()
    if not 0 <= body <= len(text) or list(pages) != sorted(pages) or (pages and pages[-1] > len(text)):
        raise ValueError("places outside of the text")
    values = [fields[key] for key in ("title", "source", "date", "url")]
    if not all(value is None or isinstance(value, str) for value in values):
        raise TypeError("metadata that are no strings")
    return Source(
        text,
        Metadata(*values),
        body,
        fields["markdown"] is True,
        tuple(refused(str(fault), str(remedy)) for fault, remedy in fields["faults"]),
        pages,
        str(fields["extractor"]),
    )
