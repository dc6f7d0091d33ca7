"""The program's own sentences in English: constants, and small functions where something varies.

What an error says stands where it is raised, and what ``quoth check`` finds in check.py.

What makes a line be said is decided by the caller; nothing here looks at an index.
"""

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
    "no_more",
    "page",
    "paragraph",
    "position",
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
    """How many sentences a filter by date left out because their documents have no date."""
    return f"{counted(number, 'sentence')} of undated documents left out."


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
