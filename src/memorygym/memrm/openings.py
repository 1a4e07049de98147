"""The log of the openings of the final splits, so that nobody tunes on them unseen."""

import json
from collections.abc import Mapping
from pathlib import Path

from memorygym.core.types import JSON

FINAL = ("iid", "strategy-ood", "scenario-ood")
"""The splits on which nothing may be fitted or chosen."""
PLACE = Path("docs") / "results" / "memrm-openings.jsonl"
"""The log, seen from the root of the repository."""


def log_opening(row: Mapping[str, JSON], root: Path | None = None) -> str:
    """Adds a line to the log and returns what a user should know about it.

    `root` is the root of the repository, by default the folder from which this package runs; an
    installed package has none, and its openings are not logged.
    """
    root = root or Path(__file__).parents[3]
    path = root / PLACE
    if not (root / "pyproject.toml").is_file() or not path.parent.is_dir():
        return "this opening of a final split is not logged: there is no repository here"
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    count = sum(json.loads(line)["split"] == row["split"] for line in before) + 1
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"opening": count, **row}) + "\n")
    return f"opening {count} of the split {row['split']}, logged in {PLACE}"
