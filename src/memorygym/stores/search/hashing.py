"""Vectors without a model: words and their trigrams, hashed by CRC-32; alike on every machine."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from math import sqrt
from zlib import crc32

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
def _features(word: str) -> tuple[tuple[int, int], ...]:
    """Where a word and its trigrams go, and with what sign and weight."""
    return tuple(_hashed(word))


def _hashed(word: str) -> Iterator[tuple[int, int]]:
    padded = f"^{word}$"
    grams = [padded[at : at + 3] for at in range(len(padded) - 2)]
    for feature, weight in [(f"word {word}", WORD_WEIGHT), *((gram, 1) for gram in grams)]:
        code = crc32(feature.encode())
        # The sign comes from a bit that the place does not depend on, so that clashes cancel out.
        yield (code >> 1) % SIZE, weight if code & 1 else -weight
