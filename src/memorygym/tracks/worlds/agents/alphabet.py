"""Alphabets: the texts that cost a given number of tokens, in an order, so that numbers name texts.

A number n is written as the n-th of all texts of a price (in tokens). Every price, case and
optional blank then holds as much information as possible: within its alphabet no encoding is
denser. Only pieces that cost a token more when glued together are left out; they gain almost
nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, product
from string import ascii_letters, digits
from typing import Literal

from memorygym.core.tokens import words

Digits = list[tuple[int, int]]
"""Digits of a mixed-radix number, each with its radix; the first is the least significant."""
END_OF_GROUP, NOTE = ".", "!"
"""The marks that end a group of lines, and that begin a changed value."""
_PIECE = re.compile(r"[A-Za-z]+|[0-9]{1,3}|[^\sA-Za-z0-9]")
_CASES = (str.lower, str.upper, str.capitalize)
_LONGEST = 8
"""Most letters of an unknown word; longer words cost too much to be chosen."""

Form = Literal["mark", "word", "number", "full"]
"""Decides where a blank may be left out; "full" is a number of three digits."""


class Listed:
    """Pieces of text given as a list."""

    def __init__(self, pieces: Sequence[str], form: Form, price: int = 1) -> None:
        self.pieces = pieces
        self.size = len(pieces)
        self.form = form
        self.price = price

    def spell(self, place: int) -> str:
        """The piece with that number."""
        return self.pieces[place]


class Spelled:
    """All words of one case and length, except those in the code book; computed, not listed."""

    form: Form = "word"

    def __init__(self, case: Callable[[str], str], length: int, book: Sequence[str] = ()) -> None:
        self._case = case
        self._length = length
        self._taken = sorted(_value(w) for w in book if len(w) == length and case(w) == w)
        self.size = 26**length - len(self._taken)
        self.price = max(2, (length + 1) // 2)

    def spell(self, place: int) -> str:
        """The word with that number."""
        for taken in self._taken:
            place += taken <= place
        letters = ""
        for _ in range(self._length):
            place, letter = divmod(place, 26)
            letters = chr(97 + letter) + letters
        return self._case(letters)

    def place(self, word: str) -> int:
        """The number of a word."""
        value = _value(word)
        return value - bisect_right(self._taken, value)


Kind = Listed | Spelled
"""Pieces of text of one price and form, numbered from 0."""


def _value(word: str) -> int:
    return packed([(ord(letter) - 97, 26) for letter in reversed(word.lower())])


class Alphabet:
    """Kinds of pieces, and a numbering of all texts made of them, price by price."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._listed: dict[str, tuple[Kind, int]] = {}
        self._spelled: dict[tuple[bool, bool, int], Spelled] = {}
        for kind in kinds:
            if isinstance(kind, Listed):
                self._listed |= {piece: (kind, n) for n, piece in enumerate(kind.pieces)}
            else:
                self._spelled[_shape(kind.spell(0))] = kind
        self._steps: dict[str, list[tuple[str, Kind]]] = {"": [("", kind) for kind in kinds]}
        for last in {kind.form for kind in kinds}:
            glued = [("", kind) for kind in kinds if _joins(last, kind.form)]
            self._steps[last] = [(" ", kind) for kind in kinds] + glued
        self._tables: list[dict[str, list[int]]] = [{}]

    def write(self, number: int, width: int) -> list[str]:
        """The number as lines of `width` tokens or little less; the last line may be shorter."""
        while not self._texts_after("", width):
            width -= 1
        lines: list[str] = []
        while number >= self._texts_after("", width):
            number, rest = divmod(number, self._texts_after("", width))
            lines.append(self._line(rest, width))
        least = next(n for n in range(1, width + 1) if number < self._texts_after("", n))
        return [*lines, self._line(number, least)]

    def read(self, lines: Sequence[str]) -> int:
        """The number that `write` wrote. Raises KeyError for any other text."""
        return packed(
            [(self._place(line), self._texts_after("", self.cost(line))) for line in lines]
        )

    def cost(self, text: str) -> int:
        """Tokens of a written text, with the marks of groups and notes."""
        marks = text.count(END_OF_GROUP) + text.count(NOTE)
        bare = text.replace(END_OF_GROUP, " ").replace(NOTE, " ")
        return marks + sum(kind.price for _, kind, _ in self._pieces(bare))

    def _texts_after(self, last: str, tokens: int) -> int:
        """Number of texts of a price that may follow a piece of form `last`."""
        if tokens <= 0:
            return int(tokens == 0)
        return self._ends(last, tokens)[-1]

    def _ends(self, last: str, tokens: int) -> list[int]:
        """By possible first step: the number of texts that begin with it or an earlier step."""
        for left in range(len(self._tables), tokens + 1):
            table: dict[str, list[int]] = {}
            for form, steps in self._steps.items():
                kinds = [kind for _, kind in steps]
                sizes = [
                    kind.size * self._texts_after(kind.form, left - kind.price) for kind in kinds
                ]
                table[form] = list(accumulate(sizes))
            self._tables.append(table)
        return self._tables[tokens][last]

    def _line(self, number: int, tokens: int) -> str:
        """The text with that number among all texts of that price."""
        line, last = "", ""
        while tokens:
            ends = self._ends(last, tokens)
            step = bisect_right(ends, number)
            number -= ends[step - 1] if step else 0
            blank, kind = self._steps[last][step]
            tokens -= kind.price
            place, number = divmod(number, self._texts_after(kind.form, tokens))
            line += blank + kind.spell(place)
            last = kind.form
        return line

    def _place(self, line: str) -> int:
        """The number of a text among all texts of its price."""
        tokens, number, last = self.cost(line), 0, ""
        for blank, kind, place in self._pieces(line):
            step = self._steps[last].index((blank, kind))
            number += self._ends(last, tokens)[step - 1] if step else 0
            tokens -= kind.price
            number += place * self._texts_after(kind.form, tokens)
            last = kind.form
        return number

    def _pieces(self, line: str) -> Iterator[tuple[str, Kind, int]]:
        """The pieces of a line: the blank before the piece, its kind and its number."""
        end = 0
        for match in _PIECE.finditer(line):
            piece, blank = match[0], " " * (match.start() > end)
            end = match.end()
            if piece in self._listed:
                yield blank, *self._listed[piece]
            else:
                kind = self._spelled[_shape(piece)]
                yield blank, kind, kind.place(piece)


