"""Episodes as token sequences: what a trainer of language models learns from.

A reply stands in a row exactly as it was sampled, and is never written anew from its text. What
stands between two replies is what the tokenizer's chat template writes there.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.types import Message, Tool
from memorygym.training.env import MemoryEnv
from memorygym.training.rollouts import Segment
from memorygym.training.rows import as_chat

_REPLY = "[reply of the policy]"
"""What stands for a reply while the text after it is looked up."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token sequence that was read as one context, with the sampled tokens marked."""

    ids: tuple[int, ...]
    mask: tuple[bool, ...]
    """For each token: whether the policy sampled it."""
    log_probabilities: tuple[float, ...] = ()
    """Those of the sampled tokens when they were sampled, in order; () if they are not known."""
    reward: float = 0.0
    """What the environment gave for the replies in this row."""

    @property
    def sampled(self) -> tuple[int, ...]:
        """The sampled tokens."""
        return tuple(token for token, mine in zip(self.ids, self.mask, strict=True) if mine)

    @property
    def prompt(self) -> int:
        """How many tokens stand before the first sampled one."""
        return self.mask.index(True) if True in self.mask else len(self.mask)


class ChatTemplate:
    """The chat template of a tokenizer (of `transformers`, or alike), a part at a time.

    Tools are described in the system message, and calls and results are text, as a model without
    native tool calling reads them; any template with the roles user and assistant serves.
    Raises BadSettings for a tokenizer without such a template.
    """

    def __init__(self, tokenizer: Any, **options: Any) -> None:
        """`options` go to the template, such as `enable_thinking=False`."""
        self.tokenizer, self._options = tokenizer, options
        if not getattr(tokenizer, "chat_template", None):
            name = getattr(tokenizer, "name_or_path", "") or type(tokenizer).__name__
            raise BadSettings(
                f"the tokenizer {name} has no chat template: give one of an instruction-tuned model"
                " (tried: Qwen3's, Llama 3's and ChatML), or set its `chat_template`"
            )
        ending = self.after_reply([], more=False)
        if not ending:
            raise BadSettings("the chat template writes nothing after a reply: no reply would end")
        self.end = ending[0]
        """The token that ends a reply."""
        eos = getattr(tokenizer, "eos_token_id", None)
        self._ends = {self.end} if eos is None else {self.end, eos}

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """The tokens of a context up to where the policy replies."""
        return self._tokens(self._text(messages, more=True))

    def after_reply(self, messages: Sequence[Message], *, more: bool = True) -> list[int]:
        """The tokens between a reply and the next one, for the messages that came between; the
        first ends the reply."""
        reply = [Message("user", "?"), Message("assistant", _REPLY)]
        text = self._text([*reply, *messages], more=more)
        return self._tokens(text.partition(_REPLY)[2])

    def reply(self, text: str) -> list[int]:
        """The tokens of a whole reply."""
        return [*self._tokens(text), self.end]

    def text(self, ids: Sequence[int]) -> str:
        """The text of sampled tokens, up to what ends a reply."""
        own = [*takewhile(lambda token: token not in self._ends, ids)]
        # The marks of calls may be special tokens, so these stay.
        return str(self.tokenizer.decode(own, skip_special_tokens=False))

    def _text(self, messages: Sequence[Message], *, more: bool) -> str:
        plain = [{"role": message.role, "content": message.content} for message in messages]
        try:
            return str(
                self.tokenizer.apply_chat_template(
                    plain, tokenize=False, add_generation_prompt=more, **self._options
                )
            )
        except Exception as error:  # Templates raise errors of their engine.
            if plain[0]["role"] != "system":
                raise BadSettings(f"the chat template fails on a chat: {error}") from error
        first, *others = messages  # A template without a system role: it joins the next message.
        opening = others[0].content if others else ""
        joined = Message("user", f"{first.content}\n\n{opening}".strip())
        return self._text([joined, *others[1:]], more=more)

    def _tokens(self, text: str) -> list[int]:
        return [*self.tokenizer(text, add_special_tokens=False)["input_ids"]]


