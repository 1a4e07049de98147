"""Tests run apart: their verdicts, what a package cannot gain, and what it cannot reach."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from memorygym.tracks.repair.judge import TestReport, is_sandboxed, judge, sandbox_line
from memorygym.tracks.repair.package import Package

STOW = """from linden.marks import Full


def stow(n):
    if n > 9:
        raise Full(n)
    return n + 2
"""
WRONG = STOW.replace("n + 2", "n - 2")
FILES = {
    "linden/__init__.py": "",
    "linden/marks.py": "class Full(Exception):\n    pass\n",
    "linden/stow.py": STOW,
    "linden/double.py": "from linden.stow import stow\ndef double(n): return 2 * stow(n)\n",
}
STOW_TESTS = """from linden.marks import Full
from linden.stow import stow


def test_small():
    assert stow(1) == 3


def test_beyond_the_limit():
    try:
        stow(10)
    except Exception as error:
        assert type(error) is Full
    else:
        assert False
"""
DOUBLE_TESTS = """from linden.double import double


def test_double():
    assert double(1) == 6
"""
TESTS = {"tests/test_double.py": DOUBLE_TESTS, "tests/test_stow.py": STOW_TESTS}
PLAIN = Package("linden", FILES, TESTS)
PYTEST = Package("linden==1.0", FILES, TESTS)
SMALL, BEYOND = "tests/test_stow.py::test_small", "tests/test_stow.py::test_beyond_the_limit"
DOUBLE = "tests/test_double.py::test_double"
slow = pytest.mark.slow
both = pytest.mark.parametrize("package", [PLAIN, PYTEST], ids=["plain", "pytest"])
each = pytest.mark.parametrize(
    "package", [pytest.param(PLAIN, id="plain"), pytest.param(PYTEST, id="pytest", marks=slow)]
)
walled = pytest.mark.skipif(not is_sandboxed(), reason="bubblewrap cannot be started here")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEMORYGYM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def with_code(lines: str) -> dict[str, str]:
    """`stow`, whose result is wrong, with more lines at its start."""
    body = lines.replace("\n", "\n    ")
    return {"linden/stow.py": WRONG.replace("    if", f"    {body}\n    if", 1)}


@both
def test_a_whole_package_passes_its_tests_in_order(package: Package) -> None:
    assert judge(package) == TestReport((DOUBLE, SMALL, BEYOND), {})


@both
def test_a_wrong_source_fails_the_tests_of_all_that_depend_on_it(package: Package) -> None:
    report = judge(package, {"linden/stow.py": WRONG})
    wrong = {DOUBLE: "AssertionError: assert -2 == 6", SMALL: "AssertionError: assert -1 == 3"}
    assert report == TestReport((BEYOND,), wrong)
    assert not report.ok


@both
def test_only_the_chosen_tests_run(package: Package) -> None:
    assert judge(package, tests=[BEYOND]) == TestReport((BEYOND,), {})


@both
def test_an_unknown_test_is_a_problem(package: Package) -> None:
    test = "tests/test_stow.py::test_none"
    assert judge(package, tests=[test]).problem == f"some tests did not run: {test}"


@both
def test_a_source_that_does_not_compile_is_a_problem(package: Package) -> None:
    problem = judge(package, {"linden/stow.py": "def stow(n:\n"}).problem
    assert problem == "cannot import: SyntaxError: '(' was never closed (stow.py, line 1)"


def test_a_new_module_can_be_imported() -> None:
    changed = {"linden/new.py": "two = 2\n", "linden/stow.py": f"import linden.new\n{STOW}"}
    assert judge(PLAIN, changed).ok


def test_a_change_leaves_nothing_for_the_next() -> None:
    judge(PLAIN, {"linden/stow.py": f"open('left', 'w').close()\n{STOW}"})
    changed = {"linden/stow.py": f"import os\n{STOW}".replace("n + 2", "len(os.listdir()) + 3")}
    assert judge(PLAIN, changed, [SMALL]).ok


STYLES = """import unittest
import pytest
from linden.stow import stow


class TestA(unittest.TestCase):
    def test_b(self):
        self.assertEqual(stow(1), 3)


@pytest.mark.parametrize("n", [1, 2])
def test_c(n, tmp_path):
    assert stow(n) == 3


@pytest.mark.skip
def test_d():
    assert False
