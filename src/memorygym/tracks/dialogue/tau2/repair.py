"""Makes the data files that a snapshot of tau2-bench lacks, from what else the user has.

A snapshot may leave out the largest files. The database of airline is rebuilt from a checkout of
tau-bench, the first version; it has the same flights, users and reservations, but is not equal to
the original byte by byte. The tasks of telecom are those of an earlier commit of tau2-bench, which
are exactly the tasks of today's split `base`. A file that exists is never changed.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.tracks.dialogue.tau2 import checkout

TELECOM_COMMIT = "37199f3"
"""The commit of tau2-bench that holds the tasks of telecom in a small file."""
V1_DATA = "tau_bench/envs/airline/data"
"""The folder of airline's data in a checkout of tau-bench."""


def repair(into: Path | None, tau_bench: Path | None) -> Iterator[str]:
    """Yields a line for each file that it made, or could not make.

    `into` is the data folder to write, filled with a copy of the checkout's; None is the checkout
    itself. Raises BadSettings if a source is missing or of another form.
    """
    folder = into or checkout.root() / "data"
    if into and not checkout.domains(into).exists():
        shutil.copytree(checkout.root() / "data/tau2", into / "tau2", dirs_exist_ok=True)
        yield f"{into}: a copy of {checkout.root() / 'data'}; use it with {checkout.DATA}={into}"
    makers: Mapping[str, Callable[[], Any]] = {
        "airline/db.json": lambda: airline_database(tau_bench),
        "telecom/tasks.json": lambda: telecom_tasks(folder),
    }
    for name in checkout.NEEDED:
        for path in checkout.missing(name, folder):
            part = f"{name}/{path.name}"
            if part not in makers:
                yield f"{path}: missing, and it can only be restored from git"
                continue
            write_atomically(path, [json.dumps(makers[part](), indent=1).encode()])
            yield f"{path}: made"


def airline_database(tau_bench: Path | None) -> dict[str, Any]:
    """The database of airline. Raises BadSettings without a checkout of tau-bench."""
    if not tau_bench or not (tau_bench / V1_DATA).is_dir():
        raise BadSettings(
            f"airline/db.json: --tau-bench {tau_bench or ''} holds no {V1_DATA}; give the folder of"
            " a clone of github.com/sierra-research/tau-bench, from which it is rebuilt"
        )
    names = ("flights", "users", "reservations")
    database = {
        name: json.loads((tau_bench / V1_DATA / f"{name}.json").read_text()) for name in names
    }
    for id, user in database["users"].items():
        user.setdefault("user_id", id)
    return database


def telecom_tasks(folder: Path) -> list[Any]:
    """The tasks of telecom's split `base`. Raises BadSettings if git does not have them."""
    path = f"{TELECOM_COMMIT}:data/tau2/domains/telecom/tasks.json"
    command = ["git", "-C", str(checkout.root()), "show", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BadSettings(
            f"telecom/tasks.json: `{' '.join(command)}` failed ({done.stderr.strip()[:200]}); clone"
            " tau2-bench with its history"
        )
    tasks = json.loads(done.stdout)
    base = json.loads((checkout.domains(folder) / "telecom/split_tasks.json").read_text())["base"]
    if {task["id"] for task in tasks} != set(base):
        raise BadSettings(
            f"telecom/tasks.json: the {len(tasks)} tasks of {TELECOM_COMMIT} are not the"
            f" {len(base)} of the split `base`: this checkout is of another version"
        )
    return list(tasks)
