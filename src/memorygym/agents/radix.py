"""Recoding: records as one number over the public ranges, in the densest text that the counter allows.

The recoding adversaries share it, and `held_records` measures what they hold: the bound on real
pressure rests on this file being as good as we can make it.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import log2
from string import ascii_lowercase, ascii_uppercase, digits, punctuation

from memorygym import registry
from memorygym.agents.scene import END, Scene, calls, edit, read, submit, write
from memorygym.agents.scribe import Keep, Scribe, allowance, by_brief
from memorygym.core import Message
from memorygym.facts import Knowledge, Query, Record, Value, reader
from memorygym.scoring import gold_of
from memorygym.tokens import count, words
from memorygym.trace import Stored, Trace
from memorygym.worlds.dealing.brief import REFUSAL
from memorygym.worlds.dealing.gold import Gold
from memorygym.worlds.dealing.notes import record_of
from memorygym.worlds.dealing.schema import FIRST_YEAR, LAST_YEAR, Trait, World

Digits = list[tuple[int, int]]
"""Digits of a mixed-radix number, each with its radix; the first one is the least."""
END_OF_GROUP, NOTE = ".", "!"
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\sA-Za-z0-9]")


class Alphabet:
    """Pieces of text that cost one token each, and which may follow which without a blank.

    A blank is free, so leaving it out where nothing merges is one more digit to choose from.
    """

    def __init__(self, kinds: Mapping[str, Sequence[str]]) -> None:
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
        """The number as lines of `width` tokens."""
        lines: list[str] = []
        while number or not lines:
            line, last = "", ""
            for _ in range(width):
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


class Unpacked:
    """Takes the digits of a number one by one."""

    def __init__(self, number: int) -> None:
        self.number = number

    def take(self, radix: int) -> int:
        self.number, digit = divmod(self.number, radix)
        return digit


@lru_cache(maxsize=16)
def public_world(noun: str) -> World:
    """The public domain with that noun."""
    worlds = (registry.load("worlds", name, "WORLD") for name in registry.names("worlds"))
    found: World = next(world for world in worlds if world.noun == noun)
    return found


@lru_cache(maxsize=512)
def _levels(low: int, high: int) -> tuple[list[int], list[int]]:
    """Fewest figures that come within 2 % of every one in the range: their upper ends, themselves."""
    ends: list[int] = []
    shown: list[int] = []
    at = low
    while at <= high:
        middle = at + abs(at) // 50
        end = middle * 50 // 49 if middle > 0 else middle * 50 // 51
        ends.append(max(at, end))
        shown.append(middle)
        at = ends[-1] + 1
    return ends, shown


@dataclass(frozen=True)
class Codec:
    """Records of one domain as digits: exact but for decimal numbers, which keep the 2 % that count."""

    world: World

    def record(self, record: Record, codes: Sequence[str]) -> Digits:
        """Name, category, those attributes and relations."""
        found = self.name(record.name)
        found.append((self.world.categories.index(record.category), len(self.world.categories)))
        for code in codes:
            found += self.value(code, record.values[code])
        for code, other in record.edges:
            found += [(1, 2), ("xyz".index(code), 3), *self.name(other)]
        return [*found, (0, 2)]

    def take_record(self, source: Unpacked, codes: Sequence[str]) -> Record:
        """The record again."""
        name = self.take_name(source)
        category = self.world.categories[source.take(len(self.world.categories))]
        record = Record(name, category, {code: self.take_value(code, source) for code in codes})
        while source.take(2):
            record.edges += (("xyz"[source.take(3)], self.take_name(source)),)
        return record

    def name(self, name: str) -> Digits:
        *front, last = name.split()
        places = [(self.world.first.index(word), len(self.world.first)) for word in front[::-1]]
        more = [(1, 64)] * (len(front) - 1)
        return [*_stop(front), (self.world.second.index(last), len(self.world.second)), *places, *more][
            : len(places) + 2
        ]

    def take_name(self, source: Unpacked) -> str:
        size = 1 + (source.take(64) if not source.take(16) else 0)
        chosen = [self.world.second[source.take(len(self.world.second))]]
        chosen += [self.world.first[source.take(len(self.world.first))] for _ in range(size)]
        return " ".join(chosen[::-1])
