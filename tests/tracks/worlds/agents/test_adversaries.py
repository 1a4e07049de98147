"""Every adversary states what it imitates and its bound; it keeps no state and gets no gold."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from memorygym.core.rng import named_rng
from memorygym.core.tokens import count, words
from memorygym.core.trace import Action, Trace
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.scoring.episode_scores import score
from memorygym.tracks.worlds.agents import AGENTS
from memorygym.tracks.worlds.agents.alphabet import (
    DIGITS,
    LETTERS,
    MARKS,
    Alphabet,
    Listed,
    book_of,
    spelled,
)
from memorygym.tracks.worlds.agents.radix import held_records
from memorygym.tracks.worlds.agents.recoder import BOOKS
from memorygym.tracks.worlds.generator.gold import WorldsGold
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.generator.tiers import Sizes
from tests.episodes import play_agent

ADVERSARIES = [name for name, agent in AGENTS.items() if agent.kind == "adversary"]
RECODERS = [name for name in ADVERSARIES if "radix" in name or name == "unicode_packer"]
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
def test_an_adversary_states_what_it_imitates_and_its_bound(name: str) -> None:
    agent = AGENTS[name]
    assert len(agent.imitates.split()) > 4
    assert agent.bound and 0 <= agent.bound.most < 100
    assert not agent.bound.over or agent.bound.over in AGENTS


@pytest.mark.parametrize("name", ADVERSARIES)
def test_an_adversary_plays_to_the_end_and_keeps_nothing_between_steps(name: str) -> None:
    trace = trace_of(TASK, name, policy_of(name))
    again = trace_of(TASK, name, StatelessPolicy(name))
    assert list(trace.lines()) == list(again.lines())
    assert score(trace).composite < 1


@pytest.mark.parametrize("name", RECODERS)
def test_the_records_of_a_recoder_can_be_decoded_from_its_memory(name: str) -> None:
    held = held_records(trace_of(TASK, name, policy_of(name)), BOOKS[name])
    assert 0.5 < held < 2


@pytest.mark.parametrize(
    "alphabet",
    [
        Alphabet(DIGITS),
        Alphabet([*LETTERS, *spelled()]),
        Alphabet([*DIGITS, *MARKS, *LETTERS, *spelled()]),
        book_of(TASK.system),
        Alphabet([Listed("你好吗", "mark", price=3)]),
    ],
    ids=["digits", "letters", "mixed", "words", "expensive"],
)
def test_an_alphabet_reads_what_it_wrote_and_states_the_price(alphabet: Alphabet) -> None:
    shown = words(TASK.system)
    for length in range(1, 60):
        number = named_rng("alphabet", length).below(10**length)
        lines = alphabet.write(number, 7)
        assert alphabet.read(lines) == number
        assert all(count(line, shown) <= alphabet.cost(line) <= 7 for line in lines)


@pytest.mark.slow
def test_names_of_three_words_can_be_recoded() -> None:
    task = generate("company", 0, sizes=Sizes(entities=800))
    assert isinstance(task.gold, WorldsGold) and len(task.gold.names[0].split()) == 3
    trace = trace_of(task, "radix_words", policy_of("radix_words"))
    assert held_records(trace, BOOKS["radix_words"]) > 1


def test_the_bound_of_an_adversary_is_a_number_of_points_over_an_agent_or_nobody() -> None:
    bounds = [agent.bound for agent in AGENTS.values() if agent.bound]
    assert bounds and all(0 <= bound.most <= 100 for bound in bounds)
    assert all(bound.over in ("", *AGENTS) for bound in bounds)


def test_the_leaker_tries_every_channel_once_an_event() -> None:
    trace = play_agent(TASK, "summary_leaker")
    first, second, *_ = (record for record in trace.records if isinstance(record, Action))
    assert [call.name for call in first.message.calls][:3] == [
        "memory_search", "submit_answer", "Read",
    ]  # fmt: skip
    assert second.message.calls == () and second.message.content == first.message.content
