"""What `memorygym rm` prints: the verdict of a compaction, and the tables of an evaluation."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from memorygym.core.text import one_line
from memorygym.reports.table import plain
from memorygym.reports.terminal import fit


def judgement_text(judgement: Mapping[str, Any]) -> str:
    """The verdict of one compaction, the needs, and what is believed lost, in quotes."""
    lines = [f"{judgement['verdict']}: p_harmful {judgement['p_harmful']:.3f}"]
    for name, title in (
        ("needs", "needs, with the probability that each is lost:"),
        ("lost", "believed lost, with the share of each that is gone:"),
    ):
        if items := judgement.get(name):
            lines.append(title)
        for item in items or ():
            first, *rest = fit(one_line(item["text"]), " " * 8)
            lines += [f"  {item['p_lost']:.2f}  {first.lstrip()}", *rest]
    return "\n".join(lines)


def evaluation_text(document: Mapping[str, Any]) -> str:
    """A table a split: the judge, its ceiling and the baselines."""
    splits = document["splits"].items()
    parts = ["\n".join(_split_text(name, split)) for name, split in splits]
    return "\n\n".join([f"model {document['model']}", *parts])


def _split_text(name: str, split: Mapping[str, Any]) -> Iterator[str]:
    body = split.get("needs") if split["mode"] == "needs" else split
    assert isinstance(body, Mapping)
    of = f"{body['needs']:,} needs, " if split["mode"] == "needs" else ""
    yield from fit(
        f"{name}: {body['n']:,} rows, {of}{body['groups']:,} groups, {_cell(body['harmful'])}"
        f" {'lost' if of else 'harmful'}; mode {split['mode']}, data {split['data']}"
    )
    heads = ("AUROC", "95 %", "Brier", "ECE", "acc", "harm-F1", "safe-F1", "lead")
    rows = [("MemRM", *_cells(body, body["intervals"]["auroc"], None))]
    if ceiling := body.get("ceiling"):
        rows.append(("ceiling", *_cells(ceiling, None, -(ceiling["gap"] or 0))))
    for title, figures in body["baselines"].items():
        cells = _cells(figures, figures["interval"], figures["lead"])
        rows.append((title.replace("_", " "), *cells))
    yield from plain(("", *heads), rows).lines()
    if verdicts := body.get("covered"):
        yield from fit(
            f"verdicts on {_cell(verdicts['coverage'])} of the rows: AUROC"
            f" {_cell(verdicts['auroc'])}, accuracy {_cell(verdicts['accuracy'])};"
            f" {verdicts['caveat']}"
        )
    if card := body.get("card"):
        ours, published = card["ours_reweighted"], card["published"].items()
        pairs = ", ".join(
            f"{key} {_cell(ours[key])} (card {_cell(value)})" for key, value in published
        )
        yield from fit(f"at 87.8 % harmful: {pairs}. Not the same measurement:")
        for line in card["differences"]:
            yield from fit(line, "  ")


def _cells(
    figures: Mapping[str, Any], interval: Sequence[float] | None, lead: float | None
) -> list[str]:
    names = ("brier", "ece", "accuracy", "harmful_f1", "safe_f1")
    span = "–".join(_cell(bound, 2) for bound in interval) if interval else ""
    rest = [_cell(figures[name]) for name in names]
    return [_cell(figures["auroc"]), span, *rest, "" if lead is None else f"{lead:+.3f}"]


def _cell(value: float | None, places: int = 3) -> str:
    """A share without its leading 0.

    >>> _cell(0.9251), _cell(1.0), _cell(None)
    ('.925', '1.000', '–')
    """
    return "–" if value is None else f"{value:.{places}f}".removeprefix("0")
