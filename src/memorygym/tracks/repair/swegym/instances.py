"""Instances of SWE-bench, SWE-Gym and SWE-smith, from files as their data sets publish them."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import SchemaMismatch
from memorygym.datasets._fields import Row, as_row, optional, quoted, text
from memorygym.datasets._files import FileRecord, records

SMITH, GYM, BENCH = "SWE-smith", "SWE-Gym", "SWE-bench"


@dataclass(frozen=True, slots=True)
class Instance:
    """One issue of a repository, with the tests that judge a patch."""

    id: str
    family: str
    """SWE-bench, SWE-Gym or SWE-smith."""
    repo: str
    problem: str
    """The issue; "" for the instances of SWE-smith that have none."""
    failing: tuple[str, ...]
    """Tests that fail, and must pass."""
    passing: tuple[str, ...]
    """Tests that pass, and must still pass."""
    image: str
    """The Docker image that holds the repository at `/testbed`."""


def read(path: Path) -> Iterator[Instance | FileRecord]:
    """The instances of a JSON, JSON lines or Parquet file, and the records that are none.

    Raises BadSettings for a Parquet file without pyarrow, or OSError.
    """
    for record in _parquet(path) if path.suffix == ".parquet" else records(path):
        try:
            row = record.problem or instance(as_row(record.value, "the record"))
        except SchemaMismatch as misfit:
            row = str(misfit)
        yield replace(record, problem=row) if isinstance(row, str) else row


def _parquet(path: Path) -> Iterator[FileRecord]:
    try:
        from pyarrow.parquet import read_table
    except ImportError:
        raise BadSettings(
            f"{path} is a Parquet file, which pyarrow reads: pip install pyarrow, or give the data"
            " set as JSON lines"
        ) from None
    for index, row in enumerate(read_table(path).to_pylist()):
        yield FileRecord(index, f"row {index}", row)


def instance(row: Row) -> Instance:
    """The instance of a record. Raises SchemaMismatch."""
    id, repo = text(row, "instance_id"), text(row, "repo")
    family = _family(row, repo)
    named = (optional(row, name) for name in ("image", "image_name", "docker_image"))
    return Instance(
        id=id,
        family=family,
        repo=repo,
        problem=optional(row, "problem_statement"),
        failing=_tests(row, "FAIL_TO_PASS"),
        passing=_tests(row, "PASS_TO_PASS"),
        image=next(filter(None, named), _image(id, family)),
    )


def _family(row: Row, repo: str) -> str:
    """The data set of a record: SWE-Gym's fields are SWE-bench's without the set-up's commit and
    with tests as lists; SWE-smith's repositories are mirrors of its own."""
    if repo.startswith("swesmith/") or ("image_name" in row and "test_patch" not in row):
        return SMITH
    has_lists = not isinstance(row.get("FAIL_TO_PASS"), str)
    is_gym = has_lists and row.keys().isdisjoint(("environment_setup_commit", "image"))
    return GYM if is_gym else BENCH


def _image(id: str, family: str) -> str:
    """The image that is published for an instance which names none. No name has `__`.

    >>> _image("ann__maps-12", BENCH)
    'docker.io/swebench/sweb.eval.x86_64.ann_1776_maps-12:latest'
    """
    owner, between = ("xingyaoww", "_s_") if family == GYM else ("swebench", "_1776_")
    name = id.replace("__", between).lower()
    return f"docker.io/{owner}/sweb.eval.x86_64.{name}:latest"


def _tests(row: Row, name: str) -> tuple[str, ...]:
    """A list of tests, which SWE-bench publishes as the JSON of one."""
    value: Any = row.get(name)
    if isinstance(value, str):
        with suppress(ValueError):
            value = json.loads(value)
    if not isinstance(value, list) or not all(isinstance(test, str) for test in value):
        raise SchemaMismatch(f"is {quoted(row.get(name))}, not a list of tests", name)
    return tuple(value)
