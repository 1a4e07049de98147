"""The track data: public data sets as tasks. All units are shown, then the questions are asked.

Nothing is generated: a task is made from a sample of a local file (`memorygym.datasets`). The
offline reader does not understand free text. It knows which paragraphs a question needs and answers
if the view holds all of them, so its score is the share of questions whose evidence was shown.
"""

from collections.abc import Sequence

from memorygym.core.errors import BadSettings
from memorygym.core.track import TaskOptions, TaskRecipe, Track, lazily
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.questions import QuestionGold

_lazy = lazily(__name__)
files, strong = _lazy("generator:recipes"), _lazy("generator:strong")
informed_reader = _lazy("generator:EvidenceReader")
"""The reader that knows which paragraphs the questions of a gold table need."""


def tasks(_: TaskOptions) -> Sequence[TaskRecipe]:
    """Raises BadSettings, because this track generates no tasks."""
    raise BadSettings("--track data: it generates no tasks; give --data FORMAT:FILE")


TRACK = Track(
    **defaults.SHARED
    | {
        "reasoners": {"strong": strong},
        "note_taker": _lazy("generator:note_taker"),
        "reader": _lazy("generator:trace_reader"),
    },
    name="data",
    version="data-v2",
    tasks=tasks,
    facts=lambda _: informed_reader(QuestionGold(())),
    reasoners_see_gold=True,
    files=files,
)
