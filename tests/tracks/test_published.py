"""Tasks and scores of a published version never change: a change that alters one is a new version.

`python -m pytest tests/tracks/test_published.py --snapshot-update` records them again.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import astuple, is_dataclass
from functools import partial
from hashlib import sha256
from itertools import cycle, product
from typing import Any

import pytest

from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.track import find
from memorygym.core.types import Budget, Task
from memorygym.runs.metrics import measure
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import score
from memorygym.tracks.research.generator.settings import ResearchSettings
from memorygym.tracks.research.strata import ResearchRecipe
from memorygym.tracks.worlds import TRACK
from tests.episodes import generated, played
from tests.tracks.codeqa.instances import generated as codeqa_task

Snapshot = Callable[[str, str], None]
SHAPES = ("bridge", "comparison", "intersection", "numerical", "temporal")


def contents(task: Task) -> str:
    """A hash of what an agent reads, and one of the gold table."""
    assert is_dataclass(task.gold) and not isinstance(task.gold, type)
    parts = repr([task.system, *(event.text for event in task.events)]), repr(astuple(task.gold))
    return " ".join(sha256(part.encode()).hexdigest()[:16] for part in parts)


def test_the_tasks_of_research_are_those_that_were_published(snapshot: Snapshot) -> None:
    settings = [
        ResearchSettings(f"hops{hops}", number, 0, hops, 12_000, shape)
        for number, (shape, hops) in enumerate(product(SHAPES, (5, 7)))
    ]
    settings += [
        ResearchSettings("hops4", 1, 3, 4, 20_000, "bridge", reveal="immediate", mode="agentic"),
        ResearchSettings("hops5", 2, 3, 5, 20_000, "temporal", eviction="sliding_window", window=2),
        ResearchSettings("hops2", 3, 3, 2, 12_000, "bridge", order="hops", distractor_density=0),
    ]
    lines = []
    for setting in settings:
        task = ResearchRecipe(setting).generate()
        lines.append(f"{setting.template} {setting.number} {setting.shape}: {contents(task)}")
    snapshot("published_research", "\n".join(lines))


def test_the_tasks_of_worlds_are_those_that_were_published(snapshot: Snapshot) -> None:
    chosen = zip(registry.names("templates"), cycle(("lite", "standard", "hard", "multi")))
    lines = [f"{name} {tier}: {contents(generated(name, 2, tier))}" for name, tier in chosen]
    snapshot("published_worlds", "\n".join(lines))


def test_the_tasks_of_codeqa_are_those_that_were_published(snapshot: Snapshot) -> None:
    changes: list[dict[str, Any]] = [{"form": form} for form in ("files", "session", "mixed")]
    changes += [{"hops": 4, "near_miss": 3, "stale": 2}, {"distractor_density": 0}]
    lines = []
    for number, parameters in enumerate(changes):
        task = codeqa_task(**parameters, seed=number)
        words = (f"--{name.replace('_', '-')} {value}" for name, value in parameters.items())
        lines.append(f"{' '.join(words)}: {contents(task)}")
    snapshot("published_codeqa", "\n".join(lines))


@pytest.mark.parametrize("template", ["company", "hospital"])
def test_the_scores_of_agents_are_those_that_were_published(
    template: str, snapshot: Snapshot
) -> None:
    lines = []
    for name in TRACK.agents:
        scores = score(played(name, generated(template, 1, "lite"), agent=name))
        parts = [scores.composite, *scores.axes.values(), scores.correct_refusals, scores.accuracy]
        lines.append(f"{name}: {' '.join('–' if n is None else f'{n:.6f}' for n in parts)}")
    snapshot(f"published_scores_{template}", "\n".join(lines))


def task_of(track: str) -> Task:
    """One task of each track."""
    if track == "codeqa":
        return codeqa_task(form="mixed", seed=2)
    if track == "research":
        settings = ResearchSettings("hops5", 0, 0, 5, 12_000, "bridge")
        return ResearchRecipe(settings).generate()
    return generated("company", 1, "standard")


@pytest.mark.parametrize("name", ["worlds", "research", "codeqa"])
def test_the_scores_of_reasoners_with_a_memory_are_unchanged(name: str, snapshot: Snapshot) -> None:
    track, task = find(name), task_of(name)
    lines = []
    for memory, who in product(("full", "bm25", "recency"), ("strong", "weak")):
        make = partial(registry.make, "memory", memory)
        view = None if memory == "full" else 1_000
        episode = Episode(track.env(task), make, Budget(view=view))
        trace = play(episode, track.reasoners[who](task))
        trace.gold, trace.labels = task.gold, {"memory": memory, "budget": view, "agent": who}
        measured = measure(trace)
        causes = sorted(Counter(cause for _, cause in Attribution(trace).causes).items())
        lines += [
            f"{memory} {who}: {causes} {measured.cuts} {measured.cache_breaks} {measured.peak}"
        ]
        lines += [f"  {astuple(case)}" for case in measured.cases]
    snapshot(f"published_reasoners_{name}", "\n".join(lines))
