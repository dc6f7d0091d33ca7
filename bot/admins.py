"""What admins have more than others: their handlers, put together, and their menu of commands.

What the gate does not let through meets the handlers that come after these, as if there were none.
"""

import logging
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    Update,
)
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot import listing, render
from bot.access import Access, Mode
from bot.background import Background
from bot.downloads import Downloads
from bot.engine import Alarm, Engine
from bot.entities import visible
from bot.gate import Gate
from bot.handlers.admin import Admin
from bot.handlers.door import Door
from bot.handlers.insight import Insight
from bot.handlers.uploads import Uploads
from bot.outbox import Outbox
from bot.requests import AiohttpRequest
from bot.settings import Settings
from bot.state import State
from bot.texts import admin as admin_texts
from bot.texts import telegram as texts
from index.errors import QuothError, StoreError

__all__ = ["add_door", "add_handlers", "alarm", "set_menus"]

INCOMING = "incoming"
"""Name of the folder in the data folder for what admins sent and is not yet among the documents."""

_log = logging.getLogger(__name__)

Act = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]
"""What is done with an update."""

_MEDIA = (
    filters.PHOTO
    | filters.VIDEO
    | filters.VIDEO_NOTE
    | filters.VOICE
    | filters.AUDIO
    | filters.ANIMATION
    | filters.Sticker.ALL
    | filters.CONTACT
    | filters.LOCATION
    | filters.POLL
)
"""What is no document, and no text."""


def add_handlers(  # noqa: PLR0913 - the parts, put together once
    application: Application,  # type: ignore[type-arg]
    engine: Engine,
    state: State,
    *,
    outbox: Outbox,
    background: Background,
    settings: Settings,
) -> Uploads:
    """What admins may do beyond asking. What the gate does not let through meets the handlers after these."""
    gate, folder = Gate(settings.admins), settings.data / INCOMING
    admin = Admin(gate, engine, outbox, background, state)
    insight = Insight(gate, engine, outbox, state)
    downloads = _downloads(application, settings, folder / "files")
    uploads = Uploads(gate, engine, outbox, downloads=downloads, background=background, folder=folder)
    told = partial(_told, gate, outbox)
    own = gate.messages & ~filters.FORWARDED
    for name, act in (
        ("docs", admin.docs),
        ("remove", admin.remove),
        ("restore", admin.restore),
        ("undo", admin.undo),
        ("reload", admin.reload),
        ("audit", admin.audit),
        ("stats", insight.stats),
        ("unanswered", insight.unanswered),
        ("add", uploads.add),
    ):
        application.add_handler(CommandHandler(name, told(act), filters=own))
    confirming = own & filters.TEXT & admin.confirmation
    application.add_handler(MessageHandler(confirming, told(admin.confirmed)))
    posts = (filters.Document.ALL & ~filters.ANIMATION) | (filters.FORWARDED & ~filters.COMMAND)
    application.add_handler(MessageHandler(gate.messages & posts, uploads.received))
    application.add_handler(MessageHandler(gate.messages & _MEDIA, uploads.other))
    application.add_handler(CallbackQueryHandler(told(admin.pressed), pattern=r"[ud]:"))
    application.add_handler(CallbackQueryHandler(told(insight.pressed), pattern=r"[gm]:"))
    return uploads


def add_door(
    application: Application,  # type: ignore[type-arg]
    engine: Engine,
    state: State,
    *,
    outbox: Outbox,
    settings: Settings,
) -> Access:
    """Who may ask at all: the one rule, before all other handlers; and the admins' part in it."""
    gate = Gate(settings.admins)
    access = Access(Mode(settings.access), settings.allowed_chats, settings.admins, state.requests)
    door = Door(access, gate, engine, outbox, audit=state.audit, look=application.bot)
    if access.restricted:
        application.add_handler(TypeHandler(Update, door.enter), group=-1)
    application.add_handler(CommandHandler("access", door.guests, filters=gate.messages & ~filters.FORWARDED))
    application.add_handler(CallbackQueryHandler(door.pressed, pattern=r"[hyr]:"))
    return access


def _told(gate: Gate, outbox: Outbox, act: Act) -> Act:
    """``act``, whose errors about documents, index and state are told to the admin, with what mends them: to
    try again at once, as with a question, would not.
    """

    async def acted(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        try:
            await act(update, context)
        except QuothError as error:
            query = update.callback_query
            admin = gate.writer(update) if query is None else gate.presser(query)
            if admin is None:
                raise
            _log.warning("what an admin asked for could not be done: %s", error)
            if query is not None:
                await outbox.acknowledge(query.id)
            await outbox.send(admin, [render.plain(listing.fault(error))])

    return acted


def alarm(outbox: Outbox, background: Background, admins: frozenset[int]) -> Alarm:
    """Tells all admins of a damaged index, and when it is rebuilt; where files lie is for the log."""

    async def tell(words: str) -> None:
        for admin in sorted(admins):
            try:
                await outbox.send(admin, [render.plain(words)])
            except TelegramError as error:
                _log.warning("an admin could not be told of the index: %s", error)

    def alarmed(fault: StoreError | None) -> None:
        if fault is None:
            background.start(tell(admin_texts.REBUILT))
        else:
            background.start(tell(admin_texts.damaged(visible(f"{Path(fault.place).name} {fault.fault}"))))

    return alarmed


def _downloads(
    application: Application,  # type: ignore[type-arg]
    settings: Settings,
    folder: Path,
) -> Downloads:
    bot, request = application.bot, application.bot.request
    assert isinstance(request, AiohttpRequest)  # noqa: S101 - as it was built
    downloads = Downloads(request, bot.base_url, bot.base_file_url, folder, own_server=settings.own_server)
    downloads.clear()
    return downloads


async def set_menus(bot: Bot, admins: frozenset[int]) -> None:
    """The menus of commands, one of groups, the longest in admins' private chats; a bot without any works as
    well.
    """
    own = [*texts.COMMANDS, *admin_texts.ADMIN_COMMANDS]
    menus: list[tuple[Sequence[tuple[str, str]], BotCommandScope | None, str]] = [
        (texts.COMMANDS, None, ""),
        (texts.GROUP_COMMANDS, BotCommandScopeAllGroupChats(), " of groups"),
        *((own, BotCommandScopeChat(admin), f" of {admin}") for admin in sorted(admins)),
    ]
    for commands, scope, whose in menus:
        try:
            await bot.set_my_commands([BotCommand(name, said) for name, said in commands], scope=scope)
        except TelegramError as error:
            _log.warning("the menu of commands%s was not set: %s", whose, error)
