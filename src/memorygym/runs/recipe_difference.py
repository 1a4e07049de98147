"""What differs between a kept run and the run of a command, in the words of the command line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from memorygym.core.errors import clip
from memorygym.core.json_values import canonical

Recipe = Mapping[str, Any]
OPTIONS = {
    "agents": "--agent",
    "memories": "--memory",
    "budgets": "--budget",
    "reasoners": "--reasoner",
    "models": "--model",
    "memory_model": "--memory-model",
}
"""Options that have another name than their field of a recipe."""
CODE = ("sources", "trusted")
"""Fields that hold identities of parts, by name."""
DERIVED = ("templates", "systems")
"""Fields that follow from others; they count where nothing else differs."""
NEW_FOLDER, SAME_OPTIONS = "; give a new folder", ", or the options of that run"


def refusal(kept: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Why a folder with `kept` in its run.json cannot take the run `wanted`, to follow its path;
    "" if it can."""
    old, new = kept.get("recipe", {}), wanted["recipe"]
    if kept.get("version") != wanted["version"]:
        versions = f"{kept.get('version')}, not {wanted['version']}"
        return f" holds a run of the version {versions}{NEW_FOLDER}"
    if canonical(old) == canonical(new):
        return ""
    if old.get("kind") != new.get("kind"):
        return f" holds a {old.get('kind')} run, not a {new.get('kind')} run{NEW_FOLDER}"
    if options := [*_options(old, new)]:
        return f" holds a run with {'; '.join(options)}{NEW_FOLDER}{SAME_OPTIONS}"
    if changed := [*_changed_code(old, new)]:
        code = ", ".join(dict.fromkeys(changed))
        return f": the code of {code} has changed since this run{NEW_FOLDER}"
    fields = [*_fields(old, new, DERIVED)]
    return f" holds a run with {'; '.join(fields)}{NEW_FOLDER}{SAME_OPTIONS}"


def _options(old: Recipe, new: Recipe) -> Iterator[str]:
    """The options that differ, the kept value first."""
    if old.get("track") != new.get("track"):
        yield _both("--track", old.get("track"), new.get("track"))
        return
    parameters = [recipe.get("parameters", {}) for recipe in (old, new)]
    for name in sorted({*parameters[0], *parameters[1]}):
        values = [values_of.get(name) for values_of in parameters]
        if values[0] != values[1]:
            of_track = "" if old["track"] == "worlds" else f"track {old['track']}:"
            yield _both(f"--{of_track}{name}", *values)
    known = ("kind", "track", "parameters", *CODE, *DERIVED)
    yield from _fields(old, new, sorted({*old, *new} - {*known}))


def _fields(old: Recipe, new: Recipe, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        before, now = old.get(name), new.get(name)
        if canonical(before) == canonical(now):
            continue
        if name == "seeds":
            yield f"{_seeds(before)}, not {_seeds(now)}"
        elif name in ("salt", "data"):  # The recipe holds only hashes of them.
            yield f"another --{name}" if before and now else f"{'a' if before else 'no'} --{name}"
        else:
            yield _both(OPTIONS.get(name, f"--{name}"), _shown(before), _shown(now))


def _changed_code(old: Recipe, new: Recipe) -> Iterator[str]:
    """The parts whose code differs under the same options."""
    for field in CODE:
        before, now = old.get(field, {}), new.get(field, {})
        yield from (name for name in now if before.get(name) != now[name])


def _both(option: str, old: object, new: object) -> str:
    """
    >>> _both("--template", "company", "city"), _both("--capacity", None, 500)
    ('--template company, not city', 'no --capacity, not 500')
    """
    sign = "=" if ":" in option else " "
    kept = f"no {option}" if old is None else f"{option}{sign}{old}"
    return f"{kept}, not {'none' if new is None else new}"


def _seeds(seeds: object) -> str:
    """
    >>> _seeds([0, 1, 2]), _seeds([4, 7])
    ('--seeds 3', '--seed 4 7')
    """
    numbers = list(seeds) if isinstance(seeds, list) else []
    if numbers == [*range(len(numbers))]:
        return f"--seeds {len(numbers)}"
    return f"--seed {' '.join(map(str, numbers))}"


def _shown(value: Any) -> str | None:
    """A value as the command line states it."""
    match value:
        case None:
            return None
        case list():
            return ",".join(map(str, value))
        case _:
            return clip(value if isinstance(value, str) else canonical(value), 100)
