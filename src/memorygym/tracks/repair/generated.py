"""Generated packages, with tests whose expected values come from running the code."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from memorygym.core.rng import Stream
from memorygym.tracks.codeqa.generator.definitions import number
from memorygym.tracks.codeqa.generator.package import GrowingPackage
from memorygym.tracks.repair.mutation import Mutation, mutations
from memorygym.tracks.repair.package import Package, module_of

CALLS, METHOD_CALLS = 4, 2
"""Tests of a function with its option at the default, and of a method."""
VARIED = 2
"""Changes of a function before its tests are written."""
MODULI = (6_000, 9_999)
"""The least and the greatest modulus of a result."""
FIXED = ("if ", "raise ", "def ", "@", "partial")
"""What stands in lines that are not."""
SIBLINGS = 3
"""Further names like each name."""


def generated_package(rng: Stream, tokens: int) -> Package:
    """A package that is read in about so many tokens, and its tests.

    >>> from memorygym.core.rng import named_rng
    >>> package = generated_package(named_rng("example"), 3_000)
    >>> package.tests["tests/test_ivory_wharf.py"].splitlines()[6].strip()
    'assert patch_coastal_wharf(498) == 2416'
    """
    grown = GrowingPackage(rng, SIBLINGS)
    grown.grow(tokens, rng)
    own_tests = f"{grown.name}/tests/"
    files = {path: code for path, code in grown.files.items() if not path.startswith(own_tests)}
    files = _with_drawn_faults(files, rng)
    files = {path: _varied(path, code, rng) for path, code in files.items()}
    names = names_of(files)
    modules = {
        node.name: module_of(path)
        for path, code in files.items()
        for node in ast.parse(code).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    tests = {}
    for path, code in files.items():
        blocks, used = [], set()
        for name, call, definition in _calls(code, rng):
            block, fault = _test(name, call, names)
            blocks.append(block)
            used |= {definition, fault} - {""}
        if blocks:
            imports = sorted(
                f"from {modules[name]} import {name}" for name in used if name in modules
            )
            head = "\n".join([f'"""Tests of {module_of(path)}."""', *imports])
            tests[f"tests/test_{path.rpartition('/')[2]}"] = "\n\n\n".join([head, *blocks]) + "\n"
    return Package(grown.name, files, tests)


def _varied(path: str, code: str, rng: Stream) -> str:
    """The source with moduli and signs of shares drawn anew, and twice a line of each function
    changed as bugs change them: else a bug would be what looks unlike all other code."""
    code = re.sub(r"% \d{4}$", lambda _: f"% {rng.between(*MODULI)}", code, flags=re.MULTILINE)
    code = re.sub(r"total [+-] self", lambda _: f"total {rng.choice('+-')} self", code)
    for _ in range(VARIED):
        lines = code.split("\n")
        by_function: dict[str, list[Mutation]] = {}
        for change in mutations(path, code):
            if "\n" not in change.old and not any(word in change.old for word in FIXED):
                by_function.setdefault(change.function, []).append(change)
        for changes in by_function.values():
            change = rng.choice(changes)
            lines[change.line - 1] = change.new
        code = "\n".join(lines)
    return code


def _with_drawn_faults(files: Mapping[str, str], rng: Stream) -> dict[str, str]:
    """The sources, where a module that raises one of a district's exceptions imports them all, and
    raises any: else what is imported and not used, or the turns, would tell what is right."""
    faults = {
        module_of(path): [
            node.name
            for node in ast.parse(code).body
            if isinstance(node, ast.ClassDef) and ast.unparse(node.body[0]).startswith("code = ")
        ]
        for path, code in files.items()
    }
    drawn = dict(files)
    for module, names in faults.items():
        line = f"from {module} import {', '.join(names)}"
        raised = re.compile(rf"raise (?:{'|'.join(names)})\(")
        for path, code in drawn.items():
            wide = re.sub(rf"^from {re.escape(module)} import .*$", line, code, flags=re.MULTILINE)
            drawn[path] = raised.sub(partial(_drawn, names, rng), wide) if names else code
    return drawn


def _drawn(names: Sequence[str], rng: Stream, _: re.Match[str]) -> str:
    return f"raise {rng.choice(names)}("


def names_of(files: Mapping[str, str]) -> dict[str, Any]:
    """All names of a generated package, no two of which are the same.

    Its files stand in the order of their imports, so they run one after another as one module.
    """
    names: dict[str, Any] = {}
    for path, code in files.items():
        own_import = f"from {path.partition('/')[0]}."
        lines = [line for line in code.split("\n") if not line.startswith(own_import)]
        exec("\n".join(lines), names)
    return names


def _calls(code: str, rng: Stream) -> Iterator[tuple[str, str, str]]:
    """The tests of a module: the name of each, its call, and what it imports."""
    for node in ast.parse(code).body:
        match node:
            case ast.FunctionDef(args=ast.arguments(args=[_, option], defaults=[_])):
                name, body = node.name, node.body
                arguments = [str(value) for value in _numbers(CALLS + 1, rng)]
                arguments[-1] += f", {option.arg}={number(rng)}"
                for n, given in enumerate(arguments, 1):
                    yield f"test_{name}_{n}", f"{name}({given})", name
                if isinstance(body[0], ast.If) and isinstance(body[0].body[0], ast.Raise):
                    limit = _limit(body[0])
                    yield f"test_{name}_at_the_limit", f"{name}({limit})", name
                    yield f"test_{name}_beyond_the_limit", f"{name}({limit + 1})", name
            case ast.ClassDef(name=name, body=[*_, ast.FunctionDef(name=method)]):
                for n, value in enumerate(_numbers(METHOD_CALLS, rng), 1):
                    made_from = ", ".join(str(number(rng)) for _ in range(n))
                    yield f"test_{method}_{n}", f"{name}({made_from}).{method}({value})", name


def _numbers(count: int, rng: Stream) -> list[int]:
    """Different numbers."""
    numbers: dict[int, None] = {}
    while len(numbers) < count:
        numbers[number(rng)] = None
    return list(numbers)


def _limit(guard: ast.If) -> int:
    """The number of `if x > 90573:`."""
    assert isinstance(guard.test, ast.Compare)
    limit = ast.literal_eval(guard.test.comparators[0])
    assert isinstance(limit, int)
    return limit


def _test(name: str, call: str, names: dict[str, Any]) -> tuple[str, str]:
    """The test that a call does what it does now, and the class of what it raises, if it does."""
    try:
        value = eval(call, names)
    except Exception as error:  # noqa: BLE001 (The code under test decides.)
        fault = type(error).__name__
    else:
        return f"def {name}():\n    assert {call} == {value!r}", ""
    lines = [
        f"def {name}():",
        "    try:",
        f"        {call}",
        "    except Exception as error:",
        f"        assert type(error) is {fault}",
        "    else:",
        "        assert False",
    ]
    return "\n".join(lines), fault
