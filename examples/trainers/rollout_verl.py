"""Trains nothing: an episode in verl's agent loop, with a tiny random model in its servers' place.

Needs the extra `verl`; runs offline on a CPU. verl's command takes the same rows (docs/train.md).
"""

import asyncio
from typing import Any

import torch
from omegaconf import OmegaConf
from verl.experimental.agent_loop.agent_loop import DictConfigWrap
from verl.workers.rollout.replica import TokenOutput

from memorygym.adapters.verl import MemoryAgentLoop
from memorygym.training.tiny import tiny_model, tiny_tokenizer
from memorygym.training.token_rollouts import TokenRollouts

rollouts = TokenRollouts("worlds", tier="lite", rows="all", most_tokens=12_000, most_reply=16)
tokenizer = tiny_tokenizer([rollouts.env().reset()[0]])
model = tiny_model(tokenizer)


class Server:
    async def generate(self, request_id: str, *, prompt_ids: Any, sampling_params: Any) -> Any:
        how = {"max_new_tokens": sampling_params["max_tokens"], "return_dict_in_generate": True}
        out = model.generate(torch.tensor([prompt_ids]), do_sample=True, output_logits=True, **how)
        ids = out.sequences[0, len(prompt_ids) :]
        values = torch.cat(out.logits).log_softmax(-1).gather(1, ids[:, None])
        return TokenOutput(token_ids=ids.tolist(), log_probs=values[:, 0].tolist())


async def play() -> list[Any]:
    lengths = {"prompt_length": 8_000, "response_length": 8_000}
    config = OmegaConf.create({"actor_rollout_ref": {"rollout": lengths}, "data": {}})
    wrapped = DictConfigWrap(config), Server(), tokenizer, None, None, DictConfigWrap(config.data)
    return await MemoryAgentLoop(*wrapped).run({"temperature": 1.0}, **rollouts.data(1)[0])


outputs = asyncio.run(play())
print(f"{len(outputs)} rows of one episode, reward {outputs[0].reward_score:.2f}")
