"""Episodes for TRL's GRPOTrainer: its `rollout_func`, a data set of tasks, and the reward.

GRPOTrainer takes one row a rollout, so rows="all" of `TokenRollouts` is not for it. TRL's own
`environment_factory` knows no reset of the context, so a policy would read what it should remember.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from memorygym.core.errors import UnknownPart
from memorygym.core.json_values import canonical
from memorygym.training.tasks import Curriculum
from memorygym.training.token_rollouts import Completion, TokenRollouts

ROWS = ("context", "episode")
REWARD = "episode_reward"
"""The field in which rewards reach the reward function."""


class TrlRollouts:
    """Plays an episode for each prompt, all of them in step. Pass it as `rollout_func`, `dataset()`
    as `train_dataset`, and `reward` among `reward_funcs`.

    `max_completion_length` of the trainer is the most tokens of one reply. Options are those of
    TokenRollouts; a `curriculum` chooses the track's parameters of each task, and learns of every
    score. Raises BadSettings or UnknownPart.

    >>> rollouts = TrlRollouts("worlds", tier="lite", memory="markdown")
    >>> rollouts.prompts(1)
    ['{"seed":22267,"split":"train","template":"hospital"}']
    """

    def __init__(self, track: str = "worlds", *, rows: str = "context", **options: Any) -> None:
        if rows not in ROWS:
            raise UnknownPart("rows", rows, ROWS)
        self._curriculum: Curriculum | None = options.pop("curriculum", None)
        self._rollouts = TokenRollouts(track, rows=rows, **options)

    def prompts(self, count: int, split: str | None = None) -> list[str]:
        """The first tasks of the split's stream as texts, which stand for them as prompts."""
        return [canonical(task) for task in self._rollouts.tasks(count, split)]

    def dataset(self, count: int, split: str | None = None) -> Any:
        """So many prompts as a data set of Hugging Face."""
        from datasets import Dataset

        return Dataset.from_dict({"prompt": self.prompts(count, split)})

    def __call__(self, prompts: Sequence[str], trainer: Any) -> dict[str, Any]:
        """TRL's rollout function: a row, its mask and the reward for each prompt."""
        template = self._rollouts.template(trainer.processing_class)
        most = trainer.args.max_completion_length
        # One setting a task, as the episodes of a task are compared with each other.
        numbers = {prompt: number for number, prompt in enumerate(dict.fromkeys(prompts))}
        chosen: dict[str, Mapping[str, str]] = {}
        if curriculum := self._curriculum:
            chosen = {prompt: curriculum.parameters(number) for prompt, number in numbers.items()}
        tasks = [{**json.loads(prompt), **chosen.get(prompt, {})} for prompt in prompts]
        episodes = [self._rollouts.begin(task, template, most) for task in tasks]
        while running := [episode for episode in episodes if not episode.done]:
            replies, logprobs = trainer._generate_single_turn(
                [episode.prompt for episode in running], None, {}, 1
            )
            probabilities = logprobs or [()] * len(replies)
            for episode, *sampled in zip(running, replies, probabilities, strict=True):
                episode.take(*sampled)
        if curriculum:
            for episode in episodes:
                curriculum.report(episode.score)
        rows = [Completion.of(self._rollouts.learned(episode)[0]) for episode in episodes]
        known = all(row.log_probabilities is not None for row in rows)
        return {
            "prompt_ids": [row.prompt for row in rows],
            "completion_ids": [row.response for row in rows],
            "env_mask": [row.mask for row in rows],
            "logprobs": [row.log_probabilities for row in rows] if known else None,
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
