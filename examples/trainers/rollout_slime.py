"""Trains nothing: an episode as slime's samples, with a tiny random model in its servers' place.

Needs the extra `train` and slime's sources (PYTHONPATH=path/to/slime); runs offline on a CPU.
slime's own command takes the same rows and memorygym.adapters.slime.generate (docs/train.md).
"""

import asyncio

import torch
from slime.utils.types import Sample

from memorygym.adapters.slime import samples_of
from memorygym.training.tiny import tiny_model, tiny_tokenizer
from memorygym.training.token_rollouts import TokenRollouts

rollouts = TokenRollouts("worlds", tier="lite", rows="all", most_tokens=12_000, most_reply=16)
(row,) = rollouts.data(1)
tokenizer = tiny_tokenizer([rollouts.env().reset()[0]])
model = tiny_model(tokenizer)


async def reply(prompt: list[int]) -> tuple[list[int], list[float]]:
    how = {"max_new_tokens": rollouts.most_reply, "return_dict_in_generate": True}
    out = model.generate(torch.tensor([prompt]), do_sample=True, output_logits=True, **how)
    ids = out.sequences[0, len(prompt) :]
    values = torch.cat(out.logits).log_softmax(-1).gather(1, ids[:, None])[:, 0]
    return ids.tolist(), values.tolist()


sample = Sample(group_index=0, index=0, metadata=row["extra_info"])
samples = asyncio.run(samples_of(sample, tokenizer, reply))
tokens = sum(sample.effective_response_length for sample in samples)
print(f"{len(samples)} samples, {tokens} sampled tokens, reward {samples[0].reward:.2f}")
