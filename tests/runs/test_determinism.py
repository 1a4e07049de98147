"""The same settings give the same bytes in every process, locale, folder and Python version."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import fastjsonschema
import pytest

import memorygym

SCRIPT = Path(__file__).parent / "replay.py"
SOURCE = Path(memorygym.__file__).parents[1]
pytestmark = pytest.mark.slow


@cache
def needed() -> str:
    """A folder with the one package that the base install brings, which is plain Python."""
    folder = Path(mkdtemp())
    (folder / "fastjsonschema").symlink_to(Path(fastjsonschema.__file__).parent)
    return str(folder)


def printed(python: str, cwd: Path, **environment: str) -> list[str]:
    """What the script prints in a process of its own; the package comes from its source."""
    command = [python, "-W", "error", str(SCRIPT)]
    path = os.pathsep.join([str(SOURCE), needed()])
    settings = {"PYTHONPATH": path, "PATH": os.environ["PATH"], **environment}
    done = subprocess.run(
        command, cwd=cwd, env=settings, capture_output=True, check=True, text=True
    )
    return done.stdout.splitlines()


def interpreter(version: str) -> str | None:
    """A Python of that version that starts, from pyenv or from the path."""
    installed = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    candidates = [*map(str, installed), shutil.which(f"python{version}")]
    for python in filter(None, candidates):
        if subprocess.run([python, "--version"], capture_output=True, check=False).returncode == 0:
            return python
    return None


@pytest.fixture(scope="module")
def here() -> list[str]:
    """What this Python prints in plain surroundings."""
    lines = printed(sys.executable, SOURCE, PYTHONHASHSEED="0", LC_ALL="C.UTF-8")
    assert len({line.split()[-1] for line in lines}) == len(lines)
    return lines


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "12345", "LC_ALL": "C", "LANG": "C"},
        {"PYTHONHASHSEED": "random", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo"},
        {"PYTHONHASHSEED": "1", "PYTHONUTF8": "0", "LC_ALL": "POSIX", "PYTHONOPTIMIZE": "1"},
    ],
)
def test_another_process_generates_and_plays_the_same_bytes(
    environment: dict[str, str], here: list[str], tmp_path: Path
) -> None:
    assert printed(sys.executable, tmp_path, **environment) == here


@pytest.mark.parametrize("version", ["3.12", "3.13", "3.14"])
def test_another_python_generates_and_plays_the_same_bytes(
    version: str, here: list[str], tmp_path: Path
) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} can be started here")
    assert printed(python, tmp_path, PYTHONHASHSEED="7") == here
