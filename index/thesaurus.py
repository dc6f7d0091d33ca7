"""Words that newspapers use for one another, as groups written by hand in thesaurus.toml.

A group's words stand for one another at a lower weight. An admin's file of the same shape adds groups.
Entries of several words are left out here: a single term cannot stand for them (see docs/decisions.md).

The groups are led to terms once, when an index is built: reading and stemming them takes longer than a
question may. It does not stem: whoever asks brings the analyzer.
"""

import hashlib
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from index.analyze import Analyzer, words
from index.errors import UsageError

__all__ = ["FILE", "Thesaurus", "related_terms"]

FILE = "thesaurus.toml"
"""The name of the shipped file and of an admin's."""

_LARGEST = 1_000_000
"""Bytes of an admin's file: some 20,000 groups."""

_SHAPE = 'write groups like en = [["gas", "fuel"], ["quit", "resign"]]'

Groups = dict[str, list[list[str]]]
"""By ISO 639-1 code."""


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """The shipped groups and an admin's; ``version`` differs wherever the files' bytes do."""

    shipped: bytes
    added: Groups
    version: str

    @classmethod
    def load(cls, path: Path | None = None) -> "Thesaurus":
        """The shipped groups, and those of ``path`` where there is such a file.

        Raises UsageError, with the place in it, for a file that cannot be read or has another shape.
        """
        shipped = _shipped()
        content = _content(path) if path else b""
        added = _checked(path, content) if path else {}
        digest = hashlib.blake2b(shipped + b"\0" + content, digest_size=8)
        return cls(shipped, added, digest.hexdigest())

    def groups(self) -> Groups:
        """All groups, read anew: that takes longer than a question that needs none may take."""
        groups: Groups = tomllib.loads(self.shipped.decode())
        for language, more in self.added.items():
            groups[language] = [*groups.get(language, ()), *more]
        return groups


@cache
def _shipped() -> bytes:
    return resources.files("index").joinpath(FILE).read_bytes()


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise UsageError(path, (error.strerror or "cannot be read").lower(), "mend or remove it") from error
    if len(content) > _LARGEST:
        raise UsageError(path, f"has more than {_LARGEST:,} bytes", "leave the rarer words out")
    return content


def _checked(path: Path, content: bytes) -> Groups:
    """The groups of an admin's file."""
    try:
        found = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(path, "is not UTF-8", "save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(path, f"is no TOML: {error}", _SHAPE) from error
    for language, groups in found.items():
        if not isinstance(groups, list):
            raise UsageError(path, f"{language} is no list of groups", _SHAPE)
        for number, group in enumerate(groups, 1):
            if fault := _fault(group):
                raise UsageError(path, f"{language}, group {number} {fault}", _SHAPE)
    return found


def _fault(group: object) -> str:
    if not isinstance(group, list) or not all(isinstance(entry, str) for entry in group):
        return "is no list of words"
    wordless = next((entry for entry in group if next(words(entry), None) is None), None)
    if wordless is not None:
        return f'has an entry without a word, "{wordless}"'
    return "has fewer than two words" if len(set(group)) < 2 else ""


def related_terms(analyzer: Analyzer, groups: Groups) -> dict[str, list[str]]:
    """term -> the terms that may stand for it, sorted, over all groups of the analyzer's language."""
    related: dict[str, set[str]] = defaultdict(set)
    for group in groups.get(analyzer.language, ()):
        single = (parts[0] for entry in group if len(parts := list(words(entry))) == 1)
        terms = {analyzer.term(word) for word in single} - {""}
        for term in terms:
            related[term] |= terms - {term}
    return {term: sorted(others) for term, others in related.items()}
