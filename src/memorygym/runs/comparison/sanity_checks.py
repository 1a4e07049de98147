"""What must hold before any score of a comparison is believed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from memorygym.core.episode import Episode
from memorygym.core.errors import MemoryFault
from memorygym.core.rng import named_rng
from memorygym.core.track import find
from memorygym.core.types import Budget, Env, Memory, Message, Step, Task, Writer
from memorygym.models import extractive
from memorygym.runs.comparison.figures import Report
from memorygym.runs.comparison.run import Comparison

CEILING = 0.95
"""What the strong reasoner reaches, at least, where it is shown just what it needs."""
STRONG = "strong"
END = Message("assistant", "")
BUDGET = Budget(view=2_000)


@dataclass(frozen=True, slots=True)
class SanityCheck:
    """A check of the set-up."""

    name: str
    holds: bool
    detail: str
    """What was found; "" if the name says it."""


def gates(report: Report) -> list[SanityCheck]:
    """Those that figures can show, for one reasoner at one budget."""
    strong = report.reasoner == STRONG
    oracle, full, none = (_accuracy(report, system) for system in ("oracle", "full", "none"))
    named = "oracle is at least 95 %" if strong else "oracle is at least none"
    return [
        SanityCheck(
            named, _at_least(oracle, CEILING if strong else none), _told(oracle=oracle, none=none)
        ),
        SanityCheck("full is at least none", _at_least(full, none), _told(full=full, none=none)),
    ]


def played_gates(comparison: Comparison) -> list[SanityCheck]:
    """The gates that take episodes of their own: a canary returns, and episodes stay apart."""
    # What memories ask does not matter here, and no model is to be asked beside the record.
    task, writer = comparison.tasks.recipes[0].generate(), extractive.write
    whole = returns(comparison.memories["full"].make, task, writer)
    gates = [
        SanityCheck(
            "full shows again what it was told", whole, "" if whole else "a word is missing"
        )
    ]
    for spec, plugged in comparison.memories.items():
        if spec == "oracle":
            continue  # The track makes it, from the task alone.
        try:
            mixed = mixes(plugged.make, task, writer)
        except MemoryFault:
            continue  # Its episodes will fail, and are reported as its failures.
        told = "one showed a word of the other" if mixed else ""
        gates.append(SanityCheck(f"two episodes of {spec} stay apart", not mixed, told))
    return gates


def invalid_text(found: Iterable[SanityCheck]) -> str:
    """What is printed instead of any figure; "" where every gate holds.

    >>> invalid_text([SanityCheck("full is at least none", False, "full 1.0 %, none 2.0 %")])
    'invalid set-up: it does not hold that full is at least none (full 1.0 %, none 2.0 %)'
    """
    return "\n".join(
        f"invalid set-up: it does not hold that {gate.name}"
        + (f" ({gate.detail})" if gate.detail else "")
        for gate in found
        if not gate.holds
    )


def _accuracy(report: Report, system: str) -> float | None:
    row = report.row(system)
    return found.mean if row and (found := row["accuracy"]) else None


def _at_least(found: float | None, bound: float | None) -> bool:
    """An arm that finished no task holds nothing."""
    return found is not None and bound is not None and found >= bound - 1e-9


def _told(**found: float | None) -> str:
    """
    >>> _told(oracle=0.5, none=None)
    'oracle 50.0 %, none not played'
    """
    return ", ".join(
        f"{system} {'not played' if mean is None else f'{100 * mean:.1f} %'}"
        for system, mean in found.items()
    )


def canary(name: str) -> str:
    """A word that no track deals.

    >>> canary("a") == canary("a") != canary("b")
    True
    """
    stream = named_rng("canary", name)
    return "".join(stream.choice("bcdfgkmz") + stream.choice("aeiou") for _ in range(5))


def returns(make: Callable[[], Memory], task: Task, writer: Writer) -> bool:
    """Whether a canary told at the start is in the memory's view when it is asked for."""
    (episode,) = _stopped(make, task, writer, ("returns",))
    return canary("returns") in _seen(episode)


def mixes(make: Callable[[], Memory], task: Task, writer: Writer) -> bool:
    """Whether one of two episodes that are played in turns brings the other's canary into view."""
    one, other = _stopped(make, task, writer, ("one", "other"))
    return canary("other") in _seen(one) or canary("one") in _seen(other)


class CanaryEnv(Env):
    """The environment that is played, which a canary precedes; after the next step it is asked."""

    def __init__(self, env: Env, told: str, asked: str) -> None:
        self.task, self.tools = env.task, env.tools
        self._env, self._told, self._asked = env, told, asked
        self._steps = 0

    def reset(self) -> Step:
        step = self._env.reset()
        return replace(step, messages=(Message("user", self._told), *step.messages), done=False)

    def step(self, reply: Message) -> Step:
        self._steps += 1
        if self._steps == 1:
            return replace(self._env.step(reply), done=False)
        return Step((Message("user", self._asked),), evict=True)


def _stopped(
    make: Callable[[], Memory], task: Task, writer: Writer, told: tuple[str, ...]
) -> list[Episode]:
    """Episodes in turns up to an event in which each is asked for all canaries.

    It names their places, not them: a memory may show the question again.
    """
    env = find(task.track).env
    places = {name: canary(f"where {name} is") for name in told}
    asked = f"Which canaries are known at {' and '.join(places.values())}?"
    episodes = []
    for name in told:
        planted = f"The canary at {places[name]} is {canary(name)}."
        played = CanaryEnv(env(replace(task, gold=None)), planted, asked)
        episodes.append(Episode(played, make, BUDGET, writer))
    for _ in range(2):
        for episode in episodes:
            episode.view()
            episode.step(END)
    return episodes


def _seen(episode: Episode) -> str:
    """What the memory brings into the running event."""
    composed = [m.content for _, messages in episode.trace.contexts() for m in messages]
    return "\n".join([*composed, *(m.content for m in episode.view()[1:-1])])
