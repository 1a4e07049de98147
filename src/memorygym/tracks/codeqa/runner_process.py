"""`python -I -S -B runner_process.py`: runs a package that comes as JSON on stdin, within limits.

It is run by path, with an empty environment, and imports nothing but the standard library. An
instance comes from a file that anybody may have written: code that does more than ours is refused.
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
"""Built-in names that dealt code may use."""
MOST_SAID = 300
"""Characters of what went wrong."""
OTHERS = {("functools", "partial")}
"""Names of modules that are not its own."""
WRITTEN = (
    ast.Module, ast.Expression, ast.FunctionDef, ast.ClassDef, ast.ImportFrom, ast.alias,
    ast.arguments, ast.arg, ast.keyword, ast.Return, ast.Assign, ast.AugAssign, ast.For, ast.If,
    ast.Pass, ast.Raise, ast.Assert, ast.Expr, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp,
    ast.Call, ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.List, ast.Tuple, ast.Dict,
    ast.ListComp, ast.comprehension, ast.expr_context, ast.operator, ast.unaryop, ast.cmpop,
)  # fmt: skip
"""What dealt code is made of. There is no `try` and no `with` in it: who holds an exception holds
what it was about, and its frames."""
NAMED = ("id", "attr", "name", "asname", "arg")
"""Where a part of code has a name."""
INNER = re.compile(r"_|\*|(?:gi|cr|ag|f|tb|co)_|format(?:_map)?$")
"""Names that lead into the interpreter; `format` follows any attribute that a text names."""


@cache
def checked(code: str, place: str, mode: str, own: frozenset[str]) -> CodeType:
    """Compiled code that computes and does nothing else. Raises ImportError for any other.

    Beside what is in OTHERS it imports from its `own` modules alone.
    """
    tree: Any = ast.parse(code, place, mode)
    for node in ast.walk(tree):
        if not isinstance(node, WRITTEN) or _amiss(node, own):
            raise ImportError(f"{place} does what dealt code does not: {ast.unparse(node)[:80]}")
    compiled: CodeType = compile(tree, place, mode, dont_inherit=True)
    return compiled


def _amiss(node: ast.AST, own: frozenset[str]) -> bool:
    is_init = isinstance(node, ast.FunctionDef) and node.name == "__init__"
    if not is_init and any(INNER.match(str(getattr(node, field, ""))) for field in NAMED):
        return True
    match node:
        case ast.Name(id=name):
            return hasattr(builtins, name) and name not in ALLOWED
        case ast.ClassDef(keywords=keywords):
            return bool(keywords)
        case ast.ImportFrom(module=module, names=names, level=level):
            wanted = {(module, one.name) for one in names}
            return level != 0 or (module not in own and not wanted <= OTHERS)
    return False


class LoadedPackage:
    """The modules of a package, each run when it is first imported; nothing is ever written."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._names = frozenset(files)
        if taken := {name.partition(".")[0] for name in files} & sys.stdlib_module_names:
            raise ImportError(f"{min(taken)} is a module of Python's own")
        self._modules: dict[str, ModuleType] = {}
        self._builtins = {name: getattr(builtins, name) for name in (*ALLOWED, "__build_class__")}
        self._builtins["__import__"] = self._imported

    def module(self, name: str) -> ModuleType:
        """The module of that name."""
        if name not in self._modules:
            # What `from` does not find in a module, Python looks up as a module of that name.
            made = self._modules[name] = ModuleType(f"<{name}>")
            self._run(self._files[name], name, vars(made))
        return self._modules[name]

    def value(self, imports: str, call: str) -> int:
        """What an expression gives under those imports."""
        names: dict[str, Any] = {}
        self._run(imports, "imports", names)
        found = eval(checked(call, "a call", "eval", self._names), names)
        if type(found) is not int:
            raise TypeError(f"{call[:80]} returns {type(found).__name__}, not int")
        return found

    def _run(self, code: str, place: str, names: dict[str, Any]) -> None:
        names["__builtins__"] = self._builtins
        exec(checked(code, place, "exec", self._names), names)

    def _imported(self, name: str, *given: Any) -> ModuleType:
        """`__import__` as checked code has it."""
        return self.module(name) if name in self._names else __import__(name, *given)


def run(job: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, Any]:
    """What a job's calls return and which tests fail."""
    package = LoadedPackage({**files, **job["changes"]})
    returned = [package.value(imports, call) for imports, call in job["calls"]]
    failed, passed = [], 0
    for name in sorted(files) if job["tests"] else ():
        module = vars(package.module(name))
        for test in [one for one in module if one.startswith("test_")]:
            try:
                module[test]()
                passed += 1
            except AssertionError:
                failed.append(test)
    return {"returned": returned, "failed": failed, "passed": passed}


def main() -> None:
    """Answers on the standard output."""
    for which, most in (
        (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEBIBYTES * 2**20),
        (resource.RLIMIT_NPROC, 0), (resource.RLIMIT_FSIZE, 0),
    ):  # fmt: skip
        hard = resource.getrlimit(which)[1]
        resource.setrlimit(which, (min(most, hard) if hard >= 0 else most,) * 2)
    told = json.load(sys.stdin)
    try:
        found = [run(job, told["files"]) for job in told["jobs"]]
    except Exception as error:  # noqa: BLE001  # Their code may raise anything, at any length.
        sys.exit(" ".join(f"{type(error).__name__}: {error}"[:MOST_SAID].split()))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
