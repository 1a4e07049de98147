"""The token counter of all budgets, which approximates the tokenizers of language models.

The tokens of a text are the sum over its words, numbers and other characters:

- a known word (one that the environment has shown, in the same case): 1, or ceil(letters / 6) if
  it has more than 8 letters;
- any other word: ceil(letters / 2), but 2 if it has two letters or more; words end where the case
  changes;
- a number: ceil(digits / 3); a line break: 1; any other character: the bytes of its UTF-8;
- 1 more for a word or number that follows another without a blank.

Blanks and tabs cost nothing: stored text is normalised, so they cannot carry information.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Container
from functools import lru_cache
from unicodedata import is_normalized
from unicodedata import normalize as unicode_normal

from memorygym.core.json_values import canonical
from memorygym.core.types import Message

MESSAGE_TOKENS = 4
"""Tokens of a message beside those of its texts."""

_RUN = re.compile(r"[A-Za-z0-9]+|[^ \tA-Za-z0-9]")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ANY_BLANK = re.compile(r"\s+")
MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)


class _AllWords:
    """A vocabulary that holds every word."""

    def __contains__(self, word: object) -> bool:
        return True


ALL_WORDS = _AllWords()


def count(text: str, known: Container[str] = ALL_WORDS) -> int:
    """Tokens of a text, where the words in `known` are known.

    >>> count("Acme Harbor 1234", {"Acme", "Harbor"})
    4
    >>> count("qzxvbn", set()), count("qzxvbn", {"qzxvbn"}), count("12M", {"M"})
    (3, 1, 3)
    """
    if known is ALL_WORDS:
        return _count_all_known(text)
    # A budget counts the same texts many times while its words grow: cache by the words lacking.
    if isinstance(known, set):
        own, tokens = _count_own_known(text)
        unknown = own - known
        return tokens + _more_lacking(text, unknown) if unknown else tokens
    return sum(_run(run, known) for run in _RUN.findall(text))


@lru_cache(maxsize=65_536)
def _count_all_known(text: str) -> int:
    return sum(map(_run_all_known, _RUN.findall(text)))


@lru_cache(maxsize=16_384)
def _count_own_known(text: str) -> tuple[frozenset[str], int]:
    """The words of a text, and its tokens if all of these are known."""
    runs = _RUN.findall(text)
    own = frozenset[str]().union(*map(words, set(runs)))
    return own, sum(map(_run_own_known, runs))


@lru_cache(maxsize=16_384)
def _more_lacking(text: str, unknown: frozenset[str]) -> int:
    """The tokens that a text has more if these words of it are unknown."""
    known = _count_own_known(text)[0] - unknown
    runs = Counter(_RUN.findall(text))
    affected = [run for run in runs if not unknown.isdisjoint(words(run))]
    return sum(runs[run] * (_run(run, known) - _run_own_known(run)) for run in affected)


@lru_cache(maxsize=65_536)
def _run_all_known(run: str) -> int:
    return _run(run, ALL_WORDS)


@lru_cache(maxsize=65_536)
def _run_own_known(run: str) -> int:
    return _run(run, () if run.isdigit() else words(run))


def _run(run: str, known: Container[str]) -> int:
    """Tokens of a run: letters and digits without a blank between them, or one other character."""
    if not run.isascii():
        return len(run.encode("utf-8", "surrogatepass"))
    if run.isdigit():
        return (len(run) + 2) // 3
    if run.isalpha() and run in known and len(run) <= 8:
        return 1
    if run.isalnum():
        pieces = _PIECE.findall(run)
        return sum(_price(piece, known) for piece in pieces) + len(pieces) - 1
    return 1


def _price(piece: str, known: Container[str]) -> int:
    """Tokens of a piece of a run: a word without a change of case, or a number."""
    size = len(piece)
    if piece.isdigit():
        return (size + 2) // 3
    if piece in known:
        return 1 if size <= 8 else -(-size // 6)
    return max(min(size, 2), (size + 1) // 2)


@lru_cache(maxsize=16_384)
def words(text: str) -> frozenset[str]:
    """The words of a text, as the counter splits it."""
    return frozenset(_WORD.findall(text))


def normalize(text: str) -> str:
    """The text as memories store it: NFC, each run of blanks one space or one line break, trimmed.

    >>> normalize("  a \\t b \\n\\n c ")
    'a b\\nc'
    """
    if _is_normalized(text):
        return text
    lines = (" ".join(line.split()) for line in unicode_normal("NFC", text).splitlines())
    return "\n".join(filter(None, lines))


def _is_normalized(text: str) -> bool:
    """Whether a quick check shows that a text is normalised, as most texts are."""
    return (
        "  " not in text
        and "\n\n" not in text
        and " \n" not in text
        and "\n " not in text
        and text == text.strip()
        and text.replace("\n", "").isprintable()
        and is_normalized("NFC", text)
    )


def shown_tokens(message: Message, price: Callable[[str], int]) -> int:
    """Tokens of a message in the context: its text, ids and calls, counted by `price`.

    The context is shown as it is, so each blank that `normalize` would drop costs 1 here.

    >>> shown_tokens(Message("user", "a  b"), count)
    7
    """
    texts = [message.content, message.call_id] if message.call_id else [message.content]
    for call in message.calls:
        texts += [call.name, call.id, canonical(call.arguments)]
    return MESSAGE_TOKENS + sum(map(price, texts)) + sum(map(_extra_blanks, texts))


@lru_cache(maxsize=8192)
def _extra_blanks(text: str) -> int:
    """Number of characters that `normalize` would drop."""
    return max(0, len(text) - len(normalize(text)))


def abbreviate(tokens: int) -> str:
    """A number of tokens as it is written in names.

    >>> abbreviate(20_000), abbreviate(10_000_000), abbreviate(12_345)
    ('20k', '10M', '12345')
    """
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if tokens % size == 0:
            return f"{tokens // size}{letter}"
    return str(tokens)


def truncate(text: str, most: int, price: Callable[[str], int] = count) -> str:
    """The longest start of a text, up to a blank, that has at most `most` tokens.

    >>> truncate("one two three", 2), truncate("one two", 5)
    ('one two', 'one two')
    """
    if price(text) <= most:
        return text
    ends = [blank.start() for blank in _ANY_BLANK.finditer(text)]
    fitting = bisect_right(ends, most, key=lambda end: price(text[:end]))
    return text[: ends[fitting - 1]] if fitting else ""
