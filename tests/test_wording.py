"""Which words are the same: what print does to them changes nothing, all else does."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.wording import Variant, negates, variants, worded


def forms(text: str, *, joined: bool = False) -> list[str]:
    return [word.form for word in worded(text, joined=joined)]


SAME = [
    ("don’t", "don't"),
    ("café", unicodedata.normalize("NFD", "café")),
    ("ﬁeld", "field"),
    ("ＮＡＴＯ", "NATO"),
    ("co\u00adop\u00aderate", "cooperate"),
    ("всё", "все"),
    ("U.S.", "US"),
    ("т.е.", "те"),
    ("well-known", "well known"),
    ("non\u2011stop", "non-stop"),
    ("Nobody, nobody!", "nobody… nobody"),
    ("−5 °C", "-5 °C"),
    ("THE TIDE ROSE", "the tide rose"),
    ("Λόγος", "ΛΌΓΟΣ"),
    ("*bold* and _so_", "bold and so"),
]
OTHERS = [
    ("10²", "102"),
    ("Maße", "Masse"),
    ("-5", "5"),
    ("rose by .5 per cent", "rose by 5 per cent"),
    ("-.5", ".5"),
    ("1,5", "15"),
    ("1.5", "1,5"),
    ("5%", "5"),
    ("$5", "€5"),
    ("US", "us"),
    ("the US fell", "the us fell"),
    ("its", "it's"),
    ("re-sign", "resign"),
    ("papá", "papa"),
    ("½", "12"),
    ("Jan. 24", "Jan. 25"),
    ("3/4", "34"),
    ("A & B", "A B"),
    ("й", "и"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_print_does_to_words_leaves_them_the_same(one: str, other: str) -> None:
    assert forms(one) == forms(other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_what_carries_meaning_makes_another_word(one: str, other: str) -> None:
    assert forms(one) != forms(other)


def test_a_word_divided_at_the_end_of_a_line_is_one_when_asked() -> None:
    assert forms("inter-\n  national") == ["inter", "national"]
    assert forms("inter-\n  national", joined=True) == ["international"]
    assert forms("May 3-\n5", joined=True) == ["may", "3", "5"]


def test_each_word_stands_at_its_span() -> None:
    text = "«Don’t,» he said: 1,5\u00a0%!"
    assert ["Don’t", "he", "said", "1,5", "%"] == [text[w.start : w.end] for w in worded(text)]


def test_words_of_scripts_without_spaces_stand_for_themselves() -> None:
    assert forms("漢字かな") == ["漢", "字", "か", "な"]


@pytest.mark.parametrize(
    "word", ["not", "Never", "wouldn’t", "cannot", "не", "Никто", "kein", "keine", "n’est", "pas"]
)
def test_what_denies_is_known(word: str) -> None:
    assert negates(forms(word)[0])


@pytest.mark.parametrize("word", ["note", "now", "нетто", "knot", "pass", "and", "et", "en"])
def test_what_does_not_deny_is_not(word: str) -> None:
    assert not negates(forms(word)[0])


NAMED = [
    ("tide", "tide", []),
    ("the  tide", "the tide", [Variant.SPACES]),
    ("“a” b", "«a» b", [Variant.QUOTES]),
    ("a — b", "a - b", [Variant.DASHES]),
    ("a… b", "a... b", [Variant.ELLIPSES]),
    ("well-known", "well known", [Variant.HYPHENATION]),
    ("The tide", "the tide", [Variant.CAPITALS]),
    ("a, b", "a b", [Variant.PUNCTUATION]),
    ("ﬁeld", "field", [Variant.LETTERS]),
    ("«The  tide", "“the tide", [Variant.SPACES, Variant.QUOTES, Variant.CAPITALS]),
]


@pytest.mark.parametrize(("one", "other", "expected"), NAMED)
def test_how_texts_of_the_same_words_differ_is_named(one: str, other: str, expected: list[Variant]) -> None:
    assert expected == list(variants(one, other)) == list(variants(other, one))


@given(st.text(max_size=60))
def test_no_text_is_too_strange_for_words_in_order(text: str) -> None:
    end = 0
    for word in worded(text, joined=True):
        assert end <= word.start < word.end <= len(text)
        assert word.form
        end = word.end
