"""Stage two: candidates of stage one -> their final order, by some twenty features with learned weights.

Stage one hands over, for each candidate, how strongly each concept stands in it, in the names of its
pronouns, in its neighbours, its paragraph and its title, how near its words are to the question's, and its
text. Each feature is a small function over all candidates at once; the score is their weighted sum. What each
is worth is in docs/quality.md. Everything is deterministic; equal scores are ordered by document and place.

It opens no index and decides nothing about answering: see search.py and bot/answer.py.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from operator import contains

import numpy as np
from numpy.typing import NDArray

from index.expectation import Wanted, counts_alike, lacks, wanted
from index.query import Expected, Query

__all__ = ["WEIGHTS", "Candidates", "counted_thing", "coverage", "features", "plain", "score"]

Floats = NDArray[np.float64]

NEIGHBOUR_SHARE = 0.4
"""What a word in the title or a neighbour is worth beside one in the sentence itself."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What stage one returns; the matrices' axes are concepts x candidates.

    ``own``, ``names``, ``before``, ``after``, ``title``, ``topic``, ``paragraph`` hold impacts as a share of
    the highest (0..1): how strongly the concept stands in the sentence, the names of its pronouns, the
    sentence before and after, the document's title, its beginning where it has none, and the whole
    paragraph. ``near`` is the highest cosine of the concept's word with a word of the sentence. ``idf[c]`` is
    the concept's weight in this corpus, ``rarity[c]`` its word's in English at large (0..1). For candidate
    ``i``, ``alike`` and ``paragraph_alike`` are the cosines of the question with it and its neighbours, and
    with its paragraph; ``person`` that of "person" with the nearest of its words; ``lengths`` its tokens,
    ``opens`` 1 where it is the first sentence of its paragraph, ``title_terms`` the number of its document's
    title's terms, 0 without;
    ``texts`` and ``places`` (document id, row) say what and where it is, ``plain`` is its text as ``plain``
    makes it.
    """

    idf: Floats
    rarity: Floats
    own: Floats
    names: Floats
    before: Floats
    after: Floats
    title: Floats
    topic: Floats
    paragraph: Floats
    near: Floats
    person: Floats
    alike: Floats
    paragraph_alike: Floats
    lengths: Floats
    opens: Floats
    title_terms: Floats
    texts: tuple[str, ...]
    plain: tuple[str, ...]
    places: tuple[tuple[str, int], ...]


def plain(text: str) -> str:
    """Lower case, one space between words and one at each end."""
    return f" {' '.join(text.lower().split())} "


def score(columns: Mapping[str, Floats]) -> Floats:
    """``score[i]`` of candidate ``i``: the weighted sum of its features, as ``features`` gives them."""
    total = np.sum([WEIGHTS[name] * values for name, values in columns.items()], axis=0)
    return np.asarray(total)


def features(query: Query, found: Candidates) -> dict[str, Floats]:
    """Each feature's values, one for each candidate; the keys are those of ``WEIGHTS``."""
    grams = _Grams(query, found)
    values = {name: feature(query, found) for name, feature in _FEATURES.items()}
    values.update({name: feature(grams) for name, feature in _GRAM_FEATURES.items()})
    likely = _likely(score(values))
    for name, feature in _READ_FEATURES.items():
        values[name] = np.zeros(len(found.texts))
        values[name][likely] = feature(query, [found.texts[i] for i in likely])
    return {name: np.asarray(values[name], dtype=float) for name in WEIGHTS}


def _likely(scores: Floats) -> list[int]:
    """The places of the ``_LIKELY`` best, and of those as good as the last of them."""
    if len(scores) <= _LIKELY:
        return list(range(len(scores)))
    least = np.partition(scores, -_LIKELY)[-_LIKELY]
    return np.flatnonzero(scores >= least).tolist()


_LIKELY = 40
"""Candidates whose texts are read for an answer: it takes most time, and none of the others comes first."""


def coverage(found: Candidates) -> Floats:
    """``[c, i]``: how far concept ``c`` is covered by candidate ``i`` and its surroundings, 0 to 1."""
    around = np.maximum(_around(found), found.topic) > 0
    return np.asarray(np.maximum(_here(found), NEIGHBOUR_SHARE * around))


# -- words ---------------------------------------------------------------------------------------------


