"""What an object of other people needs to be a memory: it is fed, and rebuilt."""

from collections.abc import Callable, Mapping
from inspect import iscoroutinefunction
from typing import Any, Generic, TypeVar

from memorygym.errors import BadSettings

T = TypeVar("T")
V = TypeVar("V")


class Fed(Generic[T, V]):
    """An object that was given everything that is kept, in order, and nothing else.

    Such objects can neither be dumped nor forget one thing: once something that it was given is
    gone, a new one is made and given what is left. So its state follows from what is kept, exactly
    if it is deterministic.
    """

    def __init__(self, make: Callable[[], T], feed: Callable[[T, V], None]) -> None:
        self._make, self._feed = make, feed
        self._object = make()
        self._given: list[int] = []

    def with_all(self, kept: Mapping[int, V]) -> T:
        """The object, given all that is kept."""
        if not kept.keys() >= set(self._given):
            self._object, self._given = self._make(), []
        for key in list(kept)[len(self._given) :]:
            self._feed(self._object, kept[key])
            self._given.append(key)
        return self._object


def method(made: object, name: str) -> Callable[..., Any]:
    """A method of an object. Raises BadSettings if it has none of that name that can be called as
    it stands."""
    found: Any = getattr(made, name, None)
    if not callable(found):
        raise BadSettings(f"a {type(made).__name__} has no `{name}`; choose another shim")
    if iscoroutinefunction(found):
        raise BadSettings(f"the `{name}` of a {type(made).__name__} is async; give a plain one")
    bound: Callable[..., Any] = found
    return bound
