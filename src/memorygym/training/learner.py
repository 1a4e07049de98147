"""Trains a policy of structured decisions by a critic-free policy gradient.

Groups of episodes play the same task. The advantage of a decision is its return minus the mean
return of the same decision in the other episodes of its group (leave-one-out, as in LOOP, Chen et
al. 2025, arXiv 2502.01600; it is not divided by the standard deviation), and updates are clipped
as in PPO (Schulman et al. 2017, arXiv 1707.06347).
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
from memorygym.core.trace import Trace
from memorygym.scoring.episode_scores import score
from memorygym.training import network
from memorygym.training.decisions import FEATURES, Floats, Ints, Table, check_track
from memorygym.training.network import Weights
from memorygym.training.settings import HIDDEN, Training
from memorygym.training.simulator import Group, Objective, composite
from memorygym.training.tasks import TaskStream

FORMAT = "memorygym-policy-1"
BETA, BETA_SQUARED, SMALL = 0.9, 0.999, 1e-8
"""The constants of Adam."""


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
        """An untrained policy."""
        weights = initial_weights(training.track, training.seed, training.hidden)
        first, second = ({n: np.zeros_like(w) for n, w in weights.items()} for _ in range(2))
        return cls(training, weights, first, second)

    @classmethod
    def load(cls, path: Path, training: Training) -> Self:
        """The state that `save` wrote. Raises BadSettings for a damaged file or another run's."""
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            wanted = asdict(training)
            stored = {**raw["training"], "iterations": training.iterations}
            if raw["format"] != FORMAT or stored != wanted:
                other = [f"{n} {stored.get(n)}" for n in wanted if stored.get(n) != wanted[n]]
                raise BadSettings(
                    f"{path} was trained with other settings ({', '.join(other) or 'its format'}):"
                    " name another file, or delete it"
                )
            weights, first, second = (
                stored_weights(raw, part, path) for part in ("weights", "first", "second")
            )
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise BadSettings(f"{path} is no file of a training run ({error!r:.80})") from error
        return cls(training, weights, first, second, raw["steps"], raw["iteration"], raw["curve"])

    def save(self, path: Path) -> None:
        """Writes the state, from which training continues to the same weights."""
        parts = {"weights": self.weights, "first": self.first, "second": self.second}
        document = {
            "format": FORMAT,
            "training": asdict(self.training),
            "steps": self.steps,
            "iteration": self.iteration,
            "curve": self.curve,
            **{name: {n: w.tolist() for n, w in part.items()} for name, part in parts.items()},
        }
        write_atomically(path, [json.dumps(document).encode()])

    def policy(self) -> bytes:
        """The policy alone, as `training.manager` reads it: weights to six places."""
        weights = {n: np.round(w.astype(float), 6).tolist() for n, w in self.weights.items()}
        document = {"format": FORMAT, "training": asdict(self.training), "weights": weights}
        return (json.dumps(document) + "\n").encode()

    def train(self, each: Callable[[Self], None] = lambda _: None) -> None:
        """Trains up to the last iteration; `each` is called after every one."""
        settings = self.training
        start = self.iteration * settings.groups
        tasks = TaskStream(settings.track, "train", settings.seed, settings.parameters, start)
        objective = Objective(reward_of(settings.reward), settings.shaping)
        while self.iteration < settings.iterations:
            tables = (Table(next(tasks).generate()) for _ in range(settings.groups))
            groups = [Group(table, settings.group, objective) for table in tables]
            self._update(play(groups, self.weights, self._rng("play")))
            scores = np.concatenate([group.scores for group in groups])
            self.curve.append(round(float(scores.mean()), 6))
            self.iteration += 1
            each(self)

    def _rng(self, name: str) -> np.random.Generator:
        bits = named_rng("learner", name, self.training.seed, self.iteration).below(2**63)
        return np.random.default_rng(bits)

    def _update(self, rollout: "Experience") -> None:
        settings, rng = self.training, self._rng("update")
        size = len(rollout.advantages)
        for _ in range(settings.epochs):
            order = rng.permutation(size)
            for index in np.array_split(order, min(settings.minibatches, size)):
                self._climb(rollout, index)

    def _climb(self, rollout: "Experience", index: Ints) -> None:
        """One step of Adam on some decisions."""
        settings, seen, operations = self.training, rollout.seen[index], rollout.operations[index]
        logs, _ = network.forward(self.weights, seen)
        change = logs[np.arange(len(index)), operations] - rollout.log_probability[index]
        pull = _clipped(change, rollout.advantages[index] / len(index), settings.clip)
        entropy = settings.entropy / len(index)
        ascent = network.gradient(self.weights, seen, operations, pull, entropy)
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
    """The decisions of an iteration and what came of them, step by step."""

    seen: Floats
    operations: Ints
    log_probability: Floats
    """Of the operations, by the policy that chose them."""
    advantages: Floats


def play(groups: Sequence[Group], weights: Weights, rng: np.random.Generator) -> Experience:
    """Plays the groups to their ends."""
    steps, rewards = list[tuple[Any, ...]](), {group: list[Floats]() for group in groups}
    history = list[list[Group]]()
    while running := [group for group in groups if not group.ended]:
        seen = np.concatenate([group.observe() for group in running])
        logs, _ = network.forward(weights, seen)
        operations = network.sample(logs, rng)
        steps.append((seen, operations, logs[np.arange(len(logs)), operations]))
        history.append(running)
        ends = np.cumsum([len(group.potential) for group in running])
        for group, own in zip(running, np.split(operations, ends), strict=False):
            rewards[group].append(group.step(own))
    gains = {group: leave_one_out(np.cumsum(own[::-1], 0)[::-1]) for group, own in rewards.items()}
    advantages = [gains[group][step] for step, running in enumerate(history) for group in running]
    seen, operations, logs = map(np.concatenate, zip(*steps, strict=True))
    return Experience(seen, operations, logs, np.concatenate(advantages))


def _clipped(change: Floats, gain: Floats, clip: float) -> Floats:
    """The derivative of PPO's clipped objective by log-probabilities that changed by so much."""
    ratio = np.exp(change)
    far = np.where(gain > 0, ratio > 1 + clip, ratio < 1 - clip)
    return np.where(far, 0, ratio * gain).astype(np.float32)


def leave_one_out(returns: Floats) -> Floats:
    """Each return minus the mean of the others along the last axis.

    >>> leave_one_out(np.array([1.0, 2.0, 6.0])).tolist()
    [-3.0, -1.5, 4.5]
    """
    size = returns.shape[-1]
    advantages: Floats = (returns - returns.mean(-1, keepdims=True)) * (size / (size - 1))
    return advantages


def initial_weights(track: str, seed: int, hidden: int = HIDDEN) -> Weights:
    """The weights of an untrained policy."""
    check_track(track)
    rng = np.random.default_rng(named_rng("policy", seed).below(2**63))
    return network.initial(len(FEATURES), hidden, rng)


def stored_weights(raw: Mapping[str, Any], part: str, path: Path) -> Weights:
    """One part of a stored policy. Raises BadSettings for shapes that do not fit its settings."""
    weights = {name: np.array(values, np.float32) for name, values in raw[part].items()}
    like = initial_weights(raw["training"]["track"], 0, raw["training"]["hidden"])
    if any(weights[name].shape != like[name].shape for name in like):
        raise BadSettings(f"{path} holds weights of other shapes: delete it, and train again")
    return weights


def reward_of(name: str) -> Callable[[Trace], float]:
    """The reward at the end: the track's score, or one of its parts."""
    return composite if name == "score" else lambda trace: score(trace).axes[name] or 0.0
