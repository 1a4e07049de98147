"""Rewards for training: the track's score of an episode, with or without shaping."""

from collections import Counter
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from math import inf
from typing import Protocol, runtime_checkable

from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.statements import Statement
from memorygym.core.trace import MemoryUpdate, Trace
from memorygym.core.trace_reader import TraceReader
from memorygym.core.track import Track, reader_of, track_of
from memorygym.scoring.episode_scores import score

_SIGNS = {"true": 1, "stale": -1, "wrong": -1, "irrelevant": 0}


@runtime_checkable
class RewardFunction(Protocol):
    """The reward of one episode; every episode has its own, made by `fork` from the one given."""

    def step(self, trace: Trace, *, ended: bool) -> float:
        """The reward of the latest step, from the trace with its gold table so far; `ended` if the
        episode has ended or was truncated."""

    def fork(self) -> "RewardFunction":
        """An independent copy that continues from here."""


class ScoreReward(RewardFunction):
    """The track's composite score at the end, 0 before.

    A track that rewards single steps (`Step.reward`) computes its composite from them, so they are
    not paid a second time. A truncated episode has the score of what was done.
    """

    def step(self, trace: Trace, *, ended: bool) -> float:
        return score(trace).composite if ended else 0.0

    def fork(self) -> "ScoreReward":
        return self


def check_shaping(gamma: float, weight: float) -> None:
    """Raises BadSettings for a discount or a weight of shaping that makes no sense."""
    if not 0 < gamma <= 1:
        raise BadSettings(f"gamma {gamma}: give the learner's discount, above 0 and at most 1")
    if not 0 <= weight < inf:
        raise BadSettings(f"a weight {weight} of the shaping: give a number, at least 0")


class ShapedReward(RewardFunction):
    """ScoreReward plus `weight` times F = gamma * Φ(after) − Φ(before) in each step.

    Φ is what the memory holds (see HeldFacts). It is 0 before the first step and after the last
    one, also if that one was truncated. With Φ_0 = Φ_T = 0, the discounted sum of F over T steps

        Σ_t gamma^t (gamma Φ_(t+1) − Φ_t)  =  gamma^T Φ_T − Φ_0  =  0

    telescopes, whatever the agent does: nothing can be gained but the score, and the best policies
    stay the best (Ng, Harada and Russell 1999; for the end Grześ 2017). That holds for a learner
    that discounts by this gamma; with 1 the plain sum of the rewards is the score.
    """

    def __init__(self, gamma: float = 1.0, weight: float = 1.0) -> None:
        check_shaping(gamma, weight)
        self.gamma, self.weight = gamma, weight
        self._score, self._held = ScoreReward(), HeldFacts()
        self._before = 0.0

    def step(self, trace: Trace, *, ended: bool) -> float:
        after = 0.0 if ended else self._held.share(trace)
        shaping = self.gamma * after - self._before
        self._before = after
        return self._score.step(trace, ended=ended) + self.weight * shaping

    def fork(self) -> "ShapedReward":
        other = copy(self)
        other._held = self._held.fork()
        return other


class HeldFacts:
    """The share of a task's facts that the memory in a growing trace holds correctly.

    Each different fact counts once, in whatever layout and number of entries. Its importance is
    added if it is true as of the running event and subtracted if it is stale or wrong; what the
    task knows nothing of counts 0. The share is from −1 to 1. Every text is read once.
    """

    def __init__(self) -> None:
        self._records, self._event, self._total, self._sum = 0, -1, 0, 0
        self._entries: dict[str, str] = {}
        self._facts: dict[str, frozenset[Statement]] = {}
        """By text: the facts that it states."""
        self._stated: Counter[Statement] = Counter()
        """By fact: in how many entries it stands."""
        self._values: dict[Statement, int] = {}
        """By fact: its importance with its sign, as of the running event."""
        self._reader: TraceReader | None = None
        self._track: Track | None = None
        self._read: Callable[[str], Sequence[Statement]] | None = None

    def share(self, trace: Trace) -> float:
        """The share after the trace's last record; the trace has its gold table."""
        new = trace.records[self._records :]
        self._records = len(trace.records)
        updates = [record for record in new if isinstance(record, MemoryUpdate)]
        self._track = self._track or track_of(trace)
        shown = replace(trace, records=new).environment_texts(self._track.tool_names)
        first = next((event for event, _ in shown), None if self._reader else 0)
        if first is not None:
            self._judge(trace, first)
        for update in updates:
            self._apply(update)
        return max(-1.0, min(1.0, self._sum / self._total))

    def fork(self) -> "HeldFacts":
        """An independent copy."""
        other = copy(self)
        other._entries, other._facts = dict(self._entries), dict(self._facts)
        other._stated, other._values = Counter(self._stated), dict(self._values)
        return other

    def _judge(self, trace: Trace, first: int) -> None:
        """Judges anew the facts that the environment has stated or changed since an event."""
        self._reader = reader = reader_of(trace)
        # Without what was shown, which grows: whether a fact is true is judged apart.
        self._read = self._read or track_of(trace).facts(trace.system).read
        self._event = trace.records[-1].event
        self._total = self._total or sum(map(reader.importance, reader.true_facts())) or 1
        stated = (fact for _, fact in reader.stated(range(first, self._event + 1)))
        # A relation may be stated from either end.
        keys = {(end, fact.key) for fact in stated for end in (fact.subject, fact.text)}
        for fact in [fact for fact in self._values if fact[:2] in keys]:
            before = self._values.pop(fact)
            if fact in self._stated:
                self._sum += self._value(fact) - before

    def _apply(self, update: MemoryUpdate) -> None:
        changed = {entry.id: entry.text for entry in update.entries}
        for id in (*changed, *update.dropped):
            if id in self._entries:
                self._count(self._entries.pop(id), -1)
        for text in changed.values():
            self._count(text, 1)
        self._entries.update(changed)

    def _count(self, text: str, change: int) -> None:
        """Adds an entry with this text, or removes one."""
        if text not in self._facts:
            assert self._read is not None  # share() has made it.
            self._facts[text] = frozenset(f.content for f in self._read(text) if f.holds)
        for fact in self._facts[text]:
            before = self._stated[fact]
            self._stated[fact] += change
            if not before:
                self._sum += self._value(fact)
            elif not self._stated[fact]:
                del self._stated[fact]
                self._sum -= self._value(fact)

    def _value(self, fact: Statement) -> int:
        if fact not in self._values:
            assert self._reader is not None  # share() has made it.
            sign = _SIGNS[self._reader.condition(fact, self._event)]
            self._values[fact] = sign * self._reader.importance(fact)
        return self._values[fact]


REWARDS = {
    "score": "memorygym.training.rewards:ScoreReward",
    "shaped": "memorygym.training.rewards:ShapedReward",
    "memrm": "memorygym.memrm.reward:CompactionReward",
}
"""By name: where a reward is."""


def reward_named(reward: str | RewardFunction) -> RewardFunction:
    """The reward, or the one of that name or `package.module:object`. Raises UnknownPart with the
    nearest name, and BadSettings for an object that is no reward."""
    if not isinstance(reward, str | type) and isinstance(reward, RewardFunction):
        return reward
    name = str(reward)
    if ":" not in name and name not in REWARDS:
        raise UnknownPart("reward", name, REWARDS)
    made = registry.load("rewards", REWARDS.get(name, name))
    try:
        made = made() if isinstance(made, type) else made
    except TypeError as error:
        raise BadSettings(f"the reward {name} cannot be made: {error}") from error
    if not isinstance(made, RewardFunction):
        raise BadSettings(f"the reward {name} has no step and fork: see RewardFunction")
    return made
