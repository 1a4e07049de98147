"""Masks cover exactly what the policy sampled, across context resets, calls and special tokens."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memorygym.agents.text_protocol import as_text
from memorygym.core.errors import BadSettings
from memorygym.core.json_values import canonical
from memorygym.core.rng import named_rng
from memorygym.core.trace import Action
from memorygym.core.track import find
from memorygym.runs.systems import AgentSystem
from memorygym.training.data import default_agent
from memorygym.training.env import MemoryEnv
from memorygym.training.rollouts import rollout
from memorygym.training.rows import openai_row, read_row
from memorygym.training.tiny import tiny_tokenizer
from memorygym.training.tokens import ChatTemplate, TokenEpisode, segment_row
from tests.training.plays import SMALL, TINY, small, watched

pytestmark = pytest.mark.train

LLAMA = (
    "{{ '<|begin|>' }}{% for m in messages %}<|start|>{{ m.role }}<|head|>\n\n"
    "{{ m.content | trim }}<|eot|>{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant<|head|>\n\n{% endif %}"
)
"""Of Llama's form: a token at the beginning, and replies end with another token than texts."""
THINKING = (
    "{% set last = messages | length - 1 %}{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.role == 'assistant' and loop.index0 == last %}<think>\n\n</think>\n\n{% endif %}"
    "{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""Of Qwen3's form: a last reply is written otherwise than an earlier one."""
SOLE_USER = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}"
    "{% endif %}[{{ m.role }}]{{ m.content }}<|im_end|>{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
"""Of Gemma's form: no system role."""
TINIEST: dict[str, dict[str, str]] = {
    **TINY,
    "repair": {"tokens": "20000"},
    "web": {"tokens": "10000"},
}
Played = list[tuple[list[int], list[int], float]]
"""For each reply: its prompt, what was sampled, and the reward."""
TEMPLATES = {"chatml": "", "llama": LLAMA, "thinking": THINKING, "no system": SOLE_USER}
CALLS = (
    '<tool_call>{"name": "Write", "arguments": {"content": "Ada is 4."}}</tool_call>',
    '<tool_call>{"name": "memory_search", "arguments": {"query": "Ada"}}</tool_call>',
    '<tool_call>{"name": "submit_answer", "arguments": {"answer": "4"}}</tool_call>',
    '<tool_call>{"name": "Write", "argu',
    "Noted.",
    "<think>\nHm.\n</think>\n\nNoted.",
    "",
    "  Noted <|im_start|> twice.\n",
)


@cache
def template(name: str) -> ChatTemplate:
    env = MemoryEnv("worlds", tier="lite")
    text, _ = env.reset(seed=0)
    marks = ("<tool_call>", "</tool_call>", "<think>", "</think>")
    tokenizer = tiny_tokenizer(
        [text], 1200, "<|begin|>", "<|start|>", "<|head|>", "<|eot|>", *marks
    )
    tokenizer.chat_template = TEMPLATES[name] or tokenizer.chat_template
    return ChatTemplate(tokenizer)


def sampled(chat: ChatTemplate, seed: int) -> Iterator[list[int]]:
    """What a policy might sample: calls, texts, random tokens; most end, some are cut off."""
    rng = named_rng("test tokens", seed)
    while True:
        size = len(chat.tokenizer)
        ids = chat.reply(rng.choice(CALLS)) if rng.bernoulli(0.8) else []
        ids = ids or [rng.below(size) for _ in range(rng.between(1, 9))]
        yield ids[:-1] if rng.bernoulli(0.2) and len(ids) > 1 else ids


def played(track: str, chat: ChatTemplate, seed: int, **more: Any) -> tuple[TokenEpisode, Played]:
    """An episode in which random replies were sampled: the prompts and what was sampled."""
    episode = TokenEpisode(MemoryEnv(track, **TINIEST[track]), chat, seed=seed, **more)
    replies, steps = sampled(chat, seed), Played()
    while not episode.done:
        prompt, ids = [*episode.prompt], next(replies)
        assert not steps or episode.reward == sum(reward for *_, reward in steps)
        steps.append((prompt, ids, episode.take(ids, [-1.0 / len(ids)] * len(ids))))
    return episode, steps


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("track", TINIEST)
@settings(max_examples=2)
@given(seed=st.integers(0, 10**6))
@example(seed=415)  # In web, a reply that was cut off and later the whole one follow one prompt.
def test_rows_hold_each_prompt_and_reply_as_they_were(track: str, name: str, seed: int) -> None:
    episode, steps = played(track, template(name), seed)
    rows, whole = episode.to_rows(), episode.to_concat()
    left = iter(rows)
    row, end = next(left), 0
    for prompt, ids, _ in steps:
        again = len(prompt) < end  # One prompt may come twice, with replies that begin alike.
        end = len(prompt) + len(ids)
        if again or [*row.ids[:end]] != prompt + ids:
            row = next(left)
        assert [*row.ids[:end]] == prompt + ids
        assert all(row.mask[len(prompt) : end])
    assert next(left, None) is None
    every = [token for _, ids, _ in steps for token in ids]
    assert every == [token for row in rows for token in row.sampled] == [*whole.sampled]
    known = [-1.0 / len(ids) for _, ids, _ in steps for _ in ids]
    assert known == [p for row in rows for p in row.log_probabilities]
    assert known == [*whole.log_probabilities]
    assert sum(row.reward for row in rows) == pytest.approx(episode.reward)
    assert episode.score == pytest.approx(episode.reward)


