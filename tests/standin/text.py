"""What Telegram does to a text on its way: cleans it, trims it, mends its entities, finds commands in it.

After TDLib's ``clean_input_string``, ``clean_input_string_with_entities`` and ``fix_formatted_text``. Offsets
and lengths of entities are UTF-16 units. Not modelled: splitting bold that crosses a quote's edge, domains
without a scheme as links.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from standin.world import RefusedError

__all__ = ["checked_url", "cleaned", "covered", "length", "with_found"]

MOST_UNITS = 4096
MOST_BYTES = 1 << 15
MOST_ENTITIES = 100

Entity = dict[str, Any]

SPACED = {number: " " for number in range(33) if chr(number) not in "\r\n"}
DROPPED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
TURNING = re.compile("[\u200e\u200f](?=[\u200e\u200f])")
BLANK = re.compile(
    "[ \n\u00a0\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc\U000e0000-\U000e007f]*"
)

SPLITTABLE = {"bold", "italic", "underline", "strikethrough", "spoiler"}
QUOTES = {"blockquote", "expandable_blockquote"}
WHOLE = {"code", "pre", "text_link", "text_mention", "custom_emoji", "date_time"}
FOUND = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
NEEDS = {
    "text_link": "url",
    "text_mention": "user",
    "custom_emoji": "custom_emoji_id",
    "date_time": "unix_time",
}

COMMAND = r"(?<![\w/<>@.:])/\w{1,64}(?:@\w{3,32})?(?![\w/@])"
MENTION = r"(?<![\w@])@[A-Za-z]\w{3,31}\b"
LINK = r"\bhttps?://[^\s<>\"]*[^\s<>\".,;:!?)»”]"
FINDABLE = re.compile(f"(?P<url>{LINK})|(?P<bot_command>{COMMAND})|(?P<mention>{MENTION})", re.ASCII)


def length(text: str) -> int:
    """The length of a text in UTF-16 units, as Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def covered(text: str, entity: Entity) -> str:
    """The part of a text that an entity covers."""
    units = text.encode("utf-16-le")
    begin = 2 * entity["offset"]
    return units[begin : begin + 2 * entity["length"]].decode("utf-16-le")


def cleaned(
    text: str, entities: list[Entity], *, empty: str = "message text is empty"
) -> tuple[str, list[Entity]]:
    """The text and entities as they are stored. Raises RefusedError in Telegram's words."""
    if not text:
        raise RefusedError(400, empty)
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise RefusedError(400, "strings must be encoded in UTF-8") from error
    if size > MOST_BYTES:
        raise RefusedError(400, "text is too long")
    if entities:
        entities = _mended(_placed(text, _parsed(entities)))
        text, entities = _without_dropped(text, entities)
    elif not text.isascii() or "\r" in text:
        text = DROPPED.sub("", text)
    text = TURNING.sub("\u200c", text.translate(SPACED))
    text, entities = _trimmed(text, entities)
    if BLANK.fullmatch(text):
        raise RefusedError(400, "text must be non-empty")
    return text, entities[:MOST_ENTITIES]


def with_found(text: str, entities: list[Entity]) -> list[Entity]:
    """The entities with those that Telegram finds by itself, where none that may not hold them is."""
    if "/" not in text and "@" not in text:
        return entities
    taken = [_range(entity) for entity in entities if entity["type"] in WHOLE]
    found = []
    for match in FINDABLE.finditer(text):
        begin = length(text[: match.start()])
        end = begin + length(match[0])
        if all(end <= other or begin >= other_end for other, other_end in taken):
            found.append({"type": match.lastgroup, "offset": begin, "length": end - begin})
    return _sorted([*entities, *found])


