"""The syntax tree says of real code only what a reader of its shown form can find, too."""

import pytest

from memorygym.core.statements import StatementIndex
from memorygym.tracks.codeqa.answers import CodeReader
from memorygym.tracks.codeqa.code_view import paragraphs
from memorygym.tracks.codeqa.generator.syntax_tree import tree

CODE = """
QUAY_LIMIT = 417
try:
    import quay
    HAS_QUAY = True
except ImportError:
    HAS_QUAY = False

class URLQuayClosed(Exception):
    def str(self):
        return 3

def weigh(crates):
    raise URLQuayClosed(str(crates))

def sift(crates, limit=QUAY_LIMIT):
    @memoize(limit)
    def inner(a):
        return weigh(a)
    return inner(crates) + QUAY_LIMIT

def glean(error):
    raise error

def memoize(a):
    return glean

@glean
def rinse():
    return memoize(3)
"""


@pytest.fixture(scope="module")
def known() -> StatementIndex:
    return StatementIndex(s for p in paragraphs("a/b.py", CODE) for s in CodeReader().read(p))


def test_callers_are_those_that_the_reader_finds(known: StatementIndex) -> None:
    callers = tree({"a/b.py": CODE}).callers
    assert callers == {"weigh": ["sift"], "memoize": ["sift", "rinse"]}
    for name, several in callers.items():
        assert [one.subject for one in known.whose(f"calls:{name}", "yes")] == several


def test_a_constant_that_is_bound_twice_has_no_value(known: StatementIndex) -> None:
    assert tree({"a/b.py": CODE}).constants == {"QUAY_LIMIT": "417"}
    assert known.get("HAS_QUAY", "value") is None


def test_what_is_read_and_raised_is_what_the_body_says(known: StatementIndex) -> None:
    seen = tree({"a/b.py": CODE}).functions
    assert {name: one.reads for name, one in seen.items() if one.reads} == {"sift": ("QUAY_LIMIT",)}
    assert seen["weigh"].raises == ("URLQuayClosed",)
    assert known.get("glean", "raises") is None


def test_a_function_that_is_shown_in_pieces_is_not_asked_about() -> None:
    sift = 'def sift():\n    told = """\nQuay\n"""\n    return weigh(told)\n'
    code = f"{sift}\ndef weigh(a):\n    return a\n"
    seen = tree({"a/b.py": code})
    assert list(seen.functions) == ["weigh"] and seen.callers == {}
