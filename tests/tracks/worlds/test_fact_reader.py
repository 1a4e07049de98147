"""The strong reader reads documents, questions, and notes as people and agents write them."""

import subprocess
import sys

import pytest

from memorygym.core import registry
from memorygym.core.errors import BadTrace
from memorygym.core.statements import AMONG, CATEGORY, CURRENT, Statement, StatementIndex
from memorygym.tracks.worlds.fact_reader import StrongReader, strong_reader
from memorygym.tracks.worlds.facts import by_entity
from memorygym.tracks.worlds.generator.fact_timeline import guide_of
from memorygym.tracks.worlds.generator.generator import load_template
from memorygym.tracks.worlds.generator.instructions import instructions
from memorygym.tracks.worlds.generator.notes import note_of, record_of
from memorygym.tracks.worlds.guide import read_guide
from tests.episodes import generated, gold


def states(text: str, fact: Statement, reader: StrongReader) -> bool:
    """Whether the reader reads this value of the fact from the text, and no other."""
    own = [f for f in reader.read(text) if f[:2] == fact[:2] and f.role == CURRENT]
    return {f.value for f in own} == {fact.value}


def values(text: str, reader: StrongReader) -> list[Statement]:
    """The current values of attributes in a text."""
    return [f for f in reader.read(text) if f.role == CURRENT and f.key != CATEGORY]


TEMPLATES = registry.names("templates")
EMPLOYEES, REVENUE = Statement("Acme Harbor", "a", 1200), Statement("Acme Harbor", "b", 401)
RISK = Statement("Acme Harbor", "i", "minor")
LISTED = Statement("Acme Harbor", "k", "2014-03-09")
ORDERS = Statement("Acme Harbor", "n", (120, 130, 140, 150, 160, 170))
LINE = Statement("Acme Harbor", "p", "repairs solar drones")
TAGGED = "Acme Harbor C i b k 140309 n 120 130 140 150 160 170 p repairs solar drones"


@pytest.fixture(scope="module")
def company() -> StrongReader:
    return strong_reader(generated("company").system)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_guide_is_read_back_from_the_system_message(template: str, seed: int) -> None:
    template = load_template(template)
    guide = guide_of(template, seed, "")
    assert read_guide(instructions(guide, template.wording.employer)) == guide


NOTE = "[Note · Acme Harbor · 11 January 2031]\nAcme Harbor books revenue of {}.\n"


@pytest.mark.parametrize(
    "text",
    [
        *map(NOTE.format, ["$73.3M2", "-$73.3%", "73.3 ms"]),
        TAGGED.replace("solar", "s0lar"),
        "[Note · Acme Harbor · today]\nRevenue fell (a little.) Staff grew.",
    ],
)
def test_what_has_not_the_form_of_a_value_is_not_read(text: str, company: StrongReader) -> None:
    assert not values(text, company)


def test_a_note_states_a_relation(company: StrongReader) -> None:
    facts = company.read("- Acme Harbor | Energy | supplies Cedar Quay")
    assert Statement("Acme Harbor", "x", "Cedar Quay", AMONG) in facts


