"""The report of argument survival: as text, JSON, CSV and Markdown, and for Python."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memorygym import __version__
from memorygym.core.errors import BadSettings
from memorygym.core.files import json_bytes, write_atomically
from memorygym.core.redaction import masked
from memorygym.core.types import JSON
from memorygym.datasets._logs import DUPLICATE, LoggedTrajectory, Problem, read_all
from memorygym.reports import markdown
from memorygym.reports.table import (
    Column,
    Spread,
    Table,
    beside,
    frame,
    rows_csv,
    to_rounded_json,
)
from memorygym.reports.terminal import count, listed, paragraph
from memorygym.runs.comparison.survival import (
    Share,
    SurvivalFigures,
    SurvivalJob,
    SurvivalRow,
    figures,
    replay_all,
)
from memorygym.scoring.value_forms import KINDS
from memorygym.stats import FEWEST_TASKS, TOO_FEW, Estimate

if TYPE_CHECKING:
    import pandas

SCHEMA = "memorygym-survival-1"
DOCUMENT = "trajectories.json"
SHOWN_PROBLEMS = 20
"""Records that were not read, and replays that failed, that are printed."""
SHOWN_LOSSES = 5
"""Losses of a budget that are printed."""
NOTE = (
    "Survival: of the values that arguments of later calls took from earlier messages, the share"
    " that the context still showed before the call; what the agent always sees and the running"
    " turn are left out. Kinds: the same by kind of value. Stale: of the values that had replaced"
    " another one, those for which the context showed only the older value. Context: tokens shown"
    " per reply. full is the ceiling, none the floor."
)
DISTANCES = "survival in % by tokens between the message that said the value and the call"


@dataclass(frozen=True, slots=True)
class SurvivalReport:
    """Which memories still show what recorded agents needed."""

    figures: SurvivalFigures
    files: Sequence[str]
    """The names of the files and folders."""
    capacity: int | None
    redacted: bool
    """Whether secrets are masked."""
    memory_model: str
    """The model that memories called."""
    problems: Sequence[Problem] = ()
    """What could not be read."""
    duplicates: int = 0
    """Trajectories that equal an earlier one."""

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def text(self, *, details: bool = False) -> str:
        """The report as `memorygym compare --trajectories` prints it, with --all if `details`."""
        return "\n".join(_text(self, details=details))

    def rows(self) -> list[dict[str, JSON]]:
        """One plain dict per system and budget; docs/your-logs.md explains the columns."""
        return Table(COLUMNS, self.figures.rows).records()

    def losses(self) -> list[dict[str, JSON]]:
        """One plain dict per loss: the worst ten of every memory and budget, with their places."""
        return [asdict(loss) for loss in self.figures.losses]

    def to_pandas(self) -> "pandas.DataFrame":
        """The rows as a DataFrame (extra `data`)."""
        return frame(self.rows())

    def document(self) -> dict[str, JSON]:
        """trajectories.json."""
        return {
            **to_rounded_json(self.figures),
            "schema": SCHEMA,
            "memorygym": __version__,
            "files": list(self.files),
            "capacity": self.capacity,
            "memory_model": self.memory_model,
            "redacted": self.redacted,
            "problems": [problem.text for problem in self.problems],
            "duplicates": self.duplicates,
            "errors": self.errors,
        }

    @property
    def errors(self) -> list[str]:
        """The replays that failed."""
        return [f"{place}: {played.error}" for place, played in self.figures.errors]

    def write(self, folder: Path) -> None:
        """Writes trajectories.json, trajectories.csv, losses.csv and report.md into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        files = {
            DOCUMENT: json_bytes(self.document()),
            "trajectories.csv": Table(COLUMNS, self.figures.rows).csv().encode(),
            "losses.csv": rows_csv(self.losses()).encode(),
            "report.md": ("\n".join(_page(self)) + "\n").encode(),
        }
        for name, data in files.items():
            write_atomically(folder / name, [data])


def check_folder(folder: Path | None) -> None:
    """Raises BadSettings for a folder of other contents, before anything is replayed."""
    if folder and folder.is_dir() and any(folder.iterdir()) and not (folder / DOCUMENT).exists():
        raise BadSettings(
            f"{folder} is not empty and holds no {DOCUMENT}; give a new or an empty folder"
        )


