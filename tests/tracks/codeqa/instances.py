"""Tasks that the tests of this track share, and generated packages run by Python."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from memorygym.core.types import Task
from memorygym.tracks import codeqa
from memorygym.tracks._qa.questions import QuestionGold
from tests.tracks import generate_options

recipes = partial(generate_options.recipes, codeqa)
generated = partial(generate_options.first_task, codeqa)


def texts_of(task: Task) -> list[str]:
    """The texts of the events before the questions."""
    return [event.text for event in task.events if event.kind != "question"]


def gold_of(task: Task) -> QuestionGold:
    assert isinstance(task.gold, QuestionGold)
    return task.gold


def names_of(files: Mapping[str, str]) -> dict[str, Any]:
    """All names of a generated package, whose modules stand in the order of their imports."""
    names: dict[str, Any] = {}
    for path, code in files.items():
        if path.endswith(".py"):
            package = path.partition("/")[0]
            lines = [line for line in code.split("\n") if not line.startswith(f"from {package}.")]
            exec("\n".join(lines), names)
    return names


def failing_tests(files: Mapping[str, str]) -> list[str]:
    """The tests of a generated package that fail; it has some that pass."""
    failing, tests = [], {n: test for n, test in names_of(files).items() if n.startswith("test_")}
    for name, test in tests.items():
        try:
            test()
        except AssertionError:
            failing.append(name)
    assert len(failing) < len(tests)
    return failing
