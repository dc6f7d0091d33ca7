"""The same question in other words of no weight is one group; another question never is."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grouping import group_key, terms_of
from index.language import detect

GROUPS = [
    # ways to ask the same
    (
        "When did the ferry to Rorschach sink?",
        "when did the ferry to Rorschach sink",
        "  WHEN DID THE FERRY TO RORSCHACH SINK?!",
        "The ferry to Rorschach: when did it sink?",
        "when did the ferries to Rorschach sink, please",
        "When’s the ferry to Rorschach sinking…",
        "when did the ferry sink? when did the ferry to Rorschach sink?",
    ),
    ("Why did the ferry to Rorschach sink?",),
    ("When did the ferry to Rorschach not sink?", "when didn't the ferry to Rorschach sink?"),
    ("When did the ferry to Romanshorn sink?",),
    ("Who is Ömer Çelik?", "who is omer celik", "Omer Celik - who is he?"),
    ("Who attacked Ömer Çelik?",),
    ("Who was attacked by Ömer Çelik?",),
    ("What happened before the war?",),
    ("What happened after the war?",),
    ("Когда утонул паром?", "когда паром утонул", "КОГДА ЖЕ УТОНУЛ ПАРОМ???"),
    ("Почему утонул паром?",),
    ("who?", "Who"),
    ("and when?",),
    ("ночью", "Ночью?"),
    ("它是什么", "它是什么？"),
]


def key(question: str) -> str:
    return group_key(question, detect(question))


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0])
def test_the_same_question_has_one_key(group: tuple[str, ...]) -> None:
    assert len({key(question) for question in group}) == 1, [terms_of(q, detect(q)) for q in group]


def test_different_questions_have_different_keys() -> None:
    for one, other in combinations((group[0] for group in GROUPS), 2):
        assert key(one) != key(other), (one, other)


@pytest.mark.parametrize("nothing", ["", " ", "?!", "😀", "\ud800", "\u202e\u200b\n"])
def test_what_asks_nothing_has_no_key(nothing: str) -> None:
    assert key(nothing) == ""


WORDS = st.lists(st.from_regex(r"[a-zà-ÿа-я0-9]{1,12}", fullmatch=True), min_size=1, max_size=8)


@given(WORDS, st.randoms(use_true_random=False), st.sampled_from(["en", "ru", "de", "und"]))
def test_order_case_spaces_and_marks_never_matter(words: list[str], chance: object, language: str) -> None:
    shuffled = words[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    asked = "  ".join(shuffled)
    assert group_key(" ".join(words), language) == group_key(f" {asked.title()}?!\n", language)


@given(st.text(st.characters(), max_size=300), st.sampled_from(["en", "ru", "und", "ar", "xx"]))
def test_any_text_has_a_short_key_or_none(text: str, language: str) -> None:
    assert len(group_key(text, language)) in {0, 32}
    assert bool(group_key(text, language)) == bool(terms_of(text, language))
