"""Trains nothing yet: the loop of a trainer that plays MemoryGym through an OpenEnv server.

Replace `policy` by your model's reply to the messages. Needs the extra `openenv`; runs offline.
"""

import re
import subprocess
import sys
from typing import Any

from memorygym.adapters.openenv.client import MemoryClient
from memorygym.adapters.openenv.models import MemoryAction, MemoryObservation

SERVER = [sys.executable, "-m", "memorygym.adapters.openenv", "--port", "0", "--track", "worlds"]


def policy(seen: MemoryObservation) -> str | MemoryAction:
    """Notes the documents of each event until the memory is full; answers no question."""
    shown: dict[str, Any] = seen.messages[-1]
    tools = {tool["function"]["name"] for tool in seen.tools}
    if shown["role"] == "user" and "Write" in tools and seen.writes_left:
        note = {"name": "Write", "arguments": {"content": shown["content"][:400]}}
        return MemoryAction(calls=[note])
    return "Noted."


with subprocess.Popen([*SERVER, "tier=lite"], stderr=subprocess.PIPE, text=True) as server:
    lines = iter(server.stderr or ())
    address = next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
    with MemoryClient(base_url=address).sync() as env:
        result = env.reset(split="train", index=0)  # One context ends where `restart` is true.
        while not result.done:
            result = env.step(policy(result.observation))
        print(f"score {result.reward:.2f} on {result.observation.task}")
    server.terminate()
