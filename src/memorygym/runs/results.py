"""The results of a run: what was measured, one line an episode, and all that is computed from it.

`perform` plays a run and `load` reads one from its folder; both give the same `RunResults`. The
folder keeps the measurements alone: every table is computed from them, and exports (JSON, CSV) are
never read back.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import combinations, product, zip_longest
from os import PathLike
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart, clip
from memorygym.core.files import write_atomically
from memorygym.core.trace import CANARY, Trace
from memorygym.core.track import Invariant, find
from memorygym.runs.comparison.figures import (
    Clock,
    RankAgreement,
    Report,
    agreement,
    figures,
)
from memorygym.runs.comparison.sanity_checks import SanityCheck, figure_checks, invalid_text
from memorygym.runs.comparison.system_specs import MUTED, UNLIMITED, WRITER, role_of
from memorygym.runs.engine import Job
from memorygym.runs.engine import perform as play
from memorygym.runs.episode_result import (
    ALL,
    EpisodeKey,
    Failure,
    Played,
    Result,
    ResultOptions,
    place_of,
)
from memorygym.runs.metrics import Measurement, QuestionCase
from memorygym.runs.objects import TRUSTED
from memorygym.runs.settings import CODE, SETTINGS, whole
from memorygym.runs.store import Run, name_parts, unpacked
from memorygym.runs.summary import Summary, summaries
from memorygym.runs.systems import systems_of
from memorygym.runs.tasks import again, check_episodes, unknown_part

FILE = "measurements.jsonl.gz"
FORMAT = "memorygym-measurements-1"
KINDS = {"bench": "a run of agents", "compare": "a comparison of memories"}
"""The kinds of runs, in words."""

StoredTasks = TypedDict(  # A class could not have the field `from`.
    "StoredTasks", {"sha256": str, "tasks": list[tuple[str, int]], "from": NotRequired[int]}
)


class JudgeRecord(TypedDict):
    """The judge, as a recipe states it."""

    models: list[dict[str, Any]]
    prompt: str


RECIPE: dict[str, Any] = {
    "track": str,
    "templates": list[str],
    "seeds": list[int],
    "parameters": dict[str, str],
    "data": StoredTasks | None,
    "repeats": int,
    "salt": str | None,
    "models": dict[str, dict[str, Any]],
    "memory_model": dict[str, Any] | None,
    "judge": JudgeRecord | None,
}
"""What run.json must state to be played or read, with its types; and what its settings keep."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of the measurements: what was measured beside the episodes."""

    format: str
    canary: str
    checks: tuple[SanityCheck, ...] = ()
    """The sanity checks that were played before a comparison."""
    invariants: tuple[Invariant, ...] = ()
    """Those of the track's self-test, if it ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One episode: it has a result, or it failed; one of a scripted reference is `beside`."""

    result: Result | None = None
    failure: Failure | None = None
    beside: Result | None = None


