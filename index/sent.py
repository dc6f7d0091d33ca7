"""What was sent in -> the documents that it holds, each with a name that is safe to show and compare.

A file is one document; a zip is one for each of its entries that can be read. What their senders called them
may be anything: paths, controls, the same name twice.

Whether a document is new, and where it is kept, is changes.py's business.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.errors import DocumentError
from index.model import Metadata
from index.readers import ARCHIVE, FORMATS, NamedSource, Source, read_all, read_bytes

__all__ = ["LONGEST_NAME", "Incoming", "Sent", "sent_in"]

LONGEST_NAME = 200
"""Characters of a name that are kept."""

_MOST_OF_A_NAME = 4_000
"""Characters of a name that are looked at: to normalise more takes its time."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file to be taken: ``path`` is copied and called ``name``. ``metadata`` goes before the file's own;
    what it leaves open stays as it was said of the version before.

    Where the name ends in ``.zip``, each of its entries is a document, called by its path in there, and
    ``metadata`` is said of all of them, but for the title.
    """

    path: Path
    name: str
    metadata: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True, slots=True)
class Sent:
    """A document that was sent in. ``source`` is its text where an archive was read for it."""

    name: str
    content: bytes
    metadata: Metadata
    source: Source | None = None


def sent_in(files: tuple[Incoming, ...]) -> Iterator[Sent | DocumentError]:
    """The documents of files and archives, and why others are none."""
    names = _Names()
    for file in files:
        try:
            if Path(file.name).suffix.lower() == ARCHIVE:
                yield from _entries(file, names)
            else:
                name = names.own(file.name)
                yield Sent(name, _content(file.path, name), file.metadata)
        except DocumentError as error:
            yield error


class _Names:
    """Gives each document of one change a name of its own. A name is only shown and compared: no path is made
    of it.
    """

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._folded: set[str] = set()

    def own(self, name: str) -> str:
        """The name of a file as it is shown and remembered. Raises DocumentError for a format that we do not
        read, and for a name that was given before.
        """
        shown = _shown(name)
        if Path(shown).suffix.lower() not in FORMATS:
            endings = " or ".join(sorted((*FORMATS, ARCHIVE)))
            fault = "is of no format known here"
            raise DocumentError(shown or "the file", fault, f"send one ending in {endings}")
        if shown in self._given:
            raise DocumentError(shown, "two files of one change have this name", "rename one of them")
        return self._give(shown)

    def entry(self, name: str, ending: str) -> str:
        """The name of an archive's entry, with its format's ending where it has none of a document: with a
        number behind it where another has it, however it is written.
        """
        shown = _shown(name)
        if Path(shown).suffix.lower() not in FORMATS:
            shown = _shortened(shown or "document", ending)
        numbered, number = shown, 1
        while numbered.casefold() in self._folded:
            number += 1
            ending = Path(shown).suffix
            numbered = _shortened(shown.removesuffix(ending), f" ({number}){ending}")
        return self._give(numbered)

    def _give(self, name: str) -> str:
        self._given.add(name)
        self._folded.add(name.casefold())
        return name


def _shown(name: str) -> str:
    """A name that can be printed, on one line, that leads nowhere and is not too long."""
    parts = unicodedata.normalize("NFC", name[:_MOST_OF_A_NAME]).replace("\\", "/").split("/")
    seen = ("".join(letter for letter in part if letter.isprintable()).strip() for part in parts)
    shown = "/".join(part for part in seen if part.strip("."))
    ending = Path(shown).suffix
    return _shortened(shown.removesuffix(ending), ending)


def _shortened(stem: str, ending: str) -> str:
    ending = ending[:LONGEST_NAME]
    return stem[: LONGEST_NAME - len(ending)].rstrip() + ending


def _entries(file: Incoming, names: _Names) -> Iterator[Sent | DocumentError]:
    """The documents of an archive, and why other entries are none. Raises DocumentError for the archive."""
    archive, metadata = _shown(file.name) or "the file", replace(file.metadata, title=None)
    try:
        for each in read_all(file.path):
            yield _entry(archive, each, names, metadata)
    except DocumentError as error:
        raise DocumentError(archive, error.fault, error.remedy) from error


def _entry(archive: str, each: NamedSource, names: _Names, metadata: Metadata) -> Sent | DocumentError:
    source = each.source
    name = names.entry(each.name, each.ending)
    if isinstance(source, DocumentError):
        return DocumentError(f"{archive}/{_shown(each.name)}", source.fault, source.remedy)
    if each.content is None:
        return DocumentError(archive, "is no archive by its content", "name it after what it is")
    faults = tuple(DocumentError(name, fault.fault, fault.remedy) for fault in source.faults)
    return Sent(name, each.content, metadata, replace(source, faults=faults))


def _content(path: Path, name: str) -> bytes:
    try:
        return read_bytes(path)
    except DocumentError as error:
        raise DocumentError(name, error.fault, error.remedy) from error
