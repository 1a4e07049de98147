"""Runs and their traces as commands read them: found by name, checked, scored, shown in lines."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import unquote

from memorygym.core import registry
from memorygym.core.errors import BadSettings, BadTrace, UnknownPart
from memorygym.core.outcome import Goal, Outcome
from memorygym.core.statements import Statement
from memorygym.core.trace import Trace
from memorygym.core.track import find, gold_table, reader_of, version_of
from memorygym.core.types import JSON
from memorygym.reports.terminal import fit
from memorygym.runs.episode_result import (
    EpisodeKey,
    Result,
    ResultOptions,
    place_in,
    result_of,
)
from memorygym.runs.results import check_track
from memorygym.runs.store import Run, name_parts, read_traces
from memorygym.runs.tasks import Limits
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.usage import limits_of

IN_VIEW = "in context"
NEAREST = 5
"""Names that are offered for an unknown or an ambiguous one."""
TASK_PARAMETERS = ("template", "seed")
"""Recipes may differ in these within a table; traces that differ elsewhere are not averaged."""


def numbered(text: str) -> tuple[str, int | None]:
    """The name of an episode and the number of its question, None for the whole episode.

    >>> numbered("company+0+strong+bm25+500#7"), numbered("company+0")
    (('company+0+strong+bm25+500', 7), ('company+0', None))
    """
    episode, sign, number = text.rpartition("#") if "#" in text else (text, "", "")
    if sign and not re.fullmatch("[1-9][0-9]{0,8}", number):
        raise BadSettings(
            f"{text!r} is no ID: give the name of an episode and #N after it for its question N,"
            " counted from 1, as `memorygym explain RUN` prints it"
        )
    return episode, int(number) if sign else None


def readable(name: str) -> str:
    """The name of an episode or a question as people read and type it: its file escapes signs.

    >>> readable("company+0+strong+bm25%3Atop_k%3D2+500#7")
    'company+0+strong+bm25:top_k=2+500#7'
    """
    return unquote(name)


def matching(name: str, names: Collection[str], run: Path) -> list[str]:
    """The episodes whose names are or begin with the parts of `name`; all for "".

    Raises UnknownPart with the nearest names if there is none.
    """
    wanted = unquote(name)  # The whole name first: a memory with tools has a + in its name.
    matches = [key for key in names if unquote(key) == wanted]
    start = f"{wanted}+" if wanted else ""
    matches = matches or [key for key in names if unquote(key).startswith(start)]
    if not matches:
        template, *rest = name_parts(name)
        seeds = _seeds(template, names)
        if seeds and rest and rest[0] not in map(str, seeds):
            several = f"s {seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f" {seeds[0]}"
            raise BadSettings(
                f"no episode of {run} named {name!r}: {template} was played with seed{several}"
            )
        near = get_close_matches(wanted, map(unquote, names), n=NEAREST, cutoff=0)
        raise UnknownPart(f"episode of {run}", name, near)
    return matches


def _seeds(template: str, names: Collection[str]) -> list[int]:
    """The seeds with which a template was played."""
    return sorted(
        int(rest[0])
        for start, *rest in map(name_parts, names)
        if start == template and rest and rest[0].isdecimal()
    )


def single(name: str, names: Collection[str], run: Path) -> str:
    """The episode of that name. Raises BadSettings if there are several, UnknownPart if none."""
    first, *others = matches = matching(name, names, run)
    if others and not name:
        raise BadSettings(
            f"{run} has {len(matches)} episodes: give the name of one, such as {readable(first)}"
        )
    if others:
        more = f" and {len(matches) - NEAREST} more" * (len(matches) > NEAREST)
        raise BadSettings(
            f"{len(matches)} episodes are named {name!r}…:"
            f" {', '.join(map(unquote, matches[:NEAREST]))}{more};"
            " give more of the name"
        )
    return first


def check_folder(path: Path) -> None:
    """Raises BadSettings for the folder of a run of an unknown track, or for none at all."""
    if not path.exists():
        folder = path.parent
        names = [item.name for item in folder.iterdir()] if folder.is_dir() else []
        near = get_close_matches(path.name, names, n=1)
        hint = f"did you mean {path.with_name(near[0])}?" if near else "give the folder of a run"
        raise BadSettings(f"there is no file or folder {path}; {hint}")
    recipe: JSON = None
    # A damaged run.json is no obstacle: the traces hold the same.
    with suppress(BadSettings, NotADirectoryError):
        recipe = Run(path).about().get("recipe")
    check_track(path, recipe)


@dataclass(frozen=True, slots=True)
class StoredTrace:
    """A trace with a checked header and a parsed gold table."""

    path: Path
    place: EpisodeKey
    trace: Trace
    damage: str = ""
    """What is damaged, if it could be read in part."""

    @property
    def name(self) -> str:
        """The episode, as its file is named."""
        return self.path.name.partition(".jsonl")[0]


def read_played(
    paths: Iterable[Path], *, damaged: bool = False
) -> Iterator[tuple[StoredTrace | None, str]]:
    """Every whole trace of these files and folders, or its error; with `damaged` also those that
    can be read in part, each with its error.

    Raises BadSettings for the folder of a run whose track is not installed here.
    """
    paths = list(paths)
    for path in paths:
        check_folder(path)
    for path, trace, damage in read_traces(paths):
        if trace is None or (damage and not damaged):
            yield None, damage
            continue
        try:
            limits_of(trace)  # Raises unless the label `usage` fits the replies.
            yield StoredTrace(path, place_in(trace), _checked(trace), damage), damage
        except (BadTrace, ValueError) as error:
            yield None, f"{path}: the header is damaged ({error})"


def _checked(trace: Trace) -> Trace:
    """The trace, its gold table read. Raises ValueError or BadTrace if its track cannot."""
    tracks = registry.names("tracks")
    if trace.track not in tracks:  # Any other name would be imported and called.
        hint = "--plug pkg.mod:OBJECT names one of yours"
        raise ValueError(f"track is {trace.track!r}, none of {', '.join(tracks)}; {hint}")
    trace.gold = gold_table(trace)
    reader_of(trace).read("")  # A track parses the messages by its pinned message.
    return trace


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


def facts_of(attribution: Attribution, question: Goal) -> Iterator[tuple[Statement, str]]:
    """The facts that a question needs, in its order, each with the step at which it was lost, or
    IN_VIEW."""
    for need in question.needs:
        yield need, attribution.lost(question, need) or IN_VIEW


def verdict_lines(id: str, outcome: Outcome, cause: str, limits: Sequence[str] = ()) -> list[str]:
    """A question with truth, answer and verdict; `cause` is "" if it is right.

    `limits` are the limits of the model that cut its replies.
    """
    q = outcome.goal
    answer = "none" if outcome.answer is None else outcome.answer
    mark = f"WRONG ({cause})" if cause else "right"
    return [
        *fit(f"{readable(id)}  {q.question_type}: {mark}"),
        *fit(q.text, "    "),
        *fit(f"truth {q.truth} | answer {answer} | {outcome.reason}", "    "),
        *(line for limit in limits for line in fit(limit, "    ")),
    ]