def perform(
    job: SurvivalJob, paths: Sequence[Path], memory_model: str, workers: int, *, quiet: bool
) -> SurvivalReport:
    """Reads and replays the trajectories. Raises BadSettings if there is nothing to measure."""
    problems: list[Problem] = []

    def trajectories() -> Iterator[LoggedTrajectory]:
        for item in read_all(paths):
            if isinstance(item, LoggedTrajectory):
                yield item
            else:
                reason = masked(item.reason) if job.redact else item.reason
                problems.append(Problem(item.place, reason))

    read = figures([*replay_all(job, trajectories(), workers, quiet=quiet)])
    broken = [problem for problem in problems if problem.reason != DUPLICATE]
    if not read.trajectories:
        more = f" (and {len(broken) - 1:,} more)" if len(broken) > 1 else ""
        raise BadSettings(f"no trajectory could be read: {broken[0].text}{more}")
    if not read.trajectories_with_uses:
        first = f"; {broken[0].text}" if broken else ""
        raise BadSettings(
            f"nothing to measure: {count(read.trajectories, 'trajectory', 'trajectories')} with"
            f" {count(read.calls, 'call')}, and no argument took a value from an earlier turn;"
            f" give logs of longer conversations with tool calls{first}"
        )
    return SurvivalReport(
        figures=read,
        files=[path.name for path in paths],
        capacity=job.limits[0].capacity,
        redacted=job.redact,
        memory_model=memory_model,
        problems=broken,
        duplicates=len(problems) - len(broken),
    )


def _share(name: str, row: SurvivalRow) -> Share | None:
    """A share of a row; "by_kind.path" names one of those it is split into."""
    figure, _, part = name.partition(".")
    shares: Any = getattr(row, figure)
    share: Share | None = shares.get(part) if part else shares
    return share


def _uses(key: str, name: str) -> Column[SurvivalRow]:
    return Column(key, lambda row: share.uses if (share := _share(name, row)) else 0)


def _estimate(
    key: str, name: str, heading: str = "", spread: Spread = "", *, is_mean: bool = False
) -> Column[SurvivalRow]:
    def of(row: SurvivalRow) -> Estimate | None:
        return share.share if (share := _share(name, row)) else None

    return Column(key, of, heading, "share", spread, is_mean=is_mean)


NAME: Column[SurvivalRow] = Column("memory", lambda row: row.system + "*" * bool(row.failed))
SURVIVAL = _estimate("survival", "survival", "survival\n%", "()", is_mean=True)
STALE = _estimate("stale", "stale", is_mean=True)
TOKENS: Column[SurvivalRow] = Column(
    "tokens", attrgetter("tokens"), "context\ntokens", "amount", "", is_mean=True
)
COLUMNS: list[Column[SurvivalRow]] = [
    *(Column(name, attrgetter(name)) for name in ("system", "role", "budget", "failed")),
    *(_uses("uses", "survival"), SURVIVAL, _uses("replaced", "stale"), STALE, TOKENS),
    *(
        column
        for kind in KINDS
        for name in [f"by_kind.{kind}"]
        for column in (_uses(f"uses_{kind}", name), _estimate(f"survival_{kind}", name))
    ),
]
"""The columns of trajectories.csv; shares from 0 to 1."""


def _split(figure: str, parts: Iterable[str]) -> list[Column[SurvivalRow]]:
    """A column for each part of a figure that is split."""
    return [_estimate(part, f"{figure}.{part}") for part in parts]


def _tables(read: SurvivalFigures, budget: int, *, details: bool) -> Iterator[Table[SurvivalRow]]:
    """The tables of a budget; with `details` also by source and by outcome."""
    replaced = next((row.stale.uses for row in read.rows if row.stale), 0)
    stale = [replace(STALE, heading=f"stale %\nof {replaced:,}")] if replaced else []
    kinds = _split("by_kind", (kind for kind in KINDS if read.uses.get(kind)))
    tables = {f"budget {budget:,}": [SURVIVAL, TOKENS, *stale, *kinds]}
    splits = {DISTANCES: "by_distance"}
    if details:
        splits |= {"by who said it, %": "by_source", "by outcome, %": "by_outcome"}
    for title, figure in splits.items():
        parts = (split for row in read.rows if (split := getattr(row, figure)))
        tables[title] = _split(figure, next(parts, ()))
    references = [row for row in read.rows if row.role == "reference"]
    references.sort(key=lambda row: ("full", "recency", "none").index(row.system))
    shown = [row for row in references if row.budget in (None, budget)]
    rows = beside(_memories(read, budget), "references", shown)
    for title, columns in tables.items():
        if columns:
            yield Table([NAME, *columns], rows, title)


