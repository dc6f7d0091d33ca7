"""Filters to the sentences that pass them: a mask over the rows of a generation.

What a filter asks of documents and speakers is kept as columns, made when it is first asked for: the days
that a document's date may mean, the number of its source, the names of those who say something. Words and
phrases are looked up in the postings; a phrase is then read in the text, for the index keeps neither function
words nor forms.

What was typed is read in filters.py; how the sentences that pass are ordered, in candidates.py and rank.py.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial, reduce
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from index.analyze import Word, plain_form, words
from index.columns import Record
from index.filters import Fault, Filters, Hint, days, written
from index.generation import Generation
from index.model import Span
from index.postings import StringTable
from index.query import Reader
from index.slips import judged
from index.spelling import LONG, SHORT, edits, same_name

__all__ = ["Mask", "Masks", "phrase_spans"]

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_TOLD = 5
"""Sources or names that a hint tells of."""

_PHRASES = 64
"""Phrases whose sentences are kept at hand: pages of an answer search again."""


@dataclass(slots=True)
class Mask:
    """The sentences that pass. ``rows``: each number that may be found; ``undated``: those that only lack a
    date for it. ``narrows`` is false where no filter could take effect. ``phrases`` are those that hold,
    ``named`` maps a name typed to the one in the sources that was taken for it.
    """

    rows: Flags
    undated: Flags
    narrows: bool = False
    phrases: tuple[str, ...] = ()
    hints: list[Hint] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)

    def keep(self, passing: Flags) -> None:
        """Leave out what does not pass."""
        self.narrows = True
        self.rows &= passing
        self.undated &= passing


class Masks:
    """Makes masks over an open generation."""

    def __init__(self, generation: Generation, readers: Sequence[Reader]) -> None:
        self._generation, self._readers = generation, readers
        self._holding = lru_cache(_PHRASES)(self._read_for)

    def of(self, filters: Filters) -> Mask:
        """The mask of some filters, all of which must hold; of several sources, documents or speakers one."""
        findable = self._generation.findable
        mask = Mask(findable.copy(), np.zeros_like(findable))
        if filters.after or filters.before:
            self._dated(filters, mask)
        if filters.sources:
            self._sourced(filters.sources, mask)
        if filters.within:
            self._inside(filters.within, mask)
        if filters.by:
            self._said(filters.by, mask)
        for word in filters.without:
            self._without(word, mask)
        for phrase in filters.phrases:
            self._phrase(phrase, mask)
        return mask

    # -- documents -------------------------------------------------------------------------------------

    @cached_property
    def _shelf(self) -> "_Shelf":
        return _Shelf.of(self._generation)

    def documents(self, numbers: Numbers) -> int:
        """How many documents hold these numbers."""
        if not len(numbers):
            return 0
        return len(np.unique(self._shelf.opens.searchsorted(numbers, side="right")))

    def newest(self, rows: Flags, most: int) -> Numbers:
        """The first ``most`` of the rows, newest document first and those without a date last, equal ones by
        id; inside of a document in its order.
        """
        shelf, chosen = self._shelf, np.flatnonzero(rows)
        places = shelf.opens.searchsorted(chosen, side="right") - 1
        documents, counts = np.unique(places, return_counts=True)
        order = documents[np.lexsort((shelf.by_id[documents], -shelf.first[documents]))]
        enough = int(np.searchsorted(np.cumsum(counts[np.searchsorted(documents, order)]), most)) + 1
        ranks = np.full(len(shelf.first), len(order), dtype=np.int64)
        ranks[order[:enough]] = np.arange(len(order[:enough]))
        taken = ranks[places] < len(order)
        return chosen[taken][np.lexsort((chosen[taken], ranks[places][taken]))][:most]

    def _dated(self, filters: Filters, mask: Mask) -> None:
        """A date cut short passes where each of its days does."""
        shelf = self._shelf
        passing = shelf.first > 0
        mask.undated = mask.rows & shelf.rows(~passing)
        if after := days(filters.after):
            passing &= shelf.first >= after[0]
        if before := days(filters.before):
            passing &= shelf.last < before[0]
        mask.rows &= shelf.rows(passing)
        mask.narrows = True

    def _sourced(self, asked: Iterable[str], mask: Mask) -> None:
        shelf, chosen = self._shelf, set[int]()
        for value in asked:
            part = _part(value)
            found = {number for number, source in enumerate(shelf.sources) if part.search(_folded(source))}
            chosen |= found
            if not found:
                known = tuple(islice(filter(None, shelf.sources), _TOLD))
                mask.hints.append(Hint(Fault.UNKNOWN_SOURCE, written("source", value), known))
        mask.keep(shelf.rows(np.isin(shelf.source, sorted(chosen))))

    def _inside(self, asked: Iterable[str], mask: Mask) -> None:
        shelf = self._shelf
        passing = np.zeros(len(shelf.first), dtype=bool)
        for value in asked:
            found = self._named(value)
            passing[found] = True
            if not found:
                mask.hints.append(Hint(Fault.UNKNOWN_DOCUMENT, written("in", value)))
        mask.keep(shelf.rows(passing))

    def _named(self, value: str) -> list[int]:
        """The documents of this id or file; where there is none, those with it in their file or title."""
        whole, part = _folded(value), _part(value)
        exact: list[int] = []
        parts: list[int] = []
        for place, name in enumerate(self._shelf.names):
            if whole in name.split("\n")[:2]:
                exact.append(place)
            elif part.search(name):
                parts.append(place)
        return exact or parts

    # -- speakers --------------------------------------------------------------------------------------

    @cached_property
    def _speakers(self) -> "_Speakers":
        return _Speakers.of(self._generation)

    def _said(self, asked: Iterable[str], mask: Mask) -> None:
        speakers = self._speakers
        names = [(folded.split(), name) for folded, name in (each.split("\t", 1) for each in speakers.names)]
        forms = {form for parts, _ in names for form in parts}
        chosen: list[int] = []
        for value in asked:
            meant, sure = _meant(value, forms)
            found = [
                n for n, (parts, _) in enumerate(names) if meant and all(map(set(parts).intersection, meant))
            ]
            if not found:
                mask.hints.append(Hint(Fault.UNKNOWN_SPEAKER, written("by", value), _nearly(value, names)))
            elif not sure:
                mask.named[value] = names[found[0]][1]
            chosen += found
        passing = np.zeros(len(mask.rows), dtype=bool)
        passing[speakers.rows[np.isin(speakers.name, chosen)]] = True
        mask.keep(passing)

    # -- words -----------------------------------------------------------------------------------------

    def _without(self, word: str, mask: Mask) -> None:
        """Leave out the sentences that hold the word in any of its forms."""
        found = self._holding_all(list(words(word)))
        if found is None:
            mask.hints.append(Hint(Fault.SMALL_WORDS, f"-{word}"))
            return
        out = np.zeros(len(mask.rows), dtype=bool)
        out[found] = True
        if not out.any():
            mask.hints.append(Hint(Fault.UNHEARD_WORD, f"-{word}"))
        mask.keep(~out)

    def _phrase(self, phrase: str, mask: Mask) -> None:
        found = self._holding(phrase)
        if found is None:
            mask.hints.append(Hint(Fault.SMALL_WORDS, f"“{phrase}”"))
            return
        passing = np.zeros(len(mask.rows), dtype=bool)
        passing[found] = True
        mask.keep(passing)
        mask.phrases = (*mask.phrases, phrase)

    def _read_for(self, phrase: str) -> Numbers | None:
        """The sentences that hold the phrase; None where its words are all too small to be looked up."""
        asked = list(words(phrase))
        numbers = self._holding_all([word._replace(acronym=False) for word in asked])
        if numbers is None:  # but perhaps for capitals: "US"
            numbers = self._holding_all(asked)
        if numbers is None:
            return None
        held = [number for number in numbers.tolist() if any(phrase_spans(phrase, self._text(number)))]
        return np.asarray(held, dtype=np.int64)

    def _holding_all(self, asked: Sequence[Word]) -> Numbers | None:
        """The live sentences that hold each of the words, in any of its forms; None where a language of the
        corpus takes them all for function words, which are not looked up.
        """
        found = [self._with_all(asked, reader) for reader in self._readers]
        parts = [numbers for numbers in found if numbers is not None]
        return np.unique(np.concatenate(parts)) if parts and len(parts) == len(found) else None

    def _with_all(self, asked: Sequence[Word], reader: Reader) -> Numbers | None:
        """The same as one language reads them."""
        terms = {term for word in asked if (term := reader.analyzer.term(word))}
        if not terms:
            return None
        found = [self._generation.postings(term)[0] for term in sorted(terms, key=self._generation.df)]
        return reduce(partial(np.intersect1d, assume_unique=True), found)

    def _text(self, number: int) -> str:
        segment, row = self._generation.place(number)
        return self._generation.segments[segment].row_text(row)


def phrase_spans(phrase: str, text: str) -> Iterator[Span]:
    """Where the words of a phrase stand in a text next to one another, case, accents and marks aside."""
    asked = [plain_form(word.form) for word in words(phrase)]
    here = list(words(text))
    forms = [plain_form(word.form) for word in here]
    place = 0
    while asked and place + len(asked) <= len(forms):
        if forms[place : place + len(asked)] == asked:
            yield Span(here[place].start, here[place + len(asked) - 1].end)
            place += len(asked)
        else:
            place += 1


def _folded(text: str) -> str:
    return plain_form(" ".join(text.casefold().split()))


def _part(value: str) -> re.Pattern[str]:
    """Where a folded text holds the value, from the beginning of a word on."""
    return re.compile(rf"(?<![^\W_]){re.escape(_folded(value))}")


def _meant(asked: str, forms: set[str]) -> tuple[list[set[str]], bool]:
    """Which of the forms each word of a name may stand for, and whether one of them is spelt like it.

    A word is a form in the same letters or another script; only where there is none, the nearest slip.
    """
    meant, sure = [], True
    for word in words(asked):
        own = plain_form(word.form)
        found = {form for form in forms if form == own or same_name(form, word.form)}
        sure = sure and own in found
        meant.append(found or _slips(word, forms))
    return meant, sure


def _slips(word: Word, forms: set[str]) -> set[str]:
    """The form that was mistyped, as for any name of a question; none where several are as near."""
    priced = [(*judged(word, form, name=True, asked=True, cased=True), form) for form in forms]
    good = sorted((price, form) for price, weight, form in priced if weight)
    best = {form for price, form in good if price == good[0][0]}
    return best if len(best) == 1 else set()


def _nearly(asked: str, names: Iterable[tuple[list[str], str]]) -> tuple[str, ...]:
    """A few of the names that hold a word not far from the last one asked."""
    form = plain_form(asked.casefold().split()[-1])
    if len(form) < SHORT:
        return ()
    most = 2 if len(form) >= LONG else 1
    near = (name for parts, name in names if any(edits(form, part, most) <= most for part in parts))
    return tuple(islice(near, _TOLD))


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Columns of the documents, live or not, in the order of the rows; ``opens`` are their first rows,
    ``rows_of`` how many they have.

    ``first`` and ``last``: the days that the date may mean, 0 for none. ``source``: its number in
    ``sources``. ``names``: folded id, file and title, with line breaks between. ``by_id``: places in the
    order of ids.
    """

    opens: Numbers
    rows_of: Numbers
    first: Numbers
    last: Numbers
    source: Numbers
    sources: StringTable
    names: "_Texts"
    by_id: Numbers

    @classmethod
    def of(cls, generation: Generation) -> "_Shelf":
        """Read from the records; of a document that no longer counts, nothing is known."""
        spans, given, names, ids = list[tuple[int, int]](), list[str](), list[str](), list[str]()
        for place, segment in enumerate(generation.segments):
            for number, record in enumerate(segment.all_records()):
                live = generation.is_live(place, number)
                spans.append((days(record.metadata.date) if live else None) or (0, 0))
                given.append(record.metadata.source or "" if live else "")
                names.append(_name(record) if live else _NO_NAME)
                ids.append(record.id)
        sources = StringTable.of(given)
        numbers = {source: number for number, source in enumerate(sources)}
        counts = [np.diff(segment.column("document_row").astype(np.int64)) for segment in generation.segments]
        rows_of = np.concatenate([np.empty(0, np.int64), *counts])
        return cls(
            opens=np.cumsum(rows_of) - rows_of,
            rows_of=rows_of,
            first=np.array([first for first, _ in spans], dtype=np.int64),
            last=np.array([last for _, last in spans], dtype=np.int64),
            source=np.array([numbers[source] for source in given], dtype=np.int64),
            sources=sources,
            names=_Texts.of(names),
            by_id=np.argsort(np.argsort(np.array(ids, dtype=object), kind="stable"), kind="stable"),
        )

    def rows(self, documents: Flags) -> Flags:
        """Which rows are of these documents."""
        return np.repeat(documents, self.rows_of)


