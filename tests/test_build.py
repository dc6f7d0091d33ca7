"""Bringing an index up to date: what is read again, and that nobody can tell it from one built afresh."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ON_DISK, Folder
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import MOST_SEGMENTS, build_sentences, open_corpus, update
from index.corpus import read_document
from index.errors import EmptyCorpusError, StoreError
from index.model import Document, Hit, Kind, Paragraph, SentenceSpan
from index.rank import WEIGHTS
from index.search import Index
from index.store import Store

Calls = list[tuple[int, int, int]]


def progress_of(folder: Folder) -> tuple[object, Calls]:
    calls: Calls = []
    report = update(folder.seeds, folder.data, progress=lambda *call: calls.append(call))
    return report, calls


def segment_count(folder: Folder) -> int:
    generation = Store(folder.data).open()
    assert generation is not None
    generation.close()
    return len(generation.segments)


# --- what is read


def test_each_file_is_told_as_it_is_read_and_an_unchanged_one_is_not_read_again(folder: Folder) -> None:
    sizes = [len(folder.write(f"{name}.txt", f"Zud {name}. Rok.").read_bytes()) for name in "abc"]
    _, calls = progress_of(folder)
    assert [(sizes[0] * n, sum(sizes), 2 * n) for n in (1, 2, 3)] == calls
    _, calls = progress_of(folder)
    assert [] == calls
    folder.write("b.txt", "Nar.")
    _, calls = progress_of(folder)
    assert [(4, 4, 1)] == calls


def test_a_touched_file_is_unchanged_and_a_changed_one_of_equal_size_is_not(folder: Folder) -> None:
    folder.write("a.txt", "Zud rok.")
    folder.write("b.txt", "Zud nar.")
    folder.update()
    folder.write("a.txt", "Zud rok.")
    folder.write("b.txt", "Zud vek.")
    report = folder.update()
    assert ((), ("b.txt",), (), 1) == (report.added, report.changed, report.removed, report.unchanged)


def test_a_change_within_one_tick_of_the_clock_is_seen(folder: Folder) -> None:
    """Same size, same inode, same time stamp: no stamp so fresh can be trusted."""
    path = folder.write("a.txt", "Zud rok.")
    now = time.time_ns()
    os.utime(path, ns=(now, now))
    folder.update()
    with path.open("r+b") as file:
        file.write(b"Bok")
    os.utime(path, ns=(now, now))
    with folder.open() as index:
        assert ["Bok rok."] == [hit.sentence.text for hit in index.search("rok").hits]


def test_a_file_from_the_future_does_not_make_every_question_write(folder: Folder) -> None:
    path = folder.write("a.txt", "Zud rok.")
    os.utime(path, (time.time() + 9_999,) * 2)
    numbers = []
    for _ in range(3):
        with folder.open() as index:
            numbers.append(index.stats().generation)
    assert [1, 1, 1] == numbers


def test_an_index_up_to_date_is_opened_and_not_written(folder: Folder) -> None:
    folder.write("a.txt", "Zud rok.")
    folder.open().close()
    before = {path: path.stat().st_mtime_ns for path in folder.data.rglob("*")}
    folder.open().close()
    assert before == {path: path.stat().st_mtime_ns for path in folder.data.rglob("*")}


def test_a_report_names_what_was_done(folder: Folder) -> None:
    for name in "abcefg":
        folder.write(f"{name}.txt", f"Zud {name}.")
    folder.update()
    folder.write("b.txt", "Rok. Rok bok.")
    folder.write("d.txt", "Nar.")
    folder.write("empty.txt", "")
    folder.remove("c.txt")
    report = folder.update()
    assert (("d.txt",), ("b.txt",), ("c.txt",), 4) == (
        report.added,
        report.changed,
        report.removed,
        report.unchanged,
    )
    assert (2, 3) == (report.generation, report.sentences)
    assert [("empty.txt", f"{folder.seeds}/empty.txt: holds no text; fill it or remove it")] == list(
        report.skipped
    )
    assert 0 < report.seconds < 20


# --- files that cannot be used


def test_a_bad_file_costs_only_itself_and_is_told_once(folder: Folder) -> None:
    folder.write("good.txt", "Zud rok.")
    folder.write("empty.txt", "")
    folder.write("binary.txt", b"\x7fELF\0\0")
    (folder.seeds / "dangling.txt").symlink_to("nowhere")
    with folder.open() as index:
        assert {"binary.txt", "dangling.txt", "empty.txt"} == {name for name, _ in index.skipped}
        assert 1 == index.stats().documents
    assert 3 == len(folder.notices)
    folder.open().close()
    folder.update()
    assert 3 == len(folder.notices)


def test_a_file_that_was_mended_is_read_and_one_that_broke_is_dropped(folder: Folder) -> None:
    folder.write("a.txt", "Zud rok.")
    folder.write("b.txt", "")
    folder.update()
    folder.write("b.txt", "Zud nar.")
    folder.write("a.txt", b"\0")
    with folder.open() as index:
        assert ["Zud nar."] == [hit.sentence.text for hit in index.search("zud").hits]
        assert ["a.txt"] == [name for name, _ in index.skipped]


def test_a_broken_sidecar_is_told_and_its_document_serves(folder: Folder) -> None:
    folder.write("a.txt", "Zud rok.")
    folder.write("a.toml", "title = ")
    with folder.open() as index:
        assert ["a.txt"] == [name for name, _ in index.skipped]
        assert "Zud rok." == index.search("zud").hits[0].sentence.text
    folder.write("a.toml", 'title = "Zuds"')
    with folder.open() as index:
        assert () == index.skipped
        assert "Zuds" == index.search("zud").hits[0].sentence.citation.title


def test_a_change_beside_a_sidecar_that_cannot_be_read_is_seen(folder: Folder) -> None:
    folder.write("a.txt", "Zud rok.")
    (folder.seeds / "a.toml").symlink_to("nowhere")
    folder.update()
    folder.write("a.txt", "Zud nar vek.")
    with folder.open() as index:
        assert ["Zud nar vek."] == [hit.sentence.text for hit in index.search("zud").hits]


def test_a_change_within_that_tick_is_seen_however_long_reading_took(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, now = folder.write("a.txt", "Zud rok."), time.time_ns()
    os.utime(path, ns=(now, now))

    def read_and_change(*given: Any) -> Any:
        found = read_document(*given)
        with path.open("r+b") as file:
            file.write(b"Bok")
        os.utime(path, ns=(now, now))
        time.sleep(0.15)
        return found

    with monkeypatch.context() as patched:
        patched.setattr("index.build.read_document", read_and_change)
        folder.update()
    with folder.open() as index:
        assert ["Bok rok."] == [hit.sentence.text for hit in index.search("rok").hits]


USELESS = [
    # files, what is said
    ({"a.txt": ""}, "no document can be used ("),
    ({"a.md": "***\n"}, "no document holds a sentence"),
    ({"a.md": "# Zud\n"}, "no document holds a sentence"),
]


@pytest.mark.parametrize(("files", "fault"), USELESS)
def test_a_folder_without_a_sentence_is_a_fault_in_words(files: dict[str, str], fault: str) -> None:
    with Folder(files) as folder, pytest.raises(EmptyCorpusError) as raised:
        folder.open()
    assert fault in raised.value.fault


VANISHED: list[tuple[Callable[[Folder], object], str]] = [
    # what happens to the folder of one document, what is said
    (lambda folder: folder.remove("a.txt"), "there is no document; put one there, add one (quoth add FILE)"),
    (lambda folder: folder.write("a.txt", ""), "no document can be used ("),
    (
        lambda folder: (folder.write("b.md", "# Bok\n"), folder.remove("a.txt")),
        "no document holds a sentence",
    ),
]


@pytest.mark.parametrize(("happens", "said"), VANISHED)
def test_a_folder_that_suddenly_holds_nothing_does_not_cost_the_index(
    happens: Callable[[Folder], object], said: str, folder: Folder
) -> None:
    """It may not be mounted."""
    folder.write("a.txt", "Zud rok.")
    folder.update()
    happens(folder)
    with pytest.raises(EmptyCorpusError) as raised:
        folder.update()
    assert said in str(raised.value)
    with Index.open(folder.data) as index:
        assert ["Zud rok."] == [hit.sentence.text for hit in index.search("zud").hits]


def test_an_index_of_no_document_is_an_index(folder: Folder) -> None:
    folder.data.mkdir()
    assert 1 == folder.update().generation
    assert 1 == folder.update().generation
    with Index.open(folder.data) as index:
        index.verify()
        assert (0, 0, {}) == (index.stats().documents, index.stats().sentences, index.stats().languages)
        assert ((), None, []) == (
            index.search("who is zud?").hits,
            index.sentence("aaaaaaaaaaaa"),
            list(index.people()),
        )
    folder.write("a.txt", "Zud rok.")
    with folder.open() as index:
        assert ["Zud rok."] == [hit.sentence.text for hit in index.search("zud").hits]


def test_a_document_without_rows_is_no_obstacle(folder: Folder) -> None:
    folder.write("a.txt", "Zud rok.")
    folder.update()
    folder.write("b.md", "***\n")
    report = folder.update()
    assert (("b.md",), 0) == (report.added, report.sentences)


def test_the_title_of_a_document_without_rows_is_not_the_next_ones(folder: Folder) -> None:
    folder.write("a.md", "---\ntitle: Vek\n---\n***\n")
    folder.write("b.txt", "Zud rok.")
    folder.write("c.txt", "Vek rok.")
    folder.update()
    with folder.open() as index:
        _, features = index.candidates("vek zud")
    assert not features[:, list(WEIGHTS).index("titled")].any()


def test_a_record_of_ids_that_is_a_folder_is_a_fault_in_words(folder: Folder) -> None:
    folder.write("a.txt", "Zud rok.")
    (folder.data / "ids.json").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"ids\.json: is a directory; "):
        folder.update()


# --- incremental equals fresh

TEXTS = st.lists(
    st.sampled_from(
        ["Zud rok tide.", "Nar zud vek bok.", "Tide tide nar.", "Bok.", "Vek rok zud nar tide bok."]
    ),
    min_size=1,
    max_size=4,
).map(" ".join)
NAMES = st.sampled_from([f"{name}.txt" for name in "abcd"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), NAMES, TEXTS),
        st.tuples(st.just("remove"), NAMES, st.none()),
        st.tuples(st.just("update"), st.none(), st.none()),
    ),
    min_size=4,
    max_size=14,
)
QUESTIONS = ["zud", "tide nar", "rok vek bok", "nowhere", "nar tide zud rok"]


def comparable(hits: tuple[Hit, ...]) -> list[tuple[object, ...]]:
    """A hit without its row, which may differ; scores to 9 places, since sums are made in another order."""
    return [
        (
            round(hit.score, 9),
            hit.sentence.id,
            hit.sentence.citation,
            hit.sentence.text,
            hit.highlights,
            hit.before,
            hit.after,
            hit.also_in,
            round(hit.evidence.coverage, 9),
            hit.evidence.missing,
            hit.evidence.name_unheard,
        )
        for hit in hits
    ]


def answers(index: Index, questions: list[str]) -> list[object]:
    return [comparable(index.search(question).hits) for question in questions]


def assert_like_fresh(folder: Folder, questions: list[str]) -> None:
    with folder.open() as index, open_corpus(folder.seeds, folder.top / "fresh") as fresh:
        assert answers(fresh, questions) == answers(index, questions)
        old, new = index.stats(), fresh.stats()
        assert (new.documents, new.sentences, new.tokens, new.languages) == (
            old.documents,
            old.sentences,
            old.tokens,
            old.languages,
        )
    shutil.rmtree(folder.top / "fresh")


@settings(ON_DISK, max_examples=15)
@given(STEPS)
def test_after_any_changes_the_index_answers_like_one_built_afresh(
    steps: list[tuple[str, str | None, str | None]],
) -> None:
    with Folder({"kept.txt": "Zud kept rok."}) as folder:
        for act, name, text in steps:
            if act == "write":
                folder.write(name or "", text or "")
            elif act == "remove":
                (folder.seeds / (name or "")).unlink(missing_ok=True)
            else:
                folder.update()
        assert_like_fresh(folder, QUESTIONS)


def test_what_a_removed_document_knew_is_forgotten(folder: Folder) -> None:
    """A word of a removed document is unknown again, and its language is gone."""
    folder.write(
        "a.txt", "The minister met the boats in the harbour, and they will stay there for the winter."
    )
    folder.write("k.txt", "The crew was saved, and the ship was towed to the port by the coast guard.")
    folder.write(
        "b.txt", "The minister met Zubrowka at the old mill, and that was all that he would say of it."
    )
    folder.write("c.txt", "Лодки стоят в порту, и они там останутся на всю зиму, потому что на море шторм.")
    folder.update()
    folder.remove("b.txt")
    folder.remove("c.txt")
    folder.write("d.txt", "The minister was not there, and the boats were not seen by any of them.")
    folder.write("e.txt", "The mill is old, and it was not for sale.")
    assert_like_fresh(folder, ["what did zubrowka say of boats?", "minister boats", "мельница boats"])


def test_more_equals_than_stage_one_keeps_are_cut_alike(folder: Folder) -> None:
    names = [f"{number:03d}.txt" for number in range(260)]
    for name in names[30:]:
        folder.write(name, f"Zud met x{name[:3]}.")
    folder.update()
    for name in names[:30]:
        folder.write(name, f"Zud met x{name[:3]}.")
    assert_like_fresh(folder, ["zud"])


def test_many_segments_collapse_into_one(folder: Folder) -> None:
    counts = []
    for number in range(MOST_SEGMENTS + 2):
        folder.write(f"{number}.txt", f"Zud rok {number}.")
        folder.update()
        counts.append(segment_count(folder))
    assert [*range(1, MOST_SEGMENTS + 1), 1, 2] == counts
    with folder.open() as index:
        assert MOST_SEGMENTS + 2 == len(index.search("zud", limit=99).hits) == index.stats().documents


def test_when_most_documents_are_dead_the_rest_move_together(folder: Folder) -> None:
    for number in range(5):
        folder.write(f"{number}.txt", f"Zud rok {number}.")
    folder.update()
    for number in range(3):
        folder.remove(f"{number}.txt")
    folder.update()
    generation = Store(folder.data).open()
    assert generation is not None
    generation.close()
    assert [()] == [entry.dead for entry in generation.manifest.segments]
    assert 2 == generation.live


def test_whether_a_document_lives_is_known_at_once_however_many_are_dead(folder: Folder) -> None:
    """An update asks it of each document: a walk through the dead each time would be quadratic."""
    for number in range(3_000):
        folder.write(f"{number}.txt", f"Zud {number}.")
    folder.update()
    for number in range(1_400):
        folder.remove(f"{number}.txt")
    folder.update()
    generation = Store(folder.data).open()
    assert generation is not None
    generation.close()
    began = time.process_time()
    live = sum(generation.is_live(0, document) for _ in range(100) for document in range(3_000))
    assert 160_000 == live
    assert time.process_time() - began < 1.0


# --- sentences that come already split


def split(document_id: str, *sentences: str) -> tuple[Document, tuple[Paragraph, ...]]:
    text, spans = "", []
    for sentence in sentences:
        spans.append(SentenceSpan(len(text), len(text) + len(sentence), Kind.SENTENCE))
        text += f"{sentence} "
    return Document(document_id, document_id, text), (Paragraph(0, len(text), tuple(spans)),)


def test_documents_that_come_split_stay_as_they_are(tmp_path: Path) -> None:
    build_sentences([split("a", "zud. rok", "nar"), split("b", "rok vek")], tmp_path)
    with Index.open(tmp_path) as index:
        hits = index.search("rok", limit=9).hits
        assert {("a", "zud. rok"), ("a", "nar"), ("b", "rok vek")} == {
            (h.sentence.citation.document, h.sentence.text) for h in hits
        }


def test_no_document_at_all_is_an_index_that_finds_nothing(tmp_path: Path) -> None:
    build_sentences([], tmp_path)
    with Index.open(tmp_path) as index:
        assert () == index.search("rok").hits
