"""What the reader's interpreter does with values: the harmless part, and nothing of great size."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

MOST_DIGITS, LONGEST = 4_000, 10_000
"""Bits of a number, and parts of a text, a list or a range."""


class Beyond(Exception):
    """Something that this interpreter does not do."""


def bounded(value: Any) -> Any:
    """The value, if it is of a size that can be worked with. Raises Beyond."""
    if isinstance(value, int) and value.bit_length() > MOST_DIGITS:
        raise Beyond("a long number")
    if isinstance(value, str | list | tuple | range) and len(value) > LONGEST:
        raise Beyond("too much")
    return value


def multiplied(one: Any, other: Any) -> Any:
    """Their product; of text and lists none that is longer than what is worked with."""
    for many, times in ((one, other), (other, one)):
        is_many = isinstance(many, str | list | tuple) and isinstance(times, int)
        if is_many and len(many) * times > LONGEST:
            raise Beyond("too much")
    return one * other


BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: multiplied,
    ast.FloorDiv: operator.floordiv, ast.Div: operator.truediv, ast.Mod: operator.mod,
}  # fmt: skip
COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}  # fmt: skip
BUILTIN: Mapping[str, Callable[..., Any]] = {
    "len": len, "sum": sum, "min": min, "max": max, "sorted": sorted, "round": round, "abs": abs,
    "range": range, "list": list, "tuple": tuple, "int": int, "str": str, "bool": bool,
    "divmod": divmod, "set": set, "reversed": lambda many: list(reversed(many)), "ord": ord,
}  # fmt: skip
OF_TEXT = frozenset(
    "capitalize count endswith find isalpha isdigit islower isupper join lower lstrip partition"
    " removeprefix removesuffix replace rpartition rsplit rstrip split startswith strip swapcase"
    " title upper".split()
)
"""Methods of text that do no harm."""
