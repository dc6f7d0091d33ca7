"""The words of a language: index/people.toml, with the forms that its words take.

What a word shows where it stands is not known here: see grammar.py.
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources

__all__ = ["Form", "Tables"]


@dataclass(frozen=True, slots=True)
class Form:
    """An inflected form: its group or lemma, the gender it tells, whether it can be a subject."""

    lemma: str
    gender: str = ""
    nominative: bool = True


class Tables:
    """The tables of one language; every look-up is lower case.

    ``first_names``, ``persons`` and roles are looked up by any of their forms, ``titles`` give a gender.
    """

    def __init__(self, language: str) -> None:
        with resources.files("index").joinpath("people.toml").open("rb") as file:
            lists: dict[str, str] = tomllib.load(file)[language]

        def words(*names: str) -> frozenset[str]:
            return frozenset(word for name in names for word in lists.get(name, "").split())

        inflected = language == "ru"
        first_names = [f"{name}=m" for name in words("male")] + [f"{name}=f" for name in words("female")]
        self.first_names = _forms(first_names, inflected)
        self.persons = _forms(words("persons"), inflected)
        self.places = _forms(words("places"), inflected).keys()
        self.titles = dict(map(_entry, words("titles")))
        self.nationalities = words("nationalities")
        self.modifiers = words("modifiers") | self.nationalities
        self.ranks = words("ranks")
        self.speech = _russian_speech(words("speech")) if inflected else words("speech")
        self.saying = words("saying")
        self.proposing = _russian_reports(words("proposing")) if inflected else words("proposing")
        self.asking, self.calling = words("asking"), words("calling")
        self.participles = words("participles")
        reporting = words("reporting", "speech")
        self.reporting = _russian_reports(reporting) | words("finite") if inflected else reporting
        self.embedding, self.no_report_after = words("embedding"), words("no_report_after")
        self.unfit, self.nouns, self.labels = words("unfit"), words("nouns"), words("labels")
        self.verbs = words("verbs")
        self.adverbs = words("adverbs")
        self.prepositions = words("prepositions")
        self.small = words("small", "calendar")
        self.openers = words("openers")
        self.not_names = words("organisations", "calendar", "prepositions")
        self.surnames_too = words("surnames_too")
        self.particles = words("particles")
        self.roles = _forms(words("roles"), inflected)
        self._role_suffixes = tuple(words("role_suffixes"))
        self._implied = dict(map(_implication, lists["implies"].strip().splitlines()))

    def role(self, word: str) -> Form | None:
        """The role that a word names, listed or known by its ending ("-ologist")."""
        found = self.roles.get(word)
        if found is None and word.endswith(self._role_suffixes):
            return Form(word)
        return found

    def heads(self, head: str) -> frozenset[str]:
        """The groups of roles whose holders answer to this one: "the scientist" may be a biologist."""
        return self._implied.get(head, frozenset()) | {head}


def _entry(entry: str) -> tuple[str, str]:
    """ "word=value" as a pair, the value perhaps empty."""
    word, _, value = entry.partition("=")
    return word, value


def _implication(line: str) -> tuple[str, frozenset[str]]:
    head, _, implied = line.partition(":")
    return head, frozenset(implied.split())


# --- word forms


def _forms(entries: Iterable[str], inflected: bool) -> dict[str, Form]:
    """The forms of "word", "word=gender" or "word=gender:group"."""
    found: dict[str, Form] = {}
    for entry in entries:
        word, value = _entry(entry)
        listed, _, group = value.partition(":")
        for spelling, nominative in _russian_forms(word) if inflected else [(word, True)]:
            gender = "f" if nominative and spelling.endswith("ая") else listed
            form = Form(group or word, gender, nominative)
            found[spelling] = _either(found.get(spelling, form), form)
    return found


def _either(known: Form, other: Form) -> Form:
    """What two forms spelt alike tell: the nominative wins, and forms of both genders tell none."""
    if known.nominative != other.nominative:
        return known if known.nominative else other
    return other if known.gender == other.gender else Form(other.lemma, "", other.nominative)


_ENDINGS = (
    ("ый", "ого ому ым ом ая ой ую"),
    ("ий", "ия ию ием ии его ему им ем"),
    ("ия", "ии ию ией"),
    ("ь", "я ю ем е и"),
    ("й", "я ю ем е"),
    ("я", "и е ю ей"),
    ("а", "ы и е у ой ей"),
    ("", "а у ом ем е"),
)
"""What a word ends in, and what takes the ending's place in its other forms."""


def _russian_forms(word: str) -> Iterator[tuple[str, bool]]:
    """Forms of a noun or a first name in the singular, and whether each is the nominative."""
    yield word, True
    ending, others = next(pair for pair in _ENDINGS if word.endswith(pair[0]))
    for other in others.split():
        yield word.removesuffix(ending) + other, other == "ая"


def _russian_speech(infinitives: Iterable[str]) -> frozenset[str]:
    """The past, and the third person in both conjugations; with "-ся" where the infinitive has it."""
    forms: set[str] = set()
    for verb in infinitives:
        reflexive = verb.endswith("ся")
        stem = verb.removesuffix("ся").removesuffix("ть")
        if reflexive:
            forms |= {stem + "лся", stem + "лась", stem + "ется", stem[:-1] + "ится"}
        else:
            forms |= {stem + "л", stem + "ла", stem + "ет", stem[:-1] + "ит"}
    return frozenset(forms)


def _russian_reports(infinitives: Iterable[str]) -> frozenset[str]:
    """As ``_russian_speech``, and the plural."""
    stems = (verb.removesuffix("ся").removesuffix("ть") for verb in infinitives)
    return _russian_speech(infinitives) | {stem + "ли" for stem in stems}
