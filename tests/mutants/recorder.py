"""A pytest plugin that records which test executes which line, and how long each test takes."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

ROOT = Path(__file__).parents[2]
ROOMS = [f"src/memorygym/{room}" for room in ("core", "scoring", "stats", "runs", "tracks")]
RECORD = ROOT / "build" / "mutants"
"""Holds the record and the verdicts; git ignores it."""


class Recorder:
    """The record of one process of the tests; xdist starts several."""

    def __init__(self) -> None:
        self.file = RECORD / f"lines-{os.getpid()}"
        self.coverage = coverage.Coverage(str(self.file), source=ROOMS, config_file=False)
        self.seconds: dict[str, float] = {}
        """Of each test that passed."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.coverage.switch_context(item.nodeid)
        started = sum(os.times()[:4])  # Of processors: the machine may be busy.
        result = yield
        self.seconds.setdefault(item.nodeid, sum(os.times()[:4]) - started)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.seconds[report.nodeid] = float("inf")

    def pytest_unconfigure(self) -> None:
        self.coverage.stop()
        self.coverage.save()
        self.file.with_suffix(".json").write_text(json.dumps(self.seconds), "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(recorder := Recorder())
        recorder.coverage.start()
