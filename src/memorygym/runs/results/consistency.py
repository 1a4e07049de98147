"""The consistency of a results file: rows, counts, summaries and the recipe must agree."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from math import isclose
from pathlib import Path
from typing import Any

from memorygym.core import registry
from memorygym.core.errors import MemoryGymError, clip
from memorygym.core.track import find
from memorygym.core.types import JSON
from memorygym.runs.episode_result import EpisodeKey, place_of
from memorygym.runs.objects import TRUSTED
from memorygym.runs.results.results_file import Document, misfit, read_json
from memorygym.runs.results.summary import Row, summaries
from memorygym.runs.systems import systems_of
from memorygym.runs.tasks import again, check_episodes, unknown_part

Recipe = Mapping[str, Any]
"""The recipe of a run, as `run.json` holds it."""
ROUNDING = 2e-6
"""Figures are stored to six decimals, so computed ones may differ by this."""
Places = Mapping[str, EpisodeKey]
"""The episodes of a recipe, by name."""


def planned(recipe: Recipe) -> list[EpisodeKey]:
    """Every episode of a recipe, in the order of the results.

    Raises UnknownPart or BadSettings for tasks that cannot be generated here.
    """
    tasks = again(recipe)
    players, repeats = systems_of(recipe), recipe["repeats"]
    check_episodes(len(tasks.recipes), repeats, len(players))
    return [
        place_of(tasks.track, task, repeat, player)
        for task, repeat, player in product(tasks.recipes, range(repeats), players)
    ]


def rows_in_order(document: Document) -> list[Row]:
    """Episodes and failures, in the order of results.jsonl."""
    rows = {row["episode"]: row for row in [*document["episodes"], *document["failures"]]}
    return [rows[place.episode] for place in planned(document["recipe"])]


def problems(path: Path) -> list[str]:
    """What is wrong with a results file, each with its JSON path; [] if nothing is.

    Raises BadSettings if it is not JSON.
    """
    content = read_json(path)
    if problem := misfit(content):
        return [problem]
    assert isinstance(content, dict)
    return inconsistencies(content)


def inconsistencies(document: Document) -> list[str]:
    """What is wrong with a document that fits the schema, each with its JSON path."""
    if objects := document["recipe"].get(TRUSTED):
        return [
            f"results.recipe: {', '.join(objects)}: objects of a Python session cannot be made"
            " again here, so their episodes cannot be checked; give a memory as module:NAME"
            " for results that others can check"
        ]
    if missing := unknown_part(document["recipe"]):
        return [
            f"results.recipe: its episodes cannot be named here ({missing}; a check imports no"
            " module that a file names, so install the part with an entry point)"
        ]
    try:
        places = {place.episode: place for place in planned(document["recipe"])}
    except MemoryGymError as error:
        return [f"results.recipe: its episodes cannot be named here ({error})"]
    messages = [
        f"results.episodes[{index}].{problem}"
        for index, row in enumerate(document["episodes"])
        for problem in _row_problems(row, document, places)
    ]
    messages += [
        f"results.failures[{index}].{problem}"
        for index, row in enumerate(document["failures"])
        for problem in _place_problems(row, places)
    ]
    messages += _count_problems(document, len(places))
    # A summary of wrong rows would only repeat their problems.
    return messages or _summary_problems(document)


def disagreements(document: Document) -> list[str]:
    """The same as far as it can be said without the parts of the recipe: counts and summaries."""
    rows = _count_problems(document, document["episodes_planned"])
    return list(rows) or _summary_problems(document)


def _place_problems(row: Row, places: Places) -> Iterator[str]:
    """A row must be of a planned episode, under its own name."""
    place = places.get(row["episode"])
    if place is None:
        yield f"episode: {row['episode']!r} is not in the recipe"
        return
    for name, value in place.to_json().items():
        if row[name] != value:
            yield f"{name}: {row[name]!r}, but the episode's is {value!r}"


def _row_problems(row: Row, document: Document, places: Places) -> Iterator[str]:
    recipe = document["recipe"]
    yield from _place_problems(row, places)
    if row["version"] != (version := document["version"]):
        yield f"version: {row['version']!r}, but the file's is {version!r}"
    right, asked = sum(row["right"]), len(row["right"])
    tallies = row["question_types"]
    if impossible := [name for name, (good, of) in tallies.items() if good > of]:
        yield f"question_types: more right than asked of {impossible[0]}"
        return
    headline = find(recipe["track"]).headline if recipe["kind"] == "bench" else None
    if headline:
        yield from headline.problems(row)
    answerable = [tally for name, tally in tallies.items() if name != "abstention"]
    refused = tallies.get("abstention")
    figures = {
        **({"composite": (headline.composite(row["axes"]), "its axes")} if headline else {}),
        "accuracy": (right / asked if asked else 0.0, "right"),
        "correct_refusals": (
            refused[0] / refused[1] if refused and refused[1] else None,
            "question_types",
        ),
        "correct": (sum(good for good, _ in answerable), "question_types"),
        "answerable": (sum(of for _, of in answerable), "question_types"),
    }
    # On a track from outside this package, a goal may be partly reached.
    parts = (
        () if registry.is_built_in("tracks", recipe["track"]) else ("accuracy", "correct_refusals")
    )
    for name, (value, source) in figures.items():
        if not _may_be(row[name], value, partly=name in parts):
            yield f"{name}: {row[name]}, but {_figure_text(value)} by {source}"
    good, of = (sum(tally[index] for tally in tallies.values()) for index in (0, 1))
    if (good, of) != (right, asked):
        yield f"question_types: {good} of {of} right, but `right` gives {right} of {asked}"
    if row["causes"] and sum(row["causes"].values()) != asked - right:
        yield f"causes: of {sum(row['causes'].values())} misses, but `right` gives {asked - right}"
    if row["repaired"] and not recipe["judge"]:
        yield f"repaired: {row['repaired']} answers, but recipe.judge is null"
    if row["repaired"] > right:
        yield f"repaired: {row['repaired']} answers, but only {right} are right"


def _may_be(stated: float | None, computed: float | None, *, partly: bool) -> bool:
    """Whether a figure equals the computed one; `partly`, whether it is at least that."""
    if stated is None or computed is None:
        return stated is computed
    return isclose(stated, computed, abs_tol=ROUNDING) or (partly and computed <= stated <= 1)


def _figure_text(value: float | None) -> str:
    return "null" if value is None else f"{value:g}" if isinstance(value, int) else f"{value:.6f}"


def _count_problems(document: Document, wanted: int) -> Iterator[str]:
    """Every planned episode must be scored or failed, once."""
    rows, stated = [*document["episodes"], *document["failures"]], document["episodes_planned"]
    if stated != wanted:
        yield f"results.episodes_planned: {stated}, but the recipe names {wanted}"
    if len(rows) != stated:
        yield (
            f"results.episodes_planned: {stated}, but there are"
            f" {len(document['episodes'])} episodes and {len(document['failures'])} failures"
        )
    for name, times in sorted(Counter(row["episode"] for row in rows).items()):
        if times > 1:
            yield f"results.episodes: {name!r} stands there {times} times"


def _summary_problems(document: Document) -> list[str]:
    """Whether the summary is that of the rows."""
    failures = document["failures"]
    try:
        computed = {
            summary.who: summary.to_json(failures) for summary in summaries(document["episodes"])
        }
    except (ValueError, TypeError, KeyError) as error:
        return [f"results.summary: cannot be computed from the episodes ({error})"]
    place = difference(document["summary"], json.loads(json.dumps(computed)), "results.summary")
    return [place] if place else []


def difference(stated: JSON, computed: JSON, place: str) -> str:
    """The first place where two JSON values differ, and how; "" if they do not."""
    if isinstance(stated, dict) and isinstance(computed, dict):
        for name in sorted({*stated, *computed}):
            inner = f"{place}.{name}"
            if name not in stated or name not in computed:
                return f"{inner}: {'missing' if name in computed else 'should not be there'}"
            if problem := difference(stated[name], computed[name], inner):
                return problem
        return ""
    if isinstance(stated, list) and isinstance(computed, list) and len(stated) == len(computed):
        pairs = enumerate(zip(stated, computed, strict=True))
        inside = (
            difference(first, second, f"{place}[{index}]") for index, (first, second) in pairs
        )
        return next(filter(None, inside), "")
    if stated == computed and type(stated) is type(computed):
        return ""
    stated_text, computed_text = (json.dumps(v, ensure_ascii=False) for v in (stated, computed))
    return f"{place}: {clip(stated_text, 60)}, but it comes out as {clip(computed_text, 60)}"
