"""Questions by their IDs, traces that are safe to judge, and how an outcome is told.

An ID is TEMPLATE+SEED+AGENT+REPEAT#N, of a comparison TEMPLATE+SEED+REASONER+SYSTEM+BUDGET#N: the
name of an episode and the number of its question.
"""

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from memorygym import registry
from memorygym.agents.accounting import limits_of
from memorygym.attribution import LOSSES, Attribution
from memorygym.errors import BadSettings, BadTrace, UnknownPart, clipped
from memorygym.isolation.arms import role_of
from memorygym.outcome import Goal, Outcome
from memorygym.page import fit
from memorygym.results.consistency import planned
from memorygym.results.file import misfit
from memorygym.runs.folder import Run, episode_name, name_parts, read_traces, trace_files
from memorygym.runs.results import Place, place_in
from memorygym.trace import Trace
from memorygym.track import reader_of, table

IN_VIEW = "in view"
NEAREST = 5
"""Names that are offered instead of one that is not there, or not enough."""
EVERY = "all"
"""As a system: all of a comparison, its references too."""
_COUNT = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class EpisodeId:
    """An episode as a person names it."""

    template: str
    seed: int
    who: tuple[str, ...] = ()
    """Agent and repeat, of a comparison reasoner, system and budget; the last may be left out."""

    @property
    def agent(self) -> str:
        """Who played, "" if that was left out."""
        return self.who[0] if self.who else ""

    @property
    def repeat(self) -> int | None:
        """Of an episode of an agent, 0 if it was left out; None if it is of a comparison."""
        if len(self.who) < 2:
            return 0
        return int(self.who[1]) if _COUNT.fullmatch("+".join(self.who[1:])) else None

    def __str__(self) -> str:
        return episode_name(self.template, self.seed, *self.who)


def numbered(text: str) -> tuple[str, int | None]:
    """The name of an episode and the number of its question, None for the whole episode.

    >>> numbered("company+0+strong+bm25+500#7"), numbered("company+0")
    (('company+0+strong+bm25+500', 7), ('company+0', None))
    """
    episode, sign, number = text.partition("#")
    if sign and not _COUNT.fullmatch(number):
        raise BadSettings(
            f"{text!r} is no ID: give the name of an episode and #N after it for its question N, as"
            " `memorygym failures` prints it"
        )
    if sign and not int(number):
        raise BadSettings(f"{text!r}: questions are counted from 1")
    return episode, int(number) if sign else None


def read_id(text: str) -> tuple[EpisodeId, int | None]:
    """The episode and the number of the question, None for the whole episode.

    >>> read_id("company+0+org%2Fmodel+1#7")
    (EpisodeId(template='company', seed=0, who=('org/model', '1')), 7)
    >>> read_id("company+0+strong+bm25+all")
    (EpisodeId(template='company', seed=0, who=('strong', 'bm25', 'all')), None)
    """
    episode, number = numbered(text)
    template, seed, *who = parts if len(parts := name_parts(episode)) > 1 else (episode, "")
    if len(who) > 3 or not _COUNT.fullmatch(seed):
        raise BadSettings(
            f"{text!r} is no ID: give TEMPLATE+SEED+AGENT+REPEAT for an episode (of a comparison"
            " TEMPLATE+SEED+REASONER+SYSTEM+BUDGET) and #N after it for its question N, as"
            " `memorygym failures` prints it"
        )
    return EpisodeId(template, int(seed), tuple(who)), number


def about_run(folder: Path) -> Mapping[str, Any]:
    """What `run.json` says. Raises BadSettings unless it tells all that was planned, and no more
    than can be."""
    about: Mapping[str, Any] = Run(folder).about()
    check_track(folder, about)
    lacking = [name for name in ("contract", "recipe") if name not in about]
    if problem := f"no {lacking[0]}" if lacking else misfit(about["recipe"], "recipe"):
        raise BadSettings(f"{folder / 'run.json'} is damaged ({problem})")
    try:
        planned(about["recipe"])
    except BadSettings as error:
        raise BadSettings(f"{folder / 'run.json'} is damaged ({error})") from error
    return about


def check_track(folder: Path, about: Mapping[str, Any]) -> None:
    """Raises BadSettings for a run of a track that is not installed here, with what to do."""
    recipe = about.get("recipe")
    track = recipe.get("track") if isinstance(recipe, Mapping) else None
    if isinstance(track, str) and track not in registry.names("tracks"):
        raise BadSettings(
            f"{folder} is a run of the track {clipped(track, 40)!r}, which is not installed here:"
            " name where it stands, as in --plug my_track:SHOP"
        )


def read_known(paths: Iterable[Path]) -> Iterator[tuple[Path, Trace | None, str]]:
    """As `read_traces`. Raises BadSettings for the folder of a run of an unknown track."""
    paths = list(paths)
    for path in paths:
        check_folder(path)
    return read_traces(paths)


def check_folder(path: Path) -> None:
    """Raises BadSettings for the folder of a run of an unknown track."""
    about: Mapping[str, Any] = {}
    if (path / "run.json").is_file():
        with suppress(BadSettings):  # What a damaged one holds, its traces tell as well.
            about = Run(path).about()
    check_track(path, about)


