"""Trains nothing yet: the traces that a trainer gets from MemoryGym through verifiers. Replace the
server by your model's. Needs the extra `verifiers`; runs offline."""

import asyncio
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import verifiers.v1 as vf

from memorygym.adapters.verifiers.__main__ import ID, write


class Noted(BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # A model that says "Noted." to everything, as a stream.
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response_only(200)
        self.end_headers()
        choice = b'{"index": 0, "delta": {"content": "Noted."}, "finish_reason": "stop"}'
        self.wfile.write(b'data: {"choices": [%s]}\n\ndata: [DONE]\n\n' % choice)


async def rollout(env: vf.Env, url: str) -> vf.Episode:
    model = vf.ModelContext(model="noted", client=vf.EvalClientConfig(base_url=url))
    async with env.serving():
        return await env.run_episode(next(iter(env.taskset)), model)


with TemporaryDirectory() as folder, ThreadingHTTPServer(("127.0.0.1", 0), Noted) as server:
    Thread(target=server.serve_forever, daemon=True).start()
    write(Path(folder))  # Instead: pip install FOLDER.
    sys.path.append(folder)
    tasks = {"id": ID, "split": "train", "parameters": {"tier": "lite"}}
    env = vf.load_environment(vf.resolve_env_config({"taskset": tasks}))
    url = f"http://127.0.0.1:{server.server_port}/v1"
    for trace in asyncio.run(rollout(env, url)).traces[:3]:  # A context each.
        print(f"reward {trace.reward:.2f}, {len(trace.messages)} messages")
