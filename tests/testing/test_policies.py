"""A policy that carries anything from one event to the next is found out."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from memorygym.core.types import Policy
from memorygym.testing import check_policy
from tests.testing.attackers import Honest, InAModule, InItsClass, honest


@pytest.mark.parametrize("make", [InAModule, InItsClass])
def test_state_in_the_class_or_module_of_a_policy_is_found(make: type[Policy]) -> None:
    first, _ = check_policy(make)
    assert first.startswith("company, seed 0: in a fresh process, the agent acts differently at")


@pytest.mark.parametrize("make", [Honest, honest])
def test_a_policy_that_keeps_nothing_passes(make: Callable[..., Policy]) -> None:
    assert check_policy(make) == []


def test_a_policy_that_no_other_process_can_make_is_checked_with_a_warning() -> None:
    with pytest.warns(UserWarning, match=r"<lambda>.* cannot be made in a fresh process"):
        assert check_policy(lambda _: Honest()) == []


def test_a_tool_that_runs_the_script_as_coverage_does_is_no_fresh_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    assert check_policy(InItsClass) != []


def test_a_script_without_a_guard_is_told_and_checked_once(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from memorygym import check_memory\nfrom memorygym.memories.recency import Recency\n"
        "class Mine(Recency): pass\nprint(check_memory(Mine))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n[]\n"
    assert "Put the work of the script under `if __name__" in done.stderr
