"""Names that the language and its standard library give a meaning, so that no tree may rename them.

Read from standard.txt (made by `listing`), the union over Python 3.11 to 3.13: what a name means
must not depend on the Python that renames.
"""

from functools import cache
from importlib.resources import files

_KEYWORDS = (
    "False None True and as assert async await break class continue def del elif else except"
    " finally for from global if import in is lambda nonlocal not or pass raise return try while"
    " with yield match case type _ self cls"
)
_CONVENTIONS = (
    "tests test conftest setup setup_module teardown_module setup_class teardown_class"
    " setup_method teardown_method setup_function teardown_function pytestmark pytest_plugins"
    " tmp_path tmp_path_factory tmpdir tmpdir_factory capsys capfd caplog monkeypatch request"
    " recwarn pytestconfig testdir pytester doctest_namespace benchmark mocker param"
)
"""Names by which test runners find things."""


@cache
def _table() -> dict[str, frozenset[str]]:
    text = files(__package__).joinpath("standard.txt").read_text(encoding="ascii")
    rows = (line.split() for line in text.splitlines())
    return {name: frozenset(rest) for name, *rest in rows}


@cache
def builtin() -> frozenset[str]:
    """The names that every module sees."""
    return _table()["*builtins"]


@cache
def reserved() -> frozenset[str]:
    """Keywords, built-in names, attributes of built-in objects, and names that runners look for."""
    fixed = f"{_KEYWORDS} {_CONVENTIONS}".split()
    return builtin() | _table()["*objects"] | frozenset(fixed)


def attributes(module: str) -> frozenset[str]:
    """Attributes of the objects of a module of the standard library and those within it.

    >>> "isoformat" in attributes("datetime"), attributes("nowhere")
    (True, frozenset())
    """
    return _table().get(module, frozenset())


def is_standard(module: str) -> bool:
    """Whether the standard library has a top-level module of that name.

    >>> is_standard("json"), is_standard("pytest")
    (True, False)
    """
    return module.startswith("_") or module in _table()
