"""The results file of a run, in a published JSON Schema, and the comparison of two of them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.resources import files
from math import inf
from pathlib import Path
from typing import Any

from memorygym import __version__
from memorygym.core.errors import BadSettings, clip
from memorygym.core.files import json_bytes, write_atomically
from memorygym.core.track import Invariant
from memorygym.core.types import JSON
from memorygym.runs.episode_result import Failure, Result
from memorygym.runs.results.summary import Summary, TaskKey, by_task, by_who, summaries
from memorygym.runs.store import Run, check_layout, finish
from memorygym.stats import Difference, paired, unpaired

SCHEMA = "memorygym-results-4"
Document = Mapping[str, Any]
"""A results file, as `read_results` returns it."""
ALIKE = (
    "track", "data", "memory", "memory_model", "turns", "patience", "capacity", "judge",
)  # fmt: skip
"""What must agree in two recipes before their scores are compared, beside the parameters."""
KINDS = {"bench": "a run of agents", "compare": "a comparison of memories"}
"""The kinds of runs, in words."""


def document(
    about: Mapping[str, JSON],
    outcomes: Sequence[Result | Failure],
    references: Mapping[str, Summary],
    rows: Sequence[Invariant] = (),
) -> dict[str, Any]:
    """The results file of a run; `about` holds its version hash and recipe.

    It follows from the traces alone, so it leaves out what a model cost, which depends on prices.
    """
    episodes = [outcome.to_json() for outcome in outcomes if isinstance(outcome, Result)]
    failures = [outcome.to_json() for outcome in outcomes if isinstance(outcome, Failure)]
    return {
        "schema": SCHEMA,
        "package": __version__,
        "version": about["version"],
        "recipe": about["recipe"],
        "episodes_planned": len(outcomes),
        "failures": failures,
        "summary": {summary.who: summary.to_json(failures) for summary in summaries(episodes)},
        "references": {role: summary.as_reference() for role, summary in references.items()},
        "episodes": episodes,
        "invariants": [
            asdict(replace(row, value=round(row.value, 4), margin=round(row.margin, 4)))
            for row in rows
        ],
    }


def keep(folder: Path, results: Mapping[str, JSON], outcomes: Sequence[Result | Failure]) -> None:
    """Writes results.jsonl and results.json into the folder of a run that has ended."""
    finish(Run(folder), [outcome.to_json() for outcome in outcomes])
    write_results(folder / "results.json", results)


def write_results(path: Path, results: Mapping[str, JSON]) -> None:
    """Writes a results file. A file that does not fit the schema is not written."""
    if problem := misfit(results):
        raise AssertionError(f"{path} would not fit its schema: {problem}")
    write_atomically(path, [json_bytes(results)])


def read_results(path: Path) -> dict[str, Any]:
    """Reads a results file, or the one in a run's folder. Raises BadSettings with what is wrong."""
    path = results_in(path)
    content = read_json(path)
    if problem := misfit(content):
        raise BadSettings(
            f"{path} is no results file of this version ({problem}); play the run again"
        )
    assert isinstance(content, dict)
    return content


def results_in(path: Path) -> Path:
    """A results file, or that in a run's folder. Raises BadSettings if it has none."""
    if not path.is_dir():
        return path
    if not (path / "results.json").exists():
        if (path / "run.json").exists():
            Run(path).about()  # Raises for a run of an earlier layout.
        raise BadSettings(
            f"{path} has no results.json: the run has not finished; repeat its command to resume"
        )
    return path / "results.json"


def read_json(path: Path) -> object:
    """The content of a JSON file. Raises BadSettings if it is not JSON, or of an earlier layout."""
    try:
        content: object = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadSettings(f"{path} is not JSON ({error}); play the run again") from error
    if isinstance(content, dict):
        check_layout(path, content.get("schema"))
    return content


def misfit(value: object, definition: str = "results") -> str:
    """Where and how results, or their recipe, do not fit the schema; "" if they do."""
    import fastjsonschema

    try:
        if place := next(_unreal(value, definition), ""):
            return f"{place} is no finite number"
        _validate(definition)(value)
    except fastjsonschema.JsonSchemaValueException as error:
        return str(error).replace("data", definition, 1)
    return ""


