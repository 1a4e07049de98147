"""What is missing or wrong is named in one line."""

from pathlib import Path

import pytest

from memorygym.cli import main
from memorygym.core.errors import BadSettings
from memorygym.tracks.web import chromium
from memorygym.tracks.web.webarena_infinity import checkout
from memorygym.tracks.web.webarena_infinity.__main__ import main as replay
from memorygym.tracks.web.webarena_infinity.recordings import OWN, recorded_actions


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (chromium, checkout):
        monkeypatch.setattr(module, "find_spec", lambda _: True)


def error(capsys: pytest.CaptureFixture[str], parameters: str = "") -> str:
    """The one line with which `bench` refuses the track."""
    track = f"web/webarena_infinity{parameters}"
    assert main(["bench", "--track", track, "--seed", "0", "-q"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_a_missing_or_wrong_checkout_is_named_with_the_way_to_get_it(
    standin: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    advice = f"give the folder of {checkout.CLONE}"
    monkeypatch.setenv(checkout.ROOT, str(standin / "apps"))
    assert f"WAI_ROOT={standin}/apps holds no folder apps: {advice}" in error(capsys)
    monkeypatch.delenv(checkout.ROOT)
    assert f"WAI_ROOT is not set: {advice}" in error(capsys)
    assert replay([]) == 2
    assert "WAI_ROOT is not set" in capsys.readouterr().err


def test_a_missing_package_is_named(
    standin: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checkout, "find_spec", lambda _: None)
    assert "need requests: pip install" in error(capsys)
    monkeypatch.setattr(chromium, "find_spec", lambda _: None)
    assert "Playwright is not installed: pip install" in error(capsys)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("app=note", "no application of WebArena-Infinity named 'note'; did you mean notes?"),
        ("app=notes:tasks=ana", "no task of notes named 'ana'; did you mean ann?"),
        ("app=notes:chain=9", "5 tasks of notes make 0 sessions of 9; give a smaller chain"),
        ("app=notes:told=later", "no value of told named 'later'; choose from before, now"),
        ("app=notes:steps=0", "steps 0: give at least 1"),
        ("app=notes:prefix=1", "has no recorded actions; give tasks=recorded, or a file"),
        ("app=notes:recordings=/none", "recordings=/none: [Errno 2] No such file"),
    ],
)
def test_a_wrong_parameter_is_named(
    standin: Path, parameters: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in error(capsys, f":{parameters}")


def test_damaged_files_are_named(standin: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"notes": {"ann": [["click"]]}}')
    with pytest.raises(BadSettings, match="an action has no three parts; give a file such as"):
        recorded_actions("notes", str(tmp_path / "bad.json"))
    (standin / "apps/notes/real-tasks.json").write_text("[{}]")
    with pytest.raises(BadSettings, match=r"real-tasks.json: KeyError\('id'\); take a clone"):
        checkout.errands("notes")


def test_this_package_brings_actions_of_four_applications() -> None:
    apps = ("gmail", "linear-account-settings", "gitlab-plan-and-track", "xero-invoicing")
    assert all(len(recorded_actions(app)) >= 5 for app in apps)
    assert OWN.stat().st_size < 10_000
