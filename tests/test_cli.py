"""Every command as a person or a script types it, over a real small index."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.answer import MOST_SHOWN
from bot.cli import run
from bot.texts import en

HARBOUR = (
    "The harbour of Lindau was rebuilt in 1856. The pier is made of oak.\n"
    "Engineer Klara Voss surveyed the pier in May. She found nine rotten piles.\n"
)
QUESTION = "who surveyed the pier?"
SURVEYED = "Engineer Klara Voss surveyed the pier in May."
QUOTH = [sys.executable, "-c", "from bot.cli import main; main()"]
ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (folder / "bread.txt").write_text("Bakers use yeast to raise dough.\n", encoding="utf-8")
    monkeypatch.setenv("QUOTH_SEEDS", str(folder))
    monkeypatch.setenv("QUOTH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def quoth(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command line in this process: exit code, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        output = capsys.readouterr()
        return code, output.out, output.err

    return call


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))


Quoth = Callable[..., tuple[int, str, str]]


def test_a_question_gets_the_whole_sentence_on_one_line_of_a_pipe(quoth: Quoth) -> None:
    code, out, err = quoth("ask", QUESTION)
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"❝ {SURVEYED} ❞"
    assert "¶2 · sentence 1" in out.splitlines()[1]
    assert "\x1b" not in out


def test_a_question_needs_no_quotation_marks(quoth: Quoth) -> None:
    assert quoth("ask", *QUESTION.split()) == quoth("ask", QUESTION)


def test_the_json_is_the_contract(quoth: Quoth) -> None:
    code, out, _ = quoth("ask", "--json", QUESTION)
    answer = json.loads(out)
    assert code == 0
    assert [*answer] == ["question", "answered", "outcome", "hits", "corrected", "undated_left_out", "hints"]
    assert (answer["question"], answer["answered"], answer["outcome"]) == (QUESTION, True, "answer")
    hit = answer["hits"][0]
    assert " ".join(hit) == (
        "rank score id text document file title source date url paragraph sentence start end highlights "
        "refers_to speaker page also_in before after shown"
    )
    expected = {
        "rank": 1,
        "text": SURVEYED,
        "document": "harbour",
        "file": "harbour.txt",
        "source": None,
        "date": None,
        "url": None,
        "paragraph": 2,
        "sentence": 1,
        "start": HARBOUR.index(SURVEYED),
        "end": HARBOUR.index(SURVEYED) + len(SURVEYED),
        "page": None,
        "also_in": [],
        "shown": True,
    }
    assert expected == {key: hit[key] for key in expected}
    assert [SURVEYED[start:end] for start, end in hit["highlights"]] == ["surveyed", "pier"]
    assert "The pier is made of oak." in hit["before"]
    assert "She found nine rotten piles." in hit["after"]


def test_a_word_spelt_otherwise_is_searched_as_the_sources_spell_it_and_said(quoth: Quoth) -> None:
    misspelt = QUESTION.replace("surveyed", "surveied")
    answer = json.loads(quoth("ask", "--json", misspelt)[1])
    assert ({"surveied": "surveyed"}, SURVEYED) == (answer["corrected"], answer["hits"][0]["text"])
    out = quoth("ask", misspelt)[1].splitlines()
    assert (f"❝ {SURVEYED} ❞", "Showing results for “surveyed” (you typed “surveied”).") == (out[0], out[-1])
    assert json.loads(quoth("ask", "--json", QUESTION)[1])["corrected"] is None


def test_filters_hold_for_json_and_batch_and_what_they_leave_out_is_told(quoth: Quoth, seeds: Path) -> None:
    news = "---\ndate: 2026-03-02\n---\nOtto Brandt said that the pier of Lindau was closed.\n"
    (seeds / "news.txt").write_text(news, encoding="utf-8")
    question = "who surveyed the pier? after:2026 sort:old"
    (seeds.parent / "batch.jsonl").write_text(json.dumps(question) + "\n", encoding="utf-8")
    one = json.loads(quoth("ask", "--json", question)[1])
    many = json.loads(quoth("ask", "--batch", "batch.jsonl")[1])
    assert question == one["question"]
    for answer in (one, many):
        assert {"news"} == {hit["document"] for hit in answer["hits"]}
        assert 1 == answer["undated_left_out"]
        assert ["sort:old: there is no such order; write sort:new for the newest first."] == answer["hints"]
    out = quoth("ask", "by:Brandt", "after:2026-01", "sort:new")[1].splitlines()
    assert "❝ Otto Brandt said that the pier of Lindau was closed. ❞" == out[0]
    assert "1 document without a date left out." not in out
    assert 0 == json.loads(quoth("ask", "--json", QUESTION)[1])["undated_left_out"]


def test_ranks_count_from_1_and_only_what_the_answer_shows_is_shown(quoth: Quoth) -> None:
    hits = json.loads(quoth("ask", "--json", "the pier of the harbour")[1])["hits"]
    assert [hit["rank"] for hit in hits] == list(range(1, len(hits) + 1))
    assert len(hits) > 1
    shown = [hit["shown"] for hit in hits]
    assert shown == sorted(shown, reverse=True)
    assert 1 <= sum(shown) <= MOST_SHOWN < len(hits)


def test_a_limit_cuts_the_hits_and_changes_no_decision(quoth: Quoth) -> None:
    whole, cut = (json.loads(quoth("ask", "--json", *limit, "the pier")[1]) for limit in ([], ["--limit=1"]))
    assert len(whole["hits"]) > len(cut["hits"]) == 1
    assert (whole["outcome"], whole["hits"][0]) == (cut["outcome"], cut["hits"][0])


def test_a_limit_shows_a_person_so_many_quotes(quoth: Quoth) -> None:
    assert quoth("ask", "--limit", "2", "who surveyed the pier?")[1].count("❝") == 2


def test_what_the_sources_do_not_say_is_said_plainly(quoth: Quoth) -> None:
    code, out, err = quoth("ask", "who invented the zeppelin?")
    assert (code, err) == (0, "")
    assert out.startswith(en.NOTHING_FOUND)
    assert "❝" not in out
    answer = json.loads(quoth("ask", "--json", "who invented the zeppelin?")[1])
    assert (answer["answered"], answer["outcome"]) == (False, "none")


UNSEARCHABLE = ["😀" * 4096, "\x00\x07\x1b[2J"[:3] + "\u202e", "?!", "\udce9"]


@pytest.mark.parametrize("question", UNSEARCHABLE, ids=ascii)
def test_a_question_without_a_word_is_answered_in_words(question: str, quoth: Quoth) -> None:
    code, out, err = quoth("ask", question)
    assert (code, out, err) == (0, en.NOTHING_TO_SEARCH + "\n", "")
    answer = json.loads(quoth("ask", "--json", question)[1])
    assert (answer["outcome"], answer["hits"]) == ("none", [])


MISUSE = [
    (["ask"], "ask: the question is empty"),
    (["ask", ""], "ask: the question is empty"),
    (["ask", " \t"], "ask: the question is empty"),
    (["ask", "x", "--batch", "y"], "ask: a question and --batch were given"),
    (["ask", "--batch", "nowhere"], "--batch: nowhere cannot be read (no such file or directory)"),
    (["ask", "--seeds", "nowhere", "x"], "--seeds: nowhere does not exist"),
    (["ask", "--limit", "0", "x"], "ask: invalid value for '--limit'"),
    (["ask", "--limit", "few", "x"], "ask: invalid value for '--limit'"),
    (["ask", "--nonsense", "x"], "ask: no such option: --nonsense"),
    (["show"], "show: missing argument"),
    (["nonsense"], "no such command 'nonsense'"),
    (["sentences", "--jsonl", "nowhere"], "sentences: nowhere cannot be read"),
]


@pytest.mark.parametrize(("arguments", "fault"), MISUSE)
def test_misuse_is_one_line_with_a_remedy_and_exit_code_2(
    arguments: list[str], fault: str, quoth: Quoth
) -> None:
    code, out, err = quoth(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"quoth: {fault}")
    assert "; " in err
    assert err.count("\n") == 1


FAILURES = [
    (["show", "nothing"], "quoth: show nothing: no sentence here has this id; "),
    (["eval", "no.jsonl", "none.jsonl"], "quoth: no.jsonl: cannot be read"),
    (["sentences", "nowhere.txt"], "quoth: nowhere.txt: "),
]


@pytest.mark.parametrize(("arguments", "line"), FAILURES)
def test_a_failure_is_one_line_and_exit_code_1(arguments: list[str], line: str, quoth: Quoth) -> None:
    code, out, err = quoth(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith(line)
    assert err.count("\n") == 1


def test_a_wrong_setting_is_misuse(quoth: Quoth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_SEEDS", "/nowhere")
    code, _, err = quoth("ask", "x")
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("quoth: QUOTH_SEEDS: /nowhere does not exist; ")


def test_an_unforeseen_error_is_one_line_that_offers_debug(
    quoth: Quoth, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a\nb\x1b[31m")

    monkeypatch.setattr("index.search.Index.search", broken)
    code, _, err = quoth("ask", "x")
    assert (code, err.count("\n")) == (1, 1)
    assert err.startswith("quoth: ZeroDivisionError: a b [31m; ")
    assert "--debug" in err
    assert "Traceback" in quoth("--debug", "ask", "x")[2]
    assert "Traceback" not in quoth("ask", "--", "--debug")[2]


def test_alone_it_shows_its_commands(quoth: Quoth) -> None:
    code, out, _ = quoth()
    assert code == 0
    for command in ("ask", "chat", "show", "build", "sentences", "eval", "check"):
        assert re.search(rf"^  {command} +[A-Z].*\.$", out, re.MULTILINE), command


def test_it_knows_its_version(quoth: Quoth) -> None:
    code, out, _ = quoth("--version")
    assert (code, out.split()[0]) == (0, "quoth")


BATCH = [
    {"id": "a", "question": QUESTION, "history": [], "answerable": True},
    {"id": 7, "question": "zeppelin"},
    "what raises dough?",
    {"id": "h", "question": "and when?", "history": [{"question": QUESTION, "answer": SURVEYED}, "and who?"]},
    {"id": "e", "question": ""},
    {"id": "n", "question": "Klara\u2028Voss", "history": None},
]


def test_a_batch_answers_line_by_line_in_order(quoth: Quoth, tmp_path: Path) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in BATCH)
    (tmp_path / "batch.jsonl").write_text("\ufeff" + text.replace("\n", "\r\n\r\n", 1), encoding="utf-8")
    code, out, err = quoth("ask", "--batch", "batch.jsonl")
    answers = [json.loads(line) for line in out.split("\n")[:-1]]
    assert (code, err) == (0, "")
    assert [answer["id"] for answer in answers] == ["a", 7, 4, "h", "e", "n"]
    keys = ["id", "answered", "outcome", "confidence", "hits", "undated_left_out", "hints"]
    assert all([*answer] == keys for answer in answers)
    assert answers[0]["hits"][0]["text"] == SURVEYED
    assert answers[2]["hits"][0]["text"] == "Bakers use yeast to raise dough."
    assert (answers[1]["outcome"], answers[4]["outcome"]) == ("none", "none")


BAD_LINES = [
    (b"{", "not JSON from character "),
    (b"[1]", "neither an object nor a string"),
    (b"null", "neither an object nor a string"),
    (b'{"id": 1}', '"question" is missing or no string'),
    (b'{"question": 5}', '"question" is missing or no string'),
    (b'{"id": [], "question": "x"}', '"id" is neither a string nor a whole number'),
    (b'{"question": "x", "history": "y"}', '"history" is no list'),
    (b'{"question": "x", "history": [5]}', 'an item of "history" is neither'),
    (b'{"question": "x", "history": [{"answer": "y"}]}', 'an item of "history" is neither'),
    (b'"\xff"', "not UTF-8"),
    (b"[" * 100_000, "nested too deeply"),
]


@pytest.mark.parametrize(("bad", "fault"), BAD_LINES, ids=lambda value: ascii(value)[:40])
def test_a_bad_line_of_a_batch_is_named_after_the_answers_before_it(
    bad: bytes, fault: str, quoth: Quoth, tmp_path: Path
) -> None:
    (tmp_path / "batch.jsonl").write_bytes(b'"dough"\n"pier"\n' + bad + b'\n"more"\n')
    code, out, err = quoth("ask", "--batch", "batch.jsonl")
    assert code == 1
    assert [json.loads(line)["id"] for line in out.splitlines()] == [1, 2]
    assert err.startswith(f"quoth: batch.jsonl, line 3: {fault}")
    assert err.count("\n") == 1


def test_a_batch_answers_each_line_before_the_next_is_sent() -> None:
    with subprocess.Popen(
        [*QUOTH, "ask", "--batch", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin
        assert process.stdout
        for identity in ("one", "two"):
            process.stdin.write(json.dumps({"id": identity, "question": "pier"}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == identity
        process.stdin.close()
        assert process.wait() == 0


def first_id(quoth: Quoth) -> str:
    return str(json.loads(quoth("ask", "--json", QUESTION)[1])["hits"][0]["id"])


def test_show_prints_the_receipt_of_a_quote(quoth: Quoth) -> None:
    quote_id = first_id(quoth)
    code, out, _ = quoth("show", quote_id)
    start = HARBOUR.index(SURVEYED)
    assert code == 0
    for part in (SURVEYED, quote_id, "harbour.txt", "¶2 · sentence 1", f"{start}–{start + len(SURVEYED)}"):
        assert part in out


def test_another_corpus_answers_and_shows_without_touching_the_configured_one(
    quoth: Quoth, tmp_path: Path
) -> None:
    quote_id = first_id(quoth)
    other = tmp_path / "other"
    other.mkdir()
    (other / "sea.txt").write_text("The moon pulls the sea.", encoding="utf-8")
    answer = json.loads(quoth("ask", "--json", "--seeds", str(other), "what pulls the sea?")[1])
    assert answer["hits"][0]["document"] == "sea"
    assert quoth("show", "--seeds", str(other), answer["hits"][0]["id"])[0] == 0
    assert quoth("show", quote_id)[0] == 0
    assert "2 unchanged" in quoth("build")[1]


def test_ask_notices_what_changed(quoth: Quoth, seeds: Path) -> None:
    quoth("ask", "zeppelin")
    (seeds / "air.txt").write_text("Count Zeppelin built the airship.", encoding="utf-8")
    assert "❝ Count Zeppelin built the airship. ❞" in quoth("ask", "who built the airship?")[1]


def test_build_says_in_a_line_what_it_did(quoth: Quoth, seeds: Path) -> None:
    assert quoth("build")[1].startswith("2 added (bread.txt, harbour.txt) in ")
    assert quoth("build")[1].endswith("; the index holds 2 documents and 5 sentences\n")
    (seeds / "bread.txt").unlink()
    (seeds / "harbour.txt").write_text("The harbour is gone.", encoding="utf-8")
    (seeds / "image.txt").write_bytes(bytes(range(256)) * 10)
    code, out, err = quoth("build")
    changes = "1 changed (harbour.txt), 1 removed (bread.txt), 1 faulty (image.txt) in "
    assert (code, out.startswith(changes)) == (0, True)
    assert "image.txt: is not text" in err
    assert err.count("\n") == 1
    out, err = quoth("build")[1:]
    assert (out.startswith("1 faulty (image.txt), 1 unchanged in "), err.count("\n")) == (True, 1)


def test_a_summary_of_many_files_names_a_few(quoth: Quoth, seeds: Path) -> None:
    for number in range(20):
        (seeds / f"n{number}.txt").write_text("One sentence.", encoding="utf-8")
    out = quoth("build")[1]
    assert out.startswith("22 added (bread.txt, harbour.txt, n0.txt, n1.txt, n10.txt, … 17 more) in ")


def test_sentences_of_a_file_stand_one_a_line(quoth: Quoth, seeds: Path) -> None:
    code, out, _ = quoth("sentences", str(seeds / "harbour.txt"))
    assert code == 0
    assert out.splitlines() == [
        "The harbour of Lindau was rebuilt in 1856.",
        "The pier is made of oak.",
        SURVEYED,
        "She found nine rotten piles.",
    ]


def test_sentences_are_read_from_standard_input(quoth: Quoth, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "The sea rose. The boats\nwere lost.")
    out = quoth("sentences")[1]
    assert out.splitlines()[0] == "The sea rose."
    typed(monkeypatch, '{"text": "The sea rose. The boats left."}\n{"text": ""}\n{"text": "Calm."}\n')
    out = quoth("sentences", "--jsonl")[1]
    assert [json.loads(line) for line in out.splitlines()] == [
        {"ends": [13, 29]},
        {"ends": []},
        {"ends": [5]},
    ]


def test_a_bad_line_of_texts_is_named(quoth: Quoth, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, '{"text": "Calm."}\n{"txt": "?"}\n')
    code, out, err = quoth("sentences", "--jsonl")
    assert (code, out) == (1, '{"ends": [5]}\n')
    assert err.startswith('quoth: standard input, line 2: no object with a string "text"; ')


def test_eval_prints_the_figures_and_writes_the_run(quoth: Quoth, tmp_path: Path) -> None:
    texts = ["The moon pulls the sea.", "Yeast raises dough.", "Oak makes a pier."]
    sentences = [{"doc": "d", "title": "", "par": n, "sent": n, "text": text} for n, text in enumerate(texts)]
    questions: list[dict[str, Any]] = [
        {"id": "q1", "question": "what raises dough?", "relevant": [["d", 1]], "answerable": True},
        {"id": "q2", "question": "zeppelin?", "relevant": [], "answerable": False},
    ]
    for name, rows in (("s.jsonl", sentences), ("q.jsonl", questions)):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    code, out, _ = quoth("eval", "s.jsonl", "q.jsonl", "--run", "run.tsv")
    expected = {
        "questions": 1,
        "S@1": 1.0,
        "S@3": 1.0,
        "S@5": 1.0,
        "MRR@10": 1.0,
        "unanswerable": 1,
        "AUC": 1.0,
    }
    assert (code, json.loads(out)) == (0, expected)
    question, document, sentence, rank, score = (tmp_path / "run.tsv").read_text().splitlines()[0].split("\t")
    assert (question, document, sentence, rank) == ("q1", "d", "1", "1")
    assert float(score) > 0


def test_check_finds_nothing_wrong_where_nothing_is(quoth: Quoth) -> None:
    quoth("build")
    code, out, _ = quoth("check")
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["ok", "QUOTH_SEEDS"],
        ["ok", "QUOTH_DATA"],
        ["ok", "QUOTH_ADMINS"],
        ["ok", "QUOTH_ACCESS"],
        ["ok", "documents"],
        ["ok", "index"],
    ]
    assert "2 documents, 5 sentences" in out


def test_check_warns_of_an_index_not_yet_built_and_of_documents_left_out(quoth: Quoth, seeds: Path) -> None:
    code, out, _ = quoth("check")
    assert (code, out.count("warning  index")) == (0, 1)
    (seeds / "image.txt").write_bytes(bytes(range(256)) * 10)
    quoth("build")
    code, out, _ = quoth("check")
    assert (code, out.count("warning  documents")) == (0, 1)
    assert "image.txt: is not text" in out


def test_check_fails_with_a_remedy_where_the_index_is_damaged(quoth: Quoth, tmp_path: Path) -> None:
    quoth("build")
    largest = max(
        (tmp_path / "data").rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0
    )
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 0xFF
    largest.write_bytes(content)
    code, out, _ = quoth("check")
    assert (code, out.count("fault    index")) == (1, 1)
    assert "quoth build" in out


def test_check_fails_where_a_setting_is_wrong(quoth: Quoth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_SEEDS", "/nowhere")
    code, out, _ = quoth("check")
    assert (code, out.split()[:2]) == (1, ["fault", "QUOTH_SEEDS"])


ADMINS = [
    # QUOTH_ADMINS (None: not set), exit code, what is said of it
    (
        None,
        0,
        "ok       QUOTH_ADMINS no admins: documents cannot be changed in Telegram, only here; set it to",
    ),
    ("7000001", 0, "ok       QUOTH_ADMINS 1 admin, in the private chat with the bot"),
    ("7000001, 7000002,7000001", 0, "ok       QUOTH_ADMINS 2 admins, in the private chat with the bot"),
    (" , ", 0, "warning  QUOTH_ADMINS is set and names nobody; write the numbers of Telegram users"),
    ("7000001,123456", 0, "warning  QUOTH_ADMINS 2 admins, one of them the bot itself"),
    ("@berta", 1, "fault    QUOTH_ADMINS '@berta' is no user's number; write the numbers of Telegram users"),
]


@pytest.mark.parametrize(("written", "code", "said"), ADMINS)
def test_check_says_who_the_admins_are_and_what_is_wrong_with_the_setting(
    written: str | None, code: int, said: str, quoth: Quoth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTH_TOKEN", "123456:AbCdEfGhIjKlMnOpQrStUvWxYz")
    if written is None:
        monkeypatch.delenv("QUOTH_ADMINS", raising=False)
    else:
        monkeypatch.setenv("QUOTH_ADMINS", written)
    found, out, _ = quoth("check")
    lines = [re.sub(" +", " ", line) for line in out.splitlines() if "QUOTH_ADMINS" in line]
    assert (found, len(lines)) == (code, 1)
    assert lines[0].startswith(re.sub(" +", " ", said))
    assert "7000001" not in out


ACCESS = [
    # QUOTH_ACCESS, QUOTH_ALLOWED_CHATS, QUOTH_ADMINS; what is said of it
    (("", "", ""), "ok QUOTH_ACCESS open: everybody may ask"),
    (("chats", "-1001,7", ""), "ok QUOTH_ACCESS chats: 2 named in QUOTH_ALLOWED_CHATS, and whom"),
    (("users", "", "7000001"), "ok QUOTH_ACCESS users: none named in QUOTH_ALLOWED_CHATS, and whom"),
    (
        ("users", "", ""),
        "warning QUOTH_ACCESS users: nobody may ask, and there is no admin; name yourself in",
    ),
]


@pytest.mark.parametrize(("written", "said"), ACCESS)
def test_check_says_who_may_ask_and_where_that_is_nobody(
    written: tuple[str, str, str], said: str, quoth: Quoth, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("QUOTH_ACCESS", "QUOTH_ALLOWED_CHATS", "QUOTH_ADMINS")
    for name, value in zip(names, written, strict=True):
        monkeypatch.setenv(name, value)
    code, out, _ = quoth("check")
    lines = [re.sub(" +", " ", line) for line in out.splitlines()]
    assert (code, sum(line.startswith(said) for line in lines)) == (0, 1)


def test_chat_answers_what_is_piped_into_it(quoth: Quoth, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, f"hello\n\n{QUESTION}\ncontext\n")
    code, out, err = quoth("chat")
    assert (code, err) == (0, "")
    assert out.startswith(f"{en.GREETING}\n❝ {SURVEYED} ❞\n")
    assert "❝ The pier is made of oak." in out


def test_ctrl_c_stops_with_a_line(quoth: Quoth) -> None:
    quoth("build")
    command = [*QUOTH, "ask", "--batch", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write('"pier"\n')
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err.strip()) == (130, "quoth: stopped")


def test_a_reader_that_leaves_is_no_error(quoth: Quoth, tmp_path: Path) -> None:
    quoth("build")
    (tmp_path / "batch.jsonl").write_text('"pier"\n' * 2000)
    command = [*QUOTH, "ask", "--batch", "batch.jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        process.wait(timeout=30)


def test_a_terminal_without_the_characters_gets_their_numbers() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for options in ([], ["--json"]):
        done = subprocess.run(
            [*QUOTH, "ask", *options, QUESTION], env=environment, capture_output=True, check=True
        )
        assert SURVEYED.encode() in done.stdout
    assert json.loads(done.stdout)["hits"][0]["text"] == SURVEYED


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_full_disk_is_said_in_words(options: list[str]) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [*QUOTH, "ask", *options, QUESTION],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "quoth: output: no space left on device; look at the disk and the rights there\n"


SLOW = {"nltk", "rapidfuzz", "rich.progress", "index.evaluate", "bot.chat"}


def test_a_warm_question_imports_nothing_slow(quoth: Quoth) -> None:
    quoth("build")
    program = f"import sys; from bot.cli import run; run(sys.argv[1:]); print({SLOW} & sys.modules.keys())"
    command = [sys.executable, "-c", program, "ask", QUESTION]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_a_quote_is_verified_word_by_word(quoth: Quoth) -> None:
    code, out, err = quoth("verify", SURVEYED.replace("pier", "tower"))
    assert (code, err) == (0, "")
    assert out.splitlines()[1:3] == [f"❝ {SURVEYED} ❞", "tower → pier"]


def test_a_text_to_verify_is_read_from_standard_input(quoth: Quoth, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, f"«{SURVEYED}»\n")
    found = json.loads(quoth("verify", "--json", "-")[1])
    assert ("exact", 0) == (found["verdict"], found["unchecked"])


def test_the_json_of_a_verification_is_the_contract(quoth: Quoth) -> None:
    text = SURVEYED.replace("surveyed", "never surveyed")
    found = json.loads(quoth("verify", "--json", text)[1])
    assert [*found] == ["text", "verdict", "passages", "unchecked"]
    (passage,) = found["passages"]
    assert " ".join(passage) == "span text verdict negation said_by variants alone parts"
    assert ("altered", True, [0, len(text)]) == (passage["verdict"], passage["negation"], passage["span"])
    (part,) = passage["parts"]
    assert " ".join(part) == (
        "span source speaker document file title date url start end sentences differences"
    )
    assert HARBOUR[part["start"] : part["end"]] == part["source"] == SURVEYED
    assert " ".join(part["sentences"][0]) == "id text paragraph sentence start end page"
    put = next(each for each in part["differences"] if each["change"] == "inserted")
    assert (True, "never") == (put["negation"], text[put["text"][0] : put["text"][1]])


def test_a_text_too_long_to_be_read_whole_gets_no_verdict(quoth: Quoth) -> None:
    code, out, err = quoth("verify", SURVEYED + " " * 4_096 + "And the pier is gone.")
    assert (2, "") == (code, out)
    assert err.startswith("quoth: verify: the text has more than 4,096 characters; ")
    assert 0 == quoth("verify", SURVEYED + " " * 4_096)[0]


def test_without_a_text_there_is_nothing_to_verify(quoth: Quoth) -> None:
    code, out, err = quoth("verify", " ")
    assert (code, out) == (2, "")
    assert err.startswith("quoth: verify: there is no text; ")
