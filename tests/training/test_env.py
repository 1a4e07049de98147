"""MemoryEnv: Gymnasium's rules, the same episodes as every other command, and nothing leaks."""

import gc
import json
from collections.abc import Iterator
from typing import Any

import gymnasium
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env

from memorygym.agents.chat import Chat
from memorygym.agents.reasoner_agent import agents_of
from memorygym.agents.text_protocol import as_text
from memorygym.core.episode import Episode
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.trace import Trace
from memorygym.core.track import find, reader_of
from memorygym.core.types import Call, Message
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.models.scripted import Scripted
from memorygym.runs.systems import played, policy_for, start_episode
from memorygym.runs.tasks import Limits
from memorygym.scoring.episode_scores import score
from memorygym.training.env import OVER, MemoryEnv
from memorygym.training.registration import register
from memorygym.training.rewards import ShapedReward
from memorygym.training.tasks import Curriculum, recipes
from tests.training.plays import TINY

pytestmark = pytest.mark.gym

WRITE = '<tool_call>{"name": "Write", "arguments": {"content": "a note"}}</tool_call>'
Step = tuple[str, float, bool, bool, dict[str, Any]]


def lite(**options: Any) -> MemoryEnv:
    return MemoryEnv("worlds", **TINY["worlds"], **options)


def texts_of(agent: str, track: str, memory: str = "markdown") -> list[str]:
    """The replies of a scripted agent to the task with seed 3, as texts."""
    task = Limits().applied(recipes(track, "train", range(3, 4), **TINY[track])[0].generate())
    episode, texts = start_episode(task, memory_factory(memory)), list[str]()
    policy = policy_for(agent, task)
    while not episode.done:
        reply = policy.act(episode.view(), episode.tools)
        texts.append(as_text([reply], ())[0].content)
        episode.step(Chat(Scripted(texts[-1:]), "text").act(episode.view(), episode.tools))
    return texts


def steps(env: MemoryEnv, texts: list[str], seed: int = 3) -> Iterator[Step]:
    env.reset(options={"seed": seed})
    for text in texts:
        yield env.step(text)


@pytest.mark.parametrize("track", TINY)
def test_the_environment_of_every_track_follows_gymnasium(track: str) -> None:
    register()
    env = gymnasium.make(f"MemoryGym/{track.title()}-v0", **TINY[track])
    check_env(env.unwrapped)


def test_every_track_is_registered_once() -> None:
    register()
    register()
    assert {f"MemoryGym/{track.title()}-v0" for track in TINY} <= gymnasium.registry.keys()


@pytest.mark.parametrize("track", TINY)
def test_a_scripted_agent_has_the_trace_and_the_score_of_any_other_command(track: str) -> None:
    agent = "template_expert" if track == "worlds" else next(iter(agents_of(find(track))))
    texts, env = texts_of(agent, track), MemoryEnv(track, **TINY[track])
    *_, (observation, reward, terminated, truncated, info) = steps(env, texts)
    task = Limits().applied(recipes(track, "train", range(3, 4), **TINY[track])[0].generate())
    chat = Chat(Scripted(texts), "text")
    trace = played(start_episode(task, memory_factory("markdown")), chat, task, env.trace.labels)
    assert (observation, terminated, truncated) == (OVER, True, False)
    assert env.trace.first_difference(trace) is None
    assert reward == score(trace).composite == pytest.approx(info["score"]["composite"], abs=1e-6)


def test_one_seed_gives_the_same_episodes_and_another_seed_others() -> None:
    def beginnings(seed: int) -> list[tuple[str, dict[str, Any]]]:
        env = lite()
        return [env.reset(seed=seed), env.step(WRITE)[::4], env.reset(), env.reset()]  # type: ignore[list-item]

    assert beginnings(1) == beginnings(1) != beginnings(2)
    assert len({text for text, _ in beginnings(1)}) == 4


def test_options_choose_a_task_and_leave_the_stream_alone() -> None:
    env = lite()
    env.reset(seed=1)
    second = env.reset()[0]
    env.reset(seed=1)
    _, info = env.reset(options={"template": "city", "seed": 4, "split": "test"})
    assert info["task"] == {"template": "city", "seed": 4}
    assert env.reset()[0] == second


