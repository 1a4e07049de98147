"""The settings of `memorygym rm`, a class an action; nothing here needs the extra `rm`."""

from dataclasses import dataclass
from os import cpu_count
from pathlib import Path
from typing import ClassVar

from memorygym.memrm.openings import FINAL
from memorygym.memrm.rows import REQUIRED
from memorygym.runs.settings import Settings, option

NAMES = {"iid-heldout": "iid", **{name: name for name in (*FINAL, "train", "calibration")}}
"""The splits by the names that users give them."""


@dataclass(frozen=True, kw_only=True)
class _Judge(Settings):
    model: Path | None = option(None, "FILE")
    """A model file of `memorygym rm train` (default: the one that ships)."""
    json: bool = option(False)
    """One JSON object."""


@dataclass(frozen=True, kw_only=True)
class _Events(Settings):
    events: Path | None = option(None, "FILE")
    """A file of events of `memorygym rm build` (default: the one that ships)."""
    workers: int | None = option(None, "N", least=1)
    """Processes (default: one a core)."""
    quiet: bool = option(False, "", "-q")
    """No progress line."""

    @property
    def processes(self) -> int:
        """The number of workers."""
        return self.workers or cpu_count() or 1


@dataclass(frozen=True, kw_only=True)
class ScoreSettings(_Judge):
    """The settings of `rm score`."""

    GROUPS: ClassVar = {"": "full compacted needs model json"}
    full: Path = option(None, "FILE", required=True)
    """The full context: OpenAI-style messages as JSON, or plain text."""
    compacted: Path = option(None, "FILE", required=True)
    """The compacted context: OpenAI-style messages as JSON, or plain text."""
    needs: Path | None = option(None, "FILE")
    """What will be needed: one question, constraint or fact a line, or a JSON list."""


@dataclass(frozen=True, kw_only=True)
class EvaluateSettings(_Judge, _Events):
    """The settings of `rm evaluate`."""

    GROUPS: ClassVar = {"": "split mode model json events workers quiet"}
    split: str = option("all", "SPLIT", "--dataset")
    """Iid, strategy-ood, scenario-ood, all of these (default), train, calibration, or a FILE of
    JSON lines {"full", "compacted", "safe" or "needs": [{"text", "kept"}], "group"}, or of the rows
    of MemGym-RM."""
    mode: str | None = option(None, choices=tuple(REQUIRED))
    """Blind: reads the two contexts; needs: and the probes; recorded: and the next action; pair:
    both next actions (default: blind, or needs for a FILE with no other label)."""


@dataclass(frozen=True, kw_only=True)
class BuildSettings(_Events):
    """The settings of `rm build`."""

    GROUPS: ClassVar = {"": "output track held_out scale workers quiet"}
    output: Path = option(None, "FILE", "-o", required=True)
    """The file of events (.jsonl.gz); mined tasks are kept beside it, so that the same command
    resumes a stopped build."""
    track: str = option("worlds,research,codeqa", "LIST")
    """Tracks of training."""
    held_out: str = option("dialogue", "LIST")
    """Tracks of scenario-ood alone."""
    scale: float = option(1.0, "X")
    """How many events, as a share of those that ship (default: 1)."""


@dataclass(frozen=True, kw_only=True)
class TrainSettings(_Events):
    """The settings of `rm train`."""

    GROUPS: ClassVar = {"": "output seed events workers quiet"}
    output: Path = option(None, "FILE", "-o", required=True)
    """The model file."""
    seed: int = option(0, "N")
    """Of the fit."""


@dataclass(frozen=True, kw_only=True)
class RowsSettings(_Events):
    """The settings of `rm rows`."""

    GROUPS: ClassVar = {"": "split output events workers quiet"}
    split: str = option(None, choices=tuple(NAMES), required=True)
    """One of them."""
    output: Path = option(None, "FILE", "-o", required=True)
    """JSON lines of the 31 fields (.jsonl, .jsonl.gz); label 1 and " Y" are SAFE."""
