"""Near spellings: what is found, which of it is searched for, what is said of it."""

import random
import string
import time
from itertools import permutations

import numpy as np
import pytest
from conftest import ON_DISK, Folder
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import terminal
from bot.answer import Outcome, answer
from index.analyze import words
from index.model import Turn
from index.postings import StringTable
from index.search import Index
from index.slips import judged
from index.spelling import LONG, Spellings, edits, romanised, same_name, skeleton, spelling_columns

# -- distance and skeleton --------------------------------------------------------------------------------


def textbook(one: str, other: str) -> int:
    """Optimal string alignment, cell by cell."""
    table = [[i + j if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1,
                table[i][j - 1] + 1,
                table[i - 1][j - 1] + (one[i - 1] != other[j - 1]),
            )
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 3))
def test_edits_are_those_of_the_textbook_up_to_the_most_that_is_asked(
    one: str, other: str, most: int
) -> None:
    assert min(textbook(one, other), most + 1) == edits(one, other, most)


SAME = [
    ("aliyev", "alijev", "aliev", "алиев"),
    ("khankendi", "xankendi", "xankəndi", "ханкенди"),
    ("zelensky", "zelenskyy", "zelenskij", "зеленский", "зеленского"),
    ("erdogan", "erdoğan", "эрдоган"),
    ("lavrov", "lawrow", "лавров", "лаврову"),
    ("putin", "путин", "путина"),
    ("khrushchev", "хрущёв", "хрущев"),
    ("lachin", "laçın", "lacin", "лачин"),
    ("gorbachev", "горбачёв"),
    ("harkiv", "kharkiv", "харків"),
    ("mueller", "müller"),
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda each: each[0])
def test_the_spellings_of_a_name_are_one_name(spellings: tuple[str, ...]) -> None:
    assert [] == [pair for pair in permutations(spellings, 2) if not same_name(*pair)]


@pytest.mark.parametrize(
    ("one", "other"),
    [("iran", "iraq"), ("khan", "han"), ("сша", "usa"), ("sasha", "zaza"), ("chad", "had"), ("mali", "mila")],
)
def test_different_names_are_not_one(one: str, other: str) -> None:
    assert not same_name(one, other)


@given(st.text(max_size=30))
def test_a_skeleton_of_anything_is_a_string(form: str) -> None:
    assert isinstance(skeleton(form.lower()), str)
    assert len(romanised(form.lower())) <= 20 * len(form) + 1


# -- looking up -------------------------------------------------------------------------------------------


def spellings_of(forms: list[str], language: str = "en") -> Spellings:
    table = StringTable.of(f"{language}\t{form}" for form in forms)
    columns = spelling_columns(table)
    names = ("spelling_mask", "spelling_key", "spelling_form")
    return Spellings(table, *(columns[name] for name in names))


def edited(form: str, place: int, kind: str, letter: str) -> str:
    place %= len(form)
    return {
        "insert": form[:place] + letter + form[place:],
        "drop": form[:place] + form[place + 1 :],
        "exchange": form[:place] + letter + form[place + 1 :],
        "swap": form[:place] + form[place + 1 : place + 2] + form[place] + form[place + 2 :],
    }[kind]


LETTERS = string.ascii_lowercase + "éşżяю"
LONG_WORDS = st.text(LETTERS, min_size=LONG, max_size=16)


@given(
    st.lists(LONG_WORDS, min_size=1, max_size=20),
    st.integers(0, 15),
    st.sampled_from(["insert", "drop", "exchange", "swap"]),
    st.sampled_from(LETTERS),
)
@example(["government"], 0, "drop", "a")
@example(["government"], 0, "swap", "a")
@example(["government"], 0, "exchange", "b")
@example(["government"], 0, "insert", "b")
def test_a_word_of_eight_letters_is_found_from_any_single_edit(
    vocabulary: list[str], place: int, kind: str, letter: str
) -> None:
    typed = edited(vocabulary[0], place, kind, letter)
    assert vocabulary[0] in spellings_of(vocabulary).near(typed, "en")


