"""When two questions are the same one, asked otherwise: what unanswered questions are grouped by.

A question's key is the set of its terms, as the index makes them, so that case, accents, marks, the order of
words, endings ("pier", "piers") and words that hardly ever matter ("the", "was", "please") make no other
question. Function words that change what is asked (who, when, not, before) count like terms. What is typed
wrongly is another question: two lines instead of one cost a look, but what hides behind another question is
not seen at all.

It looks at no index, and does not decide which question of a group is shown.
"""

import hashlib
from functools import cache

from index.analyze import Analyzer, plain_form, words

__all__ = ["group_key", "terms_of"]

_TELLING = {
    "en": "who whom whose what which when where why how not no never nobody none nothing without against"
    " before after by from since until",
    "ru": "кто кого кому кем чей чья чье чьи что чего какой какая какое какие каких когда где куда откуда"
    " почему зачем как сколько не нет никто ничего никогда без до после против из от",
    "de": "wer wen wem wessen was welche welcher welches wann wo wohin woher warum wie nicht kein keine nie"
    " ohne vor nach gegen von aus seit bis",
    "fr": "qui que quoi quel quelle quand ou pourquoi comment combien pas jamais sans avant apres contre par",
    "es": "quien que cual cuando donde por cuanto nunca no sin antes despues contra desde",
}
"""Function words, without accents, that change what is asked; in the languages that query.py asks in."""

_PLEASE = frozenset(("please", "bitte", "пожалуйста"))


def group_key(question: str, language: str) -> str:
    """32 hexadecimal digits, the same for what is the same question; "" for what asks nothing."""
    terms = terms_of(question, language)
    if not terms:
        return ""
    return hashlib.blake2b("\n".join(sorted(terms)).encode(), digest_size=16).hexdigest()


def terms_of(question: str, language: str) -> frozenset[str]:
    """What the key is made of; of a question of function words alone, all its words.

    >>> sorted(terms_of("When did the piers of Lindau sink?", "en"))
    ['lindau', 'pier', 'sink', 'when']
    """
    analyzer, found = _analyzer(language), list(words(question))
    content = {term for word in found if word.form not in _PLEASE and (term := analyzer.term(word))}
    plain = {"not" if word.form.endswith("n't") else plain_form(word.form) for word in found}
    telling = plain.intersection(_TELLING.get(language, "").split())
    return frozenset(content | telling if content else plain - {""})


@cache
def _analyzer(language: str) -> Analyzer:
    return Analyzer(language)
