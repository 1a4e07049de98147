"""What tells, without a question, whether a compaction is safe: what is needed and what is lost.

Every segment of the full context gets features of how likely something later needs it, and losses:
how much of it the compacted context no longer says. The losses of a context against itself are 0.
"""

from dataclasses import dataclass
from functools import cache
from math import log
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from memorygym.memrm.match import POSTINGS
from memorygym.memrm.pair import ContextPair, Full, Matrix, Sparse, overlaps, rows_of, said
from memorygym.memrm.text import SegmentedContext, WordTable

Places: TypeAlias = NDArray[np.intp]

MARKS = {
    "must": "must never always only not dont cannot cant most least unless except without avoid"
    " require required forbidden limit limits allergic allergy prefer prefers preferred deadline",
    "goal": "goal task want wants need needs please ask asks asked question find should would"
    " objective request requests plan looking query wish wishes how what when where which who why",
    "open": "todo next pending open remaining later will still follow until",
    "change": "now new update updated correct corrected correction change changed instead moved"
    " revised longer actually latest current currently superseded replaced",
}
"""By mark: the words that carry it."""

NEED = (
    "place", "from_end", "system", "user", "assistant", "tool", "numbers", "names", "ids", "words",
    "weight", "must", "goal", "open", "change", "spread", "later", "restated", "replaced", "asked",
    "code",
)  # fmt: skip
"""The names of the features of a segment's need."""
LOSSES = (
    "gone",
    "loose",
    "apart",
    "values_gone",
    "values_loose",
    "numbers_gone",
    "names_gone",
    "ids_gone",
    "contradicted",
)
"""The names of the losses of a segment, each from 0 to 1."""
AGGREGATES = ("mean", "needed", "any", "most", "half", "top")
KINDS = ("must", "goal", "change")
WORDS = ("gone", "loose", "apart")
"""Losses of a segment's words; where a segment has values, they count as far as these are lost,
because a fact may be told in other words."""
OTHER = ("other_loose", "other_gone", "other_apart", "other_median", "without_values")
"""How far the segments whose values are kept are told in other words, and how much is lost of
those that have no values; in steps, so that the loss of one fact hardly changes them."""
STEPS, KEPT = 20, 0.01
EVENT = (
    *(f"{loss}_{how}" for loss in LOSSES for how in AGGREGATES),
    *(f"{kind}_{loss}" for kind in KINDS for loss in ("loose", "values_loose")),
    "stale",
    "added",
    "segments",
    *OTHER,
)
"""The names of the features of an event."""
FREE = frozenset({"segments", *OTHER})
"""Features of an event that may count either way; more of any other never makes it safer."""


@dataclass(slots=True)
class Segments:
    """The segments of a full context: what speaks for a need of each, and what is lost of each."""

    need: Matrix
    """By segment: the values of NEED."""
    losses: Matrix
    """By segment: the values of LOSSES."""
    stale: Matrix
    """By segment: whether it is replaced by a later one that is lost, while it is kept."""
    added: float
    """Share of the values of the compacted context that the full one does not say."""


def segments_of(pair: ContextPair, need: Matrix | None = None) -> Segments:
    """The segments of a pair of contexts, described; `need` is `needs_of` the full context."""
    need = needs_of(pair.full) if need is None else need
    losses = _losses(pair)
    return Segments(need, losses, _stale(pair.full, losses), _added(pair))


