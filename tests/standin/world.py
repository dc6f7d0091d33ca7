"""What Telegram's servers know of one bot: who it is, its chats and files, the updates it has yet to confirm.

Everything is kept in memory and outlives the bot's process. Any thread may call in; ``lock`` guards it all.
No HTTP here.
"""

import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from standin.description import Description, File

if TYPE_CHECKING:
    from standin.chats import Chat
    from standin.groups import Group
    from standin.inline import Inlined, Typed

__all__ = ["Call", "Queue", "RefusedError", "Upload", "World"]

NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
FUTURE = 10
PAST = 100_000


class RefusedError(Exception):
    """A request that the Bot API refuses; ``description`` is given without the status's own prefix."""

    PREFIXES = {400: "Bad Request: ", 403: "Forbidden: ", 404: "Not Found: ", 409: "Conflict: "}  # noqa: RUF012

    def __init__(self, status: int, description: str, parameters: dict[str, int] | None = None) -> None:
        self.status = status
        self.description = self.PREFIXES.get(status, "") + description
        self.parameters = parameters
        super().__init__(self.description)


@dataclass(frozen=True, slots=True)
class Upload(File):
    """A file that came with a request."""

    name: str
    content: bytes
    content_type: str


@dataclass(slots=True, eq=False)
class Call:
    """One request of the bot: ``time`` is time.monotonic() at its arrival, ``status`` 0 until the answer."""

    method: str
    parameters: dict[str, Any]
    time: float
    status: int = 0
    result: Any = None
    description: str | None = None

    @property
    def chat_id(self) -> Any:
        return self.parameters.get("chat_id")


@dataclass(slots=True, eq=False)
class Press:
    """A pressed button whose callback query the bot has yet to answer."""

    chat: "Chat"
    time: float
    answer: Call | None = None


@dataclass(slots=True)
class Queue:
    """Updates in order, as TDLib's TQueue keeps them: one is gone once a larger offset has been asked for."""

    tail: int
    entries: deque[tuple[int, bytes]] = field(default_factory=deque)

    @property
    def head(self) -> int:
        return self.entries[0][0] if self.entries else self.tail

    def put(self, number: int, update: bytes) -> None:
        self.entries.append((number, update))
        self.tail = number + 1

    def get(self, offset: int, limit: int) -> list[bytes]:
        """The updates from ``offset`` on; those before it are forgotten. A negative one counts from the end.

        An offset more than 10 beyond the end or 100,000 before the beginning is taken for none.
        """
        entries = self.entries
        if offset < 0:
            while len(entries) > -offset:
                entries.popleft()
        if offset <= 0 or offset > self.tail + FUTURE or offset < self.head - PAST:
            offset = self.head
        while entries and entries[0][0] < offset:
            entries.popleft()
        return [update for _, update in itertools.islice(entries, limit)]


