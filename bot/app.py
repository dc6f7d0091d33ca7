"""``quoth run``: puts the parts together and runs until it is told to stop; which update goes where.

    getUpdates -updates-> Update -lanes-> handlers -engine-> Answer -render, outbox-> messages

What the parts do is in their own modules.
"""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path

from telegram import Update
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot import admins, render
from bot.background import Background
from bot.check import HEARTBEAT
from bot.engine import Engine
from bot.handlers.buttons import Buttons
from bot.handlers.private import Private
from bot.lanes import Lanes, lane_of
from bot.outbox import Outbox
from bot.render import Renderer
from bot.requests import AiohttpRequest
from bot.settings import Settings
from bot.state import State
from bot.texts import en
from bot.texts import telegram as texts
from bot.updates import Refused, poll
from index.build import Notice

__all__ = ["serve"]

PATIENCE = 8.0
"""Seconds that what is in hand gets to finish when the process is told to stop; Docker kills after ten."""

FORGET_EVERY = 6 * 3600.0
"""Seconds between two clean-ups of the state."""

_log = logging.getLogger(__name__)


async def serve(settings: Settings, notice: Notice) -> None:
    """Answer until SIGTERM or SIGINT. Raises Refused, CorpusError, StoreError, each with its remedy."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    application = _application(settings)
    state = State.in_folder(settings.data)
    engine = Engine()
    try:
        await _introduce(application, stop)
        if not stop.is_set():
            await _answer(application, engine, state, settings, notice, stop)
    finally:
        engine.close()
        state.close()
        await application.shutdown()


def _application(settings: Settings) -> Application:  # type: ignore[type-arg]  # six parameters nobody reads
    token = settings.required_token()
    builder = ApplicationBuilder().token(token).updater(None).job_queue(None)
    builder = builder.request(AiohttpRequest()).get_updates_request(AiohttpRequest(connections=1))
    if settings.api_base:
        builder = builder.base_url(f"{settings.api_base}/bot").base_file_url(f"{settings.api_base}/file/bot")
    return builder.build()


async def _introduce(application: Application, stop: asyncio.Event) -> None:  # type: ignore[type-arg]
    """getMe until Telegram answers; a server that cannot be reached yet is waited for."""
    pause = 1.0
    while not stop.is_set():
        introducing = asyncio.create_task(application.initialize())
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({introducing, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not introducing.done():
                return
            introducing.result()
        except InvalidToken:
            raise Refused(
                "QUOTH_TOKEN", "Telegram does not know this token", "copy it again from @BotFather"
            ) from None
        except TelegramError as error:
            _log.warning("Telegram cannot be reached (%s); trying again in %.0f s", error, pause)
            await _pause(stop, pause)
            pause = min(2 * pause, 30.0)
        else:
            _log.info("I am @%s", application.bot.username)
            return
        finally:
            introducing.cancel()
            stopped.cancel()
            await asyncio.gather(introducing, stopped, return_exceptions=True)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but no longer than until ``stop`` is set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _answer(  # noqa: PLR0913, PLR0917 - the parts, put together once
    application: Application,  # type: ignore[type-arg]
    engine: Engine,
    state: State,
    settings: Settings,
    notice: Notice,
    stop: asyncio.Event,
) -> None:
    """Poll and answer; what ends first ends all, and what is in hand is finished."""
    lanes, outbox, background = Lanes(), _outbox(application), Background()
    uploads = admins.add_handlers(application, engine, outbox, background, settings)
    _add_handlers(application, engine, state, outbox)
    take = _taking(application, lanes, outbox)
    beat = _heartbeat(settings.data / HEARTBEAT)
    polling = poll(application.bot, take, heartbeat=beat, stop=stop, set_aside=lambda *_: None)
    jobs = {
        asyncio.create_task(polling, name="polling"),
        asyncio.create_task(_open(engine, settings, notice)),
        asyncio.create_task(engine.follow(watch=settings.watch)),
        asyncio.create_task(_forget(engine, state)),
        asyncio.create_task(admins.set_menus(application.bot, settings.admins)),
        asyncio.create_task(uploads.resume(application.bot)),
    }
    try:
        await _first_failure(jobs, stop)
    finally:
        stop.set()
        await _finish(jobs, lanes, background)


def _taking(
    application: Application,  # type: ignore[type-arg]
    lanes: Lanes,
    outbox: Outbox,
) -> Callable[[Update], Awaitable[None]]:
    """Takes an update: into the lane of its chat, unless too many of that chat wait there."""

    async def take(update: Update) -> None:
        lane, chat = lane_of(update), update.effective_chat

        async def too_many() -> None:
            if chat is not None and chat.type == chat.PRIVATE:
                await outbox.send(chat.id, [render.plain(texts.TOO_MANY)])

        if not await lanes.submit(lane, lambda: application.process_update(update), too_many):
            _log.warning("update %d left out: too many of this chat are waiting", update.update_id)

    return take


async def _finish(jobs: set["asyncio.Task[None]"], lanes: Lanes, background: Background) -> None:
    """Answer what is in hand, while nothing new is taken; then let everything go."""
    end = time.monotonic() + PATIENCE
    await asyncio.wait({job for job in jobs if job.get_name() == "polling"}, timeout=3)
    left = await lanes.drain(PATIENCE)
    if left:
        _log.warning("stopping with %d updates unanswered", left)
    await background.drain(end - time.monotonic())
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)


async def _first_failure(jobs: set["asyncio.Task[None]"], stop: asyncio.Event) -> None:
    """Until ``stop`` is set or a job fails, which is raised; a job that ends well is just done."""
    stopped = asyncio.create_task(stop.wait())
    waiting: set[asyncio.Task[object]] = {*jobs, stopped}
    try:
        while not stop.is_set() and waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for job in done:
                job.result()
    finally:
        stopped.cancel()


def _outbox(application: Application) -> Outbox:  # type: ignore[type-arg]
    request = application.bot.request
    assert isinstance(request, AiohttpRequest)  # noqa: S101 - as it was built
    return Outbox(request, application.bot.base_url)


def _add_handlers(
    application: Application,  # type: ignore[type-arg]
    engine: Engine,
    state: State,
    outbox: Outbox,
) -> None:
    """Which update goes where. Groups, inline queries and the rest get no answer yet."""
    renderer = Renderer(application.bot.username, engine.sentence)
    private = Private(engine, state, outbox, renderer)
    buttons = Buttons(engine, state, outbox, renderer, private)
    here = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    edited = filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE & filters.TEXT
    application.add_handler(CommandHandler("start", private.start, filters=here))
    application.add_handler(CommandHandler("help", private.help, filters=here))
    application.add_handler(MessageHandler(edited, private.edited))
    application.add_handler(MessageHandler(here & filters.TEXT, private.question))
    application.add_handler(MessageHandler(here & filters.Document.ALL, private.unknown))
    application.add_handler(CallbackQueryHandler(buttons.pressed))
    application.add_error_handler(_failing(outbox))


def _failing(outbox: Outbox) -> Callable[[object, ContextTypes.DEFAULT_TYPE], Coroutine[None, None, None]]:
    async def failed(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """An answer that could not be made or sent: note it, and tell whoever asked, in plain words."""
        error = context.error
        if isinstance(error, Forbidden):
            _log.info("not sent: %s", error)
            return
        if isinstance(error, RetryAfter | NetworkError) and not isinstance(error, BadRequest):
            _log.error("an answer is given up: %s", error)
            return
        _log.error("an update could not be answered", exc_info=error)
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is not None and chat.type == chat.PRIVATE:
            try:
                await outbox.send(chat.id, [render.plain(texts.FAILED)])
            except TelegramError as second:
                _log.warning("nor could that be said: %s", second)

    return failed


async def _open(engine: Engine, settings: Settings, notice: Notice) -> None:
    began = time.monotonic()
    await engine.open(settings.seeds, settings.data, notice, settings.thesaurus)
    stats = await engine.call(lambda index: index.stats())
    held = f"{en.counted(stats.documents, 'document')} and {en.counted(stats.sentences, 'sentence')}"
    _log.info("%s ready after %.1f s", held, time.monotonic() - began)


async def _forget(engine: Engine, state: State) -> None:
    while True:
        await engine.run(state.forget_old)
        await asyncio.sleep(FORGET_EVERY)


def _heartbeat(path: Path) -> Callable[[], None]:
    def beat() -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path)

    return beat
