"""The conversation in a terminal: a question, then words about its answer.

``Conversation`` is the whole of it but the typing: a line in, lines out. It keeps what was asked, so that a
question may follow up on the one before.

How a quote looks is terminal.py's business; what is found, the index's.
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module

from rich.text import Text

from bot import terminal
from bot.answer import Outcome, searchable
from bot.finding import answered
from bot.texts import en
from index.model import Hit, Sentence, Turn
from index.search import Index

__all__ = ["Conversation", "Reply", "converse"]

REMEMBERED = 8
"""Earlier questions kept: nobody follows up on one further back."""

WINDOWS = (1, 3)
"""How far ``context`` widens, in sentences to both sides, before it takes the paragraph."""

_TRIM = " \t!.?…,"


@dataclass(frozen=True, slots=True)
class Reply:
    """``lines`` to show; ``leave`` when the conversation is over."""

    lines: tuple[Text, ...] = ()
    leave: bool = False


class Conversation:
    """One person's conversation over an open index. ``say`` raises for no line, whatever it holds."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._history: list[Turn] = []
        self._hits: tuple[Hit, ...] = ()
        self._at = 0
        self._width = 0
        self._commands: dict[str, Callable[[], Reply]] = {
            "context": self._context,
            "next": self._next,
            "show": self._show,
            "copy": self._copy,
            **dict.fromkeys(en.HELP_WORDS, lambda: _say(en.HELP)),
            **dict.fromkeys(en.GREETINGS, lambda: _say(en.GREETING)),
            **dict.fromkeys(en.THANKS_WORDS, lambda: _say(en.THANKS)),
            **dict.fromkeys(en.NOD_WORDS, lambda: _say(en.NOD)),
            **dict.fromkeys(en.LEAVE_WORDS, lambda: Reply((Text(en.GOODBYE),), leave=True)),
        }

    def say(self, line: str) -> Reply:
        """The reply to a line: a command where it is one, else the answer to a question."""
        words = " ".join(line.lower().replace(",", " ").split()).strip(_TRIM).removeprefix("/")
        if not line.strip():
            return Reply()
        if words in self._commands:
            return self._commands[words]()
        shown = self._sentence_named(line.split())
        return self._receipt(shown) if shown else self._answer(line.strip())

    def _sentence_named(self, words: list[str]) -> Sentence | None:
        if len(words) == 2 and words[0].lower().removeprefix("/") == "show":
            return self._index.sentence(words[1].strip(_TRIM))
        return None

    def _answer(self, question: str) -> Reply:
        reply = answered(self._index, question, self._history)
        self._hits, self._at, self._width = (), 0, 0
        if reply.outcome is not Outcome.NONE:
            self._hits, self._at = reply.hits, max(len(reply.shown) - 1, 0)
        if searchable(question):
            turn = Turn(question, reply.shown[0].sentence.text if reply.shown else "")
            self._history = [*self._history, turn][-REMEMBERED:]
        return Reply(tuple(terminal.answered(reply, self._index.sentence)))

    def _next(self) -> Reply:
        if not self._hits:
            return _say(en.NO_QUOTE_YET)
        if self._at + 1 == len(self._hits):
            return _say(en.no_more(len(self._hits)))
        self._at, self._width = self._at + 1, 0
        lines = terminal.quoted(self._hits[self._at], self._index.sentence)
        return Reply((*lines, Text(en.position(self._at + 1, len(self._hits)), "dim")))

    def _context(self) -> Reply:
        if not self._hits:
            return _say(en.NO_QUOTE_YET)
        sentence = self._hits[self._at].sentence
        shown = self._window(sentence, self._width)
        while self._width <= len(WINDOWS):
            self._width += 1
            wider = self._window(sentence, self._width)
            if wider != shown:
                return Reply(tuple(terminal.passage(wider[0], sentence, wider[1])))
        return _say(en.NO_MORE_AROUND)

    def _window(self, sentence: Sentence, width: int) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
        """What stands before and after a sentence, ``width`` steps wide; never less than a step before."""
        reach = (0, *WINDOWS)[min(width, len(WINDOWS))]
        before, after = self._index.neighbours(sentence, reach) if reach else ((), ())
        if width <= len(WINDOWS):
            return before, after
        around = self._index.paragraph(sentence)
        lead = tuple(each for each in around if each.number < sentence.number)
        rest = tuple(each for each in around if each.number > sentence.number)
        return max(before, lead, key=len), max(after, rest, key=len)

    def _show(self) -> Reply:
        return self._receipt(self._hits[self._at].sentence) if self._hits else _say(en.NO_QUOTE_YET)

    def _receipt(self, sentence: Sentence) -> Reply:
        references = self._index.references(sentence)
        speaker = self._index.speaker(sentence)
        return Reply(tuple(terminal.receipt(sentence, references, self._index.sentence, speaker)))

    def _copy(self) -> Reply:
        if not self._hits:
            return _say(en.NO_QUOTE_YET)
        sentence = self._hits[self._at].sentence
        quote = terminal.visible(sentence.text)
        return _say(en.copied(quote, terminal.citation_text(sentence.citation), sentence.id))


def _say(words: str) -> Reply:
    return Reply(tuple(Text(line) for line in words.split("\n")))


def converse(index: Index) -> None:
    """Talk until the person leaves by word, by Ctrl-D or by Ctrl-C."""
    _line_editing()
    seen = sys.stdin.isatty()
    conversation, reply = Conversation(index), _say(en.WELCOME) if seen else Reply()
    while True:
        _print(reply.lines, apart=seen)
        if reply.leave:
            return
        try:
            reply = conversation.say(input(en.PROMPT if seen else ""))
        except (EOFError, KeyboardInterrupt):
            reply = Reply((Text(""), Text(en.GOODBYE)) if seen else (), leave=True)


def _print(lines: Sequence[Text], *, apart: bool) -> None:
    if lines:
        terminal.write([*lines, Text("")] if apart else lines)


def _line_editing() -> None:
    """Where there is readline, ``input`` lets its line be edited once the module has been imported."""
    with suppress(ImportError):
        import_module("readline")
