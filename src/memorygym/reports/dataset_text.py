"""What `memorygym datasets` prints: the formats, the content of a file, and evidence recall."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import fill
from typing import Any

from memorygym.core.text import one_line
from memorygym.datasets._recall import RecallMeasurement, shares
from memorygym.reports.table import plain
from memorygym.reports.terminal import WIDTH, fit, width
from memorygym.stats import FEWEST_TASKS, TOO_FEW, span


def format_text(row: Mapping[str, Any]) -> str:
    """A format, as the list of formats shows it."""
    columns = min(width(), WIDTH)
    lines = [f"{row['id']}: {row['about']}", f"units: {', '.join(row['units'])}"]
    lines += [f"{key}: {row[key]}" for key in ("evidence", "licence", "source")]
    return "\n".join(
        fill(
            line,
            columns,
            initial_indent=" " * 4 if number else "",
            subsequent_indent=" " * 6,
            break_on_hyphens=False,
            break_long_words=False,
        )
        for number, line in enumerate(lines)
    )


def content_lines(file: str, row: Mapping[str, Any]) -> Iterator[str]:
    """What a file holds: records, units, tokens, questions by category."""
    read, left_out = row["records"].values()
    refusals, asked = row["refusals"], row["questions"]
    yield f"{file} as {row['format']}: {read} records read, {left_out} left out"
    for name, key in ((f"{row['unit']}s", "units"), ("tokens", "tokens")):
        yield f"{name:<12}{'{total:,} ({least:,} to {most:,} a sample)'.format_map(row[key])}"
    yield (
        f"{'questions':<12}{asked:,}; {row['with_evidence']:,} with evidence,"
        f" {row['unknown_evidence']:,} pieces of which name no unit"
    )
    for category, n in row["categories"].items():
        yield f"  {n:>6}  {one_line(category)}"
    if refusals:
        yield (
            f"{'floor':<12}{100 * refusals / asked:.1f} %: {refusals:,} questions want a refusal,"
            " so always refusing scores this"
        )


def recall_lines(
    file: str, memory: str, unit: str, recall: RecallMeasurement, ks: Sequence[int]
) -> Iterator[str]:
    """One row a k, first over all questions that count and then by category."""
    yield from fit(f"{file}: {_counted(recall)}")
    least, most = min(recall.sizes), max(recall.sizes)
    sizes = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    spread = f"; {TOO_FEW.replace('tasks', 'samples')}"
    if len({question.sample for question in recall.searched}) >= FEWEST_TASKS:
        spread = ", with 95 % intervals clustered by sample"
    yield from fit(
        f"{memory} over {sum(recall.sizes):,} {unit}s of {len(recall.sizes):,} samples"
        f" ({sizes} each); shares in %{spread}"
    )
    yield ""
    rows = []
    for name, own in {"all of them": recall.searched, **recall.by_category()}.items():
        first: tuple[str, int | str] = (one_line(name), len(own))
        for k in ks:
            rows.append((*first, k, *map(span, shares(own, k).values())))
            first = "", ""
    yield from plain(("category", "n", "k", "fraction", "any", "all"), rows).lines()


def _counted(recall: RecallMeasurement) -> str:
    """How many records and questions count, and why the others do not."""
    records = len(recall.sizes) + len(recall.left_out)
    asked = len(recall.searched) + sum(recall.skipped.values())
    reasons = [f"{n} {reason.replace('_', ' ')}" for reason, n in recall.skipped.items()]
    if recall.unknown:
        reasons.append(f"{recall.unknown} pieces of evidence name no unit")
    why = f" ({', '.join(reasons)})" if reasons else ""
    return (
        f"{len(recall.sizes)} of {records} records read; {len(recall.searched)} of {asked}"
        f" questions count{why}"
    )