@dataclass(frozen=True, slots=True)
class Played:
    """A trace whose header can be believed to be one; its gold table is a Gold."""

    path: Path
    place: Place
    trace: Trace

    @property
    def compared(self) -> bool:
        """Whether it is of a comparison."""
        return "budget" in self.trace.labels

    @property
    def system(self) -> str:
        """What a list of misses groups it by: of a comparison its system, "" of all others."""
        return self.place.who if self.compared else ""


def read_played(paths: Iterable[Path]) -> Iterator[tuple[Played | None, str]]:
    """Every whole trace of these files and folders, or what is wrong with it.

    Raises BadSettings for the folder of a run whose track is not installed here.
    """
    for path, trace, damage in read_known(paths):
        if damage or trace is None:
            yield None, damage
            continue
        try:
            limits_of(trace)  # Raises unless the label `usage` fits the replies.
            yield Played(path, place_in(trace), checked(trace)), ""
        except (BadTrace, ValueError) as error:
            yield None, f"{path}: the header is damaged ({error})"


@dataclass(slots=True)
class Systems:
    """Which episodes of comparisons are asked for, and which were left out."""

    wanted: str | None
    """A memory or reference; EVERY; or None for the memories, and what is given by itself."""
    given: Collection[Path]
    met: set[str] = field(default_factory=set)
    """The names of all systems so far."""
    left: set[str] = field(default_factory=set)
    """Those of them that are left out because nobody named them."""
    damaged: int = 0
    """Traces that could not be read."""

    def read(self, paths: Iterable[Path]) -> Iterator[Played]:
        """Every whole trace; what is wrong with the others is printed."""
        for played, damage in read_played(paths):
            if played:
                yield played
            else:
                self.damaged += 1
                print(f"memorygym: {damage}; left out", file=sys.stderr)

    def take(self, played: Played) -> bool:
        """Whether this one is asked for."""
        name = played.place.memory
        self.met.add(name)
        if self.wanted not in (None, EVERY):
            return name == self.wanted
        asked = self.wanted or not played.compared or played.path in self.given
        if asked or role_of(name) == "memory":
            return True
        self.left.add(name)
        return False

    def check(self) -> None:
        """Raises UnknownPart if a system is asked for that was not met."""
        if self.met and self.wanted not in (None, EVERY, *self.met):
            raise UnknownPart("system", str(self.wanted), self.met)

    def note(self) -> list[str]:
        """What was left out, for whoever misses it."""
        told = f"left out: {', '.join(sorted(self.left))} (--system {EVERY} lists them too)"
        return fit(told) if self.left else []


def named(run: Path, name: str) -> dict[str, Path]:
    """The traces, by name, whose names are or begin with the parts of `name`; all for "".

    Raises UnknownPart with the nearest names if there is none.
    """
    check_folder(run)
    every = {path.name.partition(".jsonl")[0]: path for path in trace_files([run])}
    wanted = unquote(name)  # As a whole: a memory with tools has a + in its name.
    found = {key: path for key, path in every.items() if unquote(key) == wanted}
    start = f"{wanted}+" if wanted else ""
    found = found or {key: path for key, path in every.items() if unquote(key).startswith(start)}
    if not found:
        near = get_close_matches(wanted, every, n=NEAREST, cutoff=0)
        raise UnknownPart(f"episode of {run}", name, near)
    return found


def checked(trace: Trace) -> Trace:
    """The trace, its gold table read. Raises ValueError or BadTrace if its track cannot."""
    tracks = registry.names("tracks")
    if trace.track not in tracks:  # Any other name would be imported and called.
        hint = "--plug pkg.mod:OBJECT tells of one of yours"
        raise ValueError(f"track is {trace.track!r}, none of {', '.join(tracks)}; {hint}")
    trace.gold = table(trace)
    reader_of(trace).read("")  # A track reads by what its pinned message states.
    return trace


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a question rests on, and where it was lost."""

    name: str
    """What it is about."""
    text: str
    """That, its attribute and the value that was needed."""
    step: str
    """One of LOSSES, or IN_VIEW."""


def facts_of(attribution: Attribution, question: Goal) -> list[Fact]:
    """The facts that a question needs, in its order."""
    wanted = [(need, attribution.required(question, need)) for need in question.needs]
    return [
        Fact(fact.name, attribution.reader.text(fact), attribution.lost(question, need) or IN_VIEW)
        for need, fact in wanted
    ]


def verdict_lines(id: str, outcome: Outcome, cause: str, limits: Sequence[str] = ()) -> list[str]:
    """A question with truth, answer and verdict; `cause` is "" if it is right.

    `limits` are those of the model that its replies met.
    """
    q = outcome.goal
    given = "none" if outcome.answer is None else outcome.answer
    mark = f"WRONG ({cause})" if cause else "right"
    return [
        *fit(f"{id}  {q.competency}: {mark}"),
        *fit(q.text, "    "),
        *fit(f"truth {q.truth} | answer {given} | {outcome.reason}", "    "),
        *(line for limit in limits for line in fit(limit, "    ")),
    ]


def steps_lines(facts: Sequence[Fact]) -> list[str]:
    """Where the needed facts were lost, the earliest step first; those in view are only counted."""
    lines: list[str] = []
    for step in (*LOSSES, IN_VIEW):
        texts = [fact.text for fact in facts if fact.step == step]
        if texts:
            told = "" if step == IN_VIEW else f": {'; '.join(texts)}"
            lines += fit(f"{step}, {len(texts)} of {len(facts)} facts{told}", "    ")
    return lines
