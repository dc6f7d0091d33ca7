"""What the bot says to admins, in English.

What makes a line be said is decided by the caller; no limit of Telegram's is known here.
"""

from collections.abc import Mapping

from bot.texts.en import counted

__all__ = [
    "ADD_WHAT",
    "ADMIN_COMMANDS",
    "ALL_ANSWERED",
    "APPROVE",
    "ASKED_SINCE",
    "BUILDING",
    "CLOSEST_SIGN",
    "COMMAND_LINE",
    "CONFIRM_WORDS",
    "DAYS_ARE",
    "EMPTY",
    "GIVEN",
    "MARK_DONE",
    "NEXT",
    "NOBODY_ASKED",
    "NONE_LEFT",
    "NONE_SIGN",
    "NOTHING_LOGGED",
    "NOTHING_REMOVED",
    "NOT_A_DOCUMENT",
    "NO_DOCUMENTS",
    "NO_SENTENCE",
    "NO_TEXT",
    "OWN_MESSAGE",
    "PREVIOUS",
    "REBUILT",
    "REFUSE",
    "REMOVED_ALREADY",
    "REMOVE_WHAT",
    "RESTORE_WHAT",
    "REVOKE",
    "TOO_LATE",
    "UNDO",
    "UNNAMED",
    "WANTS_IN",
    "YOU",
    "ZERO_CHANGES",
    "access",
    "deed",
    "standing",
]

ADMIN_COMMANDS = (
    ("docs", "the documents"),
    ("add", "as a reply: make that message a document"),
    ("remove", "take a document out: /remove name or number"),
    ("restore", "have a removed document back"),
    ("undo", "take the last change back"),
    ("reload", "look for new and changed documents"),
    ("audit", "who changed what, and when"),
    ("access", "who may ask: let in, or no longer"),
    ("unanswered", "questions that the sources did not answer"),
    ("stats", "how much there is, and how questions fare"),
)
"""What the menu of an admin has more: command and what it does."""

CONFIRM_WORDS = ("amber", "birch", "cedar", "coral", "ember", "flint", "heron", "linen", "maple", "otter")
"""One of them is to be typed before documents go."""

UNDO = "↩ Undo"
PREVIOUS = "◂ Previous"
NEXT = "Next ▸"
"""What the buttons are called."""

NONE_SIGN = "✗"
CLOSEST_SIGN = "≈"
"""Which of the two kinds a question without an answer is of."""

MARK_DONE = "✓ marks one done: it is not listed until it is asked again."
DAYS_ARE = "Questions (days of UTC)"

YOU = "you"
GIVEN = "given"
COMMAND_LINE = "command line"
"""Who did something."""

NOT_A_DOCUMENT = (
    "I take documents: send text as a file, not as a picture, a voice message or anything else. "
    "A forwarded post becomes a document too."
)
NO_TEXT = "There is no text in this message that could become a document."
OWN_MESSAGE = "That is a message of mine. Reply with /add to somebody's message, or forward it to me."
ADD_WHAT = (
    "Reply with /add to a message, and its text becomes a document; or forward the message, or send a file. "
    "Lines such as “title: …”, “source: …”, “date: …”, “url: …” below /add, or in a file's caption, are "
    "taken for the citation."
)
REMOVE_WHAT = "Which one? /remove and its name or its number in /docs."
RESTORE_WHAT = "Which one? /restore and its name or number."
REMOVED_ALREADY = "It is not among the documents any more. See /audit; /undo takes the last change back."
NONE_LEFT = "There is no document left that I could quote from. Send me one, or have one back with /restore."
TOO_LATE = "That came too late, nothing was removed. Say /remove again."
NO_DOCUMENTS = "There is no document."
NOTHING_REMOVED = "Nothing that was removed can be had back."
NOTHING_LOGGED = "No change has been made yet."
ALL_ANSWERED = "No question is open: the sources answered all, or what they did not is marked done."
ASKED_SINCE = "Not marked: it was asked again meanwhile, or is no longer kept. This is the list as it is now."
WANTS_IN = "Somebody wants to ask me questions"
APPROVE = "✓ Let in"
REFUSE = "✗ Do not"
REVOKE = "✗ No longer"
UNNAMED = "without a name"
NOBODY_ASKED = "Nobody has asked."
NO_SENTENCE = "It holds no sentence that could be quoted."
BUILDING = "The index is being renewed; questions go on meanwhile."
REBUILT = "The index is rebuilt from the documents, and sound."
ZERO_CHANGES = "The documents are as they were."

