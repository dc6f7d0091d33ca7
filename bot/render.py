"""An answer as Telegram is sent it: text with entities, never markup, and buttons.

The only place that knows Telegram's limits. Lengths and offsets are UTF-16 code units, as Telegram counts.

What a quote shows is the slice of its document, with as many code points. Three things cannot be sent and are
shown one for one: a control character as its picture (NUL as ␀), half a surrogate pair as U+FFFD, and U+2028
and U+2029, which Telegram drops, as a line break. (Telegram itself shows white space such as a tab as a space
and drops ``\\r``, U+202A to U+202E and, of combining marks, U+030A, U+0333 and U+033F; it moves the entities
along: clean_input_string in tdlib's misc.cpp.)

A quote keeps its bidi controls. They end with its line, since a line break ends every embedding, override and
isolate (Unicode's annex 9, rule X8), so each quote is followed by one and needs no marks of ours around it.
Elsewhere, in titles, names and buttons, bidi controls and zero-width characters are taken out.

Nothing here sends, searches, or decides what is shown.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile, zip_longest
from typing import Self
from urllib.parse import quote as percent_encoded

from telegram import MessageEntity
from telegram.helpers import create_deep_linked_url

from bot.answer import Answer, Antecedent, Outcome, antecedents, searchable
from bot.texts import en
from bot.texts import telegram as texts
from index.model import Citation, Hit, Reference, Sentence, Span

__all__ = [
    "Ask",
    "Button",
    "Example",
    "Find",
    "Message",
    "Next",
    "Paging",
    "Passage",
    "Press",
    "Renderer",
    "Step",
    "Widen",
    "greeting",
    "plain",
    "pressed",
    "units",
]

TEXT_LIMIT = 4096
ENTITY_LIMIT = 100
DATA_LIMIT = 64
"""Bytes of a button's callback data."""
COPY_LIMIT = 256
URL_LIMIT = 2048

LINE_LIMIT = 200
"""What a line of ours may take of a message, however long a title or a question is."""
LABEL_LIMIT = 60
NOTES = 5
"""Antecedents named under a quote. With LINE_LIMIT this leaves a quote a third of a message at least."""
RUNS = 20
"""Stretches of a document in one message of context."""
MARKS = 90
"""Matches marked in a message; the other entities are the quote, the link and the lines around."""
EXAMPLES = 3

Find = Callable[[str], Sentence | None]
"""The index's look-up of a sentence by its quote id."""


# -- what is sent ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Button:
    """Has one of ``data`` (sent back when pressed), ``copy`` (goes to the clipboard), ``url``."""

    text: str
    data: str | None = None
    copy: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``buttons`` are rows, from the top."""

    text: str
    entities: tuple[MessageEntity, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()


class Step(StrEnum):
    """How far a quote is widened: sentences on each side, or its paragraph."""

    QUOTE = "0"
    ONE = "1"
    THREE = "3"
    PARAGRAPH = "p"


@dataclass(frozen=True, slots=True)
class Widen:
    """A press of Context, More or Less."""

    quote: str
    step: Step

    def __str__(self) -> str:
        return f"c:{self.quote}:{self.step}"


@dataclass(frozen=True, slots=True)
class Next:
    """A press of ``2/7 ▸``: show the hit at ``position`` (from 0) of the answer stored as ``row``."""

    row: int
    position: int

    def __str__(self) -> str:
        return f"n:{self.row}:{self.position}"


@dataclass(frozen=True, slots=True)
class Ask:
    """A press of a question that fits into its button."""

    question: str

    def __str__(self) -> str:
        return f"a:{self.question}"


@dataclass(frozen=True, slots=True)
class Example:
    """A press of the corpus's example ``number`` (from 0), too long for its button."""

    number: int

    def __str__(self) -> str:
        return f"e:{self.number}"


Press = Widen | Next | Ask | Example

_WIDER = {Step.QUOTE: Step.ONE, Step.ONE: Step.THREE, Step.THREE: Step.PARAGRAPH}
_WIDEN = re.compile(r"c:([a-z2-7]{12}):([013p])")
_NEXT = re.compile(r"n:([0-9]{1,19}):([0-9]{1,9})")
_EXAMPLE = re.compile(r"e:([0-9]{1,9})")


