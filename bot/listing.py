"""What an admin is shown: a preview of what was sent, the documents, the changes.

Names and titles are cleaned for display here. A list that does not fit into one message says how much more
there is.

Nothing here reads the corpus or the index, or sends.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from bot.access import Applicant, Mode, Standing
from bot.audit import Deed
from bot.buttons import AdminPress, Button, Decide, Guests, Leaf, TakeBack
from bot.entities import Text, units, visible
from bot.render import Message
from bot.texts import admin as texts
from bot.texts import en
from index.build import Report
from index.catalogue import KEPT_DAYS, Change, Step
from index.changes import Listed
from index.errors import QuothError
from index.model import Sentence
from index.readers.formats import kind
from index.search import Index

__all__ = [
    "PAGE",
    "SHOWN",
    "Facts",
    "audit",
    "described",
    "documents",
    "facts",
    "fault",
    "guests",
    "leafing",
    "preview",
    "reloaded",
    "request",
    "shown_name",
    "size_of",
    "trash",
]

PAGE = 10
"""Documents a page, and changes shown."""

ROOM = 3500
"""UTF-16 units of a list; what went wrong after it may follow, in some 500."""

SHOWN = 20
"""Documents of a change that are described."""

QUOTED = 3
"""New documents whose first sentence is shown."""

LONGEST_QUOTE = 900
"""UTF-16 units of a first sentence: a longer one is left out, for a quote is never cut."""

NAME_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Facts:
    """What the index knows of a document. ``pages`` is None where it has none."""

    title: str
    words: int
    sentences: int
    pages: int | None
    first: Sentence | None


def facts(index: Index, document_id: str) -> Facts | None:
    """The facts about a document, None where the index does not hold it."""
    document, outline = index.document(document_id), index.outline(document_id)
    if document is None:
        return None
    words = len(document.text[document.body :].split())
    if outline is None:
        return Facts(document.metadata.title or "", words, 0, None, None)
    sentences, first, last = outline
    return Facts(first.citation.title, words, sentences, last.citation.page, first)


def shown_name(name: str) -> str:
    """A document's name as it can be shown."""
    return visible(name, NAME_LIMIT)


def fault(error: QuothError) -> str:
    """An error as a line: where, what, and what to do."""
    return texts.refused(shown_name(error.place), visible(f"{error.fault}; {error.remedy}", 300))


def preview(
    change: Change, known: Mapping[str, Facts | None], faults: Sequence[str] = (), said: str = ""
) -> Message:
    """What an upload came to, with a button that takes it back; ``said`` is what went wrong after it."""
    refused = [texts.refused(shown_name(name), visible(why, 300)) for name, why in change.refused]
    text, room = Text(), ROOM // 2 if refused else ROOM
    if len(change.steps) > QUOTED:
        counts = Counter(step.outcome for step in change.steps)
        text.line(texts.totals(counts))
    for number, step in enumerate(change.steps):
        block = _block(step, known.get(step.id), quoted=number < QUOTED)
        if number == SHOWN or (number and text.units + block.units > room):
            text.line(texts.more(len(change.steps) - number))
            break
        text.extend(block)
    _listed(text, [*refused, *faults])
    text.line(said)
    rows = ((Button(texts.UNDO, data=str(TakeBack(change.number))),),) if change.number else ()
    return Message(text.text, text.entities, rows)


def _block(step: Step, known: Facts | None, *, quoted: bool) -> Text:
    """A document of a change: what came of it, its measures, its first sentence."""
    title = visible(known.title, NAME_LIMIT) if known else ""
    name = shown_name(step.name)
    text = Text().add(f"{texts.outcome(step.outcome)} ").add(title or name, "bold")
    own = name if title and title != name else ""
    text.line(" · ".join(filter(None, (own, kind(PurePath(step.name).suffix.lower()), *_measures(known)))))
    first = known.first if known and step.outcome != "unchanged" else None
    if quoted and first and units(first.text) <= LONGEST_QUOTE:
        text.quote(first.text)
    if known and not known.sentences:
        text.line(texts.NO_SENTENCE)
    if step.same_text:
        text.line(texts.same_text(", ".join(shown_name(each) for each in step.same_text[:3])))
    for each in step.faults[:3]:
        text.line(texts.left_out(visible(each, 300)))
    return text


def _measures(known: Facts | None) -> list[str]:
    if known is None:
        return []
    pages = [en.counted(known.pages, "page")] if known.pages else []
    return [*pages, en.counted(known.words, "word"), en.counted(known.sentences, "sentence")]


def described(change: Change, said: str = "") -> Message:
    """What a change without new documents came to: removed, restored, taken back."""
    text = Text()
    if change.undone:
        text.line(texts.undone(change.undone))
    _listed(text, (f"{texts.outcome(step.outcome)} {shown_name(step.name)}" for step in change.steps))
    return Message(text.line(said).text)


def documents(listed: Sequence[Listed], page: int, viewer: int) -> Message:
    """A page (from 0; the last where there are fewer) of the documents, with buttons to its neighbours."""
    if not listed:
        return Message(texts.NO_DOCUMENTS)
    pages = (len(listed) + PAGE - 1) // PAGE
    page = min(page, pages - 1)
    text = Text().add(texts.page(page + 1, pages, en.counted(len(listed), "document")), "bold")
    start = page * PAGE
    _listed(text, _numbered(listed[start : start + PAGE], start + 1, viewer))
    return Message(text.text, text.entities, leafing(page, pages, Leaf))


def leafing(page: int, pages: int, to: Callable[[int], AdminPress]) -> tuple[tuple[Button, ...], ...]:
    """The row of buttons to the neighbours of a page (from 0) of so many, if it has any."""
    back = [Button(texts.PREVIOUS, data=str(to(page - 1)))] if page else []
    forth = [Button(texts.NEXT, data=str(to(page + 1)))] if page + 1 < pages else []
    return ((*back, *forth),) if back or forth else ()


