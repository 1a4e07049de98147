"""The package for the hub: pip installs it, and the commands of verifiers take it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from memorygym.adapters.description import Description
from memorygym.adapters.verifiers.__main__ import ID
from tests.servers.openai import Server

pytestmark = pytest.mark.verifiers
ROOT = Path(__file__).parents[3]
LITE = (".parameters.tier", "lite", ".parameters.template", "company", ".split", "test")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """What a command prints that can import what pip put into `site`; its home is there, too."""
    home = {"HOME": str(cwd), "PYTHONPATH": str(cwd / "site"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, cwd=cwd,
        env={**os.environ, **home},
    )  # fmt: skip


def write(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run("-m", "memorygym.adapters.verifiers", folder, *arguments, cwd=folder.parent)


def vf(command: str, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command of verifiers; arguments with a dot in front are those of the taskset."""
    prefix = "--env.taskset" if command == "eval.main" else "--taskset"
    words = (f"{prefix}{word}" if str(word).startswith(".") else word for word in arguments)
    start = f"from verifiers.v1.cli.{command} import main; main()"
    return run("-c", start, *words, cwd=cwd)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package, and what pip makes of it."""
    home = tmp_path_factory.mktemp("home")
    assert write(home / "package").returncode == 0
    how = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    pip = ("-m", "pip", "install", *how, "--target", home / "site")
    done = run(*pip, home / "package", cwd=home)
    assert done.returncode == 0, done.stderr
    return home


def test_the_validator_passes(home: Path) -> None:
    options = ("-n", "3", "--no-rich", "--runtime.type", "subprocess", "--run.name", "valid")
    done = vf("validate", ID, *options, *LITE, cwd=home)
    assert done.returncode == 0, done.stderr
    summary = json.loads((home / "outputs" / "valid" / "summary.json").read_text("utf-8"))
    assert {name: check["valid"] for name, check in summary["checks"].items()} == {
        "gold": 3, "noop": 3,
    }  # fmt: skip


def test_an_evaluation_streams_and_is_complete(home: Path, server: Server) -> None:
    options = ("-n", "2", "-r", "2", "--no-rich", "--no-push", "-m", "writer", "--run.name", "run")
    done = vf("eval.main", ID, *options, "--client.base-url", server.url, *LITE, cwd=home)
    assert done.returncode == 0, done.stderr
    assert all(body["stream"] for body in server.bodies)
    lines = (home / "outputs" / "run" / "traces.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 4
    for episode in map(json.loads, lines):
        scores = {trace["rewards"]["score"]["score"] for trace in episode["traces"]}
        assert (episode["ok"], scores) == (True, {0.0})
    config = home / "outputs" / "run" / "configs" / "resolved" / "eval.json"
    again = vf("eval.main", "@", config, "--resume", cwd=home)
    assert (again.returncode, "nothing to resume" in again.stdout) == (0, True), again.stderr


def test_a_wrong_option_ends_a_command_with_the_reason(home: Path) -> None:
    done = vf("eval.main", ID, "-n", "1", "--env.taskset.track", "world", cwd=home)
    assert done.returncode != 0
    assert "did you mean worlds?" in " ".join((done.stdout + done.stderr).split())


def test_the_package_says_what_the_description_says(tmp_path: Path) -> None:
    done = write(tmp_path / "hub", "--source", "agent-memorygym @ git+https://host/fork")
    assert (done.returncode, f"vf-validate {ID}" in done.stdout) == (0, True)
    about, pages = Description(), [*(tmp_path / "hub").rglob("*.*")]
    assert len(pages) == 3
    assert all(about.summary in page.read_text("utf-8") for page in pages)
    project = (tmp_path / "hub" / "pyproject.toml").read_text("utf-8")
    assert f"tags = {json.dumps(about.tags)}" in project
    assert '"agent-memorygym[verifiers] @ git+https://host/fork"' in project


def test_a_package_is_not_overwritten(home: Path) -> None:
    before = (home / "package" / "README.md").read_text("utf-8")
    done = write(home / "package", "--source", "agent-memorygym @ git+https://host/fork")
    assert (done.returncode, "exists" in done.stderr) == (2, True)
    assert (home / "package" / "README.md").read_text("utf-8") == before


def test_the_example_plays_an_episode(home: Path) -> None:
    done = run("-W", "error", ROOT / "examples" / "trainers" / "train_verifiers.py", cwd=home)
    assert (done.returncode, done.stdout.count("reward 0.00")) == (0, 3), done.stderr
