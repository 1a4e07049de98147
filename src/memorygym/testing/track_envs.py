"""What every environment of a track must keep to, found by steps that are taken again."""

import pickle
from collections.abc import Iterator
from typing import Any

from memorygym.agents.calls import END
from memorygym.core import Env, Message, Step
from memorygym.errors import Refused
from memorygym.testing.track_cases import Case
from memorygym.trace import Said

AHEAD = 3
"""Steps that a fork goes its own way."""
Taken = tuple[Step | str, int]
"""What a reply was answered, or why it was refused, and in which event."""


def env_rules(case: Case) -> Iterator[str]:
    """Every rule that the environment of a task breaks."""
    env = case.track.env(case.bare)
    if env.task.gold is not None:
        yield "its environment makes itself a task with the gold table: keep the task it is given"
    known = case.track.tool_names
    for tool in env.tools:
        if tool.name not in known:
            yield f"its environment offers {tool.name!r}, which `Track.tools` lacks: add it there"
    first = env.reset()
    if not (first.evict and first.messages):
        yield "its first step begins no event: let reset() give Step((Message(…),), evict=True)"
        return
    replies = list(_replies(case))
    once = list(_steps(case.track.env(case.bare), replies))
    again = list(_steps(case.track.env(case.bare), replies))
    if (event := _unlike(once, again)) is not None:
        yield (
            f"played again its environment does otherwise in event {event + 1}: let it draw from"
            " rng(…) alone, and keep nothing outside of itself"
        )
        return
    yield from _forks(case, replies, once)


def _replies(case: Case) -> Iterator[Message]:
    """What the strong reasoner told the environment, a call at a time."""
    for record in case.full.records:
        if isinstance(record, Said):
            message = record.message
            for call in message.calls:
                if call.name in case.track.tool_names:
                    yield Message("assistant", "", (call,))
            if not message.calls:
                yield Message("assistant", message.content)


def _steps(env: Env, replies: list[Message]) -> Iterator[Taken]:
    step, event = env.reset(), 0
    yield step, event
    for reply in replies:
        answer = _step(env, reply)
        yield answer, event
        if isinstance(answer, Step):
            event += answer.evict
            if answer.done:
                return


def _step(env: Env, reply: Message) -> Step | str:
    try:
        return env.step(reply)
    except Refused as refusal:
        return str(refusal)


def _unlike(some: list[Taken], others: list[Taken]) -> int | None:
    """The event in which two runs differ first."""
    pairs = zip(some, others, strict=False)
    return next((event for (one, event), (other, _) in pairs if one != other), None)


def _forks(case: Case, replies: list[Message], once: list[Taken]) -> Iterator[str]:
    """A fork goes on as the original does, and what it does shows nowhere else."""
    env = case.track.env(case.bare)
    env.reset()
    for reply, (expected, event) in zip(replies, once[1:], strict=False):
        before, fork = _state(env), env.fork()
        if _step(fork, reply) != expected:
            yield f"a fork in event {event + 1} goes on otherwise: let fork() copy all of its state"
            return
        ahead, answer = 0, expected
        while ahead < AHEAD and not (isinstance(answer, Step) and answer.done):
            ahead, answer = ahead + 1, _step(fork, END)
        if _state(env) != before or _step(env, reply) != expected:
            yield (
                f"what a fork did in event {event + 1} changed the environment that it was taken"
                " from: leave fork() to core.Env, which copies deeply"
            )
            return


def _state(env: Env) -> Any:
    """All that it holds, as bytes; None if that cannot be told."""
    try:
        return pickle.dumps({name: part for name, part in vars(env).items() if name != "task"})
    except (TypeError, AttributeError, pickle.PicklingError):
        return None
