"""Patches as SWE-bench's harness takes them: read from trajectories, written as `preds.json`."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.core.json_types import SchemaMismatch
from memorygym.datasets._fields import Row, as_row, text
from memorygym.datasets._files import FileRecord, records
from memorygym.datasets._openhands import at

_MODELS = (
    ("model_name_or_path",),
    ("info", "config", "model", "model_name"),
    ("metadata", "llm", "model"),
    ("metadata", "llm_config", "model"),
)
"""Where predictions, mini-swe-agent and OpenHands, new and old, name the model."""
_PATCHES = (
    ("model_patch",),
    ("info", "submission"),
    ("test_result", "git_patch"),
    ("git_patch",),
)


@dataclass(frozen=True, slots=True)
class Prediction:
    """A model's patch for an instance."""

    instance_id: str
    model: str
    patch: str
    """"" if the agent submitted none."""

    @property
    def row(self) -> dict[str, str]:
        """As the harness reads it."""
        return {
            "model_name_or_path": self.model,
            "instance_id": self.instance_id,
            "model_patch": self.patch,
        }


def read(path: Path) -> Iterator[Prediction | FileRecord]:
    """The predictions of a file, or of a folder's JSON files, and the records that have none.

    Read are predictions, trajectories of mini-swe-agent (`.traj.json`) and OpenHands
    (`output.jsonl`). Raises OSError, and BadSettings for a damaged gzip.
    """
    files = sorted([*path.rglob("*.traj.json"), *path.rglob("output.jsonl")])
    for file in files if path.is_dir() else [path]:
        for record in records(file):
            for row in _rows(record.value):
                try:
                    yield prediction(as_row(row, "the record"), file)
                except SchemaMismatch as misfit:
                    problem = record.problem or str(misfit)
                    yield FileRecord(record.index, f"{file.name}, {record.place}", None, problem)


def _rows(value: object) -> Sequence[object]:
    """The predictions of an object by instance, or the one that it is."""
    by_instance = isinstance(value, dict) and "instance_id" not in value and "info" not in value
    return [*value.values()] if by_instance and isinstance(value, dict) and value else [value]


def prediction(row: Row, file: Path) -> Prediction:
    """The prediction of a record. Raises SchemaMismatch."""
    known = {"instance_id": file.name.removesuffix(".traj.json"), **row}
    if "instance_id" not in row and not file.name.endswith(".traj.json"):
        raise SchemaMismatch("is missing", "instance_id")
    paths = [path for path in _PATCHES if path[-1] in (at(row, *path[:-1]) or {})]
    patch = at(row, *paths[0]) or "" if paths else None
    if not isinstance(patch, str):
        known_paths = ", ".join(map(".".join, _PATCHES))
        raise SchemaMismatch(f"has no text as its patch ({known_paths})", "the record")
    models = (at(row, *path) for path in _MODELS)
    model = next((model for model in models if isinstance(model, str) and model), "unknown")
    return Prediction(text(known, "instance_id"), model, cleaned(patch))


def cleaned(patch: str) -> str:
    """A patch without what a terminal printed before it, and with a final line break.

    >>> cleaned("$ git diff\\r\\ndiff --git a/x b/x\\r\\n+y")
    'diff --git a/x b/x\\n+y\\n'
    """
    lines = patch.replace("\r\n", "\n")
    at_start = 0 if lines.startswith("diff --git ") else lines.find("\ndiff --git ") + 1
    lines = lines[at_start:]
    if not lines.strip():
        return ""
    return lines if lines.endswith("\n") else f"{lines}\n"


def write(path: Path, predictions: Iterable[Prediction]) -> int:
    """Writes predictions, as JSON lines if the name ends in `.jsonl`, else as mini-swe-agent does:
    one object by instance. Returns their number.

    Raises BadSettings for a name or predictions that the harness would misread: it takes the last
    of two patches for an instance, and names the report after the first model.
    """
    rows: dict[str, dict[str, str]] = {}
    if path.suffix not in (".json", ".jsonl"):
        raise BadSettings(f"{path}: the harness reads .json and .jsonl; give such a name")
    for item in predictions:
        if item.instance_id in rows:
            raise BadSettings(f"{item.instance_id} has two patches; give one of their files")
        rows[item.instance_id] = item.row
    if len(models := sorted({row["model_name_or_path"] for row in rows.values()})) > 1:
        raise BadSettings(f"patches of {', '.join(models)}: write a file for each, or give --name")
    lines = [json.dumps(row) for row in rows.values()]
    whole = "\n".join(lines) if path.suffix == ".jsonl" else json.dumps(rows, indent=2)
    write_atomically(path, [f"{whole}\n".encode()])
    return len(rows)
