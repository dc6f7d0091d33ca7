"""The machine-readable description of the Bot API, as a judge of requests, answers and updates.

It knows types, required fields, arrays, unions, constants ("always “user”") and unknown fields; it knows no
lengths and no meanings, which are for ``methods`` and ``text``.
"""

import json
import os
import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

__all__ = ["Description", "File"]

CONSTANT = re.compile(r'(?:always|must be) ["“]?(\w+)["”]?$', re.IGNORECASE)

Faults = Sequence[str]
NONE: Faults = ()

Check = Callable[[Any], Faults]
"""``check(value)`` gives the faults in it, each beginning with its place, e.g. ``[0].text: is required``."""


class File:
    """What an InputFile is in a parsed request: anything of this class."""


class Description:
    """The description at a path; a fault is a line "place: what is wrong", no fault an empty list."""

    def __init__(self, path: Path) -> None:
        described = json.loads(path.read_text(encoding="utf-8"))
        self.version: str = described["version"]
        self._methods: dict[str, Any] = described["methods"]
        self._types: dict[str, Any] = described["types"]
        self._checks: dict[str, Check] = {
            "String": partial(_plain, str, "a String"),
            "Boolean": partial(_plain, bool, "a Boolean"),
            "Integer": partial(_number, (int,), "an Integer"),
            "Float": partial(_number, (int, float), "a Float"),
            "InputFile": partial(_plain, File, "an InputFile"),
        }
        self._requests: dict[str, Check] = {}
        self._answers: dict[str, Check] = {}

    @classmethod
    def at_hand(cls) -> "Description | None":
        """The file that QUOTH_BOT_API names, or none.

        Raises FileNotFoundError when QUOTH_BOT_API names a file that is not there.
        """
        named = os.environ.get("QUOTH_BOT_API")
        return _loaded(Path(named)) if named else None

    def knows(self, method: str) -> bool:
        return method in self._methods

    def request(self, method: str, parameters: dict[str, Any]) -> list[str]:
        """What is wrong with a request's parameters, already parsed."""
        if method not in self._requests:
            described = self._methods[method]
            self._requests[method] = partial(_object, self._fields(described), _required(described))
        return [method + fault for fault in self._requests[method](parameters)]

    def answer(self, method: str, result: Any) -> list[str]:
        """What is wrong with the result of a method."""
        if method not in self._answers:
            self._answers[method] = self._union(self._methods[method]["returns"])
        return [f"{method} result{fault}" for fault in self._answers[method](result)]

    def value(self, type_name: str, value: Any) -> list[str]:
        """What is wrong with a value of a type, e.g. "Update" or "Array of Message"."""
        return [type_name + fault for fault in self._check(type_name)(value)]

    def _check(self, name: str) -> Check:
        """The check of a type. What it consists of is filled in afterwards, since types hold one another."""
        if name in self._checks:
            return self._checks[name]
        if name.startswith("Array of "):
            return self._checks.setdefault(name, partial(_array, self._check(name.removeprefix("Array of "))))
        described = self._types[name]
        if described.get("subtypes"):
            checks: list[Check] = []
            self._checks[name] = partial(_either, name, checks)
            checks += map(self._check, described["subtypes"])
        else:
            fields: dict[str, Check] = {}
            self._checks[name] = partial(_object, fields, _required(described))
            fields.update(self._fields(described))
        return self._checks[name]

    def _union(self, names: list[str]) -> Check:
        if len(names) == 1:
            return self._check(names[0])
        return partial(_either, " or ".join(names), [self._check(name) for name in names])

    def _fields(self, described: dict[str, Any]) -> dict[str, Check]:
        return {field["name"]: self._field(field) for field in described.get("fields", ())}

    def _field(self, field: dict[str, Any]) -> Check:
        constant = CONSTANT.search(field["description"])
        if constant and field["types"] == ["String"]:
            return partial(_constant, constant[1])
        return self._union(field["types"])


def _required(described: dict[str, Any]) -> frozenset[str]:
    return frozenset(field["name"] for field in described.get("fields", ()) if field["required"])


@cache
def _loaded(path: Path) -> Description:
    return Description(path)


def _plain(kind: type, name: str, value: Any) -> Faults:
    return NONE if isinstance(value, kind) else (f": {value!r:.60} is not {name}",)


def _number(kinds: tuple[type, ...], name: str, value: Any) -> Faults:
    return NONE if type(value) in kinds else (f": {value!r:.60} is not {name}",)


def _constant(constant: str, value: Any) -> Faults:
    return NONE if value == constant else (f": {value!r:.60} is not {constant!r}",)


def _array(check: Check, value: Any) -> Faults:
    if not isinstance(value, list):
        return (f": {value!r:.60} is not an Array",)
    return [f"[{number}]{fault}" for number, item in enumerate(value) for fault in check(item)]


def _either(name: str, checks: list[Check], value: Any) -> Faults:
    """One of several: no fault when one fits, else the faults of the one that comes nearest."""
    tried = []
    for check in checks:
        found = check(value)
        if not found:
            return NONE
        tried.append(found)
    nearest = min(tried, key=lambda found: (found[0].startswith(":"), len(found)))
    return [f" (as the nearest of {name:.80}){fault}" for fault in nearest]


def _object(checks: dict[str, Check], required: frozenset[str], value: Any) -> Faults:
    if not isinstance(value, dict):
        return (f": {value!r:.60} is not an Object",)
    faults: list[str] = []
    if not required <= value.keys():
        faults += [f".{name}: is required" for name in sorted(required - value.keys())]
    for name, item in value.items():
        check = checks.get(name)
        if check is None:
            faults.append(f".{name}: unknown field")
        elif found := check(item):
            faults += [f".{name}{fault}" for fault in found]
    return faults
