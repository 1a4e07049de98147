"""From the lines and columns of a syntax tree to places in the text, and splicing there."""

import ast
import warnings
from collections.abc import Iterable
from typing import NamedTuple

from memorygym.tracks.codeqa.sources.lexing import fields, quoted, tokens

Placed = ast.expr | ast.stmt


class Edit(NamedTuple):
    """What stands from `start` to `end` becomes another text."""

    start: int
    end: int
    text: str = ""


class Places:
    """Where the lines of a text begin."""

    def __init__(self, code: str) -> None:
        self._lines = code.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def start(self, node: Placed) -> int:
        """Characters before a node."""
        return self._at(node.lineno, node.col_offset)

    def end(self, node: Placed) -> int:
        """Characters up to its end."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._at(node.end_lineno, node.end_col_offset)

    def _at(self, line: int, column: int) -> int:
        """Columns count bytes of UTF-8."""
        text = self._lines[line - 1]
        within = column if text.isascii() else len(text.encode()[:column].decode())
        return self._starts[line - 1] + within


def spliced(code: str, edits: Iterable[Edit]) -> str:
    """The text after edits, none of which overlap.

    >>> spliced("a = b", [Edit(4, 5, "c"), Edit(0, 1, "longer")])
    'longer = c'
    """
    parts, at = [], 0
    for edit in sorted(edits):
        parts += [code[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, code[at:]])


def parsed(code: str) -> ast.Module:
    """The syntax tree of code that Python 3.11 reads, on any later Python too.

    Raises SyntaxError or ValueError.
    """
    tree = reparsed(code)
    for token in tokens(code):
        if token.kind == "string" and quoted(token.text).is_format:
            _check(quoted(token.text).body)
    return tree


def reparsed(code: str) -> ast.Module:
    """The syntax tree of code of which that is known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Odd escapes in other people's strings.
        return ast.parse(code, feature_version=(3, 11))


def _check(body: str) -> None:
    """From 3.12 on fields may hold quotes, backslashes and comments, which 3.11 refuses."""
    for field in fields(body):
        if field.is_code and ("\\" in field.text or "#" in field.text):
            raise ValueError(f"a field of an f-string holds a backslash or a comment: {field.text}")
