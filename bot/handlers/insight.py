"""What admins learn of the questions: those that the sources did not answer, and the figures.

Whoever is let through is gate.py's business; a press is checked again here, since a client may send any
button's data. Marking done is idempotent: what was asked again since it was shown stays in the list.
"""

from telegram import Update
from telegram.ext import ContextTypes

from bot import figures, render
from bot.audit import MARKED_DONE
from bot.buttons import Done, Gaps, admin_pressed
from bot.engine import Engine
from bot.figures import Figures
from bot.gate import Gate
from bot.listing import PAGE
from bot.outbox import Outbox
from bot.state import State
from bot.texts import admin as texts
from bot.texts import telegram
from index.changes import Corpus

__all__ = ["SPANS", "Insight"]

SPANS = (1, 7, 30)
"""Days that figures are told of, each until now."""


class Insight:
    """Answers an admin in their private chat."""

    def __init__(self, gate: Gate, engine: Engine, outbox: Outbox, state: State) -> None:
        self._gate, self._engine, self._outbox = gate, engine, outbox
        self._statistics, self._audit = state.statistics, state.audit

    async def stats(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/stats``: how much there is, and how questions fare."""
        admin = self._gate.writer(update)
        if admin is None:
            return
        stats = await self._engine.call(lambda index: index.stats())
        size, removed = await self._engine.look(_measured)
        age = await self._engine.age()
        fares = await self._engine.run(lambda: self._statistics.fares(SPANS))
        still_open = await self._engine.run(self._statistics.open_groups)
        found = Figures(stats, size, removed, age, fares, sum(still_open.values()))
        await self._outbox.send(admin, [figures.overview(found)])

    async def unanswered(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/unanswered``: the first page."""
        admin = self._gate.writer(update)
        if admin is not None:
            await self._outbox.send(admin, [await self._engine.run(lambda: self._page(0))])

    async def pressed(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A press of a page or of "done", below a list however old; anyone else's is told what an unknown
        button is.
        """
        query = update.callback_query
        if query is None:
            return
        admin, press, message = self._gate.presser(query), admin_pressed(query.data or ""), query.message
        if admin is None or message is None or not isinstance(press, Gaps | Done):
            await self._outbox.acknowledge(query.id, telegram.EXPIRED)
            return
        done = isinstance(press, Gaps) or await self._engine.run(lambda: self._mark(admin, press))
        await self._outbox.acknowledge(query.id, "" if done else texts.ASKED_SINCE)
        page = await self._engine.run(lambda: self._page(press.page))
        await self._outbox.edit(admin, [message.message_id], [page])

    def _mark(self, admin: int, press: Done) -> bool:
        """Whether it is marked done, which the audit keeps."""
        question = self._statistics.mark_done(press.row, press.seen)
        if question is not None:
            self._audit.write(admin, MARKED_DONE, {"question": question})
        return question is not None

    def _page(self, page: int) -> render.Message:
        """A page of the list as it is now, the last where there are fewer."""
        still_open = self._statistics.open_groups()
        page = min(page, figures.last_page(still_open))
        return figures.unanswered(self._statistics.unanswered(PAGE, skip=page * PAGE), still_open, page)


def _measured(corpus: Corpus) -> tuple[int, int]:
    """The bytes of the documents, and how many can be had back."""
    return sum(each.size for each in corpus.documents()), len(corpus.trash())
