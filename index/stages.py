"""One document through all stages: its language, its sentences, who their pronouns are, their terms.

    Document -language, segment-> spans -people-> mentions, speakers -analyze-> terms, names  =  Analysed

Which documents go through, and when, is build.py's business.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from index.analyze import Analyzer
from index.columns import Analysed, Record, Row
from index.language import detect
from index.model import Document, Kind, Paragraph, Token
from index.people import resolve
from index.segment import segment
from index.thesaurus import Thesaurus, related_terms
from index.words import LANGUAGE, UNKNOWN_WORD, word_table

__all__ = ["Stages"]

_TITLE_WORDS = 8

_LONGEST_TOPIC = 1_000
"""Code points read for the topic of a document."""

_WORDS = 100_000
"""Forms whose numbers in the word table are kept at hand."""


class Stages:
    """Analyses documents one after the other and remembers the forms it met, language by language.

    ``known(language, form)`` may give the term of a form that an earlier segment holds.
    """

    def __init__(self, known: Callable[[str, str], str | None] | None = None) -> None:
        self._known = known
        self._analyzers: dict[str, Analyzer] = {}
        self._word_number = lru_cache(_WORDS)(word_table().number)

    def analyse(
        self,
        document: Document,
        paragraphs: tuple[Paragraph, ...] | None = None,
        *,
        digest: str = "",
        stamp: str = "",
    ) -> Analysed:
        """The document's rows, mentions and speakers; ``paragraphs`` when it comes already split."""
        language = detect(document.text[document.body :])
        if paragraphs is None:
            paragraphs = segment(document.text, language, start=document.body, markdown=document.markdown)
        spans = [sentence for paragraph in paragraphs for sentence in paragraph.sentences]
        mentions, speakers, descriptions = resolve(document.text, spans, language)
        analyzer = self._analyzer(language)
        rows = self._rows(document, paragraphs, descriptions, analyzer)
        record = Record(
            id=document.id,
            file=document.file,
            title=document.metadata.title or _title(document, rows),
            language=language,
            digest=digest,
            stamp=stamp,
            metadata=document.metadata,
            body=document.body,
            markdown=document.markdown,
        )
        title, topic = (
            frozenset(token.term for token in analyzer.tokens(text))
            for text in (document.metadata.title or "", _topic(document, rows))
        )
        return Analysed(record, document.text, rows, mentions, speakers, title, topic)

    @property
    def languages(self) -> frozenset[str]:
        """The languages met so far."""
        return frozenset(self._analyzers)

    def related(self, thesaurus: Thesaurus, languages: AbstractSet[str]) -> dict[str, dict[str, list[str]]]:
        """language -> term -> its relations. The forms of a language's groups are met by that."""
        groups = thesaurus.groups() if languages else {}
        return {each: related_terms(self._analyzer(each), groups) for each in sorted(languages)}

    def surfaces(self) -> dict[str, dict[str, str]]:
        """language -> form -> term of every form met so far."""
        return {language: analyzer.seen for language, analyzer in self._analyzers.items()}

    def _analyzer(self, language: str) -> Analyzer:
        if language not in self._analyzers:
            known = self._known
            look_up = (lambda form: known(language, form)) if known else None
            self._analyzers[language] = Analyzer(language, look_up, capacity=1 << 62)
        return self._analyzers[language]

    def _rows(
        self,
        document: Document,
        paragraphs: tuple[Paragraph, ...],
        descriptions: Mapping[int, frozenset[str]],
        analyzer: Analyzer,
    ) -> tuple[Row, ...]:
        spans = [
            (number, span) for number, paragraph in enumerate(paragraphs, 1) for span in paragraph.sentences
        ]
        texts = [document.text[span.start : span.end] for _, span in spans]
        ordinals: dict[int, int] = defaultdict(int)
        rows = []
        word_number = self._word_number if analyzer.language == LANGUAGE else _no_number
        for place, ((paragraph, span), text) in enumerate(zip(spans, texts, strict=True)):
            quotable = span.kind.quotable
            ordinals[paragraph] += quotable
            tokens = analyzer.tokens(text) if quotable else []
            rows.append(
                Row(
                    span.start,
                    span.end,
                    span.kind,
                    paragraph,
                    ordinals[paragraph] if quotable else 0,
                    tuple(token.term for token in tokens),
                    self._names(descriptions.get(place), tokens, analyzer),
                    tuple(word_number(text[token.start : token.end].lower()) for token in tokens),
                )
            )
        return tuple(rows)

    @staticmethod
    def _names(words: frozenset[str] | None, tokens: list[Token], analyzer: Analyzer) -> frozenset[str]:
        """The terms of the people's names and roles that the sentence itself does not hold."""
        if not words:
            return frozenset()
        here = {token.term for token in tokens}
        return frozenset(token.term for token in analyzer.tokens(" ".join(sorted(words)))) - here


def _no_number(form: str) -> int:  # noqa: ARG001  # stands in for a look-up
    return UNKNOWN_WORD


def _topic(document: Document, rows: Sequence[Row]) -> str:
    """What a document without a title is about, as news are written: all up to its first sentence's end."""
    if document.metadata.title:
        return ""
    end = next((row.end for row in rows if row.kind.quotable), document.body)
    return document.text[document.body : min(end, document.body + _LONGEST_TOPIC)]


def _title(document: Document, rows: Sequence[Row]) -> str:
    """What the citation calls a document without a title: its first heading, its dateline, or its first
    words.
    """
    for kind in (Kind.HEADING, Kind.DATELINE):
        for row in rows:
            if row.kind is kind:
                return " ".join(document.text[row.start : row.end].lstrip("#").split()).rstrip(" -–—:,")
    first = document.text[rows[0].start : rows[0].end].split() if rows else [document.id]
    return " ".join(first[:_TITLE_WORDS]) + ("…" if len(first) > _TITLE_WORDS else "")
