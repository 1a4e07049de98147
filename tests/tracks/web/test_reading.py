"""Facts of web are read in any layout and on pages, and the frame of a page states nothing."""

import pytest

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks.web import texts
from memorygym.tracks.web.apps import app_named
from memorygym.tracks.web.browser import Tab
from memorygym.tracks.web.errands import asked_in, described
from memorygym.tracks.web.fact_reader import reader_for
from memorygym.tracks.web.site import InProcess, Site
from tests.tracks.web.sessions import APPS, session

NAME, PRODUCT = "Ada Bexley", "Amber Lamp"
FACTS = [
    Statement(NAME, "account code", "K-4821"),
    Statement(NAME, "pickup point", "North Depot"),
    Statement(NAME, "contact", "letter"),
    Statement(PRODUCT, "price", "248"),
    Statement(PRODUCT, "supplier", "Hobart Works"),
]
CUSTOMER = FACTS[:3]
READER = reader_for("shop")
LAYOUTS = {
    "sentences": "\n".join(map(READER.render, CUSTOMER)),
    "bullets": f"# {NAME}\n" + "\n".join(f"- {f.key}: {f.value}" for f in CUSTOMER),
    "line": f"{NAME}: " + ", ".join(f"{f.key} {f.value}" for f in CUSTOMER),
    "json": '{"Ada Bexley": {' + ", ".join(f'"{f.key}": "{f.value}"' for f in CUSTOMER) + "}}",
    "table": f"| name | {' | '.join(f.key for f in CUSTOMER)} |\n|---|---|---|---|\n"
    + f"| {NAME} | {' | '.join(str(f.value) for f in CUSTOMER)} |",
    "triples": "\n".join(f"({NAME}; {f.key}; {f.value})" for f in CUSTOMER),
    "page": "\n".join(f"  - paragraph: {READER.render(f)}" for f in CUSTOMER),
    "items": "\n".join(
        f"    - listitem: {texts.ITEM.format(key=f.key, name=NAME, value=f.value)}"
        for f in CUSTOMER
    ),
    "quoted": "\n".join(f'  - paragraph: "{READER.render(f)}"' for f in CUSTOMER),
    "pieces": " ".join(f"paragraph: {READER.render(f)}" for f in CUSTOMER),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_moves_nothing(layout: str) -> None:
    assert set(READER.read(LAYOUTS[layout])) == set(CUSTOMER)
    assert READER.coverage(LAYOUTS[layout])[1] == 0


@pytest.mark.parametrize("form", [*texts.SENTENCES, texts.ITEM])
@pytest.mark.parametrize("app", APPS)
def test_a_sentence_states_its_fact_by_each_label(app: str, form: str) -> None:
    reader, own = reader_for(app), app_named(app)
    for attribute in own.attributes:
        name, other = (
            _records(app, attribute.type)[0],
            _records(app, attribute.of or attribute.type)[1],
        )
        values = {"code": "K-4821", "number": "248", "record": other}
        value = values.get(attribute.kind) or attribute.choices[0]
        fact = Statement(name, attribute.key, value)
        for key in (attribute.key, *attribute.others):
            text = form.format(key=key, name=name, value=value)
            assert reader.read(text) == (fact,), text


def _records(app: str, type_: str) -> list[str]:
    first, second = app_named(app).types[type_]
    return [f"{a} {b}" for a in first for b in second]


def test_a_change_ranks_above_what_it_replaces() -> None:
    text = texts.CHANGE.format(key="price", name=PRODUCT, value="402", old="248")
    assert READER.read(text) == (Statement(PRODUCT, "price", "402", rank=(1,)),)


@pytest.mark.parametrize("key, old, new", [("pickup point", "Mill Depot", "East Depot")])
@pytest.mark.parametrize("order", [1, -1])
def test_a_change_holds_in_whatever_order_it_is_shown(
    key: str, old: str, new: str, order: int
) -> None:
    told = texts.SENTENCES[0].format(key=key, name=NAME, value=old)
    change = texts.CHANGE.format(key=key, name=NAME, value=new, old=old)
    text = "\n".join([told, change][::order])
    assert StatementIndex(READER.read(text)).current(NAME, key) == new


def test_a_code_may_be_in_lower_case() -> None:
    text = f"{NAME}: account code k-4821"
    assert READER.read(text) == (Statement(NAME, "account code", "K-4821"),)


@pytest.mark.parametrize("app", APPS)
def test_an_errand_is_read_as_it_is_given_and_states_nothing(app: str) -> None:
    own = app_named(app)
    for form in own.forms:
        words = {word: _records(app, word)[0] for word, *_ in form.fields}
        if key := own.described.get(form.type):
            words[form.type] = described(form.type, key, "K-4821")
        text = texts.errand(own.title, form.errand.format_map(words))
        (asked,) = asked_in(own, text)
        assert asked.form is form and asked.words == words
        assert reader_for(app).coverage(text) == (0, 0)


@pytest.mark.parametrize("app", APPS)
def test_pages_chat_and_instructions_state_nothing(app: str) -> None:
    task = session(app)
    state: dict = task.state  # type: ignore[assignment, type-arg]
    browser = InProcess(Site(state["content"], state["start"]))
    own = app_named(app)
    addresses = ["/", "/archive", "/notes/1", "/nowhere", *(f"/{name}" for name in APPS)]
    for type_ in own.types:
        addresses.append(f"/{app}/{type_}")
        record = state["content"]["apps"][app][type_][0].lower().replace(" ", "-")
        addresses.append(f"/{app}/{type_}/{record}")
        addresses += [
            f"/{app}/{type_}/{record}/{form.name.lower()}{step}"
            for form in own.forms
            if form.type == type_
            for step in ("", "/2")
        ]
    shown = []
    for address in addresses:
        browser.goto(address)
        shown.append(Tab(browser).text())
    for text in (*texts.CHAT, *texts.TITLES, texts.GREETING, task.system, *shown):
        assert reader_for(app).coverage(text) == (0, 0), text


PRICE = "The price of Amber Lamp is 248."
BESIDE = [
    f"{texts.reading(3)} {PRICE}",
    f"Page: Handover (/notes/3) {PRICE}",
    f"Page: Handover. {PRICE}",
    f'[5] link "Mail" {PRICE}',
    f"… 3 lines below; scroll down {PRICE}",
    f"{texts.errand('Back Office', 'order more of Birch Stool')} {PRICE}",
    f'[["recall",{{"query":"What is the price of Birch Stool?"}},"0"]] {PRICE}',
    f'assistant: recall {{"query":"Which product has the stock code K-4821?"}} {PRICE}',
    f'- paragraph: "{PRICE}"',
    f'- paragraph: "a\\q {PRICE}"',
]


@pytest.mark.parametrize("text", BESIDE)
def test_what_stands_beside_the_frame_is_read(text: str) -> None:
    assert READER.read(text) == (Statement(PRODUCT, "price", "248"),)


@pytest.mark.parametrize(
    "text", ['paragraph: "', 'paragraph: "\n"', 'listitem: "\\', 'alert: "\t"']
)
def test_a_broken_text_is_no_crash(text: str) -> None:
    assert READER.read(text) == ()


def test_a_number_that_was_cut_is_none() -> None:
    text = PRICE.removesuffix(".")
    assert [READER.read(text[:end]) for end in (-1, -2, -3)] == [()] * 3