def _here(found: Candidates) -> Floats:
    """1 where the concept stands in the sentence or in the names of its pronouns."""
    return np.asarray(np.maximum(found.own, found.names) > 0, dtype=float)


def _around(found: Candidates) -> Floats:
    return np.asarray(np.maximum(np.maximum(found.before, found.after), found.title))


def _names(query: Query) -> NDArray[np.bool_]:
    """``[c, 1]``: which concepts are names or numbers."""
    return np.array([[concept.name] for concept in query.concepts], dtype=bool).reshape(-1, 1)


def _share(weights: Floats, values: Floats | NDArray[np.bool_]) -> Floats:
    """The weighted mean over the concepts, the same to the last bit wherever a candidate stands: a matrix
    product is not, and equal candidates would come in another order.
    """
    return np.asarray((weights[:, None] * values).sum(axis=0) / max(float(weights.sum()), 1e-9))


def _of_best(values: Floats) -> Floats:
    return np.asarray(values / max(float(values.max(initial=0.0)), 1e-9))


def _relative(_query: Query, found: Candidates) -> Floats:
    """Each concept at its strongest place: the sentence, its antecedents, or at a discount its
    surroundings; as a share of the best candidate's.
    """
    strongest = np.maximum.reduce([found.own, found.names, NEIGHBOUR_SHARE * _around(found)])
    return _of_best(_share(found.idf, strongest))


def _document(query: Query, found: Candidates) -> Floats:
    """``relative`` of the document's best candidate: where one sentence fits, others may be right."""
    best: dict[str, float] = {}
    relative = _relative(query, found).tolist()
    for (document, _), value in zip(found.places, relative, strict=True):
        best[document] = max(best.get(document, 0.0), value)
    return np.array([best[document] for document, _ in found.places])


def _opens(_query: Query, found: Candidates) -> Floats:
    """1 for the first sentence of a paragraph, which says what the others speak of."""
    return found.opens


def _own(_query: Query, found: Candidates) -> Floats:
    """BM25 of the sentence alone, as a share of the highest possible."""
    return _share(found.idf, found.own)


def _cover(_query: Query, found: Candidates) -> Floats:
    """The idf share of the concepts that stand here, however often."""
    return _share(found.idf, _here(found))


def _rarity_cover(_query: Query, found: Candidates) -> Floats:
    """The same by the words' weight in English at large: in a small corpus idf says little."""
    return _share(found.rarity, _here(found))


def _name_cover(query: Query, found: Candidates) -> Floats:
    """The idf share of the question's names and numbers that stand in the sentence itself."""
    return _share(found.idf, (found.own > 0) & _names(query))


def _named(_query: Query, found: Candidates) -> Floats:
    """The share that only an antecedent's name brings."""
    return _share(found.idf, np.where(found.own > 0, 0.0, found.names))


def _titled(_query: Query, found: Candidates) -> Floats:
    """The idf share of the concepts that stand in the title and not in the sentence."""
    return _share(found.idf, (found.title > 0) & (found.own <= 0))


def _title_asked(_query: Query, found: Candidates) -> Floats:
    """The share of the title's terms that the question holds: the more, the more it is asked about."""
    return np.asarray(np.minimum((found.title > 0).sum(axis=0) / np.maximum(found.title_terms, 1), 1.0))


def _topical(_query: Query, found: Candidates) -> Floats:
    """The same of the beginning of a document without a title, but for the sentence after that beginning:
    counted twice there, a word would be worth more beside the sentence than in it.
    """
    return _share(found.idf, (found.topic > 0) & (found.own <= 0) & (found.before <= 0))


def _topical_names(query: Query, found: Candidates) -> Floats:
    """The same of names and numbers alone: what is named once and then spoken of."""
    return _share(found.idf, (found.topic > 0) & (_here(found) <= 0) & _names(query))


def _led(_query: Query, found: Candidates) -> Floats:
    """The same of the sentence before."""
    return _share(found.idf, (found.before > 0) & (found.own <= 0))


def _pronoun_led(query: Query, found: Candidates) -> Floats:
    """The same where the sentence begins with a word that points back, as "he" or "this" does."""
    led = _led(query, found)
    for i in np.flatnonzero(led):
        if not _POINTS_BACK.search(found.texts[i][:_OPENING]):
            led[i] = 0.0
    return led


def _paragraph(_query: Query, found: Candidates) -> Floats:
    """The paragraph's own score, as a share of the best paragraph's."""
    return _of_best(_share(found.idf, found.paragraph))


