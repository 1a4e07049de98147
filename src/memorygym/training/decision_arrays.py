"""Tables of decisions as arrays, what a policy sees of a decision, and what it decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from memorygym.core.errors import BadSettings
from memorygym.training.decisions import (
    BOTH,
    CURRENT,
    FIRST,
    ITEM_FEATURES,
    ITEMS,
    OPERATIONS,
    DecisionTable,
)

Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int32]
Bools: TypeAlias = NDArray[np.bool_]
SITUATION = (
    "tokens left",
    "writes left",
    "room",
    "tokens a document",
    "writes a document",
    "held",
    "old",
)
"""The features of a situation."""
ROW_COLUMNS, STATE_COLUMNS = 9, 5
SUBJECT, CHANGE, TOKENS_OF_NOTE, FORMER, ABSOLUTE, FREE, LEFT, ITEM, FIRST_OF_EVENT = range(
    ROW_COLUMNS
)
"""The columns of `TableArrays.rows`, what a decision states."""
TOKENS, WRITES, PEAK, ROOM, ENTRIES = range(STATE_COLUMNS)
"""The columns of an environment's state: tokens held, writes, most tokens held so far, room in the
last entry, entries made."""


@dataclass(slots=True)
class TableArrays:
    """A table as arrays; T decisions, S subjects, M items."""

    table: DecisionTable
    features: Floats
    """(T, features)."""
    item_features: Floats
    """(T, M, item features)."""
    present: Bools
    """(T, M): the items that the text states."""
    prices: Ints
    """(T, M): the tokens that an item adds."""
    rows: Ints
    """(T, ROW_COLUMNS)."""
    weights: Floats
    """(S, M): the importance of each fact, as a share of that of all facts."""
    due: Sequence[Sequence[int]]
    """By decision, and after the last one: the goals that are due before it."""
    needs: Sequence[tuple[Ints, Ints, Ints]]
    """By goal: subjects, items, and the least state that is right."""
    relevant: Sequence[tuple[Ints, Ints]]
    """By goal: the subjects and items that may alter whether it is reached."""
    answers: dict[tuple[int, bytes], bool] = field(default_factory=dict)
    """By goal and state of what is relevant: whether it is reached."""
    scores: dict[tuple[bytes, int, int], float] = field(default_factory=dict)
    """By reached goals, writes and peak: the score."""


def arrays_of(table: DecisionTable) -> TableArrays:
    """The arrays of a table."""
    size = len(table.decisions)
    item_features = np.zeros((size, ITEMS, len(ITEM_FEATURES)), np.float32)
    present, prices = np.zeros((size, ITEMS), bool), np.zeros((size, ITEMS), np.int32)
    weights, rows, event = np.zeros((table.subjects, ITEMS), np.float32), [], -1
    for row, decision in enumerate(table.decisions):
        for item, price in decision.items.items():
            present[row, item], prices[row, item] = True, price
            item_features[row, item] = decision.item_features[item]
            if not decision.is_change:
                weights[decision.subject, item] = decision.weights[item]
        item = min(decision.items) if decision.is_change else 0
        rows.append(
            (
                decision.subject,
                decision.is_change,
                decision.tokens,
                decision.former,
                decision.is_absolute,
                decision.is_free,
                decision.left,
                item,
                decision.event != event,
            )
        )
        event = decision.event
    return TableArrays(
        table,
        np.array([d.features for d in table.decisions], np.float32),
        item_features,
        present,
        prices,
        np.array(rows, np.int32),
        weights / max(1.0, float(weights.sum())),
        _due(table),
        [_needs(table, goal) for goal in range(len(table.goals))],
        [(at[:, 0], at[:, 1]) for at in (np.array(goal.relevant) for goal in table.goals)],
    )


def _due(table: DecisionTable) -> list[list[int]]:
    events = [decision.event for decision in table.decisions]
    return [
        [i for i, goal in enumerate(table.goals) if start <= goal.event < end]
        for start, end in zip([-1, *events], [*events, np.inf], strict=True)
    ]


def _needs(table: DecisionTable, goal: int) -> tuple[Ints, Ints, Ints]:
    requirement = table.goals[goal]
    least = [
        BOTH
        if former
        else CURRENT
        if table.changed.get((subject, item), np.inf) < requirement.event
        else FIRST
        for subject, item, former in requirement.needs
    ]
    subjects, items, _ = zip(*requirement.needs, strict=True)
    return np.array(subjects), np.array(items), np.array(least)


def situation_features(numbers: Ints, limits: Ints) -> Floats:
    """The features of situations (N, SITUATION).

    `numbers` (N, 6) are tokens left, writes left, room, documents left, held, old; `limits` (N, 3)
    capacity, writes and slot.
    """
    tokens, writes, room, left, held, old = numbers.T
    capacity, most_writes, slot = limits.T
    documents = left + 1
    return np.column_stack(
        [
            tokens / capacity,
            writes / most_writes,
            room / slot,
            np.minimum(tokens / documents / slot, 2),
            np.minimum(writes / documents, 2),
            held,
            old,
        ]
    ).astype(np.float32)


def read_action(action: Any, shape: tuple[int, ...], items: int) -> tuple[Ints, Bools]:
    """The operations and the chosen items of an action, of the shapes (N) and (N, M).

    Raises BadSettings for another action: NumPy would stretch arrays of other shapes.
    """
    if not isinstance(action, Mapping) or not {"operation", "items"} <= action.keys():
        raise BadSettings(f'{action!r:.60}: an action is {{"operation": …, "items": …}}')
    operations, chosen = np.asarray(action["operation"]), np.asarray(action["items"])
    if operations.shape != shape or chosen.shape != (*shape, items):
        raise BadSettings(
            f"operations of the shape {operations.shape} and items of {chosen.shape}: give"
            f" {shape} and {(*shape, items)}"
        )
    is_number = operations.dtype.kind in "biu"
    if not is_number or operations.min() < 0 or operations.max() >= len(OPERATIONS):
        raise BadSettings(f"operations {operations}: give integers, 0 to {len(OPERATIONS) - 1}")
    if chosen.dtype.kind not in "biuf" or not ((chosen == 0) | (chosen == 1)).all():
        raise BadSettings(f"items {chosen}: give 1 for each item to store, else 0")
    return operations, chosen.astype(bool)
