"""Packages and processes of other people: what is installed in a folder, and what runs with it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def install(folder: Path, kind: str, name: str, target: str) -> Path:
    """Writes the metadata of a package that offers a part; the folder must be put on the path."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[memorygym.{kind}]\n{name} = {target}\n")
    return folder


def start(
    *words: object, path: object = "", cwd: Path | None = None, **environment: str
) -> "subprocess.Popen[str]":
    """A process of the command, with these folders before ours on its path."""
    paths = os.pathsep.join(filter(None, [str(path), str(ROOT), str(ROOT / "src")]))
    return subprocess.Popen(
        [sys.executable, "-m", "memorygym", *map(str, words)], cwd=cwd,
        env={**os.environ, "PYTHONPATH": paths, **environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
