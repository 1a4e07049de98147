"""slime: functions that its command takes by path.

    --prompt-data tasks.jsonl --input-key prompt --metadata-key extra_info
    --custom-generate-function-path memorygym.adapters.slime.generate
    --custom-reward-post-process-path memorygym.adapters.slime.advantages

`tasks.jsonl` has the rows of `TokenRollouts.data`. Isolation: the context is really reset while the
policy plays. With rows="all" each context is a sample, all of one rollout id; with "context" and
"episode" an episode is one sample. slime has no wheel, so nothing of it is imported before it runs.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from statistics import fmean, stdev
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.training.token_rollouts import Completion, Sampler, read_task

TESTED = "624b824a of 2026-08-21"
REWARD = "memorygym_reward"
"""The field of a sample's metadata with the reward of its episode."""


class Aborted(Exception):
    """slime has stopped the generation."""


async def generate(
    args: Any, sample: Any, sampling_params: Mapping[str, Any], evaluation: bool = False
) -> Any:
    """The samples of an episode, played with slime's servers; one of them in an evaluation, which
    counts samples, and the sample itself if slime aborts.

    `max_new_tokens` is that of a reply, and the data row's `most_reply` where that is less. Raises
    BadSettings or UnknownPart for a wrong data row.
    """
    try:
        from slime.rollout.sglang_rollout import GenerateState
        from slime.utils.http_utils import post
    except ModuleNotFoundError as error:
        raise BadSettings(
            f"memorygym.adapters.slime needs slime, which has no wheel ({error}): install it from"
            f" https://github.com/THUDM/slime (tested: commit {TESTED})"
        ) from error
    if args.rollout_top_p != 1.0 or args.use_rollout_routing_replay:
        raise BadSettings(
            "memorygym.adapters.slime keeps no nucleus and no routed experts of a reply: leave out"
            " --rollout-top-p and --use-rollout-routing-replay"
        )
    url = f"http://{args.sglang_router_ip}:{args.sglang_router_port}/generate"
    # A router that hashes keys then sends an episode to one server, which keeps the prefix.
    headers = {"X-SMG-Routing-Key": sample.session_id} if sample.session_id else None

    async def reply(prompt: list[int]) -> tuple[list[int], list[float]]:
        room = min(sampling_params["max_new_tokens"], rollouts.most_reply)
        body = {"input_ids": prompt, "return_logprob": True}
        body["sampling_params"] = {**sampling_params, "max_new_tokens": room}
        about = (await post(url, body, headers=headers))["meta_info"]
        if about["finish_reason"]["type"] == "abort":
            raise Aborted
        tokens = about.get("output_token_logprobs", ())
        return [token for _, token, *_ in tokens], [value for value, *_ in tokens]

    rollouts, _ = read_task(sample.metadata)
    most = args.rollout_max_context_len
    try:
        samples = await samples_of(sample, GenerateState(args).tokenizer, reply, most)
    except Aborted:
        sample.status = sample.Status.ABORTED
        return sample
    return samples[-1] if evaluation and isinstance(samples, list) else samples


async def samples_of(
    sample: Any, tokenizer: Any, reply: Sampler, most_tokens: int | None = None
) -> Any:
    """The sample with the episode of its data row, in which `reply` was asked for every reply; a
    list of them if each context is one."""
    rollouts, task = read_task(sample.metadata)
    episode = await rollouts.play(task, tokenizer, reply, most_tokens)
    filled = []
    for row in rollouts.learned(episode):
        part, other = Completion.of(row), copy(sample)
        other.tokens, other.response_length = [*row.ids], len(part.response)
        other.response = tokenizer.decode(part.response)
        other.loss_mask, other.rollout_log_probs = part.mask, part.log_probabilities
        other.reward, other.status = episode.reward, sample.Status.COMPLETED
        other.rollout_id = sample.index if sample.rollout_id is None else sample.rollout_id
        other.metadata = {**sample.metadata, REWARD: episode.reward, "score": episode.score}
        filled.append(other)
    return filled if rollouts.rows == "all" else filled[0]


async def reward(args: Any, sample: Any) -> Any:
    """The reward of a sample of `generate`, or of each one of a list (`--custom-rm-path`)."""
    if isinstance(sample, list):
        return [await reward(args, other) for other in sample]
    return sample.metadata[REWARD]


def advantages(args: Any, samples: Sequence[Any]) -> tuple[list[float], list[float]]:
    """The reward of each sample, and what it is above the mean of its prompt's episodes, in their
    standard deviations if slime is told so. Episodes count once, whatever number of contexts they
    have; slime's own function counts samples, and compares all of a batch where prompts have not
    equally many."""
    rewards = [sample.get_reward_value(args) for sample in samples]
    if not args.rewards_normalization:
        return rewards, rewards
    prompts = defaultdict[int, dict[int, float]](dict)
    for sample, value in zip(samples, rewards, strict=True):
        prompts[sample.group_index][sample.rollout_id] = value
    scale = {
        prompt: stdev(of.values()) + 1e-6 if args.grpo_std_normalization and len(of) > 1 else 1.0
        for prompt, of in prompts.items()
    }
    means = {prompt: fmean(of.values()) for prompt, of in prompts.items()}
    return rewards, [
        (value - means[sample.group_index]) / scale[sample.group_index]
        for sample, value in zip(samples, rewards, strict=True)
    ]