def test_the_new_observations_add_up_to_the_view() -> None:
    whole, new = lite(), lite(observation="new")
    (view, _), (read, _) = (env.reset(options={"seed": 3}) for env in (whole, new))
    for text in texts_of("template_expert", "worlds"):
        assert read == view
        view, (added, *_, info) = whole.step(text)[0], new.step(text)
        read = added if info["restart"] else f"{read}\n\n[assistant]\n{text}\n\n{added}"
    assert view == added == OVER


def play_out(env: MemoryEnv, texts: list[str]) -> tuple[list[Step], Trace]:
    return [env.step(text) for text in texts], env.trace


@pytest.mark.parametrize("reward", ["score", "shaped"])
def test_a_fork_in_the_middle_of_an_event_is_independent(reward: str) -> None:
    texts, env = texts_of("template_expert", "worlds"), lite(reward=reward)
    middle = next(n for n, text in enumerate(texts) if "Write" in text) + 1
    env.reset(options={"seed": 3})
    for text in texts[:middle]:
        env.step(text)
    other = env.fork()
    other.step(WRITE)
    third = env.fork()
    assert play_out(third, texts[middle:]) == play_out(env, texts[middle:])
    assert not other.step("Done.")[2]
    assert other.fork().reset() == other.reset()


def test_infos_are_equal_for_tasks_that_differ_in_their_answers_alone() -> None:
    texts = texts_of("template_expert", "worlds")
    swapped = MemoryEnv("tests.training.swapped:TRACK", **TINY["worlds"])
    for (*_, info), (*_, other) in zip(steps(lite(), texts), steps(swapped, texts), strict=True):
        assert info.pop("score", None) is None or other.pop("score")
        assert json.dumps(info) == json.dumps(other)


def test_the_trace_has_its_answers_only_after_the_end() -> None:
    env = lite(max_steps=2)
    with pytest.raises(BadSettings, match="holds the answers"):
        _ = env.trace
    env.reset(options={"seed": 3})
    env.step("Noted.")
    with pytest.raises(BadSettings, match="holds the answers"):
        _ = env.trace
    assert env.step("Noted.")[3]
    assert env.trace.gold is not None
    assert env.trace.labels["memory"] == "markdown"


def test_a_step_needs_a_running_episode() -> None:
    env = lite(max_steps=1)
    with pytest.raises(ResetNeeded, match=r"call reset\(\) before"):
        env.step("Noted.")
    env.reset()
    assert env.step("Noted.")[2:4] == (False, True)
    with pytest.raises(ResetNeeded, match="is over"):
        env.step("Noted.")
    env.reset()
    env.step("Noted.")


@pytest.mark.parametrize(
    ("action", "malformed"),
    [
        (WRITE, False),
        ("Nothing to do.", False),
        ("<tool_call>{broken</tool_call>", True),
        ('<tool_call>{"name": "Wrote", "arguments": {}}</tool_call>', True),
        ('<tool_call>{"name": "Write", "arguments": {"text": "a"}}</tool_call>', True),
        (f"<think>{WRITE}</think>Nothing.", False),
        ({"content": "", "tool_calls": [{"function": {"name": "Read", "arguments": "{"}}]}, True),
        ({"name": "Write"}, True),
        ({"name": None, "arguments": {}}, True),
        ({"name": "Write", "arguments": '{"content": "a"}'}, False),
        ({"role": "assistant"}, False),
        ({"content": WRITE}, False),
        (Message("assistant", "", (Call("Read", {}),)), False),
    ],
)
def test_a_malformed_action_costs_the_penalty_and_is_read_about(
    action: Any, malformed: bool
) -> None:
    env = lite(malformed_penalty=0.25)
    env.reset(seed=1)
    observation, reward, *_, info = env.step(action)
    assert (reward, info["malformed"]) == (-0.25 * malformed, malformed)
    assert len(observation) > 100
    assert "<tool_result>" in observation or not malformed


def test_an_action_of_another_type_is_an_error_of_the_program() -> None:
    env = lite()
    env.reset()
    for action in (7, None, {}, {"answer": "7"}):
        with pytest.raises(TypeError, match="an action is a text"):
            env.step(action)  # type: ignore[arg-type]


