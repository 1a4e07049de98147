"""Alphabets: the densest texts that the token counter allows, as digits to write a number in."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from string import ascii_lowercase, ascii_uppercase, digits, punctuation

from memorygym.tokens import words

Digits = list[tuple[int, int]]
"""Digits of a mixed-radix number, each with its radix; the first one is the least."""
END_OF_GROUP, NOTE = ".", "!"
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\sA-Za-z0-9]")


class Alphabet:
    """Pieces of text that cost one token each, and which may follow which without a blank.

    A blank is free, so leaving it out where nothing merges is one more digit to choose from.
    """

    def __init__(self, kinds: Mapping[str, Sequence[str]], price: int = 1) -> None:
        self.price = price
        self.tokens: list[str] = []
        self._kinds: list[str] = []
        starts: dict[str, int] = {}
        for kind, tokens in kinds.items():
            starts[kind] = len(self.tokens)
            self.tokens += tokens
            self._kinds += [kind] * len(tokens)
        self._at = {token: index for index, token in enumerate(self.tokens)}
        chunked = "w" not in kinds  # a run of pairs could spell a word of the code book
        self._after: dict[str, list[tuple[int, int]]] = {"": []}
        self._radix = {"": len(self.tokens)}
        for last in kinds:
            after = [kind for kind in kinds if _joins(last, kind, chunked=chunked)]
            self._after[last] = [(starts[kind], len(kinds[kind])) for kind in after]
            self._radix[last] = len(self.tokens) + sum(n for _, n in self._after[last])

    def write(self, number: int, width: int) -> list[str]:
        """The number as lines that cost at most `width` tokens."""
        lines: list[str] = []
        while number or not lines:
            line, last = "", ""
            for _ in range(max(1, width // self.price)):
                number, digit = divmod(number, self._radix[last])
                blank, digit = self._place(last, digit)
                line += " " + self.tokens[digit] if blank and last else self.tokens[digit]
                last = self._kinds[digit]
                if not number:
                    break
            lines.append(line)
        return lines

    def _place(self, last: str, digit: int) -> tuple[bool, int]:
        """Whether a blank comes first, and which token."""
        if digit < len(self.tokens):
            return True, digit
        digit -= len(self.tokens)
        for start, n in self._after[last]:
            if digit < n:
                return False, start + digit
            digit -= n
        raise IndexError(digit)

    def read(self, lines: Sequence[str]) -> int:
        """The number again. Raises KeyError for what it did not write."""
        found: Digits = []
        for line in lines:
            last = ""
            for blank, token in _pieces(line, self._at):
                digit = self._at[token]
                found.append((self._digit(last, digit, blank=blank), self._radix[last]))
                last = self._kinds[digit]
        return packed(found)

    def cost(self, text: str) -> int:
        """Tokens of what was written; words are shown ones or none at all."""
        marks = text.count(END_OF_GROUP) + text.count(NOTE)
        return self.price * (sum(1 for _ in _pieces(text, self._at)) - marks) + marks

    def _digit(self, last: str, at: int, *, blank: bool) -> int:
        if blank or not last:
            return at
        before = len(self.tokens)
        for start, n in self._after[last]:
            if start <= at < start + n:
                return before + at - start
            before += n
        raise KeyError(self.tokens[at])


def _joins(last: str, kind: str, *, chunked: bool) -> bool:
    """Whether a piece may stand right behind another without changing what both cost."""
    lower, upper = kind in ("a", "aa", "w"), kind in ("A", "AA")
    match last:
        case "p" | "111":
            return True
        case "1" | "11":
            return kind not in ("1", "11", "111")
        case "aa" | "Aa":
            return chunked or not lower
        case "AA":
            return not lower and (chunked or not upper)
        case "A":
            return not lower and not upper
    return not lower


def _pieces(line: str, known: Mapping[str, int]) -> Iterator[tuple[bool, str]]:
    """The tokens of a line, each with whether a blank precedes it."""
    end = 0
    for match in _PIECE.finditer(line):
        piece, blank = match[0], match.start() > end
        end = match.end()
        size = len(piece) if piece in known else 3 if piece[0] in digits else 2
        for at in range(0, len(piece), size):
            yield blank and not at, piece[at : at + size]


def _runs(characters: str, size: int) -> list[str]:
    return ["".join(run) for run in product(characters, repeat=size)]


DIGITS = {"1": _runs(digits, 1), "11": _runs(digits, 2), "111": _runs(digits, 3)}
LETTERS = {
    "a": _runs(ascii_lowercase, 1), "aa": _runs(ascii_lowercase, 2),
    "A": _runs(ascii_uppercase, 1), "AA": _runs(ascii_uppercase, 2),
    "Aa": [a + b for a, b in product(ascii_uppercase, ascii_lowercase)],
}  # fmt: skip
MARKS = {"p": [mark for mark in punctuation if mark not in END_OF_GROUP + NOTE]}


@lru_cache(maxsize=32)
def _with_words(shown: frozenset[str]) -> Alphabet:
    book = sorted(word for word in shown if 3 <= len(word) <= 8)
    kinds = {"w": [word for word in book if word.islower()]}
    kinds["Ww"] = [word for word in book if word.istitle()]
    return Alphabet({**LETTERS, **DIGITS, **MARKS, **kinds})


def book_of(system: str) -> Alphabet:
    """Everything that costs one token, the words of the pinned message included."""
    return _with_words(words(system))


def packed(found: Sequence[tuple[int, int]]) -> int:
    """The number with those digits."""
    number = 0
    for digit, radix in reversed(found):
        number = number * radix + digit
    return number
