"""The program's own sentences in English: constants, and small functions where something varies.

What an error says stands where it is raised, and what ``quoth check`` finds in check.py.

What makes a line be said is decided by the caller; nothing here looks at an index.
"""

from collections.abc import Iterator

from index.filters import Fault, Hint, Within

__all__ = [
    "CLOSEST",
    "GOODBYE",
    "GREETING",
    "GREETINGS",
    "HELP",
    "HELP_WORDS",
    "LEAVE_WORDS",
    "NOD",
    "NOD_WORDS",
    "NOTHING_FOUND",
    "NOTHING_TO_SEARCH",
    "NO_MORE_AROUND",
    "NO_QUOTE_YET",
    "PROMPT",
    "RECEIPT_LABELS",
    "STOPPED",
    "THANKS",
    "THANKS_WORDS",
    "WELCOME",
    "antecedent",
    "copied",
    "corrected",
    "counted",
    "did_you_mean",
    "distance",
    "does_not_mention",
    "hint",
    "no_more",
    "nothing_found",
    "page",
    "paragraph",
    "position",
    "remarks",
    "searched",
    "sentence",
    "span",
    "undated",
    "what_did_say",
    "what_is_said_about",
]

PROMPT = "ask> "

WELCOME = (
    "Ask a question; I answer with the sources' own words. Type help for what else I know, quit to leave."
)

HELP = """\
Ask anything about the sources in plain words: who, what, when, how many, why.
A question may follow up on the one before it: "and when?"

  context   more of the text around the quote; again for still more
  next      the next best sentence
  show      the receipt: where exactly the quote stands (show ID for any other quote)
  copy      quote and citation, to take along
  quit      leave (so does Ctrl-D)

Filters may stand anywhere in a question:

  "Lachin corridor"         only sentences with these words in a row
  -border                   none with this word, in any of its forms
  by:Lavrov                 what somebody says; by:"Sergei Lavrov"
  source:Reuters            a source; in:talks a document, by its name or title
  after:2026-03             from March 2026 on; before:2026-03-02 until the day before
  sort:new                  the newest first, among what answers

A follow-up keeps the filters of the question before unless it has some of its own. Filters alone list
what passes them, the newest first: by:Lavrov after:2026

Every quote is a whole sentence of a source, unaltered. Where the sources are silent, I say so."""

GREETING = "Hello! Ask me something about the sources, and I will look for the sentence that says it."
THANKS = "You are welcome. What else would you like to know?"
NOD = "Good. Ask on whenever you like."
GOODBYE = "Goodbye."

GREETINGS = (
    "hi",
    "hello",
    "hey",
    "hello there",
    "hi there",
    "good morning",
    "good afternoon",
    "good evening",
    "good day",
    "greetings",
    "привет",
    "здравствуйте",
    "добрый день",
)
THANKS_WORDS = ("thanks", "thank you", "thank you very much", "thanks a lot", "many thanks", "thx", "спасибо")
HELP_WORDS = ("help", "what can you do", "how does this work", "start")
NOD_WORDS = (
    "ok",
    "okay",
    "yes",
    "no",
    "great",
    "good",
    "cool",
    "nice",
    "perfect",
    "got it",
    "i see",
    "ок",
    "да",
    "нет",
    "хорошо",
    "понятно",
)
LEAVE_WORDS = ("quit", "exit", "bye", "goodbye", "good bye", "q")
"""What is answered like a person would; compared in lower case, without marks at the ends."""

NOTHING_FOUND = "Not in the sources: no sentence there answers this."
NOTHING_TO_SEARCH = "There is nothing to search for in this question: it holds no word and no number."
CLOSEST = "The closest passage; it may not answer this."

RECEIPT_LABELS = {
    "id": "id",
    "title": "document",
    "source": "source",
    "date": "date",
    "url": "address",
    "file": "file",
    "place": "place",
    "span": "characters",
}
"""What a receipt's lines are called."""

NO_QUOTE_YET = "There is no quote yet. Ask a question first."
NO_MORE_AROUND = "That is all there is around it."
STOPPED = "stopped"


def what_did_say(name: str, language: str) -> str:
    """A question about somebody, in the language of the source."""
    return f"Что сказал(а) {name}?" if language == "ru" else f"What did {name} say?"


def what_is_said_about(thing: str, language: str) -> str:
    """A question about something named, in the language of the source."""
    return f"Что известно о {thing}?" if language == "ru" else f"What is said about {thing}?"


