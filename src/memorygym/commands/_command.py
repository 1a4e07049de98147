"""The command that plays what is left of a run, from its recipe.

What run.json does not keep, a salt or the path of a file, stands in capitals and has to be put in.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from memorygym import registry
from memorygym.agents.note_taker import agents_of
from memorygym.commands._options import KNOBS, WORLDS
from memorygym.isolation.arms import REFERENCES, named
from memorygym.track import find

Recipe = Mapping[str, Any]
"""As run.json tells it."""


def command_of(recipe: Recipe, folder: Path) -> list[str]:
    """Its words."""
    if recipe["kind"] == "bench":
        return ["memorygym", "bench", "--run", str(folder), *_bench(recipe)]
    return ["memorygym", "compare", "-o", str(folder), *_compare(recipe)]


def _bench(recipe: Recipe) -> Iterator[str]:
    yield from _tasks(recipe)
    if recipe["models"]:
        yield from ("--model", *recipe["agents"])
        yield from _sampling(recipe)
        yield from _chat(next(iter(recipe["models"].values())))
        yield from _judge(recipe)
    elif recipe["agents"] != list(agents_of(find(recipe["track"]))):
        yield from ("--strategy", *recipe["agents"])
    yield from _sizes(recipe)
    given = {name: recipe[name] for name in ("turns", "patience", "capacity")}
    given["salt"] = recipe["salt"] and "SALT"
    given["backend"] = recipe["memory"] if recipe["memory"] != "markdown" else None
    given["repeats"] = recipe["repeats"] if recipe["repeats"] > 1 else None
    yield from _options(given)


def _compare(recipe: Recipe) -> Iterator[str]:
    yield from ("--memories", ",".join(named(recipe) or REFERENCES[:1]))
    yield from ("--budget", ",".join(map(str, recipe["budgets"])))
    yield from _tasks(recipe)
    yield from _sizes(recipe)
    if (reasoners := ",".join(recipe["reasoners"])) != "strong":
        yield from ("--reasoner", reasoners)
    if asked := recipe["memory_model"]:
        yield from ("--memory-model", _spec(asked))
    yield from _sampling(recipe)
    yield from _judge(recipe)
    yield from _options({"capacity": recipe["capacity"], "salt": recipe["salt"] and "SALT"})


def _tasks(recipe: Recipe) -> Iterator[str]:
    """Which tasks, but for the knobs of worlds beside tier and template."""
    knobs, seeds = recipe["knobs"], recipe["seeds"]
    if recipe["data"]:
        yield from ("--data", "DATA")
        # Of files, --seed counts the tasks; all are taken unless the recipe says from where.
        first, many = recipe["data"].get("from"), len(recipe["data"]["tasks"])
        seeds = [] if first is None else list(range(first, first + many))
    elif recipe["track"] == WORLDS:
        yield from ("--tier", knobs["tier"])
        yield from ("-t", knobs["template"]) if "template" in knobs else ()
    else:
        told = "".join(f":{name}={value}" for name, value in knobs.items())
        spec = registry.given().get(("tracks", recipe["track"]), recipe["track"])
        yield from ("--track", f"{spec}{told}")
    if seeds == list(range(len(seeds))):
        yield from ("--seeds", str(len(seeds))) if seeds else ()
    else:
        yield from ("--seed", *map(str, seeds))


def _sizes(recipe: Recipe) -> Iterator[str]:
    """The other knobs of worlds."""
    if recipe["track"] == WORLDS:
        yield from _options({name: recipe["knobs"].get(name) for name in KNOBS[2:]})


def _sampling(recipe: Recipe) -> Iterator[str]:
    """How models are asked: all alike."""
    asked: Recipe = next(iter(recipe["models"].values()), recipe["memory_model"]) or {}
    options = {"temperature": "temperature", "max_tokens": "max-tokens", "seed": "model-seed"}
    yield from _options({option: asked.get(name) for name, option in options.items()})


def _chat(asked: Recipe) -> Iterator[str]:
    """How the agent of `bench` speaks."""
    if asked["tool_mode"] != "auto":
        yield from ("--tools", asked["tool_mode"])
    if asked["reasoning"] == "kept":
        yield "--keep-reasoning"


def _judge(recipe: Recipe) -> Iterator[str]:
    judge = recipe["judge"]
    for one in judge["models"] if judge else ():
        yield from ("--judge", _spec(one))
    if judge:
        yield from ("--judge-prompt", judge["prompt"])


def _spec(asked: Recipe) -> str:
    """A model as it is named on the command line."""
    return f"{asked['provider']}:{asked['name']}"


def _options(given: Recipe) -> Iterator[str]:
    for name, value in given.items():
        if value is not None:
            yield from (f"--{name}", str(value))
