"""verl: an agent loop that plays our tasks, and `compute_score`.

In the trainer's command, with the rows of `TokenRollouts.data` as JSON lines:

    data.train_files=tasks.jsonl actor_rollout_ref.model.external_lib=memorygym.adapters.verl

Isolation: the context is really reset while the policy plays. What is learned from, the data row
says (`TokenRollouts`): with "context" and "episode" an episode is one output. With "all" each
context is one, and GRPO counts the episode once (verl's trainer `use_v1`, its standard).
"""

from collections.abc import Mapping
from time import perf_counter
from typing import Any
from uuid import uuid4

from memorygym.core.errors import BadSettings
from memorygym.training.libraries import require
from memorygym.training.token_rollouts import NAME, Completion, read_task

require("memorygym.adapters.verl", "verl", "0.9.1")

from verl.experimental.agent_loop.agent_loop import (  # noqa: E402  # Once we know that it is there.
    AgentLoopBase,
    AgentLoopMetrics,
    AgentLoopOutput,
    register,
)

REWARD = "memorygym_reward"
"""The field in which the reward of an episode reaches `compute_score`."""


@register(NAME)
class MemoryAgentLoop(AgentLoopBase):  # type: ignore[misc]  # verl is optional, so not type-checked.
    """Plays the episode of a data row with verl's servers."""

    async def run(
        self, sampling_params: dict[str, Any], **row: Any
    ) -> AgentLoopOutput | list[AgentLoopOutput]:
        """The output of an episode, or those of its contexts. A response of more than verl's
        `response_length` is cut. Raises BadSettings or UnknownPart for a wrong data row."""
        rollouts, task = read_task(row.get("extra_info"))
        most_prompt, most = self.rollout_config.prompt_length, self.rollout_config.response_length
        request, turns, seconds = uuid4().hex, 0, 0.0  # One request: its server keeps the prefix.
        weights = list[Any]()

        async def sample(prompt: list[int]) -> tuple[list[int], list[float]]:
            nonlocal turns, seconds
            began = perf_counter()
            reply = await self.server_manager.generate(
                request_id=request,
                prompt_ids=prompt,
                sampling_params={**sampling_params, "max_tokens": rollouts.most_reply},
            )
            turns, seconds = turns + 1, seconds + perf_counter() - began
            weights.append(reply.extra_fields)
            return reply.token_ids, reply.log_probs or []

        episode = await rollouts.play(task, self.tokenizer, sample, most_prompt + most)
        outputs = []
        for learned in rollouts.learned(episode):
            part = Completion.of(learned, most_prompt)
            known = part.log_probabilities
            output = AgentLoopOutput(
                prompt_ids=part.prompt,
                response_ids=part.response[:most],
                response_mask=part.mask[:most],
                response_logprobs=None if known is None else known[:most],
                reward_score=episode.reward,
                num_turns=turns,
                metrics=AgentLoopMetrics(generate_sequences=seconds),
                extra_fields={
                    "min_global_steps": weights[0].get("min_global_steps"),
                    "max_global_steps": weights[-1].get("max_global_steps"),
                    "reward_extra_info": {"score": episode.score},
                    REWARD: episode.reward,
                },
            )
            outputs.append(output)
        return outputs if rollouts.rows == "all" else outputs[0]


def compute_score(
    data_source: str, solution_str: str, ground_truth: Any, extra_info: Mapping[str, Any]
) -> float:
    """The reward of an episode that the agent loop has played, for reward managers that ask."""
    del solution_str, ground_truth
    if REWARD not in extra_info:
        raise BadSettings(
            f"a text of {data_source} is no episode, so it has no score: let the agent loop play it"
            f" (agent_name {NAME})"
        )
    return float(extra_info[REWARD])
