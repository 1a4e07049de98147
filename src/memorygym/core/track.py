"""A track: one kind of task, with everything that the rest of the package needs to know about it.

A track is an object of the class `Track`: TRACK of a folder tracks/NAME, an entry point, or
`module:NAME` on the command line. Nothing else of a track is looked up.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from types import UnionType
from typing import Any, Literal, Protocol, get_args, get_origin

from memorygym.core import registry
from memorygym.core.errors import BadSettings, BadTrace
from memorygym.core.json_values import FrozenDict
from memorygym.core.outcome import Outcome, Score
from memorygym.core.statements import FactReader
from memorygym.core.trace import Trace
from memorygym.core.trace_reader import TraceReader
from memorygym.core.types import JSON, Env, Message, Policy, Task, Tool


class TaskRecipe(Protocol):
    """The settings from which a task is generated; template and seed name it within its track."""

    @property
    def template(self) -> str:
        """The group of tasks under which results list it."""

    @property
    def seed(self) -> int: ...
    def generate(self) -> Task:
        """The task, equal at every call. Raises BadSettings if it cannot be generated."""


@dataclass(frozen=True, slots=True)
class TaskOptions:
    """The choice of a track's tasks."""

    seeds: range
    salt: str = ""
    """The secret of a private test set; "" for the public one."""
    parameters: Mapping[str, str] = field(default_factory=FrozenDict)
    """The parameters after the track's name, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instances:
    """A track's tasks as files: `memorygym generate` writes them, `verify` checks them."""

    recipes: Callable[[Mapping[str, str], int, int], Sequence[Any]]
    """From parameters, a number and a seed: so many recipes, whose tasks' own recipe states their
    `parameters`."""
    verification: Callable[[Task], Mapping[str, Mapping[str, JSON]]]
    """The result of each check of a task's final texts: whether it is `ok`, and its numbers."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """One row of a self-test: a value that must not exceed (or fall below) a bound."""

    name: str
    value: float
    bound: float
    margin: float
    """Distance of the value from the bound; negative if the invariant does not hold."""
    holds: bool


@dataclass(frozen=True, slots=True)
class PlayedEpisode:
    """The result of an episode, as a self-test reads it."""

    agent: str
    template: str
    seed: int
    score: Score
    measures: Mapping[str, float]
    """The return value of `SelfTest.inspect` for its trace."""


PlayAgain = Callable[[Task, str, Callable[[Policy], Policy] | None], Trace]
"""Plays the agent of that name on a task again, with a policy around it, and returns the trace."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The checks of a track that `bench --validate` makes by playing its scripted agents."""

    inspect: Callable[[str, Trace, Sequence[Outcome]], Mapping[str, float]]
    """From an agent's name and trace and the graded outcomes: the measures of `validate`."""
    validate: Callable[
        [Sequence[TaskRecipe], Sequence[PlayedEpisode], PlayAgain], Sequence[Invariant]
    ]
    """The invariants, from all episodes of a run."""


MapFunction = Callable[..., Iterable[Any]]
"""Like Python's `map`, possibly in several processes."""


MOST_SHOWN = 50
"""Most failures of a verification that are printed."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of checking generated tasks."""

    failures: Sequence[str]
    summary: Sequence[str]
    """What was counted, in lines for people."""
    counts: Mapping[str, JSON]

    @property
    def text(self) -> str:
        """The summary, then the first MOST_SHOWN failures."""
        lines = [*self.summary, *(f"FAILS {failure}" for failure in self.failures[:MOST_SHOWN])]
        if (more := len(self.failures) - MOST_SHOWN) > 0:
            lines.append(f"… and {more} more")
        end = f"{len(self.failures)} failures" if self.failures else "all checks passed"
        return "\n".join([*lines, end])

    @property
    def json(self) -> dict[str, JSON]:
        """The counts and all failures."""
        return {**self.counts, "failures": list(self.failures)}


