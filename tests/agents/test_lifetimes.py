"""What another package's agent keeps on itself is gone when the next event begins."""

from pathlib import Path

import pytest

from memorygym.core.trace import Action
from memorygym.runs.systems import AgentSystem
from tests.episodes import worlds

HOARDER = """
from memorygym.core.types import Message, Policy


class Hoarder(Policy):
    def __init__(self):
        self.seen = []

    def act(self, view, tools):
        self.seen.append(view[-1].content)
        return Message("assistant", f"{len(self.seen)} texts")
"""


def test_it_is_made_anew_in_every_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hoarder.py").write_text(HOARDER)
    monkeypatch.syspath_prepend(str(tmp_path))
    (recipe,) = worlds().recipes
    trace = AgentSystem("hoarder:Hoarder").play(recipe.generate(), 0, [])
    replies = [record.message.content for record in trace.records if isinstance(record, Action)]
    assert len(replies) > 2 and {*replies} == {"1 texts"}
