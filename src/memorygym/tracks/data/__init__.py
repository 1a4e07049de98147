"""The track data: public data sets as tasks. All units are shown, then the questions are asked.

Nothing is generated: a task is made from a sample of a local file (`memorygym.datasets`). The
offline reader does not understand free text. It knows which paragraphs a question needs and answers
if the view holds all of them, so its score is the share of questions whose evidence was shown.
"""

from collections.abc import Sequence
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.trace import Trace
from memorygym.core.track import TaskOptions, TaskRecipe, Track, gold_table
from memorygym.core.types import Policy, Task
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.question_reader import QuestionTraceReader
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks._qa.reasoners import CachedReader, LookupNoteTaker, Strong
from memorygym.tracks.data.generator import EvidenceReader, files

NOT_SHOWN = "The context lacked it."
"""The reasoner's answer without the evidence. It is no refusal, which some questions ask for."""


def tasks(_: TaskOptions) -> Sequence[TaskRecipe]:
    """Raises BadSettings, because this track generates no tasks."""
    raise BadSettings("--track data: it generates no tasks; give --data FORMAT:FILE")


def reader(trace: Trace) -> Any:
    """The reader of a trace. Raises BadTrace if the trace has no gold table."""
    gold = gold_table(trace)
    return QuestionTraceReader(trace, gold.questions, EvidenceReader(gold))


def strong(task: Task) -> Policy:
    """The reasoner that knows which paragraphs each question needs."""
    assert isinstance(task.gold, QuestionGold)
    reader_ = CachedReader(EvidenceReader(task.gold))
    return Strong(lambda _: reader_, otherwise=NOT_SHOWN)


def note_taker(reasoner: Policy, _: Task) -> Policy:
    """The note taker for memories with tools; it copies whole paragraphs while they fit."""
    return LookupNoteTaker(reasoner, lambda _, text: text.split("\n\n")[1:])


TRACK = Track(
    **defaults.SHARED
    | {"reasoners": {"strong": strong}, "note_taker": note_taker, "reader": reader},
    name="data",
    version="data-v2",
    tasks=tasks,
    facts=lambda _: EvidenceReader(QuestionGold(())),
    reasoners_see_gold=True,
    files=files,
)