def counted(number: int, noun: str) -> str:
    """``1 document``, ``2,000 documents``: for nouns whose plural ends in s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def corrected(words: dict[str, str]) -> str:
    """Which words, spelt as in the sources, brought the quote instead of those typed."""
    return f"Showing results for {_respelt(words)}."


def searched(words: dict[str, str]) -> str:
    """Which words, spelt as in the sources, were searched for where nothing is shown."""
    return f"Searched for {_respelt(words)}."


def _respelt(words: dict[str, str]) -> str:
    return ", ".join(f"“{searched}” (you typed “{typed}”)" for typed, searched in words.items())


def did_you_mean(suggestion: str) -> str:
    """The question with the nearest spelling that the sources know."""
    return f"Did you mean “{suggestion}”?"


def does_not_mention(words: tuple[str, ...]) -> str:
    """What of the question the closest passage leaves out."""
    return f"It does not mention {', '.join(f'“{word}”' for word in words)}."


def undated(number: int) -> str:
    """How many documents a filter by date left out because they have none."""
    return f"{counted(number, 'document')} without a date left out."


def nothing_found(within: Within) -> str:
    """That no sentence answers, and within which filters none does."""
    filters = str(within.filters)
    return f"{NOTHING_FOUND.removesuffix('.')} within {filters}." if filters else NOTHING_FOUND


def remarks(within: Within) -> Iterator[str]:
    """What is to be said of a question's filters: what is wrong with them, where they come from."""
    if within.unheld:
        phrases = ", ".join(f"“{phrase}”" for phrase in within.unheld)
        yield f"Searched without the quotation marks: no sentence with {phrases} in it answers this."
    if within.inherited:
        yield f"Searched within {within.filters}, as the question before."
    yield from map(hint, within.hints)


def hint(hint: Hint) -> str:
    """What is wrong with a filter, and what to write instead."""
    fault, remedy = _HINTS[hint.fault]
    known = ", ".join(hint.known)
    remedy = _KNOWN.get(hint.fault, "{known}") if known else remedy
    return f"{hint.written}: {fault}; {remedy.format(known=known)}."


_HINTS = {
    Fault.NO_VALUE: ("nothing stands behind the colon", "write it without a space, as in by:Lavrov"),
    Fault.NO_DATE: ("this is no date", "write after:2026, after:2026-03 or after:2026-03-02"),
    Fault.UNKNOWN_ORDER: ("there is no such order", "write sort:new for the newest first"),
    Fault.UNKNOWN_SOURCE: ("no document names such a source", "ask without it"),
    Fault.UNKNOWN_DOCUMENT: ("no document has this in its name or title", "try one word of its title"),
    Fault.UNKNOWN_SPEAKER: ("nobody of this name is known to say anything", "ask without by:"),
    Fault.SMALL_WORDS: ("words as small as this are in no index", "it was left aside: add another word"),
    Fault.UNHEARD_WORD: ("no sentence has this word", "nothing was left out for it"),
}
"""Of each fault what is wrong and what to do."""

_KNOWN = {
    Fault.UNKNOWN_SOURCE: "there are {known}",
    Fault.UNKNOWN_SPEAKER: "perhaps you mean {known}",
}
"""What to do where something else is known."""


def paragraph(number: int) -> str:
    """A paragraph's place in its document."""
    return f"¶{number}"


def sentence(number: int) -> str:
    """A sentence's place in its paragraph."""
    return f"sentence {number}"


def page(number: int) -> str:
    """A page's number."""
    return f"page {number}"


def span(start: int, end: int) -> str:
    """The code points of the stored text that a quote takes, for its receipt."""
    return f"{start}–{end} of the stored text"


def antecedent(mention: str, name: str, where: str) -> str:
    """Who a mention stands for; it is said outside the quote."""
    return f"{mention} = {name} ({where})"


def said_by(name: str) -> str:
    """Whose words a quote reports; it is said outside the quote."""
    return f"Said by {name}"


def distance(sentences: int) -> str:
    """How far before the quote, in sentences, something stands."""
    return "sentence before" if sentences == 1 else f"{sentences} sentences before"


def position(rank: int, total: int) -> str:
    """Where among the sentences found the one shown stands."""
    return f"{rank} of {total}"


def no_more(total: int) -> str:
    """That ``next`` has reached the last sentence found."""
    return f"That was the last of {counted(total, 'sentence')} found."


def copied(quote: str, citation: str, quote_id: str) -> str:
    """Quote and citation as a line for a clipboard."""
    return f"“{quote}” — {citation} [{quote_id}]"
