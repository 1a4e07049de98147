"""The applications of a session as one site: pages from a state, and what forms change in it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any

from memorygym.core.errors import Refused
from memorygym.core.json_values import thaw
from memorygym.core.types import JSON
from memorygym.tracks.web.app import App, Form, slug
from memorygym.tracks.web.apps import app_named
from memorygym.tracks.web.page import Node, WebPage, snapshot
from memorygym.tracks.web.tree import Element

SAVED = "Saved."
"""What a page says when a form is through."""
NOT_FOUND = "Not found"
"""The title of the page that says that there is none."""
HOME, ARCHIVE, NOTE = "/", "archive", "Note"
_BREAK = re.compile("\r\n|[\r\n]")
_INVISIBLE = re.compile("[\u200b\xad\ufeff]")
_ADDRESS = re.compile(r"/|(?!/api/)(/[\w-]+)+", re.ASCII)
Fields = Mapping[str, str]
"""By name: what stands in the fields of a form."""


class Site:
    """The pages of a session. `content` is what never changes: by application, its records and the
    notes; `state` is what does: the notes that can be opened, the fields of a form that is not
    through, and all forms that are."""

    def __init__(self, content: Any, state: Any) -> None:
        self._content = content
        self.state = thaw(state)
        self._apps: dict[str, App] = {name: app_named(name) for name in content["apps"]}
        self._slugs = {
            (name, slug(record)): record
            for name, types in content["apps"].items()
            for records in types.values()
            for record in records
        }

    def page(self, address: str) -> WebPage:
        """The page of an address; one that says so if there is none."""
        parts = _parts(address)
        if not parts:
            return self._page("Applications", _list(self._links()))
        if parts == [ARCHIVE]:
            fields = Node("textbox", NOTE), Node("button", "Restore")
            says = Node("paragraph", "A closed note can be restored, which takes very long.")
            return self._page("Archive", [says, Node("form", children=fields)])
        if parts[0] == "notes" and len(parts) == 2:
            return self._note(parts[1])
        app = self._apps.get(parts[0])
        if app is None:
            return self._missing(address)
        if parts[1:] == ["saved"]:
            return self._page(app.title, [Node("alert", SAVED)])
        return self._app_page(app, parts[1:]) or self._missing(address)

    def submit(self, address: str, fields: Fields) -> str:
        """Takes the fields of a form, and returns the address that follows."""
        parts = _parts(address)
        if parts == [ARCHIVE]:
            number = fields[NOTE].strip()
            if number not in self._content["notes"]:
                return "/notes/unknown"
            self.state["open"].append(number)
            return f"/notes/{number}"
        app_name, _, record, name, *step = parts
        form = next(f for f in self._apps[app_name].forms if slug(f.name) == name)
        filled = {
            label: _INVISIBLE.sub("", text).strip("$ \t\xa0") for label, text in fields.items()
        }
        entry = {"form": form.name, "record": self._slugs[app_name, record], "fields": filled}
        if not step and len(_steps(form)) > 1:
            self.state["draft"] = entry
            return f"/{'/'.join(parts)}/2"
        draft, self.state["draft"] = self.state["draft"], {}
        if step and {**draft, "fields": filled} == entry:
            entry["fields"] = {**draft["fields"], **filled}
        self.state["saved"].append(entry)
        return f"/{app_name}/saved"

    def _app_page(self, app: App, parts: Sequence[str]) -> WebPage | None:
        """A page of an application: its sections, the records of one, a record, or a form."""
        base = f"/{app.name}"
        if not parts:
            links = [Node("link", section(type_), address=f"{base}/{type_}") for type_ in app.types]
            return self._page(app.title, _list(links))
        type_, *rest = parts
        records = self._content["apps"][app.name].get(type_)
        if records is None:
            return None
        if not rest:
            links = [Node("link", r, address=f"{base}/{type_}/{slug(r)}") for r in records]
            return self._page(section(type_), _list(links))
        record = self._slugs.get((app.name, rest[0]), "")
        if record not in records:
            return None
        forms = [form for form in app.forms if form.type == type_]
        address = f"{base}/{type_}/{rest[0]}"
        if len(rest) == 1:
            links = [Node("link", f.name, address=f"{address}/{slug(f.name)}") for f in forms]
            says = Node("paragraph", f"Nothing is pending; {type_} in good standing.")
            return self._page(record, [says, *_list(links)])
        form = next((form for form in forms if slug(form.name) == rest[1]), None)
        steps = _steps(form) if form else []
        step = 1 if rest[2:] == ["2"] else 0
        if form is None or rest[2:] not in ([], ["2"]) or step >= len(steps):
            return None
        return self._form(app, record, form, step)

    def _form(self, app: App, record: str, form: Form, step: int) -> WebPage:
        steps = _steps(form)
        fields = [self._field(app, form, label, chain) for label, chain in steps[step]]
        end = Node("button", "Save" if step + 1 == len(steps) else "Next")
        says = Node("paragraph", f"Step {step + 1} of {len(steps)}.")
        return self._page(record, [says, Node("form", children=(*fields, end))])

    def _field(self, app: App, form: Form, label: str, chain: Sequence[str]) -> Node:
        attribute = app.by_key[chain[-1]]
        records = self._content["apps"][app.name].get(attribute.of, ())
        if options := (*attribute.choices, *records):
            return Node("combobox", label, options=options, value=options[0])
        default = self._content["defaults"].get(f"{form.name}/{label}", "")
        return Node("textbox", label, value=default)

    def _note(self, number: str) -> WebPage:
        note = self._content["notes"].get(number)
        if note is None:
            return self._missing(f"/notes/{number}")
        if number not in self.state["open"]:
            return self._page("Expired", [Node("paragraph", "This link has expired.")])
        return self._page(note["title"], [*_note(note)])

    def _missing(self, address: str) -> WebPage:
        return self._page(NOT_FOUND, [Node("paragraph", f"There is no page {address}.")])

    def _links(self) -> list[Node]:
        """The links to the applications."""
        return [Node("link", app.title, address=f"/{name}") for name, app in self._apps.items()]

    def _page(self, title: str, nodes: Sequence[Node]) -> WebPage:
        links = (*self._links(), Node("link", "Archive", address=f"/{ARCHIVE}"))
        navigation = Node("banner", children=(Node("navigation", children=links),))
        main = Node("main", children=(Node("heading", title), *nodes))
        return WebPage(title, (navigation, main))


def _parts(address: str) -> list[str]:
    """What stands between the slashes of an address."""
    return [part for part in address.split("/") if part]


def checked_address(address: str) -> str:
    """The address. Raises Refused if it is none of a site's."""
    if not _ADDRESS.fullmatch(address) or len(address) > 200:
        raise Refused(f"address {address[:80]!r}: give one of this site, such as /mail")
    return address


