"""The process inside the sandbox that runs tests; standard library only, and nothing of memorygym.

It runs no code of the package: each request is served by a fork. What a fork reports is read here,
under seals whose key the runner keeps in a closure. Out of reach of what a package does by ordinary
means: the runner is not `__main__`, uses builtins of its own, is hidden from `gc`, keeps its
verdicts in local variables and compares plain values itself. A process that means to can still win:
by walking frames and closures to the key, `sys.settrace`, `ctypes`, or the code objects of
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
from collections.abc import Callable, Generator, Iterable, Mapping, Set
from contextlib import suppress
from gc import freeze
from hashlib import blake2b
from importlib.machinery import ModuleSpec
from marshal import dumps, loads
from operator import is_
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NoReturn

globals()["__builtins__"] = dict(vars(builtins))  # The package may change those of everybody else.

MEMORY, FILE, FILES, PROCESSES = 2**30, 2**24, 256, 32
"""Limits of a fork: bytes of memory and of a file, open files, processes."""
REPORT, LONGEST = 2**20, 200
"""Most bytes of a report, and characters of a failure."""
Report = Callable[[str, str, BaseException | None], None]


def check(left: Any, right: Any) -> None:
    """Raises AssertionError unless both values are plain ones, and equal: no object can claim to
    equal a plain value, not even one of a subclass.

    >>> check((1, 2.0), (True, 2))
    """
    try:
        plain = loads(dumps((left, right)))
    except ValueError:
        plain = False, True
    if plain[0] != plain[1]:
        raise AssertionError(f"assert {left!r} == {right!r}")


class Comparisons(ast.NodeTransformer):
    """Makes a test module assert by `check` that values are equal."""

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        match node.test:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                call = ast.Call(ast.Name("@check", ast.Load()), [left, right], [])
                return ast.copy_location(ast.Expr(call), node)
        return node


class Sources:
    """Imports the package's modules from texts, some of them other than those on the disk."""

    def __init__(self, folder: Path, sources: Mapping[str, str]) -> None:
        self._folder = folder
        self._modules: dict[str, tuple[Path, CodeType | Exception]] = {}
        self.replace(sources)

    def replace(self, sources: Mapping[str, str]) -> None:
        for path, source in sources.items():
            name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            place = self._folder / path
            code: CodeType | Exception
            try:
                code = compile(source, place, "exec", dont_inherit=True)
            except (SyntaxError, ValueError) as error:
                code = error
            self._modules[name] = place, code

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        if name not in self._modules:
            return None
        place = self._modules[name][0]
        folders = [str(place.parent)] if place.name == "__init__.py" else None
        make = importlib.util.spec_from_file_location
        return make(name, place, loader=self, submodule_search_locations=folders)  # type: ignore[arg-type]  # a loader

    def create_module(self, spec: ModuleSpec) -> None:
        """Python makes it."""

    def exec_module(self, module: ModuleType) -> None:
        code = self._modules[module.__name__][1]
        if isinstance(code, Exception):
            raise code
        vars(module)["__builtins__"] = builtins
        exec(code, vars(module))


class PlainTests:
    """Test modules that hold only functions without arguments."""

    def __init__(self, folder: Path, tests: Mapping[str, str]) -> None:
        self._codes: dict[str, CodeType] = {}
        for path, source in tests.items():
            tree = ast.fix_missing_locations(Comparisons().visit(ast.parse(source)))
            self._codes[path] = compile(tree, str(folder / path), "exec", dont_inherit=True)

    def run(self, chosen: Set[str] | None, report: Report) -> None:
        for path, module in self._codes.items():
            space: dict[str, Any] = {"__builtins__": dict(globals()["__builtins__"])}
            space |= {"__name__": Path(path).stem, "__file__": module.co_filename, "@check": check}
            # Made of the test's own code: whatever the import puts under its name is not run.
            tests = {
                f"{path}::{code.co_name}": FunctionType(code, space)
                for code in module.co_consts
                if isinstance(code, CodeType) and code.co_name.startswith("test_")
            }
            tests = {name: tests[name] for name in tests if chosen is None or name in chosen}
            try:
                if tests:
                    exec(module, space)
            except BaseException as error:  # noqa: BLE001  # sys.exit() is an error, too
                report("X", "", error)
                return
            for name, function in tests.items():
                try:
                    function()
                except BaseException as error:  # noqa: BLE001  # so is a KeyboardInterrupt
                    report("F", name, error)
                else:
                    report("P", name, None)


class PytestTests:
    """Test modules that need pytest: imported before the fork, with all its own plugins."""

    def __init__(self, folder: Path, tests: Mapping[str, str]) -> None:
        self._pytest = importlib.import_module("pytest")
        for plugin in importlib.import_module("_pytest.config").builtin_plugins:
            importlib.import_module(f"_pytest.{plugin}")
        options = ["-c", os.devnull, "--rootdir", str(folder), "-p", "no:cacheprovider", "-q"]
        module = re.compile(r"(.*/)?(test_[^/]*|[^/]*_test|tests?)\.py")
        self._arguments = [*options, *(str(folder / path) for path in tests if module.match(path))]

    def run(self, chosen: Set[str] | None, report: Report) -> None:
        code = self._pytest.main(self._arguments, [_plugin(self._pytest, chosen, report)])
        if code not in (0, 1, 5):
            report("X", "", RuntimeError(f"pytest ended with exit code {int(code)}"))


