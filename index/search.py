"""The engine's only door: a question in, hits out, and every view of a stored sentence.

    question -query-> concepts -candidates (postings, bm25)-> candidates with surroundings -rank-> Hits

An ``Index`` is one generation and never changes; it may be used from several threads.

It builds nothing (see build.py) and does not decide whether a hit answers (see bot/answer.py).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial, wraps
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from index import rank
from index.analyze import Analyzer
from index.candidates import StageOne
from index.duplicates import same_facts
from index.errors import StoreError
from index.evidence import Weigher
from index.generation import Generation
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

CONTEXT = 2
"""Neighbours on each side that a hit carries."""


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
        and neighbours, those beyond the third without evidence.
        Deterministic: equal scores are ordered by document id and place. The latest results are remembered.
        """
        found = self._recent(understand(question, self._readers, history), limit, detailed)
        return replace(found, question=question)

    def _search(self, asked: Query, limit: int, detailed: int | None) -> Results:
        respelt = self._speller.respell(asked)
        query, question = respelt.query, asked.question
        numbers, found = self._stage_one.find(query)
        if found is None or limit < 1:
            return Results(question, (), suggestion=respelt.suggestion)
        columns = rank.features(query, found)
        scores = rank.score(columns)
        ranks = list(zip((-scores).tolist(), found.places, strict=True))
        order = sorted(range(len(ranks)), key=ranks.__getitem__)
        weigher = Weigher(query, found, columns, self._is_unheard)
        hits = list(
            islice(
                self._hits(numbers, found, scores, weigher, same_facts(order, found.texts, found.plain)),
                limit,
            )
        )
        terms = {term for concept in query.concepts for term, _ in concept.terms}
        whole = len(hits) if detailed is None else detailed
        shown = (*(self._detailed(hit, terms) for hit in hits[:whole]), *hits[whole:])
        return Results(question, shown, self._corrected(respelt, hits[0]), suggestion=respelt.suggestion)

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
        query = self._speller.respell(understand(question, self._readers, history)).query
        numbers, found = self._stage_one.find(query)
        if found is None:
            return [], np.empty((0, len(rank.WEIGHTS)))
        columns = rank.features(query, found)
        sentences = [self._views.at(number) for number in numbers.tolist()]
        return sentences, np.stack([columns[name] for name in rank.WEIGHTS], axis=1)

    def _hits(
        self,
        numbers: NDArray[np.int64],
        found: rank.Candidates,
        scores: NDArray[np.float64],
        weigher: Weigher,
        facts: Iterable[list[int]],
    ) -> Iterator[Hit]:
        """One hit for each group of candidates that say the same: the newest of the equal ones."""
        for place, group in enumerate(facts):
            documents = {found.places[j][0] for j in group}
            i = group[0]
            if len(group) > 1:
                i = max(group, key=lambda j: (found.plain[j] == found.plain[i], self._date(int(numbers[j]))))
            sentence = self._views.at(int(numbers[i]))
            yield Hit(
                sentence=sentence,
                score=float(scores[i]),
                evidence=self._weighed(weigher, i, sentence) if place < WEIGHED else Evidence(0.0, (), False),
                also_in=tuple(sorted(documents - {found.places[i][0]})),
            )

    def _weighed(self, weigher: Weigher, i: int, sentence: Sentence) -> Evidence:
        named = tuple(reference.name for reference in self.references(sentence))
        return weigher.evidence(i, named, self.speaker(sentence))

    def _date(self, number: int) -> str:
        """The date of a sentence's document, "" for none; ISO dates are in order as they are written."""
        return self._views.record(*self._views.document_place(number)).metadata.date or ""

    def _detailed(self, hit: Hit, terms: set[str]) -> Hit:
        """The hit with what only a shown one needs; ``terms`` are the query's."""
        before, after = self.neighbours(hit.sentence, CONTEXT)
        return replace(
            hit,
            highlights=self._highlights(hit.sentence, terms),
            refers_to=self.references(hit.sentence),
            speaker=self.speaker(hit.sentence),
            before=tuple(neighbour.text for neighbour in before),
            after=tuple(neighbour.text for neighbour in after),
        )

    def _is_unheard(self, concept: Concept) -> bool:
        """Whether the corpus has neither the word nor one that may stand for it."""
        return not any(self._generation.df(term) for term, _ in concept.terms)

    def _highlights(self, sentence: Sentence, terms: set[str]) -> tuple[Span, ...]:
        tokens = self._tokens(sentence)
        return tuple(Span(token.start, token.end) for token in tokens if token.term in terms)

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
