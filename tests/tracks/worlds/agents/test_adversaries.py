"""Every adversary says what it imitates and how far it may get; it keeps no state and no gold."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from memorygym.core.rng import named_rng
from memorygym.core.tokens import count, words
from memorygym.core.trace import Trace
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
from memorygym.tracks.worlds.generator.gold import WorldGold
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.generator.tiers import Sizes
from tests.episodes import play_agent

ADVERSARIES = [name for name, agent in AGENTS.items() if agent.kind == "adversary"]
RECODERS = [name for name in ADVERSARIES if "radix" in name or name == "unicode_packer"]
TASK = generate("company", 0, "lite")


class Forgetful(Policy):
    """Another object at every step."""

    def __init__(self, name: str) -> None:
        self._name = name

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return made(self._name).act(view, tools)


def made(name: str) -> Policy:
    return AGENTS[name].make(replace(TASK, gold=None))


def played(task: Task, name: str, policy: Policy) -> Trace:
    return play_agent(task, name, policy, labels={"agent": name})


@pytest.mark.parametrize("name", ADVERSARIES)
def test_an_adversary_says_what_it_imitates_and_how_far_it_may_get(name: str) -> None:
    agent = AGENTS[name]
    assert len(agent.imitates.split()) > 4
    assert agent.bound and 0 <= agent.bound.most < 100
    assert not agent.bound.over or agent.bound.over in AGENTS


@pytest.mark.parametrize("name", ADVERSARIES)
def test_an_adversary_plays_to_the_end_and_keeps_nothing_between_steps(name: str) -> None:
    trace = played(TASK, name, made(name))
    again = played(TASK, name, Forgetful(name))
    assert list(trace.lines()) == list(again.lines())
    assert score(trace).composite < 1


@pytest.mark.parametrize("name", RECODERS)
def test_a_recoder_tells_what_it_holds_and_holds_no_less_than_it_should(name: str) -> None:
    held = held_records(played(TASK, name, made(name)), BOOKS[name])
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
    ids=["digits", "letters", "mixed", "words", "dear"],
)
def test_an_alphabet_reads_back_what_it_wrote_at_the_price_that_it_says(alphabet: Alphabet) -> None:
    shown = words(TASK.system)
    for length in range(1, 60):
        number = named_rng("alphabet", length).below(10**length)
        lines = alphabet.write(number, 7)
        assert alphabet.read(lines) == number
        assert all(count(line, shown) <= alphabet.cost(line) <= 7 for line in lines)


@pytest.mark.slow
def test_names_of_three_words_are_recoded_as_well() -> None:
    task = generate("company", 0, sizes=Sizes(entities=800))
    assert isinstance(task.gold, WorldGold) and len(task.gold.names[0].split()) == 3
    assert held_records(played(task, "radix_words", made("radix_words")), BOOKS["radix_words"]) > 1