def section(type_: str) -> str:
    """What a page calls the records of a type.

    >>> section("supplier")
    'Suppliers'
    """
    return f"{type_.capitalize()}s"


def labels(form: Form) -> list[str]:
    """What the form calls each of its fields: the last attribute, with whose it is.

    >>> labels(app_named("shop").forms[1])
    ['Stock code', 'Dock code']
    """
    return [chain[-1].capitalize() for chain in form.fields]


def _steps(form: Form) -> list[list[tuple[str, tuple[str, ...]]]]:
    """The fields of each page of a form, with their labels."""
    fields = [*zip(labels(form), form.fields, strict=True)]
    return [fields[:1], fields[1:]] if len(fields) > 1 else [fields]


def _list(nodes: Sequence[Node]) -> list[Node]:
    """The nodes as a list; nothing if there are none."""
    items = tuple(Node("listitem", children=(node,)) for node in nodes)
    return [Node("list", children=items)] if items else []


def _note(note: Mapping[str, Any]) -> Iterator[Node]:
    """What a note says: paragraphs, a list, a table."""
    yield from (Node("paragraph", text) for text in note["paragraphs"])
    if note["items"]:
        yield Node("list", children=tuple(Node("listitem", text) for text in note["items"]))
    if note["rows"]:
        head, *rows = note["rows"]
        heads = Node("row", children=tuple(Node("columnheader", text) for text in head))
        body = (Node("row", children=tuple(Node("cell", t) for t in row)) for row in rows)
        groups = (Node("rowgroup", children=(heads,)), Node("rowgroup", children=tuple(body)))
        yield Node("table", children=groups)


class InProcess:
    """A browser without a browser: the page of a site, and what was typed in it. A Browser."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.begin(site.state)

    @property
    def address(self) -> str:
        return self._history[-1]

    @property
    def title(self) -> str:
        return self._page.title

    def snapshot(self) -> str:
        return self._tree

    def goto(self, address: str) -> None:
        self._open(checked_address(address))

    def back(self) -> None:
        if len(self._history) == 1:
            raise Refused("there is no page before this one")
        self._history.pop()
        self._show(self.site.page(self.address))

    def click(self, element: Element) -> None:
        match element.role:
            case "link":
                self._open(self._node(element, "link").address)
            case "button":
                self._submit()

    def type(self, element: Element, text: str) -> None:
        """A field has one line; a line break at the end submits its form."""
        node = self._node(element, "textbox")
        self._show(self._page.filled(node.text, _BREAK.sub(" ", text.removesuffix("\n"))))
        if text.endswith("\n"):
            self._submit()

    def select(self, element: Element, option: str) -> None:
        node = self._node(element, "combobox")
        if option not in node.options:
            raise Refused(f"option {option!r}: {node.text} has {', '.join(node.options)}")
        self._show(self._page.filled(node.text, option))

    def state(self) -> JSON:
        return self.site.state  # type: ignore[no-any-return]  # It is JSON.

    def begin(self, state: JSON) -> None:
        self.site.state, self._history = thaw(state), [HOME]
        self._show(self.site.page(HOME))

    def fork(self) -> "InProcess":
        other = copy(self)
        other.site = copy(self.site)
        other.site.state = thaw(self.site.state)
        other._history = [*self._history]
        return other

    def close(self) -> None:
        return

    def _show(self, page: WebPage) -> None:
        self._page, self._tree = page, snapshot(page)

    def _open(self, address: str) -> None:
        if address != self.address:
            self._history.append(address)
        self._show(self.site.page(address))

    def _submit(self) -> None:
        self._open(self.site.submit(self.address, self._page.fields))

    def _node(self, element: Element, role: str) -> Node:
        if element.role != role:
            raise Refused(f"the {element.role} {element.name!r} is no {role}")
        wanted = (role, element.name)
        same = [node for node in self._page.all if (node.role, node.text) == wanted]
        return same[element.occurrence]