class _Writing:
    """A row while it grows."""

    def __init__(self, template: ChatTemplate, messages: Sequence[Message]) -> None:
        self._template, self._opening = template, messages
        self.ids = template.prompt(messages)
        self._first = len(self.ids)
        self._mask = [False] * self._first
        self._log_probabilities = list[float]()
        self.reward = 0.0

    @property
    def read(self) -> bool:
        """Whether the policy has read the context: something was sampled in it."""
        return True in self._mask

    def reply(self, ids: Sequence[int], log_probabilities: Sequence[float] = ()) -> None:
        self.ids += ids
        self._mask += [True] * len(ids)
        self._log_probabilities += log_probabilities

    def add(self, messages: Sequence[Message]) -> None:
        """Adds what came after a reply, up to the next one."""
        between = self._template.after_reply(messages)
        if self._mask[-1] and self.ids[-1] == self._template.end:
            between = between[1:]  # The policy has sampled the end of its reply.
        self.ids += between
        self._mask += [False] * len(between)

    def row(self) -> TokenRow:
        """The row up to its last sampled token; without tokens if nothing was sampled."""
        known = len(self._log_probabilities) == sum(self._mask)
        length = len(self._mask) - self._mask[::-1].index(True) if True in self._mask else 0
        return TokenRow(
            tuple(self.ids[:length]),
            tuple(self._mask[:length]),
            tuple(self._log_probabilities) if known else (),
            self.reward,
        )

    def extend(self, later: "_Writing") -> None:
        """Goes on with another context as if it were the same chat: without its system message."""
        self.add(later._opening[later._opening[0].role == "system" :])
        self.ids += later.ids[later._first :]
        self._mask += later._mask[later._first :]
        self._log_probabilities += later._log_probabilities
        self.reward += later.reward

    def copy(self) -> "_Writing":
        other = copy(self)
        other.ids, other._mask = [*self.ids], [*self._mask]
        other._log_probabilities = [*self._log_probabilities]
        return other


class TokenEpisode:
    """An episode that is played by tokens: sample from `prompt`, `take` what was sampled, until
    `done`. A reset of the policy's context begins a new row.

    The reply to a context of more than `most_tokens` is empty and sampled by nobody, so the event
    ends. Raises BadSettings as MemoryEnv does.
    """

    def __init__(
        self,
        env: MemoryEnv,
        template: ChatTemplate,
        *,
        most_tokens: int | None = None,
        **reset: Any,
    ) -> None:
        """`reset` goes to `env.reset`: a seed, options."""
        self.env, self._template, self._most = env, template, most_tokens
        self.done, self.reward = False, 0.0
        self.info: dict[str, Any]
        _, self.info = env.reset(**reset)
        self._rows = list[_Writing]()
        self._seen = 0
        """The messages of the running context that stand in its row."""
        self._begin()
        self._skip()

    @property
    def prompt(self) -> list[int]:
        """All tokens that the policy reads now."""
        return self._rows[-1].ids

    @property
    def score(self) -> float:
        """The score of the episode that has ended, from 0 to 1."""
        return float(self.info["score"]["composite"])

    def take(self, ids: Sequence[int], log_probabilities: Sequence[float] = ()) -> float:
        """Lets the policy reply with sampled tokens; returns the reward until it replies next."""
        if len(log_probabilities) not in (0, len(ids)):
            raise BadSettings(
                f"{len(ids)} tokens and {len(log_probabilities)} log-probabilities: give as many"
            )
        before = self.reward
        self._rows[-1].reply(ids, log_probabilities)
        self._step(self._template.text(ids))
        self._skip()
        return self.reward - before

    def to_rows(self) -> list[TokenRow]:
        """A row for each context in which something was sampled."""
        return [writing.row() for writing in self._rows if writing.read]

    def to_concat(self) -> TokenRow:
        """All contexts in which something was sampled in one row. What only the memory joined then
        stands in one context."""
        first, *others = [writing for writing in self._rows if writing.read] or self._rows[:1]
        whole = first.copy()
        for writing in others:
            whole.extend(writing)
        return whole.row()

    def _step(self, text: str) -> None:
        _, reward, terminated, truncated, self.info = self.env.step(text)
        self.reward += reward
        self._rows[-1].reward += reward
        self.done = terminated or truncated
        if self.done:
            return
        if self.info["restart"]:
            self._begin()
        else:
            seen, self._seen = self._seen, len(chat := self.env.chat())
            self._rows[-1].add(chat[seen + 1 :])

    def _begin(self) -> None:
        chat = self.env.chat()
        self._seen = len(chat)
        self._rows.append(_Writing(self._template, chat))

    def _skip(self) -> None:
        """Ends events whose context is too long."""
        while not self.done and self._most and len(self.prompt) > self._most:
            self._step("")


def segment_row(segment: Segment, tools: Sequence[Tool], template: ChatTemplate) -> TokenRow:
    """The row of a segment whose replies are texts, such as one of `Rollout.to_rows()` or
    `rows.read_row`. The replies to train on are marked, each with the token that ends it."""
    writing: _Writing | None = None
    waiting = list[Message]()
    for message, trained in as_chat(segment, tools):
        if not trained:
            waiting.append(message)
            continue
        if writing is None:
            writing = _Writing(template, waiting)
        else:
            writing.add(waiting)
        writing.reply(template.reply(message.content))
        waiting = []
    if writing is None:
        return TokenRow((), ())
    writing.reward = segment.reward
    return writing.row()
