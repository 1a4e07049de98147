"""Shaping cannot be farmed: over any episode it sums to nothing, and it sees facts, not texts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.agents.calls import END as IDLE
from memorygym.agents.calls import ToolCall, calls, edit, search, submit, write
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.trace import MemoryUpdate, Trace
from memorygym.core.trace_reader import END, TraceReader
from memorygym.core.track import TaskOptions, find
from memorygym.core.types import Entry, Message, Policy, Task
from memorygym.memories.markdown import Markdown
from memorygym.runs.systems import episode_for, policy_for, start_episode
from memorygym.runs.tasks import Limits
from memorygym.scoring.episode_scores import score
from memorygym.training.data import default_agent
from memorygym.training.rewards import (
    HeldFacts,
    RewardFunction,
    ScoreReward,
    ShapedReward,
    reward_named,
)
from memorygym.training.tasks import recipes
from tests.episodes import generated
from tests.training.plays import TINY

TASK = generated(entities=12, questions=4, corrections=2, writes=40)
FARMERS = (
    "reward_farmer", "edit_dumper", "name_hoarder", "guess_filler",
    "few_entity_asker", "malformed_caller", "strategic", "clairvoyant", "template_expert", "codec",
)  # fmt: skip


def task_of(track: str) -> Task:
    task = recipes(track, "train", range(1), **TINY[track])[0].generate()
    return Limits(capacity=100_000).applied(task)


def judged(task: Task, *records: object) -> Trace:
    trace = start_episode(task, Markdown).trace
    return replace(trace, gold=task.gold, records=[*trace.records, *records])


def reader_of(task: Task) -> TraceReader:
    return find(task.track).reader_for(judged(task))


def sentences(task: Task) -> list[str]:
    """A sentence for each fact that is true at the end."""
    reader = reader_of(task)
    if task.track != "worlds":
        return [reader.text(fact) for fact in reader.true_facts()]
    return [find("worlds").facts(task.system).render(fact) for fact in reader.true_facts()]


def share(task: Task, texts: Sequence[str], event: int = END, trace: Trace | None = None) -> float:
    """What a memory with these entries holds after an event of the task."""
    entries = tuple(Entry(str(number), text) for number, text in enumerate(texts))
    records = trace.records if trace else ()
    return HeldFacts().share(judged(task, *records, MemoryUpdate(event, entries, (), 0, 0)))


def rewards_of(
    task: Task, policy: Policy, reward: RewardFunction, most: int = 10_000, agent: str = ""
) -> tuple[list[float], Trace]:
    """The reward of each step, and the trace."""
    episode = episode_for(agent, task, Markdown) if agent else start_episode(task, Markdown)
    trace, rewards = replace(episode.trace, gold=task.gold), list[float]()
    while not episode.done and len(rewards) < most:
        episode.step(policy.act(episode.view(), episode.tools))
        ended = episode.done or len(rewards) + 1 == most
        rewards.append(reward.step(trace, ended=ended))
    return rewards, trace


def discounted(rewards: Sequence[float], gamma: float) -> float:
    return sum(reward * gamma**time for time, reward in enumerate(rewards))


class Script(Policy):
    """Makes the given replies, then ends every event."""

    def __init__(self, replies: Sequence[Message]) -> None:
        self._replies = iter(replies)

    def act(self, view: object, tools: object) -> Message:
        return next(self._replies, IDLE)


TEXTS = st.sampled_from(
    [
        *sentences(TASK),
        *TASK.system.split(". "),
        *(fact.subject for fact in reader_of(TASK).facts(" ".join(sentences(TASK)))),
    ]
)
MOVES: st.SearchStrategy[ToolCall] = st.one_of(
    st.builds(write, TEXTS),
    st.builds(write, st.lists(TEXTS, max_size=30).map("\n".join)),
    st.builds(edit, TEXTS, st.one_of(TEXTS, st.just(""))),
    st.builds(edit, st.sampled_from("0123456789"), st.sampled_from("0123456789")),
    st.builds(search, TEXTS),
    st.builds(submit, TEXTS),
    st.just(("Write", {"text": "malformed"})),
)
REPLIES = st.lists(
    st.one_of(st.just(IDLE), st.lists(MOVES, min_size=1, max_size=4).map(lambda m: calls(*m))),
    max_size=40,
)


@given(REPLIES, st.floats(0.5, 1), st.floats(0.1, 10), st.integers(1, 60))
def test_no_sequence_of_moves_gains_more_than_its_score(
    replies: list[Message], gamma: float, weight: float, most: int
) -> None:
    rewards, trace = rewards_of(TASK, Script(replies), ShapedReward(gamma, weight), most)
    earned = score(trace).composite * gamma ** (len(rewards) - 1)
    assert discounted(rewards, gamma) == pytest.approx(earned, abs=1e-9)


@pytest.mark.parametrize("agent", FARMERS)
def test_an_adversary_is_paid_exactly_its_score(agent: str) -> None:
    task = generated()
    rewards, trace = rewards_of(task, policy_for(agent, task), ShapedReward(), agent=agent)
    assert sum(rewards) == pytest.approx(score(trace).composite, abs=1e-9)
    plain, _ = rewards_of(task, policy_for(agent, task), ScoreReward(), agent=agent)
    assert plain[:-1] == [0] * (len(plain) - 1)
    assert plain[-1] == score(trace).composite


@pytest.mark.parametrize("track", TINY)
def test_shaping_sums_to_nothing_on_every_track(track: str) -> None:
    task = task_of(track)
    replies = [calls(write(text)) for text in sentences(task)[:20]]
    rewards, trace = rewards_of(task, Script(replies), ShapedReward())
    assert sum(rewards) == pytest.approx(score(trace).composite, abs=1e-9)
    assert max(rewards) > 0


@pytest.mark.parametrize("track", TINY)
def test_a_memory_of_all_facts_holds_the_share_1(track: str) -> None:
    task = task_of(track)
    assert share(task, sentences(task)) == pytest.approx(1, abs=0.02)


def layouts(texts: list[str]) -> Iterator[list[str]]:
    yield texts
    yield texts[::-1]
    yield ["\n".join(texts)]
    yield ["\n".join(pair) for pair in zip(texts[::2], texts[1::2], strict=True)]
    yield [f"- {text}" for text in texts]
    yield [*texts, *texts]


def test_layout_order_and_repetition_change_nothing() -> None:
    texts = sentences(TASK)[:40]
    shares = [share(TASK, layout) for layout in layouts(texts)]
    assert shares[0] > 0
    assert shares == [shares[0]] * len(shares)


def test_names_hold_nothing_and_wrong_values_less() -> None:
    names = [fact.subject for fact in reader_of(TASK).true_facts()]
    assert share(TASK, names) == 0
    swapped = [
        text.replace(a, b) for text, (a, b) in zip(sentences(TASK), pairwise(names), strict=False)
    ]
    assert share(TASK, [text for text in swapped if text not in sentences(TASK)]) < 0


def test_a_corrected_fact_counts_until_the_correction_was_shown() -> None:
    gold = TASK.gold
    change = gold.changes[0]  # type: ignore[union-attr]
    guide = find("worlds").facts(TASK.system).guide  # type: ignore[attr-defined]
    old, new = map(guide.sentence, (change.old, change.new))
    before, after = change.event - 1, change.event
    assert share(TASK, [old], before) > 0 > share(TASK, [old], after)
    assert share(TASK, [new], before) < 0 < share(TASK, [new], after)
    assert share(TASK, [old, new], after) == 0


def test_a_statement_counts_until_the_value_that_replaced_it_was_shown() -> None:
    task = find("examples.my_track:SHOP").tasks(TaskOptions(range(3, 4)))[0].generate()
    _, trace = rewards_of(task, Script([]), ScoreReward())
    facts = find("shop").facts("")
    stated = [
        (event, fact)
        for event, text in trace.environment_texts(())
        for fact in facts.read(text)
        if fact[:2] in {need[:2] for goal in task.gold.goals for need in goal.needs}  # type: ignore[union-attr]
    ]
    (first, old), (then, new) = next(
        (one, other)
        for one, other in combinations(stated, 2)
        if one[1][:2] == other[1][:2] and one[1].value != other[1].value
    )
    for event, held in ((first, old), (then - 1, old), (then, new), (10**6, new)):
        assert share(task, [facts.render(held)], event, trace) > 0
    assert share(task, [facts.render(old)], then, trace) < 0


def test_what_is_important_counts_more() -> None:
    reader = reader_of(TASK)
    by_importance = {
        reader.importance(fact): text
        for fact, text in zip(reader.true_facts(), sentences(TASK), strict=True)
    }
    shares = [share(TASK, [by_importance[weight]]) for weight in (1, 2, 3)]
    assert [one / shares[0] for one in shares] == pytest.approx([1, 2, 3])


@pytest.mark.parametrize("agent", ["", "default"])
@pytest.mark.parametrize("track", TINY)
def test_a_growing_trace_is_judged_as_a_whole_one(track: str, agent: str) -> None:
    """Also where a tool of the environment changes within an event what is true."""
    task = task_of(track)
    replies = [m for text in sentences(task)[:30] for m in (calls(write(text)), IDLE)]
    name = default_agent(find(track))
    held, policy = HeldFacts(), policy_for(name, task) if agent else Script(replies)
    episode = episode_for(name, task, Markdown) if agent else start_episode(task, Markdown)
    trace = replace(episode.trace, gold=task.gold)
    while not episode.done:
        episode.step(policy.act(episode.view(), episode.tools))
        assert held.share(trace) == held.fork().share(trace) == HeldFacts().share(trace)


def test_a_reward_is_named_or_given() -> None:
    assert isinstance(reward_named("score"), ScoreReward)
    given_ = ShapedReward(0.9)
    assert reward_named(given_) is given_
    with pytest.raises(UnknownPart, match="did you mean shaped"):
        reward_named("shape")
    with pytest.raises(BadSettings, match=r"gamma 1\.5"):
        ShapedReward(1.5)
