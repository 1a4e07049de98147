"""The view of code: short paragraphs with a heading, in which nothing is left out."""

from memorygym.tracks.codeqa.code_view import paragraphs


def test_methods_have_their_own_paragraphs() -> None:
    head = "class A(B):\n    x = 1\n\n"
    code = f"{head}    @mark\n    def f(self):\n        return 1\n\n    def g(self): ...\n"
    assert [part.split("\n")[1].strip() for part in paragraphs("a.py", code)] == [
        "class A(B):", "@mark", "def g(self): ...",
    ]  # fmt: skip
