"""Tokens of Python code with their places, the same on every Python version, and splicing there.

`tokenize` takes f-strings apart from 3.12 on and gives other tokens for what is no code; here an
f-string is one token, and `fields` finds the expressions in it.
"""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
  | (?P<string>(?i:[rbuf]|rb|br|rf|fr)?(?:
        '''(?:\\[\s\S]|[^\\])*?''' | \"""(?:\\[\s\S]|[^\\])*?\"""
      | '(?:\\[\s\S]|[^\\'\n])*' | "(?:\\[\s\S]|[^\\"\n])*"))
  | (?P<number>(?:0[xX][\da-fA-F_]+ | 0[oO][0-7_]+ | 0[bB][01_]+
      | (?:\d[\d_]*(?:\.[\d_]*)? | \.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)[jJ]?)
  | (?P<name>[^\W\d]\w*)
  | (?P<blank>[ \t\f]+|\\\r?\n|\n)
  | (?P<op>->|:=|\.\.\.|[-+*/%@&|^<>=!]=|\*\*=?|//=?|<<=?|>>=?|[\s\S])
    """,
    re.VERBOSE,
)
_QUOTED = re.compile(r"""(?P<prefix>[a-zA-Z]*)(?P<quote>'{3}|"{3}|'|")""")


class Token(NamedTuple):
    """A piece of code; blanks and line breaks are tokens too."""

    kind: str
    """comment, string, number, name, blank or op."""
    text: str
    start: int
    """Characters before it."""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(code: str) -> list[Token]:
    """All of a text that parses, in order; their texts joined are the text.

    >>> [token.text for token in tokens("f'{a}'+b_1")]
    ["f'{a}'", '+', 'b_1']
    """
    return [
        Token(str(match.lastgroup), match.group(), match.start()) for match in _TOKEN.finditer(code)
    ]


class Quoted(NamedTuple):
    """A string's token, taken apart."""

    prefix: str
    quote: str
    body: str

    @property
    def is_format(self) -> bool:
        return "f" in self.prefix.lower()


def quoted(text: str) -> Quoted:
    """
    >>> quoted("rb'a'")
    Quoted(prefix='rb', quote="'", body='a')
    """
    match = _QUOTED.match(text)
    assert match, text
    return Quoted(match["prefix"], match["quote"], text[match.end() : -len(match["quote"])])


class Field(NamedTuple):
    """A part of an f-string's body: text, or an expression with what surrounds it."""

    text: str
    is_code: bool


def fields(body: str) -> Iterator[Field]:
    """The parts of an f-string's body, in order; a field's format may hold fields of its own.

    Raises ValueError where a brace is left open.

    >>> [part.text for part in fields("a {b!r:>{c}} {{d}}") if part.is_code]
    ['b', 'c']
    """
    at = start = 0
    while at < len(body):
        if body[at : at + 2] in ("{{", "}}"):
            at += 2
        elif body.startswith("\\N{", at):
            at = body.index("}", at) + 1
        elif body[at] == "{":
            yield Field(body[start : at + 1], is_code=False)
            end = _end(body, at + 1)
            yield Field(body[at + 1 : end], is_code=True)
            closing = _closing(body, end)
            yield from fields(body[end:closing])
            at = start = closing
            if at >= len(body):
                raise ValueError(body)
            at += 1
        else:
            at += 1
    yield Field(body[start:], is_code=False)


def _end(body: str, at: int) -> int:
    """Where a field's expression ends: at `!r`, `:`, `=` before these, or its brace."""
    depth = 0
    for token in tokens(body[at:]):
        if token.text in ("(", "[", "{"):
            depth += 1
        elif depth and token.text in (")", "]", "}"):
            depth -= 1
        elif not depth and token.text in ("}", ":", "!", "=", ":="):
            return at + token.start
    raise ValueError(body)


def _closing(body: str, at: int) -> int:
    """The place of the brace that closes the field whose expression ends at `at`."""
    depth = 0
    for place in range(at, len(body)):
        if body[place] == "{":
            depth += 1
        elif body[place] == "}":
            if not depth:
                return place
            depth -= 1
    raise ValueError(body)


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
