"""Patches as SWE-bench's harness takes them: read from trajectories, written as `preds.json`."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.core.json_types import SchemaMismatch
from memorygym.datasets._fields import Row, as_row, text
from memorygym.datasets._files import FileRecord, records
from memorygym.datasets._openhands import at

_MODELS = (
    "model_name_or_path info.config.model.model_name metadata.llm.model metadata.llm_config.model"
).split()
_PATCHES = "model_patch info.submission test_result.git_patch git_patch".split()
"""Where predictions, mini-swe-agent and OpenHands, new and old, keep the model and the patch."""
_DIFF = re.compile(r"^diff --git .*$", re.MULTILINE)


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
        about = {"model_name_or_path": self.model, "instance_id": self.instance_id}
        return {**about, "model_patch": self.patch}


def read(path: Path) -> Iterator[Prediction | FileRecord]:
    """The predictions of a file, or of a folder's JSON files, and the records that have none.

    Read are predictions, trajectories of mini-swe-agent (`.traj.json`) and OpenHands
    (`output.jsonl`). Raises OSError, and BadSettings for a damaged gzip.
    """
    files = sorted([*path.rglob("*.traj.json"), *path.rglob("output.jsonl")])
    for file in files if path.is_dir() else [path]:
        for record in records(file, (), lambda part: isinstance(part, dict) and "role" in part):
            for row in _rows(record.value):
                try:
                    yield prediction(as_row(row, "the record"), file)
                except SchemaMismatch as misfit:
                    place, problem = f"{file.name}, {record.place}", record.problem or str(misfit)
                    yield replace(record, place=place, problem=problem)


def _rows(value: object) -> list[object]:
    """The predictions of an object by instance, or the one record that it is."""
    rows = [*value.values()] if isinstance(value, dict) else []
    by_instance = all(isinstance(row, dict) and "instance_id" in row for row in rows)
    return rows if rows and by_instance else [value]


def prediction(row: Row, file: Path) -> Prediction:
    """The prediction of a record. Raises SchemaMismatch."""
    named = {"instance_id": file.name.removesuffix(".traj.json")} if "info" in row else {}
    models, patches = (
        [at(row, *path.split(".")) for path in paths] for paths in (_MODELS, _PATCHES)
    )
    model, patch = next(filter(None, models), "unknown"), next(filter(None, patches), "")
    holders = {path.partition(".")[0] for path in _PATCHES}
    if not isinstance(patch, str) or holders.isdisjoint(row):
        raise SchemaMismatch(f"has no text as its patch ({', '.join(_PATCHES)})", "the record")
    return Prediction(text({**named, **row}, "instance_id"), str(model), cleaned(patch))


def cleaned(patch: str) -> str:
    """A patch without what a terminal added: text before it, line breaks of its own.

    >>> cleaned("$ git diff\\r\\ndiff --git a/x b/x\\r\\n+y")
    'diff --git a/x b/x\\n+y\\n'
    """
    start = _DIFF.search(patch)
    lines = patch[start.start() :] if start else patch
    if start and start[0].endswith("\r"):  # Not where only the lines of a file end so.
        lines = lines.replace("\r\n", "\n")
    return lines if lines.endswith("\n") or not lines.strip() else f"{lines}\n"


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
