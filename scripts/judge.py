"""Writes docs/results/memrm.md: the judge of compactions on three distributions, in four modes.

    python scripts/judge.py [--folder DIR] [--modes blind needs recorded pair]

The figures of each mode are stored in the folder; remove one to measure it again. Each measurement
opens the final splits, which `memorygym rm evaluate` logs.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from typing import Any

from pages import options, write

from memorygym.cli import main as memorygym
from memorygym.reports.markdown import grid

MODES = ("blind", "needs", "recorded", "pair")
TITLES = {"iid": "IID", "strategy-ood": "strategy-OOD", "scenario-ood": "scenario-OOD"}
MUST = {"iid": (0.90, 0.04), "strategy-ood": (0.85, None), "scenario-ood": (0.80, 0.13)}
"""By split: the AUROC that must be reached, and the ECE that may not be exceeded, in blind mode."""
GAP, LEAD_LENGTH, LEAD_NEEDS = 0.03, 0.10, 0.03
"""Greatest distance to the ceiling, and the leads over the length ratio and over each baseline of
needs that must be reached."""
FIGURES = ("auroc", "auprc", "brier", "ece", "accuracy", "harmful_f1", "safe_f1")
HEADS = ("AUROC", "AUPRC", "Brier", "ECE", "accuracy", "Harmful-F1", "Safe-F1")
INTRODUCTION = """\
# MemRM: is a compaction safe?

