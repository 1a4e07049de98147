"""Runs and their traces as commands read them: found by name, checked, and shown in lines."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import unquote

from memorygym.core import registry
from memorygym.core.errors import BadSettings, BadTrace, UnknownPart
from memorygym.core.outcome import Goal, Outcome
from memorygym.core.trace import Trace
from memorygym.core.trace_reader import RequiredFact
from memorygym.core.track import gold_table, reader_of
from memorygym.core.types import JSON
from memorygym.reports.terminal import fit
from memorygym.runs.episode_result import EpisodeKey, place_in
from memorygym.runs.results import check_track
from memorygym.runs.store import Run, name_parts, read_traces
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.usage import limits_of

IN_VIEW = "in context"
NEAREST = 5
"""Names that are offered for an unknown or an ambiguous one."""


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


def facts_of(attribution: Attribution, question: Goal) -> Iterator[tuple[RequiredFact, str]]:
    """The facts that a question needs, in its order, each with the step at which it was lost, or
    IN_VIEW."""
    for need in question.needs:
        lost = attribution.lost(question, need)
        yield attribution.required(question, need), lost or IN_VIEW


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
