"""Generated packages and their tests."""

import ast
import re
import sys

from memorygym.core.rng import named_rng
from memorygym.tracks.repair.generated import generated_package
from memorygym.tracks.repair.judge import judge
from memorygym.tracks.repair.mutation import apply, mutations
from memorygym.tracks.repair.package import Package


def package(seed: int = 0, tokens: int = 6_000) -> Package:
    return generated_package(named_rng("generated", seed), tokens)


def functions(files: dict[str, str]) -> list[str]:
    return re.findall(r"^def (\w+)", "\n".join(files.values()), re.MULTILINE)


def test_a_seed_makes_the_same_package_and_another_seed_another() -> None:
    assert package() == package()
    assert package() != package(1)


def test_a_package_passes_its_tests() -> None:
    report = judge(package())

    assert report.ok
    assert len(report.passed) == len(functions(dict(package().tests)))


def test_twenty_thousand_tokens_hold_sixty_functions_each_with_five_tests() -> None:
    large = package(tokens=20_000)
    tests = functions(dict(large.tests))
    tested = [name for name in functions(dict(large.files)) if f"test_{name}_1" in tests]

    assert len(tested) >= 60
    assert all(f"test_{name}_5" in tests for name in tested)


def test_the_sources_hold_no_tests_and_each_module_has_its_own() -> None:
    files, tests = package().files, package().tests

    assert not [path for path in files if "test" in path]
    assert {f"tests/test_{path.rpartition('/')[2]}" for path in files} > tests.keys()


def test_a_guard_is_tested_at_its_limit_and_beyond() -> None:
    large = package(tokens=20_000)
    guards = len(re.findall("        raise ", "\n".join(large.files.values())))
    tests = functions(dict(large.tests))

    assert sum(name.endswith("_at_the_limit") for name in tests) == guards
    assert sum(name.endswith("_beyond_the_limit") for name in tests) == guards
    assert guards > 10


def test_a_moved_guard_fails_the_test_at_its_limit() -> None:
    path, code = next(pair for pair in package().files.items() if "        raise " in pair[1])
    guard = next(change for change in mutations(path, code) if " >= 9" in change.new)

    failed = judge(package(), {path: apply(code, guard)}).failed

    assert f"test_{guard.function}_at_the_limit" in {test.partition("::")[2] for test in failed}


def test_every_test_is_plain() -> None:
    for code in package().tests.values():
        kinds = {type(node) for node in ast.parse(code).body[1:]}
        assert kinds == {ast.ImportFrom, ast.FunctionDef}
        assert "pytest" not in code


def test_making_a_package_imports_nothing_of_it() -> None:
    made = package(2)

    assert made.name not in {name.partition(".")[0] for name in sys.modules}
