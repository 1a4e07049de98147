"""Ventures calls of a real tree's small functions, and keeps those whose value is beyond doubt."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from memorygym.instances.model import Found
from memorygym.rng import Stream
from memorygym.statements import Known, Statement
from memorygym.tracks.codeqa.answering import answer
from memorygym.tracks.codeqa.confirming import definitions, executed
from memorygym.tracks.codeqa.dealing.values import telling
from memorygym.tracks.codeqa.dealing.words import QUALIFIERS
from memorygym.tracks.codeqa.dealing.writing import number
from memorygym.tracks.codeqa.querying import Query
from memorygym.tracks.codeqa.sources.confining import can_confine

MOST = 2
"""Arguments of a call."""
_WORD = re.compile(r"\w{5,40}$")


def ventured(
    files: Mapping[str, str], told: Iterable[Statement], chance: Stream
) -> dict[str, str] | None:
    """What calls return of which the reader and Python behind walls say the same.

    None where there are no walls on this machine.
    """
    if not can_confine():
        return None
    known = Known(told)
    said: dict[str, str] = {}
    for call in _calls(files, chance):
        found = answer(Query("output", (), told=call), known)
        if isinstance(found, Found) and _is_telling(found.answer, call):
            said[call] = found.answer
    ran = executed(files, list(said)) if said else []
    return {call: one for (call, one), seen in zip(said.items(), ran, strict=True) if one == seen}


def _calls(files: Mapping[str, str], chance: Stream) -> Iterator[str]:
    for name, text in definitions(files).items():
        match ast.parse(text).body:
            case [ast.FunctionDef(args=args)] if not (args.vararg or args.kwonlyargs or args.kwarg):
                needed = len(args.posonlyargs) + len(args.args) - len(args.defaults)
                kinds = ("number", "text")
                for kind in product(kinds, repeat=needed) if 0 < needed <= MOST else ():
                    given = (_argument(one, chance) for one in kind)
                    yield f"{name}({', '.join(given)})"


def _argument(kind: str, chance: Stream) -> str:
    if kind == "number":
        return str(number(chance))
    return f"'{chance.choice(QUALIFIERS).title()} {chance.choice(QUALIFIERS)}'"


def _is_telling(value: str, call: str) -> bool:
    """Whether it is a value that one does not guess from the call."""
    if value.casefold() in call.casefold():
        return False
    return telling(value) or _WORD.match(value) is not None
