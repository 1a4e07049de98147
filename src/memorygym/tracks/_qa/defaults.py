"""The fields of `Track` that all question-answering tracks share."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.factories import set_parameters
from memorygym.core.json_types import from_json
from memorygym.core.statements import FactReader, SubTaskGold
from memorygym.core.track import TaskOptions, TaskRecipe, lazily
from memorygym.core.types import Message, Policy, Step, Task, tool
from memorygym.scoring.episode_scores import rewarded
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks._qa.stream import (
    EVENT,
    QUESTION,
    QUESTION_KIND,
    StreamingEnv,
    event_start,
    submit,
)

SUBMIT = submit("Answer the question of this event. Once a question.")
RECALL = tool(
    "recall",
    "Have memory brought into view for this instead of for the question; what you write beside the"
    " call stays in view.",
    query={"type": "string", "description": "What you need to know next."},
)


class RecallEnv(StreamingEnv):
    """The environment in which a question may be preceded by calls of `recall`."""

    tools = (SUBMIT, RECALL)

    def __init__(self, task: Task) -> None:
        """Raises BadSettings for an event that does not begin as reasoners expect."""
        super().__init__(task)
        for number, event in enumerate(task.events):
            start = QUESTION if event.kind == QUESTION_KIND else EVENT
            if not event.text.startswith(start):
                raise BadSettings(f"event {number} of {task.id} must begin with {start!r}")

    def step(self, reply: Message) -> Step:
        recalls = [call.arguments for call in reply.calls if call.name == RECALL.name]
        if not recalls or not self._asks:
            return super().step(reply)
        (arguments,) = recalls
        assert isinstance(arguments, Mapping)
        return recall_step(str(arguments["query"]))


def recall_step(query: str) -> Step:
    """The step that queries the memory: a memory composes for the newest message, this one."""
    return Step((Message("user", query),))


def asks(view: Sequence[Message]) -> bool:
    """Whether the current event asks a question."""
    return view[event_start(view)].content.startswith(QUESTION)


def sub_task_oracle(facts: Callable[[str], FactReader], task: Task) -> Mapping[int, str]:
    """The oracle of a track of sub-tasks: the facts that each needs, as sentences."""
    gold = task.gold
    assert isinstance(gold, SubTaskGold)
    return gold.texts(facts(task.system).render)


def session_recipes(
    track: str,
    recipe: Callable[..., TaskRecipe],
    templates: Sequence[str],
    options: TaskOptions,
    parameters: Mapping[str, str],
) -> list[TaskRecipe]:
    """A recipe of each template and seed, which is made of both, the salt and parameters. Raises
    UnknownPart or BadSettings."""
    settings = set_parameters(track, partial(recipe, "", 0, ""), parameters)
    return [
        recipe(template, seed, options.salt, **settings)
        for template in templates
        for seed in options.seeds
    ]


_lazy = lazily("memorygym.tracks._qa")


def sub_task_fields(package: str, reasoner: Callable[[str, Task], Policy]) -> dict[str, Any]:
    """The fields of `Track` that tracks of sub-tasks share, from the modules of their package."""
    part = lazily(package)
    facts = part("fact_reader:reader_of")
    return {
        "outcomes": rewarded,
        "gold": partial(from_json, SubTaskGold),
        "facts": facts,
        "reasoners": {name: partial(reasoner, name) for name in ("strong", "weak")},
        "oracle": partial(sub_task_oracle, facts),
        "verify": partial(
            verified, part("verifier:verification"), together=part("verifier:together")
        ),
    }


outcomes, verified = _lazy("correctness:outcomes"), _lazy("verification:verified")
SHARED: dict[str, Any] = {
    "env": RecallEnv,
    "outcomes": outcomes,
    "reasoners": {name: partial(_lazy("reasoners:reasoner"), name) for name in ("strong", "weak")},
    "oracle": _lazy("reasoners:oracle"),
    "tools": (SUBMIT, RECALL),
    "reader": _lazy("question_reader:reader"),
    "gold": partial(from_json, QuestionGold, place="gold"),
    "asks": asks,
    "note_taker": _lazy("reasoners:note_taker"),
}
"""Shared fields; a track adds name, version, tasks and facts, and overrides what differs."""
