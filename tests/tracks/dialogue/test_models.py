"""A model serves the customer through the same tools as the scripted reasoners."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from memorygym.cli import main
from memorygym.core.types import Message
from memorygym.tracks.dialogue.reasoners import StrongClerk
from tests.servers.brains import Action
from tests.servers.openai import serving

ONE = "dialogue:template=retail:chains=1"


def agent(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """Replies as the strong reasoner does, from the messages that a provider receives."""
    assert {"search", "hand_over", "order_item"} <= {*tools}
    view: list[Message] = []
    for message in map(Message.from_openai, messages):
        # What the memory shows and the turn may arrive in one message.
        shown, says, turn = message.content.rpartition("Customer: ")
        if message.role == "user" and shown:
            view.append(Message("user", shown))
            message = Message("user", says + turn)  # noqa: PLW2901
        view.append(message)
    reply = StrongClerk().act(view, ())
    return reply.content, [(call.name, dict(call.arguments)) for call in reply.calls]  # type: ignore[arg-type]


def accuracies(folder: Path) -> dict[str, float]:
    (report,) = json.loads((folder / "compare.json").read_bytes())["reports"]
    return {row["system"]: row["figures"]["accuracy"]["mean"] for row in report["rows"]}


def test_a_model_that_decides_alike_scores_as_the_scripted_reasoner_does(tmp_path: Path) -> None:
    words = ["--seed", "0", "--memory", "bm25", "--budget", "1000", "-q"]
    with serving(agent=agent) as server:
        asked = ["--reasoner", "agent", "--api-base", server.url]
        assert main(["compare", "--track", ONE, *words, *asked, "-o", str(tmp_path / "m")]) == 0
        assert server.bodies
    assert main(["compare", "--track", ONE, *words, "-o", str(tmp_path / "s")]) == 0
    by_model, by_script = accuracies(tmp_path / "m"), accuracies(tmp_path / "s")
    assert by_model == by_script
    assert (by_model["full"], by_model["none"]) == (1, 0)
    assert 0 < by_model["bm25"] < 1