def _memories(read: SurvivalFigures, budget: int) -> list[SurvivalRow]:
    """The memories at a budget, best first."""
    rows = [row for row in read.rows if row.role == "memory" and row.budget == budget]
    return sorted(rows, key=lambda row: -row.survival.share.mean if row.survival else 1)


def _budgets(read: SurvivalFigures) -> list[int]:
    """The budgets, smallest first."""
    return sorted({row.budget for row in read.rows if row.budget is not None})


def _note(read: SurvivalFigures) -> str:
    """What the figures are, and what their intervals rest on."""
    n = read.clusters
    if n < FEWEST_TASKS:
        return f"{NOTE} {count(n, 'cluster')}: {TOO_FEW}."
    by = "by task where the log names one, else by trajectory"
    return f"{NOTE} 95 % intervals clustered {by} ({n:,} clusters)."


def _text(report: SurvivalReport, *, details: bool) -> Iterator[str]:
    """The report, as wide as the terminal."""
    read = report.figures
    yield from paragraph(_heading(report))
    for budget in _budgets(read):
        for table in _tables(read, budget, details=details):
            yield from ("", *table.lines())
        yield ""
        for line in _loss_lines(read, budget):
            yield from paragraph(line)
    yield ""
    yield from paragraph(_note(read))
    if failed := [row for row in read.rows if row.failed]:
        counts = listed(f"{row.system} on {row.failed}" for row in failed)
        yield from paragraph(f"* failed: {counts}. Figures are over the finished trajectories.")


def _page(report: SurvivalReport) -> Iterator[str]:
    """The report as a page of Markdown."""
    read = report.figures
    yield "# Argument survival\n"
    yield markdown.wrapped(f"{_heading(report)}. {_note(read)}")
    for budget in _budgets(read):
        for table in _tables(read, budget, details=False):
            yield f"\n## {table.title[0].upper()}{table.title[1:]}\n"
            yield table.markdown()
        yield ""
        for line in _loss_lines(read, budget):
            yield "- " * line.startswith("- ") + markdown.safe(line.removeprefix("- "))


def _loss_lines(read: SurvivalFigures, budget: int) -> Iterator[str]:
    """The worst losses of the memory that is best at a budget, each with its places."""
    for best in _memories(read, budget)[:1]:
        own = [x for x in read.losses if (x.system, x.budget) == (best.system, budget)]
        yield f"worst losses of {best.system} at {budget:,}:" if own else f"{best.system}: no loss"
        for loss in own[:SHOWN_LOSSES]:
            calls = f", lost at {loss.times} calls" if loss.times > 1 else ""
            stale = "; the context showed an older value" if loss.stale else ""
            yield (
                f"- {loss.place}, messages[{loss.message}]: {loss.tool}({loss.argument}="
                f"{loss.value!r}) needs what messages[{loss.said}] ({loss.by}) said"
                f" {loss.distance:,} tokens before{calls}{stale}"
            )


def _heading(report: SurvivalReport) -> str:
    """How much was read, and what was not."""
    read = report.figures
    formats = listed(f"{n:,} {name}" for name, n in read.formats.items())
    uses = listed(f"{read.uses[kind]:,} {kind}" for kind in KINDS if kind in read.uses)
    left = [f"{count(len(report.problems), 'record')} not read"] if report.problems else []
    left += [f"{count(report.duplicates, 'duplicate')} left out"] if report.duplicates else []
    without = read.trajectories - read.trajectories_with_uses
    left += [f"{without:,} without a value from an earlier turn"] if without else []
    return (
        f"{count(read.trajectories, 'trajectory', 'trajectories')} ({formats}) of"
        f" {', '.join(report.files[:3])}{' …' if len(report.files) > 3 else ''}:"
        f" {count(read.calls, 'call')}, whose arguments take"
        f" {count(sum(read.uses.values()), 'value')} from earlier turns ({uses})"
        f"{'; ' + listed(left) if left else ''}"
    )


def problem_lines(report: SurvivalReport) -> Iterator[str]:
    """What was not read and which replays failed, a line each."""
    lines = list(dict.fromkeys([*(problem.text for problem in report.problems), *report.errors]))
    yield from lines[:SHOWN_PROBLEMS]
    if len(lines) > SHOWN_PROBLEMS:
        yield f"… and {len(lines) - SHOWN_PROBLEMS:,} more"
