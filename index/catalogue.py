"""What QUOTH_DATA says of the corpus: uploads, what was removed, and every change with who made it and when.

    QUOTH_DATA/corpus.json                    all of it, sealed, replaced as a whole by each change
    QUOTH_DATA/corpus.json.copy               the same again, written first: a bad block takes one of the two
    QUOTH_DATA/uploads/000012/original.pdf    an uploaded file under a name of ours, never written again

A change is a list of steps; a step says how a name stood before it and after it, so that taking a change back
is a change like any other.

How a change is made is changes.py's business.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from index.durable import read_sealed, translated, write_sealed
from index.errors import DamagedError, VersionError
from index.model import Metadata

__all__ = ["KEPT_DAYS", "Catalogue", "Change", "Standing", "Step", "Upload", "original"]

KEPT_DAYS = 7
"""Days for which what was removed or replaced can be had back."""

_FORMAT = 1

_REMEDY = "restore a backup (quoth restore); until then the index that is there answers"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent in. ``number`` is its folder's, ``digest`` that of its bytes, ``words`` that of
    its text (``columns.words_of``), ``metadata`` what was said about it, which goes before the file's own.
    """

    number: int
    ending: str
    digest: str
    words: str
    size: int
    at: float
    by: int | None
    metadata: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is said of a name: the upload that stands for it, or that it was removed, by whom and when.

    Removed with an upload, it is in the trash; removed without one, a given document is hidden.
    """

    upload: Upload | None = None
    removed_at: float | None = None
    removed_by: int | None = None

    @property
    def serving(self) -> Upload | None:
        """The upload, unless it is in the trash."""
        return self.upload if self.removed_at is None else None


@dataclass(frozen=True, slots=True)
class Step:
    """What a change does to one document; None stands for a name of which nothing is said.

    ``outcome`` is ``added``, ``new version``, ``unchanged``, ``removed``, ``restored`` or ``taken back``.
    ``same_text`` are the ids of other documents with the same words, ``faults`` what was left out in reading.
    """

    id: str
    name: str
    outcome: str
    before: Standing | None = None
    after: Standing | None = None
    same_text: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A change as the log keeps it: ``kind`` is ``add``, ``remove``, ``restore`` or ``undo``.

    ``number`` counts from 1; it is 0 where nothing had to be done, which is not kept. ``at`` is in seconds
    since 1970, ``by`` a person's number, None for the command line. ``undone`` is the change that an undo
    took back; ``refused`` are names and why their files could not be taken. ``request`` tells what asked for
    it from all else that may ask, "" where that is not known.
    """

    number: int
    kind: str
    at: float
    by: int | None
    steps: tuple[Step, ...]
    undone: int | None = None
    refused: tuple[tuple[str, str], ...] = ()
    request: str = ""

    @property
    def settled(self) -> "Change":
        """What the log keeps once it can be taken back no more: not how names stood before and after."""
        if all(step.before is None and step.after is None for step in self.steps):
            return self
        return replace(self, steps=tuple(replace(step, before=None, after=None) for step in self.steps))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it. ``uploads`` is how many numbers of uploads were given; none is given twice."""

    standings: dict[str, Standing] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    uploads: int = 0

    @classmethod
    def load(cls, data: Path) -> "Catalogue":
        """The catalogue of a data folder; an empty one where there is none.

        Raises DamagedError where neither it nor its copy is whole, VersionError for another format.
        """
        damaged = None
        for path in (_path(data), _copy(data)):
            try:
                with translated(path):
                    if path.exists():
                        return _catalogue(read_sealed(path), path)
            except DamagedError as error:
                damaged = damaged or error
        if damaged:
            raise DamagedError(damaged.place, damaged.fault, _REMEDY) from damaged
        return cls()

    def save(self, data: Path) -> None:
        """Commit it durably; whoever reads sees the old or the new.

        The copy comes first, so that it holds whatever was acknowledged; it is read only where the other is
        damaged, so there must be another from the beginning.
        """
        value = {"format": _FORMAT, **asdict(self)}
        if not _path(data).exists():
            write_sealed(_path(data), {"format": _FORMAT, **asdict(Catalogue.load(data))})
        write_sealed(_copy(data), value)
        write_sealed(_path(data), value)

    def after(self, change: Change) -> "Catalogue":
        """The catalogue with a change made and kept."""
        standings = dict(self.standings)
        for step in change.steps:
            standings.pop(step.name, None)
            if step.after is not None:
                standings[step.name] = step.after
        kept = (each.settled if self._is_past(each, change.at) else each for each in self.changes)
        return replace(self, standings=standings, changes=(*kept, change))

    @staticmethod
    def _is_past(change: Change, now: float) -> bool:
        """Whether it can be taken back no more."""
        return now - change.at >= KEPT_DAYS * 86_400

    def made_on(self, request: str) -> Change | None:
        """The change that was made on a request, if it was."""
        return next((each for each in reversed(self.changes) if request and each.request == request), None)

    def recent(self, now: float) -> Iterator[Change]:
        """The changes that can still be taken back, the oldest first."""
        return (change for change in self.changes if not self._is_past(change, now))

    def needed(self, now: float) -> frozenset[int]:
        """The numbers of uploads that a document, the trash or a recent change holds."""
        standings = [
            *self.standings.values(),
            *(
                each
                for change in self.recent(now)
                for step in change.steps
                for each in (step.before, step.after)
            ),
        ]
        return frozenset(each.upload.number for each in standings if each is not None and each.upload)


def original(data: Path, upload: Upload) -> Path:
    """Where an upload's file lies."""
    return data / "uploads" / f"{upload.number:06d}" / f"original{upload.ending}"


def _path(data: Path) -> Path:
    return data / "corpus.json"


def _copy(data: Path) -> Path:
    return data / "corpus.json.copy"


def _catalogue(value: Any, path: Path) -> Catalogue:
    if value.get("format") != _FORMAT:
        raise VersionError(path, "was written by another version of Quoth", "use that version, or newer")
    standings = {name: _standing(each) for name, each in value["standings"].items()}
    changes = tuple(_change(each) for each in value["changes"])
    return Catalogue({name: each for name, each in standings.items() if each}, changes, value["uploads"])


def _change(fields: dict[str, Any]) -> Change:
    steps = tuple(_step(step) for step in fields.pop("steps"))
    refused = tuple((name, why) for name, why in fields.pop("refused"))
    return Change(steps=steps, refused=refused, **fields)


def _step(fields: dict[str, Any]) -> Step:
    before, after = _standing(fields.pop("before")), _standing(fields.pop("after"))
    same_text, faults = tuple(fields.pop("same_text")), tuple(fields.pop("faults"))
    return Step(before=before, after=after, same_text=same_text, faults=faults, **fields)


def _standing(fields: dict[str, Any] | None) -> Standing | None:
    if fields is None:
        return None
    upload = fields.pop("upload")
    if upload is None:
        return Standing(**fields)
    metadata = upload.pop("metadata")
    examples = tuple(metadata.pop("examples"))
    return Standing(Upload(metadata=Metadata(**metadata, examples=examples), **upload), **fields)
