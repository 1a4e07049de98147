"""A tiny language model with its own tokenizer, made on the spot: nothing is downloaded."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

END = "<|im_end|>"
CONTEXT = 16_384
PLAIN = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
NATIVE = (
    "{% if tools %}<|im_start|>tools\n{{ tools | tojson }}<|im_end|>\n{% endif %}"
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
    "{% for c in m.tool_calls or [] %}<tool_call>{{ c.function.name }}"
    "{{ c.function.arguments.items() | list }}</tool_call>{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def save(folder: Path, texts: Iterable[str], template: str | None = NATIVE, says: str = "") -> Path:
    """Saves a model with random weights; or one that says a text in every reply, and ends."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    tokenizer = _tokenizer(texts, says)
    tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    size = len(tokenizer) if says else 64
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=size,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model: Any = Qwen3ForCausalLM(config)
    if says:
        _chain(model, [tokenizer.encode("\n")[-1], *tokenizer.encode(says + END)])
    model.save_pretrained(folder)
    return folder


def _tokenizer(texts: Iterable[str], says: str) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bare = Tokenizer(models.BPE())
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    special = ["<|pad|>", "<|im_start|>", END, *([says] if says else [])]
    trainer = trainers.BpeTrainer(
        vocab_size=300 if says else 4000,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bare.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=bare, eos_token=END, pad_token="<|pad|>")


def _chain(model: Any, tokens: list[int]) -> None:
    """Makes each token predict the one after it in the list, whatever came before."""
    import torch

    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "o_proj" in name or "down_proj" in name:
                weight.zero_()
        size = model.config.vocab_size
        model.model.embed_tokens.weight.copy_(torch.eye(size))
        model.lm_head.weight.zero_()
        for token, following in pairwise(tokens):
            model.lm_head.weight[following, token] = 1.0
