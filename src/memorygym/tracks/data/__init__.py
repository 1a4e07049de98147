"""Public data sets as tasks: all units are shown, then every question with evidence is asked.

Nothing here can be dealt: a task is made of a sample of a local file (`memorygym.datasets`). The
offline reader understands no free text. It is told which paragraphs a question rests on, and
answers exactly when the view holds all of them: what is measured is whether evidence survives.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from memorygym.core import Policy, Task
from memorygym.errors import UnknownPart
from memorygym.lens import Lens
from memorygym.lens import table as table_of
from memorygym.trace import Trace
from memorygym.tracks._qa.hooks import (
    env,
    least_view,
    listener,
    oracle,
    table,
)

if TYPE_CHECKING:
    from memorygym.datasets._samples import Sample
    from memorygym.instances.model import Gold, Reader
    from memorygym.tracks.data.recipes import Recipe

__all__ = [
    "INFORMED",
    "PARTS",
    "REASONERS",
    "VERSION",
    "env",
    "informed_reader",
    "least_view",
    "lens",
    "listener",
    "oracle",
    "reader",
    "reasoner",
    "recipes_of",
    "scribe",
    "table",
    "task_of",
]

VERSION = "data-v1"
PARTS = ("instances", "datasets", "stores/splitting.py", "tracks/_qa")
REASONERS = ("strong",)
INFORMED = True
"""Nothing offline understands free text, so the reasoners are told what questions rest on."""


def task_of(sample: "Sample", template: str, seed: int, most: int | None = None) -> "Task":
    """A sample as a task of at most so many questions. Raises BadSettings if none has evidence."""
    from memorygym.tracks.data.dealing import deal

    return deal(sample, template, seed, most)


def recipes_of(name: str, path: Path, most: int | None = None) -> "list[Recipe]":
    """The samples of a file of that format of which a question can be asked.

    Raises UnknownPart for the format, and BadSettings for a file of another or without evidence.
    """
    from memorygym.tracks.data.recipes import recipes

    return recipes(name, path, most)


def reader(system: str) -> "Reader":  # noqa: ARG001  # No pinned message says what is asked.
    """The reader without a side table, to which no text tells anything."""
    from memorygym.instances.model import Gold

    return informed_reader(Gold((), ()))


def informed_reader(gold: "Gold") -> "Reader":
    """The reader that knows which paragraphs the questions of a task rest on."""
    from memorygym.tracks.data.reading import EvidenceReader

    return EvidenceReader(gold)


def lens(trace: Trace) -> Lens:
    """How its trace is read. Raises BadTrace without a gold table."""
    from memorygym.tracks._qa.lens import QALens

    gold = table_of(trace)
    return QALens(gold, informed_reader(gold))


def reasoner(name: str, task: Task) -> Policy:
    """The one that is told what each question rests on. Raises UnknownPart for any other."""
    from memorygym.instances.model import Gold
    from memorygym.tracks._qa.reasoners import Parsed, Strong

    if name not in REASONERS:
        raise UnknownPart("reasoner", name, REASONERS)
    assert isinstance(task.gold, Gold)
    by = Parsed(informed_reader(task.gold))
    return Strong(lambda _: by)


def scribe(reasoner: Policy, _: Task) -> Policy:
    """The fixed user of memories with tools: it copies paragraph by paragraph, while they fit."""
    from memorygym.tracks._qa.reasoners import Clerk

    return Clerk(reasoner, lambda _, text: text.split("\n\n")[1:])
