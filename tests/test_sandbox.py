"""What a reader may not do, and that whoever asked it outlives all that it does.

The reader is the real one, in its own process; only the library that it calls, trafilatura, is one of ours,
and hostile. What it says comes back as the text of a page.
"""

import shutil
import socket
import subprocess
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import python
from samples import PAGE, packed

from index.errors import DocumentError
from index.readers import Source, read, read_all, sandbox
from index.readers.nursery import NURSERY

Hostile = Callable[..., Path]

LIBRARY = """
import ctypes, os, socket, subprocess, sys, time, tempfile, shutil, gc
from pathlib import Path
from lxml import etree
system = ctypes.CDLL(None, use_errno=True)

class Found:
    title = sitename = date = url = None
    def __init__(self, text):
        self.body = etree.Element("body")
        etree.SubElement(self.body, "p").text = str(text)

def bare_extraction(page, **options):
    return Found(act(page.text_content()))

def act(page):
{act}
"""


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hostile]:
    """Makes a page that is read by a library that acts as told; ``act`` is handed the words of ``page``."""

    def made(act: str, page: str = PAGE) -> Path:
        (tmp_path / "library").mkdir()
        (tmp_path / "library" / "trafilatura.py").write_text(
            LIBRARY.format(act=textwrap.indent(textwrap.dedent(act), "    "))
        )
        monkeypatch.syspath_prepend(tmp_path / "library")
        path = tmp_path / "a.html"
        path.write_text(page)
        return path

    NURSERY.stop()
    yield made
    NURSERY.stop()


def refused(path: Path) -> str:
    with pytest.raises(DocumentError) as raised:
        read(path)
    return f"{raised.value.fault}; {raised.value.remedy}"


def running() -> Iterator[str]:
    """The numbers and names of the processes that run; one that has ended and was not asked for does not."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name, state = (folder / "stat").read_text().split("(", 1)[1].rsplit(") ", 1)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state[0] != "Z":
            yield from (folder.name, name)


def ended(process: str) -> bool:
    """Whether it ends within ten seconds."""
    deadline = time.monotonic() + 10
    while process in running() and time.monotonic() < deadline:
        time.sleep(0.05)
    return process not in running()


# --- what a reader may not do

FORBIDDEN = [
    # a socket
    "socket.socket()",
    "socket.create_connection(('127.0.0.1', 9))",
    "socket.getaddrinfo('example.org', 80)",
    "socket.socketpair()",
    # a file
    "open('/etc/passwd').read()",
    "os.open('/etc/passwd', os.O_RDONLY)",
    "Path('{folder}/secret.txt').read_text()",
    "Path('{folder}/written.txt').write_text('x')",
    "open('/proc/self/environ').read()",
    "os.listdir('/')",
    "os.listdir('{folder}')",
    "os.mkdir('{folder}/made')",
    "os.remove('{folder}/secret.txt')",
    "os.rename('{folder}/secret.txt', '{folder}/other')",
    "os.symlink('/etc/passwd', '{folder}/link')",
    "os.chmod('{folder}/secret.txt', 0)",
    "tempfile.mkdtemp(dir='{folder}')",
    "shutil.rmtree('{folder}')",
    "open(os.path.join(os.path.dirname(os.__file__), '../../../../../../../../etc/passwd')).read()",
    # a process
    "os.fork()",
    "os.system('true')",
    "subprocess.run(['true'])",
    "os.execv('/bin/true', ['true'])",
    "os.posix_spawn('/bin/true', ['true'], {{}})",
    "os.kill(os.getppid(), 9)",
    # the way back
    "__import__('resource').setrlimit(__import__('resource').RLIMIT_NOFILE, (100, 100))",
    "ctypes.CDLL('libc.so.6')",
]


def test_a_reader_gets_no_socket_no_file_and_no_process(hostile: Hostile, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    trials = [line.format(folder=tmp_path) for line in FORBIDDEN]
    page = hostile(
        f"""
        done = []
        for trial in {trials!r}:
            try:
                done.append((trial, eval(trial)))
            except PermissionError:
                pass
            except Exception as error:
                done.append((trial, repr(error)))
        return f"Done: {{done}}"
        """
    )
    before = sorted(tmp_path.rglob("*"))
    assert "Done: []" == read(page).text.strip()
    assert (before, "the secret") == (sorted(tmp_path.rglob("*")), secret.read_text())


def test_python_and_its_libraries_can_still_be_loaded(hostile: Hostile) -> None:
    page = hostile("import decimal, xml.dom.minidom, lxml.objectify; return 'Loaded.'")
    assert "Loaded." == read(page).text.strip()


def may_unshare() -> bool:
    unshare = shutil.which("unshare")
    return bool(unshare) and subprocess.run([str(unshare), "-Un", "true"], check=False).returncode == 0


@pytest.mark.skipif(
    not may_unshare(), reason="no network namespace is allowed here: the audit hook stands alone"
)
def test_native_code_finds_no_network(hostile: Hostile) -> None:
    """Past the audit hook, as a library's own code is."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        page = hostile(
            f"""
            address = (2).to_bytes(2, sys.byteorder) + ({server.getsockname()[1]}).to_bytes(2, "big")
            address += bytes([127, 0, 0, 1]) + bytes(8)
            opened = system.socket(2, 1, 0)
            return f"Connected: {{system.connect(opened, address, 16)}}"
            """
        )
        assert "Connected: -1" == read(page).text.strip()