def event_features(segments: Segments, need: Matrix) -> list[float]:
    """The values of EVENT, given how likely each segment is needed (0 to 1)."""
    if not len(need):
        return [0.0] * len(EVENT)
    total = need.sum() or 1.0
    values: list[float] = []
    losses = segments.losses.astype(float)
    has_values = segments.need[:, [NEED.index(name) for name in ("numbers", "names", "ids")]].any(1)
    words = [LOSSES.index(name) for name in WORDS]
    values_lost = losses[:, LOSSES.index("values_loose")]
    losses[:, words] *= np.where(has_values, values_lost, 1.0)[:, None]
    for column in losses.T:
        expected = need * column
        top = np.sort(expected)[::-1][:5]
        values += [
            float(column.mean()),
            float(expected.sum() / total),
            float(1 - np.exp(np.log1p(-np.minimum(expected, 0.99)).sum())),
            float(top[0]),
            float((column > 0.5).mean()),
            float(top.mean()),
        ]
    for kind in KINDS:
        marked = segments.need[:, NEED.index(kind)] > 0
        for loss in ("loose", "values_loose"):
            column = losses[:, LOSSES.index(loss)]
            values.append(float(column[marked].mean()) if marked.any() else 0.0)
    stale = float((segments.stale * need).sum() / total)
    return [*values, stale, segments.added, log(1 + len(need)), *_other(segments, has_values)]


def _other(segments: Segments, has_values: Matrix) -> list[float]:
    """The values of OTHER."""
    loose, gone, apart = (segments.losses[:, LOSSES.index(n)] for n in ("loose", "gone", "apart"))
    kept = has_values & (segments.losses[:, LOSSES.index("values_loose")] < KEPT)
    means = [column[kept].mean() if kept.any() else 0.0 for column in (loose, gone, apart)]
    median = np.median(loose[kept]) if kept.any() else 0.0
    without = loose[~has_values].mean() if (~has_values).any() else 0.0
    return [round(STEPS * float(value)) / STEPS for value in (*means, median, without)]


def _losses(pair: ContextPair) -> Matrix:
    """By segment of the full context: the values of LOSSES."""
    full, compacted = pair.full, pair.compacted
    size, width = len(full.content), len(compacted.weights)
    if not size:
        return np.zeros((0, len(LOSSES)))
    context = compacted.context
    weighted = _wide(full.weighted, width)
    stand_ins = compacted.stand_ins(weighted.indices)
    kept = np.asarray(stand_ins.sum(1)).ravel()
    likely = weighted @ stand_ins
    best, inside = _closest(pair, likely, rows_of(said(context.segments), None, width))
    near = rows_of([context.near[place] if place >= 0 else () for place in best], None, width)
    numbers = _wide(full.only("number"), width)
    parts = {
        "all": weighted,
        "values": _wide(full.only("number", "name", "id"), width),
        "numbers": numbers,
        "names": _wide(full.only("name"), width),
        "ids": _wide(full.only("id"), width),
        "keys": weighted - numbers,
    }
    lost = {name: _lost(part, part @ kept) for name, part in parts.items()}
    loose = {
        name: _lost(parts[name], (parts[name] @ stand_ins).multiply(near).sum(1))
        for name in ("all", "values", "numbers", "keys")
    }
    kinds, others = context.words.kinds, np.zeros(size)
    for index, place in enumerate(best):
        if place >= 0:
            own = full.context.segments[index].said
            others[index] = any(
                kinds[t] == "number" and t not in own for t in context.segments[place].said
            )
    contradicted = (1 - loose["keys"]) * loose["numbers"] * others
    return np.column_stack(
        [
            lost["all"],
            loose["all"],
            _lost(weighted, inside),
            lost["values"],
            loose["values"],
            lost["numbers"],
            lost["names"],
            lost["ids"],
            contradicted,
        ]
    )


def _wide(matrix: Sparse, width: int) -> Sparse:
    """The matrix with columns for tokens that were read since."""
    return sparse.csr_matrix(
        (matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], width)
    )


def _lost(part: Sparse, kept: object) -> Matrix:
    """The share of each row's weight that is not kept; 0 for a row without weight."""
    total = np.asarray(part.sum(1)).ravel()
    share = np.asarray(kept).ravel() / np.where(total == 0, 1, total)
    return np.where(total == 0, 0.0, np.clip(1 - share, 0, 1)).round(9)