"""


def test_classes_fixtures_and_parameters_are_run_by_pytest() -> None:
    report = judge(Package("linden==1.0", FILES, {"tests/test_x.py": STYLES}))
    assert report.passed == ("tests/test_x.py::TestA::test_b", "tests/test_x.py::test_c[1]")
    assert report.failed == {"tests/test_x.py::test_c[2]": "AssertionError: assert 4 == 3"}


def test_a_failure_names_no_address() -> None:
    changed = {"linden/stow.py": "def stow(n):\n    raise ValueError(object())\n"}
    assert judge(PLAIN, changed, [SMALL]).failed[SMALL] == "ValueError: <object object at 0x…>"


def test_a_failure_may_hold_other_line_breaks() -> None:
    changed = {"linden/stow.py": "def stow(n):\n    raise ValueError('a\\u2028b\\rc\\nd')\n"}
    assert judge(PLAIN, changed, [SMALL]).failed[SMALL] == "ValueError: a\u2028b\rc"


def test_a_skip_of_the_package_is_no_pass_and_one_of_its_tests_is_left_out() -> None:
    text = "import unittest\nfrom linden import f\nclass TestA(unittest.TestCase):\n"
    skips = "    def test_b(self): f()"
    skips += "\n    def test_c(self): self.skipTest('no')\n"
    package = Package(
        "linden==1.0", {"linden/__init__.py": "def f(): pass\n"}, {"test_a.py": text + skips}
    )
    assert judge(package) == TestReport(("test_a.py::TestA::test_b",), {})
    changed = {
        "linden/__init__.py": "def f():\n    import unittest; raise unittest.SkipTest('x')\n"
    }
    assert [*judge(package, changed).failed] == ["test_a.py::TestA::test_b"]


def test_a_fork_leaves_its_parents_processes_alone() -> None:
    assert judge(PLAIN).ok
    if not (fork := os.fork()):
        os._exit(0 if judge(PLAIN, {"linden/marks.py": f"#\n{FILES['linden/marks.py']}"}).ok else 1)
    assert os.waitpid(fork, 0)[1] == 0
    assert judge(PLAIN, {"linden/stow.py": f"#\n{STOW}"}).ok


@each
def test_an_endless_loop_is_timed_out_and_not_kept(package: Package, cache: Path) -> None:
    report = judge(package, with_code("while True: pass"), [SMALL], seconds=0.8)
    assert report == TestReport((), {}, "timed out after 0.8 s")
    assert not [*cache.rglob("*.json")]


def test_a_damaged_file_of_the_cache_is_as_good_as_none(cache: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_judge import *;"
        "print(judge(PLAIN, {'linden/stow.py': WRONG}).failed[SMALL])"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).parent)]
    first = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    whole = {file: file.read_bytes() for file in cache.rglob("*.json")}
    for file, kept in whole.items():
        file.write_bytes(kept[:40])
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == first
    assert {file: file.read_bytes() for file in whole} == whole


PLANTED = {
    "conftest.py": "import sys; sys.exit(0)\n",
    "linden/conftest.py": "import os; os._exit(0)\n",
    "tests/conftest.py": "def pytest_collection_modifyitems(items): items.clear()\n",
    "tests/test_stow.py": "def test_small(): pass\n",
    "pytest.ini": "[pytest]\naddopts = --collect-only\n",
    "setup.cfg": "[tool:pytest]\naddopts = --collect-only\n",
    "sitecustomize.py": "import os; os._exit(0)\n",
    "pytest.py": "def main(*a): return 0\n",
    "_pytest/__init__.py": "",
    "linden/../pytest.py": "",
}


@each
@pytest.mark.parametrize("path", PLANTED)
def test_a_planted_file_is_ignored(package: Package, path: str) -> None:
    report = judge(package, {"linden/stow.py": WRONG, path: PLANTED[path]})
    assert report == judge(package, {"linden/stow.py": WRONG})


@slow
@pytest.mark.parametrize("path", ["tests.py", "tests/test_a/__init__.py", "tests/b.py", "x/y.py"])
def test_a_new_file_stands_for_no_test_in_the_folder_of_the_sources(path: str) -> None:
    inner = {path.replace("tests", "linden/tests"): text for path, text in TESTS.items()}
    package = Package("linden==1.0", FILES, {"linden/tests/__init__.py": "", **inner})
    changed = {"linden/stow.py": WRONG, f"linden/{path}": "def test_small(): pass\n"}
    report = judge(package, changed)
    assert report == judge(package, {"linden/stow.py": WRONG})
    assert "linden/tests/test_stow.py::test_small" in report.failed


FORGERY = """
import os, sys
line = "P tests/test_stow.py::test_small\\t\\n"
text = "".join(f"{word} {line}{word} E 1\\t\\n" for word in ["", "0" * 32])
print(text), print(text, file=sys.stderr)
for descriptor in range(256):
    try: os.write(descriptor, text.encode())
    except OSError: pass"""
REPLACED_RUNNER = """
import gc, sys
def nothing(*args, **more): return None
spaces = [vars(sys.modules["__main__"])]
frame = sys._getframe()
while frame := frame.f_back:
    if frame.f_code.co_filename.endswith("runner.py"): spaces.append(frame.f_globals)
