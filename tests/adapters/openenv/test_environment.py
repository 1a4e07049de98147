"""A session in this process: MemoryEnv's episodes, splits that never meet, safe options."""

from collections.abc import Iterator
from importlib import metadata, reload
from typing import Any

import pytest
from gymnasium.error import Error as GymnasiumError
from gymnasium.error import ResetNeeded

import memorygym.adapters.openenv
from memorygym.adapters.openenv.environment import MOST, MemoryEnvironment
from memorygym.adapters.openenv.models import MemoryAction, MemoryObservation
from memorygym.agents.text_protocol import as_text
from memorygym.core.errors import BadSettings, MemoryGymError
from memorygym.core.trace import Action, Trace
from memorygym.core.track import TaskOptions, TaskRecipe, find
from memorygym.core.types import Message
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.runs.systems import AgentSystem, start_episode
from memorygym.runs.tasks import Limits
from memorygym.scoring.episode_scores import score
from memorygym.training.data import default_agent
from memorygym.training.env import OVER, MemoryEnv
from memorygym.training.tasks import SPLITS, TaskStream, recipes
from tests.training.plays import TINY

pytestmark = pytest.mark.openenv


def lite(**options: Any) -> MemoryEnvironment:
    return MemoryEnvironment({**TINY["worlds"], **options})


def bench(track: str, seed: int, split: str = "train", memory: str = "markdown") -> Trace:
    """The episode of the track's default agent, as `bench` plays it."""
    task = recipes(track, split, range(seed, seed + 1), **TINY[track])[0].generate()
    agent = AgentSystem(default_agent(find(track)), memory)
    trace = agent.play(Limits().applied(task), 0, [])
    trace.gold = task.gold
    return trace


def actions(trace: Trace, *, native: bool = True) -> list[MemoryAction]:
    """The replies of an episode, with calls apart or within the text."""
    replies = [record.message for record in trace.records if isinstance(record, Action)]
    return [_action(reply) if native else _action(as_text([reply], ())[0]) for reply in replies]


def _action(reply: Message) -> MemoryAction:
    calls = [{"name": call.name, "arguments": call.arguments} for call in reply.calls]
    return MemoryAction(text=reply.content, calls=calls)


def played(env: MemoryEnvironment, replies: list[MemoryAction]) -> Iterator[MemoryObservation]:
    return (env.step(reply) for reply in replies)


@pytest.mark.parametrize("native", [True, False], ids=["calls", "text"])
@pytest.mark.parametrize("track", TINY)
def test_an_episode_has_the_score_of_bench(track: str, native: bool) -> None:
    trace, env = bench(track, 3, "test"), MemoryEnvironment({"track": track, **TINY[track]})
    env.reset(split="test", index=3)
    *before, last = played(env, actions(trace, native=native))
    assert last.score == score(trace).to_json()
    assert (last.reward, last.done, last.text) == (score(trace).composite, True, OVER)
    assert {(seen.reward, seen.done, seen.score) for seen in before} == {(0.0, False, None)}


@pytest.mark.parametrize("options", [{}, {"memory": "bm25"}, {"reward": "shaped"}], ids=str)
def test_a_session_observes_what_memory_env_does(options: dict[str, Any]) -> None:
    env, twin = lite(**options), MemoryEnv(**TINY["worlds"], **options)
    seen, (text, info) = env.reset(seed=5), twin.reset(seed=5)
    assert (seen.text, seen.messages, seen.task) == (text, info["messages"], info["task"])
    for reply in actions(bench("worlds", info["task"]["seed"]), native=False):
        seen, (text, reward, *_, info) = env.step(reply), twin.step(reply.text)
        info = {"score": None, **info}
        assert seen.reward == reward
        assert {name: getattr(seen, name) for name in ("text", *info)} == {"text": text, **info}
    assert seen.done


def test_no_observation_tells_the_answers() -> None:
    """Tasks that differ in their answers alone look the same until the end."""
    env, swapped = lite(), lite(track="tests.training.swapped:TRACK")
    shown = [env.reset(index=3), *played(env, replies := actions(bench("worlds", 3)))]
    other = [swapped.reset(index=3), *played(swapped, replies)]
    assert [seen.model_dump_json() for seen in shown[:-1]] == [
        seen.model_dump_json() for seen in other[:-1]
    ]
    assert shown[-1].score != other[-1].score


def test_a_restart_leaves_nothing_of_an_earlier_event_in_view() -> None:
    env = lite()
    first = env.reset(index=0)
    within = env.step(MemoryAction(calls=[{"name": "Write", "arguments": {"content": "a note"}}]))
    after = env.step(MemoryAction(text="Noted."))
    assert [seen.restart for seen in (first, within, after)] == [True, False, True]
    documents = first.messages[-1]["content"]
    assert documents in within.text
    assert documents not in after.text
    assert after.tokens_held == within.tokens_held > 0


def first_event(recipe: TaskRecipe) -> str:
    task = Limits().applied(recipe.generate())
    return start_episode(task, memory_factory("markdown")).view()[-1].content


