"""`memorygym verify DIR`: a folder of instances, proven again from its bytes."""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from memorygym.core import JSON
from memorygym.instances.checking import OF_FILES, Checked, check, files_of, to_deal_again
from memorygym.page import one_line, wrapped
from memorygym.runs.executors import over_processes, watched

MOST_SHOWN = 50
NOT_RUN = "not run"


@dataclass(slots=True)
class Report:
    """What is said of a folder."""

    folder: Path
    files: int = 0
    sound: int = 0
    """Files of which nothing failed."""
    ok: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    failures: list[dict[str, JSON]] = field(default_factory=list)
    closed_book: JSON = NOT_RUN
    """What a language model answered without the texts."""

    def add(self, checked: Checked) -> None:
        """Counts a file."""
        self.files += 1
        self.sound += not any(finding.problem for finding in checked.findings)
        for finding in checked.findings:
            self._count(finding.check, checked.name, finding.problem)

    def _count(self, check: str, file: str, problem: str) -> None:
        (self.failed if problem else self.ok)[check] += 1
        if problem:
            self.failures.append({"file": file, "check": check, "reason": problem})

    def add_manifest(self, problem: str) -> None:
        """Counts the manifest as a file that was read."""
        self._count("manifest", "manifest.json", problem)

    @property
    def checks(self) -> list[str]:
        """Their names, as they are shown."""
        return list(dict.fromkeys([*OF_FILES, *sorted({*self.ok, *self.failed})]))

    def to_json(self) -> dict[str, JSON]:
        return {
            "files": self.files,
            "sound": self.sound,
            "checks": {n: {"ok": self.ok[n], "failed": self.failed[n]} for n in self.checks},
            "failures": [dict(failure) for failure in self.failures],
            "llm_closed_book": self.closed_book,
        }


def verify_folder(args: argparse.Namespace) -> int:
    """0 if nothing is found, else 1."""
    files, problem = files_of(args.folder)
    if args.again:
        files = to_deal_again(args.folder, files)
    report = Report(args.folder)
    report.add_manifest(problem)
    rows = ([one] for one in over_processes(check, files, args.workers))
    for checked in watched(rows, len(files), quiet=args.json):
        report.add(checked)
    if args.llm:
        from memorygym.commands._closed_book import closed_book

        bad = {str(failure["file"]) for failure in report.failures}
        report.closed_book = closed_book(args, [f for f in files if f.name not in bad])
    print(json.dumps(report.to_json(), indent=1) if args.json else "\n".join(_page(report)))
    return 1 if report.failures else 0


def _page(report: Report) -> Iterator[str]:
    """Counts by check, then every failure with its file."""
    yield f"{'check':<20}{'ok':>9}{'failed':>9}"
    for name in report.checks:
        yield f"{name:<20}{report.ok[name]:>9}{report.failed[name]:>9}"
    yield "llm_closed_book     " + _told(report.closed_book)
    for failure in report.failures[:MOST_SHOWN]:
        check, file, reason = (one_line(str(failure[n])) for n in ("check", "file", "reason"))
        yield wrapped(f"FAILS {check}: {file}: {reason}")
    more = len(report.failures) - MOST_SHOWN
    yield from [f"… and {more} more"] if more > 0 else []
    bad = report.files - report.sound
    yield f"{report.files} instances, {report.sound} sound, {bad} not, in {report.folder}"


def _told(found: Any) -> str:
    if found == NOT_RUN:
        return NOT_RUN
    low, high = (100 * bound for bound in found["interval"])
    return (
        f"{found['right']} of {found['asked']} right without the texts"
        f" ({100 * found['share']:.1f} %, {low:.1f} to {high:.1f}), by {found['model']}"
    )