@pytest.mark.parametrize("name", ["chatml", "llama", "no system"])
@pytest.mark.parametrize("memory", ["markdown", "full", "bm25"])
def test_a_context_reads_as_the_template_writes_the_chat(name: str, memory: str) -> None:
    chat = template(name)
    env = MemoryEnv("worlds", memory=memory, **TINIEST["worlds"])
    episode = TokenEpisode(env, chat, seed=1)
    steps, results = 0, 0
    while not episode.done:
        decoded = chat.tokenizer.decode(episode.prompt)
        assert decoded == chat.tokenizer.decode(chat.prompt(env.chat()))
        results += "<tool_result>" in decoded
        episode.take(chat.reply(CALLS[0] if steps % 2 else "Noted."))
        steps += 1
    assert steps > 5 and results


def test_what_ends_a_reply_stands_once() -> None:
    chat = template("chatml")
    for whole in (True, False):
        episode = TokenEpisode(MemoryEnv("worlds", **TINIEST["worlds"]), chat, seed=1)
        reply = chat.reply(CALLS[0])
        before = len(episode.prompt)
        episode.take(reply if whole else reply[:-1])
        after = episode.prompt[before:]
        (row,) = episode.to_rows()
        assert after[: len(reply)] == reply and chat.end not in after[len(reply) : len(reply) + 1]
        assert row.sampled == tuple(reply if whole else reply[:-1])


def test_a_concatenation_is_one_chat() -> None:
    chat = template("chatml")
    episode, _ = played("worlds", chat, 3)
    text = chat.tokenizer.decode([*episode.to_concat().ids])
    rows = [chat.tokenizer.decode([*row.ids]) for row in episode.to_rows()]
    assert len(rows) > 3
    assert text.count("<|im_start|>system") == 1
    assert text.startswith(rows[0])
    system, _, opening = rows[1].partition("<|im_start|>user")
    assert "system" in system and opening in text


@pytest.mark.parametrize("track", SMALL)
def test_a_row_of_data_marks_exactly_the_replies(track: str) -> None:
    chat = template("chatml")
    trace, _ = watched(small(track))
    tools = AgentSystem(default_agent(find(track))).begin(small(track), []).tools
    replies = [
        chat.tokenizer.decode(chat.reply(text))
        for text in map(_said, trace.records)
        if text is not None
    ]
    whole = rollout(trace)
    for segments in (whole.to_rows(), [whole.to_concat()]):
        rows = []
        for segment in segments:
            stored = read_row(json.loads(canonical(openai_row(segment, tools))))
            row = segment_row(segment, tools, chat)
            assert segment_row(*stored, chat).sampled == row.sampled  # A file sorts keys of tools.
            rows.append(row)
        sampled_text = "".join(chat.tokenizer.decode([*row.sampled]) for row in rows)
        assert sampled_text == "".join(replies)


def _said(record: object) -> str | None:
    """The text of a reply, as a model without native tool calling writes it."""
    return as_text([record.message], ())[0].content if isinstance(record, Action) else None


def test_a_context_that_is_too_long_ends_its_event() -> None:
    chat = template("chatml")
    _, steps = played("worlds", chat, 3)
    most = sorted(len(prompt) for prompt, *_ in steps)[len(steps) // 2]
    shorter, some = played("worlds", chat, 3, most_tokens=most)
    assert shorter.done and 0 < len(some) < len(steps)
    assert all(len(prompt) <= most for prompt, *_ in some)
    nothing, none = played("worlds", chat, 3, most_tokens=10)
    assert nothing.done and not none and nothing.to_rows() == [] and not nothing.to_concat().ids
    assert nothing.score == 0


def test_a_tokenizer_without_a_chat_template_is_refused() -> None:
    tokenizer = tiny_tokenizer(["a b"], 300)
    tokenizer.chat_template = None
    with pytest.raises(BadSettings, match="has no chat template: give one of an instruction-tuned"):
        ChatTemplate(tokenizer)
    tokenizer.chat_template = "{{ raise_exception('no') }}"
    with pytest.raises(BadSettings, match="the chat template fails on a chat: no"):
        ChatTemplate(tokenizer)
    tokenizer.chat_template = "{% for m in messages %}{{ m.content }}{% endfor %}"
    with pytest.raises(BadSettings, match="writes nothing after a reply"):
        ChatTemplate(tokenizer)


def test_as_many_log_probabilities_as_tokens() -> None:
    episode = TokenEpisode(MemoryEnv("worlds", **TINIEST["worlds"]), template("chatml"), seed=1)
    with pytest.raises(BadSettings, match="3 tokens and 1 log-probabilities"):
        episode.take([1, 2, 3], [-1.0])


def test_a_concatenation_leaves_out_what_nobody_read() -> None:
    chat = template("chatml")
    _, steps = played("worlds", chat, 3)
    most = sorted(len(prompt) for prompt, *_ in steps)[len(steps) // 2]
    episode, _ = played("worlds", chat, 3, most_tokens=most)
    rows, whole = episode.to_rows(), episode.to_concat()
    assert 1 < len(rows) < len(episode._rows)
    assert whole.ids[: rows[0].prompt] == rows[0].ids[: rows[0].prompt]
    assert len(whole.ids) <= sum(len(row.ids) for row in rows)
    assert whole.sampled == tuple(token for row in rows for token in row.sampled)
