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
INNER = re.compile(r"_|(?:gi|cr|ag|f|tb|co)_")
"""How attributes begin that lead into the interpreter."""


def checked(code: str, place: str, mode: str, packages: Container[str]) -> CodeType:
    """Compiled code that computes and does nothing else. Raises ImportError for any other."""
    tree: Any = ast.parse(code, place, mode)
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                amiss = name.startswith("__") or (hasattr(builtins, name) and name not in ALLOWED)
            case ast.Attribute(attr=name):
                amiss = bool(INNER.match(name))
            case ast.ImportFrom(module="functools", names=[ast.alias(name="partial")], level=0):
                amiss = False
            case ast.ImportFrom(module=str(module), level=0):
                amiss = module.split(".")[0] not in packages
            case _:
                amiss = isinstance(node, ast.Import | ast.ImportFrom | ast.Match)
        if amiss:
            raise ImportError(f"{place} does what dealt code does not: {ast.unparse(node)[:80]}")
    compiled: CodeType = compile(tree, place, mode, dont_inherit=True)
    return compiled


class Sources:
    """Imports a package from its texts, so that nothing is ever written."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = dict(files)
        self._changed: dict[str, str] = {}
        self.packages = {path.split("/")[0] for path in files}

    def change(self, changes: Mapping[str, Sequence[str]]) -> None:
        """From now on these lines read otherwise, and every module is imported anew."""
        for name in [name for name in sys.modules if name.split(".")[0] in self.packages]:
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
        exec(checked(code, place, "exec", self.packages), module.__dict__)

    def modules(self) -> list[str]:
        stems = (path.removesuffix(".py").removesuffix("/__init__") for path in self._files)
        return sorted(stem.replace("/", ".") for stem in stems)


def run(job: Mapping[str, Any], sources: Sources) -> dict[str, Any]:
    """What a job's calls return and which of its tests fail."""
    sources.change(job["changes"])
    returned = []
    for imports, call in job["calls"]:
        names: dict[str, Any] = {}
        exec(checked(imports, "imports", "exec", sources.packages), names)
        returned.append(eval(checked(call, "a call", "eval", sources.packages), names))
    failed, passed = [], 0
    for name in job["tests"] if job["tests"] != "all" else sources.modules():
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
    sources = Sources(told["files"])
    sys.meta_path.insert(0, sources)
    json.dump([run(job, sources) for job in told["jobs"]], sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
