"""The short form of benchmarks/hostile.py, and that its judge sees what it must not let pass."""

from itertools import islice
from pathlib import Path

import hostile
import pytest
from hostile import Figures, Made

from index.catalogue import Change, Step
from index.changes import Corpus
from index.model import Metadata
from index.readers import Source


def a_few(secret: Path) -> list[Made]:
    """Some of every kind, the cheap ones."""
    families = (
        hostile.xml_files(secret),
        hostile.pdf_files(secret),
        hostile.other_files(),
        hostile.zip_uploads(secret),
    )
    some = [made for family in families for made in islice(family, 6)]
    return [*some, *map(hostile.named_entry, hostile.NAMES_OF_ENTRIES[:4])]


def test_hostile_files_are_read_or_refused_and_nothing_else_happens() -> None:
    figures = hostile.run(a_few, mutations=1)
    assert [] == figures.breaches
    assert figures.files == figures.read + figures.refused == 56
    assert figures.refused > 20


def change(*names: str, refused: tuple[tuple[str, str], ...] = ()) -> Change:
    return Change(1, "add", 0.0, None, tuple(Step("a", name, "added") for name in names), refused=refused)


BREACHES = [
    # what an upload comes to, its texts, what the judge says
    (change(), Source("It.", Metadata()), "neither read nor refused"),
    (change("a.pdf"), Source(f"It is {hostile.SECRET}.", Metadata()), "shows the-secret"),
    (change("a.pdf"), Source("It.", Metadata(title=hostile.PASSWD)), "shows root:x"),
    (change("a.pdf"), Source(" ", Metadata()), "gives no sound text"),
    (change("a.pdf"), Source("half \ud800", Metadata()), "gives no sound text"),
    (change(refused=(("a.pdf", "KeyError('x'); mend it"),)), None, "not plain words"),
    (change("a.txt", "A.txt"), None, "two documents of one name"),
    (change("../a.txt"), None, "a document is called"),
    (change("a\u202e.txt"), None, "a document is called"),
]


@pytest.mark.parametrize(("made", "source", "said"), BREACHES)
def test_the_judge_sees_a_breach(made: Change, source: Source | None, said: str) -> None:
    figures = Figures()
    hostile.judge("a.pdf", made, [source] if source else [], 1.0, figures)
    assert [True] == [said in breach for breach in figures.breaches]


SLOW = [
    # name, what came of it, seconds, whether that is a breach
    ("a.zip", change(refused=(("a.zip", "is damaged; pack it anew"),)), 14.9, False),
    ("a.zip", change(refused=(("a.zip", "is damaged; pack it anew"),)), 15.1, True),
    ("a.pdf", change("a.pdf"), 15.1, True),
    ("a.zip", change("a.pdf"), 40.0, False),
    ("a.zip", change("a.pdf"), 46.0, True),
]


@pytest.mark.parametrize(("name", "made", "seconds", "breach"), SLOW)
def test_the_judge_sees_what_takes_too_long(name: str, made: Change, seconds: float, breach: bool) -> None:
    figures = Figures()
    hostile.judge(name, made, [], seconds, figures)
    assert breach == bool(figures.breaches)


def test_what_reads_otherwise_the_second_time_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hostile, "read_upload", lambda *_, **__: (Source("Other.", Metadata()), []))
    figures = Figures()
    hostile.trial(tmp_path / "a.zip", hostile.packed({"a.txt": "The tide rose."}), figures)
    assert ["a.zip: a.txt reads otherwise the second time"] == figures.breaches


def test_the_judge_sees_a_file_that_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(_corpus: Corpus, path: Path) -> Change:
        (path.parent.parent / "tmp" / "left").write_text("x")
        return change(refused=(("a.pdf", "is damaged; mend it"),))

    monkeypatch.setattr(hostile, "taken_in", careless)
    figures = hostile.run(lambda _secret: [("a.pdf", b"x")], mutations=0)
    assert ["files were written: ['in', 'secret.txt', 'tmp', 'tmp/left']"] == figures.breaches
