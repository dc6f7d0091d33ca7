"""The process that reads strangers' files: ``python -m index.readers.child``, with a socket as its input.

It is a fresh interpreter with an environment of our making. It loads a format's library once and forks for
each file; the fork confines itself (cage.py), reads, answers and ends, so that no file meets what another has
left. A request is one packet, ``{"format", "package", "many", "start", "patience"}`` as JSON with two
descriptors: the file and the pipe for the answer. The answer is an empty line when the fork begins, then
lines of JSON:

    {"name": null or an entry's path, "at": place among the entries, "format": ending, "source": {...},
     "content": an entry's bytes in base64}
    {"name": ..., "at": ..., "fault": [fault, remedy]}
    {"begun": place, "name": path}  an entry is about to be read
    {"next": place}                 there are more entries: ask again, from there; null: there are none

Then a packet with the fork's wait status goes back over the socket. Whatever a library raises ends the fork
with status 1: to whoever asked, the file is damaged.
"""

import array
import json
import os
import socket
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from typing import Any, BinaryIO

from index.errors import DocumentError
from index.readers.cage import MOST_MEMORY, confine
from index.readers.formats import Format
from index.readers.source import MOST_BYTES, Source

__all__ = ["LONGEST_REQUEST", "main", "to_json"]

IDLE_SECONDS = 60
"""With nothing to read for so long, the process ends; the next file starts another."""

LONGEST_REQUEST = 4096

_READERS = {
    Format.HTML: "index.readers.html",
    Format.PDF: "index.readers.pdf",
    Format.DOCX: "index.readers.docx",
    Format.ODT: "index.readers.odt",
    Format.EPUB: "index.readers.epub",
}


def main() -> None:
    """Serve until the socket closes or nothing comes for a while."""
    with socket.socket(fileno=os.dup(0)) as control:
        control.settimeout(IDLE_SECONDS)
        while request := _receive(control):
            fields, file, answer = request
            for module in _needed(fields):
                import_module(module)
            status = _fork(fields, file, answer)
            os.close(file)
            control.sendall(str(status).encode())


def _needed(fields: dict[str, Any]) -> list[str]:
    """The modules that may read the file: what is loaded here is loaded once for all files."""
    if fields["package"] and fields["many"]:
        return ["index.readers.archive", *_READERS.values()]
    return [_READERS[fields["format"]]] if fields["format"] in _READERS else ["index.readers.package"]


def _receive(control: socket.socket) -> tuple[dict[str, Any], int, int] | None:
    """The next request with its descriptors; None when nobody asks any more."""
    handed = array.array("i")
    try:
        packet, ancillary, _, _ = control.recvmsg(LONGEST_REQUEST, socket.CMSG_SPACE(2 * handed.itemsize))
    except TimeoutError:
        return None
    for _, _, content in ancillary:
        handed.frombytes(content[: len(content) - len(content) % handed.itemsize])
    return (json.loads(packet), handed[0], handed[1]) if packet else None


def _fork(fields: dict[str, Any], file: int, answer: int) -> int:
    """The wait status of the process that read the file."""
    child = os.fork()
    if child:
        os.close(answer)
        return os.waitpid(child, 0)[1]
    try:
        os.dup2(file, 0)
        os.dup2(answer, 1)
        os.closerange(3, 256)
        with open(1, "wb", closefd=False) as out:
            out.write(b"\n")
            out.flush()
            confine(fields["patience"])
            for line in _answers(fields):
                out.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
                out.flush()
        os._exit(0)
    finally:
        os._exit(1)


def _answers(fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The lines that answer a request."""
    try:
        with open(0, "rb", closefd=False) as opened:
            content = BytesIO(opened.read(MOST_BYTES + 1))
        yield from _read(fields, content)
    except DocumentError as error:
        yield {"name": None, "at": 0, "fault": [error.fault, error.remedy]}
    except MemoryError:
        fault = f"needs more than {MOST_MEMORY >> 20} MB of memory to read"
        yield {"name": None, "at": 0, "fault": [fault, "split it, or save it anew"]}
    except RecursionError:
        yield {"name": None, "at": 0, "fault": ["is nested too deeply", "save it anew, more plainly"]}


def _read(fields: dict[str, Any], content: BinaryIO) -> Iterator[dict[str, Any]]:
    found = Format(fields["format"])
    if fields["package"]:
        from index.readers.package import Package, kind_of  # noqa: PLC0415 - what only packages need

        found = kind_of(Package(content))
    if found is Format.ZIP:
        from index.readers.archive import entries  # noqa: PLC0415 - likewise

        yield from entries(content, fields["start"], many=fields["many"])
        return
    yield {"name": None, "at": 0, "format": found, "source": to_json(read_as(found, content))}


def read_as(found: Format, content: BinaryIO) -> Source:
    """The document that a file of this format is. Raises DocumentError, and whatever its library does."""
    source: Source = import_module(_READERS[found]).read(content)
    return source


def to_json(source: Source) -> dict[str, Any]:
    """A source as the answer gives it; sandbox.py makes it one again."""
    metadata = source.metadata
    return {
        "text": source.text,
        "title": metadata.title,
        "source": metadata.source,
        "date": metadata.date,
        "url": metadata.url,
        "body": source.body,
        "markdown": source.markdown,
        "faults": [[fault.fault, fault.remedy] for fault in source.faults],
        "pages": source.pages,
        "extractor": source.extractor,
    }


if __name__ == "__main__":
    main()
