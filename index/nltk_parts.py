"""The parts of nltk that Quoth uses, imported when first needed: a quarter of a second that most questions
do not need.

nltk asks for the user's home folder when it is imported, and fails for a user who has none, as in a
container; no data of nltk's is ever read or downloaded.

What is stemmed and split is analyze.py's and segment's business.
"""

import os
from collections.abc import Callable
from typing import Any

__all__ = ["punkt", "snowball"]


def snowball(language: str) -> Callable[[str], str]:
    """The Snowball stemmer of a language by nltk's name for it ("english")."""
    _give_a_home()
    from nltk.stem.snowball import SnowballStemmer  # noqa: PLC0415

    stem: Callable[[str], str] = SnowballStemmer(language).stem
    return stem


def punkt(**parameters: Any) -> Any:
    """Punkt's sentence tokenizer with the given PunktParameters and nothing learned."""
    _give_a_home()
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer  # noqa: PLC0415

    given = PunktParameters()
    for name, value in parameters.items():
        setattr(given, name, value)
    return PunktSentenceTokenizer(given)


def _give_a_home() -> None:
    if os.path.expanduser("~") == "~":  # noqa: PTH111 - as nltk asks, and Path.expanduser raises
        os.environ["HOME"] = os.sep
