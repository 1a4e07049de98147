"""Runs the cells of examples/quickstart.ipynb and writes their outputs into it; needs the extras
`data` and `plot`.

`--check` compares instead, but for pictures, which differ between versions of matplotlib.
"""

import ast
import base64
import contextlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "examples" / "quickstart.ipynb"
Output = dict[str, Any]


def shown(value: Any, count: int) -> Output:
    """The output of a cell's last value."""
    data: dict[str, Any] = {"text/plain": lines(repr(value))}
    metadata: dict[str, Any] = {}
    if hasattr(value, "_repr_html_"):
        data["text/html"] = lines(value._repr_html_())
    if hasattr(value, "_repr_png_"):
        png, metadata["image/png"] = value._repr_png_()
        data = {"image/png": base64.b64encode(png).decode(), "text/plain": ["a plot"]}
    return {
        "output_type": "execute_result",
        "execution_count": count,
        "data": data,
        "metadata": metadata,
    }


def lines(text: str) -> list[str]:
    """A text as notebooks store it."""
    return text.splitlines(keepends=True)


def outputs(code: str, names: dict[str, Any], count: int) -> Iterator[Output]:
    """Runs a cell."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, f"<cell {count}>", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"<cell {count}>", "eval"), names)
    if text := printed.getvalue():
        yield {"output_type": "stream", "name": "stdout", "text": lines(text)}
    if value is not None:
        yield shown(value, count)


def run(notebook: dict[str, Any]) -> None:
    """Runs every cell in an empty folder."""
    names: dict[str, Any] = {"__name__": "__main__"}
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for count, cell in enumerate(cells, start=1):
            cell["execution_count"] = count
            cell["outputs"] = list(outputs("".join(cell["source"]), names, count))


def texts(notebook: dict[str, Any]) -> str:
    """The outputs of all cells without pictures."""
    text = json.dumps([cell.get("outputs") for cell in notebook["cells"]], indent=1)
    return re.sub(r'"image/png": "[^"]*"', "", text)


def main() -> int:
    kept = json.loads(PAGE.read_text("utf-8"))
    fresh = json.loads(PAGE.read_text("utf-8"))
    run(fresh)
    if "--check" not in sys.argv:
        PAGE.write_text(json.dumps(fresh, indent=1, ensure_ascii=False) + "\n", "utf-8")
        return 0
    if same := texts(kept) == texts(fresh):
        return 0
    print(f"{os.fspath(PAGE)}: its outputs are out of date; run `make notebook`")
    return int(not same)


if __name__ == "__main__":
    sys.exit(main())