def _lead(query: Query, found: Candidates) -> Floats:
    """1 where one of the question's words is among the sentence's first: what it is about."""
    words = [f" {concept.word.lower()}" for concept in query.concepts if concept.weight == 1.0]
    lead = np.zeros(len(found.plain))
    for i, text in enumerate(found.plain):
        lead[i] = any(map(text[:_OPENING].__contains__, words))
    return lead


def _length(_query: Query, found: Candidates) -> Floats:
    return np.log1p(found.lengths) / 4


_OPENING = 60
"""Characters in which a sentence says what it is about."""

_BACK = (
    r"he|she|it|they|him|her|his|its|their|this|these|those|such|er|sie|ihr|sein\w*|dies\w*"
    r"|он|она|оно|они|его|её|ее|их|ему|ей|им|это|эт[аио]т?"
)
_POINTS_BACK = re.compile(
    rf"(?=[{''.join({word[0] for word in _BACK.split('|')})}])\b(?:{_BACK})\b",  # the first letter is quick
    re.IGNORECASE,
)


# -- conversation --------------------------------------------------------------------------------------


def _repeated(query: Query, found: Candidates) -> Floats:
    """1 where the sentence was the answer before: who follows up wants another.

    "And when?" alone may well be answered by the same sentence again.
    """
    same_fact = query.expected is not Expected.OTHER and all(c.weight < 1.0 for c in query.concepts)
    if same_fact or not query.answered:
        return np.zeros(len(found.texts))
    answered = set(map(plain, query.answered))
    return np.array([float(text in answered) for text in found.plain])


def _continued(query: Query, found: Candidates) -> Floats:
    """1 where the sentence is of a document that answered before."""
    repeated = _repeated(query, found)
    spoken = {document for (document, _), seen in zip(found.places, repeated, strict=True) if seen}
    return np.array([float(document in spoken) for document, _ in found.places])


# -- letters -------------------------------------------------------------------------------------------


class _Grams:
    """The question's character 4-grams: ``table[g, i]`` is 1 where gram ``g`` stands in candidate ``i``."""

    def __init__(self, query: Query, found: Candidates) -> None:
        self.query, self.found = query, found
        self._places = {gram: g for g, gram in enumerate(sorted(set(_runs(plain(query.question)))))}
        table = [list(map(contains, found.plain, repeat(gram))) for gram in self._places]
        self.table = np.array(table, dtype=bool).astype(float)

    def of(self, word: str) -> Floats:
        """The rows of a word's own grams; none for a word that is not the question's."""
        return self.table[[self._places[run] for run in _runs(plain(word)) if run in self._places]]


def _runs(text: str) -> list[str]:
    return [text[i : i + _GRAM] for i in range(max(len(text) - _GRAM + 1, 1))]


def _grams(grams: _Grams) -> Floats:
    """The share of the question's 4-grams found in the sentence."""
    return np.asarray(grams.table.mean(axis=0))


def _rare_grams(grams: _Grams) -> Floats:
    """The same, those counting more that few candidates have."""
    table = grams.table
    rarity = np.log((table.shape[1] + 1) / (1 + table.sum(axis=1)))
    return _share(rarity, table)


def _missing_letters(grams: _Grams) -> Floats:
    """The idf share of the concepts that the sentence lacks, by the 4-grams of each that stand there: other
    forms, derivations and compounds of its word.
    """
    found = grams.found
    values = np.zeros(found.own.shape)
    for c, concept in enumerate(grams.query.concepts):
        own = grams.of(concept.word)
        if len(own):
            values[c] = own.mean(axis=0)
    return _share(found.idf, np.where(_here(found) > 0, 0.0, values))


_GRAM = 4

_GRAM_FEATURES: dict[str, Callable[[_Grams], Floats]] = {
    "grams": _grams,
    "rare_grams": _rare_grams,
    "missing_letters": _missing_letters,
}


# -- the kind of answer --------------------------------------------------------------------------------


def _kind(query: Query, found: Candidates) -> Floats:
    """1 where the kind of answer that is asked for stands in the sentence."""
    if query.expected not in _KINDS:
        return np.zeros(len(found.texts))
    pattern = _kind_pattern(query.expected)
    texts = found.plain if query.expected in _SMALL_LETTERS else found.texts
    return np.array([float(pattern.search(text) is not None) for text in texts])


