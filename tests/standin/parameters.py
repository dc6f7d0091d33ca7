"""A request's parameters from its query, form, parts or JSON, in one shape; each parsed by its name.

What cannot be parsed is a MisfitError: a fault of the bot's, whether the description is at hand or not.
"""

import json
from typing import Any

from aiohttp import BodyPartReader, web
from yarl import URL

from standin.world import RefusedError, Upload

__all__ = ["MisfitError", "parameters_of"]

INTEGERS = {
    "cache_time",
    "direct_messages_topic_id",
    "limit",
    "message_id",
    "message_thread_id",
    "offset",
    "timeout",
    "user_id",
}
BOOLEANS = {
    "allow_paid_broadcast",
    "is_personal",
    "disable_content_type_detection",
    "disable_notification",
    "drop_pending_updates",
    "has_spoiler",
    "protect_content",
    "show_alert",
    "show_caption_above_media",
}
JSON = {
    "allowed_updates",
    "button",
    "caption_entities",
    "commands",
    "entities",
    "link_preview_options",
    "reply_markup",
    "reply_parameters",
    "results",
    "scope",
    "suggested_post_parameters",
}
ATTACHED = "attach://"


class MisfitError(Exception):
    """A parameter that is not of its kind."""


async def parameters_of(request: web.BaseRequest, query: str) -> dict[str, Any]:
    """Raises MisfitError, and RefusedError for a body that is not what its content type says."""
    given: dict[str, Any] = _form(query) if query else {}
    if request.can_read_body:
        content_type = request.content_type
        if content_type == "multipart/form-data":
            given |= await _parts(request)
        elif content_type == "application/json":
            given |= _object(await request.read())
        elif content_type == "application/x-www-form-urlencoded":
            given |= _form((await request.read()).decode())
        else:
            raise MisfitError(f"a body of type {content_type}")
    return {name: _parsed(name, value) for name, value in given.items()}


def _form(text: str) -> dict[str, str]:
    """The pairs of a form; yarl's parser is in C."""
    return dict(URL.build(query_string=text, encoded=True).query)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body) if body else {}
    except ValueError as error:
        raise RefusedError(400, "can't parse JSON in the request body") from error
    if not isinstance(value, dict):
        raise RefusedError(400, "can't parse JSON in the request body: an Object is expected")
    return value


async def _parts(request: web.BaseRequest) -> dict[str, Any]:
    """The parts of a form; a parameter ``attach://NAME`` is the file of that name."""
    given: dict[str, Any] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise MisfitError("a part without a name")
        content = bytes(await part.read())
        if part.filename is None:
            given[part.name] = content.decode()
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            given[part.name] = Upload(part.filename, content, kind)
    for name, value in list(given.items()):
        if isinstance(value, str) and value.startswith(ATTACHED):
            given[name] = given.pop(value.removeprefix(ATTACHED), value)
    return given


def _parsed(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in JSON:
        try:
            return json.loads(value)
        except ValueError as error:
            raise MisfitError(f"{name}: {value!r:.60} is not JSON") from error
    if name in INTEGERS or (name == "chat_id" and not value.startswith("@")):
        try:
            return int(value)
        except ValueError as error:
            raise MisfitError(f"{name}: {value!r:.60} is not an Integer") from error
    if name in BOOLEANS:
        if value.lower() not in {"true", "false", "1", "0"}:
            raise MisfitError(f"{name}: {value!r:.60} is not a Boolean")
        return value.lower() in {"true", "1"}
    return value
