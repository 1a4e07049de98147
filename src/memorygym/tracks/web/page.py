"""A page, written once: a tree of roles and names, as an accessibility tree and as HTML."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_NEEDS_QUOTES = re.compile(
    r"""^$|^[\s\-&*\],?!>|@"'#%\[]|\s$|:(\s|$)|\s\#|[{}`\n\r]|^(y|n|yes|no|true|false|on|off|null)$"""
    r"|^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$",
    re.IGNORECASE,
)
_TAGS = {
    "banner": "header",
    "navigation": "nav",
    "main": "main",
    "paragraph": "p",
    "list": "ul",
    "listitem": "li",
    "table": "table",
    "rowgroup": "tbody",
    "row": "tr",
    "cell": "td",
    "columnheader": "th",
}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:1rem}"
    "nav a{margin-right:1rem}input,select{display:block;margin:.2rem 0 .8rem;font:inherit}"
    "td,th{text-align:left;padding:.1rem .8rem .1rem 0}label{font-weight:600}"
)


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a page."""

    role: str
    text: str = ""
    """The name of what can be acted on and of a heading; otherwise what it says."""
    children: tuple["Node", ...] = ()
    address: str = ""
    """Of a link: where it leads."""
    value: str = ""
    """Of a field: what stands in it."""
    options: tuple[str, ...] = ()
    """Of a combobox."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an application."""

    title: str
    nodes: tuple[Node, ...]

    @property
    def all(self) -> Iterator[Node]:
        """All its parts, in order."""
        return _all(self.nodes)


def _all(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all(node.children)


def snapshot(page: Page) -> str:
    """The accessibility tree, as Playwright's `aria_snapshot` gives it for `html`.

    >>> print(snapshot(Page("Mail", (Node("heading", "Mail"), Node("textbox", "Code")))))
    - heading "Mail" [level=1]
    - textbox "Code"
    """
    return "\n".join(line for node in page.nodes for line in _lines(node, ""))


def _lines(node: Node, indent: str) -> Iterator[str]:
    start, inner = f"{indent}- {node.role}", indent + "  "
    match node.role:
        case "heading":
            yield f"{start} {_quoted(node.text)} [level=1]"
        case "link":
            yield f"{start} {_quoted(node.text)}:"
            yield f"{inner}- /url: {_scalar(node.address)}"
        case "button":
            yield f"{start} {_quoted(node.text)}"
        case "textbox":
            value = f": {_scalar(node.value)}" if node.value else ""
            yield f"{start} {_quoted(node.text)}{value}"
        case "combobox":
            yield f"{start} {_quoted(node.text)}:"
            for option in node.options:
                chosen = " [selected]" * (option == node.value)
                yield f"{inner}- option {_quoted(option)}{chosen}"
        case "form":  # Without a name it is no part of the tree.
            for child in node.children:
                yield from _lines(child, indent)
        case _ if node.children:
            name = ""
            if node.role == "row":  # Its name is what its cells say.
                name = " " + _quoted(" ".join(cell.text for cell in node.children))
            yield f"{start}{name}:"
            for child in node.children:
                yield from _lines(child, inner)
        case "cell" | "columnheader":
            yield f"{start} {_quoted(node.text)}"
        case _:
            yield f"{start}: {_scalar(node.text)}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _scalar(text: str) -> str:
    """A text as YAML holds it."""
    return _quoted(text) if _NEEDS_QUOTES.search(text) else text


def html(page: Page) -> str:
    """The page for a browser; its fields belong to one form, which posts to its own address."""
    body = "".join(map(_element, page.nodes))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(page.title)}'
        f"</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _element(node: Node) -> str:
    text = escape(node.text)
    match node.role:
        case "heading":
            return f"<h1>{text}</h1>"
        case "link":
            return f'<a href="{escape(node.address)}">{text}</a> '
        case "button":
            return f"<button>{text}</button>"
        case "textbox":
            field = f'<input aria-label="{text}" name="{text}" value="{escape(node.value)}">'
            return f"{_label(text)}{field}"
        case "combobox":
            options = "".join(
                f"<option{' selected' * (option == node.value)}>{escape(option)}</option>"
                for option in node.options
            )
            return f'{_label(text)}<select aria-label="{text}" name="{text}">{options}</select>'
        case "form":
            inner = "".join(map(_element, node.children))
            return f'<form method="post" autocomplete="off">{inner}</form>'
        case "alert":
            return f'<p role="alert">{text}</p>'
    tag = _TAGS[node.role]
    return f"<{tag}>{text}{''.join(map(_element, node.children))}</{tag}>"


def _label(text: str) -> str:
    """What a person reads above a field; its name is an attribute, so that it is told once."""
    return f'<label aria-hidden="true">{text}</label>'
