"""Facts of web are read in any layout and on pages, and the frame of a page states nothing."""

import pytest

from memorygym.core.statements import Statement
from memorygym.tracks.web import texts
from memorygym.tracks.web.apps import app_named
from memorygym.tracks.web.browser import Tab
from memorygym.tracks.web.errands import described, errand_in
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


@pytest.mark.parametrize("app", APPS)
def test_an_errand_is_read_as_it_is_given_and_states_nothing(app: str) -> None:
    own = app_named(app)
    for form in own.forms:
        words = {word: _records(app, word)[0] for word, *_ in form.fields}
        if key := own.described.get(form.type):
            words[form.type] = described(form.type, key, "K-4821")
        text = texts.errand(own.title, form.errand.format_map(words))
        errand = errand_in(own, text)
        assert errand and errand.form is form and errand.words == words
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
