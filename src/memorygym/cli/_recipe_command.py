"""The command line that plays a run, from the recipe in its run.json."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from memorygym.agents.reasoner_agent import agents_of
from memorygym.cli._task_options import PARAMETERS, WORLDS
from memorygym.core import registry
from memorygym.core.track import find
from memorygym.runs.comparison.system_specs import REFERENCES

Recipe = Mapping[str, Any]
"""The recipe in run.json."""
Option = tuple[str, Any]
"""An option and its value; None and False leave it out."""


def command_of(recipe: Recipe, folder: Path) -> list[str]:
    """The command that plays the rest of a run. A secret or the path of a file, which run.json does
    not keep, is written in capitals: replace it."""
    words = ["memorygym", recipe["kind"]]
    for name, value in (_bench if recipe["kind"] == "bench" else _compare)(recipe, folder):
        if value is True:
            words.append(name)
        elif value is not None and value is not False:
            words += [name, *(map(str, value) if isinstance(value, list) else [str(value)])]
    return words


def _bench(recipe: Recipe, folder: Path) -> Iterator[Option]:
    yield "-o", folder
    yield from _tasks(recipe)
    if recipe["models"]:
        asked = next(iter(recipe["models"].values()))
        yield "--model", recipe["agents"]
        yield from _sampling(recipe)
        yield "--tools", asked["tool_mode"] if asked["tool_mode"] != "auto" else None
        yield "--keep-reasoning", asked["reasoning"] == "kept"
        yield from _judge(recipe)
    elif recipe["agents"] != list(agents_of(find(recipe["track"]))):
        yield "--agent", recipe["agents"]
    yield from _sizes(recipe)
    yield from ((f"--{name}", recipe[name]) for name in ("turns", "patience", "capacity"))
    yield "--salt", recipe["salt"] and "SALT"
    yield "--memory", recipe["memory"] if recipe["memory"] != "markdown" else None
    yield "--repeats", recipe["repeats"] if recipe["repeats"] > 1 else None


def _compare(recipe: Recipe, folder: Path) -> Iterator[Option]:
    reasoners, writer = ",".join(recipe["reasoners"]), recipe["memory_model"]
    yield "-o", folder
    yield "--memory", ",".join(recipe["memories"] or REFERENCES[:1])
    yield "--budget", ",".join(map(str, recipe["budgets"]))
    yield from _tasks(recipe)
    yield from _sizes(recipe)
    yield "--reasoner", reasoners if reasoners != "strong" else None
    yield "--memory-model", writer and _spec(writer)
    yield from _sampling(recipe)
    yield from _judge(recipe)
    yield "--capacity", recipe["capacity"]
    yield "--salt", recipe["salt"] and "SALT"


def _tasks(recipe: Recipe) -> Iterator[Option]:
    """The tasks, without the parameters of the track worlds other than tier and template."""
    parameters, seeds = recipe["parameters"], recipe["seeds"]
    if recipe["data"]:
        yield "--data", "DATA"
        # Of files, --seed counts the tasks; all are played unless the recipe says where they begin.
        first, many = recipe["data"].get("from"), len(recipe["data"]["tasks"])
        seeds = [] if first is None else list(range(first, first + many))
    elif recipe["track"] == WORLDS:
        yield "--tier", parameters["tier"]
        yield "-t", parameters.get("template")
    else:
        stated = "".join(f":{name}={value}" for name, value in parameters.items())
        spec = registry.remembered_specs().get(("tracks", recipe["track"]), recipe["track"])
        yield "--track", f"{spec}{stated}"
    many = len(seeds)
    yield ("--seeds", many or None) if seeds == list(range(many)) else ("--seed", seeds)


def _sizes(recipe: Recipe) -> Iterator[Option]:
    """The other parameters of the track worlds."""
    for name in PARAMETERS[2:] if recipe["track"] == WORLDS else ():
        yield f"--{name}", recipe["parameters"].get(name)


def _sampling(recipe: Recipe) -> Iterator[Option]:
    """The sampling options, which are the same for all models."""
    asked: Recipe = next(iter(recipe["models"].values()), recipe["memory_model"]) or {}
    yield "--temperature", asked.get("temperature")
    yield "--max-tokens", asked.get("max_tokens")
    yield "--model-seed", asked.get("seed")


def _judge(recipe: Recipe) -> Iterator[Option]:
    if judge := recipe["judge"]:
        yield from (("--judge", _spec(asked)) for asked in judge["models"])
        yield "--judge-prompt", judge["prompt"]


def _spec(asked: Recipe) -> str:
    """A model as it is named on the command line."""
    return f"{asked['provider']}:{asked['name']}"
