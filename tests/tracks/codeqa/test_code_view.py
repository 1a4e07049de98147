"""The view of code: short paragraphs with a heading, in which nothing is left out."""

import ast
from pathlib import Path

import pytest

from memorygym.core.tokens import count
from memorygym.tracks.codeqa.code_view import LONGEST, paragraphs

REAL = [
    Path(ast.__file__).with_name(f"{name}.py") for name in ("argparse", "ast", "inspect", "shlex")
]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_every_line_of_real_code_is_shown_once_and_in_order(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    shown = paragraphs("a/b.py", code)
    lines = [line for part in shown for line in part.split("\n")[1:]]
    assert lines == [line for line in code.split("\n") if line.strip()]
    assert all(part.startswith("[a/b.py") for part in shown)
    assert max(map(count, shown)) <= LONGEST + 20


def test_methods_have_their_own_paragraphs() -> None:
    head = "class A(B):\n    x = 1\n\n"
    code = f"{head}    @mark\n    def f(self):\n        return 1\n\n    def g(self): ...\n"
    assert [part.split("\n")[1].strip() for part in paragraphs("a.py", code)] == [
        "class A(B):", "@mark", "def g(self): ...",
    ]  # fmt: skip
