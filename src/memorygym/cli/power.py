"""Say how large a difference a plan of tasks detects, and how many tasks a difference needs."""

import argparse
import json
from collections.abc import Mapping
from typing import Any

from memorygym.cli._settings import add_settings, settings_of
from memorygym.reports.table import plain, to_rounded_json
from memorygym.reports.terminal import fit
from memorygym.runs.power import PowerSettings, power_of

Row = Mapping[str, Any]
"""As --json prints it, in points."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_settings(parser, PowerSettings)


def run(args: argparse.Namespace) -> int:
    """Prints the table and returns 0."""
    settings = settings_of(PowerSettings, args)
    row = power_of(settings)
    print(json.dumps(to_rounded_json(row), indent=1) if settings.json else _text(settings, row))
    return 0


def _text(settings: PowerSettings, row: Row) -> str:
    lines = fit(
        f"composite, tier {settings.tier}: deviation between tasks {row['sd']:.1f} points"
        f" ({row['source']})"
    )
    if row["icc"] is not None:
        lines += fit(
            f"its questions: intraclass correlation {row['icc']:.2f} within a task,"
            f" design effect {row['design_effect']:.2f}"
        )
    heads = [name.replace("_", "\n") for name in row["tasks_needed"]]
    detectable = [
        (plan.replace("_", " "), tasks, *(f"{points:.1f}" for points in least))
        for plan, (tasks, *least) in ((k, v.values()) for k, v in row["detectable"].items())
    ]
    needed = [
        (name, *(f"{n:,}" for n in row[key].values()))
        for name, key in (("tasks", "tasks_needed"), ("seeds per template", "seeds_needed"))
    ]
    lines += ["", *plain(("smallest difference", "tasks", *heads), detectable).lines()]
    lines += ["", *plain((f"to detect {settings.delta:g} points", *heads), needed).lines()]
    note = fit(
        f"same tasks: two agents on the same tasks, r = {settings.r:g}; other tasks: two agents,"
        " each on its own tasks; fixed figure: one agent. In points, detected with"
        f" {100 * settings.power:.0f} % power by a two-sided t test at 5 %."
    )
    return "\n".join([*lines, "", *note])
