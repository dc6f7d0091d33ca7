"""A mapping that keeps what was stored last, so that no number of chats or people fills the memory."""

from collections import OrderedDict
from typing import Generic, TypeVar

__all__ = ["Recent"]

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The last ``most`` keys stored, each with its value."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The key's value; None where it has none, or has it no longer."""
        return self._values.get(key)

    def keep(self, key: K, value: V) -> None:
        """Store a value as the latest; the oldest goes where there are too many."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)

    def drop(self, key: K) -> None:
        """Forget a key's value, if it has one."""
        self._values.pop(key, None)
