"""The accessibility tree of a page, as the text of Playwright's `aria_snapshot`, and its elements.

What an agent may act on is numbered in the order of the text; a number stands for a role, a name,
and which of those with the same role and name it is.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

ACTED_ON = frozenset(
    "button checkbox combobox link menuitem menuitemcheckbox menuitemradio option radio searchbox"
    " slider spinbutton switch tab textbox treeitem".split()
)
"""The roles of elements that an agent may act on; an option is chosen by its combobox."""
_LINE = re.compile(
    r'(?P<indent> *)- (?P<role>[\w-]+)(?: (?P<name>"(?:[^"\\]|\\.)*"|/.*?/))?'
    r"(?P<marks>(?: \[[^\]]*\])*)(?::(?: (?P<text>.*))?)?"
)


class Element(NamedTuple):
    """What an agent may act on."""

    role: str
    name: str
    occurrence: int
    """Its place among the elements of the same role and name, from 0."""


def elements(snapshot: str) -> list[Element]:
    """The elements that an agent may act on; number 1 is the first.

    >>> elements('- link "Mail":\\n  - /url: /mail\\n- button "Save"\\n- button "Save"')[2]
    Element(role='button', name='Save', occurrence=1)
    """
    return [element for _, element in _lines(snapshot) if element]


def numbered(snapshot: str) -> list[str]:
    """The lines of a page as an agent reads them: elements have numbers, addresses are left out.

    >>> numbered('- link "Mail":\\n  - /url: /mail\\n- button "Save"')
    ['- [1] link "Mail"', '- [2] button "Save"']
    """
    shown, number = list[str](), 0
    for line, element in _lines(snapshot):
        if element:
            number += 1
            start = line.index("- ") + 2
            line = f"{line[:start]}[{number}] {line[start:]}"  # noqa: PLW2901
        shown.append(line)
    return shown


def _lines(snapshot: str) -> Iterator[tuple[str, Element | None]]:
    """Each line with the element that it shows, if it shows one."""
    seen = Counter[tuple[str, str]]()
    combobox = -1
    """How far the combobox is indented whose options follow."""
    for line in snapshot.split("\n"):
        if line.lstrip().startswith("- /"):
            continue
        match = _LINE.fullmatch(line)
        role = match["role"] if match else ""
        if not match or role not in ACTED_ON:
            yield _closed(line), None
            continue
        indent = len(match["indent"])
        if role == "option" and 0 <= combobox < indent:
            yield line, None
            continue
        combobox = indent if role == "combobox" else -1
        name = match["name"] or ""
        name = json.loads(name) if name.startswith('"') else name
        yield _closed(line), Element(role, name, seen[role, name])
        seen[role, name] += 1


def _closed(line: str) -> str:
    """A line whose only children were addresses ends without a colon."""
    return line[:-1] if line.endswith('":') and "- link " in line else line
