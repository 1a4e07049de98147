"""Memories of one task, played at once as arrays; no text is written.

Their state is what an episode of text would hold if the track's scripted hands made the same
choices; `tests/training` compares both. Arrays are over the N memories.
"""

from collections.abc import Callable

import numpy as np

from memorygym.core.trace import Trace
from memorygym.scoring.episode_scores import score
from memorygym.training.decisions import (
    NEWS,
    Decision,
    Floats,
    Ints,
    Operation,
    Situation,
    TaskTable,
)

Reward = Callable[[Trace], float]


def composite(trace: Trace) -> float:
    """The reward at the end of an episode: the track's score, from 0 to 1."""
    return score(trace).composite


class Group:
    """N memories of one task, each with choices of its own."""

    def __init__(self, table: TaskTable, size: int, reward: Reward = composite) -> None:
        self.table, self.cursor, self._reward = table, 0, reward
        self._notes, self._places = np.zeros((2, size, len(table.tokens)), np.intp)
        """By subject: the state of its note, and the number of its entry, from 1."""
        self._entries = np.zeros((size, table.limits[1] + 1), np.intp)
        """By entry: its tokens."""
        self._before, self._made, self._tokens = np.zeros((3, size), np.intp)
        """Entries made before the event, and by now; tokens held."""
        self.writes, self.peak = np.zeros((2, size), np.intp)
        """Writes, and most tokens held so far."""
        self.scores = np.zeros(size, np.float32)
        """The rewards, once the episodes have ended; 0 before."""
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
                self._rooms().max(1) * (not is_change),
                self.table.limits,
                (note > 0) & is_change,
                self._is_old(decision) & is_change,
            )
        )

    def _rooms(self) -> Ints:
        """The tokens that the entries of this event can still take."""
        entry = np.arange(self._entries.shape[1])
        is_new = (self._before[:, None] < entry) & (entry <= self._made[:, None])
        rooms: Ints = is_new * (self.table.limits[2] - self._entries)
        return rooms

    def _is_old(self, decision: Decision) -> Ints:
        """Whether a note holds a value as it was before its change."""
        note = self._notes[:, decision.subject]
        is_first = (note > 0) & (note < 3)
        return is_first & (self.table.tokens[decision.subject, is_first * note + 4] > 0)

    def step(self, operations: Ints) -> None:
        """Carries out the operations (N)."""
        decision = self.table.decisions[self.cursor]
        (self._change if decision.is_change else self._store)(decision, operations)
        np.maximum(self.peak, self._tokens, out=self.peak)
        self.cursor += 1
        self._answer()
        if self.ended:
            outcomes = np.column_stack([self._right, self.writes, self.peak])
            kinds, kind = np.unique(outcomes, axis=0, return_inverse=True)
            traces = [self.table.trace(row[:-2], *row[-2:]) for row in kinds.tolist()]
            self.scores = np.array(list(map(self._reward, traces)), np.float32)[kind]
        elif self.table.decisions[self.cursor].event != decision.event:
            self._before[:] = self._made

    def _store(self, decision: Decision, operations: Ints) -> None:
        """Stores notes of a record, where they fit."""
        capacity, writes, slot = self.table.limits
        states = np.where(operations <= Operation.WHOLE, operations, 0)
        tokens, left = self.table.tokens[decision.subject, states], capacity - self._tokens
        fits = tokens[:, None] + 1 <= self._rooms()
        joins = (states > 0) & fits.any(1)
        begins = (states > 0) & ~joins & (tokens <= slot) & (self.writes < writes)
        at = np.flatnonzero((joins & (tokens + 1 <= left)) | (begins & (tokens <= left)))
        self._add(at, decision.subject, states[at], np.where(joins, fits.argmax(1), 0)[at])

    def _add(self, at: Ints, subject: int, states: Ints, place: Ints) -> None:
        """Adds notes to the memories `at`, each in that entry, or in a new one for 0."""
        begins = place == 0
        added = self.table.tokens[subject, states] + ~begins
        self._made[at] += begins
        self.writes[at] += begins
        place = np.where(begins, self._made[at], place)
        self._tokens[at] += added
        self._entries[at, place] += added
        self._notes[at, subject], self._places[at, subject] = states, place

    def _change(self, decision: Decision, operations: Ints) -> None:
        """Carries out a decision about a change."""
        (capacity, writes, slot), subject = self.table.limits, decision.subject
        tokens, left = self.table.tokens[subject], capacity - self._tokens
        note, place = self._notes[:, subject].copy(), self._places[:, subject]
        may_write = self.writes < writes
        is_first = (note > 0) & (note < 3)
        new = note + 2 * np.maximum(operations - 2, 0) * is_first
        new = np.where(tokens[new] > 0, new, note)
        longer = tokens[new] - tokens[note]
        fits = longer <= np.minimum(left, slot - self._entries[np.arange(len(note)), place])
        edits = (new != note) & (may_write | decision.is_free) & fits
        adds = (note == 0) & (operations == Operation.UPDATE) & may_write & (tokens[NEWS] > 0)
        adds = np.flatnonzero(adds & (tokens[NEWS] <= np.minimum(slot, left)))
        at = np.flatnonzero(edits)
        self._entries[at, place[at]] += longer[at]
        self._tokens[at] += longer[at]
        self._notes[at, subject] = new[at]
        self.writes[at] += not decision.is_free
        self._add(adds, subject, np.full(len(adds), NEWS), np.zeros(len(adds), int))

    def _answer(self) -> None:
        """Answers the goals that are due."""
        for number in self.table.due[self.cursor]:
            states = self._notes[:, self.table.goals[number].subjects]
            self._right[:, number] = [self.table.right(number, own) for own in states]
