"""The engine's only door: a question in, hits out, and every view of a stored sentence.

    question -query-> concepts -candidates (postings, bm25)-> candidates with surroundings -rank-> Hits
                      filters -masks-> the sentences among which that is done

An ``Index`` is one generation and never changes; it may be used from several threads.

It builds nothing (see build.py) and does not decide whether a hit answers (see bot/answer.py).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial, wraps
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Concatenate, NamedTuple, ParamSpec, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from index import rank
from index.analyze import Analyzer
from index.candidates import StageOne, taken
from index.duplicates import same_facts
from index.errors import StoreError
from index.evidence import Weigher
from index.filters import taken_literally, unquoted
from index.generation import Generation
from index.masks import Mask, Masks, phrase_spans
from index.model import Document, Evidence, Hit, Reference, Results, Sentence, Span, Stats, Token, Turn
from index.query import Concept, Query, Reader, understand
from index.respell import Respelt, Speller
from index.store import Store
from index.views import Views

__all__ = ["Index"]

P = ParamSpec("P")
T = TypeVar("T")

RECENT = 256
"""Questions whose results are kept at hand: turned pages search again, examples and links are asked often;
and sentences whose tokens are, since many questions are answered by the same one.
"""

WEIGHED = 3
"""Hits that may be an answer, and so have evidence."""

BEST_OF = 30
"""Hits among which those that answer come in the order of their dates, where that is asked for; all of them
have evidence.
"""

_SAME = 3
"""Times as many sentences as asked for are listed at most, since some say the same."""

_UNWEIGHED = Evidence(0.0, (), name_unheard=False)

_LISTED = Evidence(1.0, (), name_unheard=False)
"""Of a sentence that is all that was asked for."""

CONTEXT = 2
"""Neighbours on each side that a hit carries."""


class _Pool(NamedTuple):
    """Candidates with their numbers and final scores; the first ``weighed`` hits get evidence."""

    numbers: NDArray[np.int64]
    found: rank.Candidates
    scores: NDArray[np.float64]
    weighed: int


def _sound(method: Callable[Concatenate["Index", P], T]) -> Callable[Concatenate["Index", P], T]:
    """Turn what damaged columns make a method raise into the DamagedError that names the file: a disk may
    fail after every byte was checked.
    """

    @wraps(method)
    def checked(index: "Index", /, *args: P.args, **options: P.kwargs) -> T:
        try:
            return method(index, *args, **options)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            index.verify()
            raise

    return checked


class Index:
    """An open generation. Use ``Index.open``, or ``build.open_corpus`` to bring it up to date first."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._views = Views(generation)
        self._languages = generation.languages
        self._analyzers = {
            language: Analyzer(language, partial(generation.surface_term, language))
            for language in self._languages
        }
        self._readers = [
            Reader(analyzer, generation.related(language)) for language, analyzer in self._analyzers.items()
        ]
        self._speller = Speller(generation, self._readers)
        self._stage_one = StageOne(generation, self._views)
        self._masks = Masks(generation, self._readers)
        self._recent = lru_cache(RECENT)(self._search)
        self._tokens = lru_cache(RECENT)(self._analysed)

    @classmethod
    def open(cls, data: Path) -> "Index":
        """The generation that serves in a data folder. StoreError where there is none, DamagedError where
        it is broken.
        """
        generation = Store(data).open()
        if generation is None:
            raise StoreError(data, "there is no index here yet", "run `quoth build`")
        try:
            return cls(generation)
        except BaseException:
            generation.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the generation be pruned; views made before stay valid."""
        self._generation.close()

    @property
    def generation(self) -> Generation:
        """What it answers from."""
        return self._generation

    def verify(self) -> None:
        """Check every stored byte. Raises DamagedError naming the file."""
        self._generation.verify()

    @property
    def source(self) -> str:
        """Sums up the documents and the thesaurus that it was made of, see ``build.source_of``."""
        return self._generation.source

    @property
    def skipped(self) -> tuple[tuple[str, str], ...]:
        """``(file, why)`` of the files that could not be read, or only in part."""
        return tuple((entry.file, entry.fault) for entry in self._generation.manifest.skipped)

    def stats(self) -> Stats:
        """The size of the generation."""
        entries = self._generation.manifest.segments
        return Stats(
            generation=self._generation.manifest.generation,
            documents=sum(entry.documents - len(entry.dead) for entry in entries),
            sentences=self._generation.live,
            tokens=self._generation.tokens,
            languages=self._languages,
            size=self._generation.size,
        )

    # -- asking ----------------------------------------------------------------------------------------

    @_sound
    def search(
        self,
        question: str,
        history: Sequence[Turn] = (),
        limit: int = 10,
        detailed: int | None = None,
    ) -> Results:
        """The best ``limit`` sentences for a question, best first; ``history`` is oldest first.

        Hits beyond the first ``detailed`` (None: all) come without highlights, references, speaker
        and neighbours, those beyond the third without evidence. Where the question asks for what is new,
        there are up to ``BEST_OF`` hits, all with evidence and details: to put those that answer in the order
        of their dates is up to whoever decides which do.
        Deterministic: equal scores are ordered by document id and place. The latest results are remembered.
        """
        return self._asked(understand(question, self._readers, history), question, limit, detailed)

    @_sound
    def search_unquoted(
        self, question: str, history: Sequence[Turn] = (), limit: int = 10, detailed: int | None = None
    ) -> Results:
        """The same, but that sentences need not hold the question's phrases."""
        return self._asked(understand(question, self._readers, history, unquoted), question, limit, detailed)

    @_sound
    def search_literally(self, question: str, history: Sequence[Turn] = (), limit: int = 10) -> Results:
        """The same of a question in which nothing is a filter, as in a set of questions to measure by."""
        query = understand(question, self._readers, history, taken_literally)
        return self._asked(query, question, limit, None)

    def _asked(self, query: Query, question: str, limit: int, detailed: int | None) -> Results:
        return replace(self._recent(query, limit, detailed), question=question)

    def _search(self, asked: Query, limit: int, detailed: int | None) -> Results:
        respelt = self._speller.respell(asked)
        if not asked.within.filters:
            return self._ranked(respelt, limit, detailed)
        mask = self._masks.of(asked.within.filters)
        results = self._within(respelt, mask, limit, detailed)
        corrected = {**(results.corrected or {}), **(mask.named if results.hits else {})} or None
        suggestion = f"{results.suggestion} {asked.within.filters}".strip() if results.suggestion else None
        within = replace(asked.within, hints=(*asked.within.hints, *mask.hints))
        return replace(results, corrected=corrected, suggestion=suggestion, within=within)

    def _within(self, respelt: Respelt, mask: Mask, limit: int, detailed: int | None) -> Results:
        """What the query finds among the sentences that pass; all of them where nothing else is asked."""
        query = respelt.query
        listed = query.within.alone and (query.within.filters.newest or not query.concepts)
        if not listed:
            left_out = self._stage_one.found_among(query, mask.undated)
            results = self._ranked(respelt, limit, detailed, mask)
        elif mask.narrows or query.within.filters.newest:
            left_out = np.flatnonzero(mask.undated)
            results = self._listed(query, mask, limit)
        else:
            return Results(query.question, ())
        return replace(results, undated_left_out=self._masks.documents(left_out))

    def _listed(self, query: Query, mask: Mask, limit: int) -> Results:
        """The newest of the sentences that pass; what says the same is listed once."""
        numbers = self._masks.newest(mask.rows, _SAME * max(limit, 0)).tolist()
        found = [self._views.at(number) for number in numbers]
        texts = [sentence.text for sentence in found]
        same = same_facts(range(len(found)), texts, list(map(rank.plain, texts)))
        hits = (self._listing([found[i] for i in group]) for group in same)
        terms = _terms(query)
        return Results(
            query.question, tuple(self._detailed(hit, terms, mask.phrases) for hit in islice(hits, limit))
        )

    @staticmethod
    def _listing(same: Sequence[Sentence]) -> Hit:
        first = same[0]
        others = {sentence.citation.document for sentence in same} - {first.citation.document}
        return Hit(first, 0.0, _LISTED, also_in=tuple(sorted(others)))

    def _ranked(
        self, respelt: Respelt, limit: int, detailed: int | None, mask: Mask | None = None
    ) -> Results:
        query = respelt.query
        nothing = Results(query.question, (), suggestion=respelt.suggestion, within=query.within)
        newest = query.within.filters.newest
        numbers, found = self._stage_one.find(query, None if mask is None else mask.rows)
        if found is None or limit < 1:
            return nothing
        columns = rank.features(query, found)
        scores = rank.score(columns)
        if mask is not None:
            kept = np.flatnonzero(mask.rows[numbers])
            if not len(kept):
                return nothing
            numbers, found, scores = numbers[kept], taken(found, kept), scores[kept]
            columns = {name: values[kept] for name, values in columns.items()}
        ranks = list(zip((-scores).tolist(), found.places, strict=True))
        order = sorted(range(len(ranks)), key=ranks.__getitem__)
        weigher = Weigher(query, found, columns, self._is_unheard)
        facts = same_facts(order, found.texts, found.plain)
        most = max(limit, BEST_OF) if newest else limit
        pool = _Pool(numbers, found, scores, most if newest else WEIGHED)
        hits = list(islice(self._hits(pool, weigher, facts), most))
        whole = len(hits) if detailed is None or newest else detailed
        terms, phrases = _terms(query), mask.phrases if mask is not None else ()
        shown = (*(self._detailed(hit, terms, phrases) for hit in hits[:whole]), *hits[whole:])
        return replace(nothing, hits=shown, corrected=self._corrected(respelt, hits[0]))

    def _corrected(self, respelt: Respelt, hit: Hit) -> dict[str, str] | None:
        """Of the words searched for as spelt otherwise, those that brought the first hit."""
        if not respelt.searched:
            return None
        terms = {token.term for token in self._tokens(hit.sentence)}
        corrected = {
            word: next((surface for surface, term in searched if term in terms), searched[0][0])
            for word, searched in respelt.searched.items()
            if word in respelt.query.question and word not in hit.evidence.missing
        }
        return corrected or None

    def candidates(
        self, question: str, history: Sequence[Turn] = ()
    ) -> tuple[list[Sentence], NDArray[np.float64]]:
        """What stage two orders, in the order of stage one: sentences, and ``[sentence, feature]`` in the
        order of ``rank.WEIGHTS``.
        """
        query = self._speller.respell(understand(question, self._readers, history, taken_literally)).query
        numbers, found = self._stage_one.find(query)
        if found is None:
            return [], np.empty((0, len(rank.WEIGHTS)))
        columns = rank.features(query, found)
        sentences = [self._views.at(number) for number in numbers.tolist()]
        return sentences, np.stack([columns[name] for name in rank.WEIGHTS], axis=1)

    @_sound
    def alike(self, text: str, limit: int) -> tuple[Sentence, ...]:
        """The up to ``limit`` sentences that share most with a text, best first, in the order of stage one:
        what a quote is looked for among. Nothing is joined, and no word is respelt.
        """
        numbers = self._stage_one.numbers(understand(text, self._readers, read=taken_literally))
        return tuple(self._views.at(number) for number in numbers[:limit].tolist())

    def _hits(self, pool: _Pool, weigher: Weigher, facts: Iterable[list[int]]) -> Iterator[Hit]:
        """One hit for each group of candidates that say the same: the newest of the equal ones."""
        numbers, found = pool.numbers, pool.found
        for place, group in enumerate(facts):
            documents = {found.places[j][0] for j in group}
            i = group[0]
            if len(group) > 1:
                i = max(group, key=lambda j: (found.plain[j] == found.plain[i], self._date(int(numbers[j]))))
            sentence = self._views.at(int(numbers[i]))
            weighs = place < pool.weighed
            yield Hit(
                sentence=sentence,
                score=float(pool.scores[i]),
                evidence=self._weighed(weigher, i, sentence) if weighs else _UNWEIGHED,
                also_in=tuple(sorted(documents - {found.places[i][0]})),
            )

    def _weighed(self, weigher: Weigher, i: int, sentence: Sentence) -> Evidence:
        named = tuple(reference.name for reference in self.references(sentence))
        return weigher.evidence(i, named, self.speaker(sentence))

    def _date(self, number: int) -> str:
        """The date of a sentence's document, "" for none; ISO dates are in order as they are written."""
        return self._views.record(*self._views.document_place(number)).metadata.date or ""

    def _detailed(self, hit: Hit, terms: set[str], phrases: Sequence[str] = ()) -> Hit:
        """The hit with what only a shown one needs; ``terms`` and ``phrases`` are the query's."""
        before, after = self.neighbours(hit.sentence, CONTEXT)
        return replace(
            hit,
            highlights=self._highlights(hit.sentence, terms, phrases),
            refers_to=self.references(hit.sentence),
            speaker=self.speaker(hit.sentence),
            before=tuple(neighbour.text for neighbour in before),
            after=tuple(neighbour.text for neighbour in after),
        )

    def _is_unheard(self, concept: Concept) -> bool:
        """Whether the corpus has neither the word nor one that may stand for it."""
        return not any(self._generation.df(term) for term, _ in concept.terms)

    def _highlights(self, sentence: Sentence, terms: set[str], phrases: Sequence[str]) -> tuple[Span, ...]:
        tokens = self._tokens(sentence)
        single = (Span(token.start, token.end) for token in tokens if token.term in terms)
        if not phrases:
            return tuple(single)
        whole = (span for phrase in phrases for span in phrase_spans(phrase, sentence.text))
        return _apart([*single, *whole])

    def _analysed(self, sentence: Sentence) -> list[Token]:
        record = self._views.record(*self._views.document_place(sentence.number))
        return self._analyzers[record.language].tokens(sentence.text)

    def suggestions(self) -> Iterator[str]:
        """Questions that the documents' owners suggest, in the order of the corpus."""
        for record in self._views.records():
            yield from record.metadata.examples

    def people(self) -> Iterator[tuple[str, str]]:
        """People that pronouns stand for, ``(name, language)``, in the order of the corpus, each once."""
        return self._views.people()

    # -- looking up ------------------------------------------------------------------------------------

    @_sound
    def sentence(self, quote_id: str) -> Sentence | None:
        """The sentence of a quote id, or None where no document holds it now."""
        return self._views.of_quote(quote_id)

    @_sound
    def neighbours(self, sentence: Sentence, n: int) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
        """The up to ``n`` quotable sentences of the same document on each side, in document order."""
        return self._views.neighbours(sentence, n)

    @_sound
    def rows_around(self, sentence: Sentence, n: int) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
        """The up to ``n`` rows of the same document on each side: ``neighbours`` with headings and the like,
        which cannot be quoted by themselves.
        """
        return self._views.rows_around(sentence, n)

    @_sound
    def paragraph(self, sentence: Sentence) -> tuple[Sentence, ...]:
        """The quotable sentences of the sentence's paragraph, itself among them."""
        return self._views.paragraph(sentence)

    @_sound
    def references(self, sentence: Sentence) -> tuple[Reference, ...]:
        """Who the sentence's pronouns stand for, where that is sure."""
        return self._views.references(sentence)

    @_sound
    def speaker(self, sentence: Sentence) -> str | None:
        """The name of whoever says the sentence, as its document writes it, where that is sure."""
        return self._views.speaker(sentence)

    @_sound
    def document(self, document_id: str) -> Document | None:
        """A document with its text, or None where there is none of that id."""
        return self._views.document(document_id)

    @_sound
    def outline(self, document_id: str) -> tuple[int, Sentence, Sentence] | None:
        """How many sentences of a document can be quoted, the first and the last; None where none can."""
        return self._views.outline(document_id)


def _terms(query: Query) -> set[str]:
    return {term for concept in query.concepts for term, _ in concept.terms}


def _apart(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that overlap as one."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start < out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return tuple(out)
