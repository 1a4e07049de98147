"""`memorygym list` names the parts without importing them."""

import json
import sys

import pytest

from memorygym import registry


@pytest.mark.parametrize("kind", list(registry.FOLDERS))
def test_every_part_is_listed_with_what_it_is(kind: str, command) -> None:
    status, out, _ = command("list", kind, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [row["id"] for row in rows] == registry.names(kind)
    assert all(row["about"] and not row["about"].startswith(row["id"]) for row in rows)


def test_text_fits_80_columns(command) -> None:
    out = command("list").out
    assert "  company " in out and "  strategic " in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_no_part_is_imported(command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "memorygym.tracks.worlds.agents.honest.guesser", raising=False)
    command("list", "agents")
    assert "memorygym.tracks.worlds.agents.honest.guesser" not in sys.modules


def test_an_unknown_kind_is_bad_usage(command) -> None:
    assert command("list", "wolrds").status == 2
