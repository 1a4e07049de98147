"""Structured decisions as Gymnasium environments: MemoryVecEnv steps many, StructuredEnv one."""

from collections.abc import Mapping
from copy import deepcopy
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
from memorygym.training.decisions import FEATURES, Bools, Floats, Ints, Operation, TaskTable
from memorygym.training.simulator import Group, Reward, composite
from memorygym.training.structured_agent import check_track, hands
from memorygym.training.tasks import TaskStream

SEEN = spaces.Box(0.0, 100.0, (len(FEATURES),), np.float32)
CHOSEN = spaces.Discrete(len(Operation))
"""The spaces of observations and actions of one environment."""


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

    An observation has FEATURES; an action is a number of Operation for each environment. Groups of
    `group` neighbours play the same task, as critic-free policy gradients need it. An environment
    that ends starts the next task in the same step; the reward and `terminated` are those of the
    old task, as are infos["final_obs"] (all 0: nothing is left to decide) and infos["final_info"],
    which has the `score`.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(  # noqa: PLR0913
        self,
        num_envs: int = 64,
        *,
        group: int = 1,
        track: str = "worlds",
        split: str = "train",
        seed: int = 0,
        parameters: Mapping[str, object] = FrozenDict(),
        reward: Reward = composite,
    ) -> None:
        """`reward` is earned at the end. Raises BadSettings or UnknownPart."""
        if min(num_envs, group) < 1 or num_envs % group:
            raise BadSettings(
                f"{num_envs} environments cannot be groups of {group}: give a multiple of"
                f" {max(1, group)}"
            )
        check_track(track)
        self.num_envs, self.group, self._reward = num_envs, group, reward
        self.single_observation_space, self.single_action_space = SEEN, CHOSEN
        self.observation_space = batch_space(SEEN, num_envs)
        self.action_space = batch_space(CHOSEN, num_envs)
        self._stream = TaskStream(track, split, seed, parameters)
        self.groups: list[Group] = []

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Starts new tasks everywhere; with a seed, the stream of that seed from its beginning."""
        first = seed[0] if isinstance(seed, list) else seed
        if first is not None:
            self._stream = replace(self._stream, seed=int(first), position=0)
        self.groups = [self._next() for _ in range(self.num_envs // self.group)]
        return self._observe(), {}

    def step(self, actions: Any) -> tuple[Floats, Floats, Bools, Bools, dict[str, Any]]:
        """Steps all environments."""
        if not self.groups:
            raise ResetNeeded("call reset() before step(): no episode is running")
        operations = read_action(actions, (self.num_envs,)).reshape(-1, self.group)
        for group, own in zip(self.groups, operations, strict=True):
            group.step(own)
        rewards = np.concatenate([group.scores for group in self.groups])
        ended = np.repeat([group.ended for group in self.groups], self.group)
        self.groups = [self._next() if group.ended else group for group in self.groups]
        return self._observe(), rewards, ended, np.zeros_like(ended), _final(ended, rewards)

    def _next(self) -> Group:
        return Group(TaskTable(next(self._stream).generate()), self.group, self._reward)

    def _observe(self) -> Floats:
        return np.concatenate([group.observe() for group in self.groups])


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

    def __init__(self, **options: Any) -> None:
        """The options of MemoryVecEnv. Raises BadSettings or UnknownPart."""
        self.observation_space, self.action_space = SEEN, CHOSEN
        self._many, self._choices = MemoryVecEnv(1, **options), list[int]()

    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Starts the next task; with a seed, the first one of that stream."""
        super().reset(seed=seed)
        self._choices = []
        return self._many.reset(seed=seed)[0][0], {}

    def step(self, action: Any) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """Carries out a number of Operation."""
        if not self._many.groups or self._many.groups[0].ended:
            raise ResetNeeded("call reset() before step(): no episode is running")
        (group,), operation = self._many.groups, read_action(action, ())
        self._choices.append(int(operation))
        group.step(operation[None])
        score, ended = float(group.scores[0]), group.ended
        seen = np.zeros(SEEN.shape, SEEN.dtype) if ended else group.observe()[0]
        return seen, score, ended, False, {"score": score} if ended else {}

    def fork(self) -> "StructuredEnv":
        """An independent environment in the same state."""
        tables = [group.table for group in self._many.groups]
        return deepcopy(self, {id(table): table for table in tables})

    @property
    def trace(self) -> Trace:
        """The trace of the finished episode as text. Raises BadSettings before."""
        if not self._many.groups or not self._many.groups[0].ended:
            raise BadSettings("the trace holds the answers: it can be read once the episode ended")
        choices, task = iter(self._choices), self._many.groups[0].table.task
        episode = start_episode(task, memory_factory(memory := "markdown"))
        labels = System("policy", memory).labels(task.track, 0)
        return played(episode, hands(task, lambda *_: next(choices)), task, labels)
