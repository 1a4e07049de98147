"""The reader finds in generated code what Python's own parser finds."""

import ast
import builtins
from collections.abc import Iterator

import pytest

from memorygym.tracks.codeqa.code_reader import module_name
from memorygym.tracks.codeqa.generator import recipe
from memorygym.tracks.codeqa.generator.known_code import KnownCode, statements_of
from memorygym.tracks.codeqa.generator.settings import CodeQASettings
from tests.tracks.codeqa.instances import failing_tests

Fact = tuple[str, str, str]


def parsed(path: str, code: str) -> Iterator[Fact]:
    """What the syntax tree of a file states."""
    for node in ast.parse(code).body:
        match node:
            case ast.FunctionDef(name=name):
                yield name, "file", module_name(path)
                yield from function_facts(node, name)
            case ast.ClassDef(name=name, bases=bases):
                yield name, "file", module_name(path)
                yield name, "base", ast.unparse(bases[0]) if bases else "object"
                for member in node.body:
                    if isinstance(member, ast.FunctionDef):
                        yield from function_facts(member, f"{name}.{member.name}")
                    elif isinstance(member, ast.Assign):
                        target, value = ast.unparse(member.targets[0]), member.value
                        yield f"{name}.{target}", "value", ast.unparse(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, "file", module_name(path)
                yield name, "value", str(ast.literal_eval(value))
            case ast.ImportFrom(module=str(module), names=names) if "." in module:
                for alias in names:
                    yield alias.name, "file", module


def function_facts(node: ast.FunctionDef, name: str) -> Iterator[Fact]:
    for argument, value in zip(node.args.args[::-1], node.args.defaults[::-1], strict=False):
        yield name, f"default:{argument.arg}", ast.unparse(value)
    for decorator in node.decorator_list:
        assert isinstance(decorator, ast.Call)
        for keyword in decorator.keywords:
            mark = f"{ast.unparse(decorator.func)}.{keyword.arg}"
            yield name, f"argument:{mark}", ast.unparse(keyword.value)
    parts = [part for line in node.body for part in ast.walk(line)]
    raised = [part.exc for part in parts if isinstance(part, ast.Raise)]
    for part in parts:
        match part:
            case ast.Call(func=ast.Name(id=called)):
                if part in raised:
                    yield name, "raises", called
                elif not hasattr(builtins, called):
                    yield name, f"calls:{called}", "yes"
            case ast.Name(id=constant) if constant.isupper():
                yield name, f"reads:{constant}", "yes"


@pytest.mark.parametrize("seed", range(3))
def test_the_reader_finds_what_python_parses(seed: int) -> None:
    settings = CodeQASettings(40_000, distractor_density=60)
    files = recipe.generate((0, seed), 0, settings).files
    code = {path: text for path, text in files.items() if path.endswith(".py")}
    statements = statements_of(code)
    read = {
        (about.subject, about.key, about.value.replace('"', "'"))
        for about in statements
        if about.key != "source"
    }
    assert read == {fact for path, text in code.items() for fact in parsed(path, text)}
    known = KnownCode(statements)
    assert len(known.names["function"]) > 40 and len(known.names["class"]) > 4


def test_a_generated_package_runs_and_passes_its_tests() -> None:
    files = recipe.generate((0, 0), 0, CodeQASettings(12_000, questions=12, hops=(2, 3))).files
    assert failing_tests(files) == []
