"""The hooks of a track that every question-answering track has alike (docs/extending.md)."""

from collections.abc import Callable, Mapping
from functools import partial

from memorygym.core import JSON, Env, Memory, Policy, Task
from memorygym.instances.model import Gold
from memorygym.lens import Lens
from memorygym.lens import table as table_of
from memorygym.trace import Trace
from memorygym.tracks._qa.env import StreamEnv

PARTS = (
    "agents/scene.py",
    "instances/ablation.py",
    "instances/leakage.py",
    "instances/marking.py",
    "instances/model.py",
    "stores/splitting.py",
    "tracks/_qa",
)
REASONERS = ("strong", "weak")
INFORMED = False
"""Whether its reasoners are given the side table."""

# What plays is imported where it is used: a trace is read without it.


def table(raw: Mapping[str, JSON]) -> Gold:
    """The side table, read from a trace. Raises ValueError with what is wrong."""
    return Gold.from_json(raw)


def lens(trace: Trace) -> Lens:
    """How its trace is read. Raises BadTrace without a gold table."""
    from memorygym.tracks._qa.lens import QALens
    from memorygym.tracks._qa.reasoners import reader_of

    return QALens(table_of(trace), reader_of(trace.track, trace.system))


def env(task: Task) -> Env:
    """An environment that plays the task."""
    return StreamEnv(task)


def reasoner(name: str, task: Task) -> Policy:
    """The locked reasoner of that name. Raises UnknownPart with the choices."""
    from memorygym.tracks._qa.reasoners import locked, reader_of

    return locked(name, partial(reader_of, task.track))


def scribe(reasoner: Policy, task: Task) -> Policy:
    """The fixed user of memories with tools, who answers as that reasoner does."""
    from memorygym.tracks._qa.reasoners import Clerk, told

    return Clerk(reasoner, partial(told, task.track))


def listener(reasoner: Policy, _: Task | None = None) -> Policy:
    """That reasoner, who is asked nothing where the track asks nothing."""
    from memorygym.tracks._qa.reasoners import Listener

    return Listener(reasoner)


def oracle(task: Task) -> Callable[[], Memory]:
    """Makes the memory that shows each question of the task what it needs, and no more."""
    from memorygym.tracks._oracle import Oracle
    from memorygym.tracks._qa.ceiling import sentences

    return partial(Oracle, sentences(task))


def least_view(task: Task) -> int:
    """The fewest tokens of a view that hold what some question of the task needs."""
    from memorygym.tracks._oracle import least_view_of
    from memorygym.tracks._qa.ceiling import sentences

    return least_view_of(task, sentences(task))
