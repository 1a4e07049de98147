"""Tasks that the tests of this track share, and generated packages run by Python."""

from collections.abc import Mapping
from functools import partial

from memorygym.core.types import Task
from memorygym.tracks import codeqa
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks.repair.generated import names_of
from tests.tracks import generate_options

recipes = partial(generate_options.recipes, codeqa)
generated = partial(generate_options.first_task, codeqa)


def texts_of(task: Task) -> list[str]:
    """The texts of the events before the questions."""
    return [event.text for event in task.events if event.kind != "question"]


def gold_of(task: Task) -> QuestionGold:
    assert isinstance(task.gold, QuestionGold)
    return task.gold


def failing_tests(files: Mapping[str, str]) -> list[str]:
    """The tests of a generated package that fail; it has some that pass."""
    names = names_of({path: code for path, code in files.items() if path.endswith(".py")})
    failing, tests = [], {name: test for name, test in names.items() if name.startswith("test_")}
    for name, test in tests.items():
        try:
            test()
        except AssertionError:
            failing.append(name)
    assert len(failing) < len(tests)
    return failing
