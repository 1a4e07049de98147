"""The track data: public data sets as tasks. All units are shown, then the questions are asked.

Nothing is generated: a task is made from a sample of a local file (`memorygym.datasets`). The
offline reader does not understand free text. It knows which paragraphs a question needs and answers
if the view holds all of them, so its score is the share of questions whose evidence was shown.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memorygym.core.errors import BadSettings
from memorygym.core.trace import Trace
from memorygym.core.track import TaskOptions, TaskRecipe, Track, gold_table
from memorygym.core.types import Policy, Task
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.questions import QuestionGold, Reader

if TYPE_CHECKING:
    from memorygym.tracks.data.generator import DataRecipe

NOT_SHOWN = "The context lacked it."
"""The reasoner's answer without the evidence. It is no refusal, which some questions ask for."""


def tasks(_: TaskOptions) -> Sequence[TaskRecipe]:
    """Raises BadSettings, because this track generates no tasks."""
    raise BadSettings("--track data: it generates no tasks; give --data FORMAT:FILE")


def files(name: str, path: Path, most: int | None = None) -> "list[DataRecipe]":
    """The samples of a file that have a question with evidence. Raises UnknownPart or BadSettings,
    as `generator.recipes` says."""
    from memorygym.tracks.data.generator import recipes

    return recipes(name, path, most)


def informed_reader(gold: QuestionGold) -> Reader:
    """The reader that knows which paragraphs the questions of a task need."""
    from memorygym.tracks.data.generator import EvidenceReader

    return EvidenceReader(gold)


def reader(trace: Trace) -> Any:
    """The reader of a trace. Raises BadTrace if the trace has no gold table."""
    from memorygym.tracks._qa.question_reader import QuestionTraceReader

    gold = gold_table(trace)
    return QuestionTraceReader(trace, gold.questions, informed_reader(gold))


def strong(task: Task) -> Policy:
    """The reasoner that knows which paragraphs each question needs."""
    from memorygym.tracks._qa.reasoners import CachedReader, Strong

    assert isinstance(task.gold, QuestionGold)
    reader_ = CachedReader(informed_reader(task.gold))
    return Strong(lambda _: reader_, otherwise=NOT_SHOWN)


def note_taker(reasoner: Policy, _: Task) -> Policy:
    """The note taker for memories with tools; it copies whole paragraphs while they fit."""
    from memorygym.tracks._qa.reasoners import LookupNoteTaker

    return LookupNoteTaker(reasoner, lambda _, text: text.split("\n\n")[1:])


TRACK = Track(
    **defaults.SHARED
    | {"reasoners": {"strong": strong}, "note_taker": note_taker, "reader": reader},
    name="data",
    version="data-v2",
    tasks=tasks,
    facts=lambda _: informed_reader(QuestionGold(())),
    reasoners_see_gold=True,
    files=files,
)
