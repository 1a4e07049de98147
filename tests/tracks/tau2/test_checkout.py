"""A missing or wrong checkout is named in one line."""

import sys
from pathlib import Path

import pytest

from memorygym.cli import main
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.tracks.dialogue.tau2 import checkout
from memorygym.tracks.dialogue.tau2.__main__ import main as tau2

TRACK = "dialogue/tau2:domain=retail:session=1"


def error(capsys: pytest.CaptureFixture[str], track: str = TRACK) -> str:
    """The one line with which `bench` refuses a track."""
    assert main(["bench", "--track", track, "--seed", "0", "-q"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_an_older_python_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 11, 7))
    assert "tau2-bench needs Python 3.12 or 3.13, and this is 3.11.7: install" in error(capsys)


def test_a_missing_or_wrong_checkout_is_named_with_the_way_to_get_it(
    standin: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(checkout.ROOT, str(standin / "data"))
    line = error(capsys)
    assert f"TAU2_ROOT={standin / 'data'} holds no src/tau2/orchestrator: give" in line
    monkeypatch.delenv(checkout.ROOT)
    line = error(capsys)
    assert "TAU2_ROOT is not set: clone github.com/sierra-research/tau2-bench, run `pip" in line
    assert line.endswith("the simulator --track dialogue needs none of this")


def test_a_missing_file_of_data_is_named(standin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = error(capsys, "dialogue/tau2:domain=airline")
    assert f"{standin}/data/tau2/domains/airline/db.json is missing" in line
    assert tau2(["check"]) == 1
    assert "retail: 5 tasks" in capsys.readouterr().out


def test_a_package_that_is_missing_is_named(
    standin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (standin / "src/loguru.py").write_text("import no_such_package_as_this")
    line = error(capsys)
    assert "cannot be imported (No module named 'no_such_package_as_this'): run" in line


def test_the_package_tau2_of_pypi_is_not_taken_for_it(
    standin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site/tau2").mkdir(parents=True)
    (tmp_path / "site/tau2/__init__.py").write_text("TAU = 6.28")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), str(standin / "src"), *sys.path])
    with pytest.raises(BadSettings, match="the package tau2 on PyPI is another project: uninstall"):
        checkout.load("tau2")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("domain=retial", "no domain of tau2-bench named 'retial'; did you mean retail?"),
        ("domain=retail:session=9", "the 5 tasks of retail make 0 sessions of 9; give a smaller"),
        ("domain=retail:at_once=0", "at_once 0: give at least 1"),
        ("domain=retail:reward=most", "no reward named 'most'; choose from all, basis"),
    ],
)
def test_a_wrong_parameter_is_named(
    standin: Path, parameters: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in error(capsys, f"dialogue/tau2:{parameters}")


def test_an_adapter_that_does_not_exist_is_named() -> None:
    with pytest.raises(BadSettings, match=r"tracks dialogue/tau3: .* cannot be imported"):
        registry.load("tracks", "dialogue/tau3", "TRACK")
