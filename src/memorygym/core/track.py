"""A track: one kind of task, and all that the rest of the package knows of it.

A folder tracks/NAME that states TRACK, an entry point, or `module:NAME` on the command line brings
one. Nothing else of a track is looked up.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, Protocol

from memorygym.core import registry
from memorygym.core.errors import BadSettings, BadTrace
from memorygym.core.json_values import Frozen
from memorygym.core.outcome import Outcome, Score
from memorygym.core.statements import FactReader, StatementReader
from memorygym.core.trace import Trace
from memorygym.core.trace_reader import TraceReader
from memorygym.core.types import JSON, Env, Gold, Message, Policy, Task, Tool


class TaskRecipe(Protocol):
    """A task that can be made; template and seed name it within its track."""

    @property
    def template(self) -> str:
        """What results group it by."""

    @property
    def seed(self) -> int: ...
    def generate(self) -> Task:
        """The task, the same every time. Raises BadSettings if it cannot be made."""


@dataclass(frozen=True, slots=True)
class TaskOptions:
    """Which tasks of a track are wanted."""

    seeds: range
    salt: str = ""
    """The secret of a private test set; "" for the public one."""
    parameters: Mapping[str, str] = field(default_factory=Frozen)
    """What stands after the track's name, as it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instances:
    """A track's tasks as files, which `memorygym generate` writes and `memorygym verify` checks."""

    schema: str
    """What the field `schema` of such a file says."""
    package: str
    """The package that holds schema.json, the JSON Schema of a file."""
    declare: Callable[[Any], None]
    """Adds the track's options to a parser or a group of one."""
    recipes: Callable[[Any], Sequence[Any]]
    """The instances that parsed options ask for; each has `instance()`, template and seed."""
    task: Callable[[Mapping[str, Any], str, int], Task]
    """The task of an instance, under a template and a seed."""
    verification: Callable[[Mapping[str, Any]], dict[str, Any]]
    """What the final texts of an instance prove."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """One row of a self-test."""

    name: str
    value: float
    bound: float
    margin: float
    """How far the value is on the right side of the bound; negative if it is not."""
    holds: bool


class Played(Protocol):
    """An episode as a self-test needs it."""

    @property
    def agent(self) -> str: ...
    @property
    def template(self) -> str: ...
    @property
    def seed(self) -> int: ...
    @property
    def score(self) -> Score: ...
    @property
    def measures(self) -> Mapping[str, float]:
        """What `SelfTest.inspect` took from its trace."""


PlayAgain = Callable[[Task, str, Callable[[Policy], Policy] | None], Trace]
"""Plays an agent on a task with the memory of the run, with a policy put around it."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What must hold of a track's agents: `bench --validate`."""

    inspect: Callable[[str, Trace], Mapping[str, float]]
    """What is needed of an agent's trace."""
    validate: Callable[[Sequence[TaskRecipe], Sequence[Played], PlayAgain], Sequence[Invariant]]
    """The rows, over all episodes of a run."""


Map = Callable[..., Iterable[Any]]
"""As Python's `map`, perhaps in several processes."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What dealt tasks prove."""

    failures: int
    text: str
    json: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Headline:
    """How the named parts of a score make up its composite, so that a stored row can be checked."""

    composite: Callable[[Mapping[str, float | None]], float]
    """From the parts."""
    problems: Callable[[Mapping[str, Any]], Iterable[str]]
    """What in the row of an episode the parts contradict, each in a sentence."""


