"""A file to its text and metadata; one module a format family.

``read`` looks at the name's ending only to choose the module; the module checks the content.
Splitting the text into sentences is index/segment's business.
"""

from index.readers.plain import Source, metadata_of, read_bytes, read_plain, read_sidecar

__all__ = ["FORMATS", "Source", "metadata_of", "read", "read_bytes", "read_sidecar"]

FORMATS = frozenset({".txt", ".md"})
"""Endings of the files that are documents, in lower case."""

read = read_plain
