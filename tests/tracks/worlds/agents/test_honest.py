"""The built-in honest agents play by the rules, and their scores have the expected order."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

import pytest

from memorygym.core import registry
from memorygym.core.outcome import Score
from memorygym.core.trace import MemoryUpdate
from memorygym.core.track import find
from memorygym.memories.markdown import Markdown
from memorygym.runs.systems import episode_for, policy_for
from memorygym.scoring.episode_scores import score
from memorygym.testing import check_policy
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import category_in, values_in
from memorygym.tracks.worlds.generator.notes import key_record_of, read_note
from memorygym.tracks.worlds.generator.tiers import TIERS
from tests.episodes import generated, play_agent, played
from tests.slow import mostly_slow

AGENT = find("worlds").agents
AGENTS = [name for name, agent in AGENT.items() if agent.kind != "adversary"]
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


@mostly_slow("agent", AGENTS, quick=1)
def test_an_agent_keeps_every_rule_of_a_policy(agent: str) -> None:
    assert check_policy(partial(policy_for, agent)) == []


@pytest.mark.parametrize("agent", [agent for agent in AGENTS if AGENT[agent].kind != "truth"])
def test_an_agent_plays_the_same_where_the_gold_table_is_deleted(agent: str) -> None:
    task = generated("research", 3)
    blind = replace(task, gold=None)
    trace = play_agent(blind, agent)
    assert trace.gold is None
    assert trace.records == played(agent, task).records


def test_only_the_clairvoyant_needs_the_gold_table() -> None:
    needing = [name for name in AGENTS if AGENT[name].kind == "truth"]
    assert [name for name in needing if not AGENT[name].unbounded] == ["clairvoyant"]


@mostly_slow("tier", TIERS, quick=1)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_clairvoyant_scores_exactly_1_within_its_budget(tier: str, seed: int) -> None:
    for template in TEMPLATES:
        trace = played("clairvoyant", generated(template, seed, tier))
        result: Score = score(trace)
        assert (result.composite, result.accuracy) == (1.0, 1.0), template
        assert result.writes <= 0.7 * (trace.budget.writes or 0)  # What a task may need.


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
