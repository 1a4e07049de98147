"""The meaning of every column of every result table, in one list that makes docs/columns.md.

Where a column is the field of a class, its meaning is the text under that field.
"""

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from memorygym.core.outcome import Score
from memorygym.reports.curves import CURVES
from memorygym.reports.figure_guide import FIGURES, MEASURED
from memorygym.runs.metrics import Measurement, QuestionCase

SPREAD = ("", "_low", "_high")
"""Ends of the three columns of a mean: itself, and its 95 % interval over tasks."""


@dataclass(frozen=True, slots=True)
class TableGuide:
    """One table: where it is, what a row is, and its columns."""

    title: str
    about: str
    common: tuple[str, ...]
    """Columns that are explained in COMMON."""
    columns: Mapping[str, str]
    means: Mapping[str, str] = field(default_factory=dict)
    """Columns with an interval: each stands for three."""
    more: str = ""
    """What else is to be said."""

    @property
    def names(self) -> set[str]:
        """Every column."""
        return {
            *self.common,
            *self.columns,
            *(f"{name}{end}" for name in self.means for end in SPREAD),
        }


@cache
def meanings(cls: type) -> Mapping[str, str]:
    """By field of a class: the text under it, or "" without one."""
    (defined,) = ast.parse(inspect.getsource(cls)).body
    assert isinstance(defined, ast.ClassDef)
    texts: dict[str, str] = {}
    field = ""
    for part in defined.body:
        match part:
            case ast.AnnAssign(target=ast.Name(id=field)):
                texts[field] = ""
            case ast.Expr(value=ast.Constant(value=str(text))) if field:
                texts[field] = " ".join(text.split())
    return texts


COMMON = {
    "version": "benchmark version: only rows of one version may be compared",
    "track": "the kind of task",
    "template": "the domain",
    "seed": "names the task, together with its domain",
    "reasoner": "who answered from what memory showed",
    "budget": "most tokens that a memory may put before an event; empty for a system without limit",
    "system": "the memory as it was named, a reference (none, full, recency, oracle), or"
    " `held:MEMORY`: all that this memory held, whatever the budget",
    "role": "memory, reference or held",
    "agent": "who played",
    "memory": "the memory that the agent used",
    "trusted": "whether the agent, memory or system was passed as a Python object, which runs in"
    " the caller's process",
    "error": "why the episode has no score; empty if it has one",
}
"""Columns that mean the same wherever they stand."""
TASK, UNDER = ("version", "track", "template", "seed"), ("reasoner", "budget", "system")
TESTS = {
    "p": "p-value of a sign-flip test",
    "p_adjusted": "the same, Holm-adjusted: against recency over all memories, in pairs.csv"
    " over all pairs",
    "detectable": "smallest difference that these tasks would show with 80 % power, as a share; at"
    " least that of one question, and empty for fewer than five tasks",
}
LOW, HIGH = "lower bound of the 95 % interval", "upper bound of the 95 % interval"


def _begun(text: str) -> str:
    """A field's text as a cell.

    >>> _begun("Most tokens held.")
    'most tokens held'
    """
    return f"{text[:1].lower()}{text[1:].rstrip('.')}"


@cache
def guides() -> tuple[TableGuide, ...]:
    """Every table."""
    return (*_of_results(), *_of_comparisons(), _leaderboard())


def _of_results() -> Iterator[TableGuide]:
    scored = {name: _begun(text) for name, text in meanings(Score).items()}
    yield TableGuide(
        "rows() of a comparison",
        "One row a system and task. Their mean over tasks is the accuracy of compare.csv.",
        (*TASK, *UNDER, "role", "trusted", "error"),
        {
            "questions": "answerable questions whose needed facts fit the budget together",
            "accuracy": FIGURES["accuracy"], "exact": FIGURES["exact"], "f1": FIGURES["f1"],
            "context_tokens": "tokens that memory showed, mean per question",
        },
    )  # fmt: skip
    yield TableGuide(
        "rows() of an evaluation",
        "One row an agent, task and repeat.",
        (*TASK, "agent", "memory", "trusted", "error"),
        {
            "repeat": "counted from 0", "composite": scored["composite"],
            "correct_refusals": scored["correct_refusals"], "accuracy": scored["accuracy"],
            "questions": scored["answerable"], "correct": scored["correct"],
            "peak_tokens": scored["peak"], "writes": scored["writes"],
        },
        more="The named parts of the composite follow it: of worlds breadth, maintenance, reasoning"
        " and efficiency, each from 0 to 1, empty where nothing was asked.",
    )  # fmt: skip
    yield TableGuide(
        "summary() of an evaluation",
        "One row an agent.",
        ("agent", "memory", "trusted"),
        {
            "tasks": "tasks that it finished", "episodes": "tasks times repeats",
            "accuracy": scored["accuracy"],
        },
        {name: scored[name] for name in ("composite", "correct_refusals")},
        "The named parts of the composite have three columns each, too.",
    )  # fmt: skip


