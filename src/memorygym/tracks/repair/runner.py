"""The process inside the sandbox that runs tests; standard library only, and nothing of memorygym.

It runs no code of the package: each request is served by a fork. What a fork reports is read here,
with a word (the nonce) that the runner keeps in a closure. Out of reach of what a package does by
ordinary means: the runner is not `__main__`, uses builtins of its own, is hidden from `gc`, keeps
its verdicts in local variables and compares plain values itself. A process that means to can still
win: by walking frames and closures to the nonce, `sys.settrace`, `ctypes`, or the code objects of
functions. Under pytest there is more: an object that equals everything passes `assert f() == 3`.
"""

import ast
import builtins
import importlib.util
import json
import os
import re
import resource
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import suppress
from gc import freeze
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from traceback import walk_tb
from types import CodeType, FunctionType, ModuleType
from typing import Any, NoReturn

globals()["__builtins__"] = dict(vars(builtins))  # The package may change those of everybody else.

MEMORY, FILE, FILES, PROCESSES = 2**30, 2**24, 256, 32
"""Limits of a fork: bytes of memory and of a file, open files, processes."""
REPORT = 2**20
"""Most bytes of a report."""
STATIC = {int: int.__pos__, float: float.__pos__, complex: complex.__pos__, str: str.__str__}
SEQUENCES = (list, tuple, set, frozenset)
Report = Callable[[str, str, BaseException | None], None]


class Opaque(Exception):
    """A value is neither plain nor made of plain values."""


def bare(value: Any) -> Any:
    """A value without what subclasses of the built-in types add. Raises Opaque for other objects.

    >>> from collections import Counter
    >>> bare([Counter("aa"), True])
    [{'a': 2}, 1]
    """
    kind = type(value)
    for sequence in SEQUENCES:
        if issubclass(kind, sequence):
            return sequence(bare(part) for part in sequence.__iter__(value))
    if issubclass(kind, dict):
        return {bare(key): bare(part) for key, part in dict.items(value)}
    for static, plain in STATIC.items():
        if issubclass(kind, static):
            return plain(value)
    if value is None or value is ... or kind in (bytes, bytearray, range, type, FunctionType):
        return value
    raise Opaque


def equal(left: Any, right: Any) -> bool:
    """Whether two values are equal, where no object can claim to equal a plain one.

    >>> from unittest.mock import ANY
    >>> equal((1, 2.0), (True, 2)), equal(ANY, 3)
    (True, False)
    """
    opaque, values = [], [left, right]
    for place, value in enumerate(values):
        try:
            values[place] = bare(value)
        except Opaque:
            opaque.append(place)
    if len(opaque) == 1:
        return False
    return bool(left == right if opaque else values[0] == values[1])


def check(left: Any, right: Any) -> None:
    if not equal(left, right):
        raise AssertionError(f"assert {left!r} == {right!r}")


class Comparisons(ast.NodeTransformer):
    """Makes a test module compare by `equal`, and an assertion of it name both values."""

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Assert(test=ast.Call(func=ast.Name(id="@equal") as function), msg=None):
                function.id = "@check"
                return ast.copy_location(ast.Expr(node.test), node)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) > 1 or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
            return node
        values = [node.left, *node.comparators]
        call: ast.expr = ast.Call(ast.Name("@equal", ast.Load()), values, [])
        if isinstance(node.ops[0], ast.NotEq):
            call = ast.UnaryOp(ast.Not(), call)
        return ast.copy_location(call, node)


class Sources(MetaPathFinder, InspectLoader):
    """Imports the package's modules from texts, some of them other than those on the disk."""

    def __init__(self, folder: Path, sources: Mapping[str, str]) -> None:
        self._folder = folder
        self._sources: dict[str, tuple[Path, str]] = {}
        self._codes: dict[str, CodeType] = {}
        self.replace(sources)
        for name in self._sources:
            with suppress(SyntaxError, ValueError):
                self._codes[name] = self.get_code(name)

    def replace(self, sources: Mapping[str, str]) -> None:
        for path, source in sources.items():
            name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            self._sources[name] = self._folder / path, source
            self._codes.pop(name, None)

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname not in self._sources:
            return None
        place = self._sources[fullname][0]
        folders = [str(place.parent)] if place.name == "__init__.py" else None
        make = importlib.util.spec_from_file_location
        return make(fullname, place, loader=self, submodule_search_locations=folders)

    def get_source(self, fullname: str) -> str:
        return self._sources[fullname][1]

    def get_code(self, fullname: str) -> CodeType:
        place, source = self._sources[fullname]
        return self._codes.get(fullname) or self.source_to_code(source, str(place))

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__builtins__"] = builtins
        exec(self.get_code(module.__name__), vars(module))