@given(
    st.lists(st.text("abcdef", min_size=3, max_size=11), min_size=1, max_size=60),
    st.text("abcdef", min_size=4, max_size=11),
)
@settings(max_examples=200)
def test_with_the_same_first_letter_all_words_within_the_textbook_s_distance_are_found(
    vocabulary: list[str], typed: str
) -> None:
    most = 2 if len(typed) >= LONG else 1
    expected = {form for form in vocabulary if form[0] == typed[0] and textbook(form, typed) <= most}
    found = spellings_of(vocabulary).near(typed, "en")
    assert expected <= found
    assert [] == [form for form in found if textbook(form, typed) > most and not same_name(form, typed)]


def test_another_language_s_words_are_not_found() -> None:
    assert set() == spellings_of(["government"], "fr").near("goverment", "en")


@pytest.mark.parametrize("typed", ["2022", "mh17", "mh171717", "abc", "", "1,5", "172.40", "x" * 41])
def test_numbers_and_what_is_too_short_or_too_long_are_near_nothing(typed: str) -> None:
    assert set() == spellings_of(["2023", "mh18", "mh171718", "abd", "1,6", "172.41", "x" * 40]).near(
        typed, "en"
    )


HOSTILE = [
    "a" * 100_000,
    "a" + "\u0301" * 100_000,
    "e\u0301\u0327\u0323xample",
    "🇦🇿" * 1000,
    "👩\u200d👩\u200d👧",
    "\u202egovernment",
    "ממשלהה",
    "الحكوومة",
    "'" * 100_000,
    "\ud800government",
    "İstanbull",
    "ﬁnancial",
    "g\0vernment",
    "g*v(rnm[nt",
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_answered_in_no_time(typed: str, folder: Folder) -> None:
    folder.write("a.txt", "The government met in Istanbul. The financial example stood.")
    with folder.open() as index:
        index.search("what did the goverment do?")
        started = time.process_time()
        index.search(f"what did the {typed} do?")
        assert time.process_time() - started < 0.5


def test_a_look_up_in_a_large_vocabulary_compares_few_of_its_words() -> None:
    draw = random.Random(1)  # noqa: S311 - a vocabulary, not a secret
    forms = sorted(
        {"".join(draw.choices(string.ascii_lowercase, k=draw.randint(4, 12))) for _ in range(50_000)}
    )
    spellings = spellings_of(forms)
    compared = [len(spellings._scanned(draw.choice(forms), "en", 2)) for _ in range(50)]
    assert np.mean(compared) < 50


# -- what is searched for ---------------------------------------------------------------------------------

CORPUS = """\
The minister said on Monday that Sergei Lavrov had met Ilham Aliyev in Khankendi. Later the government of \
Kyrgyzstan, which Volodymyr Zelenskyy visited, closed the harbour. An analysis by the government showed \
that dockers in Iraq and Austria were on strike. The report of Michael Johnston was read in Slovakia by \
Marion Dubois. According to Recep Erdoğan, the macro economy of Cameroon grew. Two firefighters offered a \
contract to the angel. She said that Iraq paid nothing, and Vladimir Putin agreed.
"""

CORRECTED = [
    ("what did the goverment show?", "goverment", "government"),
    ("what did the govermnent show?", "govermnent", "government"),
    ("what did the governmennt show?", "governmennt", "government"),
    ("which analisys?", "analisys", "analysis"),
    ("where did dokers strike?", "dokers", "dockers"),
    ("which firefiters?", "firefiters", "firefighters"),
    ("whom did Lavorv meet?", "Lavorv", "Lavrov"),
    ("whom did Lawrow meet?", "Lawrow", "Lavrov"),
    ("whom did lavorv meet?", "lavorv", "Lavrov"),
    ("who met Alijev?", "Alijev", "Aliyev"),
    ("who met Aliev?", "Aliev", "Aliyev"),
    ("who was in Xankendi?", "Xankendi", "Khankendi"),
    ("what did Kirgizstan close?", "Kirgizstan", "Kyrgyzstan"),
    ("where was Zelensky?", "Zelensky", "Zelenskyy"),
    ("where was Zelenskij's visit?", "Zelenskij's", "Zelenskyy"),
    ("Где был Лавров?", "Лавров", "Lavrov"),
    ("Что сказали Лаврову?", "Лаврову", "Lavrov"),
    ("С чем согласился Путин?", "Путин", "Putin"),
    ("Что Зеленского ждёт?", "Зеленского", "Zelenskyy"),
    ("what did Putinn agree to?", "Putinn", "Putin"),
    ("Goverment in Kyrgyzstan?", "Goverment", "government"),
    ("Lavorv met whom in Khankendi?", "Lavorv", "Lavrov"),
    ("WHAT DID THE GOVERMENT SHOW?", "GOVERMENT", "government"),
]


@pytest.fixture(scope="module")
def corpus() -> Index:
    with Folder({"news.txt": CORPUS}) as made, made.open() as index:
        yield index


@pytest.mark.parametrize(("question", "typed", "meant"), CORRECTED, ids=[case[1] for case in CORRECTED])
def test_a_mistyped_or_transliterated_word_is_found(
    corpus: Index, question: str, typed: str, meant: str
) -> None:
    results = corpus.search(question)
    assert {typed: meant} == results.corrected
    assert meant in results.hits[0].sentence.text
    assert any(
        meant == results.hits[0].sentence.text[span.start : span.end] for span in results.hits[0].highlights
    )


KEPT = [
    "what did Iran pay?",  # Iraq
    "what did iran pay?",
    "where is Australia?",  # Austria
    "where is Slovenia?",  # Slovakia
    "what did Macron propose?",  # macro, Marion
    "what did macron propose?",
    "what did Johnson read?",  # Johnston
    "what did Cameron say?",  # Cameroon
    "what did Merkel say?",
    "what is the contrast?",  # contract
    "what is the angle?",  # angel
    "who did restrike?",  # a prefix on a word of the corpus
    "what happened in 2023?",
    "what did NATU say?",
    "what is the purpose?",  # known to the thesaurus
    "what about Mary?",
    "who was Larov?",  # five letters
    "Что сделал Иран?",
]


@pytest.mark.parametrize("question", KEPT)
def test_another_word_or_name_is_not_taken_for_a_slip(corpus: Index, question: str) -> None:
    assert corpus.search(question).corrected is None


_NAMES = """
Albania Algeria Armenia Australia Austria Belarus Belgium Bolivia Bosnia Brazil Bulgaria Burundi Cameroon
Cameron Chad Chile China Colombia Croatia Cuba Cyprus Denmark Dominica Egypt Eritrea Estonia Ethiopia
Finland France Gabon Gambia Georgia Germany Ghana Greece Grenada Guinea Guyana Haiti Hungary Iceland India
Indonesia Iran Iraq Ireland Israel Italy Japan Jordan Kenya Kuwait Laos Latvia Lebanon Liberia Libya
Lithuania Malawi Malaysia Maldives Mali Malta Mauritania Mauritius Mexico Moldova Monaco Mongolia Morocco
Namibia Nepal Niger Nigeria Norway Oman Pakistan Panama Paraguay Peru Poland Portugal Qatar Romania Russia
Rwanda Samoa Senegal Serbia Slovakia Slovenia Somalia Spain Sudan Sweden Syria Togo Tonga Tunisia Turkey
Tuvalu Uganda Ukraine Uruguay Yemen Zambia Budapest Bucharest Riga Praia Paris Bern Berlin Dublin Lublin
Lima Rome Bonn Brest Tehran Macron Marion Merkel Medvedev Medvedchuk Putin Rutin Rasputin Biden Osama Obama
Johnson Johnston Peterson Patterson Robinson Robertson Clinton Clifton Carter Carver Blair Brown Reagan
Regan Nixon Dixon Kerry Perry Barry Harry Petrov Petrova Ivanov Ivanova Pashinyan Mirzoyan Marta Maria Mario
Marina Martin Marlin Daniel Danielle Gabriel Gabrielle Simon Simone
"""
NAMES = _NAMES.split()


@pytest.mark.parametrize("capitals", [True, False], ids=["with capitals", "without"])
def test_no_country_and_no_person_is_taken_for_another(capitals: bool) -> None:
    typed = [next(words(name if capitals else name.lower())) for name in NAMES]
    taken = [
        (word.form, other.form)
        for word, other in permutations(typed, 2)
        if judged(word, other.form, name=True, asked=capitals, cased=capitals)[1]
    ]
    assert [] == taken


def test_a_word_that_the_corpus_holds_once_is_left_alone(folder: Folder) -> None:
    folder.write("a.txt", "The government met. The government fell. One goverment wrote this.")
    with folder.open() as index:
        results = index.search("which goverment?")
    assert (None, "One goverment wrote this.") == (results.corrected, results.hits[0].sentence.text)


def test_a_word_whose_synonym_the_corpus_holds_is_left_alone(folder: Folder) -> None:
    folder.write("a.txt", "Moscow offered a mechanism. The purpose was clear.")
    with folder.open() as index:
        results = index.search("what did Moscow propose?")
    assert (None, "Moscow offered a mechanism.") == (results.corrected, results.hits[0].sentence.text)


def test_a_latin_name_finds_a_russian_source(folder: Folder) -> None:
    folder.write("a.txt", "Министр встретил Лаврова в Баку. Он также видел, что Путину это не понравилось.")
    with folder.open() as index:
        assert {"Lavrov": "Лаврова"} == index.search("who met Lavrov?").corrected
        assert {"Putin": "Путину"} == index.search("what about Putin?").corrected


def test_a_corrected_name_is_not_missing(corpus: Index) -> None:
    evidence = corpus.search("whom did Lavorv meet?").hits[0].evidence
    assert (False, False) == ("Lavorv" in evidence.missing, evidence.name_unheard)


def test_a_name_that_the_corpus_lacks_is_still_missing(corpus: Index) -> None:
    results = corpus.search("whom did Macron meet?")
    assert ("Macron",) == results.hits[0].evidence.missing
    assert answer(results).outcome is not Outcome.ANSWER


def test_a_typed_word_counts_above_its_near_spelling(folder: Folder) -> None:
    folder.write("a.txt", "Aliyev spoke in Baku. Alijev was in Baku.")
    with folder.open() as index:
        results = index.search("Alijev in Baku?")
    assert (None, "Alijev was in Baku.") == (results.corrected, results.hits[0].sentence.text)


def test_a_mistyped_function_word_weighs_nothing(corpus: Index) -> None:
    plain, slipped = (
        corpus.search(f"what was closed {word} Kyrgyzstan?").hits[0] for word in ("between", "betwen")
    )
    alike = [hit.evidence.signals | {"paragraph_alike": 0.0} for hit in (plain, slipped)]
    assert alike[0] == alike[1], "what a question is like may differ a little, what is covered may not"


def test_a_word_borrowed_from_an_earlier_question_is_corrected_and_not_shown(corpus: Index) -> None:
    results = corpus.search("and where?", [Turn("whom did Lavorv meet?")])
    assert "Lavrov" in results.hits[0].sentence.text
    assert results.corrected is None


def test_what_left_the_corpus_corrects_nothing(folder: Folder) -> None:
    folder.write("a.txt", "The government met in Baku.")
    folder.write("b.txt", "The parliament met in Baku.")
    folder.update()
    folder.remove("a.txt")
    with folder.open() as index:
        assert index.search("which goverment met?").corrected is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from(["Lavrov", "Lavrova", "lavrovs", "government", "Govern"])
    ),
    min_size=2,
    max_size=6,
)


