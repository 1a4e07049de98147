"""Two results files side by side: what may be compared, and by how much one is better."""

from dataclasses import dataclass
from typing import Any

from memorygym.errors import BadSettings, clipped
from memorygym.results.file import Document
from memorygym.results.summary import by_who, by_world
from memorygym.stats import Difference, paired, unpaired

World = tuple[str, int]
ALIKE = (
    "track", "data", "memory", "memory_model", "turns", "patience", "capacity", "judge",
)  # fmt: skip
"""What must agree in two recipes before their scores are compared, beside the knobs."""
KINDS = {"bench": "a run of agents", "compare": "a comparison of memories"}
"""As people know them."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two agents, or one agent on two sets of worlds; or so two systems of comparisons."""

    agent: str
    """As rows are summed up: of a comparison with its system and budget."""
    other: str
    difference: Difference
    """Composite of `agent` minus that of `other`, as a share."""
    paired: bool
    """On the same worlds, world by world."""


def composites(document: Document) -> dict[str, dict[World, float]]:
    """By agent or system: the composite of each world, the mean over its repeats."""
    groups = by_who(document["episodes"])
    return {agent: by_world(rows, "composite") for agent, rows in groups.items()}


def check_comparable(a: Document, b: Document) -> None:
    """Raises BadSettings if the two measured different things."""
    kinds = {KINDS[document["recipe"]["kind"]] for document in (a, b)}
    if len(kinds) > 1:
        raise BadSettings(
            f"{' and '.join(sorted(kinds))} measure different things: compare two of a kind"
        )
    one, other = _contract(a), _contract(b)
    if one != other:
        raise BadSettings(
            f"contracts {one} and {other} measure different things: nothing is compared across them"
        )
    ours, theirs = _settings(a), _settings(b)
    for name in {**ours, **theirs}:
        mine, given = ours.get(name), theirs.get(name)
        if mine != given:
            raise BadSettings(f"{name} {mine} and {name} {given} are not compared: play both alike")


def _settings(document: Document) -> dict[str, Any]:
    """What must agree; which templates were played need not, since the worlds that both have are
    compared."""
    recipe = document["recipe"]
    knobs = {name: value for name, value in recipe["knobs"].items() if name != "template"}
    return {name: recipe.get(name) for name in ALIKE} | knobs


def _contract(document: Document) -> str:
    """What its scores depend on: of a comparison also on the code that compares."""
    compares = document["recipe"].get("compares")
    return f"{document['contract']}+{compares}" if compares else str(document["contract"])


def compare(a: Document, b: Document) -> list[Comparison]:
    """Every agent of `a` against itself in `b`; if they share none, the one of each.

    Sets of worlds of different salts are different worlds: these are compared unpaired, as
    public with sealed ones. Raises BadSettings if the two cannot be compared.
    """
    check_comparable(a, b)
    ours, theirs = composites(a), composites(b)
    pairs = [(agent, agent) for agent in ours if agent in theirs]
    if not pairs and len(ours) == len(theirs) == 1:
        pairs = [(next(iter(ours)), next(iter(theirs)))]
    if not pairs:
        who = "agent" if a["recipe"]["kind"] == "bench" else "system"
        first, second = (clipped(", ".join(names) or "none", 200) for names in (ours, theirs))
        raise BadSettings(f"no {who} is in both: {first} and {second}")
    same = a["recipe"]["salt"] == b["recipe"]["salt"]
    return [_comparison(pair, ours[pair[0]], theirs[pair[1]], same=same) for pair in pairs]


def _comparison(
    pair: tuple[str, str], ours: dict[World, float], theirs: dict[World, float], *, same: bool
) -> Comparison:
    if same and any(world in theirs for world in ours):
        return Comparison(*pair, paired(ours, theirs), paired=True)
    found = unpaired(list(ours.values()), list(theirs.values()))
    return Comparison(*pair, found, paired=False)
