"""The command line finds its commands, fails politely and stays light."""

import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from memorygym import __version__, cli
from memorygym.core.errors import BadKey, BadSettings, ProviderFailure
from tests.slow import mostly_slow

HEAVY = ("openai", "sqlite3", "asyncio", "concurrent", "memorygym.tracks", "memorygym.runs")
DEAL = [sys.executable, "-m", "memorygym", "play", "--show", "--template", "company"]


def test_help_lists_every_command_with_its_line(ran) -> None:
    out = ran("--help").out
    assert "grade" in out and "Grade answers against truths" in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_help_and_import_load_nothing_heavy() -> None:
    code = (
        "import sys; from memorygym.cli import main; main(['--help']);"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("name", cli.command_files())
def test_a_command_explains_itself(name: str, ran) -> None:
    out = ran(name, "--help").out
    assert out.startswith(f"usage: memorygym {name}")
    assert all(len(line) <= 80 for line in out.splitlines())


@mostly_slow("salt", ["", " "], quick=1)
def test_an_empty_salt_is_refused_by_every_command_that_takes_one(salt: str, command) -> None:
    takers = [name for name in cli.command_files() if "--salt" in command(name, "--help").out]
    assert {"bench", "compare", "verify"} <= {*takers}
    for name in takers:
        said = f"memorygym: --salt {salt!r} is empty"
        status, out, err = command(name, "--salt", salt)
        assert (status, out) == (2, "") and err.startswith(said)


def test_the_version_is_that_of_the_package_and_no_or_an_unknown_word_is_bad_usage(command) -> None:
    assert command("--version") == (0, f"memorygym {__version__}\n", "")
    assert command().status == command("list", "wolrds").status == 2


@pytest.mark.parametrize("name", cli.MERGED)
def test_a_former_command_names_its_replacement(name: str, command) -> None:
    status, out, err = command(name, "--help")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert f"no command named '{name}'; it is `memorygym {cli.MERGED[name]}` now" in err
    assert command(cli.MERGED[name].split()[0], "--help").status == 0


@pytest.fixture
def failing(command, monkeypatch: pytest.MonkeyPatch):
    """Runs a command that raises an error."""

    def fail(error: BaseException):
        def run(args: object) -> int:
            raise error

        stub = SimpleNamespace(add=lambda parser: None, run=run)
        monkeypatch.setattr(cli, "import_module", lambda name: stub)
        return command("list")

    return fail


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ProviderFailure("the endpoint is down"), 3),
        (BadKey("no key"), 3),
        (BadSettings("too many"), 2),
        (KeyboardInterrupt(), 130),
    ],
)
def test_an_error_has_its_exit_code(error: BaseException, status: int, failing) -> None:
    said = failing(error)
    assert said.status == status and str(error) in said.err


def test_a_bug_keeps_its_traceback(failing) -> None:
    with pytest.raises(ZeroDivisionError):
        failing(ZeroDivisionError("a bug"))


def test_a_new_file_is_a_new_command(
    command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "wave_hand.py").write_text('"""Wave at the reader."""\nraise ImportError\n')
    (tmp_path / "_shared.py").write_text('"""No command."""\n')
    monkeypatch.setattr(cli, "COMMANDS", tmp_path)
    out = command("--help").out
    assert "wave-hand" in out and "Wave at the reader." in out and "shared" not in out


def test_a_closed_pipe_ends_a_command_quietly() -> None:
    with subprocess.Popen(DEAL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as generate:
        assert generate.stdout and generate.stderr
        generate.stdout.readline()
        generate.stdout.close()
        assert generate.stderr.read() == b""
    assert generate.returncode == 141  # As a program that SIGPIPE ends.


def test_an_interrupt_ends_a_command_quietly() -> None:
    play = [sys.executable, "-m", "memorygym", "play", "--human", "--template", "company"]
    pipe = subprocess.PIPE
    with subprocess.Popen(play, stdin=pipe, stdout=pipe, stderr=pipe) as human:
        assert human.stdout and human.stderr
        while not human.stdout.readline().startswith(b"=== "):
            pass
        human.send_signal(signal.SIGINT)
        _, err = human.communicate()
    assert (human.returncode, err) == (130, b"")


def test_a_process_ends_at_once_while_a_thread_still_waits() -> None:
    code = (
        "import atexit, threading; from memorygym.cli import command;"
        "atexit.register(print, 'the interpreter shut down');"
        "threading.Thread(target=threading.Event().wait, daemon=True).start();"
        "command(['list', 'nothing'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "") and "nothing" in done.stderr


def test_the_output_is_the_same_under_every_locale() -> None:
    outputs = set()
    for locale in ("C", "C.UTF-8"):
        env = {"LC_ALL": locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
        done = subprocess.run([*DEAL, "--json"], capture_output=True, check=True, env=env)
        outputs.add(done.stdout)
    assert len(outputs) == 1
