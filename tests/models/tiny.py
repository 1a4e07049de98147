"""A tiny language model with its own tokenizer, made on the spot: nothing is downloaded."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from memorygym.training.tiny import END, tiny_model, tiny_tokenizer

NATIVE = (
    "{% if tools %}<|im_start|>tools\n{{ tools | tojson }}<|im_end|>\n{% endif %}"
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
    "{% for c in m.tool_calls or [] %}<tool_call>{{ c.function.name }}"
    "{{ c.function.arguments.items() | list }}</tool_call>{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def save(folder: Path, texts: Iterable[str], template: str | None = NATIVE, says: str = "") -> Path:
    """Saves a model with random weights; or one that says a text in every reply, and ends."""
    tokenizer = tiny_tokenizer(texts, *((300, says) if says else (4000,)))
    tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    model = tiny_model(
        tokenizer,
        hidden_size=len(tokenizer) if says else 64,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        tie_word_embeddings=False,
    )
    if says:
        _chain(model, [tokenizer.encode("\n")[-1], *tokenizer.encode(says + END)])
    model.save_pretrained(folder)
    return folder


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
