"""Chromium's accessibility tree, as Playwright writes it with references, in the form of tree.py."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from memorygym.core.errors import clip
from memorygym.core.text import one_line
from memorygym.tracks.web.tree import ACTED_ON, numbered

LONGEST_NAME = 40
"""Characters of a name; of a longer one the whole text follows."""
CELLS = frozenset(("cell", "gridcell", "columnheader", "rowheader"))
SILENT = CELLS | frozenset(
    "emphasis generic img none paragraph presentation rowgroup strong text".split()
)
"""Roles that say nothing but their text."""
SHOWN = re.compile(r"\[(?:checked|disabled|expanded|pressed|selected|invalid)\b[^\]]*\]")
_KEY = re.compile(r'(?P<role>[\w-]+)(?: (?P<name>"(?:[^"\\]|\\.)*"|/.*/))?(?P<marks>(?: \[[^\]]*\])*)')
_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_REFERENCE = re.compile(r" ?\[ref=(\w+)\]")
_NUMBER = re.compile(r" *- \[\d+\] ")


class Page(NamedTuple):
    """What a page shows."""

    text: str
    references: list[str]
    """Playwright's reference of each element of tree.elements(text)."""


@dataclass(slots=True)
class _Node:
    role: str
    name: str = ""
    marks: str = ""
    text: str = ""
    children: list["_Node"] = field(default_factory=list)

    @property
    def acts(self) -> bool:
        return self.role in ACTED_ON

    @property
    def words(self) -> str:
        """The text in it, but for that of elements in it."""
        inner = (f"{child.name} {child.words}" for child in self.children if not child.acts)
        return " ".join(" ".join((self.text, *inner)).split())


def page(snapshot: str) -> Page:
    """The page of a snapshot that has references.

    >>> page('''- generic [ref=e1]:
    ...   - generic [ref=e2] [cursor=pointer]: Sent
    ...   - 'button "To: Ann" [ref=e3]\\'''').text.splitlines()
    ['- clickable "Sent"', '- button "To: Ann"']
    """
    lines = [line for node in _parsed(snapshot).children for line in _rendered(node, 0)]
    lines = [*_merged(lines)]
    text = "\n".join(_REFERENCE.sub("", line) for line in lines)
    found = (_REFERENCE.search(line) for line in lines)
    shown = zip(found, numbered(text), strict=True)
    return Page(text, [ref[1] for ref, line in shown if ref and _NUMBER.match(line)])


def _parsed(snapshot: str) -> _Node:
    """The tree of a snapshot, below a root of no meaning."""
    root = _Node("generic")
    path = [(-1, root)]
    for line in snapshot.split("\n"):
        item = line.lstrip(" ")
        if not item.startswith("- ") or item.startswith("- /"):
            continue
        indent = len(line) - len(item)
        while path[-1][0] >= indent:
            path.pop()
        node = _node(item[2:])
        path[-1][1].children.append(node)
        path.append((indent, node))
    return root


def _node(item: str) -> _Node:
    """The node of a line: a key, which YAML may quote, and perhaps a text after a colon."""
    quoted = _QUOTED.match(item)
    key = quoted[1].replace("''", "'") if quoted else item
    if not (match := _KEY.match(key)):
        return _Node("text", text=_plain(item))
    rest = item[quoted.end() :] if quoted else item[match.end() :]
    node = _Node(match["role"], _plain(match["name"] or ""), match["marks"])
    node.text = _plain(rest.removeprefix(":").strip())
    return node


def _plain(value: str) -> str:
    """A text as people read it, in one line: without YAML's quotes and without controls."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = json.loads(re.sub(r"\\x([0-9a-f]{2})", r"\\u00\1", value), strict=False)
    return one_line(value)


def _rendered(node: _Node, depth: int) -> Iterator[str]:
    if node.role in CELLS and _is_plain(node):
        yield f"{'  ' * depth}- text: " + f"{node.words or node.name} |".strip()
        return
    if node.role in SILENT:
        own = " ".join(filter(None, (node.name, node.text)))
        yield from [f"{'  ' * depth}- text: {own}"] * bool(own)
        for child in node.children:
            yield from _rendered(child, depth)
        return
    name, text, words = node.name, node.text, node.words
    inner = [line for child in node.children for line in _rendered(child, depth + 1)]
    if node.acts and node.children:
        name = name or words
        if len(name) > LONGEST_NAME:
            name, text = clip(words or name, LONGEST_NAME), words * _is_plain(node)
    if _is_plain(node) and words in (text, name):
        inner = []
    if not (node.acts or name or text or inner):
        return
    marks = " ".join((*SHOWN.findall(node.marks), *_references(node)))
    head = " ".join(filter(None, (node.role, json.dumps(name, ensure_ascii=False) * bool(name), marks)))
    yield f"{'  ' * depth}- {head}" + (f": {text}" if text else ":" * bool(inner))
    yield from inner


def _is_plain(node: _Node) -> bool:
    """Whether there is nothing but text in a node."""
    return all(child.role in SILENT and _is_plain(child) for child in node.children)


def _references(node: _Node) -> list[str]:
    return [match[0].strip() for match in _REFERENCE.finditer(node.marks)] if node.acts else []


def _merged(lines: list[str]) -> Iterator[str]:
    """The lines, with neighbouring texts in one."""
    last = ""
    for line in lines:
        start, mark, text = line.partition("- text: ")
        if mark and not start.strip() and last.startswith(f"{start}{mark}"):
            last += f" {text}"
            continue
        yield from [last] * bool(last)
        last = line
    yield from [last] * bool(last)