@pytest.mark.parametrize("track", TINY)
def test_no_task_is_in_two_splits_or_in_the_public_set(track: str) -> None:
    env = MemoryEnvironment({"track": track, **TINY[track]})
    public = find(track).tasks(TaskOptions(range(3), parameters=TINY[track]))
    texts = [first_event(recipe) for recipe in public]
    for split in SPLITS:
        for recipe in recipes(track, split, range(3), **TINY[track]):
            texts.append(first_event(recipe))
            seen = env.reset(split=split, index=recipe.seed)
            assert seen.task == {"template": recipe.template, "seed": recipe.seed}
            assert texts[-1] in seen.messages[-1]["content"]
    assert len(set(texts)) == len(texts) >= 12


@pytest.mark.parametrize("split", SPLITS)
def test_a_stream_draws_from_its_split(split: str) -> None:
    env = lite(split=split)
    stream = TaskStream("worlds", split, 9, TINY["worlds"])
    drawn = [env.reset(seed=9).task, env.reset().task, env.reset(split=split).task]
    assert drawn == [
        {"template": t.template, "seed": t.seed} for t, _ in zip(stream, "123", strict=False)
    ]
    assert env.state.split == split


def test_the_numbers_of_tasks_run_through_the_templates() -> None:
    env = MemoryEnvironment({"tier": "lite", "template": "company,city,hospital"})
    assert env.num_tasks("test") == 300_000
    tasks = env.get_task_range("test", 4, 8)
    assert tasks == [env.get_task("test", index) for index in range(4, 8)]
    assert [task["seed"] for task in tasks] == [1, 1, 2, 2]
    assert len({task["id"] for task in env.list_tasks("test")}) == MOST
    assert env.get_task_range("test", -1)[0]["index"] == 299_999
    for task in tasks:
        seen = env.reset(split="test", index=task["index"])
        assert seen.task == {"template": task["template"], "seed": task["seed"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": "7"}, "Seed must be a python integer"),
        ({"seed": -1}, "greater or equal to zero"),
        ({"index": 1.5}, "index=1.5: give a whole number"),
        ({"index": 100_000}, "index 100000: give 0 to 99999"),
        ({"index": "7"}, "index='7': give a whole number"),
        ({"split": "tset"}, "did you mean test?"),
        ({"template": "compny"}, "did you mean company?"),
        ({"tiers": "lite"}, "did you mean tier?"),
        ({"track": "dialogue"}, "no parameter of the track worlds named 'track'"),
        ({"track": "dialogue", "index": 0}, "no parameter of the track worlds named 'track'"),
        ({"memory": "bm25"}, "no parameter of the track worlds named 'memory'"),
        ({"limits": {}}, "limits={}: give"),
        ({"entities": 1}, "3 corrections for 1 entities: give at most 0"),
        # A stranger reaches neither code nor files nor addresses of the server.
        ({"memory": "os:getcwd"}, "a client may give plain names"),
        ({"memory": "./own.py"}, "a client may give plain names"),
        ({"template": "os:getcwd"}, "a client may give plain names"),
        ({"track": "tests.training.swapped:TRACK"}, "a client may give plain names"),
        ({"track": "web", "screenshots": "here"}, "a client may give plain names"),
        ({"reader": "strong"}, "no parameter of the track worlds named 'reader'"),
    ],
    ids=str,
)
def test_a_reset_that_fails_says_why_and_the_episode_goes_on(
    options: dict[str, Any], message: str
) -> None:
    env, twin = lite(), lite()
    for other in (env, twin):
        other.reset(seed=2)
        other.step(MemoryAction(text="Noted."))
    with pytest.raises((MemoryGymError, GymnasiumError)) as raised:
        env.reset(**options)
    assert message in str(raised.value)
    assert env.state == twin.state.model_copy(update={"episode_id": env.state.episode_id})
    assert env.step(MemoryAction(text="Noted.")) == twin.step(MemoryAction(text="Noted."))
    assert env.reset() == twin.reset()  # The stream goes on as if nothing was asked, too.


def test_a_step_needs_an_episode() -> None:
    env = lite(max_steps=1)
    with pytest.raises(BadSettings, match=r"no episode: call reset\(\) first"):
        env.step(MemoryAction(text="Hi"))
    env.reset(episode_id="mine")
    assert env.step(MemoryAction(text="Hi")).truncated
    with pytest.raises(ResetNeeded, match=r"Call reset\(\)"):
        env.step(MemoryAction(text="Hi"))
    assert (env.state.episode_id, env.state.step_count) == ("mine", 1)


@pytest.mark.parametrize("found", ["0.4.1", None])
def test_a_missing_or_old_openenv_is_named(found: str | None, monkeypatch: Any) -> None:
    def version(name: str) -> str:
        if found is None:
            raise metadata.PackageNotFoundError(name)
        return found

    monkeypatch.setattr(metadata, "version", version)
    with pytest.raises(BadSettings, match=r"openenv.* is (too old|not installed).*pip install"):
        reload(memorygym.adapters.openenv)
