"""What hubs say about the environment, stated once: the folders for them are made from it."""

from dataclasses import dataclass
from importlib.metadata import version

INSTALL = "agent-memorygym"
"""The package, as pip knows it; a source of one's own (`NAME @ git+https://…`) may replace it."""


@dataclass(frozen=True, slots=True)
class Description:
    """The words of a hub's page."""

    name: str = "memorygym"
    """The id: letters only, so that every hub takes it."""
    title: str = "MemoryGym"
    summary: str = "Train and measure the memory of LLM agents."
    tags: tuple[str, ...] = ("memory", "agents", "reinforcement-learning", "long-context")
    license: str = "apache-2.0"

    @property
    def version(self) -> str:
        """That of the installed package."""
        return version(INSTALL)

    def requirement(self, extra: str, source: str = INSTALL) -> str:
        """The requirement of a folder, as pip reads it; `source` as INSTALL, or NAME @ URL.

        >>> Description().requirement("openenv", "agent-memorygym @ git+https://host/fork")
        'agent-memorygym[openenv] @ git+https://host/fork'
        """
        name, at, url = source.partition(" @ ")
        return f"{name}[{extra}]{at}{url}"