EMPTY = ("is empty", "send one that holds something")


def too_large(largest: int, *, own_server: bool) -> tuple[str, str]:
    """Fault and remedy."""
    megabytes = largest // 1_000_000
    if own_server:
        return f"is larger than {megabytes} MB", "split it"
    remedy = "split it, or put it into the folder of documents (QUOTH_SEEDS)"
    return f"is larger than the {megabytes} MB that Telegram lets a bot fetch", remedy


def not_kept(fault: str) -> tuple[str, str]:
    """Fault and remedy of a file that cannot be written here."""
    return f"could not be kept here ({fault})", "look at the disk, then send it again"


def not_fetched(fault: str) -> tuple[str, str]:
    """Fault and remedy of a file that Telegram did not hand out."""
    return f"did not come from Telegram ({fault})", "send it again"


def received(names: str) -> str:
    """The first stage of an upload."""
    return f"Received {names}. Reading …"


def read(names: str) -> str:
    """The second stage: the change is kept, the index follows."""
    return f"Read {names}. {BUILDING}"


def files(number: int) -> str:
    """How many."""
    return counted(number, "file")


def deed(what: str) -> str:
    """What an admin did to what is named behind it."""
    return {"marked done": "marked done:", "approved": "let in", "refused": "did not let in"}.get(what, what)


def standing(standing: str) -> str:
    """What was decided of one who asked to be let in."""
    return {"asked": "asked on", "approved": "let in on", "refused": "not let in, on"}.get(standing, standing)


def access(mode: str) -> str:
    """Who may ask, by the setting."""
    return {
        "open": "Everybody may ask (QUOTH_ACCESS=open).",
        "chats": "These chats may ask (QUOTH_ACCESS=chats), with those of QUOTH_ALLOWED_CHATS:",
        "users": "These people may ask (QUOTH_ACCESS=users), with those of QUOTH_ALLOWED_CHATS:",
    }[mode]


def outcome(outcome: str) -> str:
    """What came of one document."""
    return {
        "added": "Added",
        "new version": "New version of",
        "unchanged": "Unchanged",
        "removed": "Removed",
        "restored": "Restored",
        "taken back": "Taken back",
    }.get(outcome, outcome.capitalize())


def totals(counts: Mapping[str, int]) -> str:
    """What came of several documents, by outcome."""
    words = {"new version": "new versions"}
    return ", ".join(f"{number:,} {words.get(outcome, outcome)}" for outcome, number in counts.items())


def same_text(names: str) -> str:
    """That the same words are in another document."""
    return f"Its words are the same as those of {names}: Undo removes one of the two again."


def left_out(fault: str) -> str:
    """What of a document was not taken."""
    return f"⚠ {fault}"


def own_titles(name: str) -> str:
    """That a title was said of an archive."""
    return f"{name}: the title in the caption is not used, since each document of a zip has its own"


def refused(name: str, why: str) -> str:
    """Why a file is not taken."""
    return f"✗ {name} {why}."


def more(number: int) -> str:
    """How many are not named."""
    return f"… and {number:,} more"


def not_renewed(why: str) -> str:
    """The change is kept, but the index could not follow."""
    return (
        f"The change is kept, but the index could not be renewed: {why}. What was there before still answers."
    )


