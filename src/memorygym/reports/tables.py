"""The tables of `bench`, `score` and `play`, as wide as the terminal."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from memorygym.core.trace import Trace
from memorygym.core.track import Invariant, find
from memorygym.reports.run_difference import RunDifference
from memorygym.reports.stored_runs import readable, verdict_lines
from memorygym.reports.table import Column, Table, beside, plain
from memorygym.reports.terminal import GREEN, RED, count, fit, paint
from memorygym.runs.episode_result import Failure, place_in
from memorygym.runs.results import RunResults
from memorygym.runs.summary import Summary
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.usage import Usage, limits_in
from memorygym.stats import FEWEST_TASKS, TOO_FEW, Estimate, Repeats, percent


def first_line(planned: int, failures: Sequence[Failure], stuck: int = 0) -> str:
    """How many episodes were scored, how many events ended stuck, and why episodes failed.

    >>> first_line(20, [])
    '20 episodes: 20 scored; 0 failed at the provider, 0 at the memory, 0 excluded'
    """
    kinds = Counter(failure.kind for failure in failures)
    agent = f", {kinds['agent']} at the agent" * bool(kinds["agent"])
    scored = f"{planned - len(failures)} scored"
    scored += f", {count(stuck, 'event')} stuck" if stuck else ""
    return (
        f"{count(planned, 'episode')}: {scored};"
        f" {kinds['provider']} failed at the provider, {kinds['memory']} at the memory{agent},"
        f" {len(failures)} excluded"
    )


def results_table(
    summaries: Sequence[Summary], references: Mapping[str, Summary] | None = None
) -> str:
    """One row per agent, then the references; the meaning of the figures; what they can show."""
    track, stated = summaries[0].track, [*summaries[0].axes]
    own = find(track).axes
    # In the order of the track.
    axes = own if set(own) == set(stated) else stated
    heads = dict(zip(axes, letters(axes), strict=True))
    columns: list[Column[Summary]] = [
        Column("agent", lambda row: readable(row.who)),
        Column("composite", lambda row: row.composite, summaries[0].score, "share"),
        *(Column(axis, partial(_axis, axis), heads[axis], "share") for axis in axes),
        Column("refusals", lambda row: row.correct_refusals, unit="share", spread=""),
    ]
    tasks = max(summary.tasks for summary in summaries)
    means = ", ".join(f"{letter} {axis}" for axis, letter in heads.items())
    intervals = (
        f", {TOO_FEW}" if tasks < FEWEST_TASKS else " with 95 % intervals, clustered by task"
    )
    notes = [
        f"{count(tasks, 'task')}; shares in %{intervals};"
        f" {', '.join(filter(None, [means, 'refusals: correct refusals']))}.",
        detectable_text([summary.detectable or 0.0 for summary in summaries], tasks),
    ]
    label = f"scripted, on the same tasks: {', '.join(references or ())}"
    rows = beside(summaries, label, references.values()) if references else summaries
    return "\n".join(Table(columns, rows, notes=[*filter(None, notes)]).lines())


def _axis(axis: str, row: Summary) -> Estimate | None:
    return row.axes.get(axis)


def letters(axes: Sequence[str]) -> list[str]:
    """The first letter of each axis, or as many letters as distinguish the axes.

    >>> letters(["breadth", "maintenance"]), letters(["retrieval", "reasoning", "update"])
    (['B', 'M'], ['RET', 'REA', 'UPD'])
    """
    longest = max(map(len, axes), default=1)
    for size in range(1, longest):
        heads = [axis[:size].upper() for axis in axes]
        if len(set(heads)) == len(axes):
            return heads
    return [axis.upper() for axis in axes]


def detectable_text(effects: Sequence[float], tasks: int) -> str:
    """The smallest difference that these tasks can show, in words; "" if it is unknown."""
    effect = max(effects, default=0.0)
    if tasks < FEWEST_TASKS or effect > 1:
        return (
            f"{count(tasks, 'task')} cannot tell agents apart: play more"
            " (`memorygym power` says how many)."
        )
    if not round(effect, 3):
        return ""
    return (
        f"Two agents on these tasks must differ by {100 * effect:.1f} points to be told apart"
        " (80 % power, correlation .5; `memorygym power`)."
    )


def heading(document: Mapping[str, Any]) -> str:
    """The version and the recipe of the figures."""
    recipe = document["recipe"]
    parameters = [
        f"{name} {value}" for name, value in recipe["parameters"].items() if name != "template"
    ]
    parameters.sort(key=lambda text: not text.startswith("tier "))
    parts = [f"version {document['version']}", *parameters]
    budgets = ", ".join(f"{budget:,}" for budget in recipe.get("budgets", ()))
    parts += [f"memory {recipe['memory']}" if not budgets else f"comparison at {budgets} tokens"]
    parts += [f"{recipe['repeats']} repeats"] if recipe["repeats"] > 1 else []
    parts += ["judged"] if recipe["judge"] else []
    salt, tasks = recipe["salt"], "tasks of files" if recipe["data"] else "public seeds"
    return ", ".join([*parts, f"private test set, secret hash {salt[:12]}…" if salt else tasks])


def details(summary: Summary, failures: Sequence[Failure], cost: float | None) -> list[str]:
    """The figures of a model beside its row: bounds, repeats, judge, tokens and cost."""
    lines = []
    if bounds := summary.bounds(failures):
        low, high = (100 * bound for bound in bounds)
        lines.append(
            f"if all failed episodes had scored 0: {low:.1f}; if all had scored 1: {high:.1f}"
        )
    if summary.repeats:
        lines += _repeats_lines(summary.repeats)
    if summary.repaired:
        lines.append(f"answers that the judge alone accepted: {summary.repaired}")
    if summary.judged:
        lines.append(f"the judge, measured by the typed grader: {summary.judged}")
    for name, usage in summary.usage.items():
        figures = (("prompt", usage.prompt), ("completion", usage.completion))
        counts = (f"{'unknown' if n is None else format(n, ',')} {kind}" for kind, n in figures)
        lines.append(f"tokens at {name}: {', '.join(counts)}, in {usage.calls:,} replies")
    if limits := _limits_text(sum(summary.usage.values(), Usage(0, 0, 0, 0))):
        lines.append(limits)
    if summary.usage:
        lines.append(f"cost: {'unknown' if cost is None else f'{cost:.4f} USD'}")
    return [f"{readable(summary.who)}:", *(f"  {line}" for line in lines)] if lines else []


def _limits_text(usage: Usage) -> str:
    """How many replies are not whole, and why.

    >>> _limits_text(Usage(9, 0, 0, 0, cut=3, exceeded=1))
    '3 replies were cut at max_tokens, 1 request exceeded the context'
    """
    counts = []
    if usage.cut:
        counts.append(f"{count(usage.cut, 'reply was', 'replies were')} cut at max_tokens")
    if usage.exceeded:
        counts.append(f"{count(usage.exceeded, 'request')} exceeded the context")
    return ", ".join(counts)


def _repeats_lines(repeats: Repeats) -> list[str]:
    k, sources = repeats.fewest, repeats.sources()
    shares = {
        "pass@1": repeats.pass_at(1),
        f"pass@{k}": repeats.pass_at(k),
        f"pass^{k}": repeats.pass_all(k),
    }
    figures = ", ".join(f"{name} {percent(share)}" for name, share in shares.items())
    lines = [f"{k} repeats, in %: {figures}"]
    if sources:
        between, within = sources
        lines.append(f"variance of answers: {between:.3f} between questions, {within:.3f} within")
    return lines


def against_text(comparisons: Sequence[RunDifference], now: RunResults, before: RunResults) -> str:
    """The difference of each agent from an earlier run."""
    private, order = bool(now.recipe["salt"]), "now minus before"
    if private != bool(before.recipe["salt"]):
        order = "private minus public" if private else "public minus private"
    lines = []
    for pair in comparisons:
        name = pair.agent if pair.agent == pair.other else f"{pair.agent} minus {pair.other}"
        how = "the same tasks, paired" if pair.paired else "other tasks, unpaired"
        verdict = "" if pair.difference.shown else "; not significant"
        lines += fit(f"{name}, {order}: {pair.difference.in_points}, {how}{verdict}")
    return "\n".join(lines)


def causes_table(summaries: Sequence[Summary]) -> str:
    """The causes of misses, by agent."""
    rows = []
    for summary in summaries:
        if summary.causes:
            counts = sorted(summary.causes.items(), key=lambda item: -item[1])
            rows += fit(
                f"{readable(summary.who)}: {', '.join(f'{cause} {n}' for cause, n in counts)}"
            )
    return "\n".join(["misses by cause", *rows]) if rows else ""


def invariants_table(invariants: Sequence[Invariant]) -> str:
    """Name, value, bound, margin and verdict of each invariant; those that fail come first."""
    heads = ("invariant", "value", "bound", "margin", "verdict")
    rows = [
        (
            row.name,
            *(f"{number:.2f}" for number in (row.value, row.bound, row.margin)),
            "holds" if row.holds else "FAILS",
        )
        for row in sorted(invariants, key=lambda row: row.holds)
    ]
    failed = sum(not row.holds for row in invariants)
    verdict = f"{failed} fail" if failed else "all hold"
    last = paint(f"{len(invariants)} invariants, {verdict}", RED if failed else GREEN)
    return "\n".join([*plain(heads, rows).lines(), last])


def questions_text(trace: Trace) -> Iterator[str]:
    """Each question under its ID, with truth, answer, verdict and, if it was missed, the cause."""
    attribution, name = Attribution(trace), place_in(trace).episode
    for number, outcome in enumerate(outcomes(trace), start=1):
        limits = [*limits_in(trace, outcome.goal.event)]
        yield from verdict_lines(f"{name}#{number}", outcome, attribution.cause(outcome), limits)
