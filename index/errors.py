"""What can go wrong, said so that a person can mend it.

QuothError                  every error a user may see
├── UsageError              the question, option or setting is not one we take
├── CorpusError             a folder of documents cannot be used
│   ├── DocumentError       one document cannot be read
│   └── EmptyCorpusError    no document holds a sentence, or there is none
└── StoreError              the index on disk cannot be read or written
    ├── DamagedError        what is stored does not match its checksum
    ├── VersionError        the index was written by another version of Quoth
    └── BusyError           another process is writing

A message has place, fault and remedy: ``seeds/tides.pdf: no text layer; run OCR first``.
Finding nothing is a value, not an error.
"""

__all__ = [
    "BusyError",
    "CorpusError",
    "DamagedError",
    "DocumentError",
    "EmptyCorpusError",
    "QuothError",
    "StoreError",
    "UsageError",
    "VersionError",
]


class QuothError(Exception):
    """An error with a place, a fault and a remedy, all in plain words on one line."""

    def __init__(self, place: object, fault: str, remedy: str) -> None:
        super().__init__(place, fault, remedy)
        self.place = str(place)
        self.fault = fault
        self.remedy = remedy

    def __str__(self) -> str:
        line = f"{self.place}: {self.fault}; {self.remedy}"
        return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


class UsageError(QuothError):
    """A question, option or setting that we do not take."""


class CorpusError(QuothError):
    """A folder of documents that cannot be used."""


class DocumentError(CorpusError):
    """A document that cannot be read; the others are not touched by it."""


class EmptyCorpusError(CorpusError):
    """There is nothing to answer from."""


class StoreError(QuothError):
    """An index that cannot be read or written."""


class DamagedError(StoreError):
    """Stored bytes that do not match their checksum, or a file that is missing."""


class VersionError(StoreError):
    """An index whose format, or whose way of analysing text, is not this version's."""


class BusyError(StoreError):
    """The data folder is being written by another process."""
