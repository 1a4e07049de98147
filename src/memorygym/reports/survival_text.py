"""The tables of argument survival, for the terminal and as Markdown."""

from collections.abc import Callable, Iterator, Sequence

from memorygym.reports import markdown
from memorygym.reports.table import amount
from memorygym.reports.terminal import Row, count, listed, paragraph, table
from memorygym.runs.comparison.survival import Loss
from memorygym.runs.comparison.survival_figures import Share, SurvivalFigures, SurvivalRow
from memorygym.scoring.value_forms import KINDS
from memorygym.stats import FEWEST_TASKS, NOTHING, TOO_FEW, percent, span

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


def budgets_of(found: SurvivalFigures) -> list[int]:
    """The budgets, smallest first."""
    return sorted({row.budget for row in found.rows if row.budget is not None})


def rows_at(found: SurvivalFigures, budget: int) -> tuple[list[SurvivalRow], list[SurvivalRow]]:
    """The memories at a budget, best first, and the references beside them."""
    rows = [row for row in found.rows if row.budget in (None, budget)]
    memories = [row for row in rows if row.role == "memory"]
    memories.sort(key=lambda row: -row.survival.share.mean if row.survival else 1)
    order = ("full", "recency", "none")
    references = [row for row in rows if row.role == "reference"]
    return memories, sorted(references, key=lambda row: order.index(row.system))


Column = tuple[str, Callable[[SurvivalRow], str]]


def _columns(found: SurvivalFigures) -> list[Column]:
    kinds = [kind for kind in KINDS if found.uses.get(kind)]
    replaced = next((row.stale.uses for row in found.rows if row.stale), 0)
    return [
        ("survival\n%", lambda row: span(row.survival.share if row.survival else None)),
        ("context\ntokens", lambda row: amount(row.tokens.mean) if row.tokens else NOTHING),
        *([(f"stale %\nof {replaced:,}", lambda row: _mean(row.stale))] if replaced else []),
        *((kind, _of("by_kind", kind)) for kind in kinds),
    ]


def _split(found: SurvivalFigures, figure: str) -> list[Column]:
    """A column for each part of a figure that is split."""
    names = next((list(split) for row in found.rows if (split := getattr(row, figure))), [])
    return [(name, _of(figure, name)) for name in names]


def _of(figure: str, name: str) -> Callable[[SurvivalRow], str]:
    """The cell of one share of a figure that is split."""
    return lambda row: _mean(getattr(row, figure).get(name))


def _mean(share: Share | None) -> str:
    return percent(share.share, plus_minus=None) if share else NOTHING


def interval_note(found: SurvivalFigures) -> str:
    """What the intervals rest on."""
    n = found.clusters
    if n < FEWEST_TASKS:
        return f"{count(n, 'cluster')}: {TOO_FEW}."
    return (
        f"95 % intervals clustered by task where the log names one, else by trajectory ({n:,}"
        " clusters)."
    )


Section = tuple[str, Sequence[str], Sequence[Row], Sequence[Row]]
"""A table: its title and heads, and the lines of the memories and of the references."""


def sections(found: SurvivalFigures, budget: int, *, details: bool) -> Iterator[Section]:
    """The tables of a budget; with `details` also by source and by outcome."""
    memories, references = rows_at(found, budget)
    tables = [(f"budget {budget:,}", _columns(found)), (DISTANCES, _split(found, "by_distance"))]
    if details:
        tables += [("by who said it, %", _split(found, "by_source"))]
        tables += [("by outcome, %", _split(found, "by_outcome"))]
    for title, columns in tables:
        lines, beside = ([_line(row, columns) for row in rows] for rows in (memories, references))
        if columns:
            yield title, [head for head, _ in columns], lines, beside


def text(found: SurvivalFigures, heading: str, *, details: bool = False) -> Iterator[str]:
    """The report, as wide as the terminal."""
    yield from paragraph(heading)
    for budget in budgets_of(found):
        for title, heads, lines, beside in sections(found, budget, details=details):
            yield ""
            yield from table(title, heads, [*lines, "references", *beside])
        yield ""
        for line in _loss_lines(found, budget):
            yield from paragraph(line)
    yield ""
    yield from paragraph(f"{NOTE} {interval_note(found)}")
    if failed := [row for row in found.rows if row.failed]:
        counts = listed(f"{row.system} on {row.failed}" for row in failed)
        yield from paragraph(f"* failed: {counts}. Figures are over the finished trajectories.")


def _line(row: SurvivalRow, columns: Sequence[Column]) -> Row:
    return row.system + "*" * bool(row.failed), [cell(row) for _, cell in columns]


def _loss_lines(found: SurvivalFigures, budget: int) -> Iterator[str]:
    """The worst losses of the memory that is best at a budget."""
    for best in rows_at(found, budget)[0][:1]:
        own = [x for x in found.losses if (x.system, x.budget) == (best.system, budget)]
        yield f"worst losses of {best.system} at {budget:,}:" if own else f"{best.system}: no loss"
        yield from (f"- {loss_text(loss)}" for loss in own[:SHOWN_LOSSES])


def loss_text(loss: Loss) -> str:
    """A loss in one sentence, with its places."""
    calls = f", lost at {loss.times} calls" if loss.times > 1 else ""
    stale = "; the context showed an older value" if loss.stale else ""
    return (
        f"{loss.place}, messages[{loss.message}]: {loss.tool}({loss.argument}={loss.value!r})"
        f" needs what messages[{loss.said}] ({loss.by}) said {loss.distance:,} tokens"
        f" before{calls}{stale}"
    )


def page(found: SurvivalFigures, heading: str) -> Iterator[str]:
    """The report as a page of Markdown."""
    yield "# Argument survival\n"
    yield markdown.wrapped(f"{heading}. {NOTE} {interval_note(found)}")
    for budget in budgets_of(found):
        for title, heads, lines, beside in sections(found, budget, details=False):
            yield f"\n## {title[0].upper()}{title[1:]}\n"
            cells = [[name, *own] for name, own in (*lines, *beside)]
            yield markdown.grid(["memory", *(head.replace("\n", " ") for head in heads)], cells)
        yield ""
        yield from map(_escaped, _loss_lines(found, budget))


def _escaped(line: str) -> str:
    return "- " * line.startswith("- ") + markdown.safe(line.removeprefix("- "))
