"""Decides where a memory runs: ours in this process, everybody else's in one of its own."""

from collections.abc import Callable
from functools import partial

from memorygym import registry
from memorygym.core import Memory
from memorygym.errors import UnknownPart
from memorygym.sandbox.process import DEFAULT, Limits
from memorygym.sandbox.remote import Remote


def memory_factory(spec: str, limits: Limits = DEFAULT) -> Callable[[], Memory]:
    """The factory of the memory that `spec` names; nothing of other people's is imported for it.

    A spec is an id, `module:factory`, or `shim:module:factory`, and then knobs: `:top_k=5`. Raises
    UnknownPart with the nearest name.

    >>> memory_factory("bm25:top_k=5")().top_k
    5
    """
    name, _ = registry.split(spec)
    if registry.is_ours("memory", name):
        return partial(registry.make, "memory", spec)
    shim, colon, inner = name.partition(":")
    if not colon:
        registry.known("memory", name)
    elif ":" in inner and not registry.is_ours("shims", shim):
        raise UnknownPart("shim", shim, registry.names("shims"))
    return partial(Remote, spec, limits)


def check(spec: str, limits: Limits = DEFAULT) -> None:
    """Makes the memory once where it will run. Raises BadSettings, UnknownPart or MemoryFault."""
    memory_factory(spec, limits)()
