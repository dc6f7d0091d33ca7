"""The settings, from the environment (``QUOTH_…``), checked before anything is done with them.

Nothing is read or written here but the environment and the names of folders.
"""

import hashlib
import re
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from index.corpus import shipped_seeds
from index.errors import UsageError

__all__ = ["ADMINS_REMEDY", "NO_TOKEN", "Settings", "load"]

NO_TOKEN = (
    "is not set, so there is no bot to run",
    "talk to @BotFather in Telegram, send /newbot, and set QUOTH_TOKEN to what it gives you; "
    "without a token, quoth chat is the same conversation in this terminal",
)
"""Fault and remedy."""


LARGEST_USER = 2**52
"""Numbers of users have at most 52 significant bits, https://core.telegram.org/bots/api#user."""

ADMINS_REMEDY = "write the numbers of Telegram users, with commas between them: 1234567,7654321"
"""What to do about a QUOTH_ADMINS that is not understood."""


def _default_seeds() -> Path:
    here = Path("seeds")
    return here if here.is_dir() else shipped_seeds()


def _default_data() -> Path:
    """``var`` beside a ``seeds`` folder, so that a checkout keeps its own index; else the user's folder.

    The system's own ``/var`` is not meant for us, though Quoth may well be asked from ``/``.
    """
    here = Path("var")
    if Path("seeds").is_dir() or (here.is_dir() and here.resolve().parent != Path(here.resolve().anchor)):
        return here
    try:
        return platformdirs.user_data_path("quoth")
    except RuntimeError as error:
        remedy = "set QUOTH_DATA to a folder that can be written"
        raise UsageError("QUOTH_DATA", "is not set, and this user has no home folder", remedy) from error


_CORPORA = "corpora"
"""Where the indexes of folders given by ``--seeds`` lie."""


