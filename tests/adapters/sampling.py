"""What stands for a model in the tests of trainers: tokens that were chosen before."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from memorygym.agents.text_protocol import as_text
from memorygym.core.rng import named_rng
from memorygym.core.trace import Action
from memorygym.core.track import find
from memorygym.runs.systems import AgentSystem
from memorygym.scoring.episode_scores import score
from memorygym.training.data import default_agent
from memorygym.training.env import MemoryEnv
from memorygym.training.tasks import recipes
from memorygym.training.tiny import tiny_tokenizer
from memorygym.training.token_rollouts import NAME, TokenRollouts
from memorygym.training.tokens import ChatTemplate
from tests.training.plays import TINY

CALLS = (
    '<tool_call>{"name": "Write", "arguments": {"content": "Ada is 4."}}</tool_call>',
    '<tool_call>{"name": "submit_answer", "arguments": {"answer": "4"}}</tool_call>',
    '<tool_call>{"name": "Write", "argu',
    "Noted.",
    "",
)
PLAYED = ("worlds", "dialogue")
"""The tracks that are played."""
Row = dict[str, Any]


@cache
def tokenizer() -> Any:
    text, _ = MemoryEnv("worlds", **TINY["worlds"]).reset(seed=0)
    return tiny_tokenizer([text], 1200)


def rows(count: int, track: str = "worlds", split: str = "train", **options: Any) -> list[Row]:
    """Data rows of short tasks, in whose contexts any reply has room."""
    room = {"most_tokens": 100_000, "most_reply": 2_000}
    return TokenRollouts(track, **room | TINY[track] | options).data(count, split)


def task_of(row: Mapping[str, Any]) -> dict[str, Any]:
    task: dict[str, Any] = json.loads(row["extra_info"][NAME])["task"]
    return task


def bench(row: Mapping[str, Any]) -> tuple[list[str], float]:
    """The replies of the track's standard agent to a row's task, and the score in `bench`."""
    track, task = row["data_source"].partition("/")[2], task_of(row)
    parameters = {**TINY[track], "template": task["template"]}
    seeds = range(task["seed"], task["seed"] + 1)
    played = recipes(track, task["split"], seeds, **parameters)[0].generate()
    trace = AgentSystem(default_agent(find(track)), "markdown").play(played, 0, [])
    trace.gold = played.gold
    replies = [record.message for record in trace.records if isinstance(record, Action)]
    return [as_text([reply], ())[0].content for reply in replies], score(trace).composite


class Sampled:
    """Replies as tokens with log-probabilities: these texts in order, or else some that the prompt
    chooses, so that an episode is the same beside others."""

    def __init__(self, texts: Sequence[str] | None = None) -> None:
        self._chat, self._texts = ChatTemplate(tokenizer()), texts
        self.given = list[tuple[int, float]]()
        """All tokens that were sampled, in order."""

    async def reply(self, prompt: list[int]) -> tuple[list[int], list[float]]:
        rng = named_rng("sampled", *prompt[-200:])
        await asyncio.sleep(0.001 * rng.below(3))  # Episodes that run together take turns.
        if self._texts is None:
            text = rng.choice(CALLS)
        else:
            text, *self._texts = self._texts
        ids = self._chat.reply(text)
        values = [-0.001 * (rng.below(1000) + 1) for _ in ids]
        self.given += zip(ids, values, strict=True)
        return ids, values


def learned(
    ids: Sequence[int], mask: Sequence[int], values: Sequence[float] | None
) -> list[tuple[int, float]]:
    """The tokens of a response that a trainer learns from; 0 stands for no log-probability."""
    values = [0.0] * len(ids) if values is None else values
    kept = zip(ids, mask, values, strict=True)
    return [(token, value) for token, mine, value in kept if mine]


def without_values(pairs: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    return [(token, 0.0) for token, _ in pairs]


def is_within(part: Sequence[object], whole: Sequence[object]) -> bool:
    """Whether the part stands in the whole as it is."""
    return any([*whole[at : at + len(part)]] == [*part] for at in range(len(whole)))
