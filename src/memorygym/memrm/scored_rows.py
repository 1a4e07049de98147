"""A judge's answers to labelled compactions, with the baselines' beside them: one record a row.

No text is kept, so a split of any size is scored in the memory of its longest row.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from memorygym.core.errors import BadSettings
from memorygym.core.types import Message
from memorygym.memrm.actions import p_with_actions
from memorygym.memrm.baselines import event_scores, need_scores
from memorygym.memrm.calibration import Logistic
from memorygym.memrm.rows import Compaction, missing_fields, refusal

Context = Sequence[Message]


class RowJudge(Protocol):
    """A model that reads a full and a compacted context."""

    hash: str
    """A hash of the model file."""
    thresholds: tuple[float, float]
    """The verdict is safe up to the first, harmful from the second on, and unsure between."""
    actions: Mapping[str, Logistic]
    """By name of `actions.BASES`: the fits of the modes `recorded` and `pair`."""

    def p_harmful(self, full: Context, compacted: Context) -> float:
        """The probability that something needed is lost, whatever the future."""

    def p_lost(self, full: Context, compacted: Context, probes: Sequence[str]) -> list[float]:
        """For each probe, the probability that the compacted context does not support it."""

    def harmful_given(self, full: Context, compacted: Context, needs: Sequence[str]) -> float:
        """The probability of HARMFUL if these are all that the future needs."""


@dataclass(slots=True)
class ScoredRow:
    """A label, the judge's probability, and what else the tables need."""

    harmful: bool
    p: float
    group: str
    baselines: Mapping[str, float]
    ceiling: float | None = None
    """The probability given the true future needs; None where these are not known."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """The strategy, the track and the reason."""
    need: str = ""
    """In the mode `needs`: the group with the probe, which other compactions may share."""


class DataHash:
    """A hash of the texts and labels of rows, in their order."""

    def __init__(self) -> None:
        self._sha = sha256()

    def add(self, row: Compaction) -> None:
        """Takes one more row."""
        probes = [(probe.text, probe.kept) for probe in row.needs]
        self._sha.update(repr((row.content_sha1, row.safe, probes)).encode())

    @property
    def text(self) -> str:
        """The first 16 hex digits."""
        return self._sha.hexdigest()[:16]


@dataclass(slots=True)
class ScoredSplit:
    """The scored rows of a split or a file."""

    mode: str
    rows: list[ScoredRow] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """By reason: the rows that lack what the mode needs."""
    data: str = ""
    """The data hash."""


def joined(parts: Iterable[ScoredSplit]) -> ScoredSplit:
    """The rows of all parts, in order."""
    first, *others = parts
    data = sha256(first.data.encode())
    for part in others:
        first.rows += part.rows
        first.left_out += part.left_out
        data.update(part.data.encode())
    first.data = data.hexdigest()[:16]
    return first


def score(
    judge: RowJudge, rows: Iterable[Compaction], mode: str, rates: Mapping[str, float] | None = None
) -> ScoredSplit:
    """The judge's answers in a mode. Raises BadSettings if no row has what the mode needs.

    `rates` is the share of HARMFUL rows of each strategy in the train split, "" that of all of it.
    """
    split, data = ScoredSplit(mode), DataHash()
    if mode in ("recorded", "pair") and mode not in judge.actions:
        raise BadSettings(
            f"--mode {mode}: the model file has no fit of actions; use --mode blind, or train it on"
            " events with actions: memorygym rm train"
        )
    for row in rows:
        if missing_fields(row, mode):
            split.left_out[refusal(row, mode)] += 1
            continue
        data.add(row)
        split.rows += (
            _needs(judge, row) if mode == "needs" else [_event(judge, row, mode, rates or {})]
        )
    split.data = data.text
    if not split.rows:
        if not split.left_out:
            raise BadSettings("there is no row to evaluate: give at least one that can be read")
        reason, many = split.left_out.most_common(1)[0]
        raise BadSettings(f"no row can be evaluated: {reason} ({many} rows)")
    return split


def _event(judge: RowJudge, row: Compaction, mode: str, rates: Mapping[str, float]) -> ScoredRow:
    blind = judge.p_harmful(row.full, row.compacted) if row.full else None
    p = blind
    if blind is None or mode in ("recorded", "pair"):
        p = p_with_actions(judge.actions, row, blind, mode)
    needs = [probe.text for probe in row.needs]
    knows = mode == "blind" and bool(needs and row.full)
    assert p is not None
    return ScoredRow(
        not row.safe,
        p,
        row.group,
        event_scores(row, rates),
        judge.harmful_given(row.full, row.compacted, needs) if knows else None,
        {"strategy": row.strategy, "track": row.domain, "reason": row.reason},
    )


def _needs(judge: RowJudge, row: Compaction) -> Iterator[ScoredRow]:
    probes = [probe for probe in row.needs if probe.kept is not None]
    lost = judge.p_lost(row.full, row.compacted, [probe.text for probe in probes])
    for probe, p in zip(probes, lost, strict=True):
        labels = {"strategy": row.strategy, "track": row.domain}
        need = f"{row.group}\0{probe.text}"
        baselines = need_scores(row, probe)
        yield ScoredRow(not probe.kept, p, row.group, baselines, None, labels, need)
