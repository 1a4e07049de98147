"""What an instance on disk must be: its id is of its content, and its track publishes its schema.

Tracks that have `Track.instances` publish the file schema.json in their package.
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
"""What is computed of the rest of an instance."""
COMMON = {
    "schema": str, "canary": str, "generator_version": str, "instance_id": str, "verification": dict
}  # fmt: skip
"""What instances of every track have, and of which type."""
_DIGITS = 16
_DOCUMENTS = {
    "memorygym-trace-": "a trace",
    "memorygym-run-": "the run.json of a run",
    "memorygym-results-": "a results file, for `memorygym score --check`",
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
    """The name of an instance, by all that it holds but what is computed of it.

    >>> instance_id({"schema": "memorygym-codeqa-1", "question": "?"})
    'codeqa-fcf6635dc59b7d25'
    """
    content = {name: value for name, value in instance.items() if name not in DERIVED}
    track = str(instance["schema"]).removeprefix("memorygym-").rpartition("-")[0]
    return f"{track}-{json_hash(content)[:_DIGITS]}"


@cache
def generating_tracks() -> Mapping[str, Instances]:
    """The instances of every track that has them, by the track's name."""
    tracks = (find(name) for name in registry.names("tracks"))
    return {track.name: track.instances for track in tracks if track.instances}


def own_options(instances: Instances) -> dict[str, Any]:
    """The options that only that track knows, with what they are unless given."""
    own = ArgumentParser(add_help=False)
    instances.declare(own)
    return vars(own.parse_args([]))


def track_of(instance: Mapping[str, Any], place: str) -> str:
    """The track that deals such instances. Raises BadSettings that says what this is instead."""
    wanted = {instances.schema: name for name, instances in generating_tracks().items()}
    given = instance.get("schema", instance.get("format"))
    if isinstance(given, str) and given in wanted:
        return wanted[given]
    told = f"its schema is {given!r}" if given else "it names no schema"
    looks = "".join(f"; it looks like {what}" for what in [_looks_like(instance, given)] if what)
    raise BadSettings(
        f"{place} is no instance that this version reads: {told}, not"
        f" {' or '.join(sorted(wanted))}{looks}"
    )


def _looks_like(document: Mapping[str, Any], given: object) -> str:
    for start, what in _DOCUMENTS.items():
        if isinstance(given, str) and given.startswith(start):
            return what
    for name, fields in _DATASETS:
        if fields <= set(document):
            return f"a row of {name}, for `memorygym datasets`"
    return ""


def schema_of(track: str) -> dict[str, Any]:
    """The published JSON Schema (draft 7) of a track's instances."""
    text = (files(generating_tracks()[track].package) / "schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def misfit(track: str, instance: Mapping[str, Any]) -> str:
    """Where and how an instance does not fit its track's schema; "" if it does."""
    import fastjsonschema

    try:
        _validate(track)(instance)
    except fastjsonschema.JsonSchemaValueException as error:
        return str(error).replace("data", "instance", 1)
    off = [name for name, kind in COMMON.items() if not isinstance(instance.get(name), kind)]
    return f"instance.{off[0]} must be {COMMON[off[0]].__name__}" if off else ""


@cache
def _validate(track: str) -> Any:
    import fastjsonschema

    return fastjsonschema.compile(schema_of(track), use_default=False)
