"""The rows of a data set: an episode in a format that trainers read."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

from memorygym.agents.chat import merge_neighbours
from memorygym.agents.text_protocol import as_text
from memorygym.core.errors import BadSettings
from memorygym.core.json_values import canonical
from memorygym.core.tokens import count, shown_tokens
from memorygym.core.trace import CANARY
from memorygym.core.types import JSON, Message, Tool
from memorygym.training.rollouts import Rollout, Segment

Row = dict[str, JSON]


def openai_row(segment: Segment, tools: Sequence[Tool]) -> Row:
    """The messages and tools as OpenAI-compatible endpoints take them."""
    return {
        "messages": [message.to_openai() for message in segment.messages],
        "tools": [tool.to_openai() for tool in tools],
        "mask": [int(trained) for trained in segment.mask],
    }


def read_row(row: Mapping[str, Any]) -> tuple[Segment, tuple[Tool, ...]]:
    """The segment and the tools of a row as `openai_row` writes it; without a `mask` every reply is
    trained on. Raises BadSettings for what is no such row."""
    try:
        messages = tuple(map(Message.from_openai, row["messages"]))
        functions = [tool["function"] for tool in row.get("tools") or ()]
        tools = tuple(Tool(f["name"], f["description"], f["parameters"]) for f in functions)
        mask = row.get("mask") or [message.role == "assistant" for message in messages]
        if len(mask) != len(messages):
            raise ValueError(f"{len(mask)} marks for {len(messages)} messages")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadSettings(
            f"not a row of OpenAI messages ({error!r:.80}): `memorygym training data` writes them"
        ) from error
    return Segment(messages, tuple(map(bool, mask))), tools


def sharegpt_row(segment: Segment, tools: Sequence[Tool]) -> Row:
    """The turns with tool calls as text, in the words that a model reads under `--tools text`:
    after the system turn `human` and `gpt` alternate."""
    chat = as_chat(segment, tools)
    names = {"system": "system", "user": "human", "assistant": "gpt"}
    return {
        "conversations": [{"from": names[m.role], "value": m.content} for m, _ in chat],
        "tools": canonical([tool.to_openai() for tool in tools]),
        "mask": [int(trained) for _, trained in chat],
    }


def as_chat(segment: Segment, tools: Sequence[Tool]) -> list[tuple[Message, bool]]:
    """The messages with tool calls as text, each with whether it is trained on."""
    pairs = zip(segment.messages, segment.mask, strict=True)
    replied = iter([trained for message, trained in pairs if message.role == "assistant"])
    messages = merge_neighbours(as_text(segment.messages, tools))
    return [(m, m.role == "assistant" and next(replied)) for m in messages]


FORMATS: Mapping[str, Callable[[Segment, Sequence[Tool]], Row]] = {
    "openai": openai_row,
    "sharegpt": sharegpt_row,
}
"""By name: the function that writes a row."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The rows of an episode."""

    agent: str
    score: float
    version: str
    """The version of the track."""
    lengths: tuple[int, ...]
    """Tokens of each row, by `core.tokens`."""
    trained: int
    """Tokens of all messages to train on."""
    lines: tuple[str, ...] = ()
    """The rows as JSON; () once they are written."""


def trajectory(
    rollout: Rollout, tools: Sequence[Tool], format: str, split: str, *, segments: bool
) -> Trajectory:
    """The rows of a rollout: one for each segment, or one for all."""
    rows = rollout.to_rows() if segments else [rollout.to_concat()]
    names = ("track", "template", "seed", "task", "agent", "memory", "version")
    about: Row = {name: getattr(rollout, name) for name in names}
    about |= {"canary": CANARY, "split": split, "score": round(rollout.reward, 6)}
    lines, lengths, trained = list[str](), list[int](), 0
    for number, row in enumerate(rows):
        metadata: Row = {**about, "row": number, "rows": len(rows)}
        # Keys in their order, so that the tools read as in an episode.
        whole = {**FORMATS[format](row, tools), "metadata": metadata}
        lines.append(json.dumps(whole, separators=(",", ":")))
        tokens = [shown_tokens(message, count) for message in row.messages]
        lengths.append(sum(tokens))
        trained += sum(compress(tokens, row.mask))
    return Trajectory(
        rollout.agent, rollout.reward, rollout.version, tuple(lengths), trained, tuple(lines)
    )
