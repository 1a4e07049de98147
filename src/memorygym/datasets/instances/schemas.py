"""The validity of instances on disk: the id is a hash of the content, and each track has a schema.

Tracks with `Track.instances` publish the file schema.json in their package.
"""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.json_values import json_hash
from memorygym.core.track import Instances, find
from memorygym.core.types import JSON

DERIVED = ("instance_id", "verification")
"""Fields that are computed from the rest of an instance."""
COMMON = {
    "schema": str,
    "canary": str,
    "generator_version": str,
    "instance_id": str,
    "verification": dict,
}
"""Fields of the instances of every track, with their types."""
_DIGITS = 16
_DOCUMENTS = {
    "memorygym-trace-": "a trace",
    "memorygym-run-": "the run.json of a run",
    "memorygym-results-": "the export of a run, for other programs",
    "memorygym-manifest-": "the manifest of a folder of instances",
}
_DATASETS = (
    ("LongMemEval", {"haystack_sessions", "question"}),
    ("MuSiQue", {"paragraphs", "question_decomposition"}),
    ("HotpotQA or 2WikiMultihopQA", {"context", "supporting_facts"}),
    ("LoCoMo", {"conversation", "qa"}),
    ("MemGym-DR", {"turns", "memory_files", "grounding_facts"}),
)


def instance_id(instance: Mapping[str, JSON]) -> str:
    """The id of an instance: a hash of all fields that are not derived.

    >>> instance_id({"schema": "memorygym-codeqa-1", "question": "?"})
    'codeqa-fcf6635dc59b7d25'
    """
    content = {name: value for name, value in instance.items() if name not in DERIVED}
    track = str(instance["schema"]).removeprefix("memorygym-").rpartition("-")[0]
    return f"{track}-{json_hash(content)[:_DIGITS]}"


@cache
def generating_tracks() -> Mapping[str, Instances]:
    """The `instances` of every track that has them, by the track's name."""
    tracks = (find(name) for name in registry.names("tracks"))
    return {track.name: track.instances for track in tracks if track.instances}


def own_options(instances: Instances) -> dict[str, Any]:
    """The options that only one track has, with their defaults."""
    own = ArgumentParser(add_help=False)
    instances.declare(own)
    return vars(own.parse_args([]))


def track_of(instance: Mapping[str, Any], place: str) -> str:
    """The track of an instance. Raises BadSettings that says what the document looks like."""
    tracks = {instances.schema: name for name, instances in generating_tracks().items()}
    schema = instance.get("schema", instance.get("format"))
    if isinstance(schema, str) and schema in tracks:
        return tracks[schema]
    problem = f"its schema is {schema!r}" if schema else "it names no schema"
    looks = "".join(f"; it looks like {kind}" for kind in [_looks_like(instance, schema)] if kind)
    raise BadSettings(
        f"{place} is not an instance that this version reads: {problem}, not"
        f" {' or '.join(sorted(tracks))}{looks}"
    )


def _looks_like(document: Mapping[str, Any], schema: object) -> str:
    for start, kind in _DOCUMENTS.items():
        if isinstance(schema, str) and schema.startswith(start):
            return kind
    for name, fields in _DATASETS:
        if fields <= set(document):
            return f"a row of {name}, for `memorygym datasets`"
    return ""


def schema_of(track: str) -> dict[str, Any]:
    """The published JSON Schema (draft 7) of a track's instances."""
    text = (files(generating_tracks()[track].package) / "schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def schema_problem(track: str, instance: Mapping[str, Any]) -> str:
    """The first problem of an instance with its track's schema; "" if it is valid."""
    import fastjsonschema

    try:
        _validate(track)(instance)
    except fastjsonschema.JsonSchemaValueException as error:
        return str(error).replace("data", "instance", 1)
    wrong = [name for name, kind in COMMON.items() if not isinstance(instance.get(name), kind)]
    return f"instance.{wrong[0]} must be {COMMON[wrong[0]].__name__}" if wrong else ""


@cache
def _validate(track: str) -> Any:
    import fastjsonschema

    return fastjsonschema.compile(schema_of(track), use_default=False)
