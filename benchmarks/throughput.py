"""Answers a second through the whole process, beside a stock echo bot in the same run.

    python benchmarks/throughput.py [--seconds 10] [--chats 256] [--latency 0.05]

A stand-in Bot API (tests/standin) over real HTTP answers each request after ``latency`` seconds. ``chats``
people ask at once, each again as soon as the answer is there. Measured in turn: python-telegram-bot's own
echo bot (``run_polling``, concurrent updates), Quoth on the documents that ship, asked six questions again
and again and asked each only once, and Quoth on 10,000 sentences, asked each only once. Printed: answers a
second, the ratio to the echo bot, processor time an answer, the time from question to answer, how late the
bot's event loop ran a clock of 5 ms meanwhile ("loop"), and how long what was handed to the index's thread
waited and was worked on there, until its result was back in the loop ("index"). Questions wait their turn
before they are handed over: that wait is in the time from question to answer.

Ratios of one run are what counts: the machine's speed cancels out. On a busy machine the processor time that
a process spends on an answer ("CPU ms") says more than its answers a second.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import logging
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from standin import Call, StandIn  # noqa: E402 - the path above is where it lies

QUESTIONS = (
    "what did Lavrov propose?",
    "who called Aliyev?",
    "how many vehicles passed along the road?",
    "what does Baku call the protest?",
    "when was the road blocked?",
    "who was delivered to Armenia?",
)
TICK = 0.005
WARM_UP = 2.0


def made_corpus(folder: Path, sentences: int) -> None:
    """Documents of twenty made sentences each; words drawn by Zipf's law, so that terms are as common as in
    news.
    """
    draw = random.Random(1)
    words = [f"{draw.choice('bdfgklmnprstv')}{draw.choice('aeiou')}{i:x}" for i in range(20_000)]
    weights = [1 / (rank + 2.7) for rank in range(len(words))]
    for document in range(sentences // 20):
        lines = [
            " ".join(draw.choices(words, weights, k=draw.randint(8, 30))).capitalize() + "."
            for _ in range(20)
        ]
        (folder / f"{document:05}.txt").write_text("\n".join(lines), encoding="utf-8")


def asked_of(folder: Path) -> list[str]:
    """Questions of two to six words, each drawn from one sentence."""
    draw = random.Random(2)
    lines = [
        line for path in sorted(folder.glob("*.txt"))[:100] for line in path.read_text("utf-8").splitlines()
    ]
    return [
        " ".join(draw.sample(line.rstrip(".").split(), draw.randint(2, 6)))
        for line in draw.sample(lines, 500)
    ]


def drawn(questions: Sequence[str], *, new: bool) -> Iterator[str]:
    """Questions for ever; ``new`` ones have articles behind them, so that none was asked before."""
    draw = random.Random(3)
    for number in itertools.count():
        articles = ("the" if bit == "1" else "a" for bit in f"{number:b}")
        yield " ".join([draw.choice(questions), *articles] if new else [draw.choice(questions)])


class Crowd:
    """``chats`` people who ask, and ask again when they are answered; the times from question to answer."""

    def __init__(self, telegram: StandIn, chats: int, questions: Iterator[str]) -> None:
        self._people = {chat.id: chat for chat in (telegram.private(f"P{i}") for i in range(chats))}
        self._questions = questions
        self._asked: dict[int, float] = {}
        self.times: list[float] = []
        self.open = True
        self._lock = threading.Lock()
        telegram.listeners.append(self._answered)

    def begin(self) -> None:
        """Everyone asks."""
        for chat in list(self._people):
            with self._lock:
                self._ask(chat)

    def _ask(self, chat: int) -> None:
        self._asked[chat] = time.monotonic()
        self._people[chat].say(next(self._questions))

    def _answered(self, call: Call) -> None:
        if call.method != "sendMessage" or call.status != 200:
            return
        chat = int(call.chat_id)
        if chat not in self._asked:
            return
        with self._lock:
            self.times.append(time.monotonic() - self._asked[chat])
            if self.open:
                self._ask(chat)


def measured(
    command: list[str], chats: int, latency: float, seconds: float, questions: Iterator[str], **env: str
) -> dict:
    """One bot under the crowd."""
    with StandIn() as telegram, tempfile.TemporaryDirectory() as data:
        telegram.latency = latency
        lag = Path(data, "lag.json")
        environment = {**os.environ, **telegram.environment, "QUOTH_DATA": data, "LAG": str(lag), **env}
        environment.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, cwd=data) as bot:
            try:
                first = telegram.private("First")
                first.say(next(questions))
                first.wait_message(timeout=120)
                crowd = Crowd(telegram, chats, questions)
                crowd.begin()
                time.sleep(WARM_UP)
                before, began, worked = len(crowd.times), time.monotonic(), _processor_time(bot.pid)
                time.sleep(seconds)
                count, took = len(crowd.times) - before, time.monotonic() - began
                worked = _processor_time(bot.pid) - worked
                crowd.open = False
            finally:
                bot.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    bot.wait(15)
                bot.kill()
        times = sorted(crowd.times[before : before + count])
        result = {
            "per_second": count / took,
            "processor": worked / count,
            "p50": statistics.median(times),
            "p99": times[int(len(times) * 0.99)],
        }
        return {**result, **(json.loads(lag.read_text()) if lag.exists() else {})}


def _processor_time(pid: int) -> float:
    """Seconds that a process has worked, in all its threads; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serve_echo() -> None:
    """The echo bot of python-telegram-bot's own examples, with updates side by side."""
    from telegram import Update
    from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters

    async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(update.message.text or "")

    base = os.environ["QUOTH_API_BASE"]
    builder = (
        ApplicationBuilder().token(os.environ["QUOTH_TOKEN"]).base_url(f"{base}/bot").concurrent_updates(256)
    )
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


