"""The syntax tree finds only what a reader of the shown code can find, too."""

import pytest

from memorygym.core.statements import StatementIndex
from memorygym.tracks.codeqa.answers import CodeReader
from memorygym.tracks.codeqa.code_view import paragraphs
from memorygym.tracks.codeqa.generator.syntax_tree import parse_tree

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
    return StatementIndex(
        statement
        for paragraph in paragraphs("a/b.py", CODE)
        for statement in CodeReader().read(paragraph)
    )


def test_callers_are_those_that_the_reader_finds(known: StatementIndex) -> None:
    callers = parse_tree({"a/b.py": CODE}).callers
    assert callers == {"weigh": ["sift"], "memoize": ["sift", "rinse"]}
    for name, names in callers.items():
        assert [caller.subject for caller in known.whose(f"calls:{name}", "yes")] == names


def test_a_function_that_is_not_shown_whole_leaves_open_who_calls() -> None:
    code = CODE + '\ndef hoist():\n    """Lifts\nall.\n    """\n    return weigh(2)\n'
    assert parse_tree({"a/b.py": code}).callers == {"memoize": ["sift", "rinse"]}


def test_a_constant_that_is_bound_twice_has_no_value(known: StatementIndex) -> None:
    assert parse_tree({"a/b.py": CODE}).constants == {"QUAY_LIMIT": "417"}
    assert known.get("HAS_QUAY", "value") is None


def test_reads_and_raises_are_those_of_the_body(known: StatementIndex) -> None:
    functions = parse_tree({"a/b.py": CODE}).functions
    assert {name: function.reads for name, function in functions.items() if function.reads} == {
        "sift": ("QUAY_LIMIT",)
    }
    assert functions["weigh"].raises == ("URLQuayClosed",)
    assert known.get("glean", "raises") is None


def test_a_function_that_is_shown_in_pieces_is_not_asked_about() -> None:
    sift = 'def sift():\n    told = """\nQuay\n"""\n    return weigh(told)\n'
    code = f"{sift}\ndef weigh(a):\n    return a\n"
    tree = parse_tree({"a/b.py": code})
    assert list(tree.functions) == ["weigh"] and tree.callers == {}
