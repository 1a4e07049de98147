"""The one token counter: it prices every budget, roughly as language models' tokenizers do.

A word that the environment has shown, in the same case, costs 1 (ceil(len/6) above 8 letters);
any other word 1 per 2 letters, at least 2 if it has two or more; words split at case changes;
digits 1 per 3; a line break 1; every other character its UTF-8 bytes; a word or number that follows
another without a blank 1 more. Blanks cost nothing: stored text is normalised, so they carry
nothing.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Container
from functools import lru_cache
from unicodedata import normalize

from memorygym.core import JSON, Message

MESSAGE_TOKENS = 4
"""What a message costs beside its text."""

_RUN = re.compile(r"[A-Za-z0-9]+|\n|[^\sA-Za-z0-9]")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_BREAK = re.compile(r"[\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]\s*")
_BLANK = re.compile(r"[^\S\n]+")
_ANY_BLANK = re.compile(r"\s+")


class Everything:
    """A vocabulary that knows every word."""

    def __contains__(self, word: object) -> bool:
        return True


EVERYTHING = Everything()


def count(text: str, known: Container[str] = EVERYTHING) -> int:
    """Tokens of a text for a reader who was shown the words `known`.

    >>> count("Acme Harbor 1234", {"Acme", "Harbor"})
    4
    >>> count("qzxvbn", set()), count("qzxvbn", {"qzxvbn"}), count("12M", {"M"})
    (3, 1, 3)
    """
    if known is EVERYTHING:
        return _of_shown(text)
    # Most texts consist of words that were shown, and are counted again and again.
    if isinstance(known, set) and words(text) <= known:
        return _of_its_own(text)
    return _count(text, known)


@lru_cache(maxsize=65_536)
def _of_shown(text: str) -> int:
    return _count(text, EVERYTHING)


@lru_cache(maxsize=8192)
def _of_its_own(text: str) -> int:
    return _count(text, words(text))


def _count(text: str, known: Container[str]) -> int:
    total = 0
    for run in _RUN.findall(text):
        if not run.isascii():
            total += len(run.encode("utf-8", "surrogatepass"))
        elif run.isdigit():
            total += (len(run) + 2) // 3
        elif run.isalpha() and run in known and len(run) <= 8:
            total += 1
        elif run.isalnum():
            pieces = _PIECE.findall(run)
            total += sum(_price(piece, known) for piece in pieces) + len(pieces) - 1
        else:
            total += 1
    return total


def _price(piece: str, known: Container[str]) -> int:
    """A word of one case pattern, or a number."""
    size = len(piece)
    if piece.isdigit():
        return (size + 2) // 3
    if piece in known:
        return 1 if size <= 8 else -(-size // 6)
    return max(min(size, 2), (size + 1) // 2)


@lru_cache(maxsize=8192)
def words(text: str) -> frozenset[str]:
    """The words of a text as the counter sees them."""
    return frozenset(_WORD.findall(text))


def normal(text: str) -> str:
    """Text as it is stored: NFC, every run of blanks one space or one line break, no blank ends.

    >>> normal("  a \\t b \\n\\n c ")
    'a b\\nc'
    """
    # Blanks before a break go last: a pattern that takes them along is quadratic in their number.
    text = _BLANK.sub(" ", _BREAK.sub("\n", normalize("NFC", text)))
    return text.replace(" \n", "\n").strip()


def canonical(value: JSON) -> str:
    """The one JSON text of a value: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def shown_tokens(message: Message, price: Callable[[str], int]) -> int:
    """What a composed message costs of the view: all that can carry text, its ids and blanks too.

    Blanks that `normal` would drop cost 1 each here, where texts are shown as they are.

    >>> shown_tokens(Message("user", "a  b"), count)
    7
    """
    texts = [message.content, message.call_id] if message.call_id else [message.content]
    for call in message.calls:
        texts += [call.name, call.id, canonical(call.arguments)]
    return MESSAGE_TOKENS + sum(map(price, texts)) + sum(map(_blanks, texts))


@lru_cache(maxsize=8192)
def _blanks(text: str) -> int:
    """Characters that `normal` would drop."""
    return max(0, len(text) - len(normal(text)))


def cut(text: str, most: int, price: Callable[[str], int] = count) -> str:
    """The longest start of a text, at a blank, that costs at most that many tokens.

    >>> cut("one two three", 2), cut("one two", 5)
    ('one two', 'one two')
    """
    if price(text) <= most:
        return text
    ends = [blank.start() for blank in _ANY_BLANK.finditer(text)]
    held = bisect_right(ends, most, key=lambda end: price(text[:end]))
    return text[: ends[held - 1]] if held else ""
