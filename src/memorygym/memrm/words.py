"""What English words mean, as vectors: which words of two texts may say the same.

The vectors are of all-MiniLM-L6-v2 (Apache 2.0), each word read alone, reduced to few dimensions;
`scripts/word_vectors.py` made the table. No network is run here.
"""

import json
from base64 import b64decode
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
ALIKE = 0.45
"""The cosine below which words are not alike at all."""


class WordVectors:
    """The table: a vector of length 1 for each stem of a word."""

    def __init__(self, stems: Sequence[str], vectors: Floats) -> None:
        self._rows = {stem: row for row, stem in enumerate(stems)}
        self.vectors = np.vstack([vectors, np.zeros((1, vectors.shape[1]), np.float32)])
        """The last row, of zeros, stands for every word that is not in the table."""

    def rows(self, stems: Sequence[str]) -> NDArray[np.intp]:
        """The row of each stem."""
        unknown = len(self._rows)
        return np.array([self._rows.get(stem, unknown) for stem in stems], np.intp)


@cache
def table() -> WordVectors:
    """The table of this package."""
    raw: Any = json.loads(files("memorygym.memrm").joinpath("data/words.json").read_text("utf-8"))
    stems = raw["stems"].split()
    numbers = np.frombuffer(b64decode(raw["vectors"]), np.int8).reshape(len(stems), -1)
    vectors = numbers.astype(np.float32)
    return WordVectors(stems, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
