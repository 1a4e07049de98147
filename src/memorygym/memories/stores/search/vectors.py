"""Exact search over vectors, incremental: the same results on every machine, with numpy or without.

Vectors are whole numbers, so dot products are exact in any order of summing; only then are cosines
formed, and rounded, so that ties are ties everywhere.
"""

import re
from array import array
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from heapq import heappush, heappushpop
from importlib.util import find_spec
from math import sqrt
from sys import byteorder
from zlib import crc32

from memorygym.core.errors import UnknownPart
from memorygym.memories.stores.search.fulltext import STOP_WORDS

SIZE = 384
"""Dimensions of a vector."""

WORD_WEIGHT = 3
"""How much a whole word counts beside one of its trigrams."""

_WORD = re.compile(r"[^\W_]+")


def embed(text: str) -> list[float]:
    """The text as a vector of length 1; all zeros if it holds no word.

    >>> sum(x * y for x, y in zip(embed("40 beds"), embed("Beds: 40"))) > 0.99
    True
    """
    counted = sums(text)
    length = sqrt(sum(value * value for value in counted))
    return [value / length for value in counted] if length else [0.0] * SIZE


def sums(text: str, without: Collection[str] = ()) -> list[int]:
    """The vector in whole numbers, before it is brought to length 1; some words may be left out."""
    counted = [0] * SIZE
    for word in _WORD.findall(text.lower()):
        if word not in without:
            for place, weight in _features(word):
                counted[place] += weight
    return counted


@lru_cache(maxsize=8192)
def _features(word: str) -> Sequence[tuple[int, int]]:
    """Where a word and its trigrams go, and with what sign and weight."""
    padded = f"^{word}$"
    grams = [padded[start : start + 3] for start in range(len(padded) - 2)]
    places = []
    for feature, weight in [(f"word {word}", WORD_WEIGHT), *((gram, 1) for gram in grams)]:
        code = crc32(feature.encode())
        # The sign comes from a bit that the place does not depend on, so that clashes cancel out.
        places.append(((code >> 1) % SIZE, weight if code & 1 else -weight))
    return places


LIMIT = 1023
"""Largest size of a number in a vector."""
WIDEST = 2000
"""Most dimensions: sums of so many products, lifted above 0, stay within 32 bits."""
BLOCK = 1024
"""Rows of a block."""
_BYTES = 4
_ONES = int.from_bytes(array("I", [1]) * BLOCK, byteorder)
PLACES = 6
"""Decimal places of a score."""
_NEAR = 2e-6
"""Scores that are further apart than this are not equal once they are rounded."""
Embed = Callable[[str], Sequence[float]]
"""A text as a vector, all of one length: all zeros for one that says nothing."""


def named(embedder: str, *others: str) -> Embed:
    """The embedder of that name. Raises UnknownPart with the choices, the others among them."""
    match embedder:
        case "hashed":
            return hashed
        case "minilm":
            from memorygym.memories.stores.search.minilm import embed

            return embed
    raise UnknownPart("embedder", embedder, ("hashed", "minilm", *others))


def hashed(text: str) -> list[int]:
    """Words and their trigrams, by hash: likeness of letters, not of sense. Question words say
    nothing."""
    return sums(text, STOP_WORDS)


def whole(vector: Sequence[float]) -> list[int]:
    """The direction of a vector in whole numbers of at most LIMIT.

    >>> whole([3, -1]), whole([0.6, -0.8]), whole([0.0])
    ([3, -1], [767, -1023], [0])
    """
    largest = max(map(abs, vector))
    if isinstance(largest, int) and largest <= LIMIT:
        return [int(value) for value in vector]
    return [round(value * LIMIT / largest) if largest else 0 for value in vector]