def checked_url(url: str, what: str) -> str:
    """A URL that Telegram takes: http, https or tg, with a dot in its host."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    host = parts.hostname or ""
    if parts.scheme == "tg" or (
        parts.scheme in {"http", "https"} and "." in host.strip(".") and " " not in url
    ):
        return url
    raise RefusedError(400, f"{what} URL '{url}' is invalid: Wrong HTTP URL")


def _range(entity: Entity) -> tuple[int, int]:
    return entity["offset"], entity["offset"] + entity["length"]


def _sorted(entities: list[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _parsed(entities: list[Entity]) -> list[Entity]:
    """Those that a bot may set; the kinds that Telegram finds by itself are passed over."""
    parsed = []
    for entity in entities:
        kind = entity["type"]
        if kind in FOUND:
            continue
        if kind not in SPLITTABLE | QUOTES | WHOLE:
            raise RefusedError(400, "can't parse MessageEntity: Unsupported type specified")
        if kind in NEEDS and NEEDS[kind] not in entity:
            raise RefusedError(400, f"can't parse MessageEntity: Can't find field \"{NEEDS[kind]}\"")
        if kind == "text_link":
            checked_url(entity["url"], "entity")
        for name in ("offset", "length"):
            if not 0 <= entity[name] <= 1_000_000:
                raise RefusedError(400, f"receive an entity with incorrect {name} {entity[name]}")
        if entity["length"]:
            parsed.append(entity)
    return _sorted(parsed)


def _placed(text: str, entities: list[Entity]) -> list[Entity]:
    """The entities, none of which leaves the text or cuts a character in two."""
    units = text.encode("utf-16-le")
    end = len(units) // 2
    for entity in entities:
        begins, ends = _range(entity)
        if begins > end:
            raise RefusedError(400, f"entity begins after the end of the text at UTF-16 offset {begins}")
        if ends > end:
            said = f"ends after the end of the text at UTF-16 offset {ends}"
            raise RefusedError(400, f"entity beginning at UTF-16 offset {begins} {said}")
        if _inside(units, begins):
            said = f"at byte offset {_byte(units, begins)}"
            raise RefusedError(400, f"entity begins in a middle of a UTF-16 symbol {said}")
        if _inside(units, ends):
            said = f"ends in a middle of a UTF-16 symbol at byte offset {_byte(units, ends)}"
            raise RefusedError(400, f"entity beginning at UTF-16 offset {begins} {said}")
    return entities


def _inside(units: bytes, offset: int) -> bool:
    """Is the unit at an offset the second half of a surrogate pair?"""
    return 2 * offset < len(units) and 0xDC <= units[2 * offset + 1] <= 0xDF


def _byte(units: bytes, offset: int) -> int:
    return len(units[: 2 * offset + 2].decode("utf-16-le").encode())


def _mended(entities: list[Entity]) -> list[Entity]:
    """Quotes hold no quotes; code, links and the like hold none of their kind and cross no quote's edge."""
    kept: list[Entity] = []
    for family in (QUOTES, WHOLE):
        end = 0
        for entity in entities:
            if entity["type"] in family and entity["offset"] >= end and not _crosses(entity, kept):
                kept.append(entity)
                end = entity["offset"] + entity["length"]
    return _sorted([*kept, *(entity for entity in entities if entity["type"] in SPLITTABLE)])


def _crosses(entity: Entity, others: list[Entity]) -> bool:
    """Does an entity overlap a quote without lying in it?"""
    begin, end = _range(entity)
    quotes = [_range(other) for other in others if other["type"] in QUOTES]
    return any(begin < last and first < end and not first <= begin <= end <= last for first, last in quotes)


def _without_dropped(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without the characters that Telegram drops; each of them is one unit."""
    places = [length(text[: match.start()]) for match in DROPPED.finditer(text)]
    if not places:
        return text, entities
    moved = []
    for entity in entities:
        begin, end = (edge - sum(place < edge for place in places) for edge in _range(entity))
        if end > begin:
            moved.append({**entity, "offset": begin, "length": end - begin})
    return DROPPED.sub("", text), moved


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without spaces and line breaks at the end, nor at the beginning up to the first entity."""
    text = text.rstrip(" \n")
    end = length(text)
    cut = [
        {**entity, "length": min(entity["length"], end - entity["offset"])}
        for entity in entities
        if entity["offset"] < end
    ]
    first = min((entity["offset"] for entity in cut), default=end)
    blank = min(len(text) - len(text.lstrip(" \n")), first)
    if blank:
        cut = [{**entity, "offset": entity["offset"] - blank} for entity in cut]
    return text[blank:], cut
