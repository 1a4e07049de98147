"""The environment of OpenEnv: a session plays episodes of MemoryEnv, one after the other."""

import re
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any
from uuid import uuid4

from openenv.core.env_server.interfaces import Environment
from openenv.core.env_server.types import EnvironmentMetadata

from memorygym.adapters.description import Description
from memorygym.adapters.openenv.models import MemoryAction, MemoryObservation, MemoryState
from memorygym.core.errors import BadSettings
from memorygym.core.json_values import json_value
from memorygym.core.track import TaskRecipe, find
from memorygym.core.types import Call, Message
from memorygym.runs.settings import check_argument
from memorygym.training.env import MemoryEnv
from memorygym.training.tasks import SEEDS, SPLITS, recipes

Options = Mapping[str, Any]
HOSTED = ("browser", "package", "screenshots")
"""Parameters that reach into the server's machine: only its operator gives them."""
PLAIN = re.compile(r"[\w ,+-]*")
"""What a client may give for a text: no spec with code, no path, no address."""
MOST = 1000
"""Most tasks of one list."""


class UnknownTask(BadSettings, IndexError):
    """No task has this number; OpenEnv expects an IndexError."""


class MemoryEnvironment(Environment):  # type: ignore[misc]  # OpenEnv is not type-checked.
    """A session: a MemoryEnv with the operator's options, whose `reset` a client parametrises.

    A call that raises (UnknownPart, BadSettings, a Gymnasium error) has changed nothing.
    """

    SUPPORTS_CONCURRENT_SESSIONS = True

    def __init__(self, options: Options) -> None:
        super().__init__()
        self._env = MemoryEnv(**options)
        self._state = MemoryState()

    def reset(
        self, seed: int | None = None, episode_id: str | None = None, **options: Any
    ) -> MemoryObservation:
        """Begins the next task of the session's stream, the first of the stream of `seed`, or the
        one with the number `index` in the split. Other options are `split` and the parameters of
        the track, for this episode."""
        options = {name: value for name, value in options.items() if value is not None}
        for name, value in options.items():
            _check(name, value)
        if (index := options.pop("index", None)) is not None:
            task = self._task(index, options)
            options["seed"] = task.seed
            if "template" in find(self._env.track).parameters():
                options["template"] = task.template
        env = copy(self._env)  # It may yet fail.
        text, info = env.reset(seed=seed, options=options)
        split = options.get("split", env.settings.split)
        self._state = MemoryState(episode_id=episode_id or uuid4().hex, split=split, **info["task"])
        self._env = env
        return MemoryObservation(text=text, **info)

    def step(self, action: MemoryAction, **_: Any) -> MemoryObservation:
        """Takes a reply as MemoryEnv does: a wrong call is answered in the observation."""
        if self._state.episode_id is None:
            raise BadSettings("no episode: call reset() first, in the same session (websocket /ws)")
        calls = tuple(Call(call.name, json_value(call.arguments), call.id) for call in action.calls)
        reply = Message("assistant", action.text, calls) if calls else action.text
        text, reward, terminated, truncated, info = self._env.step(reply)
        self._state.step_count += 1
        done = terminated or truncated
        return MemoryObservation(text=text, reward=reward, done=done, truncated=truncated, **info)

    @property
    def state(self) -> MemoryState:
        """The episode in play, or the last one."""
        return self._state

    def get_metadata(self) -> EnvironmentMetadata:
        about = Description()
        words = {"name": about.name, "description": about.summary, "version": about.version}
        return EnvironmentMetadata(**words)

    def list_splits(self) -> list[str]:
        return list(SPLITS)

    def num_tasks(self, split: str) -> int:
        return SEEDS * len(self._recipes(0, {"split": split}))

    def get_task(self, split: str, index: int) -> dict[str, Any]:
        """What names a task. Raises UnknownTask."""
        task = self._task(index, {"split": split})
        id = f"{split}/{task.template}/{task.seed}"
        return {"id": id, "index": index, "template": task.template, "seed": task.seed}

    def list_tasks(
        self, split: str, start: int | None = None, stop: int | None = None
    ) -> list[dict[str, Any]]:
        """The tasks of a slice, at most the first MOST of them."""
        numbers = range(self.num_tasks(split))[start:stop][:MOST]
        return [self.get_task(split, number) for number in numbers]

    get_task_range = list_tasks

    def _task(self, index: int, options: Options) -> TaskRecipe:
        """The task of a number: they run through all templates with seed 0, then with seed 1, …"""
        templates = len(self._recipes(0, options))
        if not 0 <= index < SEEDS * templates:
            raise UnknownTask(f"index {index}: give 0 to {SEEDS * templates - 1}")
        seed, place = divmod(index, templates)
        return self._recipes(seed, options)[place]

    def _recipes(self, seed: int, options: Options) -> Sequence[TaskRecipe]:
        chosen = {"split": self._env.settings.split, **self._env.parameters, **options}
        return recipes(self._env.track, chosen.pop("split"), range(seed, seed + 1), **chosen)


def _check(name: str, value: object) -> None:
    """Raises BadSettings for what a client may not give."""
    check_argument(name, value, int if name == "index" else str | int)
    if name in HOSTED or not PLAIN.fullmatch(str(value)):
        raise BadSettings(
            f"{name}={value!r:.60}: a client may give plain names and numbers;"
            " anything else is an option of the server, which its operator gives"
        )