def _plugin(pytest: Any, chosen: Set[str] | None, send: Report) -> object:
    """The plugin that picks tests, and reports each once, when it has ended."""
    outcomes: dict[str, tuple[str, BaseException]] = {}
    intact = _guard(pytest)

    class Plugin:
        def pytest_collection_modifyitems(self, items: list[Any]) -> None:
            items[:] = [item for item in items if chosen is None or item.nodeid in chosen]

        def pytest_exception_interact(self, call: Any, report: Any) -> None:
            if report.when == "collect":
                send("X", "", call.excinfo.value.__cause__ or call.excinfo.value)

        def pytest_internalerror(self, excinfo: Any) -> None:
            send("X", "", excinfo.value)

        @pytest.hookimpl(wrapper=True, tryfirst=True)  # type: ignore[untyped-decorator]  # optional
        def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, Any]:
            result = yield
            error = call.excinfo.value if call.excinfo else RuntimeError(str(result.longrepr))
            if not result.passed:
                verdict = "S" if result.skipped and chosen is None else "F"
                outcomes.setdefault(item.nodeid, (verdict, error))
            return result

        def pytest_runtest_logfinish(self, nodeid: str) -> None:
            verdict, error = outcomes.pop(nodeid, ("P", None))
            if not intact():
                verdict, error = "F", RuntimeError("changed pytest, unittest or builtins")
            send(verdict, nodeid, error)

    return Plugin()


def _guard(pytest: Any) -> Callable[[], bool]:
    """Tells whether what tests judge with is as it is now."""
    judges = [pytest, importlib.import_module("unittest.case")]
    judges += [sys.modules[part.__module__] for part in (pytest.approx, pytest.fail, pytest.raises)]
    owners = [builtins, *judges]
    for module in judges:
        own = (part for part in vars(module).values() if isinstance(part, type))
        owners += [part for part in own if part.__module__ == module.__name__]
    saved = [(vars(owner), dict(vars(owner))) for owner in owners]
    return lambda: all(all(map(is_, map(now.get, old), old.values())) for now, old in saved)


class Server:
    """Forks for each request, and reads what the fork reports."""

    def __init__(self, start: Mapping[str, Any]) -> None:
        folder, self._scratch = Path(start["folder"]), Path(start["scratch"])
        self._alone = start["alone"]
        sys.path += [*start["libraries"], str(folder)]
        texts = {path: (folder / path).read_text("utf-8") for path in start["scripts"]}
        _import_standard(texts.values())
        tests = {path: texts.pop(path) for path in start["tests"] if path in texts}
        self._sources = Sources(folder, texts)
        self._tests = (PytestTests if start["libraries"] else PlainTests)(folder, tests)
        with suppress(OSError):  # Nor can a fork read or write this process's memory.
            self._prctl = importlib.import_module("ctypes").CDLL(None).prctl
            self._prctl(4, 0)

    def answer(self, request: dict[str, Any], close: Callable[[], None]) -> list[Any]:
        """What the fork wrote, and whether it was ended for its time."""
        source, sink = os.pipe()
        key, deadline = request.pop("key").encode(), time.monotonic() + request["seconds"]
        if not (fork := os.fork()):
            try:
                close()
                os.close(source)
                self._judge(request, _reporter(sink, key))
            finally:
                os._exit(1)
        os.close(sink)
        text = _read(source, end := sealed(b"E\t\t", key), deadline)
        if is_cut := not text.endswith(end):
            os.kill(fork, signal.SIGKILL)
        is_late = is_cut and time.monotonic() >= deadline
        os.waitpid(fork, 0)
        self._clean(fork)
        os.close(source)
        return [text.decode("utf-8", "replace"), is_late]

    def _judge(self, request: Mapping[str, Any], report: Report) -> NoReturn:
        leave, chosen = os._exit, request["tests"]
        os.setsid()
        with suppress(AttributeError):
            self._prctl(1, signal.SIGKILL)
        _limit(request["seconds"])
        os.chdir(self._scratch)
        sys.modules["__main__"] = ModuleType("__main__")
        self._sources.replace(request["changed"])
        sys.meta_path.insert(0, self._sources)
        freeze()
        self._tests.run(None if chosen is None else {*chosen}, report)
        report("E", "", None)
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
        if name.partition(".")[0] in sys.stdlib_module_names:
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


def sealed(line: bytes, key: bytes, hashed: Callable[..., Any] = blake2b) -> bytes:
    """A line of a report, under a seal that only who has the key can make."""
    return b"%s\t%s\n" % (hashed(line, digest_size=16, key=key).hexdigest().encode(), line)


def _reporter(sink: int, key: bytes) -> Report:
    """Writes a line for each verdict, with nothing that the package can replace later."""
    write, seal = os.write, sealed

    def report(verdict: str, name: str, error: BaseException | None) -> None:
        text = ""
        if error is not None:
            text = type(error).__name__
            with suppress(BaseException):
                message = str(error).strip().partition("\n")[0]
                text = f"{text}: {message}"[:LONGEST] if message else text
        write(sink, seal(f"{verdict}\t{name}\t{text}".encode("utf-8", "replace"), key))

    return report


def _read(source: int, end: bytes, deadline: float) -> bytearray:
    """What is written until the last line, the end of the input, the deadline or the limit."""
    text = bytearray()
    while not text.endswith(end) and len(text) <= REPORT:
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
    with os.fdopen(os.dup(0), "rb") as requests, os.fdopen(os.dup(0), "wb", 0) as answers:
        empty = os.open(os.devnull, os.O_RDWR)
        os.dup2(empty, 0)
        os.dup2(empty, 1)
        (start,) = json.loads(requests.readline())
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

        answers.write(b'["ready"]\n')
        for line in requests:
            (request,) = json.loads(line)
            answers.write(json.dumps(server.answer(request, close)).encode() + b"\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
