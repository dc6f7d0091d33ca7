"""Write documents and questions about them as a set that can be measured and learned from.

    python tools/own_set.py DEST [--corpus FOLDER] [--questions FILE ...]

DEST/sentences.jsonl and DEST/questions.jsonl come to have the shape that `quoth eval`, benchmarks/quality.py
and tools/learn.py read. Default: this project's own articles and questions (tests/corpus,
tests/questions.jsonl). The sentences are those of our own splitter; of a question {"relevant": [{"doc",
"quote"}]} the relevant sentences are those of the document that equal the quote, else those that hold it.

Headings, datelines and bylines are no sentences of the set: as in the bot, they are not quoted.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from index.corpus import read_document, scan
from index.errors import QuothError
from index.language import detect
from index.model import Document
from index.segment import segment

TESTS = Path(__file__).resolve().parent.parent / "tests"


def sentences(corpus: Path) -> Iterator[dict[str, Any]]:
    """A line for each sentence, in document order; a document's id is its file's stem."""
    for file in scan(corpus):
        document, _ = read_document(file, Path(file.name).stem)
        for number, (paragraph, text) in enumerate(_quotable(document)):
            yield {
                "doc": document.id,
                "title": document.metadata.title or "",
                "par": paragraph,
                "sent": number,
                "text": text,
            }


def _quotable(document: Document) -> Iterator[tuple[int, str]]:
    """Each quotable sentence with its paragraph's number from 0."""
    language = detect(document.text[document.body :])
    paragraphs = segment(document.text, language, start=document.body, markdown=document.markdown)
    for number, paragraph in enumerate(paragraphs):
        for span in paragraph.sentences:
            if span.kind.quotable:
                yield number, document.text[span.start : span.end]


def questions(path: Path, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The questions of a file with the numbers of their sentences.

    Raises QuothError where a quote stands in none.
    """
    texts: dict[str, dict[int, str]] = {}
    for row in rows:
        texts.setdefault(row["doc"], {})[row["sent"]] = row["text"]
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            question = json.loads(line)
            quotes = question.get("relevant") or []
            relevant = [place for quote in quotes for place in _places(path, question["id"], quote, texts)]
            yield question | {"relevant": relevant}


def _places(
    path: Path, name: str, quote: dict[str, Any], texts: dict[str, dict[int, str]]
) -> list[list[Any]]:
    """``[document, number]`` of the sentences that are the quote, else of those that hold it."""
    document, wanted = quote["doc"], quote["quote"].strip()
    its = texts.get(document, {})
    same = [number for number, text in its.items() if text.strip() == wanted]
    found = same or [number for number, text in its.items() if wanted in text]
    if not found:
        raise QuothError(f"{path}, question {name}", f"no sentence of {document} holds its quote", "mend it")
    return [[document, number] for number in found]


def write(rows: Iterable[dict[str, Any]], path: Path) -> None:
    """A JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main() -> None:
    """Write the set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dest", type=Path)
    parser.add_argument("--corpus", type=Path, default=TESTS / "corpus")
    parser.add_argument("--questions", type=Path, nargs="+", default=[TESTS / "questions.jsonl"])
    given = parser.parse_args()
    rows = list(sentences(given.corpus))
    try:
        asked = [question for path in given.questions for question in questions(path, rows)]
    except QuothError as error:
        raise SystemExit(str(error)) from error
    given.dest.mkdir(parents=True, exist_ok=True)
    write(rows, given.dest / "sentences.jsonl")
    write(asked, given.dest / "questions.jsonl")
    print(f"{given.dest}: {len(rows)} sentences, {len(asked)} questions")


if __name__ == "__main__":
    main()
