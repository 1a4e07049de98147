"""Errors name the value, the reason and the choices."""

import pytest

from memorygym.core import errors
from memorygym.core.errors import MemoryGymError, UnknownPart

KINDS = [
    cls
    for cls in vars(errors).values()
    if isinstance(cls, type) and cls.__module__ == errors.__name__
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_can_be_caught_as_one_of_ours(kind: type) -> None:
    assert issubclass(kind, MemoryGymError)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("compny", "no templates named 'compny'; did you mean company?"),
        ("zzz", "no templates named 'zzz'; choose from city, company"),
        ("", "no templates named ''; choose from city, company"),
    ],
)
def test_an_unknown_part_suggests_the_nearest_or_lists_all(name: str, message: str) -> None:
    assert str(UnknownPart("templates", name, ["company", "city"])) == message
