"""What the bot says in Telegram and nowhere else, in English. What a terminal says too stands in en.py.

What makes a line be said is decided by the caller; no limit of Telegram's is known here.
"""

__all__ = [
    "ASK_FIRST",
    "ASK_HOW",
    "COMMANDS",
    "CONTEXT",
    "COPY",
    "EXPIRED",
    "FAILED",
    "GAP",
    "GROUP_COMMANDS",
    "HELP",
    "INLINE_HOW",
    "INLINE_LATER",
    "INLINE_NOTHING",
    "LESS",
    "LET_IN",
    "MORE",
    "NOT_ALLOWED",
    "NO_COMMAND",
    "NO_DOCUMENT",
    "NO_LONGER",
    "OLD_EXAMPLE",
    "QUOTE_ID",
    "START",
    "TOO_MANY",
    "TRY",
    "UNTITLED",
    "WAIT_FOR_ADMIN",
    "again",
    "checking",
    "copied",
    "following",
    "part",
    "reading",
]

START = """\
Hello! I answer with the sources' own words: the whole sentence, unaltered, and where it stands.

Ask me anything about them in plain words."""
TRY = "For example:"

HELP = """\
Ask anything about the sources in plain words: who, what, when, how many, why. \
A question may follow up on the one before it: “and when?”

Filters may stand anywhere in a question:
"Lachin corridor" – only sentences with these words in a row
-border – none with this word
by:Lavrov – what somebody says; by:"Sergei Lavrov"
source:Reuters – a source; in:talks – a document, by its name or title
after:2026-03 – from March 2026 on; before:2026-03-02 – until the day before
sort:new – the newest first
Filters alone list what passes them, the newest first: by:Lavrov after:2026

Under each quote:
⬍ Context – more of the text around it
🔗 Copy citation – citation and link, to take along
2/7 ▸ – the next best sentence

The line with 📄 opens the source. Change your question, and I change the answer.

Is a quote right? Reply with /verify to it, or to a part that you select, or write it after /verify: I say \
whether it is exact, altered, stitched together or said by somebody else, word by word.

In a group, name me in your question, reply to one of my messages, or write /ask and the question. \
In any chat at all, type my name and some words, and choose a quote to post.

Every quote is a whole sentence of a source, unaltered. Where the sources are silent, I say so."""

COMMANDS = (
    ("start", "questions to begin with"),
    ("verify", "is a quote right? as a reply, or with the quote"),
    ("help", "what I can do"),
)
"""The menu: command and what it does."""
GROUP_COMMANDS = (
    ("ask", "a question about the sources"),
    ("verify", "is a quote right? as a reply, or with the quote"),
    ("help", "what I can do"),
)
"""The menu in groups."""

CONTEXT = "⬍ Context"
MORE = "⬍ More"
LESS = "⬆ Less"
COPY = "🔗 Copy citation"
"""What the buttons are called."""

GAP = "[…]"
"""Stands outside the quotes, between two of them that are apart in the document."""

QUOTE_ID = "Quote"
"""What a receipt calls the quote's id."""

NO_COMMAND = "I do not know that command. Just ask, in plain words, or see /help."
NO_DOCUMENT = (
    "There is no document yet, so I have nothing to quote from. An admin can send me one as a file; then ask "
    "again, please."
)
ASK_HOW = (
    "What would you like to know? Name me with a question, reply to one of my answers, or write /ask and "
    "the question."
)
WAIT_FOR_ADMIN = (
    "I answer only those whom an admin lets in. I have asked for you, and tell you when you may ask."
)
LET_IN = "You may ask me now. Just ask, in plain words, or see /help."
NOT_ALLOWED = "I may not answer here."
ASK_FIRST = "Not let in yet; ask in private"
UNTITLED = "Untitled"
INLINE_HOW = "Type a question or words of a quote"
INLINE_NOTHING = "Not in the sources; ask in private"
INLINE_LATER = "Still reading the documents; ask in private"
"""Above the list of an inline query; each opens the private chat."""

EXPIRED = "That was a while ago and I no longer know what was found. Please ask again."
NO_LONGER = "This quote is no longer in the sources."
OLD_EXAMPLE = "I no longer suggest this question: the sources have changed. See /start for others."
TOO_MANY = "One at a time, please: I left out what you sent after these. Ask again what is still open."
FAILED = "Something went wrong here; it was noted. Please try again in a moment."


def following(number: int, total: int) -> str:
    """The button that shows the ``number``-th of the sentences found; after the last, the first."""
    return f"{number}/{total} ▸"


def again(total: int) -> str:
    """The button under the last of the sentences found: it shows the first."""
    return f"1/{total} ↺"


def part(number: int, total: int) -> str:
    """Which part of a quote this is, when it takes several messages."""
    return f"part {number} of {total}"


def copied(citation: str, link: str, quote: str = "") -> str:
    """What goes to the clipboard: citation and permalink, below the quote where there is room for it."""
    return f"“{quote}”\n— {citation}\n{link}" if quote else f"{citation}\n{link}"


def checking(percent: int) -> str:
    """How far an index is that is checked before it answers."""
    return f"I am still checking my index, {percent} %. Your question is kept and will be answered."


def reading(percent: int) -> str:
    """How far a first index is; the question waits for it."""
    return f"I am still reading the documents, {percent} %. Your question is kept and will be answered."
