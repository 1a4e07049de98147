"""Episodes that verifiers plays in this process, with a scripted model on the loopback."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import verifiers.v1 as vf

from memorygym.adapters.verifiers.taskset import MemoryTaskset
from memorygym.agents.chat import merge_neighbours
from memorygym.agents.text_protocol import as_text
from memorygym.core.trace import Action, Trace
from memorygym.core.types import Message, Task
from memorygym.models.chat_completions import to_wire
from memorygym.training.tasks import recipes
from tests.servers.brains import Action as Said
from tests.servers.brains import Brain
from tests.training.plays import TINY, View, watched

ID = "memorygym-v1"


def tasks(count: int = 1, track: str = "worlds", **options: Any) -> list[vf.Task]:
    """The first tasks of a stream."""
    return [*taskset(track, **options).take(count)]


def taskset(track: str = "worlds", **options: Any) -> MemoryTaskset:
    options = {"parameters": TINY.get(track, {}), **options}
    return vf.load_taskset(vf.taskset_config_type(ID)(id=ID, track=track, **options))


def played(
    endpoint: str | vf.ClientConfig,
    *played_tasks: vf.Task,
    model: str = "x",
    repeats: int = 1,
    **agent: Any,
) -> list[vf.Episode]:
    """The episodes of the tasks, all played at once."""
    client = vf.EvalClientConfig(base_url=endpoint) if isinstance(endpoint, str) else endpoint
    data = {"taskset": {"id": ID}, "agent": agent}
    environment = vf.load_environment(vf.resolve_env_config(data))
    context = vf.ModelContext(model=model, client=client, sampling=vf.SamplingConfig())

    async def play() -> list[vf.Episode]:
        async with environment.serving():
            runs = (environment.run_episode(task, context) for task in played_tasks * repeats)
            return await asyncio.gather(*runs)

    return asyncio.run(play())


def generated(task: vf.Task) -> Task:
    """The task as MemoryGym makes it."""
    data = task.data
    seeds = range(data.seed, data.seed + 1)
    (recipe,) = recipes(data.track, data.split, seeds, **data.parameters)
    return recipe.generate()


class Replay:
    """The model that says what the default agent of `bench` said to the same messages."""

    def __init__(self, *replayed: vf.Task, text: bool = False) -> None:
        self.traces: list[Trace] = []
        self.contexts: list[list[dict[str, Any]]] = []
        """The messages of each context, with the replies, as an endpoint reads them."""
        self._replies: dict[str, Said] = {}
        for task in replayed:
            trace, views = watched(generated(task))
            replies = [record.message for record in trace.records if isinstance(record, Action)]
            self.traces.append(trace)
            self._keep(views, replies, text=text)

    def brain(self) -> Brain:
        return lambda messages, _: self._replies[_key(messages)]

    def _keep(self, views: Sequence[View], replies: Sequence[Message], *, text: bool) -> None:
        before: View = ()
        for view, reply in zip(views, replies, strict=True):
            said = as_text([reply], ())[0] if text else reply
            read = _wire(as_text(view, ()) if text else view)
            calls = [(call.name, dict(call.arguments)) for call in said.calls]  # type: ignore[arg-type]
            self._replies[_key(read)] = (said.content, calls)
            if before and view[: len(before)] == before:
                self.contexts.pop()
            self.contexts.append([*read, to_wire(said)])
            before = (*view, reply)


def _wire(view: Sequence[Message]) -> list[dict[str, Any]]:
    return [to_wire(message) for message in merge_neighbours(view)]


def _key(messages: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps([(message["role"], message.get("content") or "") for message in messages])
