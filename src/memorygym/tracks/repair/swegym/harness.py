"""The official harnesses, which judge patches in Docker containers, as processes of their own."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from memorygym.core.errors import BadSettings
from memorygym.tracks.repair.swegym import instances
from memorygym.tracks.repair.swegym.instances import SMITH, Instance
from memorygym.tracks.repair.swegym.predictions import Prediction, read

INSTEAD = "without Docker, `--track repair` measures offline"


def require_docker() -> None:
    """Raises BadSettings, with Docker's words, if no Docker daemon answers."""
    words = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    except FileNotFoundError:
        raise BadSettings(f"docker is not installed; {INSTEAD}") from None
    except subprocess.CalledProcessError as error:
        raise BadSettings(f"{' '.join(error.stderr.split())}; {INSTEAD}") from None


class Verdicts(NamedTuple):
    """Ids of instances by what a harness found."""

    resolved: tuple[str, ...]
    unresolved: tuple[str, ...]
    unjudged: tuple[str, ...]
    """Those that the harness could not run, or that failed for its surroundings."""


def evaluate(predictions: Path, dataset: str, run_id: str, folder: Path) -> Verdicts:
    """Runs the harness of a file of instances, or of a data set that it knows by name; its logs and
    report lie in `folder`. Empty patches are unresolved.

    Raises BadSettings if Docker or the harness is missing, or if there is no report.
    """
    patches = {item.instance_id: item for item in read(predictions) if isinstance(item, Prediction)}
    require_docker()
    file = Path(dataset)
    rows = instances.read(file) if file.exists() else iter(())
    is_smith = any(isinstance(row, Instance) and row.family == SMITH for row in rows)
    package, harness = ("swesmith", "eval") if is_smith else ("swebench", "run_evaluation")
    if not find_spec(package):
        raise BadSettings(f"the harness is missing: pip install {package}; {INSTEAD}")
    words = [sys.executable, "-m", f"{package}.harness.{harness}", "--run_id", run_id]
    words += ["--predictions_path", str(predictions.resolve())]
    words += ["--dataset_path" if is_smith else "--dataset_name"]
    words += [str(file.resolve()) if file.exists() else dataset]
    folder.mkdir(parents=True, exist_ok=True)
    code = subprocess.run(words, cwd=folder, check=False).returncode
    pattern = f"logs/run_evaluation/{run_id}/report.json" if is_smith else f"*.{run_id}.json"
    reports = list(folder.glob(pattern))
    if code or len(reports) != 1:
        raise BadSettings(f"{package} ended with {code} and left {len(reports)} reports, not one")
    report = json.loads(reports[0].read_text("utf-8"))
    key = "ids_{}" if is_smith else "{}_ids"
    resolved, failed = (set(report[key.format(kind)]) for kind in ("resolved", "unresolved"))
    failed -= set(report.get("infra_failure_ids", ()))
    failed |= {id for id, item in patches.items() if not item.patch}
    found = (resolved, failed, patches.keys() - resolved - failed)
    return Verdicts(*(tuple(sorted(ids & patches.keys())) for ids in found))
