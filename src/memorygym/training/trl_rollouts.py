"""Episodes for TRL's GRPOTrainer: its `rollout_func`, a data set of tasks, and the reward.

An episode is many contexts that only the memory joins, and GRPOTrainer takes one row a rollout.
With rows="context" that is one context of the episode, drawn evenly, so that what is learned from
is exactly what was read; with rows="episode" all contexts stand in one row, and what was sampled
without the earlier ones is learned with them in view. TRL's own `environment_factory` knows no
reset of the context, so a policy would read what it should remember.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.json_values import canonical
from memorygym.core.rng import named_rng
from memorygym.training.env import MemoryEnv
from memorygym.training.tasks import TaskStream
from memorygym.training.tokens import ChatTemplate, TokenEpisode, TokenRow

ROWS = ("context", "episode")
REWARD = "episode_reward"
"""The field in which rewards reach the reward function."""


class TrlRollouts:
    """Plays an episode for each prompt, all of them in step. Pass it as `rollout_func`, `dataset()`
    as `train_dataset`, and `reward` among `reward_funcs`.

    `max_completion_length` of the trainer is the most tokens of one reply, and `most_tokens` of a
    context with its reply. Options are those of MemoryEnv. Raises BadSettings or UnknownPart.

    >>> rollouts = TrlRollouts("worlds", tier="lite", memory="markdown")
    >>> rollouts.prompts(1)
    ['{"seed":57,"split":"train","template":"university"}']
    """

    def __init__(
        self,
        track: str = "worlds",
        *,
        rows: str = "context",
        most_tokens: int = 8192,
        chat_options: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        """`chat_options` go to the chat template, such as {"enable_thinking": False}."""
        if rows not in ROWS:
            raise UnknownPart("rows", rows, ROWS)
        self._rows, self._most, self._chat = rows, most_tokens, dict(chat_options or {})
        self._env = MemoryEnv(track, **options)
        self._free = list[MemoryEnv]()
        """Environments of earlier rollouts, which are used again."""

    def prompts(self, count: int, split: str | None = None) -> list[str]:
        """The first tasks of the split's stream as texts, which stand for them as prompts."""
        env = self._env
        split = split or env.settings.split
        tasks = TaskStream(env.track, split, env.settings.seed, env.parameters)
        return [
            canonical({"template": task.template, "seed": task.seed, "split": split})
            for task in islice(tasks, count)
        ]

    def dataset(self, count: int, split: str | None = None) -> Any:
        """So many prompts as a data set of Hugging Face."""
        from datasets import Dataset

        return Dataset.from_dict({"prompt": self.prompts(count, split)})

    def __call__(self, prompts: Sequence[str], trainer: Any) -> dict[str, Any]:
        """TRL's rollout function: a row, its mask and the reward for each prompt."""
        template = ChatTemplate(trainer.processing_class, **self._chat)
        most = self._most - trainer.args.max_completion_length
        episodes = [self._begin(prompt, template, most) for prompt in prompts]
        while running := [episode for episode in episodes if not episode.done]:
            replies, logprobs = trainer._generate_single_turn(
                [episode.prompt for episode in running], None, {}, 1
            )
            probabilities = logprobs or [()] * len(replies)
            for episode, *sampled in zip(running, replies, probabilities, strict=True):
                episode.take(*sampled)
        self._free += [episode.env for episode in episodes]
        step = trainer.state.global_step
        rows = [self._row(episode, step, at) for at, episode in enumerate(episodes)]
        known = all(row.log_probabilities for row in rows) and self._rows == "context"
        return {
            "prompt_ids": [[*row.ids[: row.prompt]] for row in rows],
            "completion_ids": [[*row.ids[row.prompt :]] for row in rows],
            "env_mask": [[*map(int, row.mask[row.prompt :])] for row in rows],
            "logprobs": [_spread(row) for row in rows] if known else None,
            REWARD: [episode.reward for episode in episodes],
            "score": [episode.score for episode in episodes],
        }

    @staticmethod
    def reward(prompts: Sequence[str], completions: Any, **fields: Any) -> list[float]:
        """The reward of each episode; their mean score is logged beside it."""
        del prompts, completions
        rewards: list[float] = fields[REWARD]
        if log := fields.get("log_metric"):
            log("score", sum(fields["score"]) / len(rewards))
        return rewards

    def _begin(self, prompt: str, template: ChatTemplate, most: int) -> TokenEpisode:
        """An episode of a prompt's task."""
        env = self._free.pop() if self._free else self._env.fork()
        return TokenEpisode(env, template, most_tokens=most, options=json.loads(prompt))

    def _row(self, episode: TokenEpisode, step: int, at: int) -> TokenRow:
        """The row to learn from, of the episode at that place of that step."""
        rows = [episode.to_concat()] if self._rows == "episode" else episode.to_rows()
        if not rows or not rows[0].ids:
            raise BadSettings(
                f"no context of the task {episode.info['task']} has at most most_tokens="
                f"{self._most} with its reply: give more"
            )
        return named_rng("training rows", self._env.settings.seed, step, at).choice(rows)


def _spread(row: TokenRow) -> list[float]:
    """The log-probabilities of all tokens after the prompt, 0 where nothing was sampled."""
    known = iter(row.log_probabilities)
    return [next(known) if mine else 0.0 for mine in row.mask[row.prompt :]]
