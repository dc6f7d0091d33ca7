"""What ``quoth check`` looks at: settings, documents, index, inbox. Each finding says what to do about it.

It repairs and builds nothing.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.inbox import counted
from bot.settings import ADMINS_REMEDY, Settings, load
from bot.texts import en
from index.changes import Corpus
from index.corpus import corpus_files
from index.errors import DamagedError, QuothError, StoreError, UsageError
from index.search import Index
from index.thesaurus import Thesaurus

__all__ = ["DEAF_AFTER", "HEARTBEAT", "Finding", "State", "findings", "health_findings"]

HEARTBEAT = "heartbeat"
"""Name of the file in the data folder whose time is that of the bot's last successful poll."""

DEAF_AFTER = 150.0
"""Seconds without a successful poll: a long poll takes up to 60, and a fault is waited out for up to 30."""


NAMED = 5
"""Updates set aside that are named."""


class State(StrEnum):
    """A warning leaves answers right but fewer; with a fault, questions cannot be answered."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the list. ``remedy`` is empty where nothing is to be done."""

    state: State
    subject: str
    said: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{self.state:<9}{self.subject:<13}{self.said}{'; ' if self.remedy else ''}{self.remedy}"
        return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


def findings(seeds: Path | None = None) -> Iterator[Finding]:
    """Everything looked at, as it is looked at."""
    try:
        settings = load(seeds)
    except QuothError as error:
        yield Finding(State.FAULT, error.place, error.fault, error.remedy)
        return
    origin = "--seeds" if seeds else settings.origin("seeds")
    yield Finding(State.OK, "QUOTH_SEEDS", f"{settings.seeds} ({origin})")
    yield _data(settings)
    yield _admins(settings)
    yield _access(settings)
    yield from _thesaurus(settings.thesaurus)
    yield from _documents(settings)
    yield from _index(settings.data)
    yield from _inbox(settings.data)


def health_findings(seeds: Path | None = None) -> Iterator[Finding]:
    """Whether a running bot still hears Telegram: the time of its last successful poll."""
    try:
        settings = load(seeds)
        age = time.time() - (settings.data / HEARTBEAT).stat().st_mtime
    except QuothError as error:
        yield Finding(State.FAULT, error.place, error.fault, error.remedy)
    except OSError:
        yield Finding(State.FAULT, "bot", "has not heard Telegram yet", "start it with quoth run")
    else:
        said = f"heard Telegram {age:.0f} s ago"
        deaf = age > DEAF_AFTER
        yield Finding(State.FAULT if deaf else State.OK, "bot", said, "restart it" if deaf else "")


def _data(settings: Settings) -> Finding:
    """Whether the data folder, or the first folder above it that exists, can be written."""
    said = f"{settings.data} ({settings.origin('data')})"
    there = next(path for path in (settings.data, *settings.data.absolute().parents) if path.exists())
    if os.access(there, os.W_OK):
        return Finding(State.OK, "QUOTH_DATA", said)
    return Finding(
        State.FAULT, "QUOTH_DATA", f"{said} cannot be written", "set QUOTH_DATA to a folder that can be"
    )


def _admins(settings: Settings) -> Finding:
    """Who may change the documents in Telegram, by number and not by name; a setting that names nobody, or
    the bot itself, is not what was meant.
    """
    subject, number = "QUOTH_ADMINS", len(settings.admins)
    if not number and "admins" in settings.model_fields_set:
        return Finding(State.WARNING, subject, "is set and names nobody", ADMINS_REMEDY)
    if not number:
        said = "no admins: documents cannot be changed in Telegram, only here"
        return Finding(State.OK, subject, said, "set it to your own number to feed the bot there")
    if _own_number(settings) in settings.admins:
        said = f"{en.counted(number, 'admin')}, one of them the bot itself, which never writes to itself"
        return Finding(State.WARNING, subject, said, "write your own number: @userinfobot tells it")
    said = f"{en.counted(number, 'admin')}, in the private chat with the bot"
    return Finding(State.OK, subject, said)