def test_a_message_without_a_schema_is_refused() -> None:
    with pytest.raises(BadTrace, match="the system message states no schema"):
        read_guide("You are a helpful assistant.")


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Acme Harbor C b 401 a 1200", [REVENUE, EMPLOYEES]),
        ("Acme Harbor a 1200", [EMPLOYEES]),
        (TAGGED + " x Cedar Quay", [LINE, RISK]),
        (TAGGED, [LISTED, ORDERS]),
        ("Acme Harbor was b 300 b 401", [REVENUE]),
        ("Acme Harbor (Energy): revenue $40.1M; employees 1,200", [REVENUE, EMPLOYEES]),
        ("Acme Harbor: employees 1200, turnover 40.1", [REVENUE, EMPLOYEES]),
        ("- Acme Harbor | Energy | headcount: 1,200 | revenue: $40.1M", [EMPLOYEES, REVENUE]),
        ("Acme Harbor - revenue: $40.1M", [REVENUE]),
        ("**Acme Harbor**: revenue $40.1M", [REVENUE]),
        ("Acme Harbor: risk level minor; listing date 2014-03-09", [RISK, LISTED]),
        ("Acme Harbor: listing date 9 March 2014", [LISTED]),
        ('Acme Harbor: business line "repairs solar drones"', [LINE]),
        ("Acme Harbor: business line repairs solar drones", [LINE]),
        ("Acme Harbor: quarterly orders 120, 130, 140, 150, 160, 170; patents 4", [ORDERS]),
        ("Brant Quay a 7\nAcme Harbor a 1200\nCedar Quay a 9", [EMPLOYEES]),
        ("Acme Harbor revenue=$40.1M", [REVENUE]),
        ("Acme Harbor: revenue:$40.1M", [REVENUE]),
        ("## Acme Harbor\n- revenue: $40.1M\n- employees: 1,200", [REVENUE]),
        ("Acme Harbor:\n  revenue: $40.1M", [REVENUE]),
        ("Acme Harbor has 1,200 employees and revenue of $40.1M", [REVENUE]),
        ('{"Acme Harbor": {"employees": 1200, "revenue": "$40.1M"}}', [REVENUE]),
    ],
)
def test_a_note_states_its_facts(company: StrongReader, text: str, facts: list[Statement]) -> None:
    assert all(states(text, fact, company) for fact in facts)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", EMPLOYEES),
        ("Acme Harbor", EMPLOYEES),
        ("Acme Harbor a 1201", EMPLOYEES),
        ("Brant Harbor a 1200", EMPLOYEES),
        ("Acme Harbor b 1200", EMPLOYEES),
        ("1200", EMPLOYEES),
        ("Acme Harbor a 1200\nAcme Harbor a 1300", EMPLOYEES),
        ("Acme Harbor: revenue $40.1M\nAcme Harbor: revenue $50.1M", REVENUE),
        ("Acme Harbor: revenue $40.1M or $50.1M", REVENUE),
        ("Acme Harbor was b 401 b 300", REVENUE),
        ("Acme Harbor was b 401", REVENUE),
        ("Acme Harbor: employees about 1200 or 1300", EMPLOYEES),
    ],
)
def test_a_note_without_the_value_or_with_another_does_not_state_the_fact(
    company: StrongReader, text: str, fact: Statement
) -> None:
    assert not states(text, fact, company)


@pytest.mark.parametrize("template", TEMPLATES)
def test_records_and_notes_of_everything_are_read_back(template: str) -> None:
    task = generated(template)
    reader, table = strong_reader(task.system), gold(task)
    guide = reader.guide
    for facts in by_entity(table.facts):
        for text in (record_of(guide, facts), note_of(guide, facts)):
            assert reader.read(text) == facts


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_question_is_parsed_and_answered_from_the_full_text(template: str) -> None:
    task = generated(template, 5, "standard")
    reader = strong_reader(task.system)
    for question in gold(task).questions:
        texts = [e.text for e in task.events[: question.event] if e.kind != "question"]
        query = reader.ask(task.events[question.event].text)
        assert query is not None, question.text
        knowledge = StatementIndex(fact for text in texts for fact in reader.read(text))
        answer = reader.answer(query, knowledge).answer
        assert (answer is None) is (question.kind == "abstention")


def test_a_question_that_describes_its_entity_states_nothing(company: StrongReader) -> None:
    relation, labels = company.guide.relations[0].phrase, (RISK.key, LINE.key)
    risk, line = (company.guide.attribute(code).label for code in labels)
    question = (
        f"What does the record of the company that {relation} Acme Harbor, files minor under"
        f' {risk} and files "repairs solar drones" under {line} give for employees?'
    )
    for text in (question, f"- {question}", f"user: {question}\nAnswer with submit_answer."):
        assert company.read(text) == () and company.coverage(text) == (0, 0)


def test_a_text_without_a_question_is_not_parsed_as_one(company: StrongReader) -> None:
    assert company.ask("=== QUESTION · event 1 of 2 ===\nHow are you?") is None
    assert company.ask("What does the record of Acme Harbor give for revenue?") is None


GENERATOR = "memorygym.tracks.worlds.generator"


def test_the_reader_does_not_import_the_wording_of_the_generator() -> None:
    script = "import sys, memorygym.tracks.worlds.fact_reader; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    imported = {name for name in done.stdout.split() if name.startswith(GENERATOR)}
    assert imported == {GENERATOR, f"{GENERATOR}.notes"}
