"""The provider `hf`: a local model through `transformers`, with its own chat template."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import takewhile
from typing import Any, ClassVar

from memorygym.core.errors import BadSettings
from memorygym.core.types import JSON, Message, Tool
from memorygym.models.chat_completions import split_reasoning, to_wire
from memorygym.models.model import (
    OVERFLOW,
    Model,
    Reply,
    Sampling,
    ToolsRejected,
    check_whole,
    described,
    options_of,
    resampled,
)


@dataclass(frozen=True, slots=True)
class Options(Sampling):
    """The options of a local model. It decodes greedily without a temperature or with 0, replies at
    most as the context leaves, and gives equal requests with equal seeds (default 0) equal replies.
    """

    context: int | None = None
    """Most tokens of a request and its reply together; None: the model's own limit."""
    device: str | None = None
    """cpu, cuda:0, …; None: a GPU if there is one."""
    dtype: str = "auto"
    """The type of the weights, such as bfloat16; auto: as they were saved."""
    SHAPING: ClassVar[tuple[str, ...]] = (*Sampling.SHAPING, "context", "dtype")

    def __post_init__(self) -> None:
        Sampling.__post_init__(self)
        check_whole("context", self.context, 1)


class Local(Model):
    """The model in a folder, or of a name on the Hugging Face hub, in this process.

    Threads may share it; it runs one request at a time.
    """

    def __init__(self, name: str, api_base: str | None = None, **options: object) -> None:
        if api_base is not None:
            raise BadSettings(
                f"hf:{name} runs in this process; leave the endpoint {api_base!r} out"
            )
        self.name = name
        self.options = own = options_of(Options, options)
        try:
            import torch
            import transformers
        except ImportError as error:
            raise BadSettings(
                'a local model needs torch and transformers: pip install "agent-memorygym[hf]"'
            ) from error
        self._torch: Any = torch
        device = own.device or ("cuda" if self._torch.cuda.is_available() else "cpu")
        try:
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(name)
            model: Any = transformers.AutoModelForCausalLM.from_pretrained(name, dtype=own.dtype)
            self._model: Any = model.to(device).eval()
        except (OSError, ValueError, KeyError, RuntimeError, AttributeError) as error:
            reason = " ".join(str(error).split())[:300]
            raise BadSettings(f"no model can be loaded from {name!r}: {reason}") from error
        template = self._tokenizer.chat_template
        if not template:
            raise BadSettings(f"{name} has no chat template; give an instruction-tuned model")
        self._takes_tools = "tools" in str(template)
        ends = self._model.generation_config.eos_token_id
        end_ids = [*(ends if isinstance(ends, list) else [ends]), self._tokenizer.eos_token_id]
        self._ends = sorted({end for end in end_ids if end is not None})
        self._lock = threading.Lock()

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        if tools and not self._takes_tools:
            raise ToolsRejected(f"the chat template of {self.name} takes no tools")
        prompt_ids = self._tokenizer.apply_chat_template(
            [_templated(message) for message in messages],
            tools=[tool.to_openai() for tool in tools] or None,
            add_generation_prompt=True,
            return_dict=True,
        )["input_ids"]
        free_tokens = self._context() - len(prompt_ids)
        if free_tokens < 1:
            return OVERFLOW
        longest = min(free_tokens, self.options.max_tokens or free_tokens)
        reply_ids = self._generate(prompt_ids, longest)
        text_ids = [*takewhile(lambda token: token not in self._ends, reply_ids)]
        # The marks of calls may be special tokens, so only the end token is removed.
        text = self._tokenizer.decode(text_ids, skip_special_tokens=False)
        thought, content = split_reasoning(text)
        finish = "stop" if len(text_ids) < len(reply_ids) else "length"
        message = Message("assistant", content)
        return Reply(message, len(prompt_ids), len(reply_ids), finish, thought, 0)

    def describe(self) -> dict[str, JSON]:
        return {**described("hf", self.name, self.options), "endpoint": None}

    def sample(self, index: int) -> "Local":
        return resampled(self, self.options, index) if index else self

    def _context(self) -> int:
        made_for = getattr(self._model.config, "max_position_embeddings", None)
        limits = [limit for limit in (self.options.context, made_for) if limit]
        if not limits:
            raise BadSettings(f"{self.name} does not say how long its context is; give `context`")
        return int(min(limits))

    def _generate(self, prompt_ids: list[int], longest: int) -> list[int]:
        """The generated tokens; equal for equal requests, whatever was generated before."""
        torch, options = self._torch, self.options
        seed_hash = sha256(f"{options.seed or 0}:{prompt_ids}".encode()).digest()
        sampling: dict[str, Any] = {"do_sample": bool(options.temperature)}
        if options.temperature:
            sampling |= {"temperature": options.temperature, "top_k": 0, "top_p": 1.0}
        ids = torch.tensor([prompt_ids], device=self._model.device)
        with self._lock, torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(int.from_bytes(seed_hash[:7], "big"))
            output = self._model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=longest,
                eos_token_id=self._ends or None,
                pad_token_id=self._tokenizer.pad_token_id or next(iter(self._ends), 0),
                **sampling,
            )
        new: list[int] = output[0, len(prompt_ids) :].tolist()
        return new


def _templated(message: Message) -> dict[str, JSON]:
    """The message for a chat template: the OpenAI format with arguments as objects, not text."""
    raw = to_wire(message)
    calls = raw.get("tool_calls")
    if isinstance(calls, list):
        for call in calls:
            call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    return raw


make = Local
