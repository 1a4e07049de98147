"""A small policy of structured decisions, in numpy: the chances of the operations.

Its gradients are written out and tested numerically.
"""

import numpy as np

from memorygym.training.decisions import FEATURES, Bools, Floats, Ints, Operation

Weights = dict[str, Floats]
NEVER = np.float32(-1e9)
"""The logit of an operation that is not possible."""
CHANGE, HELD, OLD = map(FEATURES.index, ("change", "held", "old"))


def initial(inputs: int, hidden: int, rng: np.random.Generator) -> Weights:
    """Random weights; all operations are about equally likely at the start."""
    shapes = {
        "first": (inputs, hidden),
        "second": (hidden, hidden),
        "last": (hidden, len(Operation)),
    }
    weights = {}
    for name, shape in shapes.items():
        scale = (0.1 if name == "last" else 1) / np.sqrt(shape[0])
        weights[name] = (scale * rng.standard_normal(shape)).astype(np.float32)
        weights[f"{name}_bias"] = np.zeros(shape[1], np.float32)
    return weights


def possible(seen: Floats) -> Bools:
    """(N, operations): those that can change something."""
    change, held, old = seen[:, [CHANGE, HELD, OLD]].T > 0
    always = np.ones_like(change)
    return np.stack([always, ~change | ~held, ~change, ~change, old, old], 1)


def forward(weights: Weights, seen: Floats) -> tuple[Floats, list[Floats]]:
    """The log-probabilities (N, operations), and the inputs of every layer."""
    inputs = [seen]
    for name in ("first", "second"):
        inputs.append(np.tanh(inputs[-1] @ weights[name] + weights[f"{name}_bias"]))
    logits = inputs[-1] @ weights["last"] + weights["last_bias"]
    logits = np.where(possible(seen), logits, NEVER)
    logits -= logits.max(1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(1, keepdims=True)), inputs


def sample(chances: Floats, rng: np.random.Generator) -> Ints:
    """Random operations (N) by their log-probabilities."""
    ends = np.exp(chances).cumsum(1)
    return (rng.random((len(chances), 1)) * ends[:, -1:] > ends).sum(1)


def gradient(
    weights: Weights, seen: Floats, operations: Ints, pull: Floats, entropy: float
) -> Weights:
    """The gradient of Σ pull · log-probability + entropy · Σ entropy."""
    logs, inputs = forward(weights, seen)
    chances = np.exp(logs)
    back = -chances * pull[:, None]
    back[np.arange(len(pull)), operations] += pull
    surprise = np.where(chances > 0, logs, 0)
    back -= entropy * chances * (surprise - (chances * surprise).sum(1, keepdims=True))
    slopes = {}
    for name, x in zip(("last", "second", "first"), reversed(inputs), strict=True):
        slopes[name], slopes[f"{name}_bias"] = x.T @ back, back.sum(0)
        back = (back @ weights[name].T) * (1 - x**2)
    return slopes
