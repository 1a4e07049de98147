"""The environment behind affinetes' own server and client, in URL mode."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from memorygym.adapters.affinetes import OpenEnvResponse
from memorygym.core.trace import Action
from memorygym.scoring.episode_scores import score
from tests.adapters.affinetes.server import ROOT, serving
from tests.adapters.affinetes.test_games import as_action
from tests.episodes import generated, played
from tests.servers import openai

pytestmark = pytest.mark.affinetes


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("app")) as url:
        yield url


@pytest.fixture
def run(address: str) -> Callable[[Callable[[Any], Any]], Any]:
    """Runs a coroutine function on the environment as affinetes' client sees it."""
    from affinetes import load_env
    from affinetes.core import get_registry

    async def used(use: Callable[[Any], Any]) -> Any:
        env = load_env(mode="url", base_url=address)
        try:
            return await use(env)
        finally:
            await env.cleanup()
            get_registry().unregister(env.name)  # It would be cleaned up again at exit.

    return lambda use: asyncio.run(used(use))


def test_the_client_measures_a_model(run: Any) -> None:
    with openai.serving() as server:
        result = run(
            lambda env: env.evaluate(
                model="writer", base_url=server.url, api_key="sk-hush", task_id=13, tier="multi"
            )
        )
    assert result["task_name"] == "memorygym:company:multi"
    assert result["extra"]["correct_refusals"] == 1
    assert "hush" not in json.dumps(result)
    assert server.keys[-1] == "Bearer sk-hush"


def test_the_client_plays_an_episode(run: Any) -> None:
    trace = played("strategic", generated("city", 1))
    actions = [as_action(record.message) for record in trace.records if isinstance(record, Action)]

    async def play(env: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        session = await env.openenv().reset(task_id=11)
        assert (await session.state())["observation"] == session.observation
        for action in actions:
            last = await session.step(action)
        return last, await session.stop()

    last, stopped = run(play)
    assert (last["done"], last["reward"]) == (True, score(trace).composite)
    assert stopped["stopped"]


@pytest.mark.parametrize("method", ["evaluate", "reset"])
def test_the_client_gets_an_error_for_unknown_names(run: Any, method: str) -> None:
    with pytest.raises(Exception, match=r"no templates named 'compny'; did you mean company\?"):
        run(lambda env: getattr(env, method)(template="compny"))


def test_the_routes_are_the_methods_and_no_more(run: Any) -> None:
    methods = run(lambda env: env.list_methods(print_info=False))
    assert [method["name"] for method in methods] == ["evaluate", "reset", "state", "step", "stop"]


def test_answers_are_of_the_class_of_affinetes() -> None:
    from affinetes.core.openenv import OpenEnvResponse as Theirs

    assert OpenEnvResponse is Theirs


def test_their_validation_passes(run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """`afs validate` but for Docker: it builds nothing and is given the served environment."""
    import affinetes.api
    from affinetes.cli.commands import test_environment as validate

    async def validated(env: Any) -> None:
        monkeypatch.setattr(affinetes.api, "build_image_from_env", lambda **_: None)
        monkeypatch.setattr(affinetes.api, "load_env", lambda **_: env)
        await validate(str(ROOT), 12, 0, None, str(tmp_path), None, "http://127.0.0.1:9", 0.7, 60)

    run(validated)
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["seed_consistency_rate"] == summary["seed_diversity"]["diversity_rate"] == 1
    assert not any("error" in rollout for rollout in summary["rollouts"])
