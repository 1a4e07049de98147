"""The track data: public data sets as tasks. All units are shown, then the questions are asked.

Nothing is generated: a task is made from a sample of a local file (`memorygym.datasets`). The
offline reader does not understand free text. It knows which paragraphs a question needs and answers
if the view holds all of them, so its score is the share of questions whose evidence was shown.
"""

from collections.abc import Sequence

from memorygym.core.errors import BadSettings
from memorygym.core.track import Lazy, TaskOptions, TaskRecipe, Track
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.questions import QuestionGold


def _lazy(name: str) -> Lazy:
    """A function of the generator, imported when it is first called."""
    return Lazy(f"{__name__}.generator:{name}")


files, strong = _lazy("recipes"), _lazy("strong")
informed_reader = _lazy("EvidenceReader")
"""The reader that knows which paragraphs the questions of a gold table need."""


def tasks(_: TaskOptions) -> Sequence[TaskRecipe]:
    """Raises BadSettings, because this track generates no tasks."""
    raise BadSettings("--track data: it generates no tasks; give --data FORMAT:FILE")


TRACK = Track(
    **defaults.SHARED
    | {
        "reasoners": {"strong": strong},
        "note_taker": _lazy("note_taker"),
        "reader": _lazy("trace_reader"),
    },
    name="data",
    version="data-v2",
    tasks=tasks,
    facts=lambda _: informed_reader(QuestionGold(())),
    reasoners_see_gold=True,
    files=files,
)