class PlainTests:
    """Test modules that hold only functions without arguments."""

    def __init__(self, folder: Path, tests: Mapping[str, str]) -> None:
        self._codes: dict[str, CodeType] = {}
        for path, source in tests.items():
            tree = ast.fix_missing_locations(Comparisons().visit(ast.parse(source)))
            self._codes[path] = compile(tree, str(folder / path), "exec", dont_inherit=True)

    def run(self, chosen: Sequence[str] | None, report: Report) -> int:
        tests, wanted = [], set(chosen or ())
        for path, module in self._codes.items():
            space: dict[str, Any] = {"__builtins__": dict(globals()["__builtins__"])}
            space |= {"__name__": Path(path).stem, "__file__": module.co_filename}
            space |= {"@check": check, "@equal": equal}
            # Made of the test's own code: whatever the import puts under its name is not run.
            functions = [
                (f"{path}::{code.co_name}", FunctionType(code, space))
                for code in module.co_consts
                if isinstance(code, CodeType) and code.co_name.startswith("test_")
            ]
            functions = [test for test in functions if chosen is None or test[0] in wanted]
            try:
                if functions:
                    exec(module, space)
            except BaseException as error:  # noqa: BLE001  # sys.exit() is an error, too
                report("X", "", error)
                return 0
            tests += functions
        for name, function in tests:
            try:
                function()
            except BaseException as error:  # noqa: BLE001  # so is a KeyboardInterrupt
                report("F", name, error)
            else:
                report("P", name, None)
        return len(tests)


class PytestTests:
    """Test modules that need pytest: imported before the fork, with all its own plugins."""

    def __init__(self, folder: Path, tests: Mapping[str, str]) -> None:
        self._folder, self._pytest = folder, importlib.import_module("pytest")
        for plugin in importlib.import_module("_pytest.config").builtin_plugins:
            importlib.import_module(f"_pytest.{plugin}")
        self._tests = {str(folder / path) for path in tests}
        stems = {path: Path(path).stem for path in tests if path.endswith(".py")}
        named = [path for path, stem in stems.items() if re.match(r"test_|.*_test$", stem)]
        self._modules = named or [path for path, stem in stems.items() if "test" in stem]

    def run(self, chosen: Sequence[str] | None, report: Report) -> int:
        files = self._modules
        if chosen is not None:
            files = list(dict.fromkeys(name.partition("::")[0] for name in chosen))
        options = ["-c", os.devnull, "--rootdir", str(self._folder), "-p", "no:cacheprovider", "-q"]
        items: list[Any] = []
        plugins = [
            self._selection(chosen, items, report),
            _verdicts(self._pytest, self._is_own, report),
        ]
        places = [str(self._folder / file) for file in files]
        code = self._pytest.main([*options, *places], plugins)
        if code not in (0, 1, 5):
            report("X", "", RuntimeError(f"pytest ended with exit code {int(code)}"))
        return len(items)

    def _is_own(self, call: Any) -> bool:
        """Whether an error passed through the package's code, and not only through its tests."""
        error = call.excinfo and call.excinfo.value
        while error:  # unittest raises another error while it handles the package's.
            places = {frame.f_code.co_filename for frame, _ in walk_tb(error.__traceback__)}
            if any(place.startswith(f"{self._folder}{os.sep}") for place in places - self._tests):
                return True
            error = error.__context__
        return False

    def _selection(self, chosen: Sequence[str] | None, run: list[Any], send: Report) -> object:
        """The plugin that picks tests, and reports what stops a module from being imported."""
        wanted, is_own = set(chosen or ()), self._is_own

        class Selection:
            def pytest_collection_modifyitems(self, items: list[Any]) -> None:
                if chosen is not None:
                    items[:] = [item for item in items if item.nodeid in wanted]
                run[:] = items

            def pytest_collectreport(self, report: Any) -> None:
                if report.skipped and is_own(report.call):
                    send("X", "", RuntimeError("the package skips its tests"))

            def pytest_exception_interact(self, call: Any, report: Any) -> None:
                if report.when == "collect":
                    send("X", "", call.excinfo.value.__cause__ or call.excinfo.value)

            def pytest_internalerror(self, excinfo: Any) -> None:
                send("X", "", excinfo.value)

        return Selection()


