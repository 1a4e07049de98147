"""The identity of an object changes with its source and the values that it carries."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from memorygym.runs.objects import UNREADABLE, identity_of
from tests.memories.broken import Scrap


class Sized:
    """A memory with a size."""

    def __init__(self, size: int) -> None:
        self.size = size


def factory(most: int) -> Callable[[], Any]:
    """A function that carries a number."""
    return lambda: [most]


@pytest.mark.parametrize("make", [factory, Sized, partial(partial, Sized)])
def test_the_values_that_an_object_carries_are_part_of_it(make: Callable[[int], object]) -> None:
    assert identity_of(make(1)) == identity_of(make(1)) != identity_of(make(2))


def test_two_classes_differ_by_their_source() -> None:
    assert identity_of(Sized) != identity_of(Scrap)


def test_what_has_no_source_or_no_lasting_value_is_named() -> None:
    typed: dict[str, Any] = {}
    exec("class Typed: pass", {"__name__": "typed_at_a_prompt"}, typed)
    frame = sys._getframe()
    assert identity_of(typed["Typed"]).startswith(f"{UNREADABLE}Typed (")
    assert identity_of(lambda: frame).startswith(f"{UNREADABLE}lambda (it carries <frame at 0x")
