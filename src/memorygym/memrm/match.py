"""Where a context says what a text says: the closest segments, and how much of it they hold."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from memorygym.memrm import words as vectors
from memorygym.memrm.text import STOP, SegmentedContext, WordTable
from memorygym.memrm.words import ALIKE, Floats

POSTINGS = 48
"""Most segments that say a token for it to propose segments, unless no rarer one does."""
PROPOSED = 3
"""Segments that are compared in full."""
LEAST = 0.18
"""The likeness below which a word does not stand for another, 0 to 1."""
PART = 1024
"""Words that are compared with those of a context at once."""
SYNONYMS = 4
"""Most words of a context that stand for another word."""


@dataclass(frozen=True, slots=True)
class Match:
    """A segment that says part of a text."""

    segment: int
    inside: float
    """Share of the text's weight that the segment says, with what stands above it; 0 to 1."""
    around: float
    """The same with the segments near it."""
    sense: float = 0.0
    """Cosine of the mean word vectors."""

    @property
    def closeness(self) -> float:
        """How close it is in all; equal weights find about as many answers as any others."""
        return self.inside + self.around + self.sense


class Matcher:
    """Finds texts in a context; `weights` say how much each token tells."""

    def __init__(
        self, context: SegmentedContext, weights: Sequence[float], words: WordTable | None = None
    ) -> None:
        self.context, self.weights = context, weights
        self.words = words or context.words
        """The vocabulary of the weights, which may have grown since the context was read."""
        self._rows = vectors.table().rows(self.words.names)
        self._alike: dict[int, list[tuple[int, float]]] = {}
        self._words = np.array(
            [token for token in context.places if self._rows[token] < len(self._table) - 1], np.intp
        )
        self._said = self._table[self._rows[self._words]]

    @property
    def _table(self) -> Floats:
        return vectors.table().vectors

    @cached_property
    def senses(self) -> Floats:
        """By segment: the mean vector of its words, of length 1."""
        segments = self.context.segments
        tokens = [token for segment in segments for token in segment.said]
        weights = np.array([self.weights[token] for token in tokens], np.float32)
        rows = self._table[self._rows[np.array(tokens, np.intp)]] * weights[:, None]
        starts = np.cumsum([0, *(len(segment.said) for segment in segments[:-1])])
        return _scaled(np.add.reduceat(rows, starts, axis=0))

    def content(self, said: Iterable[int]) -> list[int]:
        """The tokens that are not mere words of the language, in a fixed order."""
        names = self.words.names
        return sorted(token for token in said if names[token] not in STOP)

    def alike(self, tokens: Iterable[int]) -> None:
        """Looks up the words of the context that may stand for each of these tokens."""
        new = sorted({token for token in tokens if token not in self._alike})
        for token in new:
            self._alike[token] = [(token, 1.0)] if token in self.context.places else []
        for part, cosines in self._cosines(new):
            for token, row in zip(part, cosines, strict=True):
                close = np.flatnonzero(_likeness(row) > LEAST)
                if len(close) > SYNONYMS + 1:
                    close = close[np.argsort(-row[close], kind="stable")[: SYNONYMS + 1]]
                self._alike[token] += [
                    (int(self._words[at]), float(_likeness(row[at])))
                    for at in close
                    if self._words[at] != token
                ]

    def _cosines(self, tokens: Iterable[int]) -> Iterator[tuple[list[int], Floats]]:
        """Those of the tokens that are words with vectors, in parts, and the cosine of each with
        every word of the context."""
        kinds, unknown = self.words.kinds, len(self._table) - 1
        meant = [t for t in tokens if kinds[t] == "word" and self._rows[t] < unknown]
        for start in range(0, len(meant) if len(self._words) else 0, PART):
            part = meant[start : start + PART]
            yield part, self._table[self._rows[part]] @ self._said.T

    def kept(self, token: int, said: object) -> float:
        """How much of a token a set of tokens says: 1 for itself, less for a word alike."""
        return max((sim for other, sim in self._alike[token] if other in said), default=0.0)  # type: ignore[operator]

    def stand_ins(self, tokens: NDArray[np.int32]) -> Any:
        """A sparse matrix that replaces each token by itself if the context says it, and a word
        that it does not say by the word most like it."""
        tokens = np.unique(tokens)
        said = np.array([token in self.context.places for token in tokens.tolist()], bool)
        rows, columns, data = [tokens[said]], [tokens[said]], [np.ones(int(said.sum()))]
        for part, cosines in self._cosines(tokens[~said].tolist()):
            best = cosines.argmax(1)
            alike = _likeness(cosines[np.arange(len(part)), best])
            close = alike > LEAST
            rows.append(np.array(part)[close])
            columns.append(self._words[best[close]])
            data.append(alike[close])
        place = (np.concatenate(rows), np.concatenate(columns))
        size = len(self.weights)
        return sparse.csr_matrix((np.concatenate(data), place), shape=(size, size))

    def share(self, tokens: Sequence[int], said: object, default: float = 0.0) -> float:
        """The share of the tokens' weight that is said; `default` without tokens."""
        self.alike(tokens)
        total = sum(self.weights[token] for token in tokens)
        if not total:
            return default
        return sum(self.weights[token] * self.kept(token, said) for token in tokens) / total

    def matches(
        self, tokens: Sequence[int], most: int = PROPOSED, *, senses: bool = False
    ) -> list[Match]:
        """The segments that say most of the tokens, the closest first."""
        places, weights = self.context.places, self.weights
        self.alike(tokens)
        total = sum(weights[token] for token in tokens)
        if not total or not self.context.segments:
            return []
        scores: dict[int, float] = {}
        said = [
            (len(places[other]), other, weights[token] * sim)
            for token in tokens
            for other, sim in self._alike[token]
        ]
        for count, other, weight in sorted(said):
            if count > POSTINGS and scores:
                break
            for place in places[other]:
                scores[place] = scores.get(place, 0.0) + weight
        proposed = [
            p for p, _ in nlargest(most, scores.items(), key=lambda item: (item[1], item[0]))
        ]
        cosines: Floats | None = None
        if senses:
            cosines = self.senses @ self._sense(tokens)
            proposed += [
                int(p) for p in np.argsort(-cosines, kind="stable")[:most] if p not in proposed
            ]
        found = [self._match(place, tokens, total, cosines) for place in proposed]
        return sorted(found, key=lambda m: (-m.closeness, -m.segment))[:most]

    def _sense(self, tokens: Sequence[int]) -> Floats:
        weights = np.array([self.weights[token] for token in tokens], np.float32)
        return _scaled((self._table[self._rows[list(tokens)]] * weights[:, None]).sum(0))

    def _match(
        self, place: int, tokens: Sequence[int], total: float, cosines: Floats | None
    ) -> Match:
        segment, near = self.context.segments[place], self.context.near[place]
        said, above = segment.said, segment.above
        inside = around = 0.0
        for token in tokens:
            here = wide = 0.0
            for other, sim in self._alike[token]:
                if sim > here and (other in said or other in above):
                    here = sim
                elif sim > wide and other in near:
                    wide = sim
            inside += self.weights[token] * here
            around += self.weights[token] * max(here, wide)
        sense = float(cosines[place]) if cosines is not None else 0.0
        return Match(place, inside / total, around / total, sense)


def _likeness(cosine: Any) -> Any:
    """How alike two words are, at most 1, from the cosine of their vectors."""
    return (cosine - ALIKE) / (1 - ALIKE)


def _scaled(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1, lengths), np.float32)
