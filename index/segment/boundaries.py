"""Where sentences end inside a block.

A candidate is a run of final marks with the closers behind it. A list of rules, one for each kind of mark,
is asked in order; the first that has an opinion decides. What no rule decides (an abbreviation of a class
that both ends and does not end sentences, before a capital) goes to nltk's Punkt with our own parameters.

Every rule looks at most ``REACH`` code points away: the time is linear whatever the text.

Blocks, datelines and kinds are not decided here.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any

from index.nltk_parts import punkt
from index.segment.candidate import CANDIDATE, HARD, REACH, WORD_OPENERS, Candidate
from index.segment.tables import (
    AFTER_HOURS,
    BEFORE_ORDINALS,
    FIRM_NAMES,
    LETTER_NOUNS,
    MONTH_NAMES,
    ORDINAL_NOUNS,
    ROMAN,
    SPEECH,
    SUFFIXES,
    Class,
    Words,
    words_of,
)

__all__ = ["sentence_ends"]

Rule = Callable[[Candidate], bool | None]
"""True: a sentence ends here. False: none does. None: no opinion."""


# --- rules for any mark


def continues(c: Candidate) -> bool | None:
    """What follows cannot begin a sentence: "etc.), he", "Wow!, which"."""
    following = c.text[c.next]
    if following in ",;:%)]}…/|=&+" or (following in ".!?" and not c.gap):
        return False
    return None


def attribution(c: Candidate) -> bool | None:
    """A dash carries the sentence on: «Ждите!» — крикнул мэр; inside guillemets even before a capital."""
    if c.dash and c.lower:
        return False
    if c.dash and c.mark == "." and not c.closers and c.gap and not c.opener:
        behind = c.text[max(c.sentence, c.start - REACH) : c.start]
        if behind.rfind("«") > behind.rfind("»"):
            return False
    return None


def bracketed(c: Candidate) -> bool | None:
    """A mark alone in brackets is part of its sentence: [...], (!), (?)."""
    if c.closers[:1] in (")", "]") and c.before[-1:] in ("(", "["):
        return False
    return None


# --- rules for ! and ?


def speaker(c: Candidate) -> bool | None:
    """A quotation that runs on into its attribution: "Who pays?" Krull asked."""
    if not c.quoted or not c.capital:
        return None
    if c.starter:
        return None
    for word in re.findall(r"[\w'’-]+", c.ahead(60))[1:5]:
        if word in SPEECH:
            return False
        if word.islower():
            return None
    return None


def exclaimed_name(c: Candidate) -> bool | None:
    """A firm with a mark in its name: Wow! Inc."""
    return False if c.after in FIRM_NAMES else None


def loud_lower(c: Candidate) -> bool | None:
    """A small letter goes on after a quotation or a name ("Stop!" he shouted), not after a plain word."""
    if not c.lower:
        return None
    return bool(c.gap) and not c.closers and not c.opener and not c.dash and c.word.islower()


def loud_glued(c: Candidate) -> bool | None:
    """Why?Because ends; index.php?Id=3 does not."""
    if c.gap or c.closers:
        return None
    return c.capital and not _is_web(c)


# --- rules for ellipses


def ellipsis(c: Candidate) -> bool | None:
    """It ends before a capital; it opens a sentence where nothing stands before it."""
    if not c.before.strip(WORD_OPENERS + " "):
        return False
    if c.after in ("http", "https", "www"):
        return True
    if not c.gap and not c.closers:
        return c.capital
    return not (c.lower or (c.digit and "(" in c.opener))


# --- rules for the single stop

_GLUE_LEFT = re.compile(r"(?:[^\W\d_]{2,}|\d+|[\d.,]+%|[)\]\"”»’'])\Z")
_DATE_PART = re.compile(r"\d{1,2}\Z")
_WEB = re.compile(r"(?i)://|www\.|@|\w/\w|\\|^\W*\w+\.\w+\.\w+\W*$")


def _is_web(c: Candidate) -> bool:
    return bool(_WEB.search(c.token())) or (c.after.lower() in SUFFIXES and not c.starter)


def glued(c: Candidate) -> bool | None:
    """FAO.She ends; 2.75, U.S.A, Vue.js, www.Example.Com and H.W.Finch do not."""
    if c.gap:
        return None
    if not c.closers:
        return _glued_bare(c)
    if c.opener and not c.after:
        return False
    if c.capital:
        return None
    return None if c.digit and c.closers[-1] in ")]" else False


def _glued_bare(c: Candidate) -> bool | None:
    """No space and no closer between the stop and what follows."""
    if not c.capital or c.before_letter:
        return False
    if c.opener or c.dash:
        return None if c.opener else False
    if not c.word:
        return c.after != "NET"
    return None if c.words.class_of(c.word) and not _is_name(c) else not _is_name(c)


def _is_name(c: Candidate) -> bool:
    """Whether the stop stands inside a name: of a site, a file, a product in capitals."""
    last = re.split(r"[.\-/]", c.word)[-1]
    capitals = len(c.after) > 1 and c.after.isupper() and not last.islower()
    return capitals or not _GLUE_LEFT.search(c.word[-24:]) or _is_web(c)


def small(c: Candidate) -> bool | None:
    """A small letter goes on with the sentence, unless all is written small: it is late. i am going."""
    if not c.lower:
        return None
    if not c.gap or c.closers or c.opener or c.dash or not c.word.isalpha() or not c.word.islower():
        return False
    if c.words.class_of(c.word) or len(c.word) < 3:
        return False
    casual = c.text[c.sentence].islower()
    return casual or (len(c.word) > 3 and c.after in c.words.small_starters)


def detached(c: Candidate) -> bool | None:
    """A stray space before the stop; no abbreviation touches it: "the pier . The crane"."""
    return True if not c.word else None


def list_mark(c: Candidate) -> bool | None:
    """A number or letter that begins the sentence is its mark: 1. The first."""
    if c.closers not in ("", ")") or len(c.word) > 5:
        return None
    if c.first and re.fullmatch(r"\(?(?:\d{1,3}(?:\.\d{1,2})*|[^\W\d_]|[ivxIVX]{1,5})", c.word):
        return False
    return None


def before_number(c: Candidate) -> bool | None:
    """No. 17, p. 31, Feb. 3 go on; "3 to 1. 2 members" ends."""
    if not c.digit or c.opener:
        return None
    kind = c.words.class_of(c.word)
    if kind is None and len(c.word) == 1 and c.word.isalpha() and not c.prior[:-1].isdigit():
        return False
    if c.word.isdigit() and len(c.word) < 3 and re.match(r"\d{1,2}\.|\d{4}\b", c.ahead(8)):
        return False
    return kind in (None, Class.LOOSE, Class.YEAR, Class.FIRM)


def initial(c: Candidate) -> bool | None:
    """Ruth K. Alder goes on; "my aunt and I. Then" and "World War I. It" end."""
    word = c.word.rsplit("-", 1)[-1]
    if len(word) != 1 or not word.isupper():
        return None
    if c.closers:
        return True if c.quoted else None
    prior = c.prior.lower()
    if prior in LETTER_NOUNS:
        return True
    if word == "I" and (prior in ("and", "or", "than", "as") or (prior.islower() and c.starter)):
        return True
    return c.starter and (prior.islower() or prior.isdigit() or len(c.after) > 2)


def compound(c: Candidate) -> bool | None:
    """Single letters with spaces between are one abbreviation: и т. д., z. B., U. S."""
    if (
        len(c.word) == 1
        and c.word.isalpha()
        and c.before_letter
        and not c.closers
        and not c.prior[-1:].isdigit()
    ):
        return False
    if len(c.word) != 1 or not re.search(r"(?:^|\W)\w\. ?\w\Z", c.before[-5:]):
        return None
    return _by_class(c, c.prior.rstrip(".") + "." + c.word)


def abbreviation(c: Candidate) -> bool | None:
    """What the class of the abbreviation says."""
    return _by_class(c, c.word)


def ordinal(c: Candidate) -> bool | None:
    """German ordinals go on: am 24. Januar, im 19. Jahrhundert."""
    if c.word not in ROMAN and not (c.word.isdigit() and len(c.word) < 3):
        return None
    after = c.after.lower()
    if after in ORDINAL_NOUNS and (c.words.german or after not in MONTH_NAMES):
        return False
    if c.words.german and (c.prior in BEFORE_ORDINALS or not c.word.isdigit()):
        return c.starter
    return None


def dotted(c: Candidate) -> bool | None:
    """Letters with stops between that no table knows: L.K. Hansen goes on, the next word decides."""
    if c.closers or not re.fullmatch(r"(?:\w{1,2}\.)+\w{1,4}", c.word) or c.word[0].isdigit():
        return None
    return _punkt_says("u.s", c.after, c.words)


def otherwise(_: Candidate) -> bool | None:
    """An ordinary word before the stop."""
    return True


_FRONTED = re.compile(r"\W*\w{1,7}(?: [\w.]{1,12})? [\d:–-]{1,9}(?: гг?|)\s?\Z")


def _by_class(c: Candidate, word: str) -> bool | None:
    kind = c.words.class_of(word)
    if kind is None:
        return None
    if c.quoted and kind is not Class.TITLE:
        return True
    return _CLASSES[kind](c, word)


def _title(c: Candidate, word: str) -> bool:
    """Main St. The shop: a street before a word that begins sentences."""
    if word in ("St", "Mt", "Ft", "Pt") and c.prior[:1].isupper():
        return c.starter
    return False


def _numbered(c: Candidate, word: str) -> bool:
    """vol. II goes on."""
    if c.after.rstrip("-") in ROMAN or len(c.after) == 1:
        return c.after in ("A", "I") and c.starter
    return _punkt_says(word, c.after, c.words)


def _word(c: Candidate, _: str) -> bool:
    """App. B, Fig. S1 and Art. IV go on."""
    return c.after in ("A", "I") or not (c.after in ROMAN or re.fullmatch(r"[^\W\d_]\d*", c.after))


def _next_decides(c: Candidate, word: str) -> bool:
    return _punkt_says(word, c.after, c.words)


def _loose(c: Candidate, word: str) -> bool:
    """At 9 a.m. Ms. Quill goes on: an adverb of time opens the sentence and nothing else stands before it."""
    if word == "пр" and c.prior != "и":
        return False
    if word.lower() in ("a.m", "p.m") and c.after in AFTER_HOURS:
        return False
    return c.starter or not _is_fronted(c, word)


def _year(c: Candidate, word: str) -> bool:
    """в 1903 г. Его ends; в г. Орске goes on; К 2030 г. Норвегия goes on."""
    if not c.prior[-1:].isdigit() and c.prior[-1:] not in ("X", "V", "I"):
        return False
    return c.starter or not _is_fronted(c, word)


def _is_fronted(c: Candidate, word: str) -> bool:
    before = c.text[max(c.sentence, c.start - REACH) : c.start]
    return len(before) < REACH and bool(_FRONTED.match(before.removesuffix(word).rstrip() + " "))


_CLASSES: dict[Class, Callable[[Candidate, str], bool]] = {
    Class.TITLE: _title,
    Class.NUMBERED: _numbered,
    Class.WORD: _word,
    Class.MONTH: _next_decides,
    Class.FIRM: _next_decides,
    Class.NEVER: lambda _c, _word: False,
    Class.LOOSE: _loose,
    Class.YEAR: _year,
}


@cache
def _punkt(words: Words) -> Any:
    """Punkt with our parameters."""
    return punkt(
        abbrev_types={w.lower() for w in words.classes}, sent_starters={w.lower() for w in words.starters}
    )


@lru_cache(maxsize=8192)
def _punkt_says(word: str, after: str, words: Words) -> bool:
    """Punkt's decision, from the two words alone."""
    return bool(_punkt(words).text_contains_sentbreak(f"{word}. {after}"))


