"""`evaluate`: what a caller of affinetes gets for a model, and what instead of a score."""

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from memorygym.adapters.affinetes import Actor
from memorygym.adapters.affinetes.episodes import Abandoned, ModelEpisode, SystemChoice
from memorygym.agents.chat import Chat
from memorygym.core.errors import BadSettings, MemoryGymError, UnknownPart
from memorygym.models import openai
from memorygym.scoring.episode_scores import score
from memorygym.tracks.worlds.settings import WorldsSettings
from tests.episodes import generated, play_agent, played
from tests.servers.openai import Server, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(torn=lambda messages, tools: ("torn \ud800", [])) as running:
        yield running


def evaluated(model: str = "memorygym/strategic", **asked: Any) -> dict[str, Any]:
    return asyncio.run(Actor().evaluate(model, **asked))


@pytest.mark.parametrize(
    ("agent", "template", "seed", "tier"),
    [
        ("strategic", "company", 0, "lite"),
        ("template_expert", "city", 3, "standard"),
        ("strategic", "movie", 1, "multi"),
        ("clairvoyant", "sport", 2, "multi"),
        ("perfect", "hospital", 0, "hard"),
    ],
)
def test_an_agent_gets_the_score_that_bench_gives(
    agent: str, template: str, seed: int, tier: str
) -> None:
    result = evaluated(f"memorygym/{agent}", template=template, seed=seed, tier=tier)
    expected = score(played(agent, generated(template, seed, tier)))
    assert result["score"] == expected.composite
    assert result["extra"].items() >= expected.to_json().items()
    assert result["task_name"] == f"memorygym:{template}:{tier}"


def test_a_model_gets_the_score_that_bench_gives(server: Server) -> None:
    result = evaluated("writer", base_url=server.url, template="city", seed=2)
    model = openai.make("writer", server.url, environ={})
    expected = score(play_agent(generated("city", 2), "writer", Chat(model)))
    assert result["extra"].items() >= expected.to_json().items()
    assert result["extra"]["writes"] == expected.writes > 0


def test_the_result_has_the_fields_that_callers_expect(server: Server) -> None:
    result = evaluated("abstain", base_url=server.url, seed=1)
    extra = result["extra"]
    assert set(result) == {"task_name", "score", "success", "time_taken", "extra"}
    assert extra["valid_for_scoring"]
    assert extra["correct_refusals"] == 1
    assert len(extra["questions"]) == extra["answers"] == 10
    assert extra["usage"]["calls"] == extra["events"] == extra["events_seen"]
    assert extra["usage"]["total_tokens"] > extra["usage"]["completion_tokens"] > 0
    assert {message["role"] for message in extra["conversation"]} >= {"system", "user", "assistant"}
    assert json.loads(json.dumps(result)) == result


def test_sampling_and_key_go_to_the_endpoint_and_the_key_nowhere_else(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    sampling = {"temperature": 0.25, "max_tokens": 99}
    result = evaluated("abstain+500x1", base_url=server.url, api_key="sk-hush-hush", **sampling)
    assert server.bodies[-1].items() >= sampling.items()
    assert server.keys[-1] == "Bearer sk-hush-hush"
    assert "hush" not in json.dumps(result) + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("model", "kind", "reason"),
    [
        ("abstain+401", "bad_key", "the key was refused (status 401: [key])"),
        ("abstain+500", "provider_failure", "status 500"),
        ("ecko", "provider_failure", "no model named ecko"),
    ],
)
def test_an_episode_that_a_provider_failed_has_an_error_without_the_key_and_no_score(
    server: Server, model: str, kind: str, reason: str
) -> None:
    result = evaluated(model, base_url=server.url, api_key="as ordered", max_retries=0)
    assert (result["score"], result["success"], result["error_type"]) == (None, False, kind)
    assert server.url in result["error"] and reason in result["error"]
    assert not result["extra"]["valid_for_scoring"]
    assert "as ordered" not in json.dumps(result)


def test_a_timeout_reports_the_episode_so_far_without_a_score() -> None:
    late = threading.Event()

    def slowing(messages: Any, tools: Any) -> tuple[str, list[Any]]:
        if len(server.bodies) > 3:
            late.wait(30)
        return "ok", []

    with serving(slowing=slowing) as server:
        result = evaluated("slowing", base_url=server.url, timeout=2)
        late.set()
    assert (result["score"], result["error_type"]) == (None, "timeout")
    assert result["error"] == "the episode did not end within 2 seconds"
    assert (result["extra"]["events_seen"], result["extra"]["usage"]["calls"]) == (4, 3)


def test_an_abandoned_match_ends_instead_of_waiting_for_its_next_try(server: Server) -> None:
    choice = SystemChoice(WorldsSettings("company", 0, "lite"), "markdown")
    match = ModelEpisode(choice, "abstain+500", server.url, max_retries=4)
    threading.Timer(0.1, match.abandon).start()
    with pytest.raises(Abandoned):
        match.play()


def test_a_reply_that_no_body_can_carry_is_reported_all_the_same(server: Server) -> None:
    result = evaluated("torn", base_url=server.url)
    assert json.dumps(result, ensure_ascii=False).encode()
    assert {"role": "assistant", "content": "torn ?"} in result["extra"]["conversation"]


def test_a_task_id_names_domain_and_seed_whatever_the_seed() -> None:
    results = [evaluated(task_id=13, seed=seed)["extra"] for seed in (0, 5)]
    assert [(r["template"], r["seed"], r["task_id"]) for r in results] == [("company", 1, 13)] * 2
    assert results[0]["conversation"] == results[1]["conversation"]


def test_a_secret_generates_another_task_and_is_not_shown() -> None:
    plain, salted = evaluated()["extra"], evaluated(salt="hush-hush")["extra"]
    assert plain["conversation"] != salted["conversation"]
    assert (plain["salted"], salted["salted"]) == (False, True)
    assert "hush-hush" not in json.dumps(salted)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"template": "compny"}, "no templates named 'compny'; did you mean company?"),
        ({"model": "memorygym/os:abort"}, "named 'os:abort'"),  # A stranger loads no code.
        ({"template": "os:abort"}, "named 'os:abort'"),
        ({"backend": "os:abort"}, "named 'os:abort'"),
        ({"template": ["city"]}, "no templates named"),
        ({"tier": "light"}, "no tier named 'light'; did you mean lite?"),
        ({"tier": []}, "no tier named"),
        ({"backend": "markdwn"}, "did you mean markdown?"),
        ({"model": "memorygym/strategc"}, "did you mean strategic?"),
        ({"seed": -1}, "seed=-1: give a whole number from 0"),
        ({"seed": "3"}, "seed='3': give a whole number"),
        ({"task_id": 1.5}, "task_id=1.5: give a whole number"),
        ({"task_id": 13, "template": "city"}, "task_id 13 is of the template company, not city"),
        ({"salt": ""}, "salt '' is empty, perhaps from an unset variable: give a value"),
        ({"timeout": 0}, "timeout=0: give seconds, more than 0"),
        ({"model": " "}, "model ' ': give a name, or memorygym/AGENT"),
        ({"model": "m", "base_url": "nowhere"}, "'nowhere' is no URL"),
        ({"model": "m", "base_url": "http://127.0.0.1:9", "temprature": 1}, "temperature"),
    ],
)
def test_what_cannot_be_played_is_named_with_the_choices(
    asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(MemoryGymError) as raised:
        evaluated(**asked)
    assert isinstance(raised.value, UnknownPart | BadSettings)
    assert message in str(raised.value)