def _new_number(query: Query, found: Candidates) -> Floats:
    """1 where a number or date is asked and a number that the question lacks stands here."""
    if query.expected not in (Expected.NUMBER, Expected.DATE):
        return np.zeros(len(found.texts))
    asked = set(_DIGITS.findall(query.question))
    return np.array([float(not asked.issuperset(_DIGITS.findall(text))) for text in found.texts])


def _counted(query: Query, found: Candidates) -> Floats:
    """1 where the thing whose number is asked stands right after a number."""
    thing = counted_thing(query.question)
    if thing is None:
        return np.zeros(len(found.texts))
    pattern = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\W+(?:\w+\W+){{0,2}}?{re.escape(thing)}")
    return np.array([float(pattern.search(text) is not None) for text in found.plain])


def _awaited(query: Query, texts: Sequence[str]) -> list[float]:
    """1 where something that the question lacks looks like the answer it awaits (see expectation.py)."""
    kind = wanted(query.question)
    if kind is None or kind is Wanted.COUNT:
        return [0.0] * len(texts)
    return [float(not lacks(kind, query.question, text)) for text in texts]


def _counted_alike(query: Query, texts: Sequence[str]) -> list[float]:
    """1 where a thing much like the one whose number is asked stands after a number."""
    return [float(counts_alike(query.question, text)) for text in texts]


_READ_FEATURES: dict[str, Callable[[Query, Sequence[str]], list[float]]] = {
    "awaited": _awaited,
    "counted_alike": _counted_alike,
}


def _future(query: Query, found: Candidates) -> Floats:
    """1 where what will be is asked, and the sentence speaks of what will be or is planned."""
    if not _FUTURE_ASKED.search(query.question):
        return np.zeros(len(found.texts))
    return np.array([float(_FUTURE.search(text) is not None) for text in found.plain])


def counted_thing(question: str) -> str | None:
    """The beginning of the word whose number a question asks for ("how many ships"), lower case, or None."""
    asked = _HOW_MANY.search(question)
    return next(group for group in asked.groups() if group)[:_STEM].lower() if asked else None


def _person(query: Query, found: Candidates) -> Floats:
    """Where a person is asked for: how near to "person" a word of the sentence is."""
    return found.person if query.expected is Expected.PERSON else np.zeros(len(found.texts))


_STEM = 5
"""Letters of a counted thing that stay the same in the plural."""

_DIGITS = re.compile(r"\d+")
_NO_THING = r"(?!(?:of|is|was|are|were|do|does|did|has|have|had|will|would|can|could|to|the)\b)"
_HOW_MANY = re.compile(
    rf"\bhow (?:many|much)\s+{_NO_THING}(\w+)"
    r"|\bсколько\s+(\w+)|\bwie ?viele?\s+(\w+)|\bcombien d[e'’]\s*(\w+)",
    re.IGNORECASE,
)
_FUTURE_ASKED = re.compile(
    r"\b(?:will|going to|plan(?:s|ned)?|next|upcoming|буд(?:ет|ут)|wird|werden)\b", re.IGNORECASE
)
_FUTURE = re.compile(
    r"\b(?:will|would|shall|going to|is to|are to|expect\w*|plan(?:s|ned|ning)?|due|scheduled?|intends?"
    r"|upcoming|set to|aims?|hopes?|tomorrow|буд(?:ет|ут)|планиру\w+|wird|werden|soll(?:en)?)\b"
)
_DATE_WORDS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?",
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?",
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|tomorrow|year",
    r"(?:1[5-9]|20)\d\d|\d{1,2}(?::\d\d|\s?[ap]\.?m)",
    r"(?:last|next|this) (?:month|week|spring|summer|autumn|winter)|in \d+ (?:days|weeks|months|years)",
    r"январ\w+|феврал\w+|март\w*|апрел\w+|ма[яе]|июн\w+|июл\w+|август\w*",
    r"сентябр\w+|октябр\w+|ноябр\w+|декабр\w+|год[аеу]?",
    r"понедельник\w*|вторник\w*|сред[уы]|четверг\w*|пятниц\w+|суббот\w+|воскресень\w+",
    r"вчера|сегодня|завтра|(?:прошл|следующ)\w+ (?:недел|месяц)\w*",
)
_NUMBER_WORDS = (
    r"\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|third|quarter|twice",
    r"dozens?|hundreds?|thousands?|millions?|billions?",
    r"дв[ае]|три|четыре|пять|шесть|семь|восемь|девять|десять|сотн\w+|тысяч\w*|половин\w+",
    r"zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn",
)
_PLACE_PREPOSITIONS = r"in|at|near|from|to|on|off|outside|в|во|на|из|под|около|у|im|aus|nach"
_KINDS = {
    Expected.DATE: rf"\b(?:{'|'.join(_DATE_WORDS)})\b",
    Expected.NUMBER: rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b",
    Expected.PERSON: (
        rf"(?=[A-ZА-ЯЁ])\b(?<!^)(?<![.!?«“\"] )(?!(?i:{'|'.join(_DATE_WORDS)})\b)[A-ZА-ЯЁ][a-zа-яё]+"
    ),
    Expected.PLACE: rf"\b(?:{_PLACE_PREPOSITIONS})\s+(?:the\s+)?[A-ZА-ЯЁ][a-zа-яё]+",
}
"""What a date, a number, a person and a place look like inside a sentence, in English and Russian."""


