"""What is collected, which skips are allowed, and how Ctrl-C reaches the processes of the tests."""

import gc
import re
import signal
from importlib.util import find_spec

import pytest

NEEDS = {
    "src/memorygym/adapters/inspect_ai/*": "inspect_ai",
    "src/memorygym/adapters/openenv/*": "openenv",
    "src/memorygym/adapters/skyrl.py": "skyrl_gym",
    "src/memorygym/adapters/slime.py": "gymnasium",
    "src/memorygym/adapters/verl.py": "verl",
    "src/memorygym/adapters/verifiers/*": "verifiers",
    "src/memorygym/memrm/evaluation.py": "numpy",
    "src/memorygym/memrm/features.py": "scipy",
    "src/memorygym/memrm/match.py": "scipy",
    "src/memorygym/memrm/metrics.py": "numpy",
    "src/memorygym/memrm/model.py": "lightgbm",
    "src/memorygym/memrm/pair.py": "scipy",
    "src/memorygym/memrm/probes.py": "scipy",
    "src/memorygym/memrm/scored_splits.py": "lightgbm",
    "src/memorygym/memrm/train.py": "lightgbm",
    "src/memorygym/memrm/words.py": "numpy",
    "tests/adapters/openenv/*": "openenv",
    "tests/adapters/sampling.py": "gymnasium",
    "tests/adapters/test_skyrl.py": "skyrl_gym",
    "tests/adapters/test_slime.py": "gymnasium",
    "tests/adapters/test_verl.py": "verl",
    "tests/adapters/verifiers/*": "verifiers",
    "tests/memrm/test_evaluation.py": "numpy",
    "tests/memrm/test_features.py": "scipy",
    "tests/memrm/test_held_out_needs.py": "lightgbm",
    "tests/memrm/test_hybrids.py": "lightgbm",
    "tests/memrm/test_metrics.py": "numpy",
    "tests/memrm/test_pitfalls.py": "lightgbm",
    "src/memorygym/reports/plots.py": "matplotlib",
    "src/memorygym/tracks/dialogue/tau2/simulation.py": "tau2",
    **{
        f"src/memorygym/training/{name}.py": "gymnasium"
        for name in (
            "env",
            "decisions",
            "learner",
            "manager",
            "registration",
            "simulator",
            "structured_agent",
            "structured_env",
            "token_rollouts",
            "tokens",
            "trl_rollouts",
        )
    },
    **{
        f"tests/training/test_{name}.py": "gymnasium"
        for name in (
            "env",
            "env_options",
            "learner",
            "structured",
            "structured_actions",
            "token_rollouts",
        )
    },
    "src/memorygym/training/fine_tuning.py": "trl",
    "src/memorygym/training/smoke.py": "trl",
    "tests/training/test_fine_tuning.py": "trl",
    "tests/training/test_tokens.py": "trl",
    "tests/training/test_trl_rollouts.py": "trl",
    "tests/mutants/recorder.py": "coverage",
}
# Doctests of a file that imports one of these are collected only where it is installed.
collect_ignore_glob = [path for path, extra in NEEDS.items() if find_spec(extra) is None]


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "fail if a test is skipped for a reason that `allowed_skips` does not list"
    parser.addoption("--strict-skips", action="store_true", help=help_text)
    parser.addini("allowed_skips", "patterns of reasons for a skip", type="linelist", default=[])


def pytest_configure(config: pytest.Config) -> None:
    # A shell starts what it runs in the background with Ctrl-C ignored, and so would be every
    # process that a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.pluginmanager.register(SkipCheck(config), "skip-check")


def pytest_collection_finish() -> None:
    # Thousands of collected tests stay alive: the garbage collector need not visit them each time.
    gc.collect()
    gc.freeze()


class SkipCheck:
    """Fails a session in which a test was skipped for a reason that nobody allowed."""

    def __init__(self, config: pytest.Config) -> None:
        self._strict = config.getoption("--strict-skips")
        self._allowed = [re.compile(pattern) for pattern in config.getini("allowed_skips")]
        self._refused: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._check(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._check(report)

    def _check(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
            if not any(pattern.match(reason) for pattern in self._allowed):
                self._refused[report.nodeid] = reason

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._strict and self._refused and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for place, reason in self._refused.items() if self._strict else ():
            terminalreporter.write_line(
                f"{place} was skipped ({reason}), which is not allowed here: make it run, or add"
                " the reason to `allowed_skips` in pyproject.toml",
                red=True,
            )