def _of_comparisons() -> Iterator[TableGuide]:
    counted = meanings(Measurement)
    yield TableGuide(
        "compare.csv, and summary() of a comparison",
        "One row a system, reasoner and budget.",
        (*UNDER, "role"),
        {
            "tasks": "tasks that the system finished",
            "failed": "tasks that it did not finish; they are in no mean",
            "rank": "1 + the number of memories that are significantly better; empty for references"
            " and for a memory that failed somewhere or is a fault of the set-up",
            "fault": "whether the strongest scripted reasoner answers more from the memory than"
            " from all that it held, by more than the interval: a fault of the set-up",
            "bound": "floor or ceiling if the memory is at that of `none` or `oracle` whatever the"
            " number of facts needed: not measured here",
            **TESTS, "p": f"{TESTS['p']} against `recency`",
        },
        {**FIGURES, **{name: f"{_begun(counted[name])}; mean over tasks" for name in MEASURED}},
        "`summary()` has the column `trusted`, too, and no rows `held:MEMORY`.",
    )  # fmt: skip
    yield TableGuide(
        "questions.csv, and questions()",
        "One row a system and question, also those that are left out of the means because their"
        " needed facts do not fit the budget together.",
        (*UNDER, "template", "seed"),
        {name: _begun(text) for name, text in meanings(QuestionCase).items()},
    )
    yield TableGuide(
        "pairs.csv",
        "One row for every two memories that finished every task.",
        UNDER,
        {
            "other": "the memory that it is compared with", "tasks": "tasks that both finished",
            "low": LOW, "difference": "accuracy of `system` minus that of `other`", "high": HIGH,
            **TESTS,
        },
    )  # fmt: skip
    yield TableGuide(
        "pareto.csv",
        "One row a system that finished every task, the cheapest first.",
        UNDER,
        {
            "accuracy": FIGURES["accuracy"], "tokens": FIGURES["total"],
            "dominated_by": "a system that is at least as good and as cheap, and better on one",
        },
    )  # fmt: skip
    yield TableGuide(
        ", ".join(f"{kind}.csv" for kind in CURVES),
        "One row a system and bin: facts.csv and hops.csv always, the others where"
        " `compare --curve` asked for them. Questions are sorted by: "
        + "; ".join(f"{of.title} ({kind})" for kind, of in CURVES.items())
        + ". The interval is Wilson's, of as many questions as remain when those of a task count"
        " as alike; none of fewer than five tasks.",
        UNDER,
        {
            "bin": "the values of its questions; k is 1,000 tokens", "questions": "how many",
            "low": LOW, "accuracy": FIGURES["accuracy"], "high": HIGH,
        },
    )  # fmt: skip
    yield TableGuide(
        "timings.csv",
        "One row a system; the figures differ from run to run.",
        UNDER,
        {
            "p50_ms": "median of the milliseconds that the memory took in a step",
            "p95_ms": "95th percentile of these",
        },
    )


def _leaderboard() -> TableGuide:
    share = "mean over tasks, from 0 to 1"
    return TableGuide(
        "leaderboard --format csv",
        "One row an agent, or a system of a comparison, ranked or not.",
        ("track", "budget"),
        {
            "version": "benchmark version", "parameters": "what was set of the track",
            "salt": "hash of the secret of a private test set",
            "judged": "whether a model judged answers", "rank": "empty for who is not ranked",
            "agent": "who played; of a comparison the reasoner", "kind": "model, honest, adversary"
            " or truth; of a comparison memory or reference", "memory": "the memory or system",
            "composite": f"the headline score, {share}",
            "low": LOW, "high": HIGH,
            "correct_refusals": share, "normalised_gain": FIGURES["normalised"],
            "tasks": "number of tasks", "repeats": "of each task",
            "ingest_tokens": "tokens of the model per episode, while reading documents",
            "query_tokens": "tokens of the model per episode, while answering questions",
            "cost_usd": "of the whole run, by the prices that were given",
            "repaired": "answers that the grader rejected and the judge accepted",
            "bound": "most points of 100 that an adversary may reach",
            "bound_over": "the agent above whose score that is counted",
            "status": "how far the run was checked", "submitters_word": "what no check can show",
            "why": "why it was checked no further, or is not ranked",
        },
        more="The named parts of the composite stand before `correct_refusals`.",
    )  # fmt: skip


def guide_text() -> str:
    """docs/columns.md."""
    lines = [
        "# Columns",
        "",
        "What every column of every table means. This page is made by"
        " `python -m memorygym.reports.column_guide > docs/columns.md`.",
        "",
        "Rows of several runs (`load_results` of two folders or more) begin with `run`, the name of"
        " the run's folder, or its whole path where two names are alike.",
        "",
        "Shares are from 0 to 1. A mean has three columns: NAME, and NAME_low and NAME_high, the"
        " bounds of its 95 % interval over tasks, which are empty for fewer than five tasks"
        " (see [statistics](statistics.md)).",
        *_section("Columns of many tables", "", COMMON),
    ]
    for guide in guides():
        means = {f"{name}`, `_low`, `_high": meaning for name, meaning in guide.means.items()}
        common = f"{guide.about} Columns of many tables: {', '.join(guide.common)}."
        lines += _section(guide.title, common, {**guide.columns, **means})
        lines += ["", guide.more] if guide.more else []
    return "\n".join(lines) + "\n"


def _section(title: str, about: str, columns: Mapping[str, str]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield from (about, "") if about else ()
    yield from ("| column | meaning |", "|---|---|")
    yield from (f"| `{name}` | {meaning} |" for name, meaning in columns.items())


if __name__ == "__main__":
    print(guide_text(), end="")
