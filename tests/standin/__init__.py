"""A stand-in for the Bot API over real HTTP on the loopback: the real ``quoth run`` can be tested whole.

    with StandIn() as telegram:          # in a thread of its own; ``async with``: in the loop that runs
        chat = telegram.private("Ann", language="en")
        chat.say("what did Lavrov propose?")
        answer = chat.wait_message()
        chat.press(answer, "Context")

What it refuses, cleans and cuts, and the words it does so in, follow the sources of telegram-bot-api and
TDLib; what the servers behind them decide is marked "as met in use". Every request, answer and update is
checked against the machine-readable description of the Bot API where that is at hand (``.validated``);
``telegram.violations`` is what was wrong, and a test asserts that it is empty.

Not here: webhooks, parse modes; a request for one of these is recorded as a violation.
"""

from standin.chats import Chat, Message
from standin.description import Description
from standin.faults import KINDS, Fault
from standin.groups import Group
from standin.server import StandIn
from standin.text import length
from standin.world import Call, RefusedError, Upload

__all__ = [
    "KINDS",
    "Call",
    "Chat",
    "Description",
    "Fault",
    "Group",
    "Message",
    "RefusedError",
    "StandIn",
    "Upload",
    "length",
]
