"""research: the results of scripted searches stream past, then one question of several hops is put.

All is fiction, dealt from a seed to any length; every instance is proved on its final texts.
"""

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from memorygym.core.trace import Trace
from memorygym.core.track import Instances, Track
from memorygym.core.types import JSON, Env, Message, Policy, Task, tool
from memorygym.datasets.instances.loader import parameters_of, tasks_of
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.questions import Reader

if TYPE_CHECKING:
    from memorygym.tracks.research.strata import ResearchRecipe

SEARCH = tool(
    "search",
    "Find the documents that fit best, ten on a page with four sentences of each.",
    optional=["page"],
    query={"type": "string", "description": "Words to look for."},
    page={"type": "integer", "description": "Which page; 1 unless given."},
)
OPEN = tool(
    "open",
    "Read a document.",
    document={"type": "integer", "description": "Its number on a page."},
)


def env(task: Task) -> Env:
    """An environment that plays the task: its searches are scripted, or the reasoner's own."""
    from memorygym.tracks.research.search_env import SearchEnv, steps_of

    return SearchEnv(task) if steps_of(task) else defaults.StreamEnv(task)


def reasoner(name: str, task: Task) -> Policy:
    """The scripted reasoner of that name."""
    from memorygym.tracks.research.reasoners import SEARCHERS
    from memorygym.tracks.research.search_env import steps_of

    return SEARCHERS[name]() if steps_of(task) else defaults.reasoner(name, task)


def asks(view: Sequence[Message]) -> bool:
    """Whether the running event wants a decision: who searches himself is asked at every step."""
    from memorygym.tracks.research.generator.task_texts import SEARCHING

    return view[0].content == SEARCHING or defaults.asks(view)


def note_taker(reasoner: Policy, task: Task) -> Policy:
    """The fixed user of memories with tools, who answers as that reasoner does."""
    from memorygym.tracks.research.reasoners import SearchNoteTaker, StepNoteTaker
    from memorygym.tracks.research.search_env import steps_of

    if steps_of(task):
        return SearchNoteTaker(reasoner)
    behind = defaults.note_taker(reasoner, task)
    return StepNoteTaker(behind) if task.events[0].kind == "briefing" else behind


def oracle(task: Task) -> Mapping[int, str]:
    """By event: what its question needs; who searches himself has the question at every step."""
    from memorygym.tracks.research.search_env import steps_of

    texts, steps = defaults.oracle(task), steps_of(task)
    return dict.fromkeys(range(steps + 1), texts[0]) if steps else texts


def reader(trace: Trace) -> Any:
    """How its trace is read. Raises BadTrace without a gold table."""
    from memorygym.tracks.research.search_env import reader_of

    return reader_of(trace) or defaults.reader(trace)


def facts(system: str) -> Reader:  # noqa: ARG001  # Every pinned message says the same.
    """The reader, which knows rendered text alone."""
    from memorygym.tracks.research.fact_reader import ResearchReader

    return ResearchReader()


def add_options(group: "argparse._ArgumentGroup") -> None:
    """Declares what only instances of this track know."""
    from memorygym.tracks.research.strata import declare

    declare(group)


def recipes(args: argparse.Namespace) -> "list[ResearchRecipe]":
    """The instances that the options ask for. Raises BadSettings that says what is reachable."""
    from memorygym.tracks.research.strata import asked

    return asked(args)


def task_of(instance: Mapping[str, Any], template: str, seed: int) -> Task:
    """The task that an instance is."""
    from memorygym.tracks.research.task import task_of as made

    return made(instance, template, seed)


def verification(instance: Mapping[str, Any]) -> dict[str, JSON]:
    """What the final texts of an instance prove."""
    from memorygym.tracks.research.verifier import verification as proved

    return proved(instance)


def imported(raw: Mapping[str, Any], place: str = "instance") -> dict[str, Any]:
    """An instance of the original's schema with all fields filled in. Raises BadSettings."""
    from memorygym.tracks.research.task import imported as normalised

    return normalised(raw, place)


INSTANCES = Instances(
    schema="memorygym-research-1",
    package=__name__,
    declare=add_options,
    recipes=recipes,
    task=task_of,
    verification=verification,
)
TRACK = Track(
    **defaults.SHARED
    | {
        "env": env,
        "reasoners": {name: partial(reasoner, name) for name in ("strong", "weak")},
        "asks": asks,
        "note_taker": note_taker,
        "oracle": oracle,
        "reader": reader,
        "tools": (*defaults.SHARED["tools"], SEARCH, OPEN),
    },
    name="research",
    version="research-v1",
    tasks=tasks_of("research", INSTANCES),
    facts=facts,
    parameters=lambda: parameters_of(INSTANCES),
    instances=INSTANCES,
)
