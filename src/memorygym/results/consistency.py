"""What a results file says twice must agree: rows, counts, summaries and what was planned."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import isclose, prod
from pathlib import Path
from typing import Any

from memorygym.core import JSON
from memorygym.errors import BadSettings
from memorygym.journal import episode_name
from memorygym.results.file import Document, misfit, read_json
from memorygym.results.summary import Row, summaries
from memorygym.scoring import WEIGHTS, composite
from memorygym.settings import LIMITS, Settings
from memorygym.worlds.dealing.tiers import Sizes

Recipe = Mapping[str, Any]
"""What `run.json` says is played."""
ROUNDING = 2e-6
"""Figures are stored to six places: what is computed from rounded ones may differ by this."""
OF_A_KIND = ("retrieval", "update", "abstention")
"""Kinds of questions that are one competency each; all other competencies are of reasoning."""

LARGEST = 1_000_000
"""Most of anything that may be counted out: entities, tokens, … of a world, episodes of a run."""


def checked_sizes(sizes: Mapping[str, int | None]) -> Mapping[str, int | None]:
    """The sizes. Raises BadSettings if one is beyond what can be dealt."""
    for name, size in sizes.items():
        if size is not None and size > LARGEST:
            raise BadSettings(f"{size} {name}: give at most {LARGEST:,}")
    return sizes


def check_episodes(*factors: int) -> None:
    """Raises BadSettings if their product is more than a run can hold."""
    if (planned := prod(factors)) > LARGEST:
        told = f"{planned:,}" if planned < LARGEST**3 else "endless"
        raise BadSettings(
            f"{told} episodes are too many for a run: give fewer seeds, repeats or agents, for at"
            f" most {LARGEST:,} together"
        )


def planned(recipe: Recipe, salt: str = "") -> list[tuple[Settings, str]]:
    """Every episode that a recipe names, as settings and agent, in the order of the results."""
    sizes = Sizes(**recipe["sizes"])
    return [
        (
            Settings(
                template, seed, recipe["tier"], sizes, salt, recipe["memory"], repeat,
                *(recipe[name] for name in LIMITS),
            ),
            agent,
        )
        for template, seed, repeat, agent in product(
            recipe["templates"], recipe["seeds"], range(recipe["repeats"]), recipe["agents"]
        )
    ]  # fmt: skip


def rows_in_order(document: Document) -> list[Row]:
    """Episodes and failures, as results.jsonl lists them."""
    rows = {row["episode"]: row for row in [*document["episodes"], *document["failures"]]}
    names = (settings.episode(agent) for settings, agent in planned(document["recipe"]))
    return [rows[name] for name in names]


def problems(path: Path) -> list[str]:
    """What is wrong with a results file, each with its JSON path; [] if nothing is.

    Raises BadSettings if it is no JSON.
    """
    found = read_json(path)
    if problem := misfit(found):
        return [problem]
    assert isinstance(found, dict)
    return inconsistencies(found)


def inconsistencies(document: Document) -> list[str]:
    """The same for a document that fits the schema."""
    found = [
        f"results.episodes[{at}].{problem}"
        for at, row in enumerate(document["episodes"])
        for problem in _row_problems(row, document)
    ]
    found += [
        f"results.failures[{at}].{problem}"
        for at, row in enumerate(document["failures"])
        for problem in _place_problems(row, document["recipe"])
    ]
    found += _count_problems(document)
    # A summary of rows that are wrong would only say the same again.
    return found or _summary_problems(document)


def _place_problems(row: Row, recipe: Recipe) -> Iterator[str]:
    """Whether a row is of an episode that was planned, under its own name."""
    for name, choices in (("template", "templates"), ("seed", "seeds"), ("agent", "agents")):
        if row[name] not in recipe[choices]:
            yield f"{name}: {row[name]!r} is not in recipe.{choices}"
    if row["repeat"] >= recipe["repeats"]:
        yield f"repeat: {row['repeat']}, but recipe.repeats is {recipe['repeats']}"
    name = episode_name(row["template"], row["seed"], row["agent"], row["repeat"])
    if row["episode"] != name:
        yield f"episode: {row['episode']!r} should be {name!r}"


def _row_problems(row: Row, document: Document) -> Iterator[str]:
    recipe = document["recipe"]
    yield from _place_problems(row, recipe)
    alike = {"contract": document["contract"], "tier": recipe["tier"], "memory": recipe["memory"]}
    for name, value in alike.items():
        if row[name] != value:
            yield f"{name}: {row[name]!r}, but that of the file is {value!r}"
    right, asked = sum(row["right"]), len(row["right"])
    tallies = row["competencies"]
    if impossible := [name for name, (good, of) in tallies.items() if good > of]:
        yield f"competencies: more right than asked of {impossible[0]}"
        return
    yield from _axis_problems(row)
    answerable = [tally for name, tally in tallies.items() if name != "abstention"]
    refused = tallies.get("abstention")
    figures = {
        "composite": (composite({axis: row[axis] for axis in WEIGHTS}), "its axes"),
        "accuracy": (right / asked if asked else 0.0, "right"),
        "abstention": (refused and _share(refused), "competencies"),
        "correct": (sum(good for good, _ in answerable), "competencies"),
        "answerable": (sum(of for _, of in answerable), "competencies"),
    }
    for name, (value, source) in figures.items():
        if not _alike(row[name], value):
            yield f"{name}: {row[name]}, but {_told(value)} by {source}"
    good, of = (sum(tally[at] for tally in tallies.values()) for at in (0, 1))
    if (good, of) != (right, asked):
        yield f"competencies: {good} of {of} right, but right tells {right} of {asked}"
    if row["causes"] and sum(row["causes"].values()) != asked - right:
        yield f"causes: of {sum(row['causes'].values())} misses, but right tells {asked - right}"
    if row["repaired"] and not recipe["judge"]:
        yield f"repaired: {row['repaired']} answers, but recipe.judge is null"
    if row["repaired"] > right:
        yield f"repaired: {row['repaired']} answers, but only {right} are right"


def _axis_problems(row: Row) -> Iterator[str]:
    """Whether the axes can be those of the competencies; what is not asked about has none."""
    bounds = _bounds(row["competencies"])
    for name in WEIGHTS:
        value, (low, high) = row[name], bounds.get(name, (None, None))
        if value is None or low is None or high is None:
            within = value is low
        else:
            within = low - ROUNDING <= value <= high + ROUNDING
        if not within:
            told = _told(low) if low == high else f"{_told(low)} to {_told(high)}"
            yield f"{name}: {value}, but {told} by competencies"


def _bounds(tallies: Mapping[str, Sequence[int]]) -> dict[str, tuple[float, float]]:
    """The least and the most of every axis that was asked about.

    Beyond the tallies, breadth depends on weights, maintenance on breadth, efficiency on writes.

    >>> _bounds({"retrieval": (1, 2), "update": (1, 4)})["breadth"]
    (0.25, 0.75)
    """
    asked = {name: tally for name, tally in tallies.items() if tally[1]}
    found = {}
    if retrieval := asked.get("retrieval"):
        good, wrong = retrieval[0], retrieval[1] - retrieval[0]
        # Questions weigh 1 to 3.
        found["breadth"] = (good / (good + 3 * wrong), 3 * good / (3 * good + wrong))
    if update := asked.get("update"):
        found["maintenance"] = (0.0, update[0] / update[1])
    if reasoning := [good / of for name, (good, of) in asked.items() if name not in OF_A_KIND]:
        found["reasoning"] = (sum(reasoning) / len(reasoning),) * 2
    if answerable := [tally for name, tally in asked.items() if name != "abstention"]:
        share = sum(good for good, _ in answerable) / sum(of for _, of in answerable)
        found["efficiency"] = (share, min(1.0, 1.25 * share))
    return found


def _share(tally: Sequence[int]) -> float | None:
    return tally[0] / tally[1] if tally[1] else None


def _alike(stated: float | None, computed: float | None) -> bool:
    if stated is None or computed is None:
        return stated is computed
    return isclose(stated, computed, abs_tol=ROUNDING)


def _told(value: float | None) -> str:
    return "null" if value is None else f"{value:g}" if isinstance(value, int) else f"{value:.6f}"


def _count_problems(document: Document) -> Iterator[str]:
    """Whether every planned episode is scored or a failure, once."""
    recipe, rows = document["recipe"], [*document["episodes"], *document["failures"]]
    choices = [len(recipe[name]) for name in ("templates", "seeds", "agents")]
    wanted, stated = prod(choices) * recipe["repeats"], document["episodes_planned"]
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
        found = {one.agent: one.to_json(failures) for one in summaries(document["episodes"])}
    except (ValueError, TypeError, KeyError) as error:
        return [f"results.summary: cannot be computed from the episodes ({error})"]
    place = difference(document["summary"], json.loads(json.dumps(found)), "results.summary")
    return [place] if place else []


def difference(stated: JSON, computed: JSON, place: str) -> str:
    """The first place where two JSON values differ, and how; "" if they do not."""
    if isinstance(stated, dict) and isinstance(computed, dict):
        for name in sorted({*stated, *computed}):
            inner = f"{place}.{name}"
            if name not in stated or name not in computed:
                return f"{inner}: {'missing' if name in computed else 'should not be there'}"
            if told := difference(stated[name], computed[name], inner):
                return told
        return ""
    if isinstance(stated, list) and isinstance(computed, list) and len(stated) == len(computed):
        pairs = enumerate(zip(stated, computed, strict=True))
        inside = (difference(one, other, f"{place}[{at}]") for at, (one, other) in pairs)
        return next(filter(None, inside), "")
    if stated == computed and type(stated) is type(computed):
        return ""
    return f"{place}: {_short(stated)}, but it comes out as {_short(computed)}"


def _short(value: JSON) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
