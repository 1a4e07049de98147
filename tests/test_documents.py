"""docs/check.py finds what a page states and a command does not print."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "docs")
    return import_module("check")


def problems(check: ModuleType, folder: Path, text: str) -> list[str]:
    page = folder / "page.md"
    page.write_text(text, "utf-8")
    messages: list[str] = check.checked(page)[1]
    return messages


@pytest.mark.parametrize(
    "text",
    [
        "```\n$ echo one; echo two\none\n…\n```\n",
        "```\n$ false  # exit code 1\n…\n```\n",
        "```\n$ export NAME=value\n$ echo $NAME\nvalue\n```\n",
        "```python part.py\nx = 1\n```\n\n```python\nfrom part import x\n```\n",
        "<!-- not run: it is an example -->\n```\n$ false\n…\n```\n",
    ],
)
def test_a_page_that_holds_is_right(check: ModuleType, tmp_path: Path, text: str) -> None:
    assert problems(check, tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("```\n$ echo new\nold\n```\n", "-old\n+new"),
        ("```\n$ false\n…\n```\n", "exit code 1"),
        ("```\n$ echo head; exit 3\nhead\n…\n```\n", "exit code 3"),
        ("```\n$ yes\n…\n```\n", "printed more than"),
        ("```bash\necho\n```\n", "```bash is not run"),
        ("~~~\n$ false\n~~~\n", "~~~ is not run"),
        ("- item\n  ```\n  $ false\n  ```\n", "``` is not run"),
        ("```python\n1 / 0\n```\n", "ZeroDivisionError"),
    ],
)
def test_a_page_that_does_not_hold_is_shown_with_the_difference(
    check: ModuleType, tmp_path: Path, text: str, part: str
) -> None:
    messages = problems(check, tmp_path, text)
    assert part in messages[0]


def test_update_writes_what_was_printed(
    check: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text("```\n$ printf '1\\n2\\n3\\n'\nold\n…\n```\n", "utf-8")
    monkeypatch.setattr(sys, "argv", ["check.py", "--update", str(page)])
    assert check.main() == 0
    assert page.read_text("utf-8") == "```\n$ printf '1\\n2\\n3\\n'\n1\n…\n```\n"


def test_a_command_that_never_ends_is_stopped_with_all_that_it_started(
    check: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "LIMIT_S", 1)
    mark = f"31.{os.getpid()}"
    (slow, late) = problems(check, tmp_path, f"```\n$ sleep {mark} & wait\n…\n$ false\n…\n```\n")
    assert "took longer than 1 seconds" in slow and "exit code 1" in late
    started = subprocess.run(["pgrep", "-f", f"sleep {mark}"], check=False, stdout=-1).stdout
    assert started == b""


def test_a_page_cannot_change_the_checkout(check: ModuleType, tmp_path: Path) -> None:
    text = "```\n$ echo x > src/written_by_a_page; ls src/written_by_a_page\n…\n```\n"
    assert problems(check, tmp_path, text) == []
    assert not (ROOT / "src" / "written_by_a_page").exists()
