"""Which language a text is in."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analyze import words
from index.language import LANGUAGES, SPELLINGS, asking_words, detect, function_words
from index.model import UNKNOWN_LANGUAGE

TEXTS = [
    ("en", "The minister said on Monday that the talks would begin in the spring and that he would go."),
    ("ru", "Министр сказал в понедельник, что переговоры начнутся весной и что он поедет."),
    ("de", "Der Minister sagte am Montag, dass die Gespräche im Frühling beginnen und dass er sie leitet."),
    ("fr", "Le ministre a dit lundi que les négociations commenceront au printemps et qu'il y sera."),
    ("es", "El ministro dijo el lunes que las conversaciones comenzarán en la primavera y que él irá."),
    ("it", "Il ministro ha detto lunedì che i colloqui inizieranno in primavera e che lui ci sarà."),
    ("pt", "O ministro disse na segunda-feira que as conversas começarão na primavera e que ele não irá."),
    ("nl", "De minister zei maandag dat de gesprekken in het voorjaar beginnen en dat hij er zal zijn."),
    ("sv", "Ministern sade på måndagen att samtalen ska börja under våren och att han inte kommer."),
    ("fi", "Ministeri sanoi maanantaina, että neuvottelut alkavat keväällä ja että hän on mukana."),
    ("hu", "A miniszter hétfőn azt mondta, hogy a tárgyalások tavasszal kezdődnek, és ő is ott lesz."),
    ("ar", "قال الوزير يوم الاثنين إن المحادثات ستبدأ في الربيع وإنه سيحضر."),
    ("und", "Міністр сказав у понеділок, що переговори почнуться навесні, і він поїде."),
    ("und", "Bakı Xankəndi Laçın Şuşa Ağdam Füzuli " * 5),
    ("und", "大臣は月曜日に述べた。"),
    ("und", "12, 34. 56!"),
    ("und", "😀" * 4096),
    ("und", ""),
    ("en", "«Министр» is the Russian word for minister, and it is the same in the other languages."),
]


@pytest.mark.parametrize(("language", "text"), TEXTS, ids=lambda value: value[:12])
def test_running_text_is_known_by_its_function_words(language: str, text: str) -> None:
    assert language == detect(text)


@given(st.text())
def test_any_text_is_in_a_language_of_the_list_or_in_none(text: str) -> None:
    assert detect(text) in {*LANGUAGES, UNKNOWN_LANGUAGE}


def test_every_language_has_function_words_as_the_analyzer_folds_them() -> None:
    assert all(len(function_words(language)) > 30 for language in LANGUAGES)
    every = [word for language in LANGUAGES for word in function_words(language)]
    assert [] == [word for word in every if word != word.casefold().translate(SPELLINGS) and "ß" not in word]
    assert frozenset() == function_words(UNKNOWN_LANGUAGE) == function_words("xx")


def test_no_word_says_what_is_asked_for_and_is_a_function_word_too() -> None:
    """It would count for nothing instead of half; and each is written as the analyzer folds it."""
    for language in ("en", "ru", "de", "fr", "es"):
        assert len(asking_words(language)) > 20
        assert frozenset() == asking_words(language) & function_words(language)
        assert [] == [form for form in asking_words(language) if form != next(words(form)).form]
    assert frozenset() == asking_words("xx")


def test_only_a_sample_of_a_long_text_is_read() -> None:
    began = time.process_time()
    assert "en" == detect("The tide rose and it fell. " * 400_000)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("text", ["Blinken proposed talks.", "Zud rok.", "US?"])
def test_a_few_latin_words_without_a_sign_are_taken_for_english(text: str) -> None:
    assert detect(text) == "en"
