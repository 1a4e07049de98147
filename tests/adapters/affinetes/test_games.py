"""`reset`, `step`, `state`, `stop`: whole episodes that the caller plays."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

import pytest

from memorygym.adapters.affinetes import Actor, OpenEnvResponse
from memorygym.core.episode import Episode
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.types import Message, Task
from memorygym.memories.markdown import Markdown
from memorygym.runs.systems import episode_for, policy_for
from memorygym.scoring.episode_scores import score
from tests.episodes import generated, played
from tests.slow import mostly_slow

ABOUT = {*"task_id template seed tier backend salted version events event".split()}


def as_action(reply: Message) -> str:
    """The reply as a model without tool calling writes it."""
    calls = ({"name": call.name, "arguments": call.arguments} for call in reply.calls)
    return reply.content + "".join(f"<tool_call>{json.dumps(call)}</tool_call>" for call in calls)


async def driven(actor: Actor, agent: str, task: Task, **asked: Any) -> list[OpenEnvResponse]:
    """What an agent is shown that plays by `step`: a twin episode gives it the same as messages."""
    policy = policy_for(agent, task)
    twin: Episode = episode_for(agent, task, Markdown)
    shown = [await actor.reset(**asked)]
    while not shown[-1].done:
        assert twin.view()[-1].content in shown[-1].observation
        reply = policy.act(twin.view(), twin.tools)
        twin.step(reply)
        shown.append(await actor.step(as_action(reply), shown[-1].episode_id))
        await asyncio.sleep(0)
    assert twin.done
    return shown


@mostly_slow("tier", ["lite", "standard", "multi"])
@pytest.mark.parametrize("agent", ["strategic", "clairvoyant", "naive"])
@pytest.mark.parametrize("template", ["company", "research"])
def test_an_agent_that_steps_gets_the_score_that_bench_gives(
    agent: str, template: str, tier: str
) -> None:
    task = generated(template, 4, tier)
    shown = asyncio.run(driven(Actor(), agent, task, template=template, seed=4, tier=tier))
    expected = score(played(agent, task))
    assert [response.reward for response in shown[:-1]] == [0.0] * (len(shown) - 1)
    assert shown[-1].reward == expected.composite
    assert shown[-1].info["score"] == expected.to_json()


def test_episodes_played_at_once_do_not_mix() -> None:
    actor = Actor()

    async def all_at_once() -> list[list[OpenEnvResponse]]:
        plays = (
            driven(actor, "strategic", generated("city", n), task_id=10 * n + 1) for n in range(8)
        )
        return await asyncio.gather(*plays)

    rewards = [shown[-1].reward for shown in asyncio.run(all_at_once())]
    assert rewards == [score(played("strategic", generated("city", n))).composite for n in range(8)]


def test_no_response_holds_the_answers() -> None:
    shown = asyncio.run(driven(Actor(), "guesser", generated("company", 0), seed=0))
    assert all(set(response.info) == {*ABOUT, "messages"} for response in shown[:-1])
    assert set(shown[-1].info) == {*ABOUT, "score"}
    assert shown[-1].observation == "The episode is over."


def test_the_messages_are_what_a_model_would_be_sent() -> None:
    shown = asyncio.run(Actor().reset(seed=1))
    messages = shown.info["messages"]
    assert [message["role"] for message in messages] == ["system", "user"]
    assert all(message["content"] in shown.observation for message in messages)
    assert '"name": "submit_answer"' in messages[0]["content"]


def test_an_episode_without_seed_is_fresh_and_can_be_repeated() -> None:
    actor, twin = Actor(origin="here"), Actor(origin="here")
    fresh = [asyncio.run(actor.reset()) for _ in range(3)]
    seeds = [response.info["seed"] for response in fresh]
    assert len(set(seeds)) == 3
    assert min(seeds) >= 10
    assert asyncio.run(twin.reset()).info["seed"] == seeds[0]
    assert asyncio.run(Actor().reset()).info["seed"] != asyncio.run(Actor().reset()).info["seed"]
    again = asyncio.run(actor.reset(seed=seeds[2]))
    assert again.observation == fresh[2].observation


@pytest.mark.parametrize("action", [None, 7, ["ok"], {"answer": "x"}], ids=str)
def test_state_and_an_action_that_is_no_text_move_nothing(action: Any) -> None:
    actor = Actor()
    begun = asyncio.run(actor.reset(seed=0))
    answer = asyncio.run(actor.step(action, begun.episode_id))
    assert answer.info["error"]["type"] == "bad_action"
    assert (answer.observation, answer.done) == (begun.observation, False)
    for _ in range(2):
        assert asdict(asyncio.run(actor.state(begun.episode_id))) == asdict(begun)


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ('<tool_call>{"name": "Wriet", "arguments": {}}</tool_call>', "Wriet"),
        ("<tool_call>{'name'</tool_call>", "no tool named ''"),
        ('<think><tool_call>{}</tool_call></think>{"name": "Read", "arguments": {}}', "empty"),
        ('{"name": "Write", "arguments": {"content": "torn \\ud800"}}', "torn ?"),
    ],
)
def test_a_reply_is_read_as_a_models(action: str, text: str) -> None:
    actor = Actor()
    begun = asyncio.run(actor.reset(seed=0))
    answer = asyncio.run(actor.step(action, begun.episode_id))
    assert answer.info["event"] == 1
    assert text in answer.observation[len(begun.observation) :]
    assert json.dumps(asdict(answer), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("id", "kind"), [("nope", "episode_not_found"), (None, "no_episode_id"), ([], "no_episode_id")]
)
def test_an_unknown_episode_is_answered_with_an_error(id: Any, kind: str) -> None:
    actor = Actor()
    for answer in (asyncio.run(actor.step("ok", id)), asyncio.run(actor.state(id))):
        assert (answer.done, answer.truncated, answer.reward) == (True, True, 0.0)
        assert answer.info["error"]["type"] == kind
        assert answer.info["error"]["message"] == answer.observation
    assert asyncio.run(actor.stop(id)) == {"status": "ok", "stopped": False, "episode_id": id}


def test_a_finished_episode_gives_its_reward_once() -> None:
    actor = Actor()
    last = asyncio.run(driven(actor, "strategic", generated("company", 0), seed=0))[-1]
    more = asyncio.run(actor.step("ok", last.episode_id))
    assert more.info["error"]["type"] == "episode_done"
    assert (more.reward, more.done, more.truncated) == (0.0, True, False)
    assert more.info["score"] == last.info["score"]


def test_the_number_of_open_episodes_is_bounded_and_a_stopped_one_is_forgotten() -> None:
    actor = Actor(episodes=2)
    first = asyncio.run(actor.reset()).episode_id
    asyncio.run(actor.reset())
    with pytest.raises(BadSettings, match="2 episodes are open, the most at a time: stop one"):
        asyncio.run(actor.reset())
    assert asyncio.run(actor.stop(first))["stopped"]
    assert asyncio.run(actor.state(first)).info["error"]["type"] == "episode_not_found"
    assert not asyncio.run(actor.reset()).done


def test_what_is_over_or_long_idle_makes_room() -> None:
    actor = Actor(episodes=1)
    asyncio.run(driven(actor, "strategic", generated("company", 0), seed=0))
    kept = asyncio.run(actor.reset())
    assert not asyncio.run(actor.state(kept.episode_id)).done
    impatient = Actor(episodes=1, idle=-1)
    left = asyncio.run(impatient.reset())
    asyncio.run(impatient.reset())
    assert asyncio.run(impatient.state(left.episode_id)).truncated


def test_a_task_that_cannot_be_generated_begins_no_episode() -> None:
    actor = Actor(episodes=1)
    with pytest.raises(UnknownPart, match=r"did you mean city\?"):
        asyncio.run(actor.reset(template="citty"))
    assert not asyncio.run(actor.reset(template="city")).done
