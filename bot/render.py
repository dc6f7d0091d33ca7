"""An answer as Telegram is sent it: text with entities, never markup, and buttons.

Telegram's limits are kept here, in ``entities`` and in ``buttons``, and nowhere else.

Nothing here sends, searches, or decides what is shown.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from telegram import MessageEntity
from telegram.helpers import create_deep_linked_url

from bot.answer import Answer, Antecedent, Outcome, antecedents, said_by, searchable, unmentioned
from bot.buttons import (
    LABEL_LIMIT,
    Button,
    Example,
    Paging,
    Step,
    Widen,
    asking,
    pressed,
    turning,
    widening,
)
from bot.citation import Find, named, noted, place
from bot.entities import LINE_LIMIT, Text, cut, merged, sendable, units, visible
from bot.links import marked_at_publisher
from bot.texts import en
from bot.texts import telegram as texts
from index.model import Citation, Hit, Reference, Sentence, Span
from index.verdicts import Source

__all__ = ["Message", "Passage", "Renderer", "greeting", "plain"]

TEXT_LIMIT = 4096
ENTITY_LIMIT = 100
COPY_LIMIT = 256

NOTES = 5
"""Antecedents named under a quote. With LINE_LIMIT this leaves a quote a third of a message at least."""
RUNS = 20
"""Stretches of a document in one message of context."""
MARKS = 90
"""Matches marked in a message; the other entities are the quote, the link and the lines around."""
REMARKS = 3
"""Things said of a question's filters in one message."""
EXAMPLES = 3
CITED = 4
"""Sentences of a stretch that are cited each, and below them that there are more."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``buttons`` are rows, from the top."""

    text: str
    entities: tuple[MessageEntity, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence and those around it, in order, with the text of the document that holds them.

    ``references`` and ``speaker`` are the sentence's; ``further`` is the next step that shows more, if any
    does.
    """

    text: str
    before: tuple[Sentence, ...]
    sentence: Sentence
    after: tuple[Sentence, ...]
    references: tuple[Reference, ...] = ()
    speaker: str | None = None
    further: Step | None = None


def plain(words: str) -> Message:
    """What the bot itself says, as it is: help, thanks, errors."""
    return Message(words)


def greeting(examples: Sequence[str] = ()) -> Message:
    """The reply to /start, with up to three questions to press."""
    offered = [example for example in examples if searchable(example)][:EXAMPLES]
    rows = [asking(question, Example.of(question)) for question in offered]
    return _message(Text().add(texts.START).line("\n" + texts.TRY if rows else ""), *rows)


class Renderer:
    """Renders for a bot of this username; ``find`` is the index's look-up by quote id."""

    def __init__(self, username: str, find: Find) -> None:
        self._username = username
        self._find = find

    def permalink(self, quote_id: str) -> str:
        """The address that opens a quote in the private chat."""
        return create_deep_linked_url(self._username, f"q_{quote_id}")

    def answered(self, answer: Answer, row: int | None = None) -> tuple[Message, ...]:
        """An answer; ``row`` is where it is stored for paging."""
        if answer.outcome is Outcome.NONE:
            return (_nothing_found(answer),)
        messages: list[Message] = []
        last = len(answer.shown) - 1
        for number, hit in enumerate(answer.shown):
            head = Text() if number else _doubts(answer)
            paging = Paging(row, number, len(answer.hits)) if row is not None and number == last else None
            messages += self._quoted(hit, paging, head, _remarks(answer) if number == last else Text())
        return tuple(messages)

    def quoted(self, hit: Hit, paging: Paging | None = None) -> tuple[Message, ...]:
        """A hit alone: what Next shows."""
        return self._quoted(hit, paging, Text(), Text())

    def _quoted(self, hit: Hit, paging: Paging | None, head: Text, foot: Text) -> tuple[Message, ...]:
        sentence = hit.sentence
        notes = antecedents(sentence, hit.refers_to, self._find)
        tail = self._tail(sentence, notes, said_by(hit.speaker, sentence.text, notes)).extend(foot)
        return _parts(head, sentence.text, hit.highlights, tail, self._buttons(sentence, Step.QUOTE, paging))

    def context(self, passage: Passage, step: Step, paging: Paging | None = None) -> tuple[Message, ...]:
        """The quote, bold, among the sentences around it: as many as one message holds, nearest first."""
        sentence, notes = passage.sentence, antecedents(passage.sentence, passage.references, self._find)
        room = TEXT_LIMIT - self._tail(sentence, notes, passage.speaker).units - 1
        shown = _window(passage, room)
        seen = {each.id for each in shown}
        said = said_by(passage.speaker, " ".join(each.text for each in shown), notes)
        tail = self._tail(sentence, [note for note in notes if note.named_in.id not in seen], said)
        whole = len(shown) == 1 + len(passage.before) + len(passage.after)
        rows = self._buttons(sentence, step, paging, passage.further if whole else None)
        if len(shown) == 1:
            return _parts(Text(), sentence.text, (), tail, rows)
        text = Text()
        for run in _runs(passage.text, shown):
            start, end = run[0].citation.start, run[-1].citation.end
            at = sentence.citation.start - start
            text.line(texts.GAP if text.units else "")
            text.quote(
                sendable(passage.text[start:end]), merged([Span(at, at + len(sentence.text))], end - start)
            )
        return (_message(text.extend(tail), *rows),)

    def receipt(
        self, sentence: Sentence, references: Sequence[Reference] = (), speaker: str | None = None
    ) -> tuple[Message, ...]:
        """The whole quote and everything that is known of where it stands: what a permalink opens."""
        notes = antecedents(sentence, references, self._find)
        tail = self._tail(sentence, notes, said_by(speaker, sentence.text, notes))
        for label, value, kind in _receipt_rows(sentence):
            tail.line(f"{label}: ").add(visible(value), kind)
        return _parts(Text(), sentence.text, (), tail, self._buttons(sentence, Step.QUOTE, None))

    def sourced(self, source: Source, marks: Iterable[Span], head: Text, foot: Text) -> tuple[Message, ...]:
        """A stretch of a document, marked, with lines above and below and the receipt of each sentence."""
        tail = Text().extend(foot)
        for sentence in source.cited[:CITED]:
            tail.extend(self._citation(sentence))
        tail.line("…" if len(source.cited) > CITED else "")
        alone = source.cited[0] if len(source.sentences) == 1 else None
        rows = ((Button(texts.COPY, copy=self._copied(alone)),),) if alone is not None else ()
        return _parts(head, source.text, marks, tail, rows)

    def _tail(self, sentence: Sentence, notes: Sequence[Antecedent], said: str | None = None) -> Text:
        """What stands below a quote; ``said`` names its speaker."""
        text = Text()
        for note in notes[:NOTES]:
            text.line(visible(noted(sentence, note)))
        text.line(visible(en.said_by(said)) if said else "")
        return text.extend(self._citation(sentence))

    def _citation(self, sentence: Sentence) -> Text:
        link = marked_at_publisher(sentence) or self.permalink(sentence.id)
        return Text().add("📄 ").add(_cited(sentence.citation), MessageEntity.TEXT_LINK, link)

    def _buttons(
        self, sentence: Sentence, step: Step, paging: Paging | None, further: Step | None = Step.ONE
    ) -> tuple[tuple[Button, ...], ...]:
        around = widening(sentence.id, step, further)
        return ((*around, *turning(paging)), (Button(texts.COPY, copy=self._copied(sentence)),))

    def _copied(self, sentence: Sentence) -> str:
        link, quote = self.permalink(sentence.id), sendable(sentence.text)
        room = COPY_LIMIT - units(texts.copied("", link))
        citation = _cited(sentence.citation, room)
        whole = texts.copied(citation, link, quote)
        return whole if units(whole) <= COPY_LIMIT else texts.copied(citation, link)


def _message(text: Text, *rows: Sequence[Button]) -> Message:
    return Message(text.text, text.entities, tuple(tuple(row) for row in rows if row))


def _parts(
    head: Text, quote: str, marks: Iterable[Span], tail: Text, rows: tuple[tuple[Button, ...], ...]
) -> tuple[Message, ...]:
    """A quote in as many messages as it takes, ``head`` above the first, ``tail`` and buttons at the last.

    One that takes several cannot be widened in its place and gets no Context.
    """
    quote, spans = sendable(quote), merged(marks, len(quote))
    room = TEXT_LIMIT - head.units - tail.units - 2
    if units(quote) <= room:
        return (_message(Text().extend(head).quote(quote, spans[:MARKS]).extend(tail), *rows),)
    pieces = list(_pieces(quote, room - LABEL_LIMIT))
    ends, messages = [span.end for span in spans], []
    for number, piece in enumerate(pieces, 1):
        inside = _inside(spans[bisect_right(ends, piece.start) :][:MARKS], piece)
        text = (Text().extend(head) if number == 1 else Text()).quote(quote[piece.start : piece.end], inside)
        last = number == len(pieces)
        text.extend(tail) if last else text.line(texts.part(number, len(pieces)), MessageEntity.ITALIC)
        messages.append(_message(text, *_narrow(rows)) if last else _message(text))
    return tuple(messages)


def _pieces(text: str, room: int) -> Iterator[Span]:
    start = 0
    while start < len(text):
        end = cut(text, start, room)
        yield Span(start, end)
        start = end


def _inside(spans: Sequence[Span], piece: Span) -> list[Span]:
    """The spans inside a piece, counted from its beginning."""
    moved = (Span(span.start - piece.start, span.end - piece.start) for span in spans)
    return merged(moved, piece.end - piece.start)


def _narrow(rows: tuple[tuple[Button, ...], ...]) -> Iterator[tuple[Button, ...]]:
    for row in rows:
        yield tuple(button for button in row if not isinstance(pressed(button.data or ""), Widen))


def _window(passage: Passage, room: int) -> tuple[Sentence, ...]:
    """The sentence and those around it that fit into ``room``, taken in turns from both sides."""
    shown, gaps, closed = deque([passage.sentence]), 0, set()
    room -= units(passage.sentence.text)
    for pair in zip_longest(reversed(passage.before), passage.after):
        for after, each in enumerate(pair):
            if each is None or after in closed:
                continue
            between = _between(passage.text, *((shown[-1], each) if after else (each, shown[0])))
            needed = units(each.text) + units(f"\n{texts.GAP}\n" if between is None else between)
            if needed > room or gaps + (between is None) >= RUNS:
                closed.add(after)
                continue
            room, gaps = room - needed, gaps + (between is None)
            (shown.append if after else shown.appendleft)(each)
    return tuple(shown)


def _between(text: str, one: Sentence, other: Sentence) -> str | None:
    """The white space between two sentences; None where more than that stands there."""
    between = text[one.citation.end : other.citation.start]
    return between if not between.strip() else None


def _runs(text: str, sentences: Iterable[Sentence]) -> list[list[Sentence]]:
    """Sentences grouped so that only white space stands between those of a group."""
    runs: list[list[Sentence]] = []
    for sentence in sentences:
        if runs and _between(text, runs[-1][-1], sentence) is not None:
            runs[-1].append(sentence)
        else:
            runs.append([sentence])
    return runs


def _nothing_found(answer: Answer) -> Message:
    suggestion = answer.suggestion
    none = en.nothing_found(answer.within) if searchable(answer.question) else en.NOTHING_TO_SEARCH
    text = Text().add(visible(none))
    text.extend(_remarks(answer))
    if not suggestion or not searchable(suggestion):
        return _message(text)
    return _message(text.line(visible(en.did_you_mean(visible(suggestion)))), asking(suggestion))


def _doubts(answer: Answer) -> Text:
    """What is said before a passage that may not answer."""
    if answer.outcome is not Outcome.CLOSEST:
        return Text()
    missing = unmentioned(answer)
    return Text().add(en.CLOSEST).line(visible(en.does_not_mention(missing)) if missing else "")


def _remarks(answer: Answer) -> Text:
    respelt = en.searched if answer.outcome is Outcome.NONE else en.corrected
    corrected = visible(respelt(answer.corrected)) if answer.corrected else ""
    undated = en.undated(answer.undated_left_out) if answer.undated_left_out else ""
    text = Text()
    for said in (corrected, undated, *islice(map(visible, en.remarks(answer.within)), REMARKS)):
        text.line(said, MessageEntity.ITALIC)
    return text


def _cited(citation: Citation, limit: int = LINE_LIMIT) -> str:
    """The document and the place in it, which is never cut."""
    where = place(citation)
    title = visible(named(citation), limit - units(where) - 3)
    return f"{title} · {where}" if title else where


def _receipt_rows(sentence: Sentence) -> Iterator[tuple[str, str, str | None]]:
    """``(label, value, entity)``: file names are code, or Telegram links those that end like an address."""
    citation, labels = sentence.citation, en.RECEIPT_LABELS
    yield labels["file"].capitalize(), citation.file, MessageEntity.CODE
    if citation.url:
        yield labels["url"].capitalize(), citation.url, None
    yield labels["span"].capitalize(), en.span(citation.start, citation.end), None
    yield texts.QUOTE_ID, sentence.id, MessageEntity.CODE
