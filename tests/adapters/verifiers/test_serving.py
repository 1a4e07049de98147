"""The path of prime-rl: a server of environments, tasks and traces that go over its wire."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import verifiers.v1 as vf
from verifiers.v1.serve import EnvClient, EnvServer

from memorygym.scoring.episode_scores import score
from tests.adapters.verifiers.playing import ID, Replay, tasks
from tests.servers.openai import serving

pytestmark = pytest.mark.verifiers


@asynccontextmanager
async def served() -> AsyncIterator[EnvClient]:
    server = EnvServer(vf.resolve_env_config({"taskset": {"id": ID}}), "tcp://127.0.0.1:*")
    running = asyncio.create_task(server.run())
    client = EnvClient(server.address)
    try:
        yield client
    finally:
        await client.close()
        running.cancel()
        await running


def test_an_episode_over_the_wire_has_the_score_of_bench_after_a_killed_one() -> None:
    (task,) = tasks()
    replay = Replay(task)
    model = (vf.EvalClientConfig(base_url="to come"), "x", vf.SamplingConfig())

    async def run(url: str) -> vf.WireEpisode:
        data = task.data.model_dump(mode="json")
        model[0].base_url = url
        async with served() as client:
            begun = asyncio.Event()
            killed = asyncio.create_task(client.run(*model, data, lambda _: begun.set()))
            await begun.wait()
            killed.cancel()
            with suppress(asyncio.CancelledError):
                await killed
            return await client.run(*model, data)

    with serving(x=replay.brain()) as server:
        episode = asyncio.run(run(server.url))
    assert (episode.ok, len(episode.traces)) == (True, len(replay.contexts))
    expected = score(replay.traces[0]).composite
    assert {trace.reward for trace in episode.traces} == {round(expected, 6)}