def _verdicts(pytest: Any, is_own: Callable[[Any], bool], send: Report) -> object:
    """The plugin that reports each test once, when it has ended."""
    outcomes: dict[str, tuple[str, BaseException]] = {}
    intact = _guard(pytest)

    class Verdicts:
        def pytest_collection_finish(self) -> None:
            intact()

        @pytest.hookimpl(wrapper=True, tryfirst=True)  # type: ignore[untyped-decorator]  # optional
        def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, Any]:
            is_early = is_own(call)  # pytest replaces the error of a skip.
            result = yield
            error = call.excinfo.value if call.excinfo else RuntimeError(str(result.longrepr))
            if not result.passed:
                skips = "xfail" in result.keywords or not (is_early or is_own(call))
                skips = result.skipped and skips
                outcomes.setdefault(item.nodeid, ("S" if skips else "F", error))
            return result

        def pytest_runtest_logfinish(self, nodeid: str) -> None:
            verdict, error = outcomes.pop(nodeid, ("P", None))
            if not intact():
                verdict, error = "F", RuntimeError("changed pytest, unittest or builtins")
            send(verdict, nodeid, error)

    return Verdicts()


def _guard(pytest: Any) -> Callable[[], bool]:
    """Tells whether what tests judge with is as it is now, and puts it back."""
    judges = [pytest, importlib.import_module("unittest.case")]
    judges += [sys.modules[part.__module__] for part in (pytest.approx, pytest.fail, pytest.raises)]
    classes = {
        part
        for module in judges
        for part in vars(module).values()
        if isinstance(part, type) and part.__module__.startswith(("_pytest.", "unittest."))
    }
    saved = [(owner, dict(vars(owner))) for owner in (builtins, *judges, *classes)]
    ids = [[*map(id, values.values())] for _, values in saved]

    def intact() -> bool:
        if ids == [[*map(id, map(vars(owner).get, values))] for owner, values in saved]:
            return True
        for owner, values in saved:
            for name, value in values.items():
                if vars(owner).get(name, saved) is not value:
                    setattr(owner, name, value)
        return False

    return intact


class Server:
    """Forks for each request, and reads what the fork reports."""

    def __init__(self, start: Mapping[str, Any]) -> None:
        self._folder, self._scratch = Path(start["folder"]), Path(start["scratch"])
        self._alone, self._pytest = start["alone"], start["pytest"]
        sys.path += [*start["libraries"], str(self._folder)]
        texts = {path: (self._folder / path).read_text("utf-8") for path in start["scripts"]}
        _import_standard(texts.values())
        tests = {path: text for path, text in texts.items() if path in start["tests"]}
        self._sources = Sources(
            self._folder, {path: text for path, text in texts.items() if path not in tests}
        )
        self._tests = (PytestTests if self._pytest else PlainTests)(self._folder, tests)
        with suppress(OSError):  # Nor can a fork read or write this process's memory.
            self._prctl = importlib.import_module("ctypes").CDLL(None).prctl
            self._prctl(4, 0)

    def answer(self, request: dict[str, Any], close: Callable[[], None]) -> dict[str, Any]:
        """What the fork wrote, whether it ended well, and whether in time."""
        source, sink = os.pipe()
        nonce, deadline = request.pop("nonce"), time.monotonic() + request["seconds"]
        if not (fork := os.fork()):
            try:
                close()
                self._judge(request, _reporter(sink, nonce))
            finally:
                os._exit(1)
        os.close(sink)
        end = f"{nonce} E".encode()
        text = _read(source, end, deadline)
        late = time.monotonic() >= deadline and end not in text
        if late or end not in text:
            os.kill(fork, signal.SIGKILL)
        status = os.waitpid(fork, 0)[1]
        self._clean(fork)
        os.close(source)
        return {"text": text.decode("utf-8", "replace"), "status": status, "late": late}

    def _judge(self, request: Mapping[str, Any], report: Report) -> NoReturn:
        leave = os._exit
        os.setsid()
        with suppress(AttributeError):
            self._prctl(1, signal.SIGKILL)
        _limit(request["seconds"])
        os.chdir(self._scratch)
        sys.modules["__main__"] = ModuleType("__main__")
        self._sources.replace(request["changed"])
        sys.meta_path.insert(0, self._sources)
        freeze()
        report("E", str(self._tests.run(request["tests"], report)), None)
        leave(0)

    def _clean(self, fork: int) -> None:
        """Ends what the fork left running and removes what it wrote; else this process ends."""
        with suppress(ProcessLookupError):
            while True:  # The killed take a moment to be gone; the parent bounds the wait.
                os.kill(-1 if self._alone else -fork, signal.SIGKILL)
                time.sleep(0.001)
        for path in self._scratch.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def _import_standard(texts: Iterable[str]) -> None:
    """Imports what the texts import of the standard library, which every fork then has."""
    imports = re.compile(r"^(?:import|from) ([a-z_][\w.]*)", re.MULTILINE)
    for name in sorted({name for text in texts for name in imports.findall(text)}):
        if name.partition(".")[0] in sys.stdlib_module_names - {"antigravity", "this"}:
            with suppress(ImportError):
                importlib.import_module(name)
    importlib.import_module("random").seed(0)


