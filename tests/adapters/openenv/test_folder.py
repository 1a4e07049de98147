"""The command, the example, and the folder for the hub, which its validator takes."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from openenv.validation import Level, run_validation
from openenv.validation.types import ProviderCapability

from memorygym.adapters.description import Description
from tests.adapters.openenv.server import SERVE, serving

pytestmark = pytest.mark.openenv
ROOT = Path(__file__).parents[3]
COMMAND = SERVE[:-2]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hub")
    source = "agent-memorygym @ git+https://host/fork"
    done = run("--folder", path, "--source", source, "tier=lite", "template=company")
    assert (done.returncode, done.stderr) == (0, "")
    return path


class Loopback:
    """Runs the server of the folder in a process, where the validator would run its image."""

    name = "loopback"
    capabilities = frozenset({ProviderCapability.IMAGE_BUILD})
    supported_network_modes = frozenset({"public"})

    def build(self, root: Path, execution: Any) -> str:
        self._root = root
        return "sha256:" + "0" * 64

    def start(self, spec: Any) -> "Loopback":
        command = (sys.executable, "-m", "uvicorn", "server.app:app", "--port", "0")
        self._stack = ExitStack()
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        served = serving(command=command, cwd=self._root, env=environment)
        self.base_url = self._stack.enter_context(served)
        return self

    def inspect(self) -> dict[str, Any]:
        return {}

    def stop(self) -> None:
        self._stack.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Of its client.
def test_the_validator_passes_what_it_can_check_without_docker(folder: Path) -> None:
    report = run_validation(folder, max_level=Level.RUNTIME, provider=Loopback())
    passed = {result.check_id for result in report.results if result.status.value == "pass"}
    assert passed >= {
        "static.manifest",
        "runtime.startup",
        "runtime.reward_well_formed",
        "runtime.observation_schema",
        "runtime.state_contract",
    }
    rest = [result for result in report.results if result.check_id not in passed]
    assert {result.status.value for result in rest} == {"skip"}


def test_the_command_of_the_validator_passes_statically(folder: Path) -> None:
    command = ["-m", "openenv.cli", "validate", folder, "--level", "static", "--skip-build"]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert (done.returncode, "Verdict: PASS" in done.stdout) == (0, True), done.stdout


def test_the_folder_says_what_the_description_says(folder: Path) -> None:
    about = Description()
    for name in ("README.md", "openenv.yaml", "pyproject.toml"):
        assert about.summary in (folder / name).read_text("utf-8")
    assert all(tag in (folder / "README.md").read_text("utf-8") for tag in about.tags)
    needs = '"agent-memorygym[openenv] @ git+https://host/fork"'
    assert needs in (folder / "pyproject.toml").read_text("utf-8")
    assert len(about.summary) <= 60  # Most that the hub shows.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tier"], "'tier' is no option: give NAME=VALUE, as tier=lite"),
        (["tier=lit"], "did you mean lite?"),
        (["max_steps=0"], "max_steps 0: give at least 1"),
        (["--sessions", "0"], "sessions 0: give at least 1"),
        (["--sessions", "many"], "invalid int value: 'many'"),
        (["--track", "world"], "did you mean worlds?"),
    ],
    ids=str,
)
def test_a_wrong_option_ends_the_command_with_the_reason(
    arguments: list[str], message: str
) -> None:
    done = run(*arguments)
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr


def test_a_folder_is_not_overwritten(folder: Path) -> None:
    before = (folder / "openenv.yaml").read_text("utf-8")
    done = run("--folder", folder, "tier=standard")
    assert (done.returncode, "exists" in done.stderr) == (2, True)
    assert (folder / "openenv.yaml").read_text("utf-8") == before


def test_the_example_plays_an_episode() -> None:
    example = [sys.executable, ROOT / "examples" / "trainers" / "play_openenv.py"]
    done = subprocess.run(example, capture_output=True, text=True, check=False)
    assert (done.returncode, "score" in done.stdout) == (0, True), done.stderr
