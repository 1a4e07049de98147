"""The view of code: short paragraphs with a heading, in which nothing is left out."""

from memorygym.core.rng import named_rng
from memorygym.tracks.codeqa.code_view import paragraphs
from memorygym.tracks.codeqa.generator.package import GrowingPackage


def test_every_line_of_a_file_is_shown_once_and_in_order() -> None:
    package = GrowingPackage(named_rng("test", "view"), 2)
    path = package.module(package.district())
    shown = paragraphs(path, package.files[path])
    lines = [line for part in shown for line in part.split("\n")[1:]]
    assert lines == [line for line in package.files[path].split("\n") if line]
    assert all(part.startswith(f"[{path}") for part in shown)


def test_methods_have_their_own_paragraphs() -> None:
    head = "class A(B):\n    x = 1\n\n"
    code = f"{head}    @mark\n    def f(self):\n        return 1\n\n    def g(self): ...\n"
    assert [part.split("\n")[1].strip() for part in paragraphs("a.py", code)] == [
        "class A(B):", "@mark", "def g(self): ...",
    ]  # fmt: skip
