"""Facts of repair are read in any layout, and no other text states one."""

import pytest

from memorygym.core.statements import Statement
from memorygym.tracks.repair import issues, texts
from memorygym.tracks.repair.fact_reader import KEYS, reader_for
from tests.tracks.repair.sessions import session

NAME = "Heron Export"
VALUES: dict[str, str | int] = {
    issues.STATE: "frozen",
    issues.OWNER: "Ada Novak",
    issues.JOB: "K-4821",
    issues.PLACE: "linden/beacons/alpine_lighthouse.py::stow_hazel",
    issues.PROFILE: "kiln-17",
    issues.ERROR: "TurretUplandJammed",
    issues.PUBLIC: "amber_audit_v3",
    issues.LIMIT: 91543,
}
FACTS = [Statement(NAME, key, value) for key, value in VALUES.items()]
LAYOUTS = {
    "sentences": "\n".join(map(reader_for().render, FACTS)),
    "bullets": f"# {NAME}\n" + "\n".join(f"- {f.key}: {f.value}" for f in FACTS),
    "line": f"{NAME}: " + ", ".join(f"{f.key} {f.value}" for f in FACTS),
    "json": '{"Heron Export": {' + ", ".join(f'"{f.key}": "{f.value}"' for f in FACTS) + "}}",
    "table": f"| name | {' | '.join(VALUES)} |\n|{'---|' * 9}\n"
    + f"| {NAME} | {' | '.join(map(str, VALUES.values()))} |",
    "csv": f"service,{','.join(VALUES)}\n{NAME},{','.join(map(str, VALUES.values()))}",
    "triples": "\n".join(f"({NAME}; {f.key}; {f.value})" for f in FACTS),
}


def test_every_key_has_a_fact_here() -> None:
    assert {key.code for key in KEYS} == set(VALUES)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_moves_nothing(layout: str) -> None:
    reader = reader_for()
    assert set(reader.read(LAYOUTS[layout])) == set(FACTS)
    assert reader.coverage(LAYOUTS[layout])[1] == 0


@pytest.mark.parametrize("form", [form for forms in texts.FORMS.values() for form in forms])
def test_a_sentence_states_its_fact(form: str) -> None:
    key = next(key for key, forms in texts.FORMS.items() if form in forms)
    text = form.format(name=NAME, value=VALUES[key])
    assert reader_for().read(text) == (Statement(NAME, key, VALUES[key]),)


def test_a_change_ranks_above_what_it_replaces() -> None:
    text = texts.CHANGE.format(name=NAME, value="open", old="frozen")
    assert reader_for().read(text) == (Statement(NAME, issues.STATE, "open", rank=(1,)),)


@pytest.mark.parametrize("kind", issues.KINDS)
@pytest.mark.parametrize("name", [NAME, f"{issues.RUNS}K-4821"])
def test_an_issue_is_read_as_it_is_reported_and_states_nothing(kind: str, name: str) -> None:
    text = issues.report(kind, name, 3)
    issue = issues.issue_in(text)
    assert issue and issue.kind == kind
    assert (issue.service or f"{issues.RUNS}{issue.job}") == name
    assert reader_for().coverage(text) == (0, 0)


def test_sources_chat_and_instructions_state_nothing() -> None:
    sources = session().state["files"].values()  # type: ignore[union-attr]
    for text in (*texts.CHAT, texts.SYSTEM, *map(str, sources)):
        assert reader_for().coverage(text) == (0, 0), text[:200]
