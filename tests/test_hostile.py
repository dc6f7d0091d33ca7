"""The short form of benchmarks/hostile.py, and that its judge sees what it must not let pass."""

from itertools import islice
from pathlib import Path

import hostile
import pytest
from hostile import Figures, Made

from index.errors import DocumentError
from index.model import Metadata
from index.readers import NamedSource, Source
from index.readers.source import refused


def a_few(secret: Path) -> list[Made]:
    """Some of every kind, the cheap ones."""
    families = (hostile.xml_files(secret), hostile.pdf_files(secret), hostile.other_files())
    some = [made for family in families for made in islice(family, 6)]
    return [*some, *map(hostile.named_entry, hostile.NAMES_OF_ENTRIES[:4])]


def test_hostile_files_are_read_or_refused_and_nothing_else_happens() -> None:
    figures = hostile.run(a_few, mutations=1)
    assert [] == figures.breaches
    assert figures.files == figures.read + figures.refused == 44
    assert figures.refused > 20


BREACHES = [
    # what the reader gives, what the judge says
    ([], "neither read nor refused"),
    ([NamedSource("a", Source(f"It is {hostile.SECRET}.", Metadata()))], "shows the-secret"),
    ([NamedSource("a", Source("It.", Metadata(title=hostile.PASSWD)))], "shows root:x"),
    ([NamedSource("a", Source(" ", Metadata()))], "gives no sound text"),
    ([NamedSource("a", Source("half \ud800", Metadata()))], "gives no sound text"),
    ([NamedSource("a", refused("KeyError('x')", "mend it"))], "not plain words"),
]


@pytest.mark.parametrize(("given", "said"), BREACHES, ids=[said for _, said in BREACHES])
def test_the_judge_sees_a_breach(
    given: list[NamedSource], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hostile, "read_all", lambda _path: tuple(given))
    figures = Figures()
    hostile.trial(tmp_path / "a.pdf", b"", figures)
    assert [True] == [said in breach for breach in figures.breaches]


def test_the_judge_sees_a_file_that_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(path: Path) -> tuple[NamedSource, ...]:
        (path.parent.parent / "tmp" / "left").write_text("x")
        raise DocumentError(path, "is damaged", "mend it")

    monkeypatch.setattr(hostile, "read_all", careless)
    figures = hostile.run(lambda _secret: [("a.pdf", b"x")], mutations=0)
    assert ["files were written: ['in', 'secret.txt', 'tmp', 'tmp/left']"] == figures.breaches
