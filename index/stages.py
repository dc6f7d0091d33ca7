"""One document through all stages: its language, its sentences, who their pronouns are, their terms.

    Document -language, segment-> spans -people-> mentions, speakers -analyze-> terms, names  =  Analysed

Which documents go through, and when, is build.py's business.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from index.analyze import Analyzer
from index.columns import Analysed, Record, Row
from index.language import detect
from index.model import Document, Kind, Mention, Paragraph
from index.people import resolve
from index.segment import segment
from index.thesaurus import Thesaurus, related_terms

__all__ = ["Stages"]

_TITLE_WORDS = 8


class Stages:
    """Analyses documents one after the other and remembers the forms it met, language by language.

    ``known(language, form)`` may give the term of a form that an earlier segment holds.
    """

    def __init__(self, known: Callable[[str, str], str | None] | None = None) -> None:
        self._known = known
        self._analyzers: dict[str, Analyzer] = {}

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
        mentions, speakers = resolve(document.text, spans, language)
        rows = self._rows(document, paragraphs, mentions, self._analyzer(language))
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
        return Analysed(record, document.text, rows, mentions, speakers)

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

    @staticmethod
    def _rows(
        document: Document, paragraphs: tuple[Paragraph, ...], mentions: Sequence[Mention], analyzer: Analyzer
    ) -> tuple[Row, ...]:
        spans = [
            (number, span) for number, paragraph in enumerate(paragraphs, 1) for span in paragraph.sentences
        ]
        texts = [document.text[span.start : span.end] for _, span in spans]
        names: dict[int, set[str]] = defaultdict(set)
        for mention in mentions:
            name = texts[mention.target][mention.target_start : mention.target_end]
            names[mention.row].update(token.term for token in analyzer.tokens(name))
        ordinals: dict[int, int] = defaultdict(int)
        rows = []
        for place, ((paragraph, span), text) in enumerate(zip(spans, texts, strict=True)):
            quotable = span.kind.quotable
            ordinals[paragraph] += quotable
            rows.append(
                Row(
                    span.start,
                    span.end,
                    span.kind,
                    paragraph,
                    ordinals[paragraph] if quotable else 0,
                    tuple(token.term for token in analyzer.tokens(text)) if quotable else (),
                    frozenset(names[place]) if place in names else frozenset(),
                )
            )
        return tuple(rows)


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
