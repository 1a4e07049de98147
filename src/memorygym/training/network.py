"""A small policy of structured decisions, in numpy: which operation, and which items to store.

The logit of an item comes from its own features and those of the decision, by one network for all
items, so the policy fits any schema. Its gradients are written out and tested numerically.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from memorygym.training.decision_arrays import SITUATION, Bools, Floats, Ints
from memorygym.training.decisions import DELETE, KEEP, OPERATIONS, REVISE, SKIP, UPDATE

Weights = dict[str, Floats]
NEVER = np.float32(-1e9)
"""The logit of an operation that is not possible."""
HELD, OLD = SITUATION.index("held") - len(SITUATION), SITUATION.index("old") - len(SITUATION)
"""The columns of a decision's features, from the end."""


@dataclass(frozen=True, slots=True)
class Observations:
    """What the policy sees at N decisions."""

    decision: Floats
    """(N, D)."""
    items: Floats
    """(N, M, F)."""
    present: Bools
    """(N, M)."""

    def at(self, index: Any) -> "Observations":
        """Those of some decisions."""
        return Observations(self.decision[index], self.items[index], self.present[index])


@dataclass(frozen=True, slots=True)
class Outputs:
    """The results of a forward pass."""

    operations: Floats
    """(N, operations): log-probabilities."""
    items: Floats
    """(N, M): the logit that an item is stored."""
    hidden: tuple[Floats, Floats]


def initial(decision: int, item: int, hidden: int, rng: np.random.Generator) -> Weights:
    """Random weights; all operations and items are about equally likely at the start."""

    def normal(*shape: int) -> Floats:
        return (rng.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32)

    def zeros(*shape: int) -> Floats:
        return np.zeros(shape, np.float32)

    return {
        "item_in": normal(item, hidden),
        "item_context": normal(decision, hidden),
        "item_bias": zeros(hidden),
        "item_out": 0.1 * normal(hidden, 1),
        "item_end": zeros(1),
        "operation_in": normal(decision, hidden),
        "operation_bias": zeros(hidden),
        "operation_out": 0.1 * normal(hidden, len(OPERATIONS)),
        "operation_end": zeros(len(OPERATIONS)),
    }


def possible(decision: Floats) -> Bools:
    """(N, operations): the operations that can change something. The first feature says whether a
    decision is about a change."""
    allowed = np.zeros((len(decision), len(OPERATIONS)), bool)
    change, held, old = decision[:, 0] > 0, decision[:, HELD] > 0, decision[:, OLD] > 0
    allowed[:, SKIP] = True
    allowed[:, KEEP] = ~change | ~held
    allowed[:, UPDATE] = allowed[:, REVISE] = change & old
    allowed[:, DELETE] = change & held
    return allowed


def forward(weights: Weights, seen: Observations) -> Outputs:
    """The policy at N decisions."""
    context = seen.decision @ weights["item_context"] + weights["item_bias"]
    hidden = np.tanh(seen.items @ weights["item_in"] + context[:, None])
    items = (hidden @ weights["item_out"])[..., 0] + weights["item_end"]
    layer = np.tanh(seen.decision @ weights["operation_in"] + weights["operation_bias"])
    logits = layer @ weights["operation_out"] + weights["operation_end"]
    logits = np.where(possible(seen.decision), logits, NEVER)
    logits -= logits.max(1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(1, keepdims=True))
    return Outputs(logits, items, (hidden, layer))


def stores(seen: Observations, operations: Ints) -> Bools:
    """(N, M): the items whose choice matters, those of a record that is kept."""
    kept = (operations == KEEP) & (seen.decision[:, 0] == 0)
    return seen.present & kept[:, None]


def log_probability(
    out: Outputs, seen: Observations, operations: Ints, chosen: Bools
) -> tuple[Floats, Floats]:
    """The log-probabilities of choices: of the operations (N), and of each item (N, M), 0 where the
    choice does not matter."""
    own = out.operations[np.arange(len(operations)), operations]
    items = -np.logaddexp(0, np.where(chosen, -out.items, out.items))
    return own, items * stores(seen, operations)


def sample(out: Outputs, rng: np.random.Generator) -> tuple[Ints, Bools]:
    """Random choices: operations (N) and items (N, M)."""
    return drawn(out, rng.random((len(out.items), 1)), rng.random(out.items.shape))


def drawn(out: Outputs, first: Floats, second: Floats) -> tuple[Ints, Bools]:
    """The choices that uniform numbers (N, 1) and (N, M) draw."""
    ends = np.exp(out.operations).cumsum(1)
    operations = (first * ends[:, -1:] > ends).sum(1).astype(np.int32)
    return operations, second < 1 / (1 + np.exp(-out.items))


def gradient(
    weights: Weights,
    out: Outputs,
    seen: Observations,
    choice: tuple[Ints, Bools],
    pulls: tuple[Floats, Floats],
    entropy: float,
) -> Weights:
    """The gradient of Σ pull · log-probability + entropy · Σ entropy of the operations and items.

    `pulls` are the derivatives of the objective by the log-probabilities: (N) and (N, M).
    """
    (operations, chosen), (pull, item_pull) = choice, pulls
    chances = np.exp(out.operations)
    to_logits = -chances * pull[:, None]
    to_logits[np.arange(len(pull)), operations] += pull
    surprise = np.where(chances > 0, out.operations, 0)
    spread = -(chances * surprise).sum(1, keepdims=True)
    to_logits -= entropy * chances * (surprise + spread)
    odds = 1 / (1 + np.exp(-out.items))
    to_items = (chosen - odds) * item_pull - entropy * out.items * odds * (1 - odds)
    to_items *= stores(seen, operations)
    hidden, layer = out.hidden
    back = to_items[..., None] * weights["item_out"][:, 0] * (1 - hidden**2)
    layer_back = (to_logits @ weights["operation_out"].T) * (1 - layer**2)
    flat, width = back.reshape(-1, back.shape[-1]), seen.items.shape[-1]
    return {
        "item_in": seen.items.reshape(-1, width).T @ flat,
        "item_context": seen.decision.T @ back.sum(1),
        "item_bias": flat.sum(0),
        "item_out": hidden.reshape(flat.shape).T @ to_items.reshape(-1, 1),
        "item_end": to_items.sum(keepdims=True)[0],
        "operation_in": seen.decision.T @ layer_back,
        "operation_bias": layer_back.sum(0),
        "operation_out": layer.T @ to_logits,
        "operation_end": to_logits.sum(0),
    }
