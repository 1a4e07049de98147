"""What a memory keeps to find texts by is told from what it would show, on every track."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from memorygym.core import registry
from memorygym.core.outcome import Outcome
from memorygym.core.trace import Trace
from memorygym.core.track import TaskOptions, find
from memorygym.core.types import Entry, Memory, Task
from memorygym.memories.stores.passages import Passages, Ranked
from memorygym.memories.stores.search.fulltext import FullText
from memorygym.runs.comparison.memory_specs import UnlimitedContext
from memorygym.runs.systems import played, scripted, start_episode
from memorygym.scoring.attribution import NEVER_STATED, Attribution
from memorygym.scoring.episode_scores import outcomes
from tests.slow import mostly_slow

TRACKS = {
    "worlds": {"template": "company", "tier": "standard"},
    "research": {"tokens": "6k"},
    "codeqa": {"tokens": "10k"},
    "dialogue": {},
}
VERBATIM = [
    "bm25",
    "hipporag-lite",
    "amem-lite",
    "memorybank-lite",
    "lightmem-lite:buffer_size=1000000",
]
NEVER = 10**9
MOST = 40


@cache
def task_of(track: str, seed: int = 0) -> Task:
    recipes = find(track).tasks(TaskOptions(range(seed, seed + 1), "", TRACKS[track]))
    return recipes[0].generate()


def play(make: Callable[[], Memory], task: Task, view: int | None = None) -> Trace:
    budget = replace(task.budget, capacity=None, writes=None, slot=None, view=view)
    reasoner = scripted("strong", find(task.track).reasoner_task(task))
    return played(start_episode(task, make, budget), reasoner, task, {})


def answers(trace: Trace) -> list[tuple[bool, str | None]]:
    return [(outcome.correct, outcome.answer) for outcome in outcomes(trace)]


@cache
def full(track: str) -> list[tuple[bool, str | None]]:
    return answers(play(lambda: registry.make("memory", "full"), task_of(track)))


@mostly_slow(("spec", "track"), [(spec, track) for spec in VERBATIM for track in TRACKS], quick=9)
def test_all_that_a_store_of_verbatim_texts_holds_answers_as_the_full_context(
    spec: str, track: str
) -> None:
    trace = play(
        lambda: UnlimitedContext(registry.make("memory", spec), NEVER, as_dumped=True),
        task_of(track),
    )
    assert answers(trace) == full(track) and all(right for right, _ in full(track))


@mostly_slow(("track", "seed"), [(track, seed) for track in TRACKS for seed in range(3)], quick=4)
def test_what_a_store_of_verbatim_texts_does_not_show_was_not_retrieved(
    track: str, seed: int
) -> None:
    trace = play(lambda: registry.make("memory", "bm25:top_k=1"), task_of(track, seed), 60)
    lost = {loss for _, _, own in losses(trace) for loss in own}
    assert "not retrieved" in lost and lost <= {"", "not retrieved", NEVER_STATED}
    assert (NEVER_STATED in lost) == (track == "dialogue")


def test_a_memory_is_not_blamed_for_what_follows_from_an_earlier_sub_task() -> None:
    trace = play(lambda: registry.make("memory", "bm25:top_k=1"), task_of("dialogue"), 60)
    causes = [cause for _, cause, lost in losses(trace) if NEVER_STATED in lost]
    assert causes and set(causes) <= {"not retrieved", NEVER_STATED}


class ByText(Passages):
    """Searched by its texts alone, so that every index leaves the ranking as it is."""

    def searched(self, entry: Entry) -> str:
        return entry.text


INDEXES = {
    "none": "",
    "keywords": "keywords: {}",
    "triples": "|\n{} | is stated | 7",
    "json": '{{"id": 7, "tags": ["note"], "excerpt": "{}"}}',
    "Chinese": "关键词：{}；编号：七",
    "Arabic": "الكلمات: {} ٧",
}


class Halved(Ranked):
    """Keeps every second passage, the newest of these, and finds it by the one before, now lost."""

    def __init__(self, index: str, *, shown: bool = False) -> None:
        super().__init__(512, 3, lambda context: ByText(context, FullText()))
        self._index, self._shown, self._lost = index, shown, ""

    def keep(self, passage: str) -> None:
        if not self._lost:
            self._lost = passage
            return
        index = self._index.format(self._lost)
        self._kept.add(*([f"{passage}\n{index}"] if self._shown else [passage, index]))
        self._lost = ""
        if len(self._kept.texts) > MOST:
            self._kept.drop(min(self._kept.texts))


def losses(trace: Trace) -> Iterator[tuple[Outcome, str, list[str]]]:
    """Each outcome, its cause, and where each fact that it needs was lost."""
    attribution = Attribution(trace)
    for outcome in outcomes(trace):
        lost = [attribution.lost(outcome.goal, need) for need in outcome.goal.needs]
        yield outcome, attribution.cause(outcome), lost


@cache
def halved(index: str, track: str, *, shown: bool = False) -> list[tuple[Outcome, str, list[str]]]:
    """The losses under 600 tokens of context, then those of all that it holds."""
    make = lambda: Halved(INDEXES[index], shown=shown)  # noqa: E731
    task = task_of(track)
    held = play(lambda: UnlimitedContext(make(), NEVER, as_dumped=True), task)
    return [*losses(play(make, task, 600)), *losses(held)]


@mostly_slow(
    ("index", "track"), [(index, track) for index in [*INDEXES][1:] for track in TRACKS], quick=9
)
def test_lines_to_find_texts_by_move_no_loss_and_no_cause(index: str, track: str) -> None:
    assert halved(index, track) == halved("none", track)


def test_the_same_lines_move_causes_if_they_are_shown() -> None:
    assert halved("Chinese", "worlds", shown=True) != halved("none", "worlds")
