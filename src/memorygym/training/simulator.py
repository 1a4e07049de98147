"""Many tables of decisions played at once, as arrays; no text is written.

The state of an environment is what its memory would hold if the track's scripted hands carried the
same choices out in an episode of text; `tests/training` compares both.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from memorygym.core.errors import BadSettings
from memorygym.core.trace import Trace
from memorygym.training.decision_arrays import (
    ABSOLUTE,
    CHANGE,
    ENTRIES,
    FIRST_OF_EVENT,
    FORMER,
    FREE,
    ITEM,
    LEFT,
    PEAK,
    ROOM,
    ROW_COLUMNS,
    STATE_COLUMNS,
    SUBJECT,
    TOKENS,
    TOKENS_OF_NOTE,
    WRITES,
    Bools,
    Floats,
    Ints,
    TableArrays,
    situation_features,
)
from memorygym.training.decisions import (
    BOTH,
    CURRENT,
    DELETE,
    FEATURES,
    FIRST,
    ITEM_FEATURES,
    ITEMS,
    KEEP,
    REVISE,
    UPDATE,
)


class Simulator:
    """Groups of environments; those of a group play the same table, each on its own.

    `step` and the observations are arrays over environments (N), in the order of groups.
    """

    def __init__(self, groups: int, group: int, score: Callable[[Trace], float]) -> None:
        size = groups * group
        self.groups, self.group, self.size = groups, group, size
        self._score = score
        self._tables: list[TableArrays | None] = [None] * groups
        self._of = np.repeat(np.arange(groups), group)
        """By environment: its group."""
        self._all = np.arange(size)
        self.cursor = np.zeros(groups, np.intp)
        """By group: the number of the decision that is due."""
        self._features = np.zeros((groups, 0, len(FEATURES)), np.float32)
        self._item_features = np.zeros((groups, 0, ITEMS, len(ITEM_FEATURES)), np.float32)
        self._present = np.zeros((groups, 0, ITEMS), bool)
        self._prices = np.zeros((groups, 0, ITEMS), np.int32)
        self._rows = np.zeros((groups, 0, ROW_COLUMNS), np.int32)
        self._weights = np.zeros((groups, 0, ITEMS), np.float32)
        self._limits = np.zeros((groups, 3), np.int32)
        """By group: capacity, writes, slot."""
        self._held = np.zeros((size, 0, ITEMS + 1), np.int8)
        """What notes hold, by subject and item; the last item is the category."""
        self._lines = np.zeros((size, 0, 2), np.int32)
        """By subject: the tokens of its note, and 1 + the number of its entry; 0 without."""
        self._entries = np.zeros((size, 0, 2), np.int32)
        """By entry: its tokens and its notes."""
        self._worth = np.zeros((size, 0), np.float32)
        """By subject: what its note adds to the potential."""
        self._state = np.zeros((size, STATE_COLUMNS), np.int32)
        self.potential = np.zeros(size, np.float32)
        """The share of all facts, by importance, that is held as it is true now; a stale one
        counts against."""
        self._right: list[Bools] = [np.zeros((group, 0), bool)] * groups

    def load(self, number: int, table: TableArrays) -> None:
        """Starts a table in a group."""
        budget = table.table.task.budget
        limits = budget.capacity, budget.writes, budget.slot
        if None in limits:
            raise BadSettings("structured decisions need a task with capacity, writes and slot")
        steps, subjects = len(table.rows), table.table.subjects
        for extent, names in (
            (steps, ("_features", "_item_features", "_present", "_prices", "_rows")),
            (subjects, ("_weights", "_held", "_lines", "_worth")),
            (budget.writes or 0, ("_entries",)),
        ):
            for name in names:
                setattr(self, name, _widened(getattr(self, name), extent))
        self._features[number, :steps] = table.features
        self._item_features[number, :steps] = table.item_features
        self._present[number, :steps] = table.present
        self._prices[number, :steps] = table.prices
        self._rows[number, :steps] = table.rows
        self._weights[number, :subjects] = table.weights
        self._limits[number] = limits
        own = slice(number * self.group, (number + 1) * self.group)
        for array in (
            self._held,
            self._lines,
            self._entries,
            self._worth,
            self._state,
            self.potential,
        ):
            array[own] = 0
        self._tables[number] = table
        self._right[number] = np.zeros((self.group, len(table.needs)), bool)
        self.cursor[number] = 0
        self._answer(number)

    def observe(self, decision: Floats, items: Floats, present: NDArray[np.int8]) -> None:
        """Writes the observations: features of the decision and of the situation (N, ·), features
        of the items (N, M, ·), and which items may be chosen (N, M)."""
        of, at = self._of, self.cursor[self._of]
        static = self._features.shape[2]
        decision[:, :static] = self._features[of, at]
        decision[:, static:] = self._situation()
        items[:] = self._item_features[of, at]
        present[:] = self._present[of, at]

    def _situation(self) -> Floats:
        row = self._rows[self._of, self.cursor[self._of]]
        limits, subject = self._limits[self._of], row[:, SUBJECT]
        room = np.where(row[:, FIRST_OF_EVENT], 0, self._state[:, ROOM])
        held = self._lines[self._all, subject, 1] > 0
        old = self._held[self._all, subject, row[:, ITEM]] == FIRST
        left = limits[:, 0] - self._state[:, TOKENS]
        writes_left = limits[:, 1] - self._state[:, WRITES]
        is_change = row[:, CHANGE] > 0
        numbers = np.column_stack(
            [
                left,
                writes_left,
                np.where(is_change, 0, room),
                row[:, LEFT],
                held & is_change,
                old & is_change,
            ]
        )
        return situation_features(numbers, limits)

    def step(self, operations: Ints, chosen: Bools) -> list[int]:
        """Carries out the choices (N) and (N, M); returns the groups whose tables have ended."""
        at = self.cursor[self._of]
        row = self._rows[self._of, at]
        change = row[:, CHANGE] > 0
        self._state[row[:, FIRST_OF_EVENT] > 0, ROOM] = 0
        self._store(
            row,
            self._prices[self._of, at],
            chosen & self._present[self._of, at],
            ~change & (operations == KEEP),
        )
        if change.any():
            self._change(row, self._prices[self._of, at], operations, change)
        np.maximum(self._state[:, PEAK], self._state[:, TOKENS], out=self._state[:, PEAK])
        self.cursor += 1
        return [number for number in range(self.groups) if self._answer(number)]

    def _store(self, row: Ints, prices: Ints, chosen: Bools, keep: Bools) -> None:
        """Stores notes of records, where they fit."""
        state, limits = self._state, self._limits[self._of]
        tokens = row[:, TOKENS_OF_NOTE] + (prices * chosen).sum(1)
        left = limits[:, 0] - state[:, TOKENS]
        joins = keep & (tokens + 1 <= state[:, ROOM])
        begins = keep & ~joins & (tokens <= limits[:, 2]) & (state[:, WRITES] < limits[:, 1])
        joins &= tokens + 1 <= left
        begins &= tokens <= left
        at = self._all[begins | joins]
        self._add(at, row[at, SUBJECT], tokens[at], begins[at], limits[at, 2])
        held = self._held[at, row[at, SUBJECT]]
        held[:, :-1] = chosen[at] * FIRST
        held[:, -1] = FIRST
        self._held[at, row[at, SUBJECT]] = held
        weights = self._weights[self._of[at], row[at, SUBJECT]]
        self._gain(at, row[at, SUBJECT], (weights * chosen[at]).sum(1))

    def _add(self, at: Ints, subject: Ints, tokens: Ints, begins: Bools, slot: Ints) -> None:
        """Adds notes of that many tokens to the memories `at`, each in a new entry or the last."""
        state = self._state
        state[at, ENTRIES] += begins
        state[at, WRITES] += begins
        added = tokens + ~begins
        state[at, ROOM] = np.where(begins, slot, state[at, ROOM]) - added
        state[at, TOKENS] += added
        entry = state[at, ENTRIES]
        self._lines[at, subject, 0], self._lines[at, subject, 1] = tokens, entry
        self._entries[at, entry - 1, 0] += added
        self._entries[at, entry - 1, 1] += 1

    def _gain(self, at: Ints, subject: Ints, amount: Floats) -> None:
        self._worth[at, subject] += amount
        self.potential[at] += amount

    def _change(self, row: Ints, prices: Ints, operations: Ints, change: Bools) -> None:
        """Carries out the decisions about changes."""
        every, subject, item = self._all, row[:, SUBJECT], row[:, ITEM]
        state, limits = self._state, self._limits[self._of]
        entry = self._lines[every, subject, 1]
        has_note = change & (entry > 0)
        old = has_note & (self._held[every, subject, item] == FIRST)
        weight = self._weights[self._of, subject, item]
        at = every[old]
        self._gain(at, subject[at], -2 * weight[at])  # The value that is held is stale from now on.
        new = prices[every, item]
        longer = new - row[:, FORMER] * (operations == UPDATE) + (operations == REVISE)
        may_edit = (row[:, FREE] > 0) | (state[:, WRITES] < limits[:, 1])
        fits = (self._entries[every, np.maximum(entry - 1, 0), 0] + longer <= limits[:, 2]) & (
            state[:, TOKENS] + longer <= limits[:, 0]
        )
        edits = old & ((operations == UPDATE) | (operations == REVISE)) & may_edit & fits
        deletes = has_note & (operations == DELETE) & may_edit
        tokens = row[:, TOKENS_OF_NOTE] + new
        writes = (
            change
            & (entry == 0)
            & (operations == KEEP)
            & (row[:, ABSOLUTE] > 0)
            & (state[:, WRITES] < limits[:, 1])
            & (tokens <= limits[:, 2])
            & (state[:, TOKENS] + tokens <= limits[:, 0])
        )
        self._edit(every[edits], subject, item, longer, operations)
        self._gain(every[edits], subject[edits], 2 * weight[edits])
        self._delete(every[deletes], subject)
        paid = (edits | deletes) & (row[:, FREE] == 0)
        state[paid, WRITES] += 1
        at = every[writes]
        self._add(at, subject[at], tokens[at], np.ones(len(at), bool), limits[at, 2])
        self._held[at, subject[at], item[at]] = CURRENT
        self._gain(at, subject[at], weight[at])

    def _edit(self, at: Ints, subject: Ints, item: Ints, longer: Ints, operations: Ints) -> None:
        where = subject[at]
        self._held[at, where, item[at]] = np.where(operations[at] == REVISE, BOTH, CURRENT)
        entry = self._lines[at, where, 1] - 1
        self._lines[at, where, 0] += longer[at]
        self._entries[at, entry, 0] += longer[at]
        self._state[at, TOKENS] += longer[at]

    def _delete(self, at: Ints, subject: Ints) -> None:
        where = subject[at]
        entry = self._lines[at, where, 1] - 1
        shorter = self._lines[at, where, 0] + (self._entries[at, entry, 1] > 1)
        self._entries[at, entry, 0] -= shorter
        self._entries[at, entry, 1] -= 1
        self._state[at, TOKENS] -= shorter
        self._lines[at, where] = 0
        self._held[at, where] = 0
        self._gain(at, where, -self._worth[at, where])

    def _answer(self, number: int) -> bool:
        """Answers the goals that are due in a group; returns whether its table has ended."""
        table = self._tables[number]
        assert table is not None
        cursor = int(self.cursor[number])
        first = number * self.group
        for goal in table.due[cursor]:
            subjects, items, least = table.needs[goal]
            state = self._held[first : first + self.group, subjects, items]
            right = (state >= least).all(1)
            strict = table.table.goals[goal].is_strict
            unsure = ~right & ((state > 0).all(1) if strict else True)
            for index in np.flatnonzero(unsure):
                right[index] = self._is_right(table, goal, first + int(index))
            self._right[number][:, goal] = right
        return cursor == len(table.rows)

    def _is_right(self, table: TableArrays, goal: int, environment: int) -> bool:
        """Whether a goal is reached, as the scripted reader decides it."""
        subjects, items = table.relevant[goal]
        state = self._held[environment, subjects, items]
        key = goal, state.tobytes()
        if key not in table.answers:
            places = zip(subjects.tolist(), items.tolist(), state.tolist(), strict=True)
            held = {(subject, item): value for subject, item, value in places if value}
            table.answers[key] = table.table.right(goal, held)
        return table.answers[key]

    def score(self, environment: int) -> float:
        """The score of an environment whose table has ended."""
        table = self._tables[self._of[environment]]
        assert table is not None
        right = self._right[self._of[environment]][environment % self.group]
        writes, peak = map(int, self._state[environment, [WRITES, PEAK]])
        key = right.tobytes(), writes, peak
        if key not in table.scores:
            table.scores[key] = self._score(table.table.trace(right.tolist(), writes, peak))
        score: float = table.scores[key]
        return score


def _widened(array: NDArray[Any], extent: int) -> NDArray[Any]:
    """The array with at least `extent` places along its second axis."""
    lacking = extent - array.shape[1]
    if lacking <= 0:
        return array
    return np.pad(array, [(0, lacking if axis == 1 else 0) for axis in range(array.ndim)])