for space in spaces:
    for name in ("check", "equal", "bare", "_reporter", "Report", "BaseException"):
        space[name] = nothing
for thing in gc.get_objects():
    if type(thing) is type(nothing) and thing.__code__.co_filename.endswith("runner.py"):
        thing.__code__ = nothing.__code__"""
ALWAYS = """class Always(int):
    def __eq__(self, other): return True
    __hash__ = int.__hash__
return Always(7)"""
RELAY = """import os, stat
for pipe in range(3, 256):
    try:
        is_pipe = stat.S_ISFIFO(os.fstat(pipe).st_mode)
    except OSError:
        continue
    source, sink = os.pipe()
    if is_pipe and not os.fork():
        os.close(sink)
        while text := os.read(source, 65536):
            os.write(pipe, text.replace(b"\\tF\\t", b"\\tP\\t"))
        os._exit(0)
    if is_pipe:
        os.dup2(sink, pipe)"""
CHEATS = {
    "relay": RELAY,
    "sys.exit": "import sys; sys.exit(0)",
    "os._exit": "import os; os._exit(0)",
    "atexit": "import atexit, os; atexit.register(os._exit, 0)",
    "forged report": FORGERY,
    "skip": "import unittest; raise unittest.SkipTest('later')",
    "builtins": "import builtins\nbuiltins.AssertionError = builtins.BaseException = KeyError\n"
    "builtins.Exception = ()\nbuiltins.len = builtins.repr = lambda *values: 3",
    "type": "import builtins\nbuiltins.type = lambda error: None",
    "exceptions": "class Sly(BaseException):\n    def __str__(self): raise self\nraise Sly",
    "pytest.fail": "import pytest\npytest.fail = pytest.raises = lambda *values: None",
    "pytest": "import sys\nsys.modules['pytest'] = sys.modules['_pytest'] = None",
    "unittest": "import unittest\nunittest.TestCase.assertEqual = lambda *values: None",
    "runner": REPLACED_RUNNER,
    "recursion": "stow(n)",
    "signal": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "parent": "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
}


@each
@pytest.mark.parametrize("cheat", CHEATS)
@pytest.mark.parametrize("at", ["import", "call"])
def test_a_cheat_passes_no_test(package: Package, cheat: str, at: str) -> None:
    changed = with_code(CHEATS[cheat])
    if at == "import":
        changed = {"linden/stow.py": f"{CHEATS[cheat]}\n{WRONG}"}
    report = judge(package, changed, seconds=3)
    assert not report.ok
    assert not {SMALL, DOUBLE} & {*report.passed}
    assert judge(package).ok


def test_a_value_that_claims_to_equal_everything_fails() -> None:
    assert judge(PLAIN, with_code(ALWAYS), [SMALL]).failed == {
        SMALL: "AssertionError: assert 7 == 3"
    }
    hidden = ALWAYS.replace("(int)", "").replace("int.__hash__", "None").replace("(7)", "()")
    assert SMALL in judge(PLAIN, with_code(hidden), [SMALL]).failed


def in_sandbox(code: str, *, seconds: float = 10) -> TestReport:
    """The report of a test that passes if `reach` returns what the code says."""
    body = code.strip().replace("\n", "\n    ")
    files = {"linden/__init__.py": f"import os, socket, sys, time\ndef reach():\n    {body}\n"}
    test = "from linden import reach\n\n\ndef test_reach():\n    assert reach() == 'done'\n"
    return judge(Package("linden", files, {"tests/test_reach.py": test}), seconds=seconds)


REACHES = {
    "write outside": "open('/usr/x', 'w')",
    "write into the root": "open('/x', 'w')",
    "write the sources": "open('/package/linden/__init__.py', 'w')",
    "write the runner": "open('/runner.py', 'w')",
    "read the home folder": f"os.listdir({str(Path.home())!r} + '/.cache')",
    "read this repository": f"open({str(Path(__file__))!r})",
    "read passwords": "open('/etc/passwd')",
    "connect": "socket.create_connection(('1.1.1.1', 53), timeout=2)",
    "connect to this machine": "socket.create_connection(('127.0.0.1', PORT), timeout=2)",
    "signal the parent": f"os.kill({os.getpid()}, 9)",
    "become root": "os.setuid(0) if os.getuid() else 1 / 0",
    "read the server": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "many files": "[open('/dev/null') for _ in range(300)]",
    "10 GiB": "bytearray(10 * 2**30)",
    "a large file": "open('x', 'wb').write(bytes(2**25))",
}


REFUSALS = (
    *("ConnectionRefusedError", "FileNotFoundError", "MemoryError", "OSError"),
    *("PermissionError", "ProcessLookupError"),
)


@walled
@pytest.mark.parametrize("attempt", REACHES)
def test_an_escape_fails(attempt: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = REACHES[attempt].replace("PORT", str(server.getsockname()[1]))
        failed = in_sandbox(f"{code}\nreturn 'done'").failed["tests/test_reach.py::test_reach"]
    assert failed.startswith(REFUSALS)


def test_what_a_package_prints_is_not_kept() -> None:
    code = "for _ in range(2000): print('x' * 10000); sys.stderr.write('y' * 10000)"
    assert in_sandbox(f"{code}\nreturn 'done'").ok


ENDLESS_REPORT = """
while True:
    for n in range(3, 20):
        try: os.write(n, b'x' * 9999)
        except OSError: pass"""


def test_an_endless_report_is_cut() -> None:
    assert in_sandbox(ENDLESS_REPORT).problem == "the package wrote into the report"


@slow
@walled
def test_a_fork_bomb_ends_and_the_next_test_runs() -> None:
    report = in_sandbox("while True:\n    try: os.fork()\n    except OSError: pass", seconds=1)
    assert report.problem
    assert judge(PLAIN).ok


@walled
def test_a_child_that_outlives_its_parent_is_ended(tmp_path: Path) -> None:
    mark = f"{tmp_path.name}-{os.getpid()}"
    sleep = f"[sys.executable, '-c', 'import time; time.sleep(60)', {mark!r}]"
    code = f"import subprocess\nsubprocess.Popen({sleep}, start_new_session=True)\nreturn 'done'"
    assert in_sandbox(code).ok
    assert not processes_with(mark)


def processes_with(mark: str) -> list[str]:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            lines.append(path.read_text())
    return [line for line in lines if mark in line]


@slow
@pytest.mark.parametrize("mode", ["", "none"])
def test_the_processes_end_with_a_killed_parent(tmp_path: Path, mode: str) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_judge import *; judge(PLAIN);"
        "print('ready', flush=True); import time;"
        "judge(PLAIN, with_code('import os, signal; os.kill(os.getppid(), signal.SIGSTOP)'))"
    )
    variables = os.environ | {"MEMORYGYM_SANDBOX": mode, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", script, str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=variables) as parent:
        assert parent.stdout and parent.stdout.readline() == b"ready\n"
        time.sleep(0.3)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while [*tmp_path.iterdir()] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [*processes_with(str(tmp_path)), *tmp_path.glob("memorygym-*")]


def test_the_plain_process_says_that_it_is_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMORYGYM_SANDBOX", "none")
    assert not is_sandboxed()
    assert "which is not a sandbox" in sandbox_line()
    assert judge(PLAIN, {"linden/stow.py": WRONG}).passed == (BEYOND,)


def test_a_bubblewrap_that_cannot_start_counts_as_missing(tmp_path: Path) -> None:
    (tmp_path / "bwrap").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    script = "from memorygym.tracks.repair.judge import sandbox_line; print(sandbox_line())"
    variables = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = [sys.executable, "-c", script]
    line = subprocess.run(command, capture_output=True, text=True, env=variables, check=True)
    assert line.stdout.endswith("not a sandbox: apt-get install bubblewrap\n")


def test_a_missing_pytest_is_named_with_the_line_that_installs_it() -> None:
    script = (
        "import sys; sys.modules['pytest'] = None; from memorygym.tracks.repair.judge import judge;"
        "from memorygym.tracks.repair.package import Package;"
        "judge(Package('a==1.0', {'a.py': ''}, {'test_a.py': 'import pytest'}))"
    )
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 'pip install "agent-memorygym[repair]"' in run.stderr
