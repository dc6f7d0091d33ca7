"""Reads .txt and .md: decoding, front matter, and the sidecar ``NAME.toml``.

The text is the decoded file, line endings and all, so that an offset counts in the file as it is. A front
matter stays in the text, before ``body``, and is never quoted.

It does not guess a title from the text: the citation does, from headings, dateline or first words.
"""

import codecs
import datetime
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePath

from index.errors import DocumentError
from index.model import Metadata
from index.readers.source import BLANK, Source

__all__ = [
    "cannot_be_read",
    "decode",
    "metadata_of",
    "read_bytes",
    "read_plain",
    "read_sidecar",
    "read_text",
]

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSED = (
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
)
"""Encodings that texts are really saved in, besides UTF-8, the commonest first; others invite wrong
guesses.
"""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<lines>(?:(?!---[ \t]*\r?$).*\n){0,60}?)---[ \t]*(?:\r?\n|\Z)", re.MULTILINE
)
_FIELD = re.compile(r"(?P<key>[A-Za-z_-]+)[ \t]*:(?:[ \t]+(?P<value>.*?))?[ \t]*")
_CONTINUED = re.compile(r"[ \t]+\S|-[ \t]|#")
_SHORT_DATE = re.compile(r"\d{4}(?:-\d{2})?$")
_KEYS = ("title", "source", "date", "url")


def read_bytes(path: Path) -> bytes:
    """The content of a file. Raises DocumentError when it cannot be read, or is a pipe or a device."""
    try:
        if path.exists() and not path.is_file():
            raise DocumentError(path, "is not a file", "remove it")
        return path.read_bytes()
    except OSError as error:
        raise cannot_be_read(path, error) from error


def cannot_be_read(path: Path, error: OSError) -> DocumentError:
    """The system's error about a file, in our words."""
    fault = (error.strerror or str(error)).lower()
    return DocumentError(path, f"cannot be read ({fault})", "look at the file and its rights")


def read_plain(path: Path) -> Source:
    """Read a .txt or .md file. Raises DocumentError when it is empty, binary or cannot be read."""
    return read_text(read_bytes(path), path)


def read_text(content: bytes, path: PurePath) -> Source:
    """The bytes of a .txt or .md file as a document; ``path`` is its name. Raises DocumentError."""
    text, guessed = decode(content, path)
    fields, body = _front_matter(text)
    if not text[body:].strip(BLANK):
        raise DocumentError(path, "holds no text", "fill it or remove it")
    metadata, faults = _metadata(fields, path)
    if guessed:
        remedy = "save it as UTF-8 where letters look wrong"
        faults.append(DocumentError(path, f"is not UTF-8 and was read as {guessed}, a guess", remedy))
    return Source(text, metadata, body, path.suffix.lower() == ".md", tuple(faults))


def decode(content: bytes, path: PurePath) -> tuple[str, str | None]:
    """The text, and the name of its encoding where that was guessed."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _checked(content, encoding, path), None
    try:
        return _printable(content.decode("utf-8"), path), None
    except UnicodeDecodeError:
        encoding = _guess(content, path)
        return _checked(content, encoding, path), encoding


def _guess(content: bytes, path: PurePath) -> str:
    """The likeliest encoding; of those that fit alike, the commonest: short texts do not tell Latin pages
    apart.
    """
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only files that are not UTF-8 need it

    fits = [] if b"\0" in content[:4096] else list(from_bytes(content, cp_isolation=list(_GUESSED)))
    if not fits:
        raise DocumentError(path, "is not text in any encoding known here", "save it as UTF-8 text")
    best = [fit for fit in fits if (fit.chaos, fit.coherence) == (fits[0].chaos, fits[0].coherence)]
    alike = {encoding for fit in best for encoding in (fit.encoding, *fit.could_be_from_charset)}
    return next((encoding for encoding in _GUESSED if encoding in alike), fits[0].encoding)


def _checked(content: bytes, encoding: str, path: PurePath) -> str:
    try:
        return _printable(content.decode(encoding), path)
    except UnicodeDecodeError as error:
        raise DocumentError(path, f"is damaged {encoding} text", "save it as UTF-8 text") from error


def _printable(text: str, path: PurePath) -> str:
    """Refuse what is no text: more than one control character in a thousand, or any NUL."""
    controls = len(_CONTROL.findall(text))
    if "\0" in text or controls * 1000 > len(text) + 1000:
        raise DocumentError(path, "looks like a binary file", "give it as text, or remove it")
    return text


def _front_matter(text: str) -> tuple[dict[str, str], int]:
    """The header's fields and the code point behind it.

    A block between two rules is a header only when each of its lines is ``key: value``, goes on from one
    (indented, or an item of a list) or is a comment.
    """
    match = _FRONT_MATTER.match(text)
    lines = match["lines"].splitlines() if match else []
    fields = [_FIELD.fullmatch(line) for line in lines]
    header = all(field or _CONTINUED.match(line) for field, line in zip(fields, lines, strict=True))
    if match is None or not header or not any(fields):
        return {}, 0
    return {
        field["key"].lower(): (field["value"] or "").strip("\"'") for field in fields if field
    }, match.end()


def read_sidecar(path: Path) -> Metadata:
    """The metadata of ``NAME.toml``. Raises DocumentError when it is not what we take."""
    try:
        fields = tomllib.loads(read_bytes(path).decode())
    except (ValueError, RecursionError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise DocumentError(path, f"is not valid TOML ({error})", "mend it or remove it") from error
    examples = fields.get("examples", [])
    if not isinstance(examples, list) or not all(isinstance(example, str) for example in examples):
        raise DocumentError(
            path, "examples is not a list of questions", 'write examples = ["first?", "second?"]'
        )
    metadata, faults = _metadata(fields, path)
    if faults:
        raise faults[0]
    return replace(metadata, examples=tuple(examples))


def metadata_of(fields: Mapping[str, object], place: Path) -> Metadata:
    """What was said of a document beside its file, as in a caption. Raises DocumentError, naming ``place``,
    for a value that we do not take.
    """
    metadata, faults = _metadata(fields, place)
    if faults:
        raise faults[0]
    return metadata


def _metadata(fields: Mapping[str, object], path: PurePath) -> tuple[Metadata, list[DocumentError]]:
    """The fields that we know, and a fault for each whose value we do not take."""
    values: dict[str, str | None] = dict.fromkeys(_KEYS)
    faults = []
    for key in _KEYS:
        try:
            values[key] = _value(key, fields.get(key), path)
        except DocumentError as error:
            faults.append(error)
    return Metadata(values["title"], values["source"], values["date"], values["url"]), faults


def _value(key: str, value: object, path: PurePath) -> str | None:
    if not isinstance(value, str | datetime.date | None):
        raise DocumentError(path, f"{key} is not a text", f'write {key} = "..."')
    plain = str(value).strip() if value is not None else ""
    if not plain:
        return None
    if key == "date":
        return _date(plain, path)
    if key == "url" and not re.match(r"https?://[^\s<>\"]+$", plain):
        raise DocumentError(path, f"url {plain!r:.80} is no web address", 'write url = "https://..."')
    return plain


def _date(written: str, path: PurePath) -> str:
    """An ISO 8601 date, whole or cut after year or month; a time of day is left off."""
    try:
        if _SHORT_DATE.match(written):
            datetime.date.fromisoformat(written + "-01-01"[len(written) - 4 :])
            return written
        return datetime.datetime.fromisoformat(written).date().isoformat()
    except ValueError as error:
        raise DocumentError(path, f"date {written!r:.80} is no date", 'write date = "2023-01-24"') from error