PolicyFactory = Callable[[Task], Policy]
"""Makes a policy that plays one task for one episode."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The highest score that an adversary may reach; `bench --validate` checks it."""

    most: float
    """Most points of the composite, of 100."""
    over: str = ""
    """If set: most points above the agent of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A scripted agent that `bench` can play."""

    make: PolicyFactory
    """Makes the policy from the task with its gold table, which only kind `truth` may read."""
    kind: Literal["honest", "adversary", "truth"] = "honest"
    """An adversary exploits a weakness; `truth` knows the answers or plays without budgets."""
    unbounded: bool = False
    """Whether it plays without budgets."""
    bound: Bound | None = None
    """For an adversary: the score that it may reach."""
    about: str = ""
    """One line that says what it does."""


@dataclass(frozen=True, slots=True)
class Lazy:
    """A function of a module, imported when it is first called: a command pays only for its part.

    >>> Lazy("math:sqrt")(9)
    3.0
    """

    place: str
    """`package.module:name`."""

    def __call__(self, *args: Any, **named: Any) -> Any:
        module, _, name = self.place.partition(":")
        return getattr(import_module(module), name)(*args, **named)


def lazily(package: str) -> Callable[[str], Lazy]:
    """Makes a Lazy of `module:name` in a package."""
    return lambda place: Lazy(f"{package}.{place}")


@dataclass(frozen=True, slots=True)
class OpenPages:
    """Pages that a person's browser can open."""

    address: str
    """Where they begin, without a slash at the end."""
    read: Callable[[], Sequence[tuple[str, Mapping[str, JSON]]]]
    """The calls by which an agent reads what the person has read since the last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One kind of task; the first nine fields are required. Raises BadSettings for a wrong one."""

    name: str
    """The name in tasks, traces and results."""
    version: str
    """The version of its scores, as in "shop-v1"; whatever alters a score needs a new one."""
    tasks: Callable[[TaskOptions], Sequence[TaskRecipe]]
    """The recipes of the chosen tasks, in the order of seeds. Raises UnknownPart or BadSettings."""
    env: Callable[[Task], Env]
    """Makes the environment of a task, which has no gold table here."""
    outcomes: Callable[[Trace], Sequence[Outcome]]
    """The outcome of each goal of a trace's task, in order: `scoring.episode_scores.answered` where
    answers are graded, otherwise computed from the rewards and calls in the trace."""
    facts: Callable[[str], FactReader]
    """From the system message: the reader of facts in texts."""
    reasoners: Mapping[str, PolicyFactory]
    """Scripted agents that decide from the view alone, the strongest first. Their task has no gold
    table, unless `reasoners_see_gold`."""
    oracle: Callable[[Task], Mapping[int, str]]
    """By event: a text with all facts that the event needs. The task has its gold table here."""
    tools: tuple[Tool, ...]
    """The tools of its environments; their results do not come from the memory."""

    score: Callable[[Trace, Sequence[Outcome]], Score] | None = None
    """From a trace and its outcomes: the composite score and its parts; default: the mean score of
    all goals, by kind."""
    agents: Mapping[str, Agent] = field(default_factory=FrozenDict)
    """The scripted agents of `bench`; default: reasoners with the note taker, and an idle one."""
    axes: tuple[str, ...] = ()
    """The names of the score's parts, in the order of tables."""
    reader: Callable[[Trace], TraceReader] | None = None
    """The reader of a trace; default: one that uses `facts` and the needs of the goals."""
    gold: Callable[[Mapping[str, Any]], Any] | None = None
    """The gold table from JSON, or ValueError; default: the JSON object itself."""
    asks: Callable[[Sequence[Message]], bool] = lambda _: True
    """Whether the running event of a view needs a decision; at other events no model is called."""
    note_taker: Callable[[Policy, Task], Policy] | None = None
    """Makes a reasoner use a memory's tools; default: it writes and searches what `facts` reads."""
    reasoners_see_gold: bool = False
    """Whether reasoners receive the gold table, because no script can read the track's texts."""
    parameters: Callable[[], Mapping[str, str]] = dict
    """The parameters that may follow the track's name, each with its meaning."""
    instances: Instances | None = None
    """How its tasks are written to files, if they are."""
    surroundings: Callable[[], str] = str
    """What results must say of the machine they came from; "" if nothing."""
    fetch: Callable[[str], str] | None = None
    """Brings a package from outside into the user's cache; returns what it is, in a sentence."""
    references: Mapping[str, str] = field(default_factory=FrozenDict)
    """By role: the agents printed beside every model, as lower and upper bound."""
    official: Mapping[str, str] = field(default_factory=FrozenDict)
    """The parameters of its official task set."""
    compared: Mapping[str, str] = field(default_factory=FrozenDict)
    """The parameters of the tasks on which `compare` plays memories, unless others are named."""
    capacity: int | None = None
    """Most tokens that `compare` lets a memory hold, unless it is told otherwise."""
    self_test: SelfTest | None = None
    """The checks of `bench --validate`."""
    verify: Callable[[Sequence[TaskRecipe], MapFunction], Verification] | None = None
    """Checks generated tasks: each is answerable, needs its facts, and cannot be guessed."""
    opens: Callable[[Env], AbstractContextManager[OpenPages]] | None = None
    """Serves the pages of an environment to a person's browser for a while."""
    files: Callable[[str, Any, int | None], Sequence[TaskRecipe]] | None = None
    """The tasks of a data set's file, from format, path and most questions, if it plays those."""

    def __post_init__(self) -> None:
        for part in fields(self):
            value = getattr(self, part.name)
            empty = part.name in ("name", "version", "reasoners") and not value
            if empty or not _fits(value, part.type):
                kind = part.type.__name__ if isinstance(part.type, type) else str(part.type)
                wanted = re.sub(r"(\w+\.)+(?=\w)", "", kind) + " that is not empty" * empty
                raise BadSettings(
                    f"the track {self.name!r}: `{part.name}` is {value!r:.60}; give a {wanted}, as"
                    " examples/my_track.py does"
                )

    @property
    def tool_names(self) -> frozenset[str]:
        """The names of its tools."""
        return frozenset(tool.name for tool in self.tools)

    def reasoner_task(self, task: Task) -> Task:
        """The task as its reasoners receive it: without what the environment knows and, unless they
        may see it, without gold table."""
        return replace(task, state={}, gold=task.gold if self.reasoners_see_gold else None)

    def reader_for(self, trace: Trace) -> TraceReader:
        """The reader of one of its traces. Raises BadTrace if the trace has no gold table."""
        if self.reader:
            return self.reader(trace)
        goals = [outcome.goal for outcome in self.outcomes(trace)]
        return TraceReader(trace, goals, self.facts(trace.system), self.tool_names)


