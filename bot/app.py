"""``quoth run``: puts the parts together and runs until it is told to stop; which update goes where.

    getUpdates -updates-> Raw -inbox, intake-> handlers -engine-> Answer -render, outbox-> messages

What the parts do is in their own modules.
"""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot import admins, render
from bot.access import Access
from bot.background import Background
from bot.check import HEARTBEAT
from bot.engine import Alarm, Engine
from bot.entry import at_work
from bot.gate import Gate
from bot.handlers.asking import Asking
from bot.handlers.buttons import Buttons
from bot.handlers.groups import Groups
from bot.handlers.inline import Inline
from bot.handlers.private import Private
from bot.handlers.verify import Verifying
from bot.inbox import Inbox
from bot.intake import Intake
from bot.lanes import Lanes
from bot.outbox import Outbox
from bot.render import Renderer
from bot.requests import AiohttpRequest
from bot.settings import Settings
from bot.state import State
from bot.texts import en
from bot.texts import telegram as texts
from bot.updates import Refused, poll
from index.build import Notice, emptiness
from index.errors import StoreError

__all__ = ["serve"]

PATIENCE = 8.0
"""Seconds that what is in hand gets to finish when the process is told to stop; Docker kills after ten. What
is left is worked on after the next start.
"""

HOUSE_EVERY = 6 * 3600.0
"""Seconds between two clean-ups of the state."""

_GROUPS = filters.ChatType.GROUPS | filters.ChatType.CHANNEL
_SAID = filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST
_PRIVATE_TEXT = filters.ChatType.PRIVATE & (filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE)
_EDITED = filters.UpdateType.EDITED_MESSAGE | filters.UpdateType.EDITED_CHANNEL_POST

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What is open while the bot runs."""

    engine: Engine
    state: State
    inbox: Inbox


async def serve(settings: Settings, notice: Notice) -> None:
    """Answer until SIGTERM or SIGINT. Raises Refused, CorpusError, StoreError, each with its remedy."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    application = _application(settings)
    state = State.in_folder(settings.data)
    inbox = _opened_inbox(settings, state)
    engine = Engine()
    try:
        await _introduce(application, stop)
        if not stop.is_set():
            await _answer(application, Parts(engine, state, inbox), settings, notice, stop)
    finally:
        await inbox.close()
        engine.close()
        state.close()
        await application.shutdown()


def _opened_inbox(settings: Settings, state: State) -> Inbox:
    try:
        return Inbox.in_folder(settings.data)
    except StoreError:
        state.close()
        raise


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


async def _answer(
    application: Application,  # type: ignore[type-arg]
    parts: Parts,
    settings: Settings,
    notice: Notice,
    stop: asyncio.Event,
) -> None:
    """Poll and answer; what ends first ends all, and what is in hand is finished."""
    lanes, outbox, background = Lanes(), _outbox(application, parts.inbox), Background()
    uploads = admins.add_handlers(
        application, parts.engine, parts.state, outbox=outbox, background=background, settings=settings
    )
    access = admins.add_door(application, parts.engine, parts.state, outbox=outbox, settings=settings)
    _add_handlers(application, parts, outbox, access)
    alarm = admins.alarm(outbox, background, settings.admins)
    intake = _intake(application, parts.inbox, lanes, outbox, Gate(settings.admins))
    await intake.resume(parts.engine.until_ready)
    beat = _heartbeat(settings.data / HEARTBEAT)
    jobs = {
        asyncio.create_task(poll(application.bot, intake.receive, heartbeat=beat, stop=stop), name="polling"),
        asyncio.create_task(_open(parts, settings, notice, alarm)),
        asyncio.create_task(parts.engine.follow(watch=settings.watch)),
        asyncio.create_task(_keep_house(parts)),
        asyncio.create_task(admins.set_menus(application.bot, settings.admins)),
        asyncio.create_task(uploads.resume(application.bot)),
    }
    try:
        await _first_failure(jobs, stop)
    finally:
        stop.set()
        await _finish(jobs, lanes, background, (parts.inbox.forgive, uploads.forgive))


def _intake(
    application: Application,  # type: ignore[type-arg]
    inbox: Inbox,
    lanes: Lanes,
    outbox: Outbox,
    gate: Gate,
) -> Intake:
    """What is worked on, and what a private chat is told where that does not work. Of what an admin sends, as
    a hundred posts that are forwarded at once, nothing is left out.
    """

    def telling(words: str) -> Callable[[Update], Awaitable[None]]:
        async def tell(update: Update) -> None:
            chat = update.effective_chat
            if chat is not None and chat.type == chat.PRIVATE:
                await outbox.send(chat.id, [render.plain(words)])

        return tell

    return Intake(
        inbox,
        lanes,
        application.bot,
        process=application.process_update,
        too_many=telling(texts.TOO_MANY),
        failed=telling(texts.FAILED),
        spared=lambda update: gate.writer(update) is not None,
    )


