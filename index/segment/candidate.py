"""A place where a sentence may end, and what stands around it.

``CANDIDATE`` finds the places; a ``Candidate`` answers what rules ask: the word before, the word behind,
closers, gaps. Nothing is looked for farther than ``REACH`` code points away, so that the time is linear.

Whether a sentence ends is not decided here.
"""

import re

from index.segment.blocks import INVISIBLE
from index.segment.tables import Words

__all__ = ["CANDIDATE", "HARD", "REACH", "WORD_OPENERS", "Candidate"]

REACH = 160
"""How far a rule looks, in code points."""

SPACE = rf"[\s{INVISIBLE}]"

_EMOJI = "[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]"
_CLOSER = (
    r"(?:[\"'’”»)\]}›」』】）]"
    r"|[“«‹](?!\w)"
    rf"|[ \u00a0\u202f]?\[(?:\d{{1,3}}(?:[-–,]\s?\d{{1,3}}){{0,4}}|\.\.\.|…)\]"
    r"|[ \u00a0\u202f][\"'](?=\s)|[ ]?`{1,2}(?![\w`])|&(?:quot|raquo|#39|#34|#187);"
    r"|[ \u00a0\u202f][»”](?!\w)"
    rf"|[ \u00a0\u202f]?{_EMOJI}"
    r"|[ \u00a0\u202f]?[:;][-']?[)(DP](?!\w)"
    r")"
)
CANDIDATE = re.compile(
    r"(?P<mark>\.(?:[ \u00a0]\.)+|[.!?…‼⁇⁈⁉]+|[。！？｡．؟۔।॥]+)"
    rf"(?P<closers>{_CLOSER}*)(?P<gap>{SPACE}*)"
)
_NEXT = re.compile(
    r"(?P<opener>[\"'“”‘’«»„‚‹›(\[{¿¡*•§`]{0,4})"
    r"(?P<dash>[-–—―]{0,3}\s?)"
    r"(?P<opener2>[\"'“‘«„(\[¿¡]{0,3})"
    r"(?P<word>\w[\w'’-]{0,40})?"
)
WORD_OPENERS = "\"'“”‘’«»„‚‹›([{¿¡—–•⁃◦▪●‣*/`"
HARD = frozenset("。！？｡．؟۔।॥")


class Candidate:
    """A place where a sentence may end, and what stands around it."""

    __slots__ = (
        "_prior", "after", "before", "close", "closers", "dash", "end", "gap", "mark", "next", "opener",
        "sentence", "start", "text", "word", "words",
    )  # fmt: skip

    def __init__(self, text: str, match: re.Match[str], sentence: int, limit: int, words: Words) -> None:
        self.text, self.sentence, self.words = text, sentence, words
        self.start, self.end = match.span("mark")
        self.mark, self.closers, self.gap = match["mark"], match["closers"], match["gap"]
        self.close, self.next = match.start("gap"), match.end()
        self._give_back_openers()
        self.before = text[max(sentence, self.start - 48) : self.start]
        self.word = self._word()
        ahead = _NEXT.match(text, self.next, limit)
        self.after = ahead["word"] or "" if ahead else ""
        self.opener = ahead["opener"] + ahead["opener2"] if ahead else ""
        self.dash = ahead["dash"].strip() if ahead else ""
        self._prior: str | None = None

    def _give_back_openers(self) -> None:
        """A straight quote before a word, or alone between spaces, may open what follows instead."""
        last = self.closers[-1:]
        if last not in ("'", '"') or (self.gap and self.closers[-2:-1] != " "):
            return
        if not self.gap and not self.text[self.next].isalnum():
            return
        if self.text.count(last, max(self.sentence, self.start - REACH), self.start) % 2:
            return
        self.closers = self.closers[:-1].rstrip()
        self.close = self.end + len(self.closers)
        self.gap = self.text[self.close : self.text.index(last, self.close)]
        self.next = self.close + len(self.gap)

    def _word(self) -> str:
        """The word that the mark touches, without opening marks; "" where white space stands between."""
        if not self.before or self.before[-1].isspace():
            return ""
        return self.before.rsplit(None, 1)[-1].lstrip(WORD_OPENERS)

    @property
    def prior(self) -> str:
        """The word before the word."""
        if self._prior is None:
            parts = self.before.split()
            self._prior = parts[-2].lstrip(WORD_OPENERS) if len(parts) > 1 and self.word else ""
        return self._prior

    @property
    def capital(self) -> bool:
        """Whether what follows could begin a sentence: a capital or a letter of a script without case."""
        first = self.after[:1]
        return first.isalpha() and not first.islower()

    @property
    def lower(self) -> bool:
        """Whether a small letter follows."""
        return self.after[:1].islower()

    @property
    def digit(self) -> bool:
        """Whether a number follows."""
        return self.after[:1].isdigit()

    @property
    def starter(self) -> bool:
        """Whether a word follows that begins sentences and hardly any name."""
        return self.after in self.words.starters

    @property
    def before_letter(self) -> bool:
        """Whether a single letter with a stop follows: the next of several initials."""
        return len(self.after) == 1 and self.after.isalpha() and self.ahead(3)[1:2] == "."

    @property
    def first(self) -> bool:
        """Whether the word is the first of its sentence."""
        return len(self.before) < 48 and self.before.lstrip(WORD_OPENERS + " \t•⁃◦▪●‣·-*") == self.word

    @property
    def quoted(self) -> bool:
        """Whether a quotation closes here."""
        return any(c in "\"'’”»“«›‹」』" for c in self.closers)

    def ahead(self, length: int = 80) -> str:
        """What follows the gap."""
        return self.text[self.next : self.next + length]

    def token(self) -> str:
        """The run of visible characters around the mark, cut at ``REACH`` / 2 on both sides."""
        left = self.text[max(self.sentence, self.start - REACH // 2) : self.start]
        right = self.text[self.start : self.start + REACH // 2]
        return (left.rsplit(None, 1)[-1] if left and not left[-1].isspace() else "") + right.split(None, 1)[0]