ANY: tuple[Rule, ...] = (continues, attribution, bracketed)
LOUD: tuple[Rule, ...] = (*ANY, loud_lower, loud_glued, exclaimed_name, speaker, otherwise)
DOTS: tuple[Rule, ...] = (*ANY, ellipsis)
STOP: tuple[Rule, ...] = (
    *ANY, small, glued, detached, list_mark, before_number,
    compound, initial, abbreviation, ordinal, dotted, otherwise,
)  # fmt: skip


def _rules(mark: str) -> tuple[Rule, ...]:
    if mark == ".":
        return STOP
    if "!" in mark or "?" in mark or mark[0] in "‼⁇⁈⁉":
        return LOUD
    return DOTS


def _ends(c: Candidate) -> bool:
    if c.mark[0] in HARD:
        return c.text[c.next] not in "，、,;:"
    for rule in _rules(c.mark):
        answer = rule(c)
        if answer is not None:
            return answer
    return True


def sentence_ends(text: str, start: int, end: int, language: str) -> Iterator[int]:
    """The ends of the sentences of a block, without the last: each is behind its marks and closers."""
    words = words_of(language)
    sentence = start
    for match in CANDIDATE.finditer(text, start, end):
        if match.end() >= end:
            return
        candidate = Candidate(text, match, sentence, end, words)
        if _ends(candidate):
            close = _with_note(candidate, end)
            yield close
            sentence = max(close, candidate.next)


_NOTE = re.compile(r"[ \u00a0]?\d{1,3}(?=\s+([^\W\d_]+))")


def _with_note(c: Candidate, limit: int) -> int:
    """The end with a footnote's number behind it: precedent. 7 The rule"""
    if not c.digit or not c.word or c.word[-1].isdigit():
        return c.close
    note = _NOTE.match(c.text, c.close, limit)
    return note.end() if note and note[1] in c.words.starters else c.close
