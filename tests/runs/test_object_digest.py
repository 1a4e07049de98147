"""The digest of an object changes with its code and the data that the code reads."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from memorygym.runs.object_digest import UNREADABLE, digest_of

CLASS = """
from memorygym.runs.object_digest import digest_of
SIZE = {size}
def helper(): return {helper}
class Base:
    def compose(self): return {base}
class Q(Base):
    kinds = {{"a", "b", "c"}}
    def observe(self, most={default}): return SIZE, helper()
print(digest_of(Q))
"""
PARTS = {"size": 1, "helper": 1, "base": 1, "default": 1}


def typed(**parts: int) -> str:
    """The digest of a class that has no source file."""
    code = CLASS.format(**{**PARTS, **parts})
    command = [sys.executable, "-"]
    return subprocess.run(command, input=code, capture_output=True, check=True, text=True).stdout


def test_a_class_without_a_file_has_the_same_digest_in_every_process() -> None:
    assert len(typed()) > 1
    assert typed() == typed()


@pytest.mark.parametrize("part", PARTS)
def test_a_changed_global_function_base_or_default_changes_the_digest(part: str) -> None:
    assert typed(**{part: 2}) != typed()


def test_a_closure_is_part_of_a_factory() -> None:
    def factory(most: int) -> Callable[[], Any]:
        return lambda: [most]

    assert digest_of(factory(1)) == digest_of(factory(1))
    assert digest_of(factory(1)) != digest_of(factory(2))


def test_what_cannot_be_read_is_named() -> None:
    frame = sys._getframe()
    text = digest_of(lambda: frame)
    assert text.startswith(f"{UNREADABLE}a frame")
    assert "lambda" in text
