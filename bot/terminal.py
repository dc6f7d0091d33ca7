"""An answer as a terminal shows it.

What documents and questions hold is shown, never obeyed: control and bidi characters are taken out of what is
displayed, and rich's markup is not read. On a terminal, lines are wrapped; in a pipe each stays one line.

What is shown is decided in answer.py and chat.py; nothing here searches.
"""

import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.text import Text

from bot.answer import Answer, Outcome, antecedents, said_by, searchable, unmentioned
from bot.citation import Find, named, noted, place
from bot.texts import en
from index.model import Citation, Hit, Reference, Sentence, Span

if TYPE_CHECKING:
    from bot.findings import Note
    from index.verdicts import Verification

__all__ = ["answered", "citation_text", "passage", "quoted", "receipt", "verified", "visible", "write"]

WIDEST = 100
"""Columns; longer lines are hard to read, however wide the window."""

INDENT = "  "

_BREAKS = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_ACTING = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""C0 and C1 controls, and what turns the direction of the text around it (Unicode's annex 9)."""


def visible(text: str) -> str:
    """The text without what would act on a terminal; a line break becomes a space."""
    return _ACTING.sub("", _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", _BREAKS.sub(" ", text)))


def write(lines: Iterable[Text], stream: TextIO | None = None) -> None:
    """Print lines to ``stream`` (default: standard output), wrapped with an indent on a terminal."""
    console = Console(file=stream or sys.stdout, highlight=False, markup=False, emoji=False)
    for line in lines:
        console.print(_wrapped(line, console) if console.is_terminal else line, soft_wrap=True)


def _wrapped(line: Text, console: Console) -> Text:
    lines = line.wrap(console, max(min(console.width, WIDEST) - len(INDENT), 20))
    for part in lines:
        part.rstrip()
    return Text("\n" + INDENT).join(lines)


def answered(answer: Answer, find: Find, limit: int | None = None) -> list[Text]:
    """The lines of an answer; with ``limit``, up to so many quotes instead of those of the answer alone."""
    if answer.outcome is Outcome.NONE:
        none = en.nothing_found(answer.within) if searchable(answer.question) else en.NOTHING_TO_SEARCH
        return [Text(visible(none)), *_remarks(answer)]
    lines = [Text(en.CLOSEST, "italic")] if answer.outcome is Outcome.CLOSEST else []
    for number, hit in enumerate(answer.hits[:limit] if limit else answer.shown):
        lines += [Text(""), *quoted(hit, find)] if number else quoted(hit, find)
    return lines + _remarks(answer)


def _remarks(answer: Answer) -> list[Text]:
    remarks = []
    if missing := unmentioned(answer):
        remarks.append(en.does_not_mention(missing))
    if answer.corrected:
        none = answer.outcome is Outcome.NONE
        remarks.append(en.searched(answer.corrected) if none else en.corrected(answer.corrected))
    if answer.undated_left_out:
        remarks.append(en.undated(answer.undated_left_out))
    remarks += en.remarks(answer.within)
    if answer.suggestion and answer.outcome is Outcome.NONE:
        remarks.append(en.did_you_mean(answer.suggestion))
    return [Text(visible(remark), "dim") for remark in remarks]


def quoted(hit: Hit, find: Find) -> list[Text]:
    """A hit: the quote with its matches bold, who its pronouns are, who says it, the citation, the id."""
    sentence = hit.sentence
    citation = Text("📄 ").append(citation_text(sentence.citation))
    return [
        _quote(sentence.text, hit.highlights),
        *_notes(sentence, hit.refers_to, hit.speaker, find),
        citation.append(f" · {visible(sentence.id)}", "dim"),
    ]


def _quote(text: str, highlights: Sequence[Span] = ()) -> Text:
    line, position = Text("❝ "), 0
    for span in highlights:
        line.append(visible(text[position : span.start])).append(visible(text[span.start : span.end]), "bold")
        position = span.end
    return line.append(visible(text[position:])).append(" ❞")


def _notes(
    sentence: Sentence, references: Sequence[Reference], speaker: str | None, find: Find
) -> list[Text]:
    notes = antecedents(sentence, references, find)
    said = said_by(speaker, sentence.text, notes)
    lines = [Text(visible(noted(sentence, note))) for note in notes]
    return [*lines, Text(visible(en.said_by(said)))] if said else lines


def citation_text(citation: Citation) -> str:
    """The document, and the place in it."""
    return visible(f"{named(citation)} · {place(citation)}")


def receipt(
    sentence: Sentence, references: Sequence[Reference], find: Find, speaker: str | None = None
) -> list[Text]:
    """The quote and everything that is known of where it stands."""
    citation = sentence.citation
    values = {
        "id": sentence.id,
        "title": citation.title,
        "source": citation.source,
        "date": citation.date,
        "url": citation.url,
        "file": citation.file,
        "place": place(citation),
        "span": en.span(citation.start, citation.end),
    }
    rows = [
        Text(f"{en.RECEIPT_LABELS[key]:<12}", "dim").append(visible(value))
        for key, value in values.items()
        if value
    ]
    return [_quote(sentence.text), *_notes(sentence, references, speaker, find), *rows]


def passage(before: Sequence[Sentence], sentence: Sentence, after: Sequence[Sentence]) -> list[Text]:
    """A quote among its neighbours, one line a paragraph; the quote itself is bold."""
    lines: list[Text] = []
    paragraph = None
    for each in (*before, sentence, *after):
        if each.citation.paragraph != paragraph:
            lines.append(Text("" if lines else "❝ "))
        else:
            lines[-1].append(" ")
        lines[-1].append(visible(each.text), "bold" if each.id == sentence.id else "")
        paragraph = each.citation.paragraph
    lines[-1].append(" ❞")
    return lines


_STYLES = {"bold": "bold", "struck": "strike", "quiet": "italic"}


def verified(found: "Verification") -> list[Text]:
    """The lines of a verification: bold what the source has otherwise, struck what it lacks."""
    from bot.findings import blocks, remark  # noqa: PLC0415 - a question needs none of it

    lines: list[Text] = []
    for block in blocks(found):
        lines += [Text("")] if lines else []
        lines += map(_line, block.head)
        if block.source is not None:
            lines += [_quote(block.source.text, block.marks), *map(_line, block.foot)]
            lines += [_cited(sentence) for sentence in block.source.cited]
    said = remark(found)
    return [*lines, Text(said, "dim")] if said else lines


def _line(note: "Note") -> Text:
    line = Text()
    for look in note:
        line.append(visible(look.text), _STYLES.get(look.style, ""))
    return line


def _cited(sentence: Sentence) -> Text:
    return Text(f"📄 {citation_text(sentence.citation)}").append(f" · {visible(sentence.id)}", "dim")
