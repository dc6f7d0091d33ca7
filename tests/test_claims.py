"""What a text claims to quote, and whom it has say it."""

import pytest

from index.claims import claimed, unmarked

MARKED = [
    ("I read “the tide rose” today", ["the tide rose"]),
    ("«der Pegel» und „das Boot“ und ‚der Kai‘", ["der Pegel", "das Boot", "der Kai"]),
    ("»der Pegel stieg«", ["der Pegel stieg"]),
    ("„liike nousi”", ["liike nousi"]),
    ("”floden steg”", ["floden steg"]),
    ("『潮は満ちた』 「舟」", ["潮は満ちた", "舟"]),
    ('"the tide rose" and "fell"', ["the tide rose", "fell"]),
    ("'the boats’ ropes don't hold'", ["the boats’ ropes don't hold"]),
    ("“he said “no” twice” and “left”", ["he said “no” twice", "left"]),
    ("«он сказал «нет» дважды»", ["он сказал «нет» дважды"]),
    ("“never closed\nand a line", ["never closed"]),
    ("a 5\" pipe and don't", []),
    ("no marks", []),
]


@pytest.mark.parametrize(("text", "expected"), MARKED)
def test_passages_stand_between_the_marks_of_any_language(text: str, expected: list[str]) -> None:
    assert expected == [text[claim.span.start : claim.span.end] for claim in claimed(text)]


SAID = [
    ("“The tide rose,” said Lavrov.", "Lavrov"),
    ("“The tide rose,” said Foreign Minister Sergei Lavrov.", "Foreign Minister Sergei Lavrov"),
    ("“The tide rose,” the minister Sergei Lavrov told reporters.", "Sergei Lavrov"),
    ("“The tide rose,” Ursula von der Leyen added.", "Ursula von der Leyen"),
    ("“The tide rose” — Lavrov", "Lavrov"),
    ("“The tide rose” (Sergei Lavrov)", "Sergei Lavrov"),
    ("Lavrov: “The tide rose”", "Lavrov"),
    ("It was late. Lavrov said: “The tide rose”", "Lavrov"),
    ("According to Lavrov, “the tide rose”", "Lavrov"),
    ("«Вода поднялась», — сказал Лавров.", "Лавров"),
    ("По словам Лаврова, «вода поднялась»", "Лаврова"),
    ("„Das Wasser stieg“, sagte Scholz.", "Scholz"),
    ("“The tide rose,” he said.", None),
    ("“The tide rose,” said the mayor.", None),
    ("“The tide rose,” said the Kremlin.", None),
    ("Breaking: “The tide rose”", None),
    ("Lavrov never said “the tide rose”", None),
    ("I saw Paris. “The tide rose”", None),
    ("“The tide rose”", None),
]


@pytest.mark.parametrize(("text", "expected"), SAID)
def test_who_is_said_to_speak_is_read_before_and_behind(text: str, expected: str | None) -> None:
    assert [expected] == [claim.said.name for claim in claimed(text)]


UNMARKED = [
    ("Lavrov: the tide rose", ("the tide rose", "Lavrov")),
    ("The tide rose. — Lavrov", ("The tide rose.", "Lavrov")),
    ("The tide rose, said Lavrov.", ("The tide rose", "Lavrov")),
    ("The tide rose at noon.", None),
]


@pytest.mark.parametrize(("text", "expected"), UNMARKED)
def test_a_text_without_marks_may_name_its_speaker_too(text: str, expected: tuple[str, str] | None) -> None:
    found = unmarked(text)
    assert expected == (found and (text[found.span.start : found.span.end], found.said.name))
