"""The server: `uvicorn memorygym.adapters.openenv.app:app`, or `create_app` in Python."""

import json
import os
from collections.abc import Iterable
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
from memorygym.core.errors import BadSettings, MemoryGymError, require_at_least
from memorygym.core.json_values import json_value
from memorygym.runs.settings import check_argument
from memorygym.training.env import MemoryEnv

VARIABLE = "MEMORYGYM_OPENENV"
"""The environment variable with the options of `app`, as "track=worlds tier=lite sessions=64"."""


def create_app(options: Options) -> FastAPI:
    """The application, for options of MemoryEnv and `sessions`, the most at a time (64).

    Raises UnknownPart or BadSettings.
    """
    given = {**options}
    sessions = given.pop("sessions", 64)
    check_argument("sessions", sessions, int)
    require_at_least(1, sessions=sessions)
    MemoryEnv(**given)  # A wrong option ends the start, not each session.
    app = create_fastapi_app(
        partial(MemoryEnvironment, given), MemoryAction, MemoryObservation, sessions,
        env_name=Description().name, state_cls=MemoryState,
    )  # fmt: skip
    app.add_middleware(Frames)
    for kind in (MemoryGymError, Error):
        app.add_exception_handler(kind, _refused)  # Of HTTP; a websocket has its own errors.
    return app


class Frames:
    """Replaces frames that are no JSON object by one that OpenEnv refuses and goes on after; these
    would end the session."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def received() -> Any:
            message = await receive()
            if message["type"] == "websocket.receive" and not _is_object(message.get("text")):
                return {"type": "websocket.receive", "text": "no JSON object"}
            return message

        await self._app(scope, received if scope["type"] == "websocket" else receive, send)


def _is_object(text: str | None) -> bool:
    try:
        return isinstance(json.loads(text or ""), dict)
    except (ValueError, RecursionError):
        return False


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serves until it is interrupted. Texts go uncompressed, which is faster on one machine."""
    uvicorn.run(app, host=host, port=port, access_log=False, ws_per_message_deflate=False)


def options_of(words: Iterable[str]) -> dict[str, Any]:
    """Options from words NAME=VALUE. Raises BadSettings.

    >>> options_of(["tier=lite", "max_steps=9"])
    {'tier': 'lite', 'max_steps': 9}
    """
    options = dict[str, Any]()
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise BadSettings(f"{word!r} is no option: give NAME=VALUE, as tier=lite")
        options[name] = json_value(value)
    return options


async def _refused(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 422)


def __getattr__(name: str) -> FastAPI:
    """`app`, made when a server asks for it: an import reads no variable."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return create_app(options_of(os.environ.get(VARIABLE, "").split()))
