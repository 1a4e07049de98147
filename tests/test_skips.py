"""In CI a test may be skipped for a listed reason only."""

import subprocess
import sys
from pathlib import Path

from tests.slow import mostly_slow

ROOT = Path(__file__).parents[1]


@mostly_slow(
    ("reason", "options", "status"),
    [
        ("the moon is full", ["--strict-skips"], 1),
        ("the moon is full", [], 0),
        ("needs the extra `hf`", ["--strict-skips"], 0),
    ],
)
def test_a_skip_for_a_reason_that_is_not_listed_fails(
    reason: str, options: list[str], status: int, tmp_path: Path
) -> None:
    test = tmp_path / "test_it.py"
    test.write_text(f"import pytest\n\n\ndef test_it():\n    pytest.skip({reason!r})\n")
    words = ["-p", "conftest", "-c", str(ROOT / "pyproject.toml"), "-o", "addopts=", *options]
    command = [sys.executable, "-m", "pytest", *words, str(test)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={"PATH": ""}
    )
    assert done.returncode == status, done.stdout
    assert (f"was skipped ({reason}), which is not allowed" in done.stdout) == bool(status)
