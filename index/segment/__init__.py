"""Text -> paragraphs -> sentence spans.

``blocks`` finds the paragraphs, ``openings`` how they begin, ``boundaries`` the ends of sentences inside each
at every ``candidate``; ``tables`` holds the words they ask for. This module puts them together and says what
each span is: sentence, heading, list, dateline or byline. The text is never rewritten: every span is of the
original.

What a sentence means, and which of them is quoted, is not decided here.
"""

from index.model import Kind, Paragraph, SentenceSpan
from index.segment.blocks import Block, blocks, trim
from index.segment.boundaries import sentence_ends
from index.segment.openings import byline, dateline, items, listed

__all__ = ["segment"]


def segment(
    text: str, language: str = "und", *, start: int = 0, markdown: bool = False
) -> tuple[Paragraph, ...]:
    """Paragraphs of ``text[start:]`` and their sentences, in order; offsets count in the whole text.

    ``language`` is an ISO 639-1 code, or "und": then all rules that are safe in any language apply.
    """
    found = blocks(text, start, markdown)
    paragraphs = [Paragraph(b.start, b.end, tuple(_sentences(text, b, language))) for b in found]
    if not markdown:
        paragraphs = _with_headings(text, paragraphs)
    return tuple(paragraphs)


def _sentences(text: str, block: Block, language: str) -> list[SentenceSpan]:
    if block.whole:
        return [SentenceSpan(block.start, block.end, block.kind or Kind.SENTENCE)]
    if block.kind is None and byline(text, block.start, block.end):
        return [SentenceSpan(block.start, block.end, Kind.BYLINE)]
    spans: list[SentenceSpan] = []
    start = block.start
    if block.kind is None and (end := dateline(text, start, block.end)):
        spans.append(SentenceSpan(start, end, Kind.DATELINE))
        start = end
    kind = block.kind or (Kind.LIST if listed(text, start, block.end) else Kind.SENTENCE)
    for left, right in items(text, start, block.end):
        begin = left
        for end in (*sentence_ends(text, *trim(text, left, right), language), right):
            span = trim(text, begin, end)
            if span[0] < span[1]:
                spans.append(SentenceSpan(*span, kind))
            begin = end
    return spans


# --- headings

_ENDS = ".!?…\"'’”»)]。！？"


def _with_headings(text: str, paragraphs: list[Paragraph]) -> list[Paragraph]:
    """A short line that stands alone before longer prose is a heading; in a row of short lines none is."""
    found = list(paragraphs)
    for number, paragraph in enumerate(paragraphs):
        if not _titular(text, paragraph):
            continue
        if number and _titular(text, paragraphs[number - 1]):
            continue
        rest = [p for p in paragraphs[number + 1 : number + 3] if p.sentences[0].kind is not Kind.BYLINE]
        if rest and _prose(text, rest[0]) and rest[0].end - rest[0].start > paragraph.end - paragraph.start:
            only = paragraph.sentences[0]
            found[number] = Paragraph(
                paragraph.start, paragraph.end, (SentenceSpan(only.start, only.end, Kind.HEADING),)
            )
    return found


def _titular(text: str, paragraph: Paragraph) -> bool:
    """One short line, a capital or digit first, nothing final last."""
    body = text[paragraph.start : min(paragraph.end, paragraph.start + 121)]
    return (
        len(paragraph.sentences) == 1
        and paragraph.sentences[0].kind is Kind.SENTENCE
        and len(body) <= 120
        and len(body.split()) <= 16
        and "\n" not in body
        and (body.lstrip("\"'“«„‘")[:1].isupper() or body[:1].isdigit())
        and body[-1] not in ".!?…:;,-–—。！？"
        and not body.endswith((".»", ".”", '."', ".'"))
    )


def _prose(text: str, paragraph: Paragraph) -> bool:
    body = text[paragraph.start : paragraph.end]
    return len(body) >= 60 and body[-1] in _ENDS and paragraph.sentences[-1].kind is Kind.SENTENCE