Maker = Callable[[Task], Policy]
"""Makes who plays one task, for one episode."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What an adversary may reach at most; `--validate` holds every one of them to it."""

    most: float
    """Points of the composite, of 100."""
    over: str = ""
    """Above the agent of that name; "" for the composite itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A scripted agent that `bench` plays."""

    make: Maker
    """From the task with its gold table, which only a `truth` may look at."""
    kind: Literal["honest", "adversary", "truth"] = "honest"
    """An adversary plays a trick; `truth` is told the answers or has no budget."""
    unbounded: bool = False
    """Whether it plays without budgets."""
    bound: Bound | None = None
    """Of an adversary."""
    about: str = ""
    """What it does, in one line."""
    imitates: str = ""
    """What bad agent an adversary stands for, or what defect it would profit from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One kind of task. Required are the first nine fields; the rest have defaults that do."""

    name: str
    """As tasks and traces state it."""
    version: str
    """Of its scores, as in "shop-v1"; a change that alters a score makes a new one."""
    tasks: Callable[[TaskOptions], Sequence[TaskRecipe]]
    """What can be made, in the order of the seeds. Raises UnknownPart or BadSettings."""
    env: Callable[[Task], Env]
    """An environment that plays a task. The task has no gold table."""
    outcomes: Callable[[Trace], Sequence[Outcome]]
    """How each goal of the trace's task went, in order: `scoring.episode_scores.answered` where
    questions are graded, or from the rewards and calls that the trace records."""
    facts: Callable[[str], FactReader]
    """By the pinned message: who reads the facts in a text."""
    reasoners: Mapping[str, Maker]
    """Scripted, the strong one first; each acts on the view alone. The task has no gold table,
    unless the track is `informed`."""
    oracle: Callable[[Task], Mapping[int, str]]
    """By event: what it needs, in one canonical text. The task has its gold table."""
    tools: tuple[Tool, ...]
    """All that its environments offer: what these tools say does not come from memory."""

    score: Callable[[Trace], Score] | None = None
    """The headline and its parts; without it the mean score of all goals, by kind."""
    agents: Mapping[str, Agent] = field(default_factory=Frozen)
    """What `bench` plays without a model; without any each reasoner with the note taker, and one
    that does nothing."""
    axes: tuple[str, ...] = ()
    """The named parts of the score, in the order of tables."""
    reader: Callable[[Trace], TraceReader] | None = None
    """How its traces are read; without it through `facts` and the needs of `outcomes`."""
    gold: Callable[[Mapping[str, Any]], Gold] | None = None
    """The gold table from JSON; without it a plain mapping. Raises ValueError."""
    asks: Callable[[Sequence[Message]], bool] = lambda _: True
    """Whether the running event of a view wants a decision; elsewhere no model is asked."""
    note_taker: Callable[[Policy, Task], Policy] | None = None
    """The fixed user of memories with tools, who decides as that reasoner does; without it one
    that writes down what `facts` reads and searches before each decision."""
    informed: bool = False
    """Whether its reasoners are given the gold table, for nothing offline reads its texts."""
    parameters: Callable[[], Mapping[str, str]] = dict
    """What may be set after its name, each with its meaning."""
    instances: Instances | None = None
    """Its tasks as files, if it has them."""
    references: Mapping[str, str] = field(default_factory=Frozen)
    """By role: agents that are printed beside every model, as floor and ceiling."""
    official: Mapping[str, str] = field(default_factory=Frozen)
    """The parameters of its official set."""
    headline: Headline | None = None
    """How `score` is made of its parts, where it is made of parts."""
    self_test: SelfTest | None = None
    """What `bench --validate` checks."""
    verify: Callable[[Sequence[TaskRecipe], Map], Verification] | None = None
    """Whether dealt tasks are fair: answerable, needed, not guessable."""
    files: Callable[[str, Any, int | None], Sequence[TaskRecipe]] | None = None
    """The tasks of a data set's file, by format, path and most questions, if it plays those."""

    def __post_init__(self) -> None:
        for part in fields(self):
            value, (fits, example) = getattr(self, part.name), _FITS[part.name]
            if not fits(value) or (not value and part.name in ("name", "version", "reasoners")):
                told = f"the track {self.name!r}: `{part.name}` is {value!r:.60}"
                raise BadSettings(f"{told}; give one such as {part.name}={example}")

    @property
    def tool_names(self) -> frozenset[str]:
        """The names of its tools."""
        return frozenset(tool.name for tool in self.tools)

    def known(self, task: Task) -> Task:
        """The task as its reasoners may know it."""
        return task if self.informed else replace(task, gold=None)

    def reading(self, trace: Trace) -> TraceReader:
        """How a trace of it is read. Raises BadTrace without a gold table."""
        if self.reader:
            return self.reader(trace)
        goals = [outcome.goal for outcome in self.outcomes(trace)]
        return StatementReader(trace, goals, self.facts(trace.system), self.tool_names)


def _is(kind: Any, parts: Any = None) -> Callable[[Any], bool]:
    def held(it: Any) -> Iterable[Any]:
        if isinstance(it, Mapping):  # Others make their values when they are asked for one.
            return it.values() if isinstance(it, dict) else ()
        return it if parts else ()

    return lambda it: isinstance(it, kind) and all(isinstance(one, parts) for one in held(it))


_FITS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "name": (_is(str), '"shop"'), "version": (_is(str), '"shop-v1"'),
    "tasks": (callable, "recipes"), "env": (callable, "ShopEnv"), "oracle": (callable, "oracle"),
    "outcomes": (callable, "outcomes"), "facts": (callable, "lambda system: ShopReader()"),
    "asks": (callable, "lambda view: True"), "parameters": (callable, 'lambda: {"turns": "12"}'),
    "reasoners": (_is(Mapping, Callable), '{"strong": lambda task: Clerk()}'),
    "agents": (_is(Mapping, Agent), '{"strong": Agent(make=lambda task: Clerk())}'),
    "tools": (_is(tuple, Tool), "(FIND, ORDER)"), "axes": (_is(tuple, str), '("own", "friend")'),
    **dict.fromkeys(("references", "official"), (_is(Mapping, str), '{"name": "text"}')),
    **dict.fromkeys("score reader gold note_taker files".split(), (_is(Callable | None), "None")),
    "verify": (_is(Callable | None), "None"), "headline": (_is(Headline | None), "None"),
    "instances": (_is(Instances | None), "None"),
    "self_test": (_is(SelfTest | None), "None"), "informed": (_is(bool), "False"),
}  # fmt: skip
"""By field of a track: what fits it, and an example."""


def find(name: str) -> Track:
    """The track of that name or spec. Raises UnknownPart or BadSettings."""
    stated = registry.load("tracks", name, "TRACK")
    track = stated() if callable(stated) else stated
    if not isinstance(track, Track):
        raise BadSettings(
            f"tracks {name}: that is a {type(track).__name__}, not a Track; state it as"
            ' SHOP = Track(name="shop", …), as examples/my_track.py does'
        )
    registry.remember("tracks", track.name, name)
    return track


def track_of(trace: Trace) -> Track:
    """The track of a trace: only a known one, since a file must bring no code in."""
    return find(registry.known("tracks", trace.track))


def reader_of(trace: Trace) -> TraceReader:
    """How a trace is read. Raises BadTrace without a gold table."""
    return track_of(trace).reading(trace)


def table(trace: Trace) -> Any:
    """The gold table of a trace, in memory or read from disk. Raises BadTrace without one."""
    if trace.gold is None:
        raise BadTrace(f"trace {trace.task} carries no gold table, so it cannot be scored")
    read = track_of(trace).gold
    if not isinstance(trace.gold, Mapping) or read is None:
        return trace.gold
    return read(trace.gold)
