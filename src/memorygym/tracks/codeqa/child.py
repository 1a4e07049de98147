"""`python -I -S child.py SECONDS MEBIBYTES`: runs a package that comes as JSON by standard input.

It is run by path, with an empty environment, and imports nothing but the standard library. An
instance comes from a file that anybody may have written: code that does more than ours is refused.
"""

import ast
import builtins
import json
import re
import resource
import sys
from collections.abc import Container, Mapping, Sequence
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import CodeType, ModuleType
from typing import Any

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
    ast.arguments, ast.arg, ast.keyword, ast.Return, ast.Assign, ast.AnnAssign, ast.AugAssign,
    ast.For, ast.While, ast.If, ast.Break, ast.Continue, ast.Pass, ast.Raise, ast.Assert, ast.Expr,
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Call, ast.Lambda, ast.Constant,
    ast.JoinedStr, ast.FormattedValue, ast.Name, ast.Attribute, ast.Subscript, ast.Slice,
    ast.Starred, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp, ast.comprehension, ast.expr_context, ast.boolop, ast.operator, ast.unaryop,
    ast.cmpop,
)  # fmt: skip
"""What dealt code is made of. There is no `try` and no `with` in it: who holds an exception holds
what it was about, and its frames."""
INNER = re.compile(r"_|(?:gi|cr|ag|f|tb|co)_|format(?:_map)?$")
"""Attributes that lead into the interpreter; `format` follows any that a text names."""


def checked(code: str, place: str, mode: str, own: Container[str]) -> CodeType:
    """Compiled code that computes and does nothing else. Raises ImportError for any other.

    Beside what is in OTHERS it imports from its `own` modules alone.
    """
    tree: Any = ast.parse(code, place, mode)
    for node in ast.walk(tree):
        if not isinstance(node, WRITTEN) or _amiss(node, own):
            raise ImportError(f"{place} does what dealt code does not: {_told(node)}")
    compiled: CodeType = compile(tree, place, mode, dont_inherit=True)
    return compiled


def _amiss(node: ast.AST, own: Container[str]) -> bool:
    match node:
        case ast.Name(id=name):
            return name.startswith("__") or (hasattr(builtins, name) and name not in ALLOWED)
        case ast.Attribute(attr=name):
            return bool(INNER.match(name))
        case ast.FunctionDef(name=name):
            return name.startswith("__") and name != "__init__"
        case ast.ClassDef(name=name, keywords=keywords):
            return name.startswith("__") or bool(keywords)
        case ast.arg(arg=str(name)) | ast.keyword(arg=str(name)):
            return name.startswith("__")
        case ast.ImportFrom(module=module, names=names, level=level):
            wanted = {(module, one.name) for one in names}
            given = [name for one in names for name in (one.name, one.asname or "")]
            inner = any(name.startswith(("_", "*")) for name in given)
            return level != 0 or inner or (module not in own and not wanted <= OTHERS)
    return False


def _told(node: ast.AST) -> str:
    try:
        return ast.unparse(node)[:80]
    except RecursionError:
        return type(node).__name__


class Sources:
    """Imports a package from its texts, so that nothing is ever written."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = dict(files)
        self._changed: dict[str, str] = {}
        self.names = frozenset(map(_module, files))
        self._packages = {path.split("/")[0].removesuffix(".py") for path in files}
        if taken := self._packages & sys.stdlib_module_names:
            raise ImportError(f"{min(taken)} is a module of Python's own")
        self._builtins = {name: getattr(builtins, name) for name in (*ALLOWED, "__build_class__")}
        self._builtins["__import__"] = self._imported

    def change(self, changes: Mapping[str, Sequence[str]]) -> None:
        """From now on these lines read otherwise, and every module is imported anew."""
        for name in [name for name in sys.modules if name.split(".")[0] in self._packages]:
            del sys.modules[name]
        self._changed = {}
        for path, (old, new) in changes.items():
            lines = self._files[path].split("\n")
            lines[lines.index(old)] = new
            self._changed[path] = "\n".join(lines)

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        stem = name.replace(".", "/")
        for place, package in ((f"{stem}.py", False), (f"{stem}/__init__.py", True)):
            if place in self._files:
                return spec_from_loader(name, self, origin=place, is_package=package)  # type: ignore[arg-type]  # It is one but in name.
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        place = str(module.__spec__.origin) if module.__spec__ else ""
        code = self._changed.get(place) or self._files[place]
        module.__dict__["__builtins__"] = self._builtins
        exec(checked(code, place, "exec", self.names), module.__dict__)

    def value(self, imports: str, call: str) -> int:
        """What an expression gives under those imports."""
        names: dict[str, Any] = {"__builtins__": self._builtins}
        exec(checked(imports, "imports", "exec", self.names), names)
        found = eval(checked(call, "a call", "eval", self.names), names)
        if type(found) is not int:
            raise TypeError(f"{call[:80]} returns {type(found).__name__}, not int")
        return found

    def _imported(self, name: str, *given: Any) -> Any:
        """`__import__` as dealt code has it."""
        if name not in self.names and name not in {module for module, _ in OTHERS}:
            raise ImportError(f"{name} is no module of this package")
        return __import__(name, *given)


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def run(job: Mapping[str, Any], sources: Sources) -> dict[str, Any]:
    """What a job's calls return and which of its tests fail."""
    sources.change(job["changes"])
    returned = [sources.value(imports, call) for imports, call in job["calls"]]
    failed, passed = [], 0
    for name in job["tests"] if job["tests"] != "all" else sorted(sources.names):
        module = __import__(name, fromlist=["*"])
        for test in [one for one in vars(module) if one.startswith("test_")]:
            try:
                vars(module)[test]()
                passed += 1
            except AssertionError:
                failed.append(test)
    return {"returned": returned, "failed": failed, "passed": passed}


def limit(which: int, most: int) -> None:
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (min(most, hard) if hard >= 0 else most,) * 2)


def main(seconds: int, mebibytes: int) -> None:
    """Answers on the standard output."""
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_AS, mebibytes * 2**20)
    limit(resource.RLIMIT_NPROC, 0)
    limit(resource.RLIMIT_FSIZE, 0)
    told = json.load(sys.stdin)
    try:
        sources = Sources(told["files"])
        sys.meta_path.insert(0, sources)
        found = [run(job, sources) for job in told["jobs"]]
    except Exception as error:  # noqa: BLE001  # Their code may raise anything, at any length.
        sys.exit(" ".join(f"{type(error).__name__}: {error}"[:MOST_SAID].split()))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
