"""A tiny language model with random weights, and its tokenizer, made on the spot: to try the whole
path of a training without downloading anything."""

from collections.abc import Iterable
from typing import Any

END = "<|im_end|>"
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTEXT = 16_384


def tiny_tokenizer(texts: Iterable[str], vocabulary: int = 2_000, *special: str) -> Any:
    """A byte-level BPE tokenizer that was trained on texts, with a ChatML template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bare = Tokenizer(models.BPE())
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=["<|pad|>", "<|im_start|>", END, *special],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bare.train_from_iterator(texts, trainer)
    tokenizer: Any = PreTrainedTokenizerFast(
        tokenizer_object=bare, eos_token=END, pad_token="<|pad|>"
    )
    tokenizer.chat_template = CHATML
    return tokenizer


def tiny_model(tokenizer: Any, seed: int = 0, **sizes: int) -> Any:
    """A Qwen3 of two layers with random weights; `sizes` are its configuration's."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(seed)
    standard = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16}
    ends = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    config: Any = Qwen3Config(
        vocab_size=len(tokenizer),
        max_position_embeddings=CONTEXT,
        bos_token_id=None,
        **standard | heads | ends | sizes,
    )
    return Qwen3ForCausalLM(config)