def _access(settings: Settings) -> Finding:
    """Who may ask; where that is nobody and nobody can let anybody in, it is not what was meant."""
    subject, named = "QUOTH_ACCESS", len(settings.allowed_chats)
    if settings.access == "open":
        return Finding(State.OK, subject, "open: everybody may ask")
    said = f"{settings.access}: {named or 'none'} named in QUOTH_ALLOWED_CHATS, and whom admins let in"
    if named or settings.admins:
        return Finding(State.OK, subject, said)
    remedy = "name yourself in QUOTH_ADMINS, or who may ask in QUOTH_ALLOWED_CHATS"
    return Finding(
        State.WARNING, subject, f"{settings.access}: nobody may ask, and there is no admin", remedy
    )


def _own_number(settings: Settings) -> int | None:
    """The bot's, with which its token begins; None where there is none to be had."""
    try:
        return int(settings.required_token().partition(":")[0])
    except UsageError:
        return None


def _thesaurus(path: Path) -> Iterator[Finding]:
    """What is wrong with an admin's groups, if anything."""
    try:
        Thesaurus.load(path)
    except QuothError as error:
        yield Finding(State.WARNING, "thesaurus", f"{error.place}: {error.fault}", error.remedy)


def _documents(settings: Settings) -> Iterator[Finding]:
    """How many there are, and which of those sent in are not as they were sent."""
    try:
        files = corpus_files(settings.seeds, settings.data)
        for fault in Corpus(settings.seeds, settings.data).verify():
            yield Finding(State.WARNING, "documents", f"{fault.place}: {fault.fault}", fault.remedy)
    except QuothError as error:
        yield Finding(State.FAULT, "documents", f"{error.place}: {error.fault}", error.remedy)
        return
    if not files:
        yield Finding(State.FAULT, "documents", "there is none", "add one: quoth add FILE")
        return
    sent = sum(file.upload is not None for file in files)
    more = f", {sent} of them sent in" if sent else ""
    yield Finding(State.OK, "documents", f"{en.counted(len(files), 'file')} to read{more}")


def _index(data: Path) -> Iterator[Finding]:
    remedy = f"run quoth build; if it stays, remove {data / 'index'} first"
    try:
        with Index.open(data) as index:
            for _, why in index.skipped:
                yield Finding(State.WARNING, "documents", why)
            index.verify()
            stats = index.stats()
    except DamagedError as error:
        yield Finding(State.FAULT, "index", f"{error.place}: {error.fault}", remedy)
    except StoreError as error:
        yield Finding(State.WARNING, "index", f"{error.place}: {error.fault}", error.remedy)
    except Exception as error:  # noqa: BLE001 - what damaged bytes make a reader raise cannot be foretold
        yield Finding(State.FAULT, "index", f"{data}: cannot be opened ({type(error).__name__})", remedy)
    else:
        size = f"{en.counted(stats.documents, 'document')}, {en.counted(stats.sentences, 'sentence')}"
        yield Finding(
            State.OK, "index", f"generation {stats.generation}: {size}; every stored byte is as written"
        )


def _inbox(data: Path) -> Iterator[Finding]:
    """What waits, and what was set aside; nothing is said of an inbox that is not there."""
    try:
        found = counted(data)
    except StoreError as error:
        yield Finding(State.WARNING, "inbox", f"{error.place}: {error.fault}", error.remedy)
        return
    if found is None:
        return
    yield Finding(State.OK, "inbox", f"{en.counted(found.waiting, 'update')} in hand or waiting")
    if found.aside:
        first = ", ".join(str(number) for number in found.aside[:NAMED])
        more = f", … {len(found.aside) - NAMED} more" if len(found.aside) > NAMED else ""
        said = f"{en.counted(len(found.aside), 'update')} set aside, not answered: {first}{more}"
        yield Finding(State.WARNING, "inbox", said, "the log of quoth run says why")
