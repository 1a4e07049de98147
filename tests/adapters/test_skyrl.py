"""skyrl-gym's real registry and environment: scores, and what the one conversation holds."""

from importlib import metadata, reload
from typing import Any

import pytest
import skyrl_gym
from gymnasium.error import ResetNeeded

import memorygym.adapters.skyrl as adapter
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.training.env import MemoryEnv
from memorygym.training.tasks import SPLITS
from memorygym.training.token_rollouts import NAME, TokenRollouts, read_task
from tests.adapters.sampling import PLAYED, Row, bench, rows, task_of
from tests.training.plays import TINY

pytestmark = pytest.mark.skyrl


def made(row: Row) -> Any:
    """The environment as SkyRL makes it: `extras` are the columns that it has no name for."""
    adapter.register()
    extras = {name: row[name] for name in row if name not in ("prompt", "env_class")}
    return skyrl_gym.make(row["env_class"], env_config={}, extras={**extras, "max_turns": 1})


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("track", PLAYED)
def test_a_score_is_that_of_bench(track: str, split: str) -> None:
    row = rows(1, track, split)[0]
    texts, score = bench(row)
    env = made(row)
    _, info = env.init(row["prompt"])
    assert info["task"]["seed"] == task_of(row)["seed"]
    steps = [env.step(text) for text in texts]
    assert [step["done"] for step in steps] == [False] * (len(steps) - 1) + [True]
    assert score > 0 and sum(step["reward"] for step in steps) == pytest.approx(score)
    assert env.get_metrics() == pytest.approx({"score": score}, abs=1e-6)
    env.close()


@pytest.mark.parametrize("memory", ["markdown", "full", "bm25"])
def test_the_conversation_holds_all_that_a_context_would(memory: str) -> None:
    row = rows(1, memory=memory)[0]
    texts, _ = bench(row)
    env, plain = made(row), MemoryEnv("worlds", memory=memory, **TINY["worlds"])
    plain.reset(options=task_of(row))
    said, _ = env.init([])
    for text in texts[:-1]:
        said += [{"role": "assistant", "content": text}, *env.step(text)["observations"]]
        plain.step(text)
        held = "\n".join(message["content"] for message in said)
        shown = [message.content for message in plain.chat() if message.role != "assistant"]
        assert all(line in held for content in shown for line in content.splitlines())
        assert said[-1]["content"].endswith(plain.chat()[-1].content)
    roles = [message["role"] for message in said]
    assert roles == ["system", *["user", "assistant"] * len(texts)][: len(roles)]


def test_a_system_message_that_changes_is_shown_again() -> None:
    env = made(rows(1)[0])
    first, _ = env.init([])
    env._shown.remove(first[0]["content"])  # As if the tools had been others.
    (news,) = env.step("Noted.")["observations"]
    assert news["role"] == "user" and news["content"].startswith(first[0]["content"])
    (later,) = env.step("Noted.")["observations"]
    assert not later["content"].startswith(first[0]["content"])


def test_environments_side_by_side_share_nothing() -> None:
    data = rows(3)
    replies = [bench(row)[0] for row in data]
    envs = [made(row) for row in data]
    for env in envs:
        env.init([])
    for step in range(max(map(len, replies))):
        for env, texts in zip(envs, replies, strict=True):
            if step < len(texts):
                env.step(texts[step])
    scores = [env.get_metrics()["score"] for env in envs]
    assert scores == pytest.approx([bench(row)[1] for row in data], abs=1e-6)


def test_an_episode_begins_anew_midway() -> None:
    row = rows(1)[0]
    texts, score = bench(row)
    env = made(row)
    first, _ = env.init([])
    env.step("Noted.")
    assert env.get_metrics() == {} and env.init([])[0] == first
    assert sum(env.step(text)["reward"] for text in texts) == pytest.approx(score)


def test_a_wrong_call_is_an_observation() -> None:
    env = made(rows(1)[0])
    env.init([])
    step = env.step('<tool_call>{"name": "Wrte", "arguments": {}}</tool_call>')
    assert not step["done"] and "Wrte" in step["observations"][-1]["content"]


def test_no_task_is_in_two_splits() -> None:
    ids = []
    for split in SPLITS:
        for row in TokenRollouts("worlds", **TINY["worlds"]).data(4, split):
            env = made(row)
            env.init([])
            ids.append(env._env._task.id)
            assert read_task(row["extra_info"])[1]["split"] == split
    assert len(ids) == len({*ids}) == 12


def test_bad_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    row = rows(1)[0]
    with pytest.raises(BadSettings, match="no task of memorygym in the data row's extra_info None"):
        made({"env_class": NAME})
    wrong = {NAME: row["extra_info"][NAME].replace('"train"', '"tain"')}
    with pytest.raises(UnknownPart, match="no split named 'tain'; did you mean train"):
        made({**row, "extra_info": wrong}).init([])
    with pytest.raises(ResetNeeded, match="call reset"):
        made(row).step("Noted.")
    env = made({**row, "extra_info": rows(1, max_steps=1)[0]["extra_info"]})
    env.init([])
    assert env.step("Noted.")["done"]
    with pytest.raises(ResetNeeded, match="over"):
        env.step("Noted.")
    monkeypatch.setattr(metadata, "version", lambda _: "0.3.1")
    with pytest.raises(BadSettings, match=r"skyrl-gym 0.3.1 is too old \(tested: 0.4.0\)"):
        reload(adapter)
