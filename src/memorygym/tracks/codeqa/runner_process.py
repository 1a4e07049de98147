"""`python -I -S -B runner_process.py`: runs a package given as JSON on stdin, within limits.

It is run by path, with an empty environment, and imports only the standard library. An instance
may come from a file that anybody wrote, so code that does more than generated code is refused.
"""

import ast
import builtins
import json
import re
import resource
import sys
from collections.abc import Mapping
from functools import cache
from types import CodeType, ModuleType
from typing import Any

SECONDS = 240
MEBIBYTES = 4096
ALLOWED = frozenset(
    "abs all any bool dict enumerate int len list max min range reversed round set sorted str sum"
    " tuple zip Exception AssertionError ValueError KeyError LookupError ArithmeticError".split()
)
"""Built-in names that generated code may use."""
LONGEST_MESSAGE = 300
"""Most characters of an error message."""
FOREIGN_NAMES = {("functools", "partial")}
"""Names that the package may import from other modules."""
SYNTAX = (
    ast.Module, ast.Expression, ast.FunctionDef, ast.ClassDef, ast.ImportFrom, ast.alias,
    ast.arguments, ast.arg, ast.keyword, ast.Return, ast.Assign, ast.AugAssign, ast.For, ast.If,
    ast.Pass, ast.Raise, ast.Assert, ast.Expr, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp,
    ast.Call, ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.List, ast.Tuple, ast.Dict,
    ast.ListComp, ast.comprehension, ast.expr_context, ast.operator, ast.unaryop, ast.cmpop,
)  # fmt: skip
"""Syntax that generated code uses. It has no `try` and no `with`, because an exception object gives
access to frames."""
NAME_FIELDS = ("id", "attr", "name", "asname", "arg")
"""Fields of syntax nodes that hold names."""
INNER = re.compile(r"_|\*|(?:gi|cr|ag|f|tb|co)_|format(?:_map)?$")
"""Names that give access to the interpreter; `format` follows any attribute named in a text."""


@cache
def checked(code: str, place: str, mode: str, own: frozenset[str]) -> CodeType:
    """Compiled code that only computes. Raises ImportError for any other code.

    It may import from its `own` modules, and the names in FOREIGN_NAMES.
    """
    tree: Any = ast.parse(code, place, mode)
    for node in ast.walk(tree):
        if not isinstance(node, SYNTAX) or _forbidden(node, own):
            raise ImportError(
                f"{place} uses what generated code does not: {ast.unparse(node)[:80]}"
            )
    compiled: CodeType = compile(tree, place, mode, dont_inherit=True)
    return compiled


def _forbidden(node: ast.AST, own: frozenset[str]) -> bool:
    is_init = isinstance(node, ast.FunctionDef) and node.name == "__init__"
    if not is_init and any(INNER.match(str(getattr(node, field, ""))) for field in NAME_FIELDS):
        return True
    match node:
        case ast.Name(id=name):
            return hasattr(builtins, name) and name not in ALLOWED
        case ast.ClassDef(keywords=keywords):
            return bool(keywords)
        case ast.ImportFrom(module=module, names=names, level=level):
            imported = {(module, alias.name) for alias in names}
            return level != 0 or (module not in own and not imported <= FOREIGN_NAMES)
    return False


class LoadedPackage:
    """The modules of a package, each run at its first import; nothing is written to disk."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._names = frozenset(files)
        if clashes := {name.partition(".")[0] for name in files} & sys.stdlib_module_names:
            raise ImportError(f"{min(clashes)} is a module of Python's own; rename it")
        self._modules: dict[str, ModuleType] = {}
        self._builtins = {name: getattr(builtins, name) for name in (*ALLOWED, "__build_class__")}
        self._builtins["__import__"] = self._imported

    def module(self, name: str) -> ModuleType:
        """The module of that name."""
        if name not in self._modules:
            # Python looks up a name that `from` does not find in a module as a module itself.
            module = self._modules[name] = ModuleType(f"<{name}>")
            self._run(self._files[name], name, vars(module))
        return self._modules[name]

    def value(self, imports: str, call: str) -> int:
        """The value of an expression after some imports."""
        names: dict[str, Any] = {}
        self._run(imports, "imports", names)
        result = eval(checked(call, "a call", "eval", self._names), names)
        if type(result) is not int:
            raise TypeError(f"{call[:80]} returns {type(result).__name__}, not int")
        return result

    def _run(self, code: str, place: str, names: dict[str, Any]) -> None:
        names["__builtins__"] = self._builtins
        exec(checked(code, place, "exec", self._names), names)

    def _imported(self, name: str, *arguments: Any) -> ModuleType:
        """`__import__` for checked code."""
        return self.module(name) if name in self._names else __import__(name, *arguments)


def run(job: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, Any]:
    """The values that a job's calls return, and the tests that fail."""
    package = LoadedPackage({**files, **job["changes"]})
    returned = [package.value(imports, call) for imports, call in job["calls"]]
    failed, passed = [], 0
    for name in sorted(files) if job["tests"] else ():
        module = vars(package.module(name))
        for test in [name_ for name_ in module if name_.startswith("test_")]:
            try:
                module[test]()
                passed += 1
            except AssertionError:
                failed.append(test)
    return {"returned": returned, "failed": failed, "passed": passed}


def main() -> None:
    """Runs the jobs on stdin and writes their results to stdout."""
    for limit, highest in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEBIBYTES * 2**20),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (min(highest, hard) if hard >= 0 else highest,) * 2)
    request = json.load(sys.stdin)
    try:
        results = [run(job, request["files"]) for job in request["jobs"]]
    except Exception as error:  # noqa: BLE001  # Their code may raise anything, at any length.
        sys.exit(" ".join(f"{type(error).__name__}: {error}"[:LONGEST_MESSAGE].split()))
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
