"""`memorygym list` names the parts without importing those of others."""

import json
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from memorygym.cli import list as list_command
from memorygym.core import registry
from memorygym.core.track import find


@pytest.mark.parametrize("kind", list(registry.FOLDERS))
def test_every_part_is_listed_with_its_description(kind: str, command) -> None:
    status, out, _ = command("list", kind, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    names = list(find("worlds").agents) if kind == "agents" else registry.names(kind)
    assert [row["id"] for row in rows] == names
    assert all(row["about"] and not row["about"].startswith(row["id"]) for row in rows)


def test_text_fits_80_columns(command) -> None:
    out = command("list").out
    assert "  company " in out and "  strategic " in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_plug_ins_are_not_imported(command, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "their_agents.py").write_text('"""their: does what it likes."""\nraise OSError\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "_plugged", lambda kind: {"their": "their_agents:make"})
    point = EntryPoint("their", "their_agents:make", "memorygym.agents")
    monkeypatch.setattr(list_command, "entry_points", lambda group: [point])
    lines = command("list", "agents").out.splitlines()
    assert lines[-1].split() == ["their", "does", "what", "it", "likes."]


def test_a_track_states_its_version_and_its_parameters(command) -> None:
    (row,) = (r for r in map(json.loads, command("list", "tracks", "--json").out.splitlines())
              if r["id"] == "research")  # fmt: skip
    assert row["version"] == "research-v2" and "hops" in row["parameters"]
    out = command("list", "tracks").out
    assert "(worlds-v3)" in out and "    :tier  " in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_the_agents_of_another_track_are_listed(command) -> None:
    out = command("list", "agents", "--track", "research").out
    assert [line.split()[0] for line in out.splitlines()] == ["strong", "weak", "silent"]
    status, _, err = command("list", "memory", "--track", "research")
    assert status == 2 and "--track research is for `memorygym list agents`" in err


def test_an_unknown_kind_is_bad_usage(command) -> None:
    assert command("list", "wolrds").status == 2
