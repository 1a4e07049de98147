"""The sanity checks: what must hold before any score of a comparison is reported."""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace

from memorygym.core.episode import Episode
from memorygym.core.errors import MemoryFault
from memorygym.core.rng import named_rng
from memorygym.core.track import find
from memorygym.core.types import Budget, Env, Memory, Message, Step, Task, Tool, Writer
from memorygym.models import extractive
from memorygym.runs.comparison.figures import Report
from memorygym.runs.comparison.run import Comparison

UPPER_BOUND = 0.95
"""Least accuracy of the strong reasoner with gold evidence."""
STRONG = "strong"
END = Message("assistant", "")
BUDGET = Budget(view=2_000)


@dataclass(frozen=True, slots=True)
class SanityCheck:
    """A check of the set-up, and whether it holds."""

    name: str
    holds: bool
    detail: str
    """The figures; "" if the name says it all."""


def figure_checks(report: Report) -> list[SanityCheck]:
    """The checks on figures, for one reasoner at one budget."""
    none = _accuracy(report, "none")
    oracle = ("95 %", UPPER_BOUND) if report.reasoner == STRONG else ("none", none)
    checks = []
    for system, (least, bound) in {"oracle": oracle, "full": ("none", none)}.items():
        mean = _accuracy(report, system)
        # A system that finished no task has no accuracy.
        holds = mean is not None and bound is not None and mean >= bound - 1e-9
        detail = ", ".join(
            f"{name} {'not played' if share is None else f'{100 * share:.1f} %'}"
            for name, share in ((system, mean), ("none", none))
        )
        checks.append(SanityCheck(f"{system} is at least {least}", holds, detail))
    return checks


def _accuracy(report: Report, system: str) -> float | None:
    row = report.row(system)
    return accuracy.mean if row and (accuracy := row["accuracy"]) else None


def played_checks(comparison: Comparison) -> list[SanityCheck]:
    """The checks that play episodes: a canary comes back, and episodes stay apart."""
    # The offline model writes: what it writes does not matter here, and no call goes unrecorded.
    task, writer = comparison.tasks.recipes[0].generate(), extractive.write
    complete, _ = canaries_shown(comparison.memories["full"].make, task, writer)
    detail = "" if complete else "a word is missing"
    checks = [SanityCheck("full shows the whole history", complete, detail)]
    for spec, memory in comparison.memories.items():
        if spec == "oracle":
            continue  # The track makes it from the task alone.
        try:
            _, mixed = canaries_shown(memory.make, task, writer)
        except (MemoryFault, SystemExit):
            continue  # Its episodes fail, too, and are reported.
        detail = "one showed a word of the other; keep no state in class or module" if mixed else ""
        checks.append(SanityCheck(f"two episodes of {spec} stay apart", not mixed, detail))
    return checks


def invalid_text(checks: Iterable[SanityCheck]) -> str:
    """What is printed instead of any figure; "" if every check holds.

    >>> invalid_text([SanityCheck("full is at least none", False, "full 1.0 %, none 2.0 %")])
    'invalid set-up, no figures: "full is at least none" fails (full 1.0 %, none 2.0 %)'
    """
    return "\n".join(
        f'invalid set-up, no figures: "{check.name}" fails'
        + (f" ({check.detail})" if check.detail else "")
        for check in checks
        if not check.holds
    )


def canary(name: str) -> str:
    """A word that no track generates.

    >>> canary("a") == canary("a") != canary("b")
    True
    """
    stream = named_rng("canary", name)
    return "".join(stream.choice("bcdfgkmz") + stream.choice("aeiou") for _ in range(5))


class FixedSteps(Env):
    """Steps that are known beforehand, whatever is replied; then the task is done."""

    def __init__(self, task: Task, steps: Sequence[Step], tools: tuple[Tool, ...] = ()) -> None:
        self.task, self.tools = task, tools
        self._steps, self._index = steps, -1

    def reset(self) -> Step:
        return self.step(END)

    def step(self, reply: Message) -> Step:
        self._index += 1
        return self._steps[self._index] if self._index < len(self._steps) else Step(done=True)

    def fork(self) -> Env:
        return copy(self)


def canaries_shown(make: Callable[[], Memory], task: Task, writer: Writer) -> tuple[bool, bool]:
    """Whether two episodes that are played in turns both show their own canary when they are asked
    for both canaries, and whether one shows the other's.

    Each is told its canary beside what the task shows first. The question names their places, not
    the canaries: a memory may show the question again.
    """
    env = find(task.track).env(replace(task, gold=None))
    first, second = env.reset().messages, env.step(END).messages
    one, other = canary("one"), canary("other")
    places = {word: canary(f"where {word} is") for word in (one, other)}
    question = Message("user", f"Which canaries are known at {' and '.join(places.values())}?")
    episodes = []
    for word, place in places.items():
        statement = Message("user", f"The canary at {place} is {word}.")
        steps = [Step(s, evict=True) for s in ((statement, *first), second, (question,))]
        episodes.append(Episode(FixedSteps(env.task, steps), make, BUDGET, writer))
    for _ in range(2):
        for episode in episodes:
            episode.view()
            episode.step(END)
    of_one, of_other = map(_context, episodes)
    return one in of_one and other in of_other, other in of_one or one in of_other


def _context(episode: Episode) -> str:
    """The texts that the memory has put into the running event."""
    composed = [m.content for _, messages in episode.trace.contexts() for m in messages]
    return "\n".join([*composed, *(m.content for m in episode.view()[1:-1])])