def _shape(word: str) -> tuple[bool, bool, int]:
    return word.islower(), word.isupper(), len(word)


def _joins(last: Form, form: Form) -> bool:
    """Whether two pieces may stand side by side without a blank at the same total price."""
    return "mark" in (last, form) or (last == "full" and form in ("full", "number"))


def spelled(book: Sequence[str] = ()) -> list[Kind]:
    """Unknown words of 2 to 8 letters; four letters cost two tokens."""
    return [Spelled(case, n, book) for n in range(2, _LONGEST + 1) for case in _CASES]


def _runs(size: int) -> list[str]:
    return ["".join(run) for run in product(digits, repeat=size)]


DIGITS: list[Kind] = [
    Listed(_runs(1), "number"),
    Listed(_runs(2), "number"),
    Listed(_runs(3), "full"),
]
LETTERS: list[Kind] = [Listed(ascii_letters, "word")]
_SINGLE = [c for c in map(chr, range(1, 128)) if not c.isalnum() and not c.isspace()]
MARKS: list[Kind] = [Listed([c for c in _SINGLE if c not in END_OF_GROUP + NOTE], "mark")]


@lru_cache(maxsize=32)
def _with_words(shown: frozenset[str]) -> Alphabet:
    book = sorted(word for word in shown if 2 <= len(word) <= _LONGEST)
    return Alphabet([*DIGITS, *MARKS, *LETTERS, Listed(book, "word"), *spelled(book)])


def book_of(system: str) -> Alphabet:
    """The densest alphabet for a system message: all kinds, and the words of the message."""
    return _with_words(words(system))


def packed(pairs: Sequence[tuple[int, int]]) -> int:
    """The number with these (digit, radix) pairs."""
    number = 0
    for digit, radix in reversed(pairs):
        number = number * radix + digit
    return number
