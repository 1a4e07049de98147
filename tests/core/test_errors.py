"""Errors name the value, the reason and the choices."""

import pytest

from memorygym.core import errors
from memorygym.core.errors import MemoryGymError

KINDS = [
    cls
    for cls in vars(errors).values()
    if isinstance(cls, type) and cls.__module__ == errors.__name__
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_can_be_caught_as_one_of_ours(kind: type) -> None:
    assert issubclass(kind, MemoryGymError)
