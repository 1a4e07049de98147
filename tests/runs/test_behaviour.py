"""What the version of a track promises is frozen beside it, and moves only with a new version."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from memorygym.cli import main
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.track import find
from memorygym.runs import behaviour

TRACKS = registry.names("tracks")


@pytest.mark.parametrize("track", TRACKS)
def test_the_code_keeps_what_the_version_of_a_track_promises(track: str) -> None:
    assert behaviour.broken(find(track), quick=track != "worlds") == []


@pytest.mark.slow
@pytest.mark.parametrize("track", [name for name in TRACKS if name != "worlds"])
def test_every_promise_is_kept(track: str) -> None:
    assert behaviour.broken(find(track)) == []


@pytest.fixture
def moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the promises of data in which the verdicts are others."""
    content = dict(behaviour.stated(find("data")))
    content["promises"] = {**content["promises"], "verdicts": "0" * 12}
    path = tmp_path / behaviour.FILE
    path.write_text(json.dumps(content))
    monkeypatch.setattr(behaviour, "file_of_track", lambda _: path)
    return path


def test_behaviour_that_moves_without_a_new_version_is_named(
    moved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadSettings, match="verdicts; give the track a new version"):
        behaviour.freeze(find("data"))
    assert main(["verify", "--version", "--track", "data"]) == 1
    assert capsys.readouterr().out == "data-v2 promises otherwise: verdicts\n"


def test_a_track_without_a_file_of_promises_is_told_how_to_write_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(behaviour, "file_of_track", lambda _: tmp_path / behaviour.FILE)
    monkeypatch.setattr(registry, "remembered_specs", lambda: {("tracks", "data"): "own:DATA"})
    told = "there is no such file.*--track own:DATA --write"
    with pytest.raises(BadSettings, match=told):
        behaviour.stated(find("data"))


def test_a_new_version_is_frozen_anew(moved: Path) -> None:
    track = replace(find("data"), version="data-v9")
    (sentence,) = behaviour.broken(track)
    assert "is of data-v2, and the track says data-v9" in sentence
    behaviour.freeze(track)
    assert behaviour.broken(track, quick=True) == []
