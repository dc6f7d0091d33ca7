"""What the engine's tests share: a folder of documents with its index, on a disk that is quick to sync."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from index import spelling, thesaurus
from index.analyze import Analyzer
from index.build import Report, open_corpus, update
from index.search import Index

ROOT = Path(__file__).parent.parent
QUICK = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - only to pass it on as ``dir``
NOBODY = 65534

settings.register_profile("quoth", deadline=None, database=None)
settings.load_profile("quoth")

ON_DISK = settings(max_examples=10, phases=[Phase.explicit, Phase.generate])
"""For examples that each build an index: shrinking one that fails would take minutes."""


def _once() -> None:
    """Hundreds of indexes are built here, each with the whole thesaurus: what its words are is found once."""
    analyze, split, keys = Analyzer._analyze, thesaurus.words, spelling._keys
    term = functools.cache(lambda language, form: analyze(Analyzer(language), form))
    parts = functools.cache(lambda entry: tuple(split(entry)))
    Analyzer._analyze = lambda self, form: term(self.language, form)  # type: ignore[method-assign]
    thesaurus.words = lambda entry: iter(parts(entry))
    spelling._keys = functools.cache(keys)


_once()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test printed and logged, without lone surrogates: pytest-xdist cannot pass them on."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report


class Folder:
    """Documents under ``seeds``, their index under ``data``. A context, so that hypothesis can make many.

    Each write is a second after the one before, all long ago: a time stamp of this moment is not trusted.
    """

    def __init__(self, files: dict[str, str | bytes] | None = None) -> None:
        self.top = Path(tempfile.mkdtemp(prefix="quoth-test-", dir=QUICK))
        self.seeds, self.data = self.top / "seeds", self.top / "data"
        self.seeds.mkdir()
        self.notices: list[str] = []
        self.time = 1_700_000_000
        for name, content in (files or {}).items():
            self.write(name, content)

    def __enter__(self) -> "Folder":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.top, ignore_errors=True)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.seeds / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.time += 1
        os.utime(path, (self.time, self.time))
        return path

    def remove(self, name: str) -> None:
        (self.seeds / name).unlink()

    def update(self) -> Report:
        return update(self.seeds, self.data, notice=self.notices.append)

    def open(self) -> Index:
        return open_corpus(self.seeds, self.data, notice=self.notices.append)

    def index_files(self) -> list[Path]:
        return sorted(path for path in (self.data / "index").rglob("*") if path.is_file())


def python(code: str, *arguments: object, **options: object) -> "subprocess.Popen[str]":
    """Start a Python process that can import the engine; ``arguments`` are its ``sys.argv[1:]``."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        **options,  # type: ignore[call-overload]
    )


@pytest.fixture
def folder() -> Iterator[Folder]:
    with Folder() as made:
        yield made


WARM_AND_DROP = """
import os, sys, tempfile
from pathlib import Path
from index.build import open_corpus, update
from index.errors import QuothError
with tempfile.TemporaryDirectory() as top:
    (Path(top) / "a.txt").write_text("The tide rose in the harbour and the boats were safe.")
    open_corpus(Path(top), Path(top, "data")).search("when will tides sink?")
if os.getuid() == 0:
    os.setgroups([])
    os.setgid({nobody})
    os.setuid({nobody})
"""
"""Modules are imported and lists read first: another user may not be allowed to read root's Python."""


@pytest.fixture
def as_nobody() -> Callable[..., tuple[int, str, str]]:
    """Run code as a user without rights: for root, a read-only folder is no obstacle."""

    def run(code: str, *arguments: object) -> tuple[int, str, str]:
        process = python(WARM_AND_DROP.format(nobody=NOBODY) + code, *arguments, cwd="/")
        out, err = process.communicate(timeout=60)
        if "setgroups" in err or "setuid" in err:
            pytest.skip(f"this process may not become user {NOBODY}: {err.strip()[-100:]}")
        return process.returncode, out, err

    return run