def pressed(data: str) -> Press | None:
    """What a button's data asks for, None where it is none of ours: a client may send anything."""
    if found := _WIDEN.fullmatch(data):
        return Widen(found[1], Step(found[2]))
    if found := _NEXT.fullmatch(data):
        return Next(int(found[1]), int(found[2]))
    if found := _EXAMPLE.fullmatch(data):
        return Example(int(found[1]))
    return Ask(data[2:]) if data.startswith("a:") and searchable(data[2:]) else None


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a quote stands among those found: at ``position`` (from 0) of ``total``, stored as ``row``."""

    row: int
    position: int
    total: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence and those around it, in order, with the text of the document that holds them.

    ``references`` are the sentence's.
    """

    text: str
    before: tuple[Sentence, ...]
    sentence: Sentence
    after: tuple[Sentence, ...]
    references: tuple[Reference, ...] = ()


# -- text -----------------------------------------------------------------------------------------------

_ACTING = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_WEB = re.compile(r"https?://[^ /?#.]+\.[^ /?#]+", re.IGNORECASE)
_PICTURES = {code: 0x2400 + code for code in range(32) if not chr(code).isspace()}
_UNSENDABLE = {
    **_PICTURES,
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
    **dict.fromkeys((0x2028, 0x2029), 0x0A),
}


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _sendable(text: str) -> str:
    """A quote as it can be sent, one code point for one."""
    return text.translate(_UNSENDABLE)


def _visible(text: str, limit: int = LINE_LIMIT) -> str:
    """One line of ours: nothing in it acts on the text around, and it takes at most ``limit`` units."""
    line = _line(text)
    if units(line) <= limit:
        return line
    return line[: _cut(line, 0, limit - 1)].rstrip() + "…"


def _line(text: str) -> str:
    return " ".join(_ACTING.sub("", _SURROGATES.sub("\ufffd", text)).split())


def _fitting(text: str, start: int, room: int) -> int:
    """The last position in ``text`` that is at most ``room`` units after ``start``."""
    encoded = text[start : start + room].encode("utf-16-le")[: 2 * room]
    return start + len(encoded.decode("utf-16-le", "ignore"))


