"""The tasks: a split's endless stream, checked and scored as verifiers does it."""

from collections.abc import Iterator
from typing import Any

import verifiers.v1 as vf
from pydantic import BaseModel, model_validator

from memorygym.core.errors import MemoryGymError
from memorygym.core.track import find
from memorygym.runs.systems import AgentSystem
from memorygym.scoring.episode_scores import score
from memorygym.training.env import MemoryEnv
from memorygym.training.tasks import TaskStream, recipes

SCORE = "score"
"""The reward, and the place in a trace's `info` that holds the score of its episode."""


class MemoryOptions(BaseModel):
    """What tasks and their configuration have in common."""

    track: str = "worlds"
    split: str = "train"
    """train, validation or test; they share no task, and none is a public one."""
    seed: int = 0
    """The seed of the stream of tasks; of a task, its own."""
    parameters: dict[str, str | int] = {}
    """The track's own: template, tier, sizes."""
    memory: str = "markdown"
    """The memory, by any name or spec that `bench` takes."""
    reader: str | None = None
    """An agent that plays the events that ask in the policy's place, such as `template_expert`."""
    max_steps: int | None = None
    """Replies after which an episode is cut, and scored as it stands."""

    def environment(self) -> MemoryEnv:
        options = self.model_dump(include={"memory", "reader", "max_steps"})
        return MemoryEnv(self.track, **{**options, **self.parameters})


class MemoryData(vf.TaskData, MemoryOptions):  # type: ignore[misc]  # verifiers is not type-checked.
    """What names a task; what it shows and asks is generated when it is played."""

    def begin(self) -> tuple[MemoryEnv, dict[str, Any]]:
        """The environment at the beginning of the task, and what `reset` told about it."""
        env = self.environment()
        return env, env.reset(options={"split": self.split, "seed": self.seed})[1]


class RolloutState(vf.State):  # type: ignore[misc]
    """What the environment tells the harness."""

    tools: Any = ()
    """Those on offer now, in OpenAI's form."""
    malformed: bool = False
    """Whether the context holds a malformed call."""


class MemoryTask(vf.Task[MemoryData, RolloutState]):  # type: ignore[misc]
    """A task. Its score is the episode's, which the environment puts into each trace's `info`."""

    async def validate(self, runtime: vf.Runtime) -> bool | None:
        """Whether the agent that knows the answers scores 1; None if the track has none."""
        data = self.data
        best = find(data.track).references.get("upper bound")
        if best is None:
            return None
        seeds = range(data.seed, data.seed + 1)
        (recipe,) = recipes(data.track, data.split, seeds, **data.parameters)
        return score(AgentSystem(best).play(recipe.generate(), 0, [])).composite == 1

    async def finalize(self, trace: vf.Trace) -> None:
        """Scores what nobody played, as `vf-validate` asks for."""
        if not self.scoring_deferred:
            env, _ = self.with_data(max_steps=1).data.begin()
            trace.info[SCORE] = env.step("")[-1][SCORE]

    @vf.reward  # type: ignore[untyped-decorator]
    async def composite(self, trace: vf.Trace) -> dict[str, float]:
        return {SCORE: trace.info[SCORE]["composite"]}

    @vf.metric  # type: ignore[untyped-decorator]
    async def axes(self, trace: vf.Trace) -> dict[str, float]:
        axes = trace.info[SCORE]["axes"].items()
        return {name: share for name, share in axes if share is not None}


class MemoryTasksetConfig(vf.TasksetConfig, MemoryOptions):  # type: ignore[misc]
    """Which tasks, and with which memory. Raises ValidationError, which names what is wrong."""

    def stream(self) -> TaskStream:
        return TaskStream(self.track, self.split, self.seed, self.parameters)

    @model_validator(mode="after")
    def _check(self) -> "MemoryTasksetConfig":
        try:
            self.stream()
            self.environment()
        except MemoryGymError as error:
            raise ValueError(str(error)) from error
        return self


class MemoryTaskset(vf.Taskset[MemoryTask, MemoryTasksetConfig]):  # type: ignore[misc]
    """The stream of a split; bound it with `-n`."""

    INFINITE = True

    def load(self) -> Iterator[MemoryTask]:
        given = self.config.model_dump(include=set(MemoryOptions.model_fields))
        templates = "template" in find(self.config.track).parameters()
        for recipe in self.config.stream():
            id = f"{self.config.track}/{self.config.split}/{recipe.template}/{recipe.seed}"
            data = MemoryData(id=id, **{**given, "seed": recipe.seed})
            if templates:
                data.parameters["template"] = recipe.template
            yield MemoryTask(data, self.config.task)
