"""What the questions of a task need must fit into 70 % of its budget, by tokens and by writes."""

from dataclasses import replace

import pytest

from memorygym.core.statements import Statement
from memorygym.core.types import Budget
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline, guide_of, timeline_of
from memorygym.tracks.worlds.generator.generator import load_template
from memorygym.tracks.worlds.generator.gold import Change
from memorygym.tracks.worlds.generator.storage_cost import StorageCost

AMPLE = Budget(capacity=10_000, writes=100, slot=1_000)


@pytest.fixture
def timeline() -> FactTimeline:
    """Thirty companies, all of which are shown in the first event."""
    company = load_template("company")
    made = timeline_of(company, guide_of(company, 0, ""), 0, "", 30)
    made.shown = [0] * len(made.documents)
    return made


def needs(timeline: FactTimeline) -> list[Statement]:
    """The first attribute of ten entities."""
    code = timeline.guide.attributes[0].code
    entities = list(timeline.facts.values())[:10]
    return [fact for facts in entities for fact in facts if fact.key == code]


def test_needed_facts_fit_until_tokens_writes_or_slot_are_too_few(
    timeline: FactTimeline,
) -> None:
    few = replace(AMPLE, capacity=10), replace(AMPLE, writes=1), replace(AMPLE, slot=2)
    fits = [StorageCost(timeline, budget).add(needs(timeline)) for budget in (AMPLE, *few)]
    assert fits == [True, False, False, False]


def test_needed_facts_that_do_not_fit_change_nothing(timeline: FactTimeline) -> None:
    cost = StorageCost(timeline, replace(AMPLE, capacity=60))
    first, *others = needs(timeline)
    assert cost.add([first])
    before = cost.tokens, cost.writes
    assert not cost.add(others)
    assert (cost.tokens, cost.writes) == before


@pytest.mark.parametrize(("notice", "writes"), [(True, 1), (False, 2)])
def test_a_change_without_a_notice_costs_an_edit(
    timeline: FactTimeline, notice: bool, writes: int
) -> None:
    need = needs(timeline)[0]
    change = Change(3, need, need._replace(value=2), False, notice)
    timeline.changed[need.subject, need.key] = change
    cost = StorageCost(timeline, AMPLE)
    assert cost.add([need])
    assert cost.writes == writes
