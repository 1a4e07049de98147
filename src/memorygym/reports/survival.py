"""The report of argument survival: as text, JSON, CSV and Markdown, and for Python."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from memorygym import __version__
from memorygym.core.errors import BadSettings
from memorygym.core.files import json_bytes, write_atomically
from memorygym.core.redaction import masked
from memorygym.core.types import JSON
from memorygym.datasets.trajectories.files import DUPLICATE, Problem, read_all
from memorygym.datasets.trajectories.formats import Trajectory
from memorygym.reports import markdown
from memorygym.reports.extras import missing
from memorygym.reports.table import Column, Table, beside, rows_csv, to_rounded_json
from memorygym.reports.terminal import count, listed, paragraph
from memorygym.runs.comparison.survival import Loss, SurvivalJob, replay_all
from memorygym.runs.comparison.survival_figures import Share, SurvivalFigures, SurvivalRow, figures
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
    problems: Sequence[Problem] = field(default_factory=tuple)
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
            "trajectories.csv": Table(COLUMNS, self.figures.rows).csv(),
            "losses.csv": rows_csv(self.losses()),
            "report.md": "\n".join(_page(self)) + "\n",
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


def _estimate(share: Share | None) -> Estimate | None:
    return share.share if share else None


def _uses(share: Share | None) -> int:
    return share.uses if share else 0


def _of_kind(kind: str) -> list[Column[SurvivalRow]]:
    return [
        Column(f"uses_{kind}", lambda row: _uses(row.by_kind.get(kind))),
        Column(f"survival_{kind}", lambda row: _estimate(row.by_kind.get(kind))),
    ]


COLUMNS: list[Column[SurvivalRow]] = [
    *(Column(name, attrgetter(name)) for name in ("system", "role", "budget", "failed")),
    Column("uses", lambda row: _uses(row.survival)),
    Column("survival", lambda row: _estimate(row.survival), is_mean=True),
    Column("replaced", lambda row: _uses(row.stale)),
    Column("stale", lambda row: _estimate(row.stale), is_mean=True),
    Column("tokens", lambda row: row.tokens, is_mean=True),
    *(column for kind in KINDS for column in _of_kind(kind)),
]
"""The columns of trajectories.csv; shares from 0 to 1."""


def _columns(found: SurvivalFigures) -> list[Column[SurvivalRow]]:
    """The columns of the main table."""
    survival, stale, tokens = (
        column for column in COLUMNS if column.key in ("survival", "stale", "tokens")
    )
    replaced = next((row.stale.uses for row in found.rows if row.stale), 0)
    columns = [
        replace(survival, heading="survival\n%", unit="share", spread="()"),
        replace(tokens, heading="context\ntokens", unit="amount", spread=""),
        replace(stale, heading=f"stale %\nof {replaced:,}", unit="share", spread=""),
    ]
    kinds = [kind for kind in KINDS if found.uses.get(kind)]
    return [*columns[: 3 if replaced else 2], *_split("by_kind", kinds)]


def _split(figure: str, names: Iterable[str]) -> list[Column[SurvivalRow]]:
    """A column for each part of a figure that is split."""

    def part(name: str, row: SurvivalRow) -> Estimate | None:
        return _estimate(getattr(row, figure).get(name))

    return [Column(name, partial(part, name), unit="share", spread="") for name in names]


def _tables(found: SurvivalFigures, budget: int, *, details: bool) -> Iterator[Table[SurvivalRow]]:
    """The tables of a budget; with `details` also by source and by outcome."""
    splits = {DISTANCES: "by_distance"}
    if details:
        splits |= {"by who said it, %": "by_source", "by outcome, %": "by_outcome"}
    tables = {f"budget {budget:,}": _columns(found)}
    for title, figure in splits.items():
        parts = (split for row in found.rows if (split := getattr(row, figure)))
        tables[title] = _split(figure, next(parts, ()))
    rows = beside(_memories(found, budget), "references", _references(found, budget))
    for title, columns in tables.items():
        if columns:
            yield Table([Column("memory", _marked), *columns], rows, title)


def _marked(row: SurvivalRow) -> str:
    return row.system + "*" * bool(row.failed)


def _memories(found: SurvivalFigures, budget: int) -> list[SurvivalRow]:
    """The memories at a budget, best first."""
    rows = [row for row in found.rows if row.role == "memory" and row.budget == budget]
    return sorted(rows, key=lambda row: -row.survival.share.mean if row.survival else 1)


def _references(found: SurvivalFigures, budget: int) -> list[SurvivalRow]:
    """The references beside them."""
    rows = [row for row in found.rows if row.role == "reference" and row.budget in (None, budget)]
    return sorted(rows, key=lambda row: ("full", "recency", "none").index(row.system))


def _budgets(found: SurvivalFigures) -> list[int]:
    """The budgets, smallest first."""
    return sorted({row.budget for row in found.rows if row.budget is not None})


def _interval_note(found: SurvivalFigures) -> str:
    """What the intervals rest on."""
    n = found.clusters
    if n < FEWEST_TASKS:
        return f"{count(n, 'cluster')}: {TOO_FEW}."
    return (
        f"95 % intervals clustered by task where the log names one, else by trajectory ({n:,}"
        " clusters)."
    )


def _text(report: SurvivalReport, *, details: bool) -> Iterator[str]:
    """The report, as wide as the terminal."""
    found = report.figures
    yield from paragraph(_heading(report))
    for budget in _budgets(found):
        for table in _tables(found, budget, details=details):
            yield from ("", *table.lines())
        yield ""
        for line in _loss_lines(found, budget):
            yield from paragraph(line)
    yield ""
    yield from paragraph(f"{NOTE} {_interval_note(found)}")
    if failed := [row for row in found.rows if row.failed]:
        counts = listed(f"{row.system} on {row.failed}" for row in failed)
        yield from paragraph(f"* failed: {counts}. Figures are over the finished trajectories.")


def _page(report: SurvivalReport) -> Iterator[str]:
    """The report as a page of Markdown."""
    found = report.figures
    yield "# Argument survival\n"
    yield markdown.wrapped(f"{_heading(report)}. {NOTE} {_interval_note(found)}")
    for budget in _budgets(found):
        for table in _tables(found, budget, details=False):
            yield f"\n## {table.title[0].upper()}{table.title[1:]}\n"
            yield table.markdown()
        yield ""
        for line in _loss_lines(found, budget):
            yield "- " * line.startswith("- ") + markdown.safe(line.removeprefix("- "))


def _loss_lines(found: SurvivalFigures, budget: int) -> Iterator[str]:
    """The worst losses of the memory that is best at a budget."""
    for best in _memories(found, budget)[:1]:
        own = [x for x in found.losses if (x.system, x.budget) == (best.system, budget)]
        yield f"worst losses of {best.system} at {budget:,}:" if own else f"{best.system}: no loss"
        yield from (f"- {_loss_text(loss)}" for loss in own[:SHOWN_LOSSES])


def _loss_text(loss: Loss) -> str:
    """A loss in one sentence, with its places."""
    calls = f", lost at {loss.times} calls" if loss.times > 1 else ""
    stale = "; the context showed an older value" if loss.stale else ""
    return (
        f"{loss.place}, messages[{loss.message}]: {loss.tool}({loss.argument}={loss.value!r})"
        f" needs what messages[{loss.said}] ({loss.by}) said {loss.distance:,} tokens"
        f" before{calls}{stale}"
    )


def _heading(report: SurvivalReport) -> str:
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
