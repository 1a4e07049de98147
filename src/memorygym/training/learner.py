"""Trains a policy of structured decisions by a critic-free policy gradient.

Groups of episodes play the same task. The advantage of a decision is its return minus the mean
return of the same decision in the other episodes of its group (leave-one-out, as in LOOP, Chen et
al. 2025, arXiv 2502.01600; it is not divided by the standard deviation), and updates are clipped
as in PPO (Schulman et al. 2017, arXiv 1707.06347), the operation and each item for itself.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.core.rng import named_rng
from memorygym.core.trace import Trace
from memorygym.scoring.episode_scores import score
from memorygym.training import network
from memorygym.training.decision_arrays import SITUATION, Bools, Floats, Ints, TableArrays
from memorygym.training.decisions import FEATURES, ITEM_FEATURES, check_track
from memorygym.training.network import Observations, Weights
from memorygym.training.settings import HIDDEN, Training
from memorygym.training.tasks import TaskStream
from memorygym.training.vec_env import MemoryVecEnv, TableStream, composite

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

    def train(self, *, workers: int = 0, each: Callable[[Self], None] = lambda _: None) -> None:
        """Trains up to the last iteration; `each` is called after every one."""
        settings = self.training
        if self.iteration >= settings.iterations:
            return
        start = self.iteration * settings.groups
        tasks = TaskStream(settings.track, "train", settings.seed, settings.parameters, start)
        stream = TableStream(tasks, workers)
        tables = _Tables(stream)
        env = MemoryVecEnv(
            settings.groups * settings.group,
            group=settings.group,
            track=settings.track,
            tables=tables,
            shaping=settings.shaping,
            reward=reward_of(settings.reward),
        )
        try:
            while self.iteration < settings.iterations:
                tables.new = settings.groups
                rollout = _rollout(env, self.weights, self._rng("play"))
                self._update(rollout)
                self.curve.append(round(float(rollout.scores.mean()), 6))
                self.iteration += 1
                each(self)
        finally:
            stream.close()

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
        settings, seen = self.training, rollout.seen.at(index)
        choice = rollout.operations[index], rollout.chosen[index]
        out = network.forward(self.weights, seen)
        before = rollout.log_probability[0][index], rollout.log_probability[1][index]
        gain = rollout.advantages[index].astype(np.float32) / len(index)
        now = network.log_probability(out, seen, *choice)
        pulls = (
            _clipped(now[0] - before[0], gain, settings.clip),
            _clipped(now[1] - before[1], gain[:, None], settings.clip),
        )
        ascent = network.gradient(
            self.weights, out, seen, choice, pulls, settings.entropy / len(index)
        )
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
    """The decisions of an iteration and what came of them, all episodes one after the other."""

    seen: Observations
    operations: Ints
    chosen: Bools
    log_probability: tuple[Floats, Floats]
    """Of the choices, by the policy that made them; see network.log_probability."""
    advantages: Floats
    scores: Floats
    """By episode."""


@dataclass(slots=True)
class _Tables(Iterator[TableArrays]):
    """The tables of a training, `new` ones in each iteration. A group whose episodes end before
    those of the others repeats the last one; nothing is learned from that."""

    stream: Iterator[TableArrays]
    new: int = 0
    """How many of them this iteration still takes."""
    _last: TableArrays | None = None

    def __next__(self) -> TableArrays:
        if self.new or not self._last:
            self.new, self._last = self.new - 1, next(self.stream)
        return self._last


def _rollout(env: MemoryVecEnv, weights: Weights, rng: np.random.Generator) -> Experience:
    """One episode in each environment."""
    seen: Mapping[str, Any] = env.reset()[0]
    steps: list[tuple[NDArray[Any], ...]] = []
    rewards, running = [], [np.ones(env.num_envs, bool)]
    scores = np.full(env.num_envs, np.nan, np.float32)
    while running[-1].any():
        now = Observations(seen["decision"].copy(), seen["items"].copy(), seen["present"] > 0)
        out = network.forward(weights, now)
        operations, chosen = network.sample(out, rng)
        chances = network.log_probability(out, now, operations, chosen)
        steps.append((now.decision, now.items, now.present, operations, chosen, *chances))
        seen, reward, ended, _, infos = env.step({"operation": operations, "items": chosen})
        rewards.append(np.where(running[-1], reward, 0))
        scores = np.where(np.isnan(scores), infos["score"], scores)
        running.append(running[-1] & ~ended)
    returns = np.cumsum(np.array(rewards, np.float32)[::-1], 0)[::-1]
    gains = leave_one_out(returns.reshape(len(steps), -1, env.group)).reshape(returns.shape)
    kept = np.array(running[:-1])
    *observed, operations, chosen, own, of_items = (
        np.array(part)[kept] for part in zip(*steps, strict=True)
    )
    observations, chances = Observations(*observed), (own, of_items)
    return Experience(observations, operations, chosen, chances, gains[kept], scores)


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
    decision = len(FEATURES) + len(SITUATION)
    return network.initial(decision, len(ITEM_FEATURES), hidden, rng)


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
