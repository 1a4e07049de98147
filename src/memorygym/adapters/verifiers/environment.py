"""The environment: an episode of MemoryEnv, each context of which is a trace of its own.

When the context is reset, a new interaction begins, so what a policy reads and what it is trained
on are the same, and only the memory joins the traces of an episode. The chat loop runs here: the
harness is one request to the model, without a program or a tool server.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import verifiers.v1 as vf
from openai import APIError, AsyncOpenAI, DefaultAsyncHttpxClient
from verifiers.v1.dialects.chat import message_to_wire

from memorygym.adapters.verifiers.taskset import SCORE, MemoryTask
from memorygym.agents.chat import merge_neighbours
from memorygym.agents.text_protocol import as_text
from memorygym.core.types import Message
from memorygym.models.chat_completions import read_message, reply_for, to_wire
from memorygym.models.model import OVERFLOW

Info = dict[str, Any]


class OneRequest(vf.Harness[vf.HarnessConfig]):  # type: ignore[misc]  # See MemoryData.
    """Sends the conversation and the tools of the moment to the model, once; the trace keeps the
    reply. A context that is too long leaves no reply; any other error is the provider's."""

    EXECUTES_CODE, NEEDS_CONTAINER, SUPPORTS_RESUME = False, False, True

    async def launch(self, ctx: vf.ModelContext, trace: vf.Trace, *where: Any) -> vf.ProgramResult:
        _, endpoint, secret, _, data = where
        if data.system_prompt is not None:
            raise vf.TaskError("a task has its own system message: give no system_prompt")
        wire = _repaired if trace.state.malformed else message_to_wire
        body = {"model": ctx.model, "messages": list(map(wire, data.prompt)), "stream": True,
                "stream_options": {"include_usage": True}}  # fmt: skip
        if trace.state.tools:
            body["tools"] = trace.state.tools
        # The endpoint is this process's own, on the loopback: no certificates are read for it.
        web, turns = DefaultAsyncHttpxClient(verify=False, timeout=None), trace.num_turns
        async with AsyncOpenAI(base_url=endpoint, api_key=secret, http_client=web) as client:
            try:  # What the stream holds is in the trace, too; or it holds an error.
                answer = await client.post("/chat/completions", body=body, cast_to=str)
            except APIError as error:
                answer = str(error)
        failed = trace.num_turns == turns and not trace.stop_condition
        if failed and reply_for(answer, None) is not OVERFLOW:
            raise vf.ProviderError(answer)
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
                    info = await play_context(talk, partial(apart, env.step), info)
                if error := talk.trace.last_error:
                    raise vf.EnvError(f"context {len(traces)} failed: {error.message}")
        finally:
            thread.shutdown(wait=False)
            for trace in traces:
                if SCORE in info:
                    trace.info[SCORE] = info[SCORE]
                    await task.score(trace)
                elif not trace.errors:
                    trace.record_error(vf.EnvError("its episode has no score and says why"))


async def play_context(talk: vf.Interaction, step: Callable[[Message], Any], info: Info) -> Info:
    """What the environment tells when this context ended, or when no reply came because the model
    failed or one of verifiers' limits was reached; at such a limit the reply is empty."""
    native, seen, state = True, 0, talk.trace.state
    while True:
        state.tools, state.malformed = info["tools"], state.malformed or info["malformed"]
        added = list(map(Message.from_openai, info["messages"][seen:]))
        # Results of calls that a model wrote as text are text, too.
        readable = added if native else merge_neighbours(as_text(added, ()))
        segment = await talk.turn(list(map(to_wire, readable)))
        if talk.trace.errors:
            return info
        said = {"content": ""} if segment.terminated else message_to_wire(segment.messages[-1])
        reply, _ = read_message(said)
        native, seen = bool(reply.calls), len(info["messages"]) + 1
        *_, terminated, truncated, info = await step(reply)
        if terminated or truncated or info["restart"] or segment.terminated:
            return info


def _repaired(message: vf.Message) -> dict[str, Any]:
    """The message as endpoints accept it; some refuse a malformed call in the history."""
    wire: dict[str, Any] = message_to_wire(message)
    read = Message.from_openai(wire)
    return wire if to_wire(read) == read.to_openai() else to_wire(read)
