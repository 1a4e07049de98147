"""Stored traces, scored again, and the tables that they may share."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from memorygym.core.errors import BadTrace
from memorygym.core.trace import Trace
from memorygym.core.track import find, version_of
from memorygym.reports.stored_runs import StoredTrace, read_played
from memorygym.runs.episode_result import Result, ResultOptions, result_of
from memorygym.runs.tasks import Limits

TASK_PARAMETERS = ("template", "seed")
"""Recipes may differ in these within a table; traces that differ elsewhere are not averaged."""


@dataclass(frozen=True, slots=True)
class Scored(StoredTrace):
    """A trace with its result."""

    result: Result = field(kw_only=True)

    @property
    def version(self) -> str:
        """The version that played it."""
        return str(self.trace.labels.get("version", "unknown"))

    @property
    def group(self) -> str:
        """The heading of its table."""
        place = self.place
        now = version_of(place.track)
        other = "" if self.version == now else f" (scored by {now})"
        damaged = "DAMAGED TRACES, scored on what could be read: " if self.damage else ""
        memory = f"memory {place.memory}"
        if place.compared:
            memory = f"comparison, {f'{place.budget:,} tokens' if place.budget else 'no budget'}"
        parameters = [memory, *_parameters(self.trace)]
        return f"{damaged}version {self.version}{other}, {', '.join(parameters)}"


def _parameters(trace: Trace) -> list[str]:
    """The other parameters of its recipe, as its track names them."""
    known = {*find(trace.track).parameters(), "salted", *Limits.__slots__} - {*TASK_PARAMETERS}
    inner = [value for value in trace.recipe.values() if isinstance(value, Mapping)]
    stated = {name: value for part in (trace.recipe, *inner) for name, value in part.items()}
    shown = {k: v for k, v in stated.items() if k in known and v not in (None, False)}
    return [f"{name} {value}" for name, value in shown.items()]


def scored_traces(paths: Iterable[Path], *, causes: bool) -> Iterator[tuple[Scored | None, str]]:
    """Every trace of these files and folders scored as far as it can be, with its error.

    Raises BadSettings for a folder without traces or of a track that is not installed here.
    """
    for stored, damage in read_played(paths, damaged=True):
        if stored is None:
            yield None, damage
            continue
        path, place, trace = stored.path, stored.place, stored.trace
        try:
            result = result_of(place, trace, ResultOptions(causes=causes))
            yield Scored(path, place, trace, damage, result=result), damage
        except BadTrace as error:
            yield None, f"{path}: {error}"


def grouped(traces: Sequence[Scored]) -> tuple[dict[str, list[Scored]], list[str]]:
    """Traces that are averaged together, by heading, and notes on those left out: of an episode
    only the first trace counts."""
    groups: dict[str, list[Scored]] = {}
    firsts: dict[tuple[object, ...], Path] = {}
    notes = []
    for scored in traces:
        place, group = scored.place, scored.group
        key = (group, scored.trace.task, place.who, place.repeat)
        if (first := firsts.setdefault(key, scored.path)) is scored.path:
            groups.setdefault(group, []).append(scored)
        else:
            notes.append(f"{scored.path} repeats {first}; left out of the table")
    return groups, notes
