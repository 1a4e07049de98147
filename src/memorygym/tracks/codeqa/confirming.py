"""Runs functions of code of others behind walls: each with what it names, and no more of its tree.

An instance may come from anybody: what it holds is never run outside bubblewrap.
"""

import ast
import builtins
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from memorygym.tracks.codeqa.sources.confining import PYTHON, Bounds, run_confined

BOUNDS = Bounds(seconds=10, mebibytes=512, processes=8, written=1)
_NAME = re.compile(r"\w+(?=\()")
_PLAY = """
import json as _json
_said = []
for _call in _json.loads(input()):
    try:
        _value = eval(_call)
    except Exception:
        _value = None
    _said.append(str(_value) if type(_value) in (int, str) else None)
print(_json.dumps(_said))
"""


def executed(files: Mapping[str, str], calls: Sequence[str]) -> list[str | None]:
    """What calls return, as text; None of what is neither a whole number nor text, or fails.

    Raises BadSettings without walls.
    """
    known = definitions(files)
    code = "\n".join(known[name] for name in _closed(calls, known))
    given = json.dumps(list(calls))
    ran = run_confined({"m.py": f"{code}\n{_PLAY}"}, [PYTHON, "m.py"], BOUNDS, given)
    try:
        said = json.loads(ran.output)
    except ValueError:
        said = []
    fits = isinstance(said, list) and len(said) == len(calls)
    return [one if isinstance(one, str) else None for one in said] if fits else [None] * len(calls)


def definitions(files: Mapping[str, str]) -> dict[str, str]:
    """Plain functions and constants at the left margin, each of a name that is there once."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for path, code in files.items():
        for name, text in _defined(code) if path.endswith(".py") else ():
            twice |= {name} & found.keys()
            found[name] = text
    return {name: text for name, text in found.items() if name not in twice}


def _defined(code: str) -> Iterator[tuple[str, str]]:
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError):
        return
    lines = code.split("\n")
    for node in body:
        text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        match node:
            case ast.FunctionDef(name=name, decorator_list=[]):
                yield name, text
            case ast.Assign(targets=[ast.Name(id=name)]) if name.isupper():
                yield name, text


def _closed(calls: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """The names of what is called, and of what that names."""
    found: dict[str, None] = {}
    waiting = [name for call in calls for name in _NAME.findall(call)]
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found[name] = None
            waiting += re.findall(r"\w+", known[name])
    # A constant may rest on one that the same file defines before it.
    return [name for name in known if name in found and not hasattr(builtins, name)]
