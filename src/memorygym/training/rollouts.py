"""Rollouts: a played episode as training data, cut where the agent's context was reset.

A memory episode is many contexts that only the memory joins, so a rollout is a list of segments.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from math import exp, log
from pathlib import Path
from typing import TypeVar

from memorygym.agents.chat import merge_neighbours
from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.core.json_types import from_json, to_json
from memorygym.core.json_values import canonical
from memorygym.core.trace import (
    Action,
    Context,
    Observation,
    Reward,
    ToolResult,
    Trace,
    first_difference,
)
from memorygym.core.types import JSON, Message
from memorygym.scoring.episode_scores import score

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Segment:
    """Messages that an agent read as one growing context, and its replies among them."""

    messages: tuple[Message, ...]
    mask: tuple[bool, ...]
    """For each message: whether it is a reply of the agent in this segment, to be trained on. What
    stands before such a reply is exactly the view that the agent replied to."""
    reward: float = 0.0
    """What the environment gave for these replies; a track may give it only as the final score."""
    start: int = 1
    """How many messages, from the first, are the system message and the memory's context."""
    log_probabilities: tuple[float, ...] = ()
    """Those of the policy that played, if it was asked: one for each reply or each of its tokens,
    as the caller counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """A played episode: who played what, its score, and its segments."""

    task: str
    """The task's content-hash id."""
    track: str
    template: str
    seed: int
    agent: str
    memory: str
    version: str
    """The version of the track."""
    reward: float
    """The score of the episode, from 0 to 1."""
    segments: tuple[Segment, ...]

    def to_rows(self) -> list[Segment]:
        """One training row a segment, as a model is sent it: see `sendable`."""
        rows = map(sendable, self.segments)
        return [row for row in rows if any(row.mask)]

    def to_concat(self) -> Segment:
        """One row of the whole episode. A trained model then sees what the agent had to remember:
        that only the memory joins the segments is lost.

        A segment repeats neither the system message nor what the last one began with.
        """
        messages, mask = list[Message](), list[bool]()
        before: tuple[Message, ...] = ()
        for segment in self.segments:
            same = first_difference(before, segment.messages)
            new = min(len(before) if same is None else same, segment.start)
            messages += segment.messages[new:]
            mask += segment.mask[new:]
            before = segment.messages
        reward = sum(segment.reward for segment in self.segments)
        played = chain.from_iterable(segment.log_probabilities for segment in self.segments)
        start = next((segment.start for segment in self.segments), 1)
        return sendable(Segment(tuple(messages), tuple(mask), reward, start, tuple(played)))


def rollout(trace: Trace, reward: float | None = None) -> Rollout:
    """The rollout of a trace, by default with the track's score as its reward.

    Raises BadTrace if the trace has no gold table and no reward is given.
    """
    labels, recipe = trace.labels, trace.recipe
    return Rollout(
        task=trace.task,
        track=trace.track,
        template=str(recipe.get("template", "")),
        seed=int(str(recipe.get("seed", 0))),
        agent=str(labels.get("agent", "unknown")),
        memory=str(labels.get("memory", "unknown")),
        version=str(labels.get("version", "unknown")),
        reward=score(trace).composite if reward is None else reward,
        segments=segments(trace),
    )


@dataclass(slots=True)
class _Growing:
    """A segment while the trace is read."""

    messages: list[Message]
    mask: list[bool]
    start: int
    reward: float = 0.0

    def add(self, messages: Sequence[Message], *, trained: bool = False) -> None:
        self.messages += messages
        self.mask += [trained] * len(messages)


def segments(trace: Trace) -> tuple[Segment, ...]:
    """The segments of a trace: a new one begins where a view does not continue the last one."""
    system, context = Message("system", trace.system), tuple[Message, ...]()
    live, event = list[Message](), -1
    grown = list[_Growing]()
    for record in trace.records:
        if record.event > event:  # What was live leaves the view when an event begins.
            live, event = [], record.event
        match record:
            case Context(_, messages, kept):
                context = (*context[:kept], *messages)
            case Observation(_, messages):
                live += messages
            case ToolResult(_, messages):
                live += messages
                grown[-1].add(messages)
            case Action(_, message):
                view = [system, *context, *live]
                seen = len(grown[-1].messages) if grown else 0
                if not grown or view[:seen] != grown[-1].messages:
                    grown.append(_Growing([], [], 1 + len(context)))
                    seen = 0
                grown[-1].add(view[seen:])
                grown[-1].add([message], trained=True)
                live.append(message)
            case Reward(_, reward):
                grown[-1].reward += reward
    return tuple(
        Segment(tuple(each.messages), tuple(each.mask), each.reward, each.start) for each in grown
    )


