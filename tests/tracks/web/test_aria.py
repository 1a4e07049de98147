"""The text of a page, from the snapshot that Playwright makes with references."""

from memorygym.tracks.web import aria
from memorygym.tracks.web.tree import elements

SNAPSHOT = """\
- banner [ref=e1]:
  - button "Inbox 19" [ref=e2] [cursor=pointer]:
    - generic [ref=e3]: Inbox
    - generic [ref=e4]: "19"
  - link "Home" [ref=e5] [cursor=pointer]:
    - /url: /home
- combobox [ref=e6]:
  - option "Red" [selected]
  - option "Blue"
- 'checkbox "Don''t ask: never" [checked] [ref=e7]'
- table [ref=e8]:
  - rowgroup [ref=e9]:
    - row "1 Ann" [ref=e10]:
      - cell "1" [ref=e11]
      - cell "Ann" [ref=e12]
- generic [ref=e13]: "\\x1b[31mRed\\nalert\\x1b[0m"
- button "A name that is longer than what is shown of names" [ref=e14]:
  - generic [ref=e15]: A name that is longer than what is shown of names
- textbox "Name" [ref=e16]: "1: x"
"""


def test_a_page_is_text_with_a_reference_for_each_element() -> None:
    page = aria.page(SNAPSHOT)
    assert page.text.splitlines() == [
        "- banner",
        '  - button "Inbox 19"',
        '  - link "Home"',
        "- combobox",
        '  - option "Red" [selected]',
        '  - option "Blue"',
        '- checkbox "Don\'t ask: never" [checked]',
        "- table",
        '  - row "1 Ann"',
        "- text: [31mRed alert [0m",
        '- button "A name that is longer than what is sh..."',
        "  - text: A name that is longer than what is shown of names",
        '- textbox "Name": 1: x',
    ]
    assert page.references == ["e2", "e5", "e6", "e7", "e14", "e16"]
    assert len(elements(page.text)) == len(page.references)


def test_a_page_of_others_controls_no_terminal() -> None:
    assert all(c.isprintable() or c == "\n" for c in aria.page(SNAPSHOT).text)
