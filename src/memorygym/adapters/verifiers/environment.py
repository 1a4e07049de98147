"""The environment: an episode of MemoryEnv, each context of which is a trace of its own.

When the context is reset, a new interaction begins, so what a policy reads and what it is trained
on are the same, and only the memory joins the traces of an episode. The chat loop runs here: the
harness is one request to the model, without a program or a tool server.
"""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import verifiers.v1 as vf
from httpx import AsyncClient
from openai import APIError, AsyncOpenAI, omit
from verifiers.v1.dialects.chat import message_to_wire

from memorygym.adapters.verifiers.taskset import SCORE, MemoryTask
from memorygym.agents.chat import merge_neighbours
from memorygym.agents.text_protocol import as_text
from memorygym.core.types import Message
from memorygym.models.chat_completions import read_completion, reply_for, to_wire
from memorygym.models.model import OVERFLOW

Info = dict[str, Any]


class OneRequest(vf.Harness[vf.HarnessConfig]):  # type: ignore[misc]  # See MemoryData.
    """Sends the conversation and the tools of the moment to the model, once; the trace keeps the
    reply. A context that is too long leaves no reply; any other error is the provider's."""

    EXECUTES_CODE, NEEDS_CONTAINER, SUPPORTS_RESUME = False, False, True

    async def launch(
        self, ctx: vf.ModelContext, trace: vf.Trace, runtime: vf.Runtime, endpoint: str,
        secret: str, mcp_urls: dict[str, str], data: vf.TaskData,
    ) -> vf.ProgramResult:  # fmt: skip
        # The endpoint is this process's own, on the loopback: no certificates are read for it.
        web = AsyncClient(verify=False, timeout=None)
        async with AsyncOpenAI(base_url=endpoint, api_key=secret, http_client=web) as client:
            try:
                async for _ in await client.chat.completions.create(
                    model=ctx.model, messages=list(map(_accepted, data.prompt)), stream=True,
                    stream_options={"include_usage": True}, tools=trace.state.tools or omit,
                ):  # fmt: skip
                    pass
            except APIError as error:
                if reply_for(str(error), None) is not OVERFLOW:
                    raise
        return vf.ProgramResult(exit_code=0, stdout="", stderr="")


class LocalAgent(vf.AgentConfig):  # type: ignore[misc]
    """The policy; it is asked from this process, so it needs no sandbox."""

    runtime: vf.SubprocessConfig = vf.SubprocessConfig()


class MemoryEpisodesConfig(vf.EnvConfig):  # type: ignore[misc]
    agent: LocalAgent = LocalAgent()


class MemoryEpisodes(vf.Env[MemoryEpisodesConfig]):  # type: ignore[misc]
    """Plays an episode; all its traces get its score, or an error if any of them failed."""

    async def run(self, task: MemoryTask, agents: vf.Agents) -> None:
        traces, info = list[vf.Trace](), Info()
        thread = ThreadPoolExecutor(1)  # A memory may be bound to the thread that made it.
        apart = partial(asyncio.get_running_loop().run_in_executor, thread)
        try:
            env, info = await apart(task.data.begin)
            while SCORE not in info:
                async with agents.agent.interaction(task.defer_scoring()) as talk:
                    traces.append(talk.trace)
                    info = await _play_context(talk, partial(apart, env.step), info)
                if error := talk.trace.last_error:
                    raise vf.EnvError(f"context {len(traces)} failed: {error.message}")
        finally:
            thread.shutdown(wait=False)
            for trace in traces:
                if SCORE in info:
                    trace.info[SCORE] = info[SCORE]
                    await task.score(trace)
                elif not trace.errors:
                    trace.record_error(vf.EnvError("its episode has no score; it says why"))


async def _play_context(talk: vf.Interaction, step: Callable[[Message], Any], info: Info) -> Info:
    """What the environment tells when this context ended, or when no reply came because the model
    failed or one of verifiers' limits was reached; at such a limit the reply is empty."""
    native, seen = True, 0
    while True:
        talk.trace.state.tools = info["tools"]
        added = list(map(Message.from_openai, info["messages"][seen:]))
        # Results of calls that a model wrote as text are text, too.
        readable = added if native else merge_neighbours(as_text(added, ()))
        segment = await talk.turn(list(map(to_wire, readable)))
        if talk.trace.errors:
            return info
        said = {"content": ""} if segment.terminated else message_to_wire(segment.messages[-1])
        reply = read_completion(json.dumps({"choices": [{"message": said}]})).message
        native, seen = bool(reply.calls), len(info["messages"]) + 1
        *_, terminated, truncated, info = await step(reply)
        if terminated or truncated or info["restart"] or segment.terminated:
            return info


def _accepted(message: vf.Message) -> dict[str, Any]:
    """The message as an endpoint accepts it, which may refuse a malformed call in the history."""
    wire: dict[str, Any] = message_to_wire(message)
    read = Message.from_openai(wire)
    return wire if to_wire(read) == read.to_openai() else to_wire(read)
