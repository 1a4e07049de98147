"""Makes the two data files of tau2-bench that mirrors of its repository leave out for their size.

    TAU2_ROOT=CHECKOUT python scripts/tau2_data.py DIR TAU_BENCH && export TAU2_DATA_DIR=DIR

DIR becomes a copy of the checkout's data. The database of airline is rebuilt from TAU_BENCH, a
clone of github.com/sierra-research/tau-bench, the first version: the same flights, users and
reservations, but not the same bytes. The tasks of telecom are those of an earlier commit of
tau2-bench, which are exactly those of today's split `base`. A full clone needs none of this.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from memorygym.tracks.dialogue.tau2 import checkout

TELECOM = "37199f3:data/tau2/domains/telecom/tasks.json"


def main(target: str, tau_bench: str) -> None:
    """Copies the data and makes what they lack."""
    root = checkout.root()
    shutil.copytree(root / "data/tau2", Path(target) / "tau2", dirs_exist_ok=True)
    folder = Path(target) / "tau2/domains"
    if not (path := folder / "airline/db.json").exists():
        path.write_text(json.dumps(airline(Path(tau_bench) / "tau_bench/envs/airline/data")))
    if not (path := folder / "telecom/tasks.json").exists():
        show = ["git", "-C", str(root), "show", TELECOM]
        tasks = json.loads(subprocess.run(show, capture_output=True, check=True).stdout)
        base = json.loads(path.with_name("split_tasks.json").read_text())["base"]
        assert {task["id"] for task in tasks} == set(base), "the checkout is of another version"
        path.write_text(json.dumps(tasks))


def airline(folder: Path) -> dict[str, Any]:
    """The database of airline."""
    names = ("flights", "users", "reservations")
    database = {name: json.loads((folder / f"{name}.json").read_text()) for name in names}
    for id, user in database["users"].items():
        user.setdefault("user_id", id)
    return database


if __name__ == "__main__":
    main(*sys.argv[1:])