def test_info_tells_what_a_program_needs() -> None:
    env = lite()
    _, before = env.reset(options={"seed": 3})
    *_, info = env.step(WRITE)
    assert (before["writes_left"], info["writes_left"]) == (15, 14)
    assert before["tokens_held"] == 0 < info["tokens_held"]
    assert before["event"] == info["event"] == 0
    assert env.step("Noted.")[4]["event"] == 1
    assert [tool["function"]["name"] for tool in info["tools"]][:2] == ["submit_answer", "Write"]
    assert [message["role"] for message in info["messages"]] == [
        "system", "user", "assistant", "tool",
    ]  # fmt: skip


def test_without_memory_tools_the_policy_just_acts() -> None:
    env = lite(memory="bm25")
    _, info = env.reset(seed=1)
    assert [tool["function"]["name"] for tool in info["tools"]] == ["submit_answer"]
    while not env.step(
        '<tool_call>{"name": "submit_answer", "arguments": {"answer": "7"}}</tool_call>'
    )[2]:
        pass
    assert env.trace.labels["memory"] == "bm25"


def test_limits_replace_those_of_the_task() -> None:
    _, info = lite(limits=Limits(capacity=77)).reset()
    assert " of 77 tokens held" in info["messages"][1]["content"]


def test_a_shaped_episode_is_paid_its_score() -> None:
    texts = texts_of("template_expert", "worlds")
    rewards = [step[1] for step in steps(lite(reward=ShapedReward(weight=3)), texts)]
    assert max(rewards[:-1]) > 0.05
    assert sum(rewards) == pytest.approx([*steps(lite(), texts)][-1][1], abs=1e-9)


def test_a_curriculum_sets_the_parameters_and_hears_the_scores() -> None:
    curriculum = Curriculum([{"entities": "8", "questions": "2"}, {"entities": "12"}], bar=0.0)
    env = lite(curriculum=curriculum, max_steps=1)
    for _ in range(20):
        env.reset()
        env.step("Noted.")
    assert curriculum.state() == {"level": 1.0, "episodes": 20}
    env.reset()
    env.fork().step("Noted.")
    assert curriculum.episodes == 20


def test_render_shows_what_a_model_reads() -> None:
    env = lite(render_mode="ansi", observation="new", max_steps=2)
    with pytest.raises(ResetNeeded):
        env.render()
    view = env.reset()[0]
    assert env.render() == view
    env.step(WRITE)
    assert str(env.render()).startswith(view)
    env.step(WRITE)
    assert env.render() == OVER
    assert lite().render() is None


def episodes() -> int:
    gc.collect()
    return sum(isinstance(thing, Episode) for thing in gc.get_objects())


def test_what_has_ended_keeps_its_trace_alone() -> None:
    before, env = episodes(), lite()
    env.reset(seed=1)
    ended = False
    while not ended:
        ended = env.step("Noted.")[2]
    assert episodes() == before
    assert env.fork().trace == env.trace
    env.close()
    for use in (lambda: env.trace, lambda: env.step("Noted.")):
        with pytest.raises((BadSettings, ResetNeeded)):
            use()
    assert env.reset()[1]["restart"]


@pytest.mark.parametrize("track", ["research", "codeqa", "dialogue"])
def test_a_reader_plays_the_events_that_ask(track: str) -> None:
    scores, steps = [], []
    for reader in (None, "strong"):
        env = MemoryEnv(track, reader=reader, **TINY[track])
        env.reset(options={"seed": 3})
        asked = {goal.event for goal in reader_of(env._judged).goals}
        policy, ended, count = policy_for("strong", env._task), False, 0
        while not ended:
            assert env._episode and (reader is None or env._episode.event not in asked)
            reply = policy.act(env._episode.view(), env._episode.tools)
            *_, ended, _, info = env.step(reply)
            count += 1
        assert env._reader is None
        scores.append(info["score"])
        steps.append(count)
    assert scores[0] == scores[1] and steps[0] > steps[1]


def test_an_unknown_reader_is_refused() -> None:
    with pytest.raises(UnknownPart, match="stron"):
        MemoryEnv("research", reader="stron")
