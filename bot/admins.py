"""What admins have more than others: their handlers, put together, and their menu of commands.

What the gate does not let through meets the handlers that come after these, as if there were none.
"""

import logging
from collections.abc import Sequence
from pathlib import Path

from telegram import Bot, BotCommand, BotCommandScope, BotCommandScopeAllGroupChats, BotCommandScopeChat
from telegram.error import TelegramError
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.background import Background
from bot.downloads import Downloads
from bot.engine import Engine
from bot.gate import Gate
from bot.handlers.admin import Admin
from bot.handlers.insight import Insight
from bot.handlers.uploads import Uploads
from bot.outbox import Outbox
from bot.requests import AiohttpRequest
from bot.settings import Settings
from bot.state import State
from bot.texts import admin as admin_texts
from bot.texts import telegram as texts

__all__ = ["add_handlers", "set_menus"]

INCOMING = "incoming"
"""Name of the folder in the data folder for what admins sent and is not yet among the documents."""

_log = logging.getLogger(__name__)

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
        application.add_handler(CommandHandler(name, act, filters=own))
    application.add_handler(MessageHandler(own & filters.TEXT & admin.confirmation, admin.confirmed))
    posts = (filters.Document.ALL & ~filters.ANIMATION) | (filters.FORWARDED & ~filters.COMMAND)
    application.add_handler(MessageHandler(gate.messages & posts, uploads.received))
    application.add_handler(MessageHandler(gate.messages & _MEDIA, uploads.other))
    application.add_handler(CallbackQueryHandler(admin.pressed, pattern=r"[ud]:"))
    application.add_handler(CallbackQueryHandler(insight.pressed, pattern=r"[gm]:"))
    return uploads


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
