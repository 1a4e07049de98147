"""The example notebook shows what its cells make today."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "docs" / "notebook.py"


@pytest.mark.plot
def test_the_outputs_of_the_notebook_are_those_of_today() -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "--check"], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
