"""The report of argument survival: as text, JSON, CSV and Markdown, and for Python."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from memorygym import __version__
from memorygym.core.errors import BadSettings
from memorygym.core.files import json_bytes, write_atomically
from memorygym.core.redaction import masked
from memorygym.core.types import JSON
from memorygym.datasets.trajectories.files import DUPLICATE, Problem, read_all
from memorygym.datasets.trajectories.formats import Trajectory
from memorygym.reports import survival_text
from memorygym.reports.comparison_files import to_rounded_json
from memorygym.reports.extras import missing
from memorygym.reports.table import rows_csv
from memorygym.reports.terminal import count, listed
from memorygym.runs.comparison.survival import SurvivalJob, replay_all
from memorygym.runs.comparison.survival_figures import SurvivalFigures, SurvivalRow, figures
from memorygym.scoring.value_forms import KINDS
from memorygym.stats import Estimate

if TYPE_CHECKING:
    import pandas

SCHEMA = "memorygym-survival-1"
DOCUMENT = "trajectories.json"
SHOWN_PROBLEMS = 20
"""Records that were not read, and replays that failed, that are printed."""


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
    problems: Sequence[Problem] = field(default_factory=tuple)
    """What could not be read."""
    duplicates: int = 0
    """Trajectories that equal an earlier one."""

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def text(self, *, details: bool = False) -> str:
        """The report as `memorygym compare --trajectories` prints it, with --all if `details`."""
        return "\n".join(survival_text.text(self.figures, heading(self), details=details))

    def rows(self) -> list[dict[str, JSON]]:
        """One plain dict per system and budget; docs/your-logs.md explains the columns."""
        return [_cells(row) for row in self.figures.rows]

    def losses(self) -> list[dict[str, JSON]]:
        """One plain dict per loss: the worst ten of every memory and budget, with their places."""
        return [asdict(loss) for loss in self.figures.losses]

    def to_pandas(self) -> "pandas.DataFrame":
        """The rows as a DataFrame (extra `data`)."""
        try:
            import pandas
        except ImportError as error:
            raise missing("to_pandas", "pandas", "data") from error
        return pandas.DataFrame(self.rows())

    def document(self) -> dict[str, JSON]:
        """trajectories.json."""
        found = self.figures
        return {
            "schema": SCHEMA,
            "memorygym": __version__,
            "files": list(self.files),
            "capacity": self.capacity,
            "memory_model": self.memory_model,
            "redacted": self.redacted,
            "problems": [problem.text for problem in self.problems],
            "duplicates": self.duplicates,
            "trajectories": found.trajectories,
            "trajectories_with_uses": found.used,
            "clusters": found.clusters,
            "calls": found.calls,
            "uses": dict(found.uses),
            "formats": dict(found.formats),
            "outcomes": dict(found.outcomes),
            "distance_by_outcome": to_rounded_json(found.distance_by_outcome),
            "rows": [to_rounded_json(row) for row in found.rows],
            "losses": [*self.losses()],
            "errors": [f"{place}: {played.error}" for place, played in found.errors],
        }

    def write(self, folder: Path) -> None:
        """Writes trajectories.json, trajectories.csv, losses.csv and report.md into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        texts = {
            "trajectories.csv": rows_csv(self.rows()),
            "losses.csv": rows_csv(self.losses()),
            "report.md": "\n".join(survival_text.page(self.figures, heading(self))) + "\n",
        }
        write_atomically(folder / DOCUMENT, [json_bytes(self.document())])
        for name, text in texts.items():
            write_atomically(folder / name, [text.encode()])


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

    def trajectories() -> Iterator[Trajectory]:
        for item in read_all(paths):
            if isinstance(item, Trajectory):
                yield item
            elif job.redact:
                problems.append(Problem(item.place, masked(item.reason)))
            else:
                problems.append(item)

    found = figures([*replay_all(job, trajectories(), workers, quiet=quiet)])
    duplicates = [problem for problem in problems if problem.reason == DUPLICATE]
    broken = [problem for problem in problems if problem.reason != DUPLICATE]
    if not found.trajectories:
        more = f" (and {len(broken) - 1:,} more)" if len(broken) > 1 else ""
        raise BadSettings(f"no trajectory could be read: {broken[0].text}{more}")
    if not found.used:
        first = f"; {broken[0].text}" if broken else ""
        raise BadSettings(
            f"nothing to measure: {count(found.trajectories, 'trajectory', 'trajectories')} with"
            f" {count(found.calls, 'call')}, and no argument took a value from an earlier turn;"
            f" give logs of longer conversations with tool calls{first}"
        )
    return SurvivalReport(
        found, [path.name for path in paths], job.limits[0].capacity, job.redact, memory_model,
        broken, len(duplicates),
    )  # fmt: skip


def _cells(row: SurvivalRow) -> dict[str, JSON]:
    """A row as plain cells; shares from 0 to 1."""
    cells: dict[str, JSON] = {
        "system": row.system, "role": row.role, "budget": row.budget, "failed": row.failed,
        "uses": row.survival.uses if row.survival else 0,
        **_ends("survival", row.survival.share if row.survival else None),
        "replaced": row.stale.uses if row.stale else 0,
        **_ends("stale", row.stale.share if row.stale else None),
        **_ends("tokens", row.tokens),
    }  # fmt: skip
    for kind in KINDS:
        share = row.by_kind.get(kind)
        cells[f"uses_{kind}"] = share.uses if share else 0
        cells[f"survival_{kind}"] = round(share.share.mean, 6) if share else None
    return cells


def _ends(name: str, figure: Estimate | None) -> dict[str, JSON]:
    ends = figure.to_json() if figure else {"mean": None, "low": None, "high": None}
    return {name: ends["mean"], f"{name}_low": ends["low"], f"{name}_high": ends["high"]}


def heading(report: SurvivalReport) -> str:
    """How much was read, and what was not."""
    found = report.figures
    formats = listed(f"{n:,} {name}" for name, n in found.formats.items())
    uses = listed(f"{found.uses[kind]:,} {kind}" for kind in KINDS if kind in found.uses)
    left = [f"{count(len(report.problems), 'record')} not read"] if report.problems else []
    left += [f"{count(report.duplicates, 'duplicate')} left out"] if report.duplicates else []
    without = found.trajectories - found.used
    left += [f"{without:,} without a value from an earlier turn"] if without else []
    return (
        f"{count(found.trajectories, 'trajectory', 'trajectories')} ({formats}) of"
        f" {', '.join(report.files[:3])}{' …' if len(report.files) > 3 else ''}:"
        f" {count(found.calls, 'call')}, whose arguments take"
        f" {count(sum(found.uses.values()), 'value')} from earlier turns ({uses})"
        f"{'; ' + listed(left) if left else ''}"
    )


def problem_lines(report: SurvivalReport) -> Iterator[str]:
    """What was not read and which replays failed, a line each."""
    found: Mapping[str, None] = dict.fromkeys(
        [
            *(problem.text for problem in report.problems),
            *(f"{place}: {played.error}" for place, played in report.figures.errors),
        ]
    )
    yield from list(found)[:SHOWN_PROBLEMS]
    if len(found) > SHOWN_PROBLEMS:
        yield f"… and {len(found) - SHOWN_PROBLEMS:,} more"
