"""A zip with documents or the parts of one: entries and bytes are counted, entities refused.

Nothing is unpacked to a disk. Names of entries are looked up and shown; no path is ever made of one.
"""

import re
import zipfile
import zlib
from itertools import pairwise
from typing import BinaryIO
from xml.parsers import expat

from lxml import etree

from index.errors import DocumentError
from index.readers.formats import Format
from index.readers.source import refused

__all__ = [
    "MOST_ENTRIES",
    "MOST_IN_ALL",
    "MOST_OF_A_PART",
    "Package",
    "kind_of",
    "parse_xml",
    "refuse_entities",
]

MOST_ENTRIES = 5_000
MOST_OF_A_PART = 32_000_000
MOST_IN_ALL = 128_000_000
"""Bytes really read, unpacked."""

_CHUNK = 1 << 16
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    UnicodeError,
    ValueError,
)
_ENTRY_HEADER = 30
"""Bytes before an entry's name in the file: .ZIP File Format Specification, 4.3.7."""


class Package:
    """An open zip. Raises DocumentError when it is damaged, encrypted or a trap."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except _DAMAGED as error:
            raise _damaged() from error
        self._left = MOST_IN_ALL
        entries = self._zip.infolist()
        if len(entries) > MOST_ENTRIES:
            raise refused(f"holds more than {MOST_ENTRIES} entries", "split it")
        ordered = sorted(entries, key=lambda entry: entry.header_offset)
        for entry, after in pairwise(ordered):
            if entry.header_offset + _ENTRY_HEADER + entry.compress_size > after.header_offset:
                raise refused("has entries that lie over one another", "pack it anew")

    @property
    def entries(self) -> list[zipfile.ZipInfo]:
        """The entries, folders left out, in the order of the file's directory."""
        return [entry for entry in self._zip.infolist() if not entry.is_dir()]

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [entry.filename for entry in self.entries]

    @property
    def declared(self) -> int:
        """Bytes of all entries, as the directory has it."""
        return sum(entry.file_size for entry in self._zip.infolist())

    def part(self, name: str | zipfile.ZipInfo, most: int = MOST_OF_A_PART) -> bytes:
        """The bytes of an entry, counted while they are unpacked; a name shared by several is the last's."""
        content = bytearray()
        try:
            entry = self._zip.getinfo(name) if isinstance(name, str) else name
            if entry.flag_bits & 0x1:
                raise refused("is encrypted", "give it without a password")
            with self._zip.open(entry) as part:
                while chunk := part.read(_CHUNK):
                    content += chunk
                    self._left -= len(chunk)
                    if len(content) > most or self._left < 0:
                        raise refused("unpacks to more than is read here", "split it")
        except _DAMAGED as error:
            raise _damaged() from error
        return bytes(content)

    def xml(self, name: str) -> etree._Element:
        """An entry as XML."""
        return parse_xml(self.part(name))


def _damaged() -> DocumentError:
    return refused("is damaged", "save or download it again")


class _BegunError(Exception):
    """The first element was reached: no declaration comes after it."""


def refuse_entities(content: bytes, *, strict: bool = True) -> None:
    """Raise DocumentError where an XML document declares an entity, and where it is damaged before its first
    element; not ``strict``: damage is left to a parser that knows no entities of the document.
    """

    def declared(*_: object) -> None:
        raise refused("declares XML entities, which are not read", "save it anew with another program")

    def begun(*_: object) -> None:
        raise _BegunError

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = declared
    parser.StartElementHandler = begun
    try:
        parser.Parse(content, True)
    except _BegunError:
        return
    except (expat.ExpatError, LookupError, ValueError) as error:
        if strict:
            raise _damaged() from error


def parse_xml(content: bytes) -> etree._Element:
    """The root of an XML document. Raises DocumentError when it is damaged or declares an entity: a plain
    DOCTYPE is fine, and what it points to is not fetched.
    """
    refuse_entities(content)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _damaged() from error


# --- which package it is

_BY_MIMETYPE = {
    b"application/epub+zip": Format.EPUB,
    b"application/vnd.oasis.opendocument.text": Format.ODT,
}
_OTHERS = re.compile(rb"application/vnd\.(?:oasis|sun)[\w.+-]*")


def kind_of(package: Package) -> Format:
    """The format of a zip, by what it says of itself. Raises DocumentError for spreadsheets and the like."""
    names = set(package.names)
    if "mimetype" in names:
        said = package.part("mimetype", most=_CHUNK).strip()
        if said in _BY_MIMETYPE:
            return _BY_MIMETYPE[said]
        if _OTHERS.fullmatch(said):
            raise refused("is no text document (a spreadsheet, slides or a drawing)", "save it as .pdf")
    if "[Content_Types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return Format.DOCX
        if any(name.startswith(("xl/", "ppt/")) for name in names):
            raise refused("is no text document (a spreadsheet or slides)", "save it as .pdf")
        raise refused("is damaged, or no Word document", "save or download it again")
    return Format.ZIP
