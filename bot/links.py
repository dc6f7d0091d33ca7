"""The address of a quote at its publisher, with the quote marked there.

After WICG's URL Fragment Text Directives, https://wicg.github.io/scroll-to-text-fragment/.

No page is fetched: whether the quote still stands there is not known.
"""

import re
from urllib.parse import quote as percent_encoded

from bot.entities import one_line
from index.model import Sentence

__all__ = ["URL_LIMIT", "marked_at_publisher"]

URL_LIMIT = 2048
"""Characters of an address in an entity."""

_WEB = re.compile(r"https?://[^ /?#.]+\.[^ /?#]+", re.IGNORECASE)


def marked_at_publisher(sentence: Sentence) -> str | None:
    """The publisher's page with the quote marked, where there is one."""
    url = sentence.citation.url or ""
    if len(url) > URL_LIMIT or one_line(url) != url or " " in url or not _WEB.match(url):
        return None
    ends = _ends(one_line(sentence.text))
    marked = url + (":~:text=" if "#" in url else "#:~:text=") + ends
    return marked if ends and ":~:" not in url and len(marked) <= URL_LIMIT else url


def _ends(line: str) -> str:
    """A short quote whole, of a longer one a few words from either end."""
    words = line.split(" ")
    if len(words) <= 10 and len(line) <= 100:
        return _encoded(line)
    start, end = " ".join(words[:5]), " ".join(words[-5:])
    if len(start) + len(end) > 200:
        start, end = line[:30].rstrip(), line[-30:].lstrip()
    return f"{_encoded(start)},{_encoded(end)}"


def _encoded(text: str) -> str:
    """Percent-encoded, with the directive's own ``-``, ``&`` and ``,``."""
    return percent_encoded(text, safe="").replace("-", "%2D")
