"""A full context and its compaction, described for comparison; the full one is described once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from memorygym.core.types import Message
from memorygym.memrm.match import POSTINGS, Matcher
from memorygym.memrm.text import STOP, SegmentedContext, TextSegment, WordTable

Matrix: TypeAlias = NDArray[np.float64]
Sparse: TypeAlias = Any
"""A scipy.sparse.csr_matrix; scipy has no types."""
REPLACES = 0.75
"""Share of a segment's weight without numbers that another must say to replace it."""


class Full:
    """A full context, with what does not depend on a compaction of it."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.context = SegmentedContext.of(messages, WordTable())
        self.weights = self.context.weights()
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

    @cached_property
    def newer(self) -> list[int]:
        """By segment: the latest other one that says the same with another number, so that it
        replaces this one; -1 if none does."""
        kinds = self.context.words.kinds
        numbers = [{t for t in content if kinds[t] == "number"} for content in self.content]
        keys = [
            [t for t in content if kinds[t] != "number"] if numbers[index] else []
            for index, content in enumerate(self.content)
        ]
        weighted = rows_of([key if len(key) > 1 else () for key in keys], self.weights)
        lines = rows_of(said(self.context.segments), None, len(self.weights))
        scores = overlaps(weighted, lines).tocoo()
        totals = np.asarray(weighted.sum(1)).ravel()
        newer = [-1] * len(keys)
        close = (scores.col > scores.row) & (scores.data >= REPLACES * totals[scores.row])
        for row, column in zip(scores.row[close], scores.col[close], strict=True):
            if numbers[column] and not numbers[row] <= numbers[column]:
                newer[row] = max(newer[row], int(column))
        return newer

    def only(self, *kinds: str) -> Sparse:
        """The same for tokens of these kinds alone."""
        known = self.context.words.kinds
        chosen = np.array([known[token] in kinds for token in range(len(self.weights))], float)
        return self.weighted @ sparse.diags(chosen, format="csr")


@dataclass(slots=True)
class ContextPair:
    """A full and a compacted context, whose tokens are the same numbers."""

    full: Full
    evidence: Matcher
    """Finds texts in the full context."""
    compacted: Matcher
    ratio: float
    """Characters of the compacted context for each one of the full one."""

    @classmethod
    def of(
        cls, full: Full, compacted: Sequence[Message], needs: Iterable[str] = ()
    ) -> "ContextPair":
        """A pair in which these needs can be looked up."""
        words = full.context.words.copy()
        for need in needs:  # Without names, so that no need tells anything about another.
            words.read(need, names=False)
        context = SegmentedContext.of(compacted, words)
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


def overlaps(weighted: Sparse, lines: Sparse) -> Sparse:
    """By row and segment: the weight of the row's tokens that the segment says, rare ones alone."""
    counts = np.asarray(lines.sum(0)).ravel()
    rare = sparse.diags((counts <= POSTINGS).astype(float), format="csr")
    return (weighted @ rare) @ lines.T


def said(segments: Sequence[TextSegment]) -> list[frozenset[int]]:
    """By segment: its tokens, with those that stand above it."""
    return [segment.said | segment.above for segment in segments]
