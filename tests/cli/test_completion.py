"""`memorygym completion` prints scripts that shells accept."""

import shutil
import subprocess
from pathlib import Path

import pytest


def completed(script: Path, *words: str) -> list[str]:
    """The completions that bash offers after these words."""
    line = " ".join(f"'{word}'" for word in words)
    text = (
        f"source {script}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _memorygym;"
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.fixture
def script(command, tmp_path: Path) -> Path:
    """The script for bash."""
    path = tmp_path / "completion.bash"
    path.write_text(command("completion", "bash").out)
    return path


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["memorygym", "com"], {"compare", "completion"}),
        (["memorygym", "bench", "--sal"], {"--salt"}),
        (["memorygym", "list", "mem"], {"memory"}),
        (["memorygym", "leaderboard", "--format", ""], {"md", "csv", "json"}),
        (["memorygym", "play", "-t", "ci"], {"city"}),
        (["memorygym", "compare", "--memory", "bm"], {"bm25"}),
    ],
)
def test_bash_offers_commands_options_and_choices(
    words: list[str], offered: set[str], script: Path
) -> None:
    assert {*completed(script, *words)} == offered


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_every_command_is_in_the_script_of_another_shell(shell: str, ran, tmp_path: Path) -> None:
    out = ran("completion", shell).out
    assert "leaderboard" in out and "salt" in out
    if shutil.which(shell):
        (tmp_path / "script").write_text(out)
        subprocess.run([shell, "-n", tmp_path / "script"], check=True)
