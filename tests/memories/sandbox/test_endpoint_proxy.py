"""What a memory's process asks a model by itself is counted, by episode and event."""

import json

import pytest

from memorygym.core.episode import Episode
from memorygym.core.errors import ProviderFailure
from memorygym.core.trace import EndpointCall
from memorygym.core.types import Message
from memorygym.memories.sandbox.endpoint_proxy import EndpointProxy
from memorygym.memories.sandbox.placement import Remote
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator.task import generate
from tests.servers.openai import Server

HELLO = Message("user", "Hello Larkin Harbor")
END = Message("assistant", "")


def episode_of(server: Server, model: str = "echo") -> Episode:
    spec = f"tests.memories.sandbox.plugins:Client:model={model}"
    task = generate("company", 0, "lite")
    return Episode(WorldsEnv(task), lambda: Remote(spec, endpoint=server.url))


def calls_of(episode: Episode) -> list[EndpointCall]:
    return [record for record in episode.trace.records if isinstance(record, EndpointCall)]


def test_calls_and_tokens_are_counted_by_event_and_embeddings_apart(server: Server) -> None:
    episode = episode_of(server)
    first = calls_of(episode)
    episode.step(END)
    added = calls_of(episode)[len(first) :]
    assert [call.event for call in first] == [0] * len(first)
    assert 1 in {call.event for call in added}
    assert [call.embedding for call in first[:2]] == [True, False]
    assert all(call.prompt for call in first)
    assert first[0].reply == 0
    assert first[1].reply == first[1].prompt


def test_two_memories_that_play_in_turns_are_counted_apart(server: Server) -> None:
    one, other = episode_of(server), episode_of(server)
    before = len(calls_of(other))
    one.step(END)
    assert len(calls_of(one)) > len(calls_of(other)) == before


@pytest.mark.parametrize("fault", ["500", "429", "401", "cut", "half"])
def test_a_failure_of_the_endpoint_is_one_of_the_provider_though_the_memory_goes_on(
    server: Server, fault: str
) -> None:
    with pytest.raises(ProviderFailure, match="the endpoint that it asked in observe failed"):
        episode_of(server, f"echo+{fault}")


def test_a_failure_after_which_the_request_succeeds_is_none(server: Server) -> None:
    assert len(calls_of(episode_of(server, "echo+429x1"))) > 1


def test_what_the_endpoint_refuses_for_what_it_says_is_the_memorys_own_mistake(
    server: Server,
) -> None:
    assert all(call.embedding for call in calls_of(episode_of(server, "echo+context")))


def test_a_count_that_the_endpoint_does_not_state_is_unknown(server: Server) -> None:
    *_, call = calls_of(episode_of(server, "echo+garbage"))
    assert (call.prompt, call.reply) == (None, None)


def test_a_stream_states_its_usage_at_the_end(server: Server) -> None:
    proxy = EndpointProxy(server.url)
    body = {"model": "echo", "stream": True, "messages": [HELLO.to_openai()]}
    proxy.forward("/chat/completions", {}, json.dumps(body).encode())
    assert proxy.take() == ([EndpointCall(-1, 3, 3, embedding=False)], "")
    proxy.end()
