"""Memories by their specs: made once to see that they can be, and told apart by their code."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

from memorygym import registry
from memorygym.contract import digest
from memorygym.core import Memory
from memorygym.isolation.arms import REFERENCES
from memorygym.memory.none import Nothing
from memorygym.runs.seats import is_foreign
from memorygym.sandbox.choosing import memory_factory
from memorygym.sandbox.finding import file_of


@dataclass(frozen=True, slots=True)
class Plugged:
    """A memory as it was named, and how it is made."""

    spec: str
    make: Callable[[], Memory]
    tools: bool
    """Whether it gives its user tools."""
    source: str = ""
    """A hash of its code: a run of one cannot be continued with another."""
    foreign: bool = False
    """Whether its state is kept by somebody else's code, which may keep more than it dumps."""


def plug_all(specs: Iterable[str]) -> dict[str, Plugged]:
    """The references and the memories, ready to be made for every episode.

    Raises UnknownPart, BadSettings or MemoryFault for one that cannot be made.
    """
    oracle = Plugged("oracle", Nothing, tools=False)  # The track makes it, for each task.
    return {
        spec: oracle if spec == "oracle" else plug(spec)
        for spec in dict.fromkeys([*REFERENCES, *specs])
    }


def plug(spec: str) -> Plugged:
    """One memory; raises as `plug_all`."""
    make = memory_factory(spec)
    memory: Memory = make()
    return Plugged(spec, make, bool(memory.tools), source_of(spec), foreign=is_foreign(spec))


def source_of(spec: str) -> str:
    """A hash of the code behind a spec: its file, and the stores where it is one of ours."""
    name, _ = registry.split(spec)
    if registry.is_ours("memory", name):
        return digest("stores", f"memory/{name}.py")
    head, _, rest = name.partition(":")
    wrapped = rest if registry.is_ours("shims", head) else name
    found = file_of(registry.target_of("memory", wrapped).partition(":")[0])
    return sha256(found.read_bytes() if found else b"").hexdigest()[:8]
