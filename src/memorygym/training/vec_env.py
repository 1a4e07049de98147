"""MemoryVecEnv: many environments of structured decisions in one process, in lockstep."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space, create_empty_array

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import FrozenDict
from memorygym.core.trace import Trace
from memorygym.core.track import TaskRecipe
from memorygym.scoring.episode_scores import score
from memorygym.training.decision_arrays import (
    SITUATION,
    Bools,
    Floats,
    Ints,
    TableArrays,
    arrays_of,
    read_action,
)
from memorygym.training.decisions import (
    FEATURES,
    ITEM_FEATURES,
    ITEMS,
    OPERATIONS,
    DecisionTable,
    check_track,
)
from memorygym.training.rewards import check_shaping
from memorygym.training.simulator import Simulator
from memorygym.training.tasks import TaskStream

Observation = dict[str, Any]
"""`decision` (N, D), `items` (N, M, F), `present` (N, M): float32, float32, int8."""
Batch = tuple[Observation, Floats, Bools, Bools, dict[str, Any]]
"""Observations, rewards, terminated, truncated, infos, as Gymnasium returns them."""


def single_spaces() -> tuple[spaces.Dict, spaces.Dict]:
    """The spaces of observations and actions of one environment."""
    box = partial(spaces.Box, 0.0, 100.0, dtype=np.float32)
    seen = {
        "decision": box(shape=(len(FEATURES) + len(SITUATION),)),
        "items": box(shape=(ITEMS, len(ITEM_FEATURES))),
        "present": spaces.MultiBinary(ITEMS),
    }
    chosen = {"operation": spaces.Discrete(len(OPERATIONS)), "items": spaces.MultiBinary(ITEMS)}
    return spaces.Dict(seen), spaces.Dict(chosen)


def composite(trace: Trace) -> float:
    """The reward at the end of an episode: the track's score, from 0 to 1."""
    return score(trace).composite


def make_table(recipe: TaskRecipe) -> TableArrays:
    """The table of a task."""
    return arrays_of(DecisionTable(recipe.generate()))


