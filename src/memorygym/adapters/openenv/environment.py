"""The environment of OpenEnv: a session plays episodes of MemoryEnv, one after the other."""

import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import fields
from typing import Any
from uuid import uuid4

from openenv.core.env_server.interfaces import Environment
from openenv.core.env_server.types import EnvironmentMetadata

from memorygym.adapters.description import Description
from memorygym.adapters.openenv.models import MemoryAction, MemoryObservation, MemoryState, sendable
from memorygym.core.errors import BadSettings
from memorygym.core.json_values import json_value
from memorygym.core.track import TaskRecipe, find
from memorygym.core.types import Call, Message
from memorygym.runs.settings import check_argument
from memorygym.training.env import EnvSettings, MemoryEnv
from memorygym.training.tasks import SEEDS, SPLITS, recipes

Options = Mapping[str, Any]
KINDS = {"seed": int, "index": int, "episode_id": str, "max_steps": int}
"""Options of `reset` that are of one type; any other is a name or a number."""
PARTS = ("track", "memory", "reward", "observation", "max_steps")
"""Options of MemoryEnv that a client may give, as it may parameters of the track."""
HOSTED = ("browser", "package", "screenshots")
"""Parameters that reach into the server's machine: only its operator gives them."""
PLAIN = re.compile(r"[\w ,+-]*")
"""What a client may give for a text: no spec with code, no path, no address."""
MOST = 1000
"""Most tasks of one list."""
_SETTINGS = {"track", *(option.name for option in fields(EnvSettings))}


class UnknownTask(BadSettings, IndexError):
    """No task has this number; OpenEnv expects an IndexError."""


class MemoryEnvironment(Environment):  # type: ignore[misc]  # OpenEnv is not type-checked.
    """A session: the operator's options of MemoryEnv, and over them those of each `reset`.

    A call that raises (UnknownPart, BadSettings, a Gymnasium error) has changed nothing.
    """

    SUPPORTS_CONCURRENT_SESSIONS = True

    def __init__(self, options: Options) -> None:
        super().__init__()
        self._operators: Options = {"track": "worlds", "split": "train", **options}
        self._env: MemoryEnv | None = None
        self._parts: Options = {}
        self._about: Options = {}
        self._steps, self._torn = 0, False

    def reset(
        self, seed: int | None = None, episode_id: str | None = None, **options: Any
    ) -> MemoryObservation:
        """Begins the next task of the session's stream, the first of the stream of `seed`, or the
        one with the number `index` in the split."""
        for name, value in {"seed": seed, "episode_id": episode_id, **options}.items():
            _check(name, value)
        options = {name: value for name, value in options.items() if value is not None}
        parts = {name: options.pop(name) for name in PARTS if name in options}
        index, chosen = options.pop("index", None), self._over({**parts, **options})
        if index is not None:
            task = self._task(index, chosen)
            options["seed"] = task.seed
            if "template" in find(chosen["track"]).parameters():
                options["template"] = task.template
        old = self._env if parts == self._parts else None
        env = copy(old) if old else MemoryEnv(**self._over(parts))  # It may yet fail.
        text, info = env.reset(seed=seed, options={"split": chosen["split"], **options})
        id = episode_id or uuid4().hex
        self._about = {"episode_id": id, "split": chosen["split"], **info["task"]}
        self._env, self._parts, self._steps, self._torn = env, parts, 0, False
        return MemoryObservation(text=text, **info)

    def step(
        self, action: MemoryAction, timeout_s: float | None = None, **_: Any
    ) -> MemoryObservation:
        """Takes a reply as MemoryEnv does: a wrong call is answered in the observation."""
        if self._env is None:
            raise BadSettings("no episode: call reset() first, in the same session (websocket /ws)")
        calls = tuple(Call(call.name, json_value(call.arguments), call.id) for call in action.calls)
        reply = Message("assistant", action.text, calls) if calls else action.text
        text, reward, terminated, truncated, info = self._env.step(reply)
        self._steps += 1
        info |= {"text": text, "truncated": truncated}
        # JSON within a reply can hold a torn character, which stays in view for a while.
        self._torn = self._torn or "\\ud" in f"{action.text}{calls}".lower()
        seen = sendable(info) if self._torn else info
        return MemoryObservation(reward=reward, done=terminated or truncated, **seen)

    @property
    def state(self) -> MemoryState:
        """The episode in play, or the last one."""
        return MemoryState(step_count=self._steps, **self._about)

    def get_metadata(self) -> EnvironmentMetadata:
        about = Description()
        words = {"name": about.name, "description": about.summary, "version": about.version}
        return EnvironmentMetadata(**words)

    def list_splits(self) -> list[str]:
        return list(SPLITS)

    def num_tasks(self, split: str) -> int:
        return SEEDS * len(self._recipes(0, self._over({"split": split})))

    def get_task(self, split: str, index: int) -> dict[str, Any]:
        """What names a task. Raises UnknownTask."""
        task = self._task(index, self._over({"split": split}))
        id = f"{split}/{task.template}/{task.seed}"
        return {"id": id, "index": index, "template": task.template, "seed": task.seed}

    def get_task_range(
        self, split: str, start: int | None = None, stop: int | None = None
    ) -> list[dict[str, Any]]:
        """The tasks of a slice, at most the first MOST of them."""
        numbers = range(self.num_tasks(split))[start:stop][:MOST]
        return [self.get_task(split, number) for number in numbers]

    def list_tasks(self, split: str) -> list[dict[str, Any]]:
        return self.get_task_range(split)

    def _over(self, options: Options) -> dict[str, Any]:
        """The operator's options and over them these; parameters belong to one track."""
        given = self._operators
        if options.get("track", given["track"]) != given["track"]:
            given = {name: given[name] for name in given.keys() & _SETTINGS}
        return {**given, **options}

    def _task(self, index: int, chosen: Options) -> TaskRecipe:
        """The task of a number: they run through all templates with seed 0, then with seed 1, …"""
        templates = len(self._recipes(0, chosen))
        if not 0 <= index < SEEDS * templates:
            raise UnknownTask(f"index {index}: give 0 to {SEEDS * templates - 1}")
        seed, place = divmod(index, templates)
        return self._recipes(seed, chosen)[place]

    def _recipes(self, seed: int, chosen: Options) -> Sequence[TaskRecipe]:
        parameters = {name: chosen[name] for name in chosen.keys() - _SETTINGS}
        return recipes(chosen["track"], chosen["split"], range(seed, seed + 1), **parameters)


def _check(name: str, value: object) -> None:
    """Raises BadSettings for what a client may not give."""
    if value is None:
        return
    check_argument(name, value, KINDS.get(name, str | int))
    plain = PLAIN.fullmatch(str(value)) if name != "episode_id" else str(value).isprintable()
    if name in HOSTED or not plain:
        raise BadSettings(
            f"{name}={value!r:.60}: a client may give plain names and numbers;"
            " anything else is an option of the server, which its operator gives"
        )
