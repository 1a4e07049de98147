"""Takes comments and docstrings out of code: they are prose that would tell whose code it is."""

import ast
import re
from collections.abc import Iterator

from memorygym.tracks.codeqa.sources.lexing import tokens
from memorygym.tracks.codeqa.sources.places import Edit, Places, parsed, spliced

_ROOM = re.compile(r"\n(?:[ \t\f]*\n){3,}")


def stripped(code: str) -> str:
    """The code without comments, docstrings and other strings that stand for themselves.

    >>> stripped('def f():  # why\\n    "Doc."\\n')
    'def f():\\n    pass\\n'
    """
    return _closed(spliced(code, _strings(code)))


def _strings(code: str) -> Iterator[Edit]:
    places = Places(code)
    for node in ast.walk(parsed(code)):
        for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            if not isinstance(body, list):
                continue
            bare = [one for one in body if _is_bare(one)]
            for one in bare:
                start, end = places.start(one), places.end(one)
                needed = len(bare) == len(body) and one is bare[0] and not _is_module(node)
                yield Edit(start, end, "pass") if needed else _whole_line(code, start, end)


def _is_bare(node: object) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str() | bytes()) | ast.JoinedStr()):
            return True
    return False


def _is_module(node: ast.AST) -> bool:
    return isinstance(node, ast.Module)


def _whole_line(code: str, start: int, end: int) -> Edit:
    """Deletes from start to end, the line too if nothing else stands there.

    What shares its line with other statements becomes `pass`.
    """
    line = code.rfind("\n", 0, start) + 1
    stop = code.find("\n", end)
    stop = len(code) if stop < 0 else stop + 1
    before, after = code[line:start], code[end:stop].strip()
    if before.strip() or after.startswith(";"):
        return Edit(start, end, "pass")
    return Edit(start, end) if after else Edit(line, stop)


def _closed(code: str) -> str:
    """Without comments, and with at most two blank lines on end between tokens.

    A line that held nothing but a comment goes with it.
    """
    parts: list[str] = []
    room = ""
    alone = False
    for token in tokens(code):
        match token.kind:
            case "comment":
                room = room.rstrip(" \t\f")
                alone = room.endswith("\n") or not (room or parts)
            case "blank":
                room += token.text[1:] if alone and token.text == "\n" else token.text
                alone = False
            case _:
                parts += [_ROOM.sub("\n\n\n", room), token.text]
                room = ""
    text = "".join(parts).strip("\n")
    return f"{text}\n" if text else ""
