"""Code of others behind walls."""

import pytest

from memorygym.errors import BadSettings
from memorygym.tracks.codeqa.sources.confining import Bounds, can_confine, run_confined

walled = pytest.mark.skipif(not can_confine(), reason="no usable bubblewrap")


@walled
def test_a_tree_runs_and_reads_its_input() -> None:
    files = {"a/__init__.py": "X = 3\n", "m.py": "from a import X\nprint(X, input())\n"}

    ran = run_confined(files, ["python", "m.py"], given="told")

    assert (ran.code, ran.output, ran.errors) == (0, "3 told\n", "")


@walled
@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 9), 1)", "Error"),
        ("open('/code/new', 'w')", "Read-only file system"),
        ("open('/etc/passwd')", "FileNotFoundError"),
        ("x = bytearray(2 ** 31)", "MemoryError"),
        ("import memorygym", "ModuleNotFoundError"),
        ("import os; os.environ['PATH']", "KeyError"),
    ],
)
def test_what_is_outside_cannot_be_had(code: str, told: str) -> None:
    ran = run_confined({"m.py": code}, ["python", "m.py"])

    assert ran.code
    assert told in ran.errors


@walled
@pytest.mark.parametrize("code", ["while True: pass", "import time; time.sleep(60)"])
def test_a_run_ends_with_its_time(code: str) -> None:
    assert run_confined({"m.py": code}, ["python", "m.py"], Bounds(seconds=1)).timed_out


@walled
def test_what_a_run_says_is_bounded() -> None:
    code = "while True: print('x' * 10_000)"

    ran = run_confined({"m.py": code}, ["python", "m.py"], Bounds(written=1))

    assert ran.code
    assert len(ran.output) <= 2**20


def test_without_bubblewrap_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(BadSettings, match="install bubblewrap"):
        run_confined({"m.py": "print(1)"}, ["python", "m.py"])