def _cut(text: str, start: int, room: int) -> int:
    """Where to end a part that begins at ``start``: before white space in its second half where there is
    some, else between two characters as a reader counts them, else anywhere.

    Before, not after: Telegram drops white space at the end of a message.
    """
    end = _fitting(text, start, room)
    if end == len(text):
        return end
    late = range(end, (start + end) // 2, -1)
    spaces = (place for place in late if text[place].isspace() and not text[place - 1].isspace())
    whole = (place for place in range(end, start, -1) if not _joined(text, start, place))
    return next(spaces, next(whole, end))


def _joined(text: str, start: int, place: int) -> bool:
    """Whether the characters before and after ``place`` are one to a reader; one begins at ``start``."""
    before, after = text[place - 1], text[place]
    if _flag(after):
        return sum(1 for _ in takewhile(_flag, reversed(text[start:place]))) % 2 == 1
    return (
        before == "\u200d"
        or (before, after) == ("\r", "\n")
        or after in "\u200c\u200d"
        or unicodedata.category(after).startswith("M")
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U000e0020" <= after <= "\U000e007f"
    )


def _flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _merged(spans: Iterable[Span], length: int) -> list[Span]:
    """The spans inside a text, in order and without overlap."""
    merged: list[Span] = []
    for span in sorted(spans):
        start, end = max(span.start, merged[-1].end if merged else 0), min(span.end, length)
        if start < end:
            merged.append(Span(start, end))
    return merged


class _Text:
    """Grows at its end; ``units`` is its length so far."""

    def __init__(self) -> None:
        self.units = 0
        self._pieces: list[str] = []
        self._entities: list[tuple[str, int, int, str | None]] = []

    def add(self, text: str, kind: str | None = None, url: str | None = None) -> Self:
        length = units(text)
        if kind and length:
            self._entities.append((kind, self.units, length, url))
        self._pieces.append(text)
        self.units += length
        return self

    def line(self, text: str, kind: str | None = None) -> Self:
        """The text on a line of its own; nothing for an empty one."""
        return self.apart().add(text, kind) if text else self

    def apart(self) -> Self:
        """A line break, unless this is the beginning."""
        return self.add("\n") if self.units else self

    def quote(self, text: str, marks: Iterable[Span] = ()) -> Self:
        """A blockquote, a paragraph of its own, with the marks in it bold."""
        self.apart()
        place, start, position = len(self._entities), self.units, 0
        for mark in marks:
            self.add(text[position : mark.start]).add(text[mark.start : mark.end], MessageEntity.BOLD)
            position = mark.end
        self.add(text[position:])
        self._entities.insert(place, (MessageEntity.BLOCKQUOTE, start, self.units - start, None))
        return self

    def extend(self, other: "_Text") -> Self:
        """The other text from a new line on."""
        if other.units:
            self.apart()
            self._entities += [
                (kind, self.units + start, length, url) for kind, start, length, url in other._entities
            ]
            self._pieces += other._pieces
            self.units += other.units
        return self

    def message(self, *rows: Sequence[Button]) -> Message:
        entities = tuple(
            MessageEntity(kind, start, length, url=url) for kind, start, length, url in self._entities
        )
        return Message("".join(self._pieces), entities, tuple(tuple(row) for row in rows if row))


# -- messages -------------------------------------------------------------------------------------------


def plain(words: str) -> Message:
    """What the bot itself says, as it is: help, thanks, errors."""
    return Message(words)


def greeting(examples: Sequence[str] = ()) -> Message:
    """The reply to /start, with up to three questions to press."""
    offered = [(n, example) for n, example in enumerate(examples) if searchable(example)][:EXAMPLES]
    rows = [_question(question, Example(number)) for number, question in offered]
    return _Text().add(texts.START).line("\n" + texts.TRY if rows else "").message(*rows)


def _question(question: str, otherwise: Press | None = None) -> tuple[Button, ...]:
    """A row with a button that asks; where the question does not fit into one, it sends ``otherwise``."""
    asked = Ask(_line(question))
    press = asked if len(str(asked).encode()) <= DATA_LIMIT else otherwise
    return (Button(_visible(question, LABEL_LIMIT), data=str(press)),) if press else ()


class Renderer:
    """Renders for a bot of this username; ``find`` is the index's look-up by quote id."""

    def __init__(self, username: str, find: Find) -> None:
        self._username = username
        self._find = find

    def permalink(self, quote_id: str) -> str:
        """The address that opens a quote in the private chat."""
        return create_deep_linked_url(self._username, f"q_{quote_id}")

    def answered(
        self, answer: Answer, row: int | None = None, suggestion: str | None = None
    ) -> tuple[Message, ...]:
        """An answer; ``row`` is where it is stored for paging, ``suggestion`` a question better spelt."""
        if answer.outcome is Outcome.NONE:
            return (_nothing_found(answer, suggestion),)
        messages: list[Message] = []
        last = len(answer.shown) - 1
        for place, hit in enumerate(answer.shown):
            head = _doubts(answer) if not place else _Text()
            paging = Paging(row, place, len(answer.hits)) if row is not None and place == last else None
            messages += self._quoted(hit, paging, head, _remarks(answer) if place == last else _Text())
        return tuple(messages)

    def quoted(self, hit: Hit, paging: Paging | None = None) -> tuple[Message, ...]:
        """A hit alone: what Next shows."""
        return self._quoted(hit, paging, _Text(), _Text())

    def _quoted(self, hit: Hit, paging: Paging | None, head: _Text, foot: _Text) -> tuple[Message, ...]:
        sentence = hit.sentence
        tail = self._tail(sentence, antecedents(sentence, hit.refers_to, self._find)).extend(foot)
        return _parts(head, sentence.text, hit.highlights, tail, self._buttons(sentence, Step.QUOTE, paging))

    def context(self, passage: Passage, step: Step, paging: Paging | None = None) -> tuple[Message, ...]:
        """The quote, bold, among the sentences around it: as many as one message holds, nearest first."""
        sentence, notes = passage.sentence, antecedents(passage.sentence, passage.references, self._find)
        shown = _window(passage, TEXT_LIMIT - self._tail(sentence, notes).units - 1)
        seen = {each.id for each in shown}
        tail = self._tail(sentence, [note for note in notes if note.named_in.id not in seen])
        wider = len(shown) == 1 + len(passage.before) + len(passage.after)
        wider = wider and (len(shown) > 1 or step is Step.QUOTE)
        rows = self._buttons(sentence, step, paging, wider=wider)
        if len(shown) == 1:
            return _parts(_Text(), sentence.text, (), tail, rows)
        text = _Text()
        for run in _runs(passage.text, shown):
            start, end = run[0].citation.start, run[-1].citation.end
            at = sentence.citation.start - start
            text.line(texts.GAP if text.units else "")
            text.quote(
                _sendable(passage.text[start:end]), _merged([Span(at, at + len(sentence.text))], end - start)
            )
        return (text.extend(tail).message(*rows),)

    def receipt(self, sentence: Sentence, references: Sequence[Reference] = ()) -> tuple[Message, ...]:
        """The whole quote and everything that is known of where it stands: what a permalink opens."""
        tail = self._tail(sentence, antecedents(sentence, references, self._find))
        for label, value, kind in _receipt_rows(sentence):
            tail.line(f"{label}: ").add(_visible(value), kind)
        return _parts(_Text(), sentence.text, (), tail, self._buttons(sentence, Step.QUOTE, None))

    def _tail(self, sentence: Sentence, notes: Sequence[Antecedent]) -> _Text:
        """What stands below a quote."""
        text = _Text()
        for note in notes[:NOTES]:
            text.line(_note(sentence, note))
        return text.extend(self._citation(sentence))

    def _citation(self, sentence: Sentence) -> _Text:
        link = _marked_at_publisher(sentence) or self.permalink(sentence.id)
        return _Text().add("📄 ").add(_cited(sentence.citation), MessageEntity.TEXT_LINK, link)

    def _buttons(
        self, sentence: Sentence, step: Step, paging: Paging | None, *, wider: bool = True
    ) -> tuple[tuple[Button, ...], ...]:
        """``wider`` is whether a wider step could show more."""
        around = _around(sentence.id, step, wider=wider)
        return ((*around, *_following(paging)), (Button(texts.COPY, copy=self._copied(sentence)),))

    def _copied(self, sentence: Sentence) -> str:
        link, quote = self.permalink(sentence.id), _sendable(sentence.text)
        room = COPY_LIMIT - units(texts.copied("", link))
        citation = _cited(sentence.citation, room)
        whole = texts.copied(citation, link, quote)
        return whole if units(whole) <= COPY_LIMIT else texts.copied(citation, link)


def _parts(
    head: _Text, quote: str, marks: Iterable[Span], tail: _Text, rows: tuple[tuple[Button, ...], ...]
) -> tuple[Message, ...]:
    """A quote in as many messages as it takes, ``head`` above the first, ``tail`` and buttons at the last.

    One that takes several cannot be widened in its place and gets no Context.
    """
    quote, spans = _sendable(quote), _merged(marks, len(quote))
    room = TEXT_LIMIT - head.units - tail.units - 2
    if units(quote) <= room:
        return (_Text().extend(head).quote(quote, spans[:MARKS]).extend(tail).message(*rows),)
    pieces = list(_pieces(quote, room - LABEL_LIMIT))
    ends, messages = [span.end for span in spans], []
    for number, piece in enumerate(pieces, 1):
        inside = _inside(spans[bisect_right(ends, piece.start) :][:MARKS], piece)
        text = (_Text().extend(head) if number == 1 else _Text()).quote(
            quote[piece.start : piece.end], inside
        )
        last = number == len(pieces)
        text.extend(tail) if last else text.line(texts.part(number, len(pieces)), MessageEntity.ITALIC)
        messages.append(text.message(*_narrow(rows)) if last else text.message())
    return tuple(messages)


def _pieces(text: str, room: int) -> Iterator[Span]:
    start = 0
    while start < len(text):
        end = _cut(text, start, room)
        yield Span(start, end)
        start = end


def _inside(spans: Sequence[Span], piece: Span) -> list[Span]:
    """The spans inside a piece, counted from its beginning."""
    moved = (Span(span.start - piece.start, span.end - piece.start) for span in spans)
    return _merged(moved, piece.end - piece.start)


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


def _around(quote: str, step: Step, *, wider: bool) -> tuple[Button, ...]:
    following = _WIDER.get(step) if wider else None
    label = texts.CONTEXT if step is Step.QUOTE else texts.MORE
    more = (Button(label, data=str(Widen(quote, following))),) if following else ()
    less = () if step is Step.QUOTE else (Button(texts.LESS, data=str(Widen(quote, Step.QUOTE))),)
    return (*more, *less)


def _following(paging: Paging | None) -> tuple[Button, ...]:
    if paging is None or paging.total < 2:
        return ()
    position = (paging.position + 1) % paging.total
    label = texts.following(position + 1, paging.total) if position else texts.again(paging.total)
    return (Button(label, data=str(Next(paging.row, position))),)


# -- lines ----------------------------------------------------------------------------------------------


def _nothing_found(answer: Answer, suggestion: str | None) -> Message:
    text = _Text().add(en.NOTHING_FOUND if searchable(answer.question) else en.NOTHING_TO_SEARCH)
    text.extend(_remarks(answer))
    if not suggestion or not searchable(suggestion):
        return text.message()
    return text.line(_visible(texts.did_you_mean(_visible(suggestion)))).message(_question(suggestion))


def _doubts(answer: Answer) -> _Text:
    """What is said before a passage that may not answer."""
    if answer.outcome is not Outcome.CLOSEST:
        return _Text()
    missing = answer.shown[0].evidence.missing if answer.shown else ()
    return _Text().add(en.CLOSEST).line(_visible(en.does_not_mention(missing)) if missing else "")


def _remarks(answer: Answer) -> _Text:
    corrected = _visible(en.corrected(answer.corrected)) if answer.corrected else ""
    undated = en.undated(answer.undated_left_out) if answer.undated_left_out else ""
    return _Text().line(corrected, MessageEntity.ITALIC).line(undated, MessageEntity.ITALIC)


def _note(sentence: Sentence, note: Antecedent) -> str:
    quote, there = sentence.citation, note.named_in.citation
    before = quote.sentence - there.sentence
    where = " · ".join(_place(there))
    if note.named_in.number == sentence.number - 1:
        where = en.distance(1)
    elif (there.document, there.paragraph) == (quote.document, quote.paragraph) and before > 0:
        where = en.distance(before)
    return _visible(en.antecedent(note.mention, note.name, where))


def _cited(citation: Citation, limit: int = LINE_LIMIT) -> str:
    """Title, source and date where the title does not say them, and the place, which is never cut."""
    known = (part for part in (citation.source, citation.date) if part and part not in citation.title)
    place = " · ".join(_place(citation))
    named = _visible(" · ".join([citation.title, *known]), limit - units(place) - 3)
    return f"{named} · {place}" if named else place


def _place(citation: Citation) -> list[str]:
    page = [en.page(citation.page)] if citation.page else []
    return [*page, en.paragraph(citation.paragraph), en.sentence(citation.sentence)]


def _receipt_rows(sentence: Sentence) -> Iterator[tuple[str, str, str | None]]:
    """``(label, value, entity)``: file names are code, or Telegram links those that end like an address."""
    citation, labels = sentence.citation, en.RECEIPT_LABELS
    yield labels["file"].capitalize(), citation.file, MessageEntity.CODE
    if citation.url:
        yield labels["url"].capitalize(), citation.url, None
    yield labels["span"].capitalize(), en.span(citation.start, citation.end), None
    yield texts.QUOTE_ID, sentence.id, MessageEntity.CODE


# -- links ----------------------------------------------------------------------------------------------


def _marked_at_publisher(sentence: Sentence) -> str | None:
    """The publisher's page with the quote marked (WICG, URL Fragment Text Directives), where there is one."""
    url = sentence.citation.url or ""
    if len(url) > URL_LIMIT or _line(url) != url or " " in url or not _WEB.match(url):
        return None
    ends = _ends(_line(sentence.text))
    marked = url + (":~:text=" if "#" in url else "#:~:text=") + ends
    return marked if ends and ":~:" not in url and len(marked) <= URL_LIMIT else url


def _ends(line: str) -> str:
    """A short quote whole, of a longer one a few words from either end."""
    words = line.split(" ")
    if len(words) <= 10 and len(line) <= 100:
        return _encoded(line)
    start, end = " ".join(words[:5]), " ".join(words[-5:])
    if len(start) + len(end) > 200:
        start, end = line[:30].rstrip(), line[-30:].lstrip()
    return f"{_encoded(start)},{_encoded(end)}"


def _encoded(text: str) -> str:
    """Percent-encoded, with the directive's own ``-``, ``&`` and ``,``."""
    return percent_encoded(text, safe="").replace("-", "%2D")
