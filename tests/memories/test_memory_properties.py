"""Properties of every memory, for any messages."""

import math
from collections.abc import Sequence
from functools import cache, partial
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from memorygym.core.budget import BudgetTracker
from memorygym.core.episode import Episode, Snapshot, play
from memorygym.core.tokens import shown_tokens
from memorygym.core.trace import Action, Context, ModelCall, Observation, ToolResult, Trace
from memorygym.core.types import Budget, Memory, Message
from memorygym.memories.stores.passages import HEADING
from memorygym.models.extractive import write
from memorygym.testing.fixed_episodes import Act, fixed_env, story
from memorygym.testing.memories import batched, limit_hit, splits_call, watched
from memorygym.tracks.worlds.agents.note_taker import Strategist
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator.task import generate
from tests.memories.parts import EXTRAS, NAMES, UNLIKE, every, maker
from tests.memories.streams import budgets, streams
from tests.slow import mostly_slow

few = settings(
    max_examples=settings.default.max_examples // 8, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
CONDENSERS = [
    "naive",
    "sliding_window:window_size=9999",
    "llm_summarizing:max_size=9999",
    "structured_summary:max_size=9999",
    "adaptive_token_budget",
]
"""With no limit but the view's budget."""


@every(quick=UNLIKE)
@few
@given(streams, budgets, st.sampled_from([None, "", "lamps and boats " * 500]))
def test_budgets_calls_and_dumps_hold_whatever_is_said_and_written(
    name, acts, budget, written
) -> None:
    """`written` is what its model writes, too little or far too much; None: what it should."""
    env, replies = fixed_env(acts, budget)
    episode = Episode(env, maker(name), writer=write if written is None else lambda *_: written)
    contexts = []
    for reply in replies:
        before = episode.snapshot()
        assert episode.view() == episode.fork(before).view(), "restored from the dump"
        contexts.append(episode.snapshot().context)
        episode.step(reply)
    hit = list(limit_hit(episode.trace.records))
    assert not hit or name == "full"
    assert hit or not any(map(splits_call, contexts))


@every(quick=UNLIKE)
@few
@given(streams, budgets)
def test_n_messages_observed_at_once_are_n_observed_one_by_one(name, acts, budget) -> None:
    _, *messages = watched(maker("none"), acts, budget)[-1].trace.messages()
    assert batched(maker(name), messages, 1, budget) == batched(maker(name), messages, 99, budget)


@every(quick=UNLIKE)
@few
@given(streams, streams, budgets)
def test_an_episode_beside_another_is_as_it_is_alone(name, acts, others, budget) -> None:
    alone = [composed(watched(maker(name), each, budget)) for each in (acts, others)]
    envs = [fixed_env(each, budget) for each in (acts, others)]
    episodes = [Episode(env, maker(name), writer=write) for env, _ in envs]
    pending = [iter(replies) for _, replies in envs]
    beside: list[list[tuple[Message, ...]]] = [[], []]
    while not all(episode.done for episode in episodes):
        for index, episode in enumerate(episodes):
            episode.view()
            beside[index].append(episode.snapshot().context)
            episode.step(next(pending[index], Message("assistant", "")))
    for shown, views in zip(beside, alone, strict=True):
        assert shown[: len(views) - 1] == views[:-1]


@every()
@pytest.mark.parametrize("budget", [None, 1, 500])
def test_a_memory_that_observed_nothing_composes_nothing(name: str, budget: int | None) -> None:
    memory = maker(name)()
    memory.open(BudgetTracker(Budget()).context(write))
    assert not memory.compose((Message("user", "How many lamps has Larkin Harbor?"),), budget)
    assert not memory.dump()


class Recorder(Memory):
    """Notes what it observes, across session breaks."""

    def __init__(self, seen: list[Message]) -> None:
        self._seen = seen

    def observe(self, new: Sequence[Message]) -> None:
        self._seen += new


@few
@given(streams)
def test_every_message_is_observed_once_and_in_order(acts) -> None:
    seen: list[Message] = []
    trace = watched(partial(Recorder, seen), acts, Budget())[-1].trace
    assert seen == observed(trace)


UNRELATED = (
    "[Ledger · Larkin Harbor · 3 May 2031]\nLarkin Harbor keeps 10204 lamps.",
    "[Menu · Canteen · 4 May 2031]\nSoup costs 10311 crowns on Friday.",
    "[Zoo · Tapir · 5 May 2031]\nTapirs weigh 10422 pounds.",
    "[Opera · Norma · 6 May 2031]\nBellini wrote 10533 arias.",
)


@every()
def test_the_order_of_unrelated_entries_does_not_change_what_is_retrieved(name: str) -> None:
    results = set()
    for turn in range(len(UNRELATED)):
        documents = (
            *UNRELATED[turn:],
            *UNRELATED[:turn],
            "How many lamps does Larkin Harbor keep?",
        )
        acts = [Act((text,)) for text in documents]
        view = watched(maker(name), acts, Budget(view=500))[len(UNRELATED)].context
        texts = [text for message in view for text in message.content.split("\n\n")]
        results.add(frozenset(texts if HEADING in texts else ()))
    assert len(results) == 1
    assert all("10204" in " ".join(texts) for texts in results if texts)


@mostly_slow("spec", CONDENSERS, quick=2)
@few
@given(streams, st.integers(60, 400))
def test_a_summariser_is_called_only_as_often_as_the_freed_tokens_require(spec, acts, view) -> None:
    moments = watched(maker(spec), acts * 4, Budget(view=view))
    calls = [record.event for record in moments[-1].trace.records if isinstance(record, ModelCall)]
    kept = max((tokens(m, m.context) for m in moments if m.event in calls), default=0)
    assume(kept < view)
    new = tokens(moments[-1], observed(moments[-1].trace))
    assert len(calls) <= math.ceil(new / (view - kept)) + 1


def observed(trace: Trace) -> list[Message]:
    """Every message of a trace that the memory observes, the agent's own included."""
    messages: list[Message] = []
    for record in trace.records:
        if isinstance(record, Action):
            messages.append(record.message)
        elif isinstance(record, (Observation, ToolResult)):
            messages += record.messages
    return messages


def tokens(moment: Snapshot, messages: Sequence[Message]) -> int:
    return sum(shown_tokens(message, moment.tracker.count) for message in messages)


def composed(moments: Sequence[Snapshot]) -> list[tuple[Message, ...]]:
    return [moment.context for moment in moments]


@cache
def seen(name: str) -> list[list[Any]]:
    """All that is read of a memory over the fixtures, the longest window of default size among
    them."""
    plays = [(story(0), Budget(view=200)), (story(0), Budget()), (story(0), Budget(capacity=300))]
    plays += [(story(0) * 5, Budget(view=1_000)), (story(0) * 5, Budget())]
    world = play(Episode(WorldsEnv(generate("company", 0, "lite")), maker(name), writer=write),
                 Strategist())  # fmt: skip
    read = [record for record in world.records if isinstance(record, (Context, ToolResult))]
    return [read, *(composed(watched(maker(name), acts, budget)) for acts, budget in plays)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "names",
    [
        pytest.param([name for name in NAMES if name not in EXTRAS], id="without extras"),
        pytest.param(
            NAMES, id="all", marks=[getattr(pytest.mark, mark) for mark in EXTRAS.values()]
        ),
    ],
)
def test_every_two_memories_differ_on_some_fixture(names: list[str]) -> None:
    assert [pair for pair in combinations(names, 2) if seen(pair[0]) == seen(pair[1])] == []
