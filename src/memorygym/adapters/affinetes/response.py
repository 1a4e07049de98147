"""What an interactive call returns: affinetes' own class, or one like it where that is absent."""

from dataclasses import dataclass, field
from typing import Any

try:
    from affinetes.core.openenv import OpenEnvResponse
except ImportError:

    @dataclass
    class OpenEnvResponse:  # type: ignore[no-redef]  # one of the two
        """The same fields and defaults."""

        observation: str
        reward: float = 0.0
        done: bool = False
        truncated: bool = False
        episode_id: str | None = None
        info: dict[str, Any] = field(default_factory=dict)

        def to_dict(self) -> dict[str, Any]:
            """As plain data."""
            return dict(vars(self))


__all__ = ["OpenEnvResponse"]