def _closest(pair: ContextPair, likely: Sparse, lines: Sparse) -> tuple[list[int], Matrix]:
    """By row: the segment that says most of its tokens (-1: none), and the weight that it says."""
    context = pair.compacted.context
    # A segment kept as it is loses nothing, even if others say its rare tokens, too.
    verbatim = {segment.said: place for place, segment in enumerate(context.segments)}
    best = np.array([verbatim.get(segment.said, -1) for segment in pair.full.context.segments])
    others = sparse.diags((best < 0).astype(float), format="csr") @ likely
    rows, columns = _proposed(others, lines, context)
    said = np.asarray(likely[rows].multiply(lines[columns]).sum(1)).ravel().round(9)
    order = np.lexsort((columns, said, rows))
    best[rows[order]] = columns[order]  # Of the segments of a row, the last one stays.
    found = np.flatnonzero(best >= 0)
    inside = np.zeros(len(best))
    inside[found] = np.asarray(likely[found].multiply(lines[best[found]]).sum(1)).ravel()
    return best.tolist(), inside


def _proposed(likely: Sparse, lines: Sparse, context: SegmentedContext) -> tuple[Places, Places]:
    """Rows, and the segments that say most of their rare tokens; a row without rare tokens has the
    last segments that say one of its tokens."""
    scores = overlaps(likely, lines)
    without = (np.diff(scores.indptr) == 0) & (np.diff(likely.indptr) > 0)
    if without.any():
        common = sparse.diags(without.astype(float), format="csr") @ likely
        last = [(p, t) for t in np.unique(common.indices) for p in context.places[t][-POSTINGS:]]
        place = tuple(np.array(last, np.int32).T)
        scores = scores + common @ sparse.csr_matrix((np.ones(len(last)), place), lines.shape).T
    if not scores.nnz:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    top = scores.max(1).toarray().ravel()
    scores = scores.tocoo()
    close = scores.data >= top[scores.row] - 1e-9
    return scores.row[close], scores.col[close]


def _stale(full: Full, losses: Matrix) -> Matrix:
    loose = losses[:, LOSSES.index("values_loose")]
    return np.array(
        [
            max(0.0, loose[newer] - loose[index]) if newer >= 0 else 0.0
            for index, newer in enumerate(full.newer)
        ]
    )


def _added(pair: ContextPair) -> float:
    """Share of the names, numbers and ids of the compacted context that the full one lacks."""
    context = pair.compacted.context
    values = [t for t in context.places if context.words.kinds[t] != "word"]
    new = sum(token not in pair.full.context.places for token in values)
    return new / len(values) if values else 0.0


def needs_of(full: Full) -> Matrix:
    """By segment of a full context: the values of NEED."""
    context, weights, contents = full.context, full.weights, full.content
    size, places, known = max(1, len(contents)), full.context.places, full.context.words.kinds
    asked = {
        token
        for content, segment in zip(contents, context.segments, strict=True)
        if segment.text.rstrip().endswith("?") or context.roles[segment.message] == "system"
        for token in content
    }
    marked = [
        {token for token, name in enumerate(full.context.words.names) if name in mark}
        for mark in _marks()
    ]
    rows = []
    for index, (segment, content) in enumerate(zip(context.segments, contents, strict=True)):
        values = [token for token in content if known[token] != "word"]
        counts = [len(places[token]) for token in values]
        later = [places[token][-1] > index for token in values]
        role, text = context.roles[segment.message], segment.text
        kinds = [known[token] for token in content]
        rows.append(
            [
                index / size,
                log(1 + size - index),
                *(float(role == other) for other in ("system", "user", "assistant", "tool")),
                *(kinds.count(kind) for kind in ("number", "name", "id", "word")),
                sum(weights[token] for token in content),
                *(len(mark & segment.said) for mark in marked),
                sum(counts) / len(counts) if counts else 0.0,
                sum(later) / len(later) if later else 0.0,
                min(counts, default=0),
                float(full.newer[index] >= 0),
                sum(token in asked for token in content) / max(1, len(content)),
                sum(text.count(sign) for sign in "{}()[]=;_") / len(text),
            ]
        )
    return np.array(rows, float).reshape(len(contents), len(NEED))


@cache
def _marks() -> list[frozenset[str]]:
    """By mark: the normalised forms of its words."""
    words = WordTable()
    return [frozenset(words.names[t] for t in words.read(text)) for text in MARKS.values()]