class Settings(BaseSettings):
    """``seeds`` is the documents' folder, ``data`` where the index and what was sent in are kept; with
    ``watch`` a running bot reads changes of the folder by itself. ``admins`` are the Telegram users who may
    change the documents, ``access`` says who may ask, beside ``allowed_chats``. An empty variable is not set.
    """

    model_config = SettingsConfigDict(
        env_prefix="QUOTH_", env_ignore_empty=True, extra="ignore", frozen=True, validate_default=False
    )

    seeds: Path = Field(default_factory=_default_seeds)
    data: Path = Field(default_factory=_default_data)
    token: SecretStr | None = None
    token_file: Path | None = None
    api_base: str = ""
    watch: bool = False
    admins: Annotated[frozenset[int], NoDecode] = frozenset()
    access: Literal["open", "chats", "users"] = "open"
    allowed_chats: Annotated[frozenset[int], NoDecode] = frozenset()

    @field_validator("seeds")
    @classmethod
    def _is_folder(cls, path: Path) -> Path:
        return _folder(path)

    @field_validator("data")
    @classmethod
    def _may_be_folder(cls, path: Path) -> Path:
        path = _expanded(path)
        if path.exists() and not path.is_dir():
            raise ValueError(f"{path} is not a folder", "name a folder, or one that can be made")
        return path

    @field_validator("api_base")
    @classmethod
    def _is_address(cls, address: str) -> str:
        if address and not re.fullmatch(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", address):
            raise ValueError("is no web address", "write it like https://api.telegram.org")
        return address.rstrip("/")

    @field_validator("admins", mode="before")
    @classmethod
    def _are_numbers(cls, written: object) -> object:
        """``1234567, 7654321``. A name is refused: whoever gives it up, another may take it."""
        if not isinstance(written, str):
            return written
        ids = [part.strip() for part in written.split(",") if part.strip()]
        for part in ids:
            if not re.fullmatch(r"[0-9]{1,16}", part) or not 0 < int(part) < LARGEST_USER:
                raise ValueError(f"{part!r:.40} is no user's number", ADMINS_REMEDY)
        return frozenset(map(int, ids))

    @field_validator("access", mode="before")
    @classmethod
    def _is_mode(cls, written: object) -> object:
        mode = written.strip().lower() if isinstance(written, str) else written
        if mode not in {"open", "chats", "users"}:
            raise ValueError(f"{written!r:.40} is none of open, chats, users", "choose one of these three")
        return mode

    @field_validator("allowed_chats", mode="before")
    @classmethod
    def _are_chats(cls, written: object) -> object:
        """``-1001234567890, 7654321``: groups are below zero, private chats have their people's numbers."""
        if not isinstance(written, str):
            return written
        ids = [part.strip() for part in written.split(",") if part.strip()]
        for part in ids:
            if not re.fullmatch(r"-?[0-9]{1,16}", part) or not 0 < abs(int(part)) < LARGEST_USER:
                remedy = "write numbers, with commas between them: -1001234567890,7654321"
                raise ValueError(f"{part!r:.40} is no chat's number", remedy)
        return frozenset(map(int, ids))

    @property
    def own_server(self) -> bool:
        """Whether the Bot API is served by another server than Telegram's."""
        return self.api_base not in {"", "https://api.telegram.org"}

    @property
    def thesaurus(self) -> Path:
        """An admin's file of groups, which need not be there; one for all folders of documents."""
        home = self.data.parents[1] if self.data.parent.name == _CORPORA else self.data
        return home / "thesaurus.toml"

    def required_token(self) -> str:
        """The token, from QUOTH_TOKEN or the file that QUOTH_TOKEN_FILE names.

        Raises UsageError when there is none, or it has not the shape of one; the message does not repeat it.
        """
        if self.token is not None:
            return _checked_token(self.token.get_secret_value(), "QUOTH_TOKEN")
        if self.token_file is None:
            raise UsageError("QUOTH_TOKEN", *NO_TOKEN)
        try:
            text = _expanded(self.token_file).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            fault = getattr(error, "strerror", None) or "is no text"
            place = f"QUOTH_TOKEN_FILE {self.token_file}"
            raise UsageError(place, fault.lower(), "name a file that holds the token alone") from None
        return _checked_token(text, "QUOTH_TOKEN_FILE")

    def origin(self, name: str) -> str:
        """Where a setting's value came from, for a person to read."""
        if name in self.model_fields_set:
            return f"QUOTH_{name.upper()}"
        if name == "seeds":
            return (
                "the documents that ship with Quoth" if self.seeds == shipped_seeds() else "the folder here"
            )
        return "the folder here" if self.data == Path("var") else "the user's data folder"

    def for_corpus(self, seeds: Path) -> "Settings":
        """The settings for another folder of documents, whose index is kept apart from the configured one.

        Raises UsageError when there is no such folder.
        """
        try:
            folder = _folder(seeds)
        except ValueError as error:
            raise UsageError("--seeds", *error.args) from error
        if folder.resolve() == self.seeds.resolve():
            return self
        digest = hashlib.blake2b(str(folder.resolve()).encode(errors="surrogateescape"), digest_size=8)
        return self.model_copy(update={"seeds": folder, "data": self.data / _CORPORA / digest.hexdigest()})


def load(seeds: Path | None = None) -> Settings:
    """The settings, with ``seeds`` from the command line in place of the configured folder where given.

    Raises UsageError naming the variable or option that is wrong.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        place = f"QUOTH_{first['loc'][0]}".upper()
        cause = first.get("ctx", {}).get("error")
        fault, remedy = cause.args if isinstance(cause, ValueError) else (first["msg"], "mend or unset it")
        raise UsageError(place, fault, remedy) from error
    return settings if seeds is None else settings.for_corpus(seeds)


def _checked_token(token: str, place: str) -> str:
    token = token.strip()
    if not re.fullmatch(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,100}", token):
        raise UsageError(place, "is not a bot's token", "copy it from @BotFather: 123456:ABC-DEF…")
    return token


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError(f"{path}: there is no such home folder", "name the folder in full") from error


def _folder(path: Path) -> Path:
    """The folder at ``path``. Raises ValueError(fault, remedy) when there is none."""
    path = _expanded(path)
    if not path.is_dir():
        fault = "is not a folder" if path.exists() else "does not exist"
        raise ValueError(f"{path} {fault}", "name the folder that holds the documents")
    return path