def _unreal(value: object, place: str) -> Iterator[str]:
    """The places of NaN and infinities: JSON forbids them, but Python reads them."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _unreal(item, f"{place}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unreal(item, f"{place}[{index}]")
    elif isinstance(value, float) and not abs(value) < inf:
        yield place


@cache
def _validate(definition: str) -> Any:
    import fastjsonschema

    own_schema = schema()
    if definition != "results":
        own_schema = {
            "definitions": own_schema["definitions"],
            **own_schema["definitions"][definition],
        }
    return fastjsonschema.compile(own_schema, use_default=False)


def schema() -> dict[str, Any]:
    """The published JSON Schema (draft 7) of a results file."""
    text = (files("memorygym.runs.results") / "results.schema.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


@dataclass(frozen=True, slots=True)
class ResultsComparison:
    """The difference of two agents, or of one agent on two sets of tasks; or of two systems."""

    agent: str
    """Its row in the summary; for a comparison with memory and budget."""
    other: str
    difference: Difference
    """Composite of `agent` minus that of `other`, from -1 to 1."""
    paired: bool
    """Whether both played the same tasks, compared task by task."""


def composites(document: Document) -> dict[str, dict[TaskKey, float]]:
    """By agent or system: the composite of each task, the mean over its repeats."""
    groups = by_who(document["episodes"])
    return {agent: by_task(rows, "composite") for agent, rows in groups.items()}


def check_comparable(a: Document, b: Document) -> None:
    """Raises BadSettings if the two measured different things."""
    kinds = {KINDS[document["recipe"]["kind"]] for document in (a, b)}
    if len(kinds) > 1:
        raise BadSettings(
            f"{' and '.join(sorted(kinds))} measure different things: give two of one kind"
        )
    first, second = _version(a), _version(b)
    if first != second:
        raise BadSettings(
            f"the version hashes {first} and {second} differ: the scores measure different things;"
            " play both with one version"
        )
    settings, others = _settings(a), _settings(b)
    for name in {**settings, **others}:
        value, other = settings.get(name), others.get(name)
        if value != other:
            raise BadSettings(f"{name} {value} and {name} {other} differ: play both alike")


def _settings(document: Document) -> dict[str, Any]:
    """The settings that must agree; not templates: tasks that both played are compared."""
    recipe = document["recipe"]
    parameters = {name: value for name, value in recipe["parameters"].items() if name != "template"}
    return {name: recipe.get(name) for name in ALIKE} | parameters


def _version(document: Document) -> str:
    """The version hash of its scores; for a comparison with that of the code that compares."""
    compares = document["recipe"].get("compares")
    return f"{document['version']}+{compares}" if compares else str(document["version"])


def compare(a: Document, b: Document) -> list[ResultsComparison]:
    """Every agent of `a` against itself in `b`; if they share none, the only agent of each.

    Other secrets give other tasks, as for a public and a private test set: these are compared
    unpaired. Raises BadSettings if the two cannot be compared.
    """
    check_comparable(a, b)
    ours, theirs = composites(a), composites(b)
    pairs = [(agent, agent) for agent in ours if agent in theirs]
    if not pairs and len(ours) == len(theirs) == 1:
        pairs = [(next(iter(ours)), next(iter(theirs)))]
    if not pairs:
        who = "agent" if a["recipe"]["kind"] == "bench" else "system"
        first, second = (clip(", ".join(names) or "none", 200) for names in (ours, theirs))
        raise BadSettings(f"no {who} is in both files: {first} and {second}")
    same = a["recipe"]["salt"] == b["recipe"]["salt"]
    asked = {(row["template"], row["seed"]): len(row["right"]) for row in a["episodes"]}
    comparisons = []
    for agent, other in pairs:
        scores, other_scores = ours[agent], theirs[other]
        shared = [task for task in scores if task in other_scores] if same else []
        if shared:
            step = 1 / max(1, sum(asked[task] for task in shared))
            difference = paired(scores, other_scores, step)
            comparisons.append(ResultsComparison(agent, other, difference, paired=True))
        else:
            apart = unpaired([*scores.values()], [*other_scores.values()])
            comparisons.append(ResultsComparison(agent, other, apart, paired=False))
    return comparisons
