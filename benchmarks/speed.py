"""Benchmark of the engine and the track worlds, on one core: `python -m benchmarks.speed`.

Every figure is the median of several runs; `of goal` is the ratio to the goal, so that above 1 is
better than asked. The machine is shared: compare rows of one run, not of two.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from subprocess import run
from time import perf_counter, process_time

from memorygym.agents.calls import END, calls, search, write
from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.tokens import count, words
from memorygym.core.trace import Action
from memorygym.core.track import TaskOptions, find
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.runs.systems import policy_for
from memorygym.scoring.fact_reader.matching import Matcher
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.vocabulary import VOCABULARY
from memorygym.tracks.web.env import WebEnv
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.fact_reader import _prose_reader, strong_reader
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.generator.tiers import Sizes
from memorygym.tracks.worlds.verifier import verification
from tests.layouts.development import LAYOUTS
from tests.layouts.tasks import generated_research, research_blocks, world_blocks

SEEDS = range(12)
SHOWN = "prose key_value nested_bullets pipes json_lines csv_long md_table_wide xml qa".split()
"""Layouts whose reading is timed."""


class Idle(Policy):
    """A policy that ends every event at once: the rest of the time is the environment's."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return END


class Busy(Policy):
    """A policy that writes ten notes or searches ten times per event: most time is the tools'."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if len(view) > 60:
            return END
        name = f"Acme Harbor {len(view)}"
        return calls(
            *[write(f"{name} C b {i}") if i % 2 else search("Acme Harbor") for i in range(10)]
        )


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Median seconds of a run."""
    times = []
    for _ in range(runs):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times)


def episode(task: Task, agent: str | Policy) -> None:
    """One episode, unscored."""
    policy = policy_for(agent, task) if isinstance(agent, str) else agent
    play(Episode(WorldsEnv(task), partial(registry.make, "memory", "markdown")), policy)


def unshared(task: Task, agent: str) -> None:
    """One episode by an agent that parses the documents for itself."""
    _forget()
    episode(task, agent)


def _forget() -> None:
    """Drops all that was read of worlds."""
    strong_reader.cache_clear()
    _prose_reader.cache_clear()


def row(name: str, value: float, goal: float, unit: str, *, less: bool = False) -> None:
    """One line of the table."""
    ratio = goal / value if less else value / goal
    print(f"{name:<46}{value:12,.1f} {unit:<12}{goal:10,.0f}{ratio:8.1f}")


def main() -> None:
    """Prints the table."""
    tasks = [generate("company", seed) for seed in SEEDS]
    n = len(tasks)
    print(f"{'standard tier, one core':<46}{'measured':>12} {'':<12}{'goal':>10}{'of goal':>8}")
    row(
        "generate a task",
        1000 * seconds(lambda: [generate("company", s) for s in SEEDS]) / n,
        10,
        "ms",
        less=True,
    )
    for agent in ("strategic", "template_expert"):
        rate = n / seconds(lambda agent=agent: [unshared(t, agent) for t in tasks])
        row(f"{agent}, reading for itself", rate, 60, "episodes/s")
    for agent in ("strategic", "template_expert"):
        rate = n / seconds(lambda agent=agent: [episode(t, agent) for t in tasks])
        row(f"{agent}, parse shared", rate, 120, "episodes/s")
    row(
        "environment alone",
        n / seconds(lambda: [episode(t, Idle()) for t in tasks]),
        1500,
        "episodes/s",
    )
    steps = 6 * 10 * 20
    row("memory tools (FTS5)", steps / seconds(lambda: _tools(tasks[0])), 20_000, "steps/s")
    row("read all documents", 1000 * seconds(lambda: _parse(tasks)) / n, 20, "ms", less=True)
    _layouts(tasks[0])
    row("verify a task, leave-one-out included", 1000 * _verification(tasks), 40, "ms", less=True)
    row("web, 100 steps in process", _web_steps(), 30, "ms", less=True)
    text = tasks[0].events[0].text
    known = words(text)
    row("token counter", len(text) / seconds(lambda: count(text, known)) / 1e6, 10, "MB/s")
    for entities, goal in ((1_000, 0.4), (10_000, 3)):
        took = seconds(lambda e=entities: generate("company", 0, sizes=Sizes(entities=e)), 1)
        row(f"generate {entities:,} entities", 1000 * took, 1000 * goal, "ms", less=True)
    for name, code in (("import memorygym", "import memorygym"), ("--help", "")):
        command = (
            [sys.executable, "-c", code] if code else [sys.executable, "-m", "memorygym", "--help"]
        )
        row(
            name,
            1000 * seconds(lambda c=command: run(c, capture_output=True, check=True)),
            300,
            "ms",
            less=True,
        )


def _tools(task: Task) -> None:
    memory = registry.make("memory", "markdown")
    episode = Episode(WorldsEnv(task), lambda: memory)
    for _ in range(6 * 20):
        episode.step(Busy().act(episode.view()[:2], episode.tools))


def _web_steps() -> float:
    """Milliseconds of CPU for 100 steps of the environment of web, pages as text included."""
    task = find("web").tasks(TaskOptions(range(1)))[0].generate()
    episode = Episode(WebEnv(task), partial(registry.make, "memory", "full"))
    play(episode, find("web").reasoners["strong"](task))
    replies = [r.message for r in episode.trace.records if isinstance(r, Action)]
    times = []
    for _ in range(5):
        env = WebEnv(task)
        env.reset()
        start = process_time()
        for reply in replies:
            env.step(reply)
        times.append(process_time() - start)
    return median(times) * 1000 * 100 / len(replies)


def _parse(tasks: Sequence[Task]) -> None:
    _forget()
    for task in tasks:
        fresh = strong_reader(task.system)
        for event in task.events:
            fresh.read(event.text)


def _cold(reader: Callable[[], Callable[[str], object]], text: str) -> float:
    """Milliseconds of CPU in which a reader that has read nothing reads a text; least of three."""
    times = []
    for _ in range(3):
        read = reader()
        read("Ann Lee: x")
        start = process_time()
        read(text)
        times.append(1000 * (process_time() - start))
    return min(times)


def _layouts(task: Task) -> None:
    """Rows for all facts of a standard task in layouts, and for a line of ten times the length."""
    strong = strong_reader(task.system)
    shown = [e.text for e in task.events if "=== QUESTION" not in e.text]
    worlds = world_blocks(strong.guide, [fact for text in shown for fact in strong.read(text)])
    research = research_blocks([s for t in generated_research() for s in ResearchReader().read(t)])
    kinds = (
        ("worlds", worlds, lambda: strong_reader.__wrapped__(task.system).read),
        ("research", research, lambda: Matcher(VOCABULARY, every_value=True).read),
    )
    for track, blocks, reader in kinds:
        for name in SHOWN:
            took = _cold(reader, LAYOUTS[name](blocks))
            row(f"read {track} as {name}", took, 60, "ms", less=True)
        line = " ".join(LAYOUTS["prose"](blocks).split())
        short, long = (_cold(reader, line[: len(line) // 10 * n]) for n in (1, 10))
        row(f"read a line ten times as long, {track}", long / short, 12, "times", less=True)


def _verification(tasks: Sequence[Task]) -> float:
    return seconds(lambda: list(map(verification, tasks))) / len(tasks)


if __name__ == "__main__":
    main()
