"""Memories by their specs: made once to see that they can be, and told apart by their code."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from memorygym import registry
from memorygym.contract import code_of, digest
from memorygym.core import Memory
from memorygym.isolation.arms import REFERENCES
from memorygym.memory.none import Nothing
from memorygym.runs.seats import is_foreign
from memorygym.sandbox.choosing import memory_factory


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
    """A hash of the code behind a spec: of its module, of what that imports, and of the shim."""
    name, _ = registry.split(spec)
    head, _, rest = name.partition(":")
    if registry.is_ours("shims", head):
        shim = registry.module_of("shims", head)
        return digest(code_of(registry.module_of("memory", rest), shim))
    return digest(code_of(registry.module_of("memory", name)))
