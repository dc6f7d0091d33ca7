"""How well questions are answered over given sentences: qrels, runs and metrics, as in TREC.

The sentences come already split, so that ranking is measured apart from splitting. S@k is the share of
questions with a relevant sentence among the first k; MRR@10 the mean of 1 / rank of the first relevant one
among ten, 0 where there is none; AUC the chance that a question that has an answer is held more surely
answered than one that has not (Hanley and McNeil 1982), ties counting half.

It decides nothing about an answer: the confidence in one is the caller's function.
"""

import json
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.build import build_sentences
from index.errors import QuothError
from index.model import Citation, Document, Metadata, Paragraph, Results, SentenceSpan, Turn
from index.search import Index

__all__ = [
    "DEPTH",
    "Question",
    "Ranking",
    "SentenceRow",
    "auc",
    "candidates_of",
    "figures",
    "load_questions",
    "load_sentences",
    "rank_all",
]

DEPTH = 10
"""Sentences ranked for a question: the metrics look no further."""

_T = TypeVar("_T")

Place = tuple[str, int]
"""A document's id and the position of a sentence in it, from 0."""


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """A line of a set's sentences. ``paragraph`` and ``number`` count from 0 in the document."""

    document: str
    title: str
    paragraph: int
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A line of a set's questions with its qrels."""

    id: str
    text: str
    relevant: frozenset[Place]
    answerable: bool
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was found for a question: places with scores, best first, and how sure the answer is."""

    question: Question
    found: tuple[tuple[Place, float], ...]
    confidence: float

    @property
    def first(self) -> int | None:
        """The rank of the first relevant sentence, from 1; None where none was found."""
        places = (place for place, _ in self.found[:DEPTH])
        return next((rank for rank, place in enumerate(places, 1) if place in self.question.relevant), None)

    @property
    def run_lines(self) -> str:
        """Question, document, sentence, rank and score, tabs between, a line each."""
        return "".join(
            f"{self.question.id}\t{document}\t{number}\t{rank}\t{score!r}\n"
            for rank, ((document, number), score) in enumerate(self.found, 1)
        )


def rank_all(
    rows: Iterable[SentenceRow], questions: Iterable[Question], confidence: Callable[[Results], float]
) -> Iterator[Ranking]:
    """Index the sentences in a temporary folder and rank them for each question, in order."""
    documents, numbers = _documents(rows)
    with tempfile.TemporaryDirectory(prefix="quoth-eval-") as folder:
        build_sentences(documents, Path(folder))
        with Index.open(Path(folder)) as index:
            for question in questions:
                results = index.search_literally(question.text, question.history, DEPTH)
                found = ((hit.sentence.citation, hit.score) for hit in results.hits[:DEPTH])
                places = ((_place(citation, numbers), score) for citation, score in found)
                yield Ranking(question, tuple(places), confidence(results))


def candidates_of(
    rows: Iterable[SentenceRow], questions: Iterable[Question]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """For each question the features of its candidates, ``[candidate, feature]`` in the order of
    ``rank.WEIGHTS``, and which of them are relevant: what weights are learned from.
    """
    documents, numbers = _documents(rows)
    with tempfile.TemporaryDirectory(prefix="quoth-eval-") as folder:
        build_sentences(documents, Path(folder))
        with Index.open(Path(folder)) as index:
            for question in questions:
                sentences, features = index.candidates(question.text, question.history)
                places = (_place(sentence.citation, numbers) for sentence in sentences)
                yield features, np.array([place in question.relevant for place in places], dtype=bool)


def _place(citation: Citation, numbers: dict[Place, int]) -> Place:
    return citation.document, numbers[citation.document, citation.start]


def figures(rankings: Sequence[Ranking]) -> dict[str, float | int]:
    """S@k and MRR@10 over the answerable questions that have qrels; AUC where some are unanswerable."""
    ranks = [each.first for each in rankings if each.question.answerable and each.question.relevant]
    count = max(len(ranks), 1)
    result: dict[str, float | int] = {"questions": len(ranks)}
    for k in (1, 3, 5):
        result[f"S@{k}"] = round(sum(rank is not None and rank <= k for rank in ranks) / count, 4)
    result["MRR@10"] = round(sum(1 / rank for rank in ranks if rank) / count, 4)
    yes = [each.confidence for each in rankings if each.question.answerable]
    no = [each.confidence for each in rankings if not each.question.answerable]
    if yes and no:
        result |= {"unanswerable": len(no), "AUC": round(auc(yes, no), 4)}
    return result


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The share of pairs in which the positive is higher, a tie being half a pair. Neither may be empty."""
    ordered = sorted(negative)
    won = sum(bisect_left(ordered, value) + bisect_right(ordered, value) for value in positive)
    return won / (2 * len(positive) * len(negative))