def request(applicant: Applicant) -> Message:
    """A request to be let in, with the buttons that decide it, and what was decided."""
    text = Text().add(texts.WANTS_IN, "bold").line(_applicant(applicant))
    approve = Button(texts.APPROVE, data=str(Decide(applicant.number, let_in=True)))
    refuse = Button(texts.REFUSE, data=str(Decide(applicant.number, let_in=False)))
    row = {
        Standing.ASKED: (approve, refuse),
        Standing.APPROVED: (Button(texts.REVOKE, data=refuse.data),),
        Standing.REFUSED: (approve,),
    }[applicant.standing]
    return Message(text.text, text.entities, (row,))


def guests(applicants: Sequence[Applicant], page: int, mode: Mode) -> Message:
    """A page (from 0; the last where there are fewer) of those who asked, those that wait first."""
    text = Text().add(texts.access(mode.value))
    if not applicants:
        return Message(text.line(texts.NOBODY_ASKED).text)
    pages = (len(applicants) + PAGE - 1) // PAGE
    page = min(page, pages - 1)
    rows: list[tuple[Button, ...]] = []
    for number, each in enumerate(applicants[page * PAGE : (page + 1) * PAGE], page * PAGE + 1):
        text.line(f"{number}. {_applicant(each)}")
        buttons = []
        if each.standing is not Standing.APPROVED:
            buttons.append(Button(f"✓ {number}", data=str(Decide(each.number, let_in=True, page=page))))
        if each.standing is not Standing.REFUSED:
            buttons.append(Button(f"✗ {number}", data=str(Decide(each.number, let_in=False, page=page))))
        rows.append(tuple(buttons))
    return Message(text.text, text.entities, (*rows, *leafing(page, pages, Guests)))


def _applicant(applicant: Applicant) -> str:
    name = visible(applicant.name, NAME_LIMIT) or texts.UNNAMED
    day = applicant.at.date().isoformat()
    return f"{name} · {applicant.number} · {texts.standing(applicant.standing.value)} {day}"


def trash(listed: Sequence[Listed], viewer: int) -> Message:
    """What can be had back."""
    if not listed:
        return Message(texts.NOTHING_REMOVED)
    text = Text().add(texts.trash_head(KEPT_DAYS))
    return Message(_listed(text, _numbered(listed, 1, viewer)).text)


def _numbered(listed: Sequence[Listed], first: int, viewer: int) -> list[str]:
    return [f"{number}. {_line(each, viewer)}" for number, each in enumerate(listed, first)]


def _line(each: Listed, viewer: int) -> str:
    who = texts.GIVEN if each.origin == "given" and each.by is None else _person(each.by, viewer)
    return " · ".join([shown_name(each.name), size_of(each.size), _day(each.at), who])


def audit(changes: Sequence[Change], deeds: Sequence[Deed], viewer: int) -> Message:
    """The last changes and what else was done, the newest first."""
    lines = [
        *((change.at, _logged(change, viewer)) for change in changes[-PAGE:]),
        *((deed.at.replace(tzinfo=datetime.UTC).timestamp(), _done(deed, viewer)) for deed in deeds),
    ]
    if not lines:
        return Message(texts.NOTHING_LOGGED)
    return Message(_listed(Text(), (line for _, line in sorted(lines, reverse=True)[:PAGE])).text)


def _done(deed: Deed, viewer: int) -> str:
    said = deed.details.get("question") or deed.details.get("name") or ""
    about = visible(str(said), NAME_LIMIT)
    at = deed.at.replace(tzinfo=datetime.UTC).timestamp()
    return f"{_moment(at)} · {_person(deed.who, viewer)} · {texts.deed(deed.what)} {about}"


def _logged(change: Change, viewer: int) -> str:
    steps = [f"{texts.outcome(step.outcome).lower()} {shown_name(step.name)}" for step in change.steps[:3]]
    more = [texts.more(len(change.steps) - 3)] if len(change.steps) > 3 else []
    what = ", ".join([*steps, *more])
    return f"{change.number}. {_moment(change.at)} · {_person(change.by, viewer)} · {what}"


def reloaded(report: Report) -> Message:
    """What a reload found, and why files were left out."""
    counts = [
        *((len(names), what) for names, what in _groups(report)),
        (report.unchanged, "unchanged"),
    ]
    parts = ", ".join(f"{number:,} {what}" for number, what in counts if number) or texts.ZERO_CHANGES
    text = Text().add(texts.reloaded(parts, report.seconds))
    lines = [f"{what}: {shown_name(name)}" for names, what in _groups(report) for name in names]
    _listed(text, [*lines, *(texts.left_out(visible(why, 300)) for _, why in report.skipped)])
    return Message(text.text, text.entities)


def _groups(report: Report) -> tuple[tuple[Sequence[str], str], ...]:
    return (report.added, "added"), (report.changed, "changed"), (report.removed, "removed")


def _listed(text: Text, lines: Iterable[str]) -> Text:
    """The lines, as many as there is room for."""
    lines = list(lines)
    for number, line in enumerate(lines):
        if text.units + units(line) > ROOM:
            return text.line(texts.more(len(lines) - number))
        text.line(line)
    return text


def _person(number: int | None, viewer: int) -> str:
    if number is None:
        return texts.COMMAND_LINE
    return texts.YOU if number == viewer else str(number)


def size_of(size: int) -> str:
    """A size in bytes, roughly."""
    for unit, each in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= each:
            return f"{size / each:.1f} {unit}"
    return f"{size} bytes"


def _day(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).date().isoformat()


def _moment(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
