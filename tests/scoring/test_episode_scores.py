"""Axes, intervals and store precision, checked on tiny traces that were made by hand."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.agents.calls import END, calls, write
from memorygym.core.episode import Episode
from memorygym.core.outcome import Score
from memorygym.core.trace import Answer, MemoryUpdate, Trace
from memorygym.core.types import Budget, Entry, Task
from memorygym.memories.markdown import Markdown
from memorygym.scoring import attribution
from memorygym.scoring.attribution import CONDITIONS, Attribution
from memorygym.scoring.episode_scores import outcomes, score
from memorygym.tracks.worlds.axes import WEIGHTS, composite
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.generator.gold import WeightedQuestion, WorldsGold
from memorygym.tracks.worlds.generator.notes import pack_value
from tests.episodes import generated, gold, played

KINDS = ("retrieval", "update", "abstention")
RIGHT, WRONG, SKIPPED = "12", "13", None
LIMITS = Budget(100, 10, 20)
ModelCall = list[tuple[str, str | None] | tuple[str, str | None, int]]


def trace_of(asked: ModelCall, writes: int = 0, peak: int = 0, budget: Budget = LIMITS) -> Trace:
    """A trace in which these (question type, answer, weight) were asked and answered."""
    questions, records = (
        [],
        [MemoryUpdate(0, (Entry("1", "x"),), (), peak, writes)] if writes else [],
    )
    for event, (question_type, answer, *weight) in enumerate(asked):
        kind = question_type if question_type in KINDS else "reasoning"
        truth = "ABSTAIN" if kind == "abstention" else RIGHT
        questions.append(
            WeightedQuestion(event, kind, question_type, "?", truth, weight=sum(weight) or 1)
        )
        records += [] if answer is None else [Answer(event, answer)]
    gold = WorldsGold((), (), (), tuple(questions), record_tokens=200)
    return Trace("t", "worlds", {}, generated().system, budget, gold, {}, list(records))


def axes(asked: ModelCall, **use: int) -> Mapping[str, float | None]:
    return score(trace_of(asked, **use)).axes


@pytest.mark.parametrize(
    ("asked", "breadth"),
    [
        ([("retrieval", RIGHT)], 1.0),
        ([("retrieval", RIGHT, 3), ("retrieval", WRONG, 1)], 0.75),
        ([("retrieval", RIGHT, 1), ("retrieval", WRONG, 3)], 0.25),
        ([("retrieval", SKIPPED), ("retrieval", RIGHT)], 0.5),
        ([("update", RIGHT)], None),
    ],
)
def test_breadth_is_retrieval_weighted_by_importance(
    asked: ModelCall, breadth: float | None
) -> None:
    assert axes(asked)["breadth"] == breadth


@pytest.mark.parametrize(
    ("asked", "maintenance"),
    [
        ([("retrieval", RIGHT, 1), ("retrieval", WRONG, 3), ("update", RIGHT)], 0.5),
        ([("retrieval", RIGHT), ("retrieval", WRONG), ("update", RIGHT)], 1.0),
        ([("retrieval", RIGHT), ("update", RIGHT), ("update", WRONG)], 0.5),
        ([("retrieval", WRONG), ("update", RIGHT)], 0.0),
        ([("update", RIGHT), ("update", SKIPPED)], 0.5),
        ([("retrieval", RIGHT)], None),
    ],
)
def test_maintenance_is_gated_by_breadth_over_what_the_memory_admits(
    asked: ModelCall, maintenance: float | None
) -> None:
    assert axes(asked)["maintenance"] == maintenance


def test_without_a_capacity_the_gate_asks_for_all_of_breadth() -> None:
    asked: ModelCall = [("retrieval", RIGHT), ("retrieval", WRONG), ("update", RIGHT)]
    assert score(trace_of(asked, budget=Budget())).axes["maintenance"] == 0.5


def test_reasoning_is_the_mean_over_question_types_not_questions() -> None:
    asked: ModelCall = [("ratio", RIGHT), ("delta", WRONG), ("delta", WRONG), ("delta", RIGHT)]
    assert axes(asked)["reasoning"] == pytest.approx((1 + 1 / 3) / 2)


@pytest.mark.parametrize(
    ("right", "writes", "peak", "efficiency"),
    [
        (2, 10, 0, 1.0),
        (2, 1, 1, 1.0),
        (1, 5, 80, 0.5 * (1.25 - 0.2)),
        (1, 8, 50, 0.5 * (1.25 - 0.2)),
        (1, 0, 0, 0.625),
        (1, 99, 999, 0.5),
        (0, 0, 0, 0.0),
    ],
)
def test_efficiency_is_accuracy_with_a_bonus_for_thrift(
    right: int, writes: int, peak: int, efficiency: float
) -> None:
    asked: ModelCall = [("retrieval", RIGHT)] * right + [("retrieval", WRONG)] * (2 - right)
    assert axes(asked, writes=writes, peak=peak)["efficiency"] == pytest.approx(efficiency)


@pytest.mark.parametrize("missing", WEIGHTS)
def test_an_axis_without_a_question_shares_its_weight_pro_rata(missing: str) -> None:
    given_axes = {name: None if name == missing else 0.1 * i for i, name in enumerate(WEIGHTS)}
    rest = 1 - WEIGHTS[missing]
    shares = [WEIGHTS[name] / rest * value for name, value in given_axes.items() if value]
    assert composite(given_axes) == pytest.approx(sum(shares))


def test_the_weights_are_the_published_ones() -> None:
    published = {"breadth": 0.3, "maintenance": 0.25, "reasoning": 0.25, "efficiency": 0.2}
    assert published == WEIGHTS


def test_abstention_is_reported_apart_and_moves_no_axis() -> None:
    asked: ModelCall = [("retrieval", RIGHT), ("abstention", "I have no record of that.")]
    better, worse = score(trace_of(asked)), score(trace_of([asked[0], ("abstention", "12")]))
    assert (better.correct_refusals, worse.correct_refusals) == (1.0, 0.0)
    assert better.composite == worse.composite and better.axes == worse.axes
    assert set(axes(asked[1:]).values()) == {None}


def test_a_skipped_question_counts_as_wrong_everywhere() -> None:
    asked: ModelCall = [(kind, SKIPPED) for kind in (*KINDS, "ratio")]
    result = score(trace_of(asked))
    shares = (result.composite, result.accuracy, result.correct_refusals, result.correct)
    assert shares == (0, 0, 0, 0)
    assert outcomes(trace_of(asked))[0].reason == "no answer was submitted"


COMPETENCIES = st.sampled_from([*KINDS, "ratio", "delta"])
ANSWERS = st.sampled_from([RIGHT, WRONG, SKIPPED, "I have no record of that."])


@given(
    st.lists(st.tuples(COMPETENCIES, ANSWERS, st.integers(1, 3)), min_size=1),
    st.integers(0, 20),
    st.integers(0, 200),
)
def test_every_axis_and_the_composite_lie_between_0_and_1(
    asked: ModelCall, writes: int, peak: int
) -> None:
    result: Score = score(trace_of(asked, writes, peak))
    values = [value for value in result.axes.values() if value is not None]
    assert all(0 <= value <= 1 for value in [*values, result.composite, result.accuracy])


def storing(task: Task, *notes: str) -> Trace:
    """The trace of an agent that only writes these notes."""
    episode = Episode(WorldsEnv(task), Markdown)
    episode.step(calls(*[write(note) for note in notes]))
    while not episode.done:
        episode.step(END)
    return episode.trace


def test_store_precision_classifies_each_fact_that_the_final_entries_state() -> None:
    task = generated()
    table, guide = gold(task), strong_reader(task.system).guide
    change = next(c for c in table.changes if isinstance(c.new.value, int))
    head, attribute = f"{change.new.subject} {change.new.key}", guide.attribute(change.new.key)
    new, old = (pack_value(attribute, fact.value) for fact in (change.new, change.old))
    notes = [f"{head} {new}", f"{head} {old}", f"{head} 777777", f"{head} {new}", "milk and eggs"]
    shares = dict.fromkeys(CONDITIONS, 0.25) | {"irrelevant": 0.0}
    assert Attribution(storing(task, *notes)).store_precision == shares


def test_an_entry_with_many_facts_counts_as_many_entries_with_one() -> None:
    task = generated()
    table, attributes = gold(task), strong_reader(task.system).guide.attributes[:9]
    changed = {change.new.subject for change in table.changes}
    name = next(name for name in table.names if name not in changed)
    values = {fact.key: fact.value for fact in table.facts if fact.subject == name}
    facts = [f"{a.code} {pack_value(a, values[a.code])}" for a in attributes]
    wrong, together = f"{name} {attributes[0].code} 777777", f"{name} {' '.join(facts)}"
    apart = [f"{name} {fact}" for fact in facts]
    shares = dict.fromkeys(CONDITIONS, 0.0) | {"true": 0.9, "wrong": 0.1}
    assert Attribution(storing(task, together, wrong)).store_precision == pytest.approx(shares)
    assert Attribution(storing(task, *apart, wrong)).store_precision == pytest.approx(shares)


def test_the_precision_of_a_store_is_withheld_if_more_than_5_percent_is_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trace = played("strategic", generated())
    assert Attribution(trace).store_precision["true"] > 0
    for unread, stated in ((5, True), (6, False)):
        monkeypatch.setattr(attribution, "coverage", lambda _facts, _text, n=unread: (100 - n, n))
        assert bool(Attribution(trace).store_precision) == stated


def test_an_empty_store_has_no_precision() -> None:
    result = Attribution(played("guesser", generated())).store_precision
    assert result == dict.fromkeys(CONDITIONS, 0.0)