@settings(ON_DISK)
@given(STEPS)
def test_corrections_depend_on_the_documents_alone(steps: list[tuple[str, str]]) -> None:
    asked = ["whom did Lavorv meet?", "the goverment met", "govermnents met lavorvs"]
    with Folder() as folder:
        for name, word in steps:
            folder.write(f"{name}.txt", f"Today {word} met in Baku.")
            folder.update()
        with folder.open() as index:
            found = [index.search(question).corrected for question in asked]
        with Folder() as fresh:
            for path in sorted(folder.seeds.iterdir()):
                fresh.write(path.name, path.read_bytes())
            with fresh.open() as index:
                assert [index.search(question).corrected for question in asked] == found


# -- what is said -----------------------------------------------------------------------------------------


def said(index: Index, question: str) -> list[str]:
    return [line.plain for line in terminal.answered(answer(index.search(question)), index.sentence)]


def test_a_correction_is_said_below_the_quote(corpus: Index) -> None:
    lines = said(corpus, "what did the goverment of Kyrgyzstan close?")
    assert lines[0].startswith("❝ Later the government of Kyrgyzstan")
    assert "Showing results for “government” (you typed “goverment”)." == lines[-1]


@pytest.mark.parametrize(
    ("question", "suggestion"),
    [
        ("what about Johnson?", "what about Johnston?"),
        ("Larov?", None),
        ("what about Macron?", None),
        ("Iran?", None),
    ],
)
def test_a_spelling_not_near_enough_is_suggested(
    corpus: Index, question: str, suggestion: str | None
) -> None:
    lines = said(corpus, question)
    assert ([f"Did you mean “{suggestion}”?"] if suggestion else []) == lines[1:]