class World:
    """The state; ``downloads`` are the paths of files that were fetched.

    ``flags`` are fields of the bot's own User: can_join_groups, supports_inline_queries, …
    """

    def __init__(
        self,
        *,
        token: str = "7000000001:AAStandInStandInStandInStandInStandI",  # noqa: S107 - opens nothing but this
        username: str = "quoth_test_bot",
        name: str = "Quoth",
        description: Description | None = None,
        **flags: bool,
    ) -> None:
        self.lock = threading.RLock()
        self.token = token
        self.description = description or Description.at_hand()
        self.bot = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": name,
            "username": username,
        }
        self.flags = {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "supports_guest_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            **flags,
        }
        self.queue = Queue(tail=300_000_001)
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, Upload] = {}
        self.downloads: list[str] = []
        self.presses: dict[str, Press] = {}
        self.typed: dict[str, Typed] = {}
        self.inlined: dict[str, Inlined] = {}
        self.settings: dict[tuple[str, ...], Any] = {}
        self.allowed: set[str] | None = None
        self.webhook = ""
        self.query_lifetime = 30.0
        self.violations: list[str] = []
        self.wake: Callable[[], None] = lambda: None
        self._calls: list[Call] = []
        self._numbers = itertools.count(1)
        self._message_ids = itertools.count(1)

    @property
    def validated(self) -> bool:
        """Is everything checked against the description of the Bot API?"""
        return self.description is not None

    def calls(self, method: str | None = None) -> list[Call]:
        """The requests so far, of one method or of all, in the order of their arrival."""
        with self.lock:
            return [call for call in self._calls if method in (None, call.method)]

    def called(self, call: Call) -> None:
        """Write down a request."""
        self._calls.append(call)

    def number(self) -> int:
        """A number not given before, for ids."""
        return next(self._numbers)

    def message_id(self) -> int:
        """Ids of messages count up through all private chats of a bot."""
        return next(self._message_ids)

    def violation(self, fault: str) -> None:
        """Write down what should not have happened."""
        self.violations.append(fault)

    # --- updates

    @property
    def next_update_id(self) -> int:
        """The id of the next update; may be set, since Telegram too may start anew after an idle week."""
        return self.queue.tail

    @next_update_id.setter
    def next_update_id(self, number: int) -> None:
        with self.lock:
            self.queue.tail = number

    @property
    def pending(self) -> int:
        """How many updates the bot has not confirmed."""
        return len(self.queue.entries)

    def emit(self, kind: str, payload: dict[str, Any]) -> int:
        """Queue an update of a kind, e.g. "message", unless the bot has said that it wants none. Its id."""
        with self.lock:
            number = self.queue.tail
            if kind in NOT_BY_DEFAULT if self.allowed is None else kind not in self.allowed:
                return number
            return self.push({"update_id": number, kind: payload})

    def push(self, update: dict[str, Any] | bytes, *, check: bool = True) -> int:
        """Queue an update as it is, whatever kinds the bot asked for; the id at which it can be confirmed.

        With ``check`` it gets an ``update_id`` where it has none, and ValueError is raised when it is not
        what the description says. Without, anything goes: bytes stand in the answer of getUpdates just as
        they are, and their place in the queue is ``next_update_id`` whatever they say of themselves.
        """
        with self.lock:
            parsed = _json(update) if isinstance(update, bytes) else update
            if check and isinstance(parsed, dict) and "update_id" not in parsed:
                update = parsed = {"update_id": self.queue.tail, **parsed}
            if check:
                faults = self.description.value("Update", parsed) if self.description else []
                if faults:
                    raise ValueError(f"not an update: {'; '.join(faults)}")
            number = self.queue.tail
            if check:
                number = max(number, parsed["update_id"])
            self.queue.put(number, update if isinstance(update, bytes) else json.dumps(update).encode())
        self.wake()
        return number

    # --- people and files

    def private(
        self, name: str = "Ann", *, language: str | None = "en", user_id: int | None = None
    ) -> "Chat":
        """A person and the private chat with them. Ids do not fit into 32 bits, as with newer accounts."""
        from standin.chats import Chat  # noqa: PLC0415 - each holds the other

        with self.lock:
            chat = Chat(self, user_id or 6_000_000_000 + self.number(), name, language)
            if chat.id in self.chats:
                raise ValueError(f"chat {chat.id} is there already")
            self.chats[chat.id] = chat
            return chat

    def group(self, title: str = "Pilots", *, kind: str = "supergroup", forum: bool = False) -> "Group":
        """A group or channel that the bot is in."""
        from standin.groups import Group  # noqa: PLC0415 - each holds the other

        with self.lock:
            number = self.number()
            chat_id = -number if kind == "group" else -1_002_000_000_000 - number
            group = self.chats[chat_id] = Group(self, chat_id, title, kind, forum=forum)
            return group

    def keep(self, upload: Upload) -> dict[str, Any]:
        """Keep a file; the Document that stands for it."""
        number = self.number()
        file_id = f"standin-file-{number}"
        with self.lock:
            self.files[file_id] = upload
        return {
            "file_id": file_id,
            "file_unique_id": f"unique-{number}",
            "file_name": upload.name,
            "mime_type": upload.content_type,
            "file_size": len(upload.content),
        }

    def pressed(self, chat: "Chat") -> str:
        """The id of a new callback query."""
        query_id = str(4_611_686_018_427_387_904 + self.number())
        self.presses[query_id] = Press(chat, time.monotonic())
        return query_id


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