@dataclass(frozen=True)
class RunResults:
    """A run, just played or read from its folder."""

    about: Mapping[str, Any]
    """Version and recipe, as run.json holds them."""
    episodes: Sequence[Result | Failure]
    """All episodes, in the order of the tasks."""
    header: Header = Header(FORMAT, CANARY)
    beside: Sequence[Result] = ()
    """Episodes of the track's scripted references on the same tasks, beside a model."""
    folder: Path | None = None
    name: str = ""
    """The name of the run beside others, as its rows hold it; "" for a single run."""
    traces: Mapping[str, Trace] = field(default_factory=dict)
    """By episode: its trace, if it was asked for."""

    @property
    def recipe(self) -> Mapping[str, Any]:
        return cast(Mapping[str, Any], self.about["recipe"])

    @property
    def kind(self) -> str:
        """bench or compare."""
        return str(self.recipe["kind"])

    @property
    def compared(self) -> bool:
        return self.kind == "compare"

    @property
    def track(self) -> str:
        return str(self.recipe["track"])

    @property
    def version(self) -> str:
        """The version of the track; only results of one version are compared."""
        return str(self.about["version"])

    @property
    def surroundings(self) -> str:
        """What the results must say of the machine they came from; "" if nothing."""
        said = str(self.about.get("surroundings", ""))
        return said and f"{said[0].upper()}{said[1:]}."

    @property
    def heading(self) -> str:
        """The recipe of the run in a few words."""
        which = [
            text if name in ("tier", "template") else f"{name}={text}"
            for name, text in self.recipe["parameters"].items()
        ]
        name = f"{self.name}: " * bool(self.name)
        return name + ", ".join([f"{self.track} track", *which, self.version])

    @cached_property
    def results(self) -> list[Result]:
        """The episodes with a score."""
        return [episode for episode in self.episodes if isinstance(episode, Result)]

    @cached_property
    def failures(self) -> list[Failure]:
        """The episodes without a score."""
        return [episode for episode in self.episodes if isinstance(episode, Failure)]

    @cached_property
    def measured(self) -> list[Measurement]:
        return [result.measured for result in self.results if result.measured]

    @cached_property
    def summaries(self) -> list[Summary]:
        """One for each agent or system, best composite first."""
        return summaries(self.results)

    @cached_property
    def references(self) -> dict[str, Summary]:
        """By role: the scripted references beside a model."""
        by_agent = {summary.who: summary for summary in summaries(self.beside)}
        roles = find(self.track).references if by_agent else {}
        return {role: by_agent[agent] for role, agent in roles.items() if agent in by_agent}

    @cached_property
    def all_reports(self) -> list[Report]:
        """The figures of a comparison under each reasoner at each budget, whatever its checks say;
        none where no episode ended."""
        return [
            figures(measured, self._failed(who, view), f"{who} {view}")
            for who, view in self._settings
            if (measured := self.under(who, view))
        ]

    @property
    def _settings(self) -> Iterator[tuple[str, int]]:
        if self.compared:
            yield from product(self.recipe["reasoners"], self.recipe["budgets"])

    @property
    def reports(self) -> list[Report]:
        """The reports that may be shown: none if a sanity check failed."""
        return self.all_reports if self.valid else []

    @cached_property
    def checks(self) -> list[SanityCheck]:
        """The sanity checks of a comparison: those played before it, then those of its figures."""
        empty = [
            SanityCheck(f"{who} finished a task at budget {view:,}", False, "")
            for who, view in self._settings
            if not self.under(who, view)
        ]
        of_figures = [check for report in self.all_reports for check in figure_checks(report)]
        return [*self.header.checks, *empty, *of_figures]

    @property
    def valid(self) -> bool:
        return all(check.holds for check in self.checks)

    @property
    def invalid_text(self) -> str:
        """The text in place of figures: the failures, then the sanity checks that failed."""
        failed = Counter(failure.place.memory for failure in self.failures)
        counts = ", ".join(f"{system} {count}" for system, count in sorted(failed.items()))
        played = f"{len(self.measured):,} episodes played, {len(self.failures):,} failed ({counts})"
        return "\n".join([*([played] if failed else []), invalid_text(self.checks)])

    @cached_property
    def agreements(self) -> list[RankAgreement]:
        """How far the reasoners rank the memories alike, by budget."""
        pairs = combinations(self.reports, 2)
        agreed = (agreement(a, b) for a, b in pairs if a.budget == b.budget)
        return [report for report in agreed if report]

    def under(self, reasoner: str, budget: int | None) -> list[Measurement]:
        """The measurements with a reasoner, at a budget or without one."""
        return [m for m in self.measured if m.reasoner == reasoner and m.budget in (None, budget)]

    def _failed(self, reasoner: str, budget: int) -> Mapping[str, int]:
        places = [failure.place for failure in self.failures if failure.place.agent == reasoner]
        return Counter(place.memory for place in places if place.budget in (None, budget))

    def clock(self, report: Report) -> Clock:
        """By system: median and 95th percentile of the milliseconds a step; empty unless the run
        has a folder. Unlimited systems are left out."""
        rows = Run(self.folder).timings() if self.folder else ()
        last = {row["episode"]: row.get("memory_ms", []) for row in rows}
        milliseconds: dict[str, list[float]] = {}
        for name, steps in last.items():
            match name_parts(name):
                case _, _, report.reasoner, system, budget if role_of(system) != "unlimited":
                    if budget in (ALL, str(report.budget)):
                        milliseconds.setdefault(system, []).extend(steps)
        return {
            system: (ordered[(len(ordered) - 1) // 2], ordered[-(-95 * len(ordered) // 100) - 1])
            for system, steps in milliseconds.items()
            if (ordered := sorted(steps))
        }

    def trusted(self, *names: str) -> bool:
        """Whether one of these parts or systems was passed as an object, and ran in the caller's
        process."""
        plain = (
            name.removeprefix(UNLIMITED).removeprefix(MUTED).removesuffix(WRITER) for name in names
        )
        return any(name in self.recipe.get(TRUSTED, {}) for name in plain)

    def label(self, name: str) -> str:
        """The name of a system, an agent or a memory in tables and plots."""
        return f"{name} (trusted)" if self.trusted(name) else name

    def cases(self) -> Iterator[tuple[Measurement, QuestionCase]]:
        """The questions of a comparison, also those that are left out."""
        for played in sorted(
            self.measured if self.valid else (),
            key=lambda m: (m.reasoner, m.budget or 0, m.system, m.task),
        ):
            yield from ((played, case) for case in played.cases)


def perform(
    job: Job,
    folder: Path | None = None,
    workers: int = 1,
    *,
    checks: Sequence[SanityCheck] = (),
    traced: bool = False,
    quiet: bool = True,
) -> RunResults:
    """Plays what is missing of a run, and keeps its measurements in the folder; `checks` were
    played before a comparison.

    Raises BadKey at once, and BadSettings for the folder of another run.
    """
    played = play(job, ResultOptions(traced=traced), folder, workers, quiet=quiet)
    ended = [episode for episode in played if isinstance(episode, Played)]
    invariants, beside = job.beside(ended)
    run = RunResults(
        job.about(),
        [episode if isinstance(episode, Failure) else episode.result for episode in played],
        Header(FORMAT, CANARY, tuple(checks), tuple(invariants)),
        beside,
        folder,
        traces={e.result.place.episode: e.trace for e in ended if e.trace},
    )
    if folder:
        write_atomically(folder / FILE, measurement_lines(run))
    return run


def measurement_lines(run: RunResults) -> Iterator[bytes]:
    """The lines of the measurements of a run; the same run gives the same bytes."""
    from msgspec.json import encode  # Here, because `--help` needs none.

    yield encode(run.header) + b"\n"
    for episode in run.episodes:
        kind = "result" if isinstance(episode, Result) else "failure"
        yield encode({kind: episode}) + b"\n"
    for result in run.beside:
        yield encode({"beside": result}) + b"\n"


def schema() -> Mapping[str, Any]:
    """The JSON Schema of a line of the measurements, the first of which is a Header."""
    import msgspec

    lines, parts = msgspec.json.schema_components([Header, Line])
    return {"anyOf": [*lines], "$defs": parts}


def load(folder: Any, name: str = "") -> RunResults:
    """The results of a finished run. Raises BadSettings if there is none, or it is damaged."""
    path = run_folder(folder)
    about = about_run(path)
    file = path / FILE
    if not file.exists():
        raise BadSettings(
            f"{path}: the run has not finished; `memorygym resume {path}` goes on with it"
        )
    header, lines = _read(file)
    episodes = [line.result or line.failure for line in lines if not line.beside]
    beside = [line.beside for line in lines if line.beside]
    run = RunResults(about, [e for e in episodes if e], header, beside, path, name)
    if not unknown_part(run.recipe):  # A file must not import code.
        _check_planned(run, plan_of(path, about))
    return run


def _read(file: Path) -> tuple[Header, list[Line]]:
    """The measurements in a file. Raises BadSettings for the first line that is none."""
    from msgspec.json import decode

    number, lines = 1, list[Line]()
    try:
        with unpacked(file) as stream:
            header = decode(stream.readline(), type=Header)
            if header.format != FORMAT:
                raise ValueError(f"the format is {header.format!r}, not {FORMAT}")
            for text in stream:
                number += 1
                lines.append(decode(text, type=Line))
                if lines[-1] == Line():
                    raise ValueError("it holds no episode")
    except (OSError, ValueError, BadSettings) as error:
        raise BadSettings(
            f"{file}, line {number}: damaged ({clip(str(error), 160)}); `memorygym resume"
            f" {file.parent}` measures the run again"
        ) from error
    return header, lines


def _check_planned(run: RunResults, places: Sequence[EpisodeKey]) -> None:
    """Raises BadSettings unless the episodes are those of the recipe, in its order."""
    pairs = zip_longest(places, (episode.place for episode in run.episodes))
    for number, (wanted, held) in enumerate(pairs, start=1):
        if held != wanted:
            name = held.episode if held else f"nothing, not {wanted.episode if wanted else ''}"
            if held and wanted and held.episode == wanted.episode:
                other = next(f for f in asdict(wanted) if getattr(held, f) != getattr(wanted, f))
                name += f" of the {other} {getattr(held, other)}, not {getattr(wanted, other)}"
            raise BadSettings(
                f"{run.folder}: its measurements are not those of its recipe: {len(run.episodes)}"
                f" episodes, and {len(places)} are planned; episode {number} is {name}"
            )


def run_folder(folder: Any) -> Path:
    """The path of a run's folder. Raises BadSettings for anything else."""
    if not isinstance(folder, str | PathLike):
        raise BadSettings(
            f"{folder!r:.80} is no folder: give the folders of runs, as load_results('a', 'b')"
        )
    if (path := Path(folder)).is_file():
        its = f"its run, {path.parent}" if (path.parent / "run.json").exists() else "a run"
        raise BadSettings(f"{path} is a file: give the folder of {its}")
    return path


def about_run(folder: Path) -> Mapping[str, Any]:
    """run.json without its format. Raises BadSettings if it states no run, or one of a track that
    is not installed here."""
    about: Mapping[str, Any] = Run(run_folder(folder)).about()
    recipe = about.get("recipe")
    if not isinstance(about.get("version"), str):
        raise BadSettings(f"{folder / 'run.json'} is damaged (it states no version)")
    check_track(folder, recipe)
    recipe = whole(recipe) if isinstance(recipe, Mapping) else recipe
    if problem := _misfit(recipe):
        raise BadSettings(f"{folder / 'run.json'} is damaged ({problem})")
    kept = {name: value for name, value in about.items() if name != "format"}
    return {**kept, "recipe": recipe}


def check_track(folder: Path, recipe: object) -> None:
    """Raises BadSettings for the recipe of a track that is not installed here."""
    track = recipe.get("track") if isinstance(recipe, Mapping) else None
    if isinstance(track, str) and track not in registry.names("tracks"):
        sources = recipe.get("sources") if isinstance(recipe, Mapping) else None
        modules = sources if isinstance(sources, Mapping) else {}
        own = [registry.own_part("tracks", str(module)) for module in modules]
        raise BadSettings(
            f"{folder} is a run of the track {clip(track, 40)!r}, which is not installed here:"
            f" name it, as in --plug {next(filter(None, own), 'my_track:SHOP')}"
        )


def _misfit(recipe: Any) -> str:
    """The first field of a recipe that is missing or of another type; "" if none is."""
    import msgspec

    kind = recipe.get("kind") if isinstance(recipe, Mapping) else None
    if not isinstance(kind, str) or kind not in SETTINGS:
        return f"recipe.kind is {kind!r:.40}, none of {', '.join(SETTINGS)}"
    try:
        fields = {**RECIPE, **{name: held for name, (_, held) in SETTINGS[kind].kept().items()}}
        if kind == "compare":
            fields["systems"] = list[tuple[str, int | None]]
        parts = [(name, dict[str, str] | msgspec.UnsetType, msgspec.UNSET) for name in CODE]
        struct = msgspec.defstruct(
            "Recipe", [("kind", str), *fields.items(), *parts], forbid_unknown_fields=True
        )
        msgspec.convert(recipe, struct)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$")
        return f"recipe{place.rstrip('`')} {problem.lower()}"
    for name in ("seeds", "budgets", "reasoners", "memories"):
        if name in fields and not recipe[name]:
            return f"recipe.{name} is empty"
    numbers = {name: recipe[name] for name in ("repeats", "capacity") if recipe[name] is not None}
    return next((f"recipe.{name} is {n}" for name, n in numbers.items() if n < 1), "")


def plan_of(folder: Path, about: Mapping[str, Any]) -> list[EpisodeKey]:
    """The episodes that a run's folder is to hold, in the order of the results. Raises UnknownPart
    or BadSettings for tasks that cannot be generated here."""
    recipe = about["recipe"]
    try:
        tasks = again(recipe)
        players, repeats = systems_of(recipe), recipe["repeats"]
        check_episodes(len(tasks.recipes), repeats, len(players))
    except BadSettings as error:
        raise BadSettings(f"{folder / 'run.json'} is damaged ({error})") from error
    except UnknownPart as error:
        raise BadSettings(f"{folder / 'run.json'}: its tasks are unknown here ({error})") from error
    return [
        place_of(tasks.track, task, repeat, player)
        for task, repeat, player in product(tasks.recipes, range(repeats), players)
    ]


def check_version(first: str, second: str) -> None:
    """Raises BadSettings for results of two versions."""
    if first != second:
        raise BadSettings(
            f"results of the versions {first} and {second} measure different things: give runs of"
            " one version, or play the older again"
        )


def source_note(runs: Sequence[RunResults]) -> str:
    """A sentence where runs of one version were played by different code; "" if none were."""
    sources = dict.fromkeys(str(run.about.get("source", "unknown")) for run in runs)
    several = f"Played by different code of one version (source {', '.join(sources)})."
    return several if len(sources) > 1 else ""