def _limit(seconds: float) -> None:
    tasks = 0  # Threads count as processes; all of a user's do, seen here or not.
    for folder in Path("/proc").glob("[0-9]*/task"):
        with suppress(OSError):
            tasks += len([*folder.iterdir()])
    limits = {"AS": MEMORY, "CORE": 0, "FSIZE": FILE, "NOFILE": FILES}
    limits |= {"CPU": int(seconds) + 2, "NPROC": tasks + PROCESSES}
    for name, most in limits.items():
        with suppress(ValueError, OSError):  # A lower limit of the machine's stays.
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def _reporter(sink: int, nonce: str) -> Report:
    """Writes a line for each verdict, with nothing that the package can replace later."""
    write = os.write

    def report(verdict: str, name: str, error: BaseException | None) -> None:
        text = ""
        if error is not None:
            text = type(error).__name__
            with suppress(BaseException):
                message = str(error).strip().partition("\n")[0]
                text = f"{text}: {message[:300]}" if message else text
        write(sink, f"{nonce} {verdict} {name}\t{text}\n".encode("utf-8", "replace"))

    return report


def _read(source: int, end: bytes, deadline: float) -> bytes:
    """What is written until the last line, the end of the input, the deadline or the limit."""
    text = b""
    while not (end in text and text.endswith(b"\n")) and len(text) <= REPORT:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([source], [], [], left)[0]:
            break
        if not (part := os.read(source, 2**16)):
            break
        text += part
    return text


def _end_with(lifeline: int) -> None:
    """Has the kernel kill this process, even a stopped one, once the parent is no more (Linux)."""
    fcntl = importlib.import_module("fcntl")
    if hasattr(fcntl, "F_SETSIG"):
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC)


def main(lifeline: int) -> None:
    """Serves on the socket that is the standard input until the parent closes it."""
    with os.fdopen(os.dup(0), "rb") as requests, os.fdopen(os.dup(0), "wb") as answers:
        empty = os.open(os.devnull, os.O_RDWR)
        os.dup2(empty, 0)
        os.dup2(empty, 1)
        start = json.loads(requests.readline())
        if start["user"] is not None:
            os.setgroups([])
            os.setresgid(start["user"], start["user"], start["user"])
            os.setresuid(start["user"], start["user"], start["user"])
        _end_with(lifeline)
        server = Server(start)

        def close() -> None:
            os.dup2(empty, 2)
            for descriptor in (requests.fileno(), answers.fileno(), lifeline):
                os.close(descriptor)

        answers.write(b"ready\n")
        answers.flush()
        for line in requests:
            answers.write(json.dumps(server.answer(json.loads(line), close)).encode() + b"\n")
            answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