@cache
def _kind_pattern(kind: Expected) -> re.Pattern[str]:
    """Compiled when the kind is first asked for: a question asks for one, and each takes milliseconds."""
    return re.compile(_KINDS[kind])


_SMALL_LETTERS = (Expected.DATE, Expected.NUMBER)
"""Kinds that no capital tells: sought in small letters, which takes a third of the time."""


# -- meaning -------------------------------------------------------------------------------------------


def _near(query: Query, found: Candidates) -> Floats:
    """The idf share of the concepts, those that the sentence lacks counting by the nearest of its words;
    names have no near words.
    """
    return _share(found.idf, np.where(_here(found) > 0, 1.0, np.where(_names(query), 0.0, found.near)))


def _near_missing(_query: Query, found: Candidates) -> Floats:
    """The idf share of the concepts that stand neither here nor around, by the nearest word here."""
    missing = (_here(found) == 0) & (_around(found) == 0)
    return _share(found.idf, np.clip((found.near - _NOISE) / (1 - _NOISE), 0, 1) * missing)


def _alike(_query: Query, found: Candidates) -> Floats:
    return found.alike


def _paragraph_alike(_query: Query, found: Candidates) -> Floats:
    return found.paragraph_alike


_NOISE = 0.2
"""The cosine of two words that have nothing in common."""

_FEATURES: dict[str, Callable[[Query, Candidates], Floats]] = {
    "relative": _relative,
    "document": _document,
    "opens": _opens,
    "own": _own,
    "cover": _cover,
    "rarity_cover": _rarity_cover,
    "name_cover": _name_cover,
    "named": _named,
    "titled": _titled,
    "title_asked": _title_asked,
    "topical": _topical,
    "topical_names": _topical_names,
    "led": _led,
    "pronoun_led": _pronoun_led,
    "paragraph": _paragraph,
    "lead": _lead,
    "length": _length,
    "repeated": _repeated,
    "continued": _continued,
    "kind": _kind,
    "new_number": _new_number,
    "counted": _counted,
    "person": _person,
    "future": _future,
    "near": _near,
    "near_missing": _near_missing,
    "alike": _alike,
    "paragraph_alike": _paragraph_alike,
}

WEIGHTS = {
    "relative": 1.75,
    "document": 2.75,
    "opens": 0.25,
    "own": 1.0,
    "cover": 0.75,
    "rarity_cover": 0.5,
    "name_cover": 0.75,
    "named": 3.25,
    "titled": 3.25,
    "title_asked": 2.0,
    "topical": 3.5,
    "topical_names": 1.0,
    "led": 1.25,
    "pronoun_led": 0.5,
    "paragraph": 2.0,
    "lead": 0.25,
    "length": -1.5,
    "repeated": -4.0,
    "continued": 1.5,
    "grams": 3.25,
    "rare_grams": 3.0,
    "missing_letters": 2.25,
    "kind": 1.0,
    "new_number": 0.5,
    "counted": 0.75,
    "person": 0.5,
    "awaited": 1.0,
    "counted_alike": 1.0,
    "future": 1.25,
    "near": 1.5,
    "near_missing": 2.0,
    "alike": 2.5,
    "paragraph_alike": 1.75,
}
"""Learned by tools/learn.py on question sets in three languages, rounded; what those hardly have, by hand."""