def _fits(value: object, kind: Any) -> bool:
    """Whether a value, with the items that it holds, is of an annotated type; what a function takes
    and returns is not checked."""
    inner = get_args(kind)
    if isinstance(kind, UnionType):
        return any(_fits(value, option) for option in inner)
    if not isinstance(value, get_origin(kind) or kind):
        return False
    if isinstance(value, dict):  # Another mapping may compute its values.
        return all(_fits(item, inner[1]) for item in value.values())
    return not isinstance(value, tuple) or all(_fits(item, inner[0]) for item in value)


def find(name: str) -> Track:
    """The track of a name or spec. Raises UnknownPart or BadSettings."""
    definition = registry.load("tracks", name, "TRACK")
    track = definition() if callable(definition) else definition
    if not isinstance(track, Track):
        raise BadSettings(
            f"tracks {name}: that is a {type(track).__name__}, not a Track; state it as"
            ' SHOP = Track(name="shop", …), as examples/my_track.py does'
        )
    registry.remember("tracks", track.name, name)
    return track


def version_of(track: str) -> str:
    """The version of a track, which promises its behaviour; scores compare by it alone."""
    return find(track).version


def track_of(trace: Trace) -> Track:
    """The track of a trace; only a registered one, because a file must not load new code."""
    return find(registry.require_name("tracks", trace.track))


def reader_of(trace: Trace) -> TraceReader:
    """The reader of a trace, from its track. Raises BadTrace if the trace has no gold table."""
    return track_of(trace).reader_for(trace)


def gold_table(trace: Trace) -> Any:
    """The gold table of a trace, parsed by its track. Raises BadTrace if the trace has none."""
    if trace.gold is None:
        raise BadTrace(f"trace {trace.task} carries no gold table, so it cannot be scored")
    parse = track_of(trace).gold
    if not isinstance(trace.gold, Mapping) or parse is None:
        return trace.gold
    return parse(trace.gold)
