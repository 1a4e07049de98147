"""Memories of one task, played at once as arrays; no text is written.

Their state is what an episode of text would hold if the track's scripted hands made the same
choices; `tests/training` compares both. Arrays are over the N memories.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from memorygym.core.trace import Trace
from memorygym.scoring.episode_scores import score
from memorygym.training.decisions import NEWS, Decision, Floats, Ints, Operation, Situation, Table
from memorygym.training.rewards import check_shaping


def composite(trace: Trace) -> float:
    """The reward at the end of an episode: the track's score, from 0 to 1."""
    return score(trace).composite


@dataclass(frozen=True, slots=True)
class Objective:
    """What a step earns. Raises BadSettings for a wrong number."""

    reward: Callable[[Trace], float] = composite
    """Earned at the end."""
    shaping: float = 0.0
    """Weight of the potential difference γΦ(s′) − Φ(s); Φ is 0 at the end, so that it adds nothing
    to an episode."""
    gamma: float = 1.0

    def __post_init__(self) -> None:
        check_shaping(self.gamma, self.shaping)


class Group:
    """N memories of one task, each with choices of its own."""

    def __init__(self, table: Table, size: int, objective: Objective = Objective()) -> None:
        self.table, self.objective, self.cursor = table, objective, 0
        self._notes, self._places = np.zeros((2, size, len(table.tokens)), np.intp)
        """By subject: the state of its note, and the number of its entry, from 1."""
        self._entries = np.zeros((size, table.limits[1] + 1), np.intp)
        """By entry: its tokens."""
        self._made, self._room, self._tokens, self.writes, self.peak = np.zeros((5, size), np.intp)
        """Entries, room in the last one, tokens held; writes, and most tokens held so far."""
        self.potential = np.zeros(size, np.float32)
        """The share of all facts, by importance, that is held as it is true now; a stale one
        counts against."""
        self.scores = np.full(size, np.nan, np.float32)
        """The objective's rewards at the end."""
        self._right = np.zeros((size, len(table.goals)), bool)
        self._answer()

    @property
    def ended(self) -> bool:
        """Whether all decisions are made."""
        return self.cursor == len(self.table.decisions)

    def observe(self) -> Floats:
        """What a policy sees of the decision that is due: (N, FEATURES)."""
        decision, (capacity, writes, _) = self.table.decisions[self.cursor], self.table.limits
        note, is_change = self._notes[:, decision.subject], decision.is_change
        return decision.observe(
            Situation(
                capacity - self._tokens,
                writes - self.writes,
                self._room * (not is_change),
                self.table.limits,
                (note > 0) & is_change,
                self._is_old(decision) & is_change,
            )
        )

    def _is_old(self, decision: Decision) -> Ints:
        """Whether a note holds a value as it was before its change."""
        note = self._notes[:, decision.subject]
        is_first = (note > 0) & (note < 4)
        return is_first & (self.table.tokens[decision.subject, is_first * note + 3] > 0)

    def step(self, operations: Ints) -> Floats:
        """Carries out the operations (N); returns the rewards."""
        decision, before = self.table.decisions[self.cursor], self.potential.copy()
        (self._change if decision.is_change else self._store)(decision, operations)
        np.maximum(self.peak, self._tokens, out=self.peak)
        self.cursor += 1
        self._answer()
        shaping, gamma = self.objective.shaping, self.objective.gamma
        if self.ended:
            outcomes = np.column_stack([self._right, self.writes, self.peak])
            kinds, kind = np.unique(outcomes, axis=0, return_inverse=True)
            traces = [
                self.table.trace(right, writes, peak) for *right, writes, peak in kinds.tolist()
            ]
            self.scores = np.array(list(map(self.objective.reward, traces)), np.float32)[kind]
            return self.scores - shaping * before
        if self.table.decisions[self.cursor].event != decision.event:
            self._room[:] = 0
        return shaping * (gamma * self.potential - before)

    def _store(self, decision: Decision, operations: Ints) -> None:
        """Stores notes of a record, where they fit."""
        capacity, writes, slot = self.table.limits
        states = np.where(operations <= Operation.WHOLE, operations, 0)
        tokens, left = self.table.tokens[decision.subject, states], capacity - self._tokens
        joins = (states > 0) & (tokens + 1 <= self._room)
        begins = (states > 0) & ~joins & (tokens <= slot) & (self.writes < writes)
        at = np.flatnonzero((joins & (tokens + 1 <= left)) | (begins & (tokens <= left)))
        self._add(at, decision.subject, states[at], begins[at])

    def _add(self, at: Ints, subject: int, states: Ints, begins: Ints) -> None:
        """Adds notes to the memories `at`, each in a new entry or the last."""
        added = self.table.tokens[subject, states] + ~begins
        self._made[at] += begins
        self.writes[at] += begins
        self._room[at] = np.where(begins, self.table.limits[2], self._room[at]) - added
        self._tokens[at] += added
        self._entries[at, self._made[at]] += added
        self._notes[at, subject], self._places[at, subject] = states, self._made[at]
        self.potential[at] += self.table.worth[subject, states]

    def _change(self, decision: Decision, operations: Ints) -> None:
        """Carries out a decision about a change."""
        (capacity, writes, slot), subject = self.table.limits, decision.subject
        tokens, left = self.table.tokens[subject], capacity - self._tokens
        note, place = self._notes[:, subject], self._places[:, subject]
        old, may_write = self._is_old(decision), self.writes < writes
        weight = self.table.weight(decision)
        self.potential -= 2 * weight * old  # What is held is stale from now on.
        new = np.where(old, note + 3 * np.maximum(operations - 3, 0), note)
        longer = tokens[new] - tokens[note]
        fits = longer <= np.minimum(left, slot - self._entries[np.arange(len(note)), place])
        edits = (new != note) & (may_write | decision.is_free) & fits
        adds = (note == 0) & (operations == Operation.KEY) & may_write & (tokens[NEWS] > 0)
        adds = np.flatnonzero(adds & (tokens[NEWS] <= np.minimum(slot, left)))
        at = np.flatnonzero(edits)
        self._entries[at, place[at]] += longer[at]
        self._tokens[at] += longer[at]
        self._notes[at, subject] = new[at]
        self.writes[at] += not decision.is_free
        self.potential[at] += 2 * weight
        self._add(adds, subject, np.full(len(adds), NEWS), np.ones(len(adds), bool))

    def _answer(self) -> None:
        """Answers the goals that are due."""
        for number in self.table.due[self.cursor]:
            states = self._notes[:, self.table.goals[number].subjects]
            self._right[:, number] = [self.table.right(number, own) for own in states]
