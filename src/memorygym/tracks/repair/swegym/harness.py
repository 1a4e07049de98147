"""The official harnesses, which judge patches in Docker containers, as processes of their own."""

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.tracks.repair.swegym.instances import SMITH, Instance, read

INSTEAD = "without Docker, `--track repair` measures offline"


def require_docker() -> None:
    """Raises BadSettings, with Docker's words, if no Docker daemon answers."""
    words = ["docker", "version", "--format", "{{.Server.Version}}"]
    problem = "docker is not installed"
    if shutil.which("docker"):
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        problem = " ".join(done.stderr.split()) if done.returncode else ""
    if problem:
        raise BadSettings(f"{problem}; {INSTEAD}")


def evaluate(predictions: Path, dataset: Path, run_id: str, folder: Path) -> tuple[str, ...]:
    """The ids of the instances that the harness found resolved; its logs and report lie in
    `folder`. Raises BadSettings if Docker or the harness is missing, or it fails."""
    require_docker()
    first = next((item for item in read(dataset) if isinstance(item, Instance)), None)
    is_smith = first is not None and first.family == SMITH
    package = "swesmith" if is_smith else "swebench"
    if not find_spec(package):
        raise BadSettings(f"the harness is missing: pip install {package}; {INSTEAD}")
    module = "swesmith.harness.eval" if is_smith else "swebench.harness.run_evaluation"
    data, given = "--dataset_path" if is_smith else "--dataset_name", predictions.resolve()
    words = [sys.executable, "-m", module, data, str(dataset.resolve()), "--run_id", run_id]
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([*words, "--predictions_path", str(given)], cwd=folder, check=False)
    of_smith = folder / "logs" / "run_evaluation" / run_id / "report.json"
    reports = [of_smith] if is_smith else sorted(folder.glob(f"*.{run_id}.json"))
    if done.returncode or len(reports) != 1 or not reports[0].exists():
        raise BadSettings(f"{module} ended with {done.returncode} and left no report in {folder}")
    report = json.loads(reports[0].read_text("utf-8"))
    return tuple(report["ids_resolved" if is_smith else "resolved_ids"])