class Columns:
    """Whole-number vectors under the numbers of their rows, without numpy: a block of rows is one
    long integer for each dimension, 32 bits a row.

    Only blocks that were written to since the last search are put together again, so that neither
    writing nor reading slows down.
    """

    def __init__(self, size: int) -> None:
        if size > WIDEST:
            raise ValueError(f"vectors of {size} dimensions; at most {WIDEST} are exact")
        self._size = size
        self._blocks: list[_Block] = []

    def put(self, row: int, vector: Sequence[int]) -> None:
        """Sets a row, which is at most one beyond those that are there."""
        if row >= BLOCK * len(self._blocks):
            self._blocks.append(_Block(self._size))
        self._blocks[row // BLOCK].put(row % BLOCK, vector)

    def dots(self, vector: Sequence[int]) -> list[int]:
        """The products of all rows with a vector; more follow than rows were set."""
        wanted = [(place, value) for place, value in enumerate(vector) if value]
        products: list[int] = []
        for block in self._blocks:
            products += block.dots(wanted)
        return products


class _Block:
    """So many rows, kept by dimension; every number stands LIMIT above what it is."""

    def __init__(self, size: int) -> None:
        self._columns = [array("I", [LIMIT]) * BLOCK for _ in range(size)]
        self._whole: dict[int, int] = {}
        """Columns as one integer each, as far as they were asked for."""

    def put(self, row: int, vector: Sequence[int]) -> None:
        self._whole.clear()
        for column, value in zip(self._columns, vector, strict=True):
            column[row] = LIMIT + value

    def dots(self, wanted: Sequence[tuple[int, int]]) -> list[int]:
        """The products of the rows with a vector of so many (place, value)."""
        total = sum(value * self._column(place) for place, value in wanted)
        lift = LIMIT * sum(abs(value) for _, value in wanted)
        # Lifted so that no row is below 0: a row that borrowed of the next would spoil it.
        lifted = total + (lift - LIMIT * sum(value for _, value in wanted)) * _ONES
        products = array("I", lifted.to_bytes(_BYTES * BLOCK, byteorder))
        return [value - lift for value in products]

    def _column(self, place: int) -> int:
        whole = self._whole.get(place)
        if whole is None:
            whole = self._whole[place] = int.from_bytes(self._columns[place], byteorder)
        return whole


class Matrix:
    """The same in numpy, which the extra `vec` brings."""

    def __init__(self, size: int) -> None:
        import numpy

        self._numpy = numpy
        self._numbers = numpy.zeros((size, 64), numpy.int16)
        """A row of this for each dimension, a column for each row of the table."""

    def put(self, row: int, vector: Sequence[int]) -> None:
        if row >= self._numbers.shape[1]:
            more = self._numpy.zeros_like(self._numbers)
            self._numbers = self._numpy.hstack([self._numbers, more])
        self._numbers[:, row] = vector

    def dots(self, vector: Sequence[int]) -> list[int]:
        wanted = self._numpy.array(vector, self._numpy.int32)
        places = wanted.nonzero()[0]
        # Not a product of matrices, which starts threads that other episodes need.
        products: list[int] = self._numpy.einsum(
            "i,ij->j", wanted[places], self._numbers[places]
        ).tolist()
        return products


class Best:
    """The k best keys of those that are offered, at least one, by rounded scores above 0."""

    def __init__(self, k: int) -> None:
        self._k = k
        self._scores: list[float] = []
        self._near: list[tuple[float, int]] = []

    def offer(self, score: float, key: int) -> float:
        """Takes a score into account and returns the one up to which no other need be offered."""
        self._near.append((-round(score, PLACES), key))
        if len(self._scores) < self._k:
            heappush(self._scores, score)
            return 0.0
        heappushpop(self._scores, score)
        return max(0.0, self._scores[0] - _NEAR)

    def ranked(self) -> list[tuple[int, float]]:
        """The keys with their scores, best first."""
        return [(key, -score) for score, key in sorted(self._near)[: self._k] if score]


class Vectors:
    """An index of texts under integer keys, by the cosine of their vectors."""

    def __init__(self, embed: Embed = hashed, table: type[Columns | Matrix] | None = None) -> None:
        self._embed = embed
        self._make = table or (Matrix if find_spec("numpy") else Columns)
        self._table: Columns | Matrix | None = None
        self._rows: dict[int, int] = {}
        self._keys: list[int] = []
        """By row; what a free row says does not matter."""
        self._scales: list[float] = []
        """By row: 1 / length of the vector, 0 for a free row."""
        self._free: list[int] = []

    def set(self, key: int, text: str) -> None:
        vector = whole(self._embed(text))
        if self._table is None:
            self._table = self._make(len(vector))
        if key not in self._rows:
            self._rows[key] = self._free.pop() if self._free else self._row()
        row = self._rows[key]
        self._keys[row] = key
        self._scales[row] = _scale(vector)
        self._table.put(row, vector)

    def drop(self, key: int) -> None:
        row = self._rows.pop(key)
        self._scales[row] = 0.0
        self._free.append(row)

    def search(self, query: str, k: int) -> list[int]:
        return [key for key, _ in self.scores(query, k)]

    def scores(self, query: str, k: int) -> list[tuple[int, float]]:
        """The k nearest keys with their cosines, nearest first; only those above 0."""
        best, worst = Best(k), 0.0
        dots, scale = self._dots(query)
        for dot, own, key in zip(dots, self._scales, self._keys, strict=False):
            score = dot * own * scale
            if score > worst:
                worst = best.offer(score, key)
        return best.ranked()

    def cosines(self, query: str) -> Callable[[int], float]:
        """The cosine of each key, for memories that weigh it."""
        dots, scale = self._dots(query)
        rows, scales = self._rows, self._scales
        return lambda key: dots[rows[key]] * scales[rows[key]] * scale

    def _dots(self, query: str) -> tuple[Sequence[int], float]:
        """The products of all rows with the query's vector, and 1 / its length."""
        if self._table is None:
            return (), 0.0
        wanted = whole(self._embed(query))
        return self._table.dots(wanted), _scale(wanted)

    def _row(self) -> int:
        self._keys.append(0)
        self._scales.append(0.0)
        return len(self._keys) - 1


def _scale(vector: Sequence[int]) -> float:
    """1 / length; 0 for a vector of zeros."""
    square = sum(value * value for value in vector)
    return 1 / sqrt(square) if square else 0.0