def sendable(segment: Segment) -> Segment:
    """The segment as a model is sent it: neighbouring user messages joined, and the calls numbered,
    each with exactly one result.

    A reply whose calls were not run, for it exceeded a limit, is left out.
    """
    messages, replied, numbers = list[Message](), list[bool](), count(1)
    for message, results, trained in _exchanges(segment):
        calls = tuple(replace(call, id=f"call_{next(numbers)}") for call in message.calls)
        messages.append(replace(message, calls=calls))
        messages += (replace(r, call_id=c.id) for r, c in zip(results, calls, strict=True))
        if message.role == "assistant":
            replied.append(trained)
    merged, trainings = merge_neighbours(messages), iter(replied)
    mask = tuple(message.role == "assistant" and next(trainings) for message in merged)
    whole = sum(mask) == sum(segment.mask)
    played = segment.log_probabilities if whole else ()
    return replace(segment, messages=tuple(merged), mask=mask, log_probabilities=played)


def _exchanges(segment: Segment) -> Iterator[tuple[Message, Sequence[Message], bool]]:
    """Each message that is no result, the results of its calls, and whether it is trained on."""
    messages = segment.messages
    for index, message in enumerate(messages):
        end = index + 1
        while end < len(messages) and messages[end].role == "tool":
            end += 1
        results = messages[index + 1 : end] if message.calls else ()
        if message.role != "tool" and len(results) == len(message.calls):
            yield message, results, segment.mask[index]


def write_rollouts(path: Path, rollouts: Iterable[Rollout]) -> None:
    """Stores rollouts as JSON lines (.jsonl, .jsonl.gz) with OpenAI messages. Raises OSError."""
    write_atomically(path, (f"{canonical(_to_json(each))}\n".encode() for each in rollouts))


def _to_json(part: object) -> JSON:
    match part:
        case Rollout() | Segment():
            return {name: _to_json(getattr(part, name)) for name in part.__slots__}
        case Message():
            return part.to_openai()
        case tuple():
            return [_to_json(item) for item in part]
    return to_json(part)


def read_rollouts(lines: Iterable[str], name: str = "rollouts") -> Iterator[Rollout]:
    """The rollouts of stored lines. Raises BadSettings for a line that is none."""
    for number, line in enumerate(lines, start=1):
        try:
            raw = json.loads(line)
            for segment in raw["segments"]:
                messages = map(Message.from_openai, segment["messages"])
                segment["messages"] = [to_json(message) for message in messages]
            yield from_json(Rollout, raw)
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
            raise BadSettings(f"{name}, line {number}: not a rollout ({error})") from error


def importance_weights(
    new: Sequence[float], old: Sequence[float], clip: float = 2.0
) -> list[float]:
    """How much each replayed reply (or token) counts for the policy of today: the ratio of its
    probabilities now and when it was played, at most `clip`.

    This is truncated importance sampling (Ionides 2008). Raises BadSettings for a wrong argument.

    >>> importance_weights([-1.0, -1.0], [-1.0, -9.0])
    [1.0, 2.0]
    """
    if len(new) != len(old) or clip <= 0:
        raise BadSettings(
            f"{len(new)} new and {len(old)} old log-probabilities, clip {clip}: give as many of"
            " both, and a clip above 0"
        )
    return [exp(min(now - then, log(clip))) for now, then in zip(new, old, strict=True)]


def select(
    tasks: Sequence[T], pass_rates: Sequence[float], low: float = 0.0, high: float = 1.0
) -> list[T]:
    """The tasks to train on next, those nearest to a pass rate of one half first.

    Only tasks above `low` and below `high` are kept: where every try fails or every try passes, the
    tries of one task teach nothing. Raises BadSettings unless each task has its pass rate.

    >>> select("abcd", [0.0, 0.9, 0.5, 1.0])
    ['c', 'b']
    """
    if len(tasks) != len(pass_rates):
        raise BadSettings(f"{len(tasks)} tasks and {len(pass_rates)} pass rates: give one a task")
    kept = [index for index, rate in enumerate(pass_rates) if low < rate < high]
    return [tasks[index] for index in sorted(kept, key=lambda i: abs(pass_rates[i] - 0.5))]
