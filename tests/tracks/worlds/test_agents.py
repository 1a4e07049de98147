"""The built-in agents keep the rules; the honest have the expected order, adversaries a bound."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial

import pytest

from memorygym.core import registry
from memorygym.core.outcome import Score
from memorygym.core.statements import CATEGORY, CURRENT
from memorygym.core.trace import Action, MemoryUpdate
from memorygym.core.track import find
from memorygym.core.types import Message, Policy, Tool
from memorygym.memories.markdown import Markdown
from memorygym.runs.systems import episode_for, policy_for
from memorygym.scoring.episode_scores import score
from memorygym.scoring.grading.verdict import grade
from memorygym.testing import check_policy
from memorygym.tracks.worlds.agents.codec import capacities_held, facts_in
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import category_in, values_in
from memorygym.tracks.worlds.generator.notes import key_record_of, read_note
from memorygym.tracks.worlds.generator.tiers import TIERS
from tests.episodes import generated, gold, play_agent, played
from tests.slow import mostly_slow

AGENTS = find("worlds").agents
HONEST = [name for name, agent in AGENTS.items() if agent.kind != "adversary"]
TRUTHFUL = [name for name, agent in AGENTS.items() if agent.kind == "truth"]
TEMPLATES = registry.names("templates")
POOL = [(template, seed) for template in TEMPLATES[:5] for seed in (0, 1)]


@pytest.fixture(scope="module")
def pooled() -> Callable[[str], float]:
    """Gives the mean composite of an agent over ten standard tasks, in points."""

    @cache
    def mean(agent: str) -> float:
        tasks = [generated(template, seed, "standard") for template, seed in POOL]
        return 100 * sum(score(played(agent, task)).composite for task in tasks) / len(tasks)

    return mean


class StatelessPolicy(Policy):
    """An agent that is created again at every step."""

    def __init__(self, make: Callable[[], Policy]) -> None:
        self._make = make

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return self._make().act(view, tools)


@mostly_slow("agent", HONEST, quick=1)
def test_an_agent_keeps_every_rule_of_a_policy(agent: str) -> None:
    assert check_policy(partial(policy_for, agent)) == []


@pytest.mark.parametrize("agent", [name for name in AGENTS if name not in TRUTHFUL])
def test_an_agent_needs_no_gold_table_and_keeps_nothing_between_steps(agent: str) -> None:
    task = generated("research", 3)
    blind = replace(task, gold=None)
    trace = play_agent(blind, agent, StatelessPolicy(partial(policy_for, agent, blind)))
    assert trace.gold is None
    assert trace.records == played(agent, task).records


@pytest.mark.parametrize("name", [name for name in AGENTS if AGENTS[name].kind == "adversary"])
def test_an_adversary_states_its_bound(name: str) -> None:
    agent = AGENTS[name]
    assert agent.bound and 0 <= agent.bound.most < 100
    assert not agent.bound.over or agent.bound.over in AGENTS
    assert score(played(name, generated("research", 3))).composite < 1


def test_only_the_clairvoyant_needs_the_gold_table() -> None:
    assert [name for name in TRUTHFUL if not AGENTS[name].unbounded] == ["clairvoyant"]


@mostly_slow("tier", TIERS, quick=1)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_clairvoyant_scores_exactly_1_within_its_budget(tier: str, seed: int) -> None:
    for template in TEMPLATES:
        trace = played("clairvoyant", generated(template, seed, tier))
        result: Score = score(trace)
        assert (result.composite, result.accuracy) == (1.0, 1.0), template
        assert result.writes <= 0.7 * (trace.budget.writes or 0)  # What a task may need.


def test_every_agent_plays_scattered_facts_and_the_clairvoyant_finds_them_all() -> None:
    task = generated("company", 0, "scattered", entities=20)
    composites = {name: score(played(name, task, agent=name)).composite for name in AGENTS}
    assert composites["clairvoyant"] == composites["perfect"] == 1.0
    assert composites["template_expert"] > composites["random_strategic"]


@pytest.mark.parametrize(
    ("better", "worse", "points"),
    [
        ("clairvoyant", "brief_reader", 10),
        ("brief_reader", "strategic", 15),
        ("strategic", "random_strategic", 0),
        ("naive", "smart_guesser", 0),
    ],
)
def test_a_better_strategy_scores_higher(
    better: str, worse: str, points: float, pooled: Callable[[str], float]
) -> None:
    assert pooled(better) - pooled(worse) >= points


def test_the_positional_expert_writes_no_tags_and_keeps_its_notation() -> None:
    task = generated("city", 0, "standard")
    guide = strong_reader(task.system).guide
    updates = [r for r in played("positional_expert", task).records if isinstance(r, MemoryUpdate)]
    lines = {line for update in updates for e in update.entries for line in e.text.split("\n")}
    records = [read_note(line, guide) for line in lines]
    assert all(record and category_in(record) for record in records)
    stored = {frozenset(values_in(record)) for record in records if record}
    assert stored == {frozenset(guide.key_attributes), frozenset(a.code for a in guide.attributes)}
    assert sum(len(values_in(record)) == 6 for record in records if record) > 25
    assert all(key_record_of(guide, record) in lines for record in records if record)


@pytest.mark.parametrize("name", ["tests.cheat:make", "cheat"])
def test_a_plugged_in_agent_gets_neither_gold_nor_an_unlimited_budget(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_plugged", lambda kind: {"cheat": "tests.cheat:make"})
    task = generated(tier="lite")
    policy_for(name, task)  # It fails if it is given the gold table.
    assert episode_for(name, task, Markdown).budget == task.budget


@pytest.mark.parametrize("entities", [30, pytest.param(800, marks=pytest.mark.slow)])
def test_the_records_of_the_codec_are_true_within_2_percent(entities: int) -> None:
    task = generated(entities=entities)
    trace = play_agent(task, "codec")
    table, guide = gold(task), strong_reader(task.system).guide
    assert len(table.names[0].split()) == (2 if entities < 800 else 3)
    for name, code, value, role, *_ in facts_in(
        task.system, "\n".join(trace.final_memory.values())
    ):
        if role == CURRENT and code != CATEGORY:
            show = guide.attribute(code).show
            truths = table.known.history(name, code)
            assert any(grade("retrieval", show(truth), show(value)).correct for truth in truths)
    assert 1 < capacities_held(trace) < 1.5


def test_the_leaker_tries_every_channel_once_an_event() -> None:
    trace = play_agent(generated(), "summary_leaker")
    first, second, *_ = (record for record in trace.records if isinstance(record, Action))
    channels = [call.name for call in first.message.calls]
    assert channels[:3] == ["memory_search", "submit_answer", "Read"]
    assert second.message.calls == () and second.message.content == first.message.content
