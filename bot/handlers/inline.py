"""Inline mode: ``@bot words`` in any chat lists quotes; the one that is chosen is posted with its citation.

A client asks at each pause in typing, and takes an answer for some seconds only: what a newer query of the
same person has overtaken is dropped, and nothing is stored or tried again.

What is listed is cards.py's business.
"""

import logging
import re
from dataclasses import replace
from functools import partial

from telegram import InlineQuery, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.answer import Outcome, searchable
from bot.cards import PAGE, Offer, cards
from bot.engine import Engine
from bot.finding import answered, unsought
from bot.outbox import Outbox
from bot.place import Place
from bot.recent import Recent
from bot.render import Renderer
from bot.state import KEPT, State
from bot.texts import telegram as texts
from index.search import Index

__all__ = ["Inline"]

MOST = 50
"""Quotes that can be scrolled to."""

PEOPLE = 4096
"""People whose latest query is known."""

_OFFSET = re.compile(r"[0-9]{1,2}")

_log = logging.getLogger(__name__)


class Inline:
    """Answers inline queries; where not everybody may ask (``restricted``), no list is shown to others."""

    def __init__(
        self, engine: Engine, state: State, outbox: Outbox, renderer: Renderer, *, restricted: bool
    ) -> None:
        self._engine, self._state, self._outbox, self._renderer = engine, state, outbox, renderer
        self._restricted = restricted
        self._latest: Recent[int, str] = Recent(PEOPLE)

    async def asked(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A query, whole or half typed."""
        query = update.inline_query
        if query is None:
            return
        self._latest.keep(query.from_user.id, query.id)
        offer = await self._offer(query)
        if offer is None or self._is_overtaken(query):
            return
        try:
            await self._outbox.hasty.offer(
                query.id, replace(offer, personal=offer.personal or self._restricted)
            )
        except TelegramError as error:
            _log.info("an inline query was not answered: %s", error)

    def _is_overtaken(self, query: InlineQuery) -> bool:
        return self._latest.get(query.from_user.id) not in (query.id, None)

    async def _offer(self, query: InlineQuery) -> Offer | None:
        """What is to be listed; None where nobody waits for it any more."""
        if not self._engine.ready:
            return Offer(button=texts.INLINE_LATER, personal=True)
        words = query.query.strip()
        if not words:
            return await self._engine.call(partial(self._recent, user=query.from_user.id))
        page = int(query.offset) if _OFFSET.fullmatch(query.offset) else 0
        return await self._engine.call(partial(self._found, query=query, words=words, page=page))

    # -- in the executor -------------------------------------------------------------------------------

    def _found(self, index: Index, *, query: InlineQuery, words: str, page: int) -> Offer | None:
        if self._is_overtaken(query):
            return None
        first, end = page * PAGE, min((page + 1) * PAGE, MOST)
        if not searchable(words) or first >= MOST:
            return Offer(button=texts.INLINE_NOTHING)
        found = answered(index, words, limit=end + 1, detailed=end)
        if found.outcome is Outcome.NONE:
            return Offer(button=texts.INLINE_NOTHING)
        following = str(page + 1) if len(found.hits) > end < MOST else ""
        return Offer(tuple(cards(self._renderer, found.hits[first:end])), following)

    def _recent(self, index: Index, *, user: int) -> Offer:
        """How to use it, and what this person was shown last in the private chat."""
        shown = self._state.latest(Place(user), MOST, within=KEPT)
        ids = dict.fromkeys(each.quotes[0] for each in shown if each.quotes)
        sentences = filter(None, map(index.sentence, list(ids)[:PAGE]))
        hits = (unsought(index, sentence) for sentence in sentences)
        return Offer(tuple(cards(self._renderer, hits)), button=texts.INLINE_HOW, personal=True)
