"""A checkout of tau2-bench whose package is the stand-in."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.tracks.dialogue import tau2
from memorygym.tracks.dialogue.tau2 import checkout, tasks

USED = (
    "agent.base_agent", "agent.llm_agent", "data_model.message", "data_model.simulation",
    "data_model.tasks", "evaluator.evaluator", "orchestrator.orchestrator", "registry",
    "user.user_simulator", "user.user_simulator_base", "utils.utils",
)  # fmt: skip
"""The modules of tau2-bench that the adapter imports."""


def _forget() -> None:
    """Removes what a checkout has loaded, so that the next test may load another."""
    tau2.TRACK.cache_clear()
    tasks.domain.cache_clear()
    simulation = "memorygym.tracks.dialogue.tau2.simulation"
    for name in [name for name in sys.modules if name.split(".")[0] == "tau2"]:
        del sys.modules[name]
    for name in (simulation, "loguru"):
        sys.modules.pop(name, None)
    registry._REMEMBERED.clear()


@pytest.fixture
def standin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout with all data of retail, and none of the other domains."""
    package = tmp_path / "checkout/src/tau2"
    for name in USED:
        path = package.joinpath(*name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("from tau2 import *\n")
    text = Path(__file__).with_name("standin.py").read_text()
    (package / "__init__.py").write_text(text)
    silent = "class logger:\n    disable = staticmethod(lambda name: None)\n"
    (package.parent / "loguru.py").write_text(silent)
    data = tmp_path / "checkout/data/tau2/domains/retail"
    data.mkdir(parents=True)
    for name in checkout.NEEDED["retail"]:
        (data / name).write_text("{}")
    _forget()
    monkeypatch.setattr(checkout, "PYTHON", (3, 11))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv(checkout.ROOT, str(tmp_path / "checkout"))
    monkeypatch.delenv(checkout.DATA, raising=False)
    before = dict(os.environ)
    yield tmp_path / "checkout"
    os.environ.clear()
    os.environ.update(before)
    _forget()
