"""Chromium's accessibility tree, as Playwright writes it with references, in tree.py's form."""

import json
import re
from typing import NamedTuple

from memorygym.core.errors import clip
from memorygym.core.text import one_line
from memorygym.tracks.web.tree import ACTED_ON

LONGEST_NAME = 40
"""Characters of a name; of an element with a longer one the whole text follows below it."""
CELLS = frozenset("cell gridcell columnheader rowheader".split())
SILENT = CELLS | frozenset(
    "emphasis generic img none paragraph presentation rowgroup strong text".split()
)
"""Roles that say nothing but their text."""
_ITEM = re.compile(
    r" *- ('(?:[^']|'')*'|[\w-]+(?: \"(?:[^\"\\]|\\.)*\")?(?: \[[^\]]*\])*)(?:: (.*)|:)?"
)
_KEY = re.compile(r'([\w-]+)(?: ("(?:[^"\\]|\\.)*"|/.*/))?((?: \[[^\]]*\])*)')
_SHOWN = re.compile(r" \[(?:checked|disabled|expanded|pressed|selected|invalid)\b[^\]]*\]")
_REFERENCE = re.compile(r"\[ref=(\w+)\]")


class ReadPage(NamedTuple):
    """What a page shows."""

    text: str
    references: list[str]
    """Playwright's reference of each element of tree.elements(text)."""


def page(snapshot: str) -> ReadPage:
    """The page of a snapshot that has references.

    >>> page('''- generic [ref=e1]:
    ...   - generic [ref=e2]: Sent
    ...   - 'button "To: Ann" [ref=e3]':
    ...     - text: Ann''')
    ReadPage(text='- text: Sent\\n- button "To: Ann"', references=['e3'])
    """
    shown, references = list[str](), list[str]()
    path: list[tuple[int, str, str]] = [(-1, "", "")]
    """How far each line around this one is indented, its role, and its name if that is whole."""
    for line in snapshot.split("\n"):
        indent = len(line) - len(line.lstrip())
        while path[-1][0] >= indent:
            path.pop()
        if not (item := _ITEM.fullmatch(line)) or not (parts := _KEY.match(_unquoted(item[1]))):
            continue  # The address of a link, for one.
        role, name, text = parts[1], _plain(parts[2] or ""), _plain(item[2] or "")
        depth = sum(around not in SILENT for _, around, _ in path[1:])
        margin = "  " * depth
        if role in SILENT:
            path.append((indent, role, path[-1][2]))
            words = " ".join(filter(None, (name, text)))
            if words and words not in path[-1][2]:
                _add(shown, f"{margin}- text: ", words + " |" * (role in CELLS))
            continue
        whole = len(name) <= LONGEST_NAME
        path.append((indent, role, name if whole else ""))
        head = json.dumps(clip(name, LONGEST_NAME), ensure_ascii=False) if name else ""
        marks = "".join(_SHOWN.findall(parts[3]))
        shown.append(f"{margin}- {role} {head}".rstrip() + marks + f": {text}" * bool(text))
        in_list = role == "option" and any(around == "combobox" for _, around, _ in path)
        if role in ACTED_ON and not in_list:
            found = _REFERENCE.search(parts[3])
            references.append(found[1] if found else "")
    return ReadPage("\n".join(shown), references)


def _add(shown: list[str], start: str, words: str) -> None:
    """Adds a text, in one line with a text before it."""
    if shown and shown[-1].startswith(start):
        shown[-1] += f" {words}"
    else:
        shown.append(start + words)


def _unquoted(key: str) -> str:
    """A key of YAML without its quotes."""
    return key[1:-1].replace("''", "'") if key.startswith("'") else key


def _plain(value: str) -> str:
    """A text as people read it, in one line: without YAML's quotes and without controls."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = json.loads(re.sub(r"\\x([0-9a-f]{2})", r"\\u00\1", value), strict=False)
    return one_line(value)
