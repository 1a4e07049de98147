"""docs/statistics.md prints what benchmarks/coverage.py measures."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "benchmarks/coverage.py"))


def _row(tasks: int, model: int) -> list[str]:
    lines = (ROOT / "docs/statistics.md").read_text("utf-8").split("\n")
    return [line for line in lines if line.startswith(f"| {tasks} |")][model].split(" | ")[1:]


def test_the_page_has_a_row_for_each_number_of_tasks_and_keeps_its_promise() -> None:
    for tasks in SCRIPT["TASKS"]:
        cells = [float(cell.strip(" |")) / 100 for cell in _row(tasks, 0)]
        assert len(cells) == len(SCRIPT["SHARES"])
        assert not SCRIPT["broken"](tasks, cells)


@pytest.mark.parametrize(("tasks", "p"), [(5, 0.1), (10, 0.1), (5, 0.5)])
@pytest.mark.parametrize("model", ["beta", "copies"])
def test_a_cell_of_the_page_is_measured(model: str, tasks: int, p: float) -> None:
    cell = _row(tasks, [*SCRIPT["MODELS"]].index(model))[SCRIPT["SHARES"].index(p)].strip(" |")
    assert cell == f"{100 * SCRIPT['least'](model, tasks, p):.1f}"
