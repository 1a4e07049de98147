"""Installs the test track as another package would."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.datasets.instances.folder import generating_tracks

ROOT = Path(__file__).parents[3]


def plug(folder: Path) -> Path:
    """Writes the package metadata of the track; the folder must be put on the path."""
    info = folder / "toytrack-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toytrack\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[memorygym.tracks]\ntoytrack = tests.datasets.instances.toytrack:TRACK\n"
    )
    return folder


@contextmanager
def plugged(folder: Path) -> Iterator[None]:
    """Makes the track known to this process."""
    caches = (registry._plugged, generating_tracks)  # A process looks up installed packages once.
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(plug(folder)))
        # What the track's commands leave in this process is gone with it.
        patch.setattr(registry, "_REMEMBERED", dict(registry._REMEMBERED))
        patch.setattr(registry, "_EXTERNAL", dict(registry._EXTERNAL))
        for cache in caches:
            cache.cache_clear()
        yield
    for cache in caches:
        cache.cache_clear()


def start(folder: Path, *words: str, seconds: float = 0) -> "subprocess.Popen[str]":
    """A process that knows the track; each instance takes that many seconds."""
    path = os.pathsep.join([str(folder), str(ROOT), str(ROOT / "src")])
    return subprocess.Popen(
        [sys.executable, "-m", "memorygym", *words],
        env={**os.environ, "PYTHONPATH": path, "TOYTRACK_SECONDS": str(seconds)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