_NO_NAME = "\n\n"


def _name(record: Record) -> str:
    return "\n".join(map(_folded, (record.id, record.file, record.title)))


@dataclass(frozen=True, slots=True)
class _Texts:
    """Texts end to end, in their order."""

    blob: NDArray[np.uint8]
    offsets: Numbers

    @classmethod
    def of(cls, texts: Iterable[str]) -> "_Texts":
        encoded = [text.encode() for text in texts]
        offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)

    def __iter__(self) -> Iterator[str]:
        content, offsets = self.blob.tobytes(), self.offsets.tolist()
        for begin, end in pairwise(offsets):
            yield content[begin:end].decode()


@dataclass(frozen=True, slots=True)
class _Speakers:
    """``rows`` that somebody is known to say, with the number of the name in ``names``: folded words, a tab,
    and the name as it is written.
    """

    rows: Numbers
    name: Numbers
    names: StringTable

    @classmethod
    def of(cls, generation: Generation) -> "_Speakers":
        """Read from the segments: each place that names somebody once."""
        rows, given = [np.empty(0, np.int64)], list[str]()
        for base, segment in zip(generation.bases.tolist(), generation.segments, strict=False):
            columns = [segment.column(f"speaker_{name}") for name in ("target", "start", "end")]
            places, chosen = np.unique(np.stack(columns).astype(np.int64), axis=1, return_inverse=True)
            names = [
                " ".join(segment.row_text(target)[start:end].split())
                for target, start, end in places.T.tolist()
            ]
            said = segment.column("speaker_row").astype(np.int64) + base
            findable = generation.findable[said]
            rows.append(said[findable])
            given += [names[place] for place in chosen.reshape(-1)[findable].tolist()]
        entries = {name: _entry(name) for name in set(given)}
        table = StringTable.of(entries.values())
        numbers = {entry: number for number, entry in enumerate(table)}
        name = np.array([numbers[entries[name]] for name in given], dtype=np.int64)
        return cls(np.concatenate(rows), name, table)


def _entry(name: str) -> str:
    return f"{' '.join(plain_form(word.form) for word in words(name))}\t{name}"
