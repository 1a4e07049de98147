"""The client: one websocket is one session of the server."""

from typing import Any

from openenv.core.client_types import StepResult
from openenv.core.env_client import EnvClient

from memorygym.adapters.openenv.models import MemoryAction, MemoryObservation, MemoryState


class MemoryClient(EnvClient):  # type: ignore[misc]  # OpenEnv is not type-checked.
    """`MemoryClient(base_url=…)`, awaited, or in a `with` block of its `.sync()`.

    `step` takes a text or a MemoryAction. The server's errors are RuntimeErrors; after one the
    session goes on.
    """

    def _step_payload(self, action: MemoryAction | str) -> Any:
        return {"text": action} if isinstance(action, str) else action.model_dump()

    def _parse_result(self, payload: dict[str, Any]) -> StepResult:
        reward, done = payload["reward"], payload["done"]
        observation = MemoryObservation(**payload["observation"], reward=reward, done=done)
        return StepResult(observation, reward, done)

    def _parse_state(self, payload: dict[str, Any]) -> MemoryState:
        return MemoryState(**payload)
