"""Trains a policy of structured decisions by a critic-free policy gradient, in numpy.

Groups of episodes play the same task. The advantage of every decision of an episode is its score
minus the mean of the others of its group (leave-one-out, as in LOOP, Chen et al. 2025, arXiv
2502.01600; it is not divided by the standard deviation), and updates are clipped as in PPO
(Schulman et al. 2017, arXiv 1707.06347). The gradients of the network, which has two hidden
layers, are written out and tested numerically.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.core.rng import named_rng
from memorygym.scoring.episode_scores import score
from memorygym.training.decisions import FEATURES, Floats, Ints, Operation, TaskTable
from memorygym.training.settings import HIDDEN, Training
from memorygym.training.simulator import Group, Reward, composite
from memorygym.training.structured_agent import check_track
from memorygym.training.tasks import TaskStream, recipes

FORMAT = "memorygym-policy-2"
BETA, BETA_SQUARED, SMALL = 0.9, 0.999, 1e-8
"""The constants of Adam."""
NEVER = np.float32(-1e9)
"""The logit of an operation that is not possible."""
CHANGE, OLD = map(FEATURES.index, ("change", "old"))
Weights = dict[str, Floats]


@dataclass(slots=True)
class Learner:
    """The state of a training run."""

    training: Training
    weights: Weights
    first: Weights
    """Adam's mean of gradients."""
    second: Weights
    """Adam's mean of squared gradients."""
    steps: int = 0
    """Updates of the weights."""
    iteration: int = 0
    curve: list[float] = field(default_factory=list)
    """By iteration: the mean score of its episodes."""

    @classmethod
    def new(cls, training: Training) -> Self:
        """An untrained policy. Raises BadSettings for tasks without structured decisions."""
        weights = initial_weights(training.track, training.seed, training.hidden)
        TaskTable(recipes(training.track, "train", range(1), **training.parameters)[0].generate())
        first, second = ({n: np.zeros_like(w) for n, w in weights.items()} for _ in range(2))
        return cls(training, weights, first, second)

    @classmethod
    def load(cls, path: Path, training: Training) -> Self:
        """The state that `save` wrote. Raises BadSettings for a damaged file or another run's."""
        raw, (weights, first, second) = read_policy(path, "weights", "first", "second")
        stored, wanted = {**raw["training"], "iterations": training.iterations}, asdict(training)
        if other := [f"{n} {stored.get(n)}" for n in wanted if stored.get(n) != wanted[n]]:
            raise BadSettings(
                f"{path} was trained with other settings ({', '.join(other)}): name another file,"
                " or delete it"
            )
        return cls(training, weights, first, second, raw["steps"], raw["iteration"], raw["curve"])

    def save(self, path: Path) -> None:
        """Writes the state, from which training continues to the same weights."""
        parts = {"weights": self.weights, "first": self.first, "second": self.second}
        state = {"steps": self.steps, "iteration": self.iteration, "curve": self.curve}
        lists = {name: {n: w.tolist() for n, w in part.items()} for name, part in parts.items()}
        write_atomically(path, [self._document(**state, **lists)])

    def policy(self) -> bytes:
        """The policy alone, as `training.manager` reads it: weights to six places."""
        weights = {n: np.round(w.astype(float), 6).tolist() for n, w in self.weights.items()}
        return self._document(weights=weights)

    def _document(self, **parts: object) -> bytes:
        document = {"format": FORMAT, "training": asdict(self.training), **parts}
        return (json.dumps(document) + "\n").encode()

    def train(self, each: Callable[[Self], None] = lambda _: None) -> None:
        """Trains up to the last iteration; `each` is called after every one."""
        settings = self.training
        start = self.iteration * settings.groups
        tasks = TaskStream(settings.track, "train", settings.seed, settings.parameters, start)
        reward = reward_of(settings.reward)
        while self.iteration < settings.iterations:
            tables = (TaskTable(next(tasks).generate()) for _ in range(settings.groups))
            groups = [Group(table, settings.group, reward) for table in tables]
            path = settings.seed, self.iteration
            experience = play(groups, self.weights, generator("learner", "play", *path))
            rng = generator("learner", "update", *path)
            size = len(experience.advantages)
            for _ in range(settings.epochs):
                order = rng.permutation(size)
                for index in np.array_split(order, min(settings.minibatches, size)):
                    self._climb(experience, index)
            scores = np.concatenate([group.scores for group in groups])
            self.curve.append(round(float(scores.mean()), 6))
            self.iteration += 1
            each(self)

    def _climb(self, experience: "Experience", index: Ints) -> None:
        """One step of Adam on some decisions."""
        settings, seen = self.training, experience.seen[index]
        operations, gain = experience.operations[index], experience.advantages[index] / len(index)
        logs = forward(self.weights, seen)[0][np.arange(len(index)), operations]
        ratio = np.exp(logs - experience.log_probability[index])
        clip = settings.clip  # Where PPO's objective is flat.
        is_far = np.where(gain > 0, ratio > 1 + clip, ratio < 1 - clip)
        pull = np.where(is_far, 0, ratio * gain).astype(np.float32)
        ascent = gradient(self.weights, seen, operations, pull, settings.entropy / len(index))
        self.steps += 1
        rate = settings.rate * (1 - 0.9 * self.iteration / settings.iterations)
        rate *= np.sqrt(1 - BETA_SQUARED**self.steps) / (1 - BETA**self.steps)
        for name, slope in ascent.items():
            first, second = self.first[name], self.second[name]
            first += (1 - BETA) * (slope - first)
            second += (1 - BETA_SQUARED) * (slope**2 - second)
            self.weights[name] += (rate * first / (np.sqrt(second) + SMALL)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Experience:
    """Decisions and what came of them, step by step."""

    seen: Floats
    operations: Ints
    log_probability: Floats
    """Of the operations, by the policy that chose them."""
    advantages: Floats


def play(groups: Sequence[Group], weights: Weights, rng: np.random.Generator) -> Experience:
    """Plays the groups to their ends."""
    steps, history = list[tuple[Any, ...]](), list[list[Group]]()
    while running := [group for group in groups if not group.ended]:
        seen = np.concatenate([group.observe() for group in running])
        logs, _ = forward(weights, seen)
        operations = sample(logs, rng)
        steps.append((seen, operations, logs[np.arange(len(logs)), operations]))
        history.append(running)
        for group, own in zip(running, operations.reshape(len(running), -1), strict=True):
            group.step(own)
    gains = {group: leave_one_out(group.scores) for group in groups}
    advantages = [gains[group] for running in history for group in running]
    seen, operations, logs = map(np.concatenate, zip(*steps, strict=True))
    return Experience(seen, operations, logs, np.concatenate(advantages))


def leave_one_out(scores: Floats) -> Floats:
    """Each score minus the mean of the others.

    >>> leave_one_out(np.array([1.0, 2.0, 6.0])).tolist()
    [-3.0, -1.5, 4.5]
    """
    return (scores - scores.mean()) * (len(scores) / (len(scores) - 1))


def forward(weights: Weights, seen: Floats) -> tuple[Floats, list[Floats]]:
    """The log-probabilities (N, operations) of a policy, and the inputs of every layer."""
    inputs = [seen]
    for name in ("first", "second"):
        inputs.append(np.tanh(inputs[-1] @ weights[name] + weights[f"{name}_bias"]))
    logits = inputs[-1] @ weights["last"] + weights["last_bias"]
    change, old = seen[:, [CHANGE, OLD]].T > 0
    can = np.stack([np.ones_like(change), ~change, ~change, change, old], 1)
    logits = np.where(can, logits, NEVER)
    logits -= logits.max(1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(1, keepdims=True)), inputs


def sample(logs: Floats, rng: np.random.Generator) -> Ints:
    """Random operations (N) by their log-probabilities."""
    ends = np.exp(logs).cumsum(1)
    return (rng.random((len(logs), 1)) * ends[:, -1:] > ends).sum(1)


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
    for name, values in zip(("last", "second", "first"), reversed(inputs), strict=True):
        slopes[name], slopes[f"{name}_bias"] = values.T @ back, back.sum(0)
        back = (back @ weights[name].T) * (1 - values**2)
    return slopes


def initial_weights(track: str, seed: int, hidden: int = HIDDEN) -> Weights:
    """The weights of an untrained policy: all operations are about equally likely."""
    check_track(track)
    rng, weights = generator("policy", seed), Weights()
    sizes = {"first": (len(FEATURES), hidden), "second": (hidden, hidden), "last": (hidden, 0)}
    for name, (inputs, outputs) in sizes.items():
        shape, scale = (inputs, outputs or len(Operation)), 1 if outputs else 0.1
        values = scale / np.sqrt(inputs) * rng.standard_normal(shape)
        weights |= {name: values.astype(np.float32), f"{name}_bias": np.zeros(shape[1], np.float32)}
    return weights


def generator(*names: str | int) -> np.random.Generator:
    """The random numbers of a named stream."""
    return np.random.default_rng(named_rng(*names).below(2**63))


def read_policy(path: Path, *parts: str) -> tuple[Mapping[str, Any], list[Weights]]:
    """What a file of a training run states, and these parts of it. Raises BadSettings."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise ValueError(f"its format is {raw['format']!r}, not {FORMAT!r}")
        like = initial_weights(raw["training"]["track"], 0, raw["training"]["hidden"])
        read = [{n: np.array(raw[part][n], np.float32) for n in like} for part in parts]
        if other := [n for part in read for n in like if part[n].shape != like[n].shape]:
            raise ValueError(f"weights of other shapes: {', '.join(other)}")
    except (OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise BadSettings(
            f"{path} holds no policy ({error!r:.80}): name another file, or train one"
        ) from error
    return raw, read


def reward_of(name: str) -> Reward:
    """The reward at the end: the track's score, or one of its parts."""
    return composite if name == "score" else lambda trace: score(trace).axes[name] or 0.0