async def _finish(
    jobs: set["asyncio.Task[None]"],
    lanes: Lanes,
    background: Background,
    forgive: Sequence[Callable[[], Awaitable[None]]],
) -> None:
    """Answer what is in hand, while nothing new is taken; then let everything go. The rest is kept, and, by
    ``forgive``, not blamed for the end.
    """
    end = time.monotonic() + PATIENCE
    await asyncio.wait({job for job in jobs if job.get_name() == "polling"}, timeout=3)
    left = await lanes.drain(end - time.monotonic())
    if left:
        _log.warning("stopping with %d updates unanswered: they are answered after the next start", left)
    await background.drain(end - time.monotonic())
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)
    for each in forgive:
        try:
            await each()
        except StoreError as error:
            _log.warning("what is left may be taken for what ended the process: %s", error)


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


def _outbox(application: Application, inbox: Inbox) -> Outbox:  # type: ignore[type-arg]
    request = application.bot.request
    assert isinstance(request, AiohttpRequest)  # noqa: S101 - as it was built
    return Outbox(request, application.bot.base_url, inbox)


def _add_handlers(
    application: Application,  # type: ignore[type-arg]
    parts: Parts,
    outbox: Outbox,
    access: Access,
) -> None:
    """Which update goes where. All else gets no answer."""
    engine, state = parts.engine, parts.state
    renderer = Renderer(application.bot.username, engine.sentence)
    asking = Asking(engine, state, outbox, renderer)
    private = Private(engine, outbox, renderer, asking)
    verifying = Verifying(engine, outbox, renderer, asking)
    groups = Groups(
        engine, state, outbox, asking, verifying=verifying, access=access, bot=application.bot.bot
    )
    buttons = Buttons(engine, state, outbox, renderer, private=private, asking=asking)
    here = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    edited = filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE & filters.TEXT
    application.add_handler(CommandHandler("start", private.start, filters=here))
    application.add_handler(CommandHandler("help", private.help, filters=here))
    application.add_handler(CommandHandler("verify", verifying.command, filters=_PRIVATE_TEXT))
    application.add_handler(MessageHandler(edited, private.edited))
    application.add_handler(MessageHandler(here & filters.TEXT, private.question))
    application.add_handler(MessageHandler(here & filters.Document.ALL, private.unknown))
    application.add_handler(MessageHandler(_GROUPS & filters.StatusUpdate.MIGRATE, groups.migrated))
    application.add_handler(MessageHandler(_GROUPS & _SAID, groups.said))
    application.add_handler(MessageHandler(_GROUPS & _EDITED, groups.edited))
    inline = Inline(engine, state, outbox, renderer, restricted=access.restricted)
    application.add_handler(InlineQueryHandler(inline.asked))
    application.add_handler(CallbackQueryHandler(buttons.pressed))
    application.add_error_handler(_failed)


async def _failed(_update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """What a handler raised goes to whoever hands out the updates."""
    entry = at_work.get()
    if entry is not None:
        entry.failure = context.error


async def _open(parts: Parts, settings: Settings, notice: Notice, alarm: Alarm) -> None:
    began, engine = time.monotonic(), parts.engine
    await engine.open(settings.seeds, settings.data, notice, settings.thesaurus, alarm)
    stats = await engine.call(lambda index: index.stats())
    held = f"{en.counted(stats.documents, 'document')} and {en.counted(stats.sentences, 'sentence')}"
    _log.info("%s ready after %.1f s", held, time.monotonic() - began)
    empty = await engine.call(partial(emptiness, settings.seeds))
    if empty is not None:
        notice(str(empty))


async def _keep_house(parts: Parts) -> None:
    """Now and then; what a full disk does not take has its next turn then, and costs no answer."""
    while True:
        try:
            await _tidied(parts)
        except StoreError as error:
            _log.warning("what is old is not forgotten yet: %s", error)
        await asyncio.sleep(HOUSE_EVERY)


async def _tidied(parts: Parts) -> None:
    """Forget what is old, and note how large the corpus is, which is kept by day."""
    stats = await parts.engine.call(lambda index: index.stats())
    await parts.engine.run(partial(parts.state.statistics.sized, stats.documents, stats.sentences))
    await parts.engine.run(parts.state.forget_old)
    await parts.engine.run(parts.state.statistics.forget_old)
    await parts.inbox.forget_old()


def _heartbeat(path: Path) -> Callable[[], None]:
    def beat() -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path)

    return beat