def damaged(why: str) -> str:
    """The index is not as it was written."""
    return (
        f"⚠ The index is damaged ({why}). It is being rebuilt from the documents; the one before it answers "
        "meanwhile, or questions wait."
    )


def kept(days: int) -> str:
    """How removed documents come back."""
    return f"For {days} days /restore brings it back."


def given_kept() -> str:
    """How removed documents of the folder come back."""
    return "The file in the folder of documents stays; /restore brings the document back."


def confirm(name: str, sentences: str, word: str, minutes: int) -> str:
    """What is to be typed before a document goes."""
    return f"{name} goes, and {sentences} with it. To remove it, type: {word}\n(within {minutes} minutes)"


def unknown(name: str) -> str:
    """No such document."""
    return f"No document is called “{name}”. See /docs."


def several(name: str, names: str) -> str:
    """More than one could be meant."""
    return f"“{name}” could be any of these: {names}. Give the number in /docs."


def page(number: int, pages: int, documents: str) -> str:
    """The head of the list."""
    return f"{documents}, page {number} of {pages}" if pages > 1 else f"{documents}"


def trash_head(days: int) -> str:
    """The head of the list of what was removed."""
    return f"Removed; uploads can be had back for {days} days. {RESTORE_WHAT}"


def undone(number: int) -> str:
    """What an undo did, before its steps."""
    return f"Change {number} is taken back; /undo again makes it anew."


def reloaded(parts: str, seconds: float) -> str:
    """What a reload did."""
    return f"Reloaded in {seconds:.1f} s: {parts}."


def renewed(documents: str, sentences: str) -> str:
    """What the index holds now."""
    return f"The index holds {documents}, {sentences}."


def ago(seconds: float) -> str:
    """How long ago, roughly."""
    for size, noun in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{counted(int(seconds // size), noun)} ago"
    return "just now"


def sizes(documents: str, index: str, generation: int, age: str) -> str:
    """The bytes of the documents, and the index on disk."""
    return f"Documents: {documents}. Index: {index}, generation {generation}, made {age}"


def languages(named: str) -> str:
    """The languages of the documents."""
    return f"Languages: {named}"


def trashed(number: int) -> str:
    """How much can be restored."""
    return f"Can be had back: {counted(number, 'document')}"


def gaps(groups: str, none: int, closest: int) -> str:
    """The head of the list of questions without an answer: how many, and what its signs mean."""
    kinds = f"{NONE_SIGN} nothing found: {none:,} · {CLOSEST_SIGN} a passage that may not answer: {closest:,}"
    return f"{groups} open. {kinds}"


def asked(sign: str, number: int, day: str) -> str:
    """How often a question was asked, and last on which day."""
    return f"{sign} asked once, {day}" if number == 1 else f"{sign} asked {number:,} times, last {day}"


def mark_done(number: int) -> str:
    """The button that sets a question of this number in the list aside."""
    return f"✓ {number}"


def which_page(number: int, pages: int) -> str:
    """Which page of a list this is."""
    return f"Page {number} of {pages}. {MARK_DONE}" if pages > 1 else MARK_DONE


def span(days: int) -> str:
    """So many days, up to now."""
    return "Today" if days == 1 else f"{days} days"


def fared(span: str, number: int, answered: int, closest: int, none: int) -> str:
    """How the questions of a span fared."""
    kinds = f"{answered:,} answered, {closest:,} closest passage, {none:,} not in the sources"
    return f"{span}: {counted(number, 'question')} ({kinds})"


def took(median: str, p95: str) -> str:
    """How long answers took."""
    return f"   answered in: median {median}, p95 {p95}"


def up_to(seconds: float) -> str:
    """A time that is known to be no longer than this."""
    return f"≤ {seconds:g} s"


def over(seconds: float) -> str:
    """A time that is known to be longer than this."""
    return f"> {seconds:g} s"


def still_open(groups: str) -> str:
    """How many questions wait in the list."""
    return f"Without an answer: {groups} open, see /unanswered"
