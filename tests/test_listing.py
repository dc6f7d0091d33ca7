"""What an admin is shown fits into one message, whatever names and numbers it holds."""

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audit import MARKED_DONE, Deed
from bot.entities import units
from bot.listing import PAGE, Facts, audit, described, documents, fault, preview, reloaded, shown_name, trash
from bot.render import TEXT_LIMIT, Message
from bot.texts import admin as texts
from index.build import Report
from index.catalogue import Change, Step
from index.changes import Listed
from index.errors import StoreError
from index.model import Citation, Kind, Metadata, Sentence
from index.readers.formats import ARCHIVE, ENDINGS

ANN = 6_000_000_001
NAMES = st.lists(st.text(min_size=1, max_size=200), max_size=130)


def listed(name: str, by: int | None = ANN) -> Listed:
    return Listed(name, name, "uploaded" if by else "given", 1234, 1_700_000_000.0, by, Metadata())


def change(names: list[str], outcome: str = "added") -> Change:
    steps = tuple(Step(name, name, outcome, same_text=(name,), faults=(name * 9,)) for name in names)
    return Change(3, "add", 1_700_000_000.0, ANN, steps, refused=tuple((name, name * 9) for name in names))


def held(text: str) -> Facts:
    citation = Citation("a", "a.txt", text, None, None, None, 1, 1, 0, len(text))
    return Facts(text, 3, 1, 12, Sentence(0, "a" * 12, Kind.SENTENCE, text, citation))


def fits(message: Message) -> bool:
    placed = all(entity.offset + entity.length <= units(message.text) for entity in message.entities)
    return 0 < units(message.text) <= TEXT_LIMIT and len(message.entities) <= 100 and placed


@given(NAMES)
def test_every_list_fits_into_one_message(names: list[str]) -> None:
    several = [listed(name) for name in names]
    report = Report(1, tuple(names), tuple(names), (), tuple((name, name * 9) for name in names), 0, 0, 0.1)
    shown = [documents(several, 0, ANN), documents(several, 99, ANN), trash(several, ANN), reloaded(report)]
    shown.append(audit([change(names or ["a"])] * 30, [], ANN))
    if names:
        shown += [preview(change(names), {name: held(name) for name in names}), described(change(names))]
    assert all(map(fits, shown))


@pytest.mark.parametrize("number", [1, 2, 3, 5, 30])
@pytest.mark.parametrize("words", [20, 120, 175])
def test_a_preview_of_documents_with_many_faults_fits_with_what_went_wrong_after_it(
    number: int, words: int
) -> None:
    names = [f"{place} {'n' * 190}.md" for place in range(number)]
    faulty = Step("", "", "new version", same_text=("s" * 200,) * 3, faults=("f" * 400,) * 3)
    steps = tuple(replace(faulty, id=name, name=name) for name in names)
    wrong = texts.not_renewed(fault(StoreError("p" * 300, "f" * 300, "r" * 300)))
    facts = {name: held("word " * words) for name in names}
    assert fits(preview(replace(change([]), steps=steps), facts, (), wrong))


def test_what_does_not_fit_is_counted() -> None:
    assert described(change([f"{n} {'x' * 70}" for n in range(100)])).text.endswith("more")


def test_of_many_documents_the_preview_counts_all_and_names_what_was_refused() -> None:
    made = change([f"{n}.txt" for n in range(300)])
    made = replace(made, refused=(("z.zip/a.png", "is a picture; run OCR"),))
    lines = preview(made, {}).text.splitlines()
    assert "300 added" == lines[0]
    assert ["… and 289 more", "✗ z.zip/a.png is a picture; run OCR."] == lines[-2:]


def test_a_first_sentence_is_whole_or_not_shown() -> None:
    short, long = "The pier is made of oak.", f"The pier is {'very ' * 300}old."
    step = change(["a.txt"])
    assert short in preview(step, {"a.txt": held(short)}).text
    assert "very very" not in preview(step, {"a.txt": held(long)}).text.partition("\n")[2]


def test_pages_are_counted_where_there_are_any() -> None:
    assert " · 12 pages · 3 words · 1 sentence" in preview(change(["a.pdf"]), {"a.pdf": held("Oak.")}).text


@pytest.mark.parametrize("ending", [*ENDINGS, ARCHIVE])
def test_every_format_that_is_read_is_called_by_its_name(ending: str) -> None:
    second = preview(change([f"letter{ending.upper()}"]), {}).text.splitlines()[1]
    assert second in {"plain text", "Markdown", "HTML page", "PDF", "zip archive"} or second.split()[0] in {
        "Word",
        "OpenDocument",
        "EPUB",
    }


def test_a_page_beyond_the_last_is_the_last() -> None:
    several = [listed(f"{n:02}.txt") for n in range(2 * PAGE + 1)]
    last = documents(several, 999_999_999, ANN)
    assert last.text.splitlines()[1].startswith("21. 20.txt")
    assert [button.text for row in last.buttons for button in row] == [texts.PREVIOUS]
    assert documents([], 5, ANN).text == texts.NO_DOCUMENTS


def test_who_did_it_is_you_a_number_or_the_command_line() -> None:
    assert [documents([listed("a", by)], 0, ANN).text.rpartition(" · ")[2] for by in (ANN, 5, None)] == [
        texts.YOU,
        "5",
        texts.GIVEN,
    ]
    assert f" · {texts.COMMAND_LINE} · " in audit([Change(1, "remove", 0.0, None, ())], [], ANN).text


def test_changes_and_what_else_was_done_are_listed_by_their_time() -> None:
    moment = datetime.datetime(2026, 3, 1, 12, 0)
    deeds = [Deed(1, moment, ANN, MARKED_DONE, {"question": "who\nrang?"})]
    times = [(moment.replace(tzinfo=datetime.UTC) + datetime.timedelta(hours=n)).timestamp() for n in (-1, 1)]
    lines = audit([Change(n, "remove", at, 5, ()) for n, at in enumerate(times, 1)], deeds, ANN).text
    assert [line[:2] for line in lines.splitlines()] == ["2.", "20", "1."]
    assert f"2026-03-01 12:00 UTC · {texts.YOU} · marked done: who rang?" in lines


def test_a_name_acts_on_nothing_around_it() -> None:
    assert shown_name("a\u202e\u200b\nb.txt") == "a b.txt"
