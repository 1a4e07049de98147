"""StructuredEnv: one episode at a time, whose actions are decisions instead of texts."""

from collections.abc import Mapping
from copy import copy, deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
from gymnasium import Env
from gymnasium.error import ResetNeeded
from gymnasium.vector.utils import create_empty_array

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import FrozenDict
from memorygym.core.trace import Trace
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.runs.systems import System, played, start_episode
from memorygym.training.decision_arrays import TableArrays, read_action
from memorygym.training.decisions import ITEMS, Choice, Decision, Situation, check_track
from memorygym.training.rewards import check_shaping
from memorygym.training.simulator import Simulator
from memorygym.training.structured_agent import hands
from memorygym.training.tasks import TaskStream
from memorygym.training.vec_env import Observation, composite, make_table, single_spaces

MEMORY = "markdown"
"""The memory of the episode of text."""


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
        shaping: float = 0.0,
        gamma: float = 1.0,
    ) -> None:
        """See MemoryVecEnv. Raises BadSettings or UnknownPart."""
        check_track(track)
        self.observation_space, self.action_space = single_spaces()
        self._stream = TaskStream(track, split, seed, parameters)
        check_shaping(gamma, shaping)
        self._shaping, self._gamma = shaping, gamma
        self._simulator = Simulator(1, 1, composite)
        self._choices: list[Choice] = []
        self._table: TableArrays | None = None
        self._ended = True

    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Starts the next task; with a seed, the first one of that stream."""
        super().reset(seed=seed)
        if seed is not None:
            self._stream = replace(self._stream, seed=seed, position=0)
        self._table = make_table(next(self._stream))
        self._simulator.load(0, self._table)
        self._choices, self._ended = [], False
        return self._observation(), {}

    def step(
        self, action: Mapping[str, Any]
    ) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Makes a choice: {"operation": a number of OPERATIONS, "items": (M,) which to store}."""
        if self._ended:
            raise ResetNeeded("call reset() before step(): no episode is running")
        operation, items = read_action(action, (), ITEMS)
        self._choices.append((int(operation), frozenset(np.flatnonzero(items).tolist())))
        before = float(self._simulator.potential[0])
        self._ended = bool(self._simulator.step(operation[None], items[None]))
        after = 0.0 if self._ended else float(self._simulator.potential[0])
        reward = self._shaping * (self._gamma * after - before)
        info: dict[str, Any] = {}
        if self._ended:
            info["score"] = self._simulator.score(0)
            reward += info["score"]
        return self._observation(), reward, self._ended, False, info

    def fork(self) -> "StructuredEnv":
        """An independent environment in the same state."""
        other = copy(self)
        other._simulator = deepcopy(self._simulator, {id(self._table): self._table})
        other._choices, other._stream = list(self._choices), copy(self._stream)
        return other

    @property
    def trace(self) -> Trace:
        """The trace of the finished episode as text. Raises BadSettings before."""
        if not self._ended or self._table is None:
            raise BadSettings("the trace holds the answers: it can be read once the episode ended")
        choices, task = iter(self._choices), self._table.table.task

        def choose(_: Decision, __: Situation) -> Choice:
            return next(choices)

        episode = start_episode(task, memory_factory(MEMORY))
        labels = System("policy", MEMORY).labels(task.track, 0)
        return played(episode, hands(task, choose), task, labels)

    def _observation(self) -> Observation:
        seen = create_empty_array(self.observation_space, 1)
        if not self._ended:
            self._simulator.observe(**seen)
        return {name: array[0] for name, array in seen.items()}
