"""The reader's interpreter agrees with Python and gives up on unsupported code."""

import re

import pytest

from memorygym.core.rng import named_rng
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.tokens import normalize
from memorygym.tracks._qa.questions import Found
from memorygym.tracks.codeqa.code_view import paragraphs
from memorygym.tracks.codeqa.generator import recipe
from memorygym.tracks.codeqa.generator.package import GrowingPackage
from memorygym.tracks.codeqa.generator.settings import CodeQASettings
from memorygym.tracks.codeqa.questions import CodeReader
from tests.slow import mostly_slow
from tests.tracks.codeqa.instances import failing_tests, names_of

READER = CodeReader()


def generated(seed: int) -> tuple[GrowingPackage, list[str], StatementIndex]:
    """A package, calls of all its functions, and the statements in its shown form."""
    package = GrowingPackage(named_rng("test", "evaluating", seed), 2)
    district = package.district()
    for _ in range(8):
        package.module(district)
    calls = [
        f"{function.name}({argument})"
        for function in district.defined["function"]
        for argument in (0, 41, 517)
    ]
    texts = [
        normalize(paragraph)
        for path, code in package.files.items()
        for paragraph in paragraphs(path, code)
    ]
    statements = [function for text in texts for function in READER.read(text)]
    return package, calls, StatementIndex(statements)


@pytest.mark.parametrize("seed", range(3))
def test_the_interpreter_agrees_with_python_on_hundreds_of_calls(seed: int) -> None:
    package, calls, known = generated(seed)
    names = names_of(package.files)
    assert len(calls) > 150
    for call in calls:
        result = READER.answer(READER.ask(f"What does `{call}` return?"), known)
        assert isinstance(result, Found) and result.answer == str(eval(call, names)), call


@mostly_slow("seed", range(5), quick=1)
def test_a_generated_package_runs_and_does_what_the_answers_say(seed: int) -> None:
    settings = CodeQASettings(12_000, questions=12, hops=(2, 3))
    generated = recipe.generate((0, seed), 0, settings)
    assert failing_tests(generated.files) == []
    for question in generated.questions:
        if question.kind in ("output", "composition"):
            call = question.text.split("`")[1]
            assert question.truth == str(eval(call, names_of(generated.files)))
        if match := re.fullmatch(r".* once `(\w+)` is set to (-?\d+): which one\?", question.text):
            line = re.compile(rf"^{match[1]} = .*$", re.M)
            changed = f"{match[1]} = {match[2]}"
            files = {path: line.sub(changed, code) for path, code in generated.files.items()}
            assert failing_tests(files) == [question.truth]


@pytest.mark.parametrize(
    "body",
    [
        "while a:\na = a",
        "return [b for c in a]",
        "return open(a)",
        "return Sift(a).b",
        "return 'a' * 10 ** 9 * a",
        "return a.__class__",
        "for b in range(10 ** 9):\na += 1",
        "return sift(a)",
        "return a // 0",
        "import os",
        "return (lambda: a)()",
        "return range(10 ** 8)[a] and sum(range(10 ** 12))",
    ],
)
def test_unsupported_code_is_not_answered(body: str) -> None:
    known = StatementIndex([Statement("sift", "source", f"def sift(a):\n{body}")])
    query = READER.ask("What does `sift(3)` return?")
    assert not isinstance(READER.answer(query, known), Found)
