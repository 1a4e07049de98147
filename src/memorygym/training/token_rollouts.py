"""Episodes for trainers of language models: the data rows that name their tasks, how a model plays
one, and the token rows that it learns from.

An episode is many contexts that only the memory joins, and most trainers take one row a rollout.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from memorygym.core.errors import BadSettings, UnknownPart, require_at_least
from memorygym.core.json_values import canonical
from memorygym.core.rng import named_rng
from memorygym.core.track import find
from memorygym.training.env import MemoryEnv
from memorygym.training.tasks import TaskStream
from memorygym.training.tokens import ChatTemplate, TokenEpisode, TokenRow

ROWS = ("context", "all", "episode")
NAME = "memorygym"
"""The name of the agent loop, of the environment, and of the field that holds a data row's task."""
Sampler = Callable[[list[int]], Awaitable[tuple[Sequence[int], Sequence[float]]]]
"""Samples a reply to a prompt: its tokens and their log-probabilities, or () if not known."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A token row as trainers take it: a prompt, and a response that begins where it ends."""

    prompt: list[int]
    response: list[int]
    mask: list[int]
    """1 for each token of the response that the policy sampled, else 0."""
    log_probabilities: list[float] | None
    """One for each token of the response, 0 where none was sampled; None if they are not known."""

    @classmethod
    def of(cls, row: TokenRow, most_prompt: int | None = None) -> "Completion":
        """The completion of a row. Of a prompt of more tokens than `most_prompt`, the rest stands
        in the response, with mask 0."""
        first = row.prompt if most_prompt is None else min(row.prompt, most_prompt)
        mask, known = row.mask[first:], iter(row.log_probabilities)
        spread = [next(known) if mine else 0.0 for mine in mask] if row.log_probabilities else None
        return cls([*row.ids[:first]], [*row.ids[first:]], [*map(int, mask)], spread)


class TokenRollouts:
    """How a model plays episodes, and which rows it learns from them. Options are MemoryEnv's.

    With rows="context" that is one context of each episode, drawn evenly, so that what is learned
    from is exactly what was read; with "all" each context is a row, for trainers that take several
    of one rollout. With "episode" all contexts stand in one row: what was sampled without the
    earlier ones is learned with them in view. Raises BadSettings or UnknownPart.

    >>> TokenRollouts("worlds", tier="lite").tasks(1)
    [{'template': 'hospital', 'seed': 22267, 'split': 'train'}]
    """

    def __init__(
        self,
        track: str = "worlds",
        *,
        rows: str = "context",
        most_tokens: int = 8192,
        most_reply: int = 256,
        chat_options: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        """`most_tokens` are those of a context with its reply, `most_reply` those of a reply.
        `chat_options` go to the chat template, such as {"enable_thinking": False}."""
        if rows not in ROWS:
            raise UnknownPart("rows", rows, ROWS)
        require_at_least(1, most_reply=most_reply)
        self.rows, self.most_tokens, self.most_reply = rows, most_tokens, most_reply
        self._chat, self._options = dict(chat_options or {}), options
        self._env = MemoryEnv(track, **options)

    def tasks(self, count: int, split: str | None = None) -> list[dict[str, Any]]:
        """The first tasks of the split's stream, each as options of MemoryEnv's `reset`."""
        env = self._env
        split = split or env.settings.split
        stream = TaskStream(env.track, split, env.settings.seed, env.parameters)
        tasks = [
            {"template": task.template, "seed": task.seed, "split": split}
            for task in islice(stream, count)
        ]
        if "template" not in find(env.track).parameters():  # Then a seed is one task.
            for task in tasks:
                del task["template"]
        return tasks

    def data(self, count: int, split: str | None = None) -> list[dict[str, Any]]:
        """So many tasks as the data rows that verl, slime and SkyRL read. A row holds all that is
        needed to play its task, in `extra_info`; its prompt stands for the task. Raises
        BadSettings for an option that is not JSON."""
        settings: dict[str, Any] = {
            "track": self._env.track,
            "rows": self.rows,
            "most_tokens": self.most_tokens,
            "most_reply": self.most_reply,
            "chat_options": self._chat,
            **self._options,
        }
        rows = []
        for index, task in enumerate(self.tasks(count, split)):
            try:
                text = canonical({"settings": settings, "task": task})
            except TypeError as error:
                raise BadSettings(f"a data row holds names and numbers alone: {error}") from error
            rows.append(
                {
                    "prompt": [{"role": "user", "content": canonical(task)}],
                    "data_source": f"{NAME}/{self._env.track}",
                    "agent_name": NAME,
                    "env_class": NAME,
                    "reward_model": {"style": "rule", "ground_truth": ""},
                    "extra_info": {NAME: text, "index": index, "split": task["split"]},
                }
            )
        return rows

    def env(self) -> MemoryEnv:
        """A new environment, before its first reset."""
        return self._env.fork()

    def template(self, tokenizer: Any) -> ChatTemplate:
        """The tokenizer's chat template with our options."""
        return ChatTemplate(tokenizer, **self._chat)

    def begin(
        self,
        task: Mapping[str, Any],
        template: ChatTemplate,
        most_reply: int,
        most_tokens: int | None = None,
    ) -> TokenEpisode:
        """An episode of a task, whose contexts leave room for a reply; `most_tokens` is the
        trainer's own limit of a context with its reply."""
        most = min(self.most_tokens, most_tokens or self.most_tokens) - most_reply
        return TokenEpisode(self.env(), template, most_tokens=most, options=task)

    async def play(
        self,
        task: Mapping[str, Any],
        tokenizer: Any,
        sample: Sampler,
        most_tokens: int | None = None,
    ) -> TokenEpisode:
        """The finished episode of a task, in which a model sampled every reply."""
        template = self.template(tokenizer)
        episode = self.begin(task, template, self.most_reply, most_tokens)
        while not episode.done:
            episode.take(*await sample([*episode.prompt]))
        return episode

    def learned(self, episode: TokenEpisode) -> list[TokenRow]:
        """The rows to learn from; one, unless each context is a row. Those of whole episodes have
        no log-probabilities, as nothing was sampled with so much in view."""
        rows = episode.to_rows()
        if not rows:
            raise BadSettings(
                f"nothing was sampled in the task {episode.info['task']}: replies were empty, or no"
                f" context has at most most_tokens={self.most_tokens} with its reply: give more,"
                " also to the trainer's own lengths"
            )
        if self.rows == "episode":
            return [replace(episode.to_concat(), log_probabilities=())]
        if self.rows == "context":
            drawn = named_rng("training rows", *(token for row in rows for token in row.sampled))
            return [drawn.choice(rows)]
        return rows


def read_task(extra_info: Any) -> tuple[TokenRollouts, dict[str, Any]]:
    """How the task of a data row is played, and the task, from the row's `extra_info`. Raises
    BadSettings for a row that `TokenRollouts.data` has not made."""
    try:
        row = json.loads(extra_info[NAME])
        settings, task = canonical(row["settings"]), {**row["task"]}
    except (KeyError, TypeError, ValueError) as error:
        raise BadSettings(
            f"no task of {NAME} in the data row's extra_info {extra_info!r:.80}: make the rows with"
            " memorygym.training.token_rollouts.TokenRollouts(…).data(count)"
        ) from error
    return _made(settings), task


@lru_cache(maxsize=64)
def _made(settings: str) -> TokenRollouts:
    return TokenRollouts(**json.loads(settings))
