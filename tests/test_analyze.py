"""Text to tokens: spans in the text, terms that both sides of a search share."""

import time

import pytest
from conftest import python
from hypothesis import given
from hypothesis import strategies as st

from index.analyze import STEMMERS, Analyzer, analyzer_version, words
from index.language import LANGUAGES

ANALYZERS = {language: Analyzer(language) for language in (*LANGUAGES, "und")}
PIECES = st.sampled_from(
    [
        "the ",
        "Baku's ",
        "d'Alembert ",
        "U.S. ",
        "е.g. ",
        "1,5 ",
        "2022",
        "ICRC",
        "é",
        "e\u0301",
        "İ",
        "ß",
        "ﬁ",
        "’",
        "'",
        " ",
        "\n",
        "и",
        "ё",
        "й",
        "и\u0306",
        "漢",
        "क्षि",
        "\u200d",
        "_",
        "-",
        "😀",
        "МИД ",
        "ﷺ",
        "ǅ",
        "Ⅷ",
        "²",
        "٣",
        "\u0345",
    ]
)
TEXTS = st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=15).map("".join))


@given(TEXTS, st.sampled_from(sorted(ANALYZERS)))
def test_tokens_are_slices_in_order_with_a_term_each(text: str, language: str) -> None:
    position = 0
    for token in ANALYZERS[language].tokens(text):
        assert position <= token.start < token.end <= len(text)
        assert token.term
        assert "\t" not in token.term
        token.term.encode()
        position = token.end


@given(TEXTS, st.sampled_from(["en", "ru", "und"]))
def test_terms_do_not_depend_on_what_was_analysed_before(text: str, language: str) -> None:
    fresh = Analyzer(language, capacity=2)
    assert ANALYZERS[language].tokens(text) == fresh.tokens(text) == fresh.tokens(text)


@given(TEXTS)
def test_a_known_column_of_forms_changes_no_term(text: str) -> None:
    """As an index keeps it: what it lacks is analysed."""
    analyzer = ANALYZERS["en"]
    expected = analyzer.tokens(text)
    half = dict(list(analyzer.seen.items())[::2])
    assert expected == Analyzer("en", half.get).tokens(text)


SAME = [
    # language, forms of one term
    ("en", ["propose", "proposed", "proposes", "Proposing"]),
    ("en", ["Baku", "Baku's", "Baku’s", "BAKU", "ＢＡＫＵ"]),
    ("en", ["café", "cafe", "cafe\u0301", "CAFÉ"]),
    ("en", ["résumé", "resume"]),
    ("en", ["U.S.", "U.S", "u.s."]),
    ("en", ["went", "go", "gone"]),
    ("en", ["Aliyev", "Aliyev's", "ALIYEV"]),
    ("en", ["İlham", "Ilham"]),
    ("en", ["Łódź", "Lodz"]),
    ("ru", ["предложил", "предложила", "предложили"]),
    ("ru", ["Королёв", "Королев"]),
    ("ru", ["шёл", "шел"]),
    ("fr", ["l'école", "école", "L’ÉCOLE"]),
    ("de", ["Straße", "STRASSE"]),
    ("und", ["Şuşa", "Șușa", "susa"]),
    ("und", ["1,5"]),
]


@pytest.mark.parametrize(("language", "forms"), SAME, ids=lambda value: str(value)[:24])
def test_these_forms_are_one_term(language: str, forms: list[str]) -> None:
    terms = {form: [token.term for token in Analyzer(language).tokens(form)] for form in forms}
    assert 1 == len({tuple(found) for found in terms.values()}), terms


TERMS = [
    # language, text, terms
    ("en", "the of and", []),
    ("en", "It was US aid, not us", ["us", "aid"]),
    ("en", "850 cars, 1,5 km, 3.5% and 2022", ["850", "car", "1,5", "km", "3.5", "2022"]),
    ("en", "ICRC.The", ["icrc"]),
    ("en", "e.g. MH17", ["eg", "mh17"]),
    ("en", "rock'n'roll snake_case", ["rocknrol", "snake", "case"]),
    ("ru", "и в на", []),
    ("und", "the и", ["the", "и"]),
    ("und", "漢字。", ["漢", "字"]),
    ("und", "йод иод", ["йод", "иод"]),
    ("en", "", []),
    ("en", "?!… — «»", []),
    ("en", "\ud800 😀", []),
]


@pytest.mark.parametrize(("language", "text", "terms"), TERMS, ids=lambda value: ascii(value)[:24])
def test_a_text_has_these_terms(language: str, text: str, terms: list[str]) -> None:
    assert terms == [token.term for token in Analyzer(language).tokens(text)]


WORDS = [
    # text, acronym, capital, number
    ("Baku", False, True, False),
    ("US aid", True, True, False),
    ("US", True, True, False),
    ("U.S.", True, True, False),
    ("ABCDEF aid", False, True, False),
    ("2022", False, False, True),
    ("MH17 aid", True, True, False),
    ("talks", False, False, False),
]


@pytest.mark.parametrize(("text", "acronym", "capital", "number"), WORDS)
def test_capitals_and_digits_say_what_a_word_is(
    text: str, acronym: bool, capital: bool, number: bool
) -> None:
    word = next(iter(words(text)))
    assert (acronym, capital, number) == (word.acronym, word.capital, word.number)


LONG = [
    "word " * 100_000,
    "a" * 500_000,
    "a." * 250_000,
    "1," * 250_000 + "x",
    "a'" * 250_000,
    "e" + "\u0301" * 500_000,
    "क" * 500_000,
]


@pytest.mark.parametrize("text", LONG, ids=lambda text: ascii(text[:4]))
def test_half_a_megabyte_takes_no_quadratic_time(text: str) -> None:
    analyzer = Analyzer("en")
    began = time.process_time()
    assert analyzer.tokens(text)
    assert time.process_time() - began < 3


def test_every_language_with_function_words_has_a_stemmer() -> None:
    assert sorted(LANGUAGES) == sorted(STEMMERS)


def test_nltk_is_imported_only_for_a_form_never_seen() -> None:
    code = (
        "import sys; from index.analyze import Analyzer\n"
        "Analyzer('en', {'tides': 'tide'}.get).tokens('the tides of 2022'); print('nltk' in sys.modules)\n"
        "Analyzer('en').tokens('tides'); print('nltk' in sys.modules)"
    )
    out, err = python(code).communicate(timeout=60)
    assert ("False\nTrue\n", "") == (out, err)


def test_the_version_is_a_number_and_a_checksum_of_the_word_lists() -> None:
    number, checksum = analyzer_version().split("-")
    assert number.isdigit()
    assert len(bytes.fromhex(checksum)) == 4
