"""Installs the test track as another package would."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memorygym.core import registry
from tests import installed
from tests.installed import install


def plug(folder: Path) -> Path:
    """Installs the track; the folder must be put on the path."""
    return install(folder, "tracks", "toytrack", "tests.datasets.instances.toytrack:TRACK")


@contextmanager
def plugged(folder: Path) -> Iterator[None]:
    """Makes the track known to this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(plug(folder)))
        # What the track's commands leave in this process is gone with it.
        patch.setattr(registry, "_REMEMBERED", dict(registry._REMEMBERED))
        patch.setattr(registry, "_EXTERNAL", dict(registry._EXTERNAL))
        registry._plugged.cache_clear()  # A process looks up installed packages once.
        yield
    registry._plugged.cache_clear()


def start(folder: Path, *words: str, seconds: float = 0) -> "subprocess.Popen[str]":
    """A process that knows the track; each instance takes that many seconds."""
    return installed.start(*words, path=folder, TOYTRACK_SECONDS=str(seconds))
