"""The JSON of ``quoth ask`` and ``quoth verify``: a stable contract, described in the README.

Keys are added, never renamed or removed. Nothing here decides or searches.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from bot.answer import Answer, Outcome
from bot.texts import en
from index.errors import QuothError
from index.model import Hit, Sentence, Span, Turn

if TYPE_CHECKING:
    from index.verdicts import Checked, Part, Verification

__all__ = ["Asked", "answer_object", "batch_object", "read_questions", "read_texts", "verification_object"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of a batch. ``id`` is what the line gives, or its number."""

    id: str | int
    question: str
    history: tuple[Turn, ...] = ()


def answer_object(answer: Answer, limit: int) -> dict[str, Any]:
    """An answer with up to ``limit`` hits, whatever the outcome."""
    return {
        "question": answer.question,
        "answered": answer.outcome is Outcome.ANSWER,
        "outcome": answer.outcome,
        "hits": _hits(answer, limit),
        "corrected": answer.corrected or None,
        "undated_left_out": answer.undated_left_out,
        "hints": list(en.remarks(answer.within)),
    }


def batch_object(asked: Asked, answer: Answer, limit: int) -> dict[str, Any]:
    """The line that answers a line of a batch."""
    return {
        "id": asked.id,
        "answered": answer.outcome is Outcome.ANSWER,
        "outcome": answer.outcome,
        "confidence": answer.confidence,
        "hits": _hits(answer, limit),
        "undated_left_out": answer.undated_left_out,
        "hints": list(en.remarks(answer.within)),
    }


def verification_object(found: "Verification") -> dict[str, Any]:
    """A verified text; spans are ``[start, end]`` in code points, of ``text`` or of the stored document."""
    return {
        "text": found.text,
        "verdict": found.verdict,
        "passages": [_checked(found.text, each) for each in found.passages],
        "unchecked": found.unchecked,
    }


def _checked(text: str, checked: "Checked") -> dict[str, Any]:
    return {
        "span": _pair(checked.span),
        "text": text[checked.span.start : checked.span.end],
        "verdict": checked.verdict,
        "negation": checked.negation,
        "said_by": checked.said_by,
        "variants": list(checked.variants),
        "alone": [_pair(span) for span in checked.alone],
        "parts": [_part(part) for part in checked.parts],
    }


def _part(part: "Part") -> dict[str, Any]:
    sentences, citation = part.source.sentences, part.source.sentences[0].citation
    return {
        "span": _pair(part.text),
        "source": part.source.text,
        "speaker": part.source.speaker,
        "document": citation.document,
        "file": citation.file,
        "title": citation.title,
        "date": citation.date,
        "url": citation.url,
        "start": part.source.span.start,
        "end": part.source.span.end,
        "sentences": [_placed(sentence) for sentence in sentences],
        "differences": [
            {
                "change": each.change,
                "text": _pair(each.text),
                "source": _pair(each.source),
                "negation": each.negation,
            }
            for each in part.differences
        ],
    }


def _placed(sentence: Sentence) -> dict[str, Any]:
    citation = sentence.citation
    return {
        "id": sentence.id,
        "text": sentence.text,
        "paragraph": citation.paragraph,
        "sentence": citation.sentence,
        "start": citation.start,
        "end": citation.end,
        "page": citation.page,
    }


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]


def _hits(answer: Answer, limit: int) -> list[dict[str, Any]]:
    shown = {hit.sentence.id for hit in answer.shown}
    return [
        {"rank": rank, **_hit(hit), "shown": hit.sentence.id in shown}
        for rank, hit in enumerate(answer.hits[:limit], 1)
    ]


def _hit(hit: Hit) -> dict[str, Any]:
    citation = hit.sentence.citation
    return {
        "score": hit.score,
        "id": hit.sentence.id,
        "text": hit.sentence.text,
        "document": citation.document,
        "file": citation.file,
        "title": citation.title,
        "source": citation.source,
        "date": citation.date,
        "url": citation.url,
        "paragraph": citation.paragraph,
        "sentence": citation.sentence,
        "start": citation.start,
        "end": citation.end,
        "highlights": [[span.start, span.end] for span in hit.highlights],
        "refers_to": [{"span": [r.start, r.end], "name": r.name, "id": r.id} for r in hit.refers_to],
        "speaker": hit.speaker,
        "page": citation.page,
        "also_in": list(hit.also_in),
        "before": list(hit.before),
        "after": list(hit.after),
    }


def read_questions(lines: Iterable[bytes], name: str) -> Iterator[Asked]:
    """The questions of a JSON Lines file, one by one as they are read; empty lines are passed over.

    Raises QuothError naming ``name`` and the line for what is not a question.
    """
    return _read(lines, name, _asked, 'write {"id": …, "question": …} or a string')


def read_texts(lines: Iterable[bytes], name: str) -> Iterator[str]:
    """The texts of ``{"text"}`` lines, as ``read_questions`` reads questions."""
    return _read(lines, name, _text, 'write {"text": …}')


def _read(lines: Iterable[bytes], name: str, parse: Callable[[object, int], _T], remedy: str) -> Iterator[_T]:
    for number, raw in enumerate(lines, 1):
        if raw.strip():
            try:
                yield parse(json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8")), number)
            except (ValueError, RecursionError) as error:
                raise QuothError(f"{name}, line {number}", _fault(error), remedy) from error


def _fault(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON from character {error.pos + 1} on"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _asked(value: object, number: int) -> Asked:
    if isinstance(value, str):
        return Asked(number, value)
    if not isinstance(value, dict):
        raise ValueError("neither an object nor a string")
    question, history = value.get("question"), value.get("history")
    if not isinstance(question, str):
        raise ValueError('"question" is missing or no string')
    if not isinstance(history or [], list):
        raise ValueError('"history" is no list')
    identity = number if value.get("id") is None else value["id"]
    if isinstance(identity, bool) or not isinstance(identity, str | int):
        raise ValueError('"id" is neither a string nor a whole number')
    return Asked(identity, question, tuple(_turn(item) for item in history or []))


def _text(value: object, _number: int) -> str:
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        return str(value["text"])
    raise ValueError('no object with a string "text"')


def _turn(item: object) -> Turn:
    """An earlier question; a bare string is one whose answer is not known."""
    if isinstance(item, str):
        return Turn(item)
    if isinstance(item, dict):
        question, shown = item.get("question"), item.get("answer")
        if isinstance(question, str) and isinstance(shown or "", str):
            return Turn(question, shown or "")
    raise ValueError('an item of "history" is neither {"question", "answer"} nor a string')
