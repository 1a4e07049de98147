"""A page, written once: a tree of roles and names, as an accessibility tree and as HTML."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

_NEEDS_QUOTES = re.compile(
    r"""^$|^[\-&*\],?!>|@"'#%\[]|:($|\s)|\s\#|[{}`\0-\x1f\x7f-\x9f]"""
    r"|^(y|n|yes|no|true|false|on|off|null|~|[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(?-i:Infinity)"
    r"|0x[\da-f]+|0b[01]+|0o[0-7]+|[+-]?\.(inf|nan))$",
    re.ASCII | re.IGNORECASE,
)
_SPACES = re.compile(r"[\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+")
"""What JavaScript takes for white space."""
_CONTROL = re.compile(r'[\\"\0-\x1f\x7f-\x9f]')
_FIELDS = ("textbox", "combobox")
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
_STYLE = """
body { margin: 0; background: #f4f5f7; color: #1f2430; font: 16px/1.5 system-ui, sans-serif }
header { background: #fff; border-bottom: 1px solid #dfe3e8 }
nav, main { max-width: 42rem; margin: auto; padding: .8rem 2rem }
main { margin-top: 1.5rem; padding-bottom: 1.6rem; background: #fff; border-radius: 8px }
h1 { margin: .4rem 0 1rem; font-size: 1.5rem }
p { margin: .5rem 0 }
a { margin-right: 1.2rem; color: #1a5fb4; text-decoration: none }
a:hover { text-decoration: underline }
table { margin-top: 1rem; border-collapse: collapse }
td, th { padding: .2rem 2rem .2rem 0; border-bottom: 1px solid #e6e9ed; text-align: left }
label { display: block; margin: 1rem 0 }
span { font-weight: 600 }
input, select { display: block; box-sizing: border-box; width: 18rem; padding: .4rem .6rem }
input, select { border: 1px solid #b8c0ca; border-radius: 6px; background: #fff; font: inherit }
button { padding: .5rem 1.4rem; border: 0; border-radius: 6px; background: #1a5fb4 }
button { color: #fff; font: inherit; cursor: pointer }
"""


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
class WebPage:
    """A page of an application."""

    title: str
    nodes: tuple[Node, ...]

    @property
    def all(self) -> Iterator[Node]:
        """All its parts, in order."""
        return _all(self.nodes)

    @property
    def fields(self) -> dict[str, str]:
        """By name: what stands in the fields of its form."""
        return {node.text: node.value for node in self.all if node.role in _FIELDS}

    def filled(self, name: str, value: str) -> "WebPage":
        """The page with that value in the field of that name."""
        return replace(self, nodes=tuple(_filled(node, name, value) for node in self.nodes))


def _all(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all(node.children)


def _filled(node: Node, name: str, value: str) -> Node:
    if node.children:
        children = tuple(_filled(child, name, value) for child in node.children)
        return replace(node, children=children)
    return replace(node, value=value) if node.role in _FIELDS and node.text == name else node


def snapshot(page: WebPage) -> str:
    """The accessibility tree, as Playwright's `aria_snapshot` gives it for `html`.

    >>> print(snapshot(WebPage("Mail", (Node("heading", "Mail"), Node("textbox", "Code")))))
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
            value = _scalar(node.value)  # What says the same as the name is left out.
            shown = f": {value}" * (value not in ('""', node.text))
            yield f"{start} {_quoted(node.text)}{shown}"
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
    """A text as a tree shows it: in one line, in quotes where YAML needs them.

    >>> _scalar(" so  it is "), _scalar("a: 'b'"), _scalar("7")
    ('so it is', '"a: \'b\'"', '"7"')
    """
    text = _SPACES.sub(" ", text.replace("\u200b", "").replace("\xad", "")).strip(" ")
    if not _NEEDS_QUOTES.search(text):
        return text
    return '"' + _CONTROL.sub(_escaped, text) + '"'


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    return f"\\{character}" if character in '\\"' else f"\\x{ord(character):02x}"


def html(page: WebPage) -> str:
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
            value = escape(node.value)
            return _labelled(text, f'<input aria-label="{text}" name="{text}" value="{value}">')
        case "combobox":
            options = "".join(
                f"<option{' selected' * (option == node.value)}>{escape(option)}</option>"
                for option in node.options
            )
            field = f'<select aria-label="{text}" name="{text}">{options}</select>'
            return _labelled(text, field)
        case "form":
            inner = "".join(map(_element, node.children))
            return f'<form method="post" autocomplete="off">{inner}</form>'
        case "alert":
            return f'<p role="alert">{text}</p>'
    tag = _TAGS[node.role]
    return f"<{tag}>{text}{''.join(map(_element, node.children))}</{tag}>"


def _labelled(text: str, field: str) -> str:
    """A field below what a person reads; its name is an attribute, so that it is told once."""
    return f'<label><span aria-hidden="true">{text}</span>{field}</label>'
