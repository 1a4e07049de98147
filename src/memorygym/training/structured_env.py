"""Structured decisions as Gymnasium environments: MemoryVecEnv steps many, StructuredEnv one."""

from collections.abc import Mapping
from copy import copy, deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
from gymnasium import Env, spaces
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import FrozenDict
from memorygym.core.trace import Trace
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.runs.systems import System, played, start_episode
from memorygym.training.decisions import (
    FEATURES,
    Bools,
    Floats,
    Ints,
    Operation,
    Table,
    check_track,
)
from memorygym.training.simulator import Group, Objective
from memorygym.training.structured_agent import hands
from memorygym.training.tasks import TaskStream

SEEN = spaces.Box(0.0, 100.0, (len(FEATURES),), np.float32)
CHOSEN = spaces.Discrete(len(Operation))
"""The spaces of observations and actions of one environment."""
MEMORY = "markdown"
"""The memory of the episode of text."""


def read_action(action: Any, shape: tuple[int, ...]) -> Ints:
    """The operations of an action. Raises BadSettings for another action: NumPy would stretch
    arrays of other shapes."""
    operations = np.asarray(action)
    if operations.shape != shape:
        raise BadSettings(f"operations of the shape {operations.shape}: give {shape}")
    most = len(Operation) - 1
    if operations.dtype.kind not in "biu" or operations.min() < 0 or operations.max() > most:
        raise BadSettings(f"operations {operations}: give integers, 0 to {most}")
    return operations.astype(np.intp)


class MemoryVecEnv(VectorEnv):  # type: ignore[misc]  # The types of gymnasium are not read.
    """Structured decisions of many episodes at once; see `decisions`.

    An observation has FEATURES, an action is a number of Operation for each environment. Groups of `group` neighbours play the same task, as critic-free policy gradients need it. An
    environment that ends starts the next task in the same step; the reward and `terminated` are
    those of the old task, as are infos["final_obs"] (all 0: nothing is left to decide) and
    infos["final_info"], which has the `score`.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(
        self,
        num_envs: int = 64,
        *,
        group: int = 1,
        track: str = "worlds",
        split: str = "train",
        seed: int = 0,
        parameters: Mapping[str, object] = FrozenDict(),
        **objective: Any,
    ) -> None:
        """`objective`: reward, shaping, gamma; see Objective. Raises BadSettings or UnknownPart."""
        if min(num_envs, group) < 1 or num_envs % group:
            raise BadSettings(
                f"{num_envs} environments cannot be groups of {group}: give a multiple of"
                f" {max(1, group)}"
            )
        check_track(track)
        self.num_envs, self.group, self._objective = num_envs, group, Objective(**objective)
        self._stream = TaskStream(track, split, seed, parameters)
        self.single_observation_space, self.single_action_space = SEEN, CHOSEN
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._groups: list[Group] = []

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Starts new tasks everywhere; with a seed, the stream of that seed from its beginning."""
        first = seed[0] if isinstance(seed, list) else seed
        if first is not None:
            self._stream = replace(self._stream, seed=int(first), position=0)
        self._groups = [self._next() for _ in range(self.num_envs // self.group)]
        return self._observe(), {}

    def step(self, actions: Any) -> tuple[Floats, Floats, Bools, Bools, dict[str, Any]]:
        """Steps all environments."""
        if not self._groups:
            raise ResetNeeded("call reset() before step(): no episode is running")
        operations = read_action(actions, (self.num_envs,))
        rewards, scores = np.zeros((2, self.num_envs), np.float32)
        ended = np.zeros(self.num_envs, bool)
        for number in range(len(self._groups)):
            own = slice(number * self.group, (number + 1) * self.group)
            rewards[own] = self._groups[number].step(operations[own])
            if self._groups[number].ended:
                ended[own], scores[own] = True, self._groups[number].scores
                self._groups[number] = self._next()
        truncated = np.zeros_like(ended)
        return self._observe(), rewards, ended, truncated, _final(ended, scores)

    def _next(self) -> Group:
        return Group(Table(next(self._stream).generate()), self.group, self._objective)

    def _observe(self) -> Floats:
        return np.concatenate([group.observe() for group in self._groups])


def _final(ended: Bools, scores: Floats) -> dict[str, Any]:
    """The infos of a step, as Gymnasium's vector environments give them."""
    if not ended.any():
        return {}
    final = np.full(len(ended), None, object)
    for number in np.flatnonzero(ended):
        final[number] = np.zeros(SEEN.shape, SEEN.dtype)
    info = {"score": scores, "_score": ended}
    return {"final_obs": final, "_final_obs": ended, "final_info": info, "_final_info": ended}


class StructuredEnv(Env):  # type: ignore[misc]  # The types of gymnasium are not read.
    """MemoryVecEnv with one environment and Gymnasium's plain interface, without autoreset.

    After the end `trace` is the episode of text in which the track's scripted hands make the same
    choices; its score is the reward.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012  # Gymnasium's form.

    def __init__(
        self,
        *,
        track: str = "worlds",
        split: str = "train",
        seed: int = 0,
        parameters: Mapping[str, object] = FrozenDict(),
        **objective: Any,
    ) -> None:
        """See MemoryVecEnv. Raises BadSettings or UnknownPart."""
        check_track(track)
        self.observation_space, self.action_space = SEEN, CHOSEN
        self._stream = TaskStream(track, split, seed, parameters)
        self._objective = Objective(**objective)
        self._choices: list[int] = []
        self._group: Group | None = None

    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Starts the next task; with a seed, the first one of that stream."""
        super().reset(seed=seed)
        if seed is not None:
            self._stream = replace(self._stream, seed=seed, position=0)
        self._group = Group(Table(next(self._stream).generate()), 1, self._objective)
        self._choices = []
        return _seen(self._group), {}

    def step(self, action: Any) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """Carries out a number of Operation."""
        group = self._group
        if group is None or group.ended:
            raise ResetNeeded("call reset() before step(): no episode is running")
        operation = read_action(action, ())
        self._choices.append(int(operation))
        reward = float(group.step(operation[None])[0])
        info = {"score": float(group.scores[0])} if group.ended else {}
        return _seen(group), reward, group.ended, False, info

    def fork(self) -> "StructuredEnv":
        """An independent environment in the same state."""
        other = copy(self)
        shared = {id(self._group.table): self._group.table} if self._group else {}
        other._group = deepcopy(self._group, shared)
        other._choices, other._stream = list(self._choices), copy(self._stream)
        return other

    @property
    def trace(self) -> Trace:
        """The trace of the finished episode as text. Raises BadSettings before."""
        if self._group is None or not self._group.ended:
            raise BadSettings("the trace holds the answers: it can be read once the episode ended")
        choices, task = iter(self._choices), self._group.table.task
        episode = start_episode(task, memory_factory(MEMORY))
        labels = System("policy", MEMORY).labels(task.track, 0)
        return played(episode, hands(task, lambda *_: next(choices)), task, labels)


def _seen(group: Group) -> Floats:
    """What one memory shows; all 0 after the last decision."""
    return np.zeros(SEEN.shape, SEEN.dtype) if group.ended else group.observe()[0]
