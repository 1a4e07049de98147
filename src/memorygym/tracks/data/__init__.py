"""Public data sets as tasks: all units are shown, then every question with evidence is asked.

Nothing here can be dealt: a task is made of a sample of a local file (`memorygym.datasets`). The
offline reader understands no free text. It is told which paragraphs a question rests on, and
answers exactly when the view holds all of them: what is measured is whether evidence survives.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memorygym.core.errors import BadSettings
from memorygym.core.trace import Trace
from memorygym.core.track import TaskOptions, TaskRecipe, Track, table
from memorygym.core.types import Policy, Task
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.questions import QuestionGold, Reader

if TYPE_CHECKING:
    from memorygym.tracks.data.generator import DataRecipe


def tasks(_: TaskOptions) -> Sequence[TaskRecipe]:
    """Raises BadSettings: there is nothing to deal."""
    raise BadSettings("--track data: it deals no tasks; give --data FORMAT:FILE")


def files(name: str, path: Path, most: int | None = None) -> "list[DataRecipe]":
    """The samples of a file of that format of which a question can be asked.

    Raises UnknownPart for the format, and BadSettings for a file of another or without evidence.
    """
    from memorygym.tracks.data.generator import recipes

    return recipes(name, path, most)


def facts(system: str) -> Reader:  # noqa: ARG001  # No pinned message says what is asked.
    """The reader without a side table, to which no text tells anything."""
    return informed_reader(QuestionGold((), ()))


def informed_reader(gold: QuestionGold) -> Reader:
    """The reader that knows which paragraphs the questions of a task rest on."""
    from memorygym.tracks.data.generator import EvidenceReader

    return EvidenceReader(gold)


def reader(trace: Trace) -> Any:
    """How its trace is read. Raises BadTrace without a gold table."""
    from memorygym.tracks._qa.question_reader import QuestionTraceReader

    gold = table(trace)
    return QuestionTraceReader(trace, gold, informed_reader(gold))


def strong(task: Task) -> Policy:
    """The one that is told what each question rests on."""
    from memorygym.tracks._qa.reasoners import CachedReader, Strong

    assert isinstance(task.gold, QuestionGold)
    by = CachedReader(informed_reader(task.gold))
    return Strong(lambda _: by)


def note_taker(reasoner: Policy, _: Task) -> Policy:
    """The fixed user of memories with tools: it copies paragraph by paragraph, while they fit."""
    from memorygym.tracks._qa.reasoners import LookupNoteTaker

    return LookupNoteTaker(reasoner, lambda _, text: text.split("\n\n")[1:])


TRACK = Track(
    **defaults.SHARED
    | {"reasoners": {"strong": strong}, "note_taker": note_taker, "reader": reader},
    name="data",
    version="data-v1",
    tasks=tasks,
    facts=facts,
    informed=True,
    files=files,
)
