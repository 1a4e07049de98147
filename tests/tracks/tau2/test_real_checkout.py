"""The adapter with a real checkout of tau2-bench: `TAU2_ROOT=… pytest -m tau2`."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from memorygym.cli import main
from memorygym.core.track import TaskOptions
from memorygym.core.types import JSON, Message
from memorygym.tracks.dialogue.tau2.__main__ import main as tau2
from memorygym.tracks.dialogue.tau2.script import Solver, opening, prompt
from memorygym.tracks.dialogue.tau2.tasks import recipes
from tests.servers.brains import Action
from tests.servers.openai import serving

pytestmark = [pytest.mark.tau2, pytest.mark.filterwarnings("ignore")]
TRACK = "dialogue/tau2:domain=retail:session=4:at_once=4"


def customer(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """A customer who says what its scenario says, asks for it, and leaves."""
    scenario = messages[0]["content"].partition("<scenario>\n")[2].partition("\n</scenario>")[0]
    said = sum(message["role"] == "assistant" for message in messages)
    return [opening(scenario), prompt(0), "###STOP###"][said], []


class Clerk:
    """An agent that decides as the scripted one does, from the messages that it is sent."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        (recipe,) = recipes(TaskOptions(range(1), "", parameters))
        gold: Any = recipe.generate().gold
        self._solver = Solver(gold["tasks"])

    def __call__(self, messages: Sequence[Mapping[str, JSON]], tools: Collection[str]) -> Action:
        reply = self._solver.act([*map(Message.from_openai, messages)], ())
        return reply.content, [(call.name, dict(call.arguments)) for call in reply.calls]


@pytest.mark.parametrize("domain", ["mock", "retail", "telecom"])
def test_the_reference_solutions_reach_the_full_reward(domain: str, tmp_path: Path) -> None:
    failed = {"mock": 2}.get(domain, 0)
    page = tmp_path / "replay.md"
    assert tau2(["replay", "--domain", domain, "-o", str(page)]) == (failed > 0)
    row = page.read_text().splitlines()[-1].split(" | ")
    assert int(row[1]) - int(row[2]) == failed and int(row[1]) > 0


def test_models_play_agent_and_customers_in_a_session_that_needs_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    words = dict(word.split("=") for word in TRACK.split(":")[1:])
    with serving(customer=customer, clerk=Clerk(words)) as server:
        monkeypatch.setenv("TAU2_USER_URL", server.url)
        scores = {}
        for memory in ("full", "none"):
            track, file = f"{TRACK}:user=openai/customer", tmp_path / f"{memory}.json"
            options = ["--track", track, "--model", "clerk", "--api-base", server.url]
            options += ["--memory", memory, "--capacity", "100000", "--seed", "0", "-q"]
            assert main(["bench", *options, "-o", str(file)]) == 0
            (episode,) = json.loads(file.read_text())["episodes"]
            scores[memory] = episode["composite"]
        asked = {body["model"] for body in server.bodies}
    assert asked == {"clerk", "customer"}
    assert scores["full"] == 1 > scores["none"]


def caller(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """A customer who looks at the phone when asked for the second time, and then leaves."""
    said = sum(message["role"] == "assistant" for message in messages)
    if said == 1:
        return "", [("check_network_status", {})]
    assert said == 0 or messages[-1]["role"] == "tool"
    return ("My phone has no signal." if said == 0 else "###STOP###"), []


def test_a_model_as_customer_uses_its_own_device_unseen_by_the_agent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with serving(caller=caller) as server:
        monkeypatch.setenv("TAU2_USER_URL", server.url)
        track = "dialogue/tau2:domain=telecom:session=2:user=openai/caller"
        options = ["--track", track, "--model", "prose", "--api-base", server.url, "--seed", "0"]
        run = tmp_path / "run"
        assert main(["bench", *options, "--memory", "bm25", "-q", "-o", str(run)]) == 0
        asked = [body for body in server.bodies if body["model"] == "prose"]
    assert len(asked) == 2
    assert not any(m["role"] == "tool" for body in asked for m in body["messages"])
    (episode,) = json.loads((run / "results.json").read_text())["episodes"]
    assert episode["composite"] in (0, 0.5, 1)
