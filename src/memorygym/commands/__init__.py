"""The subcommands of `memorygym`, one a file.

`add(parser)` declares arguments, `run(args)` returns the exit code, and the docstring opens
with the line that --help shows.
A file whose name begins with _ is no command but something that several of them share.
"""

import ast
from pathlib import Path


def headline(source: Path) -> str:
    """The first line of a module's docstring, read without importing the module; "" without one."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").partition("\n")[0]