def serve_quoth() -> None:
    """``quoth run`` with a clock in its event loop and one at its executor; what they show goes to LAG."""
    from bot import logs
    from bot.app import serve
    from bot.engine import Engine
    from bot.settings import load

    late: list[float] = []
    handed: list[float] = []
    run = Engine.run

    async def timed(engine: Engine, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = await run(engine, work)
        handed.append(time.perf_counter() - began)
        return result

    Engine.run = timed  # type: ignore[method-assign,assignment]

    async def clock() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK)
            late.append(time.perf_counter() - began - TICK)

    async def both() -> None:
        ticking = asyncio.create_task(clock())
        await serve(load(), logging.getLogger("benchmark").warning)
        ticking.cancel()

    logs.set_up(load().required_token())
    asyncio.run(both())
    lags = {"loop": _p99(late), "index": _p99(handed)}
    Path(os.environ["LAG"]).write_text(json.dumps(lags))


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--chats", type=int, default=256)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--serve", choices=("echo", "quoth"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        {"echo": serve_echo, "quoth": serve_quoth}[given.serve]()
        return
    load = (given.chats, given.latency, given.seconds)
    me = [sys.executable, str(Path(__file__).resolve()), "--serve"]
    with tempfile.TemporaryDirectory() as folder:
        made_corpus(Path(folder), 10_000)
        runs = {
            "stock echo": measured([*me, "echo"], *load, drawn(QUESTIONS, new=False)),
            "quoth, shipped": measured(
                [*me, "quoth"], *load, drawn(QUESTIONS, new=False), QUOTH_SEEDS=str(ROOT / "seeds")
            ),
            "  each new": measured(
                [*me, "quoth"], *load, drawn(QUESTIONS, new=True), QUOTH_SEEDS=str(ROOT / "seeds")
            ),
            "10,000, each new": measured(
                [*me, "quoth"], *load, drawn(asked_of(Path(folder)), new=True), QUOTH_SEEDS=folder
            ),
        }
    print(f"{given.chats} chats, {given.latency * 1000:.0f} ms of API latency, {given.seconds:.0f} s each")
    print(
        f"{'':16}{'per s':>8}{'ratio':>8}{'CPU ms':>8}{'p50 ms':>9}{'p99 ms':>9}"
        f"{'loop p99':>10}{'index p99':>11}"
    )
    for name, run in runs.items():
        ratio = run["per_second"] / runs["stock echo"]["per_second"]
        lag = f"{run['loop'] * 1000:10.1f}{run['index'] * 1000:11.1f}" if "loop" in run else ""
        times = f"{run['p50'] * 1000:9.0f}{run['p99'] * 1000:9.0f}"
        print(f"{name:16}{run['per_second']:8.0f}{ratio:8.2f}{run['processor'] * 1000:8.1f}{times}{lag}")


if __name__ == "__main__":
    main()
