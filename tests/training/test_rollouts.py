"""A rollout holds exactly what the agent saw, each reply once."""

import json
from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.trace import Action, Reward, read_trace
from memorygym.core.types import Message
from memorygym.training.rollouts import (
    Segment,
    importance_weights,
    read_rollouts,
    rollout,
    select,
    sendable,
    write_rollouts,
)
from tests.training.plays import SMALL, View, small, watched

CONTEXTS = ("full", "bm25", "sliding_window", "observation_masking", "llm_summarizing", "hipporag")
CASES = [(track, "markdown") for track in SMALL] + [
    (track, memory) for memory in CONTEXTS for track in SMALL
]
ADVERSARIES = ("malformed_caller", "summary_leaker", "reward_farmer", "edit_dumper")


def _views(segments: tuple[Segment, ...]) -> list[View]:
    return [
        segment.messages[:place]
        for segment in segments
        for place, trained in enumerate(segment.mask)
        if trained
    ]


@pytest.mark.parametrize(("track", "memory"), CASES)
def test_what_stands_before_a_reply_is_the_view_that_was_replied_to(
    track: str, memory: str
) -> None:
    trace, views = watched(small(track), memory)
    assert _views(rollout(trace).segments) == views
    stored, damage = read_trace([*trace.lines()])
    assert not damage and rollout(stored) == rollout(trace)


@pytest.mark.parametrize(("track", "memory"), CASES)
def test_each_reply_is_trained_on_once_and_nothing_else_is(track: str, memory: str) -> None:
    trace, _ = watched(small(track), memory)
    played = rollout(trace)
    replies = [record.message for record in trace.records if isinstance(record, Action)]
    for rows in (played.to_rows(), [played.to_concat()]):
        trained = [
            message
            for row in rows
            for message, on in zip(row.messages, row.mask, strict=True)
            if on
        ]
        assert [(m.role, m.content, len(m.calls)) for m in trained] == [
            (m.role, m.content, len(m.calls)) for m in replies
        ]


def test_a_memory_with_tools_resets_the_context_at_every_event() -> None:
    task = small("worlds")
    played = rollout(watched(task)[0])
    assert len(played.segments) == len(task.events)
    assert all(segment.start == 1 for segment in played.segments)
    joined = played.to_concat()
    assert [m.role for m in joined.messages].count("system") == 1


def test_a_context_that_only_grows_is_one_segment() -> None:
    trace, _ = watched(small("dialogue"), "full")
    segments = rollout(trace).segments
    assert len(segments) < sum(isinstance(record, Action) for record in trace.records)
    assert any(segment.start > 1 for segment in segments)


def test_the_rewards_of_segments_are_those_of_the_trace() -> None:
    trace, _ = watched(small("dialogue"))
    rewards = [record.reward for record in trace.records if isinstance(record, Reward)]
    played = rollout(trace)
    assert sum(s.reward for s in played.segments) == pytest.approx(sum(rewards)) and rewards
    assert 0 < played.reward <= 1


@pytest.mark.parametrize("agent", ADVERSARIES)
@pytest.mark.parametrize("turns", [None, 2])
def test_every_call_has_an_id_of_its_own_and_one_result(agent: str, turns: int | None) -> None:
    trace, views = watched(small("worlds"), agent=agent, turns=turns)
    played = rollout(trace)
    assert _views(played.segments) == views
    for row in [*played.to_rows(), played.to_concat()]:
        called = [call.id for message in row.messages for call in message.calls]
        answered = [m.call_id for m in row.messages if m.role == "tool"]
        assert called == answered and len({*called}) == len(called)


def test_a_segment_with_stray_results_keeps_its_other_messages() -> None:
    messages = (Message("system", "s"), Message("user", "u"), Message("tool", "r", call_id="1"))
    kept = sendable(Segment(messages, (False,) * 3))
    assert kept.messages == messages[:2] and kept.mask == (False, False)


def test_stored_rollouts_are_read_back(tmp_path: Path) -> None:
    rollouts = [rollout(watched(small("worlds"), memory)[0]) for memory in ("markdown", "bm25")]
    path = tmp_path / "rollouts.jsonl"
    write_rollouts(path, rollouts)
    lines = path.read_text("utf-8").splitlines()
    assert [*read_rollouts(lines)] == rollouts
    assert json.loads(lines[0])["segments"][0]["messages"][0]["role"] == "system"
    damaged = json.loads(lines[1]) | {"reward": "much"}
    with pytest.raises(BadSettings, match=r"line 2: not a rollout .*reward is 'much'"):
        [*read_rollouts([lines[0], json.dumps(damaged)])]
    for line in ("{", "[]", '{"segments": [1]}', '{"segments": [{"messages": ["a"]}]}'):
        with pytest.raises(BadSettings, match="line 1: not a rollout"):
            [*read_rollouts([line])]


def test_importance_weights_are_cut_and_do_not_overflow() -> None:
    weights = importance_weights([-1.0, -1.0, 0.0], [-1.0, -1.7, -5000.0], clip=3)
    assert weights == pytest.approx([1.0, 2.0138, 3.0], abs=1e-3)
    with pytest.raises(BadSettings, match="give as many of both"):
        importance_weights([0.0], [])


def test_tasks_near_one_half_come_first_and_settled_ones_are_dropped() -> None:
    assert select("abcde", [0, 0.25, 1, 0.5, 0.9]) == ["d", "b", "e"]
    assert select("abc", [0.1, 0.5, 0.9], low=0.2, high=0.8) == ["b"]
    with pytest.raises(BadSettings, match="give one a task"):
        select("abc", [0.5])
