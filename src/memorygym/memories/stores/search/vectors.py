"""Exact search over vectors, incremental: the same results on every machine.

Vectors are whole numbers, so dot products are exact in any order of summing; only then are cosines
formed, and rounded, so that ties are ties everywhere.
"""

import re
from array import array
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from heapq import nlargest
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
BLOCK = 256
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


class _Block:
    """So many vectors, kept by dimension: as one long integer for each, 32 bits a row. Every number
    stands LIMIT above what it is.

    A dimension is put together again only if it was written to since it was last asked for, so that
    neither writing nor reading slows down.
    """

    def __init__(self, size: int) -> None:
        if size > WIDEST:
            raise ValueError(f"vectors of {size} dimensions; at most {WIDEST} are exact")
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


def best(scores: Mapping[int, float], k: int) -> list[int]:
    """The k keys with the highest scores, rounded and above 0, best first; ties by key.

    >>> best({9: 0.5, 4: 0.1, 8: 0.50000001}, 2)
    [8, 9]
    """
    least = min(nlargest(k, scores.values()), default=0.0) - _NEAR
    near = [(-round(score, PLACES), key) for key, score in scores.items() if score > max(0, least)]
    return [key for score, key in sorted(near)[:k] if score]


@lru_cache(maxsize=2048)  # Memories that play the same task embed the same passages.
def _vector(embed: Embed, text: str) -> Sequence[int]:
    return whole(embed(text))


class Vectors:
    """An index of texts under integer keys, by the cosine of their vectors."""

    def __init__(self, embed: Embed = hashed) -> None:
        self._embed = embed
        self._blocks: list[_Block] = []
        self._rows: dict[int, int] = {}
        self._scales: dict[int, float] = {}
        """By key: 1 / length of the vector."""
        self._free: list[int] = []

    def set(self, key: int, text: str) -> None:
        vector = _vector(self._embed, text)
        if key not in self._rows:
            self._rows[key] = self._free.pop() if self._free else len(self._rows)
        block, row = divmod(self._rows[key], BLOCK)
        if block == len(self._blocks):
            self._blocks.append(_Block(len(vector)))
        self._blocks[block].put(row, vector)
        self._scales[key] = _scale(vector)

    def drop(self, key: int) -> None:
        self._free.append(self._rows.pop(key))
        del self._scales[key]

    def search(self, query: str, k: int) -> list[int]:
        return best(self.cosines(query), k)

    def cosines(self, query: str) -> dict[int, float]:
        """The cosine of each key."""
        wanted = _vector(self._embed, query)
        places = [(place, value) for place, value in enumerate(wanted) if value]
        scale = _scale(wanted)
        dots = [dot for block in self._blocks for dot in block.dots(places)]
        return {key: dots[row] * self._scales[key] * scale for key, row in self._rows.items()}


def _scale(vector: Sequence[int]) -> float:
    """1 / length; 0 for a vector of zeros."""
    square = sum(value * value for value in vector)
    return 1 / sqrt(square) if square else 0.0
