"""What hubs say about the environment, stated once: the folders for them are made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template

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

    def write(self, package: str, folder: Path, places: Mapping[str, str], **words: object) -> None:
        """Writes the files of the package's folder `hub` where `places` says, filled in with the
        description and the words. Raises FileExistsError."""
        own = {name: getattr(self, name) for name in ("title", "summary", "version", "license")}
        for name, place in places.items():
            path = folder / place
            template = Template(files(package).joinpath("hub", name).read_text("utf-8"))
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(template.substitute(own | words))