Written by `python scripts/judge.py`; the same bytes on every machine. Model {model}. AUROC and the
other figures are at full coverage, HARMFUL is the positive class, ECE has 15 bins of equal mass.
Brackets hold 95 % intervals: a bootstrap of 1,000 draws over whole groups (tasks that share a block
of seeds). IID rows come from tracks and strategies that the model knows, on other tasks;
strategy-OOD rows from families of strategies that it has not seen; scenario-OOD rows from a track
that it has not seen. Thresholds and calibration come from the calibration split. Each measurement
of these splits is a line of `memrm-openings.jsonl`.
"""


def main() -> int:
    """Measures the modes that the folder lacks and writes the page."""
    parser = options("memrm", __doc__)
    text = "the modes to measure, blind among them (default: all)"
    parser.add_argument(
        "--modes", nargs="+", choices=MODES, default=MODES, metavar="MODE", help=text
    )
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    for mode in args.modes:
        if (path := args.folder / f"{mode}.json").exists():
            continue
        with redirect_stdout(io.StringIO()) as printed:
            status = memorygym(["rm", "evaluate", "--split", "all", "--mode", mode, "--json"])
        if status:
            return status
        path.write_text(printed.getvalue(), encoding="utf-8")
    found = {mode: json.loads((args.folder / f"{mode}.json").read_bytes()) for mode in args.modes}
    if len(models := {document["model"] for document in found.values()}) > 1:
        print(f"{args.folder} holds figures of {len(models)} models; remove those of the old ones")
        return 1
    write("memrm.md", _page(found))
    return 0


def _page(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    blind = found["blind"]["splits"]
    needs = found["needs"]["splits"] if "needs" in found else {}
    yield INTRODUCTION.format(model=found["blind"]["model"])
    yield "## Blind mode: the two contexts alone\n"
    yield grid(
        ["split", "rows", "groups", "harmful", *HEADS, "data"],
        [
            [TITLES[name], *_sizes(split), *_figures(split), split["data"]]
            for name, split in blind.items()
        ],
    )
    yield "\n### Targets\n"
    yield grid(["target", "reached", ""], _targets(blind, needs))
    for name, split in blind.items():
        yield f"\n### {TITLES[name]}: ceiling and baselines\n"
        yield "The ceiling is the same model given the true future needs.\n"
        yield grid(["", *HEADS, "MemRM's lead in AUROC"], _baselines(split))
    yield from _coverage(blind)
    yield from _prevalence(blind)
    for label in ("strategy", "track", "reason"):
        yield f"\n### By {label}\n"
        heads = ["split", label, "rows", "harmful", "mean p_harmful", "AUROC", "accuracy"]
        yield grid(heads, _strata(blind, label))
    if missing := [mode for mode in MODES if mode not in found]:
        yield f"\nNot measured on this model yet: {', '.join(missing)}."
    if needs:
        yield "\n## Needs: does the compacted context still support this?\n"
        yield "LOST is the positive class. The second interval is clustered by need.\n"
    for name, split in needs.items():
        body = split["needs"]
        low, high = body["intervals_by_need"]["auroc"]
        yield f"\n### {TITLES[name]}: {body['n']:,} rows, {body['needs']:,} needs\n"
        yield f"AUROC by need {body['auroc']:.3f} ({low:.3f} to {high:.3f}).\n"
        yield grid(["", *HEADS, "MemRM's lead in AUROC"], _baselines(body))
    yield from _actions(found)


def _sizes(split: Mapping[str, Any]) -> list[str]:
    return [f"{split['n']:,}", f"{split['groups']:,}", f"{split['harmful']:.3f}"]


def _figures(body: Mapping[str, Any]) -> list[str]:
    """The figures, with their intervals where the body has them."""
    intervals = body.get("intervals", {})
    return [_spread(body[name], intervals.get(name)) for name in FIGURES]


def _spread(value: float | None, interval: Sequence[float] | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" + (f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else "")


def _baselines(body: Mapping[str, Any]) -> Iterator[list[str]]:
    yield ["MemRM", *_figures(body), ""]
    if ceiling := body.get("ceiling"):
        low, high = ceiling["gap_interval"]
        yield ["ceiling", *_figures(ceiling), _spread(-ceiling["gap"], (-high, -low))]
    for name, figures in body["baselines"].items():
        lead = _spread(figures["lead"], figures["lead_interval"])
        yield [name.replace("_", " "), *_figures(figures), lead]


def _targets(blind: Mapping[str, Any], needs: Mapping[str, Any]) -> Iterator[list[str]]:
    """Each target with what was reached, and by how much it is missed."""
    for name, split in blind.items():
        title, (wanted, error) = TITLES[name], MUST[name]
        yield _target(f"{title}: AUROC ≥ {wanted:.2f}", split["auroc"], wanted, higher=True)
        if ceiling := split.get("ceiling"):
            yield _target(f"{title}: within {GAP} of the ceiling", ceiling["gap"], GAP)
        if error is not None:
            yield _target(f"{title}: ECE ≤ {error}", split["ece"], error)
        lead = split["baselines"]["length_ratio"]["lead"]
        yield _target(f"{title}: beats length by {LEAD_LENGTH:.2f}", lead, LEAD_LENGTH, higher=True)
        if name == "scenario-ood":
            ece = split["after_100_labels"]["ece"]
            yield _target(f"{title}: ECE ≤ 0.05 after 100 labels", ece, 0.05)
    for name, split in needs.items():
        lead = min(figures["lead"] for figures in split["needs"]["baselines"].values())
        text = f"{TITLES[name]}: beats every needs baseline by {LEAD_NEEDS}"
        yield _target(text, lead, LEAD_NEEDS, higher=True)


def _target(text: str, value: float, bound: float, *, higher: bool = False) -> list[str]:
    short = bound - value if higher else value - bound
    return [text, f"{value:.3f}", "yes" if short <= 0 else f"missed by {short:.3f}"]


def _coverage(blind: Mapping[str, Any]) -> Iterator[str]:
    """Verdicts by the thresholds, and the most confident rows at the published coverages."""
    yield "\n### Verdicts: coverage and what is right among the covered rows\n"
    rows = []
    for name, split in blind.items():
        low, high = split["covered"]["thresholds"]
        parts = {f"p ≤ {low:.3f} or ≥ {high:.3f}": split["covered"]}
        parts |= {f"most confident {float(s):.1%}": b for s, b in split["covered_at"].items()}
        for rule, body in parts.items():
            cells = [_spread(body[key], None) for key in ("coverage", "auroc", "accuracy", "ece")]
            rows.append([TITLES[name], rule, f"{body['n']:,}", *cells])
    yield grid(["split", "rule", "rows", "coverage", "AUROC", "accuracy", "ECE"], rows)
    yield f"\nBeware: {next(iter(blind.values()))['covered']['caveat']}.\n"
    yield "Share of wrong verdicts by coverage, the most confident rows first:\n"
    curves = {TITLES[name]: split["risk_coverage"][1::2] for name, split in blind.items()}
    heads = [f"{point[0]:.0%}" for point in next(iter(curves.values()))]
    risks = [[name, *(f"{risk:.3f}" for _, risk in curve)] for name, curve in curves.items()]
    yield grid(["split", *heads], risks)


def _prevalence(blind: Mapping[str, Any]) -> Iterator[str]:
    yield "\n### Reweighted to 87.8 % HARMFUL, the prevalence of the published data\n"
    rows = [[TITLES[name], *_figures(split["reweighted"])] for name, split in blind.items()]
    yield grid(["split", *HEADS], rows)


def _strata(blind: Mapping[str, Any], label: str) -> Iterator[list[str]]:
    for name, split in blind.items():
        for part, body in split["by"].get(label, {}).items():
            cells = [_spread(body[key], None) for key in ("harmful", "mean_p", "auroc", "accuracy")]
            yield [TITLES[name], part, f"{body['n']:,}", *cells]


def _actions(found: Mapping[str, Any]) -> Iterator[str]:
    """The modes that read actions, and the published figures beside ours."""
    for mode in (mode for mode in ("recorded", "pair") if mode in found):
        yield f"\n## Mode `{mode}`\n"
        splits = found[mode]["splits"]
        rows = [[TITLES[name], *_figures(split)] for name, split in splits.items()]
        yield grid(["split", *HEADS], rows)
    if "pair" not in found:
        return
    yield "\n### Beside the model card\n"
    card = found["pair"]["splits"]["iid"]["card"]
    published, ours = card["published"], card["ours_reweighted"]
    heads = dict(zip(FIGURES, HEADS, strict=True))
    rows = [[heads[key], f"{value:.3f}", f"{ours[key]:.3f}"] for key, value in published.items()]
    yield grid(["IID", "card (3,007 rows)", "ours, pair mode, at 87.8 % HARMFUL"], rows)
    yield "\nThese are not the same measurement:\n"
    yield from (f"- {line}" for line in card["differences"])


if __name__ == "__main__":
    raise SystemExit(main())
