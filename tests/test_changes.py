"""How the corpus changes: whole or not at all, kept in a log, and taken back; given files are not touched."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ON_DISK, Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from index.catalogue import Catalogue
from index.changes import Add, Corpus, Incoming, Remove, Restore, Undo
from index.errors import CorpusError, DamagedError, DocumentError, EmptyCorpusError
from index.model import Metadata
from index.search import Index

DAY = 86_400.0
TIDES = "The tide rose in the harbour. Boats were safe."


class Desk:
    """A corpus over a folder, with files to send and a clock to turn."""

    def __init__(self, folder: Folder) -> None:
        self.folder, self.now = folder, 1_000_000_000.0
        self.corpus = Corpus(folder.seeds, folder.data, clock=lambda: self.now)

    def file(self, name: str, content: str | bytes, **said: str) -> Incoming:
        path = self.folder.top / "sent"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        kept = self.folder.top / f"sent-{len(list(self.folder.top.iterdir()))}"
        path.rename(kept)
        return Incoming(kept, name, Metadata(**said))

    def add(self, name: str, content: str | bytes = TIDES, **said: str) -> str:
        step = self.corpus.apply(Add((self.file(name, content, **said),)), by=7).steps[0]
        return f"{step.id}: {step.outcome}"

    def remove(self, *ids: str) -> None:
        self.corpus.apply(Remove(ids), by=8)

    def undo(self) -> None:
        self.corpus.apply(Undo(), by=9)

    @property
    def held(self) -> list[str]:
        return [f"{each.id} {each.name} {each.origin}" for each in self.corpus.documents()]

    @property
    def removed(self) -> list[str]:
        return [each.id for each in self.corpus.trash()]

    def texts(self, question: str) -> set[str]:
        with self.folder.open() as index:
            return {hit.sentence.text for hit in index.search(question).hits}


@pytest.fixture
def desk(folder: Folder) -> Desk:
    folder.write("pier.txt", "The pier was closed in May.")
    return Desk(folder)


# --- adding


def test_an_added_file_is_listed_found_and_ours_alone(desk: Desk) -> None:
    sent = desk.file("News/Tides.TXT", TIDES)
    desk.corpus.apply(Add((sent,)), by=7)
    sent.path.unlink()
    assert ["Tides News/Tides.TXT uploaded", "pier pier.txt given"] == desk.held
    assert {"The tide rose in the harbour."} == desk.texts("tide harbour") & {"The tide rose in the harbour."}
    listed = desk.corpus.documents()[0]
    assert (len(TIDES), desk.now, 7) == (listed.size, listed.at, listed.by)
    stored = [path for path in desk.folder.data.rglob("*") if path.is_file() and "uploads" in path.parts]
    assert [desk.folder.data / "uploads" / "000001" / "original.txt"] == stored


def test_what_is_said_of_an_upload_goes_before_its_own_header(desk: Desk) -> None:
    desk.add(
        "a.md", f"---\ntitle: Ours\nsource: Harbour\n---\n{TIDES}", title="Theirs", url="https://x.org/a"
    )
    with desk.folder.open() as index:
        citation = index.search("tide").hits[0].sentence.citation
    assert ("a.md", "Theirs", "Harbour", "https://x.org/a") == (
        citation.file,
        citation.title,
        citation.source,
        citation.url,
    )


def test_the_same_again_is_unchanged_and_not_kept_as_a_change(desk: Desk) -> None:
    assert "tides: added" == desk.add("tides.txt", title="Tides")
    assert "tides: unchanged" == desk.add("tides.txt", title="Tides")
    assert "tides: unchanged" == desk.add("tides.txt")
    assert 1 == len(desk.corpus.log())
    assert ["000001"] == [path.name for path in (desk.folder.data / "uploads").iterdir()]


def test_other_bytes_or_another_title_are_a_new_version_under_the_same_id(desk: Desk) -> None:
    desk.add("tides.txt", title="Tides")
    assert "tides: new version" == desk.add("tides.txt", title="Ebb")
    assert "tides: new version" == desk.add("tides.txt", "The tide fell.")
    assert ["Ebb"] == [each.metadata.title for each in desk.corpus.documents() if each.id == "tides"]
    assert {"The tide fell."} == desk.texts("tide")


def test_a_given_document_is_replaced_without_being_touched(desk: Desk) -> None:
    before = (desk.folder.seeds / "pier.txt").read_bytes()
    assert "pier: unchanged" == desk.add("pier.txt", before)
    assert "pier: new version" == desk.add("pier.txt", "The pier was opened in June.")
    assert ["pier pier.txt uploaded"] == desk.held
    assert {"The pier was opened in June."} == desk.texts("pier")
    desk.undo()
    assert ["pier pier.txt given"] == desk.held
    assert {"The pier was closed in May."} == desk.texts("pier")
    assert [before] == [path.read_bytes() for path in desk.folder.seeds.iterdir()]


TWINS = [
    # name, text, ids of the documents said to have the same
    ("b.txt", "The pier was closed in May.", ("pier",)),
    ("b.md", "---\ntitle: Pier\n---\n\n The  pier was\r\nclosed in May.\n", ("pier",)),
    ("b.txt", TIDES.replace(" ", "\n"), ("a",)),
    ("b.txt", "The pier was closed in May!", ()),
    ("a.txt", f" {TIDES}", ()),
]


@pytest.mark.parametrize(("name", "text", "same"), TWINS)
def test_the_same_text_under_another_name_is_said(
    name: str, text: str, same: tuple[str, ...], desk: Desk
) -> None:
    desk.folder.update()
    desk.add("a.txt")
    change = desk.corpus.apply(Add((desk.file(name, text),)))
    assert [same] == [step.same_text for step in change.steps]


def test_a_removed_document_is_nobodys_duplicate(desk: Desk) -> None:
    desk.folder.update()
    desk.add("a.txt")
    desk.remove("a", "pier")
    change = desk.corpus.apply(
        Add((desk.file("b.txt", TIDES), desk.file("c.txt", "The pier was closed in May.")))
    )
    assert [(), ()] == [step.same_text for step in change.steps]


def test_several_files_are_one_change_and_one_undo(desk: Desk) -> None:
    desk.add("a.txt", "Old tide.")
    files = tuple(desk.file(name, f"Tide {name}") for name in ("a.txt", "b.txt", "c.md"))
    change = desk.corpus.apply(Add(files), by=7)
    assert ["new version", "added", "added"] == [step.outcome for step in change.steps]
    desk.undo()
    assert ["a a.txt uploaded", "pier pier.txt given"] == desk.held
    assert {"Old tide."} == desk.texts("tide")


BAD = [
    # name, content, what is said
    ("a.txt", b"", "a.txt: holds no text; "),
    ("a.txt", b"\x7fELF\0\0", "a.txt: looks like a binary file; "),
    ("a.exe", b"MZ", "a.exe: is of no format known here; "),
    ("", b"Tide.", "the file: is of no format known here; "),
    (".txt", b"Tide.", ".txt: is of no format known here; "),
]


@pytest.mark.parametrize(("name", "content", "said"), BAD)
def test_a_file_that_cannot_be_read_is_refused_and_costs_nothing(
    name: str, content: bytes, said: str, desk: Desk
) -> None:
    desk.add("tides.txt")
    before = sorted(desk.folder.data.rglob("*"))
    with pytest.raises(DocumentError) as raised:
        desk.corpus.apply(Add((desk.file(name, content),)))
    assert str(raised.value).startswith(said)
    assert before == sorted(desk.folder.data.rglob("*"))
    assert 1 == len(desk.corpus.log())


def test_a_bad_file_among_good_ones_is_refused_alone(desk: Desk) -> None:
    files = (desk.file("a.txt", ""), desk.file("b.txt", TIDES), desk.file("b.txt", "Other."))
    change = desk.corpus.apply(Add(files))
    assert ["b"] == [step.id for step in change.steps]
    assert ["a.txt", "b.txt"] == [name for name, _ in change.refused]
    assert change == desk.corpus.log()[0]


@pytest.mark.parametrize(
    "name", ["../../etc/x.txt", "/etc/x.txt", "a\nb\u202e.txt", "..\\x.txt", "é" * 400 + ".txt"]
)
def test_a_name_is_for_display_and_leads_nowhere(name: str, desk: Desk) -> None:
    desk.add(name)
    outside = [path for path in desk.folder.top.rglob("*.txt") if desk.folder.data not in path.parents]
    assert [desk.folder.seeds / "pier.txt"] == outside
    shown = desk.corpus.documents()[0].name
    assert shown.isprintable()
    assert len(shown) <= 200
    assert "The tide rose in the harbour." in desk.texts("tide")


def test_what_was_left_out_in_reading_is_said_under_the_files_own_name(desk: Desk) -> None:
    change = desk.corpus.apply(Add((desk.file("a.md", f"---\ntitle: A\ndate: soon\n---\n{TIDES}"),)))
    assert [("a.md: date 'soon' is no date; write date = \"2023-01-24\"",)] == [
        step.faults for step in change.steps
    ]


# --- removing, having back, undoing


def test_a_removed_document_is_not_found_and_can_be_had_back(desk: Desk) -> None:
    desk.add("tides.txt")
    desk.remove("tides", "pier")
    assert ([], ["pier", "tides"]) == (desk.held, desk.removed)
    with pytest.raises(EmptyCorpusError, match="there is no document; "):
        desk.folder.open()
    desk.corpus.apply(Restore(("pier",)))
    assert {"The pier was closed in May."} == desk.texts("pier tide")
    desk.corpus.apply(Restore(("tides",)))
    assert ["pier pier.txt given", "tides tides.txt uploaded"] == desk.held
    assert (desk.folder.seeds / "pier.txt").exists()


LAST: list[Callable[[Desk], object]] = [lambda desk: desk.remove("tides"), lambda desk: desk.undo()]


@pytest.mark.parametrize("act", LAST, ids=["removed", "undone"])
def test_with_the_last_document_goes_the_last_quote(act: Callable[[Desk], object], desk: Desk) -> None:
    desk.folder.remove("pier.txt")
    desk.add("tides.txt")
    assert desk.texts("tide")
    act(desk)
    desk.folder.update()
    with Index.open(desk.folder.data) as index:
        assert ((), 0) == (index.search("tide").hits, index.stats().documents)


def test_a_given_document_that_was_removed_stays_so_when_its_file_changes(desk: Desk) -> None:
    desk.add("tides.txt")
    desk.remove("pier")
    desk.folder.write("pier.txt", "The pier has burnt down.")
    assert ["tides tides.txt uploaded"] == desk.held


UNKNOWN: list[tuple[Callable[[Desk], object], str]] = [
    (lambda desk: desk.remove("nobody"), "nobody: no document has this id; see quoth docs"),
    (
        lambda desk: desk.corpus.apply(Restore(("pier",))),
        "pier: nothing of this id was removed; see quoth docs",
    ),
    (lambda desk: desk.undo(), "undo: no change has been made yet; "),
]


@pytest.mark.parametrize(("act", "said"), UNKNOWN)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    act: Callable[[Desk], object], said: str, desk: Desk
) -> None:
    with pytest.raises(CorpusError) as raised:
        act(desk)
    assert str(raised.value).startswith(said)
    assert ((), ["pier pier.txt given"]) == (desk.corpus.log(), desk.held)


def test_one_unknown_id_among_several_removes_none(desk: Desk) -> None:
    with pytest.raises(CorpusError):
        desk.remove("pier", "nobody")
    assert ["pier pier.txt given"] == desk.held


def test_undo_twice_makes_the_change_again(desk: Desk) -> None:
    desk.add("tides.txt")
    desk.undo()
    assert ["pier pier.txt given"] == desk.held
    desk.undo()
    assert ["pier pier.txt given", "tides tides.txt uploaded"] == desk.held
    assert {"The tide rose in the harbour."} <= desk.texts("tide")


def test_what_is_asked_for_once_is_made_once_however_often_it_is_worked_on(desk: Desk) -> None:
    desk.add("a.txt")
    first = desk.corpus.apply(Undo(), by=9, request="9:77")
    assert first == desk.corpus.apply(Undo(), by=9, request="9:77")
    assert desk.held == ["pier pier.txt given"]
    assert ["add", "undo"] == [change.kind for change in desk.corpus.log()]
    desk.corpus.apply(Undo(), by=9, request="9:78")
    assert desk.held == ["a a.txt uploaded", "pier pier.txt given"]
    desk.undo()
    desk.undo()
    assert desk.held == ["a a.txt uploaded", "pier pier.txt given"]


def test_of_what_can_be_taken_back_no_more_the_log_keeps_who_did_what_and_no_more(desk: Desk) -> None:
    desk.add("a.txt")
    desk.add("a.txt", "Another text.")
    before = desk.corpus.log()
    desk.now += 8 * DAY
    desk.add("b.txt")
    after = desk.corpus.log()
    assert [(step.before, step.after) for change in after[:2] for step in change.steps] == [(None, None)] * 2
    for then, now in zip(before, after, strict=False):
        assert (then.kind, then.at, then.by) == (now.kind, now.at, now.by)
        assert [(s.id, s.name, s.outcome) for s in then.steps] == [
            (s.id, s.name, s.outcome) for s in now.steps
        ]
    assert desk.held == ["a a.txt uploaded", "b b.txt uploaded", "pier pier.txt given"]
    desk.undo()
    assert desk.held == ["a a.txt uploaded", "pier pier.txt given"]


def test_an_undo_of_a_change_that_is_no_longer_the_last_changes_nothing(desk: Desk) -> None:
    first = desk.corpus.apply(Add((desk.file("a.txt", "Tide a."),)))
    last = desk.corpus.apply(Add((desk.file("b.txt", "Tide b."),)))
    for number in (first.number, 0, 99):
        with pytest.raises(CorpusError, match="undo: this is no longer the last change; "):
            desk.corpus.apply(Undo(number))
    assert 3 == len(desk.held)
    desk.corpus.apply(Undo(last.number))
    assert ["a a.txt uploaded", "pier pier.txt given"] == desk.held
    with pytest.raises(CorpusError, match="no longer the last change"):
        desk.corpus.apply(Undo(last.number))


def test_every_change_is_kept_with_who_and_when(desk: Desk) -> None:
    desk.add("tides.txt")
    desk.now += 60
    desk.remove("pier")
    desk.now += 60
    desk.undo()
    start = desk.now - 120
    assert [
        (1, "add", start, 7, None, [("tides", "added")]),
        (2, "remove", start + 60, 8, None, [("pier", "removed")]),
        (3, "undo", start + 120, 9, 2, [("pier", "taken back")]),
    ] == [
        (c.number, c.kind, c.at, c.by, c.undone, [(step.id, step.outcome) for step in c.steps])
        for c in desk.corpus.log()
    ]


# --- the trash


def originals(desk: Desk) -> list[str]:
    return sorted(path.name for path in (desk.folder.data / "uploads").iterdir())


def test_the_trash_is_emptied_after_seven_days_and_what_serves_stays(desk: Desk) -> None:
    desk.add("a.txt", "Tide a.")
    desk.add("a.txt", "Tide b.")
    desk.add("gone.txt", "Tide c.")
    desk.remove("gone", "pier")
    desk.now += 7 * DAY - 1
    desk.corpus.prune()
    assert (["000001", "000002", "000003"], ["gone", "pier"]) == (originals(desk), desk.removed)
    desk.now += 1
    desk.corpus.prune()
    assert (["000002"], ["pier"]) == (originals(desk), desk.removed)
    assert {"Tide b."} == desk.texts("tide")
    with pytest.raises(CorpusError, match="the last change is more than 7 days old"):
        desk.undo()


def test_a_given_document_stays_hidden_when_its_replacement_leaves_the_trash(desk: Desk) -> None:
    desk.add("pier.txt", "The pier was opened.")
    desk.add("tides.txt")
    desk.remove("pier")
    desk.now += 8 * DAY
    desk.corpus.prune()
    assert (["tides tides.txt uploaded"], ["pier"]) == (desk.held, desk.removed)


def test_a_name_used_again_has_its_id_and_a_number_of_its_own(desk: Desk) -> None:
    desk.add("a.txt", "Tide a.")
    desk.remove("a")
    desk.now += 8 * DAY
    desk.corpus.prune()
    assert "a: added" == desk.add("a.txt", "Tide b.")
    assert "a-2: added" == desk.add("deep/a.txt", "Tide c.")
    assert ["000002", "000003"] == originals(desk)


def test_what_a_killed_process_left_is_cleared_and_its_number_used(desk: Desk) -> None:
    for name in (".000001.new", "000001"):
        (desk.folder.data / "uploads" / name).mkdir(parents=True)
        (desk.folder.data / "uploads" / name / "original.txt").write_text("half")
    desk.add("a.txt")
    assert ["000001"] == originals(desk)
    assert [] == list(desk.corpus.verify())


# --- damage


@pytest.mark.parametrize("name", ["corpus.json", "corpus.json.copy"])
def test_one_damaged_catalogue_of_the_two_costs_nothing(name: str, desk: Desk) -> None:
    desk.add("tides.txt")
    path = desk.folder.data / name
    path.write_bytes(path.read_bytes()[:-1])
    assert ["pier pier.txt given", "tides tides.txt uploaded"] == desk.held
    desk.remove("pier")
    assert Catalogue.load(desk.folder.data) == Catalogue.load(desk.folder.data)
    assert 2 == len(desk.corpus.log())


def test_a_catalogue_damaged_twice_is_said_while_the_index_answers(desk: Desk) -> None:
    desk.add("tides.txt")
    desk.folder.update()
    for name in ("corpus.json", "corpus.json.copy"):
        (desk.folder.data / name).write_bytes(b"")
    with pytest.raises(DamagedError, match="restore a backup"):
        desk.corpus.documents()
    assert "The tide rose in the harbour." in desk.texts("tide")
    assert any("answering from the index as it was" in line for line in desk.folder.notices)


def test_a_damaged_upload_is_named_and_never_quoted(desk: Desk) -> None:
    desk.add("tides.txt")
    path = desk.folder.data / "uploads" / "000001" / "original.txt"
    path.write_text(TIDES.replace("rose", "fell"))
    assert ["tides.txt"] == [error.place for error in desk.corpus.verify()]
    assert not any("fell" in text for text in desk.texts("tide"))
    assert any("the file that was sent in is damaged" in line for line in desk.folder.notices)


@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_a_lost_record_of_ids_gives_no_id_twice(content: bytes | None, desk: Desk) -> None:
    desk.folder.write("b/x.txt", "Tide b.")
    desk.folder.update()
    desk.folder.write("a/x.txt", "Tide a.")
    path = desk.folder.data / "ids.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert "x-3: added" == desk.add("c/x.txt")
    assert {"b/x.txt": "x", "a/x.txt": "x-2"}.items() <= {
        d.name: d.id for d in desk.corpus.documents()
    }.items()


# --- any changes


NAMES = st.sampled_from(["pier.txt", "a.txt", "b.txt"])
TEXTS = st.sampled_from(["Tide one.", "Tide two.", "Tide three."])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), NAMES, TEXTS),
        st.tuples(st.just("remove"), NAMES, st.none()),
        st.tuples(st.just("restore"), NAMES, st.none()),
        st.tuples(st.just("undo"), st.none(), st.none()),
    ),
    max_size=12,
)


@settings(ON_DISK, max_examples=40)
@given(STEPS)
def test_any_changes_give_what_a_table_of_texts_gives(
    steps: list[tuple[str, str | None, str | None]],
) -> None:
    """The table: name -> text, with a stack of itself before each change."""
    with Folder({"pier.txt": "Tide given.", "z.txt": "Tide kept."}) as folder:
        desk = Desk(folder)
        table: dict[str, str] = {"pier.txt": "Tide given.", "z.txt": "Tide kept."}
        trash: dict[str, str] = {}
        before = None
        for act, name, text in steps:
            now = (dict(table), dict(trash))
            if act == "add" and name and text and table.get(name) != text:
                desk.add(name, text)
                table[name] = text
                trash.pop(name, None)
            elif act == "remove" and name in table:
                desk.remove(Path(name).stem)
                trash[name] = table.pop(name)
            elif act == "restore" and name in trash:
                desk.corpus.apply(Restore((Path(name).stem,)))
                table[name] = trash.pop(name)
            elif act == "undo" and before is not None:
                desk.undo()
                table, trash = before
            else:
                continue
            before = now
        assert set(table.values()) == desk.texts("tide")
        assert sorted(table) == [each.name for each in desk.corpus.documents()]
        assert sorted(trash) == [each.name for each in desk.corpus.trash()]
        assert [] == list(desk.corpus.verify())


def test_a_catalogue_comes_back_as_it_was_saved(desk: Desk) -> None:
    desk.add("a.txt", title="A", date="2026-01")
    desk.remove("pier")
    saved = Catalogue.load(desk.folder.data)
    replace(saved).save(desk.folder.data)
    assert saved == Catalogue.load(desk.folder.data)
