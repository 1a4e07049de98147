"""`memorygym list` names the parts without importing those of others."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from memorygym.cli import list as list_command
from memorygym.core import registry
from memorygym.core.track import find


@pytest.mark.parametrize("kind", list(registry.FOLDERS))
def test_every_part_is_listed_with_its_description(kind: str, ran) -> None:
    rows = ran("list", kind, "--json").rows()
    names = list(find("worlds").agents) if kind == "agents" else registry.names(kind)
    assert [row["id"] for row in rows] == names
    assert all(row["about"] and not row["about"].startswith(row["id"]) for row in rows)


def test_plug_ins_are_not_imported(command, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "their_agents.py").write_text('"""their: does what it likes."""\nraise OSError\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "_plugged", lambda kind: {"their": "their_agents:make"})
    point = EntryPoint("their", "their_agents:make", "memorygym.agents")
    monkeypatch.setattr(list_command, "entry_points", lambda group: [point])
    lines = command("list", "agents").out.splitlines()
    assert lines[-1].split() == ["their", "does", "what", "it", "likes."]


def test_text_fits_80_columns_and_a_track_states_its_version_and_its_parameters(command) -> None:
    out = command("list").out
    assert all(len(line) <= 80 for line in out.splitlines())
    for text in ("  company ", "  strategic ", "(worlds-v5)", "    :tier  "):
        assert text in out
    tracks = {row["id"]: row for row in command("list", "tracks", "--json").rows()}
    row = tracks["research"]
    assert row["version"] == "research-v5" and "hops" in row["parameters"]


def test_the_agents_of_another_track_are_listed(command) -> None:
    out = command("list", "agents", "--track", "research").out
    assert [line.split()[0] for line in out.splitlines()] == ["strong", "weak", "silent"]
