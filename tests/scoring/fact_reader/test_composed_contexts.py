"""What a memory composed, laid out otherwise: no answer, no evidence and no cause changes."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, partial

from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.track import find
from memorygym.core.types import Budget, Memory, MemoryContext, Message, Task
from memorygym.runs.metrics import measure
from memorygym.scoring.attribution import Attribution
from memorygym.tracks.codeqa import fact_reader as codeqa
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.fact_reader import reader_for
from memorygym.tracks.dialogue.generator import DialogueRecipe
from memorygym.tracks.dialogue.texts import desk_of
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.settings import ResearchSettings
from memorygym.tracks.research.strata import ResearchRecipe
from memorygym.tracks.worlds.fact_reader import strong_reader
from tests.layouts import KINDS
from tests.layouts.blocks import Block
from tests.layouts.materials import BOUNDS, code_block
from tests.layouts.tasks import dialogue_blocks, research_blocks, world_blocks
from tests.slow import mostly_slow
from tests.tracks.test_published import SHAPES, task_of

Layout = Callable[[Sequence[Block]], str]


def blocks_of(track: str, task: Task, texts: Sequence[str]) -> list[Block]:
    """All that texts state."""
    if track == "worlds":
        reader = strong_reader(task.system)
        return world_blocks(reader.guide, [f for t in texts for f in reader.read(t)])
    if track == "dialogue":
        name = desk_of(task.system)
        stated = [s for text in texts for s in reader_for(name).read(text)]
        return dialogue_blocks(desk_named(name), stated)
    if track == "research":
        return research_blocks([s for text in texts for s in ResearchReader().read(text)])
    return [code_block(s) for text in texts for s in codeqa.read(text)]


class Relaid(Memory):
    """bm25 with 1000 tokens, whose context a layout renders anew."""

    def __init__(self, track: str, task: Task, layout: Layout | None) -> None:
        self._inner, self._layout = registry.make("memory", "bm25"), layout
        self._blocks = partial(blocks_of, track, task)

    def open(self, context: MemoryContext) -> None:
        self._inner.open(context)

    def observe(self, new: Sequence[Message]) -> None:
        self._inner.observe(new)

    def dump(self) -> list[tuple[str, str]]:
        return self._inner.dump()

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        composed = self._inner.compose(live, 1000)
        if not composed or self._layout is None:
            return composed
        return [Message("user", self._layout(self._blocks([m.content for m in composed])))]


def tasks_of(track: str) -> list[Task]:
    """Some tasks of a track; a task of research has one question."""
    if track == "dialogue":
        return [DialogueRecipe("retail", 0, chains=1).generate()]
    if track != "research":
        return [task_of(track)]
    recipes = [
        ResearchRecipe(ResearchSettings(f"hops{4 + n}", n, 0, 4 + n, 12_000, shape))
        for n, shape in enumerate(SHAPES)
    ]
    return [recipe.generate() for recipe in recipes]


def scored(track: str, layout: Layout | None) -> tuple[list[object], Counter[str]]:
    """For each goal, its score and the evidence shown; the causes of misses."""
    found: list[object] = []
    causes: Counter[str] = Counter()
    for task in tasks_of(track):
        make = partial(Relaid, track, task, layout)
        trace = play(
            Episode(find(track).env(task), make, Budget()), find(track).reasoners["strong"](task)
        )
        trace.gold, trace.labels = task.gold, {"memory": "x", "budget": 1000, "agent": "strong"}
        causes.update(cause for _, cause in Attribution(trace).causes)
        found += [(c.score, c.present, c.stale) for c in measure(trace).cases]
    return found, causes


@cache
def plain(track: str) -> tuple[list[object], Counter[str]]:
    """The same of the context as it was composed."""
    return scored(track, None)


@mostly_slow(("track", "every"), [(t, n) for t in BOUNDS for n in (5, 1)], quick=4)
def test_scores_do_not_depend_on_the_layout(track: str, every: int) -> None:
    """But for the few facts that the reader does not read in it. The strangers' layouts name no
    sources, by which research ranks values."""
    kind = KINDS["blind" if track in ("codeqa", "research") else "strangers"]
    wanted = [score for score, *_ in plain(track)[0]]
    differ = [
        score != other
        for layout in [*kind.values()][::every]
        for (score, *_), other in zip(scored(track, layout)[0], wanted, strict=True)
    ]
    assert sum(differ) <= 0.06 * len(differ)