def test_no_secret_of_ours_reaches_a_reader(hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_TOKEN", "123:secret")
    text = read(hostile("return f'{sorted(os.environ)} {sys.argv} {os.getcwd()}'")).text
    assert ("secret" in text, "TOKEN" in text, "PYTHONPATH" in text) == (False, False, True)


def test_what_one_file_leaves_behind_the_next_does_not_meet(hostile: Hostile) -> None:
    page = hostile("sys.left = getattr(sys, 'left', 0) + 1; return f'Left: {sys.left}'")
    assert ["Left: 1", "Left: 1"] == [read(page).text.strip() for _ in range(2)]


# --- whatever it does, the file alone is lost

ENDS = [
    # what the reader does, what is said, at most seconds
    ("raise KeyError('x')", "is damaged; save or download it again", 5),
    ("sys.exit(0)", "is damaged; save or download it again", 5),
    ("os._exit(0)", "is damaged; save or download it again", 5),
    ("os.abort()", "is damaged: its reader broke off on it; save or download it again", 5),
    ("return act(page)", "is nested too deeply; save it anew, more plainly", 5),
    ("return len('x' * 2**30)", "needs more than 512 MB of memory to read; split it, or save it anew", 5),
    ("os.write(1, b'tides' + bytes([10])); os._exit(0)", "is damaged; save or download it again", 5),
    (
        'os.write(1, b\'{"name": 5, "fault": 7}\' + bytes([10])); os._exit(0)',
        "is damaged; save or download it again",
        5,
    ),
    ("os.write(1, b'[' * 100_000 + bytes([10])); os._exit(0)", "is damaged; save or download it again", 5),
    ("return 'x' * 17_000_000", "holds more than 16 million letters; split it", 5),
    ("while True: os.write(1, bytes(1 << 20))", "gives more text than is taken; split it", 10),
    ("system.kill(os.getppid(), 9); time.sleep(9)", "its reader does not start; install Quoth anew", 5),
]


@pytest.mark.parametrize(("act", "said", "seconds"), ENDS, ids=lambda value: str(value)[:20])
def test_a_reader_that_comes_to_an_end_costs_only_its_file(
    act: str, said: str, seconds: int, hostile: Hostile, tmp_path: Path
) -> None:
    page = hostile(act)
    began = time.monotonic()
    assert said == refused(page)
    assert time.monotonic() - began < 3 * seconds
    plain = tmp_path / "b.zip"
    plain.write_bytes(packed({"a.txt": "The tide rose."}))
    assert [True] == [isinstance(each.source, Source) for each in read_all(plain)]


@pytest.mark.parametrize("act", ["while True: pass", "time.sleep(60)"])
def test_a_reader_that_never_ends_is_ended(
    act: str, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a limit of three seconds; theirs are 10 s of processor time and 14 s."""
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 3)
    page = hostile(act)
    began = time.monotonic()
    assert "takes more than 10 s to read; split it, or save it anew" == refused(page)
    assert time.monotonic() - began < 10


def test_a_reader_that_never_ends_has_no_orphan(hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 3)
    page = hostile("system.prctl(15, b'quoth-orphan', 0, 0, 0); time.sleep(60)")
    refused(page)
    assert ended("quoth-orphan")


def test_an_entry_that_kills_its_reader_costs_only_itself(hostile: Hostile, tmp_path: Path) -> None:
    page = hostile("os.abort() if 'killer' in page else None; return page")
    path = tmp_path / "b.zip"
    path.write_bytes(
        packed(
            {"a.txt": "Tides.", "b.html": "<html>killer", "c.html": "<html>boats", "d.html": "<html>killer"}
        )
    )
    assert page.exists()
    assert [
        "Tides.",
        "is damaged: its reader broke off on it",
        "boats",
        "is damaged: its reader broke off on it",
    ] == [
        each.source.text.strip() if isinstance(each.source, Source) else each.source.fault
        for each in read_all(path)
    ]


def test_an_archive_in_which_everything_hangs_is_given_up(
    hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 3)
    hostile("time.sleep(60)")
    path = tmp_path / "b.zip"
    path.write_bytes(packed({f"{n}.html": "<html>" for n in range(50)}))
    began = time.monotonic()
    said = [each.source.fault for each in read_all(path) if isinstance(each.source, DocumentError)]
    assert time.monotonic() - began < 10
    assert said[-1].startswith("was not read from entry ")


# --- one process, many who ask


def test_several_threads_share_the_reader(tmp_path: Path) -> None:
    texts: list[str] = []
    for number in range(6):
        (tmp_path / f"{number}.html").write_text(f"<html><body><p>Boat {number}.</p></body></html>")

    def ask(number: int) -> None:
        texts.append(read(tmp_path / f"{number}.html").text.strip())

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [f"Boat {number}." for number in range(6)] == sorted(texts)


def test_who_waits_for_the_reader_too_long_is_told_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.2)
    path = tmp_path / "a.html"
    path.write_text("<html><body><p>Tides.</p></body></html>")
    with NURSERY._lock, pytest.raises(DocumentError, match="could not be read in time"):
        read(path)


def test_a_document_that_is_read_anew_has_twice_the_time(
    hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 2)
    page = hostile("time.sleep(2.5); return 'Slow.'")
    assert refused(page).startswith("takes more than")
    assert "Slow." == read(page, patience=2).text.strip()


def test_a_reader_that_was_idle_for_long_is_started_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><body><p>Tides.</p></body></html>")
    read(path)
    process = NURSERY.process
    assert process is not None
    process.kill()
    process.wait()
    assert "Tides." == read(path).text.strip()


def test_the_reader_ends_with_whoever_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><body><p>Tides.</p></body></html>")
    code = """
import sys
from pathlib import Path
from index.readers import read
from index.readers.nursery import NURSERY
read(Path(sys.argv[1]))
print(NURSERY.process.pid, flush=True)
import os
os.kill(os.getpid(), 9)
"""
    asking = python(code, path)
    out, _ = asking.communicate(timeout=60)
    assert ended(out.strip())


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><body><p>Tides.</p></body></html>")
    read(path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        read(path)
    assert before == len(list(Path("/proc/self/fd").iterdir()))


def test_who_reads_only_plain_text_starts_no_process_and_loads_no_reader(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("The tide rose.")
    code = """
import sys
from pathlib import Path
import index.build
from index.readers import read
read(Path(sys.argv[1]))
libraries = {"lxml", "docx", "pypdfium2", "trafilatura", "index.readers.sandbox", "subprocess"}
print(sorted(libraries & sys.modules.keys()))
"""
    out, _ = python(code, path).communicate(timeout=60)
    assert "[]" == out.strip()


def test_who_reads_other_formats_loads_none_of_their_libraries(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><body><p>The tide rose.</p></body></html>")
    code = """
import sys
from pathlib import Path
from index.readers import read
print(read(Path(sys.argv[1])).text.strip(), sorted({"lxml", "docx", "trafilatura"} & sys.modules.keys()))
"""
    out, _ = python(code, path).communicate(timeout=60)
    assert "The tide rose. []" == out.strip()
