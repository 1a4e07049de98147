"""The tasks: a split's endless stream, checked and scored as verifiers does it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import verifiers.v1 as vf
from pydantic import model_validator

from memorygym.core.errors import MemoryGymError
from memorygym.core.track import find
from memorygym.runs.systems import AgentSystem
from memorygym.scoring.episode_scores import score
from memorygym.training.env import MemoryEnv
from memorygym.training.tasks import TaskStream, recipes

SCORE = "score"
"""The reward, and the place in a trace's `info` that holds the score of its episode."""


class MemoryData(vf.TaskData):  # type: ignore[misc]  # verifiers is optional, so not type-checked.
    """What names a task; what it shows and asks is generated when it is played."""

    track: str
    split: str
    seed: int
    parameters: dict[str, str | int]
    """The track's own, with the template."""
    options: dict[str, Any]
    """Those of MemoryEnv."""

    def begin(self) -> tuple[MemoryEnv, dict[str, Any]]:
        """An environment at the beginning of the task, and what `reset` told about it."""
        env = MemoryEnv(self.track, **self.options, **self.parameters)
        return env, env.reset(options={"split": self.split, "seed": self.seed})[1]

    def score_untouched(self) -> dict[str, Any]:
        """The score of an episode in which nothing is said."""
        env, _ = self.begin()
        while True:
            *_, terminated, truncated, info = env.step("")
            if terminated or truncated:
                score_: dict[str, Any] = info["score"]
                return score_

    def is_solvable(self) -> bool | None:
        """Whether the agent that knows the answers scores 1; None if the track has none."""
        best = find(self.track).references.get("upper bound")
        if best is None:
            return None
        seeds = range(self.seed, self.seed + 1)
        (recipe,) = recipes(self.track, self.split, seeds, **self.parameters)
        return score(AgentSystem(best).play(recipe.generate(), 0, [])).composite == 1


class RolloutState(vf.State):  # type: ignore[misc]
    """What the environment tells the harness of its rollout."""

    tools: list[dict[str, Any]] = []
    """Those on offer now, in OpenAI's form."""


class MemoryTask(vf.Task[MemoryData, RolloutState]):  # type: ignore[misc]
    """A task. Its score is the episode's, which the environment puts into each trace's `info`."""

    async def validate(self, runtime: vf.Runtime) -> bool | None:
        del runtime
        return await asyncio.to_thread(self.data.is_solvable)

    async def finalize(self, trace: vf.Trace) -> None:
        """Scores what nobody played, as `vf-validate` asks for."""
        if not self.scoring_deferred:
            trace.info[SCORE] = await asyncio.to_thread(self.data.score_untouched)

    @vf.reward  # type: ignore[untyped-decorator]
    async def composite(self, trace: vf.Trace) -> dict[str, float]:
        return {SCORE: trace.info[SCORE]["composite"]}

    @vf.metric  # type: ignore[untyped-decorator]
    async def axes(self, trace: vf.Trace) -> dict[str, float]:
        axes = trace.info[SCORE]["axes"].items()
        return {name: share for name, share in axes if share is not None}


class MemoryTasksetConfig(vf.TasksetConfig):  # type: ignore[misc]
    """Which tasks, and with which memory. Raises ValidationError, which names what is wrong."""

    track: str = "worlds"
    split: str = "train"
    """train, validation or test; they share no task, and none is a public one."""
    seed: int = 0
    """The seed of the stream of tasks."""
    parameters: dict[str, str | int] = {}
    """The track's own: template, tier, sizes."""
    memory: str = "markdown"
    """The memory, by any name or spec that `bench` takes."""
    reader: str | None = None
    """An agent that plays the events that ask in the policy's place, such as `template_expert`."""
    max_steps: int | None = None
    """Replies after which an episode is cut, and scored as it stands."""

    def stream(self) -> TaskStream:
        return TaskStream(self.track, self.split, self.seed, self.parameters)

    def options(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("memory", "reader", "max_steps")}

    @model_validator(mode="after")
    def _check(self) -> "MemoryTasksetConfig":
        try:
            self.stream()
            MemoryEnv(self.track, **self.options(), **self.parameters)
        except MemoryGymError as error:
            raise ValueError(str(error)) from error
        return self


class MemoryTaskset(vf.Taskset[MemoryTask, MemoryTasksetConfig]):  # type: ignore[misc]
    """The stream of a split; bound it with `-n`."""

    INFINITE = True

    def load(self) -> Iterator[MemoryTask]:
        config = self.config
        templates = "template" in find(config.track).parameters()
        for task in config.stream():
            template = {"template": task.template} if templates else {}
            data = MemoryData(
                id=f"{config.track}/{config.split}/{task.template}/{task.seed}",
                track=config.track, split=config.split, seed=task.seed, options=config.options(),
                parameters={**config.parameters, **template},
            )  # fmt: skip
            yield MemoryTask(data, config.task)
