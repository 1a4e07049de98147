"""The tree of a page, as Chromium would give it."""

import pytest

from memorygym.tracks.web.page import Node, WebPage, html, snapshot

SHOWN = {
    "": "",
    "Code": "",  # It says no more than the name.
    "Q-1234": ": Q-1234",
    "  two\twords ": ": two words",
    "7": ': "7"',
    "1e3": ': "1e3"',
    "Infinity": ': "Infinity"',
    "infinity": ": infinity",
    "No": ': "No"',
    "it's": ": it's",
    "'it'": ": \"'it'\"",
    "a: b": ': "a: b"',
    "a #b": ': "a #b"',
    "a\\{\x01": ': "a\\\\{\\x01"',
    "<b>é</b>": ": <b>é</b>",
}
"""What a field shows after its name, by what stands in it."""


@pytest.mark.parametrize("value", SHOWN)
def test_a_value_is_in_quotes_where_yaml_needs_them(value: str) -> None:
    page = WebPage("Form", (Node("textbox", "Code", value=value),))
    assert snapshot(page) == f'- textbox "Code"{SHOWN[value]}'


def test_html_holds_texts_and_no_markup_of_theirs() -> None:
    text = "<b onclick='x'>\"&"
    fields = Node("textbox", text, value=text), Node("combobox", text, options=(text,))
    page = html(WebPage(text, (Node("paragraph", text), Node("form", children=fields))))
    assert "<b" not in page.replace("<body", "") and "onclick='" not in page


def test_a_field_is_filled_wherever_it_is() -> None:
    page = WebPage(
        "Form", (Node("form", children=(Node("textbox", "Code"), Node("textbox", "No"))),)
    )
    assert page.filled("No", "7").fields == {"Code": "", "No": "7"}
