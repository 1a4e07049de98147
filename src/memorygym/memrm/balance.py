"""The choice among labelled events: as many SAFE as HARMFUL ones, of all lengths.

It looks at the label and at the length alone, never at how well a model scores an event.
"""

from bisect import bisect_right
from collections.abc import Sequence

from memorygym.core.rng import named_rng
from memorygym.memrm.compactions import WHOLE
from memorygym.memrm.events import CandidateEvent, MinedTask
from memorygym.memrm.recipes import Recipe

BOUNDS = (0.0001, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.97, 1.001, 1.1)
"""Of the classes of length, as shares of the full context."""
MOST = 2
"""In a class of length, at most so many times as many events of one label as of the other."""
Choice = tuple[int, int]
"""The number of a task and of one of its candidates."""


def chosen(tasks: Sequence[MinedTask], wanted: int, name: str) -> list[list[CandidateEvent]]:
    """By task: about `wanted` events of all tasks together, in the order in which they were mined.

    Every identity and wipe-out stays. Among HARMFUL ones of a class of length, what memories
    composed comes before edits of the full context, which are more. `name` names the random stream.
    """
    anchors: set[Choice] = set()
    classes: dict[tuple[int, bool], list[Choice]] = {}
    for number, task in enumerate(tasks):
        for index, candidate in enumerate(task.candidates):
            if candidate.is_anchor:
                anchors.add((number, index))
            else:
                key = bisect_right(BOUNDS, candidate.ratio), candidate.safe
                classes.setdefault(key, []).append((number, index))
    for (_, safe), choices in classes.items():
        named_rng("memrm choice", name).shuffle(choices)
        if not safe:
            choices.sort(key=lambda choice: _recipe(tasks, choice).memory == WHOLE)
    kept = anchors | set(_balanced(classes, wanted - len(anchors)))
    return [
        [candidate for index, candidate in enumerate(task.candidates) if (number, index) in kept]
        for number, task in enumerate(tasks)
    ]


def _recipe(tasks: Sequence[MinedTask], choice: Choice) -> Recipe:
    task, candidate = choice
    return tasks[task].candidates[candidate].recipe


def _balanced(classes: dict[tuple[int, bool], list[Choice]], wanted: int) -> list[Choice]:
    def capped(length: int, safe: bool) -> list[Choice]:
        other = len(classes.get((length, not safe), ()))
        return classes.get((length, safe), [])[: MOST * other]

    lengths = sorted({length for length, _ in classes})
    by_label = {safe: [capped(length, safe) for length in lengths] for safe in (True, False)}
    totals = {safe: sum(map(len, lists)) for safe, lists in by_label.items()}
    picked: list[Choice] = []
    for safe, lists in by_label.items():
        most = max(wanted / 2, min(wanted - totals[not safe], 1.4 * totals[not safe]))
        share = min(1.0, most / max(1, totals[safe]))
        picked += [choice for part in lists for choice in part[: round(share * len(part))]]
    return picked
