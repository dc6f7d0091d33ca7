"""The quote id: 12 base32 characters that name a sentence of a document for ever.

It is blake2b over document id, sentence text and the number of the text's occurrence in the document, so it
survives every reload that keeps the sentence. On disk it is the same 60 bits as a number.
"""

import base64
import hashlib
import re

__all__ = ["id_of", "number_of", "quote_number"]

_BITS = 60
_ID = re.compile(r"[a-z2-7]{12}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]


def quote_number(document_id: str, text: str, occurrence: int) -> int:
    """60 bits for the sentence; ``occurrence`` counts equal texts of the document from 0."""
    key = f"{document_id}\0{occurrence}\0{text}".encode()
    digest = hashlib.blake2b(key, digest_size=8, person=b"quoth-quote-id").digest()
    return int.from_bytes(digest, "big") >> (64 - _BITS)


def id_of(number: int) -> str:
    """The id as people see it: 12 characters of a-z and 2-7."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(_BITS - 10, -1, -10)])


def number_of(quote_id: str) -> int | None:
    """The number of an id, in either case of letters; None for what is no quote id."""
    plain = quote_id.strip()
    if not plain.isascii() or not _ID.fullmatch(plain.lower()):
        return None
    padded = plain.upper() + "A==="
    return int.from_bytes(base64.b32decode(padded), "big") >> (64 - _BITS)
