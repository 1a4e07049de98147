"""Small comparisons with models, and what they leave behind."""

import json
import time
from hashlib import sha256
from pathlib import Path

SMALL = ("--tier", "lite", "--template", "company", "--quiet")
REPLIES = "replies.jsonl"
"""Its lines stand in the order in which the threads happened to get them."""
CLOCKED = ("timings.jsonl", "timings.csv", "lock")


def rows(folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    """The figures of each system."""
    (report,) = json.loads((folder / "compare.json").read_bytes())["reports"]
    return {row["system"]: row["figures"] for row in report["rows"]}


def digests(folder: Path) -> dict[str, str]:
    """The digest of every file of a comparison, except the times."""
    by_file = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in CLOCKED:
            data = path.read_bytes()
            if path.name == REPLIES:
                data = b"".join(sorted(data.splitlines()))
            by_file[str(path.relative_to(folder))] = sha256(data).hexdigest()
    return by_file


def replies(folder: Path) -> int:
    """The number of replies in the reply log, below its header."""
    path = folder / REPLIES
    return len(path.read_bytes().splitlines()) - 1 if path.exists() else 0


def until_replies(folder: Path, number: int) -> None:
    """Waits until the reply log holds so many replies, for a minute at most."""
    end = time.monotonic() + 60
    while replies(folder) < number:
        assert time.monotonic() < end
        time.sleep(0.01)
