"""Every adversary states its bound; it keeps no state and gets no gold."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from memorygym.core.statements import CATEGORY, CURRENT
from memorygym.core.trace import Action, Trace
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.scoring.episode_scores import score
from memorygym.scoring.grading.verdict import grade
from memorygym.tracks.worlds.agents import AGENTS
from memorygym.tracks.worlds.agents.codec import capacities_held, facts_in
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.generator.gold import WorldsGold
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.generator.tiers import Sizes
from tests.episodes import play_agent

ADVERSARIES = [name for name, agent in AGENTS.items() if agent.kind == "adversary"]
TASK = generate("company", 0, "lite")


class StatelessPolicy(Policy):
    """An agent that is created again at every step."""

    def __init__(self, name: str) -> None:
        self._name = name

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return policy_of(self._name).act(view, tools)


def policy_of(name: str) -> Policy:
    return AGENTS[name].make(replace(TASK, gold=None))


def trace_of(task: Task, name: str, policy: Policy) -> Trace:
    return play_agent(task, name, policy, labels={"agent": name})


@pytest.mark.parametrize("name", ADVERSARIES)
def test_an_adversary_states_its_bound(name: str) -> None:
    agent = AGENTS[name]
    assert agent.bound and 0 <= agent.bound.most < 100
    assert not agent.bound.over or agent.bound.over in AGENTS


@pytest.mark.parametrize("name", ADVERSARIES)
def test_an_adversary_plays_to_the_end_and_keeps_nothing_between_steps(name: str) -> None:
    trace = trace_of(TASK, name, policy_of(name))
    again = trace_of(TASK, name, StatelessPolicy(name))
    assert list(trace.lines()) == list(again.lines())
    assert score(trace).composite < 1


@pytest.mark.parametrize(
    ("sizes", "words"), [(Sizes(), 2), pytest.param(Sizes(800), 3, marks=pytest.mark.slow)]
)
def test_the_records_of_the_codec_are_true_within_2_percent(sizes: Sizes, words: int) -> None:
    task = generate("company", 0, "lite", sizes)
    trace = play_agent(task, "codec")
    gold, guide = task.gold, strong_reader(task.system).guide
    assert isinstance(gold, WorldsGold) and len(gold.names[0].split()) == words
    *_, (_, stored) = trace.memory_states()
    for name, code, value, role, *_ in facts_in(task.system, "\n".join(stored.values())):
        if role == CURRENT and code != CATEGORY:
            show = guide.attribute(code).show
            truths = gold.known.history(name, code)
            assert any(grade("retrieval", show(truth), show(value)).correct for truth in truths)
    assert 1 < capacities_held(trace) < 1.5


def test_the_leaker_tries_every_channel_once_an_event() -> None:
    trace = play_agent(TASK, "summary_leaker")
    first, second, *_ = (record for record in trace.records if isinstance(record, Action))
    assert [call.name for call in first.message.calls][:3] == [
        "memory_search", "submit_answer", "Read",
    ]  # fmt: skip
    assert second.message.calls == () and second.message.content == first.message.content
