"""A full context and its compaction, described for comparison; the full one is described once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from memorygym.core.types import Message
from memorygym.memrm.match import Matcher
from memorygym.memrm.text import STOP, Context, Segment, Vocabulary

Matrix: TypeAlias = NDArray[np.float64]
Sparse: TypeAlias = Any
"""A scipy.sparse.csr_matrix; scipy has no types."""


class Full:
    """A full context, with what does not depend on a compaction of it."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.context = Context.of(messages, Vocabulary())
        self.weights = self.context.weights()
        self.newer: list[int] | None = None
        """By segment: the one that replaces it; found when first asked."""
        self.characters = sum(map(len, self.context.texts))

    @cached_property
    def content(self) -> list[list[int]]:
        """By segment: its tokens that are not mere words of the language."""
        names = self.context.words.names
        return [
            sorted(token for token in segment.said if names[token] not in STOP)
            for segment in self.context.segments
        ]

    @cached_property
    def weighted(self) -> Sparse:
        """By segment and token: the weight of each token of its content."""
        return rows_of(self.content, self.weights)

    def only(self, *kinds: str) -> Sparse:
        """The same for tokens of these kinds alone."""
        known = self.context.words.kinds
        chosen = np.array([known[token] in kinds for token in range(len(self.weights))], float)
        return self.weighted @ sparse.diags(chosen, format="csr")


@dataclass(slots=True)
class Pair:
    """A full and a compacted context, whose tokens are the same numbers."""

    full: Full
    evidence: Matcher
    """Finds texts in the full context."""
    compacted: Matcher
    ratio: float
    """Characters of the compacted context for each one of the full one."""

    @classmethod
    def of(cls, full: Full, compacted: Sequence[Message], needs: Iterable[str] = ()) -> "Pair":
        """A pair in which these needs can be looked up."""
        words = full.context.words.copy()
        for need in needs:  # Without names, so that no need tells anything about another.
            words.read(need, names=False)
        context = Context.of(compacted, words)
        weights = full.context.weights(words)
        characters = sum(map(len, context.texts))
        evidence = Matcher(full.context, weights, words)
        return cls(full, evidence, Matcher(context, weights), characters / max(1, full.characters))


def rows_of(
    tokens: Sequence[Iterable[int]], weights: Sequence[float] | None, width: int = 0
) -> Sparse:
    """A sparse matrix with a row for each set of tokens: their weights, or 1."""
    lists = [list(row) for row in tokens]
    flat = np.array([token for row in lists for token in row], np.int32)
    ends = np.cumsum([0, *map(len, lists)])
    data = np.ones(len(flat)) if weights is None else np.array(weights, float)[flat]
    return sparse.csr_matrix((data, flat, ends), shape=(len(lists), width or len(weights or ())))


def said(segments: Sequence[Segment]) -> list[frozenset[int]]:
    """By segment: its tokens, with those that stand above it."""
    return [segment.said | segment.above for segment in segments]
