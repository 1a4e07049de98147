"""What tests share: hand-made episodes, dealt worlds, snapshots of what an agent reads."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from memorygym.core.episode import Episode
from memorygym.core.trace import Heard, Trace
from memorygym.core.track import TaskOptions
from memorygym.core.types import Budget, Event, Memory, Message, Task
from memorygym.memories.markdown import Markdown
from memorygym.runs.evaluation import Evaluation, perform
from memorygym.runs.seats import episode_for, policy_for
from memorygym.runs.seats import played as played_by
from memorygym.runs.tasks import dealt as dealt_by
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator.gold import WorldGold
from memorygym.tracks.worlds.generator.task import deal
from memorygym.tracks.worlds.generator.tiers import Sizes

SNAPSHOTS = Path(__file__).parent / "snapshots"
SMALL = Budget(capacity=12, writes=3, slot=8)
WORDS = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima"
"""Twelve words that cost one token each once they are shown."""

# A busy machine is no failure.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--snapshot-update", action="store_true", help="rewrite tests/snapshots")


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the one stored under its name; `--snapshot-update` stores it instead."""

    def check(name: str, text: str) -> None:
        path = SNAPSHOTS / f"{name}.txt"
        if request.config.getoption("--snapshot-update"):
            path.write_text(text + "\n", encoding="utf-8")
        assert text + "\n" == path.read_text(encoding="utf-8")

    return check


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of two agents on two worlds; whoever alters it takes a copy."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    tasks = dealt_by("worlds", TaskOptions(range(2), knobs={"template": "company", "tier": "lite"}))
    perform(Evaluation(tasks=tasks, agents=("naive", "strategic")), folder)
    return folder


@pytest.fixture
def begin() -> Callable[..., Episode]:
    """Begins an episode over hand-made events; a plain text is an event that asks nothing."""

    def make(
        *events: Event | str, budget: Budget = SMALL, memory: Callable[[], Memory] = Markdown
    ) -> Episode:
        told = tuple(e if isinstance(e, Event) else Event("documents", e) for e in events)
        task = Task(
            "0" * 16, "worlds", {}, "You keep notes.", told or (Event("x", WORDS),), budget, None
        )
        return Episode(WorldsEnv(task), memory)

    return make


@pytest.fixture
def say() -> Callable[..., str]:
    """Takes a step and returns what the last call of the reply was answered."""

    def step(episode: Episode, reply: Message) -> str:
        episode.step(reply)
        heard = [record for record in episode.trace.records if isinstance(record, Heard)]
        return heard[-1].messages[-1].content

    return step


@lru_cache(maxsize=256)
def _dealt(template: str, seed: int, tier: str, salt: str, sizes: Sizes) -> Task:
    return deal(template, seed, tier, sizes, salt)


@pytest.fixture(scope="session")
def dealt() -> Callable[..., Task]:
    """Deals a task, once a run."""

    def make(
        template: str = "company", seed: int = 0, tier: str = "lite", salt: str = "", **sizes: int
    ) -> Task:
        return _dealt(template, seed, tier, salt, Sizes(**sizes))

    return make


@pytest.fixture(scope="session")
def gold() -> Callable[[Task], WorldGold]:
    """The side table of a task of the worlds track."""

    def table(task: Task) -> WorldGold:
        assert isinstance(task.gold, WorldGold)
        return task.gold

    return table


@pytest.fixture(scope="session")
def played() -> Callable[..., Trace]:
    """Plays a task with a shipped agent."""

    def run(agent: str, task: Task, /, *, golden: bool = True, **labels: Any) -> Trace:
        policy, task = policy_for(agent, task), task if golden else replace(task, gold=None)
        return played_by(episode_for(agent, task, Markdown), policy, task, labels)

    return run
