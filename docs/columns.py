"""Prints docs/columns.md: every column of every table of results, with its meaning.

    python docs/columns.py > docs/columns.md

A column states its meaning in reports/columns.py, or it is the field of a class, and the text under
that field says it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memorygym.core.outcome import Score
from memorygym.reports import columns
from memorygym.reports.curves import Point
from memorygym.reports.table import SPREAD, Table
from memorygym.runs.comparison.figures import FIGURES, Figure, SystemRow
from memorygym.runs.comparison.significance import Pair
from memorygym.runs.metrics import Measurement, QuestionCase
from memorygym.runs.settings import meanings

HEAD = """# Columns

What every column of every table means. This page is made by `python docs/columns.py > docs/columns.md`.

Rows of several runs (`load_results` of two folders or more) begin with `run`, the name of the run's folder, or its whole path where two names are alike.

Shares are from 0 to 1. A mean has three columns: NAME, and NAME_low and NAME_high, the bounds of its 95 % interval over tasks, which are empty for fewer than five tasks (see [statistics](statistics.md)).
"""  # noqa: E501  # A paragraph of a page is a line.
COMMON = {
    "version": "benchmark version: only rows of one version may be compared",
    "track": "the kind of task",
    "template": "the template of the task, such as `company`",
    "seed": "names the task, together with its template",
    "reasoner": "who answered from what memory showed",
    "budget": "most tokens that a memory may put before an event; empty for a system without limit",
    "system": "the memory as it was named, a reference (none, full, recency, oracle), or"
    " `held:MEMORY`: all that this memory held, whatever the budget, or `muted:MEMORY`: this"
    " memory with a model that answers nothing",
    "role": "memory, reference, control or unlimited",
    "agent": "who played",
    "memory": "the memory that the agent used",
    "trusted": "whether the agent, memory or system was passed as a Python object, which runs in"
    " the caller's process",
    "error": "why the episode has no score; empty if it has one",
}
"""Columns that mean the same wherever they stand."""
SHARE = "mean over tasks, from 0 to 1"
LEADERBOARD = {
    "track": "",
    "budget": "",
    "version": "benchmark version",
    "parameters": "what was set of the track",
    "salt": "hash of the secret of a private test set",
    "judged": "whether a model judged answers",
    "rank": "empty for who is not ranked",
    "agent": "who played; of a comparison the reasoner",
    "kind": "model, honest, adversary or truth; of a comparison memory or reference",
    "memory": "the memory or system",
    "composite": f"the headline score, {SHARE}",
    "low": columns.LOW,
    "high": columns.HIGH,
    "correct_refusals": SHARE,
    "normalised_gain": FIGURES["normalised"].meaning,
    "tasks": "number of tasks",
    "repeats": "of each task",
    "ingest_tokens": "tokens of the model per episode, while reading documents",
    "query_tokens": "tokens of the model per episode, while answering questions",
    "cost_usd": "of the whole run, by the prices that were given",
    "repaired": "answers that the grader rejected and the judge accepted",
    "bound": "most points of 100 that an adversary may reach",
    "bound_over": "the agent above whose score that is counted",
    "status": "how far the run was checked",
    "submitters_word": "what no check can show",
    "why": "why it was checked no further, or is not ranked",
}
"""The columns of `leaderboard --format csv`; those without a meaning are of COMMON."""


@dataclass(frozen=True)
class Section:
    """A table on the page."""

    title: str
    about: str
    """What a row is."""
    meanings: Mapping[str, str]
    """By column; "" for those of COMMON."""
    notes: Sequence[str] = ()
    means: Collection[str] = ()
    """The columns that are three, with the bounds of an interval."""

    @property
    def names(self) -> list[str]:
        """Its columns in files and records."""
        return [f"{name}{end}" for name in self.meanings for end in self._ends(name)]

    def _ends(self, name: str) -> Sequence[str]:
        return SPREAD if name in self.means else ("",)

    def lines(self) -> Iterator[str]:
        """The section as Markdown."""
        yield from ("", f"## {self.title}", "")
        if common := [name for name, meaning in self.meanings.items() if not meaning]:
            yield from (f"{self.about} Columns of many tables: {', '.join(common)}.", "")
        yield from ("| column | meaning |", "|---|---|")
        for name, meaning in self.meanings.items():
            if meaning:
                yield f"| `{name}{'`, `'.join(self._ends(name))}` | {meaning} |"
        yield from (line for note in self.notes for line in ("", note))


def sections() -> Iterator[Section]:
    """Every table of results, in the order of the page."""
    tests = dict(meanings(Pair))
    tests["p_adjusted"] = tests["adjusted"]
    figures = {**meanings(SystemRow), **tests, "p": f"{tests['p']} against `recency`"}
    figures |= {name: meaning_of(figure) for name, figure in FIGURES.items()}
    scores = dict(meanings(Score))
    scores |= {"questions": scores["answerable"], "peak_tokens": scores["peak"]}
    yield _section(columns.SYSTEM_ROWS)
    yield _section(columns.AGENT_ROWS, scores)
    yield _section(columns.AGENT_SUMMARY, scores)
    yield _section(columns.COMPARED, figures)
    yield _section(columns.QUESTIONS, meanings(QuestionCase))
    yield _section(columns.PAIRS, tests)
    yield _section(columns.PARETO, meanings(Point))
    yield _section(columns.CURVE)
    yield _section(columns.TIMINGS)
    yield Section(
        "leaderboard --format csv",
        "One row an agent, or a system of a comparison, ranked or not.",
        LEADERBOARD,
        ["The named parts of the composite stand before `correct_refusals`."],
    )


def _section(table: Table[Any], texts: Mapping[str, str] | None = None) -> Section:
    """A table of columns, with the meanings of those that state none."""
    stated = {each.key: each.meaning or (texts or {}).get(each.key, "") for each in table.columns}
    means = {each.key for each in table.columns if each.is_mean}
    return Section(table.title, table.caption, stated, table.notes, means)


def meaning_of(figure: Figure) -> str:
    """What a figure means."""
    text = figure.meaning or f"{meanings(Measurement)[figure.name]}; mean over tasks"
    ends = {
        "reading": "; empty if more than 5 % of the statements are unread",
        "answers": "; empty if more than 5 % are unread and the reasoner is a script",
    }
    return text + ends.get(figure.rests_on, "")


def page() -> str:
    """The page."""
    tables = [Section("Columns of many tables", "", COMMON), *sections()]
    return "\n".join([HEAD.rstrip(), *(line for table in tables for line in table.lines()), ""])


if __name__ == "__main__":
    print(page(), end="")