@dataclass
class TableStream(Iterator[TableArrays]):
    """The tables of a stream of tasks; with `workers`, other processes make them ahead."""

    tasks: TaskStream
    workers: int = 0
    ahead: int = 32
    """Most tables that are made ahead."""
    _waiting: deque[Future[TableArrays]] = field(default_factory=deque, init=False, repr=False)
    _pool: ProcessPoolExecutor | None = field(default=None, init=False, repr=False)

    def __next__(self) -> TableArrays:
        if not self.workers:
            return make_table(next(self.tasks))
        self._pool = self._pool or ProcessPoolExecutor(self.workers)
        for recipe in islice(self.tasks, self.ahead - len(self._waiting)):
            self._waiting.append(self._pool.submit(make_table, recipe))
        return self._waiting.popleft().result()

    def close(self) -> None:
        """Ends the processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)


class MemoryVecEnv(VectorEnv):  # type: ignore[misc]  # The types of gymnasium are not read.
    """Structured decisions of many episodes at once; see `decisions`.

    An action is {"operation": (N,) numbers of OPERATIONS, "items": (N, M) which items to store}.
    Groups of `group` neighbours play the same task, as critic-free policy gradients need it. An
    environment that ends starts the next task in the same step; the reward and `terminated` are
    those of the old task, and infos["score"] is its score (NaN while an episode runs).

    With `blocks` above 1 the environments step in turns: `recv` returns the next block, `send`
    takes its actions and lets it step in the background while the policy works on another block.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(  # noqa: PLR0913
        self,
        num_envs: int = 64,
        *,
        group: int = 1,
        blocks: int = 1,
        track: str = "worlds",
        split: str = "train",
        seed: int = 0,
        parameters: Mapping[str, object] = FrozenDict(),
        tables: Iterator[TableArrays] | None = None,
        reward: Callable[[Trace], float] = composite,
        shaping: float = 0.0,
        gamma: float = 1.0,
        workers: int = 0,
    ) -> None:
        """`shaping` weighs the potential difference γΦ(s′) − Φ(s); `tables` replaces the stream of
        tasks; `workers` processes make tasks ahead. Raises BadSettings or UnknownPart."""
        if min(num_envs, group, blocks) < 1 or num_envs % (group * blocks):
            raise BadSettings(
                f"{num_envs} environments cannot be {blocks} blocks of groups of {group}: give a"
                f" multiple of {max(1, group * blocks)}"
            )
        check_shaping(gamma, shaping)
        check_track(track)
        self.num_envs, self.group = num_envs, group
        self._size = num_envs // blocks
        """The environments of a block."""
        self._stream = TaskStream(track, split, seed, parameters)
        self._workers = workers
        self._given = tables
        self._blocks = [
            _Block(Simulator(self._size // group, group, reward), shaping, gamma)
            for _ in range(blocks)
        ]
        self.single_observation_space, self.single_action_space = single_spaces()
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._tables: Iterator[TableArrays] = iter(())
        self._threads: ThreadPoolExecutor | None = None
        self._running: deque[tuple[int, Future[Batch]]] = deque()
        self._turn: deque[int] = deque()

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Starts new tasks everywhere; with a seed, the stream of that seed from its beginning."""
        first = seed[0] if isinstance(seed, list) else seed
        while self._running:  # A step may still use the arrays.
            self._running.popleft()[1].result()
        if first is not None or not self._turn:
            self._stop_workers()
            stream = replace(self._stream, seed=self._stream.seed if first is None else int(first))
            self._tables = self._given or TableStream(stream, self._workers)
        self._turn = deque(range(len(self._blocks)))
        observations = [block.start(self._tables) for block in self._blocks]
        return _joined(observations), {}

    def step(self, actions: Any) -> Batch:
        """Steps all environments. The arrays are overwritten by the next step."""
        operations, items = self._read(actions, self.num_envs)
        batches = [
            block.step(operations[self._own(number)], items[self._own(number)])
            for number, block in enumerate(self._blocks)
        ]
        if len(batches) == 1:
            return batches[0]
        seen, *arrays, infos = zip(*batches, strict=True)
        rewards, terminated, truncated = map(np.concatenate, arrays)
        return _joined(seen), rewards, terminated, truncated, _joined(infos)

    def send(self, actions: Any) -> None:
        """Lets the block that `recv` returned last take a step."""
        choices = self._read(actions, self._size)
        number = self._turn[0]
        self._turn.rotate(-1)
        self._threads = self._threads or ThreadPoolExecutor(1)
        self._running.append((number, self._threads.submit(self._blocks[number].step, *choices)))

    def recv(self) -> tuple[Batch, slice]:
        """The next block's results, and which environments they are of."""
        if len(self._running) < len(self._blocks):
            number = self._turn[0]
            batch = self._blocks[number].batch
        else:
            number, future = self._running.popleft()
            batch = future.result()
        return batch, self._own(number)

    def close_extras(self, **kwargs: Any) -> None:
        if self._threads:
            self._threads.shutdown()
        self._stop_workers()

    def _own(self, block: int) -> slice:
        """The environments of a block."""
        return slice(block * self._size, (block + 1) * self._size)

    def _read(self, actions: Any, size: int) -> tuple[Ints, Bools]:
        """The operations and items of so many environments."""
        if not self._turn:
            raise ResetNeeded("call reset() before step(): no episode is running")
        return read_action(actions, (size,), self.single_action_space["items"].n)

    def _stop_workers(self) -> None:
        if isinstance(self._tables, TableStream):
            self._tables.close()


class _Block:
    """Environments that step together, and their preallocated arrays."""

    def __init__(self, simulator: Simulator, shaping: float, gamma: float) -> None:
        size = simulator.size
        self._simulator, self._shaping, self._gamma = simulator, shaping, gamma
        self._observation: Observation = create_empty_array(single_spaces()[0], size)
        self._rewards = np.zeros(size, np.float32)
        self._terminated, self._truncated = np.zeros(size, bool), np.zeros(size, bool)
        self._scores = np.full(size, np.nan, np.float32)

    @property
    def batch(self) -> Batch:
        """The results of the last step."""
        infos = {"score": self._scores}
        return self._observation, self._rewards, self._terminated, self._truncated, infos

    def start(self, tables: Iterator[TableArrays]) -> Observation:
        """Starts the next table in each group."""
        self._tables = tables
        for number in range(self._simulator.groups):
            self._simulator.load(number, next(tables))
        self._simulator.observe(**self._observation)
        return self._observation

    def step(self, operations: Ints, items: Bools) -> Batch:
        """One step of all; groups that end start the next table."""
        simulator, group = self._simulator, self._simulator.group
        before = simulator.potential.copy()
        ended = simulator.step(operations, items)
        self._rewards[:] = self._shaping * (self._gamma * simulator.potential - before)
        self._terminated[:] = False
        self._scores[:] = np.nan
        for number in ended:
            own = slice(number * group, (number + 1) * group)
            self._scores[own] = [simulator.score(i) for i in range(own.start, own.stop)]
            # The potential of the end is 0, so that shaping adds nothing to an episode.
            self._rewards[own] = self._scores[own] - self._shaping * before[own]
            self._terminated[own] = True
            simulator.load(number, next(self._tables))
        simulator.observe(**self._observation)
        return self.batch


def _joined(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The observations or the infos of all blocks."""
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
