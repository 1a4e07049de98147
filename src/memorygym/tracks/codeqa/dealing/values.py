"""Which values are worth asking for, and small rules about questions."""

import builtins
import re
from collections.abc import Sequence

from memorygym.grading.clauses import familiar
from memorygym.rng import Stream
from memorygym.tracks.codeqa.dealing.tree import Function

NUMBER = re.compile(r"-?\d+$")


def only_call(code: Function, *, classes: bool = False) -> str:
    """The one function of the package that it calls, or the one class; "" if it is not one."""
    called = [name for name in code.calls if not hasattr(builtins, name)]
    if classes:
        called = [n for n in called if n[0].isupper() and not n.isupper() and n not in code.raises]
    else:
        called = [name for name in called if name.islower()]
    return called[0] if len(called) == 1 else ""


def bare(value: str) -> str:
    """The text of a value without quotes."""
    return value.strip("\"'")


def telling(value: str) -> bool:
    """Whether a value is one that nobody would guess.

    >>> telling("417"), telling("0"), telling("'amber'"), telling("None"), telling("'the'")
    (True, False, True, False, False)
    """
    if NUMBER.match(value):
        return abs(int(value)) > 12 and int(value) % 10 != 0
    word = bare(value)
    return value[:1] in "\"'" and len(word) > 3 and word.isalpha() and not familiar(word.casefold())


def named(name: str) -> bool:
    """Whether a name is one that nobody would guess.

    >>> named("sift_amber_quay"), named("base"), named("value")
    (True, False, False)
    """
    return len(name) > 4 and not hasattr(builtins, name) and not familiar(name.casefold())


def spread(wanted: Sequence[str], used: dict[str, int], chance: Stream) -> list[str]:
    """The kinds in the order in which they should be tried: those asked least first."""
    order = list(wanted)
    chance.shuffle(order)
    return sorted(order, key=lambda kind: used.get(kind, 0))
