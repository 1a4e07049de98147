"""The track research: an agent reads the results of scripted searches, then answers one multi-hop
question.

Everything is fictional and generated from a seed to any length; the final texts of every instance
are checked.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from memorygym.core.trace import Trace
from memorygym.core.track import Instances, Track
from memorygym.core.types import JSON, Env, Message, Policy, Task, tool
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.generated import generated
from memorygym.tracks._qa.questions import Reader
from memorygym.tracks.research.generator.settings import ResearchSettings

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
    """The environment of a task: with scripted searches, or with searches by the agent."""
    from memorygym.tracks.research.search_env import SearchEnv, steps_of

    return SearchEnv(task) if steps_of(task) else defaults.RecallEnv(task)


def reasoner(name: str, task: Task) -> Policy:
    """The fixed reasoner of that name."""
    from memorygym.tracks.research.reasoners import SEARCHERS
    from memorygym.tracks.research.search_env import steps_of

    return SEARCHERS[name]() if steps_of(task) else defaults.reasoner(name, task)


def asks(view: Sequence[Message]) -> bool:
    """Whether the current event needs a decision; in the agentic mode every event does."""
    from memorygym.tracks.research.generator.task_texts import SEARCHING

    return view[0].content == SEARCHING or defaults.asks(view)


def note_taker(reasoner: Policy, task: Task) -> Policy:
    """The scripted note taker for memories with tools; it answers as the reasoner does."""
    from memorygym.tracks.research.reasoners import SearchNoteTaker, StepNoteTaker
    from memorygym.tracks.research.search_env import steps_of

    if steps_of(task):
        return SearchNoteTaker(reasoner)
    inner = defaults.note_taker(reasoner, task)
    return StepNoteTaker(inner) if task.events[0].kind == "briefing" else inner


def oracle(task: Task) -> Mapping[int, str]:
    """The facts that each event's question needs; in the agentic mode every event has it."""
    from memorygym.tracks.research.search_env import steps_of

    texts, steps = defaults.oracle(task), steps_of(task)
    return dict.fromkeys(range(steps + 1), texts[0]) if steps else texts


def reader(trace: Trace) -> Any:
    """The reader of a trace. Raises BadTrace if the trace has no gold table."""
    from memorygym.tracks.research.search_env import reader_of

    return reader_of(trace) or defaults.reader(trace)


def facts(system: str) -> Reader:  # noqa: ARG001  # All system messages say the same.
    """The fact reader, which parses rendered text alone."""
    from memorygym.tracks.research.fact_reader import ResearchReader

    return ResearchReader()


def recipes(parameters: Mapping[str, str], n: int, seed: int) -> "Sequence[ResearchRecipe]":
    """The recipes that the parameters ask for. Raises BadSettings that names what is possible."""
    from memorygym.tracks.research.strata import recipes_of

    return recipes_of(parameters, n, seed)


def verification(task: Task) -> Mapping[str, Mapping[str, JSON]]:
    """The result of each check of a task."""
    from memorygym.tracks.research import verifier

    return verifier.verification(task)


TRACK = Track(
    **defaults.SHARED
    | generated("research", ResearchSettings, Instances(recipes=recipes, verification=verification))
    | {
        "env": env,
        "reasoners": {name: partial(reasoner, name) for name in ("strong", "weak")},
        "asks": asks,
        "note_taker": note_taker,
        "oracle": oracle,
        "reader": reader,
        "tools": (*defaults.SHARED["tools"], SEARCH, OPEN),
    },
    version="research-v3",
    facts=facts,
)
