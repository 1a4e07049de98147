"""The one token counter: it prices every budget, roughly as language models' tokenizers do.

A word that the environment has shown, in the same case, costs 1 (ceil(len/6) above 8 letters);
any other word 1 per 2 letters, at least 2 if it has two or more; words split at case changes;
digits 1 per 3; a line break 1; every other character its UTF-8 bytes; a word or number that follows
another without a blank 1 more. Blanks cost nothing: stored text is normalised, so they carry
nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Container
from functools import lru_cache
from unicodedata import is_normalized, normalize

from memorygym.core.json_values import canonical
from memorygym.core.types import Message

MESSAGE_TOKENS = 4
"""What a message costs beside its text."""

_RUN = re.compile(r"[A-Za-z0-9]+|\n|[^\sA-Za-z0-9]")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_BREAK = re.compile(r"[\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]\s*")
_BLANK = re.compile(r"[^\S\n]+")
_ANY_BLANK = re.compile(r"\s+")
MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)


class AllWords:
    """A vocabulary that knows every word."""

    def __contains__(self, word: object) -> bool:
        return True


EVERYTHING = AllWords()


def count(text: str, known: Container[str] = EVERYTHING) -> int:
    """Tokens of a text for a reader who was shown the words `known`.

    >>> count("Acme Harbor 1234", {"Acme", "Harbor"})
    4
    >>> count("qzxvbn", set()), count("qzxvbn", {"qzxvbn"}), count("12M", {"M"})
    (3, 1, 3)
    """
    if known is EVERYTHING:
        return _of_shown(text)
    # A ledger counts the same texts again and again: only the words that they lack matter.
    if isinstance(known, set):
        return _lacking(text, words(text) - known)
    return sum(_run(run, known) for run in _RUN.findall(text))


@lru_cache(maxsize=65_536)
def _of_shown(text: str) -> int:
    return sum(map(_run_of_shown, _RUN.findall(text)))


@lru_cache(maxsize=16_384)
def _lacking(text: str, unknown: frozenset[str]) -> int:
    """Tokens of a text, all of whose words are known but these."""
    runs = _RUN.findall(text)
    total = sum(map(_run_of_known, runs))
    if unknown:
        known = words(text) - unknown
        odd = [run for run in runs if run in unknown or not unknown.isdisjoint(words(run))]
        total += sum(_run(run, known) - _run_of_known(run) for run in odd)
    return total


@lru_cache(maxsize=65_536)
def _run_of_shown(run: str) -> int:
    return _run(run, EVERYTHING)


@lru_cache(maxsize=65_536)
def _run_of_known(run: str) -> int:
    return _run(run, words(run))


def _run(run: str, known: Container[str]) -> int:
    """Tokens of letters and digits without a blank between, or of one other character."""
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
    """A word of one case pattern, or a number."""
    size = len(piece)
    if piece.isdigit():
        return (size + 2) // 3
    if piece in known:
        return 1 if size <= 8 else -(-size // 6)
    return max(min(size, 2), (size + 1) // 2)


@lru_cache(maxsize=16_384)
def words(text: str) -> frozenset[str]:
    """The words of a text as the counter sees them."""
    return frozenset(_WORD.findall(text))


def normal(text: str) -> str:
    """Text as it is stored: NFC, every run of blanks one space or one line break, no blank ends.

    >>> normal("  a \\t b \\n\\n c ")
    'a b\\nc'
    """
    if _is_normal(text):
        return text
    # Blanks before a break go last: a pattern that takes them along is quadratic in their number.
    text = _BLANK.sub(" ", _BREAK.sub("\n", normalize("NFC", text)))
    return text.replace(" \n", "\n").strip()


def _is_normal(text: str) -> bool:
    """Whether that is plain to see; it is of most texts, which were normalised before."""
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


def short(tokens: int) -> str:
    """A number of tokens as names have it.

    >>> short(20_000), short(10_000_000), short(12_345)
    ('20k', '10M', '12345')
    """
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if tokens % size == 0:
            return f"{tokens // size}{letter}"
    return str(tokens)


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