def _documents(
    rows: Iterable[SentenceRow],
) -> tuple[list[tuple[Document, tuple[Paragraph, ...]]], dict[Place, int]]:
    """Documents already split, and from (document, start of a sentence) the sentence's number."""
    by_document: dict[str, list[SentenceRow]] = {}
    for row in rows:
        if row.text:
            by_document.setdefault(row.document, []).append(row)
    documents, numbers = [], {}
    for name, its in by_document.items():
        text, paragraphs = _joined(its)
        metadata = Metadata(title=its[0].title or None)
        documents.append((Document(name, f"{name}.txt", text, metadata), paragraphs))
        spans = (span for paragraph in paragraphs for span in paragraph.sentences)
        numbers.update({(name, span.start): row.number for span, row in zip(spans, its, strict=True)})
    return documents, numbers


def _joined(rows: Iterable[SentenceRow]) -> tuple[str, tuple[Paragraph, ...]]:
    """A document's text, its sentences joined by a space and its paragraphs by a line break."""
    pieces: list[str] = []
    paragraphs, start = [], 0
    for _, group in groupby(rows, key=lambda row: row.paragraph):
        spans: list[SentenceSpan] = []
        for row in group:
            spans.append(SentenceSpan(start, start + len(row.text)))
            pieces += [row.text, " "]
            start += len(row.text) + 1
        pieces[-1] = "\n"
        paragraphs.append(Paragraph(spans[0].start, spans[-1].end, tuple(spans)))
    return "".join(pieces[:-1]), tuple(paragraphs)


def load_sentences(path: Path) -> list[SentenceRow]:
    """The sentences of a set, in the file's order; white space around a sentence is not part of it."""
    return list(_read(path, _sentence, 'write {"doc", "title", "par", "sent", "text"}'))


def load_questions(path: Path, *, history: bool = True) -> list[Question]:
    """The questions of a set with their qrels, and their history unless it is left out."""
    questions = list(_read(path, _question, 'write {"id", "question", "relevant", "answerable", "history"}'))
    return questions if history else [replace(question, history=()) for question in questions]


def _read(path: Path, parse: Callable[[Any], _T], remedy: str) -> Iterator[_T]:
    """The lines of a JSON Lines file. Raises QuothError naming file and line."""
    try:
        with path.open("rb") as lines:
            for number, raw in enumerate(lines, 1):
                if raw.strip():
                    try:
                        yield parse(json.loads(raw))
                    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                        raise QuothError(f"{path}, line {number}", _fault(error), remedy) from error
    except OSError as error:
        fault = f"cannot be read ({(error.strerror or str(error)).lower()})"
        raise QuothError(path, fault, "name a file that can be") from error


def _fault(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f'"{error.args[0]}" is missing'
    if isinstance(error, UnicodeDecodeError | json.JSONDecodeError):
        return "not JSON in UTF-8"
    return "a value is not of the kind expected"


def _sentence(row: Any) -> SentenceRow:
    paragraph, number = int(row["par"]), int(row["sent"])
    return SentenceRow(str(row["doc"]), str(row.get("title") or ""), paragraph, number, row["text"].strip())


def _question(row: Any) -> Question:
    relevant = frozenset((str(document), int(number)) for document, number in row.get("relevant") or ())
    answerable = bool(row.get("answerable", True))
    return Question(
        str(row["id"]), str(row["question"]), relevant, answerable, tuple(_turns(row.get("history") or []))
    )


def _turns(history: list[Any]) -> Iterator[Turn]:
    """Earlier turns: objects, or a flat list of question and answer in turn."""
    if history and isinstance(history[0], dict):
        for item in history:
            yield Turn(str(item["question"]), str(item.get("answer") or ""))
    else:
        for question, answer in zip_longest(history[::2], history[1::2], fillvalue=""):
            yield Turn(str(question), str(answer or ""))
