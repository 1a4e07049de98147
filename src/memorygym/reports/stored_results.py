"""A finished run as its folder holds it: its results and, for a comparison, its tables.

`Results` and the plots read runs through this file alone.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.types import JSON
from memorygym.reports.figure_guide import FIGURES, MEASURED
from memorygym.runs.comparison.questions import judged, left_out
from memorygym.runs.comparison.system_specs import UNLIMITED, WRITER, role_of
from memorygym.runs.metrics import QuestionCase
from memorygym.runs.objects import TRUSTED

Row = Mapping[str, Any]
QUESTIONS = "questions.csv"
TEXTS, SHARES = ("reasoner", "system", "template", "kind", "type"), ("score", "f1")
"""Columns of questions.csv that hold texts, and shares; the others hold whole numbers."""
SUMMED = (*FIGURES, *MEASURED)
"""The figures of a comparison, in the order of its columns."""


@dataclass(frozen=True, slots=True)
class PlayedTask:
    """The questions of one system on one task."""

    reasoner: str
    budget: int | None
    system: str
    task: tuple[str, int]
    cases: tuple[QuestionCase, ...]


@dataclass(frozen=True)
class StoredRun:
    """A finished run: the files of its folder."""

    folder: Path
    document: Mapping[str, Any]
    """results.json."""
    comparison: Mapping[str, Any] | None
    """compare.json; None for a run of agents."""
    name: str = ""
    """The name of the run beside others, as its rows hold it; "" for a single run."""

    @property
    def recipe(self) -> Mapping[str, Any]:
        """The recipe of the run."""
        recipe: Mapping[str, Any] = self.document["recipe"]
        return recipe

    @property
    def version(self) -> str:
        """The benchmark version of its scores."""
        return str(self.document["version"])

    @property
    def kind(self) -> str:
        """bench or compare."""
        return str(self.recipe["kind"])

    @property
    def heading(self) -> str:
        """The recipe of the run in a few words."""
        recipe = self.recipe
        which = [
            text if name in ("tier", "template") else f"{name}={text}"
            for name, text in recipe["parameters"].items()
        ]
        name = f"{self.name}: " if self.name else ""
        return name + ", ".join([f"{recipe['track']} track", *which, self.version])

    def trusted(self, *names: str) -> bool:
        """Whether one of these parts was passed as an object, and ran in the caller's process."""
        return any(name in self.recipe.get(TRUSTED, {}) for name in names)

    def label(self, name: str) -> str:
        """The name of a system, an agent or a memory in tables and plots."""
        return f"{name} (trusted)" if self.trusted(name.removesuffix(WRITER)) else name

    def questions(self) -> list[dict[str, Any]]:
        """The rows of questions.csv, numbers as numbers and empty cells as None."""
        with (self.folder / QUESTIONS).open(encoding="utf-8", newline="") as file:
            rows = [*csv.DictReader(file, strict=True)]
        if cut := next((n for n, row in enumerate(rows, 2) if None in row.values()), 0):
            raise ValueError(f"line {cut} is cut")
        return [
            {**self._run, **{name: _cell(name, text) for name, text in row.items()}} for row in rows
        ]

    @property
    def _run(self) -> dict[str, Any]:
        return {"run": self.name} if self.name else {}

    @cached_property
    def played(self) -> Sequence[PlayedTask]:
        """Every system of a comparison on every task."""
        by_key: dict[tuple[Any, ...], list[QuestionCase]] = {}
        for row in self.questions():
            key = (row["reasoner"], row["budget"], row["system"], row["template"], row["seed"])
            case = QuestionCase(**{name: row[name] for name in QuestionCase.__slots__})
            by_key.setdefault(key, []).append(case)
        return [
            PlayedTask(reasoner, budget, system, (template, seed), tuple(cases))
            for (reasoner, budget, system, template, seed), cases in by_key.items()
        ]

    def under(self, reasoner: str, budget: int | None) -> list[PlayedTask]:
        """The tasks with one reasoner and budget, with the systems that have no budget."""
        with_reasoner = (task for task in self.played if task.reasoner == reasoner)
        return [task for task in with_reasoner if task.budget in (None, budget)]

    def rows(self) -> Iterator[dict[str, JSON]]:
        """One row per system or agent and task, failed ones included."""
        return self._compared() if self.comparison else self._evaluated()

    def _evaluated(self) -> Iterator[dict[str, JSON]]:
        axes = dict.fromkeys(axis for row in self.document["episodes"] for axis in row["axes"])
        for row in [*self.document["episodes"], *self.document["failures"]]:
            yield {
                **self._place(row), "agent": row["agent"], "memory": row["memory"],
                "repeat": row["repeat"], "trusted": self.trusted(row["agent"], row["memory"]),
                "composite": row.get("composite"),
                **{axis: row.get("axes", {}).get(axis) for axis in axes},
                "correct_refusals": row.get("correct_refusals"), "accuracy": row.get("accuracy"),
                "questions": row.get("answerable"), "correct": row.get("correct"),
                "peak_tokens": row.get("peak_tokens"), "writes": row.get("writes"),
                "error": row.get("error"),
            }  # fmt: skip

    def _compared(self) -> Iterator[dict[str, JSON]]:
        counted = self._counted()
        for row in [*self.document["episodes"], *self.document["failures"]]:
            if (role := role_of(row["memory"])) == "unlimited":
                continue
            task = (row["template"], row["seed"])
            cases = counted.get((row["agent"], row["budget"], row["memory"], task), [])
            yield {
                **self._place(row), "system": row["memory"], "role": role,
                "trusted": self._trusted(row["memory"], row["agent"]), "reasoner": row["agent"],
                "budget": row["budget"], "questions": len(cases),
                "accuracy": _mean(cases, "score"), "exact": _mean(cases, "exact"),
                "f1": _mean(cases, "f1"), "context_tokens": _mean(cases, "tokens"),
                "error": row.get("error"),
            }  # fmt: skip

    def _counted(self) -> dict[tuple[Any, ...], list[QuestionCase]]:
        """The questions that count, by reasoner, budget, system and task."""
        counted: dict[tuple[Any, ...], list[QuestionCase]] = {}
        for report in (self.comparison or {})["reports"]:
            played = self.under(report["reasoner"], report["budget"])
            left = left_out(played)
            for answered in played:
                key = (answered.reasoner, answered.budget, answered.system, answered.task)
                counted.setdefault(key, judged(answered, left))
        return counted

    def summary(self) -> Iterator[dict[str, JSON]]:
        """One row per system or agent: means and 95 % intervals over tasks."""
        if not self.comparison:
            yield from self._agents()
            return
        for report in self.comparison["reports"]:
            against = {pair["system"]: pair for pair in report["over_recency"]}
            for row in report["rows"]:
                if row["role"] != "unlimited":
                    yield self._compared_summary(report, row, against.get(row["system"], {}))

    def _compared_summary(self, report: Row, row: Row, against: Row) -> dict[str, JSON]:
        system, reasoner, figures = row["system"], report["reasoner"], row["figures"]
        return {
            **self._run, "reasoner": reasoner, "budget": report["budget"], "system": system,
            "role": row["role"], "trusted": self._trusted(system, reasoner),
            "tasks": row["tasks"], "failed": row["failed"], "rank": row["rank"],
            "fault": row["fault"], "bound": row["bound"],
            "p": against.get("p"), "p_adjusted": against.get("adjusted"),
            "detectable": against.get("detectable"),
            **{k: v for name in SUMMED for k, v in _spread(name, figures[name]).items()},
        }  # fmt: skip

    def _agents(self) -> Iterator[dict[str, JSON]]:
        memory = self.recipe["memory"]
        for agent, row in self.document["summary"].items():
            figures = {"composite": row["composite"], **row["axes"]}
            figures["correct_refusals"] = row["correct_refusals"]
            yield {
                **self._run, "agent": agent, "memory": memory,
                "trusted": self.trusted(agent, memory),
                "tasks": row["tasks"], "episodes": row["episodes"],
                **{k: v for name in figures for k, v in _spread(name, figures[name]).items()},
                "accuracy": row["accuracy"],
            }  # fmt: skip

    def _trusted(self, system: str, reasoner: str) -> bool:
        return self.trusted(system.removeprefix(UNLIMITED).removesuffix(WRITER), reasoner)

    def _place(self, row: Row) -> dict[str, JSON]:
        return {
            **self._run, "version": self.version, "track": row["track"],
            "template": row["template"], "seed": row["seed"],
        }  # fmt: skip


def check_version(first: str, second: str) -> None:
    """Raises BadSettings for results of two benchmark versions."""
    if first != second:
        raise BadSettings(
            f"results of the versions {first} and {second} measure different things: give runs of"
            " one version, or play the older again"
        )


def _cell(column: str, text: str) -> Any:
    if column in TEXTS:
        return text
    return (float(text) if column in SHARES else int(text)) if text else None


def _spread(name: str, figure: Row | None) -> dict[str, JSON]:
    ends = {name: "mean", f"{name}_low": "low", f"{name}_high": "high"}
    return {column: figure and figure[end] for column, end in ends.items()}


def _mean(cases: Sequence[QuestionCase], figure: str) -> float | None:
    values = [value for case in cases if (value := getattr(case, figure)) is not None]
    return round(sum(values) / len(values), 6) if values else None
