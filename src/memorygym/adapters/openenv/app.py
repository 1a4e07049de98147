"""The server: `create_app` makes it, `python -m memorygym.adapters.openenv` serves it."""

import re
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from gymnasium.error import Error
from openenv.core.env_server.http_server import create_fastapi_app

from memorygym.adapters.description import Description
from memorygym.adapters.openenv.environment import MemoryEnvironment, Options
from memorygym.adapters.openenv.models import MemoryAction, MemoryObservation, MemoryState
from memorygym.core.errors import MemoryGymError, require_at_least
from memorygym.core.json_values import json_value
from memorygym.training.env import MemoryEnv

TORN = re.compile(r"(\\+ud[89ab][\da-f]{2}\\+ud[c-f][\da-f]{2})|\\+ud[89a-f][\da-f]{2}", re.I)
"""Both halves of a character, as JSON at any depth states it (group 1), or one alone, which nobody
can send."""


def create_app(options: Options, sessions: int = 64) -> FastAPI:
    """The application, for options of MemoryEnv and at most so many sessions at a time.

    Raises UnknownPart or BadSettings.
    """
    require_at_least(1, sessions=sessions)
    MemoryEnv(**options)  # A wrong option ends the start, not each session.
    app = create_fastapi_app(
        partial(MemoryEnvironment, options), MemoryAction, MemoryObservation, sessions,
        env_name=Description().name, state_cls=MemoryState,
    )  # fmt: skip
    app.add_middleware(Frames)
    for kind in (MemoryGymError, Error):
        app.add_exception_handler(kind, _refused)  # Of HTTP; a websocket has its own errors.
    return app


class Frames:
    """Mends what OpenEnv would end a session for: torn characters become `?`, and a frame that is
    no JSON object becomes one that it refuses."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def received() -> Any:
            message = await receive()
            if message["type"] == "websocket.receive":
                text = TORN.sub(lambda found: found[1] or "?", message.get("text") or "")
                message["text"] = text if isinstance(json_value(text), dict) else "no JSON object"
            return message

        await self._app(scope, received if scope["type"] == "websocket" else receive, send)


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serves until it is interrupted. Texts go uncompressed, which is faster on one machine."""
    uvicorn.run(app, host=host, port=port, access_log=False, ws_per_message_deflate=False)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 422)
